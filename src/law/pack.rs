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

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "id = \"a\"\ncites = [\"18 U.S.C. § 2703\"]\neffective_from = \"1986-10-21\"\n\
                        review_status = \"unreviewed\"\nsays = \"No.\"\n";

    fn schema() -> Schema {
        Schema::parse(
            "[fact]\nsigned = { type = \"bool\", means = \"signed\" }\n\
             data_class = { type = \"word\", list = \"data_class\", means = \"class\" }\n\
             stated_purpose = { type = \"prose\", means = \"purpose\" }\n\
             case_ref = { type = \"reference\", nullable = true, means = \"number\" }\n\
             [groups]\n[define]\n[[required]]\nfacts = [\"signed\"]\n",
        )
        .unwrap()
    }

    fn load(kind: &str, rule: &str) -> Result<Pack, ParseError> {
        let text = format!("pack = \"p\"\nversion = \"1\"\nkind = \"{kind}\"\n[[rule]]\n{RULE}{rule}");
        Pack::parse("p.toml", &text, &schema())
    }

    fn complaint(kind: &str, rule: &str) -> String {
        load(kind, rule).unwrap_err().to_string()
    }

    #[test]
    fn a_sound_rule_loads_and_is_pinned() {
        let pack = load("law", "refuse = [\"any\"]\nwhen = { signed = false, case_ref = { null = true } }").unwrap();
        assert_eq!((pack.rules.len(), pack.sha256.len()), (1, 64));
    }

    #[test]
    fn prose_is_never_read() {
        let says = complaint("law", "refuse = [\"any\"]\nwhen = { stated_purpose = \"abortion\" }");
        assert!(says.starts_with("p.toml, line 5, rule “a”: “stated_purpose” is prose"), "{says}");
    }

    #[test]
    fn the_text_of_a_reference_is_never_read() {
        assert!(
            complaint("law", "refuse = [\"any\"]\nwhen = { case_ref = \"26-1\" }").contains("only null or not null")
        );
    }

    #[test]
    fn policy_never_permits() {
        assert!(complaint("policy", "permit = [\"bsi\"]\ndisposition = \"disclose\"").contains("only law permits"));
    }

    #[test]
    fn a_refusal_never_proposes_to_disclose() {
        assert!(
            complaint("law", "refuse = [\"bsi\"]\ndisposition = \"disclose\"").contains("cannot propose to disclose")
        );
    }

    #[test]
    fn unknown_keys_facts_and_words_are_errors() {
        assert!(complaint("law", "refuse = [\"bsi\"]\nseverity = 1").contains("severity"));
        assert!(
            complaint("law", "refuse = [\"bsi\"]\nwhen = { sealed = true }")
                .contains("“sealed” is not a declared fact")
        );
        assert!(complaint("law", "refuse = [\"mail\"]").contains("mail"));
    }
}
