use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::condition::{Condition, Ground, Reading};
use super::error::ParseError;
use super::lint;
use super::rule::{Rule, RuleText};
use super::schema::Schema;
use crate::domain::assessment::PackRef;

/// A pack of rules, pinned by the hash of its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    /// Its name, for example `us-federal`.
    pub name: String,
    /// Its version, as it states it.
    pub version: String,
    /// Law, or the provider's own policy.
    pub kind: PackKind,
    /// SHA-256 of its text, lower-case hex.
    pub sha256: String,
    /// Its rules, sorted by id: their order in the file does not matter.
    pub rules: Vec<Rule>,
    covers: Condition,
}

/// Whose rules a pack holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PackKind {
    /// Law.
    Law,
    /// The provider's own policy. It may hold back, send to a person or redirect; it may not permit.
    Policy,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackText {
    pack: String,
    version: String,
    kind: PackKind,
    #[serde(default)]
    covers: Option<toml::Value>,
    #[serde(default)]
    rule: Vec<RuleText>,
}

impl Pack {
    /// Reads a pack from its text.
    pub fn parse(file: &str, text: &str, schema: &Schema) -> Result<Pack, ParseError> {
        let read: PackText = toml::from_str(text).map_err(|e| ParseError::from_toml(file, text, &e))?;
        let covers = read.covers.as_ref().map_or(Ok(Condition::always()), |raw| Condition::read(raw, schema));
        let mut pack = Pack {
            name: read.pack,
            version: read.version,
            kind: read.kind,
            sha256: hex::encode(Sha256::digest(text.as_bytes())),
            rules: Vec::with_capacity(read.rule.len()),
            covers: covers.map_err(|says| ParseError::new(file, format!("covers: {says}")))?,
        };
        for written in read.rule {
            let id = written.id.clone();
            let pinned = |says| ParseError::new(file, says).in_rule(&id).at_line_of(text, &format!("\"{id}\""));
            let rule = written.read(schema).map_err(pinned)?;
            lint::rule(&rule, pack.kind).map_err(pinned)?;
            pack.rules.push(rule);
        }
        pack.rules.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(pack)
    }

    /// Whether the pack speaks about this demand at all.
    pub fn covers(&self, ground: &Ground<'_>) -> Reading {
        self.covers.answer(ground)
    }

    /// The pack as an answer pins it.
    pub fn pinned(&self) -> PackRef {
        PackRef { pack: self.name.clone(), version: self.version.clone(), sha256: self.sha256.clone() }
    }
}
