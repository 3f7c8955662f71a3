//! One client at work: it opens cases and brings each to its end, by the program of whoever's turn it is, and remembers
//! all that it was told is done.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::office::{Office, Told};
use crate::support::calls::{asked, paper};
use crate::support::chance::Chance;
use crate::support::site::{Client, Lost, Page, Site};

/// Why a client stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The server went away before it had answered.
    Lost(String),
    /// The server answered 503, with this code.
    Refused(String),
}

impl From<Lost> for Stop {
    fn from(lost: Lost) -> Self {
        Stop::Lost(lost.0)
    }
}

type Step = Result<(), Stop>;

pub struct Worker<'o> {
    number: usize,
    chance: Chance,
    office: &'o Office,
    /// A session at a browser, where this one also sends forms.
    cookie: Option<String>,
    own: Option<Own>,
    count: usize,
    /// What it was told is done, since somebody last took this list away.
    pub told: Vec<Told>,
    /// Acts that were under way when an answer failed to come, and turned out done; and not done.
    pub doubts: (usize, usize),
}

/// The case this client works on; nobody else does.
struct Own {
    reference: String,
    standing: Value,
    /// The act that is under way.
    doing: Option<(&'static str, &'static str)>,
}

impl Own {
    fn version(&self) -> i64 {
        self.standing["version"].as_i64().unwrap()
    }

    fn at(&self, rest: &str) -> String {
        format!("/api/v1/cases/{}{rest}", self.reference)
    }

    fn is_open(&self, gate: &str) -> bool {
        self.standing["gates"][gate] == true
    }
}

impl<'o> Worker<'o> {
    pub fn new(number: usize, chance: Chance, office: &'o Office, cookie: Option<String>) -> Worker<'o> {
        Worker { number, chance, office, cookie, own: None, count: 0, told: Vec::new(), doubts: (0, 0) }
    }

    /// Works until an answer fails to come or is 503, or `is_over`. Each thing done is counted.
    pub fn works(&mut self, site: &Site, done: &AtomicUsize, is_over: impl Fn() -> bool) -> Step {
        self.looks_again(site)?;
        while !is_over() {
            let before = self.told.len();
            self.step(site)?;
            done.fetch_add(self.told.len() - before, Ordering::SeqCst);
        }
        Ok(())
    }

    /// After an answer that did not come: the act was done or was not, and nothing else happened to the case.
    pub fn looks_again(&mut self, site: &Site) -> Step {
        let Some(own) = &self.own else { return Ok(()) };
        let is = self.reads(site, "anna", &own.at(""))?;
        let own = self.own.as_mut().unwrap();
        let (before, now) = (own.version(), is["version"].as_i64().unwrap());
        match own.doing.take() {
            Some((kind, who)) if now == before + 1 => {
                let by = self.office.id(who);
                self.told.push(Told::Act { case: own.reference.clone(), version: now, kind, by });
                self.doubts.0 += 1;
            }
            doing => {
                assert_eq!(now, before, "{} is not as it was answered; under way was {doing:?}", own.reference);
                self.doubts.1 += usize::from(doing.is_some());
            }
        }
        own.standing = is;
        Ok(())
    }

    fn step(&mut self, site: &Site) -> Step {
        let Some(own) = &self.own else { return self.opens(site) };
        let stage = own.standing["stage"].as_str().unwrap().to_owned();
        let is = |gate| own.is_open(gate);
        let (assessed, approved, collected, released) =
            (is("assessed"), is("approved"), is("collected"), is("released"));
        if stage == "closed" {
            self.own = None;
            return Ok(());
        }
        if self.chance.once_in(7) {
            return self.comments(site);
        }
        if self.chance.once_in(9) {
            return self.attaches(site);
        }
        if !released && self.chance.once_in(40) {
            return self.acts(site, "anna", "/withdraw", json!({ "note": "They took it back." }), "case.withdrawn");
        }
        match stage.as_str() {
            "triage" => self.triages(site),
            "review" if !assessed => self.acts(site, "anna", "/assess", json!({}), "case.assessed"),
            "review" => self.decides(site),
            "approval" if !approved => self.judges(site),
            "fulfilment" if !collected => self.collects(site),
            "delivery" if !released => self.releases(site),
            _ => self.acts(site, "anna", "/close", json!({ "note": "Answered." }), "case.closed"),
        }
    }

    // ── intake and triage ────────────────────────────────────────────────────────

    fn opens(&mut self, site: &Site) -> Step {
        let anna = self.office.program(site, "anna");
        let bytes = self.fresh_bytes();
        let arrived = anna.tries_to_upload("/api/v1/documents", &[], &[("file", "paper.pdf", &bytes)])?;
        let arrived = done(&arrived, 201)?;
        self.told.push(Told::File { sha256: sha256(&bytes), size: bytes.len() });
        let demands = json!([asked("+1 202 555 0142"), asked("+1 202 555 0143")]);
        let body = json!({ "arrival": arrived["arrival"], "paper": paper(), "demands": demands });
        let opened = anna.tries_to_call("/api/v1/cases", &body.to_string())?;
        let standing = done(&opened, 201)?;
        let reference = standing["reference"].as_str().unwrap().to_owned();
        let by = self.office.id("anna");
        self.told.push(Told::Act { case: reference.clone(), version: 1, kind: "case.opened", by });
        self.own = Some(Own { reference, standing, doing: None });
        Ok(())
    }

    fn triages(&mut self, site: &Site) -> Step {
        let to = self.office.id(["anna", "ben"][self.chance.below(2)]);
        match self.chance.below(6) {
            0 => {
                let order = json!({ "source": "court_order", "starts_on": "2026-10-26", "ends_on": "none" });
                self.acts(site, "anna", "/secrecy", order, "secrecy.recorded")
            }
            1 => {
                let demands = json!({ "demands": [asked("+1 202 555 0163")] });
                self.acts(site, "ben", "/demands", demands, "demand.added")
            }
            2 if self.own.as_ref().is_some_and(|own| own.standing["assignee"].is_null()) => {
                self.acts(site, "ben", "/assign", json!({ "to": to }), "case.assigned")?;
                self.looks_again(site)
            }
            _ => {
                let account = "Rang the bureau's published switchboard; the officer was put through.";
                let check = json!({ "method": "call_back", "result": "confirmed", "account": account });
                self.acts(site, "ben", "/checks", check, "requester.checked")
            }
        }
    }

    fn comments(&mut self, site: &Site) -> Step {
        self.count += 1;
        let text = format!("Remark {} of client {}.", self.count, self.number);
        let own = self.own.as_ref().unwrap();
        let case = own.reference.clone();
        match &self.cookie {
            Some(cookie) if self.chance.once_in(2) => {
                let (page, action) = (format!("/cases/{case}?tab=comments"), format!("/cases/{case}/comments"));
                let answer = site.browser_again("anna", cookie).tries_to_fill(&page, &action, &[("text", &text)])?;
                match answer.status {
                    303 => {}
                    503 => return Err(Stop::Refused("a page".to_owned())),
                    status => panic!("a form was answered {status}: {}", answer.text()),
                }
            }
            _ => {
                let call = self.office.program(site, "ben");
                done(&call.tries_to_call(&own.at("/comments"), &json!({ "text": text }).to_string())?, 200)?;
            }
        }
        self.told.push(Told::Comment { case, text });
        Ok(())
    }

    fn attaches(&mut self, site: &Site) -> Step {
        let bytes = self.fresh_bytes();
        let version = self.own.as_ref().unwrap().version().to_string();
        let fields = [("kind", "evidence"), ("version", version.as_str())];
        let file = [("file", "note.txt", bytes.as_slice())];
        let upload = |client: &Client<'_>, own: &Own| client.tries_to_upload(&own.at("/documents"), &fields, &file);
        self.sends(site, "anna", "document.attached", upload)?;
        self.told.push(Told::File { sha256: sha256(&bytes), size: bytes.len() });
        Ok(())
    }

    // ── review and approval ──────────────────────────────────────────────────────

    fn decides(&mut self, site: &Site) -> Step {
        let case = self.reads(site, "anna", &self.own.as_ref().unwrap().at(""))?;
        let decide = |demand: &Value| match demand["assessment"]["verdict"].as_str() {
            Some("permitted") => json!({ "demand": demand["id"], "decision": "non_content" }),
            _ => json!({ "demand": demand["id"], "decision": "reject", "reason": "instrument_too_low" }),
        };
        let decisions: Vec<Value> = case["demands"].as_array().unwrap().iter().map(decide).collect();
        self.acts(site, "anna", "/decision", json!({ "decisions": decisions }), "decision.drafted")
    }

    fn judges(&mut self, site: &Site) -> Step {
        if self.chance.once_in(5) {
            let because = json!({ "because": "Say more on the period." });
            return self.acts(site, "carla", "/return", because, "decision.returned");
        }
        let case = self.reads(site, "carla", &self.own.as_ref().unwrap().at(""))?;
        let approved: Vec<&Value> = case["approvals"].as_array().unwrap().iter().map(|a| &a["by"]["id"]).collect();
        let is_free = |name: &&&str| !approved.contains(&&json!(self.office.id(name)));
        let who = *["carla", "dan"].iter().find(is_free).unwrap();
        let password = self.office.program(site, who).password().to_owned();
        let body = json!({ "scope_hash": case["draft"]["scope_hash"], "password": password });
        self.acts(site, who, "/approve", body, "decision.approved")
    }

    // ── fulfilment and delivery ──────────────────────────────────────────────────

    fn collects(&mut self, site: &Site) -> Step {
        if self.chance.once_in(15) {
            let demands = json!({ "demands": [asked("+1 202 555 0163")] });
            return self.acts(site, "anna", "/demands", demands, "demand.added");
        }
        let at = format!("/api/v1/tasks/{}", self.own.as_ref().unwrap().reference);
        let task = self.reads(site, "emil", &at)?;
        let demand = task["demands"].as_array().unwrap().iter().find(|line| line["result"].is_null()).unwrap();
        let demand = demand["demand"].as_str().unwrap();
        let (bytes, has_data) = (self.fresh_bytes(), !self.chance.once_in(4));
        let outcome = if has_data { "collected" } else { "no_data" };
        let fields = [("demand", demand), ("outcome", outcome), ("account", "Asked the account store.")];
        let files = if has_data { vec![("files", "records.csv", bytes.as_slice())] } else { Vec::new() };
        let upload = |client: &Client<'_>, _: &Own| client.tries_to_upload(&at, &fields, &files);
        self.sends(site, "emil", "collection.recorded", upload)?;
        if has_data {
            self.told.push(Told::File { sha256: sha256(&bytes), size: bytes.len() });
        }
        // A fulfiller is answered where the task stands, not the case.
        self.looks_again(site)
    }

    fn releases(&mut self, site: &Site) -> Step {
        let password = self.office.program(site, "anna").password().to_owned();
        let body = json!({ "to": "Casey Mockford", "method": "portal", "password": password });
        self.acts(site, "anna", "/release", body, "production.released")
    }

    // ── how ──────────────────────────────────────────────────────────────────────

    fn reads(&self, site: &Site, who: &str, path: &str) -> Result<Value, Stop> {
        done(&self.office.program(site, who).tries_to_get(path)?, 200)
    }

    fn acts(&mut self, site: &Site, who: &'static str, rest: &str, mut body: Value, kind: &'static str) -> Step {
        body["version"] = json!(self.own.as_ref().unwrap().version());
        let call = |client: &Client<'_>, own: &Own| client.tries_to_call(&own.at(rest), &body.to_string());
        self.sends(site, who, kind, call)
    }

    fn sends(
        &mut self,
        site: &Site,
        who: &'static str,
        kind: &'static str,
        send: impl FnOnce(&Client<'_>, &Own) -> Result<Page, Lost>,
    ) -> Step {
        let own = self.own.as_mut().unwrap();
        own.doing = Some((kind, who));
        let answer = done(&send(&self.office.program(site, who), own)?, 200);
        if let Err(Stop::Refused(code)) = &answer
            && code != "in_doubt"
        {
            // Only this code leaves it open; all others say that nothing was changed, and are held to it.
            own.doing = None;
        }
        let mut answer = answer?;
        let version = answer["version"].as_i64().unwrap();
        assert_eq!(version, own.version() + 1, "{kind} on {}: {answer}", own.reference);
        own.doing = None;
        for kept in ["stage", "gates", "assignee"] {
            if answer.get(kept).is_none() {
                answer[kept] = own.standing[kept].clone();
            }
        }
        own.standing = answer;
        let by = self.office.id(who);
        self.told.push(Told::Act { case: own.reference.clone(), version, kind, by });
        Ok(())
    }

    /// Like no other bytes; now and then more than one sealed piece.
    fn fresh_bytes(&mut self) -> Vec<u8> {
        self.count += 1;
        let most = if self.chance.once_in(5) { 400_000 } else { 3_000 };
        let size = 40 + self.chance.below(most);
        let mut bytes = format!("{} {} {} ", self.number, self.count, self.chance.next()).into_bytes();
        while bytes.len() < size {
            bytes.extend(self.chance.next().to_be_bytes());
        }
        bytes
    }
}

/// What an act was answered, if it was done; else that the server asks for patience. Nothing else may happen here.
fn done(page: &Page, status: u16) -> Result<Value, Stop> {
    match page.status {
        is if is == status => Ok(page.json()),
        503 => Err(Stop::Refused(page.code())),
        other => panic!("answered {other}: {}", page.source()),
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
