//! What happens when the log, or what follows from it, is found faulty: everybody who must know is told, nothing leaves, and it takes two people to
//! let releases go on. Also how an auditor verifies in the background.

mod tables;

use std::sync::Arc;

use chrono::TimeDelta;
use writ::actions::run_verification::{Progress, verify_if_due};
use writ::actions::{Ctx, measure};
use writ::domain::case::Case;
use writ::domain::staff::{Actor, Role};
use writ::jobs::{Jobs, Verification};
use writ::mail::{Mailer, Memory};
use writ::store::replay::Progress as Looked;

use crate::support::hand::Hand;
use crate::support::on_both;
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::site::{Client, Page};
use crate::support::until::until;
use crate::support::world::World;

on_both! {
    a_fault_holds_releases_until_an_admin_and_an_auditor_have_acknowledged_it,
    whoever_is_both_acknowledges_in_one_role_only,
    an_alarm_stands_where_the_log_cannot_be_written_to,
    of_two_nodes_one_verifies_when_it_is_time,
    a_verification_goes_on_in_the_background_and_the_desk_tells_how_far_it_is,
}

const DOES_NOT_FIT: &str = "A verification found a fault";

fn a_fault_holds_releases_until_an_admin_and_an_auditor_have_acknowledged_it(world: &World) {
    let case = collected(world);
    let (jobs, memory) = jobs(world);
    jobs.run_once().unwrap();
    assert_eq!(verified(world), ["true"], "it is verified by itself at once");
    let site = world.serves();
    let (fay, gus) = (site.browser_of(&world.fay()), site.browser_of(&world.gus()));
    fay.gets("/log").shows("everything fitted");
    gus.gets("/staff").hides(DOES_NOT_FIT);
    gus.gets("/alarms").shows("No alarm was ever raised");
    let mut hand = Hand::of(world);
    hand.spoils(7);
    world.minutes_pass(23 * 60);
    jobs.run_once().unwrap();
    assert_eq!(verified(world).len(), 1, "a day has not passed");
    world.minutes_pass(2 * 60);
    jobs.run_once().unwrap();

    assert_eq!(verified(world), ["true", "false"]);
    assert_eq!(last_kinds(world, 2), ["log.verified", "alarm.raised"]);
    for client in [site.browser_of(&world.fay()), site.browser_of(&world.gus())] {
        let page = client.gets("/account");
        for words in [DOES_NOT_FIT, "The process payload of entry 7", "Nothing can be released until"] {
            assert!(page.source().contains(words), "{}", page.source());
        }
    }
    site.browser_of(&world.anna()).gets("/account").hides(DOES_NOT_FIT);
    assert_eq!(told(&memory), ["fay@writ.example", "gus@writ.example"]);
    meters_say(&world.ctx, 0, 1);
    world.anna().releases(&case).refused_as("log_in_alarm");
    let page = site.browser_of(&world.anna()).gets(&format!("/cases/{}", case.reference));
    assert_eq!(page.status, 200, "work goes on: {}", page.text());

    // One of them is not enough, and nobody counts twice.
    let (fay, gus) = (site.browser_of(&world.fay()), site.browser_of(&world.gus()));
    assert_eq!(acknowledges(&fay, "", fay.password()).status, 422);
    assert_eq!(acknowledges(&fay, "Seen.", "not the password").status, 422);
    assert_eq!(acknowledges(&fay, "The disk broke; a copy is kept.", fay.password()).leads_to(), "/alarms");
    world.anna().releases(&case).refused_as("log_in_alarm");
    let page = fay.gets("/alarms");
    page.shows("The disk broke; a copy is kept.");
    page.shows("until an admin has acknowledged this");
    page.shows("each person counts once");
    let again = [("role", "auditor"), ("because", "Once more."), ("password", fay.password())];
    let (page, entries) = world.entries_of(|| fay.posts(&open_alarm(world), &with_token(&fay, &again)));
    assert_eq!((page.status, entries.last().unwrap().kind.as_str()), (409, "action.refused"));
    let as_admin = [("role", "admin"), ("because", "As another."), ("password", fay.password())];
    assert_eq!(fay.posts(&open_alarm(world), &with_token(&fay, &as_admin)).status, 403);
    acknowledges(&gus, "Entry 7 says nothing about releases.", gus.password()).leads_to();
    assert_eq!(last_kinds(world, 1), ["alarm.acknowledged"]);
    let entry = world.log().pop().unwrap();
    assert!(!entry.process.contains("says nothing"), "the reason is personal: {}", entry.process);
    let released = world.anna().releases(&case).done();
    world.anna().closes(&released).done();

    // The page goes on telling, the same fault raises nothing new, and once it is mended all is quiet.
    let page = gus.gets("/account").source();
    assert!(page.contains(DOES_NOT_FIT) && page.contains("releases go on"), "{page}");
    world.minutes_pass(25 * 60);
    jobs.run_once().unwrap();
    assert_eq!((verified(world).len(), alarms(world)), (3, 1));
    hand.mends();
    world.minutes_pass(25 * 60);
    jobs.run_once().unwrap();
    site.browser_of(&world.gus()).gets("/account").hides("class=\"strip bad");
    meters_say(&world.ctx, 1, 0);

    // Another fault is another alarm, whoever finds it; that it is gone again settles nothing.
    let case = collected(world);
    hand.spoils(9);
    let by_token = site.token_of(world, &world.fay());
    assert_eq!(by_token.calls("/api/v1/log/verify", "{}").json()["is_sound"], false);
    assert_eq!(alarms(world), 2);
    hand.mends();
    assert_eq!(by_token.calls("/api/v1/log/verify", "{}").json()["is_sound"], true);
    let page = site.browser_of(&world.gus()).gets("/account").source();
    assert!(page.contains("found nothing wrong any more") && page.contains("Nothing can be released"), "{page}");
    world.anna().releases(&case).refused_as("log_in_alarm");
}

fn whoever_is_both_acknowledges_in_one_role_only(world: &World) {
    let hal = world.hires("hal", "Hal Hahn", &[Role::Admin, Role::Auditor], false);
    let case = collected(world);
    let mut hand = Hand::of(world);
    hand.spoils(7);
    assert!(verify_if_due(&world.ctx, TimeDelta::hours(24)).unwrap());
    let site = world.serves();
    let hal = site.browser_of(&hal);
    let as_role = |role: &'static str| [("role", role), ("because", "I know."), ("password", "hal walks the dog")];
    hal.fills("/alarms", &open_alarm(world), &as_role("admin")).leads_to();
    let page = hal.posts(&open_alarm(world), &with_token(&hal, &as_role("auditor")));
    assert_eq!(page.status, 409, "{}", page.text());
    world.anna().releases(&case).refused_as("log_in_alarm");
    let gus = site.browser_of(&world.gus());
    gus.gets("/alarms").shows("acknowledged already by somebody as admin");
    acknowledges(&site.browser_of(&world.fay()), "I know too.", "fay walks the dog").leads_to();
    world.anna().releases(&case).done();
    hand.mends();
}

fn an_alarm_stands_where_the_log_cannot_be_written_to(world: &World) {
    let case = collected(world);
    let (jobs, memory) = jobs(world);
    let site = world.serves();
    let (fay, gus) = (site.browser_of(&world.fay()), site.browser_of(&world.gus()));
    let size = world.log().len();
    let mut raw = Hand::of(world).raw;
    raw.must("UPDATE log_head SET size = size + 4");
    assert!(jobs.run_once().is_err(), "that a mail was sent can't be written down");
    assert_eq!(raw.count("log_entry"), i64::try_from(size).unwrap(), "nothing can be appended");
    assert_eq!(alarms(world), 1);
    assert!(!memory.mails().is_empty(), "it was sent all the same");
    let page = gus.gets("/alarms");
    page.shows("holds releases back");
    assert!(page.source().contains(DOES_NOT_FIT), "{}", page.source());
    assert_eq!(acknowledges(&fay, "The head is wrong.", fay.password()).status, 500, "no act without its entry");
    // Once it is mended the log is told, and the alarm waits for people all the same.
    raw.must("UPDATE log_head SET size = size - 4");
    world.minutes_pass(25 * 60);
    jobs.run_once().unwrap();
    let (fay, gus) = (site.browser_of(&world.fay()), site.browser_of(&world.gus()));
    world.anna().releases(&case).refused_as("log_in_alarm");
    acknowledges(&fay, "The head was wrong.", fay.password()).leads_to();
    acknowledges(&gus, "It is mended.", gus.password()).leads_to();
    let told: Vec<String> = world.log().into_iter().map(|row| row.kind).filter(|k| k.starts_with("alarm")).collect();
    assert_eq!(told, ["alarm.raised", "alarm.acknowledged", "alarm.acknowledged"]);
    world.anna().releases(&case).done();
}

fn of_two_nodes_one_verifies_when_it_is_time(world: &World) {
    let other = Ctx { verifying: Arc::default(), ..world.another_node() };
    let day = TimeDelta::hours(24);
    assert_eq!([&world.ctx, &other].map(|ctx| verify_if_due(ctx, day).unwrap()), [true, false]);
    world.minutes_pass(25 * 60);
    assert_eq!([&other, &world.ctx].map(|ctx| verify_if_due(ctx, day).unwrap()), [true, false]);
    // At the very same time too.
    world.minutes_pass(25 * 60);
    let done = std::thread::scope(|scope| {
        let both = [&world.ctx, &other].map(|ctx| scope.spawn(move || verify_if_due(ctx, day).unwrap()));
        both.map(|one| one.join().unwrap())
    });
    assert_eq!(done.iter().filter(|done| **done).count(), 1, "{done:?}");
    assert_eq!(verified(world).len(), 3);
}

fn a_verification_goes_on_in_the_background_and_the_desk_tells_how_far_it_is(world: &World) {
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    fay.gets("/log").shows("Not verified yet");
    let progress =
        Progress { what: "entries", done: 0, all: 4_711, by: Actor::Staff(world.gus().id()), since: world.ctx.now() };
    let turn = world.ctx.verifying.begin(progress).unwrap();
    turn.tell(Looked { what: "entries", done: 1_234, of: 4_711 });
    let page = fay.gets("/log?kind=log.viewed");
    page.shows("Verifying: 1,234 of 4,711 entries");
    page.shows("Gus Grove");
    assert!(page.source().contains("<meta http-equiv=\"refresh\""), "the page asks again by itself");
    // Asking while one is under way shows that one.
    let token = fay.token_on("/account");
    assert_eq!(fay.posts("/log/verify", &[("token", &token)]).leads_to(), "/log");
    fay.gets("/log").shows("Verifying: 1,234 of 4,711 entries");
    turn.tell(Looked { what: "documents", done: 7, of: 12 });
    fay.gets("/log").shows("Verifying: 7 of 12 documents");
    assert!(verified(world).is_empty());
    drop(turn);

    let page = fay.fills("/log", "/log/verify", &[]);
    assert_eq!(page.leads_to(), "/log");
    until("it is verified", || world.ctx.verifying.seen().is_none());
    let page = fay.gets("/log");
    page.shows("everything fitted");
    page.shows("By Fay Finch");
    assert!(!page.source().contains("http-equiv"), "it is over");
    assert_eq!(verified(world), ["true"]);
    let entry = world.log().into_iter().rfind(|row| row.kind == "log.verified").unwrap();
    assert_eq!(entry.actor, format!("staff:{}", world.fay().id()));
}

// ── how ──────────────────────────────────────────────────────────────────────────

/// A case of which everything is collected, and nothing has left.
fn collected(world: &World) -> Case {
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let case = world.anna().decides(&world.anna().assesses(&world.ben().verifies(&case).done()).done()).done();
    let case = world.carla().approves(&case).done();
    world.emil().collects(&case, &case.demands[0]).done()
}

fn jobs(world: &World) -> (Jobs, Arc<Memory>) {
    let memory = Arc::new(Memory::default());
    let mailer = Mailer::to_memory("Writ <writ@writ.example>", memory.clone()).unwrap();
    let verification = Verification { every: Some(TimeDelta::hours(24)) };
    (Jobs { due_soon_days: 0, verification, ..Jobs::new(world.ctx.clone(), mailer) }, memory)
}

/// Who was told of an alarm by mail.
fn told(memory: &Memory) -> Vec<String> {
    let is_alarm = |mail: &&String| header(mail, "Subject: ") == "Alarm: a verification of Writ found a fault";
    let mut told: Vec<String> = memory.mails().iter().filter(is_alarm).map(|mail| header(mail, "To: ")).collect();
    told.sort();
    told
}

fn acknowledges(client: &Client<'_>, because: &str, password: &str) -> Page {
    let source = client.gets("/alarms").source();
    let action = source.split("action=\"").find(|rest| rest.starts_with("/alarms/")).expect("nothing to acknowledge");
    let action = action.split('"').next().unwrap().to_owned();
    client.fills("/alarms", &action, &[("because", because), ("password", password)])
}

fn open_alarm(world: &World) -> String {
    let id = world.raw().values("SELECT CAST(id AS text) AS value FROM alarms WHERE settled_at IS NULL").remove(0);
    format!("/alarms/{id}/acknowledge")
}

fn alarms(world: &World) -> i64 {
    world.raw().count("alarms")
}

/// What each verification of the log came to, as the log tells it.
fn verified(world: &World) -> Vec<String> {
    let rows = world.log().into_iter().filter(|row| row.kind == "log.verified");
    rows.map(|row| row.process.split("\"is_sound\":").nth(1).unwrap().split([',', '}']).next().unwrap().to_owned())
        .collect()
}

fn last_kinds(world: &World, count: usize) -> Vec<String> {
    // Mails are sent after the verification that they tell of.
    let kinds: Vec<String> = world.log().into_iter().map(|row| row.kind).filter(|kind| kind != "mail.sent").collect();
    kinds[kinds.len() - count..].to_vec()
}

fn header(mail: &str, name: &str) -> String {
    mail.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned()
}

fn meters_say(ctx: &Ctx, sound: u8, open: u8) {
    let text = measure::measure(ctx, None).unwrap();
    for line in [format!("writ_log_sound {sound}"), format!("writ_alarms_open {open}")] {
        assert!(text.contains(&line), "{line}: {text}");
    }
    assert!(!text.contains("writ_log_verified_timestamp_seconds 0\n"));
}

fn with_token<'f>(client: &Client<'_>, fields: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let token: &'f str = client.token_on("/account").leak();
    fields.iter().copied().chain([("token", token)]).collect()
}
