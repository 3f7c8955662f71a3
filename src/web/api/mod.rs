//! The JSON API, version 1: a second thin skin over the actions that the pages call. `docs/api.md` is its contract.
//!
//! It takes bearer tokens and nothing else, so no browser can be made to send anything here. Read [`reader`] and
//! [`act`] first, what every call is made of, then [`checks`], the smallest act.
//!
//! **An act more** takes three steps. Its handler, in the file of its resource: read the fields, name the action.
//!
//! ```ignore
//! pub async fn comment(by: Visitor, of: OfCase, body: Body) -> Answer {
//!     let read = |r: &mut Reader<'_>| r.required_prose("text");
//!     act(&by, &of, body, read, comment_on_case).await
//! }
//! ```
//!
//! Its line in `web/routes.rs`, with the verb that may call it. Its line in `docs/api.md` and its call in
//! `tests/it/gates/api.rs`; the tests fail until both stand there.
//!
//! What is answered is written out in types of this room, never a type of the domain: their fields are a promise.

pub mod problem;
pub mod reader;
pub mod body;
pub mod strict_json;
pub mod once;
pub mod act;
pub mod personal;

pub mod me;
pub mod words;
pub mod catalogue;
pub mod cases;
pub mod case;
pub mod case_json;
pub mod paper;
pub mod paper_entry;
pub mod documents;
pub mod checks;
pub mod secrecy;
pub mod clocks;
pub mod desk;
pub mod demands;
pub mod assessment;
pub mod decision;
pub mod closing;
pub mod tasks;
pub mod log;
pub mod reports;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;

use super::WebError;

/// What a call ends with: its answer, or what becomes a problem.
pub type Answer = Result<HttpResponse, WebError>;

/// Whether an address belongs to the API.
pub fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// An answer as asked.
fn ok(what: &impl Serialize) -> HttpResponse {
    json(StatusCode::OK, what)
}

fn json(status: StatusCode, what: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).json(what)
}
