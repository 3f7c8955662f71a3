//! The table: every verb at every standing of a case as every role, through the forms and through the API. What PRODUCT allows is done and is
//! one entry; everything else is refused with a sentence, changes nothing, and is one entry too. The tables below
//! are written out here on purpose, apart from those of the program.

use std::collections::BTreeMap;

use writ::actions::on_case::OnCase;
use writ::actions::sign_checkpoint::sign_checkpoint;
use writ::actions::wait::{BeginWait, begin_wait};
use writ::audit::Checkpoint;
use writ::domain::case::Case;
use writ::domain::decision::{Decision, DecisionKind};
use writ::domain::document::DocumentKind;
use writ::domain::finding::FindingCode;
use writ::domain::staff::{Actor, Role, Verb};
use writ::domain::stage::Stage;
use writ::domain::wait::WaitKind;
use writ::store::log::LogRow;
use writ::web::routes::{Method, ROUTES, Who};

use crate::support::on_both;
use crate::support::pages::{audited, proposed, to_be_erased};
use crate::support::papers::{prose, subpoena};
use crate::support::people::{Acts, reject};
use crate::support::site::{Client, Page};
use crate::support::world::{World, line};

mod api;

on_both! {
    every_verb_at_every_standing_as_every_role,
    every_verb_at_every_standing_as_every_role_through_the_api,
    every_page_is_for_those_it_is_for,
    nobody_gets_anywhere_without_signing_in,
    changing_a_demand_voids_the_approval_and_takes_the_task_away,
}

/// Where a case stands. More than the seven stages: within some of them different things are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Intake,
    Triage,
    Review,
    Assessed,
    Approval,
    NothingGranted,
    Fulfilment,
    NothingFound,
    Delivery,
    Released,
    Closed,
    Waiting,
    Redirected,
}

use Standing::*;

const STANDINGS: &[Standing] = &[
    Intake,
    Triage,
    Review,
    Assessed,
    Approval,
    NothingGranted,
    Fulfilment,
    NothingFound,
    Delivery,
    Released,
    Closed,
    Waiting,
    Redirected,
];

/// The clock of a paper that states a day.
pub const ANSWER: &str = "us-clock-answer-by-return-date";

const VERBS: &[Verb] = &[
    Verb::Amend,
    Verb::Attach,
    Verb::Verify,
    Verb::AddDemand,
    Verb::ChangeDemand,
    Verb::SplitDemand,
    Verb::RemoveDemand,
    Verb::RecordSecrecy,
    Verb::Assess,
    Verb::Decide,
    Verb::Approve,
    Verb::Return,
    Verb::Collect,
    Verb::Release,
    Verb::Close,
    Verb::Withdraw,
    Verb::BeginWait,
    Verb::EndWait,
    Verb::MoveClock,
    Verb::SettleClock,
    Verb::TickChecklist,
    Verb::AnswerRedirect,
    Verb::Comment,
];

/// PRODUCT's table of who does what.
fn is_for(verb: Verb, role: Role) -> bool {
    match verb {
        Verb::Approve | Verb::Return | Verb::TickChecklist => role == Role::Reviewer,
        Verb::Collect => role == Role::Fulfiller,
        _ => role == Role::Analyst || role == Role::Reviewer,
    }
}

/// When a verb's turn is: PRODUCT's way of a case.
fn is_its_turn(verb: Verb, standing: Standing) -> bool {
    let has_left = [Released, Closed].contains(&standing);
    match verb {
        Verb::Amend | Verb::AddDemand | Verb::ChangeDemand | Verb::SplitDemand | Verb::RemoveDemand => !has_left,
        // While a redirect is pending, what became of it says better how the case ends.
        Verb::Withdraw => !has_left && standing != Redirected,
        Verb::BeginWait => !has_left && standing != Waiting,
        Verb::EndWait => standing == Waiting,
        // The only clock of these papers is the one to answer.
        Verb::MoveClock | Verb::SettleClock => !has_left,
        Verb::TickChecklist => standing != Closed,
        Verb::AnswerRedirect => standing == Redirected,
        Verb::Comment => true,
        Verb::Attach | Verb::RecordSecrecy => standing != Closed,
        Verb::Verify => standing == Triage,
        Verb::Assess => [Review, Assessed, Waiting].contains(&standing),
        Verb::Decide => [Assessed, Approval, Waiting].contains(&standing),
        Verb::Approve | Verb::Return => standing == Approval,
        Verb::Collect => standing == Fulfilment,
        Verb::Release => standing == Delivery,
        Verb::Close => [NothingGranted, NothingFound, Released].contains(&standing),
        other => panic!("{other} is not in the table"),
    }
}

fn has_task(standing: Standing) -> bool {
    [Fulfilment, NothingFound, Delivery, Released].contains(&standing)
}

/// A way in: how an act is tried there, and what it is answered with.
struct Door {
    name: &'static str,
    tries: fn(&Client<'_>, Verb, &Case) -> Page,
    opens: fn(&Client<'_>) -> Page,
    /// The status of an act that was done.
    done: u16,
    /// The status of a case that was opened.
    opened: u16,
    /// The form to amend reads the case before it is taken.
    reads_to_amend: bool,
    says_why: fn(&Page, &str, &LogRow),
}

const FORMS: Door = Door {
    name: "forms",
    tries,
    opens: |client| client.posts("/cases", &paper_fields()),
    done: 303,
    opened: 303,
    reads_to_amend: true,
    says_why: |page, what, _| says_why(page, what),
};

const API: Door = Door {
    name: "API",
    tries: api::tries,
    opens: api::opens,
    done: 200,
    opened: 201,
    reads_to_amend: false,
    says_why: |page, what, refused| {
        // The code is the one that stands in the log, but for what one may not know of.
        let code = page.code();
        let is_logged = refused.process.contains(&format!("\"refusal\":\"{code}\""));
        assert!(is_logged || (code == "not_found" && page.status == 404), "{what}: {code}, {}", refused.process);
    },
};

fn every_verb_at_every_standing_as_every_role(world: &World) {
    holds_through(&FORMS, world);
}

fn every_verb_at_every_standing_as_every_role_through_the_api(world: &World) {
    holds_through(&API, world);
}

fn holds_through(door: &Door, world: &World) {
    let (site, people) = (world.serves(), table_people(world));
    let people: BTreeMap<Role, Client<'_>> =
        people.iter().map(|(role, person)| (*role, site.token_of(world, person))).collect();
    let (mut done, mut refused) = (0, 0);
    for standing in STANDINGS {
        let case = standing.case(world);
        let may = |verb: &Verb, role: &Role| is_for(*verb, *role) && is_its_turn(*verb, *standing);
        // What is refused leaves the case as it is, so one case serves all of it.
        for verb in VERBS {
            for (role, client) in people.iter().filter(|(role, _)| !may(verb, role)) {
                let what = format!("{verb} at {standing:?} as {role}, {}", door.name);
                let (page, entries) = world.entries_of(|| (door.tries)(client, *verb, &case));
                assert!([403, 404, 409].contains(&page.status), "{what}: {} {}", page.status, page.text());
                let is_hidden = match role {
                    Role::Admin => true,
                    // A fulfiller knows of a task, never of the case behind it, which the form to amend would show.
                    Role::Fulfiller => (door.reads_to_amend && *verb == Verb::Amend) || !has_task(*standing),
                    _ => false,
                };
                assert_eq!(page.status == 404, is_hidden, "{what}: {}", page.text());
                let entry = the_one_act(&entries, &what);
                (door.says_why)(&page, &what, entry);
                assert_eq!(
                    (entry.kind.as_str(), &entry.case_key),
                    ("action.refused", &Some(case.id.to_string())),
                    "{what}"
                );
                // The form to amend reads the case first, so who may not know of it is refused the reading.
                let verbs: &[Verb] =
                    if door.reads_to_amend && *verb == Verb::Amend { &[Verb::Amend, Verb::Read] } else { &[*verb] };
                let is_named = verbs.iter().any(|verb| entry.process.contains(&format!("\"verb\":\"{verb}\"")));
                assert!(is_named, "{what}: {}", entry.process);
                refused += 1;
            }
        }
        assert_eq!(world.case(case.id), case, "a refused act at {standing:?} left a trace on the case");
        for verb in VERBS {
            for (role, client) in people.iter().filter(|(role, _)| may(verb, role)) {
                let case = standing.case(world);
                let (page, entries) = world.entries_of(|| (door.tries)(client, *verb, &case));
                let what = format!("{verb} at {standing:?} as {role}, {}", door.name);
                assert_eq!(page.status, door.done, "{what}: {}", page.text());
                assert_ne!(the_one_act(&entries, &what).kind, "action.refused", "{what}");
                // A comment stands beside the case and moves nothing.
                let moved = i32::from(*verb != Verb::Comment);
                assert_eq!(world.case(case.id).version, case.version + moved, "{what}");
                done += 1;
            }
        }
    }
    assert_eq!(done + refused, STANDINGS.len() * VERBS.len() * people.len());
    println!("{}: {done} acts done, {refused} refused", door.name);
    // Opening is about no case yet.
    for (role, client) in &people {
        let (page, entries) = world.entries_of(|| (door.opens)(client));
        if [Role::Analyst, Role::Reviewer].contains(role) {
            assert_eq!(page.status, door.opened, "{}", page.text());
            assert!(page.location.as_deref().is_some_and(|to| to.contains("/cases/")));
        } else {
            assert_eq!(page.status, 403, "{}", page.text());
            assert_eq!(entries.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(), ["action.refused"]);
            (door.says_why)(&page, "open", &entries[0]);
        }
    }
}

fn every_page_is_for_those_it_is_for(world: &World) {
    let (site, people) = (world.serves(), table_people(world));
    let case = Fulfilment.case(world);
    let arrived = |person: &crate::support::people::Person<'_>| {
        let document = person.receives("subpoena.pdf", crate::support::papers::SUBPOENA);
        document.map_or_else(|_| case.id.to_string(), |document| document.case.to_string())
    };
    let proposal = proposed(world);
    let signed = Checkpoint::read(&sign_checkpoint(&world.ctx, Actor::System("test")).done()).unwrap().size;
    let opened = world.log().into_iter().find(|row| row.kind == "case.opened").unwrap().seq;
    let (sample, finding) = audited(world, opened);
    let erasure = to_be_erased(world).to_string();
    let at = |path: &str, person| {
        let id = if path.contains("/documents") {
            case.documents[0].id.to_string()
        } else if path.contains("/arrivals") {
            arrived(person)
        } else {
            case.demands[0].id.to_string()
        };
        let id = match path {
            _ if path.starts_with("/staff") => world.anna().id().to_string(),
            _ if path.starts_with("/log/samples") => sample.clone(),
            _ if path.starts_with("/findings") => finding.clone(),
            _ if path.starts_with("/retention") => erasure.clone(),
            _ if path.starts_with("/log") => "0".to_owned(),
            _ if path.starts_with("/law") => proposal.clone(),
            _ => id,
        };
        let path = path.replace("{reference}", case.reference.as_str()).replace("{id}", &id);
        path.replace("{file}", "no-such-file")
            .replace("{size}", &signed.to_string())
            .replace("{pack}", "us-federal")
            .replace("{rule}", "us-content-needs-warrant")
    };
    use Role::*;
    let pages: &[(&str, &[Role])] = &[
        ("/", Role::ALL),
        ("/account", Role::ALL),
        ("/account/password", Role::ALL),
        ("/staff", &[Admin]),
        ("/staff/{id}", &[Admin]),
        ("/teams", &[Admin]),
        ("/catalogue", &[Analyst, Reviewer, Auditor, Admin]),
        ("/law", &[Analyst, Reviewer, Auditor, Admin]),
        ("/law/facts", &[Analyst, Reviewer, Auditor, Admin]),
        ("/law/{pack}", &[Analyst, Reviewer, Auditor, Admin]),
        ("/law/{pack}/{rule}", &[Analyst, Reviewer, Auditor, Admin]),
        ("/law/propose", &[Reviewer, Admin]),
        ("/law/proposals/{id}", &[Analyst, Reviewer, Auditor, Admin]),
        ("/settings", &[Admin]),
        ("/queue", &[Analyst, Reviewer]),
        ("/queue.csv", &[Analyst, Reviewer]),
        ("/queue/views", &[Analyst, Reviewer]),
        ("/approvals", &[Analyst, Reviewer]),
        ("/search", &[Analyst, Reviewer]),
        ("/search/{id}", &[Analyst, Reviewer]),
        ("/cases/{reference}/assign", &[Analyst, Reviewer]),
        ("/cases/{reference}/related", &[Analyst, Reviewer]),
        ("/cases/new", &[Analyst, Reviewer]),
        ("/cases/{reference}", &[Analyst, Reviewer, Auditor]),
        ("/cases/{reference}/amend", &[Analyst, Reviewer]),
        ("/cases/{reference}/demands/many", &[Analyst, Reviewer]),
        ("/cases/{reference}/demands/{id}/rules", &[Analyst, Reviewer, Auditor]),
        ("/cases/{reference}/demands/{id}", &[Analyst, Reviewer]),
        ("/cases/{reference}/print", &[Analyst, Reviewer, Auditor]),
        ("/cases/{reference}/redirect-letter", &[Analyst, Reviewer, Auditor]),
        ("/cases/{reference}/approval", &[Analyst, Reviewer, Auditor]),
        ("/documents/{id}", &[Analyst, Reviewer]),
        ("/retention", &[Analyst, Reviewer, Auditor]),
        ("/retention/erasures/{id}", &[Analyst, Reviewer, Auditor]),
        ("/cases/{reference}/retention", &[Analyst, Reviewer, Auditor]),
        ("/alarms", &[Auditor, Admin]),
        ("/clocks", &[Analyst, Reviewer]),
        ("/tasks", &[Fulfiller]),
        ("/tasks/{reference}", &[Fulfiller]),
        ("/log", &[Auditor]),
        ("/reports/transparency", &[Reviewer, Auditor]),
        ("/log.csv", &[Auditor]),
        ("/log/bundle", &[Auditor]),
        ("/cases/{reference}/archive", &[Auditor]),
        ("/log/checkpoints", &[Auditor]),
        ("/log/checkpoints/{size}", &[Auditor]),
        ("/log/samples", &[Auditor]),
        ("/log/samples/{id}", &[Auditor]),
        ("/log/timeline", &[Auditor]),
        ("/findings", &[Analyst, Reviewer, Auditor, Admin]),
        ("/findings/{id}", &[Analyst, Reviewer, Auditor, Admin]),
        ("/log/{id}", &[Auditor]),
        ("/reports/transparency.csv", &[Reviewer, Auditor]),
        ("/reports/transparency.json", &[Reviewer, Auditor]),
        ("/past-cases", &[Analyst, Reviewer, Auditor]),
        ("/outbox", &[Admin]),
        ("/api/v1/me", Role::ALL),
        ("/api/v1/words", Role::ALL),
        ("/api/v1/catalogue", Role::ALL),
        ("/api/v1/documents/{id}", &[Analyst, Reviewer]),
        ("/api/v1/arrivals/{id}", &[Analyst, Reviewer]),
        ("/api/v1/cases", &[Analyst, Reviewer]),
        ("/api/v1/cases/{reference}", &[Analyst, Reviewer, Auditor]),
        ("/api/v1/cases/{reference}/log", &[Analyst, Reviewer, Auditor]),
        ("/api/v1/clocks", &[Analyst, Reviewer]),
        ("/api/v1/tasks", &[Fulfiller]),
        ("/api/v1/tasks/{reference}", &[Fulfiller]),
        ("/api/v1/log", &[Auditor]),
        ("/api/v1/reports/transparency", &[Reviewer, Auditor]),
    ];
    let listed: Vec<&str> = pages.iter().map(|(path, _)| *path).collect();
    for route in ROUTES.iter().filter(|r| r.method == Method::Get && r.who != Who::Public) {
        assert!(listed.contains(&route.path), "{} is not in the table of this test", route.path);
    }
    for (role, person) in &people {
        let client = site.token_of(world, person);
        for (path, readers) in pages {
            let path = at(path, person);
            let (page, entries) = world.entries_of(|| client.gets(&path));
            let refusals = entries.iter().filter(|e| e.kind == "action.refused").count();
            if readers.contains(role) {
                assert!([200, 303].contains(&page.status), "{path} as {role}: {} {}", page.status, page.text());
                assert_eq!(refusals, 0, "{path} as {role}");
            } else {
                assert!([403, 404].contains(&page.status), "{path} as {role}: {} {}", page.status, page.text());
                assert_eq!(refusals, 1, "{path} as {role}: {entries:?}");
                let entry = the_one_act(&entries, &path);
                let door = if path.starts_with("/api/") { API } else { FORMS };
                (door.says_why)(&page, &path, entry);
            }
        }
    }
}

fn nobody_gets_anywhere_without_signing_in(world: &World) {
    let (site, case) = (world.serves(), Approval.case(world));
    let ((), entries) = world.entries_of(|| {
        let stranger = site.visitor();
        for route in ROUTES.iter().filter(|route| route.who != Who::Public) {
            let path = route.path.replace("{reference}", case.reference.as_str());
            let path = path.replace("{id}", &case.demands[0].id.to_string());
            match route.method {
                _ if path.starts_with("/api/") => {
                    let page = match route.method {
                        Method::Get => stranger.gets(&path),
                        Method::Post => stranger.calls(&path, "{\"password\": \"anything at all\"}"),
                    };
                    assert_eq!((page.status, page.code().as_str()), (401, "not_signed_in"), "{path}");
                    page.hides(case.reference.as_str());
                }
                Method::Get => assert_eq!(stranger.gets(&path).leads_to(), "/sign-in", "{path}"),
                Method::Post => {
                    let page = stranger.posts(&path, &[("password", "anything at all")]);
                    assert_eq!(page.status, 401, "{path}: {}", page.text());
                    page.hides(case.reference.as_str());
                }
            }
        }
    });
    assert!(entries.is_empty(), "strangers can fill the log: {entries:?}");
    assert_eq!(world.case(case.id), case);
}

fn changing_a_demand_voids_the_approval_and_takes_the_task_away(world: &World) {
    let site = world.serves();
    let case = Fulfilment.case(world);
    let (anna, carla, emil) =
        (site.browser_of(&world.anna()), site.token_of(world, &world.carla()), site.browser_of(&world.emil()));
    let (on_case, on_task) = (format!("/cases/{}", case.reference), format!("/tasks/{}", case.reference));
    emil.gets("/tasks").shows(case.reference.as_str());
    assert_eq!(emil.gets(&on_task).status, 200);

    let form = format!("{on_case}/demands/{}", case.demands[0].id);
    let fields = asked_fields("+1 202 555 0187");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let (page, entries) = world.entries_of(|| anna.fills(&form, &form, &fields));
    assert_eq!(page.leads_to(), on_case);
    assert!(entries.iter().any(|e| e.kind == "demand.changed"));
    let changed = world.case(case.id);
    assert_eq!((changed.stage(), changed.approvals().len()), (Stage::Review, 0));

    emil.gets("/tasks").hides(case.reference.as_str());
    assert_eq!(emil.gets(&on_task).status, 404);
    // What Carla approved is no longer there to approve.
    let hash = case.draft().unwrap().scope_hash.clone();
    let fields = [("scope_hash", hash.as_str()), ("password", carla.password())];
    let page = carla.posts(&format!("{on_case}/approve"), &fields);
    assert_eq!(page.status, 403, "{}", page.text());
    says_why(&page, "approve what was changed");
}

/// Of what an attempt left in the log, all but the reading of the case before it.
#[track_caller]
fn the_one_act<'e>(entries: &'e [LogRow], what: &str) -> &'e LogRow {
    // A view stands beside the act, and counting clocks follows from it.
    let beside = |e: &&LogRow| ["case.viewed", "clocks.counted"].contains(&e.kind.as_str());
    let acts: Vec<&LogRow> = entries.iter().filter(|e| !beside(e)).collect();
    assert_eq!(acts.len(), 1, "{what}: {entries:?}");
    acts[0]
}

// ── the acts, as forms ───────────────────────────────────────────────────────────

fn tries(client: &Client<'_>, verb: Verb, case: &Case) -> Page {
    let of = |rest: &str| format!("/cases/{}/{rest}", case.reference);
    let demand = case.demands[0].id.to_string();
    let asked = asked_fields("+1 202 555 0163");
    let asked: Vec<(&str, &str)> = asked.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let hash = case.draft().map(|d| d.scope_hash.clone()).unwrap_or_default();
    match verb {
        Verb::Amend => {
            // The agency and the officer as they are, or they would enter the directory anew.
            let agency = case.paper.requester.agency.to_string();
            let fields = paper_fields().into_iter().map(|(n, v)| (n, if n == "agency" { agency.as_str() } else { v }));
            client.posts(&of("amend"), &fields.collect::<Vec<_>>())
        }
        Verb::Attach => client.uploads(&of("documents"), &[("kind", "evidence")], &[("file", "note.txt", b"a note")]),
        Verb::Verify => {
            let account = ("account", "Found the case in the court's register.");
            client.posts(&of("checks"), &[("method", "register"), ("result", "confirmed"), account])
        }
        Verb::AddDemand => client.posts(&of("demands"), &asked),
        Verb::ChangeDemand => client.posts(&of(&format!("demands/{demand}")), &asked),
        Verb::SplitDemand => client.posts(&of(&format!("demands/{demand}/split")), &[("day", "2026-06-01")]),
        Verb::RemoveDemand => client.posts(&of(&format!("demands/{demand}/remove")), &[]),
        Verb::RecordSecrecy => client
            .posts(&of("secrecy"), &[("source", "court_order"), ("starts_on", "2026-10-26"), ("ends_on_none", "yes")]),
        Verb::Assess => client.posts(&of("assess"), &[]),
        Verb::Decide => {
            let (decision, reason) = (format!("decision.{demand}"), format!("reason.{demand}"));
            client.posts(&of("decision"), &[(&decision, "reject"), (&reason, "overbroad")])
        }
        Verb::Approve => client.posts(&of("approve"), &[("scope_hash", &hash), ("password", client.password())]),
        Verb::Return => client.posts(&of("return"), &[("because", "Mend the period.")]),
        Verb::Collect => {
            let [outcome, account, files] = ["outcome", "account", "files"].map(|name| format!("{name}.{demand}"));
            let fields = [("demand", demand.as_str()), (&outcome, "collected"), (&account, "Asked the store.")];
            client.uploads(&format!("/tasks/{}", case.reference), &fields, &[(&files, "r.csv", b"a,b\n1,2\n")])
        }
        Verb::Release => {
            let to = ("to", "Casey Mockford");
            client.posts(&of("release"), &[to, ("method", "portal"), ("password", client.password())])
        }
        Verb::Close => client.posts(&of("close"), &[("note", "Answered.")]),
        Verb::Withdraw => client.posts(&of("withdraw"), &[("note", "The office took it back.")]),
        Verb::BeginWait => {
            client.posts(&of("wait"), &[("waits_for", "awaiting_requester"), ("asked_of", "The number of the docket.")])
        }
        Verb::EndWait => client.posts(&of("wait/end"), &[("came_of_it", "The office answered.")]),
        Verb::MoveClock => client.posts(
            &of("clocks/move"),
            &[
                ("clock", ANSWER),
                (&format!("due_on.{ANSWER}"), "2030-11-29"),
                (&format!("because.{ANSWER}"), "The office gave us more time, by letter."),
            ],
        ),
        Verb::SettleClock => client.posts(
            &of("clocks/settle"),
            &[("clock", ANSWER), (&format!("account.{ANSWER}"), "The office wants nothing any more.")],
        ),
        Verb::TickChecklist => client.posts(&of("checklist"), &[("answer.dates", "fine")]),
        Verb::AnswerRedirect => {
            client.posts(&of("redirect"), &[("redirect_result", "lapsed"), ("redirect_account", "Nobody came back.")])
        }
        Verb::Comment => client.posts(&of("comments"), &[("text", "Seen.")]),
        other => panic!("{other} has no form"),
    }
}

fn asked_fields(phone: &str) -> Vec<(&'static str, String)> {
    [
        ("identifier_kind", "phone"),
        ("identifier", phone),
        ("item", "account/registration"),
        ("words", "records of the account"),
        ("period_from", "2026-01-01"),
        ("period_to", "2026-10-20"),
        ("in_signed_paper", "yes"),
        ("is_ours", "yes"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

fn paper_fields() -> Vec<(&'static str, &'static str)> {
    vec![
        ("compartment", "ordinary"),
        ("instrument", "grand_jury_subpoena"),
        ("issuing_authority", "grand_jury"),
        ("issuer", "United States District Court, District of Meridiana"),
        ("agency", "new"),
        ("agency_name", "Bureau of Sample Inquiries"),
        ("agency_country", "US"),
        ("agency_level", "federal"),
        ("agency_kind", "law_enforcement"),
        ("officer_name", "Casey Mockford"),
        ("officer_title", "Special Agent"),
        ("officer_email", "casey.mockford@bsi.example"),
        ("officer_phone", "(202) 555-0114"),
        ("docket", "26-GJ-0117-04"),
        ("legal_basis", "18 U.S.C. § 2703(c)(2)"),
        ("matter", "criminal"),
        ("channel", "email"),
        ("received_at", "2026-10-30T14:05"),
        ("issued_on", "2026-10-26"),
        ("return_by", "2026-11-17"),
        ("execute_by_none", "yes"),
        ("authorised_from", "2026-01-01"),
        ("authorised_to", "2026-10-20"),
        ("customer", "consumer"),
        ("is_signed", "yes"),
        ("names_served_entity", "yes"),
        ("lacks_attachments", "no"),
        ("is_particular", "yes"),
        ("statute_covers", "yes"),
    ]
}

/// A refusal shows why, and what would make it a yes.
#[track_caller]
fn says_why(page: &Page, what: &str) {
    let source = page.source();
    let alert = source.split("role=\"alert\"").nth(1).unwrap_or_else(|| panic!("{what}: no alert on {source}"));
    for tag in ["h2", "p"] {
        let said = alert.split(&format!("<{tag}>")).nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default();
        assert!(said.len() > 10 && said.trim_end().ends_with('.'), "{what}: “{said}”");
    }
}

// ── the cases and the people ─────────────────────────────────────────────────────

/// One person of each role, none of whom has touched the cases of [`Standing::case`].
fn table_people(world: &World) -> Vec<(Role, crate::support::people::Person<'_>)> {
    vec![
        (Role::Analyst, world.hires("kim", "Kim Kern", &[Role::Analyst], false)),
        (Role::Reviewer, world.dan()),
        (Role::Fulfiller, world.hires("finn", "Finn Falk", &[Role::Fulfiller], false)),
        (Role::Auditor, world.fay()),
        (Role::Admin, world.gus()),
    ]
}

impl Standing {
    /// A new case that stands here: opened and drafted by Anna, verified by Ben, approved by Carla, collected by Emil.
    fn case(self, world: &World) -> Case {
        let paper = subpoena().asking("account/registration");
        if self == Intake {
            let case = world.anna().opens(paper.without_document()).done();
            return case;
        }
        let case = world.anna().opens(paper).done();
        if self == Triage {
            return case;
        }
        let case = world.ben().verifies(&case).done();
        if self == Review {
            return case;
        }
        let case = world.anna().assesses(&case).done();
        if self == Assessed {
            return case;
        }
        if self == Waiting {
            let (kind, because) = (WaitKind::Challenged, prose("The customer went to court."));
            let wait = BeginWait { kind, because, expected_on: None };
            return begin_wait(&world.ctx, &world.anna().who, &on(&case), wait).done();
        }
        if self == Redirected {
            let (kind, redirect_to) = (DecisionKind::Redirect, Some(line("Tenant GmbH")));
            let decision = Decision { kind, redirect_to, ..reject(&case.demands[0], FindingCode::CustomerEnterprise) };
            let case = world.anna().drafts(&case, vec![decision]).done();
            return world.carla().approves(&case).done();
        }
        if self == NothingGranted {
            let case = world.anna().drafts(&case, vec![reject(&case.demands[0], FindingCode::Overbroad)]).done();
            return world.carla().approves(&case).done();
        }
        let case = world.anna().decides(&case).done();
        if self == Approval {
            return case;
        }
        let case = world.carla().approves(&case).done();
        if self == Fulfilment {
            return case;
        }
        if self == NothingFound {
            return world.emil().finds_nothing(&case, &case.demands[0]).done();
        }
        let case = world.emil().collects(&case, &case.demands[0]).done();
        if self == Delivery {
            return case;
        }
        let case = world.anna().releases(&case).done();
        if self == Released {
            return case;
        }
        let case = world.anna().attaches(&case, DocumentKind::Evidence, "receipt.txt", b"received").done();
        world.anna().closes(&case).done()
    }
}

fn on(case: &Case) -> OnCase {
    OnCase { reference: case.reference.clone(), version: Some(case.version) }
}
