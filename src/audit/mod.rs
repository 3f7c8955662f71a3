//! The tamper-evident log, as arithmetic: bytes in, hashes and verdicts out.
//!
//! Nothing here reads a clock, a file, a database or a random source, and nothing here knows another room.
//! `docs/audit.md` describes the same format for someone who writes a second verifier in another language.
//!
//! In reading order: an [`Entry`] is written as bytes that carry two [`commit`]ments; its bytes become a leaf
//! of the tree ([`Edge`]); [`proof`]s show that a leaf is in the tree and that the tree only grew; a
//! [`Checkpoint`] is the tree's root signed in a note; the [`Verifier`] re-derives all of it and names the
//! first thing that is wrong. A [`bundle`] carries it all to somebody who has no register. A [`difference`] is a place at
//! which a table says something else than the log.

pub mod entry;

pub mod commitment;
pub mod tree;

pub mod proof;

pub mod note;

pub mod checkpoint;
pub mod keys;
pub mod witness;

pub mod erasure;
pub mod stored;

mod kept;
mod signed;

pub mod verify;

pub mod bundle;

pub mod difference;

pub use checkpoint::Checkpoint;
pub use commitment::commit;
pub use difference::{Difference, Differs};
pub use entry::{Digest, Entry, EntryError, EntryRef, SEALED_KIND, VERSION};
pub use keys::{Handover, KeyChain, TrustedKey};
pub use note::{NoteError, SigningKey, VerifierKey};
pub use stored::{Fault, StoredCheckpoint, StoredEntry, StoredHead, StoredPayload, StoredPersonal, Stray};
pub use tree::{Edge, Node, TreeError};
pub use verify::{Trust, Verified, Verifier};
