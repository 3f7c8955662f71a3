//! Closed lists of words. One macro makes an enum whose variants are exactly the words that the law,
//! the documents and the database use, so that a word outside the list can't get past the door.

use std::fmt;

/// A text that is not one of the words of a closed list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    /// The list that was asked, for example `Instrument`.
    pub list: &'static str,
    /// What was given.
    pub given: String,
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}” is not a known {}", self.given, self.list)
    }
}

impl std::error::Error for UnknownWord {}

/// Declares an enum of words: `Variant = "word", "how people read it";`.
///
/// Each enum gets `ALL`, `as_str`, `label`, `FromStr`, `Display` (the word) and serde by its word.
macro_rules! closed_words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal, $label:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vmeta])* #[doc = concat!("`", $word, "`: ", $label)] $variant),+ }

        impl $name {
            /// Every word of the list, in its order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word as files, tables and URLs spell it.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// The word as people read it on a screen.
            pub fn label(self) -> &'static str {
                match self { $($name::$variant => $label),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::words::UnknownWord;
            fn from_str(given: &str) -> Result<Self, Self::Err> {
                match given {
                    $($word => Ok($name::$variant),)+
                    _ => Err($crate::domain::words::UnknownWord { list: stringify!($name), given: given.to_owned() }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use closed_words;
