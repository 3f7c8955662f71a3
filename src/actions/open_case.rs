//! Open a case: the paper's particulars, who asks, what is asked.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use serde_json::Value;

use super::{ActionError, Ctx, SignedIn, clocks};
use crate::domain::agency::{Agency, Country, Officer};
use crate::domain::case::{Case, CaseReference, NewCase};
use crate::domain::catalogue::Catalogue;
use crate::domain::change::Change;
use crate::domain::demand::{Asked, Period};
use crate::domain::document::Document;
use crate::domain::event::Event;
use crate::domain::id::{AgencyId, CaseId, DemandId, OfficerId, StaffId, TeamId};
use crate::domain::identifier::Identifier;
use crate::domain::instrument::Instrument;
use crate::domain::paper::{Paper, Requester};
use crate::domain::redirect::Organisation;
use crate::domain::refusal::Refusal;
use crate::domain::requester::{Channel, CustomerType, IssuingAuthority, Matter, RequesterLevel, RequesterType};
use crate::domain::staff::{Verb, may};
use crate::domain::stage::Compartment;
use crate::domain::stated::Stated;
use crate::domain::text::{Line, ParseError};
use crate::domain::time::Instant;
use crate::law::{Facts, Rulebook};
use crate::store::{Tx, cases, directory, documents, staff};
use crate::system;

/// A case as a person enters it.
#[derive(Debug, Clone)]
pub struct OpenCase {
    /// The case id of documents that arrived before, as the form carries it.
    pub arrival: Option<CaseId>,
    /// Who may know of it.
    pub compartment: Compartment,
    /// Sign-in names of those who may know of a restricted case; whoever opens it is always among them.
    pub named: Vec<String>,
    /// The team that works on it; the opener's first team without one.
    pub team: Option<TeamId>,
    /// The paper's particulars.
    pub paper: PaperEntry,
    /// What is asked.
    pub demands: Vec<AskedEntry>,
}

/// The paper's particulars as a person enters them; see [`Paper`] for each.
#[derive(Debug, Clone)]
pub struct PaperEntry {
    /// The kind of legal process.
    pub instrument: Instrument,
    /// Whose power it rests on.
    pub issuing_authority: IssuingAuthority,
    /// Court or office as the paper names it.
    pub issuer: Option<Line>,
    /// Who asks.
    pub agency: AgencyEntry,
    /// Who signs or serves.
    pub officer: OfficerEntry,
    /// Docket, case or file number.
    pub docket: Stated<Line>,
    /// Statute or rule cited.
    pub legal_basis: Stated<Line>,
    /// The matter.
    pub matter: Matter,
    /// The way it reached us.
    pub channel: Channel,
    /// When it was served.
    pub received_at: Instant,
    /// The day it was issued.
    pub issued_on: Option<NaiveDate>,
    /// The day an answer is due.
    pub return_by: Stated<NaiveDate>,
    /// The last day to execute it.
    pub execute_by: Stated<NaiveDate>,
    /// First day of data allowed.
    pub authorised_from: Stated<NaiveDate>,
    /// Last day of data allowed.
    pub authorised_to: Stated<NaiveDate>,
    /// The kind of customer.
    pub customer: CustomerType,
    /// Whether it is signed.
    pub is_signed: Option<bool>,
    /// Whether it names the entity served.
    pub names_served_entity: Option<bool>,
    /// Whether attachments are missing.
    pub lacks_attachments: Option<bool>,
    /// Whether it is particular.
    pub is_particular: Option<bool>,
    /// Whether the statute covers the request.
    pub statute_covers: Option<bool>,
    /// Facts of less common instruments, by path.
    pub more: BTreeMap<String, Value>,
}

/// An agency of the directory, or a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgencyEntry {
    /// It stands in the directory.
    Known(AgencyId),
    /// It is entered now.
    New {
        /// Name as the paper gives it.
        name: Line,
        /// Country.
        country: Country,
        /// Level of government.
        level: RequesterLevel,
        /// Kind of requester.
        kind: RequesterType,
        /// US state.
        state: Option<Line>,
    },
}

/// No officer, one of the directory, or a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfficerEntry {
    /// The paper names nobody.
    Nobody,
    /// Stands in the directory.
    Known(OfficerId),
    /// Is entered now.
    New {
        /// Name.
        name: Line,
        /// Title or rank.
        title: Option<Line>,
        /// Mail address.
        email: Option<Line>,
        /// Telephone.
        phone: Option<Line>,
    },
}

/// A demand as a person enters it.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedEntry {
    /// The account.
    pub identifier: Identifier,
    /// Service id of the catalogue.
    pub service: String,
    /// Category id of the catalogue.
    pub category: String,
    /// The paper's own words.
    pub words: Option<Line>,
    /// The period asked.
    pub period: Period,
    /// Whether the signed paper asks for it.
    pub in_signed_paper: Option<bool>,
    /// Whether the account is ours.
    pub is_ours: Option<bool>,
    /// The organisation whose account it is, where the holder is one.
    pub organisation: Option<Organisation>,
}

/// Opens a case.
///
/// # Errors
/// [`ActionError::Invalid`] with every field at fault; a refusal when the person may not open cases.
pub fn open_case(ctx: &Ctx, who: &SignedIn, with: OpenCase) -> Result<Case, ActionError> {
    let mut wrong = check_paper(&ctx.rulebook(), &with.paper);
    let demands: Vec<Asked> = collect(with.demands, &ctx.catalogue, &mut wrong);
    if !wrong.is_empty() {
        return Err(ActionError::Invalid(wrong));
    }
    let (signed_in, within) = (who.staff.clone(), ctx.clone());
    ctx.write(&who.staff, move |tx| {
        let (by, now) = (signed_in.id, tx.now());
        may(&signed_in, Verb::Open, None).map_err(|refusal| ActionError::refused(refusal, Verb::Open))?;
        let team = with.team.or_else(|| signed_in.teams.first().copied());
        let team = team.filter(|t| signed_in.teams.contains(t));
        let team = team.ok_or_else(|| ActionError::invalid("team", "Choose one of your own teams."))?;
        if with.compartment == Compartment::NationalSecurity && !signed_in.is_cleared {
            return Err(ActionError::refused(Refusal::NoRight { verb: Verb::Open }, Verb::Open));
        }
        let (id, documents) = settle_arrival(tx, with.arrival, with.compartment, by)?;
        let paper = settle_paper(tx, with.paper)?;
        let mut named = settle_named(tx, with.named)?;
        named.insert(by);
        let new = NewCase {
            id,
            reference: reference(tx, now, with.compartment)?,
            compartment: with.compartment,
            named: if with.compartment == Compartment::Restricted { named } else { BTreeSet::new() },
            team,
            paper,
            documents,
            demands: demands.into_iter().map(|asked| (DemandId(system::fresh_id()), asked)).collect(),
            scope_salt: hex::encode(system::chance::<32>()),
        };
        let case = tx.apply(Case::open(new, by, now))?;
        clocks::recount(&within, tx, case)
    })
}

/// The case's id and the documents that arrived for it. A paper arrives before anybody knows its compartment, so
/// its arrival stands in the log by name; a national-security case therefore takes another id than its paper's.
fn settle_arrival(
    tx: &mut Tx<'_>,
    arrival: Option<CaseId>,
    compartment: Compartment,
    by: StaffId,
) -> Result<(CaseId, Vec<Document>), ActionError> {
    let fresh = CaseId(system::fresh_id());
    let Some(arrival) = arrival else { return Ok((fresh, Vec::new())) };
    let documents = documents::of_case(tx.conn(), arrival)?;
    if documents.is_empty() || documents.iter().any(|d| d.received_by != by) {
        return Err(ActionError::NotFound);
    }
    if compartment != Compartment::NationalSecurity {
        return Ok((arrival, documents));
    }
    documents::rehome(tx, arrival, fresh)?;
    Ok((fresh, documents::of_case(tx.conn(), fresh)?))
}

/// The people behind sign-in names.
fn settle_named(tx: &mut Tx<'_>, names: Vec<String>) -> Result<BTreeSet<StaffId>, ActionError> {
    let mut named = BTreeSet::new();
    for name in names {
        let found = staff::find_by_name(tx.conn(), &name)?;
        let unknown = || {
            ActionError::invalid("named", format!("Nobody signs in as “{name}”; give sign-in names, parted by commas."))
        };
        named.insert(found.ok_or_else(unknown)?.0.id);
    }
    Ok(named)
}

/// The next reference of the year. National-security cases take theirs by chance from a range of their own, so
/// that neither counts nor gaps tell of them.
fn reference(tx: &mut Tx<'_>, now: Instant, compartment: Compartment) -> Result<CaseReference, ActionError> {
    let year = now.day().year();
    if compartment == Compartment::NationalSecurity {
        let drawn = u32::from_be_bytes(system::chance::<4>()) % 500_000;
        return Ok(CaseReference::new(year, 500_000 + drawn));
    }
    Ok(cases::next_reference(tx, year)?)
}

/// Facts of less common instruments must be ones the rules know, with values of their type.
pub(super) fn check_paper(rulebook: &Rulebook, paper: &PaperEntry) -> Vec<ParseError> {
    let mut wrong = Vec::new();
    for (path, value) in &paper.more {
        let one = Facts::new().set(path, value.clone());
        if let Err(error) = rulebook.check_facts(&one) {
            wrong.push(ParseError::new(format!("more.{path}"), error.to_string()));
        }
    }
    if let (Some(issued), received) = (paper.issued_on, paper.received_at.day())
        && issued > received
    {
        wrong.push(ParseError::new(
            "issued_on",
            "The paper can't be issued after it was served; mend one of the dates.",
        ));
    }
    wrong
}

pub(super) fn collect(entries: Vec<AskedEntry>, catalogue: &Catalogue, wrong: &mut Vec<ParseError>) -> Vec<Asked> {
    let mut asked = Vec::new();
    for (row, entry) in entries.into_iter().enumerate() {
        match settle_asked(entry, catalogue) {
            Ok(one) => asked.push(one),
            Err(error) => wrong.push(ParseError::new(format!("demands.{row}.{}", error.field), error.reason)),
        }
    }
    asked
}

/// A demand with the law's class of its category, as the catalogue has it today.
pub(super) fn settle_asked(entry: AskedEntry, catalogue: &Catalogue) -> Result<Asked, ParseError> {
    let category = catalogue
        .find_category(&entry.service, &entry.category)
        .ok_or_else(|| ParseError::new("category", "Choose a service and category of the catalogue."))?;
    Ok(Asked {
        identifier: entry.identifier,
        data_class: category.us,
        service: entry.service,
        category: entry.category,
        words: entry.words,
        period: entry.period,
        in_signed_paper: entry.in_signed_paper,
        is_ours: entry.is_ours,
        organisation: entry.organisation,
    })
}

/// The paper with its requester; a new agency or officer enters the directory in the same write.
pub(super) fn settle_paper(tx: &mut Tx<'_>, entry: PaperEntry) -> Result<Paper, ActionError> {
    let agency = settle_agency(tx, entry.agency)?;
    let officer = settle_officer(tx, entry.officer, &agency)?;
    Ok(Paper {
        instrument: entry.instrument,
        issuing_authority: entry.issuing_authority,
        issuer: entry.issuer,
        requester: Requester {
            agency: agency.id,
            officer,
            country: agency.country,
            level: agency.level,
            kind: agency.kind,
            state: agency.state,
        },
        docket: entry.docket,
        legal_basis: entry.legal_basis,
        matter: entry.matter,
        channel: entry.channel,
        received_at: entry.received_at,
        issued_on: entry.issued_on,
        return_by: entry.return_by,
        execute_by: entry.execute_by,
        authorised_from: entry.authorised_from,
        authorised_to: entry.authorised_to,
        customer: entry.customer,
        is_signed: entry.is_signed,
        names_served_entity: entry.names_served_entity,
        lacks_attachments: entry.lacks_attachments,
        is_particular: entry.is_particular,
        statute_covers: entry.statute_covers,
        more: entry.more,
    })
}

fn settle_agency(tx: &mut Tx<'_>, entry: AgencyEntry) -> Result<Agency, ActionError> {
    match entry {
        AgencyEntry::Known(id) => directory::find_agency(tx.conn(), id)?
            .ok_or_else(|| ActionError::invalid("agency", "Choose an agency of the directory, or enter a new one.")),
        AgencyEntry::New { name, country, level, kind, state } => {
            let agency = Agency { id: AgencyId(system::fresh_id()), name, country, level, kind, state };
            Ok(tx.apply(Change { event: Event::AgencyAdded(agency.clone()), state: agency })?)
        }
    }
}

fn settle_officer(tx: &mut Tx<'_>, entry: OfficerEntry, agency: &Agency) -> Result<Option<OfficerId>, ActionError> {
    match entry {
        OfficerEntry::Nobody => Ok(None),
        OfficerEntry::Known(id) => {
            let officer = directory::find_officer(tx.conn(), id)?.filter(|o| o.agency == agency.id);
            officer
                .map(|o| Some(o.id))
                .ok_or_else(|| ActionError::invalid("officer", "Choose an officer of this agency."))
        }
        OfficerEntry::New { name, title, email, phone } => {
            let officer = Officer { id: OfficerId(system::fresh_id()), agency: agency.id, name, title, email, phone };
            Ok(Some(tx.apply(Change { event: Event::OfficerAdded(officer.clone()), state: officer })?.id))
        }
    }
}
