//! Give many cases to somebody at once. Each is an act of its own, with its own entry; one that is refused leaves the
//! others done.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::assign_case::{AssignCase, assign_case};
use super::on_case::{self, OnCase};
use super::{ActionError, Ctx, SignedIn, list_cases, slips};
use crate::domain::case::CaseReference;
use crate::domain::id::StaffId;
use crate::domain::staff::Verb;
use crate::domain::stage::Compartment;
use crate::store::staff;

/// What became of one case of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The case.
    pub reference: String,
    /// Why not; none where it was done.
    pub refused: Option<String>,
}

/// What became of all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignedMany {
    /// Who has those that were done.
    pub to: Option<StaffId>,
    /// Each case, in the order of the list.
    pub answers: Vec<Answered>,
}

/// How many cases one act gives away at most.
pub const MOST: usize = 200;

/// Assigns each of these cases, and keeps what became of them for the page that comes next.
///
/// # Errors
/// A refusal for people who work on no cases (in the log); [`ActionError::Invalid`] for more than [`MOST`] cases; when
/// the store fails. What is refused on one case stands
/// in its answer, and in the log as any refusal does.
pub fn assign_cases(
    ctx: &Ctx,
    who: &SignedIn,
    on: &[OnCase],
    with: &AssignCase,
) -> Result<(AssignedMany, Uuid), ActionError> {
    list_cases::ask(ctx, who)?;
    if on.len() > MOST {
        return Err(ActionError::invalid("to", format!("Tick at most {MOST} cases at once.")));
    }
    let answers = on.iter().map(|on| {
        let refused = match assign_case(ctx, who, on, with.clone()) {
            Ok(_) => None,
            Err(ActionError::Store(error)) => return Err(ActionError::Store(error)),
            Err(ActionError::Invalid(errors)) => {
                Some(errors.iter().map(|e| e.reason.as_str()).collect::<Vec<_>>().join(" "))
            }
            Err(ActionError::NotFound) => Some("There is no such case, or you may not see it.".to_owned()),
            Err(other) => Some(other.to_string()),
        };
        Ok(Answered { reference: on.reference.to_string(), refused })
    });
    let many = AssignedMany { to: with.to, answers: answers.collect::<Result<_, _>>()? };
    let slip = slips::keep(ctx, who, &many)?;
    Ok((many, slip))
}

/// What became of an earlier act of this person; none when it is over.
///
/// # Errors
/// When the store fails.
pub fn what_became(ctx: &Ctx, who: &SignedIn, slip: Uuid) -> Result<Option<AssignedMany>, ActionError> {
    slips::find(ctx, who, slip)
}

/// Who could take this case, by name: the people of its team who may know of it, whoever has it left out.
///
/// # Errors
/// [`ActionError::NotFound`] without such a case; a refusal for people who may not assign it (in the log).
pub fn who_could_take(ctx: &Ctx, who: &SignedIn, reference: &CaseReference) -> Result<Takers, ActionError> {
    let case = on_case::line(ctx, who, reference, Verb::Assign)?;
    let (names, mut colleagues) = ctx.store.read(|conn| staff::people(conn, &[case.team].into()))?;
    colleagues.retain(|colleague| match case.compartment {
        Compartment::Ordinary => true,
        Compartment::Restricted => case.named.contains(&colleague.id),
        Compartment::NationalSecurity => colleague.is_cleared,
    });
    colleagues.retain(|colleague| case.assignee != Some(colleague.id));
    Ok(Takers {
        version: case.version,
        assignee: case.assignee.map(|id| names.get(&id).cloned().unwrap_or_default()),
        colleagues: colleagues.into_iter().map(|colleague| (colleague.id, colleague.name)).collect(),
    })
}

/// What the form to hand a case over needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takers {
    /// The case's version.
    pub version: i32,
    /// Who has it, by name.
    pub assignee: Option<String>,
    /// Who could take it.
    pub colleagues: Vec<(StaffId, String)>,
}
