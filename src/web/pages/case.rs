//! The page of a case, and the acts on its paper, its requester and its secrecy.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::case_page::{CasePage, Posted, Spot, whole};
use super::case_retention;
use super::case_tabs::Tab;
use crate::actions::assess_case::assess_case;
use crate::actions::attach_document::attach_document;
use crate::actions::receive_document::for_case;
use crate::actions::record_secrecy::{RecordSecrecy, record_secrecy};
use crate::actions::verify_requester::{VerifyRequester, verify_requester};
use crate::domain::document::DocumentKind;
use crate::domain::staff::Verb;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::page::{again, ok};
use crate::web::upload::Upload;

pub use super::amend::{amend, amend_form};

/// What the address of a case may say beside its name.
#[derive(Debug, Default, Deserialize)]
pub struct Shown {
    #[serde(default)]
    tab: String,
    from: Option<usize>,
    before: Option<i64>,
}

/// `GET /cases/{reference}`
///
/// # Errors
/// As [`crate::actions::view_case::view_case`].
pub async fn show(visitor: Visitor, case: OfCase, shown: web::Query<Shown>) -> Result<HttpResponse, WebError> {
    let tab = Tab::named(&shown.tab);
    let spot = Spot { tab, from: shown.from.unwrap_or(0), before: shown.before };
    match CasePage::build(&visitor, &case, spot, Form::default()).await {
        Ok(page) => ok(&page),
        Err(error) => case_retention::instead(&visitor, &case, error).await,
    }
}

/// `POST /cases/{reference}/checks`
///
/// # Errors
/// As [`verify_requester`].
pub async fn check(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let read = read_check(&fields);
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Requester, fields };
    posted.act(read, verify_requester).await
}

fn read_check(fields: &Fields) -> Result<VerifyRequester, Errors> {
    let mut errors = Errors::default();
    let (method, result) = (fields.word("method", &mut errors), fields.word("result", &mut errors));
    let account = fields.required_prose("account", &mut errors);
    let read = method.zip(result).zip(account);
    whole(read.map(|((method, result), account)| VerifyRequester { method, result, account }), errors)
}

/// `POST /cases/{reference}/assess`
///
/// # Errors
/// As [`assess_case`].
pub async fn assess(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Review, fields };
    posted.act(Ok(()), |ctx, who, on, ()| assess_case(ctx, who, on)).await
}

/// `POST /cases/{reference}/secrecy`
///
/// # Errors
/// As [`record_secrecy`].
pub async fn secrecy(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let read = read_secrecy(&fields);
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Review, fields };
    posted.act(read, record_secrecy).await
}

fn read_secrecy(fields: &Fields) -> Result<RecordSecrecy, Errors> {
    let mut errors = Errors::default();
    let source = fields.word("source", &mut errors);
    let (issuer, docket) = (fields.line("issuer", &mut errors), fields.line("docket", &mut errors));
    let grounds = fields.prose("grounds", &mut errors);
    let starts_on = fields.required_date("starts_on", &mut errors);
    let ends_on = fields.stated_date("ends_on", &mut errors);
    let read = source.zip(starts_on);
    whole(read.map(|(source, starts_on)| RecordSecrecy { source, issuer, docket, grounds, starts_on, ends_on }), errors)
}

/// `POST /cases/{reference}/documents`
///
/// # Errors
/// As [`for_case`] and [`attach_document`].
pub async fn attach(visitor: Visitor, case: OfCase, upload: Upload) -> Result<HttpResponse, WebError> {
    let reference = case.0.clone();
    let taken = upload.take(move |ctx, who, _| for_case(ctx, who, &reference, Verb::Attach)).await;
    let taken = match taken {
        Ok(taken) => taken,
        Err(error) => {
            let form = Form::again(Fields::default(), error.into_invalid()?);
            return again(&CasePage::build(&visitor, &case, Tab::Documents, form).await?);
        }
    };
    let fields = taken.fields.clone();
    // A file that no act takes is discarded when it is dropped.
    let read = read_kind(&fields, taken.count()).and_then(|kind| match taken.into_one("file") {
        Ok((_, file)) => Ok((kind, file)),
        Err(error) => Err(error.into_invalid().unwrap_or_default()),
    });
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Documents, fields };
    posted.act(read, |ctx, who, on, (kind, file)| attach_document(ctx, who, on, kind, file)).await
}

/// What people attach; collected data comes in by its task.
fn read_kind(fields: &Fields, files: usize) -> Result<DocumentKind, Errors> {
    let mut errors = Errors::default();
    let kind = fields.word::<DocumentKind>("kind", &mut errors);
    if kind == Some(DocumentKind::Collected) {
        errors.add("kind", "Collected data comes in by its collection task.");
    }
    match files {
        0 => errors.add("file", "Choose a file."),
        1 => {}
        _ => errors.add("file", "Choose one file at a time."),
    }
    whole(kind, errors)
}
