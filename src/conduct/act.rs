//! Acts, read from process payloads: only what conduct needs, and nothing personal.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::audit::erasure::ERASED_KIND;
use crate::domain::data_class::DataClass;
use crate::domain::decision::{CollectionOutcome, DecisionKind};
use crate::domain::finding::FindingCode;
use crate::domain::id::{AgencyId, AlarmId, CaseId, DemandId, ErasureId, HoldId, OfficerId, StaffId};
use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::redirect::RedirectResult;
use crate::domain::requester::CustomerType;
use crate::domain::retention::Schedule;
use crate::domain::staff::Role;
use crate::domain::stage::Compartment;
use crate::domain::tally::Tally;
use crate::domain::time::Instant;
use crate::domain::verdict::{Disposition, Verdict};
use crate::domain::verification::{CheckMethod, CheckResult};
use crate::domain::wait::WaitKind;

/// An act that conduct is about.
#[derive(Debug)]
pub(super) enum Act {
    Staff {
        staff: StaffId,
        roles: BTreeSet<Role>,
    },
    Deactivated {
        staff: StaffId,
    },
    Reactivated {
        staff: StaffId,
    },
    Imported(Past),
    /// The log was found faulty.
    Raised {
        alarm: AlarmId,
    },
    Acknowledged(Acknowledged),
    Opened(Box<Opened>),
    /// The scope was edited: by an amendment of the paper, at a demand, or because a redirect was answered.
    Edited(Edited),
    Checked(Check),
    Assessed(Assessed, Option<Tally>),
    Drafted(Draft, Edit, Option<Tally>),
    Approved(Approval),
    Returned(By),
    Collected(Collection),
    Released(By),
    Waits(Wait),
    WaitOver(By),
    /// The answer to a redirect; with an edit where the demands are decided anew.
    Answered(Answer, Option<Edit>, Option<Tally>),
    Closed(Closing),
    Withdrawn(Closing),
    /// A litigation hold was placed.
    Held(OnHold),
    Lifted(OnHold),
    ErasureProposed(Proposal),
    ErasureApproved(ErasureAnswer),
    ErasureDeclined(ErasureAnswer),
    PassedOver(PassedOver),
    Erased(Erased),
}

#[derive(Debug, Deserialize)]
pub(super) struct OnHold {
    pub hold: HoldId,
    pub by: StaffId,
}

#[derive(Debug, Deserialize)]
pub(super) struct Proposal {
    pub erasure: ErasureId,
    #[serde(default)]
    pub schedules: Vec<Schedule>,
    pub items: Vec<Item>,
    pub by: StaffId,
}

#[derive(Debug, Deserialize)]
pub(super) struct Item {
    pub case: CaseId,
    pub schedule: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ErasureAnswer {
    pub erasure: ErasureId,
    pub by: StaffId,
}

#[derive(Debug, Deserialize)]
pub(super) struct PassedOver {
    pub erasure: ErasureId,
    pub case: CaseId,
}

#[derive(Debug, Deserialize)]
pub(super) struct Erased {
    pub erasure: ErasureId,
    pub case: CaseId,
    pub schedule: Option<String>,
    pub proposed_by: StaffId,
    pub approved_by: StaffId,
}

#[derive(Debug, Deserialize)]
pub(super) struct Acknowledged {
    pub alarm: AlarmId,
    pub role: Role,
    pub by: StaffId,
}

#[derive(Debug, Deserialize)]
pub(super) struct By {
    pub by: StaffId,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Edit {
    pub by: StaffId,
    pub revision: u32,
}

#[derive(Debug, Deserialize)]
pub(super) struct Opened {
    pub reference: String,
    pub compartment: Compartment,
    pub paper: Paper,
    /// A list that is empty is left out.
    #[serde(default)]
    pub demands: Vec<Demand>,
    pub edit: Edit,
    pub tally: Option<Tally>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Paper {
    pub instrument: Instrument,
    pub customer: CustomerType,
    pub received_at: Instant,
    pub requester: Requester,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Requester {
    pub country: String,
    pub agency: AgencyId,
    pub officer: Option<OfficerId>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Demand {
    pub id: DemandId,
    pub asked: Asked,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Asked {
    pub service: String,
    pub data_class: DataClass,
}

#[derive(Debug)]
pub(super) struct Edited {
    pub edit: Edit,
    pub tally: Option<Tally>,
    /// The paper as it was mended.
    pub paper: Option<Paper>,
    /// Demands as they are now, those added included.
    pub now: Vec<Demand>,
    /// The demand taken away.
    pub removed: Option<DemandId>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Check {
    pub by: StaffId,
    pub method: CheckMethod,
    pub result: CheckResult,
}

#[derive(Debug, Deserialize)]
pub(super) struct Assessed {
    pub by: StaffId,
    pub scope_revision: u32,
    #[serde(default)]
    pub answers: Vec<OnDemand>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OnDemand {
    pub demand: DemandId,
    pub assessment: Answered,
}

#[derive(Debug, Deserialize)]
pub(super) struct Answered {
    pub verdict: Verdict,
    pub disposition: Disposition,
}

#[derive(Debug, Deserialize)]
pub(super) struct Draft {
    pub by: StaffId,
    pub scope_hash: String,
    pub approvals_needed: u8,
    #[serde(default)]
    pub decisions: Vec<Decision>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Decision {
    pub demand: DemandId,
    pub kind: DecisionKind,
    pub reason: Option<FindingCode>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Approval {
    pub by: StaffId,
    pub scope_hash: String,
    pub scope_revision: u32,
}

#[derive(Debug, Deserialize)]
pub(super) struct Collection {
    pub by: StaffId,
    pub demand: DemandId,
    pub outcome: CollectionOutcome,
}

#[derive(Debug, Deserialize)]
pub(super) struct Wait {
    pub by: StaffId,
    pub kind: WaitKind,
}

#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    pub by: StaffId,
    pub result: RedirectResult,
}

#[derive(Debug, Deserialize)]
pub(super) struct Closing {
    pub by: StaffId,
    pub outcome: Outcome,
}

/// A case that was closed before the register.
#[derive(Debug, Deserialize)]
pub(super) struct Past {
    pub received_on: NaiveDate,
    pub country: String,
    pub instrument: Option<Instrument>,
    pub customer: CustomerType,
    pub identifier_count: u32,
    pub outcome: Outcome,
    pub disclosed_by: Option<RedirectResult>,
    pub services: Vec<String>,
}

/// A payload with its parts by name, each read where it is needed.
struct Whole(BTreeMap<String, serde_json::Value>);

impl Whole {
    fn part<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, serde_json::Error> {
        serde_json::from_value(self.0.remove(name).unwrap_or_default())
    }
}

impl Act {
    /// Reads the act of a kind; `None` for a kind that conduct is not about.
    pub(super) fn read(kind: &str, process: &[u8]) -> Result<Option<Act>, serde_json::Error> {
        if !KINDS.contains(&kind) {
            return Ok(None);
        }
        let mut whole = Whole(serde_json::from_slice(process)?);
        let act = match kind {
            "staff.added" | "staff.changed" => Act::Staff { staff: whole.part("staff")?, roles: whole.part("roles")? },
            "staff.deactivated" => Act::Deactivated { staff: whole.part("staff")? },
            "staff.reactivated" => Act::Reactivated { staff: whole.part("staff")? },
            "alarm.raised" => Act::Raised { alarm: whole.part("alarm")? },
            "alarm.acknowledged" => Act::Acknowledged(whole.part("acknowledgement")?),
            "case.imported" => Act::Imported(serde_json::from_slice(process)?),
            "case.opened" => Act::Opened(Box::new(serde_json::from_slice(process)?)),
            "case.amended" | "demand.added" | "demands.added" | "demand.changed" | "demand.split"
            | "demand.removed" => Act::Edited(Edited::read(kind, &mut whole)?),
            "requester.checked" => Act::Checked(whole.part("check")?),
            "case.assessed" => Act::Assessed(whole.part("assessed")?, whole.part("tally")?),
            "decision.drafted" => Act::Drafted(whole.part("draft")?, whole.part("edit")?, whole.part("tally")?),
            "decision.approved" => Act::Approved(whole.part("approval")?),
            "decision.returned" => Act::Returned(whole.part("returned")?),
            "collection.recorded" => Act::Collected(whole.part("result")?),
            "production.released" => Act::Released(whole.part("release")?),
            "wait.started" => Act::Waits(whole.part("wait")?),
            "wait.ended" => Act::WaitOver(whole.part("ended")?),
            "redirect.answered" => Act::Answered(whole.part("answer")?, whole.part("edit")?, whole.part("tally")?),
            "case.closed" => Act::Closed(whole.part("closing")?),
            "hold.placed" => Act::Held(serde_json::from_slice(process)?),
            "hold.lifted" => Act::Lifted(serde_json::from_slice(process)?),
            "erasure.proposed" => Act::ErasureProposed(serde_json::from_slice(process)?),
            "erasure.approved" => Act::ErasureApproved(whole.part("answer")?),
            "erasure.declined" => Act::ErasureDeclined(whole.part("answer")?),
            "erasure.passed_over" => Act::PassedOver(serde_json::from_slice(process)?),
            ERASED_KIND => Act::Erased(serde_json::from_slice(process)?),
            _ => Act::Withdrawn(whole.part("closing")?),
        };
        Ok(Some(act))
    }

    /// Who acted, as the payload says.
    pub(super) fn by(&self) -> Option<StaffId> {
        match self {
            Act::Staff { .. } | Act::Deactivated { .. } | Act::Reactivated { .. } | Act::Imported(_) => None,
            Act::Raised { .. } | Act::PassedOver(_) | Act::Erased(_) => None,
            Act::Held(hold) | Act::Lifted(hold) => Some(hold.by),
            Act::ErasureProposed(proposal) => Some(proposal.by),
            Act::ErasureApproved(answer) | Act::ErasureDeclined(answer) => Some(answer.by),
            Act::Acknowledged(acknowledged) => Some(acknowledged.by),
            Act::Opened(opened) => Some(opened.edit.by),
            Act::Edited(edited) => Some(edited.edit.by),
            Act::Checked(check) => Some(check.by),
            Act::Assessed(assessed, _) => Some(assessed.by),
            Act::Drafted(draft, ..) => Some(draft.by),
            Act::Approved(approval) => Some(approval.by),
            Act::Returned(by) | Act::Released(by) | Act::WaitOver(by) => Some(by.by),
            Act::Collected(result) => Some(result.by),
            Act::Waits(wait) => Some(wait.by),
            Act::Answered(answer, ..) => Some(answer.by),
            Act::Closed(closing) | Act::Withdrawn(closing) => Some(closing.by),
        }
    }
}

impl Edited {
    fn read(kind: &str, whole: &mut Whole) -> Result<Edited, serde_json::Error> {
        let mut edited = Edited {
            edit: whole.part("edit")?,
            tally: whole.part("tally")?,
            paper: None,
            now: Vec::new(),
            removed: None,
        };
        match kind {
            "case.amended" => edited.paper = Some(whole.part("paper")?),
            "demands.added" => edited.now = whole.part("demands")?,
            "demand.split" => edited.now = vec![whole.part("kept")?, whole.part("added")?],
            "demand.removed" => edited.removed = Some(whole.part("demand")?),
            _ => edited.now = vec![whole.part("demand")?],
        }
        Ok(edited)
    }
}

/// The kinds of entries that conduct is about.
const KINDS: &[&str] = &[
    "alarm.acknowledged",
    "alarm.raised",
    "case.amended",
    "case.assessed",
    "case.closed",
    "case.imported",
    "case.opened",
    "case.withdrawn",
    "collection.recorded",
    "decision.approved",
    "decision.drafted",
    "decision.returned",
    "demand.added",
    "demand.changed",
    "demand.removed",
    "demand.split",
    "demands.added",
    "erasure.approved",
    "erasure.declined",
    "erasure.passed_over",
    "erasure.proposed",
    "hold.lifted",
    "hold.placed",
    "production.released",
    "redirect.answered",
    "requester.checked",
    "staff.added",
    "staff.changed",
    "staff.deactivated",
    "staff.reactivated",
    "wait.ended",
    "wait.started",
    ERASED_KIND,
];
