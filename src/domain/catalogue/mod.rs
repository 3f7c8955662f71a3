//! The catalogue: which services there are, what each keeps, for how long, and which class of data each law
//! sees in it. It is text that counsel and engineers keep together; how it is read is in `parse`.

use chrono::{Days, NaiveDate};

use super::data_class::DataClass;
use super::identifier::IdentifierKind;
use super::requester::ServiceKind;

mod error;
mod parse;

pub use error::CatalogueError;

/// Every service of one provider and what it keeps, as one text says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// Its name, for example `demo`.
    pub name: String,
    /// The version its text states.
    pub version: String,
    /// SHA-256 over the text, in lower-case hex: what an old case was decided under.
    pub sha256: String,
    /// The services, in the order of the text.
    pub services: Vec<Service>,
}

/// A product that holds data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its id: `a` to `z`, digits and `_`.
    pub id: String,
    /// Its name as people read it.
    pub name: String,
    /// What its provider is under the law.
    pub kind: ServiceKind,
    /// Whether anyone may have it, as opposed to a service for the provider's own people.
    pub offered_to_public: bool,
    /// The legal entity a paper must name to reach it.
    pub entity: String,
    /// What it keeps.
    pub categories: Vec<Category>,
    /// The kinds of identifier it can be asked by.
    pub identifiers: Vec<IdentifierKind>,
}

/// A kind of data that a service keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its id, unlike any other in its service.
    pub id: String,
    /// Its name as people read it.
    pub name: String,
    /// What is in it, in plain words.
    pub holds: String,
    /// Its class under the law of the United States.
    pub us: DataClass,
    /// Its class under Reg. (EU) 2023/1543, where somebody has classed it.
    pub eu: Option<DataClass>,
    /// How long it is kept; `None` where the catalogue does not say.
    pub retention: Option<Retention>,
    /// What a reviewer should know before deciding about it.
    pub note: Option<String>,
}

/// How long a kind of data is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// So many days from the day it arises.
    Days(u32),
    /// As long as the account lives.
    LifeOfAccount,
    /// Never: papers ask for it, and no service keeps it.
    NotKept,
}

impl Catalogue {
    /// The service with this id.
    pub fn find_service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.id == id)
    }

    /// The category with this id in the service with that id.
    pub fn find_category(&self, service: &str, category: &str) -> Option<&Category> {
        self.find_service(service)?.find_category(category)
    }
}

impl Service {
    /// The category with this id.
    pub fn find_category(&self, id: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == id)
    }
}

impl Category {
    /// Where the period asked begins before anything is still held: the earliest day that is. An open
    /// beginning asks for everything, so it always lies before. `None` where nothing asked is too old, or
    /// where data is kept as long as the account or the catalogue does not say how long.
    pub fn beyond_retention(&self, period_from: Option<NaiveDate>, asked_on: NaiveDate) -> Option<NaiveDate> {
        let Some(Retention::Days(days)) = self.retention else { return None };
        let earliest = asked_on.checked_sub_days(Days::new(u64::from(days)))?;
        if period_from.is_some_and(|from| from >= earliest) { None } else { Some(earliest) }
    }
}

impl std::fmt::Display for Retention {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Retention::Days(1) => f.write_str("1 day"),
            Retention::Days(days) => write!(f, "{days} days"),
            Retention::LifeOfAccount => f.write_str(parse::LIFE_OF_ACCOUNT),
            Retention::NotKept => f.write_str(parse::NOT_KEPT),
        }
    }
}

#[cfg(test)]
mod tests;
