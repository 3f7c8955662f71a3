//! Every rule that was asked about a demand, asked again under the rules and on the facts of its answer.

use std::sync::Arc;

use super::flips::facts_of;
use super::read;
use crate::actions::view_case::{Beside, CaseView, view_case_with};
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::assessment::Assessment;
use crate::domain::case::CaseReference;
use crate::domain::demand::Demand;
use crate::domain::id::DemandId;
use crate::law::{Facts, Rulebook};

/// A demand's answer, and what it takes to ask again.
pub struct Asked {
    /// The case.
    pub view: CaseView,
    /// The demand.
    pub demand: Demand,
    /// Its answer, as it was given.
    pub answer: Assessment,
    /// The facts of it, and the rules it was given by; none where it was given before rules were kept.
    pub again: Option<(Facts, Arc<Rulebook>)>,
    /// Whether the same answer comes out again, to the byte.
    pub is_same: bool,
}

/// Asks the rules of a demand's answer again.
///
/// # Errors
/// As [`view_case_with`]; [`ActionError::NotFound`] for a demand without an answer; when its rules can't be read.
pub fn ask_again(ctx: &Ctx, who: &SignedIn, reference: &CaseReference, demand: DemandId) -> Result<Asked, ActionError> {
    let view = view_case_with(ctx, who, reference, Beside::Nothing)?;
    let found = view.case.demands.iter().find(|one| one.id == demand).cloned();
    let answer = view.case.assessed().and_then(|assessed| assessed.on(demand)).cloned();
    let (demand, answer) = found.zip(answer).ok_or(ActionError::NotFound)?;
    if answer.rulebook.is_empty() {
        return Ok(Asked { view, demand, answer, again: None, is_same: false });
    }
    let in_force = ctx.rulebook();
    let rulebook = match in_force.sha256() == answer.rulebook {
        true => in_force,
        false => Arc::new(ctx.store.read(|conn| read(conn, &answer.rulebook))?),
    };
    let facts = facts_of(&answer);
    let is_same = rulebook.evaluate(&facts) == answer;
    Ok(Asked { view, demand, answer, again: Some((facts, rulebook)), is_same })
}
