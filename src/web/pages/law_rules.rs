//! The rules of a pack as cards, a page at a time.

use super::case_parts::day;
use crate::domain::text::search_key;
use crate::law::words::{RuleWords, Told, spaced};
use crate::law::{Effect, Pack, Rule, Schema};

/// How many rules a page has.
const PAGE: usize = 40;

/// A rule as a page shows it.
pub struct RuleCard {
    /// Its name.
    pub id: String,
    /// What it does when it is met.
    pub does: &'static str,
    /// The tone and the glyph of that.
    pub tone: (&'static str, &'static str),
    /// In plain words.
    pub says: String,
    /// What would cure what it finds.
    pub cure: String,
    /// The texts it rests on.
    pub cites: Vec<String>,
    /// From when to when it is law.
    pub effective: String,
    /// Who reviewed it.
    pub review: String,
    /// Whether nobody has.
    pub is_unreviewed: bool,
    /// What classes it speaks of.
    pub classes: String,
    /// The tests.
    pub tests: Vec<(&'static str, Vec<Vec<Told>>)>,
    /// What it brings beside its effect.
    pub brings: Vec<(String, String)>,
}

/// A page of the rules that hold all words of `find`, after the rule `after`; how many there are in all; and the rule
/// after which the next page begins.
pub fn page_of(pack: &Pack, schema: &Schema, find: &str, after: &str) -> (Vec<RuleCard>, usize, Option<String>) {
    let wanted = search_key(find);
    let found: Vec<&Rule> = pack.rules.iter().filter(|rule| holds(rule, &wanted)).collect();
    let rest: Vec<&Rule> = found.iter().copied().filter(|rule| rule.id.as_str() > after).collect();
    let shown: Vec<RuleCard> = rest.iter().take(PAGE).map(|rule| card(rule, schema)).collect();
    let next = if rest.len() > PAGE { shown.last().map(|card| card.id.clone()) } else { None };
    (shown, found.len(), next)
}

fn holds(rule: &Rule, wanted: &str) -> bool {
    let text = search_key(&format!("{} {} {} {}", rule.id, rule.says, rule.cure, rule.cites.join(" ")));
    wanted.split(' ').all(|word| text.contains(word))
}

/// A rule as a card.
pub fn card(rule: &Rule, schema: &Schema) -> RuleCard {
    let words = rule.in_words(schema);
    RuleCard {
        id: rule.id.clone(),
        does: rule.effect.does(),
        tone: match rule.effect {
            Effect::Permit => ("ok", "check"),
            Effect::Refuse => ("bad", "cross"),
            Effect::Review => ("person", "judge"),
            Effect::Note => ("plain", "info"),
        },
        says: rule.says.clone(),
        cure: rule.cure.clone(),
        cites: rule.cites.clone(),
        effective: match rule.effective_to {
            Some(last) => format!("{} to {}", day(rule.effective_from), day(last)),
            None => format!("since {}", day(rule.effective_from)),
        },
        is_unreviewed: !rule.is_reviewed(),
        review: rule.review_status.clone(),
        classes: if words.classes.is_empty() { "any".to_owned() } else { words.classes.join(", ") },
        brings: brings(rule, &words),
        tests: vec![("Applies to", words.applies_to), ("When", words.when), ("Unless", words.unless)],
    }
}

/// What else follows: findings, duties, the process that would reach the item.
fn brings(rule: &Rule, words: &RuleWords) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut add = |what: &str, is: String| all.push((what.to_owned(), is));
    if let Some(process) = rule.instead {
        add("Would reach it", process.label().to_owned());
    }
    if let Some(process) = rule.least {
        add("Least process", process.label().to_owned());
    }
    if let Some(disposition) = rule.disposition {
        add("Proposes", spaced(disposition.as_str()));
    }
    if !rule.findings.is_empty() {
        add("Findings", rule.findings.iter().map(|f| spaced(f.as_str())).collect::<Vec<_>>().join(", "));
    }
    if rule.defect {
        add("About", "this paper, not the kind of paper".to_owned());
    }
    if let Some((title, counted)) = &words.clock {
        add("Clock", format!("{title}: {counted}"));
    }
    for (duty, is) in &words.duties {
        add(&format!("Duty: {duty}"), is.clone());
    }
    all
}
