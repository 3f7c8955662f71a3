//! What comes next on a case, and what keeps a person from it: read off the state, so that a screen can say it.

use uuid::Uuid;

use super::{Case, Progress};
use crate::domain::clock::Clock;
use crate::domain::decision::{DecisionKind, ReleaseMethod};
use crate::domain::demand::numbered;
use crate::domain::id::{ApprovalId, CheckId};
use crate::domain::outcome::Outcome;
use crate::domain::redirect::RedirectResult;
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Staff, Verb, may};
use crate::domain::stage::Gate;
use crate::domain::text::{Line, Prose};
use crate::domain::verification::{Check, CheckMethod, CheckResult};
use crate::domain::wait::{Wait, WaitEnded, WaitKind};

/// The one step that brings a case on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// The served paper is missing.
    AttachPaper,
    /// The requester must be confirmed.
    Verify {
        /// How many people have confirmed.
        confirmed: usize,
        /// How many must.
        needed: usize,
    },
    /// Nothing is asked yet.
    AddDemands,
    /// The legal basis must be checked on the demands as they stand.
    Assess,
    /// Demands wait for a decision.
    Decide {
        /// Their numbers on the case: undecided, or left at *clarify*.
        open: Vec<u32>,
    },
    /// The scope waits for other people's approval.
    Approve {
        /// Approvals given.
        given: usize,
        /// Approvals needed.
        needed: usize,
    },
    /// A fulfiller must record results.
    Collect {
        /// Results so far.
        done: usize,
        /// Granted demands.
        granted: usize,
    },
    /// The production must go.
    Release {
        /// How many files it has.
        files: usize,
    },
    /// Somebody must record what became of the redirect.
    AnswerRedirect,
    /// Nothing is left but to close, with this outcome.
    Close {
        /// As it follows from decisions and results.
        outcome: Outcome,
    },
    /// The case has ended.
    Nothing {
        /// How.
        outcome: Outcome,
    },
}

impl NextStep {
    /// The verb that takes this step; none when the case has ended.
    pub fn verb(&self) -> Option<Verb> {
        match self {
            NextStep::AttachPaper => Some(Verb::Attach),
            NextStep::Verify { .. } => Some(Verb::Verify),
            NextStep::AddDemands => Some(Verb::AddDemand),
            NextStep::Assess => Some(Verb::Assess),
            NextStep::Decide { .. } => Some(Verb::Decide),
            NextStep::Approve { .. } => Some(Verb::Approve),
            NextStep::Collect { .. } => Some(Verb::Collect),
            NextStep::Release { .. } => Some(Verb::Release),
            NextStep::AnswerRedirect => Some(Verb::AnswerRedirect),
            NextStep::Close { .. } => Some(Verb::Close),
            NextStep::Nothing { .. } => None,
        }
    }

    /// The shut gate that this step opens.
    pub fn gate(&self) -> Option<Gate> {
        match self {
            NextStep::AttachPaper | NextStep::Verify { .. } => Some(Gate::Verified),
            NextStep::AddDemands | NextStep::Assess => Some(Gate::Assessed),
            NextStep::Decide { .. } => Some(Gate::Decided),
            NextStep::Approve { .. } => Some(Gate::Approved),
            NextStep::Collect { .. } => Some(Gate::Collected),
            NextStep::Release { .. } => Some(Gate::Released),
            NextStep::AnswerRedirect | NextStep::Close { .. } | NextStep::Nothing { .. } => None,
        }
    }

    /// The step in words, to follow *Next:*.
    pub fn says(&self) -> String {
        match self {
            NextStep::AttachPaper => "attach the served paper.".into(),
            NextStep::Verify { confirmed: 0, needed: 1 } => "verify the requester.".into(),
            NextStep::Verify { confirmed, needed } => {
                format!("verify the requester; {confirmed} of {needed} people have confirmed.")
            }
            NextStep::AddDemands => "enter what the paper asks for as demands.".into(),
            NextStep::Assess => "check the legal basis of the demands.".into(),
            NextStep::Decide { open } if open.is_empty() => {
                "look at the decisions again and send them to approval.".into()
            }
            NextStep::Decide { open } => format!("decide {}.", numbered(open)),
            NextStep::Approve { given, needed } => {
                format!("another person approves the scope; {given} of {needed} so far.")
            }
            NextStep::Collect { done, granted } => {
                format!("the fulfiller collects; {done} of {granted} results recorded.")
            }
            NextStep::Release { files: 1 } => "release the production of 1 file.".into(),
            NextStep::Release { files } => format!("release the production of {files} files."),
            NextStep::AnswerRedirect => "record what became of the redirect.".into(),
            NextStep::Close { outcome } => format!("close the case as “{}”.", outcome.label()),
            NextStep::Nothing { outcome } => format!("nothing; the case is closed as “{}”.", outcome.label()),
        }
    }
}

impl Case {
    /// The step that brings this case on.
    pub fn next_step(&self) -> NextStep {
        if let Some(closing) = self.closing() {
            return NextStep::Nothing { outcome: closing.outcome };
        }
        if matches!(self.progress, Progress::Intake) {
            return NextStep::AttachPaper;
        }
        match self.gate_before_closing() {
            Some(Gate::Verified) => {
                NextStep::Verify { confirmed: self.confirmed_by().len(), needed: self.checks_needed() }
            }
            Some(Gate::Assessed) if self.demands.is_empty() => NextStep::AddDemands,
            Some(Gate::Assessed) => NextStep::Assess,
            Some(Gate::Decided) => NextStep::Decide { open: self.undecided() },
            Some(Gate::Approved) => {
                let needed = self.draft().map_or(1, |d| usize::from(d.approvals_needed));
                NextStep::Approve { given: self.approvals().len(), needed }
            }
            Some(Gate::Collected) => NextStep::Collect { done: self.results().len(), granted: self.granted().len() },
            Some(Gate::Released) => NextStep::Release { files: self.production().len() },
            None if self.is_redirect_pending() => NextStep::AnswerRedirect,
            None => NextStep::Close { outcome: self.outcome() },
        }
    }

    /// The numbers of demands without a decision for good.
    pub fn undecided(&self) -> Vec<u32> {
        let decided = |id| self.draft().and_then(|d| d.on(id)).is_some_and(|on| on.kind != DecisionKind::Clarify);
        self.demands.iter().filter(|d| !decided(d.id)).map(|d| d.position).collect()
    }

    /// What keeps this person from a verb now; `None` where it would be taken. It asks the verb itself on a copy
    /// of the case, so that a screen and a gate can't disagree. Verbs that depend on what is typed are asked
    /// about the person and the case only.
    pub fn keeps_from(&self, verb: Verb, who: &Staff) -> Option<Refusal> {
        may(who, verb, Some(self)).err().or_else(|| self.try_out(verb, who))
    }

    fn try_out(&self, verb: Verb, who: &Staff) -> Option<Refusal> {
        let (by, now) = (who.id, self.opened_at);
        let case = self.clone();
        let word = Prose::parse("word", "tried out").ok()?;
        let tried = match verb {
            Verb::Verify => {
                let (id, method, result) = (CheckId(Uuid::nil()), CheckMethod::CallBack, CheckResult::Confirmed);
                case.verify(Check { id, method, result, account: word, by, at: now })
            }
            Verb::Amend => case.amend(self.paper.clone(), by, now),
            Verb::AddDemand | Verb::ChangeDemand | Verb::SplitDemand | Verb::RemoveDemand => {
                case.amend(self.paper.clone(), by, now)
            }
            Verb::Assess => case.assess(Vec::new(), by, now),
            Verb::Approve => {
                let seen = self.draft().map(|d| d.scope_hash.clone()).unwrap_or_default();
                case.approve(ApprovalId(Uuid::nil()), &seen, by, now)
            }
            Verb::Return => case.return_draft(word, by, now),
            Verb::Release => {
                // Whether the verb is this person's does not turn on the hour; whoever asks about now asks `held_until`.
                let later = self.clocks.iter().map(Clock::due_at).max().unwrap_or(now);
                case.release(Line::parse("to", "tried out").ok()?, ReleaseMethod::Portal, by, later)
            }
            Verb::Close => case.close(None, by, now),
            Verb::Withdraw => case.withdraw(word, by, now),
            Verb::Decide => return self.keeps_from_deciding(),
            Verb::Collect if self.approvals().iter().any(|a| a.by == by) => return Some(Refusal::CollectorApproved),
            Verb::AnswerRedirect => case.answer_redirect(RedirectResult::Lapsed, word, by, now),
            Verb::BeginWait => {
                let kind = WaitKind::AwaitingRequester;
                case.begin_wait(Wait { kind, because: word, expected_on: None, by, at: now })
            }
            Verb::EndWait => case.end_wait(WaitEnded { account: word, by, at: now }),
            Verb::MoveClock | Verb::SettleClock if self.running_clocks().is_empty() => return Some(Refusal::ClockOver),
            Verb::Assign | Verb::TickChecklist if self.closing().is_some() => return Some(Refusal::AlreadyClosed),
            Verb::Attach | Verb::RecordSecrecy if self.closing().is_some() => return Some(Refusal::AlreadyClosed),
            _ => return None,
        };
        tried.err()
    }

    fn keeps_from_deciding(&self) -> Option<Refusal> {
        if let Err(refusal) = self.needs_unfinished().and_then(|()| self.needs_open(Gate::Assessed, Verb::Decide)) {
            return Some(refusal);
        }
        self.is_open(Gate::Approved).then_some(Refusal::AlreadyApproved)
    }
}

#[cfg(test)]
mod tests;
