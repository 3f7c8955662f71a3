//! Many demands at once: lines or a CSV, read and shown before they are entered. What can't be entered stays in the
//! form with what is wrong with it.

use actix_web::HttpResponse;
use askama::Template;

use super::asked_form::organisation;
use super::case_parts::Words;
use super::choices::{Choice, Group, items, words};
use super::problems::{Problem, problems};
use crate::actions::ActionError;
use crate::actions::add_demands::add_demands;
use crate::actions::on_case::check_now;
use crate::actions::open_case::AskedEntry;
use crate::actions::view_case::{CaseView, view_case};
use crate::domain::demand::{Period, numbered};
use crate::domain::identifier::IdentifierKind;
use crate::domain::many::{self, Asks, ForAll, Is, Item, Known, LineRead, Many};
use crate::domain::redirect::Organisation;
use crate::domain::staff::Verb;
use crate::domain::text::ParseError;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};
use crate::web::upload::FieldsWithText;

/// How many good lines are shown before they are entered.
const SHOWN: usize = 200;

/// The page.
#[derive(Template)]
#[template(path = "demands_many.html")]
struct ManyPage {
    frame: Frame,
    reference: String,
    version: i32,
    /// How many demands the case has.
    on_case: usize,
    kinds: Vec<Choice>,
    items: Vec<Group>,
    in_signed_paper: Vec<Choice>,
    is_ours: Vec<Choice>,
    form: Form,
    problems: Vec<Problem>,
    /// What was read; none before the first check.
    read: Option<Shown>,
    /// What was entered just now: `demands 8 to 200`.
    entered: Option<String>,
    most_lines: usize,
}

/// What was read, as the page shows it.
struct Shown {
    /// How many lines can be entered.
    good: usize,
    /// How many demands they make.
    demands: usize,
    /// The first of them.
    preview: Vec<GoodLine>,
    /// How many good lines are not in the preview.
    unseen: usize,
    /// What can't be entered as it is.
    bad: Vec<BadLine>,
    /// What is known already.
    twice: Vec<KnownLine>,
    /// How many lines name a kind that was told from the text.
    guessed: usize,
    /// What was chosen for all of them, and its period.
    chosen: String,
}

struct GoodLine {
    number: usize,
    identifier: String,
    kind: &'static str,
    is_guessed: bool,
    /// What it asks by itself; empty where that is what was chosen for all.
    asks: Vec<String>,
    /// The period, where it is another than was chosen for all.
    period: Option<String>,
    known: String,
}

struct BadLine {
    number: usize,
    text: String,
    wrong: String,
}

struct KnownLine {
    number: usize,
    text: String,
    known: String,
}

/// `GET /cases/{reference}/demands/many`
///
/// # Errors
/// As [`view_case`]; a refusal for people who may not add demands, and for a case that can't be changed any more.
pub async fn show(visitor: Visitor, case: OfCase) -> Result<HttpResponse, WebError> {
    let view = find(&visitor, &case).await?;
    ok(&page(&visitor, &view, Form::default(), None))
}

/// `POST /cases/{reference}/demands/many`: checks the lines, or enters those that are good.
///
/// # Errors
/// As [`add_demands`].
pub async fn enter(visitor: Visitor, case: OfCase, sent: FieldsWithText) -> Result<HttpResponse, WebError> {
    let view = find(&visitor, &case).await?;
    let fields = one_text(sent.0);
    let mut errors = Errors::default();
    if fields.has("lines") && fields.has("file") {
        errors.add("file", "Give either lines or a file, not both; the lines are still here.");
    }
    let asked = ForThem::read(&visitor, &fields, &mut errors);
    let read = many::read(fields.text("lines"), &asked.for_all, &visitor.app.ctx.catalogue, &view.case.demands);
    let many = read.map_err(|too_many| errors.add("lines", too_many.to_string())).unwrap_or_default();
    if many.lines.iter().all(|line| line.is == Is::Blank) && errors.is_empty() {
        errors.add("lines", "Paste at least one identifier, or choose a file.");
    }
    let can_enter = errors.is_empty() && !many.good().is_empty();
    let wants = match fields.text("do") {
        "good" => can_enter,
        "all" => can_enter && many.bad().is_empty(),
        _ => false,
    };
    if !wants {
        let is_fine = errors.is_empty() && many.bad().is_empty();
        let page = page(&visitor, &view, Form::again(fields, errors), Some((&many, &asked.for_all)));
        return if is_fine { ok(&page) } else { again(&page) };
    }
    add(&visitor, &case, fields, &many, &asked).await
}

/// Enters the good lines in one act. Where others are left, the form comes back with those alone.
async fn add(
    visitor: &Visitor,
    case: &OfCase,
    fields: Fields,
    many: &Many,
    asked: &ForThem,
) -> Result<HttpResponse, WebError> {
    let (on, entries) =
        (case.seen_in(&fields), many.asks_by_item().into_iter().map(|asks| asked.entry(asks)).collect::<Vec<_>>());
    let count = entries.len();
    let done = post_once(visitor, &fields, || async {
        visitor.run(move |ctx, who| add_demands(ctx, who, &on, entries)).await?;
        Ok(format!("{}?tab=review#demands", case.href()))
    });
    let left = Fields::filled(fields.iter().map(|(name, value)| match name {
        "lines" => ("lines".to_owned(), many.left()),
        _ => (name.to_owned(), value.to_owned()),
    }));
    match done.await {
        Ok(answer) if many.bad().is_empty() => Ok(answer),
        Ok(_) => {
            let view = find(visitor, case).await?;
            let new: Vec<u32> = view.case.demands.iter().rev().take(count).map(|d| d.position).rev().collect();
            let mut page = page(visitor, &view, Form::filled(left), Some((&only_left(many), &asked.for_all)));
            page.entered = Some(numbered(&new));
            ok(&page)
        }
        Err(WebError::Action(error @ ActionError::Conflict(_))) => {
            let view = find(visitor, case).await?;
            let mut errors = Errors::default();
            errors.add("lines", format!("{error} Nothing was entered; look at the case and send the lines again."));
            again(&page(visitor, &view, Form::again(fields, errors), Some((many, &asked.for_all))))
        }
        Err(error) => {
            let errors = error.into_invalid()?;
            let view = find(visitor, case).await?;
            again(&page(visitor, &view, Form::again(fields, errors), Some((many, &asked.for_all))))
        }
    }
}

/// The lines that stayed, without those that were entered.
fn only_left(many: &Many) -> Many {
    let stays = |line: &&LineRead| !matches!(line.is, Is::Good { .. } | Is::Blank);
    Many { lines: many.lines.iter().filter(stays).cloned().collect() }
}

/// A file's text takes the place of empty lines, so that it can be mended in the form.
fn one_text(fields: Fields) -> Fields {
    if fields.has("lines") || !fields.has("file") {
        return fields;
    }
    let text = fields.text("file").to_owned();
    let kept = fields.iter().filter(|(name, _)| *name != "file" && *name != "lines");
    let kept = kept.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Fields::filled(kept.chain([("lines".to_owned(), text)]))
}

/// What is the same for all lines.
struct ForThem {
    for_all: ForAll,
    in_signed_paper: Option<bool>,
    is_ours: Option<bool>,
    organisation: Option<Organisation>,
}

impl ForThem {
    fn read(visitor: &Visitor, fields: &Fields, errors: &mut Errors) -> ForThem {
        let catalogue = &visitor.app.ctx.catalogue;
        let chosen = fields.iter().filter(|(name, _)| *name == "item").filter_map(|(_, item)| item.split_once('/'));
        let known = chosen.filter(|(service, category)| catalogue.find_category(service, category).is_some());
        let items = known.map(|(service, category)| Item { service: service.into(), category: category.into() });
        let (from, to) = (fields.date("period_from", errors), fields.date("period_to", errors));
        let period = Period::new(from, to).map_err(|e| ParseError::new("period_to", e.reason));
        let for_all = ForAll {
            kind: fields.optional_word::<IdentifierKind>("identifier_kind", errors),
            items: items.collect(),
            period: errors.take(period).unwrap_or_default(),
            region: Some(visitor.app.ctx.provider.country.clone()),
            again: fields.is_ticked("again"),
        };
        ForThem {
            for_all,
            in_signed_paper: fields.yes_no("in_signed_paper", errors),
            is_ours: fields.yes_no("is_ours", errors),
            organisation: organisation(fields, "", errors),
        }
    }

    fn entry(&self, asks: &Asks) -> AskedEntry {
        AskedEntry {
            identifier: asks.identifier.clone(),
            service: asks.item.service.clone(),
            category: asks.item.category.clone(),
            words: asks.words.clone(),
            period: asks.period,
            in_signed_paper: self.in_signed_paper,
            is_ours: self.is_ours,
            organisation: self.organisation.clone(),
        }
    }
}

/// The case, for people who may add demands to it, while that can be done.
async fn find(visitor: &Visitor, case: &OfCase) -> Result<CaseView, WebError> {
    let reference = case.0.clone();
    let found = visitor.run(move |ctx, who| {
        let view = view_case(ctx, who, &reference, false)?;
        check_now(ctx, who, &view.case, Verb::AddDemand)?;
        Ok(view)
    });
    found.await
}

fn page(visitor: &Visitor, view: &CaseView, form: Form, read: Option<(&Many, &ForAll)>) -> ManyPage {
    let words = Words { names: &view.names, now: visitor.now(), ctx: &visitor.app.ctx };
    let looked_at = |chosen: &str| super::asked_form::looked_at(chosen);
    ManyPage {
        frame: visitor.frame(format!("Many demands of {}", view.case.reference), Place::Queue),
        reference: view.case.reference.to_string(),
        version: view.case.version,
        on_case: view.case.demands.len(),
        kinds: words!(IdentifierKind, form.value("identifier_kind")),
        items: chosen_items(visitor, &form),
        in_signed_paper: looked_at(form.value("in_signed_paper")),
        is_ours: looked_at(form.value("is_ours")),
        problems: problems(&form.errors, &[]),
        form,
        read: read.filter(|(many, _)| !many.lines.is_empty()).map(|(many, chosen)| Shown::new(many, chosen, words)),
        entered: None,
        most_lines: many::MOST_LINES,
    }
}

/// The catalogue, with every item chosen that the form holds.
fn chosen_items(visitor: &Visitor, form: &Form) -> Vec<Group> {
    let is_chosen = |value: &str| form.fields.iter().any(|(name, item)| name == "item" && item == value);
    let mut groups = items(&visitor.app.ctx.catalogue, "");
    for choice in groups.iter_mut().flat_map(|group| &mut group.choices) {
        choice.is_chosen = is_chosen(&choice.value);
    }
    groups
}

impl Shown {
    fn new(many: &Many, chosen: &ForAll, words: Words<'_>) -> Shown {
        let what: Vec<String> = chosen.items.iter().map(|item| words.what(&item.service, &item.category)).collect();
        let good = many.good();
        let is_guessed = |line: &&&LineRead| matches!(line.is, Is::Good { is_guessed: true, .. });
        Shown {
            demands: many.asks().count(),
            guessed: good.iter().filter(is_guessed).count(),
            unseen: good.len().saturating_sub(SHOWN),
            preview: good.iter().take(SHOWN).filter_map(|line| GoodLine::new(line, chosen, words)).collect(),
            good: good.len(),
            bad: many.bad().into_iter().filter_map(BadLine::new).collect(),
            twice: many.twice().into_iter().filter_map(KnownLine::new).collect(),
            chosen: if what.is_empty() { String::new() } else { format!("{}; {}", what.join(", "), chosen.period) },
        }
    }
}

impl GoodLine {
    fn new(line: &LineRead, chosen: &ForAll, words: Words<'_>) -> Option<GoodLine> {
        let Is::Good { asks, is_guessed, known } = &line.is else { return None };
        let first = asks.first()?;
        let is_chosen = asks.iter().map(|one| &one.item).eq(chosen.items.iter());
        let what = asks.iter().filter(|_| !is_chosen).map(|one| words.what(&one.item.service, &one.item.category));
        Some(GoodLine {
            number: line.number,
            identifier: first.identifier.display(),
            kind: first.identifier.kind.label(),
            is_guessed: *is_guessed,
            asks: what.collect(),
            period: (first.period != chosen.period).then(|| first.period.to_string()),
            known: known_words(known),
        })
    }
}

impl BadLine {
    fn new(line: &LineRead) -> Option<BadLine> {
        let Is::Bad { wrong } = &line.is else { return None };
        Some(BadLine { number: line.number, text: line.text.clone(), wrong: wrong.clone() })
    }
}

impl KnownLine {
    fn new(line: &LineRead) -> Option<KnownLine> {
        let Is::Twice { known } = &line.is else { return None };
        Some(KnownLine { number: line.number, text: line.text.clone(), known: known_words(known) })
    }
}

/// `demands 3 and 4; line 17`; empty where nothing is known.
fn known_words(known: &[Known]) -> String {
    let mut on_case: Vec<u32> =
        known.iter().filter_map(|k| if let Known::OnCase(n) = k { Some(*n) } else { None }).collect();
    let mut lines: Vec<usize> =
        known.iter().filter_map(|k| if let Known::OnLine(n) = k { Some(*n) } else { None }).collect();
    on_case.sort_unstable();
    on_case.dedup();
    lines.dedup();
    let on_case = (!on_case.is_empty()).then(|| numbered(&on_case));
    let lines = lines.first().map(|line| format!("line {line}"));
    [on_case, lines].into_iter().flatten().collect::<Vec<_>>().join("; ")
}
