//! One span per request: what was asked by route, never by address, and how it ended. Its id goes back to whoever asked,
//! stands on the page of a failure, and is on every log line of the request, whichever thread writes it.

use std::time::Instant;

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use tracing::Instrument;
use tracing::field::Empty;

use super::App;
use crate::meters::Requests;
use crate::system;

/// The header that carries a request's id back. One that comes with a request is not taken over: it would be a way to
/// write into the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request.
#[derive(Clone)]
struct RequestId(String);

/// The id of a request, as its span has it.
pub fn id_of(req: &HttpRequest) -> Option<String> {
    req.extensions().get::<RequestId>().map(|id| id.0.clone())
}

/// Middleware: opens the span. References, ids and queries stay out of it: the route's pattern says enough.
///
/// # Errors
/// Never itself.
pub async fn span(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (id, method) = (system::fresh_id().to_string(), known_method(req.method()));
    let span = tracing::info_span!("request", %id, method, route = Empty, status = Empty, ms = Empty);
    let begun = Instant::now();
    let meters = req.app_data::<Data<App>>().map(|app| app.ctx.meters().requests.clone());
    let _in_flight = meters.as_ref().map(Requests::begin);
    req.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.call(req).instrument(span.clone()).await?.map_into_boxed_body();
    let route = response.request().match_pattern();
    let (route, status, took) = (route.as_deref().unwrap_or("none"), response.status().as_u16(), begun.elapsed());
    if let Some(meters) = &meters {
        meters.answered(route, method, status, took);
    }
    span.record("route", route);
    span.record("status", status);
    span.record("ms", u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    span.in_scope(|| tracing::info!("answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}

/// The method as log lines and meters spell it: whoever asks may make one up, and it would be kept word for word.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}
