//! Why a text is not an identifier of its kind, in sentences for the person who typed or pasted it. They
//! never repeat the text: it is personal, and messages travel further than forms.

use super::IdentifierKind;

/// What is wrong with an identifier, and what would make it right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Nothing but blanks.
    #[error("The {} is missing: enter it as the paper states it.", kind.label())]
    Empty {
        /// The kind that was asked for.
        kind: IdentifierKind,
    },
    /// Longer than any identifier of its kind.
    #[error("The {} has more than {limit} characters: enter one identifier, without words around it.", kind.label())]
    TooLong {
        /// The kind that was asked for.
        kind: IdentifierKind,
        /// The greatest length in characters.
        limit: usize,
    },
    /// A character that cannot be seen and could make two identifiers look the same.
    #[error(
        "Character {position} is U+{:04X}, {what}: delete it, or type the identifier afresh from the paper.",
        u32::from(*character)
    )]
    Hidden {
        /// The character.
        character: char,
        /// Where it stands, counted from 1 after the blanks in front are taken away.
        position: usize,
        /// What sort of character it is.
        what: &'static str,
    },
    /// A time without a zone: it could be any of two dozen instants.
    #[error(
        "The time has no zone: add Z if the paper means UTC, or its offset, such as -05:00 (US Eastern in winter)."
    )]
    TimeWithoutZone,
    /// A national phone number without its country.
    #[error("A phone number can't be read without its country: write it with + and the code, such as +1 703 555 0142.")]
    CountryNeeded,
    /// Anything else that makes it no identifier of its kind.
    #[error("This is not a complete {}: {wrong}; {cure}.", kind.label())]
    Malformed {
        /// The kind that was asked for.
        kind: IdentifierKind,
        /// What is wrong.
        wrong: &'static str,
        /// What would make it right.
        cure: &'static str,
    },
}

/// Refuses a text with more than `limit` characters.
pub(super) fn no_longer_than(kind: IdentifierKind, text: &str, limit: usize) -> Result<(), IdentifierError> {
    match text.chars().nth(limit) {
        Some(_) => Err(IdentifierError::TooLong { kind, limit }),
        None => Ok(()),
    }
}
