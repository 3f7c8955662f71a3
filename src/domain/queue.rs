//! The queue as a person asks for it: a lane, filters, an order, and the place where the page before ended. All of it is
//! words of closed lists, ids, days and country codes, so that an address, a saved view and a log entry can hold it
//! without telling of anybody.

use chrono::{NaiveDate, TimeDelta};

use super::agency::Country;
use super::half_year::HalfYear;
use super::id::{AgencyId, CaseId, StaffId};
use super::instrument::{Instrument, InstrumentGroup};
use super::outcome::Outcome;
use super::requester::CustomerType;
use super::stage::Stage;
use super::text::ParseError;
use super::time::Instant;
use super::words::closed_words;

/// Where a case with a stopped clock stands among the moments at which cases are late: after all of them.
pub const STOPPED: Instant = last_days(30);
/// Where a case stands that is due at no time: at the end.
pub const NO_DATE: Instant = last_days(31);

/// A day of December 9999, the last month that both databases write with four digits.
const fn last_days(day: u32) -> Instant {
    match NaiveDate::from_ymd_opt(9999, 12, day) {
        Some(day) => Instant::midnight(day),
        None => Instant::midnight(NaiveDate::MAX),
    }
}

closed_words! {
    /// The lanes of the queue.
    pub enum Lane {
        /// Open cases assigned to whoever looks.
        Mine = "mine", "My cases";
        /// Open cases that nobody has.
        Unassigned = "unassigned", "Unassigned";
        /// Open emergencies.
        Emergency = "emergency", "Emergency";
        /// Open cases due within seven days, the late ones included.
        Week = "week", "Due this week";
        /// Open cases that wait for the agency.
        Waiting = "waiting", "Waiting on agency";
        /// All that are not closed.
        Open = "open", "All open";
        /// Closed cases.
        Closed = "closed", "Closed";
    }
}

closed_words! {
    /// How soon a case is due. A stopped clock is due at no date.
    pub enum DueIn {
        Late = "late", "Late";
        Day = "24h", "In 24 h, late included";
        ThreeDays = "72h", "In 72 h, late included";
        Week = "week", "In a week, late included";
        NoDate = "none", "No date";
    }
}

closed_words! {
    /// What marks a case in lists.
    pub enum Mark {
        /// A decision goes beyond its verdict.
        Override = "override", "Override";
        /// A binding secrecy order is in force.
        Secret = "secret", "Secrecy order";
        /// It waits for somebody outside.
        Waiting = "waiting", "Waiting";
        /// The account is an organisation's.
        Enterprise = "enterprise", "Enterprise";
        /// Only some people may know of it.
        Restricted = "restricted", "Restricted";
    }
}

closed_words! {
    /// What a list is sorted by.
    pub enum SortBy {
        Due = "due", "Due";
        Received = "received", "Received";
        Reference = "reference", "Reference";
        Agency = "agency", "Agency";
        Instrument = "instrument", "Instrument";
    }
}

/// One kind of paper, or a group of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperKind {
    /// All of a group.
    Group(InstrumentGroup),
    /// One.
    One(Instrument),
}

/// Who has a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// Whoever looks.
    Me,
    /// Nobody.
    Nobody,
    /// A colleague.
    Colleague(StaffId),
}

/// Which cases a list shows, in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The lane.
    pub lane: Lane,
    /// Only this kind of paper.
    pub paper: Option<PaperKind>,
    /// Only agencies of this country.
    pub country: Option<Country>,
    /// Only cases at this stage.
    pub stage: Option<Stage>,
    /// Only cases of this holder.
    pub holder: Option<Holder>,
    /// Only cases of this agency.
    pub agency: Option<AgencyId>,
    /// Only cases due so soon.
    pub due: Option<DueIn>,
    /// Only cases with this mark.
    pub mark: Option<Mark>,
    /// Only cases served in this half-year.
    pub period: Option<HalfYear>,
    /// Only cases that ended so; any where empty.
    pub outcomes: Vec<Outcome>,
    /// Only accounts of these customers; any where empty.
    pub customers: Vec<CustomerType>,
    /// The order; the lane's own without one.
    pub sort: Option<SortBy>,
    /// Whether the order is turned round.
    pub is_reversed: bool,
}

/// The line after which a page goes on: what it is sorted by, and its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// The key of the order.
    pub key: AfterKey,
    /// The case.
    pub case: CaseId,
}

/// The key of the last line, by the order of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterKey {
    /// When it is late, with [`STOPPED`] and [`NO_DATE`].
    Due(Instant),
    /// When it was served.
    Received(Instant),
    /// Its reference.
    Reference(String),
    /// Its agency, whose name is the key.
    Agency(AgencyId),
    /// Its kind of paper.
    Instrument(Instrument),
}

impl Lane {
    /// The order of a lane when none is asked for: closed cases by when they were served, open ones by due date.
    pub fn sort(self) -> SortBy {
        if self == Lane::Closed { SortBy::Received } else { SortBy::Due }
    }
}

impl DueIn {
    /// The last moment meant at which a case is late; none where none is dated.
    pub fn until(self, now: Instant) -> Option<Instant> {
        match self {
            DueIn::Late => Some(now),
            DueIn::Day => Some(now.plus(TimeDelta::hours(24))),
            DueIn::ThreeDays => Some(now.plus(TimeDelta::hours(72))),
            DueIn::Week => Some(now.plus(TimeDelta::days(7))),
            DueIn::NoDate => None,
        }
    }
}

impl std::str::FromStr for PaperKind {
    type Err = super::words::UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(PaperKind::Group).or_else(|_| text.parse().map(PaperKind::One))
    }
}

impl PaperKind {
    /// The word of the group or the instrument.
    pub fn as_str(self) -> &'static str {
        match self {
            PaperKind::Group(group) => group.as_str(),
            PaperKind::One(instrument) => instrument.as_str(),
        }
    }

    /// The instruments meant.
    pub fn instruments(self) -> Vec<Instrument> {
        match self {
            PaperKind::Group(group) => Instrument::ALL.iter().copied().filter(|i| i.group() == group).collect(),
            PaperKind::One(instrument) => vec![instrument],
        }
    }
}

impl std::str::FromStr for Holder {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "me" => Ok(Holder::Me),
            "nobody" => Ok(Holder::Nobody),
            id => id.parse().map(Holder::Colleague),
        }
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Holder::Me => f.write_str("me"),
            Holder::Nobody => f.write_str("nobody"),
            Holder::Colleague(id) => write!(f, "{id}"),
        }
    }
}

impl Filter {
    /// A whole lane, in its own order.
    pub fn of(lane: Lane) -> Filter {
        Filter {
            lane,
            paper: None,
            country: None,
            stage: None,
            holder: None,
            agency: None,
            due: None,
            mark: None,
            period: None,
            outcomes: Vec::new(),
            customers: Vec::new(),
            sort: None,
            is_reversed: false,
        }
    }

    /// The order in force.
    pub fn order(&self) -> SortBy {
        self.sort.unwrap_or(self.lane.sort())
    }

    /// Whether the highest key comes first. Closed cases and dates of service read newest first unless turned round.
    pub fn is_descending(&self) -> bool {
        (self.order() == SortBy::Received && self.lane == Lane::Closed) != self.is_reversed
    }

    /// Whether anything beside the lane and the order narrows the list.
    pub fn is_narrowed(&self) -> bool {
        let plain = Filter { sort: self.sort, is_reversed: self.is_reversed, ..Filter::of(self.lane) };
        *self != plain
    }

    /// Reads filters as an address spells them. Empty values mean *any*; names that are no filter are passed over.
    ///
    /// # Errors
    /// When a value is none of its list.
    pub fn parse<'t>(pairs: impl Iterator<Item = (&'t str, &'t str)>) -> Result<Filter, ParseError> {
        let mut filter = Filter::of(Lane::Open);
        for (name, value) in pairs.filter(|(_, value)| !value.is_empty()) {
            match name {
                "tab" => filter.lane = word(name, value)?,
                "instrument" => filter.paper = Some(word(name, value)?),
                "country" => filter.country = Some(Country::parse(name, value)?),
                "stage" => filter.stage = Some(word(name, value)?),
                "who" => filter.holder = Some(word(name, value)?),
                "agency" => filter.agency = Some(word(name, value)?),
                "due" => filter.due = Some(word(name, value)?),
                "mark" => filter.mark = Some(word(name, value)?),
                "period" => filter.period = Some(word(name, value)?),
                "outcome" => filter.outcomes = words(name, value)?,
                "customer" => filter.customers = words(name, value)?,
                "sort" => filter.sort = Some(word(name, value)?),
                "turned" => filter.is_reversed = value == "yes",
                _ => {}
            }
        }
        Ok(filter)
    }

    /// The filters as an address spells them; what is not set is left out, the lane never.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let pair = |name, value: Option<String>| value.map(|value| (name, value));
        [
            pair("tab", Some(self.lane.as_str().to_owned())),
            pair("instrument", self.paper.map(|p| p.as_str().to_owned())),
            pair("country", self.country.as_ref().map(ToString::to_string)),
            pair("stage", self.stage.map(|s| s.as_str().to_owned())),
            pair("who", self.holder.map(|h| h.to_string())),
            pair("agency", self.agency.map(|a| a.to_string())),
            pair("due", self.due.map(|d| d.as_str().to_owned())),
            pair("mark", self.mark.map(|m| m.as_str().to_owned())),
            pair("period", self.period.map(|p| p.to_string())),
            pair("outcome", joined(self.outcomes.iter().map(|o| o.as_str()))),
            pair("customer", joined(self.customers.iter().map(|c| c.as_str()))),
            pair("sort", self.sort.map(|s| s.as_str().to_owned())),
            pair("turned", self.is_reversed.then(|| "yes".to_owned())),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The filters as one text: the part of an address after the question mark. Nothing in it needs escaping.
    pub fn spell(&self) -> String {
        self.pairs().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    /// Reads [`Filter::spell`].
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn read(spelled: &str) -> Result<Filter, ParseError> {
        Filter::parse(spelled.split('&').filter_map(|pair| pair.split_once('=')))
    }
}

impl After {
    /// Reads `<key>_<case>` for a list in this order.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str, order: SortBy) -> Result<After, ParseError> {
        let parsed = || {
            let (key, case) = text.rsplit_once('_')?;
            let key = match order {
                SortBy::Due => AfterKey::Due(Instant::from_micros(key.parse().ok()?)?),
                SortBy::Received => AfterKey::Received(Instant::from_micros(key.parse().ok()?)?),
                SortBy::Reference => AfterKey::Reference(key.to_owned()),
                SortBy::Agency => AfterKey::Agency(key.parse().ok()?),
                SortBy::Instrument => AfterKey::Instrument(key.parse().ok()?),
            };
            Some(After { key, case: case.parse().ok()? })
        };
        parsed().ok_or_else(|| ParseError::new("after", "Go back to the top of the list."))
    }
}

impl std::fmt::Display for After {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.key {
            AfterKey::Due(at) | AfterKey::Received(at) => write!(f, "{}_{}", at.as_micros(), self.case),
            AfterKey::Reference(reference) => write!(f, "{reference}_{}", self.case),
            AfterKey::Agency(id) => write!(f, "{id}_{}", self.case),
            AfterKey::Instrument(instrument) => write!(f, "{instrument}_{}", self.case),
        }
    }
}

/// Words with commas between them; none where there are none.
fn joined<'w>(words: impl Iterator<Item = &'w str>) -> Option<String> {
    Some(words.collect::<Vec<_>>().join(",")).filter(|all| !all.is_empty())
}

fn words<T: std::str::FromStr>(name: &str, value: &str) -> Result<Vec<T>, ParseError> {
    value.split(',').map(|one| word(name, one)).collect()
}

fn word<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, ParseError> {
    value.parse().map_err(|_| ParseError::new(name, "Choose one of the list."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn filters_read_back_as_they_were_spelled() {
        for spelled in [
            "tab=open",
            "tab=mine&instrument=warrants&country=DE&stage=review&due=72h&mark=secret&sort=agency&turned=yes",
            "tab=closed&instrument=epoc&who=nobody&sort=reference",
            "tab=closed&country=DE&period=2026-H2&outcome=rejected,redirected&customer=enterprise,public_authority",
            "tab=week&who=00000000-0000-0000-0000-00000000000c&agency=00000000-0000-0000-0000-00000000000d",
        ] {
            assert_eq!(Filter::read(spelled).unwrap().spell(), spelled);
        }
        assert_eq!(Filter::read("").unwrap(), Filter::of(Lane::Open));
        assert_eq!(Filter::read("tab=&due=&page=3").unwrap(), Filter::of(Lane::Open));
        assert!(Filter::read("outcome=rejected,lost").is_err() && Filter::read("period=soon").is_err());
        assert!(Filter::read("due=soon").is_err() && Filter::read("who=Anna").is_err());
    }

    #[test]
    fn the_place_of_a_page_reads_back_in_every_order() {
        let case = CaseId(uuid::Uuid::from_u128(7));
        for (order, key) in [
            (SortBy::Due, AfterKey::Due(NO_DATE)),
            (SortBy::Received, AfterKey::Received(Instant::from_micros(12).unwrap())),
            (SortBy::Reference, AfterKey::Reference("2026-000123".into())),
            (SortBy::Agency, AfterKey::Agency(AgencyId(uuid::Uuid::from_u128(8)))),
            (SortBy::Instrument, AfterKey::Instrument(Instrument::PenTrapOrder)),
        ] {
            let after = After { key, case };
            assert_eq!(After::parse(&after.to_string(), order).unwrap(), after);
        }
        assert!(After::parse("nowhere", SortBy::Due).is_err());
    }
}
