//! Verify the log: re-derive everything and name the first bad entry.

use super::{ActionError, Ctx, SignedIn};
use crate::audit::{Checkpoint, Fault, Trust, Verified, VerifierKey};
use crate::domain::event::Event;
use crate::domain::staff::{Verb, may};
use crate::store::{About, log};

/// Verifies as a person who may; that it was done and what came of it stands in the log.
///
/// # Errors
/// A refusal for people who may not (in the log); the store's failures.
pub fn verify_log(ctx: &Ctx, who: &SignedIn) -> Result<Result<Verified, Fault>, ActionError> {
    if let Err(refusal) = may(&who.staff, Verb::VerifyLog, None) {
        return ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::VerifyLog)));
    }
    let verdict = check(ctx)?;
    let size = verdict.as_ref().map(|v| v.size).unwrap_or(0);
    let event = Event::LogVerified { size, is_sound: verdict.is_ok() };
    ctx.write(&who.staff, move |tx| Ok(tx.record(&event, About::Register)?))?;
    Ok(verdict)
}

/// Verifies without leaving a trace, for the operator at the console.
///
/// # Errors
/// When the database fails.
pub fn check(ctx: &Ctx) -> Result<Result<Verified, Fault>, ActionError> {
    check_against(ctx, &ctx.log.trusted, &[])
}

/// The same under these keys, and that the log begins with what these checkpoints cover, which somebody kept elsewhere.
///
/// # Errors
/// When the database fails.
pub fn check_against(
    ctx: &Ctx,
    keys: &[VerifierKey],
    kept: &[Checkpoint],
) -> Result<Result<Verified, Fault>, ActionError> {
    let trust = Trust { origin: ctx.log.origin.clone(), keys: keys.to_vec() };
    Ok(ctx.store.read(|conn| log::verify_against(conn, ctx.store.installation_key(), &trust, kept))?)
}
