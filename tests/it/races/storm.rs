//! People who act on the same few cases at the same moment, each by a program of their own, whatever the others do.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::support::calls::{asked, paper};
use crate::support::chance::Chance;
use crate::support::site::{Client, Page};

/// How many cases they fall over each other on.
pub const CASES: usize = 5;

/// The cases in hand, by reference; one that is closed makes room for another.
pub type Desk = Mutex<Vec<String>>;

/// How often which act was answered with which status.
pub type Tally = BTreeMap<(&'static str, u16), usize>;

pub struct Person<'s> {
    pub client: Client<'s>,
    pub chance: Chance,
    pub tally: Tally,
}

/// Opens one more case; only who may is asked. `None` where the register is busy.
pub fn opens(client: &Client<'_>) -> Option<String> {
    let demands = json!([asked("+1 202 555 0142"), asked("+1 202 555 0143")]);
    let file = ("file", "paper.pdf", b"a paper".as_slice());
    let arrived = client.uploads("/api/v1/documents", &[], &[file]);
    if is_busy(&arrived) {
        return None;
    }
    let body = json!({ "arrival": arrived.json()["arrival"], "paper": paper(), "demands": demands });
    let opened = client.calls("/api/v1/cases", &body.to_string());
    if is_busy(&opened) {
        return None;
    }
    assert_eq!(opened.status, 201, "{}", opened.source());
    Some(opened.json()["reference"].as_str().unwrap().to_owned())
}

/// Turned away with nothing done: the register is busy, or the machine is, so that a request was not even read in the
/// five seconds a server waits for it.
fn is_busy(answer: &Page) -> bool {
    answer.status == 408 || (answer.status == 503 && answer.code() == "busy")
}

impl Person<'_> {
    /// Looks at one of the cases and does something to it: mostly what is next, often something else.
    pub fn acts(&mut self, desk: &Desk) {
        let (slot, reference) = {
            let desk = desk.lock().unwrap();
            let slot = self.chance.below(desk.len());
            (slot, desk[slot].clone())
        };
        let at = format!("/api/v1/cases/{reference}");
        let seen = self.client.gets(&at);
        let case = match seen.status {
            200 => seen.json(),
            // A fulfiller knows of tasks only.
            404 => return self.collects(&reference),
            408 | 503 => return self.counts("look at a case", &seen),
            status => panic!("{at} was answered {status}: {}", seen.source()),
        };
        if case["stage"] == "closed" {
            return self.begins_another(desk, slot, &reference);
        }
        let (name, rest, body) = if self.chance.once_in(3) { self.anything(&case) } else { self.next_act(&case) };
        if name == "collect" {
            return self.collects(&reference);
        }
        let mut body = body;
        if self.chance.once_in(3) {
            body["version"] = case["version"].clone();
        }
        let answer = self.client.calls(&format!("{at}{rest}"), &body.to_string());
        self.counts(name, &answer);
    }

    fn begins_another(&mut self, desk: &Desk, slot: usize, closed: &str) {
        let mut desk = desk.lock().unwrap();
        // Whoever came first has put one there already; an auditor reads and opens none.
        if desk[slot] == closed
            && self.client.gets("/api/v1/cases").status == 200
            && let Some(opened) = opens(&self.client)
        {
            desk[slot] = opened;
        }
    }

    fn next_act(&mut self, case: &Value) -> (&'static str, String, Value) {
        let is = |gate: &str| case["gates"][gate] == true;
        match case["stage"].as_str().unwrap() {
            "triage" => self.checks(),
            "review" if !is("assessed") => ("assess", "/assess".into(), json!({})),
            "review" => self.decides(case),
            "approval" if !is("approved") => self.approves(case),
            "fulfilment" if !is("collected") => ("collect", String::new(), Value::Null),
            "delivery" if !is("released") => self.releases(),
            _ => ("close", "/close".into(), json!({ "note": "Answered." })),
        }
    }

    fn anything(&mut self, case: &Value) -> (&'static str, String, Value) {
        let demands = case["demands"].as_array().unwrap();
        let demand = demands.get(self.chance.below(demands.len().max(1))).map_or("none", |d| d["id"].as_str().unwrap());
        match self.chance.below(16) {
            0 if demands.len() < 4 => ("add", "/demands".into(), json!({ "demands": [asked("+1 202 555 0163")] })),
            0 | 1 => ("remove", format!("/demands/{demand}/remove"), json!({})),
            2 => ("change", format!("/demands/{demand}"), json!({ "demand": asked("+1 202 555 0164") })),
            3 => ("amend", "/amend".into(), amended(case)),
            4 => ("comment", "/comments".into(), json!({ "text": "Seen." })),
            5 => ("assign", "/assign".into(), json!({})),
            6 => ("return", "/return".into(), json!({ "because": "Say more." })),
            7 if self.chance.once_in(3) => ("withdraw", "/withdraw".into(), json!({ "note": "Taken back." })),
            7 | 8 => {
                let kind = ["awaiting_requester", "challenged"][self.chance.below(2)];
                ("wait", "/wait".into(), json!({ "kind": kind, "because": "Somebody else's turn." }))
            }
            9 | 10 => ("end a wait", "/wait/end".into(), json!({ "account": "It is over." })),
            11 => self.decides(case),
            12 | 13 => self.approves(case),
            14 => self.releases(),
            _ => ("close", "/close".into(), json!({})),
        }
    }

    fn checks(&mut self) -> (&'static str, String, Value) {
        let method = ["call_back", "register"][self.chance.below(2)];
        let check = json!({ "method": method, "result": "confirmed", "account": "The officer was put through." });
        ("check", "/checks".into(), check)
    }

    /// Grants most; now and then with a reviewer's written reason, which asks for a second approval.
    fn decides(&mut self, case: &Value) -> (&'static str, String, Value) {
        let goes_beyond = self.chance.once_in(4);
        let mut decision = |demand: &Value| {
            let mut decision = json!({ "demand": demand["id"], "decision": "non_content" });
            if self.chance.once_in(5) {
                decision = json!({ "demand": demand["id"], "decision": "reject", "reason": "overbroad" });
            } else if goes_beyond {
                decision["override_reason"] = json!("Counsel has read it.");
            }
            decision
        };
        let decisions: Vec<Value> = case["demands"].as_array().unwrap().iter().map(&mut decision).collect();
        ("decide", "/decision".into(), json!({ "decisions": decisions }))
    }

    fn approves(&mut self, case: &Value) -> (&'static str, String, Value) {
        let hash = case["draft"]["scope_hash"].as_str().unwrap_or("none");
        ("approve", "/approve".into(), json!({ "scope_hash": hash, "password": self.client.password() }))
    }

    fn releases(&mut self) -> (&'static str, String, Value) {
        let body = json!({ "to": "Casey Mockford", "method": "portal", "password": self.client.password() });
        ("release", "/release".into(), body)
    }

    fn collects(&mut self, reference: &str) {
        let at = format!("/api/v1/tasks/{reference}");
        let task = self.client.gets(&at);
        if task.status != 200 {
            return self.counts("look at a task", &task);
        }
        let task = task.json();
        let open: Vec<&Value> = task["demands"].as_array().unwrap().iter().filter(|d| d["result"].is_null()).collect();
        if open.is_empty() {
            return;
        }
        let demand = self.chance.one_of(&open)["demand"].as_str().unwrap().to_owned();
        let has_data = !self.chance.once_in(4);
        let outcome = if has_data { "collected" } else { "no_data" };
        let fields = [("demand", demand.as_str()), ("outcome", outcome), ("account", "Asked the store.")];
        let files: &[(&str, &str, &[u8])] = if has_data { &[("files", "r.csv", b"a,b\n1,2\n")] } else { &[] };
        let answer = self.client.uploads(&at, &fields, files);
        self.counts("collect", &answer);
    }

    /// Done, refused, overtaken, or busy: nothing else may be answered.
    fn counts(&mut self, name: &'static str, answer: &Page) {
        let is_fine = [200, 403, 404, 409, 422].contains(&answer.status) || is_busy(answer);
        assert!(is_fine, "{name} was answered {}: {}", answer.status, answer.source());
        *self.tally.entry((name, answer.status)).or_default() += 1;
    }
}

/// The paper as it is, but for its docket; now and then another officer signs it, who must be checked anew.
fn amended(case: &Value) -> Value {
    let mut paper = case["paper"].clone();
    paper["docket"] = json!({ "is": format!("26-GJ-{}", case["version"]) });
    json!({ "paper": paper })
}
