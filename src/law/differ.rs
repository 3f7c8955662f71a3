//! What two rulebooks say otherwise, rule by rule.

use std::collections::BTreeMap;

use super::pack::Pack;
use super::rule::Rule;
use super::rulebook::Rulebook;

/// One rule that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleDiffers {
    /// The pack it stands in, in the newer rulebook if it is there.
    pub pack: String,
    /// Its id.
    pub rule: String,
    /// What became of it.
    pub how: How,
    /// The rule in plain words, as the newer has it if it is there.
    pub says: String,
}

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

impl How {
    /// The word for it.
    pub fn label(self) -> &'static str {
        match self {
            How::Added => "new",
            How::Removed => "gone",
            How::Changed => "changed",
        }
    }
}

/// The rules that differ, by pack and id.
pub fn between(old: &Rulebook, new: &Rulebook) -> Vec<RuleDiffers> {
    let (before, after) = (rules(old), rules(new));
    let mut differ = Vec::new();
    for (id, (pack, rule)) in &after {
        let how = match before.get(id) {
            None => How::Added,
            Some((was_in, was)) if was_in.name != pack.name || !same((was, old), (rule, new)) => How::Changed,
            Some(_) => continue,
        };
        differ.push(told(pack, rule, how));
    }
    let gone = before.iter().filter(|(id, _)| !after.contains_key(*id));
    differ.extend(gone.map(|(_, (pack, rule))| told(pack, rule, How::Removed)));
    differ.sort_by(|one, other| (&one.pack, &one.rule).cmp(&(&other.pack, &other.rule)));
    differ
}

fn rules(book: &Rulebook) -> BTreeMap<&str, (&Pack, &Rule)> {
    let all = book.packs().iter().flat_map(|pack| pack.rules.iter().map(move |rule| (pack, rule)));
    all.map(|(pack, rule)| (rule.id.as_str(), (pack, rule))).collect()
}

fn told(pack: &Pack, rule: &Rule, how: How) -> RuleDiffers {
    RuleDiffers { pack: pack.name.clone(), rule: rule.id.clone(), how, says: rule.says.clone() }
}

/// Whether two rules say the same, each in the words of its own facts.
fn same((one, old): (&Rule, &Rulebook), (other, new): (&Rule, &Rulebook)) -> bool {
    one.in_words(old.schema()) == other.in_words(new.schema())
        && (&one.cites, one.effective_from, one.effective_to, &one.review_status)
            == (&other.cites, other.effective_from, other.effective_to, &other.review_status)
        && (one.effect, one.defect, one.instead, one.least) == (other.effect, other.defect, other.instead, other.least)
        && (&one.findings, one.disposition, &one.fields) == (&other.findings, other.disposition, &other.fields)
        && (&one.says, &one.cure) == (&other.says, &other.cure)
}
