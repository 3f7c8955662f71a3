use std::collections::BTreeMap;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::condition::Condition;
use super::error::ParseError;
use super::ground::{Ground, Reading};
use super::rule::{Effect, Rule, RuleText};
use super::schema::Schema;
use super::sound;
use super::vector::{Bases, FactsText, Unread, Vector, VectorText};
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
    /// Its rules' own tests, those of a rule together.
    pub vectors: Vec<Vector>,
    /// Vectors and bases that start from facts no pack has, perhaps because one was left out: they can't be asked. No
    /// fault of the law; the linter names them.
    pub unasked: Vec<ParseError>,
    /// Where it was read from.
    pub file: String,
    /// Its text.
    pub text: String,
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
    base: BTreeMap<String, FactsText>,
    #[serde(default)]
    rule: Vec<RuleText>,
}

/// A pack whose vectors are not read yet: they may build on the bases of other packs.
pub struct PackDraft {
    pack: Pack,
    bases: BTreeMap<String, FactsText>,
    vectors: Vec<(String, Vec<VectorText>)>,
    /// What is wrong with it.
    pub faults: Vec<ParseError>,
}

impl Pack {
    /// Reads a pack that stands alone from its text.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(file: &str, text: &str, schema: &Schema) -> Result<Pack, ParseError> {
        let draft = PackDraft::read(file, text, schema)?;
        let (bases, baseless) = Bases::read(&draft.bases(), schema)?;
        let (pack, faults) = draft.finish(&bases, schema);
        faults.into_iter().chain(baseless).chain(pack.unasked.clone()).next().map_or(Ok(pack), Err)
    }

    /// Whether the pack speaks about this demand at all.
    pub fn covers(&self, ground: &Ground<'_>) -> Reading {
        self.covers.answer(ground)
    }

    /// Whether any of its rules permits: a pack of mere conditions speaks of a demand without covering it.
    pub fn permits(&self) -> bool {
        self.rules.iter().any(|rule| rule.effect == Effect::Permit)
    }

    /// What it covers.
    pub(super) fn covered(&self) -> &Condition {
        &self.covers
    }

    /// A fault of one of its rules, at the line where it shows.
    pub fn fault(&self, rule: &str, says: String) -> ParseError {
        ParseError::new(&self.file, says).in_rule(rule).in_text(&self.text)
    }

    fn unread(&self, rule: &str, vector: &VectorText, says: &str) -> ParseError {
        self.fault(rule, format!("vector “{}”: {says}", vector.says()))
    }

    /// Its rule of an id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The vectors that stand beneath a rule.
    pub fn vectors_of(&self, rule: &str) -> impl Iterator<Item = &Vector> {
        self.vectors.iter().filter(move |vector| vector.rule == rule)
    }

    /// The pack as an answer pins it.
    pub fn pinned(&self) -> PackRef {
        PackRef { pack: self.name.clone(), version: self.version.clone(), sha256: self.sha256.clone() }
    }
}

impl PackDraft {
    /// Reads the rules of a pack; a rule that can't be read is left out and named among the faults.
    ///
    /// # Errors
    /// A text that is no pack.
    pub fn read(file: &str, text: &str, schema: &Schema) -> Result<PackDraft, ParseError> {
        let read: PackText = toml::from_str(text).map_err(|e| ParseError::from_toml(file, text, &e))?;
        let covers = read.covers.as_ref().map_or(Ok(Condition::always()), |raw| Condition::read(raw, schema));
        let pack = Pack {
            name: read.pack,
            version: read.version,
            kind: read.kind,
            sha256: hex::encode(Sha256::digest(text.as_bytes())),
            rules: Vec::with_capacity(read.rule.len()),
            vectors: Vec::new(),
            unasked: Vec::new(),
            file: file.to_owned(),
            text: text.to_owned(),
            covers: covers
                .map_err(|says| ParseError::new(file, format!("covers: {says}")).at_line_of(text, "covers"))?,
        };
        let mut draft = PackDraft { pack, bases: read.base, vectors: Vec::new(), faults: Vec::new() };
        for written in read.rule {
            draft.take(written, schema);
        }
        draft.pack.rules.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(draft)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.pack.name
    }

    /// The bases it brings: file, name, text.
    pub fn bases(&self) -> Vec<(&str, &str, &FactsText)> {
        let file = self.pack.file.as_str();
        self.bases.iter().map(|(name, text)| (file, name.as_str(), text)).collect()
    }

    /// Reads the vectors; gives the pack, and all that is wrong with it.
    pub fn finish(mut self, bases: &Bases, schema: &Schema) -> (Pack, Vec<ParseError>) {
        for (rule, texts) in std::mem::take(&mut self.vectors) {
            for text in texts {
                match text.read(&rule, bases, schema) {
                    Ok(vector) => self.pack.vectors.push(vector),
                    Err(Unread::Wrong(says)) => self.faults.push(self.pack.unread(&rule, &text, &says)),
                    Err(Unread::Baseless(says)) => self.pack.unasked.push(self.pack.unread(&rule, &text, &says)),
                }
            }
        }
        (self.pack, self.faults)
    }

    fn take(&mut self, mut written: RuleText, schema: &Schema) {
        let id = written.id.clone();
        self.vectors.push((id.clone(), std::mem::take(&mut written.vector)));
        let read = written.read(schema).and_then(|rule| sound::rule(&rule, self.pack.kind).map(|()| rule));
        match read {
            Ok(rule) => self.pack.rules.push(rule),
            Err(says) => self.faults.push(self.pack.fault(&id, says)),
        }
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
        assert!(says.starts_with("p.toml, line 11, rule “a”: “stated_purpose” is prose"), "{says}");
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
