//! Place a litigation hold on a case, and lift one: while one is on it, nothing of it is erased.

use super::on_case::{OnCase, beside};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::hold::{Hold, HoldStanding};
use crate::domain::id::HoldId;
use crate::domain::staff::Verb;
use crate::domain::text::Prose;
use crate::store::cases::OfCase;
use crate::store::holds;
use crate::system;

/// Places a hold on a case, open or closed.
///
/// # Errors
/// [`ActionError::NotFound`] without such a case; a refusal for people who may not (in the log).
pub fn place_hold(ctx: &Ctx, who: &SignedIn, on: &OnCase, what_for: Prose) -> Result<HoldId, ActionError> {
    beside(ctx, who, on, Verb::PlaceHold, move |case, acting, tx| {
        let id = HoldId(system::fresh_id());
        let hold = Hold { id, case: case.id, what_for, by: acting.who.id, at: acting.now };
        let event = Event::HoldPlaced(hold.clone());
        tx.apply(Change { state: OfCase::new(&case, HoldStanding { hold, lifted: None }), event })?;
        Ok(id)
    })
}

/// Lifts a hold.
///
/// # Errors
/// [`ActionError::NotFound`] without such a case or hold; a refusal for people who may not, and for a hold that is lifted (in
/// the log).
pub fn lift_hold(ctx: &Ctx, who: &SignedIn, on: &OnCase, id: HoldId, because: Prose) -> Result<(), ActionError> {
    beside(ctx, who, on, Verb::PlaceHold, move |case, acting, tx| {
        let standing = holds::of_case(tx.conn(), case.id)?.into_iter().find(|one| one.hold.id == id);
        let standing = standing.ok_or(ActionError::NotFound)?.lift(because, acting.who.id, acting.now)?;
        let Some(lifted) = standing.lifted.clone() else { return Err(ActionError::NotFound) };
        tx.apply(Change { state: OfCase::new(&case, standing), event: Event::HoldLifted(lifted) })?;
        Ok(())
    })
}
