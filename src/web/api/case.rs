//! One case: opening it, reading it and its log, mending its paper.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::act::{StandingJson, act};
use super::body::Body;
use super::case_json::CaseJson;
use super::demands::{MOST, read_asked};
use super::once::{Done, answer_once};
use super::paper_entry::{errors_at_paper, read_paper};
use super::personal::{Eyes, Personal};
use super::reader::Reader;
use super::{Answer, ok};
use crate::actions::Ctx;
use crate::actions::amend_case::amend_case;
use crate::actions::entries::{actor_name, kind_label};
use crate::actions::open_case::{OpenCase, open_case};
use crate::actions::view_case::{CaseEvent, CaseView, view_case};
use crate::domain::stage::Compartment;
use crate::web::extract::{OfCase, Visitor};

/// `POST /api/v1/cases`
///
/// # Errors
/// As [`open_case`].
pub async fn open(by: Visitor, body: Body) -> Answer {
    let ctx = by.app.ctx.clone();
    let with = body.read(|r| read_case(&ctx, r))?;
    let opened = || async {
        let case = by.run(move |ctx, who| open_case(ctx, who, with)).await.map_err(errors_at_paper)?;
        let place = format!("/api/v1/cases/{}", case.reference);
        Ok(Done { status: StatusCode::CREATED, says: StandingJson::of(&case), place })
    };
    answer_once(&by, body.key, &body.fields, opened).await
}

fn read_case(ctx: &Ctx, r: &mut Reader<'_>) -> Option<OpenCase> {
    let (arrival, team) = (r.optional_id("arrival"), r.optional_id("team"));
    let compartment = r.optional_word("compartment").unwrap_or(Compartment::Ordinary);
    let named = r.lines("named", MOST).unwrap_or_default();
    let named = named.iter().map(|name| name.as_str().to_lowercase()).collect();
    let paper = r.required_object("paper", read_paper);
    let demands = r.objects("demands", MOST, |r| read_asked(ctx, r));
    Some(OpenCase { arrival, compartment, named, team, paper: paper?, demands: demands? })
}

/// `GET /api/v1/cases/{reference}`
///
/// # Errors
/// As [`view_case`].
pub async fn show(by: Visitor, of: OfCase) -> Answer {
    let view = by.run(move |ctx, who| view_case(ctx, who, &of.0, false)).await?;
    Ok(ok(&CaseJson::of(&view)))
}

/// `POST /api/v1/cases/{reference}/amend`: the whole paper as it is now.
///
/// # Errors
/// As [`amend_case`].
pub async fn amend(by: Visitor, of: OfCase, body: Body) -> Answer {
    let read = |r: &mut Reader<'_>| r.required_object("paper", read_paper);
    act(&by, &of, body, read, amend_case).await.map_err(errors_at_paper)
}

/// The entries of a case's own log, oldest first.
#[derive(Serialize)]
struct CaseLogJson {
    entries: Personal<Vec<CaseEntryJson>>,
}

#[derive(Serialize)]
struct CaseEntryJson {
    seq: i64,
    at: String,
    by: String,
    kind: String,
    label: String,
}

/// `GET /api/v1/cases/{reference}/log`
///
/// # Errors
/// As [`view_case`].
pub async fn log(by: Visitor, of: OfCase) -> Answer {
    let view = by.run(move |ctx, who| view_case(ctx, who, &of.0, true)).await?;
    let eyes = Eyes { is_sealed: view.is_sealed, names: &view.names };
    Ok(ok(&CaseLogJson { entries: eyes.personal(entries(&view)) }))
}

fn entries(view: &CaseView) -> Vec<CaseEntryJson> {
    let entry = |entry: &CaseEvent| CaseEntryJson {
        seq: entry.seq,
        at: entry.at.for_machines(),
        by: actor_name(&entry.actor, &view.names),
        kind: entry.kind.clone(),
        label: kind_label(&entry.kind).to_owned(),
    };
    view.log.iter().map(entry).collect()
}
