//! The register under its actions: nothing is saved without its entry, nothing is left by halves, rows read back as
//! they were written, and what the triggers forbid cannot be done past the program either.

use std::collections::BTreeSet;

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use writ::actions::ActionError;
use writ::actions::answer_redirect::{AnswerRedirect, answer_redirect};
use writ::actions::on_case::OnCase;
use writ::actions::view_log::{LogAsked, view_log};
use writ::domain::case::Case;
use writ::domain::decision::{Decision, DecisionKind};
use writ::domain::document::DocumentKind;
use writ::domain::event::Event;
use writ::domain::finding::FindingCode;
use writ::domain::id::CaseId;
use writ::domain::instrument::Instrument;
use writ::domain::outcome::Outcome;
use writ::domain::queue::{Filter, Lane, SortBy};
use writ::domain::redirect::RedirectResult;
use writ::domain::staff::Role;
use writ::domain::stage::{Compartment, Stage};
use writ::domain::verification::{CheckMethod, CheckResult};
use writ::store::queue;
use writ::store::staff::{Session, insert_session};
use writ::store::{About, Conn, StoreError};

use crate::support::on_both;
use crate::support::papers::{
    Paper, asked, asked_about, officer, plea, preservation_letter, prose, secrecy_order, subpoena, warrant,
};
use crate::support::people::{Acted, Acts, as_assessed, grant, reject};
use crate::support::world::{World, line};

on_both! {
    an_act_that_records_nothing_saves_nothing,
    an_act_that_fails_in_the_middle_leaves_neither_row_nor_entry,
    an_act_that_panics_leaves_nothing_and_the_next_one_goes_on,
    a_reading_that_panics_spoils_no_connection,
    a_refused_act_is_undone_and_leaves_exactly_one_entry,
    a_refusal_that_cannot_be_recorded_harms_nothing_else,
    acts_from_eight_threads_make_one_log_without_gaps,
    who_acts_on_an_older_version_is_told_who_changed_it,
    every_row_reads_back_as_the_state_the_act_gave,
    a_case_in_which_nothing_was_found_reads_back_and_closes_as_no_data,
    a_case_that_only_keeps_data_reads_back_and_closes_without_release,
    a_case_with_content_needs_two_approvals_and_reads_back_between_them,
    a_case_that_grants_nothing_goes_from_approval_to_closed,
    a_case_withdrawn_at_any_stage_reads_back,
    an_emergency_is_verified_by_two_people,
    a_national_security_case_shows_nothing_of_itself_in_the_log,
    pages_of_the_queue_show_every_case_once,
    every_connection_has_the_settings_that_evidence_needs,
    a_row_that_makes_no_sense_is_named_and_never_guessed,
    sql_past_the_program_cannot_approve_for_an_editor,
    sql_past_the_program_cannot_rewrite_the_log,
}

// ── no act without its entry, no half acts ───────────────────────────────────────

fn an_act_that_records_nothing_saves_nothing(world: &World) {
    let session = session(world, "a");
    let (kept, entries) = world.entries_of(|| {
        let kept = session.clone();
        world.ctx.write(&world.anna().who.staff, move |tx| Ok(insert_session(tx, &kept)?))
    });
    assert!(matches!(kept, Err(ActionError::Store(StoreError::Unrecorded))), "{kept:?}");
    assert!(entries.is_empty());
    assert_eq!(world.raw().count("sessions"), 0);
}

fn an_act_that_fails_in_the_middle_leaves_neither_row_nor_entry(world: &World) {
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let entries = world.log().len();
    let tables = ["demands", "scope_edits", "log_process", "log_personal", "log_node"];
    let rows = |raw: &mut crate::support::raw::Raw| tables.map(|table| raw.count(table));
    let mut raw = world.raw();
    let before = rows(&mut raw);

    // The edit of the scope is the last row that adding a demand writes.
    break_inserts_into(&mut raw, "scope_edits");
    let failed = world.anna().adds(&case, asked("account/sign_in_access"));
    assert!(matches!(failed, Err(ActionError::Store(StoreError::Down(_)))), "{failed:?}");
    assert_eq!(world.case(case.id), case);
    assert_eq!((world.log().len(), rows(&mut raw)), (entries, before));

    mend_inserts_into(&mut raw, "scope_edits");
    kept(world, world.anna().adds(&case, asked("account/sign_in_access")));
}

fn an_act_that_panics_leaves_nothing_and_the_next_one_goes_on(world: &World) {
    let session = session(world, "a");
    let (failed, entries) = world.entries_of(|| {
        world.ctx.write::<()>(&world.anna().who.staff, move |tx| {
            insert_session(tx, &session)?;
            tx.record(&Event::LogViewed {}, About::Register)?;
            panic!("an act of this test panics on purpose")
        })
    });
    assert!(matches!(failed, Err(ActionError::Store(StoreError::Down(_)))));
    assert!(entries.is_empty());
    assert_eq!(world.raw().count("sessions"), 0);
    world.anna().opens(subpoena()).done();
}

fn a_reading_that_panics_spoils_no_connection(world: &World) {
    let case = world.anna().opens(subpoena()).done();
    for _ in 0..8 {
        let read = || world.read(|_| -> Result<(), StoreError> { panic!("a reading of this test panics on purpose") });
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).is_err());
    }
    let changed = world.anna().adds(&case, asked("account/registration")).done();
    assert_eq!(world.case(case.id), changed);
}

fn a_refused_act_is_undone_and_leaves_exactly_one_entry(world: &World) {
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let (refused, entries) = world.entries_of(|| world.carla().approves(&case));
    let refused = refused.refused_as("gate_shut");
    assert_eq!(refused.stage, Some(Stage::Triage));
    assert_eq!(entries.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(), ["action.refused"]);
    let entry = &entries[0];
    assert_eq!(entry.actor, format!("staff:{}", world.carla().id()));
    assert_eq!(entry.case_key, Some(case.id.to_string()));
    assert_eq!(entry.process, r#"{"refusal":"gate_shut","stage":"triage","verb":"approve"}"#);

    // What the act had done before it was refused is gone.
    let session = session(world, "b");
    let (_, entries) = world.entries_of(|| {
        world.ctx.write::<()>(&world.anna().who.staff, move |tx| {
            insert_session(tx, &session)?;
            tx.record(&Event::LogViewed {}, About::Register)?;
            let refusal = writ::domain::refusal::Refusal::NoDemands;
            Err(ActionError::refused(refusal, writ::domain::staff::Verb::Assess))
        })
    });
    assert_eq!(entries.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(), ["action.refused"]);
    assert_eq!(world.raw().count("sessions"), 0);
}

fn a_refusal_that_cannot_be_recorded_harms_nothing_else(world: &World) {
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let mut raw = world.raw();
    break_inserts_into(&mut raw, "log_node");
    let (failed, entries) = world.entries_of(|| world.carla().approves(&case));
    assert!(matches!(failed, Err(ActionError::Store(_))), "{failed:?}");
    assert!(entries.is_empty(), "half of an entry stays: {entries:?}");
    mend_inserts_into(&mut raw, "log_node");
    kept(world, world.anna().verifies(&case));
}

fn acts_from_eight_threads_make_one_log_without_gaps(world: &World) {
    let case = world.anna().opens(subpoena()).done();
    let ((), entries) = world.entries_of(|| {
        std::thread::scope(|scope| {
            for number in 0..8 {
                let (store, about) = (world.ctx.clone(), About::Case(case.id, Compartment::Ordinary));
                let staff = world.anna().who.staff;
                scope.spawn(move || {
                    for _ in 0..10 {
                        let event = Event::CaseViewed { was_sealed: number % 2 == 0 };
                        let recorded = store.write(&staff, move |tx| Ok(tx.record(&event, about)?));
                        recorded.done();
                    }
                });
            }
            for number in 0..4 {
                scope.spawn(move || {
                    let phone = format!("+1 202 555 01{number}0");
                    let add = || world.ben().adds(&world.case(case.id), asked_about(&phone, "account/registration"));
                    while let Err(ActionError::Conflict(_)) = add() {}
                });
            }
        });
    });
    assert_eq!(entries.iter().filter(|e| e.kind == "case.viewed").count(), 80);
    assert_eq!(entries.iter().filter(|e| e.kind == "demand.added").count(), 4);
    assert_eq!(entries.len(), 84);
    let numbers: Vec<i64> = world.log().iter().map(|e| e.seq).collect();
    assert_eq!(numbers, (0..i64::try_from(numbers.len()).unwrap()).collect::<Vec<_>>());
    assert_eq!(world.case(case.id).version, case.version + 4);
}

fn who_acts_on_an_older_version_is_told_who_changed_it(world: &World) {
    let seen = world.anna().opens(subpoena().asking("account/registration")).done();
    let changed = world.ben().adds(&seen, asked("account/sign_in_access")).done();
    let (failed, entries) = world.entries_of(|| world.anna().verifies(&seen));
    match failed {
        Err(ActionError::Conflict(Some(told))) => {
            assert!(told.contains("Ben Brook") && told.contains("demand added"), "{told}");
        }
        other => panic!("{other:?}"),
    }
    assert!(entries.is_empty());
    assert_eq!(world.case(seen.id), changed);
}

// ── row → domain → row ───────────────────────────────────────────────────────────

fn every_row_reads_back_as_the_state_the_act_gave(world: &World) {
    let (anna, ben, carla, emil) = (world.anna(), world.ben(), world.carla(), world.emil());
    let case = kept(world, anna.opens(subpoena().asking("account/registration").without_document()));
    assert_eq!(case.stage(), Stage::Intake);
    let case = kept(world, anna.records_secrecy(&case, secrecy_order()));
    let case = kept(world, anna.records_secrecy(&case, plea()));
    let case =
        kept(world, anna.attaches(&case, DocumentKind::Served, "subpoena.pdf", crate::support::papers::SUBPOENA));
    assert_eq!(case.stage(), Stage::Triage);
    let case = kept(world, ben.checks(&case, CheckMethod::Register, CheckResult::Doubtful));
    let case = kept(world, anna.verifies(&case));
    let case = kept(world, anna.adds(&case, asked("account/sign_in_access")));
    let case = kept(world, anna.assesses(&case));
    let clarify = Decision { kind: DecisionKind::Clarify, ..grant(&case.demands[0]) };
    let case = kept(world, anna.drafts(&case, vec![clarify]));
    assert_eq!(case.stage(), Stage::Review);

    // Another officer must be verified anew.
    let amended = Paper { entry: subpoena().entry, ..subpoena() }.entry;
    let amended = writ::actions::open_case::PaperEntry { officer: officer("Robin Standin"), ..amended };
    let case = kept(world, ben.amends(&case, amended));
    assert_eq!((case.stage(), case.checks.len()), (Stage::Triage, 0));
    let case = kept(world, ben.verifies(&case));

    // Returned, changed, drafted again.
    let case = kept(world, anna.assesses(&case));
    let case = kept(world, anna.decides(&case));
    assert_eq!(case.stage(), Stage::Approval);
    let case = kept(world, carla.returns(&case, "Ask for the address book too."));
    assert!(case.progress.returned().is_some());
    let case = kept(world, anna.adds(&case, asked("mail/address_book")));
    let case = kept(world, anna.assesses(&case));
    let case = kept(world, anna.decides(&case));
    let case = kept(world, carla.approves(&case));
    assert_eq!((case.stage(), case.granted().len()), (Stage::Fulfilment, 2));

    // A change after approval voids it, and what was collected.
    let case = kept(world, emil.collects(&case, &case.demands[0]));
    let case =
        kept(world, anna.changes(&case, case.demands[1].id, asked_about("+1 202 555 0187", "account/sign_in_access")));
    assert_eq!((case.stage(), case.approvals().len(), case.results().len()), (Stage::Review, 0, 0));
    let case = kept(world, anna.removes(&case, case.demands[2].id));
    let case = kept(world, anna.adds(&case, asked("mail/sign_in_ip_log")));
    assert_eq!(case.demands.iter().map(|d| d.position).collect::<Vec<_>>(), [1, 2, 4]);

    // The second round.
    let case = kept(world, anna.assesses(&case));
    let case = kept(world, anna.decides(&case));
    let case = kept(world, carla.approves(&case));
    let case = kept(world, emil.finds_nothing(&case, &case.demands[2]));
    let case = kept(world, emil.collects(&case, &case.demands[1]));
    let case = kept(world, emil.collects(&case, &case.demands[0]));
    assert_eq!((case.stage(), case.production().len()), (Stage::Delivery, 2));
    ben.releases(&case).refused_as("releaser_called_back");
    let case = kept(world, anna.releases(&case));
    let case = kept(world, anna.attaches(&case, DocumentKind::Evidence, "receipt.txt", b"received with thanks"));
    let case = kept(world, anna.closes(&case));
    assert_eq!(case.closing().map(|c| c.outcome), Some(Outcome::NonContentOnly));
}

fn a_case_in_which_nothing_was_found_reads_back_and_closes_as_no_data(world: &World) {
    let case = granted(world, subpoena().asking("account/registration"));
    let case = kept(world, world.emil().finds_nothing(&case, &case.demands[0]));
    assert_eq!(case.stage(), Stage::Fulfilment);
    world.anna().releases(&case).refused_as("nothing_to_release");
    let case = kept(world, world.anna().closes(&case));
    assert_eq!(case.closing().map(|c| c.outcome), Some(Outcome::NoData));
}

fn a_case_that_only_keeps_data_reads_back_and_closes_without_release(world: &World) {
    let case = granted(world, preservation_letter().asking("account/registration"));
    let outcome = writ::domain::decision::CollectionOutcome::Collected;
    let case = kept(world, world.emil().records(&case, &case.demands[0], outcome, &[]));
    assert_eq!(case.stage(), Stage::Delivery);
    world.ben().releases(&case).refused_as("nothing_to_release");
    let case = kept(world, world.ben().closes(&case));
    assert_eq!(case.closing().map(|c| c.outcome), Some(Outcome::PreservedOnly));
}

fn a_case_with_content_needs_two_approvals_and_reads_back_between_them(world: &World) {
    let case = drafted(world, warrant().asking("mail/mail_content"));
    let case = kept(world, world.carla().approves(&case));
    assert_eq!((case.stage(), case.approvals().len()), (Stage::Approval, 1));
    world.emil().collects(&case, &case.demands[0]).refused_as("no_such_case");
    world.carla().approves(&case).refused_as("approver_counted");
    let case = kept(world, world.dan().approves(&case));
    assert_eq!((case.stage(), case.approvals().len()), (Stage::Fulfilment, 2));
    let case = kept(world, world.emil().collects(&case, &case.demands[0]));
    let case = kept(world, world.ben().releases(&case));
    let case = kept(world, world.ben().closes(&case));
    assert_eq!(case.closing().map(|c| c.outcome), Some(Outcome::Content));
}

fn a_case_that_grants_nothing_goes_from_approval_to_closed(world: &World) {
    let case = assessed(world, subpoena().asking("mail/mail_content").asking("account/registration"));
    let redirect = Decision {
        kind: DecisionKind::Redirect,
        redirect_to: Some(line("Example Customer GmbH, legal department")),
        ..grant(&case.demands[1])
    };
    let case = kept(
        world,
        world.anna().drafts(&case, vec![reject(&case.demands[0], FindingCode::InstrumentTooLow), redirect]),
    );
    world.anna().closes(&case).refused_as("gate_shut");
    let case = kept(world, world.carla().approves(&case));
    assert_eq!(case.stage(), Stage::Approval);
    world.dan().approves(&case).refused_as("already_approved");
    world.anna().closes(&case).refused_as("redirect_pending");
    let on = OnCase { reference: case.reference.clone(), version: Some(case.version) };
    let with = AnswerRedirect { result: RedirectResult::CustomerAnswered, account: prose("The office wrote so.") };
    let case = kept(world, answer_redirect(&world.ctx, &world.anna().who, &on, with));
    let case = kept(world, world.anna().closes(&case));
    assert_eq!(case.closing().map(|c| c.outcome), Some(Outcome::Redirected));
}

fn a_case_withdrawn_at_any_stage_reads_back(world: &World) {
    let paper = || subpoena().asking("account/registration");
    let at_delivery = granted(world, paper());
    let at_delivery = kept(world, world.emil().collects(&at_delivery, &at_delivery.demands[0]));
    let cases = [
        kept(world, world.anna().opens(paper().without_document())),
        kept(world, world.anna().opens(paper())),
        assessed(world, paper()),
        kept(world, world.carla().returns(&drafted(world, paper()), "Give the paper's words.")),
        drafted(world, paper()),
        granted(world, paper()),
        at_delivery,
    ];
    let stages: BTreeSet<Stage> = cases.iter().map(Case::stage).collect();
    assert_eq!(stages.len(), 6);
    for case in cases {
        let case = kept(world, world.ben().withdraws(&case));
        assert_eq!(case.closing().map(|c| c.outcome), Some(Outcome::Withdrawn));
        world.ben().withdraws(&case).refused_as("already_closed");
    }
}

fn an_emergency_is_verified_by_two_people(world: &World) {
    let paper = subpoena().asking("account/registration").on(Instrument::EmergencyRequest);
    let case = kept(world, world.anna().opens(paper));
    let case = kept(world, world.anna().checks(&case, CheckMethod::MailAuthentication, CheckResult::Confirmed));
    let case = kept(world, world.anna().verifies(&case));
    world.anna().verifies(&case).refused_as("same_checker");
    assert_eq!(case.stage(), Stage::Triage);
    let case = kept(world, world.ben().verifies(&case));
    assert_eq!(case.stage(), Stage::Review);
}

fn a_national_security_case_shows_nothing_of_itself_in_the_log(world: &World) {
    let ida = world.hires("ida", "Ida Imhof", &[Role::Analyst], true);
    let paper = Paper { compartment: Compartment::NationalSecurity, ..subpoena().asking("account/registration") };
    let (case, entries) = world.entries_of(|| kept(world, ida.opens(paper)));
    assert_eq!(case.documents.len(), 1, "the paper came along");
    assert!(entries.iter().any(|e| e.kind == "sealed.act"));
    for entry in world.log() {
        let all = format!("{} {:?} {}", entry.kind, entry.case_key, entry.process);
        assert!(!all.contains(&case.id.to_string()) && !all.contains(case.reference.as_str()), "{all}");
    }
    // Nor does the log's filter tell an uncleared auditor that the reference is one.
    let asked = LogAsked { case: Some(case.reference.clone()), ..LogAsked::default() };
    assert!(view_log(&world.ctx, &world.fay().who, asked).unwrap().lines.is_empty());
    // Who is not cleared does not learn that it exists; the refused attempt is sealed too.
    let (refused, entries) = world.entries_of(|| world.anna().verifies(&case));
    refused.refused_as("no_such_case");
    assert_eq!(entries.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(), ["sealed.act"]);
    assert!(lists_of(world, "anna", &Filter::of(Lane::Open)).is_empty());
}

// ── lists ────────────────────────────────────────────────────────────────────────

fn pages_of_the_queue_show_every_case_once(world: &World) {
    let opened: BTreeSet<CaseId> = (0..23)
        .map(|number| {
            let mut paper = subpoena().without_document();
            // Several were served at the very same moment.
            paper.entry.received_at = paper.entry.received_at.plus(chrono::TimeDelta::hours(number / 5));
            world.anna().opens(paper).done().id
        })
        .collect();
    let all = Filter { sort: Some(SortBy::Received), ..Filter::of(Lane::Open) };
    let listed = lists_of(world, "ben", &all);
    assert_eq!(listed.len(), opened.len());
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), opened);
    let at = |stage| Filter { stage: Some(stage), ..all.clone() };
    assert_eq!(lists_of(world, "ben", &at(Stage::Intake)).len(), 23);
    assert!(lists_of(world, "ben", &at(Stage::Triage)).is_empty());
    assert!(lists_of(world, "ben", &Filter::of(Lane::Closed)).is_empty());
    assert!(lists_of(world, "ben", &Filter::of(Lane::Emergency)).is_empty());
}

/// Every case of a list, page after page of four, in their order.
fn lists_of(world: &World, name: &str, filter: &Filter) -> Vec<CaseId> {
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let who = world.person(name).who.staff;
        let lines = world.read(|conn| queue::list_cases(conn, &who, filter, world.ctx.now(), (after.as_ref(), 4)));
        let Some((last, ..)) = lines.last() else { return listed };
        after = Some(last.place(filter.order()));
        assert!(lines.is_sorted_by_key(|(line, ..)| (line.received_at, line.id)));
        listed.extend(lines.iter().map(|(line, ..)| line.id));
    }
}

// ── what the database itself holds to ────────────────────────────────────────────

fn every_connection_has_the_settings_that_evidence_needs(world: &World) {
    let read = world.read(|conn| Ok(settings_of(conn)));
    let written = world.ctx.write(&world.anna().who.staff, |tx| {
        tx.record(&Event::LogViewed {}, About::Register)?;
        Ok(settings_of(tx.conn()))
    });
    assert_eq!(read, written.done());
    let expected: &[&str] = match world.raw().is_sqlite() {
        true => &["foreign_keys 1", "synchronous 2", "journal_mode wal", "busy_timeout 5000", "trusted_schema 0"],
        false => {
            &["synchronous_commit on", "lock_timeout 5s", "idle_in_transaction_session_timeout 1min", "timezone UTC"]
        }
    };
    assert_eq!(read, expected);
    if world.raw().is_sqlite() {
        // Without it every statement with a bound LIMIT is prepared again each time.
        let built_with = world.raw().values("SELECT compile_options AS value FROM pragma_compile_options");
        assert!(built_with.iter().any(|option| option == "ENABLE_QPSG"), "{built_with:?}");
    }
}

fn settings_of(conn: &mut Conn) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Setting {
        #[diesel(sql_type = Text)]
        value: String,
    }
    let (names, ask): (&[&str], fn(&str) -> String) = match conn {
        Conn::Sqlite(_) => {
            (&["foreign_keys", "synchronous", "journal_mode", "busy_timeout", "trusted_schema"], |name| {
                let column = if name == "busy_timeout" { "timeout" } else { name };
                format!("SELECT CAST({column} AS TEXT) AS value FROM pragma_{name}")
            })
        }
        Conn::Pg(_) => {
            (&["synchronous_commit", "lock_timeout", "idle_in_transaction_session_timeout", "timezone"], |name| {
                format!("SELECT current_setting('{name}') AS value")
            })
        }
    };
    let mut value = |name: &&str| sql_query(ask(name)).get_result::<Setting>(conn).unwrap().value;
    names.iter().map(|name| format!("{name} {}", value(name))).collect()
}

fn a_row_that_makes_no_sense_is_named_and_never_guessed(world: &World) {
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let mut raw = world.raw();
    for (stage, why) in [("delivery", "without an assessment"), ("sideways", "sideways")] {
        raw.must(&format!("UPDATE cases SET stage = '{stage}'"));
        let read = world.ctx.store.read(|conn| writ::store::cases::get(conn, case.id));
        match read {
            Err(StoreError::Corrupt { table: "cases", id, why: said }) => {
                assert!(id == case.id.to_string() && said.contains(why), "{id}: {said}");
            }
            other => panic!("{other:?}"),
        }
    }
    raw.must("UPDATE cases SET stage = 'triage'");
}

fn sql_past_the_program_cannot_approve_for_an_editor(world: &World) {
    let case = drafted(world, subpoena().asking("account/registration"));
    let mut raw = world.raw();
    let hash = &case.draft().unwrap().scope_hash;
    let mut approve = |staff: writ::domain::id::StaffId, revision: u32| {
        let (id, case, staff) = (raw.id(writ::system::fresh_id()), raw.id(case.id), raw.id(staff));
        let now = raw.moment();
        raw.run(&format!(
            "INSERT INTO approvals (id, case_id, scope_revision, scope_hash, staff_id, approved_at, seq) \
             VALUES ({id}, {case}, {revision}, '{hash}', {staff}, {now}, 1)"
        ))
    };
    let by_editor = approve(world.anna().id(), case.scope.revision).unwrap_err();
    assert!(by_editor.contains("An editor of the scope cannot approve it."), "{by_editor}");
    let of_older = approve(world.carla().id(), case.scope.revision - 1).unwrap_err();
    assert!(of_older.contains("Only the current revision"), "{of_older}");
    assert_eq!(world.raw().count("approvals"), 0);
    kept(world, world.carla().approves(&case));
}

fn sql_past_the_program_cannot_rewrite_the_log(world: &World) {
    let case = granted(world, subpoena().asking("account/registration"));
    writ::actions::sign_checkpoint::sign_checkpoint(&world.ctx, writ::domain::staff::Actor::System("test")).done();
    let mut raw = world.raw();
    let mut tried = 0;
    for (table, column) in [
        ("log_entry", "actor"),
        ("log_process", "payload"),
        ("log_personal", "key_owner"),
        ("log_node", "hash"),
        ("log_checkpoint", "note"),
        ("approvals", "scope_hash"),
        ("scope_edits", "revision"),
    ] {
        let rows = raw.count(table);
        assert!(rows > 0, "{table} is empty");
        let mut statements = vec![format!("UPDATE {table} SET {column} = {column}"), format!("DELETE FROM {table}")];
        if raw.is_sqlite() {
            // REPLACE takes rows away without asking the triggers that guard deletion.
            statements.push(format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}"));
            statements.push(format!("UPDATE OR REPLACE {table} SET {column} = {column}"));
        } else {
            statements.push(format!("TRUNCATE {table} CASCADE"));
        }
        for statement in statements {
            assert!(raw.run(&statement).is_err(), "the database let this happen: {statement}");
            tried += 1;
        }
        assert_eq!(raw.count(table), rows);
    }
    let mut on_head = vec![
        "DELETE FROM log_head",
        "UPDATE log_head SET size = size - 1",
        "UPDATE log_head SET checkpoints = checkpoints - 1",
    ];
    if raw.is_sqlite() {
        on_head.push("INSERT OR REPLACE INTO log_head SELECT * FROM log_head");
    } else {
        on_head.push("TRUNCATE log_head");
    }
    for statement in on_head {
        assert!(raw.run(statement).is_err(), "the database let this happen: {statement}");
        tried += 1;
    }
    assert!(tried >= 24);
    assert_eq!(world.case(case.id), case);
}

// ── how ──────────────────────────────────────────────────────────────────────────

/// What an act gave is what its rows say.
#[track_caller]
fn kept(world: &World, acted: Acted) -> Case {
    let case = acted.done();
    assert_eq!(world.case(case.id), case, "the rows say something else than the act");
    case
}

fn assessed(world: &World, paper: Paper) -> Case {
    let case = kept(world, world.anna().opens(paper));
    let case = kept(world, world.anna().verifies(&case));
    kept(world, world.anna().assesses(&case))
}

fn drafted(world: &World, paper: Paper) -> Case {
    let case = assessed(world, paper);
    kept(world, world.anna().drafts(&case, as_assessed(&case)))
}

fn granted(world: &World, paper: Paper) -> Case {
    let case = drafted(world, paper);
    let case = kept(world, world.carla().approves(&case));
    assert_eq!(case.stage(), Stage::Fulfilment);
    case
}

fn session(world: &World, id_hash: &str) -> Session {
    let now = world.ctx.now();
    Session {
        id_hash: id_hash.to_owned(),
        staff: world.anna().id(),
        created_at: now,
        seen_at: now,
        ends_at: now,
        must_change_password: false,
    }
}

/// From now on this table takes no rows, as when the disk is full in the middle of an act.
fn break_inserts_into(raw: &mut crate::support::raw::Raw, table: &str) {
    if raw.is_sqlite() {
        raw.must(&format!("CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END"));
    } else {
        raw.must(
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$",
        );
        raw.must(&format!("CREATE TRIGGER broken BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION broken()"));
    }
}

fn mend_inserts_into(raw: &mut crate::support::raw::Raw, table: &str) {
    if raw.is_sqlite() {
        raw.must("DROP TRIGGER broken");
    } else {
        raw.must(&format!("DROP TRIGGER broken ON {table}"));
        raw.must("DROP FUNCTION broken");
    }
}
