//! The scope: what may be given, exactly. Its hash is what people approve; its edits are what bars them.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Case;
use crate::domain::decision::Decision;
use crate::domain::id::StaffId;
use crate::domain::time::Instant;

/// The scope's history: how often it was edited, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// 64 hex digits of chance, so that the hash of a scope tells nothing about the identifiers in it.
    pub salt: String,
    /// Counts edits, from 1: the opening.
    pub revision: u32,
    /// Every edit ever made, in order. Whoever stands here can't approve.
    pub edits: Vec<ScopeEdit>,
}

/// One edit of the scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeEdit {
    /// The revision this edit made.
    pub revision: u32,
    /// Who edited.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

impl Scope {
    /// Whether this person ever edited the scope.
    pub fn was_edited_by(&self, who: StaffId) -> bool {
        self.edits.iter().any(|e| e.by == who)
    }

    pub(super) fn next_edit(&self, by: StaffId, at: Instant) -> ScopeEdit {
        ScopeEdit { revision: self.revision.saturating_add(1), by, at }
    }
}

impl Case {
    /// SHA-256 of the exact scope: the paper's instrument, every demand as asked and what was decided on it,
    /// under the case's own salt. Lower-case hex.
    pub fn scope_hash(&self, decisions: &[Decision]) -> String {
        let mut hash = Sha256::new();
        hash.update(b"writ scope 1\n");
        hash.update(self.scope.salt.as_bytes());
        hash.update(self.id.0.as_bytes());
        let mut part = |value: serde_json::Result<String>| {
            let text = value.unwrap_or_default();
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text.as_bytes());
        };
        part(serde_json::to_string(&self.paper.instrument));
        for demand in &self.demands {
            part(serde_json::to_string(demand));
            part(serde_json::to_string(&decisions.iter().find(|d| d.demand == demand.id)));
        }
        hex::encode(hash.finalize())
    }
}
