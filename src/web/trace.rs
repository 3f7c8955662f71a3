//! One span per request: what was asked by route, never by address, and how it ended.

use std::time::Instant;

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use tracing::Instrument;
use tracing::field::Empty;

use crate::system;

/// The header that carries a request's id back.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Middleware: opens the span. References, ids and queries stay out of it: the route's pattern says enough.
///
/// # Errors
/// Never itself.
pub async fn span(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = system::fresh_id().to_string();
    let span = tracing::info_span!("request", %id, method = %req.method(), route = Empty, status = Empty, ms = Empty);
    let begun = Instant::now();
    let mut response = next.call(req).instrument(span.clone()).await?.map_into_boxed_body();
    span.record("route", response.request().match_pattern().as_deref().unwrap_or("none"));
    span.record("status", response.status().as_u16());
    span.record("ms", u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX));
    span.in_scope(|| tracing::info!("answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}
