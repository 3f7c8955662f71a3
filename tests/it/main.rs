#![cfg(feature = "server")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should stop, and it may look at the world it is run in"
)]

mod support;

mod alarms;
mod api;
mod archive;
mod audit_desk;
mod audit_format;
mod audit_review;
mod backups;
mod bundles;
mod case_screen;
mod checkpoints;
mod cli;
mod clock;
mod case_clocks;
mod crash;
mod desk;
mod domain_props;
mod erasure;
mod events;
mod four_eyes;
mod gates;
mod generate;
mod hostile;
mod identifiers;
mod journey;
mod law;
mod law_here;
mod log_keys;
mod log_lines;
mod staff;
mod races;
mod proofs;
mod past_cases;
mod mail;
mod nodes;
mod page_costs;
mod stop;
mod store;
mod tamper;
mod watch;
mod web;
mod witnesses;
