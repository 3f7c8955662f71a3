//! What is measured. Each step prepares what it needs without being timed, and gives the time of the one thing it is
//! about.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Asked;
use super::client::{Client, People};
use super::server::Server;
use super::table::{Measured, Times};

const PAPER: &[u8] = include_bytes!("../../tests/papers/order.pdf");

pub struct Step {
    pub name: &'static str,
    /// Prepares what one client asks again and again; the number tells the client's turns apart.
    make: for<'a> fn(&'a Server, &'a People, usize) -> Turn<'a>,
    /// Rounds count for so much less, where a turn takes long.
    share: usize,
}

/// One measured thing: gives how long it took.
type Turn<'a> = Box<dyn FnMut(usize) -> Duration + 'a>;

pub const ALL: &[Step] = &[
    Step { name: "queue", make: |s, p, c| page(s, p, c, "analyst", |_| "/queue?tab=open".to_owned()), share: 1 },
    Step { name: "queue, mine", make: |s, p, c| page(s, p, c, "analyst", |_| "/queue?tab=mine".to_owned()), share: 1 },
    Step {
        name: "queue, closed",
        make: |s, p, c| page(s, p, c, "analyst", |_| "/queue?tab=closed".to_owned()),
        share: 1,
    },
    Step { name: "approvals", make: |s, p, c| page(s, p, c, "reviewer", |_| "/approvals".to_owned()), share: 1 },
    Step { name: "case, first view", make: first_view, share: 1 },
    Step { name: "case, covered view", make: covered_view, share: 1 },
    Step { name: "case, its log, covered", make: covered_log, share: 1 },
    Step { name: "search by identifier: found", make: |s, p, c| found(s, p, c, "otter"), share: 1 },
    Step { name: "search by word: found", make: |s, p, c| found(s, p, c, "partners"), share: 1 },
    Step { name: "search by identifier: asked", make: asked_for, share: 1 },
    Step { name: "log of the register", make: |s, p, c| page(s, p, c, "auditor", |_| "/log".to_owned()), share: 1 },
    Step {
        name: "report",
        make: |s, p, c| page(s, p, c, "reviewer", |_| "/reports/transparency".to_owned()),
        share: 10,
    },
    Step { name: "open a case (API)", make: opens, share: 1 },
    Step { name: "draft (API)", make: drafts, share: 2 },
    Step { name: "approve (API, with its password)", make: approves, share: 3 },
    Step { name: "comment (API)", make: comments, share: 1 },
];

/// References of generated cases: those of last year, which are all closed or settled.
static NEXT: AtomicUsize = AtomicUsize::new(1);

pub fn measure(step: &Step, server: &Server, people: &People, clients: usize, asked: &Asked) -> Measured {
    let gate = Barrier::new(clients);
    let rounds = (asked.rounds / step.share).max(10);
    let all: Vec<(Vec<Duration>, Duration)> = std::thread::scope(|scope| {
        let work = |client| {
            let gate = &gate;
            move || {
                let mut turn = (step.make)(server, people, client);
                (0..3).for_each(|warm| {
                    turn(warm);
                });
                gate.wait();
                let (begun, mut took) = (Instant::now(), Vec::new());
                while if clients == 1 {
                    took.len() < rounds
                } else {
                    begun.elapsed() < Duration::from_secs(asked.seconds)
                } {
                    took.push(turn(took.len() + 3));
                }
                (took, begun.elapsed())
            }
        };
        let threads: Vec<_> = (0..clients).map(|client| scope.spawn(work(client))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let span = all.iter().map(|(_, span)| *span).max().unwrap();
    Measured { times: Times::of(all.into_iter().flat_map(|(took, _)| took).collect()), span, clients }
}

fn fresh_reference() -> String {
    let year = 2025;
    format!("{year}-{:06}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn page<'a>(s: &'a Server, p: &'a People, client: usize, role: &str, path: fn(usize) -> String) -> Turn<'a> {
    let browser = Client::browser(s, p.of(role, client));
    Box::new(move |turn| {
        let answer = browser.gets(&path(turn));
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.took
    })
}

/// Every time another case, which this session has not seen.
fn first_view<'a>(s: &'a Server, p: &'a People, client: usize) -> Turn<'a> {
    let browser = Client::browser(s, p.of("analyst", client));
    Box::new(move |_| {
        loop {
            let answer = browser.gets(&format!("/cases/{}", fresh_reference()));
            // A restricted case is told to nobody else.
            if answer.status == 200 {
                return answer.took;
            }
            assert!([403, 404].contains(&answer.status), "{}", answer.text);
        }
    })
}

fn covered_view<'a>(s: &'a Server, p: &'a People, client: usize) -> Turn<'a> {
    seen_before(s, p, client, "")
}

fn covered_log<'a>(s: &'a Server, p: &'a People, client: usize) -> Turn<'a> {
    seen_before(s, p, client, "?tab=log")
}

fn seen_before<'a>(s: &'a Server, p: &'a People, client: usize, tab: &'static str) -> Turn<'a> {
    let browser = Client::browser(s, p.of("analyst", client));
    let mut seen = Vec::new();
    while seen.len() < 20 {
        let path = format!("/cases/{}", fresh_reference());
        if browser.gets(&path).status == 200 {
            seen.push(path);
        }
    }
    Box::new(move |turn| {
        let answer = browser.gets(&format!("{}{tab}", seen[turn % seen.len()]));
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.took
    })
}

/// The page of what was found; the asking is done before.
fn found<'a>(s: &'a Server, p: &'a People, client: usize, words: &'static str) -> Turn<'a> {
    let browser = Client::browser(s, p.of("analyst", client));
    let token = token_on(&browser, "/search");
    let pages: Vec<String> = (0..10)
        .map(|turn| {
            let words = if words == "otter" { identifier(client, turn) } else { words.to_owned() };
            let answer = browser.posts("/search", &[("token", &token), ("words", &words)]);
            assert_eq!(answer.status, 303, "{}", answer.text);
            answer.to
        })
        .collect();
    Box::new(move |turn| {
        let answer = browser.gets(&pages[turn % pages.len()]);
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.took
    })
}

fn asked_for<'a>(s: &'a Server, p: &'a People, client: usize) -> Turn<'a> {
    let browser = Client::browser(s, p.of("analyst", client));
    let token = token_on(&browser, "/search");
    Box::new(move |turn| {
        let answer = browser.posts("/search", &[("token", &token), ("words", &identifier(client, turn))]);
        assert_eq!(answer.status, 303, "{}", answer.text);
        answer.took
    })
}

/// Somebody who may or may not be asked about.
fn identifier(client: usize, turn: usize) -> String {
    const NOUNS: [&str; 20] = [
        "harbor", "falcon", "meadow", "quartz", "lantern", "willow", "copper", "thistle", "comet", "ember", "juniper",
        "marble", "otter", "pebble", "raven", "saffron", "tundra", "velvet", "walnut", "zephyr",
    ];
    let person = (client * 1_000 + turn * 37) % 60_000;
    format!("{}{person}@messenger.example", NOUNS[person % NOUNS.len()])
}

fn token_on(browser: &Client<'_>, path: &str) -> String {
    let page = browser.gets(path).text;
    let at = page.find("name=\"token\"").unwrap();
    page[at..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn opens<'a>(s: &'a Server, p: &'a People, client: usize) -> Turn<'a> {
    let program = Client::program(s, p.of("analyst", client));
    let agency = agency(&program);
    Box::new(move |turn| {
        let answer = program.calls("/api/v1/cases", &new_case(&agency, Value::Null, client * 100_000 + turn));
        answer.json();
        answer.took
    })
}

fn comments<'a>(s: &'a Server, p: &'a People, client: usize) -> Turn<'a> {
    let program = Client::program(s, p.of("analyst", client));
    let case = assessed(&program, client);
    Box::new(move |_| {
        let answer = program.calls(&format!("/api/v1/cases/{case}/comments"), &json!({ "text": "Looked at again." }));
        answer.json();
        answer.took
    })
}

fn drafts<'a>(s: &'a Server, p: &'a People, client: usize) -> Turn<'a> {
    let program = Client::program(s, p.of("analyst", client));
    Box::new(move |_| {
        let case = assessed(&program, client);
        draft(&program, &case)
    })
}

fn approves<'a>(s: &'a Server, p: &'a People, client: usize) -> Turn<'a> {
    let program = Client::program(s, p.of("analyst", client));
    let reviewer = Client::program(s, p.of("reviewer", client));
    Box::new(move |_| {
        let case = assessed(&program, client);
        draft(&program, &case);
        let read = program.gets(&format!("/api/v1/cases/{case}")).json();
        let body = json!({ "scope_hash": read["draft"]["scope_hash"], "password": reviewer.password });
        let answer = reviewer.calls(&format!("/api/v1/cases/{case}/approve"), &body);
        answer.json();
        answer.took
    })
}

fn draft(program: &Client<'_>, case: &str) -> Duration {
    let read = program.gets(&format!("/api/v1/cases/{case}")).json();
    let demands = read["demands"].as_array().unwrap();
    let reject =
        |demand: &Value| json!({ "demand": demand["id"], "decision": "reject", "reason": "instrument_too_low" });
    let decisions: Vec<Value> = demands.iter().map(reject).collect();
    let answer = program.calls(&format!("/api/v1/cases/{case}/decision"), &json!({ "decisions": decisions }));
    answer.json();
    answer.took
}

/// A case of one's own that is verified and assessed.
fn assessed(program: &Client<'_>, client: usize) -> String {
    let arrival = program.uploads("/api/v1/documents", "order.pdf", PAPER).json();
    let turn = NEXT.fetch_add(1, Ordering::Relaxed);
    let opened =
        program.calls("/api/v1/cases", &new_case(&agency(program), arrival["arrival"].clone(), client + turn)).json();
    let case = opened["reference"].as_str().unwrap().to_owned();
    let check = json!({ "method": "call_back", "result": "confirmed", "account": "Rang the published number." });
    program.calls(&format!("/api/v1/cases/{case}/checks"), &check).json();
    program.calls(&format!("/api/v1/cases/{case}/assess"), &json!({})).json();
    case
}

/// An agency of the directory: that of the case that is due first.
fn agency(program: &Client<'_>) -> Value {
    let listed = program.gets("/api/v1/cases?limit=1").json();
    let case = listed["cases"][0]["reference"].as_str().unwrap().to_owned();
    let read = program.gets(&format!("/api/v1/cases/{case}")).json();
    json!({ "id": read["paper"]["agency"]["id"] })
}

fn new_case(agency: &Value, arrival: Value, number: usize) -> Value {
    json!({
        "arrival": arrival,
        "compartment": "ordinary",
        "paper": {
            "instrument": "grand_jury_subpoena", "issuing_authority": "grand_jury", "agency": agency, "officer": null,
            "docket": { "is": format!("26-GJ-{number:06}") }, "legal_basis": { "is": "18 U.S.C. § 2703(c)(2)" },
            "matter": "criminal", "channel": "portal", "received_at": "2026-11-20T14:05:00Z",
            "issued_on": "2026-11-19", "return_by": { "is": "2026-12-10" }, "execute_by": "none",
            "authorised_from": "none", "authorised_to": "none", "customer": "consumer", "is_signed": true,
            "names_served_entity": true, "lacks_attachments": false, "is_particular": true, "statute_covers": true
        },
        "demands": [{
            "identifier": { "kind": "email", "received": format!("speed{number}@messenger.example") },
            "service": "account", "category": "registration", "words": "records of the account",
            "period": {}, "in_signed_paper": true, "is_ours": true
        }]
    })
}
