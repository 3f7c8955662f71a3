//! What changed since a scope was last judged: for the person who is asked to judge it again.

use super::{Case, ScopeEdit};
use crate::domain::decision::{Decision, Draft};
use crate::domain::demand::Demand;
use crate::domain::event::Event;
use crate::domain::id::StaffId;
use crate::domain::paper::Paper;
use crate::domain::text::Prose;
use crate::domain::time::Instant;

/// All that changed between the last draft that was judged and the one in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// How the earlier draft was judged.
    pub since: Judged,
    /// Every edit of the scope after it, in order.
    pub edits: Vec<ScopeEdit>,
    /// Demands that differ, and demands decided otherwise, by their numbers.
    pub demands: Vec<DemandChange>,
    /// The paper's particulars before and now, where any of them was mended.
    pub paper: Option<Box<(Paper, Paper)>>,
}

/// How a draft was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// It was sent back.
    Returned {
        /// What was to change.
        because: Prose,
        /// By whom.
        by: StaffId,
        /// When.
        at: Instant,
    },
    /// It was approved, and an edit or the answer to a redirect voided that.
    Approved {
        /// By whom last.
        by: StaffId,
        /// When.
        at: Instant,
    },
}

/// One demand before and now; a side is empty where there was no such demand or decision.
#[derive(Debug, Clone, PartialEq)]
pub struct DemandChange {
    /// Its number on the case.
    pub position: u32,
    /// What was asked before.
    pub asked_before: Option<Demand>,
    /// What is asked now.
    pub asked_now: Option<Demand>,
    /// What was decided before.
    pub decided_before: Option<Decision>,
    /// What is decided now.
    pub decided_now: Option<Decision>,
}

impl DemandChange {
    /// Whether the demand was added since.
    pub fn is_added(&self) -> bool {
        self.asked_before.is_none()
    }

    /// Whether the demand was taken away since.
    pub fn is_removed(&self) -> bool {
        self.asked_now.is_none()
    }
}

/// A scope as it stood when it was judged.
struct Snapshot {
    revision: u32,
    judged: Judged,
    demands: Vec<Demand>,
    draft: Draft,
    paper: Paper,
}

impl Changes {
    /// Compares the case with the last draft that was returned or approved before the one in force. `None` where no
    /// earlier draft was judged. The events are the case's own, in their order.
    pub fn since_judged<'e>(case: &Case, events: impl IntoIterator<Item = &'e Event>) -> Option<Changes> {
        let draft = case.draft()?;
        let before = last_judged(events, drafted_at_revision(case, draft))?;
        let positions = before.demands.iter().chain(&case.demands).map(|d| d.position);
        let positions: std::collections::BTreeSet<u32> = positions.collect();
        let change = |position: u32| before.compared(case, draft, position);
        Some(Changes {
            edits: case.scope.edits.iter().filter(|edit| edit.revision > before.revision).copied().collect(),
            demands: positions.into_iter().filter_map(change).collect(),
            paper: (before.paper != case.paper).then(|| Box::new((before.paper, case.paper.clone()))),
            since: before.judged,
        })
    }
}

/// The revision that the draft in force made: its own edit, by the same person at the same moment.
fn drafted_at_revision(case: &Case, draft: &Draft) -> u32 {
    let made = case.scope.edits.iter().rfind(|edit| edit.by == draft.by && edit.at == draft.at);
    made.map_or(case.scope.revision, |edit| edit.revision)
}

/// The last judgement of a draft of an earlier revision than `now`.
fn last_judged<'e>(events: impl IntoIterator<Item = &'e Event>, now: u32) -> Option<Snapshot> {
    let (mut case, mut last): (Option<Case>, Option<Snapshot>) = (None, None);
    for event in events {
        if let Some(standing) = &case {
            let judged = match event {
                Event::DecisionReturned { returned } => {
                    Some(Judged::Returned { because: returned.because.clone(), by: returned.by, at: returned.at })
                }
                Event::DecisionApproved { approval } => Some(Judged::Approved { by: approval.by, at: approval.at }),
                _ => None,
            };
            let draft = standing.draft().filter(|_| standing.scope.revision < now);
            if let Some((judged, draft)) = judged.zip(draft) {
                last = Some(Snapshot {
                    revision: standing.scope.revision,
                    judged,
                    demands: standing.demands.clone(),
                    draft: draft.clone(),
                    paper: standing.paper.clone(),
                });
            }
        }
        case = Case::folded_on(case, event);
    }
    last
}

impl Snapshot {
    fn compared(&self, case: &Case, draft: &Draft, position: u32) -> Option<DemandChange> {
        let at = |all: &[Demand]| all.iter().find(|d| d.position == position).cloned();
        let (before, now) = (at(&self.demands), at(&case.demands));
        let change = DemandChange {
            position,
            decided_before: before.as_ref().and_then(|d| self.draft.on(d.id)).cloned(),
            decided_now: now.as_ref().and_then(|d| draft.on(d.id)).cloned(),
            asked_before: before,
            asked_now: now,
        };
        let is_same = change.asked_before == change.asked_now && change.decided_before == change.decided_now;
        (!is_same).then_some(change)
    }
}
