//! One line of any list of cases, in words: clock, marks, who.

use std::collections::BTreeMap;

use super::case_parts::Chip;
use crate::domain::id::StaffId;
use crate::domain::instrument::Instrument;
use crate::domain::requester::CustomerType;
use crate::domain::staff::initials;
use crate::domain::stage::{Compartment, Stage};
use crate::domain::time::Instant;
use crate::domain::wait::{Wait, WaitKind};
use crate::store::queue::CaseLine;
use crate::web::frame::{Step, steps};
use crate::web::times::{Due, due_by};

/// One line of a list of cases.
pub struct Row {
    /// The case.
    pub line: CaseLine,
    /// The seven steps.
    pub steps: Vec<Step>,
    /// How many demands it has.
    pub demands: i64,
    /// The clock; none where it is closed or has no date.
    pub clock: Option<Clock>,
    /// Marks.
    pub marks: Vec<Chip>,
    /// Who has it.
    pub assignee: Option<Ring>,
    /// Drafter and approvers, from approval on.
    pub eyes: Option<Eyes>,
    /// Whether the account is an organisation's.
    pub is_enterprise: bool,
    /// Whether nobody has begun on it.
    pub is_new: bool,
    /// Whether this person can take it from the list.
    pub can_take: bool,
    /// Whether it is ticked.
    pub is_ticked: bool,
}

/// A clock: running towards its day, or stopped.
pub enum Clock {
    /// It runs.
    Runs(Due),
    /// It stands still: `stopped, day 4`, and what for.
    Stopped(String, &'static str),
}

/// A person in a ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// Initials.
    pub initials: String,
    /// Name.
    pub name: String,
}

/// Who drafted, who approved, and how many approvals are still open.
pub struct Eyes {
    /// Who drafted.
    pub drafter: Ring,
    /// Whether the drafter is the assignee, who stands beside already.
    pub is_assignee: bool,
    /// Who approved.
    pub approvers: Vec<Ring>,
    /// Approvals still open.
    pub open: Vec<()>,
}

/// What turns ids and moments into words on a list.
#[derive(Clone, Copy)]
pub struct ListWords<'a> {
    /// Names by id.
    pub names: &'a BTreeMap<StaffId, String>,
    /// The time of the page.
    pub now: Instant,
    /// Who looks.
    pub me: StaffId,
}

impl ListWords<'_> {
    /// A person in a ring.
    pub fn ring(&self, id: StaffId) -> Ring {
        let name = self.names.get(&id).cloned().unwrap_or_else(|| "a former colleague".into());
        Ring { initials: initials(&name), name }
    }
}

impl Row {
    /// A line in words; what only some lists read is left out.
    pub fn new(line: CaseLine, words: ListWords<'_>) -> Row {
        let is_open = line.stage != Stage::Closed;
        Row {
            steps: steps(line.stage),
            demands: 0,
            clock: clock(&line, words.now),
            marks: marks(&line, false),
            assignee: line.assignee.map(|id| words.ring(id)),
            eyes: None,
            is_enterprise: line.customer == CustomerType::Enterprise,
            is_new: is_open && line.assignee.is_none() && line.stage <= Stage::Triage,
            can_take: is_open && line.assignee != Some(words.me),
            is_ticked: false,
            line,
        }
    }

    /// Whether the list must shout it: an emergency that is still open.
    pub fn is_loud(&self) -> bool {
        self.line.is_emergency && self.line.stage != Stage::Closed
    }

    /// Whether the kind of paper says no more than that it is an emergency.
    pub fn is_plain_emergency(&self) -> bool {
        self.line.instrument == Instrument::EmergencyRequest
    }

    /// The same with what the queue reads beside the line.
    pub fn with(self, demands: i64, is_secret: bool, approvers: Option<&Vec<StaffId>>, words: ListWords<'_>) -> Row {
        Row {
            demands,
            marks: marks(&self.line, is_secret),
            eyes: eyes(&self.line, approvers.map(Vec::as_slice).unwrap_or_default(), words),
            ..self
        }
    }
}

/// The clock of a line. What is closed is late no more.
pub fn clock(line: &CaseLine, now: Instant) -> Option<Clock> {
    if line.stage == Stage::Closed {
        return None;
    }
    if let Some((kind, since)) = line.stopped() {
        return Some(Clock::Stopped(format!("stopped, day {}", Wait::day_of(since, now)), kind.label()));
    }
    line.due_on.map(|day| Clock::Runs(due_by(day, Some(line.late_at), now)))
}

fn marks(line: &CaseLine, is_secret: bool) -> Vec<Chip> {
    let mut marks = Vec::new();
    if line.has_override {
        marks.push(super::case_parts::override_chip());
    }
    match line.compartment {
        Compartment::Ordinary => {}
        Compartment::Restricted => marks.push(Chip::new("plain seal", "lock", "restricted")),
        Compartment::NationalSecurity => marks.push(Chip::new("ns", "lock", "national security")),
    }
    if is_secret {
        marks.push(Chip::new("plain", "unseen", "secret"));
    }
    let wait = line.wait.filter(|_| line.stage != Stage::Closed);
    marks.extend(wait.map(|(kind, _)| Chip::new("plain", "pause", waits_for(kind))));
    if line.stage == Stage::Review && line.returned.is_some() {
        marks.push(Chip::new("warn", "warn", "returned"));
    }
    marks.extend(line.outcome.map(|outcome| Chip::new("plain", "check", outcome.label())));
    marks
}

/// What a case waits for, short enough for a list.
fn waits_for(kind: WaitKind) -> &'static str {
    match kind {
        WaitKind::AwaitingRequester => "awaits agency",
        WaitKind::ObjectionWindow => "customer may object",
        WaitKind::EnforcingAuthority => "awaits authority",
        WaitKind::Challenged => "in court",
    }
}

/// From approval on, who drafted and who approved; before it, nobody has signed anything.
fn eyes(line: &CaseLine, approvers: &[StaffId], words: ListWords<'_>) -> Option<Eyes> {
    let drafter = line.drafted_by.filter(|_| line.stage >= Stage::Approval && line.stage != Stage::Closed)?;
    let open = usize::from(line.approvals_needed).saturating_sub(approvers.len());
    Some(Eyes {
        drafter: words.ring(drafter),
        is_assignee: line.assignee == Some(drafter),
        approvers: approvers.iter().map(|id| words.ring(*id)).collect(),
        open: vec![(); open],
    })
}
