//! What retention says of one case: until when it is kept, the holds on it, and erasing it before its time. And what is
//! left of a case that was erased.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::case_parts::{Moment, day};
use crate::actions::ActionError;
use crate::actions::erasure::propose_single;
use crate::actions::litigation_hold::{lift_hold, place_hold};
use crate::actions::retention::{view_case_retention, view_erased};
use crate::domain::erasure::ErasureGround;
use crate::domain::id::HoldId;
use crate::domain::staff::Verb;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor, WithId};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok, page as answer};

#[derive(Template)]
#[template(path = "case_retention.html")]
struct CaseRetentionPage {
    frame: Frame,
    form: Form,
    reference: String,
    is_closed: bool,
    schedule: Option<ScheduleSays>,
    kept_back: Option<&'static str>,
    holds: Vec<HoldCard>,
    may_hold: bool,
    may_propose: bool,
    in_backups_until: Option<String>,
}

struct ScheduleSays {
    name: String,
    keep: String,
    over_on: String,
    is_over: bool,
}

struct HoldCard {
    id: String,
    what_for: String,
    by: String,
    at: Moment,
    lifted: Option<(String, String, Moment)>,
    /// What was typed to lift it.
    form: Form,
    apart: String,
}

#[derive(Template)]
#[template(path = "erased.html")]
struct ErasedPage {
    frame: Frame,
    reference: String,
    at: Moment,
    seq: i64,
    ground: &'static str,
    schedule: Option<String>,
    proposed_by: String,
    proposed_at: Moment,
    approved_by: String,
    approved_at: Option<Moment>,
    reads_log: bool,
}

/// `GET /cases/{reference}/retention`
///
/// # Errors
/// As [`view_case_retention`].
pub async fn show(visitor: Visitor, case: OfCase) -> Result<HttpResponse, WebError> {
    ok(&page(&visitor, &case, None, Form::default()).await?)
}

/// `POST /cases/{reference}/retention/holds`
///
/// # Errors
/// As [`place_hold`].
pub async fn hold(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    if let Some(what_for) = fields.required_prose("what_for", &mut errors) {
        let on = case.seen_in(&fields);
        let done = post_once(&visitor, &fields, || async {
            visitor.run(move |ctx, who| place_hold(ctx, who, &on, what_for)).await?;
            Ok(format!("{}/retention", case.href()))
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again(&page(&visitor, &case, None, Form::again(fields, errors)).await?)
}

/// `POST /cases/{reference}/retention/holds/{id}/lift`
///
/// # Errors
/// As [`lift_hold`].
pub async fn lift(
    visitor: Visitor,
    case: OfCase,
    id: WithId<HoldId>,
    fields: Fields,
) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    if let Some(because) = fields.required_prose("because", &mut errors) {
        let on = case.seen_in(&fields);
        let done = post_once(&visitor, &fields, || async {
            visitor.run(move |ctx, who| lift_hold(ctx, who, &on, id.0, because)).await?;
            Ok(format!("{}/retention", case.href()))
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again(&page(&visitor, &case, Some(id.0), Form::again(fields, errors)).await?)
}

/// `POST /cases/{reference}/retention/erase`
///
/// # Errors
/// As [`propose_single`].
pub async fn erase(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let ground: Option<ErasureGround> = fields.word("ground", &mut errors);
    let why = fields.required_prose("why", &mut errors);
    if let (Some(ground), Some(why)) = (ground, why) {
        let on = case.seen_in(&fields);
        let done = post_once(&visitor, &fields, || async {
            let id = visitor.run(move |ctx, who| propose_single(ctx, who, &on, ground, why)).await?;
            Ok(format!("/retention/erasures/{id}"))
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again(&page(&visitor, &case, None, Form::again(fields, errors)).await?)
}

async fn page(
    visitor: &Visitor,
    case: &OfCase,
    typed_for: Option<HoldId>,
    form: Form,
) -> Result<CaseRetentionPage, WebError> {
    let reference = case.0.clone();
    let view = visitor.run(move |ctx, who| view_case_retention(ctx, who, &reference)).await?;
    let now = visitor.now();
    let name = |id| view.names.get(id).cloned().unwrap_or_default();
    let holds = view
        .holds
        .iter()
        .map(|standing| {
            let is_typed = typed_for == Some(standing.hold.id);
            HoldCard {
                id: standing.hold.id.to_string(),
                what_for: standing.hold.what_for.to_string(),
                by: name(&standing.hold.by),
                at: Moment::new(standing.hold.at, now),
                lifted: standing
                    .lifted
                    .as_ref()
                    .map(|lifted| (lifted.because.to_string(), name(&lifted.by), Moment::new(lifted.at, now))),
                apart: if is_typed { String::new() } else { format!("-{}", standing.hold.id) },
                form: if is_typed { form.clone() } else { Form::default() },
            }
        })
        .collect();
    Ok(CaseRetentionPage {
        frame: visitor.frame(format!("Retention of {}", case.0), Place::Queue),
        reference: case.0.to_string(),
        is_closed: view.facts.closed.is_some(),
        schedule: view.schedule.map(|(schedule, over_on)| ScheduleSays {
            name: schedule.name.clone(),
            keep: schedule.keep.to_string(),
            over_on: day(over_on),
            is_over: over_on <= now.day(),
        }),
        kept_back: view.kept_back.map(|reason| reason.label()),
        holds,
        may_hold: visitor.may(Verb::PlaceHold) && view.works_on_it,
        may_propose: visitor.may(Verb::ProposeErasure) && view.works_on_it,
        in_backups_until: view.in_backups_until.map(day),
        form,
    })
}

/// What is shown of a case that is not there: where it was erased, what is left of it; else that it is not there.
///
/// # Errors
/// `error`, unless the case was erased and this person may know of it.
pub async fn instead(visitor: &Visitor, case: &OfCase, error: WebError) -> Result<HttpResponse, WebError> {
    if !matches!(error, WebError::Action(ActionError::NotFound)) {
        return Err(error);
    }
    let reference = case.0.clone();
    let (seen, names) = match visitor.run(move |ctx, who| view_erased(ctx, who, &reference)).await {
        Ok(found) => found,
        Err(_) => return Err(error),
    };
    let now = visitor.now();
    let name = |id| names.get(id).cloned().unwrap_or_default();
    let approved = seen.erasure.answered.as_ref().map(|(_, answer)| answer);
    let page = ErasedPage {
        frame: visitor.frame(format!("Case {}", case.0), Place::Queue),
        reference: case.0.to_string(),
        at: Moment::new(seen.at, now),
        seq: seen.seq,
        ground: seen.erasure.ground.label(),
        schedule: seen.schedule.clone(),
        proposed_by: name(&seen.erasure.by),
        proposed_at: Moment::new(seen.erasure.at, now),
        approved_by: approved.map(|answer| name(&answer.by)).unwrap_or_default(),
        approved_at: approved.map(|answer| Moment::new(answer.at, now)),
        reads_log: visitor.may(Verb::ReadLog),
    };
    answer(StatusCode::GONE, &page)
}
