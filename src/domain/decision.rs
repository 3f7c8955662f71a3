//! Decisions, approvals, collection results, release: what people decide and do about each demand.

use serde::{Deserialize, Serialize};

use super::finding::FindingCode;
use super::id::{ApprovalId, DemandId, DocumentId, StaffId};
use super::text::{Line, Prose};
use super::time::Instant;
use super::words::closed_words;

closed_words! {
    /// What people decide on one demand.
    pub enum DecisionKind {
        /// Give records, no content.
        NonContent = "non_content", "non-content";
        /// Give content.
        Content = "content", "content";
        /// Refuse, with a reason code.
        Reject = "reject", "reject";
        /// Send the requester to the customer first.
        Redirect = "redirect", "redirect";
        /// Ask the requester before deciding.
        Clarify = "clarify", "clarify";
    }
}

impl DecisionKind {
    /// Whether it lets data of the demand be collected.
    pub fn grants(self) -> bool {
        matches!(self, DecisionKind::NonContent | DecisionKind::Content)
    }
}

/// A person's decision on one demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The demand decided.
    pub demand: DemandId,
    /// What is decided.
    pub kind: DecisionKind,
    /// Why, for a rejection: a finding code of the taxonomy.
    pub reason: Option<FindingCode>,
    /// To whom, for a redirect.
    pub redirect_to: Option<Line>,
    /// A note for the reviewer.
    pub note: Option<Line>,
    /// A reviewer's written reason for going beyond the verdict.
    pub override_reason: Option<Prose>,
}

/// The decisions on a case's demands, bound to the exact scope they were made on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// One per demand decided so far, in the order of the demands.
    pub decisions: Vec<Decision>,
    /// SHA-256 of the exact scope, lower-case hex.
    pub scope_hash: String,
    /// How many people must approve it.
    pub approvals_needed: u8,
    /// Who drafted it last.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

impl Draft {
    /// The decision on a demand.
    pub fn on(&self, demand: DemandId) -> Option<&Decision> {
        self.decisions.iter().find(|d| d.demand == demand)
    }

    /// Whether anything is to be collected.
    pub fn grants_anything(&self) -> bool {
        self.decisions.iter().any(|d| d.kind.grants())
    }
}

/// One person's yes to one exact scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Identity.
    pub id: ApprovalId,
    /// The scope revision approved.
    pub scope_revision: u32,
    /// The scope approved.
    pub scope_hash: String,
    /// Who approved.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

closed_words! {
    /// What a collection came to, for one granted demand.
    pub enum CollectionOutcome {
        Collected = "collected", "collected";
        NoData = "no_data", "no data";
    }
}

/// What a fulfiller found for one granted demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionResult {
    /// The demand.
    pub demand: DemandId,
    /// What it came to.
    pub outcome: CollectionOutcome,
    /// System and query used, or where was searched in vain.
    pub account: Prose,
    /// The files, where something was collected.
    pub files: Vec<DocumentId>,
    /// Who collected.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

closed_words! {
    /// How a production reaches the agency.
    pub enum ReleaseMethod {
        Portal = "portal", "the agency's portal";
        EncryptedMail = "encrypted_mail", "encrypted mail";
        Courier = "courier", "courier";
        InPerson = "in_person", "handed over in person";
    }
}

/// A production let go: from here on it has left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// To whom, by name.
    pub to: Line,
    /// How.
    pub method: ReleaseMethod,
    /// SHA-256 of the manifest of all files, lower-case hex.
    pub manifest_sha256: String,
    /// How many files.
    pub files: u32,
    /// Who released.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

/// Why and how a case was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Derived from decisions and collection results, never typed.
    pub outcome: super::outcome::Outcome,
    /// A word on it, required for a withdrawal.
    pub note: Option<Prose>,
    /// Who closed it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}
