//! Verify the log: re-derive everything and name the first bad entry.

use super::{ActionError, Ctx};
use crate::audit::{Checkpoint, Fault, KeyChain, Trust, Verified};
use crate::store::log;

/// Verifies without leaving a trace, for the operator at the console.
///
/// # Errors
/// When the database fails.
pub fn check(ctx: &Ctx) -> Result<Result<Verified, Fault>, ActionError> {
    check_against(ctx, &ctx.log.trust(), &[])
}

/// The same with what is trusted here, and that the log begins with what these checkpoints cover, which somebody kept elsewhere.
///
/// # Errors
/// When the database fails.
pub fn check_against(ctx: &Ctx, trust: &Trust, kept: &[Checkpoint]) -> Result<Result<Verified, Fault>, ActionError> {
    Ok(ctx.store.read(|conn| log::verify_against(conn, ctx.store.installation_key(), trust, kept))?)
}

/// The keys of the log, as its own entries lead to them from those that are trusted.
///
/// # Errors
/// When they lead nowhere, or the database fails.
pub fn key_chain(ctx: &Ctx, trust: &Trust) -> Result<KeyChain, ActionError> {
    Ok(ctx.store.read(|conn| log::key_chain(conn, trust))?)
}
