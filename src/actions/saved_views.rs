//! A person's own views of the queue: filters under a name. They hold words of closed lists and ids only, change no
//! case, and so leave no entry.

use uuid::Uuid;

use super::list_cases::ask;
use super::{ActionError, Ctx, SignedIn};
use crate::domain::queue::Filter;
use crate::domain::text::Line;
use crate::store::StoreError;
use crate::store::housekeep::{self, SavedView};
use crate::system;

/// How many views one person may have.
pub const MOST: usize = 20;

/// The person's views by name.
///
/// # Errors
/// A refusal for people who work on no cases (in the log).
pub fn list_views(ctx: &Ctx, who: &SignedIn) -> Result<Vec<SavedView>, ActionError> {
    ask(ctx, who)?;
    Ok(ctx.store.read(|conn| housekeep::saved_views(conn, who.staff.id))?)
}

/// Keeps filters under a name.
///
/// # Errors
/// [`ActionError::Invalid`] for a name that is taken, and beyond [`MOST`] views.
pub fn save_view(ctx: &Ctx, who: &SignedIn, name: &Line, filter: &Filter) -> Result<SavedView, ActionError> {
    if list_views(ctx, who)?.len() >= MOST {
        return Err(ActionError::invalid("name", format!("You have {MOST} views; delete one first.")));
    }
    let view = SavedView { id: system::fresh_id(), name: short(name)?, filters: filter.spell() };
    taken(ctx.store.housekeep(|broom| broom.save_view(who.staff.id, &view, ctx.now())))?;
    Ok(view)
}

/// Gives a view another name.
///
/// # Errors
/// [`ActionError::NotFound`] without such a view; [`ActionError::Invalid`] for a name that is taken.
pub fn rename_view(ctx: &Ctx, who: &SignedIn, view: Uuid, name: &Line) -> Result<(), ActionError> {
    ask(ctx, who)?;
    let name = short(name)?;
    let is_known = taken(ctx.store.housekeep(|broom| broom.rename_view(who.staff.id, view, &name)))?;
    if is_known { Ok(()) } else { Err(ActionError::NotFound) }
}

/// Forgets a view.
///
/// # Errors
/// [`ActionError::NotFound`] without such a view.
pub fn forget_view(ctx: &Ctx, who: &SignedIn, view: Uuid) -> Result<(), ActionError> {
    ask(ctx, who)?;
    let is_known = ctx.store.housekeep(|broom| broom.forget_view(who.staff.id, view))?;
    if is_known { Ok(()) } else { Err(ActionError::NotFound) }
}

/// A tab has little room.
fn short(name: &Line) -> Result<String, ActionError> {
    let length = name.as_str().chars().count();
    if length > 40 {
        return Err(ActionError::invalid("name", format!("Shorten the name to 40 characters; it has {length}.")));
    }
    Ok(name.to_string())
}

fn taken<T>(kept: Result<T, StoreError>) -> Result<T, ActionError> {
    kept.map_err(|error| match error {
        StoreError::Conflict => ActionError::invalid("name", "You have a view of this name; choose another."),
        other => other.into(),
    })
}
