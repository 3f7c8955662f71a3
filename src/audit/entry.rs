//! One entry of the log as bytes: fixed field order, length-prefixed, written by hand.
//!
//! These bytes are what is hashed and what is stored. A format is never changed; a new one gets a new version.

use thiserror::Error;

/// A SHA-256 value.
pub type Digest = [u8; 32];

/// The first byte of every entry written in this format.
pub const VERSION: u8 = 1;

/// The kind that entries of a closed compartment show: what happened is sealed within.
pub const SEALED_KIND: &str = "sealed.act";

/// What the log says about one thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The place in the log, counted from 0 without gaps.
    pub seq: u64,
    /// When it happened, in microseconds since 1970-01-01 UTC; never earlier than the entry before.
    pub at_micros: i64,
    /// Who did it.
    pub actor: String,
    /// What happened, `noun.past_verb`.
    pub kind: String,
    /// The case as text, its pseudonym when the case is sealed, or nothing when no case is concerned.
    pub case: Option<String>,
    /// The commitment to the payload that holds no personal data.
    pub process: Digest,
    /// The commitment to the payload that may be erased one day.
    pub personal: Digest,
}

/// An entry as it lies in its bytes: what [`Entry`] is, with nothing copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryRef<'a> {
    /// As in [`Entry`].
    pub seq: u64,
    /// As in [`Entry`].
    pub at_micros: i64,
    /// As in [`Entry`].
    pub actor: &'a str,
    /// As in [`Entry`].
    pub kind: &'a str,
    /// As in [`Entry`].
    pub case: Option<&'a str>,
    /// As in [`Entry`].
    pub process: &'a Digest,
    /// As in [`Entry`].
    pub personal: &'a Digest,
}

/// Why something is not an entry.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EntryError {
    /// A text that must say something is empty.
    #[error("the field {0} is empty")]
    Empty(&'static str),
    /// A text does not fit its two-byte length.
    #[error("the field {0} is longer than 65535 bytes")]
    TooLong(&'static str),
    /// Written in a format this program does not know.
    #[error("format version {0} is not known")]
    UnknownVersion(u8),
    /// The bytes end inside a field.
    #[error("the bytes end inside the field {0}")]
    CutShort(&'static str),
    /// There are bytes after the last field.
    #[error("{0} bytes follow the last field")]
    Trailing(usize),
    /// A text is not UTF-8.
    #[error("the field {0} is not UTF-8 text")]
    NotText(&'static str),
    /// The mark before the case is neither 0 nor 1.
    #[error("the mark before the case is {0}, neither 0 nor 1")]
    BadMark(u8),
}

impl Entry {
    /// The bytes that are stored and hashed.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        let mut out = vec![VERSION];
        out.extend(self.seq.to_be_bytes());
        out.extend(self.at_micros.to_be_bytes());
        put_text(&mut out, "actor", &self.actor)?;
        put_text(&mut out, "kind", &self.kind)?;
        match &self.case {
            None => out.push(0),
            Some(case) => {
                out.push(1);
                put_text(&mut out, "case", case)?;
            }
        }
        out.extend(self.process);
        out.extend(self.personal);
        Ok(out)
    }

    /// Reads exactly what [`Entry::encode`] writes and nothing else: each entry has one encoding.
    pub fn decode(bytes: &[u8]) -> Result<Entry, EntryError> {
        let EntryRef { seq, at_micros, actor, kind, case, process, personal } = EntryRef::decode(bytes)?;
        Ok(Entry {
            seq,
            at_micros,
            actor: actor.to_owned(),
            kind: kind.to_owned(),
            case: case.map(str::to_owned),
            process: *process,
            personal: *personal,
        })
    }
}

impl<'a> EntryRef<'a> {
    /// As [`Entry::decode`].
    pub fn decode(bytes: &'a [u8]) -> Result<EntryRef<'a>, EntryError> {
        let mut from = Reader(bytes);
        let &[version] = from.take("version")?;
        if version != VERSION {
            return Err(EntryError::UnknownVersion(version));
        }
        let entry = EntryRef {
            seq: u64::from_be_bytes(*from.take("seq")?),
            at_micros: i64::from_be_bytes(*from.take("at")?),
            actor: from.text("actor")?,
            kind: from.text("kind")?,
            case: match from.take("case")? {
                [0] => None,
                [1] => Some(from.text("case")?),
                [other] => return Err(EntryError::BadMark(*other)),
            },
            process: from.take("process")?,
            personal: from.take("personal")?,
        };
        if from.0.is_empty() { Ok(entry) } else { Err(EntryError::Trailing(from.0.len())) }
    }
}

/// One field of an entry as it lies in the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in `docs/audit.md`.
    pub name: &'static str,
    /// Where it begins, from 0.
    pub at: usize,
    /// Its bytes, with the length before a text and the mark before the case.
    pub bytes: Vec<u8>,
}

/// The bytes of an entry, field by field.
///
/// # Errors
/// When they are no entry of this format.
pub fn layout(bytes: &[u8]) -> Result<Vec<Field>, EntryError> {
    let entry = Entry::decode(bytes)?;
    let text = |text: &str| text.len().saturating_add(2);
    let case = entry.case.as_deref().map_or(1, |case| text(case).saturating_add(1));
    let lengths = [
        ("version", 1),
        ("seq", 8),
        ("at", 8),
        ("actor", text(&entry.actor)),
        ("kind", text(&entry.kind)),
        ("case", case),
        ("process", 32),
        ("personal", 32),
    ];
    let mut at = 0_usize;
    let mut field = |(name, length): (&'static str, usize)| {
        let begins = at;
        at = begins.saturating_add(length);
        let bytes = bytes.get(begins..at).ok_or(EntryError::CutShort(name))?;
        Ok(Field { name, at: begins, bytes: bytes.to_vec() })
    };
    lengths.into_iter().map(&mut field).collect()
}

fn put_text(out: &mut Vec<u8>, field: &'static str, text: &str) -> Result<(), EntryError> {
    if text.is_empty() {
        return Err(EntryError::Empty(field));
    }
    let length = u16::try_from(text.len()).map_err(|_| EntryError::TooLong(field))?;
    out.extend(length.to_be_bytes());
    out.extend(text.as_bytes());
    Ok(())
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self, field: &'static str) -> Result<&'a [u8; N], EntryError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(EntryError::CutShort(field))?;
        self.0 = rest;
        Ok(taken)
    }

    fn text(&mut self, field: &'static str) -> Result<&'a str, EntryError> {
        let length = usize::from(u16::from_be_bytes(*self.take(field)?));
        let (taken, rest) = self.0.split_at_checked(length).ok_or(EntryError::CutShort(field))?;
        self.0 = rest;
        match std::str::from_utf8(taken) {
            Ok("") => Err(EntryError::Empty(field)),
            Ok(text) => Ok(text),
            Err(_) => Err(EntryError::NotText(field)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    fn entry(case: Option<&str>) -> Entry {
        Entry {
            seq: 7,
            at_micros: -5,
            actor: "anna".into(),
            kind: "case.opened".into(),
            case: case.map(str::to_owned),
            process: [1; 32],
            personal: [2; 32],
        }
    }

    #[test]
    fn every_cut_and_every_addition_is_refused() {
        for entry in [entry(None), entry(Some("2026-0042"))] {
            let bytes = entry.encode().unwrap();
            let laid = layout(&bytes).unwrap();
            assert_eq!(laid.iter().flat_map(|field| field.bytes.clone()).collect::<Vec<u8>>(), bytes);
            assert_eq!((laid[5].name, laid[6].bytes.as_slice()), ("case", [1; 32].as_slice()));
            assert_eq!(Entry::decode(&bytes), Ok(entry));
            for cut in 0..bytes.len() {
                assert!(matches!(Entry::decode(&bytes[..cut]), Err(EntryError::CutShort(_))), "cut at {cut}");
            }
            assert_eq!(Entry::decode(&[&bytes[..], &[0]].concat()), Err(EntryError::Trailing(1)));
        }
    }

    #[test]
    fn each_changed_byte_gives_another_entry_or_none() {
        let before = entry(Some("2026-0042"));
        let bytes = before.encode().unwrap();
        for place in 0..bytes.len() {
            for change in 1..=255 {
                let mut other = bytes.clone();
                other[place] ^= change;
                if let Ok(read) = Entry::decode(&other) {
                    assert_ne!(read, before);
                    assert_eq!(read.encode().unwrap(), other, "an entry has one encoding only");
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_read_back_is_not_written() {
        assert_eq!(Entry { actor: String::new(), ..entry(None) }.encode(), Err(EntryError::Empty("actor")));
        assert_eq!(Entry { kind: "k".repeat(65_536), ..entry(None) }.encode(), Err(EntryError::TooLong("kind")));
        assert_eq!(entry(Some("")).encode(), Err(EntryError::Empty("case")));
        let widest = Entry { actor: "ä".repeat(32_767), ..entry(None) };
        assert_eq!(Entry::decode(&widest.encode().unwrap()), Ok(widest));
    }
}
