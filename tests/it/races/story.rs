//! What happened to a case, as the log tells it, and what that makes true step by step. Read from the log alone, and
//! reckoned apart from the program's own state machine, so that a mistake there is not made here too.

use std::collections::{BTreeMap, BTreeSet};

use writ::domain::assessment::Assessment;
use writ::domain::case::ScopeEdit;
use writ::domain::decision::{Approval, CollectionResult, Decision, DecisionKind, Draft, Release};
use writ::domain::demand::Demand;
use writ::domain::event::Event;
use writ::domain::id::{CaseId, DemandId, StaffId};
use writ::domain::paper::Paper;
use writ::domain::staff::Role;
use writ::domain::time::Instant;
use writ::domain::verification::CheckMethod;
use writ::store::log;

use crate::support::world::World;

/// One entry about a case.
#[derive(Debug, Clone)]
pub struct Entry {
    pub seq: i64,
    pub at: Instant,
    pub actor: String,
    pub event: Event,
}

/// All entries about one case, in order, and who held which roles.
#[derive(Debug, Clone)]
pub struct Story {
    pub entries: Vec<Entry>,
    pub roles: BTreeMap<StaffId, BTreeSet<Role>>,
}

/// The story of every case in the log.
pub fn stories(world: &World) -> Vec<Story> {
    let (rows, key) = (world.log(), world.ctx.store.installation_key());
    let mut roles = BTreeMap::new();
    for row in rows.iter().filter(|row| row.kind == "staff.added") {
        let told: serde_json::Value = serde_json::from_str(&row.process).unwrap();
        let staff: StaffId = serde_json::from_value(told["staff"].clone()).unwrap();
        roles.insert(staff, serde_json::from_value(told["roles"].clone()).unwrap());
    }
    let opened = rows.iter().filter(|row| row.kind == "case.opened");
    let story = |id: &str| {
        let events = world.read(|conn| log::case_events(conn, key, CaseId(id.parse().unwrap())));
        let entry = |e: log::CaseEvent| Entry { seq: e.seq, at: e.at, actor: e.actor, event: e.event.unwrap() };
        Story { entries: events.into_iter().map(entry).collect(), roles: roles.clone() }
    };
    opened.map(|row| story(row.case_key.as_deref().unwrap())).collect()
}

/// What is true of a case at one point of its story.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// How often it was opened.
    pub opened: usize,
    pub paper: Option<Paper>,
    /// The revision of the scope, and everybody who ever edited it.
    pub revision: u32,
    pub editors: BTreeSet<StaffId>,
    pub demands: BTreeMap<DemandId, Demand>,
    /// Who confirmed the requester, and who of them by ringing back.
    pub confirmed_by: BTreeSet<StaffId>,
    pub rang_back: BTreeSet<StaffId>,
    /// The engine's answers on the demands as they stand.
    pub assessed: Option<BTreeMap<DemandId, Assessment>>,
    /// The draft in force: complete, neither voided nor returned.
    pub draft: Option<Draft>,
    pub approvals: Vec<Approval>,
    pub results: Vec<CollectionResult>,
    pub released: Option<Release>,
    pub is_closed: bool,
    /// Whether a wait runs that nothing may leave in.
    pub is_held: bool,
    pub last: Option<(i64, Instant)>,
}

impl Facts {
    pub fn is_verified(&self) -> bool {
        let needed = if self.paper.as_ref().is_some_and(Paper::is_emergency) { 2 } else { 1 };
        self.confirmed_by.len() >= needed
    }

    pub fn is_approved(&self) -> bool {
        self.draft.as_ref().is_some_and(|draft| self.approvals.len() >= usize::from(draft.approvals_needed))
    }

    /// The decisions of the draft in force that give something.
    pub fn granted(&self) -> Vec<&Decision> {
        self.draft.iter().flat_map(|draft| &draft.decisions).filter(|on| gives(on.kind)).collect()
    }

    pub fn is_collected(&self) -> bool {
        self.granted().iter().all(|on| self.results.iter().any(|result| result.demand == on.demand))
    }

    /// Goes on by one entry.
    pub fn after(mut self, entry: &Entry) -> Facts {
        self.last = Some((entry.seq, entry.at));
        if let Some(edit) = edit_of(&entry.event) {
            self.edited(edit);
        }
        match &entry.event {
            Event::CaseOpened(opened) => {
                self.opened += 1;
                self.paper = Some(opened.paper.clone());
                self.asks(&opened.demands);
            }
            Event::CaseAmended { paper, .. } => {
                let who = |paper: &Paper| (paper.requester.agency, paper.requester.officer);
                if self.paper.as_ref().map(who) != Some(who(paper)) {
                    self.confirmed_by.clear();
                    self.rang_back.clear();
                }
                self.paper = Some(paper.as_ref().clone());
            }
            Event::DemandAdded { demand, .. } | Event::DemandChanged { demand, .. } => {
                self.asks(std::slice::from_ref(demand));
            }
            Event::DemandsAdded { demands, .. } => self.asks(demands),
            Event::DemandSplit { kept, added, .. } => self.asks(&[kept.clone(), added.as_ref().clone()]),
            Event::DemandRemoved { demand, .. } => drop(self.demands.remove(demand)),
            Event::RequesterChecked { check } if check.confirms() => {
                self.confirmed_by.insert(check.by);
                if check.method == CheckMethod::CallBack {
                    self.rang_back.insert(check.by);
                }
            }
            Event::CaseAssessed { assessed } => {
                let answers = assessed.answers.iter().map(|answer| (answer.demand, answer.assessment.clone()));
                self.assessed = Some(answers.collect());
            }
            Event::DecisionDrafted { draft, .. } => {
                let settled = |id| draft.on(id).is_some_and(|on| on.kind != DecisionKind::Clarify);
                self.draft = self.demands.keys().all(|id| settled(*id)).then(|| draft.clone());
            }
            Event::DecisionApproved { approval } => self.approvals.push(approval.clone()),
            Event::DecisionReturned { .. } => {
                self.draft = None;
                self.approvals.clear();
            }
            Event::CollectionRecorded { result, .. } => self.results.push(result.clone()),
            Event::ProductionReleased { release } => self.released = Some(release.clone()),
            Event::CaseClosed { .. } | Event::CaseWithdrawn { .. } => self.is_closed = true,
            Event::WaitStarted { wait } => self.is_held = wait.kind.holds_release(),
            Event::WaitEnded { .. } => self.is_held = false,
            _ => {}
        }
        self
    }

    /// Whoever edits what is asked voids the answers, the draft, the approvals and the results. A new draft voids all
    /// but the answers, which it is made on.
    fn edited(&mut self, (edit, is_draft): (ScopeEdit, bool)) {
        self.revision = edit.revision;
        self.editors.insert(edit.by);
        self.draft = None;
        self.approvals.clear();
        self.results.clear();
        if !is_draft {
            self.assessed = None;
        }
    }

    fn asks(&mut self, demands: &[Demand]) {
        self.demands.extend(demands.iter().map(|demand| (demand.id, demand.clone())));
    }
}

pub fn gives(kind: DecisionKind) -> bool {
    matches!(kind, DecisionKind::Content | DecisionKind::NonContent)
}

/// The edit of the scope in an event, and whether it is a draft's.
pub fn edit_of(event: &Event) -> Option<(ScopeEdit, bool)> {
    match event {
        Event::CaseOpened(opened) => Some((opened.edit, false)),
        Event::CaseAmended { edit, .. }
        | Event::DemandAdded { edit, .. }
        | Event::DemandsAdded { edit, .. }
        | Event::DemandChanged { edit, .. }
        | Event::DemandSplit { edit, .. }
        | Event::DemandRemoved { edit, .. } => Some((*edit, false)),
        Event::RedirectAnswered { edit, .. } => edit.map(|edit| (edit, false)),
        Event::DecisionDrafted { edit, .. } => Some((*edit, true)),
        _ => None,
    }
}
