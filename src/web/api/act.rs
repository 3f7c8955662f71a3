//! An act on a case: its fields, the version it was made from, the action, and where the case stands afterwards.

use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Answer;
use super::body::Body;
use super::once::{Done, Key, answer_once};
use super::reader::Reader;
use crate::actions::on_case::OnCase;
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::staff::Verb;
use crate::domain::stage::{Gate, Stage};
use crate::web::extract::{OfCase, Visitor};

/// Where a case stands: what an act answers, and what every view of a case begins with. It holds no personal data, so
/// an act shows nothing that the log would have to tell of.
#[derive(Debug, Serialize)]
pub struct StandingJson {
    reference: String,
    version: i32,
    stage: Stage,
    gates: GatesJson,
    next_step: NextStepJson,
}

/// Which gates are open.
#[derive(Debug, Serialize)]
struct GatesJson {
    verified: bool,
    assessed: bool,
    decided: bool,
    approved: bool,
    collected: bool,
    released: bool,
}

/// The one step that brings a case on.
#[derive(Debug, Serialize)]
struct NextStepJson {
    verb: Option<Verb>,
    gate: Option<Gate>,
    says: String,
}

impl StandingJson {
    /// Where this case stands.
    pub fn of(case: &Case) -> StandingJson {
        let (is, next) = (|gate| case.is_open(gate), case.next_step());
        StandingJson {
            reference: case.reference.to_string(),
            version: case.version,
            stage: case.stage(),
            gates: GatesJson {
                verified: is(Gate::Verified),
                assessed: is(Gate::Assessed),
                decided: is(Gate::Decided),
                approved: is(Gate::Approved),
                collected: is(Gate::Collected),
                released: is(Gate::Released),
            },
            next_step: NextStepJson { verb: next.verb(), gate: next.gate(), says: next.says() },
        }
    }
}

/// Runs an act on a case with what `read` makes of the body, and answers where the case stands then. Every act takes
/// the field `version` besides, and counts once under an `Idempotency-Key`.
///
/// # Errors
/// Everything that is wrong with the body at once; what the act ends with.
pub async fn act<T: Send + 'static>(
    by: &Visitor,
    of: &OfCase,
    body: Body,
    read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
    act: impl FnOnce(&Ctx, &SignedIn, &OnCase, T) -> Result<Case, ActionError> + Send + 'static,
) -> Answer {
    let (version, with) = body.read(|r| {
        let version = r.number("version");
        read(r).map(|with| (version, with))
    })?;
    let on = OnCase { reference: of.0.clone(), version };
    on_case(by, body.key, &body.fields, on, move |ctx, who, on| act(ctx, who, on, with)).await
}

/// The same for what was read already.
///
/// # Errors
/// What the act ends with.
pub async fn on_case(
    by: &Visitor,
    key: Option<Key>,
    sent: &Map<String, Value>,
    on: OnCase,
    act: impl FnOnce(&Ctx, &SignedIn, &OnCase) -> Result<Case, ActionError> + Send + 'static,
) -> Answer {
    let place = format!("/api/v1/cases/{}", on.reference);
    let done = || async {
        let case = by.run(move |ctx, who| act(ctx, who, &on)).await?;
        Ok(Done { status: StatusCode::OK, says: StandingJson::of(&case), place })
    };
    answer_once(by, key, sent, done).await
}
