//! What the JSON API promises beside its table of rights, which is `gates`.

mod examples;
pub mod garbage;
mod journey;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use writ::domain::document::DocumentKind;
use writ::domain::staff::Role;
use writ::domain::stage::Compartment;
use writ::web::api::problem::CODES;
use writ::web::routes::{Method, ROUTES};

use crate::support::calls::{asked, paper};
use crate::support::on_both;
use crate::support::papers::{SUBPOENA, plea, secrecy_order, subpoena};
use crate::support::people::Acts;
use crate::support::site::Client;
use crate::support::world::World;
use garbage::whatever_is_sent_the_program_does_not_fail;
use journey::one_demand_goes_all_the_way_through_the_api;

on_both! {
    one_demand_goes_all_the_way_through_the_api,
    whatever_is_sent_the_program_does_not_fail,
    tokens_open_it_and_nothing_else_does,
    what_one_may_not_know_of_is_not_there,
    auditors_see_what_is_sealed_as_sealed,
    a_call_with_a_key_counts_once,
    many_demands_come_in_together_or_not_at_all,
    lists_go_on_where_the_page_before_ended,
    a_stolen_token_does_not_guess_the_password_for_long,
}

fn tokens_open_it_and_nothing_else_does(world: &World) {
    let (site, case) = (world.serves(), world.anna().opens(subpoena().asking("account/registration")).done());
    let anna = site.token_of(world, &world.anna());
    let (read, act) =
        (format!("/api/v1/cases/{}", case.reference), format!("/api/v1/cases/{}/withdraw", case.reference));
    assert_eq!(anna.gets(&read).status, 200);

    let browser = site.browser_of(&world.anna());
    let strangers = [
        (site.visitor(), "not_signed_in"),
        (site.visitor().anew("authorization", "Basic YW5uYTphbm5h"), "not_signed_in"),
        (browser, "not_signed_in"),
        (site.visitor().anew("authorization", "Bearer writ_0000"), "bad_api_token"),
        (site.visitor().anew("authorization", "Bearer "), "not_signed_in"),
    ];
    let refused = |client: &Client<'_>, code: &str| {
        for page in [client.gets(&read), client.calls(&act, "{\"note\": \"Gone.\"}")] {
            assert_eq!((page.status, page.code().as_str()), (401, code));
            assert!(page.header("www-authenticate").is_some_and(|how| how.starts_with("Bearer")));
            page.hides("Bureau");
        }
    };
    let ((), entries) = world.entries_of(|| strangers.iter().for_each(|(client, code)| refused(client, code)));
    assert!(entries.is_empty(), "strangers can fill the log: {entries:?}");

    world.is_spoilt();
    world.raw().must("UPDATE api_tokens SET revoked_at = created_at");
    refused(&anna, "bad_api_token");
    assert_eq!(world.case(case.id), case);
}

fn what_one_may_not_know_of_is_not_there(world: &World) {
    let site = world.serves();
    let people =
        [world.anna(), world.emil(), world.fay(), world.gus(), world.hires("nora", "Nora North", Role::ALL, false)];
    let olga = world.hires("olga", "Olga Oak", &[Role::Analyst], true);
    let opened = |compartment| {
        olga.opens(crate::support::papers::Paper { compartment, ..subpoena() }.asking("account/registration")).done()
    };
    let cases = [opened(Compartment::Restricted), opened(Compartment::NationalSecurity)];
    let owner = site.token_of(world, &olga);
    for case in &cases {
        assert_eq!(owner.gets(&format!("/api/v1/cases/{}", case.reference)).status, 200);
    }
    // Everybody else is told of it what they are told of a case that nobody ever opened, to the letter.
    let nobodys = ("2026-400000", uuid::Uuid::nil().to_string(), uuid::Uuid::nil().to_string());
    for person in &people {
        let (client, browser) = (site.token_of(world, person), site.browser_of(person));
        for case in &cases {
            let (document, demand) = (case.documents[0].id.to_string(), case.demands[0].id.to_string());
            let is = (case.reference.as_str(), document, demand);
            for route in ROUTES.iter().filter(|r| r.path.contains("{reference}") || r.path.contains("documents/{id}")) {
                let at = |(reference, document, demand): &(&str, String, String)| {
                    let id = if route.path.contains("documents") { document } else { demand };
                    route.path.replace("{reference}", reference).replace("{id}", id)
                };
                let asks = |path: &str| match route.method {
                    _ if !path.starts_with("/api/") && route.method == Method::Post => None,
                    Method::Get if path.starts_with("/api/") => Some(client.gets(path)),
                    Method::Get => Some(browser.gets(path)),
                    Method::Post => Some(acts_somehow(&client, path)),
                };
                let (Some(page), Some(nothing)) = (asks(&at(&is)), asks(&at(&nobodys))) else { continue };
                assert_eq!(page.status, 404, "{} as {}: {}", route.path, person.who.staff.name, page.text());
                let hidden = |text: String| text.replace(is.0, "…").replace(nobodys.0, "…");
                assert_eq!(hidden(page.text()), hidden(nothing.text()), "{} tells that it is there", route.path);
            }
        }
    }
    let [anna, fay] = [site.token_of(world, &world.anna()), site.token_of(world, &world.fay())];
    let listed = anna.gets("/api/v1/cases").source();
    let logged = fay.gets("/api/v1/log").source();
    assert!(cases.iter().all(|case| !listed.contains(case.reference.as_str())));
    assert!(!logged.contains(cases[1].reference.as_str()) && !logged.contains(&cases[1].id.to_string()));
}

/// An act that is as it should be, whichever it is.
fn acts_somehow(client: &Client<'_>, path: &str) -> crate::support::site::Page {
    let (nil, pass) = (uuid::Uuid::nil().to_string(), client.password());
    let decision = json!({ "demand": nil, "decision": "clarify" });
    let body = match path.rsplit('/').next().unwrap() {
        "amend" => json!({ "paper": paper() }),
        "checks" => json!({ "method": "register", "result": "confirmed", "account": "Found it." }),
        "secrecy" => json!({ "source": "request", "starts_on": "2026-10-26" }),
        "assign" => json!({}),
        "wait" => json!({ "kind": "awaiting_requester", "because": "Asked for a signature." }),
        "end" => json!({ "account": "It came." }),
        "move" => json!({ "clock": "none", "due_on": "2030-11-29", "because": "More time." }),
        "settle" => json!({ "clock": "none", "account": "Done." }),
        "checklist" => json!({ "lines": [{ "item": "dates", "answer": "fine" }] }),
        "redirect" => json!({ "result": "lapsed", "account": "Nobody came back." }),
        "comments" => json!({ "text": "Seen." }),
        "demands" => json!({ "demands": [asked("+1 202 555 0163")] }),
        "decision" => json!({ "decisions": [decision] }),
        "approve" => json!({ "scope_hash": "00", "password": pass }),
        "return" => json!({ "because": "Mend it." }),
        "release" => json!({ "to": "Casey Mockford", "method": "portal", "password": pass }),
        "withdraw" => json!({ "note": "Gone." }),
        "split" => json!({ "day": "2026-06-01" }),
        "assess" | "remove" | "close" => json!({}),
        "documents" => return client.uploads(path, &[("kind", "evidence")], &[("file", "a.txt", b"a")]),
        _ if path.contains("/tasks/") => {
            let fields = [("demand", nil.as_str()), ("outcome", "collected"), ("account", "Asked.")];
            return client.uploads(path, &fields, &[("files", "a.txt", b"a")]);
        }
        _ => json!({ "demand": asked("+1 202 555 0163") }),
    };
    client.calls(path, &body.to_string())
}

fn auditors_see_what_is_sealed_as_sealed(world: &World) {
    let site = world.serves();
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let case = world.anna().records_secrecy(&case, secrecy_order()).done();
    let case = world.anna().records_secrecy(&case, plea()).done();
    let case = world.ben().verifies(&case).done();
    let case = world.anna().assesses(&case).done();
    let case = world.anna().decides(&case).done();
    let case = world.carla().approves(&case).done();
    let case = world.emil().collects(&case, &case.demands[0]).done();
    let case = world.anna().releases(&case).done();
    let case = world.anna().attaches(&case, DocumentKind::Evidence, "receipt.txt", b"received").done();
    let case = world.anna().closes(&case).done();
    let at = format!("/api/v1/cases/{}", case.reference);
    let (open, sealed) = (site.token_of(world, &world.anna()).gets(&at), site.token_of(world, &world.fay()).gets(&at));
    let (open, sealed) = (open.json(), sealed.json());
    assert_eq!((&open["is_sealed"], &sealed["is_sealed"]), (&json!(false), &json!(true)));
    let mut hidden = BTreeSet::new();
    compare(&open, &sealed, "", &mut hidden);
    let names = [
        "account",
        "cure",
        "docket",
        "email",
        "facts_used",
        "file_name",
        "grounds",
        "identifier",
        "issuer",
        "legal_basis",
        "manifest_sha256",
        "more",
        "name",
        "note",
        "organisation",
        "override_reason",
        "phone",
        "redirect_to",
        "says",
        "sha256",
        "title",
        "to",
        "why",
        "words",
        "would_change",
    ];
    for name in names.iter().filter(|name| !["cure", "says"].contains(name)) {
        assert!(
            hidden.iter().any(|path| path.ends_with(&format!(".{name}"))),
            "{name} is open to auditors: {hidden:?}"
        );
    }
    assert!(hidden.iter().all(|path| names.contains(&path.rsplit('.').next().unwrap())), "{hidden:?}");
    for personal in ["555-0142", "2025550142", "Mockford", "26-GJ-0117-04", "subpoena.pdf", "Sample Inquiries"] {
        assert!(open.to_string().contains(personal), "{personal}");
        assert!(!sealed.to_string().contains(personal), "{personal} is open to auditors");
    }
    let log = site.token_of(world, &world.fay()).gets(&format!("{at}/log")).json();
    assert_eq!(log, json!({ "entries": { "sealed": true } }));
}

/// The two answers are alike but for what is sealed, and what is sealed says so.
fn compare(open: &Value, sealed: &Value, at: &str, hidden: &mut BTreeSet<String>) {
    match (open, sealed) {
        (_, sealed) if *sealed == json!({ "sealed": true }) => drop(hidden.insert(at.to_owned())),
        (Value::Object(a), Value::Object(b)) => {
            assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>(), "{at}");
            a.keys().for_each(|key| compare(&a[key], &b[key], &format!("{at}.{key}"), hidden));
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{at}");
            a.iter().zip(b).for_each(|(a, b)| compare(a, b, at, hidden));
        }
        (a, b) if at == ".is_sealed" => assert_ne!(a, b),
        (a, b) => assert_eq!(a, b, "{at}"),
    }
}

fn a_call_with_a_key_counts_once(world: &World) {
    let site = world.serves();
    let (anna, ben) = (site.token_of(world, &world.anna()), site.token_of(world, &world.ben()));
    fn key<'s>(client: &Client<'s>) -> Client<'s> {
        client.anew("idempotency-key", "first paper of the day")
    }
    let body = json!({ "paper": paper() }).to_string();
    let first = key(&anna).calls("/api/v1/cases", &body);
    let at = first.location.clone().unwrap();
    let second = key(&anna).calls("/api/v1/cases", &body.replace("\":", "\" : "));
    assert_eq!((first.status, second.status, second.leads_to()), (201, 303, at.as_str()));
    assert_eq!(key(&anna).gets(&at).json()["version"], 1);
    // Another person's key is another key, and so is the same one at another address.
    assert_eq!(key(&ben).calls("/api/v1/cases", &body).status, 201);
    assert_eq!(world.cases().len(), 2);
    let order = json!({ "source": "request", "starts_on": "2026-10-26" }).to_string();
    let secrecy = format!("{at}/secrecy");
    assert_eq!(key(&anna).calls(&secrecy, &order).json()["version"], 2);
    assert_eq!(key(&anna).calls(&secrecy, &order).leads_to(), at);
    // The same key for something else is a mistake, and so is one that is none.
    let other = key(&anna).calls(&secrecy, &order.replace("10-26", "10-27"));
    assert_eq!((other.status, other.fields()), (422, vec!["Idempotency-Key".to_owned()]));
    for bad in ["", &"x".repeat(201)] {
        assert_eq!(anna.anew("idempotency-key", bad).calls(&secrecy, &order).fields(), ["Idempotency-Key"]);
    }
    // A call that failed may be sent again with its key, mended.
    let retry = anna.anew("idempotency-key", "another");
    assert_eq!(retry.calls(&format!("{at}/withdraw"), "{}").status, 422);
    // Uploads alike: the bytes of the second are not kept.
    let upload = |client: &Client<'_>| client.uploads("/api/v1/documents", &[], &[("file", "a.pdf", SUBPOENA)]);
    let (first, second) = (upload(&retry), upload(&retry));
    assert_eq!((first.status, second.leads_to()), (201, first.location.as_deref().unwrap()));
    assert_eq!(retry.calls(&format!("{at}/withdraw"), "{\"note\": \"Gone.\"}").status, 200);
    let done: Vec<String> = world.log().into_iter().map(|e| e.kind).collect();
    for (kind, count) in [("case.opened", 2), ("secrecy.recorded", 1), ("document.received", 1), ("case.withdrawn", 1)]
    {
        assert_eq!(done.iter().filter(|k| *k == kind).count(), count, "{kind}");
    }
    // Neither key nor password nor what was sent stands in the register.
    let kept = world.raw().values("SELECT id || ' ' || went_to AS value FROM form_posts").join("\n");
    assert!(!kept.contains("first paper") && !kept.contains("2026-10-26") && kept.contains(&at), "{kept}");
}

fn many_demands_come_in_together_or_not_at_all(world: &World) {
    let site = world.serves();
    let anna = site.token_of(world, &world.anna());
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let at = format!("/api/v1/cases/{}/demands", case.reference);
    let mut demands: Vec<Value> = (100..300).map(|n| asked(&format!("+1 202 555 0{n}"))).collect();
    let mut wrong = demands.clone();
    wrong[7]["identifier"]["received"] = json!("no number");
    wrong[150]["category"] = json!("tea");
    wrong[199]["period"]["to"] = json!("2025-01-01");
    wrong[199]["odd"] = json!(1);
    let refused = anna.calls(&at, &json!({ "demands": wrong }).to_string());
    let fields = ["demands.7.identifier.received", "demands.150.category", "demands.199.period.to", "demands.199.odd"];
    assert_eq!((refused.status, refused.fields()), (422, fields.map(str::to_owned).to_vec()));
    assert_eq!(world.case(case.id), case);
    let done = anna.calls(&at, &json!({ "version": 1, "demands": demands }).to_string());
    assert_eq!(done.status, 200, "{}", done.source());
    assert_eq!(world.case(case.id).demands.len(), 201);
    demands.extend(demands.clone());
    demands.extend(demands.clone());
    assert_eq!(anna.calls(&at, &json!({ "demands": demands }).to_string()).fields(), ["demands"]);
}

fn lists_go_on_where_the_page_before_ended(world: &World) {
    let site = world.serves();
    let (anna, fay) = (site.token_of(world, &world.anna()), site.token_of(world, &world.fay()));
    let cases: BTreeSet<String> = (0..5)
        .map(|_| world.anna().opens(subpoena().asking("account/registration")).done().reference.to_string())
        .collect();
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = anna.gets(&format!("/api/v1/cases?limit=2{after}")).json();
        let lines = page["cases"].as_array().unwrap();
        assert!(lines.len() <= 2);
        seen.extend(lines.iter().map(|line| line["reference"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!((seen.len(), seen.into_iter().collect::<BTreeSet<_>>()), (5, cases));
    let (mut seqs, mut before) = (Vec::new(), String::new());
    loop {
        let page = fay.gets(&format!("/api/v1/log?limit=7&actor=staff:{}{before}", world.anna().id())).json();
        seqs.extend(page["entries"].as_array().unwrap().iter().map(|e| e["seq"].as_i64().unwrap()));
        let Some(next) = page["next"].as_i64() else { break };
        before = format!("&before={next}");
    }
    let mine = world.log().into_iter().filter(|e| e.actor == format!("staff:{}", world.anna().id()));
    assert_eq!(seqs, mine.map(|e| e.seq).rev().collect::<Vec<_>>());
    for (path, field) in [
        ("/api/v1/cases?limit=0", "limit"),
        ("/api/v1/cases?limit=51", "limit"),
        ("/api/v1/cases?lane=fast", "lane"),
        ("/api/v1/cases?after=1", "after"),
        ("/api/v1/cases?page=2", "page"),
    ] {
        assert_eq!(anna.gets(path).fields(), [field], "{path}");
    }
    assert_eq!(fay.gets("/api/v1/log?before=x&limit=101&kind=%00").fields(), ["before", "limit", "kind"]);
}

fn a_stolen_token_does_not_guess_the_password_for_long(world: &World) {
    let site = world.serves();
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let case = world.ben().verifies(&case).done();
    let case = world.anna().assesses(&case).done();
    let case = world.anna().decides(&case).done();
    let carla = site.token_of(world, &world.carla());
    let approves = |password: &str| {
        let body = json!({ "scope_hash": case.draft().unwrap().scope_hash, "password": password });
        carla.calls(&format!("/api/v1/cases/{}/approve", case.reference), &body.to_string())
    };
    for _ in 0..5 {
        let page = approves("certainly not it");
        assert_eq!((page.status, page.code().as_str()), (403, "not_stepped_up"));
        page.hides("certainly not it");
    }
    let paused = approves(carla.password());
    assert_eq!((paused.status, paused.code().as_str()), (429, "paused"));
    assert_eq!(world.case(case.id), case);
    world.minutes_pass(16);
    assert_eq!(approves(carla.password()).status, 200);
}

#[test]
fn every_call_and_every_problem_is_in_the_docs() {
    let docs = include_str!("../../docs/api.md");
    for route in ROUTES.iter().filter(|route| route.path.starts_with("/api/")) {
        let method = if route.method == Method::Get { "GET" } else { "POST" };
        assert!(docs.contains(&format!("`{method} {}`", route.path)), "docs/api.md does not tell of {}", route.path);
    }
    for code in CODES {
        assert!(docs.contains(&format!("| `{code}` |")), "docs/api.md does not tell of the problem {code}");
    }
    let refusals = include_str!("../../src/domain/refusal.rs");
    let code = refusals.split("pub fn code(").nth(1).unwrap().split("pub fn says(").next().unwrap();
    for code in code.split('"').skip(1).step_by(2) {
        assert!(docs.contains(&format!("`{code}`")), "docs/api.md does not tell of the refusal {code}");
    }
}
