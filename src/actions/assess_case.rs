//! Run the legal-basis check on every demand of a case.

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::assessment::{Assessment, Finding};
use crate::domain::case::{Answer, Case};
use crate::domain::catalogue::{Catalogue, Retention};
use crate::domain::demand::Demand;
use crate::domain::finding::FindingCode;
use crate::domain::staff::Verb;
use crate::domain::time::Instant;
use crate::law::Rulebook;
use crate::law::of_case::{Provider, facts_of};

/// Asks the engine about each demand as it stands and keeps the answers, pinned to the packs.
///
/// # Errors
/// [`ActionError::Invalid`] when a demand's category has left the catalogue, and as every verb on a case.
pub fn assess_case(ctx: &Ctx, who: &SignedIn, on: &OnCase) -> Result<Case, ActionError> {
    let (rulebook, catalogue, provider) = (ctx.rulebook.clone(), ctx.catalogue.clone(), ctx.provider.clone());
    act(ctx, who, on, Verb::Assess, move |case, acting, _| {
        let answers = answers(&case, &rulebook, &catalogue, &provider, acting.now)?;
        Ok(case.assess(answers, acting.who.id, acting.now)?)
    })
}

/// The engine's answers on the demands of a case, in their order.
///
/// # Errors
/// [`ActionError::Invalid`] when a demand's category has left the catalogue.
pub fn answers(
    case: &Case,
    rulebook: &Rulebook,
    catalogue: &Catalogue,
    provider: &Provider,
    now: Instant,
) -> Result<Vec<Answer>, ActionError> {
    case.demands.iter().map(|demand| answer(case, demand, rulebook, catalogue, provider, now)).collect()
}

fn answer(
    case: &Case,
    demand: &Demand,
    rulebook: &Rulebook,
    catalogue: &Catalogue,
    provider: &Provider,
    now: Instant,
) -> Result<Answer, ActionError> {
    let service = catalogue.find_service(&demand.asked.service).ok_or_else(|| gone(demand))?;
    let facts = facts_of(case, demand, service, provider, now);
    let mut assessment = rulebook.evaluate(&facts);
    raise_retention(&mut assessment, demand, catalogue, case.paper.received_at);
    Ok(Answer { demand: demand.id, assessment })
}

/// What is asked beyond retention is no longer held: a finding that does not stop the rest.
fn raise_retention(assessment: &mut Assessment, demand: &Demand, catalogue: &Catalogue, received_at: Instant) {
    let asked = &demand.asked;
    let Some(category) = catalogue.find_category(&asked.service, &asked.category) else { return };
    let earliest = category.beyond_retention(asked.period.from, received_at.day());
    let (name, rule) = (&category.name, format!("catalogue {}", catalogue.version));
    let finding = match earliest {
        _ if category.retention == Some(Retention::NotKept) => Finding::not_held(name, rule),
        Some(earliest) => Finding::not_held_before(earliest, name, rule),
        None => return,
    };
    if assessment.has_finding(FindingCode::DataNotHeld) {
        return;
    }
    assessment.findings.push(finding);
}

fn gone(demand: &Demand) -> ActionError {
    let field = format!("demand {}", demand.position);
    ActionError::invalid(&field, "Its service is no longer in the catalogue; change the demand to one that is.")
}
