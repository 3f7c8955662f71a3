//! The acts of the table as calls of the API.

use serde_json::{Value, json};
use writ::domain::case::Case;
use writ::domain::staff::Verb;

use crate::support::calls::{asked, paper};
use crate::support::site::{Client, Page};

/// Tries a verb on a case at the version it has.
pub fn tries(client: &Client<'_>, verb: Verb, case: &Case) -> Page {
    let at = |rest: &str| format!("/api/v1/cases/{}/{rest}", case.reference);
    let call = |rest: &str, mut body: Value| {
        body["version"] = json!(case.version);
        client.calls(&at(rest), &body.to_string())
    };
    let demand = case.demands[0].id.to_string();
    let hash = case.draft().map_or_else(|| "none yet".to_owned(), |d| d.scope_hash.clone());
    let version = case.version.to_string();
    let fields = |fields: &[(&'static str, String)]| {
        let version = [("version", version.clone())];
        fields.iter().cloned().chain(version).collect::<Vec<_>>()
    };
    let upload = |path: &str, with: &[(&'static str, String)], file| {
        let fields = fields(with);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        client.uploads(path, &fields, &[file])
    };
    match verb {
        Verb::Amend => {
            // The agency and the officer as they are, or they would enter the directory anew.
            let mut paper = paper();
            paper["agency"] = json!({ "id": case.paper.requester.agency });
            paper["officer"] = json!({ "id": case.paper.requester.officer });
            call("amend", json!({ "paper": paper }))
        }
        Verb::Attach => upload(&at("documents"), &[("kind", "evidence".into())], ("file", "note.txt", b"a note")),
        Verb::Verify => {
            let account = "Found the case in the court's register.";
            call("checks", json!({ "method": "register", "result": "confirmed", "account": account }))
        }
        Verb::AddDemand => call("demands", json!({ "demands": [asked("+1 202 555 0163")] })),
        Verb::ChangeDemand => call(&format!("demands/{demand}"), json!({ "demand": asked("+1 202 555 0163") })),
        Verb::SplitDemand => call(&format!("demands/{demand}/split"), json!({ "day": "2026-06-01" })),
        Verb::RemoveDemand => call(&format!("demands/{demand}/remove"), json!({})),
        Verb::RecordSecrecy => {
            call("secrecy", json!({ "source": "court_order", "starts_on": "2026-10-26", "ends_on": "none" }))
        }
        Verb::Assess => call("assess", json!({})),
        Verb::Decide => {
            let decision = json!({ "demand": demand, "decision": "reject", "reason": "overbroad" });
            call("decision", json!({ "decisions": [decision] }))
        }
        Verb::Approve => call("approve", json!({ "scope_hash": hash, "password": client.password() })),
        Verb::Return => call("return", json!({ "because": "Mend the period." })),
        Verb::Collect => {
            let fields = [("demand", demand), ("outcome", "collected".into()), ("account", "Asked the store.".into())];
            upload(&format!("/api/v1/tasks/{}", case.reference), &fields, ("files", "r.csv", b"a,b\n1,2\n"))
        }
        Verb::Release => {
            let body = json!({ "to": "Casey Mockford", "method": "portal", "password": client.password() });
            call("release", body)
        }
        Verb::Close => call("close", json!({ "note": "Answered." })),
        Verb::Withdraw => call("withdraw", json!({ "note": "The office took it back." })),
        Verb::BeginWait => {
            call("wait", json!({ "kind": "awaiting_requester", "because": "Asked for the signed copy." }))
        }
        Verb::EndWait => call("wait/end", json!({ "account": "The office answered." })),
        Verb::MoveClock => {
            let because = "The office gave us more time, by letter.";
            call("clocks/move", json!({ "clock": super::ANSWER, "due_on": "2030-11-29", "because": because }))
        }
        Verb::SettleClock => {
            call("clocks/settle", json!({ "clock": super::ANSWER, "account": "The office wants nothing any more." }))
        }
        Verb::TickChecklist => call("checklist", json!({ "lines": [{ "item": "dates", "answer": "fine" }] })),
        Verb::AnswerRedirect => call("redirect", json!({ "result": "withdrawn", "account": "They wrote so." })),
        Verb::Comment => call("comments", json!({ "text": "Seen." })),
        other => panic!("{other} has no call"),
    }
}

/// Opens a case.
pub fn opens(client: &Client<'_>) -> Page {
    client.calls("/api/v1/cases", &json!({ "paper": paper() }).to_string())
}
