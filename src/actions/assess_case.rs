//! Run the legal-basis check on every demand of a case.

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::{Answer, Case};
use crate::domain::catalogue::Catalogue;
use crate::domain::comment::LinkKind;
use crate::domain::demand::Demand;
use crate::domain::staff::Verb;
use crate::domain::time::Instant;
use crate::law::Rulebook;
use crate::law::of_case::{Beside, Kept, Provider, facts_of};
use crate::store::{StoreError, Tx, directory, links};

/// What a legal-basis check asks: the rules, what is kept, and who is asked.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// The rules.
    pub rulebook: &'a Rulebook,
    /// What is kept.
    pub catalogue: &'a Catalogue,
    /// Who is asked.
    pub provider: &'a Provider,
}

/// Asks the engine about each demand as it stands and keeps the answers, pinned to the packs.
///
/// # Errors
/// [`ActionError::Invalid`] when a demand's category has left the catalogue, and as every verb on a case.
pub fn assess_case(ctx: &Ctx, who: &SignedIn, on: &OnCase) -> Result<Case, ActionError> {
    let (law, catalogue, provider) = (ctx.law.clone(), ctx.catalogue.clone(), ctx.provider.clone());
    act(ctx, who, on, Verb::Assess, move |case, acting, tx| {
        let rulebook = super::law::of_act(&law, tx)?;
        let asking = Asking { rulebook: &rulebook, catalogue: &catalogue, provider: &provider };
        let answers = answers(&case, asking, beside(&case, tx)?, acting.now)?;
        Ok(case.assess(answers, acting.who.id, acting.now)?)
    })
}

/// The engine's answers on the demands of a case, in their order.
///
/// # Errors
/// [`ActionError::Invalid`] when a demand's category has left the catalogue.
pub fn answers(case: &Case, asking: Asking<'_>, beside: Beside, now: Instant) -> Result<Vec<Answer>, ActionError> {
    let answer = |demand: &Demand| {
        let asked = &demand.asked;
        let service = asking.catalogue.find_service(&asked.service).ok_or_else(|| gone(demand))?;
        let category = asking.catalogue.find_category(&asked.service, &asked.category);
        let kept = Kept { catalogue: asking.catalogue, service, category };
        let facts = facts_of(case, demand, kept, asking.provider, beside, now);
        Ok(Answer { demand: demand.id, assessment: asking.rulebook.evaluate(&facts) })
    };
    case.demands.iter().map(answer).collect()
}

/// What stands beside the case: its officer's particulars, and its links.
fn beside(case: &Case, tx: &mut Tx<'_>) -> Result<Beside, StoreError> {
    let officer = match case.paper.requester.officer {
        Some(id) => directory::find_officer(tx.conn(), id)?,
        None => None,
    };
    let served_again = |seen: &links::LinkSeen| !seen.is_from_other && seen.link.kind == LinkKind::DuplicateOf;
    Ok(Beside {
        has_contact: officer.map(|officer| officer.email.is_some() || officer.phone.is_some()),
        is_served_again: links::of_case(tx.conn(), case.id)?.iter().any(served_again),
    })
}

fn gone(demand: &Demand) -> ActionError {
    let field = format!("demand {}", demand.position);
    ActionError::invalid(&field, "Its service is no longer in the catalogue; change the demand to one that is.")
}
