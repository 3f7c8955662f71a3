//! What colleagues say to each other about a case, and how cases hang together. Neither moves a case on.

use serde::{Deserialize, Serialize};

use super::id::{CaseId, CommentId, LinkId, StaffId};
use super::text::{Line, Prose};
use super::time::Instant;
use super::words::closed_words;

/// A word among colleagues on a case. It is never changed or taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Identity.
    pub id: CommentId,
    /// The case.
    pub case: CaseId,
    /// The words.
    pub text: Prose,
    /// Who wrote it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

closed_words! {
    /// How one case hangs together with another.
    pub enum LinkKind {
        /// The same paper served again. Cases are linked, never merged.
        DuplicateOf = "duplicate_of", "the same paper served again";
        /// The same matter.
        Related = "related", "the same matter";
        /// A later paper for data that the other case preserved.
        FollowsPreservation = "follows_preservation", "follows a preservation";
        /// A later paper that asks for more, or mends the other.
        Supplements = "supplements", "supplements or amends";
    }
}

/// A link from one case to an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Identity.
    pub id: LinkId,
    /// The case that was linked.
    pub case: CaseId,
    /// The case it was linked to.
    pub other: CaseId,
    /// How they hang together.
    pub kind: LinkKind,
    /// A word on it.
    pub note: Option<Line>,
    /// Who linked them.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}
