//! Giving cases to somebody: one from its page, or several from the queue.

use actix_web::HttpResponse;
use askama::Template;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::queue_page::{Asked, QueuePage};
use crate::actions::assign_case::{AssignCase, assign_case};
use crate::actions::assign_cases::{Takers, assign_cases, who_could_take};
use crate::actions::on_case::OnCase;
use crate::domain::case::CaseReference;
use crate::domain::id::StaffId;
use crate::domain::text::ParseError;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};

/// `POST /queue/assign`: the ticked cases, or the one whose *Take* was pressed.
///
/// # Errors
/// As [`assign_cases`].
pub async fn assign_many(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    let asked = Asked { told: None, ..Asked::parse(fields.text("at"))? };
    let mut errors = Errors::default();
    let (on, with) = if fields.has("take") {
        (cases(&fields, "take"), Some(AssignCase { to: Some(visitor.who().staff.id), note: None }))
    } else {
        (cases(&fields, "case"), read(&visitor, &fields, &mut errors))
    };
    if on.is_empty() {
        errors.add("to", "Tick at least one case first.");
    }
    let Some(with) = with.filter(|_| errors.is_empty()) else {
        return again(&QueuePage::build(&visitor, asked, Form::again(fields, errors), None).await?);
    };
    let once = Fields::filled([("once", once(&fields, &on, &with).map(|id| id.to_string()).unwrap_or_default())]);
    let at = asked.spell();
    let done = post_once(&visitor, &once, || async {
        let (_, slip) = visitor.run(move |ctx, who| assign_cases(ctx, who, &on, &with)).await?;
        Ok(format!("/queue?{at}&told={slip}"))
    });
    match done.await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            let form = Form::again(fields, error.into_invalid()?);
            again(&QueuePage::build(&visitor, asked, form, None).await?)
        }
    }
}

/// What this submit is: the same form may be sent again for other cases after a step back.
fn once(fields: &Fields, on: &[OnCase], with: &AssignCase) -> Option<Uuid> {
    let form = fields.once()?;
    let mut hash = Sha256::new();
    hash.update(form.as_bytes());
    on.iter().for_each(|case| hash.update(case.reference.as_str()));
    hash.update(with.to.map(|id| id.to_string()).unwrap_or_default());
    hash.finalize().first_chunk::<16>().map(|bytes| Uuid::from_bytes(*bytes))
}

/// `2026-000123@4`: a case and its version. What is neither is passed over.
fn cases(fields: &Fields, name: &str) -> Vec<OnCase> {
    let case = |value: &str| {
        let (reference, version) = value.split_once('@')?;
        Some(OnCase { reference: CaseReference::parse(reference).ok()?, version: version.parse().ok() })
    };
    fields.iter().filter(|(n, _)| *n == name).filter_map(|(_, value)| case(value)).collect()
}

fn read(visitor: &Visitor, fields: &Fields, errors: &mut Errors) -> Option<AssignCase> {
    let to = match fields.text("to") {
        "" => errors.take(Err(ParseError::new("to", "Choose who shall have it."))),
        "me" => Some(Some(visitor.who().staff.id)),
        "nobody" => Some(None),
        id => {
            errors.take(id.parse::<StaffId>().map(Some).map_err(|_| ParseError::new("to", "Choose one of the list.")))
        }
    };
    let note = fields.prose("note", errors);
    to.map(|to| AssignCase { to, note })
}

/// The form to hand a case over.
#[derive(Template)]
#[template(path = "assign.html")]
struct AssignPage {
    frame: Frame,
    reference: String,
    takers: Takers,
    form: Form,
}

/// `GET /cases/{reference}/assign`
///
/// # Errors
/// As [`who_could_take`].
pub async fn form(visitor: Visitor, case: OfCase) -> Result<HttpResponse, WebError> {
    ok(&page(&visitor, &case, Form::default()).await?)
}

/// `POST /cases/{reference}/assign`
///
/// # Errors
/// As [`assign_case`].
pub async fn assign_one(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let on = case.seen_in(&fields);
    if let Some(with) = read(&visitor, &fields, &mut errors).filter(|_| errors.is_empty()) {
        let done = post_once(&visitor, &fields, || async {
            visitor.run(move |ctx, who| assign_case(ctx, who, &on, with)).await?;
            Ok(case.href())
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => {
                for problem in error.into_invalid()?.iter() {
                    errors.add("to", problem.reason.clone());
                }
            }
        }
    }
    again(&page(&visitor, &case, Form::again(fields, errors)).await?)
}

async fn page(visitor: &Visitor, case: &OfCase, form: Form) -> Result<AssignPage, WebError> {
    let reference = case.0.clone();
    let takers = visitor.run(move |ctx, who| who_could_take(ctx, who, &reference)).await?;
    let me = visitor.who().staff.id;
    let takers = Takers { colleagues: takers.colleagues.into_iter().filter(|(id, _)| *id != me).collect(), ..takers };
    Ok(AssignPage {
        frame: visitor.frame(format!("Assign {}", case.0), Place::Queue),
        reference: case.0.to_string(),
        takers,
        form,
    })
}
