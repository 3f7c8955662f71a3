//! Retention and erasure: what is due is proposed by one person and approved by another; then the personal data of each
//! case is gone everywhere, what was done stays provable, and the reports go on counting.

mod everywhere;
mod killed;

use std::fs;
use std::process::Command;

use writ::actions::audit_notes::{WriteNote, close_finding, write_note};
use writ::actions::comment::add_comment;
use writ::actions::erase::{Round, erase_approved};
use writ::actions::erasure::{approve_erasure, decline_erasure, propose_run, propose_single};
use writ::actions::link_cases::{LinkCases, link_cases};
use writ::actions::litigation_hold::{lift_hold, place_hold};
use writ::actions::on_case::OnCase;
use writ::actions::report_transparency;
use writ::actions::retention::{view_case_retention, view_erasure, view_retention};
use writ::actions::sign_in::step_up;
use writ::domain::audit_note::Severity;
use writ::domain::case::Case;
use writ::domain::comment::LinkKind;
use writ::domain::document::DocumentKind;
use writ::domain::erasure::ErasureGround;
use writ::domain::id::ErasureId;
use writ::domain::outcome::Outcome;
use writ::domain::retention::{KeptBack, Schedule};
use writ::domain::staff::{Actor, Role, Verb};
use writ::domain::stage::Compartment;
use writ::store::erasures::{self, Which};

use crate::support::on_both;
use crate::support::papers::{Paper, prose, subpoena};
use crate::support::people::{Acts, Person};
use crate::support::world::{World, a_year, line, password_of};

on_both! {
    what_is_due_is_erased_once_another_person_approves_it,
    what_has_come_up_keeps_a_case,
    one_case_is_erased_before_its_time_on_a_ground_of_its_own,
    nothing_is_erased_while_the_log_is_in_alarm,
    a_sealed_case_is_erased_among_cleared_people,
    papers_that_no_case_was_opened_for_are_erased_in_their_time,
    what_is_kept_longer_does_not_stand_before_what_is_due,
}

const DAYS: i64 = 24 * 60;

/// A case from its paper to its end, with words of its own.
fn closed(world: &World, words: &str) -> Case {
    let [anna, ben, carla, emil] = [world.anna(), world.ben(), world.carla(), world.emil()];
    ends([&anna, &ben, &carla, &emil], world, subpoena().asking("account/registration"), words)
}

/// The same by an analyst, a second one, a legal reviewer and a fulfiller.
fn ends([anna, ben, carla, emil]: [&Person<'_>; 4], world: &World, paper: Paper, words: &str) -> Case {
    let case = anna.opens(paper).done();
    let case = ben.attaches(&case, DocumentKind::Evidence, &format!("{words}.txt"), words.as_bytes()).done();
    let case = add_comment(&world.ctx, &anna.who, &on(&case), prose(words)).done();
    let case = anna.assesses(&ben.verifies(&case).done()).done();
    let case = carla.approves(&anna.decides(&case).done()).done();
    let case = emil.collects(&case, &case.demands[0]).done();
    anna.closes(&anna.releases(&case).done()).done()
}

fn on(case: &Case) -> OnCase {
    OnCase { reference: case.reference.clone(), version: None }
}

fn proposes(person: &Person<'_>, world: &World) -> ErasureId {
    let proposed = propose_run(&world.ctx, &person.who, vec!["a year".into()], None).done();
    assert_eq!(proposed.len(), 1);
    proposed[0]
}

fn approves(person: &Person<'_>, world: &World, name: &str, id: ErasureId) -> Result<(), writ::actions::ActionError> {
    let fresh = step_up(&world.ctx, &person.who, &password_of(name), Verb::ApproveErasure).done();
    approve_erasure(&world.ctx, &person.who, id, fresh)
}

fn erases(world: &World) -> Round {
    erase_approved(&world.ctx, &|| false).done()
}

fn what_is_due_is_erased_once_another_person_approves_it(world: &World) {
    let (first, second) = (closed(world, "quizzical pangolin"), closed(world, "grandiose marmoset"));
    let open = world.anna().opens(subpoena().asking("account/registration")).done();
    let link =
        LinkCases { other: first.reference.clone(), kind: LinkKind::ALL[0], note: Some(line("both from Casey")) };
    link_cases(&world.ctx, &world.anna().who, &on(&open), link).done();
    let site = world.serves();
    let [anna, carla, fay] = [world.anna(), world.carla(), world.fay()].map(|person| site.browser_of(&person));
    anna.gets("/retention").shows("Nothing is due today");
    let text = anna.gets(&format!("/cases/{}/retention", first.reference));
    text.shows("1 year after its closing, by the schedule “a year”");
    let report = report_transparency::draw(&world.ctx, Actor::System("test")).done();
    world.minutes_pass(370 * DAYS);
    let site = world.serves();
    let [anna, carla, fay] = {
        let _over = (carla, fay, anna);
        [world.anna(), world.carla(), world.fay()].map(|person| site.browser_of(&person))
    };

    // One person proposes.
    let page = anna.gets("/retention");
    page.shows("a year: 2 cases");
    page.hides(open.reference.as_str());
    let at = anna.fills("/retention", "/retention/erasures", &[("schedule", "a year")]).leads_to().to_owned();
    anna.gets(&at).shows("Erasure of 2 cases");
    let approve = format!("{at}/approve");
    let password = password_of("anna");
    let own = [("password", secrecy::ExposeSecret::expose_secret(&password))];
    let unseen = anna.unseen(&at, &approve);
    let unseen: Vec<(&str, &str)> = unseen.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(anna.posts(&approve, &[&unseen[..], &own].concat()).status, 403, "an analyst approves nothing");
    anna.gets("/retention").hides("a year: 2 cases");
    anna.gets("/approvals").hides("An erasure waits");
    carla.gets("/approvals").shows("An erasure waits");
    assert_eq!(erases(world), Round::default(), "nobody has approved it");

    // Another one approves, with the password given again.
    carla.gets(&at).shows(first.reference.as_str());
    assert_eq!(carla.fills(&at, &approve, &[("password", "wrong")]).status, 422);
    let password = password_of("carla");
    carla.fills(&at, &approve, &[("password", secrecy::ExposeSecret::expose_secret(&password))]).leads_to();
    assert_eq!(erases(world), Round { erased: 2, kept: 0 });
    carla.gets(&at).shows("2 of 2");
    assert_eq!(erases(world), Round::default());

    // What is left says what happened, to those to whom the case was open.
    let page = anna.gets(&format!("/cases/{}", first.reference));
    assert_eq!(page.status, 410);
    for says in ["personal data was erased", "“a year”", "Anna Adler", "Carla Corn"] {
        page.shows(says);
    }
    assert_eq!(site.browser_of(&world.gus()).gets(&format!("/cases/{}", first.reference)).status, 404);
    anna.gets(&format!("/cases/{}?tab=related", open.reference)).hides(first.reference.as_str());
    fay.gets(&format!("/log?case={}", second.reference)).shows("personal data erased");
    let opened = world.log().into_iter().find(|row| row.kind == "case.opened").unwrap();
    fay.gets(&format!("/log/{}", opened.seq)).shows("Personal part: erased");
    // An auditor may still write about it; the words are the register's then.
    let note = WriteNote { seq: opened.seq, sample: None, severity: None, text: prose("Erased in time.") };
    write_note(&world.ctx, &world.fay().who, note).done();

    // The figures are the same, and the log shows that all was as it should be.
    assert_eq!(report_transparency::draw(&world.ctx, Actor::System("test")).done(), report);
    let said = world.commands(&["audit", "verify", "--deep"]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("2 cases were erased under “a year” on "), "{said}");
    assert!(said.contains("proposed by Anna Adler and approved by Carla Corn"), "{said}");
    assert!(said.contains("Every row says what the log says"), "{said}");
    both_readers_say(world, "2 cases under the schedule “a year” on ");
    let left = fs::read_dir(world.folder.path().join("documents")).unwrap().count();
    assert_eq!(left, open.documents.len(), "files of erased cases are left");
}

/// What an outsider is told by one reader, and that the other agrees.
fn both_readers_say(world: &World, erased: &str) {
    for payloads in ["process", "all"] {
        let bundle = world.folder.path().join(format!("{payloads}.bundle"));
        let out = bundle.to_str().unwrap();
        assert!(world.commands(&["audit", "export", "--out", out, "--payloads", payloads]).status.success());
        let key = world.folder.path().join("log.pub");
        fs::write(&key, format!("{}\n", world.ctx.log.keys.current().verifier())).unwrap();
        let verify = env!("CARGO_BIN_EXE_writ-verify");
        let said = Command::new(verify).arg(&bundle).arg("--key").arg(&key).output().unwrap();
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        for says in ["SOUND", "AS IT SHOULD BE", erased] {
            assert!(said.contains(says), "{says}: {said}");
        }
        let second_reader = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bundle/verify.py");
        let said = Command::new("python3").arg(second_reader).arg(&bundle).arg(&key).output().unwrap();
        assert_eq!(said.status.code(), Some(0), "{}", String::from_utf8_lossy(&said.stdout));
    }
}

fn what_has_come_up_keeps_a_case(world: &World) {
    let [held, found, late, other] = ["one", "two", "three", "four"].map(|words| closed(world, words));
    let (anna, carla, dan) = (world.anna(), world.carla(), world.dan());
    place_hold(&world.ctx, &anna.who, &on(&held), prose("Doe v. Roe")).refused_as("no_right");
    let hold = place_hold(&world.ctx, &carla.who, &on(&held), prose("Doe v. Roe, letter of counsel")).done();
    let seq =
        world.log().into_iter().find(|row| row.kind == "case.opened" && row.process.contains(&found.id.to_string()));
    let finding =
        WriteNote { seq: seq.unwrap().seq, sample: None, severity: Some(Severity::Deviation), text: prose("Late.") };
    let finding = write_note(&world.ctx, &world.fay().who, finding).done();
    world.minutes_pass(366 * DAYS);
    let view = view_retention(&world.ctx, &carla.who).done();
    let reasons: Vec<(&str, KeptBack)> = view.kept.iter().map(|(case, why)| (case.reference.as_str(), *why)).collect();
    assert_eq!(
        reasons,
        [(held.reference.as_str(), KeptBack::OnHold), (found.reference.as_str(), KeptBack::FindingOpen)]
    );

    // Between approval and erasing, somebody places a hold.
    let id = proposes(&carla, world);
    approves(&carla, world, "carla", id).refused_as("own_erasure");
    approves(&dan, world, "dan", id).done();
    place_hold(&world.ctx, &dan.who, &on(&late), prose("Poe v. Loe")).done();
    assert_eq!(erases(world), Round { erased: 1, kept: 1 });
    let seen = view_erasure(&world.ctx, &carla.who, id).done();
    let ended: Vec<_> = seen.items.iter().map(|(item, _)| item.ended).collect();
    assert!(ended.contains(&Some(Ok(()))) && ended.contains(&Some(Err(KeptBack::OnHold))), "{ended:?}");
    assert_eq!(world.cases().len(), 3);
    assert!(!world.cases().iter().any(|case| case.id == other.id));

    // Lifted and closed, they may go. A proposal that is declined keeps nothing.
    lift_hold(&world.ctx, &dan.who, &on(&held), hold, prose("Settled.")).done();
    lift_hold(&world.ctx, &dan.who, &on(&held), hold, prose("Settled.")).refused_as("hold_lifted");
    close_finding(&world.ctx, &world.fay().who, finding, prose("It was in time.")).done();
    let id = proposes(&anna, world);
    assert_eq!(view_case_retention(&world.ctx, &carla.who, &held.reference).done().kept_back, Some(KeptBack::Proposed));
    decline_erasure(&world.ctx, &dan.who, id).done();
    approves(&carla, world, "carla", id).refused_as("erasure_answered");
    let id = proposes(&anna, world);
    approves(&dan, world, "dan", id).done();
    assert_eq!(erases(world), Round { erased: 2, kept: 0 });
    assert_eq!(world.cases().len(), 1);
}

fn one_case_is_erased_before_its_time_on_a_ground_of_its_own(world: &World) {
    let case = closed(world, "quizzical pangolin");
    let open = world.anna().opens(subpoena().asking("account/registration")).done();
    let (anna, carla) = (world.anna(), world.carla());
    let because = || prose("Article 17, asked on 3 November.");
    let propose = |case: &Case, ground| propose_single(&world.ctx, &anna.who, &on(case), ground, because());
    let refused = propose(&open, ErasureGround::PersonConcerned).refused_as("kept_back");
    assert!(refused.to_string().contains("it is not closed"), "{refused}");
    assert!(propose(&case, ErasureGround::Schedule).is_err(), "a schedule is no ground before its time");
    let id = propose(&case, ErasureGround::PersonConcerned).done();
    propose(&case, ErasureGround::Ordered).refused_as("kept_back");
    approves(&carla, world, "carla", id).done();
    // The jobs do it by themselves.
    let site = world.serves();
    let browser = site.browser_of(&anna);
    let mailer = writ::mail::Mailer::to_memory("Writ <writ@writ.example>", Default::default()).unwrap();
    writ::jobs::Jobs::new(world.ctx.clone(), mailer).run_once().done();
    let page = browser.gets(&format!("/cases/{}", case.reference));
    assert_eq!(page.status, 410);
    page.shows("request of the person concerned");
    browser.gets(&format!("/retention/erasures/{id}")).shows("Article 17, asked on 3 November.");
    let said = world.commands(&["audit", "verify"]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("1 case was erased on the ground “person_concerned”"), "{said}");
}

fn nothing_is_erased_while_the_log_is_in_alarm(world: &World) {
    let case = closed(world, "one");
    let id = propose_single(&world.ctx, &world.anna().who, &on(&case), ErasureGround::OpenedInError, prose("A test."));
    approves(&world.carla(), world, "carla", id.done()).done();
    let mut raw = world.raw();
    let (key, at) = (raw.id(uuid::Uuid::from_u128(5)), raw.moment());
    raw.must(&format!(
        "INSERT INTO alarms (id, once, raised_at, place, fault) VALUES ({key}, 'x', {at}, 'log_entry', 'is missing')"
    ));
    assert_eq!(erases(world), Round::default());
    raw.must("DELETE FROM alarms");
    assert_eq!(erases(world), Round { erased: 1, kept: 0 });
}

fn a_sealed_case_is_erased_among_cleared_people(world: &World) {
    let cleared = |name: &str, full_name: &str, role| world.hires(name, full_name, &[role], true);
    let ida = cleared("ida", "Ida Imhof", Role::Analyst);
    let bela = cleared("bela", "Bela Bock", Role::Analyst);
    let rita = cleared("rita", "Rita Roth", Role::Reviewer);
    let finn = cleared("finn", "Finn Falk", Role::Fulfiller);
    let paper = Paper { compartment: Compartment::NationalSecurity, ..subpoena().asking("account/registration") };
    let sealed = ends([&ida, &bela, &rita, &finn], world, paper, "taciturn axolotl");
    closed(world, "quizzical pangolin");
    let report = report_transparency::draw(&world.ctx, Actor::System("test")).done();
    world.minutes_pass(370 * DAYS);

    // Whoever is cleared proposes both: each is an erasure by itself.
    assert_eq!(view_retention(&world.ctx, &world.anna().who).done().hidden, 0, "even that there is one is told");
    let run = propose_run(&world.ctx, &ida.who, vec!["a year".into()], Some(prose("Counsel agrees."))).done();
    let [of_plain, of_sealed] = run[..] else { panic!("{run:?}") };
    let last = world.log().pop().unwrap();
    assert_eq!(last.kind, "sealed.act");
    let carla = world.carla();
    assert_eq!(view_retention(&world.ctx, &carla.who).done().erasures.len(), 1);
    assert_eq!(view_retention(&world.ctx, &rita.who).done().erasures.len(), 2);
    assert!(view_erasure(&world.ctx, &carla.who, of_sealed).is_err());
    assert!(approves(&carla, world, "carla", of_sealed).is_err());
    assert!(decline_erasure(&world.ctx, &carla.who, of_sealed).is_err());
    approves(&carla, world, "carla", of_plain).done();
    approves(&rita, world, "rita", of_sealed).done();
    approves(&rita, world, "rita", of_sealed).refused_as("erasure_answered");
    assert_eq!(world.log().pop().unwrap().kind, "sealed.act");
    assert_eq!(erases(world), Round { erased: 2, kept: 0 });

    // Nothing is left of it, of its paper either, which had arrived under another name.
    let mut raw = world.raw();
    assert_eq!(raw.values("SELECT owner FROM data_keys WHERE owner LIKE 'case:%'"), [""; 0]);
    assert_eq!(raw.values("SELECT key_owner FROM log_personal WHERE key_owner LIKE 'case:%'"), [""; 0]);
    assert_eq!(raw.values("SELECT file_name FROM documents"), [""; 0]);
    assert_eq!(report_transparency::draw(&world.ctx, Actor::System("test")).done(), report);

    // Cleared people see that it was erased and why; to others it never was.
    let site = world.serves();
    let [ida, carla, fay] = [&ida, &carla, &world.fay()].map(|person| site.browser_of(person));
    let page = ida.gets(&format!("/cases/{}", sealed.reference));
    assert_eq!(page.status, 410);
    page.shows("Rita Roth");
    ida.gets(&format!("/retention/erasures/{of_sealed}")).shows("Counsel agrees.");
    assert_eq!(carla.gets(&format!("/cases/{}", sealed.reference)).status, 404);
    let entry = world.log().into_iter().find(|row| row.kind == "payload.erased" && row.is_sealed()).unwrap();
    for told in [sealed.id.to_string(), "a year".into(), "schedule".into(), "staff".into()] {
        assert!(!entry.process.contains(&told), "{told} is told: {}", entry.process);
    }
    let page = fay.gets(&format!("/log/{}", entry.seq));
    page.shows("What happened is sealed to the national-security compartment");
    page.hides(sealed.reference.as_str());
    fay.gets("/log").shows("national-security compartment; cleared people only");

    // Whoever verifies is told that one was erased, and no more.
    let said = world.commands(&["audit", "verify", "--deep"]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("1 case of the national-security compartment was erased on "), "{said}");
    assert!(said.contains("1 case was erased under “a year” on "), "{said}");
    assert!(said.contains("Every row says what the log says"), "{said}");
    both_readers_say(world, "1 case of a closed compartment on ");
}

fn papers_that_no_case_was_opened_for_are_erased_in_their_time(world: &World) {
    let anna = world.anna();
    let wrong = anna.receives("holiday-photo.pdf", b"%PDF-1.4 quizzical").done();
    anna.receives("late-paper.pdf", b"%PDF-1.4 grandiose").done();
    let opened = anna.enters(subpoena(), Some(wrong.case)).done();
    world.minutes_pass(30 * DAYS);
    anna.receives("young.pdf", b"%PDF-1.4 taciturn").done();
    world.minutes_pass(31 * DAYS);

    // The one with a case is kept with it, and the third has not been here for long.
    let site = world.serves();
    let [browser, carla] = [&anna, &world.carla()].map(|person| site.browser_of(person));
    let page = browser.gets("/retention");
    for says in ["papers: 1 paper", "papers without a case, from their arrival", "Anna Adler"] {
        page.shows(says);
    }
    page.hides("late-paper");
    let at = browser.fills("/retention", "/retention/erasures", &[("schedule", "papers")]).leads_to().to_owned();
    carla.gets(&at).shows("Erasure of 1 paper without a case");
    let password = password_of("carla");
    let given = [("password", secrecy::ExposeSecret::expose_secret(&password))];
    carla.fills(&at, &format!("{at}/approve"), &given).leads_to();
    assert_eq!(erases(world), Round { erased: 1, kept: 0 });
    let mut raw = world.raw();
    let mut names = raw.values("SELECT file_name AS value FROM documents");
    names.sort();
    assert_eq!(names, ["holiday-photo.pdf", "young.pdf"]);
    let left = fs::read_dir(world.folder.path().join("documents")).unwrap().count();
    assert_eq!(left, 2, "the file of an erased paper is left");
    // What is still said about it is sealed under the register's key, and makes none of its own.
    let told = world.log().into_iter().find(|row| row.kind == "payload.erased").unwrap();
    let arrived = told.case_key.clone().unwrap();
    let note = WriteNote { seq: told.seq, sample: None, severity: None, text: prose("Erased in time.") };
    write_note(&world.ctx, &world.fay().who, note).refused_as("outside_compartment");
    assert!(raw.values(&format!("SELECT owner AS value FROM data_keys WHERE owner = 'case:{arrived}'")).is_empty());
    both_readers_say(world, "1 paper without a case under the schedule “papers” on ");
    let said = world.commands(&["audit", "verify", "--deep"]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("1 paper without a case was erased under “papers” on "), "{said}");
    assert!(said.contains("Every row says what the log says"), "{said}");

    // A case that is opened for a paper in the meantime keeps it.
    world.minutes_pass(60 * DAYS);
    let proposed = propose_run(&world.ctx, &anna.who, vec!["papers".into()], None).done();
    let young = world.log().into_iter().rfind(|row| row.kind == "document.received").unwrap().case_key.unwrap();
    anna.enters(subpoena(), Some(young.parse().unwrap())).done();
    approves(&world.carla(), world, "carla", proposed[0]).done();
    assert_eq!(erases(world), Round { erased: 0, kept: 1 });
    assert_eq!(world.cases().len(), 2);
    assert!(world.cases().iter().any(|case| case.id == opened.id));
}

/// Only so many rows are looked through: all of them are due under some schedule.
fn what_is_kept_longer_does_not_stand_before_what_is_due(world: &World) {
    closed(world, "one");
    let withdrawn =
        world.anna().withdraws(&world.anna().opens(subpoena().asking("account/registration")).done()).done();
    let short = Schedule {
        name: "withdrawn".into(),
        keep: "30 days".parse().unwrap(),
        outcomes: [Outcome::Withdrawn].into(),
        ..a_year()
    };
    let schedules = [short, a_year()];
    let due = |days| {
        let on = world.ctx.now().day() + chrono::Days::new(days);
        world.read(|conn| erasures::candidates(conn, Which::Due(&schedules, on)))
    };
    assert_eq!(due(20).len(), 0);
    assert_eq!(due(40).iter().map(|case| case.id).collect::<Vec<_>>(), [withdrawn.id]);
    assert_eq!(due(400).len(), 2);
}
