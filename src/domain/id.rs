//! Identities. Each kind of thing has an id type of its own, so that one can't be passed for another.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0.hyphenated())
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map($name)
            }
        }
    )+};
}

ids! {
    /// A member of staff.
    StaffId;
    /// A team, which owns cases.
    TeamId;
    /// A case.
    CaseId;
    /// One demand of a case.
    DemandId;
    /// One arrival of a document: the same bytes served twice are two documents.
    DocumentId;
    /// A requesting organisation.
    AgencyId;
    /// A person of a requesting organisation.
    OfficerId;
    /// A secrecy order recorded on a case.
    SecrecyOrderId;
    /// One approval by one person of one scope.
    ApprovalId;
    /// One check of the requester.
    CheckId;
    /// An API token.
    TokenId;
    /// A comment on a case.
    CommentId;
    /// A link between two cases.
    LinkId;
    /// A change to the staff that waits for a second admin.
    StaffRequestId;
    /// A rulebook that waits for a second person.
    LawProposalId;
    /// A past case: one that was closed before Writ, and imported.
    PastCaseId;
    /// An alarm about the log.
    AlarmId;
    /// A random sample of the log.
    SampleId;
    /// A note or a finding of an auditor.
    AuditNoteId;
    /// A litigation hold on a case.
    HoldId;
    /// An erasure that was proposed.
    ErasureId;
}

/// What the system hands to the domain when new things need ids: a source of fresh ones.
pub trait FreshIds {
    /// A new id, never given out before.
    fn fresh(&mut self) -> Uuid;
}
