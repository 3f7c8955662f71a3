use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::dates;
use super::facts::Facts;
use super::schema::Schema;
use super::test::Test;
use super::words::{self, Told};

/// The answer to a condition: doubt is an answer of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Met.
    Yes,
    /// Not met.
    No,
    /// A required fact it turns on is absent.
    Unknown,
}

impl Reading {
    /// Yes for true, no for false.
    pub fn of(met: bool) -> Reading {
        if met { Reading::Yes } else { Reading::No }
    }

    /// Both must hold.
    #[must_use]
    pub fn and(self, other: Reading) -> Reading {
        match (self, other) {
            (Reading::No, _) | (_, Reading::No) => Reading::No,
            (Reading::Unknown, _) | (_, Reading::Unknown) => Reading::Unknown,
            _ => Reading::Yes,
        }
    }

    /// One must hold.
    #[must_use]
    pub fn or(self, other: Reading) -> Reading {
        self.not().and(other.not()).not()
    }

    /// The opposite; the opposite of unknown is unknown.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "reads beside `and` and `or`")]
    pub fn not(self) -> Reading {
        match self {
            Reading::Yes => Reading::No,
            Reading::No => Reading::Yes,
            Reading::Unknown => Reading::Unknown,
        }
    }
}

/// What conditions are answered on: the facts, and which absent facts are required.
pub struct Ground<'a> {
    /// The facts of the demand.
    pub facts: &'a Facts,
    /// The declared facts.
    pub schema: &'a Schema,
    required: Option<&'a BTreeSet<String>>,
}

impl<'a> Ground<'a> {
    /// A ground on which the absence of a fact in `required` is unknown and of any other means *not
    /// observed*. With `None` every absence is unknown.
    pub fn new(schema: &'a Schema, facts: &'a Facts, required: Option<&'a BTreeSet<String>>) -> Ground<'a> {
        Ground { facts, schema, required }
    }

    /// What it means here that nobody has looked at a path.
    pub fn absent(&self, path: &str) -> Reading {
        let Some(required) = self.required else { return Reading::Unknown };
        let object = path.rsplit_once('.').map(|(object, _)| object);
        let is_required = required.contains(path) || object.is_some_and(|object| required.contains(object));
        if is_required { Reading::Unknown } else { Reading::No }
    }

    /// The day at a path; the day asked is the day of receipt unless `as_of` says otherwise.
    pub fn day(&self, path: &str) -> Option<NaiveDate> {
        let given = self.facts.get(path).and_then(|value| value.as_str()).and_then(dates::day_of);
        if given.is_none() && path == "as_of" { self.day("received_at") } else { given }
    }
}

/// A condition: at least one clause must hold; a clause holds when all its tests do.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    clauses: Vec<Clause>,
}

/// Tests that must all hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Clause {
    tests: Vec<(String, Term)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Term {
    /// Tests on the fact at the path.
    Fact(Vec<Test>),
    /// A named condition, met or not met.
    Defined(Condition, bool),
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

    /// Every path the condition reads.
    pub fn paths(&self) -> BTreeSet<String> {
        self.clauses.iter().flat_map(Clause::paths).collect()
    }

    /// The clauses in words, each with all its tests.
    pub fn in_words(&self, schema: &Schema) -> Vec<Vec<Told>> {
        let told = |(path, term): &(String, Term)| term.in_words(path, schema);
        self.clauses.iter().map(|clause| clause.tests.iter().flat_map(told).collect()).collect()
    }

    /// The words that a path may be, where the condition lists them.
    pub fn words_of(&self, wanted: &str) -> Vec<String> {
        let tests = self.clauses.iter().flat_map(|clause| clause.tests.iter());
        let terms = tests.filter(|(path, _)| path == wanted).map(|(_, term)| term);
        let lists = terms.filter_map(|term| if let Term::Fact(tests) = term { Some(tests) } else { None });
        let values = lists.flatten().filter_map(|test| if let Test::OneOf(all) = test { Some(all) } else { None });
        values.flatten().map(words::value).collect()
    }
}

impl Clause {
    fn read(raw: &toml::Value, schema: &Schema) -> Result<Clause, String> {
        let toml::Value::Table(table) = raw else {
            return Err(format!("a condition is a table such as {{ signed = false }}, not {raw}"));
        };
        let tests = table.iter().map(|(key, value)| Ok((key.clone(), Term::read(key, value, schema)?)));
        Ok(Clause { tests: tests.collect::<Result<Vec<_>, String>>()? })
    }

    fn answer(&self, ground: &Ground<'_>) -> Reading {
        let mut so_far = Reading::Yes;
        for (path, term) in &self.tests {
            so_far = so_far.and(term.answer(path, ground));
            if so_far == Reading::No {
                break;
            }
        }
        so_far
    }

    fn paths(&self) -> BTreeSet<String> {
        let mut paths = BTreeSet::new();
        for (path, term) in &self.tests {
            match term {
                Term::Defined(condition, _) => paths.extend(condition.paths()),
                Term::Fact(tests) => {
                    paths.insert(path.clone());
                    paths.extend(tests.iter().filter_map(Test::other_path).map(str::to_owned));
                }
            }
        }
        paths
    }
}

impl Term {
    fn read(key: &str, value: &toml::Value, schema: &Schema) -> Result<Term, String> {
        let Some(name) = key.strip_prefix('@') else {
            return Ok(Term::Fact(Test::read(key, value, schema)?));
        };
        let defined = schema.defined.get(name).ok_or(format!("“{key}” is not defined in facts.toml under [define]"))?;
        let met = value.as_bool().ok_or(format!("“{key}” is true or false, not {value}"))?;
        Ok(Term::Defined(defined.clone(), met))
    }

    fn in_words(&self, path: &str, schema: &Schema) -> Vec<Told> {
        let told = |fact: &str, is: String| Told { path: path.to_owned(), fact: fact.to_owned(), is };
        match self {
            Term::Defined(_, met) => {
                let name = words::spaced(path.trim_start_matches('@'));
                vec![told(&name, if *met { "yes" } else { "no" }.to_owned())]
            }
            Term::Fact(tests) => tests.iter().map(|test| told(schema.means(path), test.in_words(schema))).collect(),
        }
    }

    fn answer(&self, path: &str, ground: &Ground<'_>) -> Reading {
        match self {
            Term::Defined(condition, true) => condition.answer(ground),
            Term::Defined(condition, false) => condition.answer(ground).not(),
            Term::Fact(tests) => tests.iter().fold(Reading::Yes, |so_far, test| so_far.and(test.answer(path, ground))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Reading::{No, Unknown, Yes};

    #[test]
    fn unknown_is_settled_only_by_a_no_in_and_or_a_yes_in_or() {
        assert_eq!((Unknown.and(No), Unknown.and(Yes), Unknown.or(Yes), Unknown.or(No)), (No, Unknown, Yes, Unknown));
    }

    #[test]
    fn always_is_met_and_never_is_not() {
        let (schema, facts) = (Schema::default(), Facts::new());
        let ground = Ground::new(&schema, &facts, None);
        assert_eq!((Condition::always().answer(&ground), Condition::never().answer(&ground)), (Yes, No));
    }
}
