//! The rule packs as pages: which there are, the rules of one, and the facts that rules speak of.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::law_rules::{RuleCard, page_of};
use crate::actions::ActionError;
use crate::actions::view_rules::view_rulebook;
use crate::law::words::{Told, said, spaced};
use crate::law::{Effect, Pack, PackKind, Rulebook};
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
    let book = visitor.run(view_rulebook).await?;
    let packs = book.packs().iter().map(pack_line).collect();
    ok(&LawPage { frame: visitor.frame("Rules", Place::Rules), packs, facts: book.schema().paths().count() })
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
