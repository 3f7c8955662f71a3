//! The end of a case: close, withdraw, and the outcome, which is derived and never typed.

use super::{Case, Progress};
use crate::domain::change::Change;
use crate::domain::decision::{Closing, CollectionOutcome, CollectionResult};
use crate::domain::demand::Demand;
use crate::domain::erasure::{Remains, RemainsOfService};
use crate::domain::event::Event;
use crate::domain::finding::FindingCode;
use crate::domain::id::StaffId;
use crate::domain::outcome::{Outcome, Settled};
use crate::domain::redirect::RedirectResult;
use crate::domain::refusal::Refusal;
use crate::domain::staff::Verb;
use crate::domain::stage::Gate;
use crate::domain::tally::Tally;
use crate::domain::text::Prose;
use crate::domain::time::Instant;

impl Case {
    /// Closes the case with the outcome that follows from what was decided and collected.
    ///
    /// # Errors
    /// While a gate that this case needs is shut, or nobody knows what became of a redirect.
    pub fn close(self, note: Option<Prose>, by: StaffId, now: Instant) -> Result<Change<Case>, Refusal> {
        if self.closing().is_some() {
            return Err(Refusal::AlreadyClosed);
        }
        if let Some(gate) = self.gate_before_closing() {
            return Err(Refusal::GateShut { gate, verb: Verb::Close });
        }
        if self.is_redirect_pending() {
            return Err(Refusal::RedirectPending);
        }
        let closing = Closing { outcome: self.outcome(), note, by, at: now };
        Ok(self.become_by(Event::CaseClosed { closing }))
    }

    /// Records that the agency withdrew its demand. Where it had been sent to its customer, went there, and nothing
    /// was granted besides, the case counts as redirected: the demand did not end, it went elsewhere.
    ///
    /// # Errors
    /// When something has left or the case is closed; while a redirect is pending, whose answer says it better.
    pub fn withdraw(self, note: Prose, by: StaffId, now: Instant) -> Result<Change<Case>, Refusal> {
        self.needs_unfinished()?;
        if self.is_redirect_pending() {
            return Err(Refusal::RedirectPending);
        }
        let was_redirected = self.redirect_answer().is_some_and(|answer| answer.result.is_redirected());
        let outcome = if was_redirected && !self.grants_anything() { Outcome::Redirected } else { Outcome::Withdrawn };
        let closing = Closing { outcome, note: Some(note), by, at: now };
        Ok(self.become_by(Event::CaseWithdrawn { closing }))
    }

    /// The gate that still stands before closing. A case with nothing granted needs no collection; one with
    /// nothing found, or that only keeps data, needs no release.
    pub fn gate_before_closing(&self) -> Option<Gate> {
        let shut = self.first_shut_gate()?;
        let is_needed = match shut {
            Gate::Collected => !matches!(self.progress, Progress::Approval(_)),
            Gate::Released => matches!(self.progress, Progress::Delivery(_)) && !self.paper.instrument.preserves_only(),
            _ => true,
        };
        is_needed.then_some(shut)
    }

    /// Whether the decisions in force grant any demand.
    fn grants_anything(&self) -> bool {
        self.draft().is_some_and(|draft| draft.decisions.iter().any(|on| on.kind.grants()))
    }

    /// The outcome as it follows from decisions and results so far: the highest reached.
    pub fn outcome(&self) -> Outcome {
        let went_to_customer = self.redirect_answer().is_none_or(|answer| answer.result.is_redirected());
        let settled: Vec<Settled> = self.demands.iter().map(|demand| self.settled(demand)).collect();
        Outcome::of(&settled, self.paper.instrument.preserves_only(), went_to_customer)
    }

    /// What reports go on counting once the case is erased; nothing of one that is open.
    pub fn remains(&self) -> Option<Remains> {
        let outcome = self.closing()?.outcome;
        let tally = Tally::of(self);
        let disclosed_by = self.last_redirect();
        let went_to_customer = disclosed_by.is_none_or(RedirectResult::is_redirected);
        let of_service = |(service, accounts): (String, u32)| {
            let asked = self.demands.iter().filter(|demand| demand.asked.service == service);
            let settled: Vec<Settled> = asked.map(|demand| self.settled(demand)).collect();
            let outcome = match outcome {
                Outcome::Withdrawn => Outcome::Withdrawn,
                _ => Outcome::of(&settled, self.paper.instrument.preserves_only(), went_to_customer),
            };
            RemainsOfService { service, accounts, outcome }
        };
        Some(Remains {
            received_on: self.paper.received_at.day(),
            country: self.paper.requester.country.as_str().to_owned(),
            instrument: self.paper.instrument,
            customer: self.paper.customer,
            accounts: tally.accounts,
            outcome,
            is_overridden: tally.is_overridden,
            disclosed_by,
            services: tally.services.into_iter().map(of_service).collect(),
        })
    }

    fn settled(&self, demand: &Demand) -> Settled {
        let decision = self.draft().and_then(|draft| draft.on(demand.id));
        let is_collected = |r: &CollectionResult| r.demand == demand.id && r.outcome == CollectionOutcome::Collected;
        Settled {
            decision: decision.map(|d| d.kind),
            lacks_data: decision.and_then(|d| d.reason).is_some_and(FindingCode::lacks_data),
            is_collected: self.results().iter().any(is_collected),
            is_content: demand.asked.data_class.is_content(),
        }
    }
}
