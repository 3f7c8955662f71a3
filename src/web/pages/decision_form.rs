//! The form in which people decide on each demand.

use super::case_review::reason_words;
use super::choices::{Choice, Group};
use crate::domain::assessment::Assessment;
use crate::domain::case::Case;
use crate::domain::decision::DecisionKind;
use crate::domain::demand::Demand;
use crate::domain::finding::{FindingClass, FindingCode};
use crate::domain::staff::{Role, Staff};
use crate::web::fields::Form;

/// What the form offers on one demand.
pub struct DecisionFields {
    /// Its number; of a group, that of its first demand.
    pub number: u32,
    /// What its fields are called after: the demand's id, or the group's key.
    pub key: String,
    /// The decisions to choose from.
    pub kinds: Vec<Choice>,
    /// Reason codes raised on this demand.
    pub raised: Vec<Choice>,
    /// All other reason codes, by class.
    pub others: Vec<Group>,
    /// Whom to ask.
    pub redirect_to: String,
    /// A note.
    pub note: String,
    /// The reviewer's reason; `None` where this person can't override.
    pub override_reason: Option<String>,
    /// Whether granting goes beyond the verdict.
    pub is_beyond: bool,
    /// Whether reason, redirect and note stand open.
    pub is_open: bool,
}

impl DecisionFields {
    /// The fields on one demand, or on a group by its first; what was sent before, where the form comes back, else the
    /// draft in force.
    pub fn new(case: &Case, demand: &Demand, who: &Staff, sent: Option<&Form>, key: String) -> DecisionFields {
        let typed = |field: &str| sent.map(|form| form.value(&format!("{field}.{key}")).to_owned());
        let now = case.draft().and_then(|d| d.on(demand.id));
        let answer = case.assessed().and_then(|a| a.on(demand.id));
        let or = |field: &str, kept: Option<String>| typed(field).or(kept).unwrap_or_default();
        let kind = or("decision", now.map(|d| d.kind.as_str().to_owned()));
        let reason =
            or("reason", now.and_then(|d| d.reason).or_else(|| first_blocking(answer)).map(|c| c.as_str().into()));
        let is_beyond = case.is_beyond(demand.id, granting(demand));
        let why = or("override", now.and_then(|d| d.override_reason.as_ref()).map(ToString::to_string));
        let can_override = who.is(Role::Reviewer) && is_beyond;
        let organisation = demand.asked.organisation.as_ref().map(|o| &o.name);
        DecisionFields {
            number: demand.position,
            kinds: kinds(demand, is_beyond, who, &kind),
            raised: raised(answer, &reason),
            others: others(answer, &reason),
            redirect_to: or(
                "redirect_to",
                now.and_then(|d| d.redirect_to.as_ref()).or(organisation).map(ToString::to_string),
            ),
            note: or("note", now.and_then(|d| d.note.as_ref()).map(ToString::to_string)),
            override_reason: can_override.then_some(why),
            is_beyond,
            is_open: (is_beyond && now.is_none()) || sent.is_some(),
            key,
        }
    }

    /// The name of one of its fields.
    pub fn name(&self, field: &str) -> String {
        format!("{field}.{}", self.key)
    }

    /// The same decisions for one demand of a group alone.
    pub fn only(&self, chosen: &str) -> Vec<Choice> {
        self.kinds.iter().map(|kind| Choice::new(kind.value.clone(), kind.label.clone(), chosen)).collect()
    }
}

/// The decision that grants data of this class.
fn granting(demand: &Demand) -> DecisionKind {
    if demand.asked.data_class.is_content() { DecisionKind::Content } else { DecisionKind::NonContent }
}

/// What fits the class of data and this person's roles; what is chosen already always stands there.
fn kinds(demand: &Demand, is_beyond: bool, who: &Staff, chosen: &str) -> Vec<Choice> {
    let grants = granting(demand);
    let offers = |kind: &DecisionKind| !kind.grants() || (*kind == grants && (!is_beyond || who.is(Role::Reviewer)));
    let label = |kind: DecisionKind| match kind {
        DecisionKind::Content | DecisionKind::NonContent if is_beyond => format!("{}, override", gives(kind)),
        kind => gives(kind).to_owned(),
    };
    let fitting = DecisionKind::ALL.iter().filter(|k| offers(k) || k.as_str() == chosen);
    fitting.map(|k| Choice::new(k.as_str(), label(*k), chosen)).collect()
}

/// A decision as the form offers it.
fn gives(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::Content => "give (content)",
        DecisionKind::NonContent => "give (records)",
        other => other.label(),
    }
}

fn first_blocking(answer: Option<&Assessment>) -> Option<FindingCode> {
    let findings = &answer?.findings;
    findings.iter().find(|f| f.blocks).or_else(|| findings.first()).map(|f| f.code)
}

fn raised(answer: Option<&Assessment>, chosen: &str) -> Vec<Choice> {
    let findings = answer.map(|a| a.findings.as_slice()).unwrap_or_default();
    findings.iter().map(|f| Choice::new(f.code.as_str(), reason_words(f.code), chosen)).collect()
}

fn others(answer: Option<&Assessment>, chosen: &str) -> Vec<Group> {
    let is_raised = |code: FindingCode| answer.is_some_and(|a| a.has_finding(code));
    let of_class = |class: &FindingClass| {
        let codes = FindingCode::ALL.iter().filter(|c| c.class() == *class && !is_raised(**c));
        let choices: Vec<_> = codes.map(|c| Choice::new(c.as_str(), c.label(), chosen)).collect();
        Group { label: format!("{} {}", class.as_str(), class.label()), choices }
    };
    let classes = FindingClass::ALL.iter().filter(|c| **c != FindingClass::Note);
    classes.map(of_class).filter(|group| !group.choices.is_empty()).collect()
}
