//! Mails to staff: who gets which and when, that they tell nothing personal, and that each goes once, whatever fails.

pub mod post;
mod server;

use chrono::TimeDelta;
use writ::actions::announce::{News, announce};
use writ::actions::assign_case::{AssignCase, assign_case};
use writ::actions::erasure::propose_single;
use writ::actions::on_case::OnCase;
use writ::actions::open_case::{AgencyEntry, OfficerEntry, OpenCase, PaperEntry, open_case};
use writ::actions::record_secrecy::RecordSecrecy;
use writ::actions::run_verification::verify_if_due;
use writ::actions::send_mail::claim;
use writ::actions::wait::{BeginWait, begin_wait, end_wait};
use writ::actions::{ActionError, add_staff::add_staff};
use writ::domain::case::Case;
use writ::domain::erasure::ErasureGround;
use writ::domain::event::Event;
use writ::domain::id::{StaffId, TeamId};
use writ::domain::mail::{MOST_ATTEMPTS, MailFault, MailKind};
use writ::domain::staff::{Actor, Role, Staff};
use writ::domain::stage::Compartment;
use writ::domain::stated::Stated;
use writ::domain::time::Instant;
use writ::domain::wait::WaitKind;
use writ::store::{About, outbox};
use writ::system;

use crate::support::hand::Hand;
use crate::support::on_both;
use crate::support::papers::{self, Paper, day, prose, subpoena, warrant};
use crate::support::people::{Acts, Person, as_assessed};
use crate::support::world::{World, line, password_of};

use post::Post;

on_both! {
    an_act_that_comes_to_nothing_leaves_no_mail,
    those_who_may_approve_are_asked_once_for_each_scope,
    a_returned_draft_goes_to_whoever_drafted_and_an_approved_scope_to_fulfillers,
    those_who_may_release_are_told_once_when_everything_is_collected,
    whoever_is_given_a_case_is_told_unless_they_took_it,
    of_a_restricted_case_only_its_named_people_hear_and_of_a_sealed_one_nothing_is_said,
    an_erasure_asks_the_legal_reviewers_who_may_approve_it,
    an_answer_that_is_due_is_reminded_of_once_and_once_when_it_is_late,
    while_the_clock_stands_still_nobody_is_reminded_and_then_of_the_day_it_moved_to,
    what_is_nobodys_business_any_more_is_not_sent,
    no_mail_tells_anything_personal,
    two_senders_send_each_mail_once,
    a_mail_that_failed_is_tried_again_after_a_restart_and_given_up_at_last,
    an_admin_sees_what_failed_and_tries_again,
}

const SUBSCRIBER: &str = "account/registration";

/// A case whose draft waits for approval.
fn drafted(world: &World) -> Case {
    let anna = world.anna();
    let case = anna.opens(subpoena().asking(SUBSCRIBER)).done();
    let case = anna.verifies(&case).done();
    let case = anna.assesses(&case).done();
    anna.decides(&case).done()
}

/// Somebody with a team, a clearance or an address other than most people's.
fn joins<'w>(world: &'w World, change: impl FnOnce(&mut Staff)) -> Person<'w> {
    let mut staff = Staff {
        id: StaffId(system::fresh_id()),
        name: String::new(),
        full_name: line("Somebody New"),
        roles: [Role::Reviewer].into(),
        teams: [world.team].into(),
        is_cleared: false,
        email: None,
    };
    change(&mut staff);
    staff.email = staff.email.or_else(|| Some(line(&format!("{}@writ.example", staff.name))));
    let added = add_staff(&world.ctx, Actor::System("setup"), staff.clone(), &password_of(&staff.name)).unwrap();
    Person::new(world, added)
}

fn an_act_that_comes_to_nothing_leaves_no_mail(world: &World) {
    let case = drafted(world);
    let mails = || world.raw().count("outbox");
    assert_eq!(mails(), 2, "Carla and Dan are asked");
    // A draft on a version somebody changed since.
    let conflict = world.ben().drafts(&Case { version: case.version - 1, ..case.clone() }, as_assessed(&case));
    assert!(matches!(conflict, Err(ActionError::Conflict(_))), "{conflict:?}");
    // An act that wrote its mails and its entry and failed only then.
    let (next, about) = (Case { scope: case.scope.clone(), ..case.clone() }, About::Case(case.id, case.compartment));
    let failed: Result<(), ActionError> = world.ctx.write(&world.ben().who.staff, move |tx| {
        let mut next = next;
        next.scope.revision += 1;
        announce(tx, &next, Some(News::Drafted))?;
        let now = tx.now();
        assert_eq!(outbox::counts(tx.conn(), now)?.waiting, 4, "they stood in the outbox until then");
        tx.record(&Event::TaskViewed {}, about)?;
        Err(ActionError::NotFound)
    });
    assert!(failed.is_err());
    assert_eq!(mails(), 2);
    // Nothing was sent by any act itself.
    assert!(world.log().iter().all(|entry| entry.kind != "mail.sent"));
}

fn those_who_may_approve_are_asked_once_for_each_scope(world: &World) {
    let post = Post::of(world);
    joins(world, |staff| {
        staff.name = "olga".into();
        staff.teams = [TeamId(system::fresh_id())].into();
        // The other team is made with her, and no entry tells of it.
        world.is_spoilt();
        world.raw().must(&{
            let raw = world.raw();
            let team = staff.teams.iter().next().unwrap();
            format!("INSERT INTO teams (id, name, version) VALUES ({}, 'Other', 1)", raw.id(team))
        });
    });
    let case = drafted(world);
    let mails = post.goes();
    assert_eq!(
        mails.to(),
        ["carla@writ.example", "dan@writ.example"],
        "not Anna, who drafted, not another team's Olga"
    );
    for mail in &mails.0 {
        assert_eq!(mail.subject, format!("{} waits for approval", case.reference));
        assert!(mail.raw.contains(&format!("https://writ.example/cases/{}/approval", case.reference)), "{}", mail.raw);
        assert!(mail.raw.contains("due on 2026-11-17, in 15 days"), "{}", mail.raw);
    }
    assert!(post.goes().0.is_empty(), "each goes once");
    let sent: Vec<_> = world.log().into_iter().filter(|entry| entry.kind == "mail.sent").collect();
    assert_eq!(sent.len(), 2);
    // That a mail went changed nothing on the case: whoever comes too late hears who did.
    let late = world.ben().drafts(&Case { version: case.version - 1, ..case.clone() }, as_assessed(&case));
    assert!(matches!(&late, Err(ActionError::Conflict(Some(why))) if why.starts_with("Anna Adler")), "{late:?}");
    assert!(sent.iter().all(|e| e.process.contains("approval_asked") && !e.process.contains('@')), "{sent:?}");

    // Dan mends the draft: from now on he has edited, and is asked no more.
    let (anna, dan) = (world.anna(), world.dan());
    let case = dan.adds(&case, papers::asked_about("+1 202 555 0177", SUBSCRIBER)).done();
    let case = anna.assesses(&case).done();
    let mixed = anna.drafts(&case, as_assessed(&case)[..1].to_vec()).done();
    assert!(post.goes().0.is_empty(), "a draft with an open demand asks nobody");
    anna.decides(&mixed).done();
    assert_eq!(post.goes().to(), ["carla@writ.example"], "a new scope is asked about anew");
}

fn a_returned_draft_goes_to_whoever_drafted_and_an_approved_scope_to_fulfillers(world: &World) {
    let post = Post::of(world);
    let case = drafted(world);
    post.goes();
    let case = world.carla().returns(&case, "The period is too long for Q4417.").done();
    let mails = post.goes();
    assert_eq!(mails.to(), ["anna@writ.example"]);
    assert_eq!(mails.0[0].subject, format!("{}: your draft was returned", case.reference));
    assert!(!mails.0[0].raw.contains("Q4417"), "the reason stays in the register");

    let case = world.anna().decides(&case).done();
    post.goes();
    let case = world.dan().approves(&case).done();
    let mails = post.goes();
    assert_eq!(mails.to(), ["emil@writ.example"]);
    assert!(mails.0[0].raw.contains(&format!("https://writ.example/tasks/{}", case.reference)));
    assert!(post.goes().0.is_empty());
}

fn those_who_may_release_are_told_once_when_everything_is_collected(world: &World) {
    let post = Post::of(world);
    let (anna, emil) = (world.anna(), world.emil());
    let paper = subpoena().asking(SUBSCRIBER).asking("account/sign_in_access");
    let case = anna.assesses(&anna.verifies(&anna.opens(paper).done()).done()).done();
    let case = world.carla().approves(&anna.decides(&case).done()).done();
    post.goes();
    let case = emil.collects(&case, &case.demands[0].clone()).done();
    assert!(post.goes().0.is_empty(), "one demand is still to be collected");
    let case = emil.finds_nothing(&case, &case.demands[1].clone()).done();
    let mails = post.goes();
    let told = ["ben@writ.example", "carla@writ.example", "dan@writ.example"];
    assert_eq!(mails.to(), told, "not Anna, who rang back, not Emil, who collected");
    assert_eq!(mails.0[0].subject, format!("{}: a production waits to be released", case.reference));
    assert!(mails.0[0].raw.contains(&format!("https://writ.example/cases/{}", case.reference)));
    assert!(post.goes().0.is_empty(), "once for each scope");
    // The case's own log says what about, and to how many.
    let site = world.serves();
    let timeline = site.browser_of(&anna).gets(&format!("/cases/{}?tab=log", case.reference));
    timeline.shows("Told 3 colleagues that a production waits to be released");
    timeline.shows("Told Emil Eck that a collection task waits");
    timeline.hides("Mail sent");
    timeline.hides("W(");

    // Where nothing was found there is nothing to release, and nobody is told.
    let case = drafted(world);
    let case = world.carla().approves(&case).done();
    post.goes();
    emil.finds_nothing(&case, &case.demands[0].clone()).done();
    assert!(post.goes().0.is_empty());
}

fn whoever_is_given_a_case_is_told_unless_they_took_it(world: &World) {
    let post = Post::of(world);
    let case = world.anna().opens(subpoena().asking(SUBSCRIBER)).done();
    let assigns = |by: &Person<'_>, to: StaffId| {
        let on = OnCase { reference: case.reference.clone(), version: None };
        assign_case(&world.ctx, &by.who, &on, AssignCase { to: Some(to), note: None })
    };
    assigns(&world.anna(), world.anna().id()).done();
    assert!(post.goes().0.is_empty(), "nobody is told what they did themselves");
    assert!(assigns(&world.anna(), world.emil().id()).is_err(), "a fulfiller works on no case");
    assert!(post.goes().0.is_empty(), "nor anybody who may not read the case");
    assigns(&world.anna(), world.ben().id()).done();
    let mails = post.goes();
    assert_eq!(mails.to(), ["ben@writ.example"]);
    assert_eq!(mails.0[0].subject, format!("{} is yours now", case.reference));
}

fn of_a_restricted_case_only_its_named_people_hear_and_of_a_sealed_one_nothing_is_said(world: &World) {
    let post = Post::of(world);
    let paper = subpoena().without_document().asking(SUBSCRIBER);
    let opens = |by: &Person<'_>, compartment, named: &[&str]| {
        let named = named.iter().map(|name| (*name).to_owned()).collect();
        let Paper { entry, demands, .. } = paper.clone();
        let arrival = by.receives("subpoena.pdf", papers::SUBPOENA).done().case;
        let with = OpenCase { arrival: Some(arrival), compartment, named, team: None, paper: entry, demands };
        let case = open_case(&world.ctx, &by.who, with).done();
        let case = by.verifies(&case).done();
        let case = by.assesses(&case).done();
        by.decides(&case).done()
    };
    let case = opens(&world.anna(), Compartment::Restricted, &["carla"]);
    let mails = post.goes();
    assert_eq!(mails.to(), ["carla@writ.example"]);
    assert!(mails.0[0].subject.contains(case.reference.as_str()));

    let nora = joins(world, |staff| {
        (staff.name, staff.is_cleared, staff.roles) = ("nora".into(), true, [Role::Analyst].into());
    });
    joins(world, |staff| (staff.name, staff.is_cleared) = ("omar".into(), true));
    let sealed = opens(&nora, Compartment::NationalSecurity, &[]);
    let mails = post.goes();
    assert_eq!(mails.to(), ["omar@writ.example"]);
    let mail = &mails.0[0];
    assert_eq!(mail.subject, "A case needs you");
    for told in [sealed.reference.as_str(), "approv", "2026-11-17", "/cases"] {
        assert!(!mail.raw.contains(told), "{told} is told: {}", mail.raw);
    }
    // The log says as little.
    let last = world.log().pop().unwrap();
    assert_eq!(last.kind, "sealed.act");
    assert!(!last.process.contains("mail"), "{}", last.process);
}

fn an_erasure_asks_the_legal_reviewers_who_may_approve_it(world: &World) {
    let post = Post::of(world);
    let nora = joins(world, |staff| {
        (staff.name, staff.is_cleared, staff.roles) = ("nora".into(), true, [Role::Analyst].into());
    });
    joins(world, |staff| (staff.name, staff.is_cleared) = ("omar".into(), true));
    let closed = |by: &Person<'_>, compartment| {
        let case = by.opens(Paper { compartment, ..subpoena().asking(SUBSCRIBER) }).done();
        by.withdraws(&case).done()
    };
    let proposes = |by: &Person<'_>, case: &Case| {
        let on = OnCase { reference: case.reference.clone(), version: None };
        propose_single(&world.ctx, &by.who, &on, ErasureGround::OpenedInError, prose("Another person.")).done();
        post.goes()
    };
    let mails = proposes(&world.anna(), &closed(&world.anna(), Compartment::Ordinary));
    assert_eq!(mails.to(), ["carla@writ.example", "dan@writ.example", "omar@writ.example"]);
    assert_eq!(mails.0[0].subject, "An erasure waits for approval");
    assert!(mails.0[0].raw.contains("/retention"), "{}", mails.0[0].raw);
    assert!(!mails.0[0].raw.contains("2026-0"), "a case is named: {}", mails.0[0].raw);
    // Whoever proposed it can't approve it, nor who may not know of a case.
    let mails = proposes(&world.carla(), &closed(&world.anna(), Compartment::Ordinary));
    assert_eq!(mails.to(), ["dan@writ.example", "omar@writ.example"]);
    let mails = proposes(&world.anna(), &closed(&world.anna(), Compartment::Restricted));
    assert_eq!(mails.to(), [""; 0]);
    let mails = proposes(&nora, &closed(&nora, Compartment::NationalSecurity));
    assert_eq!(mails.to(), ["omar@writ.example"]);
    assert_eq!(mails.0[0].subject, "A case needs you");
    assert_eq!(world.log().pop().unwrap().kind, "sealed.act");
}

fn an_answer_that_is_due_is_reminded_of_once_and_once_when_it_is_late(world: &World) {
    let post = Post::of(world);
    let anna = world.anna();
    let case = anna.opens(subpoena().asking(SUBSCRIBER)).done();
    let answered = anna.opens(warrant().asking(SUBSCRIBER)).done();
    anna.withdraws(&answered).done();
    let at =
        |month, on| world.ctx.clock.set(Instant::new(day(2026, month, on).and_hms_opt(9, 0, 0).unwrap().and_utc()));
    at(11, 13);
    assert!(post.goes().0.is_empty(), "four days ahead is early");
    at(11, 14);
    let mails = post.goes();
    assert_eq!(mails.to(), ["anna@writ.example"]);
    assert_eq!(mails.0[0].subject, format!("{} is due on 2026-11-17, in 3 days", case.reference));
    for on in [14, 15, 16] {
        at(11, on);
        assert!(post.goes().0.is_empty(), "once is enough");
    }
    // Its rule warns a day before the end, and the day ends in Seattle.
    at(11, 17);
    assert_eq!(post.goes().subjects(), [format!("{} is due on 2026-11-17, today", case.reference)]);
    at(11, 18);
    let mails = post.goes();
    let late = format!("{} is late: an answer was due on 2026-11-17", case.reference);
    let escalated = format!("{}: a duty is late", case.reference);
    assert_eq!((mails.to()[0], mails.subjects()[0]), ("anna@writ.example", late.as_str()));
    assert_eq!(mails.to()[1..], ["carla@writ.example", "dan@writ.example"]);
    assert!(mails.subjects()[1..].iter().all(|subject| *subject == escalated));
    at(11, 25);
    assert!(post.goes().0.is_empty(), "late is said once too");

    // Ben drafts: from now on the case is his to answer for. A new day is reminded of anew.
    let ben = world.ben();
    let later = subpoena().entry;
    let case = ben.amends(&case, PaperEntry { return_by: Stated::Is(day(2026, 12, 10)), ..known(&case, later) }).done();
    let case = ben.verifies(&case).done();
    let case = ben.assesses(&case).done();
    let case = ben.decides(&case).done();
    post.goes();
    at(12, 9);
    let mails = post.goes();
    assert_eq!(mails.to(), ["ben@writ.example"]);
    assert_eq!(mails.0[0].subject, format!("{} is due on 2026-12-10, tomorrow", case.reference));
}

fn while_the_clock_stands_still_nobody_is_reminded_and_then_of_the_day_it_moved_to(world: &World) {
    let (post, anna) = (Post::of(world), world.anna());
    let morning =
        |month, on| world.ctx.clock.set(Instant::new(day(2026, month, on).and_hms_opt(9, 0, 0).unwrap().and_utc()));
    let on = |case: &Case| OnCase { reference: case.reference.clone(), version: Some(case.version) };
    let case = anna.opens(subpoena().asking(SUBSCRIBER)).done();
    morning(11, 10);
    let because = prose("Asked for the signed copy.");
    let wait = BeginWait { kind: WaitKind::AwaitingRequester, because, expected_on: None };
    let case = begin_wait(&world.ctx, &anna.who, &on(&case), wait).unwrap();
    for (month, day) in [(11, 15), (11, 18), (11, 29)] {
        morning(month, day);
        assert!(post.goes().0.is_empty(), "a reminder while the agency is asked");
    }
    // Twenty days stood still: 17 November becomes 7 December.
    morning(11, 30);
    let case = end_wait(&world.ctx, &anna.who, &on(&case), prose("It came, signed.")).unwrap();
    assert!(post.goes().0.is_empty(), "a week ahead is early");
    morning(12, 4);
    assert_eq!(post.goes().subjects(), [format!("{} is due on 2026-12-07, in 3 days", case.reference)]);
    // A customer's time to object does not move our day.
    let wait =
        BeginWait { kind: WaitKind::ObjectionWindow, because: prose("The customer was told."), expected_on: None };
    begin_wait(&world.ctx, &anna.who, &on(&case), wait).unwrap();
    morning(12, 8);
    let late = format!("{} is late: an answer was due on 2026-12-07", case.reference);
    assert_eq!(post.goes().subjects().first(), Some(&late.as_str()));
}

/// The paper again, with the agency and officer the case has.
fn known(case: &Case, entry: PaperEntry) -> PaperEntry {
    let requester = &case.paper.requester;
    let officer = requester.officer.map_or(OfficerEntry::Nobody, OfficerEntry::Known);
    PaperEntry { agency: AgencyEntry::Known(requester.agency), officer, ..entry }
}

fn what_is_nobodys_business_any_more_is_not_sent(world: &World) {
    let post = Post::of(world);
    let case = drafted(world);
    // Dan approved before the mails went: nobody is left to ask. Emil left before his.
    world.dan().approves(&case).done();
    let raw = world.raw();
    let emil = raw.id(world.emil().id());
    world.is_spoilt();
    world.raw().must(&format!(
        "UPDATE staff SET is_active = {} WHERE id = {emil}",
        if raw.is_sqlite() { "0" } else { "false" }
    ));
    let tally = post.jobs.run_once().unwrap();
    assert_eq!((tally.sent, tally.dropped, tally.failed), (0, 3, 0));
    assert!(post.memory.mails().is_empty());
    assert_eq!(post.jobs.run_once().unwrap(), writ::jobs::Tally::default());
}

fn no_mail_tells_anything_personal(world: &World) {
    let post = Post::of(world);
    let mark = |what: &str| line(&format!("Secretword {what}"));
    let mut paper = subpoena();
    paper.file = Some(("secretword.pdf", papers::SUBPOENA));
    let entry = &mut paper.entry;
    entry.issuer = Some(mark("issuer"));
    entry.docket = Stated::Is(mark("docket"));
    entry.legal_basis = Stated::Is(mark("basis"));
    if let AgencyEntry::New { name, .. } = &mut entry.agency {
        *name = mark("agency");
    }
    entry.officer = OfficerEntry::New {
        name: mark("officer"),
        title: Some(mark("title")),
        email: Some(line("secretword@bsi.example")),
        phone: Some(mark("phone")),
    };
    let mut one = papers::asked_about("+1 202 555 0177", SUBSCRIBER);
    one.words = Some(mark("words"));
    paper.demands.push(one);

    let (anna, carla, emil) = (world.anna(), world.carla(), world.emil());
    let case = anna.opens(paper).done();
    let case = anna.verifies(&case).done();
    let order = RecordSecrecy {
        issuer: Some(mark("court")),
        docket: Some(mark("order")),
        grounds: Some(papers::prose("Secretword grounds")),
        ..papers::secrecy_order()
    };
    let case = anna.records_secrecy(&case, order).done();
    let case = anna.assesses(&case).done();
    let with_notes = |case: &Case| {
        let mut decisions = as_assessed(case);
        decisions.iter_mut().for_each(|decision| decision.note = Some(mark("note")));
        decisions
    };
    let case = anna.drafts(&case, with_notes(&case)).done();
    post.goes();
    let case = carla.returns(&case, "Secretword reason").done();
    post.goes();
    let case = anna.drafts(&case, with_notes(&case)).done();
    post.goes();
    let case = carla.approves(&case).done();
    post.goes();
    world.ctx.clock.set(Instant::new(day(2026, 11, 16).and_hms_opt(7, 0, 0).unwrap().and_utc()));
    post.goes();
    world.ctx.clock.set(Instant::new(day(2026, 11, 20).and_hms_opt(7, 0, 0).unwrap().and_utc()));
    post.goes();
    let demand = case.demands[0].clone();
    emil.collects(&case, &demand).done();
    // Secrecy outlives the answer: fourteen days before its end, and once it has passed.
    world.ctx.clock.set(Instant::new(day(2027, 10, 15).and_hms_opt(9, 0, 0).unwrap().and_utc()));
    post.goes();
    world.ctx.clock.set(Instant::new(day(2027, 10, 28).and_hms_opt(9, 0, 0).unwrap().and_utc()));
    post.goes();
    let on = OnCase { reference: case.reference.clone(), version: None };
    let to_ben = AssignCase { to: Some(world.ben().id()), note: Some(papers::prose("Secretword note")) };
    assign_case(&world.ctx, &anna.who, &on, to_ben).done();
    post.goes();

    let opened = world.log().into_iter().find(|row| row.kind == "case.opened").unwrap().seq;
    let fay = world.serves();
    let fay = fay.browser_of(&world.fay());
    let (entry, reason) = (format!("/log/{opened}"), [("because", "Secretword sample"), ("password", fay.password())]);
    fay.fills(&entry, &format!("{entry}/unseal"), &reason).leads_to();
    let (archive, reason) =
        (format!("/cases/{}/archive", case.reference), [("because", "Secretword audit"), ("password", fay.password())]);
    assert_eq!(fay.fills(&archive, &archive, &reason).status, 200);
    let finding = [("text", "Secretword finding"), ("severity", "breach")];
    fay.fills(&entry, &format!("{entry}/notes"), &finding).leads_to();
    post.goes();
    let ended = anna.withdraws(&anna.opens(subpoena().asking(SUBSCRIBER)).done()).done();
    let ended = OnCase { reference: ended.reference, version: None };
    let because = papers::prose("Secretword ground");
    propose_single(&world.ctx, &anna.who, &ended, ErasureGround::OpenedInError, because).done();
    post.goes();
    let mut hand = Hand::of(world);
    hand.spoils(3);
    assert!(verify_if_due(&world.ctx, TimeDelta::hours(24)).unwrap());
    hand.mends();
    post.goes();

    let mails = post.memory.mails();
    let kinds = world.raw().values("SELECT DISTINCT kind AS value FROM outbox WHERE sent_at IS NOT NULL");
    assert_eq!(kinds.len(), MailKind::ALL.len(), "not every kind was sent: {kinds:?}");
    let names = ["anna adler", "ben brook", "carla corn", "emil eck"];
    for mail in mails.iter().map(|mail| without_its_id(&mail.to_lowercase())) {
        for told in ["secretword", "555", "0177", "bsi", "registration", "grand"].iter().chain(&names) {
            assert!(!mail.contains(told), "a mail tells {told}: {mail}");
        }
    }
    // Nor does the outbox, nor what the log keeps for ever.
    let rows = world
        .raw()
        .values("SELECT kind || coalesce(reference, '') || once || coalesce(last_error, '') AS value FROM outbox");
    assert!(rows.iter().all(|row| !row.contains('@') && !row.to_lowercase().contains("secretword")), "{rows:?}");
    assert!(world.log().iter().all(|entry| !entry.process.contains("@writ.example")));
}

/// A mail without the line of its Message-ID: that is a random id, in which any digits may stand by chance.
fn without_its_id(mail: &str) -> String {
    let (ids, rest): (Vec<&str>, Vec<&str>) = mail.lines().partition(|line| line.starts_with("message-id: "));
    let id = ids.concat();
    let id = id.trim_start_matches("message-id: <").trim_end_matches("@writ.example>");
    assert!(uuid::Uuid::parse_str(id).is_ok(), "a Message-ID is a random id and nothing else: {ids:?}");
    rest.join("\n")
}

fn two_senders_send_each_mail_once(world: &World) {
    for _ in 0..6 {
        drafted(world);
    }
    let (one, other) = (Post::of(world), Post::elsewhere(world));
    std::thread::scope(|scope| {
        let senders = [scope.spawn(|| one.jobs.run_once()), scope.spawn(|| other.jobs.run_once())];
        for sender in senders {
            // A busy register is looked at again in the next round.
            let _busy = sender.join().unwrap();
        }
    });
    one.jobs.run_once().unwrap();
    let mut ids: Vec<String> = one.all().chain(other.all()).map(|mail| mail.id()).collect();
    assert_eq!(ids.len(), 12, "two reviewers, six cases");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 12, "a mail went twice");
    assert_eq!(world.log().iter().filter(|entry| entry.kind == "mail.sent").count(), 12);
}

fn a_mail_that_failed_is_tried_again_after_a_restart_and_given_up_at_last(world: &World) {
    let post = Post::of(world);
    drafted(world);
    post.memory.fails_with(Some(MailFault::Unreachable));
    let tally = post.jobs.run_once().unwrap();
    assert_eq!((tally.sent, tally.failed), (0, 1), "after the first the server is not asked again this round");
    post.jobs.run_once().unwrap();
    drop(post);

    let post = Post::elsewhere(world);
    assert!(post.goes().0.is_empty(), "it rests for a minute");
    world.minutes_pass(1);
    assert_eq!(post.goes().to(), ["carla@writ.example", "dan@writ.example"]);

    // A sender that died with a mail in hand: it is free again after a while, and a mail of many such ends is given up.
    drafted(world);
    for attempt in 0..MOST_ATTEMPTS * 2 {
        let claimed = claim(&world.ctx).unwrap().unwrap();
        assert_eq!(claimed.attempts, attempt / 2 + 1);
        if attempt % 2 == 1 {
            assert_eq!(claim(&world.ctx).unwrap(), None, "both are in somebody's hands");
            world.ctx.clock.turn(TimeDelta::minutes(11));
        }
    }
    assert_eq!(claim(&world.ctx).unwrap(), None);
    let faults = world.raw().values("SELECT last_error AS value FROM outbox WHERE failed_at IS NOT NULL");
    assert_eq!(faults, ["cut_short", "cut_short"]);
}

fn an_admin_sees_what_failed_and_tries_again(world: &World) {
    let (site, post) = (world.serves(), Post::of(world));
    let case = drafted(world);
    let gus = site.browser_of(&world.gus());
    gus.gets("/outbox").shows("Waiting 2");
    post.memory.fails_with(Some(MailFault::Refused));
    assert_eq!(post.jobs.run_once().unwrap().failed, 2);
    let page = gus.gets("/outbox");
    page.shows("2 mails were given up");
    page.shows("approval asked Carla Corn");
    page.shows("the mail server refuses this address or this mail");
    page.hides(case.reference.as_str());
    page.hides("@writ.example");
    world.ctx.clock.turn(TimeDelta::days(4));
    assert_eq!(post.goes().subjects(), [""; 0], "what was given up is not tried again by itself");
    let gus = site.browser_of(&world.gus());

    post.memory.fails_with(None);
    let (page, entries) = world.entries_of(|| gus.fills("/outbox", "/outbox/retry", &[]));
    assert_eq!(page.leads_to(), "/outbox");
    assert_eq!(entries.iter().filter(|entry| entry.kind == "mail.retried").count(), 2);
    assert_eq!(post.goes().to(), ["carla@writ.example", "dan@writ.example"]);
    let page = gus.gets("/outbox");
    page.shows("Mail goes out");
    page.shows("Sent today 2");
    // A second try, from a page somebody left open, has nothing to do.
    assert_eq!(gus.posts("/outbox/retry", &[("token", &gus.token_on("/account"))]).status, 422);
}
