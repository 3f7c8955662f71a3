//! Work at the desk: who has the case, what it waits for, what a reviewer saw on the paper, what became of a
//! redirect. None of it opens a gate.

use chrono::{NaiveDate, TimeDelta};

use super::Case;
use crate::domain::change::Change;
use crate::domain::checklist::{CheckAnswer, FacialCheck, Tick, facial_checks};
use crate::domain::clock::{Clock, ClockMoved, ClockSettled, Counted};
use crate::domain::decision::DecisionKind;
use crate::domain::event::Event;
use crate::domain::id::StaffId;
use crate::domain::redirect::{RedirectAnswer, RedirectResult};
use crate::domain::refusal::Refusal;
use crate::domain::staff::Verb;
use crate::domain::stage::Gate;
use crate::domain::text::Prose;
use crate::domain::time::Instant;
use crate::domain::wait::{Wait, WaitEnded};

impl Case {
    /// Gives the case to somebody, or to nobody.
    ///
    /// # Errors
    /// When the case is closed, or is this person's already.
    pub fn assign(self, assignee: Option<StaffId>, note: Option<Prose>) -> Result<Change<Case>, Refusal> {
        if self.closing().is_some() {
            return Err(Refusal::AlreadyClosed);
        }
        if self.assignee == assignee {
            return Err(Refusal::AlreadyAssigned);
        }
        Ok(self.become_by(Event::CaseAssigned { assignee, note }))
    }

    /// Begins a wait.
    ///
    /// # Errors
    /// When the case waits already, something has left, or the case is closed.
    pub fn begin_wait(self, wait: Wait) -> Result<Change<Case>, Refusal> {
        self.needs_unfinished()?;
        if self.wait.is_some() {
            return Err(Refusal::AlreadyWaiting);
        }
        Ok(self.become_by(Event::WaitStarted { wait }))
    }

    /// Ends the wait that runs. The days in which the clock stood still move the due date.
    ///
    /// # Errors
    /// When the case does not wait.
    pub fn end_wait(self, ended: WaitEnded) -> Result<Change<Case>, Refusal> {
        if self.wait.is_none() {
            return Err(Refusal::NotWaiting);
        }
        Ok(self.become_by(Event::WaitEnded { ended }))
    }

    /// The last day of the duty that is due next. Of a case whose clocks were never counted: what the paper states, moved
    /// by the days in which the clock stood still.
    pub fn due_on(&self) -> Option<NaiveDate> {
        if !self.clocks.is_empty() {
            return self.next_duty().map(Clock::due_on);
        }
        let stated = *self.paper.return_by.value()?;
        stated.checked_add_signed(TimeDelta::days(i64::from(self.stopped_days)))
    }

    /// The moment at which that is late; a day that no clock counted is late when it is over.
    pub fn late_at(&self) -> Option<Instant> {
        let day_over = || Some(Instant::midnight(self.due_on()?.succ_opt()?));
        self.next_duty().map(Clock::due_at).or_else(day_over)
    }

    /// The wait that stops the clock to answer, if one runs.
    pub fn clock_stopped_by(&self) -> Option<&Wait> {
        self.wait.as_ref().filter(|wait| wait.kind.stops_clock())
    }

    /// Whether the duty that is due next stands still; where none is dated, whether the wait is one that stops clocks.
    pub fn is_standing_still(&self) -> bool {
        self.closing().is_none() && self.has_stopped()
    }

    fn has_stopped(&self) -> bool {
        let is_still = self.next_duty().map(|clock| self.stands_still(clock).is_some());
        is_still.unwrap_or(self.clock_stopped_by().is_some())
    }

    /// The last day of the duty that is due next if its clock went on at this moment: the days of the wait for which it
    /// stands still are added.
    pub fn due_if_resumed(&self, now: Instant) -> Option<NaiveDate> {
        let still = if self.has_stopped() { self.wait.as_ref().map_or(0, |wait| wait.days_until(now)) } else { 0 };
        self.due_on()?.checked_add_signed(TimeDelta::days(i64::from(still)))
    }

    /// Moves a clock to another day: an extension, or an end agreed on.
    ///
    /// # Errors
    /// When the case has no such clock, it is over, or its end is fixed by the law or an order.
    pub fn move_clock(self, moved: ClockMoved) -> Result<Change<Case>, Refusal> {
        let kind = self.running(&moved.clock)?.counted.kind;
        if !kind.can_move() {
            return Err(Refusal::ClockFixed);
        }
        Ok(self.become_by(Event::ClockMoved { moved }))
    }

    /// Says that a clock is done with.
    ///
    /// # Errors
    /// When the case has no such clock, it is over, or it ends by itself alone.
    pub fn settle_clock(self, settled: ClockSettled) -> Result<Change<Case>, Refusal> {
        if !self.running(&settled.clock)?.counted.kind.can_settle() {
            return Err(Refusal::ClockFixed);
        }
        Ok(self.become_by(Event::ClockSettled { settled }))
    }

    /// Takes clocks as they were counted anew; none where all came out as before.
    pub fn count_clocks(self, clocks: Vec<Counted>) -> Option<Change<Case>> {
        let known = self.clocks.iter().map(|clock| &clock.counted);
        if known.eq(clocks.iter()) {
            return None;
        }
        Some(self.become_by(Event::ClocksCounted { clocks }))
    }

    fn running(&self, rule: &str) -> Result<&Clock, Refusal> {
        let clock = self.clock(rule).ok_or(Refusal::NoSuchClock)?;
        if self.runs(clock) { Ok(clock) } else { Err(Refusal::ClockOver) }
    }

    /// Ticks lines of the facial checklist; lines ticked before and not named again stay.
    ///
    /// # Errors
    /// When the case is closed, for a line that this instrument does not have, and for a defect without a word.
    pub fn tick_checklist(self, ticks: Vec<Tick>) -> Result<Change<Case>, Refusal> {
        if self.closing().is_some() {
            return Err(Refusal::AlreadyClosed);
        }
        let asked = facial_checks(self.paper.instrument);
        if ticks.is_empty() || ticks.iter().any(|tick| !asked.contains(&tick.item)) {
            return Err(Refusal::NotOnChecklist);
        }
        if ticks.iter().any(|tick| tick.answer == CheckAnswer::Defect && tick.note.is_none()) {
            return Err(Refusal::DefectUnsaid);
        }
        Ok(self.become_by(Event::ChecklistTicked { ticks }))
    }

    /// The checklist of this paper, each line with its tick if somebody has looked.
    pub fn checklist(&self) -> Vec<(FacialCheck, Option<&Tick>)> {
        let tick = |item| self.ticks.iter().find(|tick| tick.item == item);
        facial_checks(self.paper.instrument).into_iter().map(|item| (item, tick(item))).collect()
    }

    /// Records what became of the redirect in force. An answer that reopens the question edits the scope: the demands
    /// are assessed and decided anew.
    ///
    /// # Errors
    /// When no approved redirect is in force, it is answered already, or something has left and the answer would
    /// reopen the case.
    pub fn answer_redirect(
        self,
        result: RedirectResult,
        account: Prose,
        by: StaffId,
        now: Instant,
    ) -> Result<Change<Case>, Refusal> {
        if self.closing().is_some() {
            return Err(Refusal::AlreadyClosed);
        }
        self.needs_open(Gate::Approved, Verb::AnswerRedirect)?;
        if !self.redirects_anything() {
            return Err(Refusal::NoRedirect);
        }
        if self.redirect_answer().is_some() {
            return Err(Refusal::RedirectAnswered);
        }
        if result.reopens() && self.released().is_some() {
            return Err(Refusal::AlreadyReleased);
        }
        let answer = RedirectAnswer { result, account, scope_revision: self.scope.revision, by, at: now };
        let edit = result.reopens().then(|| self.scope.next_edit(by, now));
        Ok(self.become_by(Event::RedirectAnswered { answer, edit }))
    }

    /// What became of the redirect in force, if it was recorded.
    pub fn redirect_answer(&self) -> Option<&RedirectAnswer> {
        self.redirects.iter().find(|answer| answer.scope_revision == self.scope.revision)
    }

    /// Whether an approved redirect waits for what becomes of it.
    pub fn is_redirect_pending(&self) -> bool {
        self.is_open(Gate::Approved) && self.redirects_anything() && self.redirect_answer().is_none()
    }

    /// What last became of a redirect on this case, whatever was decided since: for counting disclosures by consent
    /// or contract apart.
    pub fn last_redirect(&self) -> Option<RedirectResult> {
        self.redirects.last().map(|answer| answer.result)
    }

    fn redirects_anything(&self) -> bool {
        self.draft().is_some_and(|draft| draft.decisions.iter().any(|d| d.kind == DecisionKind::Redirect))
    }
}
