//! Every rule that was asked about a demand: those that bore on its answer, and those that said no, with what settled
//! each.

use actix_web::HttpResponse;
use askama::Template;
use serde_json::Value;

use super::case_parts::{Chip, Words, verdict_chip};
use super::fact_fields::field_of;
use super::why_words::fact_value;
use crate::actions::law::trace::{Asked, ask_again};
use crate::domain::id::DemandId;
use crate::law::ground::Reading;
use crate::law::trace::{PackTrace, RuleTrace, Settled, trace};
use crate::law::words::capitalised;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor, WithId};
use crate::web::frame::{Frame, Place};
use crate::web::page::ok;

#[derive(Template)]
#[template(path = "case_rules.html")]
struct RulesPage {
    frame: Frame,
    reference: String,
    number: u32,
    what: String,
    chip: Chip,
    is_sealed: bool,
    /// Whether the rules of the answer are kept.
    is_kept: bool,
    /// Whether the same answer came out again.
    is_same: bool,
    rulebook: String,
    packs: Vec<PackLine>,
    /// Packs that do not speak of the demand.
    others: Vec<PackLine>,
}

struct PackLine {
    name: String,
    version: String,
    /// Whether it speaks of the demand.
    speaks: &'static str,
    by: Vec<String>,
    met: Vec<RuleLine>,
    unmet: Vec<RuleLine>,
}

struct RuleLine {
    id: String,
    says: String,
    cites: String,
    review: String,
    /// What it said, in words.
    said: &'static str,
    /// What that turned on; empty where sealed.
    by: Vec<String>,
}

/// `GET /cases/{reference}/demands/{id}/rules`
///
/// # Errors
/// As [`ask_again`].
pub async fn show(visitor: Visitor, case: OfCase, id: WithId<DemandId>) -> Result<HttpResponse, WebError> {
    let (reference, id) = (case.0.clone(), id.0);
    let asked = visitor.run(move |ctx, who| ask_again(ctx, who, &reference, id)).await?;
    ok(&page(&visitor, &asked))
}

fn page(visitor: &Visitor, asked: &Asked) -> RulesPage {
    let words = Words { names: &asked.view.names, now: visitor.now(), ctx: &visitor.app.ctx };
    let sealed = asked.view.is_sealed;
    let traced = asked.again.as_ref().map(|(facts, rulebook)| trace(rulebook, facts)).unwrap_or_default();
    let line = |one: &PackTrace<'_>| pack_line(one, sealed, words);
    let reference = asked.view.case.reference.to_string();
    RulesPage {
        frame: visitor.frame(format!("Rules asked on demand {} of {reference}", asked.demand.position), Place::Queue),
        reference,
        number: asked.demand.position,
        what: words.what(&asked.demand.asked.service, &asked.demand.asked.category),
        chip: verdict_chip(asked.answer.verdict),
        is_sealed: sealed,
        is_kept: asked.again.is_some(),
        is_same: asked.is_same,
        rulebook: asked.answer.rulebook.clone(),
        packs: traced.iter().filter(|one| one.covers != Reading::No).map(line).collect(),
        others: traced.iter().filter(|one| one.covers == Reading::No).map(line).collect(),
    }
}

fn pack_line(of: &PackTrace<'_>, sealed: bool, words: Words<'_>) -> PackLine {
    let line = |one: &RuleTrace<'_>| rule_line(one, sealed, words);
    PackLine {
        name: of.pack.name.clone(),
        version: of.pack.version.clone(),
        speaks: match of.covers {
            Reading::Yes => "Speaks of this demand.",
            Reading::Unknown => "Nobody can tell yet whether it speaks of this demand.",
            Reading::No => "Does not speak of this demand.",
        },
        by: if sealed { Vec::new() } else { of.by.iter().map(|one| says(one, words)).collect() },
        met: of.rules.iter().filter(|one| one.said != Reading::No).map(line).collect(),
        unmet: of.rules.iter().filter(|one| one.said == Reading::No).map(line).collect(),
    }
}

fn rule_line(of: &RuleTrace<'_>, sealed: bool, words: Words<'_>) -> RuleLine {
    RuleLine {
        id: of.rule.id.clone(),
        says: of.rule.says.clone(),
        cites: of.rule.cites.join("; "),
        review: of.rule.review_status.clone(),
        said: match (of.said, of.part) {
            (Reading::Yes, _) => of.rule.effect.does(),
            (Reading::Unknown, _) => "can't tell yet",
            (Reading::No, part) => part.map_or("does not apply", |part| part.label()),
        },
        by: if sealed { Vec::new() } else { of.by.iter().map(|one| says(one, words)).collect() },
    }
}

/// `Instrument: grand jury subpoena (asks for: search warrant)`.
fn says(one: &Settled, words: Words<'_>) -> String {
    let path = one.told.path.as_str();
    let fact = match field_of(path) {
        Some(field) => field.label.to_owned(),
        None if path.starts_with('@') => one.told.fact.clone(),
        None => words.fact(path),
    };
    let known = match &one.known {
        None => "not known".to_owned(),
        Some(Value::Null) => "there is none".to_owned(),
        Some(value) => fact_value(path, value),
    };
    format!("{}: {known} (asks for: {})", capitalised(&fact), one.told.is)
}
