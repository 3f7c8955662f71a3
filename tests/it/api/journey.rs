//! One demand from its arrival to the report, by programs of the people concerned. What they send and are answered
//! are the examples of `docs/api.md`.

use serde_json::Value;

use super::examples::Examples;
use crate::support::papers::SUBPOENA;
use crate::support::site::{Client, Page};
use crate::support::world::World;

/// People with tokens, whose calls are noted.
struct Told<'s> {
    world: &'s World,
    examples: Examples,
    at: String,
}

impl Told<'_> {
    /// A read that is answered.
    fn gets(&mut self, name: &str, client: &Client<'_>, path: &str) -> Value {
        let page = client.gets(path);
        assert_eq!(page.status, 200, "{path}: {}", page.source());
        self.examples.note(name, &format!("GET {path}"), "", &page);
        page.json()
    }

    /// The same, of which the document shows the first of each list.
    fn gets_many(&mut self, name: &str, client: &Client<'_>, path: &str) -> Value {
        let page = client.gets(path);
        assert_eq!(page.status, 200, "{path}: {}", page.source());
        self.examples.note_short(name, &format!("GET {path}"), &page);
        page.json()
    }

    /// An act, a minute later.
    fn posts(&mut self, name: &str, client: &Client<'_>, path: &str, body: &str) -> Page {
        self.world.minutes_pass(1);
        let page = client.calls(path, body);
        let shown = body.replace(client.password(), "…");
        self.examples.note(name, &format!("POST {path}\nContent-Type: application/json"), &shown, &page);
        page
    }

    /// An act on the case that is done.
    #[track_caller]
    fn acts(&mut self, name: &str, client: &Client<'_>, rest: &str, body: &str) -> Value {
        let path = format!("{}/{rest}", self.at);
        let page = self.posts(name, client, &path, body);
        assert_eq!(page.status, 200, "{path}: {}", page.source());
        page.json()
    }

    /// A form with files, a minute later.
    fn uploads(
        &mut self,
        name: &str,
        client: &Client<'_>,
        path: &str,
        fields: &[(&str, &str)],
        file: File<'_>,
    ) -> Page {
        self.world.minutes_pass(1);
        let page = client.uploads(path, fields, &[file]);
        let mut parts: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        parts.push(format!("{}=@{}", file.0, file.1));
        self.examples.note(name, &format!("POST {path}\nContent-Type: multipart/form-data"), &parts.join("\n"), &page);
        page
    }
}

type File<'f> = (&'f str, &'f str, &'f [u8]);

pub fn one_demand_goes_all_the_way_through_the_api(world: &World) {
    let site = world.serves();
    let [anna, ben, carla, emil, fay] =
        [world.anna(), world.ben(), world.carla(), world.emil(), world.fay()].map(|p| site.token_of(world, &p));
    let mut told = Told { world, examples: Examples::default(), at: String::new() };

    told.gets("me", &anna, "/api/v1/me");
    told.gets_many("words", &anna, "/api/v1/words");
    told.gets_many("catalogue", &anna, "/api/v1/catalogue");
    the_paper_comes_in(&mut told, &anna);
    it_is_mended(&mut told, &anna);
    it_is_verified_and_assessed(&mut told, &anna);
    let hash = it_is_decided_twice(&mut told, &anna, &carla);
    it_is_approved(&mut told, &anna, &carla, &hash);
    it_is_collected(&mut told, &emil);
    it_leaves_and_is_closed(&mut told, &anna, &ben);
    another_is_withdrawn(&mut told, &ben);
    it_is_told_and_counted(&mut told, &fay, &carla);
    told.examples.are_in_the_docs();
}

fn the_paper_comes_in(told: &mut Told<'_>, anna: &Client<'_>) {
    let file = ("file", "subpoena.pdf", SUBPOENA);
    let arrived = told.uploads("receive a paper", anna, "/api/v1/documents", &[], file);
    assert_eq!(arrived.status, 201, "{}", arrived.source());
    let place = arrived.location.clone().unwrap();
    let arrived = arrived.json();
    assert_eq!(told.gets("read an arrival", anna, &place), arrived);
    let body = OPEN.replace("ARRIVAL", arrived["arrival"].as_str().unwrap());
    let opened = told.posts("open a case", anna, "/api/v1/cases", &body);
    assert_eq!(opened.status, 201, "{}", opened.source());
    told.at = opened.location.clone().unwrap();
    assert_eq!(opened.json()["stage"], "triage");
    let listed = told.gets("list cases", anna, "/api/v1/cases?lane=triage&limit=10");
    assert_eq!(listed["cases"][0]["reference"], opened.json()["reference"]);
    let paper = anna.gets(&format!("/api/v1/documents/{}", arrived["documents"][0]["id"].as_str().unwrap()));
    assert!(paper.body == SUBPOENA && paper.kind == "application/pdf", "the paper was changed on its way");
    let at = format!("{}/documents", told.at);
    let note = ("file", "call-note.txt", b"Rang the switchboard.".as_slice());
    let attached = told.uploads("attach a document", anna, &at, &[("kind", "evidence"), ("version", "1")], note);
    assert_eq!(attached.status, 200, "{}", attached.source());
}

fn it_is_mended(told: &mut Told<'_>, anna: &Client<'_>) {
    // What is answered of the paper may be sent back as it is.
    let (at, case) = (told.at.clone(), anna.gets(&told.at).json());
    let mut paper = case["paper"].clone();
    paper["authorised_to"] = serde_json::json!({ "is": "2026-10-20" });
    let body = serde_json::json!({ "version": 2, "paper": paper });
    let amended = told.acts("amend a case", anna, "amend", &serde_json::to_string_pretty(&body).unwrap());
    assert_eq!(amended["version"], 3);
    assert_eq!(anna.gets(&at).json()["paper"], paper);
    assert_eq!(anna.gets(&at).json()["requester"], case["requester"]);
    told.acts("record a secrecy order", anna, "secrecy", SECRECY);
    told.acts("add demands", anna, "demands", DEMANDS);
    let demands = anna.gets(&told.at).json()["demands"].clone();
    let (second, third) = (demands[1]["id"].as_str().unwrap(), demands[2]["id"].as_str().unwrap());
    told.acts("change a demand", anna, &format!("demands/{second}"), CHANGED);
    told.acts("remove a demand", anna, &format!("demands/{third}/remove"), "{}");
}

fn it_is_verified_and_assessed(told: &mut Told<'_>, anna: &Client<'_>) {
    let early = told.posts("a refusal", anna, &format!("{}/assess", told.at), "{}");
    assert_eq!((early.status, early.code().as_str()), (403, "gate_shut"));
    let wrong = told.posts("invalid fields", anna, &format!("{}/checks", told.at), WRONG_CHECK);
    assert_eq!(wrong.fields(), ["method", "account", "colour"]);
    told.acts("check the requester", anna, "checks", CHECK);
    let assessed = told.acts("assess", anna, "assess", "{}");
    assert_eq!(assessed["gates"]["assessed"], true);
}

fn it_is_decided_twice(told: &mut Told<'_>, anna: &Client<'_>, carla: &Client<'_>) -> String {
    let case = anna.gets(&told.at).json();
    let [first, second] = [0, 1].map(|n| case["demands"][n]["id"].as_str().unwrap().to_owned());
    let verdicts = [0, 1].map(|n| case["demands"][n]["assessment"]["verdict"].as_str().unwrap().to_owned());
    assert_eq!(verdicts, ["permitted", "needs_higher_process"]);
    let body = DECISION.replace("FIRST", &first).replace("SECOND", &second);
    told.acts("decide", anna, "decision", &body);
    told.acts("return a draft", carla, "return", "{ \"because\": \"Say why the mail is out of reach.\" }");
    let body =
        body.replace("\"reason\": \"instrument_too_low\"", "\"reason\": \"instrument_too_low\", \"note\": \"content\"");
    let path = format!("{}/decision", told.at);
    assert_eq!(anna.calls(&path, &body).status, 200);
    carla.gets(&told.at).json()["draft"]["scope_hash"].as_str().unwrap().to_owned()
}

fn it_is_approved(told: &mut Told<'_>, anna: &Client<'_>, carla: &Client<'_>, hash: &str) {
    let approve = |password: &str| format!("{{ \"scope_hash\": \"{hash}\", \"password\": \"{password}\" }}");
    let refused = anna.calls(&format!("{}/approve", told.at), &approve(anna.password()));
    assert_eq!((refused.status, refused.code().as_str()), (403, "no_right"));
    let wrong = carla.calls(&format!("{}/approve", told.at), &approve("not her password"));
    assert_eq!((wrong.status, wrong.code().as_str()), (403, "not_stepped_up"));
    let approved = told.acts("approve", carla, "approve", &approve(carla.password()));
    assert_eq!(approved["stage"], "fulfilment");
}

fn it_is_collected(told: &mut Told<'_>, emil: &Client<'_>) {
    let tasks = told.gets("list tasks", emil, "/api/v1/tasks");
    let path = format!("/api/v1/tasks/{}", tasks["tasks"][0]["reference"].as_str().unwrap());
    let task = told.gets("read a task", emil, &path);
    let text = task.to_string();
    for unseen in ["26-GJ-0117-04", "Mockford", "grand_jury", "mail"] {
        assert!(!text.contains(unseen), "the task tells {unseen}: {text}");
    }
    assert_eq!(emil.gets(&told.at).status, 404);
    let demand = task["demands"][0]["demand"].as_str().unwrap();
    let fields = [("demand", demand), ("outcome", "collected"), ("account", "Asked the account store by number.")];
    let file = ("files", "account.csv", b"number,created\n+12025550142,2026-02-03\n".as_slice());
    let collected = told.uploads("collect", emil, &path, &fields, file);
    assert_eq!(collected.json()["done"], 1, "{}", collected.source());
}

fn it_leaves_and_is_closed(told: &mut Told<'_>, anna: &Client<'_>, ben: &Client<'_>) {
    let stale = told.posts("a conflict", ben, &format!("{}/close", told.at), "{ \"version\": 4 }");
    assert_eq!((stale.status, stale.code().as_str()), (409, "conflict"));
    assert!(stale.problem()["detail"].as_str().unwrap().contains("Emil Eck changed this case"));
    let body =
        format!("{{ \"to\": \"Casey Mockford\", \"method\": \"portal\", \"password\": \"{}\" }}", ben.password());
    // Anna rang back, so she can't release; Ben can.
    let refused = anna.calls(&format!("{}/release", told.at), &body.replace(ben.password(), anna.password()));
    assert_eq!((refused.status, refused.code().as_str()), (403, "releaser_called_back"));
    told.acts("release", ben, "release", &body);
    let closed = told.acts("close", ben, "close", "{ \"note\": \"Answered; content was out of reach.\" }");
    assert_eq!(closed["stage"], "closed");
    let (at, case) = (told.at.clone(), ben.gets(&told.at).json());
    assert_eq!(case["closing"]["outcome"], "non_content_only");
    told.gets("read a case", ben, &at);
    told.gets_many("read a case's log", ben, &format!("{at}/log"));
}

fn another_is_withdrawn(told: &mut Told<'_>, ben: &Client<'_>) {
    let first = std::mem::take(&mut told.at);
    let body = serde_json::json!({ "paper": crate::support::calls::paper() }).to_string();
    told.at = ben.calls("/api/v1/cases", &body).location.unwrap();
    let ended = told.acts("withdraw", ben, "withdraw", "{ \"note\": \"The office rang and took it back.\" }");
    assert_eq!(ended["stage"], "closed");
    told.at = first;
}

fn it_is_told_and_counted(told: &mut Told<'_>, fay: &Client<'_>, carla: &Client<'_>) {
    let reference = told.at.rsplit('/').next().unwrap().to_owned();
    let log = told.gets_many("read the log", fay, &format!("/api/v1/log?case={reference}"));
    let kinds: Vec<&str> = log["entries"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
    for kind in [
        "document.received",
        "case.opened",
        "document.attached",
        "case.amended",
        "secrecy.recorded",
        "demands.added",
        "demand.changed",
        "demand.removed",
        "action.refused",
        "requester.checked",
        "case.assessed",
        "decision.drafted",
        "decision.returned",
        "decision.approved",
        "task.viewed",
        "collection.recorded",
        "production.released",
        "case.closed",
        "case.viewed",
        "document.viewed",
    ] {
        assert!(kinds.contains(&kind), "{kind} is missing of {kinds:?}");
    }
    for personal in ["555-0142", "2025550142", "Mockford", "26-GJ-0117-04", "subpoena.pdf"] {
        assert!(!log.to_string().contains(personal), "the log tells {personal}");
    }
    let sealed = fay.gets(&told.at);
    told.examples.note_short("a sealed case", &format!("GET {}", told.at), &sealed);
    let verified = told.posts("verify the log", fay, "/api/v1/log/verify", "{}");
    assert_eq!(verified.json()["is_sound"], true, "{}", verified.source());
    let report = told.gets("the transparency report", carla, "/api/v1/reports/transparency");
    let total = &report["periods"][0]["total"];
    let columns = ["content", "non_content_only", "no_data", "rejected", "redirected", "withdrawn", "preserved_only"];
    let sum: u64 = columns.iter().chain(&["pending"]).map(|column| total[column].as_u64().unwrap()).sum();
    assert_eq!((total["requests"].as_u64(), sum), (Some(2), 2), "{report}");
    assert_eq!((&total["non_content_only"], &total["withdrawn"]), (&Value::from(1), &Value::from(1)), "{report}");
}

const OPEN: &str = r#"{
  "arrival": "ARRIVAL",
  "compartment": "ordinary",
  "paper": {
    "instrument": "grand_jury_subpoena",
    "issuing_authority": "grand_jury",
    "issuer": "United States District Court, District of Meridiana",
    "agency": {
      "name": "Bureau of Sample Inquiries",
      "country": "US", "level": "federal", "kind": "law_enforcement"
    },
    "officer": {
      "name": "Casey Mockford", "title": "Special Agent",
      "email": "casey.mockford@bsi.example", "phone": "(202) 555-0114"
    },
    "docket": { "is": "26-GJ-0117-04" },
    "legal_basis": { "is": "18 U.S.C. § 2703(c)(2)" },
    "matter": "criminal",
    "channel": "email",
    "received_at": "2026-10-30T14:05:00Z",
    "issued_on": "2026-10-26",
    "return_by": { "is": "2026-11-17" },
    "execute_by": "none",
    "authorised_from": { "is": "2026-01-01" },
    "authorised_to": "unknown",
    "customer": "consumer",
    "is_signed": true,
    "names_served_entity": true,
    "lacks_attachments": false,
    "is_particular": true,
    "statute_covers": true
  },
  "demands": [
    {
      "identifier": { "kind": "phone", "received": "+1 (202) 555-0142" },
      "service": "account", "category": "registration",
      "words": "records of the account",
      "period": { "from": "2026-01-01", "to": "2026-10-20" },
      "in_signed_paper": true, "is_ours": true
    }
  ]
}"#;

const SECRECY: &str = r#"{
  "source": "court_order",
  "issuer": "United States District Court, District of Meridiana",
  "docket": "3:26-mj-00417",
  "grounds": "18 U.S.C. § 2705(b)",
  "starts_on": "2026-10-26",
  "ends_on": { "is": "2027-10-26" }
}"#;

const DEMANDS: &str = r#"{
  "demands": [
    {
      "identifier": { "kind": "email", "received": "sample@mail.example" },
      "service": "mail", "category": "address_book",
      "in_signed_paper": true, "is_ours": true
    },
    {
      "identifier": { "kind": "email", "received": "sample@mail.example" },
      "service": "mail", "category": "address_book"
    }
  ]
}"#;

const CHANGED: &str = r#"{
  "demand": {
    "identifier": { "kind": "email", "received": "sample@mail.example" },
    "service": "mail", "category": "address_book",
    "words": "address book of the account",
    "period": { "from": "2026-01-01", "to": "2026-10-20" },
    "in_signed_paper": true, "is_ours": true
  }
}"#;

const CHECK: &str = r#"{
  "method": "call_back",
  "result": "confirmed",
  "account": "Rang the bureau's published switchboard; Casey Mockford was put through."
}"#;

const WRONG_CHECK: &str = r#"{ "method": "telepathy", "result": "confirmed", "colour": "blue" }"#;

const DECISION: &str = r#"{
  "decisions": [
    { "demand": "FIRST", "decision": "non_content" },
    { "demand": "SECOND", "decision": "reject", "reason": "instrument_too_low" }
  ]
}"#;
