//! What a paper states. The law tells three answers apart: nobody has looked, somebody looked and there is
//! none, and there it is. Only the last two are facts.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An answer read off a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stated<T> {
    /// Nobody has looked yet: the fact is unknown.
    #[default]
    Unknown,
    /// Somebody looked: the paper states none.
    None,
    /// The paper states this.
    Is(T),
}

impl<T> Stated<T> {
    /// Whether nobody has looked yet.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Stated::Unknown)
    }

    /// Whether somebody looked and there is none.
    pub fn is_none(&self) -> bool {
        matches!(self, Stated::None)
    }

    /// What is stated, if anything is.
    pub fn value(&self) -> Option<&T> {
        match self {
            Stated::Is(value) => Some(value),
            Stated::Unknown | Stated::None => None,
        }
    }

    /// Reads a form's pair of controls: the field and the tick *the paper states none*.
    pub fn from_form(value: Option<T>, states_none: bool) -> Self {
        match (value, states_none) {
            (Some(value), _) => Stated::Is(value),
            (None, true) => Stated::None,
            (None, false) => Stated::Unknown,
        }
    }
}

impl<T: Serialize> Serialize for Stated<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Stated::Unknown => to.serialize_str("unknown"),
            Stated::None => to.serialize_none(),
            Stated::Is(value) => StatedIs { is: value }.serialize(to),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct StatedIs<T> {
    is: T,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum StatedText<T> {
    Is(StatedIs<T>),
    Word(String),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Stated<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Option::<StatedText<T>>::deserialize(from)? {
            None => Ok(Stated::None),
            Some(StatedText::Is(StatedIs { is })) => Ok(Stated::Is(is)),
            Some(StatedText::Word(word)) if word == "unknown" => Ok(Stated::Unknown),
            Some(StatedText::Word(word)) => Err(serde::de::Error::custom(format!("“{word}” is no statement"))),
        }
    }
}
