use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::*;
use crate::domain::agency::Country;
use crate::domain::case::{CaseReference, NewCase};
use crate::domain::change::Change;
use crate::domain::data_class::DataClass;
use crate::domain::decision::{CollectionOutcome, CollectionResult, Decision};
use crate::domain::demand::{Asked, Period};
use crate::domain::document::{Document, DocumentKind};
use crate::domain::finding::FindingCode;
use crate::domain::id::{AgencyId, CaseId, DemandId, DocumentId, StaffId, TeamId};
use crate::domain::identifier::{Identifier, IdentifierKind};
use crate::domain::instrument::Instrument;
use crate::domain::paper::{Paper, Requester};
use crate::domain::policy::ApprovalPolicy;
use crate::domain::requester::{Channel, CustomerType, IssuingAuthority, Matter, RequesterLevel, RequesterType};
use crate::domain::staff::Role;
use crate::domain::stage::Compartment;
use crate::domain::stated::Stated;
use crate::domain::time::Instant;

const POLICY: ApprovalPolicy = ApprovalPolicy { usual: 1, content: 2, overridden: 1, emergency: 1 };

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn person(n: u128, roles: &[Role]) -> Staff {
    Staff {
        id: StaffId(id(n)),
        name: format!("p{n}"),
        full_name: Line::parse("name", "Some Body").unwrap(),
        roles: roles.iter().copied().collect(),
        teams: BTreeSet::from([TeamId(id(900))]),
        is_cleared: false,
        email: None,
    }
}

fn anna() -> Staff {
    person(1, &[Role::Analyst])
}

fn celia() -> Staff {
    person(2, &[Role::Reviewer])
}

fn mats() -> Staff {
    person(3, &[Role::Analyst])
}

fn now() -> Instant {
    Instant::from_micros(1_700_000_000_000_000).unwrap()
}

fn paper() -> Paper {
    Paper {
        instrument: Instrument::GrandJurySubpoena,
        issuing_authority: IssuingAuthority::GrandJury,
        issuer: None,
        requester: Requester {
            agency: AgencyId(id(50)),
            officer: None,
            country: Country::parse("country", "US").unwrap(),
            level: RequesterLevel::Federal,
            kind: RequesterType::Prosecutor,
            state: None,
        },
        docket: Stated::Unknown,
        legal_basis: Stated::Unknown,
        matter: Matter::Criminal,
        channel: Channel::Post,
        received_at: now(),
        issued_on: None,
        return_by: Stated::Unknown,
        execute_by: Stated::Unknown,
        authorised_from: Stated::Unknown,
        authorised_to: Stated::Unknown,
        customer: CustomerType::Consumer,
        is_signed: None,
        names_served_entity: None,
        lacks_attachments: None,
        is_particular: None,
        statute_covers: None,
        more: BTreeMap::new(),
    }
}

fn asked() -> Asked {
    Asked {
        identifier: Identifier::parse(IdentifierKind::Email, "a@example.com", None).unwrap(),
        service: "account".into(),
        category: "registration".into(),
        data_class: DataClass::Bsi,
        words: None,
        period: Period::default(),
        in_signed_paper: Some(true),
        is_ours: Some(true),
        organisation: None,
    }
}

fn document(n: u128, kind: DocumentKind) -> Document {
    Document {
        id: DocumentId(id(n)),
        case: CaseId(id(100)),
        kind,
        demand: None,
        file_name: Line::parse("file", "paper.pdf").unwrap(),
        media_type: "application/pdf".into(),
        size: 1,
        sha256: "00".repeat(32),
        received_at: now(),
        received_by: anna().id,
    }
}

fn opened(documents: Vec<Document>, demands: u128) -> Case {
    let new = NewCase {
        id: CaseId(id(100)),
        reference: CaseReference::new(2026, 1),
        compartment: Compartment::Ordinary,
        named: BTreeSet::new(),
        team: TeamId(id(900)),
        paper: paper(),
        documents,
        demands: (1..=demands).map(|n| (DemandId(id(200 + n)), asked())).collect(),
        scope_salt: "00".repeat(32),
    };
    Case::open(new, anna().id, now()).state
}

fn then(case: Result<Change<Case>, Refusal>) -> Case {
    case.unwrap().state
}

fn verified(demands: u128) -> Case {
    let case = opened(vec![document(1, DocumentKind::Served)], demands);
    let check = Check {
        id: CheckId(id(300)),
        method: CheckMethod::CallBack,
        result: CheckResult::Confirmed,
        account: Prose::parse("account", "rang").unwrap(),
        by: mats().id,
        at: now(),
    };
    then(case.verify(check))
}

fn decision(case: &Case, position: u32, kind: DecisionKind) -> Decision {
    Decision {
        demand: case.demands.iter().find(|d| d.position == position).unwrap().id,
        kind,
        reason: (kind == DecisionKind::Reject).then_some(FindingCode::ItemNotInProcess),
        redirect_to: None,
        note: None,
        override_reason: kind.grants().then(|| Prose::parse("why", "because").unwrap()),
    }
}

/// Decided by `by` (a reviewer, since nothing was answered): every demand so.
fn decided(kind: DecisionKind, by: &Staff) -> Case {
    let case = then(verified(2).assess(Vec::new(), anna().id, now()));
    let decisions = vec![decision(&case, 1, kind), decision(&case, 2, kind)];
    then(case.decide(decisions, POLICY, by, now()))
}

fn approved(case: Case, by: u128) -> Case {
    let hash = case.draft().unwrap().scope_hash.clone();
    then(case.approve(ApprovalId(id(400 + by)), &hash, StaffId(id(by)), now()))
}

fn collected(case: Case, position: u32, outcome: CollectionOutcome) -> Case {
    let demand = case.demands.iter().find(|d| d.position == position).unwrap().id;
    let files = match outcome {
        CollectionOutcome::Collected => vec![document(500 + u128::from(position), DocumentKind::Collected)],
        CollectionOutcome::NoData => Vec::new(),
    };
    let account = Prose::parse("account", "query").unwrap();
    let named = files.iter().map(|f| f.id).collect();
    let result = CollectionResult { demand, outcome, account, files: named, by: StaffId(id(7)), at: now() };
    then(case.collect(result, files))
}

#[test]
fn the_steps_follow_the_stages() {
    assert_eq!(opened(vec![], 1).next_step(), NextStep::AttachPaper);
    let served = opened(vec![document(1, DocumentKind::Served)], 1);
    assert_eq!(served.next_step(), NextStep::Verify { confirmed: 0, needed: 1 });
    assert_eq!(verified(0).next_step(), NextStep::AddDemands);
    assert_eq!(verified(2).next_step(), NextStep::Assess);
    let assessed = then(verified(2).assess(Vec::new(), anna().id, now()));
    assert_eq!(assessed.next_step(), NextStep::Decide { open: vec![1, 2] });
    let waiting = decided(DecisionKind::NonContent, &celia());
    assert_eq!(waiting.next_step(), NextStep::Approve { given: 0, needed: 1 });
    let granted = approved(waiting, 9);
    assert_eq!(granted.next_step(), NextStep::Collect { done: 0, granted: 2 });
    let half = collected(granted, 1, CollectionOutcome::Collected);
    assert_eq!(half.next_step(), NextStep::Collect { done: 1, granted: 2 });
    let whole = collected(half, 2, CollectionOutcome::NoData);
    assert_eq!(whole.next_step(), NextStep::Release { files: 1 });
    let left = then(whole.release(Line::parse("to", "x").unwrap(), ReleaseMethod::Portal, anna().id, now()));
    assert_eq!(left.next_step(), NextStep::Close { outcome: Outcome::NonContentOnly });
    let ended = then(left.close(None, anna().id, now()));
    assert_eq!(ended.next_step(), NextStep::Nothing { outcome: Outcome::NonContentOnly });
}

#[test]
fn a_demand_left_at_clarify_is_still_to_decide() {
    let case = then(verified(2).assess(Vec::new(), anna().id, now()));
    let decisions = vec![decision(&case, 1, DecisionKind::Reject), decision(&case, 2, DecisionKind::Clarify)];
    let case = then(case.decide(decisions, POLICY, &anna(), now()));
    assert_eq!(case.next_step(), NextStep::Decide { open: vec![2] });
    assert_eq!(case.next_step().says(), "decide demand 2.");
}

#[test]
fn a_returned_draft_is_to_be_looked_at_again() {
    let case = decided(DecisionKind::Reject, &anna());
    let because = Prose::parse("because", "the period").unwrap();
    let case = then(case.return_draft(because, celia().id, now()));
    assert_eq!(case.next_step(), NextStep::Decide { open: vec![] });
    assert_eq!(case.next_step().says(), "look at the decisions again and send them to approval.");
}

#[test]
fn with_nothing_granted_or_nothing_found_the_next_step_is_to_close() {
    let rejected = approved(decided(DecisionKind::Reject, &anna()), 9);
    assert_eq!(rejected.next_step(), NextStep::Close { outcome: Outcome::Rejected });
    let empty = approved(decided(DecisionKind::NonContent, &celia()), 9);
    let empty = collected(collected(empty, 1, CollectionOutcome::NoData), 2, CollectionOutcome::NoData);
    assert_eq!(empty.next_step(), NextStep::Close { outcome: Outcome::NoData });
}

#[test]
fn who_edited_the_scope_is_kept_from_approving_and_a_fresh_reviewer_is_not() {
    let case = decided(DecisionKind::NonContent, &celia());
    let editor = celia().id;
    assert_eq!(case.keeps_from(Verb::Approve, &celia()), Some(Refusal::ApproverEdited { editor }));
    assert_eq!(case.keeps_from(Verb::Approve, &anna()), Some(Refusal::NoRight { verb: Verb::Approve }));
    assert_eq!(case.keeps_from(Verb::Approve, &person(9, &[Role::Reviewer])), None);
}

#[test]
fn who_called_back_or_collected_is_kept_from_releasing() {
    let case = approved(decided(DecisionKind::NonContent, &celia()), 9);
    let case = collected(collected(case, 1, CollectionOutcome::Collected), 2, CollectionOutcome::NoData);
    assert_eq!(case.keeps_from(Verb::Release, &mats()), Some(Refusal::ReleaserCalledBack));
    let collector = person(7, &[Role::Fulfiller, Role::Analyst]);
    assert_eq!(case.keeps_from(Verb::Release, &collector), Some(Refusal::ReleaserCollected));
    assert_eq!(case.keeps_from(Verb::Release, &anna()), None);
}

#[test]
fn before_its_gate_a_verb_is_kept_back_by_that_gate() {
    let case = opened(vec![document(1, DocumentKind::Served)], 1);
    let shut = |gate, verb| Some(Refusal::GateShut { gate, verb });
    assert_eq!(case.keeps_from(Verb::Assess, &anna()), shut(Gate::Verified, Verb::Assess));
    assert_eq!(case.keeps_from(Verb::Decide, &anna()), shut(Gate::Verified, Verb::Decide));
    assert_eq!(case.keeps_from(Verb::Close, &anna()), shut(Gate::Verified, Verb::Close));
    assert_eq!(case.keeps_from(Verb::Verify, &anna()), None);
}

#[test]
fn who_confirmed_once_can_not_confirm_again() {
    let mut emergency = paper();
    emergency.instrument = Instrument::EmergencyRequest;
    let case = then(opened(vec![document(1, DocumentKind::Served)], 1).amend(emergency, anna().id, now()));
    let account = Prose::parse("account", "rang").unwrap();
    let (method, result) = (CheckMethod::CallBack, CheckResult::Confirmed);
    let check =
        Check { id: CheckId(id(301)), method, result, account, by: mats().id, at: now().plus(TimeDelta::hours(1)) };
    let case = then(case.verify(check));
    assert_eq!(case.next_step().says(), "verify the requester; 1 of 2 people have confirmed.");
    assert_eq!(case.keeps_from(Verb::Verify, &mats()), Some(Refusal::SameChecker));
    assert_eq!(case.keeps_from(Verb::Verify, &anna()), None);
}
