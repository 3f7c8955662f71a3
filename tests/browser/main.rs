//! Journeys in a real browser: what a person does, from signing in to the published figure.

#![cfg(feature = "server")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "tests may stop, and start and look at what the product may not"
)]

mod desk;
mod driver;
mod every_page;
mod harness;
mod hostile;
mod journeys;
mod keyboard;
mod papers;
mod pictures;
#[allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "a world for the other suite's stories: here it is looked at"
)]
#[path = "../it/support/mod.rs"]
mod support;
mod visit;
mod walk;
mod whole_way;

use support::{postgres, skipped};
