//! What else could be brought: changes to the facts that people would understand as one step, such as another paper.

use serde::Deserialize;
use serde_json::Value;

use super::condition::Condition;
use super::facts::Facts;
use super::ground::{Ground, Reading, Slot};
use super::schema::Schema;

/// A step that may turn a refusal into a permission.
#[derive(Debug, Clone)]
pub struct WayOut {
    /// What is said where it would.
    pub says: String,
    /// Steps of one ladder, the least first: only the least that reaches is said.
    pub ladder: String,
    when: Condition,
    change: Vec<(Slot, Value)>,
}

/// A step as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WayOutText {
    says: String,
    ladder: String,
    when: toml::Value,
    facts: toml::Table,
}

impl WayOut {
    /// Whether the step is open on this ground.
    pub fn is_open(&self, ground: &Ground<'_>) -> bool {
        self.when.answer(ground) == Reading::Yes
    }

    /// The ground after the step.
    pub fn after<'a>(&'a self, ground: &Ground<'a>) -> Ground<'a> {
        ground.with(&self.change)
    }
}

impl WayOutText {
    /// Reads the step against the declared facts.
    ///
    /// # Errors
    /// Facts that hold to no type.
    pub fn read(self, schema: &Schema) -> Result<WayOut, String> {
        let given = serde_json::to_value(&self.facts).map_err(|e| e.to_string())?;
        let facts = Facts::from_json(&given, schema).map_err(|e| e.says)?;
        let change = facts.iter().filter_map(|(path, value)| Some((schema.slot(path)?, value.clone()))).collect();
        Ok(WayOut { says: self.says, ladder: self.ladder, when: Condition::read(&self.when, schema)?, change })
    }
}
