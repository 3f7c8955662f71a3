//! Make an API token for oneself. It lets a program in for longer than any session, so it needs the password again.

use chrono::NaiveDate;

use crate::actions::add_staff::add_token_until;
use crate::actions::sign_in::SteppedUp;
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::staff::Actor;
use crate::domain::text::Line;
use crate::domain::time::Instant;

/// Makes a token that works through a day, UTC, or without an end. Returns it: it is shown once.
///
/// # Errors
/// [`ActionError::Invalid`] for a day that is over.
pub fn make_token(
    ctx: &Ctx,
    who: &SignedIn,
    name: Line,
    through: Option<NaiveDate>,
    _fresh: SteppedUp,
) -> Result<String, ActionError> {
    let end_of = |day: NaiveDate| day.succ_opt().and_then(|next| next.and_hms_opt(0, 0, 0)).map(|t| t.and_utc());
    let expires_at = through.and_then(end_of).map(Instant::new);
    if expires_at.is_some_and(|end| end <= ctx.now()) {
        return Err(ActionError::invalid("through", "Give a day that is not over yet."));
    }
    add_token_until(ctx, Actor::Staff(who.staff.id), who.staff.id, name, expires_at)
}
