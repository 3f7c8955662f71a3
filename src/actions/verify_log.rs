//! Verify the log: re-derive everything and name the first bad entry.

use super::{ActionError, Ctx};
use crate::audit::{Checkpoint, Fault, KeyChain, Trust, Verified};
use crate::store::{StoreError, log};

/// What is true of a sound log, or the first thing that is wrong.
pub type Verdict = Result<Verified, Fault>;

/// What every kept verification does, the scheduled ones and those that people ask for; `told` hears how many entries were
/// looked at. What is wrong must be said without personal data: it is kept, and shown to admins.
///
/// # Errors
/// When the database fails. A row that makes no sense is a fault of the log.
pub fn examine(ctx: &Ctx, told: &dyn Fn(u64)) -> Result<Verdict, ActionError> {
    let (trust, key) = (ctx.log.trust(), ctx.store.installation_key());
    match ctx.store.read(|conn| log::verify_telling(conn, key, &trust, &[], told)) {
        Err(StoreError::Corrupt { table, id, why }) => Ok(Err(Fault::new(table, id.parse().ok(), why))),
        verdict => Ok(verdict?),
    }
}

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
