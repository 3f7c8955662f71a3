//! Random samples of the log for review, each with the seed that it can be drawn again by.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use askama::Template;

use super::case_parts::Moment;
use super::log_filter::{Asked, KindGroup, kind_groups};
use super::thousands;
use crate::actions::draw_sample::{DrawSample, MOST, SampleView, draw_sample, list_samples, tick_item, view_sample};
use crate::actions::entries::{SYSTEM_PARTS, actor_name, kind_label};
use crate::domain::id::{SampleId, StaffId};
use crate::domain::sample::SampleOf;
use crate::domain::staff::Verb;
use crate::domain::time::Instant;
use crate::store::log::LogOutcome;
use crate::store::samples::KeptSample;
use crate::web::WebError;
use crate::web::extract::{Visitor, WithId};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};

#[derive(Template)]
#[template(path = "samples.html")]
struct SamplesPage {
    frame: Frame,
    form: Form,
    kinds: Vec<KindGroup>,
    people: Vec<(String, String)>,
    parts: Vec<(String, String)>,
    most: usize,
    rows: Vec<Line>,
}

#[derive(Template)]
#[template(path = "sample.html")]
struct SamplePage {
    frame: Frame,
    head: Line,
    seed: String,
    size: String,
    population: String,
    filters: Vec<String>,
    items: Vec<Item>,
    may_tick: bool,
}

struct Line {
    id: String,
    list: &'static str,
    by: String,
    at: Moment,
    ticked: usize,
    count: usize,
}

struct Item {
    seq: i64,
    at: Moment,
    by: String,
    label: String,
    case: Option<String>,
    ticked: Option<(String, Moment)>,
    findings: usize,
    notes: usize,
}

/// `GET /log/samples`
///
/// # Errors
/// A refusal for people who may not read the log.
pub async fn show(visitor: Visitor) -> Result<HttpResponse, WebError> {
    ok(&page(&visitor, Form::filled(Fields::filled([("count", "25")]))).await?)
}

/// `POST /log/samples`
///
/// # Errors
/// As [`draw_sample`].
pub async fn draw(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let asked = Asked::in_form(&fields);
    let filter = match asked.read() {
        Ok(read) => Some(read.filter),
        Err(wrong) => {
            wrong.iter().for_each(|e| errors.add(e.field.as_str(), e.reason.clone()));
            None
        }
    };
    let list: Option<SampleOf> = fields.word("list", &mut errors);
    let count = fields.text("count").trim().parse().unwrap_or(0);
    if count == 0 || count > MOST {
        errors.add("count", format!("Give a number from 1 to {MOST}."));
    }
    if let (Some(filter), Some(list), true) = (filter, list, errors.is_empty()) {
        let with = DrawSample { list, filter, filters: asked.spelled(), count };
        let done = post_once(&visitor, &fields, || async {
            let id = visitor.run(move |ctx, who| draw_sample(ctx, who, with)).await?;
            Ok(format!("/log/samples/{id}"))
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again(&page(&visitor, Form::again(fields, errors)).await?)
}

/// `GET /log/samples/{id}`
///
/// # Errors
/// As [`view_sample`].
pub async fn one(visitor: Visitor, sample: WithId<SampleId>) -> Result<HttpResponse, WebError> {
    let view = visitor.run(move |ctx, who| view_sample(ctx, who, sample.0)).await?;
    let (now, kept) = (visitor.now(), &view.kept);
    ok(&SamplePage {
        frame: visitor.frame("Sample", Place::Log),
        head: line(kept, view.items.len(), &view.names, now),
        seed: kept.sample.seed.clone(),
        size: number(kept.sample.size),
        population: number(kept.sample.population),
        filters: kept.sample.filters.clone(),
        items: items(&view, now),
        may_tick: visitor.may(Verb::Audit),
    })
}

/// `POST /log/samples/{id}/tick`
///
/// # Errors
/// As [`tick_item`].
pub async fn tick(visitor: Visitor, sample: WithId<SampleId>, fields: Fields) -> Result<HttpResponse, WebError> {
    let Ok(seq) = fields.text("entry").parse::<u64>() else { return Err(WebError::NotFoundPage) };
    let act = || async {
        visitor.run(move |ctx, who| tick_item(ctx, who, sample.0, seq)).await?;
        Ok(format!("/log/samples/{}#entry-{seq}", sample.0))
    };
    post_once(&visitor, &fields, act).await
}

async fn page(visitor: &Visitor, form: Form) -> Result<SamplesPage, WebError> {
    let (samples, names) = visitor.run(list_samples).await?;
    let mut people: Vec<_> = names.iter().map(|(id, name)| (format!("staff:{id}"), name.clone())).collect();
    people.sort_by(|(_, a), (_, b)| a.cmp(b));
    let part = |part: &&str| (format!("system:{part}"), actor_name(&format!("system:{part}"), &names));
    Ok(SamplesPage {
        frame: visitor.frame("Samples", Place::Log),
        form,
        kinds: kind_groups(),
        people,
        parts: SYSTEM_PARTS.iter().map(part).collect(),
        most: MOST,
        rows: samples.iter().map(|(kept, count)| line(kept, *count, &names, visitor.now())).collect(),
    })
}

fn line(kept: &KeptSample, count: usize, names: &BTreeMap<StaffId, String>, now: Instant) -> Line {
    Line {
        id: kept.sample.id.to_string(),
        list: kept.sample.list.label(),
        by: names.get(&kept.by).cloned().unwrap_or_default(),
        at: Moment::new(kept.at, now),
        ticked: kept.ticked,
        count,
    }
}

fn items(view: &SampleView, now: Instant) -> Vec<Item> {
    let item = |(item, line): &(crate::store::samples::SampleItem, crate::actions::view_log::LogLine)| {
        let mine = || view.notes.iter().filter(|note| note.entry == Some(item.seq));
        let ticked =
            |(by, at): (StaffId, Instant)| (view.names.get(&by).cloned().unwrap_or_default(), Moment::new(at, now));
        Item {
            seq: item.seq,
            at: Moment::new(line.row.at, now),
            by: actor_name(&line.row.actor, &view.names),
            label: kind_label(&line.row.kind).to_owned(),
            case: line.case.as_ref().map(|case| case.reference.to_string()),
            ticked: item.ticked.map(ticked),
            findings: mine().filter(|note| note.severity.is_some()).count(),
            notes: mine().filter(|note| note.severity.is_none()).count(),
        }
    };
    view.items.iter().map(item).collect()
}

fn number(n: u64) -> String {
    thousands(i64::try_from(n).unwrap_or(i64::MAX))
}
