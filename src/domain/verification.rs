//! Checks of the requester: the evidence that the one who asks is who it claims to be.

use serde::{Deserialize, Serialize};

use super::id::{CheckId, StaffId};
use super::text::Prose;
use super::time::Instant;
use super::words::closed_words;

closed_words! {
    /// How a requester was checked.
    pub enum CheckMethod {
        /// We rang a number found independently of the paper, and the officer confirmed.
        CallBack = "call_back", "call-back to an independently sourced number";
        /// The court's or agency's own register lists the case or the officer.
        Register = "register", "look-up in a court's or agency's register";
        /// The paper came through a portal or agent that authenticates its users.
        Portal = "portal", "authenticated portal or registered agent";
        /// A second officer or a supervisor confirmed.
        Supervisor = "supervisor", "confirmed by a supervisor of the officer";
        /// Mail authentication only; hacked police mailboxes pass it, so it never confirms alone.
        MailAuthentication = "mail_authentication", "mail authentication";
    }
}

closed_words! {
    /// What a check found.
    pub enum CheckResult {
        Confirmed = "confirmed", "confirmed";
        NotConfirmed = "not_confirmed", "not confirmed";
        Doubtful = "doubtful", "doubtful";
    }
}

/// One check of the requester.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Identity.
    pub id: CheckId,
    /// How.
    pub method: CheckMethod,
    /// What it found.
    pub result: CheckResult,
    /// Number rung and where it was found, who answered, what was said.
    pub account: Prose,
    /// Who checked.
    pub by: StaffId,
    /// When it was recorded.
    pub at: Instant,
}

impl Check {
    /// Whether this check alone says that the requester is genuine. Mail authentication never does.
    pub fn confirms(&self) -> bool {
        self.result == CheckResult::Confirmed && self.method != CheckMethod::MailAuthentication
    }
}
