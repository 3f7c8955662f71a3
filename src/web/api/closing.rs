//! The end of a case: release, close, withdraw.

use serde::Serialize;

use super::Answer;
use super::act::act;
use super::body::Body;
use super::personal::{Eyes, PersonJson, Personal};
use super::reader::Reader;
use crate::actions::close_case::close_case;
use crate::actions::release::release as let_go;
use crate::actions::sign_in::step_up_on;
use crate::actions::withdraw_case::withdraw_case;
use crate::domain::decision::{Closing, Release, ReleaseMethod};
use crate::domain::outcome::Outcome;
use crate::domain::staff::Verb;
use crate::web::extract::{OfCase, Visitor};

/// A production that left.
#[derive(Debug, Serialize)]
pub struct ReleaseJson {
    to: Personal<String>,
    method: ReleaseMethod,
    manifest_sha256: Personal<String>,
    files: u32,
    by: PersonJson,
    at: String,
}

/// How a case ended.
#[derive(Debug, Serialize)]
pub struct ClosingJson {
    outcome: Outcome,
    note: Personal<Option<String>>,
    by: PersonJson,
    at: String,
}

impl ReleaseJson {
    /// A release as this person may see it.
    pub fn of(release: &Release, eyes: Eyes<'_>) -> ReleaseJson {
        ReleaseJson {
            to: eyes.personal(release.to.to_string()),
            method: release.method,
            manifest_sha256: eyes.personal(release.manifest_sha256.clone()),
            files: release.files,
            by: eyes.person(release.by),
            at: release.at.for_machines(),
        }
    }
}

impl ClosingJson {
    /// A closing as this person may see it.
    pub fn of(closing: &Closing, eyes: Eyes<'_>) -> ClosingJson {
        ClosingJson {
            outcome: closing.outcome,
            note: eyes.text(closing.note.as_ref()),
            by: eyes.person(closing.by),
            at: closing.at.for_machines(),
        }
    }
}

/// `POST /api/v1/cases/{reference}/release`: needs the password again.
///
/// # Errors
/// As [`step_up_on`] and [`let_go`].
pub async fn release(by: Visitor, of: OfCase, body: Body) -> Answer {
    let read = |r: &mut Reader<'_>| {
        let (to, method, password) = (r.required_line("to"), r.word("method"), r.password("password"));
        Some((to?, method?, password?))
    };
    let release = act(&by, &of, body, read, |ctx, who, on, (to, method, password)| {
        let fresh = step_up_on(ctx, who, &on.reference, &password, Verb::Release)?;
        let_go(ctx, who, on, to, method, fresh)
    });
    release.await
}

/// `POST /api/v1/cases/{reference}/close`
///
/// # Errors
/// As [`close_case`].
pub async fn close(by: Visitor, of: OfCase, body: Body) -> Answer {
    act(&by, &of, body, |r| Some(r.prose("note")), close_case).await
}

/// `POST /api/v1/cases/{reference}/withdraw`
///
/// # Errors
/// As [`withdraw_case`].
pub async fn withdraw(by: Visitor, of: OfCase, body: Body) -> Answer {
    act(&by, &of, body, |r| r.required_prose("note"), withdraw_case).await
}
