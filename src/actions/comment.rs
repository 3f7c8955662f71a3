//! Comment on a case. A comment moves nothing on, and whoever edits the case meanwhile is not disturbed.

use super::on_case::{OnCase, beside};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::change::Change;
use crate::domain::comment::Comment;
use crate::domain::event::Event;
use crate::domain::id::CommentId;
use crate::domain::staff::Verb;
use crate::domain::text::Prose;
use crate::store::cases::OfCase;
use crate::system;

/// Adds a comment, and gives back the case it stands beside.
///
/// # Errors
/// [`ActionError::NotFound`] without such a case; a refusal for people who may not work on it (in the log).
pub fn add_comment(ctx: &Ctx, who: &SignedIn, on: &OnCase, text: Prose) -> Result<Case, ActionError> {
    beside(ctx, who, on, Verb::Comment, move |case, acting, tx| {
        let id = CommentId(system::fresh_id());
        let comment = Comment { id, case: case.id, text, by: acting.who.id, at: acting.now };
        let event = Event::CommentAdded { comment: comment.clone() };
        tx.apply(Change { state: OfCase::new(&case, comment), event })?;
        Ok(case)
    })
}
