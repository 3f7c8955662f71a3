use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::ParseError;
use super::schema::Schema;

/// What is known about one demand, by path (`identifiers.given`).
///
/// A path is *absent* (nobody has looked), *null* (somebody looked and there is none) or has a value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(BTreeMap<String, Value>);

impl Facts {
    /// Nothing is known yet.
    pub fn new() -> Facts {
        Facts::default()
    }

    /// Reads facts from a JSON object, nested or with dotted keys, and holds them to the schema.
    pub fn from_json(from: &Value, schema: &Schema) -> Result<Facts, ParseError> {
        let mut facts = Facts::new();
        facts.take_all(from, schema)?;
        Ok(facts)
    }

    /// Sets every fact of a JSON object, nested or with dotted keys, and holds them to the schema.
    pub fn take_all(&mut self, from: &Value, schema: &Schema) -> Result<(), ParseError> {
        let Value::Object(members) = from else {
            return Err(ParseError::new("facts", "the facts must be one JSON object, for example {\"signed\": true}"));
        };
        members.iter().try_for_each(|(name, value)| self.take(name, value, schema))
    }

    /// Sets a fact. [`Rulebook::check_facts`](super::Rulebook::check_facts) tells whether it is a fact at all.
    #[must_use]
    pub fn set(mut self, path: &str, value: Value) -> Facts {
        self.insert(path, value);
        self
    }

    /// Records that somebody looked and there is none.
    #[must_use]
    pub fn set_null(self, path: &str) -> Facts {
        self.set(path, Value::Null)
    }

    /// Sets a fact in place.
    pub fn insert(&mut self, path: &str, value: Value) {
        self.0.insert(path.to_owned(), value);
    }

    /// Sets a fact in the place of what was there: a member in that of a null object, a null object in that of its
    /// members.
    pub fn replace(&mut self, path: &str, value: Value) {
        if let Some((object, _)) = path.rsplit_once('.') {
            self.0.remove(object);
        }
        self.remove(path);
        self.insert(path, value);
    }

    /// These facts and others; where both know one, the others'.
    #[must_use]
    pub fn and(mut self, others: Facts) -> Facts {
        self.0.extend(others.0);
        self
    }

    /// Makes a fact, and every member below it, absent again.
    pub fn remove(&mut self, path: &str) {
        self.0.retain(|known, _| known != path && !is_member(known, path));
    }

    /// The value at a path: `None` if absent, `Some(Null)` if it, or the object it stands in, is null.
    pub fn get(&self, path: &str) -> Option<&Value> {
        if let Some(value) = self.0.get(path) {
            return Some(value);
        }
        let (object, _) = path.rsplit_once('.')?;
        self.get(object).filter(|value| value.is_null())
    }

    /// Whether somebody has looked: the path is null, has a value, or has a member that does.
    pub fn is_given(&self, path: &str) -> bool {
        self.get(path).is_some() || self.0.keys().any(|known| is_member(known, path))
    }

    /// Every path with its value, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(path, value)| (path.as_str(), value))
    }

    fn take(&mut self, path: &str, value: &Value, schema: &Schema) -> Result<(), ParseError> {
        if schema.is_object(path) {
            match value {
                Value::Object(members) => {
                    for (name, member) in members {
                        self.take(&format!("{path}.{name}"), member, schema)?;
                    }
                    return Ok(());
                }
                Value::String(_) => return self.take(&format!("{path}.kind"), value, schema),
                _ => {}
            }
        }
        schema.check(path, value)?;
        self.replace(path, value.clone());
        Ok(())
    }
}

fn is_member(known: &str, object: &str) -> bool {
    known.strip_prefix(object).is_some_and(|rest| rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn absent_null_and_value_are_three_things() {
        let facts = Facts::new().set("signed", json!(true)).set_null("prior");
        assert_eq!(facts.get("signed"), Some(&json!(true)));
        assert_eq!(facts.get("execute_by"), None);
        assert_eq!(facts.get("prior.renewal_no"), Some(&Value::Null), "a member of a null object is null");
    }

    #[test]
    fn removing_an_object_removes_its_members() {
        let mut facts = Facts::new().set("identifiers.given", json!(1)).set("identifiers.ours", json!(1));
        assert!(facts.is_given("identifiers"));
        facts.remove("identifiers");
        assert_eq!(facts, Facts::new());
    }
}
