//! Close a case.

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::staff::Verb;
use crate::domain::text::Prose;

/// Closes the case with the outcome that follows from what was decided and collected.
///
/// # Errors
/// As every verb on a case; while a gate that this case needs is shut.
pub fn close_case(ctx: &Ctx, who: &SignedIn, on: &OnCase, note: Option<Prose>) -> Result<Case, ActionError> {
    act(ctx, who, on, Verb::Close, move |case, acting, _| Ok(case.close(note, acting.who.id, acting.now)?))
}
