//! Mend a paper's particulars.

use actix_web::HttpResponse;
use askama::Template;

use super::case_parts::Words;
use super::case_tabs::{DocumentLine, served};
use super::paper_form::{PaperForm, filled, keep_known, parse_paper};
use super::problems::{Problem, problems};
use crate::actions::amend_case::amend_case;
use crate::actions::on_case::check_now;
use crate::actions::view_case::{CaseView, list_agencies, view_case};
use crate::domain::agency::Agency;
use crate::domain::case::Case;
use crate::domain::staff::Verb;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};

/// The form of a paper's particulars.
#[derive(Template)]
#[template(path = "amend.html")]
struct AmendPage {
    frame: Frame,
    reference: String,
    version: i32,
    paper: PaperForm,
    form: Form,
    problems: Vec<Problem>,
    /// The served paper, to read beside.
    document: Option<DocumentLine>,
    /// What the edit voids, in words.
    voids: &'static str,
}

/// `GET /cases/{reference}/amend`
///
/// # Errors
/// As [`view_case`]; a refusal for people who may not amend, and for a case that can't be amended any more.
pub async fn amend_form(visitor: Visitor, case: OfCase) -> Result<HttpResponse, WebError> {
    let (view, agencies) = read(&visitor, &case).await?;
    let form = Form::filled(filled(&view.case.paper, view.officer.as_ref()));
    ok(&page(&visitor, &view, &agencies, form))
}

/// `POST /cases/{reference}/amend`
///
/// # Errors
/// As [`amend_case`].
pub async fn amend(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let (view, agencies) = read(&visitor, &case).await?;
    let mut errors = Errors::default();
    let entry = parse_paper(&fields, &mut errors).filter(|_| errors.is_empty());
    if let Some(mut entry) = entry {
        keep_known(&mut entry, &view.case.paper, &view.agency, view.officer.as_ref());
        let on = case.seen_in(&fields);
        let done = post_once(&visitor, &fields, || async {
            visitor.run(move |ctx, who| amend_case(ctx, who, &on, entry)).await?;
            Ok(format!("{}?tab=requester", case.href()))
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again_with(&visitor, &view, &agencies, fields, errors)
}

/// The form again, with what was typed and what is wrong with it.
///
/// # Errors
/// When the template fails.
pub(super) fn again_with(
    visitor: &Visitor,
    view: &CaseView,
    agencies: &[Agency],
    fields: Fields,
    errors: Errors,
) -> Result<HttpResponse, WebError> {
    again(&page(visitor, view, agencies, Form::again(fields, errors)))
}

/// The case and the directory, for people who may amend, while the case can be amended.
pub(super) async fn read(visitor: &Visitor, case: &OfCase) -> Result<(CaseView, Vec<Agency>), WebError> {
    let reference = case.0.clone();
    let read = visitor.run(move |ctx, who| {
        // Told by its log, a case takes two statements; from its rows, which the lists need too, it takes six.
        let view = view_case(ctx, who, &reference, true)?;
        check_now(ctx, who, &view.case, Verb::Amend)?;
        Ok((view, list_agencies(ctx, who)?))
    });
    read.await
}

fn page(visitor: &Visitor, view: &CaseView, agencies: &[Agency], form: Form) -> AmendPage {
    let words = Words { names: &view.names, now: visitor.now(), ctx: &visitor.app.ctx };
    AmendPage {
        frame: visitor.frame(format!("Mend {}", view.case.reference), Place::Queue),
        reference: view.case.reference.to_string(),
        version: view.case.version,
        paper: PaperForm::new(&form, agencies, &missing(&view.case), |path| words.fact(path)),
        problems: problems(&form.errors, &[]),
        form,
        document: served(&view.case, words),
        voids: "Saving voids the legal-basis check and all approvals; decisions are kept as a draft. \
            Another agency or officer must be verified anew.",
    }
}

/// Paths of facts that the last check missed and that no field of the form gives.
fn missing(case: &Case) -> Vec<String> {
    let answers = case.assessed().map(|a| a.answers.as_slice()).unwrap_or_default();
    let paths = answers.iter().flat_map(|a| a.assessment.missing_facts.iter());
    paths.filter(|path| !has_field(path)).cloned().collect()
}

/// Whether a field of its own on this form, or on a demand's, gives the fact.
fn has_field(path: &str) -> bool {
    const GIVEN: &[&str] = &[
        "as_of",
        "attachments_missing",
        "authorised_from",
        "authorised_to",
        "case_ref",
        "channel",
        "customer_type",
        "data_class",
        "execute_by",
        "instrument",
        "issued_on",
        "issuing_authority",
        "item_in_signed_process",
        "legal_basis_cited",
        "matter",
        "names_served_entity",
        "particular",
        "received_at",
        "requested_from",
        "requested_to",
        "requester_country",
        "requester_level",
        "requester_state",
        "requester_type",
        "requester_verified",
        "return_by",
        "signed",
        "statute_covers_request",
        "temporal",
    ];
    GIVEN.contains(&path) || path.starts_with("identifiers.") || path.starts_with("ndo.") || path.starts_with("policy.")
}
