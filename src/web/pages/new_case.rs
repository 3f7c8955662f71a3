//! A new case: first its paper, then the form beside it.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::asked_form::{AskedForm, copied, parse_rows};
use super::choices::Choice;
use super::paper_form::{PaperForm, parse_paper};
use super::problems::{Problem, problems};
use crate::actions::open_case::{OpenCase, open_case};
use crate::actions::view_case::{Desk, Team, Waiting, prepare_case};
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::CaseId;
use crate::domain::stage::Compartment;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};

/// The page of a new case.
#[derive(Template)]
#[template(path = "new_case.html")]
struct NewCasePage {
    frame: Frame,
    /// Whether the form is shown, or the upload of the paper first.
    has_form: bool,
    document: Option<Document>,
    /// Cases that hold the same document already.
    served_before: Vec<String>,
    /// Papers that were taken in and wait for their case.
    waiting: Vec<Waiting>,
    form: Form,
    problems: Vec<Problem>,
    paper: PaperForm,
    rows: Vec<AskedForm>,
    compartments: Vec<Choice>,
    teams: Vec<Choice>,
}

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
pub struct Arrival {
    #[serde(default)]
    arrival: String,
}

/// `GET /cases/new`
///
/// # Errors
/// As [`prepare_case`].
pub async fn show(visitor: Visitor, from: web::Query<Arrival>) -> Result<HttpResponse, WebError> {
    let arrival = from.arrival.parse::<CaseId>().ok();
    let desk = visitor.run(move |ctx, who| prepare_case(ctx, who, arrival)).await?;
    let has_form = arrival.is_some() || from.arrival == "none";
    let form = Form::filled(Fields::filled([
        ("arrival", arrival.map(|id| id.to_string()).unwrap_or_default()),
        ("compartment", Compartment::Ordinary.as_str().to_owned()),
        ("agency", if desk.agencies.is_empty() { "new".to_owned() } else { String::new() }),
    ]));
    ok(&page(&visitor, desk, form, has_form))
}

/// `POST /cases`
///
/// # Errors
/// As [`open_case`].
pub async fn open(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    if fields.is_ticked("add_rows") {
        return ok(&back(&visitor, Form::filled(fields)).await?);
    }
    if let Ok(row) = fields.text("copy_row").parse() {
        return ok(&back(&visitor, Form::filled(copied(&fields, row))).await?);
    }
    let wrong = match read(&visitor, &fields) {
        Err(errors) => errors,
        Ok(with) => {
            let done = post_once(&visitor, &fields, || async {
                let case = visitor.run(move |ctx, who| open_case(ctx, who, with)).await?;
                Ok(format!("/cases/{}", case.reference))
            });
            match done.await {
                Ok(answer) => return Ok(answer),
                Err(error) => error.into_invalid()?,
            }
        }
    };
    again(&back(&visitor, Form::again(fields, wrong)).await?)
}

fn read(visitor: &Visitor, fields: &Fields) -> Result<OpenCase, Errors> {
    let mut errors = Errors::default();
    let arrival = fields.optional_word("arrival", &mut errors);
    let compartment = fields.optional_word("compartment", &mut errors).unwrap_or(Compartment::Ordinary);
    let team = fields.optional_word("team", &mut errors);
    let paper = parse_paper(fields, &mut errors);
    let demands = parse_rows(&visitor.app.ctx, fields, &mut errors);
    match paper {
        Some(paper) if errors.is_empty() => {
            Ok(OpenCase { arrival, compartment, named: named(fields.text("named")), team, paper, demands })
        }
        _ => Err(errors),
    }
}

/// Sign-in names parted by commas or spaces.
fn named(text: &str) -> Vec<String> {
    text.split([',', ' ']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_lowercase).collect()
}

/// The form as it was typed.
async fn back(visitor: &Visitor, form: Form) -> Result<NewCasePage, WebError> {
    let arrival = form.value("arrival").parse::<CaseId>().ok();
    let desk = visitor.run(move |ctx, who| prepare_case(ctx, who, arrival)).await?;
    Ok(page(visitor, desk, form, true))
}

fn page(visitor: &Visitor, desk: Desk, form: Form, has_form: bool) -> NewCasePage {
    let ctx = &visitor.app.ctx;
    let rulebook = ctx.rulebook();
    let means = |path: &str| rulebook.schema().means(path).to_owned();
    let served = desk.documents.into_iter().find(|d| d.kind == DocumentKind::Served);
    NewCasePage {
        frame: visitor.frame("New case", Place::Queue),
        has_form,
        document: served,
        served_before: desk.served_before,
        waiting: desk.waiting,
        problems: problems(&form.errors, &[]),
        paper: PaperForm::new(&form, &desk.agencies, &[], means),
        rows: AskedForm::rows(ctx, &form),
        compartments: compartments(visitor, form.value("compartment")),
        teams: teams(&desk.teams, form.value("team")),
        form,
    }
}

/// Who may know of the case: national security only for people who are cleared.
fn compartments(visitor: &Visitor, chosen: &str) -> Vec<Choice> {
    let offered =
        Compartment::ALL.iter().filter(|c| **c != Compartment::NationalSecurity || visitor.who().staff.is_cleared);
    let label = |c: Compartment| match c {
        Compartment::Ordinary => "ordinary: your team",
        Compartment::Restricted => "restricted to named people",
        Compartment::NationalSecurity => "national security: cleared people",
    };
    offered.map(|c| Choice::new(c.as_str(), label(*c), chosen)).collect()
}

/// The person's teams, where there is a choice.
fn teams(own: &[Team], chosen: &str) -> Vec<Choice> {
    if own.len() < 2 {
        return Vec::new();
    }
    own.iter().map(|team| Choice::new(team.id.to_string(), team.name.to_string(), chosen)).collect()
}
