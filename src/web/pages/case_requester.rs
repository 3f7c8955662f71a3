//! The requester tab: who asks, how that was checked, and what the paper states.

use super::case_differs::paper_lines;
use super::case_parts::{ByWhom, Chip, Words};
use crate::actions::view_case::CaseView;
use crate::domain::stage::Stage;
use crate::domain::verification::{Check, CheckResult};

/// The requester tab.
pub struct RequesterTab {
    /// Agency and officer: label and value, none where sealed.
    pub asks: Vec<(&'static str, Option<String>)>,
    /// What the paper states.
    pub states: Vec<(String, Option<String>)>,
    /// Checks of the requester.
    pub checks: Vec<CheckLine>,
    /// Whether it is verified.
    pub is_verified: bool,
    /// How many people have confirmed.
    pub confirmed: usize,
    /// How many must.
    pub needed: usize,
    /// Whether the requester can be checked at this stage, whoever asks.
    pub is_waiting: bool,
}

/// One check.
pub struct CheckLine {
    /// How.
    pub method: &'static str,
    /// What it found.
    pub chip: Chip,
    /// The account; none where sealed.
    pub account: Option<String>,
    /// Whether it counts towards the gate.
    pub counts: bool,
    /// Who and when.
    pub by: ByWhom,
}

impl RequesterTab {
    /// The requester as this person may see it.
    pub fn new(view: &CaseView, words: Words<'_>) -> RequesterTab {
        let (case, sealed) = (&view.case, view.is_sealed);
        let check = |check: &Check| {
            let (class, icon) = match check.result {
                CheckResult::Confirmed => ("verdict ok", "check"),
                CheckResult::NotConfirmed => ("verdict bad", "cross"),
                CheckResult::Doubtful => ("verdict warn", "warn"),
            };
            CheckLine {
                method: check.method.label(),
                chip: Chip::new(class, icon, check.result.label()),
                account: (!sealed).then(|| check.account.to_string()),
                counts: check.confirms(),
                by: words.by(check.by, check.at),
            }
        };
        RequesterTab {
            asks: asks(view),
            states: paper_lines(&case.paper, words).into_iter().map(|said| said.shown(sealed)).collect(),
            checks: case.checks.iter().map(check).collect(),
            is_verified: case.is_verified(),
            confirmed: case.confirmed_by().len(),
            needed: case.checks_needed(),
            is_waiting: case.stage() == Stage::Triage,
        }
    }
}

fn asks(view: &CaseView) -> Vec<(&'static str, Option<String>)> {
    let (agency, officer) = (&view.agency, view.officer.as_ref());
    let open = |text: String| (!view.is_sealed).then_some(text);
    let mut all = vec![
        ("Agency", open(agency.name.to_string())),
        ("Kind", Some(format!("{} · {}", agency.level.label(), agency.kind.label()))),
        (
            "Country",
            Some(agency.state.as_ref().map_or(agency.country.to_string(), |s| format!("{}, {s}", agency.country))),
        ),
    ];
    if let Some(officer) = officer {
        let title = officer.title.as_ref().map(|t| format!(", {t}")).unwrap_or_default();
        all.push(("Officer", open(format!("{}{title}", officer.name))));
        all.extend(officer.email.as_ref().map(|mail| ("Mail as given", open(mail.to_string()))));
        all.extend(officer.phone.as_ref().map(|phone| ("Phone as given", open(phone.to_string()))));
    }
    all
}
