//! What the rules say in general: which paper reaches which data. Each paper in order that a pack offers for it (a *base* with
//! a `guideline`) is asked about each kind of data that the catalogue keeps.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::facts::Facts;
use super::ground::{Ground, Reading};
use super::of_case::{Provider, class_for, of_provider};
use super::pack::{Pack, PackKind};
use super::rule::Rule;
use super::rulebook::Rulebook;
use crate::domain::assessment::PackRef;
use crate::domain::catalogue::{Catalogue, Category, Retention, Service};
use crate::domain::clock::ClockKind;
use crate::domain::instrument::Instrument;
use crate::domain::verdict::{Disposition, Verdict};

/// The provider's rules for those who ask, as its packs and its catalogue have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guidelines {
    /// The legal entity to serve.
    pub entity: String,
    /// Its country and, in the United States, its state.
    pub place: String,
    /// The papers that are asked about, in the order of the closed list of instruments.
    pub papers: Vec<PaperLine>,
    /// The services with what is kept.
    pub services: Vec<ServiceLines>,
    /// What is asked of a paper that falls short: the cures of the rules on defects that hold for all papers.
    pub cures: Vec<String>,
    /// By when who does what.
    pub clocks: Vec<ClockLine>,
    /// The provider's own rules beside the law.
    pub policy: Vec<String>,
    /// The packs with their versions.
    pub packs: Vec<PackRef>,
    /// How many rules there are, and of how many counsel has not confirmed the reading.
    pub rules: (usize, usize),
}

/// A kind of paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperLine {
    /// What it is, as requesters call it.
    pub title: String,
    /// What is told to the customer, as the duty has it; empty where no rule says.
    pub notice: String,
    /// What the answers rest on, each citation once.
    pub cites: Vec<String>,
}

/// A service with the kinds of data it keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceLines {
    /// Its name.
    pub name: String,
    /// Its kinds of data.
    pub categories: Vec<CategoryLine>,
}

/// A kind of data, and what each paper reaches of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryLine {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub holds: String,
    /// How long it is kept, in words; empty where the catalogue does not say.
    pub kept: String,
    /// The answers, in the order of the papers.
    pub answers: Vec<Reaches>,
}

/// Whether a paper reaches a kind of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaches {
    /// It does.
    Yes,
    /// It does not; what would, in words.
    Needs(String),
    /// It does not, and no stronger paper of this kind would.
    No,
    /// A person decides each time.
    CaseByCase,
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockLine {
    /// What.
    pub title: String,
    /// The rule in plain words.
    pub says: String,
    /// What it cites.
    pub cites: String,
}

impl Guidelines {
    /// Asks the rules. Papers that cannot reach this provider are left out: those served on another country's, and
    /// European orders where it has neither an establishment nor a representative in the Union.
    pub fn of(book: &Rulebook, catalogue: &Catalogue, provider: &Provider) -> Guidelines {
        let mut papers: Vec<(&str, &Facts)> =
            book.guideline_bases().filter(|(_, facts)| is_served_here(facts, provider)).collect();
        papers.sort_by_key(|(_, facts)| instrument(facts));
        let mut lines: Vec<PaperLine> = papers.iter().map(|(title, _)| PaperLine::new(title)).collect();
        let mut services = Vec::new();
        for service in &catalogue.services {
            let kept = service.categories.iter().filter(|kind| kind.retention != Some(Retention::NotKept));
            let categories = kept.map(|category| {
                let answers = papers.iter().zip(&mut lines).map(|((_, facts), line)| {
                    let answer = book.evaluate(&asked(facts, (service, category), provider));
                    line.learn(&answer);
                    Reaches::of(&answer)
                });
                CategoryLine {
                    name: category.name.clone(),
                    holds: category.holds.clone(),
                    kept: category.retention.map(|kept| kept.to_string()).unwrap_or_default(),
                    answers: answers.collect(),
                }
            });
            services.push(ServiceLines { name: service.name.clone(), categories: categories.collect() });
        }
        services.retain(|service| !service.categories.is_empty());
        let instruments: BTreeSet<&str> = papers.iter().filter_map(|(_, facts)| word(facts, "instrument")).collect();
        let all = || book.packs().iter().flat_map(|pack| pack.rules.iter().map(move |rule| (pack, rule)));
        let open = all().filter(|(_, rule)| !rule.is_reviewed()).count();
        Guidelines {
            entity: provider.entity.clone(),
            place: [provider.state.as_str(), provider.country.as_str()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", "),
            papers: lines,
            services,
            cures: cures(book, papers.iter().map(|(_, facts)| *facts)),
            clocks: all().filter_map(|(pack, rule)| clock_line(book, (pack, rule), &instruments)).collect(),
            policy: policy(book, provider),
            packs: book.pinned(),
            rules: (all().count(), open),
        }
    }
}

impl PaperLine {
    fn new(title: &str) -> PaperLine {
        PaperLine { title: title.to_owned(), notice: String::new(), cites: Vec::new() }
    }

    fn learn(&mut self, answer: &crate::domain::assessment::Assessment) {
        if let Some(notice) = answer.duties.get("user_notice").and_then(Value::as_str) {
            notice.clone_into(&mut self.notice);
        }
        // What bars an item is no ground on which another is given.
        let new = answer.citations.iter().filter(|_| answer.verdict == Verdict::Permitted);
        for cite in new {
            if !self.cites.contains(cite) {
                self.cites.push(cite.clone());
            }
        }
    }
}

impl Reaches {
    fn of(answer: &crate::domain::assessment::Assessment) -> Reaches {
        match (answer.verdict, answer.min_process) {
            (Verdict::Permitted, _) if answer.disposition.discloses() => Reaches::Yes,
            // The law would permit it, and the provider's policy does not.
            (Verdict::Permitted, _) if answer.disposition == Disposition::Reject => Reaches::No,
            (Verdict::Permitted, _) => Reaches::CaseByCase,
            (Verdict::NeedsHigherProcess, Some(process)) => Reaches::Needs(process.label().to_owned()),
            (Verdict::ManualReview, _) => Reaches::CaseByCase,
            _ => Reaches::No,
        }
    }
}

fn word<'f>(facts: &'f Facts, path: &str) -> Option<&'f str> {
    facts.get(path)?.as_str()
}

fn instrument(facts: &Facts) -> Option<Instrument> {
    word(facts, "instrument")?.parse().ok()
}

fn is_served_here(facts: &Facts, provider: &Provider) -> bool {
    match instrument(facts) {
        Some(instrument) if instrument.is_eu_order() => !provider.eu_role.is_empty(),
        _ => word(facts, "addressee_country") == Some(provider.country.as_str()),
    }
}

/// The facts of a paper in order that asks this provider for one kind of data.
fn asked(base: &Facts, (service, category): (&Service, &Category), provider: &Provider) -> Facts {
    let mut facts = base.clone();
    if let Some(instrument) = instrument(base) {
        of_provider(&mut facts, provider, instrument);
        facts.insert("data_class", json!(class_for(instrument, category, provider)));
    }
    facts.insert("temporal", json!("stored"));
    // What somebody set open to everyone needs no paper.
    facts.insert("content_public", json!(false));
    facts.insert("service_kind", json!(service.kind));
    facts.insert("offered_to_public", json!(service.offered_to_public));
    facts
}

/// What is asked of a paper that falls short, whoever asks for whatever: rules about the paper itself that apply to all, of the packs that
/// speak of these papers.
fn cures<'f>(book: &Rulebook, papers: impl Iterator<Item = &'f Facts>) -> Vec<String> {
    let grounds: Vec<Ground<'_>> = papers.map(|facts| Ground::settled(book.schema(), facts)).collect();
    let is_asked = |pack: &&Pack| grounds.iter().any(|ground| pack.covers(ground) == Reading::Yes);
    let about_all = |rule: &&Rule| {
        let [scope, applies_to, ..] = rule.conditions();
        rule.defect && !rule.cure.is_empty() && scope.is_always() && applies_to.is_always()
    };
    let mut cures: Vec<String> = Vec::new();
    for rule in book.packs().iter().filter(is_asked).flat_map(|pack| &pack.rules).filter(about_all) {
        if !cures.contains(&rule.cure) {
            cures.push(rule.cure.clone());
        }
    }
    cures
}

/// A clock that requesters should know: when they get an answer, and how long a copy is kept for them.
fn clock_line(book: &Rulebook, (pack, rule): (&Pack, &Rule), instruments: &BTreeSet<&str>) -> Option<ClockLine> {
    let clock = rule.clock.as_ref().filter(|clock| matches!(clock.terms.kind, ClockKind::Answer | ClockKind::Hold))?;
    let slot = book.schema().slot("instrument")?;
    let [_, applies_to, ..] = rule.conditions();
    let named = applies_to.words_listed(slot).into_iter().chain(pack.covered().words_listed(slot)).collect::<Vec<_>>();
    let is_ours = |word: &String| instruments.contains(word.as_str());
    if !named.is_empty() && !named.iter().any(is_ours) {
        return None;
    }
    Some(ClockLine { title: clock.terms.title.clone(), says: rule.says.clone(), cites: rule.cites.join("; ") })
}

/// What the provider's own policy says, as it is set.
fn policy(book: &Rulebook, provider: &Provider) -> Vec<String> {
    let mut facts = Facts::new();
    of_provider(&mut facts, provider, Instrument::SearchWarrant);
    let is_on = |rule: &Rule| {
        let reads = rule.reads.iter().map(|slot| book.schema().path(*slot));
        let switches: Vec<&str> = reads.filter(|path| path.starts_with("policy.")).collect();
        switches.iter().all(|path| facts.get(path) != Some(&json!(false)))
    };
    let rules = book.packs().iter().filter(|pack| pack.kind == PackKind::Policy).flat_map(|pack| &pack.rules);
    rules.filter(|rule| rule.clock.is_none() && is_on(rule)).map(|rule| rule.says.clone()).collect()
}
