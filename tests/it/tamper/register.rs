//! A register that has a row in every table that follows from the log: made through the real doors, and small, because it is
//! verified some thousand times.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use writ::actions::account::feed::make_feed;
use writ::actions::add_staff::{add_at_console, add_token};
use writ::actions::alarm::{acknowledge_alarm, view_alarms};
use writ::actions::audit_notes::{WriteNote, answer_finding, close_finding, write_note};
use writ::actions::comment::add_comment;
use writ::actions::draw_sample::tick_item;
use writ::actions::import_cases::import_cases;
use writ::actions::law::propose::{Proposed, adopt, propose};
use writ::actions::link_cases::{LinkCases, link_cases, unlink_cases};
use writ::actions::litigation_hold::{lift_hold, place_hold};
use writ::actions::on_case::OnCase;
use writ::actions::run_verification::verify_if_due;
use writ::actions::sign_checkpoint::sign_checkpoint;
use writ::actions::sign_in::step_up;
use writ::actions::staff::Particulars;
use writ::actions::staff::add_person::add_person;
use writ::actions::staff::answer_request::confirm;
use writ::actions::staff::deactivate::deactivate;
use writ::actions::staff::list_staff::list_staff;
use writ::actions::staff::reset_password::reset_password;
use writ::actions::teams::add_team;
use writ::actions::wait::{BeginWait, begin_wait};
use writ::domain::agency::Country;
use writ::domain::audit_note::Severity;
use writ::domain::case::Case;
use writ::domain::comment::LinkKind;
use writ::domain::document::DocumentKind;
use writ::domain::id::{StaffId, StaffRequestId, TeamId};
use writ::domain::instrument::Instrument;
use writ::domain::outcome::Outcome;
use writ::domain::past_case::{Particulars as PastParticulars, ServiceWord, Source};
use writ::domain::requester::CustomerType;
use writ::domain::staff::{Actor, Role, Staff, Verb};
use writ::domain::stage::Compartment;
use writ::domain::wait::WaitKind;
use writ::store::staff::list_teams;
use writ::system;

use crate::support::hand::Hand;
use crate::support::meridiana::meridiana;
use crate::support::pages::{audited, erased_by, erases_a_case, to_be_erased};
use crate::support::papers::{Paper, asked, day, plea, preservation_letter, prose, secrecy_order, subpoena, warrant};
use crate::support::people::{Acts, Person};
use crate::support::world::{World, line, password_of};

pub fn fill(world: &World) {
    staff(world);
    law(world);
    past_cases(world);
    let first = to_its_end(world);
    let second = under_way(world);
    sign_checkpoint(&world.ctx, Actor::System("test")).done();
    let anna = world.anna();
    // Papers without a case, and cases of the closed compartment, of which one came with its paper.
    anna.receives("late.pdf", b"%PDF-1.4 late").done();
    let nora = world.hires("nora", "Nora Nash", &[Role::Analyst], true);
    let secret_paper =
        || Paper { compartment: Compartment::NationalSecurity, ..subpoena().asking("account/registration") };
    let secret = nora.opens(secret_paper()).done();
    add_comment(&world.ctx, &nora.who, &on(&secret), prose("The paper came by courier.")).done();
    let restricted =
        Paper { compartment: Compartment::Restricted, ..preservation_letter().asking("mail/mail_content") };
    anna.opens(restricted).done();

    let link = |other: &Case, kind| LinkCases { other: other.reference.clone(), kind, note: Some(line("same file")) };
    link_cases(&world.ctx, &anna.who, &on(&second), link(&first, LinkKind::Supplements)).done();
    let taken_away = link_cases(&world.ctx, &anna.who, &on(&second), link(&first, LinkKind::Related)).done();
    unlink_cases(&world.ctx, &anna.who, &on(&first), taken_away.id).done();
    sign_checkpoint(&world.ctx, Actor::System("test")).done();
    add_comment(&world.ctx, &anna.who, &on(&first), prose("Asked once more by telephone.")).done();
    audit(world);
    notes(world);
    // A hold that was lifted and one that was not; a case that was erased, and one of which that was proposed.
    let carla = world.carla();
    let hold = place_hold(&world.ctx, &carla.who, &on(&first), prose("Doe v. Roe")).done();
    lift_hold(&world.ctx, &carla.who, &on(&first), hold, prose("Settled.")).done();
    place_hold(&world.ctx, &carla.who, &on(&second), prose("Poe v. Loe")).done();
    erases_a_case(world);
    to_be_erased(world);
    let rita = world.hires("rita", "Rita Roth", &[Role::Reviewer], true);
    let gone = nora.withdraws(&nora.opens(secret_paper()).done()).done();
    erased_by(world, [&nora, &rita], "rita", &gone);
    // Somebody came from the console once there were cases, and is watched.
    let (id, roles) = (StaffId(system::fresh_id()), BTreeSet::from([Role::Reviewer]));
    let (name, full_name, teams) = ("olga".to_owned(), line("Olga Orr"), BTreeSet::from([world.team]));
    let olga = Staff { id, name, full_name, roles, teams, is_cleared: false, email: None };
    add_at_console(&world.ctx, olga, &password_of("olga")).done();
}

/// An auditor draws a sample and looks at two of its items; an alarm was raised and acknowledged, and what was wrong is mended.
fn audit(world: &World) {
    let (fay, gus) = (world.fay(), world.gus());
    let (sample, _) = audited(world, 3);
    let drawn = world.log().into_iter().find(|row| row.kind == "sample.drawn").unwrap();
    let drawn: serde_json::Value = serde_json::from_str(&drawn.process).unwrap();
    for item in &drawn["entries"].as_array().unwrap()[..2] {
        tick_item(&world.ctx, &fay.who, sample.parse().unwrap(), item.as_u64().unwrap()).done();
    }
    let mut hand = Hand::of(world);
    hand.spoils(7);
    assert!(verify_if_due(&world.ctx, TimeDelta::hours(1)).done());
    let alarm = view_alarms(&world.ctx, &fay.who).done().alarms[0].id;
    for (person, name, role) in [(&fay, "fay", Role::Auditor), (&gus, "gus", Role::Admin)] {
        let fresh = step_up(&world.ctx, &person.who, &password_of(name), Verb::AcknowledgeAlarm).done();
        acknowledge_alarm(&world.ctx, &person.who, alarm, role, prose("The disk broke."), fresh).done();
    }
    hand.mends();
}

/// Auditors write about everything that a note can be about. A finding is answered and closed, and others are open.
fn notes(world: &World) {
    let ivy = world.hires("ivy", "Ivy Imm", &[Role::Auditor], true);
    let log = world.log();
    let entry_of = |kind: &str| log.iter().find(|row| row.kind == kind).unwrap().seq;
    let writes = |seq, severity| {
        let text = prose("The call-back went to a number from the paper.");
        write_note(&world.ctx, &ivy.who, WriteNote { seq, sample: None, severity, text }).done()
    };
    let of_case = writes(entry_of("case.opened"), Some(Severity::Breach));
    answer_finding(&world.ctx, &world.anna().who, of_case, prose("It was the agency's own.")).done();
    close_finding(&world.ctx, &ivy.who, of_case, prose("Seen in the directory.")).done();
    let of_register = writes(entry_of("staff.added"), Some(Severity::Observation));
    answer_finding(&world.ctx, &world.gus().who, of_register, prose("She has left since.")).done();
    writes(entry_of("document.received"), Some(Severity::Deviation));
    for kind in ["case.imported", "sealed.act", "team.added"] {
        writes(entry_of(kind), None);
    }
}

fn on(case: &Case) -> OnCase {
    OnCase { reference: case.reference.clone(), version: None }
}

/// Two admins: one asks, the other confirms; and one request stays open.
fn staff(world: &World) {
    let (gus, hal) = (world.gus(), world.hires("hal", "Hal Horn", &[Role::Admin], false));
    add_team(&world.ctx, &gus.who, line("Night shift")).done();
    let teams: BTreeSet<TeamId> = world.read(list_teams).into_iter().map(|team| team.id).collect();
    let with = |roles: &[Role]| Particulars {
        full_name: line("Ida Ives"),
        email: Some(line("ida@writ.example")),
        roles: roles.iter().copied().collect(),
        teams: teams.clone(),
        is_cleared: false,
    };
    let ida = add_person(&world.ctx, &gus.who, "ida".to_owned(), with(&[Role::Analyst, Role::Reviewer])).done().staff;
    let asked = open_request(world, &gus);
    let fresh = step_up(&world.ctx, &hal.who, &password_of("hal"), Verb::ManageStaff).done();
    confirm(&world.ctx, &hal.who, asked, fresh).done();
    reset_password(&world.ctx, &hal.who, ida).done();
    let jack = world.hires("jack", "Jack Jolly", &[Role::Fulfiller], false);
    add_token(&world.ctx, Actor::System("test"), jack.id(), line("scripts")).done();
    deactivate(&world.ctx, &gus.who, jack.id()).done();
    add_token(&world.ctx, Actor::System("test"), world.anna().id(), line("reports")).done();
    make_feed(&world.ctx, &world.anna().who).done();
    make_feed(&world.ctx, &world.ben().who).done();
}

fn open_request(world: &World, admin: &Person<'_>) -> StaffRequestId {
    list_staff(&world.ctx, &admin.who, None).done().requests[0].request.id
}

/// One proposal became law, one is open.
fn law(world: &World) {
    let propose = |version: &str| {
        let pack = meridiana(version, "\"content_stored\"", "search_warrant");
        propose(&world.ctx, &world.carla().who, Proposed::WithPack(pack), prose("The Meridiana Act is in force."))
            .done()
    };
    let first = propose("1");
    let seen = world.ctx.rulebook().sha256().to_owned();
    adopt(&world.ctx, &world.dan().who, first, seen).done();
    propose("2");
}

fn past_cases(world: &World) {
    let past = |reference: &str, outcome| PastParticulars {
        source: Source::parse("old-register").unwrap(),
        source_reference: line(reference),
        received_on: day(2013, 1, 1),
        is_day_known: false,
        country: Country::parse("country", "US").unwrap(),
        instrument: Some(Instrument::SearchWarrant),
        agency_name: Some(line("Bureau of Sample Inquiries")),
        docket: Some(line("13-GJ-7")),
        customer: CustomerType::Consumer,
        identifier_count: 2,
        outcome,
        disclosed_by: None,
        services: vec![ServiceWord::parse("mail").unwrap()],
    };
    let cases = vec![past("LE-1", Outcome::Rejected), past("LE-2", Outcome::Content)];
    import_cases(&world.ctx, Actor::System("console"), cases).done();
}

/// A case through all its stages, with a demand that was taken back and a draft that was returned.
fn to_its_end(world: &World) -> Case {
    let (anna, ben, carla, dan, emil) = (world.anna(), world.ben(), world.carla(), world.dan(), world.emil());
    let case = anna.opens(subpoena().asking("account/registration").asking("mail/address_book")).done();
    let case = anna.records_secrecy(&case, secrecy_order()).done();
    let case = ben.verifies(&case).done();
    let case = ben.attaches(&case, DocumentKind::Evidence, "note.txt", b"The officer was put through.").done();
    let case = anna.adds(&case, asked("account/sign_in_access")).done();
    let case = anna.assesses(&case).done();
    let case = anna.decides(&case).done();
    let case = carla.returns(&case, "Leave the address book out.").done();
    let case = anna.removes(&case, case.demands[1].id).done();
    let case = anna.assesses(&case).done();
    let case = anna.decides(&case).done();
    let case = dan.approves(&case).done();
    let case = emil.collects(&case, &case.demands[0]).done();
    let case = emil.finds_nothing(&case, &case.demands[1]).done();
    let case = anna.releases(&case).done();
    anna.closes(&case).done()
}

/// A case that is not done: amended, so that its checks are void, waiting, approved by one of two.
fn under_way(world: &World) -> Case {
    let (anna, ben, carla) = (world.anna(), world.ben(), world.carla());
    let case = anna.opens(warrant().asking("mail/mail_content").asking("account/registration")).done();
    let case = ben.verifies(&case).done();
    let case = anna.amends(&case, warrant().entry).done();
    let case = ben.verifies(&case).done();
    let case = anna.records_secrecy(&case, plea()).done();
    let case = anna.assesses(&case).done();
    let case = anna.decides(&case).done();
    let case = carla.approves(&case).done();
    let wait = BeginWait { kind: WaitKind::AwaitingRequester, because: prose("Which account?"), expected_on: None };
    begin_wait(&world.ctx, &anna.who, &on(&case), wait).done()
}
