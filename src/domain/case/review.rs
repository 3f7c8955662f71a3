//! Review and approval: assess, decide, approve, return.

use std::collections::BTreeSet;

use super::{Answer, Assessed, Case, Progress, Returned};
use crate::domain::assessment::Assessment;
use crate::domain::change::Change;
use crate::domain::decision::{Approval, Decision, DecisionKind, Draft};
use crate::domain::demand::Demand;
use crate::domain::event::Event;
use crate::domain::id::{ApprovalId, DemandId, StaffId};
use crate::domain::policy::ApprovalPolicy;
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Role, Staff, Verb};
use crate::domain::stage::{Gate, Stage};
use crate::domain::text::Prose;
use crate::domain::time::Instant;
use crate::domain::verdict::{Disposition, Verdict};

impl Case {
    /// Keeps the engine's answers on the demands as they stand. Decisions drafted before are kept as a draft to
    /// confirm anew.
    ///
    /// # Errors
    /// Before the requester is verified, without demands, after approval.
    pub fn assess(self, answers: Vec<Answer>, by: StaffId, now: Instant) -> Result<Change<Case>, Refusal> {
        self.needs_unfinished()?;
        self.needs_verified(Verb::Assess)?;
        if !matches!(self.progress, Progress::Review(_)) {
            return Err(Refusal::WrongStage { stage: self.stage(), verb: Verb::Assess });
        }
        if self.demands.is_empty() {
            return Err(Refusal::NoDemands);
        }
        let assessed = Assessed { answers, scope_revision: self.scope.revision, by, at: now };
        Ok(self.become_by(Event::CaseAssessed { assessed }))
    }

    /// Drafts decisions. When every demand is decided for good the case goes to approval; a demand left open or
    /// at *clarify* keeps it in review. Earlier approvals are void.
    ///
    /// # Errors
    /// Before assessment, after approval, and for decisions that misfit, lack their reason or go beyond the
    /// verdict without a reviewer's written reason.
    pub fn decide(
        self,
        decisions: Vec<Decision>,
        policy: ApprovalPolicy,
        by: &Staff,
        now: Instant,
    ) -> Result<Change<Case>, Refusal> {
        self.needs_unfinished()?;
        self.needs_open(Gate::Assessed, Verb::Decide)?;
        if !matches!(self.progress, Progress::Review(_) | Progress::Approval(_)) {
            return Err(Refusal::WrongStage { stage: self.stage(), verb: Verb::Decide });
        }
        if self.is_open(Gate::Approved) {
            return Err(Refusal::AlreadyApproved);
        }
        for decision in &decisions {
            let demand = self.demand(decision.demand).ok_or(Refusal::NoSuchDemand)?;
            let answer = self.assessed().and_then(|a| a.on(demand.id));
            self.check_decision(decision, demand, answer, by)?;
        }
        let in_order = self.demands.iter().filter_map(|d| decisions.iter().find(|on| on.demand == d.id).cloned());
        let decisions: Vec<Decision> = in_order.collect();
        let draft = Draft {
            scope_hash: self.scope_hash(&decisions),
            approvals_needed: policy.needed(&self, &decisions),
            decisions,
            by: by.id,
            at: now,
        };
        let edit = self.scope.next_edit(by.id, now);
        Ok(self.become_by(Event::DecisionDrafted { draft, edit }))
    }

    /// Approves the exact scope seen. The last approval needed opens the gate.
    ///
    /// # Errors
    /// For an editor of the scope, a second approval by one person, a scope that changed, a surplus approval.
    pub fn approve(self, id: ApprovalId, seen_hash: &str, by: StaffId, now: Instant) -> Result<Change<Case>, Refusal> {
        if self.closing().is_some() {
            return Err(Refusal::AlreadyClosed);
        }
        self.needs_open(Gate::Decided, Verb::Approve)?;
        if self.approvals().iter().any(|a| a.by == by) {
            return Err(Refusal::ApproverCounted);
        }
        if self.is_open(Gate::Approved) {
            return Err(Refusal::AlreadyApproved);
        }
        if self.scope.was_edited_by(by) {
            return Err(Refusal::ApproverEdited { editor: by });
        }
        let scope_hash = self.draft().map(|d| d.scope_hash.clone()).unwrap_or_default();
        if scope_hash != seen_hash {
            return Err(Refusal::ScopeChanged);
        }
        let approval = Approval { id, scope_revision: self.scope.revision, scope_hash, by, at: now };
        Ok(self.become_by(Event::DecisionApproved { approval }))
    }

    /// Sends a draft back with a reason. Approvals given so far are void.
    ///
    /// # Errors
    /// When there is no complete draft waiting, and for an editor of the scope, who mends it instead.
    pub fn return_draft(self, because: Prose, by: StaffId, now: Instant) -> Result<Change<Case>, Refusal> {
        self.needs_unfinished()?;
        self.needs_open(Gate::Decided, Verb::Return)?;
        if self.stage() != Stage::Approval {
            return Err(Refusal::WrongStage { stage: self.stage(), verb: Verb::Return });
        }
        if self.is_open(Gate::Approved) {
            return Err(Refusal::AlreadyApproved);
        }
        if self.scope.was_edited_by(by) {
            return Err(Refusal::ApproverEdited { editor: by });
        }
        Ok(self.become_by(Event::DecisionReturned { returned: Returned { because, by, at: now } }))
    }

    fn check_decision(
        &self,
        decision: &Decision,
        demand: &Demand,
        answer: Option<&Assessment>,
        by: &Staff,
    ) -> Result<(), Refusal> {
        let position = demand.position;
        let is_content = demand.asked.data_class.is_content();
        match decision.kind {
            DecisionKind::Content if !is_content => {
                return Err(Refusal::DecisionMisfit {
                    position,
                    fits: "“non-content”, or reject, redirect or clarify",
                });
            }
            DecisionKind::NonContent if is_content => {
                return Err(Refusal::DecisionMisfit {
                    position, fits: "“content”, or reject, redirect or clarify"
                });
            }
            DecisionKind::Reject if decision.reason.is_none() => {
                return Err(Refusal::DecisionIncomplete { position, missing: "the reason code of the rejection" });
            }
            DecisionKind::Redirect if decision.redirect_to.is_none() => {
                return Err(Refusal::DecisionIncomplete { position, missing: "whom the requester is sent to" });
            }
            _ => {}
        }
        let goes_beyond = self.goes_beyond(decision.kind, answer);
        if goes_beyond && (decision.override_reason.is_none() || !by.is(Role::Reviewer)) {
            return Err(Refusal::BeyondVerdict { position });
        }
        Ok(())
    }

    /// Whether the engine's answer allows granting without a reviewer's written reason.
    fn allows(&self, answer: &Assessment) -> bool {
        use Disposition::*;
        let keeps = matches!(answer.disposition, Preserve | PreserveAndHold | VoluntaryPreserve);
        let proposes = if self.paper.instrument.preserves_only() { keeps } else { answer.disposition.discloses() };
        answer.verdict == Verdict::Permitted && proposes
    }

    /// The decisions made on the demands that somebody was `shown`, with those of the draft on all others, as long as the
    /// draft is of the scope as it stands. After an edit nothing is kept: each demand is confirmed anew by somebody who
    /// sees it.
    pub fn with_kept(&self, shown: &BTreeSet<DemandId>, decisions: Vec<Decision>) -> Vec<Decision> {
        let kept = self.draft_of_this_scope().map(|draft| draft.decisions.clone()).unwrap_or_default();
        let kept = kept.into_iter().filter(|on| !shown.contains(&on.demand));
        decisions.into_iter().chain(kept).collect()
    }

    /// The draft, unless the scope was edited since it was made: what an edit leaves is to be confirmed anew.
    pub fn draft_of_this_scope(&self) -> Option<&Draft> {
        let last = self.scope.edits.last();
        self.draft().filter(|draft| last.is_none_or(|edit| edit.by == draft.by && edit.at == draft.at))
    }

    /// Whether granting a demand would go beyond the engine's answer on it.
    pub fn is_beyond(&self, demand: DemandId, kind: DecisionKind) -> bool {
        self.goes_beyond(kind, self.assessed().and_then(|a| a.on(demand)))
    }

    /// Whether a decision in force goes beyond the verdict: marked wherever it is shown. What an edit left as a draft
    /// overrides nothing, nor does anything before there is a verdict.
    pub fn is_override(&self, decision: &Decision) -> bool {
        let is_in_force = self.draft_of_this_scope().is_some_and(|draft| draft.on(decision.demand) == Some(decision));
        is_in_force && self.goes_beyond_answer(decision)
    }

    /// Whether any decision in force goes beyond its verdict, which every list shows.
    pub fn has_override(&self) -> bool {
        let Some(draft) = self.draft_of_this_scope() else { return false };
        draft.decisions.iter().any(|on| self.goes_beyond_answer(on))
    }

    /// Whether somebody wrote a reason for going beyond an answer, and it is needed.
    fn goes_beyond_answer(&self, decision: &Decision) -> bool {
        let answer = self.assessed().and_then(|a| a.on(decision.demand));
        decision.override_reason.is_some() && answer.is_some() && self.goes_beyond(decision.kind, answer)
    }

    fn goes_beyond(&self, kind: DecisionKind, answer: Option<&Assessment>) -> bool {
        kind.grants() && !answer.is_some_and(|a| self.allows(a))
    }
}
