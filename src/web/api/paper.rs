//! The paper's particulars as they are answered. They may be sent back as they are; `paper_entry` reads them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

use super::personal::{Eyes, Personal};
use crate::domain::agency::{Agency, Officer};
use crate::domain::id::{AgencyId, OfficerId};
use crate::domain::instrument::Instrument;
use crate::domain::paper::Paper;
use crate::domain::requester::{Channel, CustomerType, IssuingAuthority, Matter, RequesterLevel, RequesterType};
use crate::domain::stated::Stated;

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
