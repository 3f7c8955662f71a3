//! Give a case to somebody, or hand it over.

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::id::StaffId;
use crate::domain::staff::{Verb, may};
use crate::domain::text::Prose;
use crate::store::staff;

/// Who shall have a case, with a word for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignCase {
    /// Who; nobody puts it back among the unassigned.
    pub to: Option<StaffId>,
    /// What whoever takes it over should know.
    pub note: Option<Prose>,
}

/// Assigns a case.
///
/// # Errors
/// [`ActionError::Invalid`] for somebody who can't work on this case, and as every verb on a case.
pub fn assign_case(ctx: &Ctx, who: &SignedIn, on: &OnCase, with: AssignCase) -> Result<Case, ActionError> {
    act(ctx, who, on, Verb::Assign, move |case, _, tx| {
        if let Some(to) = with.to {
            let colleague = staff::find(tx.conn(), to)?;
            let can_work = colleague.is_some_and(|colleague| may(&colleague, Verb::Amend, Some(&case)).is_ok());
            if !can_work {
                return Err(ActionError::invalid(
                    "assignee",
                    "This colleague can't work on the case; choose an analyst or reviewer of its team.",
                ));
            }
        }
        Ok(case.assign(with.to, with.note)?)
    })
}
