//! Which kind of identifier a text is, told by its shape alone, for lists where no kind is stated.

use std::net::{IpAddr, Ipv4Addr};

use super::IdentifierKind;

/// The kind a text can only be; `None` where it could be several, such as bare digits. The shape alone is looked
/// at, so that what is not well formed is refused as the kind it was meant to be.
pub fn kind_of(text: &str) -> Option<IdentifierKind> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        Some(IdentifierKind::Url)
    } else if begins_with_an_address(text) {
        Some(IdentifierKind::IpAddress)
    } else if text.contains('@') {
        Some(IdentifierKind::Email)
    } else if text.starts_with(['+', '(']) || lower.starts_with("tel:") {
        Some(IdentifierKind::Phone)
    } else if is_card_in_groups(text) {
        Some(IdentifierKind::Card)
    } else if is_name_with_number(text) {
        Some(IdentifierKind::Gamertag)
    } else {
        None
    }
}

/// `203.0.113.7`, `203.0.113.7:51820 at …`, `2001:db8::1`, `[2001:db8::1]:443`.
fn begins_with_an_address(text: &str) -> bool {
    let first = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';').next().unwrap_or_default();
    let bare = first.strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or(first);
    let is_with_port = || bare.split_once(':').is_some_and(|(address, _)| address.parse::<Ipv4Addr>().is_ok());
    bare.parse::<IpAddr>().is_ok() || is_with_port()
}

/// `4111 1111 1111 1111`: four groups of four digits, as cards are printed.
fn is_card_in_groups(text: &str) -> bool {
    let groups: Vec<&str> = text.split([' ', '-']).collect();
    groups.len() == 4 && groups.iter().all(|g| g.len() == 4 && g.bytes().all(|b| b.is_ascii_digit()))
}

/// `QuietHarbor#4171`.
fn is_name_with_number(text: &str) -> bool {
    let Some((name, number)) = text.split_once('#') else { return false };
    let is_number = (1..=4).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    is_number && !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_only_where_a_text_can_be_nothing_else() {
        use IdentifierKind::*;
        for (text, kind) in [
            ("anna@example.com", Some(Email)),
            ("anna@", Some(Email)),
            ("+1 (202) 555-0142", Some(Phone)),
            ("(202) 555-0142", Some(Phone)),
            ("203.0.113.7:51820 at 2016-02-03T10:11:12Z", Some(IpAddress)),
            ("203.0.113.7 @ 2016-02-03T10:11:12Z", Some(IpAddress)),
            ("[2001:db8::1]:443", Some(IpAddress)),
            ("https://example.com/people/anna", Some(Url)),
            ("4111 1111 1111 1111", Some(Card)),
            ("QuietHarbor#417", Some(Gamertag)),
            ("2025550142", None),
            ("4111111111111111", None),
            ("QuietHarbor417", None),
            ("417", None),
        ] {
            assert_eq!(kind_of(text), kind, "{text}");
        }
    }
}
