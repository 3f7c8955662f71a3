//! The case: one incoming legal demand and all that follows from it. The only place that knows which step
//! may follow which.
//!
//! Read [`Case`] and [`Progress`] first, then the verbs in the order of the stages: `intake`, `review`,
//! `fulfilment`, `closing`. Every verb takes the case and gives a [`Change`](super::change::Change) or a
//! [`Refusal`](super::refusal::Refusal); `fold` says what each event does to the state, for the verbs and for
//! replay alike.

mod changes;
mod closing;
mod desk;
mod fold;
mod fulfilment;
mod intake;
mod next;
mod progress;
mod review;
mod scope;

pub use changes::{Changes, DemandChange, Judged};
pub use intake::NewCase;
pub use next::NextStep;
pub use progress::{Answer, Assessed, Collected, Granted, Pending, Progress, Returned, Review};
pub use scope::{Scope, ScopeEdit};

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::checklist::Tick;
use super::clock::{Clock, PastWait};
use super::decision::{Approval, Closing, CollectionResult, Decision, Draft, Release};
use super::demand::Demand;
use super::document::Document;
use super::id::{CaseId, DemandId, StaffId, TeamId};
use super::paper::Paper;
use super::redirect::RedirectAnswer;
use super::refusal::Refusal;
use super::secrecy::SecrecyOrder;
use super::staff::Verb;
use super::stage::{Compartment, Gate, Stage};
use super::text::ParseError;
use super::time::Instant;
use super::verification::Check;
use super::wait::Wait;

/// One incoming legal demand and all that follows from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Identity; never shown.
    pub id: CaseId,
    /// How people name it.
    pub reference: CaseReference,
    /// Who may know that it exists.
    pub compartment: Compartment,
    /// The named people of a restricted case.
    pub named: BTreeSet<StaffId>,
    /// The team that works on it.
    pub team: TeamId,
    /// Who took it in.
    pub opened_by: StaffId,
    /// When it was taken in.
    pub opened_at: Instant,
    /// What a person read off the paper.
    pub paper: Paper,
    /// Documents, in order of arrival.
    pub documents: Vec<Document>,
    /// Checks of the requester, in order.
    pub checks: Vec<Check>,
    /// What is asked, by position.
    pub demands: Vec<Demand>,
    /// The next free position for a demand, from 1.
    pub next_position: u32,
    /// Secrecy orders and pleas.
    pub secrecy: Vec<SecrecyOrder>,
    /// Who edited which revision of the scope.
    pub scope: Scope,
    /// Who works on it.
    pub assignee: Option<StaffId>,
    /// What it waits for.
    pub wait: Option<Wait>,
    /// Whole days in which the clock stood still, over all waits that ended.
    pub stopped_days: u32,
    /// Waits that are over, in order.
    pub past_waits: Vec<PastWait>,
    /// Its clocks as they were last counted, the soonest first.
    pub clocks: Vec<Clock>,
    /// What reviewers saw on the paper, each line of the checklist once.
    pub ticks: Vec<Tick>,
    /// What became of redirects, in order.
    pub redirects: Vec<RedirectAnswer>,
    /// Where it stands, with what is true there.
    pub progress: Progress,
    /// Counts the acts on this case, from 1; two people who changed the same version conflict.
    pub version: i32,
}

/// A case's name among people: `2026-000123`, the year and a number within it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseReference(String);

impl CaseReference {
    /// The reference with this number in this year.
    pub fn new(year: i32, number: u32) -> Self {
        CaseReference(format!("{year:04}-{number:06}"))
    }

    /// Parses a reference as people write it.
    ///
    /// # Errors
    /// When it is not four digits, a dash and six digits.
    pub fn parse(given: &str) -> Result<Self, ParseError> {
        let text = given.trim();
        let fits = text.len() == 11
            && text.bytes().enumerate().all(|(at, b)| if at == 4 { b == b'-' } else { b.is_ascii_digit() });
        if fits {
            Ok(CaseReference(text.to_owned()))
        } else {
            Err(ParseError::new("reference", "A case reference looks like 2026-000123."))
        }
    }

    /// The reference as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Case {
    /// The stage the case stands at.
    pub fn stage(&self) -> Stage {
        self.progress.stage()
    }

    /// How many people must confirm the requester: two in an emergency, else one.
    pub fn checks_needed(&self) -> usize {
        if self.paper.is_emergency() { 2 } else { 1 }
    }

    /// The people whose checks confirm the requester, each once.
    pub fn confirmed_by(&self) -> BTreeSet<StaffId> {
        self.checks.iter().filter(|c| c.confirms()).map(|c| c.by).collect()
    }

    /// Whether the requester is verified.
    pub fn is_verified(&self) -> bool {
        self.confirmed_by().len() >= self.checks_needed()
    }

    /// A demand by id.
    pub fn demand(&self, id: DemandId) -> Option<&Demand> {
        self.demands.iter().find(|d| d.id == id)
    }

    /// The assessment in force, if any.
    pub fn assessed(&self) -> Option<&Assessed> {
        self.progress.assessed()
    }

    /// The draft in force, complete or not.
    pub fn draft(&self) -> Option<&Draft> {
        self.progress.draft()
    }

    /// Approvals of the scope in force.
    pub fn approvals(&self) -> &[Approval] {
        self.progress.approvals()
    }

    /// Collection results so far.
    pub fn results(&self) -> &[CollectionResult] {
        self.progress.results()
    }

    /// The release, if the production has left.
    pub fn released(&self) -> Option<&Release> {
        self.progress.release()
    }

    /// The closing, if the case is closed.
    pub fn closing(&self) -> Option<&Closing> {
        match &self.progress {
            Progress::Closed(_, closing) => Some(closing),
            _ => None,
        }
    }

    /// The granted demands with their decisions; empty before approval.
    pub fn granted(&self) -> Vec<(&Demand, &Decision)> {
        let Some(draft) = self.progress.approved_draft() else { return Vec::new() };
        let with_decision = |d: &DemandId| draft.on(*d);
        self.demands
            .iter()
            .filter_map(|d| with_decision(&d.id).map(|on| (d, on)))
            .filter(|(_, on)| on.kind.grants())
            .collect()
    }

    /// Whether fulfillers have, or had until release, something to collect here.
    pub fn has_task(&self) -> bool {
        matches!(self.progress, Progress::Fulfilment(_) | Progress::Delivery(_))
    }

    /// Whether a gate is open.
    pub fn is_open(&self, gate: Gate) -> bool {
        match gate {
            Gate::Verified => self.is_verified(),
            Gate::Assessed => self.assessed().is_some(),
            Gate::Decided => self.progress.is_decided(),
            Gate::Approved => self.progress.approved_draft().is_some(),
            Gate::Collected => self.is_collected(),
            Gate::Released => self.released().is_some(),
        }
    }

    /// The first gate that is shut, in their order.
    pub fn first_shut_gate(&self) -> Option<Gate> {
        Gate::ALL.iter().copied().find(|&gate| !self.is_open(gate))
    }

    /// Whether every granted demand has its result.
    fn is_collected(&self) -> bool {
        let granted = self.granted();
        !granted.is_empty() && granted.iter().all(|(d, _)| self.results().iter().any(|r| r.demand == d.id))
    }

    /// Refuses a verb that needs gates up to and including `gate` to be open.
    fn needs_open(&self, gate: Gate, verb: Verb) -> Result<(), Refusal> {
        match self.first_shut_gate() {
            Some(shut) if shut <= gate => Err(Refusal::GateShut { gate: shut, verb }),
            _ => Ok(()),
        }
    }

    /// Refuses what may not happen once something has left or the case is closed.
    fn needs_unfinished(&self) -> Result<(), Refusal> {
        if self.closing().is_some() {
            Err(Refusal::AlreadyClosed)
        } else if self.released().is_some() {
            Err(Refusal::AlreadyReleased)
        } else {
            Ok(())
        }
    }
}
