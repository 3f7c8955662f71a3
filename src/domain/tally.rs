//! What reports count of a case and its log entries would not tell without personal data: it stands in the process
//! payload of every act that may change it, so that figures can be checked later, also after an erasure.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::case::Case;
use super::event::Event;

/// What reports count of a case as it stands, beside what its acts say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many different accounts its demands ask about.
    pub accounts: u32,
    /// Whether a decision in force goes beyond the rules' verdict.
    pub is_overridden: bool,
    /// How many different accounts the demands on each service ask about.
    pub services: BTreeMap<String, u32>,
}

impl Tally {
    /// What is counted of a case after an event; nothing where the event can't have changed it.
    pub fn after(event: &Event, case: &Case) -> Option<Tally> {
        use Event::*;
        let may_change = matches!(
            event,
            CaseOpened(_)
                | CaseAmended { .. }
                | DemandAdded { .. }
                | DemandsAdded { .. }
                | DemandChanged { .. }
                | DemandSplit { .. }
                | DemandRemoved { .. }
                | CaseAssessed { .. }
                | DecisionDrafted { .. }
                | RedirectAnswered { edit: Some(_), .. }
        );
        may_change.then(|| Tally::of(case))
    }

    /// What is counted of a case as it stands.
    pub fn of(case: &Case) -> Tally {
        let mut services: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for asked in case.demands.iter().map(|demand| &demand.asked) {
            services.entry(asked.service.clone()).or_default().insert(&asked.identifier.normalised);
        }
        let all: BTreeSet<&str> = services.values().flatten().copied().collect();
        Tally {
            accounts: many(all.len()),
            is_overridden: case.has_override(),
            services: services.into_iter().map(|(service, named)| (service, many(named.len()))).collect(),
        }
    }
}

fn many(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
