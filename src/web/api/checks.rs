//! Checks of the requester.

use serde::Serialize;

use super::Answer;
use super::act::act;
use super::body::Body;
use super::personal::{Eyes, PersonJson, Personal};
use super::reader::Reader;
use crate::actions::verify_requester::{VerifyRequester, verify_requester};
use crate::domain::id::CheckId;
use crate::domain::verification::{Check, CheckMethod, CheckResult};
use crate::web::extract::{OfCase, Visitor};

/// A check.
#[derive(Debug, Serialize)]
pub struct CheckJson {
    id: CheckId,
    method: CheckMethod,
    result: CheckResult,
    account: Personal<String>,
    /// Whether it counts towards the gate *verified*.
    confirms: bool,
    by: PersonJson,
    at: String,
}

impl CheckJson {
    /// A check as this person may see it.
    pub fn of(check: &Check, eyes: Eyes<'_>) -> CheckJson {
        CheckJson {
            id: check.id,
            method: check.method,
            result: check.result,
            account: eyes.personal(check.account.to_string()),
            confirms: check.confirms(),
            by: eyes.person(check.by),
            at: check.at.for_machines(),
        }
    }
}

/// `POST /api/v1/cases/{reference}/checks`
///
/// # Errors
/// As [`verify_requester`].
pub async fn record(by: Visitor, of: OfCase, body: Body) -> Answer {
    let read = |r: &mut Reader<'_>| {
        let (method, result, account) = (r.word("method"), r.word("result"), r.required_prose("account"));
        Some(VerifyRequester { method: method?, result: result?, account: account? })
    };
    act(&by, &of, body, read, verify_requester).await
}
