//! The auditor's review: random samples that can be drawn again, notes and findings with their answers, a case as a
//! timeline, and what the case's people are told.

use writ::domain::case::Case;
use writ::domain::sample::draw;
use writ::domain::staff::Role;
use writ::store::log::{LogFilter, LogRow, list_numbers};

use crate::support::on_both;
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::site::{Client, Page};
use crate::support::world::World;

on_both! {
    a_sample_can_be_drawn_again_by_its_seed_however_long_the_log_has_grown,
    a_finding_is_answered_by_the_people_of_the_case_and_closed_by_an_auditor,
    a_case_is_followed_as_a_timeline_with_its_gates_and_refused_attempts,
    the_log_is_filtered_by_role_and_by_what_became_of_an_act,
}

/// As `docs/audit.md` has it, and as anybody would get it from that page.
#[test]
fn the_draw_is_the_one_that_the_docs_describe() {
    let seed: [u8; 32] = std::array::from_fn(|at| u8::try_from(at).unwrap());
    let docs = include_str!("../../docs/audit.md");
    for (population, wanted) in [(1_000, 5), (7, 7)] {
        let drawn: Vec<String> = draw(&seed, population, wanted).iter().map(u64::to_string).collect();
        let line = format!("{wanted} of {population}: {}", drawn.join(", "));
        assert!(docs.contains(&line), "docs/audit.md does not have “{line}”");
    }
}

fn a_sample_can_be_drawn_again_by_its_seed_however_long_the_log_has_grown(world: &World) {
    for _ in 0..3 {
        a_case(world);
    }
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    let wrong = [("list", "entries"), ("count", "0"), ("from", "never")];
    let page = fay.fills("/log/samples", "/log/samples", &wrong);
    assert_eq!(page.status, 422);
    page.shows("Give a number from 1 to 500.");
    page.shows("Give a day such as");
    let none = fay.fills("/log/samples", "/log/samples", &[("list", "closed_cases"), ("count", "3")]);
    none.shows("Nothing in the log fits this");
    let asked = [("list", "entries"), ("count", "6"), ("kind", "case.opened"), ("outcome", "done")];
    let (page, entries) = world.entries_of(|| fay.fills("/log/samples", "/log/samples", &asked));
    let at = page.leads_to().to_owned();
    let told: serde_json::Value = serde_json::from_str(&entries.last().unwrap().process).unwrap();
    assert_eq!(entries.last().unwrap().kind, "sample.drawn");
    assert_eq!((told["population"].as_u64(), told["entries"].as_array().map(Vec::len)), (Some(3), Some(3)));
    let asked = [("list", "entries"), ("count", "6"), ("kind", "")];
    let (page, entries) = world.entries_of(|| fay.fills("/log/samples", "/log/samples", &asked));
    let whole: serde_json::Value = serde_json::from_str(&entries.last().unwrap().process).unwrap();
    let other = page.leads_to().to_owned();

    // What stands in the log is enough to draw it again, later too.
    a_case(world);
    let filter = LogFilter { before: whole["size"].as_i64(), ..LogFilter::default() };
    let population = world.read(|conn| list_numbers(conn, &filter));
    assert_eq!(whole["population"].as_u64(), Some(u64::try_from(population.len()).unwrap()));
    let seed: [u8; 32] = hex::decode(whole["seed"].as_str().unwrap()).unwrap().try_into().unwrap();
    let places = draw(&seed, whole["population"].as_u64().unwrap(), 6);
    let mut again: Vec<i64> = places.iter().map(|place| population[usize::try_from(*place).unwrap()]).collect();
    again.sort_unstable();
    let drawn: Vec<i64> = whole["entries"].as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).collect();
    assert_eq!(again, drawn);
    fay.gets(&other).shows("0 of 6 looked at");

    // Ticked off once, and by whom is told.
    let page = fay.gets(&at);
    page.shows("0 of 3 looked at");
    page.shows("kind=case.opened");
    page.shows(told["seed"].as_str().unwrap());
    let item = told["entries"][0].to_string();
    let (page, entries) = world.entries_of(|| fay.fills(&at, &format!("{at}/tick"), &[("entry", &item)]));
    assert_eq!(page.leads_to(), format!("{at}#entry-{item}"));
    assert_eq!(entries.last().unwrap().kind, "sample.ticked");
    fay.gets(&at).shows("1 of 3 looked at");
    let again = [("entry", item.as_str())];
    assert_eq!(fay.posts(&format!("{at}/tick"), &with_token(&fay, &again)).status, 409);
    let anna = site.browser_of(&world.anna());
    assert_eq!(anna.posts(&format!("{at}/tick"), &with_token(&anna, &again)).status, 403);
}

fn a_finding_is_answered_by_the_people_of_the_case_and_closed_by_an_auditor(world: &World) {
    let case = a_case(world);
    let opened = world.log().into_iter().find(|row| row.kind == "case.opened").unwrap().seq;
    let site = world.serves();
    let [anna, fay, gus] = [world.anna(), world.fay(), world.gus()].map(|person| site.browser_of(&person));
    let finding = [("text", "The number is the paper's own."), ("severity", "deviation")];
    let (page, entries) = world.entries_of(|| notes(&fay, opened, &finding));
    assert_eq!(page.leads_to(), format!("/log/{opened}#notes"));
    let raised = entries.last().unwrap();
    assert_eq!((raised.kind.as_str(), raised.case_key.as_deref()), ("finding.raised", Some(&*case.id.to_string())));
    assert!(!raised.process.contains("number"), "its words are personal: {}", raised.process);
    notes(&fay, opened, &[("text", "Seen in the second quarter too."), ("severity", "")]).leads_to();
    // Words are read one at a time, and that they were read stands in the case's log, once for a while.
    let page = fay.gets(&format!("/log/{opened}"));
    page.hides("paper's own");
    let links: Vec<String> =
        page.source().split("href=\"/findings/").skip(1).map(|rest| rest[..36].to_owned()).collect();
    assert_eq!(links.len(), 2, "{}", page.source());
    let reads = |id: &String| world.entries_of(|| fay.gets(&format!("/findings/{id}")));
    let read: Vec<(Page, Vec<LogRow>)> = links.iter().map(reads).collect();
    read[0].0.shows("Seen in the second quarter too.");
    read[1].0.shows("The number is the paper's own.");
    for (_, entries) in &read {
        let [entry] = &entries[..] else { panic!("{entries:?}") };
        assert_eq!((entry.kind.as_str(), entry.case_key.as_deref()), ("finding.viewed", Some(&*case.id.to_string())));
    }
    assert!(reads(&links[0]).1.is_empty(), "covered for 15 minutes");
    assert_eq!(anna.gets(&format!("/findings/{}", links[0])).status, 404, "a note is for auditors");
    assert!(
        !world
            .raw()
            .values("SELECT CAST(id AS text) || coalesce(severity, '') AS value FROM audit_notes")
            .iter()
            .any(|row| row.contains("number"))
    );

    // The people of the case read and answer it; an admin learns that there is one; others learn nothing.
    let list = anna.gets("/findings");
    list.shows(case.reference.as_str());
    list.hides("paper's own");
    let at = address(&list);
    let (page, entries) = world.entries_of(|| anna.gets(&at));
    page.shows("The number is the paper's own.");
    assert_eq!(entries.iter().map(|entry| entry.kind.as_str()).collect::<Vec<_>>(), ["finding.viewed"]);
    gus.gets("/findings").hides("paper's own");
    gus.gets("/findings").hides(case.reference.as_str());
    let (page, entries) = world.entries_of(|| gus.gets(&at));
    page.shows("Its words are for those who may know of the case");
    assert!(entries.is_empty(), "there was nothing to read: {entries:?}");
    let stranger = world.hires("kim", "Kim Kern", &[Role::Fulfiller], false);
    assert_eq!(site.browser_of(&stranger).gets(&at).status, 403);
    let answer = |words: &'static str| [("text", words)];
    assert_eq!(gus.posts(&format!("{at}/answer"), &with_token(&gus, &answer("Mine."))).status, 404);
    assert_eq!(anna.posts(&format!("{at}/close"), &with_token(&anna, &answer("Done."))).status, 403);
    let (page, entries) =
        world.entries_of(|| anna.fills(&at, &format!("{at}/answer"), &answer("We rang the court's number since.")));
    assert_eq!((page.leads_to(), entries.last().unwrap().kind.as_str()), (at.as_str(), "finding.answered"));
    fay.gets(&at).shows("We rang the court's number since.");
    fay.fills(&at, &format!("{at}/close"), &answer("That is enough.")).leads_to();
    assert_eq!(world.log().pop().unwrap().kind, "finding.closed");
    anna.gets("/findings").shows("Nothing waits for an answer");
    anna.gets("/findings?show=all").shows("closed");
    assert_eq!(anna.posts(&format!("{at}/answer"), &with_token(&anna, &answer("More."))).status, 409);
    // The case's own log tells of all of it.
    let log = anna.gets(&format!("/cases/{}?tab=log", case.reference));
    log.shows("Raised an audit finding: deviation");
    log.shows("That is enough.");

    // About no case an admin answers.
    let added = world.log().into_iter().find(|row| row.kind == "staff.added").unwrap().seq;
    notes(&fay, added, &[("text", "Who asked for this?"), ("severity", "observation")]).leads_to();
    let at = address(&gus.gets("/findings"));
    gus.fills(&at, &format!("{at}/answer"), &answer("The head of the team.")).leads_to();
    anna.gets("/findings").hides("Who asked for this?");
}

fn a_case_is_followed_as_a_timeline_with_its_gates_and_refused_attempts(world: &World) {
    let case = a_case(world);
    let case = world.ben().verifies(&case).done();
    world.minutes_pass(24 * 60);
    let case = world.anna().decides(&world.anna().assesses(&case).done()).done();
    world.anna().approves(&case).refused_as("no_right");
    world.carla().approves(&case).done();
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    let page = fay.gets(&format!("/log/timeline?case={}", case.reference));
    let text = page.text();
    let order = [
        "Mon 2 Nov 2026",
        "case opened",
        "verification",
        "Tue 3 Nov 2026",
        "legal basis",
        "decision",
        "act refused",
        "approval",
    ];
    let mut from = 0;
    for words in order {
        let at = text[from..].find(words).unwrap_or_else(|| panic!("{words} is not where it belongs: {text}"));
        from += at;
    }
    page.hides("555-0142");
    assert_eq!(fay.gets("/log/timeline?case=2026-009999").status, 404);
}

fn the_log_is_filtered_by_role_and_by_what_became_of_an_act(world: &World) {
    let case = a_case(world);
    world.ben().verifies(&case).done();
    world.fay().approves(&case).refused_as("no_right");
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    let page = fay.gets("/log?role=auditor&outcome=refused");
    page.shows("1 entry Oldest first");
    page.shows("Fay Finch");
    let page = fay.gets(&format!("/log?role=analyst&outcome=done&case={}", case.reference));
    page.shows("requester.checked");
    assert!(!page.source().contains("<code>action.refused</code>"));
    fay.gets("/log?role=reviewer&outcome=viewed").shows("No such entries");
    assert_eq!(fay.gets("/log?role=cook").status, 422);
}

// ── how ──────────────────────────────────────────────────────────────────────────

fn a_case(world: &World) -> Case {
    world.anna().opens(subpoena().asking("account/registration")).done()
}

fn notes(client: &Client<'_>, entry: i64, fields: &[(&str, &str)]) -> Page {
    let page = format!("/log/{entry}");
    client.fills(&page, &format!("{page}/notes"), fields)
}

/// The finding that a list names first.
fn address(list: &Page) -> String {
    let source = list.source();
    let link = source.split("class=\"go\" href=\"").nth(1).unwrap_or_else(|| panic!("no finding: {}", list.text()));
    link.split('"').next().unwrap().to_owned()
}

fn with_token<'f>(client: &Client<'_>, fields: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let token: &'f str = client.token_on("/account").leak();
    fields.iter().copied().chain([("token", token)]).collect()
}
