//! Revoke an API token: one's own, or as an admin that of another.

use crate::actions::staff::as_admin;
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::id::{StaffId, TokenId};
use crate::store::{Tx, access};

/// Revokes a token of somebody.
///
/// # Errors
/// A refusal for another's token (in the log); [`ActionError::NotFound`] without such a token;
/// [`ActionError::Conflict`] when it is revoked already.
pub fn revoke_token(ctx: &Ctx, who: &SignedIn, of: StaffId, id: TokenId) -> Result<(), ActionError> {
    let act = move |tx: &mut Tx<'_>| {
        let tokens = access::list_tokens(tx.conn(), of)?;
        let mut token = tokens.into_iter().find(|token| token.id == id).ok_or(ActionError::NotFound)?;
        token.revoked_at = Some(tx.now());
        tx.apply(Change { state: token, event: Event::TokenRevoked { staff: of, token: id } })?;
        Ok(())
    };
    if of == who.staff.id { ctx.write(&who.staff, act) } else { as_admin(ctx, who, move |tx, _| act(tx)) }
}
