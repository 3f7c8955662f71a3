//! Litigation holds: while one is on a case, nothing of it is erased.

use serde::{Deserialize, Serialize};

use super::id::{CaseId, HoldId, StaffId};
use super::refusal::Refusal;
use super::text::Prose;
use super::time::Instant;

/// A hold on a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Identity.
    #[serde(rename = "hold")]
    pub id: HoldId,
    /// The case.
    pub case: CaseId,
    /// What for: the proceeding, and who asked.
    pub what_for: Prose,
    /// Who placed it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

/// The end of a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifted {
    /// Which.
    pub hold: HoldId,
    /// Why nothing need be kept for it any more.
    pub because: Prose,
    /// Who lifted it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

/// A hold as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldStanding {
    /// The hold.
    pub hold: Hold,
    /// How it ended, if it did.
    pub lifted: Option<Lifted>,
}

impl HoldStanding {
    /// Lifts it.
    ///
    /// # Errors
    /// [`Refusal::HoldLifted`] where it is lifted already.
    pub fn lift(mut self, because: Prose, by: StaffId, at: Instant) -> Result<HoldStanding, Refusal> {
        if self.lifted.is_some() {
            return Err(Refusal::HoldLifted);
        }
        self.lifted = Some(Lifted { hold: self.hold.id, because, by, at });
        Ok(self)
    }
}
