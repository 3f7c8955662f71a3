//! What the program writes to its log of lines: each is JSON, each of a request carries the request's id whichever thread
//! wrote it, and none tells anything that a person typed, sent or is called.

use serde_json::{Value, json};
use writ::domain::staff::Role;

use crate::support::calls::{asked, paper};
use crate::support::on_both;
use crate::support::papers::SUBPOENA;
use crate::support::server::Server;
use crate::support::site::{Client, Page};
use crate::support::until::until;
use crate::support::world::World;

on_both! {
    no_line_tells_what_a_person_typed_sent_or_is_called,
    every_line_of_a_request_carries_its_id_and_so_does_the_page_of_a_failure,
}

/// Stands in everything that people type here. No program would write it by itself.
const MARK: &str = "quokka";

/// Everything is let through that the program lets be let through.
const ALL_LINES: &[(&str, &str)] = &[("TELEMETRY__FORMAT", "json"), ("TELEMETRY__FILTER", "trace")];

fn no_line_tells_what_a_person_typed_sent_or_is_called(world: &World) {
    let quinn = world.hires("quokka-quinn", "Quinn Quokka", &[Role::Analyst, Role::Reviewer], false);
    world.hires("quokka-rita", "Rita Quokka", &[Role::Reviewer], false);
    // Mails can't be written into a file.
    let no_folder = world.folder.path().join("no-folder");
    std::fs::create_dir(&no_folder).unwrap();
    let folder = no_folder.to_str().unwrap().to_owned();
    let node = world.starts(&[ALL_LINES, &[("MAIL__FOLDER", &folder)]].concat());
    std::fs::remove_dir(&no_folder).unwrap();
    let (program, browser) = (node.site.token_of(world, &quinn), node.site.browser_of(&quinn));
    let case = a_case_comes_in(&program);
    it_is_worked_on(&program, &browser, &case);
    strangers_and_mistakes(&node, &program, &browser, &case);
    its_rows_and_files_are_broken(world, &node, &browser, &case);
    node.signals("TERM");
    let (code, lines) = node.ends();
    assert_eq!(code, Some(0));

    let mut messages = Vec::new();
    for line in &lines {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"));
        for key in ["timestamp", "level", "target", "fields"] {
            assert!(value.get(key).is_some(), "{line} has no {key}");
        }
        messages.push(value["fields"]["message"].as_str().unwrap_or_default().to_owned());
        let lower = line.to_lowercase();
        let case = case.rsplit('/').next().unwrap();
        for told in [MARK, "202-555", "555 01", "@", case, "bearer", "sid=", "?"] {
            assert!(!lower.contains(told), "a line tells {told}: {line}");
        }
    }
    // They were not silent either.
    for said in
        ["answered", "an act ended", "a request failed", "a mail was not sent", "a document's bytes can't be read"]
    {
        assert!(messages.iter().any(|message| message == said), "nobody said “{said}”");
    }
    world.raw().must("UPDATE agencies SET name = 'Bureau'");
}

fn a_case_comes_in(program: &Client<'_>) -> String {
    let file = ("file", "quokka-subpoena.pdf", SUBPOENA);
    let arrived = program.uploads("/api/v1/documents", &[], &[file]);
    assert_eq!(arrived.status, 201, "{}", arrived.source());
    let mut paper = paper();
    paper["issuer"] = json!("Court of Quokka");
    paper["agency"]["name"] = json!("Quokka Bureau");
    paper["officer"] =
        json!({ "name": "Otto Quokka", "title": "Quokka", "email": "quokka@bsi.example", "phone": "(202) 555-0114" });
    paper["docket"] = json!({ "is": "QUOKKA-1" });
    paper["legal_basis"] = json!({ "is": "Quokka Code 1" });
    let mut one = asked("+1 202 555 0177");
    one["words"] = json!("records of quokka");
    let body = json!({ "arrival": arrived.json()["arrival"], "paper": paper, "demands": [one] });
    let opened = program.anew("idempotency-key", "quokka key").calls("/api/v1/cases", &body.to_string());
    assert_eq!(opened.status, 201, "{}", opened.source());
    opened.location.unwrap()
}

fn it_is_worked_on(program: &Client<'_>, browser: &Client<'_>, case: &str) {
    let acts = |rest: &str, body: Value| {
        let page = program.calls(&format!("{case}/{rest}"), &body.to_string());
        assert_eq!(page.status, 200, "{rest}: {}", page.source());
        page.json()
    };
    acts("checks", json!({ "method": "call_back", "result": "confirmed", "account": "Rang quokka." }));
    acts("comments", json!({ "text": "Ask quokka about it." }));
    acts("secrecy", json!({ "source": "request", "starts_on": "2026-10-26" }));
    acts("assess", json!({}));
    let read = program.gets(case).json();
    let demand = &read["demands"][0]["id"];
    let decision =
        json!({ "demand": demand, "decision": "reject", "reason": "instrument_too_low", "note": "Not quokka's." });
    // Reviewers are told by mail, to a folder that is not there.
    acts("decision", json!({ "decisions": [decision] }));
    let found = browser.fills("/search", "/search", &[("q", "quokka"), ("text", "quokka"), ("words", "quokka")]);
    assert!(found.status < 400, "{}", found.text());
    browser.gets("/queue?agency=quokka&q=quokka&after=quokka");
}

fn strangers_and_mistakes(node: &Server, program: &Client<'_>, browser: &Client<'_>, case: &str) {
    let stranger = node.site.visitor();
    for (name, password) in [("quokka", "Quokka is my password"), ("quokka-quinn", "quokka quokka quokka")] {
        stranger.posts("/sign-in", &[("name", name), ("password", password)]);
    }
    stranger.anew("authorization", "Bearer quokka").gets(case);
    stranger.anew("cookie", "sid=quokka").gets("/queue");
    stranger.anew("x-request-id", "quokka").anew("user-agent", "quokka/1").gets("/sign-in?next=quokka");
    for path in ["/quokka", "/cases/quokka", "/api/v1/quokka?quokka=1", "/static/quokka.css", "/law/quokka"] {
        browser.gets(path);
        program.gets(path);
    }
    let bodies: [&[u8]; 4] = [b"{\"text\": \"quokka", b"{\"quokka\": 1}", b"[\"quokka\"]", b"quokka=\xff\xfe"];
    for body in bodies {
        for kind in ["application/json", "application/x-www-form-urlencoded", "multipart/form-data", "quokka/quokka"] {
            program.sends("POST", &format!("{case}/comments"), Some(kind.to_owned()), body.to_vec());
            browser.sends("POST", "/queue/assign", Some(kind.to_owned()), body.to_vec());
        }
    }
    let half = "quokka\r\nhost: quokka\r\n";
    for head in [
        format!("quokka {half}\r\n"),
        "QUOKKA /queue HTTP/1.1\r\nhost: quokka\r\n\r\n".to_owned(),
        format!("GET /{half}\r\n"),
        format!("POST /sign-in HTTP/1.1\r\nhost: quokka\r\ncontent-length: {half}\r\n"),
        "POST /sign-in HTTP/1.1\r\nhost: quokka\r\ntransfer-encoding: quokka\r\n\r\n".to_owned(),
        "POST /sign-in HTTP/1.1\r\nhost: quokka\r\ncontent-length: 50\r\n\r\nname=quokka".to_owned(),
    ] {
        node.hears(head.as_bytes());
    }
}

/// What the program says when what it kept makes no sense any more.
fn its_rows_and_files_are_broken(world: &World, node: &Server, browser: &Client<'_>, case: &str) {
    until("mails were tried", || node.meter("writ_mails_total{outcome=\"failed\"}") > 0.0);
    world.is_spoilt();
    let documents = world.raw().values("SELECT CAST(id AS text) AS value FROM documents");
    for id in &documents {
        std::fs::write(world.folder.path().join("documents").join(id), "too short to be opened").unwrap();
        // It ends short of its length, so it may be no answer at all.
        drop(browser.tries_to_get(&format!("/documents/{id}")));
    }
    let newline = if world.raw().is_sqlite() { "char(10)" } else { "chr(10)" };
    world.raw().must(&format!("UPDATE agencies SET name = 'Quokka' || {newline} || 'Bureau'"));
    let page = browser.gets(&case.replace("/api/v1", ""));
    assert_eq!(page.status, 500, "{}", page.text());
}

fn every_line_of_a_request_carries_its_id_and_so_does_the_page_of_a_failure(world: &World) {
    let node = world.starts(ALL_LINES);
    let (anna, gus) = (node.site.token_of(world, &world.anna()), node.site.browser_of(&world.gus()));
    let opened = anna.calls("/api/v1/cases", &json!({ "paper": paper() }).to_string());
    assert_eq!(opened.status, 201);
    let taken_over = anna.anew("x-request-id", "my own").gets("/api/v1/me");
    world.is_spoilt();
    world.raw().must("UPDATE agencies SET name = ''");
    let problem = anna.gets(opened.location.as_deref().unwrap());
    assert_eq!((problem.status, problem.code().as_str()), (500, "failed"));
    world.raw().must("UPDATE agencies SET name = 'Bureau'");
    let missing = gus.gets("/no/such/page");
    node.signals("TERM");
    let lines = node.ends().1;

    let id = |page: &Page| page.header("x-request-id").unwrap().to_owned();
    assert_ne!(id(&taken_over), "my own");
    assert_eq!(problem.json()["instance"], format!("urn:uuid:{}", id(&problem)), "the page shows the request's id");
    let of = |page: &Page| -> Vec<(String, String)> {
        let id = id(page);
        assert!(uuid::Uuid::parse_str(&id).is_ok());
        let all = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mine = all.filter(|line| line["span"]["id"] == id.as_str());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        mine.map(|line| (text(&line["threadName"]), text(&line["fields"]["message"]))).collect()
    };
    let said = |page: &Page, message: &str| {
        let lines = of(page);
        let found = lines.iter().find(|(_, said)| said == message);
        found.unwrap_or_else(|| panic!("no line “{message}” with its id, only {lines:?}")).0.clone()
    };
    assert_eq!(said(&opened, "an act ended"), "writ-writer");
    assert_ne!(said(&opened, "answered"), "writ-writer");
    said(&opened, "an action runs");
    said(&problem, "a request failed");
    said(&missing, "answered");
    let ids = [id(&opened), id(&problem), id(&missing), id(&taken_over)];
    assert!(ids.iter().all(|one| ids.iter().filter(|other| *other == one).count() == 1), "{ids:?}");
}
