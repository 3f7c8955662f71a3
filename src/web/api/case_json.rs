//! A whole case as one person may see it.

use chrono::NaiveDate;
use serde::Serialize;

use super::act::StandingJson;
use super::checks::CheckJson;
use super::clocks::ClockJson;
use super::closing::{ClosingJson, ReleaseJson};
use super::decision::ApprovalJson;
use super::demands::DemandJson;
use super::desk::{RedirectJson, TickJson, WaitJson};
use super::documents::DocumentJson;
use super::paper::{PaperJson, RequesterJson};
use super::personal::{Eyes, PersonJson, Personal};
use super::secrecy::SecrecyJson;
use crate::actions::view_case::CaseView;
use crate::domain::case::{Assessed, Case, Returned};
use crate::domain::decision::Draft;
use crate::domain::id::TeamId;
use crate::domain::outcome::Outcome;
use crate::domain::stage::Compartment;

/// A case.
#[derive(Debug, Serialize)]
pub struct CaseJson {
    #[serde(flatten)]
    standing: StandingJson,
    /// Whether personal data is sealed to whoever asks; each field of it is `{"sealed": true}` then.
    is_sealed: bool,
    compartment: Compartment,
    named: Vec<PersonJson>,
    team: TeamId,
    opened: DoneJson,
    paper: PaperJson,
    requester: RequesterJson,
    documents: Vec<DocumentJson>,
    checks: Vec<CheckJson>,
    secrecy: Vec<SecrecyJson>,
    due_on: Option<NaiveDate>,
    assignee: Option<PersonJson>,
    wait: Option<WaitJson>,
    clocks: Vec<ClockJson>,
    checklist: Vec<TickJson>,
    redirects: Vec<RedirectJson>,
    demands: Vec<DemandJson>,
    scope: ScopeJson,
    assessed: Option<AssessedJson>,
    returned: Option<ReturnedJson>,
    draft: Option<DraftJson>,
    approvals: Vec<ApprovalJson>,
    release: Option<ReleaseJson>,
    closing: Option<ClosingJson>,
    /// How it ended, or would if it were closed now.
    outcome: Outcome,
}

/// Who did it and when.
#[derive(Debug, Serialize)]
struct DoneJson {
    by: PersonJson,
    at: String,
}

/// Who edited the scope; none of them can approve it.
#[derive(Debug, Serialize)]
struct ScopeJson {
    revision: u32,
    edits: Vec<EditJson>,
}

#[derive(Debug, Serialize)]
struct EditJson {
    revision: u32,
    by: PersonJson,
    at: String,
}

/// The legal-basis check in force; its answers stand with the demands.
#[derive(Debug, Serialize)]
struct AssessedJson {
    scope_revision: u32,
    by: PersonJson,
    at: String,
}

/// Why the last draft came back.
#[derive(Debug, Serialize)]
struct ReturnedJson {
    because: Personal<String>,
    by: PersonJson,
    at: String,
}

/// The draft in force; its decisions stand with the demands.
#[derive(Debug, Serialize)]
struct DraftJson {
    /// What an approval is bound to.
    scope_hash: String,
    approvals_needed: u8,
    by: PersonJson,
    at: String,
}

impl CaseJson {
    /// A case as this person may see it.
    pub fn of(view: &CaseView) -> CaseJson {
        let (case, eyes) = (&view.case, Eyes { is_sealed: view.is_sealed, names: &view.names });
        CaseJson {
            standing: StandingJson::of(case),
            is_sealed: view.is_sealed,
            compartment: case.compartment,
            named: case.named.iter().map(|id| eyes.person(*id)).collect(),
            team: case.team,
            opened: DoneJson { by: eyes.person(case.opened_by), at: case.opened_at.for_machines() },
            paper: PaperJson::of(&case.paper, eyes),
            requester: RequesterJson::of(&view.agency, view.officer.as_ref(), eyes),
            documents: case.documents.iter().map(|d| DocumentJson::of(d, eyes)).collect(),
            checks: case.checks.iter().map(|check| CheckJson::of(check, eyes)).collect(),
            secrecy: case.secrecy.iter().map(|order| SecrecyJson::of(order, eyes)).collect(),
            due_on: case.due_on(),
            assignee: case.assignee.map(|id| eyes.person(id)),
            wait: case.wait.as_ref().map(|wait| WaitJson::of(wait, eyes)),
            clocks: case.clocks.iter().map(|clock| ClockJson::of(case, clock, eyes)).collect(),
            checklist: case.ticks.iter().map(|tick| TickJson::of(tick, eyes)).collect(),
            redirects: case.redirects.iter().map(|answer| RedirectJson::of(answer, eyes)).collect(),
            demands: case.demands.iter().map(|demand| DemandJson::of(case, demand, eyes)).collect(),
            scope: scope(case, eyes),
            assessed: case.assessed().map(|assessed| assessed_json(assessed, eyes)),
            returned: case.progress.returned().map(|returned| returned_json(returned, eyes)),
            draft: case.draft().map(|draft| draft_json(draft, eyes)),
            approvals: case.approvals().iter().map(|approval| ApprovalJson::of(approval, eyes)).collect(),
            release: case.released().map(|release| ReleaseJson::of(release, eyes)),
            closing: case.closing().map(|closing| ClosingJson::of(closing, eyes)),
            outcome: case.outcome(),
        }
    }
}

fn scope(case: &Case, eyes: Eyes<'_>) -> ScopeJson {
    let edits = case.scope.edits.iter();
    let edit = |edit: &crate::domain::case::ScopeEdit| EditJson {
        revision: edit.revision,
        by: eyes.person(edit.by),
        at: edit.at.for_machines(),
    };
    ScopeJson { revision: case.scope.revision, edits: edits.map(edit).collect() }
}

fn assessed_json(assessed: &Assessed, eyes: Eyes<'_>) -> AssessedJson {
    let (by, at) = (eyes.person(assessed.by), assessed.at.for_machines());
    AssessedJson { scope_revision: assessed.scope_revision, by, at }
}

fn returned_json(returned: &Returned, eyes: Eyes<'_>) -> ReturnedJson {
    let (by, at) = (eyes.person(returned.by), returned.at.for_machines());
    ReturnedJson { because: eyes.personal(returned.because.to_string()), by, at }
}

fn draft_json(draft: &Draft, eyes: Eyes<'_>) -> DraftJson {
    DraftJson {
        scope_hash: draft.scope_hash.clone(),
        approvals_needed: draft.approvals_needed,
        by: eyes.person(draft.by),
        at: draft.at.for_machines(),
    }
}
