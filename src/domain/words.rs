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
    /// The words of the list. Which of them was meant is looked for when somebody reads of it: many ask whether a word is of
    /// a list and mind no *no*.
    pub known: &'static [&'static str],
}

/// How much alike two words are, from 0 to 1, for one to be taken for a slip of the other.
const ALIKE: f64 = 0.85;

/// No word of a list is as long, in bytes: what is longer is no slip, and to compare it would cost as much as somebody sends.
const LONGEST: usize = 80;

/// The known word that looks most like a given one, where one does.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if given.len() > LONGEST {
        return None;
    }
    let alike = known.into_iter().map(|word| (strsim::jaro_winkler(given, word), word));
    let best = alike.filter(|(alike, _)| *alike >= ALIKE).max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.map(|(_, word)| word)
}

/// `FindingCode` → `finding code`.
fn spoken(list: &str) -> String {
    let mut said = String::new();
    for letter in list.chars() {
        if letter.is_uppercase() && !said.is_empty() {
            said.push(' ');
        }
        said.extend(letter.to_lowercase());
    }
    said
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}” is not a known {}", self.given, spoken(self.list))?;
        nearest(&self.given, self.known.iter().copied())
            .map_or(Ok(()), |nearest| write!(f, "; did you mean {nearest}?"))
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
                    _ => Err($crate::domain::words::UnknownWord {
                        list: stringify!($name),
                        given: given.to_owned(),
                        known: &[$($word),+],
                    }),
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::domain::finding::FindingCode;

    #[test]
    fn a_slip_is_told_with_the_word_that_was_meant() {
        let unknown = |given: &str| given.parse::<FindingCode>().unwrap_err().to_string();
        assert_eq!(
            unknown("state_law_hihger"),
            "“state_law_hihger” is not a known finding code; did you mean state_law_higher?"
        );
        assert_eq!(unknown("elephant"), "“elephant” is not a known finding code");
        let long = "state_law_higher".repeat(6);
        assert_eq!(unknown(&long), format!("“{long}” is not a known finding code"));
    }
}
