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
mod harness;
mod papers;
#[path = "../it/support/postgres.rs"]
mod postgres;
#[path = "../it/support/skipped.rs"]
mod skipped;
mod walk;
mod whole_way;
