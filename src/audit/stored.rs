//! The log as a store keeps it, row by row, and what the verifier says when a row is wrong.

use std::fmt;

use super::entry::Digest;

/// The table of entries.
pub const LOG_ENTRY: &str = "log_entry";
/// The table of payloads without personal data.
pub const LOG_PROCESS: &str = "log_process";
/// The table of payloads that may be erased.
pub const LOG_PERSONAL: &str = "log_personal";
/// The table of the tree's complete subtrees, leaves included.
pub const LOG_NODE: &str = "log_node";
/// The table of signed checkpoints.
pub const LOG_CHECKPOINT: &str = "log_checkpoint";
/// The table with the one row that says how long the log is.
pub const LOG_HEAD: &str = "log_head";
/// No table: a checkpoint that somebody kept outside the register and brings along.
pub const KEPT_CHECKPOINT: &str = "kept_checkpoint";

/// A row of `log_entry` with the payloads that belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// The column `seq`.
    pub seq: u64,
    /// The column `at`, in microseconds since 1970-01-01 UTC.
    pub at_micros: i64,
    /// The column `actor`.
    pub actor: String,
    /// The column `kind`.
    pub kind: String,
    /// The column `case`.
    pub case: Option<String>,
    /// The encoded entry, which the other columns repeat.
    pub bytes: Vec<u8>,
    /// The stored leaf hash.
    pub leaf: Digest,
    /// The row of `log_process`, if there is one.
    pub process: Option<StoredPayload>,
    /// The row of `log_personal`.
    pub personal: StoredPersonal,
}

/// A payload and the salt of its commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPayload {
    /// 32 bytes; any other length is a fault.
    pub salt: Vec<u8>,
    /// The bytes that were committed to.
    pub payload: Vec<u8>,
}

/// What became of a personal payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredPersonal {
    /// There, and decrypted.
    Present(StoredPayload),
    /// There is no row.
    Absent,
    /// There is a row, but it cannot be opened; the text ends the sentence "cannot be opened: …".
    Unreadable(String),
}

/// The row of `log_head`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredHead {
    /// How many entries the log has.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
    /// The time of the last entry; 0 in an empty log.
    pub at_micros: i64,
    /// How many checkpoints there are.
    pub checkpoints: u64,
}

/// A row of `log_checkpoint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// Counted from 0 without gaps.
    pub number: u64,
    /// The size that was signed; larger than that of the checkpoint before.
    pub size: u64,
    /// The root that was signed.
    pub root: Digest,
    /// The signed note, with one signature.
    pub note: String,
}

/// A row that belongs to no entry of the log: a payload, or a node that no entry completes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// The table it stands in.
    pub table: &'static str,
    /// Its sequence number, or that of the leaf that would complete the node, if it has a sensible one.
    pub seq: Option<u64>,
}

/// The first thing that is wrong, said so that an auditor understands it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The table in which it is wrong.
    pub table: &'static str,
    /// The entry (for a node, the one that completes it), or the number of a checkpoint; nothing for the head.
    pub seq: Option<u64>,
    /// The rest of the sentence that names table and place.
    pub why: String,
}

impl Fault {
    /// A fault at a place in a table.
    pub fn new(table: &'static str, seq: impl Into<Option<u64>>, why: impl Into<String>) -> Fault {
        Fault { table, seq: seq.into(), why: why.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq.map_or_else(|| "?".to_owned(), |seq| seq.to_string());
        match self.table {
            LOG_ENTRY => write!(f, "Entry {seq}"),
            LOG_PROCESS => write!(f, "The process payload of entry {seq}"),
            LOG_PERSONAL => write!(f, "The personal payload of entry {seq}"),
            LOG_NODE => write!(f, "The stored tree at entry {seq}"),
            LOG_CHECKPOINT => write!(f, "Checkpoint {seq}"),
            LOG_HEAD => write!(f, "The head of the log"),
            KEPT_CHECKPOINT => return write!(f, "The checkpoint kept elsewhere {}.", self.why),
            other => write!(f, "Row {seq} of {other}"),
        }?;
        write!(f, " {} (table {}).", self.why, self.table)
    }
}

impl std::error::Error for Fault {}
