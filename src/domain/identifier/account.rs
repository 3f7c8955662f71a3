//! Names a service gives to accounts and devices: user ids, gamertags, serial numbers, and whatever else a
//! paper names an account by.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::error::no_longer_than;
use super::{DOTS, IdentifierError, IdentifierKind};

/// Kept letter for letter (in Unicode NFC): a user id may tell `aB` from `Ab`.
pub(super) fn user_id(text: &str) -> Result<String, IdentifierError> {
    let id = composed(text);
    no_longer_than(IdentifierKind::UserId, &id, super::longest(IdentifierKind::UserId))?;
    Ok(id)
}

/// 1 to 15 letters, digits and single blanks, and the number after `#` that newer names carry. In the key
/// letters are lower case, because a console network gives a name once whatever its case.
pub(super) fn gamertag(text: &str) -> Result<String, IdentifierError> {
    let tag = fold(text);
    let (name, number) = match tag.split_once('#') {
        Some((name, number)) => (name.trim_end(), Some(number)),
        None => (tag.as_str(), None),
    };
    let fits = (1..=15).contains(&name.chars().count()) && name.chars().all(|c| c.is_alphanumeric() || c == ' ');
    if !fits {
        return Err(IdentifierError::Malformed {
            kind: IdentifierKind::Gamertag,
            wrong: "a gamertag has 1 to 15 letters, digits and blanks",
            cure: "give the name alone, with the number after # if it has one",
        });
    }
    match number {
        None => Ok(name.to_owned()),
        Some(digits) if (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) => {
            Ok(format!("{name}#{digits}"))
        }
        Some(_) => Err(IdentifierError::Malformed {
            kind: IdentifierKind::Gamertag,
            wrong: "after the # stand 1 to 4 digits",
            cure: "check the number after the # against the paper",
        }),
    }
}

/// Up to 64 letters A to Z, digits and dashes, in capitals. Dashes stay: makers use them to tell models apart.
pub(super) fn device_serial(text: &str) -> Result<String, IdentifierError> {
    let only = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if only && text.len() <= 64 && text.bytes().any(|b| b != b'-') {
        return Ok(text.to_ascii_uppercase());
    }
    Err(IdentifierError::Malformed {
        kind: IdentifierKind::DeviceSerial,
        wrong: "a serial number has up to 64 letters A to Z, digits and dashes",
        cure: "type it without blanks, as it stands on the device or in the paper",
    })
}

/// Any text that can be read. In the key letters are lower case and blanks single.
pub(super) fn other(text: &str, limit: usize) -> Result<String, IdentifierError> {
    let key = fold(text);
    no_longer_than(IdentifierKind::Other, &key, limit)?;
    Ok(key)
}

/// Lower case in Unicode NFC, with single blanks between words. Folding twice changes nothing.
pub(super) fn fold(text: &str) -> String {
    let lower = composed(&composed(text).to_lowercase());
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn masked(key: &str) -> String {
    let shown = if key.chars().count() < 4 { 0 } else { 1 };
    key.chars().take(shown).chain(DOTS.chars()).collect()
}

fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}
