//! Secrecy orders and pleas.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

use super::Answer;
use super::act::act;
use super::body::Body;
use super::paper::stated;
use super::personal::{Eyes, PersonJson, Personal};
use super::reader::Reader;
use crate::actions::record_secrecy::{RecordSecrecy, record_secrecy};
use crate::domain::id::SecrecyOrderId;
use crate::domain::secrecy::{SecrecyOrder, SecrecySource};
use crate::web::extract::{OfCase, Visitor};

/// An order or plea.
#[derive(Debug, Serialize)]
pub struct SecrecyJson {
    id: SecrecyOrderId,
    source: SecrecySource,
    /// A bare request never binds.
    is_binding: bool,
    issuer: Personal<Option<String>>,
    docket: Personal<Option<String>>,
    grounds: Personal<Option<String>>,
    starts_on: NaiveDate,
    ends_on: Value,
    by: PersonJson,
    at: String,
}

impl SecrecyJson {
    /// An order as this person may see it.
    pub fn of(order: &SecrecyOrder, eyes: Eyes<'_>) -> SecrecyJson {
        SecrecyJson {
            id: order.id,
            source: order.source,
            is_binding: order.is_binding(),
            issuer: eyes.text(order.issuer.as_ref()),
            docket: eyes.text(order.docket.as_ref()),
            grounds: eyes.text(order.grounds.as_ref()),
            starts_on: order.starts_on,
            ends_on: stated(&order.ends_on),
            by: eyes.person(order.by),
            at: order.at.for_machines(),
        }
    }
}

/// `POST /api/v1/cases/{reference}/secrecy`
///
/// # Errors
/// As [`record_secrecy`].
pub async fn record(by: Visitor, of: OfCase, body: Body) -> Answer {
    let read = |r: &mut Reader<'_>| {
        let (source, issuer, docket) = (r.word("source"), r.line("issuer"), r.line("docket"));
        let (grounds, starts_on, ends_on) =
            (r.prose("grounds"), r.required_date("starts_on"), r.stated_date("ends_on"));
        Some(RecordSecrecy { source: source?, issuer, docket, grounds, starts_on: starts_on?, ends_on })
    };
    act(&by, &of, body, read, record_secrecy).await
}
