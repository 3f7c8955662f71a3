//! One demand from its arrival to the report, through the web site: the grand jury subpoena of `tests/papers`, on a
//! provider whose catalogue asks for what the real one of 2016 did.

use writ::domain::case::Case;
use writ::domain::outcome::Outcome;
use writ::domain::stage::{Gate, Stage};
use writ::domain::verdict::Verdict;

use crate::support::papers::SUBPOENA;
use crate::support::site::{Client, Site};
use crate::support::until::until;
use crate::support::world::World;

const WHISPER: &str = include_str!("../catalogue-whisper.toml");

#[test]
fn sqlite() {
    World::sqlite_with(WHISPER).tell(one_demand_goes_all_the_way);
}

#[test]
fn postgres() {
    if let Some(world) = World::postgres_with(WHISPER) {
        world.tell(one_demand_goes_all_the_way);
    }
}

const PERMITTED: &[&str] = &["name", "contact_data", "payment", "session_log"];
const TOO_HIGH: &[&str] = &["associated_accounts", "account_history"];
const NOT_ASKED: &[&str] = &["message_content"];

fn one_demand_goes_all_the_way(world: &World) {
    let site = world.serves();
    let [anna, ben, carla, emil, fay] =
        [world.anna(), world.ben(), world.carla(), world.emil(), world.fay()].map(|person| site.browser_of(&person));

    let case = anna_enters_the_paper(world, &anna);
    let at = format!("/cases/{}", case.reference);
    the_secrecy_order_binds_and_the_plea_does_not(world, &anna, &at);
    the_agency_is_verified_before_anything_is_assessed(world, &anna, &at);
    the_law_is_asked_about_each_line(world, &anna, &at);
    anna_drafts_and_cannot_approve(world, &site, &anna, &at);
    carla_approves_what_she_read(world, &carla, &at);
    emil_sees_only_what_was_granted(world, &emil, &case);
    ben_releases_and_closes(world, &ben, &at);
    it_is_counted(&carla);
    fay_sees_every_act(world, &fay, &case);
}

fn anna_enters_the_paper(world: &World, anna: &Client<'_>) -> Case {
    let arrived = anna.fills_with("/cases/new", "/documents", &[], &[("file", "subpoena.pdf", SUBPOENA)]);
    let form = arrived.leads_to().to_owned();
    let shown = anna.gets(&form);
    shown.shows("subpoena.pdf");
    assert!(shown.source().contains("/documents/"), "the paper stands beside the form");

    let mut fields: Vec<(String, String)> = paper().map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    for (row, category) in [PERMITTED, TOO_HIGH, NOT_ASKED].concat().iter().enumerate() {
        let in_paper = if NOT_ASKED.contains(category) { "no" } else { "yes" };
        let phone = if row % 2 == 0 { "+1 (202) 555-0142" } else { "+1 (202) 555-0187" };
        let cells = [
            ("identifier_kind", "phone"),
            ("identifier", phone),
            ("item", &format!("messenger/{category}")),
            ("words", "item of the attached list"),
            ("period_from", "2026-01-01"),
            ("period_to", "2026-10-20"),
            ("in_signed_paper", in_paper),
            ("is_ours", "yes"),
        ];
        fields.extend(cells.map(|(name, value)| (format!("demands.{row}.{name}"), value.to_owned())));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let opened = anna.fills(&form, "/cases", &fields);
    let at = opened.leads_to().to_owned();
    let case = world.cases().remove(0);
    assert_eq!(at, format!("/cases/{}", case.reference));
    assert_eq!((case.stage(), case.demands.len(), case.documents.len()), (Stage::Triage, 7, 1));
    let page = anna.gets(&at);
    page.shows(case.reference.as_str());
    page.shows("Bureau of Sample Inquiries");
    page.shows("26-GJ-0117-04");

    // The paper itself, byte for byte.
    let document = anna.gets(&format!("/documents/{}", case.documents[0].id));
    assert_eq!((document.status, document.kind.as_str()), (200, "application/pdf"));
    assert!(document.body == SUBPOENA, "the paper was changed on its way");
    anna.gets("/queue").shows(case.reference.as_str());
    case
}

fn the_secrecy_order_binds_and_the_plea_does_not(world: &World, anna: &Client<'_>, at: &str) {
    let secrecy = format!("{at}/secrecy");
    let order = [
        ("source", "court_order"),
        ("issuer", "United States District Court, District of Meridiana"),
        ("docket", "3:26-mj-00417"),
        ("grounds", "18 U.S.C. § 2705(b)"),
        ("starts_on", "2026-10-26"),
        ("ends_on", "2027-10-26"),
    ];
    anna.fills(at, &secrecy, &order).leads_to();
    let plea = [("source", "request"), ("grounds", "Please do not tell the customer."), ("starts_on", "2026-10-26")];
    anna.fills(at, &secrecy, &plea).leads_to();
    let case = world.cases().remove(0);
    assert_eq!(case.secrecy.iter().map(|order| order.is_binding()).collect::<Vec<_>>(), [true, false]);
    let page = anna.gets(at);
    page.shows("3:26-mj-00417");
    page.shows("not binding");
}

fn the_agency_is_verified_before_anything_is_assessed(world: &World, anna: &Client<'_>, at: &str) {
    let early = anna.posts(&format!("{at}/assess"), &with_token(anna, at, &[]));
    assert_eq!(early.status, 403);
    early.shows("the gate “verified” is shut");
    let check = [
        ("method", "call_back"),
        ("result", "confirmed"),
        ("account", "Rang the bureau's published switchboard; Casey Mockford was put through and read the number out."),
    ];
    anna.fills(&format!("{at}?tab=requester"), &format!("{at}/checks"), &check).leads_to();
    assert_eq!(world.cases()[0].stage(), Stage::Review);
}

fn the_law_is_asked_about_each_line(world: &World, anna: &Client<'_>, at: &str) {
    anna.fills(at, &format!("{at}/assess"), &[]).leads_to();
    let case = world.cases().remove(0);
    for demand in &case.demands {
        let (category, answer) = (demand.asked.category.as_str(), case.assessed().unwrap().on(demand.id).unwrap());
        let said = (answer.verdict, answer.min_process.map(|p| p.as_str()));
        if PERMITTED.contains(&category) {
            assert_eq!(answer.verdict, Verdict::Permitted, "{category}: {}", answer.why);
            assert!(answer.citations.iter().any(|c| c.contains("2703(c)(2)")), "{category}: {:?}", answer.citations);
        } else if TOO_HIGH.contains(&category) {
            assert_eq!(said, (Verdict::NeedsHigherProcess, Some("order_2703d")), "{category}: {}", answer.why);
        } else {
            assert_ne!(answer.verdict, Verdict::Permitted, "{category}: {}", answer.why);
            let codes: Vec<&str> = answer.findings.iter().map(|f| f.code.as_str()).collect();
            assert!(codes.contains(&"item_not_in_process"), "{category}: {codes:?}");
        }
    }
    let page = anna.gets(at);
    page.shows("18 U.S.C. § 2703(c)(2)");
    page.shows("permitted");
    page.shows("needs higher process");
    page.shows("item_not_in_process");
}

fn anna_drafts_and_cannot_approve(world: &World, site: &Site, anna: &Client<'_>, at: &str) {
    let case = world.cases().remove(0);
    let mut fields = Vec::new();
    for demand in &case.demands {
        let category = demand.asked.category.as_str();
        let (decision, reason) = if PERMITTED.contains(&category) {
            ("non_content", "")
        } else if TOO_HIGH.contains(&category) {
            ("reject", "instrument_too_low")
        } else {
            ("reject", "item_not_in_process")
        };
        fields.push((format!("decision.{}", demand.id), decision));
        fields.push((format!("reason.{}", demand.id), reason));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    anna.fills(at, &format!("{at}/decision"), &fields).leads_to();
    let case = world.cases().remove(0);
    assert_eq!(case.stage(), Stage::Approval);

    // An analyst has no right to approve, whoever drafted.
    let hash = case.draft().unwrap().scope_hash.clone();
    let (refused, entries) = world.entries_of(|| {
        let fields = with_token(anna, at, &[("scope_hash", hash.as_str()), ("password", anna.password())]);
        anna.posts(&format!("{at}/approve"), &fields)
    });
    assert_eq!(refused.status, 403);
    refused.shows("Your roles do not let you approve a scope.");
    assert!(entries.iter().any(|e| e.kind == "action.refused" && e.process.contains("no_right")));

    // A reviewer who drafted has the right, and is refused for having drafted.
    let dan = site.browser_of(&world.dan());
    let drafted = dan.fills(at, &format!("{at}/decision"), &fields);
    drafted.leads_to();
    let hash = world.cases()[0].draft().unwrap().scope_hash.clone();
    let (refused, entries) = world.entries_of(|| {
        let fields = with_token(&dan, at, &[("scope_hash", hash.as_str()), ("password", dan.password())]);
        dan.posts(&format!("{at}/approve"), &fields)
    });
    assert_eq!(refused.status, 403);
    refused.shows("You drafted or edited this scope");
    assert!(entries.iter().any(|e| e.kind == "action.refused" && e.process.contains("approver_edited")));
    dan.gets(&format!("{at}/approval")).hides("type=\"password\"");
}

fn carla_approves_what_she_read(world: &World, carla: &Client<'_>, at: &str) {
    let approval = format!("{at}/approval");
    let page = carla.gets(&approval);
    page.shows("What you would sign");
    page.shows("Dan Dorn");
    let wrong = carla.fills(&approval, &format!("{at}/approve"), &[("password", "not her password")]);
    assert_eq!(wrong.status, 422, "{}", wrong.text());
    wrong.shows("That password is not right. Nothing was approved.");
    assert!(!world.cases()[0].is_open(Gate::Approved));
    carla.fills(&approval, &format!("{at}/approve"), &[("password", carla.password())]).leads_to();
    assert_eq!(world.cases()[0].stage(), Stage::Fulfilment);
}

fn emil_sees_only_what_was_granted(world: &World, emil: &Client<'_>, case: &Case) {
    let task = format!("/tasks/{}", case.reference);
    emil.gets("/tasks").shows(case.reference.as_str());
    let page = emil.gets(&task);
    for seen in ["Name", "Contact data", "Payment", "Session times and addresses", "+1 (202) 555-0142"] {
        page.shows(seen);
    }
    for unseen in
        ["Message content", "Associated accounts", "26-GJ-0117-04", "Bureau of Sample", "Mockford", "grand jury"]
    {
        page.hides(unseen);
    }
    assert_eq!(emil.gets(&format!("/cases/{}", case.reference)).status, 404);
    assert_eq!(emil.gets(&format!("/documents/{}", case.documents[0].id)).status, 404);

    let case = world.case(case.id);
    for (number, (demand, _)) in case.granted().iter().enumerate() {
        let id = demand.id.to_string();
        let [outcome, account, files] = ["outcome", "account", "files"].map(|name| format!("{name}.{id}"));
        let account = (account.as_str(), "Asked the account store by number.");
        let done = if number == 3 {
            emil.fills_with(&task, &task, &[("demand", &id), (&outcome, "no_data"), account], &[])
        } else {
            let file = (files.as_str(), "account.csv", b"number,created\n+12025550142,2026-02-03\n".as_slice());
            emil.fills_with(&task, &task, &[("demand", &id), (&outcome, "collected"), account], &[file])
        };
        assert_eq!(done.leads_to().split('#').next(), Some(task.as_str()));
    }
    let case = world.case(case.id);
    assert_eq!((case.stage(), case.production().len()), (Stage::Delivery, 3));
    emil.gets(&task).shows("This task is done.");
    let release = [("to", "Casey Mockford"), ("method", "portal"), ("password", emil.password())];
    let refused = emil.posts(&format!("/cases/{}/release", case.reference), &with_token(emil, &task, &release));
    assert!([403, 404].contains(&refused.status), "{}", refused.text());
}

fn ben_releases_and_closes(world: &World, ben: &Client<'_>, at: &str) {
    let release = [("to", "Casey Mockford"), ("method", "portal"), ("password", ben.password())];
    ben.fills(at, &format!("{at}/release"), &release).leads_to();
    assert!(world.cases()[0].is_open(Gate::Released));
    ben.fills(at, &format!("{at}/close"), &[("note", "Answered; content was not asked for.")]).leads_to();
    let case = world.cases().remove(0);
    assert_eq!(case.closing().map(|c| c.outcome), Some(Outcome::NonContentOnly));
    let page = ben.gets(at);
    page.shows("non-content only");
    page.hides(&format!("action=\"{at}/release\""));
}

fn it_is_counted(carla: &Client<'_>) {
    let report = carla.gets("/reports/transparency.csv");
    assert_eq!(report.status, 200);
    assert!(report.kind.starts_with("text/csv"), "{}", report.kind);
    let table = report.source();
    let mut lines = table.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row: Vec<&str> =
        lines.find(|line| line.contains("US")).unwrap_or_else(|| panic!("{table}")).split(',').collect();
    let figure = |name: &str| {
        let column = head.iter().position(|h| *h == name).unwrap_or_else(|| panic!("no column {name}: {head:?}"));
        row[column]
    };
    assert_eq!((figure("requests"), figure("non_content_only"), figure("content")), ("1", "1", "0"), "{table}");
}

fn fay_sees_every_act(world: &World, fay: &Client<'_>, case: &Case) {
    let page = fay.gets(&format!("/log?case={}", case.reference));
    let entries = world.log();
    let of_case = entries.iter().filter(|e| e.case_key == Some(case.id.to_string()));
    let kinds: std::collections::BTreeSet<&str> = of_case.map(|e| e.kind.as_str()).collect();
    for kind in &kinds {
        page.shows(kind);
    }
    for kind in [
        "document.received",
        "case.opened",
        "case.viewed",
        "document.viewed",
        "secrecy.recorded",
        "requester.checked",
        "case.assessed",
        "decision.drafted",
        "decision.approved",
        "task.viewed",
        "collection.recorded",
        "production.released",
        "case.closed",
        "action.refused",
    ] {
        assert!(kinds.contains(kind), "{kind} is missing of {kinds:?}");
    }
    let all = fay.gets("/log");
    for kind in ["staff.signed_in", "report.drawn", "log.viewed"] {
        all.shows(kind);
    }
    // Process facts only: no name, no number, no words of the paper.
    for personal in ["555-0142", "2025550142", "Mockford", "26-GJ-0117-04", "subpoena.pdf"] {
        page.hides(personal);
        all.hides(personal);
    }
    fay.gets(&format!("/cases/{}", case.reference)).hides("26-GJ-0117-04");
    let verified = fay.fills("/log", "/log/verify", &[]);
    assert_eq!(verified.leads_to(), "/log");
    until("the log is verified", || world.ctx.verifying.seen().is_none());
    fay.gets("/log").shows("everything fitted");
}

// ── how ──────────────────────────────────────────────────────────────────────────

/// A form sent without its page, as somebody might try: with the token of any form this person sees.
fn with_token<'f>(client: &Client<'_>, page: &str, fields: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let token: &'static str = client.token_on(page).leak();
    fields.iter().copied().chain([("token", token)]).collect()
}

fn paper() -> [(&'static str, &'static str); 27] {
    [
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
    ]
}
