//! Where a case stands, with exactly what is true there. A move consumes the old standing.

use serde::{Deserialize, Serialize};

use crate::domain::assessment::Assessment;
use crate::domain::decision::{Approval, Closing, CollectionResult, Draft, Release};
use crate::domain::id::{DemandId, StaffId};
use crate::domain::stage::Stage;
use crate::domain::text::Prose;
use crate::domain::time::Instant;

/// Where a case stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// No served document yet.
    Intake,
    /// The requester is not verified yet.
    Triage,
    /// Verified; being assessed and decided.
    Review(Review),
    /// Every demand decided; waiting for approvals, or approved with nothing granted.
    Approval(Pending),
    /// Approved, something granted; being collected, or collected and nothing found.
    Fulfilment(Granted),
    /// Everything collected; being released, or released.
    Delivery(Collected),
    /// Ended, with what stood before.
    Closed(Box<Progress>, Closing),
}

/// What is true in review.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Review {
    /// The assessment of the demands as they stand.
    pub assessed: Option<Assessed>,
    /// Decisions so far; some demands may still be open.
    pub draft: Option<Draft>,
    /// Why the last draft came back; it stays until another one is sent to approval.
    pub returned: Option<Returned>,
}

/// What is true in approval.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// The assessment decided on.
    pub assessed: Assessed,
    /// The complete draft.
    pub draft: Draft,
    /// Approvals of exactly this draft.
    pub approvals: Vec<Approval>,
}

/// What is true in fulfilment: approved, with results so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Granted {
    /// What was approved.
    pub pending: Pending,
    /// Collection results so far.
    pub results: Vec<CollectionResult>,
}

/// What is true in delivery.
#[derive(Debug, Clone, PartialEq)]
pub struct Collected {
    /// What was approved and collected.
    pub granted: Granted,
    /// The release, once it happened.
    pub release: Option<Release>,
}

/// The engine's answers on all demands at one revision of the scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessed {
    /// One per demand, in their order.
    pub answers: Vec<Answer>,
    /// The revision of the scope that was assessed.
    pub scope_revision: u32,
    /// Who asked the engine.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

/// The engine's answer on one demand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The demand.
    pub demand: DemandId,
    /// The answer.
    pub assessment: Assessment,
}

/// A draft sent back by a reviewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// What must change.
    pub because: Prose,
    /// Who returned it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

impl Assessed {
    /// The answer on a demand.
    pub fn on(&self, demand: DemandId) -> Option<&Assessment> {
        self.answers.iter().find(|a| a.demand == demand).map(|a| &a.assessment)
    }
}

impl Pending {
    /// Whether enough people have approved.
    pub fn is_approved(&self) -> bool {
        self.approvals.len() >= usize::from(self.draft.approvals_needed)
    }
}

impl Progress {
    /// The stage.
    pub fn stage(&self) -> Stage {
        match self {
            Progress::Intake => Stage::Intake,
            Progress::Triage => Stage::Triage,
            Progress::Review(_) => Stage::Review,
            Progress::Approval(_) => Stage::Approval,
            Progress::Fulfilment(_) => Stage::Fulfilment,
            Progress::Delivery(_) => Stage::Delivery,
            Progress::Closed(..) => Stage::Closed,
        }
    }

    /// The assessment in force.
    pub fn assessed(&self) -> Option<&Assessed> {
        match self {
            Progress::Intake | Progress::Triage => None,
            Progress::Review(review) => review.assessed.as_ref(),
            Progress::Approval(_) | Progress::Fulfilment(_) | Progress::Delivery(_) => {
                self.pending().map(|p| &p.assessed)
            }
            Progress::Closed(before, _) => before.assessed(),
        }
    }

    /// The draft in force, complete or not.
    pub fn draft(&self) -> Option<&Draft> {
        match self {
            Progress::Intake | Progress::Triage => None,
            Progress::Review(review) => review.draft.as_ref(),
            Progress::Approval(_) | Progress::Fulfilment(_) | Progress::Delivery(_) => self.pending().map(|p| &p.draft),
            Progress::Closed(before, _) => before.draft(),
        }
    }

    /// Why the last draft came back, until another one is sent to approval.
    pub fn returned(&self) -> Option<&Returned> {
        match self {
            Progress::Review(review) => review.returned.as_ref(),
            _ => None,
        }
    }

    /// What stood before the case was closed; of a case that is open, this.
    pub fn before_closing(&self) -> &Progress {
        match self {
            Progress::Closed(before, _) => before.before_closing(),
            open => open,
        }
    }

    /// Approvals of the draft in force.
    pub fn approvals(&self) -> &[Approval] {
        self.pending().map_or(&[], |p| &p.approvals)
    }

    /// Collection results so far.
    pub fn results(&self) -> &[CollectionResult] {
        match self {
            Progress::Fulfilment(granted) => &granted.results,
            Progress::Delivery(collected) => &collected.granted.results,
            Progress::Closed(before, _) => before.results(),
            _ => &[],
        }
    }

    /// The release.
    pub fn release(&self) -> Option<&Release> {
        match self {
            Progress::Delivery(collected) => collected.release.as_ref(),
            Progress::Closed(before, _) => before.release(),
            _ => None,
        }
    }

    /// Whether every demand is decided for good.
    pub fn is_decided(&self) -> bool {
        self.pending().is_some()
    }

    /// The draft, if enough people approved it.
    pub fn approved_draft(&self) -> Option<&Draft> {
        self.pending().filter(|p| p.is_approved()).map(|p| &p.draft)
    }

    fn pending(&self) -> Option<&Pending> {
        match self {
            Progress::Approval(pending) => Some(pending),
            Progress::Fulfilment(granted) => Some(&granted.pending),
            Progress::Delivery(collected) => Some(&collected.granted.pending),
            Progress::Closed(before, _) => before.pending(),
            Progress::Intake | Progress::Triage | Progress::Review(_) => None,
        }
    }
}
