//! Intake and triage: open, amend, attach, verify, the demands, secrecy.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Case, CaseReference, ScopeEdit};
use crate::domain::change::Change;
use crate::domain::demand::{Asked, Demand};
use crate::domain::document::{Document, DocumentKind};
use crate::domain::event::{CaseOpened, Event};
use crate::domain::id::{CaseId, DemandId, StaffId, TeamId};
use crate::domain::paper::Paper;
use crate::domain::refusal::Refusal;
use crate::domain::secrecy::SecrecyOrder;
use crate::domain::staff::Verb;
use crate::domain::stage::{Compartment, Gate, Stage};
use crate::domain::time::Instant;
use crate::domain::verification::Check;

/// All that is known when a case is opened.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCase {
    /// Its identity; documents that arrived before already carry it.
    pub id: CaseId,
    /// Its name among people.
    pub reference: CaseReference,
    /// Who may know of it.
    pub compartment: Compartment,
    /// The named people of a restricted case.
    pub named: BTreeSet<StaffId>,
    /// The team that works on it.
    pub team: TeamId,
    /// What was read off the paper.
    pub paper: Paper,
    /// Documents that arrived with it.
    pub documents: Vec<Document>,
    /// What is asked, in order, each with its id.
    pub demands: Vec<(DemandId, Asked)>,
    /// 64 hex digits of chance for the scope's hash.
    pub scope_salt: String,
}

impl Case {
    /// Takes a demand in. With a served document it goes straight to triage.
    pub fn open(new: NewCase, by: StaffId, now: Instant) -> Change<Case> {
        let demands = (1u32..).zip(new.demands).map(|(position, (id, asked))| Demand { id, position, asked }).collect();
        let event = CaseOpened {
            id: new.id,
            reference: new.reference,
            compartment: new.compartment,
            named: new.named,
            team: new.team,
            paper: new.paper,
            documents: new.documents,
            demands,
            scope_salt: new.scope_salt,
            edit: ScopeEdit { revision: 1, by, at: now },
        };
        Change { state: Case::from_opened(&event), event: Event::CaseOpened(Box::new(event)) }
    }

    /// Mends the paper's particulars. Voids assessment, decision and approvals; another agency or officer must
    /// be verified anew.
    ///
    /// # Errors
    /// When something has left or the case is closed.
    pub fn amend(self, paper: Paper, by: StaffId, now: Instant) -> Result<Change<Case>, Refusal> {
        self.needs_unfinished()?;
        let edit = self.scope.next_edit(by, now);
        Ok(self.become_by(Event::CaseAmended { paper: Box::new(paper), edit }))
    }

    /// Adds a document. The first served paper brings the case from intake to triage.
    ///
    /// # Errors
    /// When the case is closed, and for collected data, which comes in by its task alone.
    pub fn attach(self, document: Document) -> Result<Change<Case>, Refusal> {
        if self.closing().is_some() {
            return Err(Refusal::AlreadyClosed);
        }
        if document.kind == DocumentKind::Collected {
            return Err(Refusal::NotGranted);
        }
        Ok(self.become_by(Event::DocumentAttached { document }))
    }

    /// Records a check of the requester. Enough confirming people open the gate *verified*.
    ///
    /// # Errors
    /// Before a document is attached, once verified, and when the same person confirms twice.
    pub fn verify(self, check: Check) -> Result<Change<Case>, Refusal> {
        self.needs_unfinished()?;
        match self.stage() {
            Stage::Intake => return Err(Refusal::WrongStage { stage: Stage::Intake, verb: Verb::Verify }),
            Stage::Triage => {}
            _ => return Err(Refusal::AlreadyVerified),
        }
        if check.confirms() && self.confirmed_by().contains(&check.by) {
            return Err(Refusal::SameChecker);
        }
        Ok(self.become_by(Event::RequesterChecked { check }))
    }

    /// Adds a demand. Voids assessment, decision and approvals.
    ///
    /// # Errors
    /// When something has left or the case is closed.
    pub fn add_demand(self, id: DemandId, asked: Asked, by: StaffId, now: Instant) -> Result<Change<Case>, Refusal> {
        self.needs_unfinished()?;
        let demand = Demand { id, position: self.next_position, asked };
        let edit = self.scope.next_edit(by, now);
        Ok(self.become_by(Event::DemandAdded { demand, edit }))
    }

    /// Adds demands together, in order. Voids assessment, decision and approvals.
    ///
    /// # Errors
    /// When there are none, something has left, or the case is closed.
    pub fn add_demands(self, new: Vec<(DemandId, Asked)>, by: StaffId, now: Instant) -> Result<Change<Case>, Refusal> {
        self.needs_unfinished()?;
        if new.is_empty() {
            return Err(Refusal::NoDemands);
        }
        let demand = |(position, (id, asked))| Demand { id, position, asked };
        let demands = (self.next_position..).zip(new).map(demand).collect();
        let edit = self.scope.next_edit(by, now);
        Ok(self.become_by(Event::DemandsAdded { demands, edit }))
    }

    /// Changes what a demand asks. Voids assessment, decision and approvals.
    ///
    /// # Errors
    /// When there is no such demand, something has left, or the case is closed.
    pub fn change_demand(self, id: DemandId, asked: Asked, by: StaffId, now: Instant) -> Result<Change<Case>, Refusal> {
        self.needs_unfinished()?;
        let position = self.demand(id).ok_or(Refusal::NoSuchDemand)?.position;
        let edit = self.scope.next_edit(by, now);
        Ok(self.become_by(Event::DemandChanged { demand: Demand { id, position, asked }, edit }))
    }

    /// Splits the period of a demand: it keeps the days before this one, and a new demand asks for the rest, so that both
    /// are decided apart. Voids assessment, decision and approvals.
    ///
    /// # Errors
    /// When there is no such demand, it has no period, the day leaves one part without a day, something has left or the
    /// case is closed.
    pub fn split_demand(
        self,
        id: DemandId,
        day: NaiveDate,
        new: DemandId,
        by: StaffId,
        now: Instant,
    ) -> Result<Change<Case>, Refusal> {
        self.needs_unfinished()?;
        let demand = self.demand(id).ok_or(Refusal::NoSuchDemand)?;
        let (position, period) = (demand.position, demand.asked.period);
        if period.is_open() {
            return Err(Refusal::NoPeriod { position });
        }
        let (earlier, later) = period.split_at(day).ok_or(Refusal::DayOutsidePeriod { position, period })?;
        let part = |id, position, period| Demand { id, position, asked: Asked { period, ..demand.asked.clone() } };
        let (kept, added) = (part(id, position, earlier), part(new, self.next_position, later));
        let edit = self.scope.next_edit(by, now);
        Ok(self.become_by(Event::DemandSplit { kept, added, edit }))
    }

    /// Removes a demand; the log keeps it. Voids assessment, decision and approvals.
    ///
    /// # Errors
    /// When there is no such demand, something has left, or the case is closed.
    pub fn remove_demand(self, id: DemandId, by: StaffId, now: Instant) -> Result<Change<Case>, Refusal> {
        self.needs_unfinished()?;
        self.demand(id).ok_or(Refusal::NoSuchDemand)?;
        let edit = self.scope.next_edit(by, now);
        Ok(self.become_by(Event::DemandRemoved { demand: id, edit }))
    }

    /// Records a secrecy order or a plea for secrecy.
    ///
    /// # Errors
    /// When the case is closed.
    pub fn record_secrecy(self, order: SecrecyOrder) -> Result<Change<Case>, Refusal> {
        if self.closing().is_some() {
            return Err(Refusal::AlreadyClosed);
        }
        Ok(self.become_by(Event::SecrecyRecorded { order }))
    }

    /// Refuses unless the requester is verified.
    pub(super) fn needs_verified(&self, verb: Verb) -> Result<(), Refusal> {
        self.needs_open(Gate::Verified, verb)
    }
}
