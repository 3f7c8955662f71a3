//! Characters that nobody can see. In an identifier they are never meant, and they are how one account is
//! made to look like another, so every kind refuses them.

use super::IdentifierError;

/// Refuses the first character that cannot be seen, naming it and its place.
pub(super) fn refuse_hidden(text: &str) -> Result<(), IdentifierError> {
    for (index, character) in text.chars().enumerate() {
        if let Some(what) = hidden(character) {
            return Err(IdentifierError::Hidden { character, position: index.saturating_add(1), what });
        }
    }
    Ok(())
}

fn hidden(character: char) -> Option<&'static str> {
    match character {
        c if c.is_control() => Some("a control character"),
        '\u{2028}' | '\u{2029}' => Some("a line break"),
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            Some("an invisible mark that turns the direction of the text")
        }
        '\u{00AD}'
        | '\u{034F}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200D}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}' => Some("a character without width, which can't be seen"),
        '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}' => {
            Some("a letter that looks like a blank")
        }
        '\u{FFFD}' => Some("the sign for a letter that was lost in copying"),
        c if u32::from(c) & 0xFFFE == 0xFFFE || ('\u{FDD0}'..='\u{FDEF}').contains(&c) => {
            Some("not a character of any script")
        }
        _ => None,
    }
}
