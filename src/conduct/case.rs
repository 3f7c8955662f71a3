//! One case as its process payloads tell it: enough to say whether an act on it should have happened.

use std::collections::{BTreeMap, BTreeSet};

use super::act::{Act, Approval, Closing, Collection, Demand, Draft, Edit, Edited, OnDemand, Opened, Paper};
use super::figures;
use super::rules::Rule;
use crate::domain::data_class::DataClass;
use crate::domain::decision::{CollectionOutcome, DecisionKind};
use crate::domain::finding::FindingCode;
use crate::domain::id::{DemandId, StaffId};
use crate::domain::instrument::Instrument;
use crate::domain::outcome::{Outcome, Settled};
use crate::domain::redirect::RedirectResult;
use crate::domain::stage::Compartment;
use crate::domain::tally::Tally;
use crate::domain::verdict::{Disposition, Verdict};
use crate::domain::verification::{CheckMethod, CheckResult};
use crate::domain::wait::WaitKind;
use crate::report::Counted;

/// A case.
#[derive(Debug)]
pub(super) struct CaseSeen {
    pub reference: String,
    pub compartment: Compartment,
    pub paper: Paper,
    pub demands: BTreeMap<DemandId, (String, DataClass)>,
    pub tally: Option<Tally>,
    pub outcome: Option<Outcome>,
    /// What became of redirects: with the revision of the scope that each answers.
    pub answers: Vec<(u32, RedirectResult)>,
    revision: u32,
    editors: BTreeSet<StaffId>,
    confirmed_by: BTreeSet<StaffId>,
    called_back: BTreeSet<StaffId>,
    /// For each demand assessed, whether the answer lets it be granted.
    assessed: Option<BTreeMap<DemandId, bool>>,
    /// The decisions last made, also those that an edit left to be confirmed anew.
    decisions: BTreeMap<DemandId, (DecisionKind, Option<FindingCode>)>,
    /// What approvals are asked for, while every demand is decided for good.
    pending: Option<Pending>,
    results: BTreeMap<DemandId, (StaffId, CollectionOutcome)>,
    wait: Option<WaitKind>,
    has_left: bool,
}

#[derive(Debug)]
struct Pending {
    scope_hash: String,
    needed: usize,
    approved_by: BTreeSet<StaffId>,
}

impl Pending {
    fn is_approved(&self) -> bool {
        self.needed > 0 && self.approved_by.len() >= self.needed
    }
}

impl CaseSeen {
    pub(super) fn opened(opened: &Opened) -> CaseSeen {
        CaseSeen {
            reference: opened.reference.clone(),
            compartment: opened.compartment,
            paper: opened.paper.clone(),
            demands: opened.demands.iter().map(asked).collect(),
            tally: opened.tally.clone(),
            outcome: None,
            answers: Vec::new(),
            revision: opened.edit.revision,
            editors: BTreeSet::from([opened.edit.by]),
            confirmed_by: BTreeSet::new(),
            called_back: BTreeSet::new(),
            assessed: None,
            decisions: BTreeMap::new(),
            pending: None,
            results: BTreeMap::new(),
            wait: None,
            has_left: false,
        }
    }

    /// What the reports count of it: nothing of a closed compartment, and nothing within where the log doesn't tell.
    pub(super) fn counted(&self) -> Option<Option<Counted>> {
        figures::counted(self)
    }

    /// Takes an act on the case and gives the rules that it broke. `is_reviewer` is whether whoever acts is a legal reviewer,
    /// where that is known.
    pub(super) fn judge(&mut self, act: &Act, is_reviewer: Option<bool>) -> BTreeSet<Rule> {
        let mut broken = BTreeSet::new();
        if self.comes_too_late(act) {
            broken.insert(Rule::NotAfterTheEnd);
        }
        let is_open = |is_open: bool, rule: Rule| (!is_open).then_some(rule);
        let (verified, assessed) = (self.is_verified(), self.assessed.is_some());
        let (decided, approved) = (self.pending.is_some(), self.is_approved());
        let gates = |to: Rule| {
            let all = [
                is_open(verified, Rule::Verified),
                is_open(assessed, Rule::Assessed),
                is_open(decided, Rule::Decided),
                is_open(approved, Rule::Approved),
            ];
            all.into_iter().flatten().filter(move |rule| *rule <= to)
        };
        match act {
            Act::Edited(edited) => broken.extend(self.edited(edited)),
            Act::Checked(check) => {
                if check.result == CheckResult::Confirmed && check.method != CheckMethod::MailAuthentication {
                    self.confirmed_by.insert(check.by);
                    if check.method == CheckMethod::CallBack {
                        self.called_back.insert(check.by);
                    }
                }
            }
            Act::Assessed(assessed, tally) => {
                broken.extend(gates(Rule::Verified));
                let is_whole = assessed.answers.len() == self.demands.len()
                    && assessed.answers.iter().all(|on| self.demands.contains_key(&on.demand));
                if assessed.scope_revision != self.revision || !is_whole {
                    broken.insert(Rule::Assessed);
                }
                if self.pending.is_none() {
                    self.assessed = Some(assessed.answers.iter().map(|on| (on.demand, self.allows(on))).collect());
                }
                self.take_tally(tally);
            }
            Act::Drafted(draft, edit, tally) => {
                broken.extend(gates(Rule::Assessed));
                broken.extend(self.drafted(draft, *edit, is_reviewer));
                self.take_tally(tally);
            }
            Act::Approved(approval) => {
                broken.extend(gates(Rule::Decided));
                if is_reviewer == Some(false) {
                    broken.insert(Rule::ApprovedByReviewer);
                }
                broken.extend(self.approved(approval));
            }
            Act::Returned(_) => self.pending = None,
            Act::Collected(result) => {
                broken.extend(gates(Rule::Approved));
                broken.extend(self.collected(result));
            }
            Act::Released(release) => {
                broken.extend(gates(Rule::Approved));
                broken.extend(self.released(release.by));
            }
            Act::Waits(wait) => self.wait = Some(wait.kind),
            Act::WaitOver(_) => self.wait = None,
            Act::Answered(answer, edit, tally) => {
                broken.extend(gates(Rule::Approved));
                self.answers.push((self.revision, answer.result));
                if let Some(edit) = edit {
                    broken.extend(self.edit(*edit));
                    self.void();
                    self.take_tally(tally);
                }
            }
            Act::Closed(closing) => {
                broken.extend(gates(Rule::Approved));
                broken.extend(self.closed(closing));
            }
            Act::Withdrawn(closing) => {
                let is_redirected =
                    self.answer().is_some_and(RedirectResult::is_redirected) && self.granted().is_empty();
                let follows = if is_redirected { Outcome::Redirected } else { Outcome::Withdrawn };
                broken.extend(self.ended(closing, follows));
            }
            Act::Staff { .. }
            | Act::Reactivated { .. }
            | Act::Deactivated { .. }
            | Act::Imported(_)
            | Act::Raised { .. }
            | Act::Acknowledged(_)
            | Act::Held(_)
            | Act::Lifted(_)
            | Act::ErasureProposed(_)
            | Act::ErasureApproved(_)
            | Act::ErasureDeclined(_)
            | Act::PassedOver(_)
            | Act::Erased(_)
            | Act::Opened(_) => {}
        }
        broken
    }

    /// Whether something had left after which this may not happen any more.
    fn comes_too_late(&self, act: &Act) -> bool {
        let may_follow = matches!(act, Act::Waits(_) | Act::WaitOver(_) | Act::Closed(_) | Act::Answered(_, None, _));
        self.has_left && !may_follow
    }

    fn is_verified(&self) -> bool {
        use Instrument::*;
        let is_emergency =
            matches!(self.paper.instrument, EmergencyRequest | EmergencyPenTrapRequest | EmergencyWiretapRequest);
        self.confirmed_by.len() >= if is_emergency { 2 } else { 1 }
    }

    fn is_approved(&self) -> bool {
        self.pending.as_ref().is_some_and(Pending::is_approved)
    }

    /// Whether the engine's answer lets a demand be granted without a reviewer's word.
    fn allows(&self, on: &OnDemand) -> bool {
        use Disposition::*;
        let answer = &on.assessment;
        let keeps = matches!(answer.disposition, Preserve | PreserveAndHold | VoluntaryPreserve);
        let proposes = if self.paper.instrument.preserves_only() { keeps } else { answer.disposition.discloses() };
        answer.verdict == Verdict::Permitted && proposes
    }

    fn edit(&mut self, edit: Edit) -> Option<Rule> {
        let is_next = self.revision.checked_add(1) == Some(edit.revision);
        self.revision = edit.revision;
        self.editors.insert(edit.by);
        (!is_next).then_some(Rule::EditsCounted)
    }

    /// What rested on the scope before an edit rests on nothing now.
    fn void(&mut self) {
        self.assessed = None;
        self.pending = None;
        self.results.clear();
    }

    fn edited(&mut self, edited: &Edited) -> Option<Rule> {
        if let Some(paper) = &edited.paper {
            let (before, now) = (&self.paper.requester, &paper.requester);
            if (before.agency, before.officer) != (now.agency, now.officer) {
                self.confirmed_by.clear();
                self.called_back.clear();
            }
            self.paper = paper.clone();
        }
        self.demands.extend(edited.now.iter().map(asked));
        if let Some(gone) = edited.removed {
            self.demands.remove(&gone);
            self.decisions.remove(&gone);
        }
        let broken = self.edit(edited.edit);
        self.void();
        self.take_tally(&edited.tally);
        broken
    }

    fn drafted(&mut self, draft: &Draft, edit: Edit, is_reviewer: Option<bool>) -> Vec<Rule> {
        let mut broken: Vec<Rule> = self.edit(edit).into_iter().collect();
        if draft.by != edit.by {
            broken.push(Rule::OneActor);
        }
        let may_be_granted = |demand| self.assessed.as_ref().and_then(|on| on.get(demand)) == Some(&true);
        let goes_beyond = draft.decisions.iter().any(|on| on.kind.grants() && !may_be_granted(&on.demand));
        if goes_beyond && is_reviewer == Some(false) {
            broken.push(Rule::WithinVerdict);
        }
        if draft.approvals_needed == 0 {
            broken.push(Rule::Approved);
        }
        self.decisions = draft.decisions.iter().map(|on| (on.demand, (on.kind, on.reason))).collect();
        let is_decided = |demand| self.decisions.get(demand).is_some_and(|(kind, _)| *kind != DecisionKind::Clarify);
        let is_complete = self.assessed.is_some() && self.demands.keys().all(is_decided);
        self.results.clear();
        self.pending = is_complete.then(|| Pending {
            scope_hash: draft.scope_hash.clone(),
            needed: usize::from(draft.approvals_needed),
            approved_by: BTreeSet::new(),
        });
        broken
    }

    fn approved(&mut self, approval: &Approval) -> Vec<Rule> {
        let mut broken = Vec::new();
        if self.editors.contains(&approval.by) {
            broken.push(Rule::ApprovedByAnother);
        }
        if let Some(pending) = &mut self.pending {
            if approval.scope_hash != pending.scope_hash || approval.scope_revision != self.revision {
                broken.push(Rule::ApprovedAsItStood);
            }
            if !pending.approved_by.insert(approval.by) {
                broken.push(Rule::ApprovedOnce);
            }
        }
        broken
    }

    fn granted(&self) -> Vec<DemandId> {
        let grants = |(demand, (kind, _)): (&DemandId, &(DecisionKind, _))| kind.grants().then_some(*demand);
        self.decisions.iter().filter_map(grants).collect()
    }

    fn collected(&mut self, result: &Collection) -> Vec<Rule> {
        let mut broken = Vec::new();
        if self.pending.as_ref().is_some_and(|pending| pending.approved_by.contains(&result.by)) {
            broken.push(Rule::CollectedByAnother);
        }
        let is_granted = self.granted().contains(&result.demand);
        let is_new = self.results.insert(result.demand, (result.by, result.outcome)).is_none();
        if !is_granted || !is_new {
            broken.push(Rule::CollectedAsGranted);
        }
        broken
    }

    fn has_data(&self) -> bool {
        self.results.values().any(|(_, outcome)| *outcome == CollectionOutcome::Collected)
    }

    fn is_collected(&self) -> bool {
        self.granted().iter().all(|demand| self.results.contains_key(demand))
    }

    fn released(&mut self, by: StaffId) -> Vec<Rule> {
        let mut broken = Vec::new();
        if !self.is_collected() || !self.has_data() {
            broken.push(Rule::Collected);
        }
        if self.results.values().any(|(collector, _)| *collector == by) || self.called_back.contains(&by) {
            broken.push(Rule::ReleasedByAnother);
        }
        if self.wait.is_some_and(WaitKind::holds_release) || self.paper.instrument.preserves_only() {
            broken.push(Rule::NotHeld);
        }
        self.has_left = true;
        broken
    }

    /// What last became of the redirect of the scope as it stands.
    fn answer(&self) -> Option<RedirectResult> {
        self.answers.iter().find(|(revision, _)| *revision == self.revision).map(|(_, result)| *result)
    }

    fn closed(&mut self, closing: &Closing) -> Vec<Rule> {
        let mut broken = Vec::new();
        if !self.is_collected() {
            broken.push(Rule::Collected);
        }
        if self.has_data() && !self.has_left && !self.paper.instrument.preserves_only() {
            broken.push(Rule::Released);
        }
        let went_to_customer = self.answer().is_none_or(RedirectResult::is_redirected);
        let follows = Outcome::of(&self.settled(|_| true), self.paper.instrument.preserves_only(), went_to_customer);
        broken.extend(self.ended(closing, follows));
        broken
    }

    fn ended(&mut self, closing: &Closing, follows: Outcome) -> Option<Rule> {
        self.outcome = Some(closing.outcome);
        (closing.outcome != follows).then_some(Rule::OutcomeFollows)
    }

    /// How the demands on services came out.
    pub(super) fn settled(&self, is_asked: impl Fn(&str) -> bool) -> Vec<Settled> {
        let of = |(id, (_, class)): (&DemandId, &(String, DataClass))| {
            let decision = self.decisions.get(id);
            Settled {
                decision: decision.map(|(kind, _)| *kind),
                lacks_data: decision.and_then(|(_, reason)| *reason).is_some_and(FindingCode::lacks_data),
                is_collected: self.results.get(id).is_some_and(|(_, outcome)| *outcome == CollectionOutcome::Collected),
                is_content: class.is_content(),
            }
        };
        self.demands.iter().filter(|(_, (service, _))| is_asked(service)).map(of).collect()
    }

    fn take_tally(&mut self, tally: &Option<Tally>) {
        self.tally.clone_from(tally);
    }
}

fn asked(demand: &Demand) -> (DemandId, (String, DataClass)) {
    (demand.id, (demand.asked.service.clone(), demand.asked.data_class))
}
