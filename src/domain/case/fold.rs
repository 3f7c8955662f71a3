//! What each event does to a case. The verbs use it to make their new state, replay uses it to rebuild a case
//! from the log: so a case's events fold to its row by construction.

use super::progress::{Collected, Granted, Pending, Review};
use super::{Case, Progress, Scope, ScopeEdit};
use crate::domain::change::Change;
use crate::domain::clock::{Clock, Counted, PastWait};
use crate::domain::decision::{Approval, CollectionOutcome, CollectionResult, DecisionKind, Draft};
use crate::domain::demand::Demand;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::event::{CaseOpened, Event};

impl Case {
    /// Rebuilds a case from its events in their order; `None` if they do not begin with an opening.
    /// Events about no case's state (views, refusals) are passed over.
    pub fn fold<'e>(events: impl IntoIterator<Item = &'e Event>) -> Option<Case> {
        events.into_iter().fold(None, Case::folded_on)
    }

    /// The case after one more event; `None` before its opening.
    pub fn folded_on(case: Option<Case>, event: &Event) -> Option<Case> {
        match (case, event) {
            (None, Event::CaseOpened(opened)) => Some(Case::from_opened(opened)),
            (None, _) => None,
            (Some(case), event) if event.changes_case() => Some(case.after(event)),
            (Some(case), _) => Some(case),
        }
    }

    /// The change this event makes.
    pub(super) fn become_by(self, event: Event) -> Change<Case> {
        Change { state: self.after(&event), event }
    }

    pub(super) fn from_opened(opened: &CaseOpened) -> Case {
        let has_paper = opened.documents.iter().any(|d| d.kind == DocumentKind::Served);
        let highest = opened.demands.iter().map(|d| d.position).max().unwrap_or(0);
        Case {
            id: opened.id,
            reference: opened.reference.clone(),
            compartment: opened.compartment,
            named: opened.named.clone(),
            team: opened.team,
            opened_by: opened.edit.by,
            opened_at: opened.edit.at,
            paper: opened.paper.clone(),
            documents: opened.documents.clone(),
            checks: Vec::new(),
            demands: opened.demands.clone(),
            next_position: highest.saturating_add(1),
            secrecy: Vec::new(),
            scope: Scope { salt: opened.scope_salt.clone(), revision: opened.edit.revision, edits: vec![opened.edit] },
            assignee: None,
            wait: None,
            stopped_days: 0,
            past_waits: Vec::new(),
            clocks: Vec::new(),
            ticks: Vec::new(),
            redirects: Vec::new(),
            progress: if has_paper { Progress::Triage } else { Progress::Intake },
            version: 1,
        }
    }

    /// The case after one event.
    fn after(mut self, event: &Event) -> Case {
        if event.moves_version() {
            self.version = self.version.saturating_add(1);
        }
        match event {
            Event::CaseAmended { paper, edit } => self.amended(paper.as_ref().clone(), *edit),
            Event::DocumentAttached { document } => self.attached(document.clone()),
            Event::RequesterChecked { check } => {
                self.checks.push(check.clone());
                self.settled_after_checks()
            }
            Event::DemandAdded { demand, edit } => {
                self.next_position = self.next_position.max(demand.position.saturating_add(1));
                self.demands.push(demand.clone());
                self.edited(*edit)
            }
            Event::DemandsAdded { demands, edit } => {
                let highest = demands.iter().map(|d| d.position).max().unwrap_or(0);
                self.next_position = self.next_position.max(highest.saturating_add(1));
                self.demands.extend(demands.iter().cloned());
                self.edited(*edit)
            }
            Event::DemandChanged { demand, edit } => self.changed(demand).edited(*edit),
            Event::DemandSplit { kept, added, edit } => {
                self = self.changed(kept);
                self.next_position = self.next_position.max(added.position.saturating_add(1));
                self.demands.push(added.as_ref().clone());
                self.edited(*edit)
            }
            Event::DemandRemoved { demand, edit } => {
                self.demands.retain(|d| d.id != *demand);
                let mut case = self.edited(*edit);
                if let Progress::Review(Review { draft: Some(draft), .. }) = &mut case.progress {
                    draft.decisions.retain(|d| d.demand != *demand);
                }
                case
            }
            Event::SecrecyRecorded { order } => {
                self.secrecy.push(order.clone());
                self
            }
            Event::CaseAssessed { assessed } => {
                if let Progress::Review(review) = &mut self.progress {
                    review.assessed = Some(assessed.clone());
                }
                self
            }
            Event::DecisionDrafted { draft, edit } => self.drafted(draft.clone(), *edit),
            Event::DecisionApproved { approval } => self.approved(approval.clone()),
            Event::DecisionReturned { returned } => {
                if let Progress::Approval(pending) = self.progress {
                    let (assessed, draft) = (Some(pending.assessed), Some(pending.draft));
                    self.progress = Progress::Review(Review { assessed, draft, returned: Some(returned.clone()) });
                }
                self
            }
            Event::CollectionRecorded { result, files } => self.collected(result.clone(), files),
            Event::ProductionReleased { release } => {
                if let Progress::Delivery(collected) = &mut self.progress {
                    collected.release = Some(release.clone());
                }
                self
            }
            Event::CaseClosed { closing } | Event::CaseWithdrawn { closing } => {
                self.progress = Progress::Closed(Box::new(self.progress), closing.clone());
                self
            }
            Event::CaseAssigned { assignee, .. } => {
                self.assignee = *assignee;
                self
            }
            Event::WaitStarted { wait } => {
                self.wait = Some(wait.clone());
                self
            }
            Event::WaitEnded { ended } => {
                let stopped = self.clock_stopped_by().map_or(0, |wait| wait.days_until(ended.at));
                self.stopped_days = self.stopped_days.saturating_add(stopped);
                let over = self.wait.take().map(|wait| PastWait { kind: wait.kind, from: wait.at, to: ended.at });
                self.past_waits.extend(over);
                self
            }
            Event::ClocksCounted { clocks } => {
                let known = std::mem::take(&mut self.clocks);
                let before = |counted: &Counted| known.iter().find(|clock| clock.counted.rule == counted.rule);
                let anew = |counted: &Counted| Clock::counted_anew(before(counted), counted.clone());
                self.clocks = clocks.iter().map(anew).collect();
                self
            }
            Event::ClockMoved { moved } => {
                let of_it = self.clocks.iter_mut().find(|clock| clock.counted.rule == moved.clock);
                if let Some(clock) = of_it {
                    clock.moved = Some(moved.clone());
                }
                self
            }
            Event::ClockSettled { settled } => {
                let of_it = self.clocks.iter_mut().find(|clock| clock.counted.rule == settled.clock);
                if let Some(clock) = of_it {
                    clock.settled = Some(settled.clone());
                }
                self
            }
            Event::ChecklistTicked { ticks } => {
                self.ticks.retain(|old| ticks.iter().all(|new| new.item != old.item));
                self.ticks.extend(ticks.iter().cloned());
                self
            }
            Event::RedirectAnswered { answer, edit } => {
                self.redirects.push(answer.clone());
                match edit {
                    Some(edit) => self.edited(*edit),
                    None => self,
                }
            }
            _ => self,
        }
    }

    fn changed(mut self, demand: &Demand) -> Case {
        if let Some(old) = self.demands.iter_mut().find(|d| d.id == demand.id) {
            *old = demand.clone();
        }
        self
    }

    fn amended(mut self, paper: crate::domain::paper::Paper, edit: ScopeEdit) -> Case {
        let before = &self.paper.requester;
        let is_another = paper.requester.agency != before.agency || paper.requester.officer != before.officer;
        self.paper = paper;
        // Another reading of the paper is looked at anew.
        self.ticks.clear();
        if is_another {
            self.checks.clear();
        }
        self.edited(edit)
    }

    fn attached(mut self, document: Document) -> Case {
        let is_first_paper = document.kind == DocumentKind::Served && matches!(self.progress, Progress::Intake);
        self.documents.push(document);
        if is_first_paper {
            self.progress = Progress::Triage;
        }
        self
    }

    /// An edit voids what rested on the scope before: assessment, approvals, results. The decisions stay as a
    /// draft to confirm anew, so that nothing typed is lost; so does what a reviewer wanted changed.
    fn edited(mut self, edit: ScopeEdit) -> Case {
        self.scope.revision = edit.revision;
        self.scope.edits.push(edit);
        let is_verified = self.is_verified();
        let (draft, returned) = (self.progress.draft().cloned(), self.progress.returned().cloned());
        self.progress = match self.progress {
            Progress::Intake => Progress::Intake,
            Progress::Closed(before, closing) => Progress::Closed(before, closing),
            _ if is_verified => Progress::Review(Review { assessed: None, draft, returned }),
            _ => Progress::Triage,
        };
        self
    }

    fn settled_after_checks(mut self) -> Case {
        if matches!(self.progress, Progress::Triage) && self.is_verified() {
            self.progress = Progress::Review(Review::default());
        }
        self
    }

    fn drafted(mut self, draft: Draft, edit: ScopeEdit) -> Case {
        self.scope.revision = edit.revision;
        self.scope.edits.push(edit);
        let is_complete =
            self.demands.iter().all(|d| draft.on(d.id).is_some_and(|on| on.kind != DecisionKind::Clarify));
        let (assessed, returned) = (self.progress.assessed().cloned(), self.progress.returned().cloned());
        self.progress = match assessed {
            Some(assessed) if is_complete => Progress::Approval(Pending { assessed, draft, approvals: Vec::new() }),
            assessed => Progress::Review(Review { assessed, draft: Some(draft), returned }),
        };
        self
    }

    fn approved(mut self, approval: Approval) -> Case {
        self.progress = match self.progress {
            Progress::Approval(mut pending) => {
                pending.approvals.push(approval);
                if pending.is_approved() && pending.draft.grants_anything() {
                    Progress::Fulfilment(Granted { pending, results: Vec::new() })
                } else {
                    Progress::Approval(pending)
                }
            }
            other => other,
        };
        self
    }

    fn collected(mut self, result: CollectionResult, files: &[Document]) -> Case {
        self.documents.extend(files.iter().cloned());
        let position = |id| self.demands.iter().position(|d| d.id == id);
        if let Progress::Fulfilment(granted) = &mut self.progress {
            granted.results.push(result);
            granted.results.sort_by_key(|r| position(r.demand));
        }
        let has_data = self.results().iter().any(|r| r.outcome == CollectionOutcome::Collected);
        let is_done = has_data && self.is_collected();
        self.progress = match self.progress {
            Progress::Fulfilment(granted) if is_done => Progress::Delivery(Collected { granted, release: None }),
            other => other,
        };
        self
    }
}
