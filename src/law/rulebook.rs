use serde_json::Value;

use super::error::ParseError;
use super::evaluate;
use super::facts::Facts;
use super::lint;
use super::pack::Pack;
use super::schema::Schema;
use crate::domain::assessment::Assessment;

/// The declared facts and every pack of rules.
#[derive(Debug, Clone)]
pub struct Rulebook {
    schema: Schema,
    packs: Vec<Pack>,
}

impl Rulebook {
    /// Reads the declared facts (`config/law/facts.toml`) and packs, each a file name with its text.
    pub fn parse(facts_toml: &str, packs: &[(String, String)]) -> Result<Rulebook, ParseError> {
        let schema = Schema::parse(facts_toml)?;
        let read = packs.iter().map(|(file, text)| Ok((file.clone(), Pack::parse(file, text, &schema)?)));
        let mut read = read.collect::<Result<Vec<_>, ParseError>>()?;
        lint::packs(&read)?;
        read.sort_by(|(_, one), (_, other)| one.name.cmp(&other.name));
        Ok(Rulebook { schema, packs: read.into_iter().map(|(_, pack)| pack).collect() })
    }

    /// The packs, sorted by name.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// The declared facts.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Reads the facts of a demand and holds them to their types and closed lists.
    pub fn facts_from_json(&self, from: &Value) -> Result<Facts, ParseError> {
        Facts::from_json(from, &self.schema)
    }

    /// Whether facts built by hand hold to their types and closed lists.
    pub fn check_facts(&self, facts: &Facts) -> Result<(), ParseError> {
        facts.iter().try_for_each(|(path, value)| self.schema.check(path, value))
    }

    /// The answer on one demand. A fact that does not hold to its type counts as not known.
    pub fn evaluate(&self, facts: &Facts) -> Assessment {
        evaluate::evaluate(self, facts)
    }
}
