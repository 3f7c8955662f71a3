//! Writ: the case register a provider's compliance team uses to answer legal demands for customer data.
//!
//! Two halves. The *pure half* decides: `domain`, `law`, `audit`, `report` take values and give values. The
//! *doing half* (feature `server`) reads, writes, sends and answers. `docs/architecture.md` is the map, and
//! `tests/house.rs` holds the walls.

// ── pure: values in, values out ──────────────────────────────────────────────────
pub mod domain;
pub mod law;
pub mod clock;
pub mod audit;
pub mod report;
pub mod conduct;
pub mod sheet;

// ── crafts: values ↔ texts and bytes; no store, no web ───────────────────────────
pub mod letters;

// ── the machine: time, ids, chance, the cipher, settings, what is counted ─────
#[cfg(feature = "server")]
pub mod system;
#[cfg(feature = "server")]
pub mod seal;
#[cfg(feature = "server")]
pub mod archive;
#[cfg(feature = "server")]
pub mod backup;
#[cfg(feature = "server")]
pub mod settings;
#[cfg(feature = "server")]
pub mod telemetry;
#[cfg(feature = "server")]
pub mod meters;

// ── doing ────────────────────────────────────────────────────────────────────────
#[cfg(feature = "server")]
pub mod store;
#[cfg(feature = "server")]
pub mod vault;
#[cfg(feature = "server")]
pub mod mail;
#[cfg(feature = "server")]
pub mod actions;

// ── doors ────────────────────────────────────────────────────────────────────────
#[cfg(feature = "server")]
pub mod web;
#[cfg(feature = "server")]
pub mod jobs;
#[cfg(feature = "server")]
pub mod cli;
