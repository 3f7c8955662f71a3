//! Add, change, split and remove a demand of a case.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;

use super::asked_form::{AskedForm, filled, parse_asked};
use super::case_page::{Posted, whole};
use super::case_tabs::Tab;
use super::problems::{Problem, problems};
use crate::actions::ActionError;
use crate::actions::add_demand::add_demand;
use crate::actions::change_demand::change_demand;
use crate::actions::on_case::check_now;
use crate::actions::remove_demand::remove_demand;
use crate::actions::split_demand::split_demand;
use crate::actions::view_case::view_case;
use crate::domain::demand::{Demand, Period};
use crate::domain::id::DemandId;
use crate::domain::staff::Verb;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor, WithId};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};

/// The form of one demand.
#[derive(Template)]
#[template(path = "demand.html")]
struct DemandPage {
    frame: Frame,
    reference: String,
    version: i32,
    id: DemandId,
    number: u32,
    /// The period, where there is one to split: in words, and the first and last day that split it.
    period: Option<SplitForm>,
    row: AskedForm,
    form: Form,
    problems: Vec<Problem>,
}

/// A period that can be split.
struct SplitForm {
    /// In words.
    says: String,
    /// The first day that splits it, where it has a beginning.
    first: Option<NaiveDate>,
    /// The last.
    last: Option<NaiveDate>,
}

impl SplitForm {
    fn new(period: Period) -> Option<SplitForm> {
        let first = period.from.and_then(|from| from.succ_opt());
        let has_two_days = first.is_none() || period.to.is_none() || first <= period.to;
        (has_two_days && !period.is_open()).then(|| SplitForm { says: period.to_string(), first, last: period.to })
    }
}

/// `POST /cases/{reference}/demands`
///
/// # Errors
/// As [`add_demand`].
pub async fn add(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let read = parse_asked(&visitor.app.ctx, &fields, "", &mut errors);
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Review, fields };
    posted.act(whole(read, errors), add_demand).await
}

/// `GET /cases/{reference}/demands/{id}`
///
/// # Errors
/// As [`view_case`]; a refusal for people who may not change demands, and for a case that can't be changed any more.
pub async fn form(visitor: Visitor, case: OfCase, id: WithId<DemandId>) -> Result<HttpResponse, WebError> {
    let (demand, version) = find(&visitor, &case, id.0).await?;
    let form = Form::filled(filled(&demand.asked));
    ok(&page(&visitor, &case, (&demand, version), form))
}

/// `POST /cases/{reference}/demands/{id}`
///
/// # Errors
/// As [`change_demand`].
pub async fn change(
    visitor: Visitor,
    case: OfCase,
    id: WithId<DemandId>,
    fields: Fields,
) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let read = parse_asked(&visitor.app.ctx, &fields, "", &mut errors).filter(|_| errors.is_empty());
    if let Some(entry) = read {
        let on = case.seen_in(&fields);
        let done = post_once(&visitor, &fields, || async {
            visitor.run(move |ctx, who| change_demand(ctx, who, &on, id.0, entry)).await?;
            Ok(case.href())
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    let (demand, version) = find(&visitor, &case, id.0).await?;
    again(&page(&visitor, &case, (&demand, version), Form::again(fields, errors)))
}

/// `POST /cases/{reference}/demands/{id}/split`
///
/// # Errors
/// As [`split_demand`].
pub async fn split(
    visitor: Visitor,
    case: OfCase,
    id: WithId<DemandId>,
    fields: Fields,
) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    if let Some(day) = fields.required_date("day", &mut errors) {
        let on = case.seen_in(&fields);
        let done = post_once(&visitor, &fields, || async {
            visitor.run(move |ctx, who| split_demand(ctx, who, &on, id.0, day)).await?;
            Ok(case.href())
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    let (demand, version) = find(&visitor, &case, id.0).await?;
    let asked = filled(&demand.asked);
    let shown = asked.iter().chain([("day", fields.text("day"))]);
    let form = Form { fields: Fields::filled(shown), errors };
    again(&page(&visitor, &case, (&demand, version), form))
}

/// `POST /cases/{reference}/demands/{id}/remove`
///
/// # Errors
/// As [`remove_demand`].
pub async fn remove(
    visitor: Visitor,
    case: OfCase,
    id: WithId<DemandId>,
    fields: Fields,
) -> Result<HttpResponse, WebError> {
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Review, fields };
    posted.act(Ok(id.0), remove_demand).await
}

/// The demand and the case's version, for people who may change it.
async fn find(visitor: &Visitor, case: &OfCase, id: DemandId) -> Result<(Demand, i32), WebError> {
    let reference = case.0.clone();
    let found = visitor.run(move |ctx, who| {
        let case = view_case(ctx, who, &reference, false)?.case;
        check_now(ctx, who, &case, Verb::ChangeDemand)?;
        let demand = case.demand(id).cloned().ok_or(ActionError::NotFound)?;
        Ok((demand, case.version))
    });
    found.await
}

fn page(visitor: &Visitor, case: &OfCase, (demand, version): (&Demand, i32), form: Form) -> DemandPage {
    DemandPage {
        frame: visitor.frame(format!("Demand {} of {}", demand.position, case.0), Place::Queue),
        reference: case.0.to_string(),
        version,
        id: demand.id,
        number: demand.position,
        period: SplitForm::new(demand.asked.period),
        row: AskedForm::new(&visitor.app.ctx, &form, String::new(), 1),
        problems: problems(&form.errors, &[]),
        form,
    }
}
