//! What each event is in the log, byte for byte. A golden file is written once and never edited: an entry of any age
//! must be readable, and a new shape is a new kind. New kinds come in files of their own, `events-v1-*.json`.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;
use writ::audit::{Handover, SigningKey};
use writ::domain::agency::{Agency, Country, Officer};
use writ::domain::alarm::Acknowledgement;
use writ::domain::assessment::{Assessment, Finding, Limits, PackRef, RuleUsed};
use writ::domain::audit_note::{AuditAnswer, AuditNote, Severity};
use writ::domain::case::{Answer, Assessed, CaseReference, Returned, ScopeEdit};
use writ::domain::checklist::{CheckAnswer, FacialCheck, Tick};
use writ::domain::clock::{ClockKind, ClockMoved, ClockOwner, ClockSettled, Counted, Otherwise};
use writ::domain::comment::{Comment, Link, LinkKind};
use writ::domain::data_class::DataClass;
use writ::domain::decision::{
    Approval, Closing, CollectionOutcome, CollectionResult, Decision, DecisionKind, Draft, Release, ReleaseMethod,
};
use writ::domain::demand::{Asked, Demand, Period};
use writ::domain::document::{Document, DocumentKind};
use writ::domain::erasure::{
    Erased, Erasure, ErasureAnswer, ErasureGround, ErasureItem, Left, Remains, RemainsOfService,
};
use writ::domain::event::{CaseOpened, Event, Payloads};
use writ::domain::finding::FindingCode;
use writ::domain::hold::{Hold, Lifted};
use writ::domain::id::{
    AgencyId, AlarmId, ApprovalId, AuditNoteId, CaseId, CheckId, CommentId, DemandId, DocumentId, ErasureId, HoldId,
    LawProposalId, LinkId, OfficerId, PastCaseId, SampleId, SecrecyOrderId, StaffId, StaffRequestId, TeamId, TokenId,
};
use writ::domain::identifier::{Identifier, IdentifierKind};
use writ::domain::instrument::Instrument;
use writ::domain::mail::MailKind;
use writ::domain::outcome::Outcome;
use writ::domain::paper::{Paper, Requester};
use writ::domain::past_case::{Particulars, PastCase, ServiceWord, Source};
use writ::domain::redirect::{Organisation, RedirectAnswer, RedirectResult};
use writ::domain::requester::{CustomerType, RequesterLevel, RequesterType};
use writ::domain::retention::KeptBack;
use writ::domain::rulebook::{LawAdopted, LawProposal};
use writ::domain::sample::{Sample, SampleOf};
use writ::domain::second_admin::{StaffChange, StaffRequest};
use writ::domain::secrecy::{SecrecyOrder, SecrecySource};
use writ::domain::staff::{Role, Verb};
use writ::domain::stage::{Compartment, Stage};
use writ::domain::stated::Stated;
use writ::domain::text::Line;
use writ::domain::time::Instant;
use writ::domain::verdict::{Disposition, MinProcess, Verdict};
use writ::domain::verification::{Check, CheckMethod, CheckResult};
use writ::domain::wait::{Wait, WaitEnded, WaitKind};

use crate::support::papers::{day, prose, subpoena};
use crate::support::world::{a_year, line};

/// The note by which one key hands over to the next.
fn handover() -> String {
    let key = |seed| SigningKey::from_seed("writ.example/log", &[seed; 32]).unwrap();
    Handover::sign(1, 417, &key(3), &key(4)).unwrap()
}

/// All golden files together. A kind stands in one of them only.
fn golden() -> BTreeMap<String, Value> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut all = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        if !file.file_name().unwrap().to_string_lossy().starts_with("events-v1") {
            continue;
        }
        let kinds: BTreeMap<String, Value> = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        for (kind, payloads) in kinds {
            assert!(all.insert(kind.clone(), payloads).is_none(), "{kind} stands in two golden files");
        }
    }
    all
}

#[test]
fn each_event_is_written_and_read_as_the_golden_file_says() {
    let golden = golden();
    let events = events();
    let written = |event: &Event| {
        let Payloads { kind, process, personal } = event.split().unwrap();
        (kind, json!({ "process": process, "personal": personal }))
    };
    let new: BTreeMap<String, Value> =
        events.iter().map(written).filter(|(kind, _)| !golden.contains_key(kind)).collect();
    assert!(new.is_empty(), "no golden file has these yet:\n{}", serde_json::to_string_pretty(&new).unwrap());
    for event in &events {
        let Payloads { kind, process, personal } = event.split().unwrap();
        let now = json!({ "process": process, "personal": personal });
        assert_eq!(golden.get(&kind), Some(&now), "{kind} is written otherwise than it was: {now}");
        let text = |part: &str| golden[&kind][part].as_str().unwrap().to_owned();
        let stored = Payloads { process: text("process"), personal: text("personal"), kind };
        assert_eq!(Event::join(&stored).as_ref(), Ok(event));
    }
    assert_eq!(events.len(), golden.len(), "the golden file and this test know different events");
}

#[test]
fn the_process_payload_alone_tells_what_gates_and_reports_go_by() {
    let told = |kind: &str, facts: &[&str]| {
        let event = events().into_iter().find(|event| event.kind() == kind).unwrap();
        let process = event.split().unwrap().process;
        for fact in facts {
            assert!(process.contains(fact), "{kind} does not tell {fact}: {process}");
        }
    };
    told("case.opened", &["grand_jury_subpoena", "US", "bsi", "consumer", "served", "2026-10-30"]);
    told("requester.checked", &["call_back", "\"result\":\"confirmed\""]);
    told("case.assessed", &["needs_higher_process", "us-subpoena-reaches-list", "us-federal", "data_not_held"]);
    told("decision.drafted", &["non_content", "redirect", "customer_enterprise", "scope_hash", "approvals_needed"]);
    told("decision.approved", &["scope_hash", "scope_revision"]);
    told("collection.recorded", &["\"outcome\":\"collected\"", "\"files\":[\"00000000-0000-0000-0000-00000000000d\"]"]);
    told("production.released", &["portal", "\"files\":1"]);
    told("case.closed", &["non_content_only"]);
    told("case.imported", &["2013-01-01", "US", "enterprise", "\"identifier_count\":3", "consent", "storage_sync"]);
}

fn erasure_answer() -> ErasureAnswer {
    ErasureAnswer { erasure: ErasureId(id(24)), by: StaffId(id(3)), at: at() }
}

fn counted() -> Counted {
    let at = |text: &str| Instant::new(text.parse::<chrono::DateTime<chrono::Utc>>().unwrap());
    Counted {
        rule: "us-clock-answer-by-return-date".to_owned(),
        kind: ClockKind::Answer,
        title: "Answer by the day on the paper".to_owned(),
        starts_at: Some(at("2026-10-30T14:05:00Z")),
        due_at: at("2026-11-18T08:00:00Z"),
        due_on: day(2026, 11, 17),
        zone: "America/Los_Angeles".to_owned(),
        told: "stated: Tue 17 Nov 2026 → Tue 17 Nov 2026 24:00".to_owned(),
        warn_at: vec![at("2026-11-17T08:00:00Z")],
        owner: ClockOwner::Assignee,
        otherwise: Otherwise::Late,
        stands_still: vec![WaitKind::AwaitingRequester],
        cites: vec!["Practice: the date the paper states".to_owned()],
        pack: "us-federal".to_owned(),
        version: "2026-11-23".to_owned(),
        review_status: "counsel to confirm".to_owned(),
    }
}

fn with_period(demand: Demand, (from, to): (chrono::NaiveDate, chrono::NaiveDate)) -> Demand {
    let period = Period::new(Some(from), Some(to)).unwrap();
    Demand { asked: Asked { period, ..demand.asked }, ..demand }
}

/// One of each.
fn events() -> Vec<Event> {
    let (staff, at) = (StaffId(id(1)), at());
    let edit = ScopeEdit { revision: 2, by: staff, at };
    let closing = |outcome, note: &str| Closing { outcome, note: Some(prose(note)), by: staff, at };
    vec![
        Event::LawProposed(proposal()),
        Event::LawAdopted(LawAdopted {
            proposal: Some(proposal().id),
            rulebook: proposal().rulebook,
            packs: proposal().packs,
            pack_files: Vec::new(),
        }),
        Event::LawDeclined(proposal()),
        Event::RegisterCreated { is_demo: false, software: "writ 0.1.0".to_owned() },
        Event::RegisterGenerated { cases: 100_000, seed: 7 },
        Event::TeamAdded { team: TeamId(id(2)), name: line("Legal requests") },
        Event::StaffAdded {
            staff,
            name: "anna".to_owned(),
            full_name: line("Anna Adler"),
            roles: [Role::Analyst, Role::Reviewer].into(),
            teams: [TeamId(id(2))].into(),
            is_cleared: false,
            email: None,
            watched_until: None,
            secret_sha256: None,
        },
        Event::TokenAdded { staff, token: None, expires_at: None, name: None, secret_sha256: None },
        Event::StaffChanged {
            staff,
            full_name: line("Anna Adler"),
            roles: [Role::Analyst, Role::Reviewer].into(),
            teams: [TeamId(id(2))].into(),
            is_cleared: true,
            email: Some(line("anna@writ.example")),
            watched_until: Some(at),
        },
        Event::StaffChangeAsked(staff_request(StaffChange::Grant)),
        Event::StaffChangeConfirmed(staff_request(StaffChange::ResetPassword)),
        Event::StaffChangeDeclined(staff_request(StaffChange::Reactivate)),
        Event::StaffDeactivated { staff },
        Event::StaffReactivated { staff, watched_until: Some(at) },
        Event::PasswordChanged { staff, secret_sha256: None },
        Event::PasswordReset { staff, watched_until: Some(at), secret_sha256: None },
        Event::SessionsEnded { staff, count: 2 },
        Event::TokenRevoked { staff, token: TokenId(id(16)) },
        Event::TeamRenamed { team: TeamId(id(2)), name: line("Europe") },
        Event::SignedIn { staff },
        Event::SignInFailed { staff },
        Event::SignedOut { staff },
        Event::AgencyAdded(Agency {
            id: AgencyId(id(3)),
            name: line("Bureau of Sample Inquiries"),
            country: us(),
            level: RequesterLevel::State,
            kind: RequesterType::LawEnforcement,
            state: Some(line("WA")),
        }),
        Event::OfficerAdded(Officer {
            id: OfficerId(id(4)),
            agency: AgencyId(id(3)),
            name: line("Casey Mockford"),
            title: Some(line("Special Agent")),
            email: Some(line("casey.mockford@bsi.example")),
            phone: None,
        }),
        Event::DocumentReceived { document: document(5, DocumentKind::Served) },
        Event::CaseOpened(Box::new(CaseOpened {
            id: CaseId(id(6)),
            reference: CaseReference::new(2026, 1),
            compartment: Compartment::Restricted,
            named: [staff].into(),
            team: TeamId(id(2)),
            paper: paper(),
            documents: vec![document(5, DocumentKind::Served)],
            demands: vec![demand()],
            scope_salt: "5a".repeat(32),
            edit: ScopeEdit { revision: 1, by: staff, at },
        })),
        Event::CaseAmended { paper: Box::new(paper()), edit },
        Event::DocumentAttached { document: document(8, DocumentKind::Evidence) },
        Event::RequesterChecked {
            check: Check {
                id: CheckId(id(9)),
                method: CheckMethod::CallBack,
                result: CheckResult::Confirmed,
                account: prose("Rang the published number."),
                by: staff,
                at,
            },
        },
        Event::DemandAdded { demand: demand(), edit },
        Event::DemandChanged { demand: demand(), edit },
        Event::DemandRemoved { demand: DemandId(id(7)), edit },
        Event::DemandSplit {
            kept: with_period(demand(), (day(2026, 1, 1), day(2026, 5, 31))),
            added: Box::new(Demand {
                id: DemandId(id(19)),
                position: 2,
                ..with_period(demand(), (day(2026, 6, 1), day(2026, 10, 20)))
            }),
            edit,
        },
        Event::SecrecyRecorded {
            order: SecrecyOrder {
                id: SecrecyOrderId(id(10)),
                source: SecrecySource::CourtOrder,
                issuer: Some(line("District of Meridiana")),
                docket: Some(line("3:26-mj-00417")),
                grounds: Some(prose("18 U.S.C. § 2705(b)")),
                starts_on: day(2026, 10, 26),
                ends_on: Stated::Is(day(2027, 10, 26)),
                by: staff,
                at,
            },
        },
        Event::CaseAssessed { assessed: assessed() },
        Event::DecisionDrafted { draft: draft(), edit },
        Event::DecisionApproved {
            approval: Approval {
                id: ApprovalId(id(11)),
                scope_revision: 2,
                scope_hash: "ab".repeat(32),
                by: StaffId(id(12)),
                at,
            },
        },
        Event::DecisionReturned { returned: Returned { because: prose("Mend the period."), by: StaffId(id(12)), at } },
        Event::CollectionRecorded {
            result: CollectionResult {
                demand: DemandId(id(7)),
                outcome: CollectionOutcome::Collected,
                account: prose("Asked the store."),
                files: vec![DocumentId(id(13))],
                by: StaffId(id(14)),
                at,
            },
            files: vec![document(13, DocumentKind::Collected)],
        },
        Event::ProductionReleased {
            release: Release {
                to: line("Casey Mockford"),
                method: ReleaseMethod::Portal,
                manifest_sha256: "cd".repeat(32),
                files: 1,
                by: staff,
                at,
            },
        },
        Event::CaseClosed { closing: closing(Outcome::NonContentOnly, "Answered.") },
        Event::CaseWithdrawn { closing: closing(Outcome::Withdrawn, "Taken back.") },
        Event::DemandsAdded { demands: vec![of_an_organisation()], edit },
        Event::CaseAssigned { assignee: Some(StaffId(id(12))), note: Some(prose("The clock runs out on Monday.")) },
        Event::WaitStarted {
            wait: Wait {
                kind: WaitKind::AwaitingRequester,
                because: prose("Asked for the signed copy."),
                expected_on: Some(day(2026, 11, 24)),
                by: staff,
                at,
            },
        },
        Event::WaitEnded { ended: WaitEnded { account: prose("The signed copy came."), by: staff, at } },
        Event::ClocksCounted { clocks: vec![counted()] },
        Event::ClockMoved {
            moved: ClockMoved {
                clock: "us-clock-answer-by-return-date".to_owned(),
                due_on: day(2026, 11, 24),
                due_at: at,
                because: prose("The office gave us a week more, by letter."),
                by: staff,
                at,
            },
        },
        Event::ClockSettled {
            settled: ClockSettled {
                clock: "us-clock-answer-by-return-date".to_owned(),
                account: prose("The office wants nothing any more."),
                by: staff,
                at,
            },
        },
        Event::FeedAdded { staff, secret_sha256: None },
        Event::FeedRevoked { staff },
        Event::ChecklistTicked {
            ticks: vec![Tick {
                item: FacialCheck::Signature,
                answer: CheckAnswer::Defect,
                note: Some(line("no signature on page 2")),
                by: StaffId(id(12)),
                at,
            }],
        },
        Event::RedirectAnswered {
            answer: RedirectAnswer {
                result: RedirectResult::Consent,
                account: prose("Its administrator agreed in writing."),
                scope_revision: 2,
                by: staff,
                at,
            },
            edit: Some(ScopeEdit { revision: 3, by: staff, at }),
        },
        Event::CommentAdded {
            comment: Comment {
                id: CommentId(id(16)),
                case: CaseId(id(6)),
                text: prose("Rang back at noon."),
                by: staff,
                at,
            },
        },
        Event::CaseLinked {
            link: Link {
                id: LinkId(id(17)),
                case: CaseId(id(6)),
                other: CaseId(id(18)),
                kind: LinkKind::FollowsPreservation,
                note: Some(line("kept since May")),
                by: staff,
                at,
            },
        },
        Event::CaseUnlinked { link: LinkId(id(17)) },
        Event::ListExported {
            list: "queue".to_owned(),
            filters: vec!["tab=open".to_owned(), "due=late".to_owned()],
            hits: 12,
        },
        Event::RegisterSearched { words: line("casey mockford"), hits: 3 },
        Event::CaseViewed { was_sealed: true },
        Event::DocumentViewed { document: DocumentId(id(5)) },
        Event::TaskViewed {},
        Event::LogViewed {},
        Event::SampleDrawn(Sample {
            id: SampleId(id(21)),
            list: SampleOf::ClosedCases,
            filters: vec!["from=2026-07-01".to_owned(), "to=2026-09-30".to_owned()],
            size: 4_711,
            population: 120,
            seed: "0a".repeat(32),
            entries: vec![17, 1_204],
        }),
        Event::SampleTicked { sample: SampleId(id(21)), seq: 17 },
        Event::NoteAdded { note: audit_note(None) },
        Event::FindingRaised { note: audit_note(Some(Severity::Deviation)) },
        Event::FindingAnswered { answer: audit_answer("We rang the number on the paper.") },
        Event::FindingClosed { answer: audit_answer("The number is verified now.") },
        Event::HoldPlaced(Hold {
            id: HoldId(id(23)),
            case: CaseId(id(1)),
            what_for: prose("Doe v. Roe, letter of counsel."),
            by: StaffId(id(2)),
            at,
        }),
        Event::HoldLifted(Lifted { hold: HoldId(id(23)), because: prose("Settled."), by: StaffId(id(2)), at }),
        Event::ErasureProposed(Erasure {
            id: ErasureId(id(24)),
            ground: ErasureGround::Schedule,
            schedules: vec![a_year()],
            items: vec![ErasureItem { case: CaseId(id(1)), schedule: Some("a year".to_owned()) }],
            because: Some(prose("The yearly run.")),
            by: StaffId(id(2)),
            at,
        }),
        Event::ErasureApproved { answer: erasure_answer() },
        Event::ErasureDeclined { answer: erasure_answer() },
        Event::ErasurePassedOver { erasure: ErasureId(id(24)), case: CaseId(id(1)), kept_back: KeptBack::OnHold },
        Event::PayloadErased(Box::new(Erased {
            erased: vec![(4, 4), (9, 12)],
            case: CaseId(id(1)),
            erasure: ErasureId(id(24)),
            ground: ErasureGround::Schedule,
            schedule: Some("a year".to_owned()),
            proposed_by: StaffId(id(2)),
            approved_by: StaffId(id(3)),
            left: Some(Left {
                reference: CaseReference::new(2026, 42),
                compartment: Compartment::Ordinary,
                named: [].into(),
                team: TeamId(id(4)),
                officer: Some(OfficerId(id(5))),
                counted: Remains {
                    received_on: day(2026, 10, 30),
                    country: "US".to_owned(),
                    instrument: Instrument::GrandJurySubpoena,
                    customer: CustomerType::Consumer,
                    accounts: 2,
                    outcome: Outcome::NonContentOnly,
                    is_overridden: false,
                    disclosed_by: None,
                    services: vec![RemainsOfService {
                        service: "account".to_owned(),
                        accounts: 2,
                        outcome: Outcome::NonContentOnly,
                    }],
                },
            }),
        })),
        Event::FindingViewed { finding: AuditNoteId(id(22)) },
        Event::InstallationKeyProtected { is_sealed: true },
        Event::AlarmRaised { alarm: AlarmId(id(20)), place: "log_process".to_owned(), seq: Some(57) },
        Event::AlarmAcknowledged {
            acknowledgement: Acknowledgement {
                alarm: AlarmId(id(20)),
                role: Role::Auditor,
                because: prose("The disk broke; a copy is kept."),
                by: StaffId(id(12)),
                at,
            },
        },
        Event::LogVerified { size: 417, is_sound: true },
        Event::LogExported { size: 140 },
        Event::BundleExported { first: 12, end: 140, has_personal: false },
        Event::ArchiveExported { count: 3, size: 48_211, because: prose("For the external audit of 2026-Q4.") },
        Event::EntryUnsealed { seq: 12, because: prose("Sample 2026-Q4, item 3.") },
        Event::CheckpointSigned { size: 417 },
        Event::CheckpointCosigned { size: 417, cosignature: "— witness.example/w1 jWbPPwAA\n".into() },
        Event::KeyHandedOver { handover: handover() },
        Event::InstallationKeyRotated {
            count: 1204,
            key_before: "0f1e2d3c4b5a6978".to_owned(),
            key_now: "8796a5b4c3d2e1f0".to_owned(),
        },
        Event::BackupMade { size: 417, count: 96, has_keys: true },
        Event::RegisterRestored { size: 417, at, missing: 12 },
        Event::ReportDrawn { report: "transparency".to_owned() },
        Event::CaseImported(Box::new(past_case())),
        Event::MailSent { kind: MailKind::ApprovalAsked, staff },
        Event::MailRetried { kind: MailKind::ApprovalAsked, staff },
        Event::ActionRefused { verb: Verb::Approve, refusal: "gate_shut".to_owned(), stage: Some(Stage::Triage) },
    ]
}

// ── what they hold ───────────────────────────────────────────────────────────────

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn at() -> Instant {
    Instant::from_micros(1_793_000_000_123_456).unwrap()
}

fn staff_request(change: StaffChange) -> StaffRequest {
    let roles = if change == StaffChange::Grant { [Role::Reviewer].into() } else { [].into() };
    StaffRequest { id: StaffRequestId(id(17)), staff: StaffId(id(1)), change, roles, by: StaffId(id(18)), at: at() }
}

fn us() -> Country {
    Country::parse("country", "US").unwrap()
}

fn audit_note(severity: Option<Severity>) -> AuditNote {
    AuditNote {
        id: AuditNoteId(id(22)),
        seq: Some(17),
        case: Some(CaseId(id(6))),
        sample: Some(SampleId(id(21))),
        severity,
        text: prose("The call-back went to a number from the paper."),
        by: StaffId(id(12)),
        at: at(),
    }
}

fn audit_answer(words: &str) -> AuditAnswer {
    AuditAnswer { finding: AuditNoteId(id(22)), text: prose(words), by: StaffId(id(1)), at: at() }
}

fn paper() -> Paper {
    let read = subpoena().entry;
    Paper {
        instrument: read.instrument,
        issuing_authority: read.issuing_authority,
        issuer: read.issuer,
        requester: Requester {
            agency: AgencyId(id(3)),
            officer: Some(OfficerId(id(4))),
            country: us(),
            level: RequesterLevel::State,
            kind: RequesterType::LawEnforcement,
            state: Some(line("WA")),
        },
        docket: read.docket,
        legal_basis: Stated::None,
        matter: read.matter,
        channel: read.channel,
        received_at: read.received_at,
        issued_on: read.issued_on,
        return_by: read.return_by,
        execute_by: read.execute_by,
        authorised_from: Stated::Unknown,
        authorised_to: read.authorised_to,
        customer: read.customer,
        is_signed: Some(true),
        names_served_entity: Some(true),
        lacks_attachments: None,
        is_particular: Some(true),
        statute_covers: Some(true),
        more: [("stated_purpose".to_owned(), json!("an inquiry")), ("item_no".to_owned(), json!(3))].into(),
    }
}

fn demand() -> Demand {
    Demand {
        id: DemandId(id(7)),
        position: 1,
        asked: Asked {
            identifier: Identifier::parse(IdentifierKind::IpAddress, "192.0.2.7:443 at 2026-03-04T05:06:07Z", None)
                .unwrap(),
            service: "account".to_owned(),
            category: "registration".to_owned(),
            data_class: DataClass::Bsi,
            words: Some(line("records of the account")),
            period: Period { from: Some(day(2026, 1, 1)), to: None },
            in_signed_paper: Some(true),
            is_ours: None,
            organisation: None,
        },
    }
}

fn of_an_organisation() -> Demand {
    let organisation = Organisation {
        name: line("Example Customer GmbH"),
        contact: Some(line("Its general counsel")),
        reach: Some(line("counsel@customer.example")),
    };
    let mut demand = Demand { id: DemandId(id(15)), position: 2, ..demand() };
    demand.asked.organisation = Some(organisation);
    demand
}

fn document(number: u128, kind: DocumentKind) -> Document {
    Document {
        id: DocumentId(id(number)),
        case: CaseId(id(6)),
        kind,
        demand: (kind == DocumentKind::Collected).then_some(DemandId(id(7))),
        file_name: line("subpoena.pdf"),
        media_type: "application/pdf".to_owned(),
        size: 4_417,
        sha256: "ef".repeat(32),
        received_at: at(),
        received_by: StaffId(id(1)),
    }
}

fn assessed() -> Assessed {
    let finding = Finding {
        code: FindingCode::DataNotHeld,
        rule: "catalogue demo".to_owned(),
        blocks: false,
        says: "It is kept from 2026-01-01 on.".to_owned(),
        cure: String::new(),
        held_from: None,
    };
    let rule = RuleUsed {
        pack: "us-federal".to_owned(),
        id: "us-subpoena-reaches-list".to_owned(),
        did: "permitted".to_owned(),
        says: "A subpoena reaches the list.".to_owned(),
        cites: vec!["18 U.S.C. § 2703(c)(2)".to_owned()],
        review_status: "unreviewed".to_owned(),
    };
    let assessment = Assessment {
        verdict: Verdict::NeedsHigherProcess,
        basis_verdict: Some(Verdict::Permitted),
        disposition: Disposition::Reject,
        min_process: Some(MinProcess::ALL[0]),
        findings: vec![finding],
        duties: [("user_notice".to_owned(), json!({ "required": true, "by": "2026-11-17" }))].into(),
        limits: Limits::default(),
        citations: vec!["18 U.S.C. § 2703(c)(2)".to_owned()],
        rules: vec![rule],
        missing_facts: vec!["prior".to_owned()],
        facts_used: [("case_ref".to_owned(), json!("26-GJ-0117-04")), ("matter".to_owned(), json!("criminal"))].into(),
        other_facts: BTreeMap::new(),
        why: "The paper is not enough.".to_owned(),
        would_change: vec!["A court order would reach it.".to_owned()],
        packs: vec![PackRef {
            pack: "us-federal".to_owned(),
            version: "2026-11-21".to_owned(),
            sha256: "01".repeat(32),
        }],
        rulebook: String::new(),
    };
    Assessed {
        answers: vec![Answer { demand: DemandId(id(7)), assessment }],
        scope_revision: 2,
        by: StaffId(id(1)),
        at: at(),
    }
}

fn proposal() -> LawProposal {
    LawProposal {
        id: LawProposalId(id(16)),
        rulebook: "ab".repeat(32),
        packs: vec![PackRef { pack: "meridiana".to_owned(), version: "1".to_owned(), sha256: "cd".repeat(32) }],
        pack_files: Vec::new(),
        because: prose("The Meridiana Privacy Act is in force."),
        by: StaffId(id(1)),
        at: at(),
    }
}

fn past_case() -> PastCase {
    PastCase {
        id: PastCaseId(id(16)),
        is: Particulars {
            source: Source::parse("old-register").unwrap(),
            source_reference: line("LE-2013-0042 Mockford"),
            received_on: day(2013, 1, 1),
            is_day_known: false,
            country: us(),
            instrument: Some(Instrument::SearchWarrant),
            agency_name: Some(line("Bureau of Sample Inquiries")),
            docket: Some(line("3:13-mj-00417")),
            customer: CustomerType::Enterprise,
            identifier_count: 3,
            outcome: Outcome::Content,
            disclosed_by: Some(RedirectResult::Consent),
            services: vec![ServiceWord::parse("mail").unwrap(), ServiceWord::parse("Storage & Sync").unwrap()],
        },
    }
}

fn draft() -> Draft {
    let text = |words: &str| Some(Line::parse("line", words).unwrap());
    let granted = Decision {
        demand: DemandId(id(7)),
        kind: DecisionKind::NonContent,
        reason: None,
        redirect_to: None,
        note: text("as the paper asks"),
        override_reason: Some(prose("The court asked us by name.")),
    };
    let redirected = Decision {
        demand: DemandId(id(15)),
        kind: DecisionKind::Redirect,
        reason: Some(FindingCode::CustomerEnterprise),
        redirect_to: text("Example Customer GmbH"),
        note: None,
        override_reason: None,
    };
    Draft {
        decisions: vec![granted, redirected],
        scope_hash: "ab".repeat(32),
        approvals_needed: 2,
        by: StaffId(id(1)),
        at: at(),
    }
}
