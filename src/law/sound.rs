//! What makes a rule unfit to load.

use std::collections::BTreeSet;

use super::error::ParseError;
use super::pack::{Pack, PackKind};
use super::rule::{Effect, Rule};

/// Refuses a rule that a reader could not check or that could let data leave by mistake.
pub fn rule(rule: &Rule, kind: PackKind) -> Result<(), String> {
    let unwritten = |texts: &[String]| texts.is_empty() || texts.iter().any(|text| text.trim().is_empty());
    if unwritten(&rule.cites) {
        return Err("every rule cites what it rests on: fill in `cites`".to_owned());
    }
    if rule.says.trim().is_empty() {
        return Err("every rule says in plain words what it means: fill in `says`".to_owned());
    }
    if rule.effective_to.is_some_and(|last| last < rule.effective_from) {
        return Err("effective_to lies before effective_from: swap or correct them".to_owned());
    }
    if kind == PackKind::Policy && rule.effect == Effect::Permit {
        return Err("policy may hold back or redirect, but only law permits: move the rule to a pack of law".to_owned());
    }
    if rule.effect != Effect::Refuse && rule.instead.is_some() {
        return Err("`instead` belongs to a rule that refuses; elsewhere write `least`".to_owned());
    }
    if rule.effect == Effect::Permit && rule.defect {
        return Err("a rule that permits cannot be a defect: split it in two".to_owned());
    }
    if matches!(rule.effect, Effect::Refuse | Effect::Review) && rule.disposition.is_some_and(|d| d.discloses()) {
        return Err(
            "a rule that refuses or asks for review cannot propose to disclose: change `disposition`".to_owned()
        );
    }
    if rule.clock.is_some() && rule.effect != Effect::Note {
        return Err(
            "a clock stands in a rule of its own: write `note`, so that it runs whatever the verdict".to_owned()
        );
    }
    if rule.effect == Effect::Permit && rule.disposition.is_none() {
        return Err("a rule that permits says what may be done: fill in `disposition`".to_owned());
    }
    Ok(())
}

/// Two packs of one name and two rules of one id.
pub fn packs(packs: &[Pack]) -> Vec<ParseError> {
    let (mut names, mut ids, mut faults) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for pack in packs {
        if !names.insert(pack.name.as_str()) {
            faults.push(ParseError::new(&pack.file, format!("there are two packs named “{}”: rename one", pack.name)));
        }
        let twice = pack.rules.iter().filter(|rule| !ids.insert(rule.id.as_str()));
        let says = "this id is taken by another rule: rename one";
        faults.extend(twice.map(|rule| pack.fault(&rule.id, says.to_owned())));
    }
    faults
}
