//! The lists of choices that forms offer, made from the domain's closed lists.

use crate::domain::catalogue::Catalogue;
use crate::domain::instrument::{Instrument, InstrumentGroup};

/// One option of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// Options under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The heading.
    pub label: String,
    /// Its options.
    pub choices: Vec<Choice>,
}

impl Choice {
    /// An option.
    pub fn new(value: impl Into<String>, label: impl Into<String>, chosen: &str) -> Choice {
        let value = value.into();
        Choice { is_chosen: value == chosen, value, label: label.into() }
    }
}

/// The options of a closed list: `words!(Channel, chosen)`.
macro_rules! words {
    ($list:ty, $chosen:expr) => {
        <$list>::ALL
            .iter()
            .map(|word| $crate::web::pages::choices::Choice::new(word.as_str(), word.label(), $chosen))
            .collect::<Vec<_>>()
    };
}
pub(super) use words;

/// All instruments under the headings by which screens list them.
pub fn instruments(chosen: &str) -> Vec<Group> {
    let of_group = |group: &InstrumentGroup| {
        let listed = Instrument::ALL.iter().filter(|i| i.group() == *group);
        let choices = listed.map(|i| Choice::new(i.as_str(), i.label(), chosen)).collect();
        Group { label: group.label().to_owned(), choices }
    };
    InstrumentGroup::ALL.iter().map(of_group).collect()
}

/// What each service keeps, as `service/category`, under the services' names.
pub fn items(catalogue: &Catalogue, chosen: &str) -> Vec<Group> {
    let services = catalogue.services.iter().map(|service| {
        let item = |category: &crate::domain::catalogue::Category| {
            Choice::new(format!("{}/{}", service.id, category.id), category.name.clone(), chosen)
        };
        Group { label: service.name.clone(), choices: service.categories.iter().map(item).collect() }
    });
    services.collect()
}
