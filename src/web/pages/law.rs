//! The rule packs as pages: which there are, the rules of one, and the facts that rules speak of.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::case_parts::{Chip, Moment, verdict_chip};
use super::law_here::offered_changes;
use super::law_rules::{RuleCard, card, page_of};
use crate::actions::ActionError;
use crate::actions::law::propose::{ProposalSeen, list_proposals};
use crate::actions::view_rules::{LOOKED_THROUGH, RuleBore, view_rule, view_rulebook};
use crate::domain::staff::Verb;
use crate::law::vector::Vector;
use crate::law::words::{Told, known, said, spaced};
use crate::law::{Effect, Pack, PackKind, Rulebook};
use crate::report::thousands;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::fields::{Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::page::ok;

#[derive(Template)]
#[template(path = "law.html")]
struct LawPage {
    frame: Frame,
    packs: Vec<PackLine>,
    facts: usize,
    rulebook: String,
    proposals: Vec<ProposalLine>,
    /// How many rules the program brings otherwise than what is in force.
    offered: usize,
    may_propose: bool,
}

struct ProposalLine {
    id: String,
    because: String,
    proposer: String,
    at: Moment,
    packs: String,
}

#[derive(Template)]
#[template(path = "law_rule.html")]
struct RulePage {
    frame: Frame,
    pack: String,
    version: String,
    rule: RuleCard,
    vectors: Vec<VectorCard>,
    /// Demands on which it bore, for people who work on cases.
    bore: Option<Vec<BoreLine>>,
    looked_through: String,
}

struct BoreLine {
    reference: String,
    number: u32,
    at: Moment,
    did: String,
    chip: Chip,
}

struct VectorCard {
    says: String,
    /// What is asked: each fact with its value.
    facts: Vec<Told>,
    /// The right answer, and what else must be in it.
    expect: Vec<(&'static str, String)>,
}

struct PackLine {
    name: String,
    version: String,
    kind: &'static str,
    sha256: String,
    rules: usize,
    unreviewed: usize,
    by_effect: String,
}

#[derive(Template)]
#[template(path = "law_pack.html")]
struct PackPage {
    frame: Frame,
    pack: PackLine,
    rules: Vec<RuleCard>,
    found: usize,
    next: Option<String>,
    is_first: bool,
    form: Form,
}

#[derive(Template)]
#[template(path = "law_facts.html")]
struct FactsPage {
    frame: Frame,
    facts: Vec<FactLine>,
    shared: Vec<(String, Vec<Vec<Told>>)>,
    groups: Vec<(String, String)>,
}

struct FactLine {
    path: String,
    means: String,
    kind: &'static str,
    is_nullable: bool,
    words: String,
}

/// Which rules of a pack.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    find: String,
    #[serde(default)]
    after: String,
}

/// `GET /law`
///
/// # Errors
/// A refusal for people who do not read the rules.
pub async fn show(visitor: Visitor) -> Result<HttpResponse, WebError> {
    let (book, open) = visitor.run(|ctx, who| Ok((view_rulebook(ctx, who)?, list_proposals(ctx, who)?))).await?;
    ok(&LawPage {
        frame: visitor.frame("Rules", Place::Rules),
        packs: book.packs().iter().map(pack_line).collect(),
        facts: book.schema().paths().count(),
        rulebook: book.sha256().to_owned(),
        proposals: open.into_iter().map(|one| proposal_line(&visitor, one)).collect(),
        offered: offered_changes(&book, &visitor.app.ctx.law.offered).len(),
        may_propose: visitor.may(Verb::ProposeLaw),
    })
}

fn proposal_line(visitor: &Visitor, seen: ProposalSeen) -> ProposalLine {
    let packs = seen.changed.iter().map(|pack| format!("{} {}", pack.pack, pack.version));
    let gone = seen.gone.iter().map(|name| format!("without {name}"));
    ProposalLine {
        id: seen.proposal.id.to_string(),
        packs: packs.chain(gone).collect::<Vec<_>>().join(" · "),
        because: seen.proposal.because.to_string(),
        proposer: seen.proposal.proposer,
        at: Moment::new(seen.proposal.at, visitor.now()),
    }
}

/// `GET /law/{pack}/{rule}`
///
/// # Errors
/// A refusal for people who do not read the rules; not found without such a rule.
pub async fn rule(visitor: Visitor, names: web::Path<(String, String)>) -> Result<HttpResponse, WebError> {
    let (pack, id) = names.into_inner();
    let asked = id.clone();
    let (book, bore) = visitor.run(move |ctx, who| view_rule(ctx, who, &asked)).await?;
    let found = book.rule(&id).filter(|(of, _)| of.name == pack).ok_or(ActionError::NotFound)?;
    let (pack, rule) = found;
    ok(&RulePage {
        frame: visitor.frame(format!("Rule {}", rule.id), Place::Rules),
        pack: pack.name.clone(),
        version: pack.version.clone(),
        rule: card(rule, book.schema()),
        vectors: pack.vectors_of(&rule.id).map(|vector| vector_card(vector, &book)).collect(),
        bore: bore
            .filter(|_| rule.clock.is_none())
            .map(|all| all.into_iter().map(|one| bore_line(&visitor, one)).collect()),
        looked_through: thousands(LOOKED_THROUGH.unsigned_abs()),
    })
}

fn bore_line(visitor: &Visitor, one: RuleBore) -> BoreLine {
    BoreLine {
        number: one.position,
        at: Moment::new(one.received_at, visitor.now()),
        did: one.did,
        chip: verdict_chip(one.verdict),
        reference: one.reference,
    }
}

fn vector_card(vector: &Vector, book: &Rulebook) -> VectorCard {
    let fact = |(path, value): (&str, &serde_json::Value)| Told {
        path: path.to_owned(),
        fact: book.schema().means(path).to_owned(),
        is: known(value),
    };
    let expect = &vector.expect;
    let mut wanted: Vec<_> =
        expect.verdict.map(|verdict| ("Verdict", verdict.label().to_owned())).into_iter().collect();
    if !expect.clocks.is_empty() {
        wanted.push(("Clocks", expect.clocks.join(", ")));
    }
    wanted.extend(expect.disposition.map(|way| ("Proposes", way.label().to_owned())));
    wanted.extend(expect.min_process.map(|process| ("Would reach it", process.label().to_owned())));
    wanted.extend(expect.findings.iter().map(|code| ("Finding", code.label().to_owned())));
    wanted.extend(expect.duties.iter().map(|(key, value)| ("Duty", format!("{} {}", spaced(key), known(value)))));
    VectorCard { says: vector.says.clone(), facts: vector.facts.iter().map(fact).collect(), expect: wanted }
}

/// `GET /law/{pack}`
///
/// # Errors
/// A refusal for people who do not read the rules; not found without such a pack.
pub async fn pack(
    visitor: Visitor,
    name: web::Path<String>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let book = visitor.run(view_rulebook).await?;
    let pack = book.packs().iter().find(|pack| pack.name == *name).ok_or(ActionError::NotFound)?;
    let (rules, found, next) = page_of(pack, book.schema(), &asked.find, &asked.after);
    ok(&PackPage {
        frame: visitor.frame(format!("Rules: {}", pack.name), Place::Rules),
        pack: pack_line(pack),
        rules,
        found,
        next: next.map(|after| address(&pack.name, &asked.find, &after)),
        is_first: asked.after.is_empty(),
        form: Form::filled(Fields::filled([("find", asked.find.as_str())])),
    })
}

/// `GET /law/facts`
///
/// # Errors
/// A refusal for people who do not read the rules.
pub async fn facts(visitor: Visitor) -> Result<HttpResponse, WebError> {
    let book = visitor.run(view_rulebook).await?;
    ok(&FactsPage {
        frame: visitor.frame("Facts that rules speak of", Place::Rules),
        facts: fact_lines(&book),
        shared: book.schema().defined.iter().map(|(name, c)| (spaced(name), said(c, book.schema()))).collect(),
        groups: book.schema().groups.iter().map(|(name, words)| (spaced(name), spaced(&words.join(", ")))).collect(),
    })
}

fn pack_line(pack: &Pack) -> PackLine {
    let count = |effect: Effect| pack.rules.iter().filter(|rule| rule.effect == effect).count();
    let by_effect = [
        (Effect::Permit, "permit"),
        (Effect::Refuse, "bar"),
        (Effect::Review, "send to a person"),
        (Effect::Note, "add a note"),
    ];
    let by_effect = by_effect.iter().map(|&(effect, do_what)| format!("{} {do_what}", count(effect)));
    PackLine {
        name: pack.name.clone(),
        version: pack.version.clone(),
        kind: match pack.kind {
            PackKind::Law => "law",
            PackKind::Policy => "the provider's own policy: it may hold back, never permit",
        },
        sha256: pack.sha256.clone(),
        rules: pack.rules.len(),
        unreviewed: pack.rules.iter().filter(|rule| !rule.is_reviewed()).count(),
        by_effect: by_effect.collect::<Vec<_>>().join(" · "),
    }
}

fn fact_lines(book: &Rulebook) -> Vec<FactLine> {
    let line = |(path, fact): (&str, &crate::law::schema::Fact)| FactLine {
        path: path.to_owned(),
        means: fact.means.clone(),
        kind: fact.kind().label(),
        is_nullable: fact.is_nullable(),
        words: spaced(&fact.words().join(", ")),
    };
    book.schema().paths().map(line).collect()
}

fn address(pack: &str, find: &str, after: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if !find.is_empty() {
        query.append_pair("find", find);
    }
    format!("/law/{pack}?{}", query.append_pair("after", after).finish())
}
