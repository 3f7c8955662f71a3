use serde_json::Value;
use sha2::{Digest, Sha256};

use super::error::ParseError;
use super::evaluate;
use super::facts::Facts;
use super::pack::{Pack, PackDraft};
use super::rule::Rule;
use super::schema::Schema;
use super::sound;
use super::vector::Bases;
use crate::domain::assessment::{Assessment, PackRef};
use crate::domain::rulebook::{LawText, LawTexts};
use crate::domain::verdict::Verdict;

/// The declared facts and every pack of rules.
#[derive(Debug, Clone)]
pub struct Rulebook {
    schema: Schema,
    packs: Vec<Pack>,
    bases: Bases,
    /// The bases that stand in the guidelines, with their titles: in the order of packs and names.
    guidelines: Vec<(String, String)>,
    facts_text: String,
    sha256: String,
}

impl Rulebook {
    /// Reads the declared facts (`config/law/facts.toml`) and packs, each a file name with its text.
    pub fn parse(facts_toml: &str, packs: &[(String, String)]) -> Result<Rulebook, ParseError> {
        let (book, faults) = Rulebook::draft(facts_toml, packs)?;
        faults.into_iter().next().map_or(Ok(book), Err)
    }

    /// Reads them, leaves out what can't be read, and names it.
    ///
    /// # Errors
    /// Facts or bases that can't be read at all.
    pub fn draft(facts_toml: &str, packs: &[(String, String)]) -> Result<(Rulebook, Vec<ParseError>), ParseError> {
        let schema = Schema::parse(facts_toml)?;
        let (mut drafts, mut faults) = (Vec::new(), Vec::new());
        for (file, text) in packs {
            match PackDraft::read(file, text, &schema) {
                Ok(draft) => drafts.push(draft),
                Err(fault) => faults.push(fault),
            }
        }
        let bases: Vec<_> = drafts.iter().flat_map(PackDraft::bases).collect();
        let offered = bases.iter().filter_map(|(_, name, text)| Some((text.guideline.clone()?, (*name).to_owned())));
        let guidelines = offered.collect();
        let (bases, baseless) = Bases::read(&bases, &schema)?;
        let mut packs = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let (mut pack, wrong) = draft.finish(&bases, &schema);
            faults.extend(wrong);
            pack.unasked.extend(baseless.iter().filter(|fault| fault.file == pack.file).cloned());
            packs.push(pack);
        }
        faults.extend(sound::packs(&packs));
        packs.sort_by(|one, other| one.name.cmp(&other.name));
        let sha256 = named(facts_toml, &packs);
        Ok((Rulebook { schema, packs, bases, guidelines, facts_text: facts_toml.to_owned(), sha256 }, faults))
    }

    /// Reads it from its texts.
    ///
    /// # Errors
    /// The first thing that is wrong with them.
    pub fn read(texts: &LawTexts) -> Result<Rulebook, ParseError> {
        let packs: Vec<_> = texts.packs.iter().map(|pack| (pack.file.clone(), pack.text.clone())).collect();
        Rulebook::parse(&texts.facts, &packs)
    }

    /// The same rulebook with a pack in the place of the one that has its name, and all that is wrong with that.
    ///
    /// # Errors
    /// A text that is no pack.
    pub fn draft_with(&self, file: &str, text: &str) -> Result<(Rulebook, Vec<ParseError>), ParseError> {
        let name = PackDraft::read(file, text, &self.schema)?.name().to_owned();
        let others = self.packs.iter().filter(|pack| pack.name != name);
        let mut packs: Vec<_> = others.map(|pack| (pack.file.clone(), pack.text.clone())).collect();
        packs.push((file.to_owned(), text.to_owned()));
        Rulebook::draft(&self.facts_text, &packs)
    }

    /// The same rulebook with a pack in the place of the one that has its name.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn with_pack(&self, file: &str, text: &str) -> Result<Rulebook, ParseError> {
        let (book, faults) = self.draft_with(file, text)?;
        faults.into_iter().next().map_or(Ok(book), Err)
    }

    /// Its texts, as they were read.
    pub fn texts(&self) -> LawTexts {
        let text = |pack: &Pack| LawText { file: pack.file.clone(), text: pack.text.clone() };
        LawTexts { facts: self.facts_text.clone(), packs: self.packs.iter().map(text).collect() }
    }

    /// The hash over its facts and packs, which names it: lower-case hex. Files' names are no part of it.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Every pack as an answer pins it.
    pub fn pinned(&self) -> Vec<PackRef> {
        self.packs.iter().map(Pack::pinned).collect()
    }

    /// The rule of an id, with its pack.
    pub fn rule(&self, id: &str) -> Option<(&Pack, &Rule)> {
        self.packs.iter().find_map(|pack| Some((pack, pack.rule(id)?)))
    }

    /// The verdict alone.
    pub fn verdict(&self, facts: &Facts) -> Verdict {
        evaluate::verdict(self, facts)
    }

    /// The answer on one demand if a rule did not exist.
    pub fn evaluate_without(&self, rule: &str, facts: &Facts) -> Assessment {
        evaluate::evaluate_without(self, facts, Some(rule))
    }

    /// The packs, sorted by name.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// The facts that vectors start from, by name.
    pub fn base(&self, name: &str) -> Option<&Facts> {
        self.bases.get(name)
    }

    /// The papers in order that stand in the provider's guidelines, each by its title.
    pub fn guideline_bases(&self) -> impl Iterator<Item = (&str, &Facts)> {
        self.guidelines.iter().filter_map(|(title, name)| Some((title.as_str(), self.bases.get(name)?)))
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
        evaluate::evaluate_without(self, facts, None)
    }
}

/// `facts HASH`, then `pack NAME HASH` of each in the order of their names, a line each.
fn named(facts: &str, packs: &[Pack]) -> String {
    let hash = |text: &str| hex::encode(Sha256::digest(text.as_bytes()));
    let lines = packs.iter().map(|pack| format!("pack {} {}\n", pack.name, pack.sha256));
    hash(&std::iter::once(format!("facts {}\n", hash(facts))).chain(lines).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::verdict::{Disposition, Verdict};
    use serde_json::json;

    const FACTS: &str = "[fact]\nsigned = { type = \"bool\", means = \"whether it is signed\" }\n\
        received_at = { type = \"instant\", means = \"receipt\" }\n\
        as_of = { type = \"day\", means = \"day asked\" }\n\
        matter = { type = \"word\", list = \"matter\", means = \"matter\" }\n\
        data_class = { type = \"word\", list = \"data_class\", means = \"class\" }\n\
        [groups]\n[define]\n[[required]]\nfacts = [\"signed\", \"data_class\", \"received_at\"]\n";

    const PACK: &str = "pack = \"p\"\nversion = \"1\"\nkind = \"law\"\n\
        [[rule]]\nid = \"yes\"\ncites = [\"A\"]\neffective_from = \"2000-01-01\"\nreview_status = \"unreviewed\"\n\
        permit = [\"bsi\"]\ndisposition = \"disclose\"\nsays = \"It may go.\"\n\
        [[rule]]\nid = \"bar\"\ncites = [\"B\"]\neffective_from = \"2020-01-01\"\nreview_status = \"unreviewed\"\n\
        refuse = [\"any\"]\nwhen = { matter = \"civil\" }\ninstead = \"search_warrant\"\nsays = \"A warrant.\"\n\
        [[rule]]\nid = \"unsigned\"\ncites = [\"C\"]\neffective_from = \"2000-01-01\"\nreview_status = \"unreviewed\"\n\
        refuse = [\"any\"]\ndefect = true\nwhen = { signed = false }\nfindings = [\"not_signed\"]\n\
        disposition = \"seek_clarification\"\nsays = \"Not signed.\"\ncure = \"Sign it.\"\n";

    fn answer(facts: Value) -> Assessment {
        let book = Rulebook::parse(FACTS, &[("p.toml".to_owned(), PACK.to_owned())]).unwrap();
        book.evaluate(&book.facts_from_json(&facts).unwrap())
    }

    #[test]
    fn a_clean_paper_is_permitted() {
        let given = answer(json!({"signed": true, "data_class": "bsi", "received_at": "2026-09-14T15:00:00Z"}));
        assert_eq!((given.verdict, given.basis_verdict), (Verdict::Permitted, None));
        assert_eq!((given.disposition, given.citations), (Disposition::Disclose, vec!["A".to_owned()]));
        assert!(given.would_change.is_empty());
    }

    #[test]
    fn a_defect_bars_this_paper_and_not_its_kind() {
        let given = answer(json!({"signed": false, "data_class": "bsi", "received_at": "2026-09-14T15:00:00Z"}));
        assert_eq!((given.verdict, given.basis_verdict), (Verdict::Prohibited, Some(Verdict::Permitted)));
        assert_eq!(given.would_change, ["Sign it."]);
    }

    #[test]
    fn a_bar_stands_whatever_else_is_unknown() {
        let given = answer(json!({"matter": "civil", "received_at": "2026-09-14T15:00:00Z"}));
        assert_eq!(given.verdict, Verdict::NeedsHigherProcess);
        assert_eq!(given.would_change, ["A search warrant would reach it."]);
    }

    #[test]
    fn a_rule_binds_only_from_its_first_day() {
        let given = answer(json!({
            "signed": true, "data_class": "bsi", "matter": "civil", "received_at": "2019-12-31T15:00:00Z",
        }));
        assert_eq!(given.verdict, Verdict::Permitted);
    }

    #[test]
    fn what_is_not_known_is_asked() {
        let given = answer(json!({"data_class": "bsi", "received_at": "2026-09-14T15:00:00Z"}));
        assert_eq!((given.verdict, given.disposition), (Verdict::ManualReview, Disposition::SeekClarification));
        assert_eq!((given.basis_verdict, given.missing_facts), (Some(Verdict::Permitted), vec!["signed".to_owned()]));
        assert!(given.why.contains("whether it is signed"), "{}", given.why);
    }

    #[test]
    fn what_no_rule_permits_has_no_basis() {
        let given = answer(json!({"signed": true, "data_class": "content", "received_at": "2026-09-14T15:00:00Z"}));
        assert_eq!((given.verdict, given.disposition), (Verdict::Prohibited, Disposition::Reject));
        assert!(given.why.contains("no basis"), "{}", given.why);
    }

    #[test]
    fn a_fact_built_by_hand_that_does_not_hold_to_its_type_is_not_known() {
        let book = Rulebook::parse(FACTS, &[("p.toml".to_owned(), PACK.to_owned())]).unwrap();
        let facts = Facts::new().set("data_class", json!("bsi")).set("signed", json!("no"));
        assert!(book.check_facts(&facts).is_err());
        let given = book.evaluate(&facts.set("received_at", json!("2026-09-14T15:00:00Z")));
        assert_eq!(given.verdict, Verdict::ManualReview);
        assert!(given.missing_facts.contains(&"signed".to_owned()));
    }
}
