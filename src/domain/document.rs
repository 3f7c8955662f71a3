//! Documents: one per arrival of bytes. The bytes are kept outside the database and never change.

use serde::{Deserialize, Serialize};

use super::id::{CaseId, DemandId, DocumentId, StaffId};
use super::text::Line;
use super::time::Instant;
use super::words::closed_words;

closed_words! {
    /// What a document is to its case.
    pub enum DocumentKind {
        /// The paper that was served, or part of it.
        Served = "served", "served paper";
        /// Anything that supports or explains: mails, call notes, evidence of the requester.
        Evidence = "evidence", "evidence";
        /// Data collected for a demand.
        Collected = "collected", "collected data";
    }
}

/// One arrival of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Identity of this arrival; also the name of its bytes in the vault.
    pub id: DocumentId,
    /// The case it belongs to. Set at arrival, before the case is opened.
    pub case: CaseId,
    /// What it is to the case.
    pub kind: DocumentKind,
    /// The demand it was collected for.
    pub demand: Option<DemandId>,
    /// File name as uploaded, for people only.
    pub file_name: Line,
    /// Media type as sniffed from the bytes, never as claimed.
    pub media_type: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of the bytes as received, lower-case hex.
    pub sha256: String,
    /// When it arrived.
    pub received_at: Instant,
    /// Who took it in.
    pub received_by: StaffId,
}
