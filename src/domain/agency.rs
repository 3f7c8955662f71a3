//! Requesting organisations and the people who sign or serve for them.

use serde::{Deserialize, Serialize};

use super::id::{AgencyId, OfficerId};
use super::requester::{RequesterLevel, RequesterType};
use super::text::{Line, ParseError};

/// A requesting organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    /// Identity.
    pub id: AgencyId,
    /// Name as the paper gives it.
    pub name: Line,
    /// Country.
    pub country: Country,
    /// Level of government.
    pub level: RequesterLevel,
    /// Kind of requester.
    pub kind: RequesterType,
    /// US state, for state and local agencies: two letters.
    pub state: Option<Line>,
}

/// A person of an agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Officer {
    /// Identity.
    pub id: OfficerId,
    /// The agency served.
    pub agency: AgencyId,
    /// Name.
    pub name: Line,
    /// Title or rank.
    pub title: Option<Line>,
    /// Mail address as given.
    pub email: Option<Line>,
    /// Telephone number as given.
    pub phone: Option<Line>,
}

/// An ISO 3166-1 alpha-2 country code, upper case; `ZZ` stands for *any*.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Country(String);

impl Country {
    /// Parses a two-letter code.
    ///
    /// # Errors
    /// When it is not two letters.
    pub fn parse(field: &str, given: &str) -> Result<Self, ParseError> {
        let code = given.trim().to_ascii_uppercase();
        if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(Country(code))
        } else {
            Err(ParseError::new(field, "Give the two-letter country code, for example US or DE."))
        }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Country {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
