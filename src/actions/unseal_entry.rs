//! Open the personal part of an entry, with a reason that the case's people read in its log.

use secrecy::SecretString;

use super::sign_in::{SteppedUp, step_up_about};
use super::view_entry::concern;
use super::{ActionError, Ctx, Refused, SignedIn, announce};
use crate::domain::event::Event;
use crate::domain::mail::MailKind;
use crate::domain::staff::Verb;
use crate::domain::text::Prose;
use crate::store::{About, log, staff};

/// Checks the password once more. A refusal stands in the log of the case that the entry is about.
///
/// # Errors
/// [`Refusal::NotSteppedUp`](crate::domain::refusal::Refusal::NotSteppedUp) without the right password, in the log.
pub fn step_up_for_entry(
    ctx: &Ctx,
    who: &SignedIn,
    seq: i64,
    password: &SecretString,
) -> Result<SteppedUp, ActionError> {
    let key = ctx.store.installation_key().clone();
    step_up_about(ctx, who, password, Verb::Unseal, move |tx| {
        let Some(entry) = log::find_entry(tx.conn(), seq)? else { return Ok((About::Register, None)) };
        Ok((concern(tx.conn(), &key, &mut entry.row.clone())?.about(), None))
    })
}

/// Unseals an entry for this session: its page shows the personal part for 15 minutes. Needs the password given
/// again. Whoever answers for the case is told by mail that it was done; who did it and why stands in the case's log.
///
/// # Errors
/// A refusal for people who may not, or not in this compartment (in the log of the case);
/// [`ActionError::NotFound`] without such an entry; [`ActionError::Conflict`] when the personal part is gone.
pub fn unseal_entry(ctx: &Ctx, who: &SignedIn, seq: i64, because: Prose, _fresh: SteppedUp) -> Result<(), ActionError> {
    let Some(session) = who.session.clone() else {
        return Err(ActionError::NotSignedIn("An entry is unsealed for a session, and an API token has none.".into()));
    };
    let (id, key) = (who.staff.id, ctx.store.installation_key().clone());
    ctx.write(&who.staff, move |tx| {
        let who = staff::find(tx.conn(), id)?.ok_or(ActionError::NotFound)?;
        let entry = log::find_entry(tx.conn(), seq)?.ok_or(ActionError::NotFound)?;
        let concern = concern(tx.conn(), &key, &mut entry.row.clone())?;
        let about = concern.about();
        let refused =
            |refusal| ActionError::Refused(Box::new(Refused { refusal, verb: Verb::Unseal, stage: None, about }));
        concern.may_be_unsealed(&who).map_err(refused)?;
        if log::personal_part(tx.conn(), &key, &entry)?.is_none() {
            return Err(ActionError::Conflict(Some("The personal part of this entry was erased.".into())));
        }
        let seq_of_event = u64::try_from(seq).map_err(|_| ActionError::NotFound)?;
        let told = tx.record(&Event::EntryUnsealed { seq: seq_of_event, because }, about)?;
        if let Some(case) = concern.case() {
            announce::to_whoever_answers(tx, case, MailKind::EntryUnsealed, told)?;
        }
        Ok(log::keep_unsealed(tx, &session.id_hash, seq)?)
    })
}
