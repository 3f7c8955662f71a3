//! What people do, each through the action a page would call. Time passes with every act.

use writ::actions::collect::Collect;
use writ::actions::on_case::OnCase;
use writ::actions::open_case::{AskedEntry, OpenCase, PaperEntry};
use writ::actions::receive_document::{self, Destination, Uploaded};
use writ::actions::record_secrecy::RecordSecrecy;
use writ::actions::sign_in::{SteppedUp, step_up_on};
use writ::actions::verify_requester::VerifyRequester;
use writ::actions::{self, ActionError, Refused, SignedIn};
use writ::domain::case::Case;
use writ::domain::decision::{CollectionOutcome, Decision, DecisionKind, ReleaseMethod};
use writ::domain::demand::Demand;
use writ::domain::document::{Document, DocumentKind};
use writ::domain::finding::FindingCode;
use writ::domain::id::{CaseId, DemandId, StaffId};
use writ::domain::staff::{Staff, Verb};
use writ::domain::verdict::Verdict;
use writ::domain::verification::{CheckMethod, CheckResult};

use super::papers::{Paper, prose};
use super::world::{World, line, password_of};

/// What an act on a case ends with.
pub type Acted = Result<Case, ActionError>;

/// How a story goes on after an act.
pub trait Acts<T> {
    /// It was done.
    fn done(self) -> T;
    /// It was refused, for the reason with this code.
    fn refused_as(self, code: &str) -> Refused;
}

impl<T> Acts<T> for Result<T, ActionError> {
    #[track_caller]
    fn done(self) -> T {
        self.unwrap_or_else(|error| panic!("not done: {error} ({error:?})"))
    }

    #[track_caller]
    fn refused_as(self, code: &str) -> Refused {
        match self {
            Err(ActionError::Refused(refused)) => {
                assert_eq!(refused.refusal.code(), code, "{}", refused.refusal);
                *refused
            }
            Err(other) => panic!("not refused but failed: {other} ({other:?})"),
            Ok(_) => panic!("done, though it should be refused as {code}"),
        }
    }
}

/// A member of staff, signed in.
pub struct Person<'w> {
    world: &'w World,
    pub who: SignedIn,
}

impl<'w> Person<'w> {
    pub fn new(world: &'w World, staff: Staff) -> Person<'w> {
        Person { world, who: SignedIn { staff, session: None, as_of: None } }
    }

    pub fn id(&self) -> StaffId {
        self.who.staff.id
    }

    // ── intake and triage ────────────────────────────────────────────────────────

    pub fn opens(&self, paper: Paper) -> Acted {
        let arrival = paper.file.map(|(name, bytes)| self.receives(name, bytes).map(|d| d.case)).transpose()?;
        self.enters(paper, arrival)
    }

    /// Fills in the form beside a paper that arrived.
    pub fn enters(&self, paper: Paper, arrival: Option<CaseId>) -> Acted {
        let Paper { compartment, entry, demands, .. } = paper;
        let with = OpenCase { arrival, compartment, named: [].into(), team: None, paper: entry, demands };
        self.acts(|| actions::open_case::open_case(&self.world.ctx, &self.who, with))
    }

    /// Takes in a paper whose case is not opened yet.
    pub fn receives(&self, name: &str, bytes: &[u8]) -> Result<Document, ActionError> {
        let to = receive_document::for_new_case(&self.world.ctx, &self.who)?;
        let uploaded = self.uploads(to, name, bytes)?;
        self.acts(|| receive_document::receive_document(&self.world.ctx, &self.who, uploaded))
    }

    pub fn attaches(&self, case: &Case, kind: DocumentKind, name: &str, bytes: &[u8]) -> Acted {
        let to = receive_document::for_case(&self.world.ctx, &self.who, &case.reference, Verb::Attach)?;
        let uploaded = self.uploads(to, name, bytes)?;
        self.acts(|| actions::attach_document::attach_document(&self.world.ctx, &self.who, &on(case), kind, uploaded))
    }

    pub fn amends(&self, case: &Case, entry: PaperEntry) -> Acted {
        self.acts(|| actions::amend_case::amend_case(&self.world.ctx, &self.who, &on(case), entry))
    }

    /// Rings the officer back, who confirms.
    pub fn verifies(&self, case: &Case) -> Acted {
        self.checks(case, CheckMethod::CallBack, CheckResult::Confirmed)
    }

    pub fn checks(&self, case: &Case, method: CheckMethod, result: CheckResult) -> Acted {
        let account = prose("Rang the switchboard's published number; the officer was put through.");
        let with = VerifyRequester { method, result, account };
        self.acts(|| actions::verify_requester::verify_requester(&self.world.ctx, &self.who, &on(case), with))
    }

    pub fn adds(&self, case: &Case, asked: AskedEntry) -> Acted {
        self.acts(|| actions::add_demand::add_demand(&self.world.ctx, &self.who, &on(case), asked))
    }

    pub fn changes(&self, case: &Case, demand: DemandId, asked: AskedEntry) -> Acted {
        self.acts(|| actions::change_demand::change_demand(&self.world.ctx, &self.who, &on(case), demand, asked))
    }

    pub fn splits(&self, case: &Case, demand: DemandId, on_day: chrono::NaiveDate) -> Acted {
        self.acts(|| actions::split_demand::split_demand(&self.world.ctx, &self.who, &on(case), demand, on_day))
    }

    pub fn removes(&self, case: &Case, demand: DemandId) -> Acted {
        self.acts(|| actions::remove_demand::remove_demand(&self.world.ctx, &self.who, &on(case), demand))
    }

    pub fn records_secrecy(&self, case: &Case, order: RecordSecrecy) -> Acted {
        self.acts(|| actions::record_secrecy::record_secrecy(&self.world.ctx, &self.who, &on(case), order))
    }

    // ── review and approval ──────────────────────────────────────────────────────

    pub fn assesses(&self, case: &Case) -> Acted {
        self.acts(|| actions::assess_case::assess_case(&self.world.ctx, &self.who, &on(case)))
    }

    /// Grants what is permitted and rejects the rest.
    pub fn decides(&self, case: &Case) -> Acted {
        self.drafts(case, as_assessed(case))
    }

    pub fn drafts(&self, case: &Case, decisions: Vec<Decision>) -> Acted {
        self.acts(|| actions::decide::decide(&self.world.ctx, &self.who, &on(case), decisions))
    }

    pub fn approves(&self, case: &Case) -> Acted {
        let seen = case.draft().map(|draft| draft.scope_hash.clone()).unwrap_or_default();
        self.approves_scope(case, seen)
    }

    /// Approves the scope with a hash, and gives the password for it.
    pub fn approves_scope(&self, case: &Case, seen: String) -> Acted {
        let fresh = self.steps_up(case, Verb::Approve)?;
        self.acts(|| actions::approve::approve(&self.world.ctx, &self.who, &on(case), seen, fresh))
    }

    fn steps_up(&self, case: &Case, verb: Verb) -> Result<SteppedUp, ActionError> {
        step_up_on(&self.world.ctx, &self.who, &case.reference, &self.password(), verb)
    }

    pub fn returns(&self, case: &Case, because: &str) -> Acted {
        self.acts(|| actions::return_draft::return_draft(&self.world.ctx, &self.who, &on(case), prose(because)))
    }

    // ── fulfilment and delivery ──────────────────────────────────────────────────

    /// Uploads one file for a demand.
    pub fn collects(&self, case: &Case, demand: &Demand) -> Acted {
        self.records(
            case,
            demand,
            CollectionOutcome::Collected,
            &[("records.csv", b"at,address\n2026-03-01,192.0.2.7\n")],
        )
    }

    pub fn finds_nothing(&self, case: &Case, demand: &Demand) -> Acted {
        self.records(case, demand, CollectionOutcome::NoData, &[])
    }

    pub fn records(&self, case: &Case, demand: &Demand, outcome: CollectionOutcome, files: &[(&str, &[u8])]) -> Acted {
        let mut uploads = Vec::new();
        for (name, bytes) in files {
            let to = receive_document::for_case(&self.world.ctx, &self.who, &case.reference, Verb::Collect)?;
            uploads.push(self.uploads(to, name, bytes)?);
        }
        let with = Collect { demand: demand.id, outcome, account: prose("Asked the session store by account.") };
        self.acts(|| actions::collect::collect(&self.world.ctx, &self.who, &on(case), with, uploads))
    }

    pub fn releases(&self, case: &Case) -> Acted {
        let fresh = self.steps_up(case, Verb::Release)?;
        let (to, method) = (line("Casey Mockford"), ReleaseMethod::Portal);
        self.acts(|| actions::release::release(&self.world.ctx, &self.who, &on(case), to, method, fresh))
    }

    pub fn closes(&self, case: &Case) -> Acted {
        self.acts(|| actions::close_case::close_case(&self.world.ctx, &self.who, &on(case), Some(prose("Answered."))))
    }

    pub fn withdraws(&self, case: &Case) -> Acted {
        let note = prose("The office rang and took it back.");
        self.acts(|| actions::withdraw_case::withdraw_case(&self.world.ctx, &self.who, &on(case), note))
    }

    // ── how ──────────────────────────────────────────────────────────────────────

    fn acts<T>(&self, act: impl FnOnce() -> T) -> T {
        self.world.minutes_pass(1);
        act()
    }

    fn uploads(&self, to: Destination, name: &str, bytes: &[u8]) -> Result<Uploaded, ActionError> {
        let mut upload = receive_document::begin(&self.world.ctx, &to)?;
        upload.write(bytes)?;
        let arrived = upload.finish()?;
        Ok(Uploaded::new(to, line(name), arrived))
    }

    fn password(&self) -> secrecy::SecretString {
        password_of(&self.who.staff.name)
    }
}

/// The case as this person sees it: a change by somebody else since is a conflict.
fn on(case: &Case) -> OnCase {
    OnCase { reference: case.reference.clone(), version: Some(case.version) }
}

/// What follows from the verdicts: grants what is permitted, rejects the rest.
pub fn as_assessed(case: &Case) -> Vec<Decision> {
    let on_demand = |demand: &Demand| {
        let answer = case.assessed().and_then(|assessed| assessed.on(demand.id));
        let is_permitted = answer.is_some_and(|a| a.verdict == Verdict::Permitted);
        if is_permitted { grant(demand) } else { reject(demand, FindingCode::InstrumentTooLow) }
    };
    case.demands.iter().map(on_demand).collect()
}

pub fn grant(demand: &Demand) -> Decision {
    let is_content = demand.asked.data_class.is_content();
    let kind = if is_content { DecisionKind::Content } else { DecisionKind::NonContent };
    Decision { demand: demand.id, kind, reason: None, redirect_to: None, note: None, override_reason: None }
}

pub fn reject(demand: &Demand, reason: FindingCode) -> Decision {
    Decision { kind: DecisionKind::Reject, reason: Some(reason), note: Some(line("not within reach")), ..grant(demand) }
}
