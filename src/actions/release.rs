//! Release a production.

use super::on_case::{OnCase, act};
use super::sign_in::SteppedUp;
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::decision::ReleaseMethod;
use crate::domain::staff::Verb;
use crate::domain::text::Line;

/// Lets the production go. Needs the password given again.
///
/// # Errors
/// As every verb on a case; for a collector and for whoever made the call-back.
pub fn release(
    ctx: &Ctx,
    who: &SignedIn,
    on: &OnCase,
    to: Line,
    method: ReleaseMethod,
    _fresh: SteppedUp,
) -> Result<Case, ActionError> {
    act(ctx, who, on, Verb::Release, move |case, acting, _| Ok(case.release(to, method, acting.who.id, acting.now)?))
}
