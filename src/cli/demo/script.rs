//! What the demonstration's cases are made of: `config/demo/cases.toml` as it is read.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::comment::LinkKind;
use crate::domain::instrument::Instrument;
use crate::domain::redirect::RedirectResult;
use crate::domain::requester::{Channel, CustomerType, IssuingAuthority, Matter, RequesterLevel, RequesterType};
use crate::domain::secrecy::SecrecySource;
use crate::domain::wait::WaitKind;

const SCRIPT: &str = include_str!("../../../config/demo/cases.toml");

/// Everything that happens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Who asks.
    pub agency: Vec<AgencyScript>,
    /// What is asked, and how far it came.
    pub case: Vec<CaseScript>,
}

/// An agency with its officers: name, title, mail address.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgencyScript {
    pub key: String,
    pub name: String,
    pub country: String,
    pub level: RequesterLevel,
    pub kind: RequesterType,
    pub state: Option<String>,
    pub officers: BTreeMap<String, [String; 3]>,
}

/// One case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseScript {
    pub key: String,
    /// One of the printed papers; without it the paper is typeset from what is asked.
    pub paper: Option<String>,
    pub file: Option<String>,
    pub instrument: Instrument,
    pub authority: IssuingAuthority,
    pub agency: String,
    pub officer: String,
    pub docket: Option<String>,
    pub basis: Option<String>,
    #[serde(default = "criminal")]
    pub matter: Matter,
    #[serde(default = "by_agent")]
    pub channel: Channel,
    #[serde(default = "consumer")]
    pub customer: CustomerType,
    pub served: Served,
    pub issued: Option<Day>,
    pub due: Option<Day>,
    pub execute: Option<Day>,
    pub allowed: Option<[Day; 2]>,
    pub particular: Option<bool>,
    #[serde(default)]
    pub emergency_facts: bool,
    pub says: Option<String>,
    pub asks: Vec<String>,
    pub organisation: Option<[String; 3]>,
    #[serde(default)]
    pub secrecy: Vec<SecrecyScript>,
    #[serde(default = "first_analyst")]
    pub analyst: String,
    #[serde(default)]
    pub unassigned: bool,
    pub unconfirmed: Option<String>,
    pub to: Goal,
    #[serde(default)]
    pub decide: Choice,
    pub again: Option<Choice>,
    #[serde(rename = "return")]
    pub returned: Option<String>,
    #[serde(default)]
    pub no_data: bool,
    pub answer: Option<(RedirectResult, String)>,
    pub withdraw: Option<String>,
    pub wait: Option<WaitScript>,
    #[serde(default)]
    pub comments: Vec<String>,
    #[serde(default)]
    pub links: Vec<String>,
    /// How fast things went; 1 is usual.
    pub pace: Option<f64>,
}

/// When a paper was served.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Served {
    /// This many days before the demonstration is made.
    DaysAgo(f64),
    /// At this moment.
    At(crate::domain::time::Instant),
}

/// A day: so many days from service, or a date.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub enum Day {
    /// Days from service.
    FromService(i64),
    /// A date.
    On(chrono::NaiveDate),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecrecyScript {
    pub source: SecrecySource,
    pub docket: Option<String>,
    pub grounds: String,
    pub starts: Day,
    pub ends: Option<Day>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitScript {
    pub kind: WaitKind,
    pub because: String,
    pub expected: i64,
}

/// How far a case came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Goal {
    Intake,
    Triage,
    Verified,
    Assessed,
    Clarified,
    Approval,
    Returned,
    Approved,
    Fulfilment,
    Delivery,
    Closed,
    Withdrawn,
}

/// How its demands are decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// What is permitted is given, the rest rejected with its finding.
    #[default]
    Verdict,
    Redirect,
    Reject,
    Clarify,
    /// Given beyond the verdict, by a reviewer with a reason.
    Override,
}

fn criminal() -> Matter {
    Matter::Criminal
}

fn by_agent() -> Channel {
    Channel::RegisteredAgent
}

fn consumer() -> CustomerType {
    CustomerType::Consumer
}

fn first_analyst() -> String {
    "analyst".to_owned()
}

impl Script {
    /// Reads it.
    pub fn read() -> anyhow::Result<Script> {
        Ok(toml::from_str(SCRIPT)?)
    }

    /// An agency by key.
    pub fn agency(&self, key: &str) -> anyhow::Result<&AgencyScript> {
        self.agency.iter().find(|a| a.key == key).ok_or_else(|| anyhow::anyhow!("no agency has the key {key}"))
    }
}

/// One line of what is asked.
#[derive(Debug, Clone)]
pub struct AskLine {
    pub kind: String,
    pub identifier: String,
    pub service: String,
    pub category: String,
    pub from: Option<Day>,
    pub to: Option<Day>,
    pub words: String,
}

impl CaseScript {
    /// The lines of what is asked.
    pub fn lines(&self) -> anyhow::Result<Vec<AskLine>> {
        self.asks.iter().map(|text| ask_line(text)).collect()
    }
}

fn ask_line(text: &str) -> anyhow::Result<AskLine> {
    let cells: Vec<&str> = text.split('|').map(str::trim).collect();
    let [account, item, from, to, words] = cells.as_slice() else { anyhow::bail!("“{text}” has not five cells") };
    let wrong = || anyhow::anyhow!("“{text}” is not kind:identifier | service/category | from | to | words");
    let (kind, identifier) = account.split_once(':').ok_or_else(wrong)?;
    let (service, category) = item.split_once('/').ok_or_else(wrong)?;
    Ok(AskLine {
        kind: kind.to_owned(),
        identifier: identifier.to_owned(),
        service: service.to_owned(),
        category: category.to_owned(),
        from: day(from)?,
        to: day(to)?,
        words: (*words).to_owned(),
    })
}

fn day(text: &str) -> anyhow::Result<Option<Day>> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<i64>() {
        Ok(days) => Ok(Some(Day::FromService(days))),
        Err(_) => Ok(Some(Day::On(text.parse()?))),
    }
}

/// The kind of link, and what follows: `key: kind: note`.
pub fn link(text: &str) -> anyhow::Result<(String, LinkKind, String)> {
    let mut parts = text.splitn(3, ':').map(str::trim);
    let (Some(key), Some(kind), Some(note)) = (parts.next(), parts.next(), parts.next()) else {
        anyhow::bail!("“{text}” is not key: kind: note");
    };
    Ok((key.to_owned(), kind.parse()?, note.to_owned()))
}
