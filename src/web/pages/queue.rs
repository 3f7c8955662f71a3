//! The queue: the cases a person works on, and the file of them.

use actix_web::http::header::{self, ContentDisposition};
use actix_web::{HttpRequest, HttpResponse};
use uuid::Uuid;

use super::queue_page::{Asked, QueuePage};
use crate::actions::assign_cases::what_became;
use crate::actions::export_cases::export_cases;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::fields::Form;
use crate::web::page::ok;

/// `GET /queue`
///
/// # Errors
/// A refusal for people who work on no cases; when the store fails.
pub async fn show(visitor: Visitor, req: HttpRequest) -> Result<HttpResponse, WebError> {
    let asked = Asked::parse(req.query_string())?;
    let told = match asked.told {
        Some(slip) => told(&visitor, slip).await?,
        None => None,
    };
    ok(&QueuePage::build(&visitor, asked, Form::default(), told).await?)
}

async fn told(visitor: &Visitor, slip: Uuid) -> Result<Option<crate::actions::assign_cases::AssignedMany>, WebError> {
    visitor.run(move |ctx, who| what_became(ctx, who, slip)).await
}

/// `GET /queue.csv`
///
/// # Errors
/// As [`export_cases`].
pub async fn csv(visitor: Visitor, req: HttpRequest) -> Result<HttpResponse, WebError> {
    let Asked { filter, .. } = Asked::parse(req.query_string())?;
    let day = visitor.now().day();
    let file = visitor.run(move |ctx, who| export_cases(ctx, who, &filter)).await?;
    let name = if file.is_cut { format!("queue-{day}-first-{}.csv", file.cases) } else { format!("queue-{day}.csv") };
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, ContentDisposition::attachment(name)))
        .body(file.text))
}
