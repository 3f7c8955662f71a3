//! Erasures as process payloads tell them: what was proposed, whether another person approved it, and what keeps a case.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate};

use super::act::{Act, Erased, Proposal};
use super::rules::Rule;
use crate::domain::id::{CaseId, ErasureId, HoldId, StaffId};
use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::retention::Schedule;

/// A case that was closed: its name among people, and what schedules go by.
#[derive(Debug)]
pub(super) struct Closed {
    pub reference: Box<str>,
    pub instrument: Instrument,
    pub outcome: Outcome,
    pub closed_on: NaiveDate,
}

/// What is known of something that was erased.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ended<'a> {
    /// A case that was closed.
    Closed(&'a Closed),
    /// Papers that no case was opened for, with the day they arrived.
    NotOpened(NaiveDate),
}

impl Ended<'_> {
    /// Whether its time under a schedule is over on a day.
    fn is_over(self, schedule: &Schedule, on: NaiveDate) -> bool {
        let (is_covered, from) = match self {
            Ended::Closed(closed) => (schedule.covers(closed.instrument, closed.outcome), closed.closed_on),
            Ended::NotOpened(arrived_on) => (schedule.papers_without_case, arrived_on),
        };
        is_covered && schedule.keep.over_on(from) <= on
    }
}

/// An erasure whose cases are not all over.
#[derive(Debug)]
struct Pending {
    by: StaffId,
    approved_by: Option<StaffId>,
    schedules: Vec<Schedule>,
    cases: BTreeMap<CaseId, Option<String>>,
}

/// What was seen of erasures so far. Of one whose cases are all over nothing is kept.
#[derive(Debug, Default)]
pub(super) struct Erasures {
    pending: BTreeMap<ErasureId, Pending>,
    /// Holds that are not lifted, by the case as the log names it.
    holds: BTreeMap<String, BTreeSet<HoldId>>,
}

/// The day of a moment, UTC.
pub(super) fn day(at_micros: i64) -> NaiveDate {
    DateTime::from_timestamp_micros(at_micros).map(|at| at.date_naive()).unwrap_or_default()
}

impl Erasures {
    /// Takes an act about holds or erasures but the erasing itself. `is_reviewer` is whether whoever acts is an active legal
    /// reviewer, where that is known.
    pub(super) fn take(&mut self, act: &Act, case: Option<&str>, is_reviewer: Option<bool>) {
        match act {
            Act::Held(hold) => {
                if let Some(case) = case {
                    self.holds.entry(case.to_owned()).or_default().insert(hold.hold);
                }
            }
            Act::Lifted(hold) => {
                self.holds.retain(|_, holds| {
                    holds.remove(&hold.hold);
                    !holds.is_empty()
                });
            }
            Act::ErasureProposed(proposal) => self.propose(proposal),
            Act::ErasureApproved(answer) if is_reviewer != Some(false) => {
                if let Some(pending) = self.pending.get_mut(&answer.erasure) {
                    pending.approved_by = Some(answer.by).filter(|by| *by != pending.by);
                }
            }
            Act::ErasureDeclined(answer) => drop(self.pending.remove(&answer.erasure)),
            Act::PassedOver(passed) => self.end(passed.erasure, passed.case),
            _ => {}
        }
    }

    fn propose(&mut self, proposal: &Proposal) {
        let cases = proposal.items.iter().map(|item| (item.case, item.schedule.clone())).collect();
        let schedules = proposal.schedules.clone();
        let pending = Pending { by: proposal.by, approved_by: None, schedules, cases };
        self.pending.insert(proposal.erasure, pending);
    }

    fn end(&mut self, erasure: ErasureId, case: CaseId) {
        if let Some(pending) = self.pending.get_mut(&erasure) {
            pending.cases.remove(&case);
            if pending.cases.is_empty() {
                self.pending.remove(&erasure);
            }
        }
    }

    /// Judges that something was erased on a day. `ended` is what is known of it; `is_known` is whether the log was seen from
    /// where the case or its erasure must have begun.
    pub(super) fn judge(
        &mut self,
        erased: &Erased,
        name: &str,
        ended: Option<Ended<'_>>,
        on: NaiveDate,
        is_known: bool,
    ) -> BTreeSet<Rule> {
        let mut broken = BTreeSet::new();
        // Without what led to it nothing can be said against it.
        let pending = self.pending.get(&erased.erasure).filter(|pending| is_known || pending.approved_by.is_some());
        let is_approved = pending.map_or(!is_known, |pending| {
            let is_as_told = pending.by == erased.proposed_by && pending.approved_by == Some(erased.approved_by);
            is_as_told && pending.cases.get(&erased.case) == Some(&erased.schedule)
        });
        if !is_approved || erased.case.to_string() != name {
            broken.insert(Rule::ErasedAsApproved);
        }
        let is_over = |name: &String, ended: Ended<'_>| {
            let of_name = pending.and_then(|pending| pending.schedules.iter().find(|one| one.name == *name));
            of_name.is_some_and(|one| ended.is_over(one, on))
        };
        let is_due = match (ended, &erased.schedule) {
            (Some(ended), Some(schedule)) if pending.is_some() => is_over(schedule, ended),
            // Before their time only closed cases go.
            (Some(Ended::NotOpened(_)), None) => false,
            (Some(_), _) => true,
            (None, _) => !is_known,
        };
        if !is_due || is_known && self.holds.contains_key(name) {
            broken.insert(Rule::ErasedWhenDue);
        }
        self.end(erased.erasure, erased.case);
        broken
    }
}
