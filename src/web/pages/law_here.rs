//! Proposing other rules, seeing what they would change, adopting them as a second person.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::case_parts::Moment;
use crate::actions::law::flips::{self, Flip, Looked};
use crate::actions::law::propose::{self, ProposalSeen, Proposed};
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::id::LawProposalId;
use crate::domain::rulebook::LawText;
use crate::domain::staff::Verb;
use crate::law::pack::Pack;
use crate::law::{Rulebook, differ};
use crate::web::WebError;
use crate::web::extract::{Visitor, WithId};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};
use crate::web::run::run;
use crate::web::upload::FieldsWithText;

#[derive(Template)]
#[template(path = "law_propose.html")]
struct ProposePage {
    frame: Frame,
    form: Form,
    /// What the program brings otherwise than what is in force: rule, what became of it, what it says.
    offered: Vec<Change>,
    /// The packs in force, each of which might be left out.
    packs: Vec<String>,
}

#[derive(Template)]
#[template(path = "law_proposal.html")]
struct ProposalPage {
    frame: Frame,
    id: String,
    rulebook: String,
    /// The rulebook in force, which this one would replace.
    in_force: String,
    because: String,
    proposer: String,
    at: Moment,
    changes: Vec<Change>,
    packs: Vec<String>,
    /// Vectors that nobody could ask any more, one or more per pack: the pack and how many.
    unasked: Vec<(String, usize)>,
    looked: LookedWords,
    may_adopt: bool,
    is_own: bool,
    may_decline: bool,
}

/// One rule that is not the same.
pub struct Change {
    /// The pack it stands in.
    pub pack: String,
    /// Its id.
    pub rule: String,
    /// What became of it.
    pub how: &'static str,
    /// The chip's tone and glyph.
    pub tone: (&'static str, &'static str),
    /// What it says.
    pub says: String,
}

/// What looking through the open cases has found so far.
struct LookedWords {
    /// Whether somebody still looks: how many of how many.
    underway: Option<(u64, u64)>,
    /// When it was done, and how many demands were looked at.
    done: Option<(Moment, u64)>,
    /// How many verdicts would be others, by what they are and would be.
    kinds: Vec<(String, String, usize)>,
    /// Those of cases that this person knows of.
    known: Vec<FlipLine>,
    /// How many more there are.
    hidden: usize,
}

struct FlipLine {
    reference: String,
    position: u32,
    was: &'static str,
    would: &'static str,
}

/// How many flips a page names.
const MOST: usize = 500;

/// Whether to look again.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    anew: String,
}

/// `GET /law/propose`
///
/// # Errors
/// A refusal for people who may not propose rules.
pub async fn form(visitor: Visitor) -> Result<HttpResponse, WebError> {
    ok(&form_page(&visitor, Form::default()).await?)
}

/// `POST /law/propose`: a pack, pasted or as a file, or what the program brings.
///
/// # Errors
/// As [`propose::propose`].
pub async fn propose(visitor: Visitor, sent: FieldsWithText) -> Result<HttpResponse, WebError> {
    let fields = one_text(sent.0);
    let mut errors = Errors::default();
    let because = fields.required_prose("because", &mut errors);
    let what = match fields.text("what") {
        "offered" => Some(Proposed::Offered),
        "without" => fields.required_line("gone", &mut errors).map(|name| Proposed::WithoutPack(name.to_string())),
        _ => text_of(&fields, &mut errors).map(Proposed::WithPack),
    };
    if let (Some(because), Some(what), true) = (because, what, errors.is_empty()) {
        let done = post_once(&visitor, &fields, || async {
            let id = visitor.run(move |ctx, who| propose::propose(ctx, who, what, because)).await?;
            Ok(format!("/law/proposals/{id}"))
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => error.into_invalid()?.iter().for_each(|e| errors.add(e.field.as_str(), e.reason.clone())),
        }
    }
    again(&form_page(&visitor, Form::again(fields, errors)).await?)
}

/// `GET /law/proposals/{id}`
///
/// # Errors
/// Not found once it was answered.
pub async fn show(
    visitor: Visitor,
    id: WithId<LawProposalId>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let (WithId(id), anew) = (id, asked.anew == "yes");
    let found = visitor.run(move |ctx, who| found(ctx, who, id, anew)).await?;
    let (seen, in_force, looked, must_look) = found;
    if must_look {
        let (app, rulebook) = (visitor.app.clone(), seen.rulebook.clone());
        actix_web::rt::spawn(async move {
            let looking = run(&app, move |ctx| {
                flips::look(ctx, &rulebook);
                Ok(())
            });
            if looking.await.is_err() {
                tracing::warn!("nobody could look through the open cases");
            }
        });
    }
    ok(&proposal_page(&visitor, &seen, &in_force, looked))
}

/// `POST /law/proposals/{id}/adopt`
///
/// # Errors
/// As [`propose::adopt`].
pub async fn adopt(visitor: Visitor, id: WithId<LawProposalId>, fields: Fields) -> Result<HttpResponse, WebError> {
    let seen = fields.text("in_force").to_owned();
    answer(visitor, id, fields, move |ctx, who, id| propose::adopt(ctx, who, id, seen)).await
}

/// `POST /law/proposals/{id}/decline`
///
/// # Errors
/// As [`propose::decline`].
pub async fn decline(visitor: Visitor, id: WithId<LawProposalId>, fields: Fields) -> Result<HttpResponse, WebError> {
    answer(visitor, id, fields, propose::decline).await
}

async fn answer(
    visitor: Visitor,
    WithId(id): WithId<LawProposalId>,
    fields: Fields,
    act: impl FnOnce(&Ctx, &SignedIn, LawProposalId) -> Result<(), ActionError> + Send + 'static,
) -> Result<HttpResponse, WebError> {
    post_once(&visitor, &fields, || async {
        visitor.run(move |ctx, who| act(ctx, who, id)).await?;
        Ok("/law".to_owned())
    })
    .await
}

type Found = (ProposalSeen, Arc<Rulebook>, Looked, bool);

fn found(ctx: &Ctx, who: &SignedIn, id: LawProposalId, anew: bool) -> Result<Found, ActionError> {
    let seen = propose::view_proposal(ctx, who, id)?;
    let (looked, must_look) = flips::seen(ctx, &seen.rulebook, anew)?;
    Ok((seen, ctx.rulebook(), looked, must_look))
}

async fn form_page(visitor: &Visitor, form: Form) -> Result<ProposePage, WebError> {
    let in_force = visitor.run(propose::view_to_propose).await?;
    let offered = offered_changes(&in_force, &visitor.app.ctx.law.offered);
    let packs = in_force.packs().iter().map(|pack| pack.name.clone()).collect();
    Ok(ProposePage { frame: visitor.frame("Propose rules", Place::Rules), form, offered, packs })
}

fn proposal_page(visitor: &Visitor, seen: &ProposalSeen, in_force: &Rulebook, looked: Looked) -> ProposalPage {
    let proposal = &seen.proposal;
    let is_own = proposal.by == visitor.who().staff.id;
    let new = seen.changed.iter().map(|pack| format!("{} {}", pack.pack, pack.version));
    let gone = seen.gone.iter().map(|name| format!("without {name}"));
    ProposalPage {
        frame: visitor.frame("Proposed rules", Place::Rules),
        id: proposal.id.to_string(),
        rulebook: proposal.rulebook.clone(),
        in_force: in_force.sha256().to_owned(),
        because: proposal.because.to_string(),
        proposer: proposal.proposer.clone(),
        at: Moment::new(proposal.at, visitor.now()),
        changes: changes(in_force, &seen.rulebook),
        packs: new.chain(gone).collect(),
        unasked: seen.rulebook.packs().iter().map(unasked).filter(|(_, many)| *many > 0).collect(),
        looked: LookedWords::new(looked, visitor),
        may_adopt: visitor.may(Verb::AdoptLaw) && !is_own,
        is_own,
        may_decline: visitor.may(Verb::ProposeLaw),
    }
}

fn unasked(pack: &Pack) -> (String, usize) {
    (pack.name.clone(), pack.unasked.len())
}

impl LookedWords {
    fn new(looked: Looked, visitor: &Visitor) -> LookedWords {
        let nothing = LookedWords { underway: None, done: None, kinds: Vec::new(), known: Vec::new(), hidden: 0 };
        match looked {
            Looked::BrokenOff => nothing,
            Looked::Underway(progress) => LookedWords { underway: Some((progress.done, progress.all)), ..nothing },
            Looked::Done { flips, demands, at } => {
                let who = &visitor.who().staff;
                // Nobody counts a case they may not know of.
                let told: Vec<&Flip> =
                    flips.iter().filter(|flip| flip.is_ordinary() || flip.is_known_to(who)).collect();
                let known = told.iter().filter(|flip| flip.is_known_to(who));
                let known: Vec<_> = known.take(MOST).map(|flip| line(flip)).collect();
                LookedWords {
                    done: Some((Moment::new(at, visitor.now()), demands)),
                    kinds: kinds(&told),
                    hidden: told.len().saturating_sub(known.len()),
                    known,
                    underway: None,
                }
            }
        }
    }
}

fn kinds(flips: &[&Flip]) -> Vec<(String, String, usize)> {
    let mut counted: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for flip in flips {
        *counted.entry((flip.was.label(), flip.would.label())).or_default() += 1;
    }
    counted.into_iter().map(|((was, would), count)| (was.to_owned(), would.to_owned(), count)).collect()
}

fn line(flip: &Flip) -> FlipLine {
    FlipLine {
        reference: flip.on.reference.clone(),
        position: flip.on.position,
        was: flip.was.label(),
        would: flip.would.label(),
    }
}

/// The rules that would differ if what the program brings were taken over: packs that only this register has stay.
pub fn offered_changes(in_force: &Rulebook, offered: &Rulebook) -> Vec<Change> {
    let mut all = changes(in_force, offered);
    let brings = |name: &str| offered.packs().iter().any(|pack| pack.name == name);
    all.retain(|change| brings(&change.pack));
    all
}

/// The rules that differ, as lines.
pub fn changes(old: &Rulebook, new: &Rulebook) -> Vec<Change> {
    let change = |rule: differ::RuleDiffers| Change {
        tone: match rule.how {
            differ::How::Added => ("ok", "plus"),
            differ::How::Removed => ("bad", "cross"),
            differ::How::Changed => ("warn", "warn"),
        },
        how: rule.how.label(),
        pack: rule.pack,
        rule: rule.rule,
        says: rule.says,
    };
    differ::between(old, new).into_iter().map(change).collect()
}

/// The pack, pasted or from a file; the file's text stays in the form, so that nothing is lost.
fn one_text(fields: Fields) -> Fields {
    if fields.has("pack") || !fields.has("file") {
        return fields;
    }
    let text = fields.text("file").to_owned();
    let kept = fields.iter().filter(|(name, _)| *name != "file" && *name != "pack");
    let kept = kept.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Fields::filled(kept.chain([("pack".to_owned(), text)]))
}

fn text_of(fields: &Fields, errors: &mut Errors) -> Option<LawText> {
    let text = fields.text("pack");
    if text.trim().is_empty() {
        errors.add("pack", "Paste a pack, or choose its file.");
        return None;
    }
    Some(LawText { file: "the pack".to_owned(), text: text.replace("\r\n", "\n") })
}
