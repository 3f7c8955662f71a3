//! Answers: a page, or the way to one.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

use super::WebError;

/// A page.
///
/// # Errors
/// When the template fails.
pub fn page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, WebError> {
    let body = template.render().map_err(|error| WebError::Unrendered(error.to_string()))?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(body))
}

/// A page that is as asked.
///
/// # Errors
/// When the template fails.
pub fn ok(template: &impl Template) -> Result<HttpResponse, WebError> {
    page(StatusCode::OK, template)
}

/// A form that comes back filled in, with what to put right.
///
/// # Errors
/// When the template fails.
pub fn again(template: &impl Template) -> Result<HttpResponse, WebError> {
    page(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// 303: the act is done, look there.
pub fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}
