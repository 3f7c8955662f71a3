//! A bundle: a log, or a part of one, as one file that proves itself to whoever has the log's public key. §7 of
//! `docs/audit.md` has its bytes. Here they are written and read, record by record; `examine` judges them.

pub mod examine;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::entry::Digest;

/// What every bundle of this version begins with.
pub const FIRST_LINE: &[u8] = b"writ-log-bundle 1\n";

/// The most bytes one record may have: whoever reads a bundle never needs more at once.
pub const MOST: u32 = 64 * 1024 * 1024;

/// Why bytes are no record.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecordError {
    /// Another kind of record than this version has.
    #[error("is of a kind that is not known: {0:#04x}")]
    UnknownTag(u8),
    /// Larger than [`MOST`].
    #[error("is larger than {MOST} bytes")]
    TooLong,
    /// The bytes end inside a part.
    #[error("ends inside its {0}")]
    CutShort(&'static str),
    /// Something else stands there than belongs there.
    #[error("has a {0} that can't be read")]
    Unreadable(&'static str),
    /// There are bytes after the last part.
    #[error("goes on after its last part")]
    Trailing,
}

/// One record of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record<'a> {
    /// What the bundle holds; the first record.
    Header(Header),
    /// The note by which a key of the log hands over to the next; all that there are, in order, after the header.
    Handover(&'a str),
    /// The right edge of the tree before the first entry: the roots of its complete subtrees, from the left.
    Edge(Vec<Digest>),
    /// An entry of the part.
    Entry(Carried<'a>),
    /// A signed checkpoint. The proof shows that it is consistent with the part, where it covers less than comes
    /// before the part, or more than its end; else it is empty.
    Checkpoint {
        /// The signed note.
        note: &'a str,
        /// The hashes of the consistency proof.
        proof: Vec<Digest>,
    },
    /// An entry from outside of the part, with the proof that the last checkpoint covers it.
    Outside(Carried<'a>, Vec<Digest>),
    /// The last record: how many come before it, the header included.
    End(u64),
}

/// What a bundle says of itself. Nothing of it is believed: all is checked against entries and checkpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The number of the first entry.
    pub first: u64,
    /// The number after that of the last entry: as many as `first` where the part is empty.
    pub end: u64,
    /// The name of the log.
    pub origin: String,
    /// What comes along with the entries.
    pub payloads: Payloads,
    /// What the last checkpoint covers: at least `end`.
    pub size: u64,
}

/// What comes along with the entries of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payloads {
    /// Nothing: order and completeness can be checked, and who did what kind of thing when.
    None,
    /// What happened, without personal data: gates and figures can be checked too.
    Process,
    /// The personal payloads too, as far as they are not erased and not those of a closed compartment.
    All,
}

/// An entry with the payloads that come along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried<'a> {
    /// The encoded entry.
    pub bytes: &'a [u8],
    /// Its process payload.
    pub process: Option<Salted<'a>>,
    /// Its personal payload.
    pub personal: Option<Salted<'a>>,
}

/// A payload with the salt of its commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salted<'a> {
    /// The salt.
    pub salt: &'a [u8; 32],
    /// The payload.
    pub payload: &'a [u8],
}

/// What stands before every record: its kind and how many bytes follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The kind.
    pub tag: u8,
    /// How many bytes follow, at most [`MOST`].
    pub length: u32,
}

const HEADER: u8 = b'H';
const HANDOVER: u8 = b'K';
const EDGE: u8 = b'D';
const ENTRY: u8 = b'E';
const CHECKPOINT: u8 = b'C';
const OUTSIDE: u8 = b'X';
const END: u8 = b'Z';

impl Frame {
    /// How many bytes it has.
    pub const SIZE: usize = 5;

    /// Reads what stands before a record.
    ///
    /// # Errors
    /// For a kind that is not known, and for a record that is too large.
    pub fn read([tag, a, b, c, d]: [u8; 5]) -> Result<Frame, RecordError> {
        let length = u32::from_be_bytes([a, b, c, d]);
        if ![HEADER, HANDOVER, EDGE, ENTRY, CHECKPOINT, OUTSIDE, END].contains(&tag) {
            Err(RecordError::UnknownTag(tag))
        } else if length > MOST {
            Err(RecordError::TooLong)
        } else {
            Ok(Frame { tag, length })
        }
    }
}

impl<'a> Record<'a> {
    /// Writes the record with its frame.
    ///
    /// # Errors
    /// When it would be larger than [`MOST`].
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), RecordError> {
        let begins = out.len();
        out.extend([self.tag(), 0, 0, 0, 0]);
        match self {
            Record::Header(header) => {
                out.extend(serde_json::to_vec(header).map_err(|_| RecordError::Unreadable("header"))?);
            }
            Record::Handover(note) => out.extend(note.as_bytes()),
            Record::Edge(hashes) => out.extend(hashes.as_flattened()),
            Record::Entry(carried) => carried.write(out)?,
            Record::Checkpoint { note, proof } => {
                part(out, &[note.as_bytes()])?;
                out.extend(proof.as_flattened());
            }
            Record::Outside(carried, proof) => {
                carried.write(out)?;
                out.extend(proof.as_flattened());
            }
            Record::End(records) => out.extend(records.to_be_bytes()),
        }
        let length = out.len().saturating_sub(begins).saturating_sub(Frame::SIZE);
        let length = u32::try_from(length).ok().filter(|length| *length <= MOST).ok_or(RecordError::TooLong)?;
        if let Some(place) = out.get_mut(begins.saturating_add(1)..begins.saturating_add(Frame::SIZE)) {
            place.copy_from_slice(&length.to_be_bytes());
        }
        Ok(())
    }

    /// Reads what follows a frame with this tag. There is one way to write each record.
    ///
    /// # Errors
    /// When it is anything else than [`Record::write`] writes.
    pub fn read(tag: u8, body: &'a [u8]) -> Result<Record<'a>, RecordError> {
        let mut from = Parts(body);
        let record = match tag {
            HEADER => Record::Header(header(from.rest())?),
            HANDOVER => Record::Handover(text(from.rest())?),
            EDGE => Record::Edge(from.hashes("edge")?),
            ENTRY => Record::Entry(from.carried()?),
            CHECKPOINT => Record::Checkpoint { note: text(from.part("note")?)?, proof: from.hashes("proof")? },
            OUTSIDE => Record::Outside(from.carried()?, from.hashes("proof")?),
            END => {
                let count = <[u8; 8]>::try_from(from.rest()).map_err(|_| RecordError::Unreadable("count"))?;
                Record::End(u64::from_be_bytes(count))
            }
            other => return Err(RecordError::UnknownTag(other)),
        };
        if from.0.is_empty() { Ok(record) } else { Err(RecordError::Trailing) }
    }

    fn tag(&self) -> u8 {
        match self {
            Record::Header(_) => HEADER,
            Record::Handover(_) => HANDOVER,
            Record::Edge(_) => EDGE,
            Record::Entry(_) => ENTRY,
            Record::Checkpoint { .. } => CHECKPOINT,
            Record::Outside(..) => OUTSIDE,
            Record::End(_) => END,
        }
    }
}

impl Carried<'_> {
    fn write(&self, out: &mut Vec<u8>) -> Result<(), RecordError> {
        part(out, &[self.bytes])?;
        for payload in [self.process, self.personal] {
            match payload {
                Some(Salted { salt, payload }) => part(out, &[salt, payload])?,
                None => part(out, &[])?,
            }
        }
        Ok(())
    }
}

/// The header, which has one spelling: keys in alphabetical order, no spaces.
fn header(body: &[u8]) -> Result<Header, RecordError> {
    let unreadable = RecordError::Unreadable("header");
    let header: Header = serde_json::from_slice(body).map_err(|_| unreadable.clone())?;
    let is_canonical = serde_json::to_vec(&header).is_ok_and(|canonical| canonical == body);
    if is_canonical { Ok(header) } else { Err(unreadable) }
}

fn text(note: &[u8]) -> Result<&str, RecordError> {
    std::str::from_utf8(note).map_err(|_| RecordError::Unreadable("note"))
}

fn part(out: &mut Vec<u8>, pieces: &[&[u8]]) -> Result<(), RecordError> {
    let length: usize = pieces.iter().map(|piece| piece.len()).sum();
    out.extend(u32::try_from(length).map_err(|_| RecordError::TooLong)?.to_be_bytes());
    pieces.iter().for_each(|piece| out.extend(*piece));
    Ok(())
}

struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    fn part(&mut self, what: &'static str) -> Result<&'a [u8], RecordError> {
        let cut = || RecordError::CutShort(what);
        let (length, rest) = self.0.split_first_chunk::<4>().ok_or_else(cut)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| cut())?;
        let (part, rest) = rest.split_at_checked(length).ok_or_else(cut)?;
        self.0 = rest;
        Ok(part)
    }

    fn salted(&mut self, what: &'static str) -> Result<Option<Salted<'a>>, RecordError> {
        match self.part(what)? {
            [] => Ok(None),
            part => {
                let (salt, payload) = part.split_first_chunk::<32>().ok_or(RecordError::CutShort(what))?;
                Ok(Some(Salted { salt, payload }))
            }
        }
    }

    fn carried(&mut self) -> Result<Carried<'a>, RecordError> {
        Ok(Carried {
            bytes: self.part("entry")?,
            process: self.salted("process payload")?,
            personal: self.salted("personal payload")?,
        })
    }

    /// All that is left, as hashes.
    fn hashes(&mut self, what: &'static str) -> Result<Vec<Digest>, RecordError> {
        let (hashes, rest) = self.rest().as_chunks::<32>();
        if rest.is_empty() { Ok(hashes.to_vec()) } else { Err(RecordError::CutShort(what)) }
    }
}
