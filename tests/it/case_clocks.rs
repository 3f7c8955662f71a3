//! Clocks on cases: ordered by rules, counted with their arithmetic, over changes of the clocks on the wall, stopped, moved,
//! settled; the agenda, the calendar, and the cases that were opened before clocks were counted.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use writ::actions::account::feed::{end_feed, make_feed};
use writ::actions::amend_case::amend_case;
use writ::actions::clocks::count_uncounted;
use writ::actions::on_case::OnCase;
use writ::actions::open_case::{AgencyEntry, OfficerEntry};
use writ::actions::staff::deactivate::deactivate;
use writ::actions::wait::{BeginWait, begin_wait, end_wait};
use writ::domain::case::Case;
use writ::domain::decision::Decision;
use writ::domain::instrument::Instrument;
use writ::domain::requester::IssuingAuthority;
use writ::domain::staff::Role;
use writ::domain::stage::Compartment;
use writ::domain::stated::Stated;
use writ::domain::time::Instant;
use writ::domain::wait::WaitKind;

use crate::support::on_both;
use crate::support::papers::{Paper, day, preservation_letter, prose, secrecy_order, subpoena, warrant};
use crate::support::people::{Acts, grant};
use crate::support::world::World;

on_both! {
    eight_hours_run_over_midnight_and_the_end_of_summer_time,
    a_clock_of_hours_stands_still_to_the_minute_and_the_authority_gets_its_own,
    a_warrant_is_executed_by_its_day_or_fourteen_days_whichever_is_first,
    nothing_leaves_while_the_enforcing_authority_may_still_refuse,
    a_clock_is_moved_with_a_reason_and_one_that_the_law_fixes_is_not,
    secrecy_outlives_the_case_until_somebody_says_what_was_done,
    a_copy_is_kept_for_ninety_days_and_for_ninety_more_after_a_renewal,
    a_calendar_reads_the_agenda_and_learns_nobodys_name,
    cases_from_before_are_counted_by_the_jobs,
}

const ITEM: &str = "account/registration";

fn at(text: &str) -> Instant {
    Instant::new(text.parse::<DateTime<Utc>>().unwrap())
}

/// A production order in an emergency, received as told.
fn emergency_order(received: &str) -> Paper {
    let mut paper = subpoena().asking(ITEM);
    paper.entry.instrument = Instrument::Epoc;
    paper.entry.issuing_authority = IssuingAuthority::Judge;
    paper.entry.return_by = Stated::None;
    paper.entry.issued_on = None;
    paper.entry.received_at = at(received);
    paper.entry.more = [
        ("emergency.claimed".to_owned(), json!(true)),
        ("emergency.danger".to_owned(), json!("imminent_threat_to_life")),
        ("emergency.facts_given".to_owned(), json!(true)),
    ]
    .into();
    paper
}

fn names(case: &Case) -> Vec<&str> {
    case.running_clocks().into_iter().map(|clock| clock.counted.rule.as_str()).collect()
}

fn on(case: &Case) -> OnCase {
    OnCase { reference: case.reference.clone(), version: Some(case.version) }
}

fn eight_hours_run_over_midnight_and_the_end_of_summer_time(world: &World) {
    // Served at ten in the evening in Dublin, on the night on which an hour comes twice.
    world.ctx.clock.set(at("2026-10-24T21:05:00Z"));
    let mut same_day = subpoena().asking(ITEM);
    same_day.entry.return_by = Stated::Is(day(2026, 10, 25));
    let same_day = world.anna().opens(same_day).done();
    let case = world.anna().opens(emergency_order("2026-10-24T21:00:00Z")).done();
    assert_eq!(names(&case), ["eu-clock-eight-hours"]);
    let clock = case.next_duty().unwrap();
    assert_eq!(clock.due_at(), at("2026-10-25T05:00:00Z"));
    let site = world.serves();
    let anna = site.token_of(world, &world.anna());
    // Lists sort by the hour: what came first and is due by the end of the same day stands behind it.
    let queue = anna.gets("/queue?tab=open").text();
    let place = |case: &Case| queue.find(case.reference.as_str()).unwrap();
    assert!(place(&case) < place(&same_day), "{queue}");
    let page = anna.gets(&format!("/cases/{}?tab=clocks", case.reference));
    page.shows("Answer the emergency order");
    page.shows("received Sat 24 Oct 2026 22:00 IST + 8 hours");
    page.shows("Ends Sun 25 Oct 2026 05:00 GMT");
    page.shows("Reg. 2023/1543 art. 10(4)");
    page.shows("whoever has the case: Sat 24 Oct 2026 24:00 IST , Sun 25 Oct 2026 02:00 GMT");
    anna.gets("/queue").shows("in 7 h");
    anna.gets("/queue?tab=emergency").shows(case.reference.as_str());

    // It is late by minutes, and every list says so.
    world.ctx.clock.set(at("2026-10-25T05:20:00Z"));
    let queue = anna.gets("/queue");
    queue.shows("2 cases · 1 late");
    queue.shows("late by 20 min");
    anna.gets("/queue?due=late").shows("late by 20 min");
    let agenda = anna.gets("/clocks");
    agenda.shows("1 duty is late");
    agenda.shows("Late");
    assert!(anna.gets("/api/v1/clocks").source().contains("\"late\":1"));
    // The log tells the arithmetic, and holds nothing personal of it.
    let counted = world.log().into_iter().find(|row| row.kind == "clocks.counted").unwrap();
    assert!(counted.process.contains("2026-10-25T05:00:00Z"), "{}", counted.process);
}

fn a_clock_of_hours_stands_still_to_the_minute_and_the_authority_gets_its_own(world: &World) {
    world.ctx.clock.set(at("2026-11-12T15:10:00Z"));
    let anna = world.anna();
    let case = anna.opens(emergency_order("2026-11-12T15:10:00Z")).done();
    world.minutes_pass(60);
    let kind = WaitKind::AwaitingRequester;
    let wait = BeginWait { kind, because: prose("Sent Annex III: which account?"), expected_on: None };
    let case = begin_wait(&world.ctx, &anna.who, &on(&case), wait).unwrap();
    // The authority has five days, to the end of the last: Tuesday 17 November in Dublin.
    let theirs = case.clock("eu-clock-clarification").unwrap();
    assert_eq!(theirs.due_at(), at("2026-11-18T00:00:00Z"));
    assert!(case.is_standing_still());
    let site = world.serves();
    let client = site.token_of(world, &anna);
    client.gets(&format!("/cases/{}?tab=clocks", case.reference)).shows("stands still: waiting on the agency");
    client.gets("/clocks").shows("Standing still");

    world.minutes_pass(90);
    let case = end_wait(&world.ctx, &anna.who, &on(&case), prose("They named it.")).unwrap();
    assert_eq!(names(&case), ["eu-clock-eight-hours"]);
    let ours = case.next_duty().unwrap();
    assert_eq!(ours.due_at(), at("2026-11-13T00:40:00Z"));
    assert!(ours.counted.told.contains("1 h 30 min in which the clock stood still"), "{}", ours.counted.told);
}

fn a_warrant_is_executed_by_its_day_or_fourteen_days_whichever_is_first(world: &World) {
    let anna = world.anna();
    let mut paper = warrant().asking(ITEM);
    paper.entry.execute_by = Stated::Is(day(2026, 11, 9));
    let case = anna.opens(paper).done();
    let told = |case: &Case| case.clock("us-clock-warrant").unwrap().counted.told.clone();
    assert_eq!(case.clock("us-clock-warrant").unwrap().due_on(), day(2026, 11, 9));
    assert!(told(&case).contains("the later end is left: issued Wed 28 Oct 2026"), "{}", told(&case));
    // Fourteen days from 28 October end on Veterans Day, which is none to end on.
    let mut paper = warrant().asking(ITEM);
    paper.entry.execute_by = Stated::None;
    let case = anna.opens(paper).done();
    assert_eq!(case.clock("us-clock-warrant").unwrap().due_on(), day(2026, 11, 12));
    assert!(told(&case).contains("Veterans Day: Thu 12 Nov 2026 (Fed. R. Civ. P. 6(a)(1)(C))"), "{}", told(&case));
}

fn a_clock_is_moved_with_a_reason_and_one_that_the_law_fixes_is_not(world: &World) {
    let anna = world.anna();
    let case = anna.opens(subpoena().asking(ITEM)).done();
    let case = anna.records_secrecy(&case, secrecy_order()).done();
    let site = world.serves();
    let client = site.token_of(world, &anna);
    let page = format!("/cases/{}?tab=clocks", case.reference);
    let posts = |to: &str, clock: &str, on: &str, because: &str| {
        let (day, why) = (format!("due_on.{clock}"), format!("because.{clock}"));
        let fields = [("clock", clock), (day.as_str(), on), (why.as_str(), because)];
        client.posts(&format!("/cases/{}/clocks/{to}", case.reference), &fields)
    };
    const ANSWER: &str = "us-clock-answer-by-return-date";
    // Nothing typed is lost: the day has passed, and the reason stands there still.
    let refused = posts("move", ANSWER, "2026-10-01", "The office gave us a week more, by letter.");
    assert_eq!(refused.status, 422);
    refused.shows("This day is over; give a day from today on.");
    assert!(refused.source().contains("The office gave us a week more, by letter."));
    posts("move", ANSWER, "2026-11-24", "The office gave us a week more, by letter.").leads_to();
    let moved = world.case(case.id);
    assert_eq!(
        (moved.due_on(), moved.next_duty().unwrap().due_at()),
        (Some(day(2026, 11, 24)), at("2026-11-25T08:00:00Z"),)
    );
    client.gets(&page).shows("The office gave us a week more, by letter.");
    let fixed = posts("move", "us-clock-secrecy-ends", "2028-01-01", "We would rather not tell.");
    assert_eq!(fixed.status, 403, "{}", fixed.text());
    fixed.shows("nobody here can move it");
    assert_eq!(posts("move", "no-such-clock", "2028-01-01", "Why not.").status, 403);
    // Another day on the paper counts it anew; what was agreed before holds as long as it is later.
    let mut entry = subpoena().entry;
    entry.return_by = Stated::Is(day(2026, 12, 4));
    let requester = &case.paper.requester;
    entry.agency = AgencyEntry::Known(requester.agency);
    entry.officer = requester.officer.map_or(OfficerEntry::Nobody, OfficerEntry::Known);
    let amended = amend_case(&world.ctx, &anna.who, &on(&world.case(case.id)), entry).unwrap();
    assert_eq!((amended.due_on(), amended.clock(ANSWER).unwrap().moved.is_none()), (Some(day(2026, 12, 4)), true));
}

fn nothing_leaves_while_the_enforcing_authority_may_still_refuse(world: &World) {
    const WINDOW: &str = "eu-clock-enforcing-authority";
    world.ctx.clock.set(at("2026-11-12T15:10:00Z"));
    let anna = world.anna();
    let mut paper = emergency_order("2026-11-12T15:10:00Z");
    paper.entry.more = [("ea_notified".to_owned(), json!(true))].into();
    let case = world.ben().verifies(&anna.opens(paper).done()).done();
    let case = anna.assesses(&case).done();
    let beyond = Some(prose("Counsel read the order and found it in order."));
    let decisions = vec![Decision { override_reason: beyond, ..grant(&case.demands[0]) }];
    let case = world.carla().drafts(&case, decisions).done();
    let case = world.dan().approves(&case).done();
    let case = world.hires("hedy", "Hedy Holm", &[Role::Reviewer], false).approves(&case).done();
    let case = world.emil().collects(&case, &case.demands[0]).done();
    assert!(names(&case).contains(&WINDOW));
    anna.releases(&case).refused_as("release_too_early");
    let site = world.serves();
    let client = site.token_of(world, &anna);
    let page = client.gets(&format!("/cases/{}", case.reference));
    page.shows("Nothing may leave before 2026-11-24 00:00 UTC: an authority may still object.");
    assert!(!page.source().contains("id=\"release\""), "a form that can't be sent");
    // Nobody talks the window away: it is neither moved nor settled.
    let fields = [("clock", WINDOW), ("account.eu-clock-enforcing-authority", "They rang: no objection.")];
    let settled = client.posts(&format!("/cases/{}/clocks/settle", case.reference), &fields);
    assert_eq!(settled.status, 403);
    let fields = [
        ("clock", WINDOW),
        ("due_on.eu-clock-enforcing-authority", "2026-11-13"),
        ("because.eu-clock-enforcing-authority", "They rang."),
    ];
    assert_eq!(client.posts(&format!("/cases/{}/clocks/move", case.reference), &fields).status, 403);
    // Ten days end on Sunday the 22nd in Dublin: on Monday the 23rd, counted by Art. 3(4).
    world.ctx.clock.set(at("2026-11-24T00:00:30Z"));
    assert!(anna.releases(&world.case(case.id)).done().released().is_some());
}

fn secrecy_outlives_the_case_until_somebody_says_what_was_done(world: &World) {
    let anna = world.anna();
    let case = anna.opens(subpoena().asking(ITEM)).done();
    let case = anna.records_secrecy(&case, secrecy_order()).done();
    let case = anna.withdraws(&case).done();
    assert_eq!(names(&case), ["us-clock-secrecy-ends"]);
    let site = world.serves();
    let (client, fay) = (site.token_of(world, &anna), site.token_of(world, &world.fay()));
    world.ctx.clock.set(at("2027-11-01T10:00:00Z"));
    client.gets("/clocks").shows("1 duty is late");
    let page = format!("/cases/{}?tab=clocks", case.reference);
    let to = format!("/cases/{}/clocks/settle", case.reference);
    const SECRECY: &str = "us-clock-secrecy-ends";
    let said = [("clock", SECRECY), ("account.us-clock-secrecy-ends", "Told the customer by letter on 1 November.")];
    client.fills(&page, &to, &said).leads_to();
    let settled = world.case(case.id);
    assert!(settled.running_clocks().is_empty());
    client.gets(&page).shows("Told the customer by letter on 1 November.");
    client.gets("/clocks").shows("No clock runs");
    // An auditor sees that it is done and by whom, not the words.
    let sealed = fay.gets(&page);
    sealed.shows("done with");
    sealed.hides("by letter");
    assert_eq!(client.posts(&to, &said).status, 409);
    world.ends_well();
}

fn a_copy_is_kept_for_ninety_days_and_for_ninety_more_after_a_renewal(world: &World) {
    let anna = world.anna();
    let case = anna.opens(preservation_letter().asking(ITEM)).done();
    let hold = case.next_duty().unwrap();
    assert_eq!((hold.counted.rule.as_str(), hold.due_on()), ("us-clock-preserve-ninety-days", day(2027, 1, 28)));
    let mut renewed = preservation_letter().entry;
    renewed.more =
        [("prior.preserved_since".to_owned(), json!("2026-10-30")), ("prior.renewal_no".to_owned(), json!(1))].into();
    let requester = &case.paper.requester;
    renewed.agency = AgencyEntry::Known(requester.agency);
    renewed.officer = requester.officer.map_or(OfficerEntry::Nobody, OfficerEntry::Known);
    let case = amend_case(&world.ctx, &anna.who, &on(&case), renewed).unwrap();
    let hold = case.next_duty().unwrap();
    assert_eq!((hold.counted.rule.as_str(), hold.due_on()), ("us-clock-preserve-renewed", day(2027, 4, 28)));
}

fn a_calendar_reads_the_agenda_and_learns_nobodys_name(world: &World) {
    let anna = world.anna();
    let case = anna.opens(subpoena().asking(ITEM)).done();
    let restricted = Paper { compartment: Compartment::Restricted, ..subpoena() }.asking(ITEM);
    let hidden = anna.opens(restricted).done();
    let site = world.serves();
    let client = site.browser_of(&anna);
    let shown = client.fills("/account", "/account/calendar", &[]);
    shown.shows("Address, shown once");
    client.gets("/account").shows("Make a new address; the old one ends");
    let secret = make_feed(&world.ctx, &anna.who).unwrap();
    let stranger = site.visitor();
    let address = format!("/calendar/{secret}.ics");
    let calendar = stranger.gets(&address);
    assert_eq!((calendar.status, calendar.kind.as_str()), (200, "text/calendar; charset=utf-8"));
    let text = calendar.source().replace("\r\n ", "");
    assert!(text.contains(&format!("SUMMARY:{}: Answer by the day on the paper", case.reference)), "{text}");
    assert!(text.contains("DTSTART:20261118T080000Z") && text.contains("BEGIN:VALARM"), "{text}");
    for told in [hidden.reference.as_str(), "Sample Inquiries", "Mockford", "555", "26-GJ", "Anna", "registration"] {
        assert!(!text.contains(told), "a calendar tells {told}: {text}");
    }
    // A new address ends the old one, and so does its owner.
    let other = make_feed(&world.ctx, &anna.who).unwrap();
    assert_eq!(stranger.gets(&address).status, 404);
    assert_eq!(stranger.gets(&format!("/calendar/{other}.ics")).status, 200);
    end_feed(&world.ctx, &anna.who).unwrap();
    assert_eq!(stranger.gets(&format!("/calendar/{other}.ics")).status, 404);
    let again = make_feed(&world.ctx, &anna.who).unwrap();
    deactivate(&world.ctx, &world.gus().who, anna.id()).unwrap();
    assert_eq!(stranger.gets(&format!("/calendar/{again}.ics")).status, 404);
    // The secret stands nowhere: neither in the log nor in the database.
    assert!(world.log().iter().all(|row| !row.process.contains(&again)));
}

fn cases_from_before_are_counted_by_the_jobs(world: &World) {
    let case = world.anna().opens(subpoena().asking(ITEM)).done();
    world.raw().must("UPDATE cases SET clocks = '[]'");
    world.raw().must("DELETE FROM clocks");
    assert_eq!(world.case(case.id).due_on(), Some(day(2026, 11, 17)), "the paper's day, until it is counted");
    let entries = world.log().len();
    assert_eq!(count_uncounted(&world.ctx).unwrap(), 1);
    assert_eq!(count_uncounted(&world.ctx).unwrap(), 0);
    let counted = world.case(case.id);
    assert_eq!((counted.version, names(&counted)), (case.version, vec!["us-clock-answer-by-return-date"]));
    assert_eq!(world.log().len(), entries + 1);
    assert!(world.log().last().unwrap().actor.contains("system:clocks"));
    world.ctx.clock.turn(TimeDelta::hours(1));
}
