use std::collections::BTreeSet;

use serde_json::Value;

use super::ground::{Ground, Reading, Slot};
use super::schema::Schema;
use super::test::Test;
use super::trace::Settled;
use super::words::{self, Told};
use crate::domain::words::nearest;

/// A condition: at least one clause must hold; a clause holds when all its tests do.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    clauses: Vec<Clause>,
}

/// Tests that must all hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Clause {
    tests: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
enum Term {
    /// Tests on one fact.
    Fact(Slot, Vec<Test>),
    /// A named condition, met or not met.
    Defined(String, Condition, bool),
}

impl Condition {
    /// Met whatever the facts.
    pub fn always() -> Condition {
        Condition { clauses: vec![Clause::default()] }
    }

    /// Met by no facts.
    pub fn never() -> Condition {
        Condition { clauses: Vec::new() }
    }

    /// Reads a table of tests, or a list of tables of which one must hold.
    pub fn read(raw: &toml::Value, schema: &Schema) -> Result<Condition, String> {
        let tables = match raw {
            toml::Value::Array(list) => list.iter().collect(),
            one => vec![one],
        };
        let clauses = tables.into_iter().map(|table| Clause::read(table, schema)).collect::<Result<Vec<_>, _>>()?;
        Ok(Condition { clauses })
    }

    /// The answer on these facts.
    pub fn answer(&self, ground: &Ground<'_>) -> Reading {
        let mut so_far = Reading::No;
        for clause in &self.clauses {
            so_far = so_far.or(clause.answer(ground));
            if so_far == Reading::Yes {
                break;
            }
        }
        so_far
    }

    /// What settled the answer: of a condition that is met, all that its first clause asks that holds; of one that is
    /// not, the first thing in each clause that is not so; of one that can't be told, what is not known.
    pub(super) fn settled_by(&self, ground: &Ground<'_>) -> Vec<Settled> {
        let answer = self.answer(ground);
        let telling = self.clauses.iter().filter(|clause| clause.answer(ground) == answer);
        let clauses = telling.take(if answer == Reading::Yes { 1 } else { usize::MAX });
        let mut settled: Vec<Settled> = Vec::new();
        for clause in clauses {
            let terms = clause.tests.iter().filter(|term| term.answer(ground) == answer);
            let terms = terms.take(if answer == Reading::No { 1 } else { usize::MAX });
            for one in terms.flat_map(|term| term.settled(answer, ground)) {
                if !settled.contains(&one) {
                    settled.push(one);
                }
            }
        }
        settled
    }

    /// Every fact the condition reads.
    pub fn reads(&self) -> BTreeSet<Slot> {
        self.clauses.iter().flat_map(|clause| clause.tests.iter().flat_map(Term::reads)).collect()
    }

    /// Whether it asks nothing.
    pub(super) fn is_always(&self) -> bool {
        self.clauses.iter().any(|clause| clause.tests.is_empty())
    }

    /// For each fact of which every clause asks for words of a closed list: the words with which the condition may be met,
    /// by their places on the list, a bit each. With another word it is not met, whatever else is known.
    pub(super) fn words_needed(&self) -> Vec<(Slot, u128)> {
        let Some((first, others)) = self.clauses.split_first() else { return Vec::new() };
        let asked =
            |slot: Slot, clause: &Clause| clause.words_needed().find(|(of, _)| *of == slot).map(|(_, words)| words);
        let of_all = |(slot, words): (Slot, u128)| {
            let all = others.iter().try_fold(words, |all, clause| Some(all | asked(slot, clause)?));
            Some((slot, all?))
        };
        first.words_needed().filter_map(of_all).collect()
    }

    /// The words that a fact may be, as the packs spell them, where the condition lists them.
    pub(super) fn words_listed(&self, wanted: Slot) -> Vec<String> {
        let tests = self.tests_on(wanted);
        let values = tests.filter_map(|test| if let Test::OneOf(all) = test { Some(&all.values) } else { None });
        values.flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    fn tests_on(&self, wanted: Slot) -> impl Iterator<Item = &Test> {
        let terms = self.clauses.iter().flat_map(|clause| clause.tests.iter());
        let lists = terms.filter_map(move |term| match term {
            Term::Fact(slot, tests) if *slot == wanted => Some(tests),
            _ => None,
        });
        lists.flatten()
    }

    /// The clauses as tests on facts; conditions that are shared are written out. Where one is negated, what it
    /// asks is left out: there may be room.
    pub(super) fn alternatives(&self) -> Vec<Vec<(Slot, &Test)>> {
        self.clauses.iter().flat_map(Clause::alternatives).collect()
    }

    /// The clauses in words, each with all its tests.
    pub fn in_words(&self, schema: &Schema) -> Vec<Vec<Told>> {
        let told = |term: &Term| term.in_words(schema);
        self.clauses.iter().map(|clause| clause.tests.iter().flat_map(told).collect()).collect()
    }

    /// The words that a fact may be, where the condition lists them.
    pub fn words_of(&self, wanted: Slot) -> Vec<String> {
        let values =
            self.tests_on(wanted).filter_map(|test| if let Test::OneOf(all) = test { Some(all) } else { None });
        values.flat_map(|choice| &choice.values).map(words::value).collect()
    }
}

impl Clause {
    fn read(raw: &toml::Value, schema: &Schema) -> Result<Clause, String> {
        let toml::Value::Table(table) = raw else {
            return Err(format!("a condition is a table such as {{ signed = false }}, not {raw}"));
        };
        let tests = table.iter().map(|(key, value)| Term::read(key, value, schema));
        let mut tests = tests.collect::<Result<Vec<_>, _>>()?;
        // What is asked of one fact is asked first: it costs less, and mostly settles the clause.
        tests.sort_by_key(|term| matches!(term, Term::Defined(..)));
        Ok(Clause { tests })
    }

    fn words_needed(&self) -> impl Iterator<Item = (Slot, u128)> {
        self.tests.iter().filter_map(|term| match term {
            Term::Fact(slot, tests) => Some((*slot, tests.iter().find_map(Test::words_asked)?)),
            Term::Defined(..) => None,
        })
    }

    fn alternatives(&self) -> Vec<Vec<(Slot, &Test)>> {
        let mut all = vec![Vec::new()];
        for term in &self.tests {
            let ways = match term {
                Term::Fact(slot, tests) => vec![tests.iter().map(|test| (*slot, test)).collect()],
                Term::Defined(_, condition, true) => condition.alternatives(),
                Term::Defined(_, _, false) => vec![Vec::new()],
            };
            all = all.iter().flat_map(|so_far| ways.iter().map(|way| [so_far.as_slice(), way].concat())).collect();
        }
        all
    }

    fn answer(&self, ground: &Ground<'_>) -> Reading {
        let mut so_far = Reading::Yes;
        for term in &self.tests {
            so_far = so_far.and(term.answer(ground));
            if so_far == Reading::No {
                break;
            }
        }
        so_far
    }
}

impl Term {
    fn read(key: &str, value: &toml::Value, schema: &Schema) -> Result<Term, String> {
        let Some(name) = key.strip_prefix('@') else {
            let tests = Test::read(key, value, schema)?;
            return Ok(Term::Fact(schema.slot(key).ok_or_else(|| undeclared(key, schema))?, tests));
        };
        let defined = schema.defined.get(name).ok_or(format!("“{key}” is not defined in facts.toml under [define]"))?;
        let met = value.as_bool().ok_or(format!("“{key}” is true or false, not {value}"))?;
        Ok(Term::Defined(name.to_owned(), defined.clone(), met))
    }

    fn in_words(&self, schema: &Schema) -> Vec<Told> {
        let told = |path: &str, fact: &str, is: String| Told { path: path.to_owned(), fact: fact.to_owned(), is };
        match self {
            Term::Defined(name, _, met) => {
                vec![told(&format!("@{name}"), &words::spaced(name), if *met { "yes" } else { "no" }.to_owned())]
            }
            Term::Fact(slot, tests) => {
                let path = schema.path(*slot);
                tests.iter().map(|test| told(path, schema.means(path), test.in_words(schema))).collect()
            }
        }
    }

    /// What it asks that has this answer, each with what is known of it.
    fn settled(&self, answer: Reading, ground: &Ground<'_>) -> Vec<Settled> {
        let schema = ground.schema;
        match self {
            Term::Defined(_, condition, _) => {
                let known = match condition.answer(ground) {
                    Reading::Unknown => None,
                    reading => Some(Value::Bool(reading == Reading::Yes)),
                };
                self.in_words(schema).into_iter().map(|told| Settled { told, known: known.clone() }).collect()
            }
            Term::Fact(slot, tests) => {
                let telling = tests.iter().filter(|test| test.answer(*slot, ground) == answer);
                let nothing = || ground.is_given(*slot).then_some(Value::Null);
                let known = ground.get(*slot).cloned().or_else(nothing);
                let told = |test: &Test| Told {
                    path: schema.path(*slot).to_owned(),
                    fact: schema.means(schema.path(*slot)).to_owned(),
                    is: test.in_words(schema),
                };
                telling.map(|test| Settled { told: told(test), known: known.clone() }).collect()
            }
        }
    }

    fn answer(&self, ground: &Ground<'_>) -> Reading {
        match self {
            Term::Defined(_, condition, true) => condition.answer(ground),
            Term::Defined(_, condition, false) => condition.answer(ground).not(),
            Term::Fact(slot, tests) => {
                tests.iter().fold(Reading::Yes, |so_far, test| so_far.and(test.answer(*slot, ground)))
            }
        }
    }

    fn reads(&self) -> BTreeSet<Slot> {
        match self {
            Term::Defined(_, condition, _) => condition.reads(),
            Term::Fact(slot, tests) => {
                tests.iter().filter_map(Test::other_fact).chain(std::iter::once(*slot)).collect()
            }
        }
    }
}

/// What is said of a path that no line of `facts.toml` declares.
pub(super) fn undeclared(path: &str, schema: &Schema) -> String {
    match nearest(path, schema.paths().map(|(known, _)| known)) {
        Some(near) => format!("“{path}” is not a declared fact; did you mean {near}?"),
        None => format!("“{path}” is not a declared fact; facts.toml has those that are"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::Facts;
    use super::*;
    use Reading::{No, Yes};

    #[test]
    fn always_is_met_and_never_is_not() {
        let (schema, facts) = (Schema::default(), Facts::new());
        let ground = Ground::open(&schema, &facts);
        assert_eq!((Condition::always().answer(&ground), Condition::never().answer(&ground)), (Yes, No));
    }
}
