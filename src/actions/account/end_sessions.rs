//! End sessions from another one: one's own, or as an admin those of others.

use crate::actions::staff::as_admin;
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::event::Event;
use crate::domain::id::StaffId;
use crate::store::{About, Tx, access};

/// Which sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The one with this hash.
    One(String),
    /// All but the one that asks.
    Others,
}

/// Ends sessions of somebody.
///
/// # Errors
/// A refusal for another's sessions (in the log); [`ActionError::NotFound`] where there is none to end.
pub fn end_sessions(ctx: &Ctx, who: &SignedIn, of: StaffId, which: Which) -> Result<(), ActionError> {
    let mine = who.session.as_ref().filter(|session| session.staff == of).map(|session| session.id_hash.clone());
    let act = move |tx: &mut Tx<'_>| {
        let count = match &which {
            Which::One(hash) => usize::from(access::end_session(tx, of, hash)?),
            Which::Others => access::end_sessions_but(tx, of, mine.as_deref())?,
        };
        if count == 0 {
            return Err(ActionError::NotFound);
        }
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        tx.record(&Event::SessionsEnded { staff: of, count }, About::Register)?;
        Ok(())
    };
    if of == who.staff.id { ctx.write(&who.staff, act) } else { as_admin(ctx, who, move |tx, _| act(tx)) }
}
