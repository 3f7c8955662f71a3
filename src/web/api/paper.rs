//! The paper's particulars: as they are sent, and as they are answered. What is answered may be sent back as it is.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

use super::personal::{Eyes, Personal};
use super::reader::Reader;
use crate::actions::ActionError;
use crate::actions::open_case::{AgencyEntry, OfficerEntry, PaperEntry};
use crate::domain::agency::{Agency, Country, Officer};
use crate::domain::id::{AgencyId, OfficerId};
use crate::domain::instrument::Instrument;
use crate::domain::paper::Paper;
use crate::domain::requester::{Channel, CustomerType, IssuingAuthority, Matter, RequesterLevel, RequesterType};
use crate::domain::stated::Stated;
use crate::domain::text::ParseError;
use crate::web::WebError;

/// The particulars of a paper.
#[derive(Debug, Serialize)]
pub struct PaperJson {
    instrument: Instrument,
    issuing_authority: IssuingAuthority,
    issuer: Personal<Option<String>>,
    agency: KnownJson<AgencyId>,
    officer: Option<KnownJson<OfficerId>>,
    docket: Personal<Value>,
    legal_basis: Personal<Value>,
    matter: Matter,
    channel: Channel,
    received_at: String,
    issued_on: Option<NaiveDate>,
    return_by: Value,
    execute_by: Value,
    authorised_from: Value,
    authorised_to: Value,
    customer: CustomerType,
    is_signed: Option<bool>,
    names_served_entity: Option<bool>,
    lacks_attachments: Option<bool>,
    is_particular: Option<bool>,
    statute_covers: Option<bool>,
    more: Personal<BTreeMap<String, Value>>,
}

/// Somebody of the directory.
#[derive(Debug, Serialize)]
struct KnownJson<T> {
    id: T,
}

/// Who asks, as the directory has them.
#[derive(Debug, Serialize)]
pub struct RequesterJson {
    agency: AgencyJson,
    officer: Option<OfficerJson>,
}

#[derive(Debug, Serialize)]
struct AgencyJson {
    id: AgencyId,
    name: Personal<String>,
    country: String,
    level: RequesterLevel,
    kind: RequesterType,
    state: Option<String>,
}

#[derive(Debug, Serialize)]
struct OfficerJson {
    id: OfficerId,
    name: Personal<String>,
    title: Personal<Option<String>>,
    email: Personal<Option<String>>,
    phone: Personal<Option<String>>,
}

impl PaperJson {
    /// A paper as this person may see it.
    pub fn of(paper: &Paper, eyes: Eyes<'_>) -> PaperJson {
        PaperJson {
            instrument: paper.instrument,
            issuing_authority: paper.issuing_authority,
            issuer: eyes.text(paper.issuer.as_ref()),
            agency: KnownJson { id: paper.requester.agency },
            officer: paper.requester.officer.map(|id| KnownJson { id }),
            docket: eyes.personal(stated(&paper.docket)),
            legal_basis: eyes.personal(stated(&paper.legal_basis)),
            matter: paper.matter,
            channel: paper.channel,
            received_at: paper.received_at.for_machines(),
            issued_on: paper.issued_on,
            return_by: stated(&paper.return_by),
            execute_by: stated(&paper.execute_by),
            authorised_from: stated(&paper.authorised_from),
            authorised_to: stated(&paper.authorised_to),
            customer: paper.customer,
            is_signed: paper.is_signed,
            names_served_entity: paper.names_served_entity,
            lacks_attachments: paper.lacks_attachments,
            is_particular: paper.is_particular,
            statute_covers: paper.statute_covers,
            more: eyes.personal(paper.more.clone()),
        }
    }
}

impl RequesterJson {
    /// Who asks, as this person may see them.
    pub fn of(agency: &Agency, officer: Option<&Officer>, eyes: Eyes<'_>) -> RequesterJson {
        RequesterJson {
            agency: AgencyJson {
                id: agency.id,
                name: eyes.personal(agency.name.to_string()),
                country: agency.country.to_string(),
                level: agency.level,
                kind: agency.kind,
                state: agency.state.as_ref().map(ToString::to_string),
            },
            officer: officer.map(|officer| OfficerJson {
                id: officer.id,
                name: eyes.personal(officer.name.to_string()),
                title: eyes.text(officer.title.as_ref()),
                email: eyes.text(officer.email.as_ref()),
                phone: eyes.text(officer.phone.as_ref()),
            }),
        }
    }
}

/// What a paper states, as [`Reader::stated_line`] reads it.
pub fn stated<T: ToString>(what: &Stated<T>) -> Value {
    match what {
        Stated::Unknown => json!("unknown"),
        Stated::None => json!("none"),
        Stated::Is(is) => json!({ "is": is.to_string() }),
    }
}

/// A paper as it is sent. Everything is read before the first `?`, so that no error is missed.
pub fn read_paper(r: &mut Reader<'_>) -> Option<PaperEntry> {
    let (instrument, issuing_authority) = (r.word("instrument"), r.word("issuing_authority"));
    let (issuer, agency, officer) = (r.line("issuer"), r.required_object("agency", read_agency), read_officer(r));
    let (docket, legal_basis) = (r.stated_line("docket"), r.stated_line("legal_basis"));
    let (matter, channel, customer) = (r.word("matter"), r.word("channel"), r.word("customer"));
    let (received_at, issued_on) = (r.required_moment("received_at"), r.date("issued_on"));
    let [return_by, execute_by, authorised_from, authorised_to] =
        ["return_by", "execute_by", "authorised_from", "authorised_to"].map(|name| r.stated_date(name));
    let [is_signed, names_served_entity, lacks_attachments, is_particular, statute_covers] =
        ["is_signed", "names_served_entity", "lacks_attachments", "is_particular", "statute_covers"]
            .map(|name| r.yes_no(name));
    Some(PaperEntry {
        issuer,
        docket,
        legal_basis,
        issued_on,
        return_by,
        execute_by,
        authorised_from,
        authorised_to,
        is_signed,
        names_served_entity,
        lacks_attachments,
        is_particular,
        statute_covers,
        more: r.map("more"),
        instrument: instrument?,
        issuing_authority: issuing_authority?,
        agency: agency?,
        officer: officer?,
        matter: matter?,
        channel: channel?,
        received_at: received_at?,
        customer: customer?,
    })
}

/// `{"id": …}` for one of the directory; every other field for a new one.
fn read_agency(r: &mut Reader<'_>) -> Option<AgencyEntry> {
    if r.value("id").is_some() {
        return r.id("id").map(AgencyEntry::Known);
    }
    let (name, country) = (r.required_line("name"), r.required_line("country"));
    let country = country.and_then(|code| {
        let parsed = Country::parse(&r.full("country"), code.as_str());
        r.take(parsed)
    });
    let (level, kind, state) = (r.word("level"), r.word("kind"), r.line("state"));
    Some(AgencyEntry::New { name: name?, country: country?, level: level?, kind: kind?, state })
}

fn read_officer(r: &mut Reader<'_>) -> Option<OfficerEntry> {
    if r.value("officer").is_none() {
        return Some(OfficerEntry::Nobody);
    }
    r.object("officer", |r| {
        if r.value("id").is_some() {
            return r.id("id").map(OfficerEntry::Known);
        }
        let (name, title) = (r.required_line("name"), r.line("title"));
        let (email, phone) = (r.line("email"), r.line("phone"));
        Some(OfficerEntry::New { name: name?, title, email, phone })
    })
}

/// Puts an act's errors on the paper where the paper stands in the body.
pub fn errors_at_paper(error: WebError) -> WebError {
    let is_of_paper = |field: &str| ["agency", "officer", "issued_on"].contains(&field) || field.starts_with("more.");
    match error {
        WebError::Action(ActionError::Invalid(errors)) => {
            let placed = errors.into_iter().map(|e| match is_of_paper(&e.field) {
                true => ParseError::new(format!("paper.{}", e.field), e.reason),
                false => e,
            });
            ActionError::Invalid(placed.collect()).into()
        }
        other => other,
    }
}
