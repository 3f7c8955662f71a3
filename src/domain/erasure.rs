//! Erasure: somebody proposes it, another person approves it, and then the personal data of each of its cases goes, one
//! case after the other. What stays is told by [`Erased`].

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::case::CaseReference;
use super::id::{CaseId, ErasureId, OfficerId, StaffId, TeamId};
use super::instrument::Instrument;
use super::outcome::Outcome;
use super::redirect::RedirectResult;
use super::refusal::Refusal;
use super::requester::CustomerType;
use super::retention::{Schedule, schedule_for_papers};
use super::stage::Compartment;
use super::text::Prose;
use super::time::Instant;
use super::words::closed_words;

/// So many cases one erasure has at the most.
pub const MOST: usize = 5_000;

closed_words! {
    /// On which ground cases are erased.
    pub enum ErasureGround {
        /// Their time to be kept is over.
        Schedule = "schedule", "retention schedule";
        /// The person whom the data is about asked for it (such as GDPR article 17).
        PersonConcerned = "person_concerned", "request of the person concerned";
        /// A court or an authority ordered it.
        Ordered = "ordered", "order of a court or authority";
        /// It should never have been a case.
        OpenedInError = "opened_in_error", "opened in error";
    }
}

impl ErasureGround {
    /// The grounds on which a single case is erased before its time.
    pub const SINGLE: [ErasureGround; 3] =
        [ErasureGround::PersonConcerned, ErasureGround::Ordered, ErasureGround::OpenedInError];
}

/// A case of an erasure, or papers that no case was opened for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureItem {
    /// The case, or the id that its papers arrived under.
    pub case: CaseId,
    /// The name of the schedule under which its time is over, where that is the ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
}

/// An erasure as it was proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Identity.
    #[serde(rename = "erasure")]
    pub id: ErasureId,
    /// On which ground.
    pub ground: ErasureGround,
    /// The schedules that its cases name, as they were then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<Schedule>,
    /// The cases.
    pub items: Vec<ErasureItem>,
    /// What more is to be said, in words. It stands in the log for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Prose>,
    /// Who proposed it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

/// What was said to an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureAnswer {
    /// Which.
    pub erasure: ErasureId,
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

closed_words! {
    /// How a proposed erasure ended.
    pub enum AnsweredAs {
        /// Its cases are being erased, or are.
        Approved = "approved", "approved";
        /// Nothing came of it.
        Declined = "declined", "declined";
    }
}

/// An erasure as it stands, without its cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureStanding {
    /// Identity.
    pub id: ErasureId,
    /// On which ground.
    pub ground: ErasureGround,
    /// The schedules that its cases name.
    pub schedules: Vec<Schedule>,
    /// What more is to be said.
    pub because: Option<Prose>,
    /// Who proposed it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
    /// How it ended, who said so and when.
    pub answered: Option<(AnsweredAs, ErasureAnswer)>,
    /// Its one case, where that is of the national-security compartment: then only cleared people know of the erasure.
    pub sealed_case: Option<CaseId>,
}

impl ErasureStanding {
    /// An erasure as it stands once it is proposed.
    pub fn proposed(erasure: &Erasure, sealed_case: Option<CaseId>) -> ErasureStanding {
        ErasureStanding {
            id: erasure.id,
            ground: erasure.ground,
            schedules: erasure.schedules.clone(),
            because: erasure.because.clone(),
            by: erasure.by,
            at: erasure.at,
            answered: None,
            sealed_case,
        }
    }

    /// Whether what stands in it under a schedule are papers that no case was opened for.
    pub fn is_of_papers(&self, schedule: Option<&str>) -> bool {
        let of_papers = schedule_for_papers(&self.schedules);
        of_papers.is_some_and(|one| Some(one.name.as_str()) == schedule)
    }

    /// Approves it.
    ///
    /// # Errors
    /// [`Refusal::ErasureAnswered`]; [`Refusal::OwnErasure`] for whoever proposed it.
    pub fn approve(self, by: StaffId, at: Instant) -> Result<ErasureStanding, Refusal> {
        if self.answered.is_none() && self.by == by {
            return Err(Refusal::OwnErasure);
        }
        self.answer(AnsweredAs::Approved, by, at)
    }

    /// Declines it, or withdraws it.
    ///
    /// # Errors
    /// [`Refusal::ErasureAnswered`].
    pub fn decline(self, by: StaffId, at: Instant) -> Result<ErasureStanding, Refusal> {
        self.answer(AnsweredAs::Declined, by, at)
    }

    fn answer(mut self, answered: AnsweredAs, by: StaffId, at: Instant) -> Result<ErasureStanding, Refusal> {
        if self.answered.is_some() {
            return Err(Refusal::ErasureAnswered);
        }
        self.answered = Some((answered, ErasureAnswer { erasure: self.id, by, at }));
        Ok(self)
    }
}

/// What the log tells of a case, or of papers that no case was opened for, whose personal data is gone. The entry says which
/// payloads went with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// The numbers of the entries whose personal payloads went, as ranges from first to last, rising.
    pub erased: Vec<(u64, u64)>,
    /// The case, or the id that its papers arrived under.
    pub case: CaseId,
    /// The erasure it was part of.
    pub erasure: ErasureId,
    /// On which ground.
    pub ground: ErasureGround,
    /// The name of the schedule, where that is the ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// Who proposed the erasure.
    pub proposed_by: StaffId,
    /// Who approved it.
    pub approved_by: StaffId,
    /// What is left of a case; nothing of papers without one.
    #[serde(flatten)]
    pub left: Option<Left>,
}

/// All that the register goes on knowing of a case whose personal data is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// What people called the case.
    pub reference: CaseReference,
    /// Who might know of it.
    pub compartment: Compartment,
    /// Named people, of a restricted case.
    pub named: BTreeSet<StaffId>,
    /// The team.
    pub team: TeamId,
    /// The officer whose entry in the directory went with it, because no other case names that person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer: Option<OfficerId>,
    /// What reports go on counting.
    pub counted: Remains,
}

/// What reports go on counting of an erased case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remains {
    /// The day it was served, UTC.
    pub received_on: NaiveDate,
    /// The asking country.
    pub country: String,
    /// The kind of paper.
    pub instrument: Instrument,
    /// The kind of customer.
    pub customer: CustomerType,
    /// How many different accounts it asked about.
    pub accounts: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether a decision on it went beyond the rules' verdict.
    pub is_overridden: bool,
    /// What became of a redirect on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclosed_by: Option<RedirectResult>,
    /// The services its demands named, each once.
    pub services: Vec<RemainsOfService>,
}

/// One service that an erased case named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemainsOfService {
    /// The service.
    pub service: String,
    /// How many different accounts the demands on it asked about.
    pub accounts: u32,
    /// How the demands on it came out.
    pub outcome: Outcome,
}

/// Numbers as ranges from first to last. The numbers rise.
pub fn ranges(numbers: impl IntoIterator<Item = u64>) -> Vec<(u64, u64)> {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn numbers_in_a_row_make_one_range() {
        assert_eq!(ranges([1, 2, 3, 7, 9, 10]), [(1, 3), (7, 7), (9, 10)]);
        assert_eq!(ranges([]), []);
    }
}
