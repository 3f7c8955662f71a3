//! Questions with their right answers, written beneath the rule they are about: a rule's own test.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::clock;
use super::error::ParseError;
use super::facts::Facts;
use super::rulebook::Rulebook;
use super::schema::Schema;
use crate::domain::assessment::Assessment;
use crate::domain::finding::FindingCode;
use crate::domain::verdict::{Disposition, MinProcess, Verdict};

/// A question with its right answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Vector {
    /// The rule it stands beneath.
    pub rule: String,
    /// What it shows, in words.
    pub says: String,
    /// The facts of the question.
    pub facts: Facts,
    /// The right answer.
    pub expect: Expect,
}

/// What a right answer must have. What is not written is not compared.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The verdict; may be left out where a vector is about clocks alone.
    pub verdict: Option<Verdict>,
    /// The verdict supposing the paper were perfect, where it differs.
    pub basis_verdict: Option<Verdict>,
    /// The proposed way of acting.
    pub disposition: Option<Disposition>,
    /// The least process that reaches the item.
    pub min_process: Option<MinProcess>,
    /// Findings that must be raised; there may be more.
    #[serde(default)]
    pub findings: Vec<FindingCode>,
    /// Duties with their values; there may be more.
    #[serde(default)]
    pub duties: BTreeMap<String, Value>,
    /// Clocks that must be ordered, by their rules' ids; there may be more.
    #[serde(default)]
    pub clocks: Vec<String>,
    /// Facts that must be asked for; there may be more.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// A vector as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "VectorKeys")]
pub struct VectorText {
    says: String,
    facts: FactsText,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VectorKeys {
    says: String,
    like: Option<String>,
    #[serde(default)]
    facts: toml::Table,
    #[serde(default)]
    none: Vec<String>,
    #[serde(default)]
    without: Vec<String>,
    expect: Expect,
}

impl From<VectorKeys> for VectorText {
    fn from(keys: VectorKeys) -> VectorText {
        let VectorKeys { says, like, facts, none, without, expect } = keys;
        VectorText { says, facts: FactsText { like, guideline: None, facts, none, without }, expect }
    }
}

/// Facts as a vector or a base writes them: those of a base, with some changed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactsText {
    like: Option<String>,
    /// What the paper is called in the provider's guidelines; only on a base, and only where it belongs there.
    #[serde(default)]
    pub guideline: Option<String>,
    #[serde(default)]
    facts: toml::Table,
    /// Somebody looked and there is none: TOML has no null.
    #[serde(default)]
    none: Vec<String>,
    /// Nobody has looked.
    #[serde(default)]
    without: Vec<String>,
}

/// Why facts can't be read.
pub enum Unread {
    /// The base they start from is in no pack: perhaps in one that was left out. No fault of the law.
    Baseless(String),
    /// They are wrong in themselves.
    Wrong(String),
}

impl From<String> for Unread {
    fn from(says: String) -> Unread {
        Unread::Wrong(says)
    }
}

/// The facts that vectors start from, by name.
#[derive(Debug, Clone, Default)]
pub struct Bases(BTreeMap<String, Facts>);

impl Vector {
    /// What the rules get wrong; nothing if they are right.
    pub fn mistakes(&self, book: &Rulebook) -> Vec<String> {
        let mut mistakes = self.expect.mistakes(&book.evaluate(&self.facts));
        let ordered = clock::orders(book, &self.facts);
        let missed = self.expect.clocks.iter().filter(|name| ordered.iter().all(|order| order.rule != **name));
        mistakes.extend(missed.map(|name| format!("the clock {name} is not ordered")));
        mistakes
    }

    /// Whether it shows that a rule orders a clock.
    pub fn shows_clock(&self, rule: &str) -> bool {
        self.expect.clocks.iter().any(|name| name == rule)
    }
}

impl Expect {
    /// What an answer gets wrong; nothing if it is right.
    pub fn mistakes(&self, answer: &Assessment) -> Vec<String> {
        let mut mistakes = Vec::new();
        let mut differ = |what: &str, wanted: &str, got: &str| {
            if wanted != got {
                mistakes.push(format!("{what} is {got}, not {wanted}"));
            }
        };
        if let Some(verdict) = self.verdict {
            differ("the verdict", verdict.as_str(), answer.verdict.as_str());
        }
        if let Some(basis) = self.basis_verdict {
            differ("the basis verdict", basis.as_str(), answer.basis_verdict.unwrap_or(answer.verdict).as_str());
        }
        if let Some(disposition) = self.disposition {
            differ("the disposition", disposition.as_str(), answer.disposition.as_str());
        }
        if let Some(process) = self.min_process.filter(|_| answer.verdict == Verdict::NeedsHigherProcess) {
            differ("the least process", process.as_str(), answer.min_process.map_or("none", MinProcess::as_str));
        }
        for (key, wanted) in &self.duties {
            let got = answer.duties.get(key).map_or_else(|| "not set".to_owned(), Value::to_string);
            differ(&format!("the duty {key}"), &wanted.to_string(), &got);
        }
        let unraised = self.findings.iter().filter(|code| !answer.has_finding(**code));
        mistakes.extend(unraised.map(|code| format!("the finding {} is not raised", code.as_str())));
        let unasked = self.missing.iter().filter(|path| !answer.missing_facts.contains(path));
        mistakes.extend(unasked.map(|path| format!("{path} is not asked for")));
        mistakes
    }
}

impl VectorText {
    /// What it shows, in words.
    pub fn says(&self) -> &str {
        &self.says
    }

    /// Reads the vector beneath a rule.
    ///
    /// # Errors
    /// Facts that hold to no type, and a base that is not there.
    pub fn read(&self, rule: &str, bases: &Bases, schema: &Schema) -> Result<Vector, Unread> {
        let (says, expect) = (self.says.clone(), self.expect.clone());
        if says.trim().is_empty() {
            return Err("every vector says what it shows: fill in its `says`".to_owned().into());
        }
        if expect.verdict.is_none() && expect.clocks.is_empty() {
            return Err("every vector expects a verdict, or clocks".to_owned().into());
        }
        Ok(Vector { rule: rule.to_owned(), says, facts: self.facts.read(bases, schema)?, expect })
    }
}

impl FactsText {
    fn read(&self, bases: &Bases, schema: &Schema) -> Result<Facts, Unread> {
        let mut facts = match &self.like {
            None => Facts::new(),
            Some(name) => bases.get(name).cloned().ok_or_else(|| Unread::Baseless(bases.lack(name)))?,
        };
        let given = serde_json::to_value(&self.facts).map_err(|e| e.to_string())?;
        facts.take_all(&given, schema).map_err(|e| e.says)?;
        for path in &self.none {
            facts
                .take_all(&Value::Object([(path.clone(), Value::Null)].into_iter().collect()), schema)
                .map_err(|e| e.says)?;
        }
        for path in &self.without {
            if !facts.is_given(path) {
                return Err(format!("“{path}” is taken out but was not there: leave it out of `without`").into());
            }
            facts.remove(path);
        }
        Ok(facts)
    }
}

impl Bases {
    /// Reads the bases of all packs: each a file, a name and its text. A base may build on another. Gives those too that
    /// build on one that is not there, or in a circle: nothing can start from them.
    ///
    /// # Errors
    /// Two of one name, facts that hold to no type.
    pub fn read(texts: &[(&str, &str, &FactsText)], schema: &Schema) -> Result<(Bases, Vec<ParseError>), ParseError> {
        let mut bases = Bases::default();
        let mut left: Vec<_> = texts.to_vec();
        loop {
            let is_ready =
                |text: &FactsText, bases: &Bases| text.like.as_ref().is_none_or(|name| bases.0.contains_key(name));
            let (ready, later): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, _, text)| is_ready(text, &bases));
            if ready.is_empty() {
                let lacks = |(file, name, text): (&str, &str, &FactsText)| {
                    let like = text.like.as_deref().unwrap_or_default();
                    ParseError::new(file, format!("base “{name}”: {}", bases.lack(like)))
                };
                let baseless = later.into_iter().map(lacks).collect();
                return Ok((bases, baseless));
            }
            for (file, name, text) in ready {
                let wrong = |says: String| ParseError::new(file, format!("base “{name}”: {says}"));
                let facts =
                    text.read(&bases, schema).map_err(|(Unread::Baseless(says) | Unread::Wrong(says))| wrong(says))?;
                if bases.0.insert(name.to_owned(), facts).is_some() {
                    return Err(wrong("there are two of this name: rename one".to_owned()));
                }
            }
            left = later;
        }
    }

    /// The facts of a base.
    pub fn get(&self, name: &str) -> Option<&Facts> {
        self.0.get(name)
    }

    fn lack(&self, name: &str) -> String {
        let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
        format!("there is no base “{name}” to be like; there are: {}", known.join(" · "))
    }
}
