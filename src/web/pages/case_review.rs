//! The demands of a case: asked, answered, decided, collected. The middle of the review tab, and of the approval.

use super::case_parts::{Chip, Words, override_chip, verdict_chip, yes_no};
use super::case_why::{Why, not_assessed};
use crate::actions::view_case::CaseView;
use crate::domain::assessment::Assessment;
use crate::domain::case::Case;
use crate::domain::decision::{CollectionOutcome, Decision, DecisionKind};
use crate::domain::demand::Demand;
use crate::domain::finding::FindingCode;
use crate::domain::identifier::IdentifierKind;

/// One demand with all that was said and done about it.
pub struct DemandLine {
    /// Its id, as fields and links spell it.
    pub id: String,
    /// Its number on the case.
    pub number: u32,
    /// The identifier; `None` where sealed.
    pub identifier: Option<String>,
    /// Whether it must stay on one line: a number that wraps is read wrong.
    pub is_short: bool,
    /// The organisation whose account it is; none where there is none, or it is sealed.
    pub organisation: Option<String>,
    /// The kind of identifier.
    pub kind: &'static str,
    /// Service and category.
    pub what: String,
    /// The law's class.
    pub class: &'static str,
    /// The period asked.
    pub period: String,
    /// What of it is not held, where the check found so.
    pub held: Option<Chip>,
    /// The paper's words for it; none where sealed.
    pub words: Option<String>,
    /// Whether the signed paper asks for it.
    pub in_paper: &'static str,
    /// Whether the account is ours.
    pub ours: &'static str,
    /// The engine's verdict.
    pub verdict: Chip,
    /// Why; `None` before the check.
    pub why: Option<Why>,
    /// The decision in words, if there is one.
    pub decided: Option<Decided>,
    /// What was collected, if anything was recorded.
    pub result: Option<ResultLine>,
}

/// A decision in words.
pub struct Decided {
    /// The kind.
    pub kind: &'static str,
    /// Whether it grants.
    pub grants: bool,
    /// Reason code or whom to ask.
    pub detail: String,
    /// A note; none where sealed.
    pub note: Option<String>,
    /// The mark where it goes beyond the verdict.
    pub mark: Option<Chip>,
    /// The written reason for going beyond; none where sealed or not needed.
    pub override_reason: Option<String>,
}

/// A collection result in words.
pub struct ResultLine {
    /// What it came to.
    pub outcome: &'static str,
    /// How many files.
    pub files: usize,
    /// System and query; none where sealed.
    pub account: Option<String>,
    /// Who and when.
    pub by: String,
}

/// One demand of a case as this person may see it.
pub fn line(view: &CaseView, demand: &Demand, words: Words<'_>) -> DemandLine {
    let (case, asked, sealed) = (&view.case, &demand.asked, view.is_sealed);
    let answer = case.assessed().and_then(|a| a.on(demand.id));
    DemandLine {
        id: demand.id.to_string(),
        number: demand.position,
        identifier: (!sealed).then(|| asked.identifier.display()),
        kind: asked.identifier.kind.label(),
        what: words.what(&asked.service, &asked.category),
        class: asked.data_class.label(),
        period: asked.period.to_string(),
        held: answer.and_then(|a| held(a, demand, sealed)),
        words: asked.words.as_ref().filter(|_| !sealed).map(ToString::to_string),
        in_paper: yes_no(asked.in_signed_paper),
        ours: yes_no(asked.is_ours),
        verdict: answer.map_or_else(not_assessed, |a| verdict_chip(a.verdict)),
        why: answer.map(|a| Why::new(a, (case, demand), sealed, words)),
        organisation: asked.organisation.as_ref().filter(|_| !sealed).map(|o| o.name.to_string()),
        is_short: is_short(demand),
        decided: case.draft().and_then(|d| d.on(demand.id)).map(|on| decided(case, on, sealed)),
        result: result(case, demand, sealed, words),
    }
}

/// The mark of a demand that asks for more than is held: what was found, not what is kept today.
fn held(answer: &Assessment, demand: &Demand, is_sealed: bool) -> Option<Chip> {
    let finding = answer.findings.iter().find(|f| f.code == FindingCode::DataNotHeld)?;
    let says = match finding.held_from().filter(|_| !is_sealed) {
        Some(from) if demand.asked.period.to.is_some_and(|to| to < from) => "no longer held".into(),
        Some(from) => format!("held from {from}"),
        None => "not held".into(),
    };
    Some(Chip::new("warn", "warn", if is_sealed { "not all of it held".into() } else { says }))
}

/// Whether an identifier is of a kind that a line break would make another of: numbers, and short names.
pub fn is_short(demand: &Demand) -> bool {
    use IdentifierKind::{Card, DeviceSerial, Gamertag, Phone};
    let identifier = &demand.asked.identifier;
    matches!(identifier.kind, Phone | Card | Gamertag | DeviceSerial) && identifier.received.len() <= 24
}

fn decided(case: &Case, on: &Decision, sealed: bool) -> Decided {
    let detail = match on.kind {
        DecisionKind::Reject => on.reason.map(reason_words).unwrap_or_default(),
        DecisionKind::Redirect if sealed => String::new(),
        DecisionKind::Redirect => on.redirect_to.as_ref().map(|to| format!("to {to}")).unwrap_or_default(),
        _ => String::new(),
    };
    let open = |text: Option<String>| text.filter(|_| !sealed);
    Decided {
        kind: on.kind.label(),
        grants: on.kind.grants(),
        detail,
        note: open(on.note.as_ref().map(ToString::to_string)),
        mark: case.is_override(on).then(override_chip),
        override_reason: open(on.override_reason.as_ref().map(ToString::to_string)),
    }
}

/// A reason code as people read it: class, words.
pub fn reason_words(code: FindingCode) -> String {
    format!("{} {}", code.class().as_str(), code.label())
}

fn result(case: &Case, demand: &Demand, sealed: bool, words: Words<'_>) -> Option<ResultLine> {
    let result = case.results().iter().find(|r| r.demand == demand.id)?;
    Some(ResultLine {
        outcome: result.outcome.label(),
        files: if result.outcome == CollectionOutcome::Collected { result.files.len() } else { 0 },
        account: (!sealed).then(|| result.account.to_string()),
        by: format!("{}, {}", words.name(result.by), result.at),
    })
}
