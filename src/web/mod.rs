//! The web room: the only one that knows actix. It turns requests into actions and their results into pages.
//!
//! Read [`routes`] first, the table of every address; then [`run`], [`extract`] and [`fields`], what each handler is
//! made of; then one page and its template. A handler extracts, parses, runs one action, answers.

pub mod app;
pub mod routes;
pub mod run;
pub mod stop;
pub mod watch;

pub mod session;
pub mod csrf;
pub mod extract;
pub mod fields;
pub mod once;
pub mod upload;
pub mod arrival;

pub mod error;
pub mod frame;
pub mod page;
pub mod times;

pub mod assets;
pub mod headers;
pub mod packing;
pub mod trace;

pub mod pages;
pub mod api;

pub use app::{App, WebSettings, configure, server, server_until};
pub use error::WebError;
