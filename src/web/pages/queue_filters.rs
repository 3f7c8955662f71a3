//! What the filters of the queue offer, with what is chosen.

use std::collections::BTreeSet;

use super::choices::{Choice, Group, words};
use super::views::listed;
use crate::actions::list_cases::QueuePage;
use crate::domain::id::StaffId;
use crate::domain::instrument::{Instrument, InstrumentGroup};
use crate::domain::queue::{DueIn, Filter, Mark, SortBy};
use crate::domain::stage::Stage;

/// The filters as a form offers them.
pub struct Filters {
    /// The lane, which stays.
    pub lane: &'static str,
    /// Whether the order is turned round, which stays.
    pub is_reversed: bool,
    /// Groups of instruments, each with its instruments.
    pub instruments: Vec<Group>,
    /// Countries of the agencies in this lane.
    pub countries: Vec<Choice>,
    /// Stages.
    pub stages: Vec<Choice>,
    /// Me, nobody, colleagues.
    pub holders: Vec<Choice>,
    /// Agencies with cases in this lane.
    pub agencies: Vec<Choice>,
    /// How soon due.
    pub dues: Vec<Choice>,
    /// Marks.
    pub marks: Vec<Choice>,
    /// Orders.
    pub sorts: Vec<Choice>,
    /// What narrows the list beyond these fields, as a number of a report does: name, value, in words.
    pub more: Vec<(&'static str, String, String)>,
    /// Whether anything narrows the list.
    pub is_narrowed: bool,
}

impl Filters {
    /// What can be chosen here.
    pub fn new(filter: &Filter, read: &QueuePage, me: StaffId) -> Filters {
        let chosen = |name: &str| {
            let pairs = filter.pairs();
            pairs.into_iter().find(|(n, _)| *n == name).map(|(_, value)| value).unwrap_or_default()
        };
        Filters {
            lane: filter.lane.as_str(),
            is_reversed: filter.is_reversed,
            instruments: instruments(&chosen("instrument")),
            countries: countries(read, &chosen("country")),
            stages: words!(Stage, &chosen("stage")),
            holders: holders(read, me, &chosen("who")),
            agencies: agencies(read, &chosen("agency")),
            dues: words!(DueIn, &chosen("due")),
            marks: words!(Mark, &chosen("mark")),
            sorts: words!(SortBy, filter.order().as_str()),
            more: more(filter, chosen),
            is_narrowed: filter.is_narrowed(),
        }
    }
}

fn more(filter: &Filter, value: impl Fn(&str) -> String) -> Vec<(&'static str, String, String)> {
    let said = |name, words: Option<String>| words.map(|words| (name, value(name), words));
    [
        said("period", filter.period.map(|period| format!("received in {}", period.label()))),
        said("outcome", listed(filter.outcomes.iter().map(|o| o.label()))),
        said("customer", listed(filter.customers.iter().map(|c| c.label())).map(|kinds| format!("account: {kinds}"))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn instruments(chosen: &str) -> Vec<Group> {
    let of_group = |group: &InstrumentGroup| {
        let all = Choice::new(group.as_str(), format!("All: {}", group.label()), chosen);
        let listed = Instrument::ALL.iter().filter(|i| i.group() == *group);
        let each = listed.map(|i| Choice::new(i.as_str(), i.label(), chosen));
        Group { label: group.label().to_owned(), choices: std::iter::once(all).chain(each).collect() }
    };
    InstrumentGroup::ALL.iter().map(of_group).collect()
}

fn countries(read: &QueuePage, chosen: &str) -> Vec<Choice> {
    let known = read.agencies.iter().map(|(.., country)| country.as_str());
    let all: BTreeSet<&str> = known.chain((!chosen.is_empty()).then_some(chosen)).collect();
    all.into_iter().map(|country| Choice::new(country, country, chosen)).collect()
}

fn holders(read: &QueuePage, me: StaffId, chosen: &str) -> Vec<Choice> {
    let fixed = [Choice::new("me", "Me", chosen), Choice::new("nobody", "Nobody", chosen)];
    let colleagues = read.colleagues.iter().filter(|colleague| colleague.id != me);
    let colleagues = colleagues.map(|c| Choice::new(c.id.to_string(), c.name.clone(), chosen));
    fixed.into_iter().chain(colleagues).collect()
}

/// The agency that was chosen is offered even where its cases are elsewhere now.
fn agencies(read: &QueuePage, chosen: &str) -> Vec<Choice> {
    let mut all: Vec<Choice> =
        read.agencies.iter().map(|(id, name, _)| Choice::new(id.to_string(), name.clone(), chosen)).collect();
    if !chosen.is_empty() && !all.iter().any(|choice| choice.is_chosen) {
        all.push(Choice::new(chosen, "the agency chosen before", chosen));
    }
    all
}
