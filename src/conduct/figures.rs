//! Cases as the reports count them, from what the log tells.

use super::act::Past;
use super::case::CaseSeen;
use crate::domain::outcome::Outcome;
use crate::domain::redirect::RedirectResult;
use crate::domain::stage::Compartment;
use crate::report::{Counted, CountedService};

/// What is counted of a case: nothing of a closed compartment; nothing within where its entries don't tell.
pub(super) fn counted(case: &CaseSeen) -> Option<Option<Counted>> {
    if case.compartment == Compartment::NationalSecurity {
        return None;
    }
    let Some(tally) = &case.tally else { return Some(None) };
    let disclosed_by = case.answers.last().map(|(_, result)| *result);
    let went_to_customer = disclosed_by.is_none_or(RedirectResult::is_redirected);
    let preserves_only = case.paper.instrument.preserves_only();
    let service = |(service, identifiers): (&String, &u32)| {
        let outcome = case.outcome.map(|outcome| match outcome {
            Outcome::Withdrawn => Outcome::Withdrawn,
            _ => Outcome::of(&case.settled(|asked| asked == service), preserves_only, went_to_customer),
        });
        CountedService { service: service.clone(), identifiers: *identifiers, state: outcome.into() }
    };
    Some(Some(Counted {
        received_on: case.paper.received_at.day(),
        country: case.paper.requester.country.clone(),
        instrument: Some(case.paper.instrument),
        customer: case.paper.customer,
        identifiers: tally.accounts,
        state: case.outcome.into(),
        is_overridden: tally.is_overridden,
        disclosed_by,
        services: tally.services.iter().map(service).collect(),
        is_imported: false,
    }))
}

/// What is counted of a past case: only its outcome as a whole is known, so each service it names has that.
pub(super) fn counted_past(past: &Past) -> Counted {
    let state = Some(past.outcome).into();
    let of_service =
        |service: &String| CountedService { service: service.clone(), identifiers: past.identifier_count, state };
    Counted {
        received_on: past.received_on,
        country: past.country.clone(),
        instrument: past.instrument,
        customer: past.customer,
        identifiers: past.identifier_count,
        state,
        is_overridden: false,
        disclosed_by: past.disclosed_by,
        services: past.services.iter().map(of_service).collect(),
        is_imported: true,
    }
}
