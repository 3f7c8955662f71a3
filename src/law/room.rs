//! What a condition leaves room for: which words a fact may still be. Enough to tell rules that can never bind, and
//! rules of which one covers the other; where it can't tell it says that there is room.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::condition::Condition;
use super::ground::Slot;
use super::test::Test;

/// What a fact may still be.
#[derive(Debug, Clone, Default, PartialEq)]
struct Left {
    /// One of these; `None` for anything.
    words: Option<BTreeSet<String>>,
    /// None of these.
    not: BTreeSet<String>,
    over: Option<u64>,
    under: Option<u64>,
    null: Option<bool>,
    given: Option<bool>,
    /// What is asked of it beside, as it is written.
    beside: BTreeSet<String>,
}

/// One way in which conditions may all be met: what each fact may be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Way(BTreeMap<Slot, Left>);

impl Way {
    /// Every way in which the conditions can be met together; none where they contradict each other.
    pub fn all(conditions: &[&Condition]) -> Vec<Way> {
        let mut ways = vec![Way::default()];
        for condition in conditions {
            let clauses = condition.alternatives();
            ways = ways.iter().flat_map(|way| clauses.iter().filter_map(|clause| way.with(clause))).collect();
        }
        ways
    }

    /// Whether whatever fits this way fits the other too.
    pub fn lies_within(&self, other: &Way) -> bool {
        let nothing = Left::default();
        other.0.iter().all(|(slot, wide)| self.0.get(slot).unwrap_or(&nothing).lies_within(wide))
    }

    fn with(&self, clause: &[(Slot, &Test)]) -> Option<Way> {
        let mut way = self.clone();
        for (slot, test) in clause {
            way.0.entry(*slot).or_default().narrow(test);
        }
        way.0.values().all(Left::has_room).then_some(way)
    }
}

impl Left {
    fn narrow(&mut self, test: &Test) {
        match test {
            Test::OneOf(choice) => {
                let list: BTreeSet<String> = choice.values.iter().map(Value::to_string).collect();
                let kept = self.words.take().map(|words| words.intersection(&list).cloned().collect());
                self.words = Some(kept.unwrap_or(list));
            }
            Test::NoneOf(choice) => self.not.extend(choice.values.iter().map(Value::to_string)),
            Test::Over(limit) => self.over = Some(self.over.map_or(*limit, |known| known.max(*limit))),
            Test::Under(limit) => self.under = Some(self.under.map_or(*limit, |known| known.min(*limit))),
            Test::Null(wanted) => self.null = Some(agreed(self.null, *wanted, &mut self.words)),
            Test::Given(wanted) => self.given = Some(agreed(self.given, *wanted, &mut self.words)),
            other => {
                self.beside.insert(format!("{other:?}"));
            }
        }
    }

    fn has_room(&self) -> bool {
        let is_asked = self.words.is_some() || self.over.is_some() || self.under.is_some();
        let has_word = self.words.as_ref().is_none_or(|words| words.difference(&self.not).next().is_some());
        let has_count = self.over.zip(self.under).is_none_or(|(over, under)| over.saturating_add(1) < under);
        let is_there = !(is_asked && (self.null == Some(true) || self.given == Some(false)));
        has_word && has_count && is_there
    }

    fn lies_within(&self, wide: &Left) -> bool {
        let left = |words: &BTreeSet<String>, not: &BTreeSet<String>| -> BTreeSet<String> {
            words.difference(not).cloned().collect()
        };
        let in_words = match (&self.words, &wide.words) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(mine), Some(theirs)) => left(mine, &self.not).is_subset(theirs),
        };
        let shuns = match &self.words {
            Some(mine) => left(mine, &self.not).is_disjoint(&wide.not),
            None => wide.not.is_subset(&self.not),
        };
        let over = wide.over.is_none_or(|limit| self.over.is_some_and(|mine| mine >= limit));
        let under = wide.under.is_none_or(|limit| self.under.is_some_and(|mine| mine <= limit));
        let is_value = self.words.is_some() || self.over.is_some() || self.under.is_some();
        let null = wide.null.is_none_or(|wanted| self.null == Some(wanted) || (!wanted && is_value));
        let given = wide.given.is_none_or(|wanted| self.given == Some(wanted) || (wanted && is_value));
        in_words && shuns && over && under && null && given && wide.beside.is_subset(&self.beside)
    }
}

/// Two wishes of one kind; where they contradict each other no word is left.
fn agreed(known: Option<bool>, wanted: bool, words: &mut Option<BTreeSet<String>>) -> bool {
    if known.is_some_and(|known| known != wanted) {
        *words = Some(BTreeSet::new());
    }
    wanted
}
