//! The transparency report as a file.

use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentDisposition};

use crate::actions::report_transparency;
use crate::web::WebError;
use crate::web::extract::Visitor;

/// `GET /reports/transparency.csv`
///
/// # Errors
/// A refusal for people who may not; when the store fails.
pub async fn transparency(visitor: Visitor) -> Result<HttpResponse, WebError> {
    let table = visitor.run(report_transparency::report_transparency).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, ContentDisposition::attachment("transparency.csv")))
        .body(table.to_csv()))
}
