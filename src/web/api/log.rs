//! The log: process facts of every act, and whether it is whole.

use serde::Serialize;
use serde_json::Value;

use super::body::{Asked, Body};
use super::cases::limit;
use super::reader::Reader;
use super::{Answer, ok};
use crate::actions::entries::{actor_name, kind_label};
use crate::actions::verify_log::verify_log;
use crate::actions::view_log::{LogPage, PAGE, case_key, view_log};
use crate::audit::{Fault, Verified};
use crate::domain::case::CaseReference;
use crate::domain::text::Line;
use crate::store::log::{LogFilter, LogRow};
use crate::web::extract::Visitor;

/// A page of the log, newest entry first.
#[derive(Serialize)]
struct LogJson {
    entries: Vec<EntryJson>,
    /// What to send as `before` for the next page; `null` on the last.
    next: Option<i64>,
}

#[derive(Serialize)]
struct EntryJson {
    seq: i64,
    at: String,
    actor: ActorJson,
    kind: String,
    label: String,
    case: Option<CaseKeyJson>,
    /// The process payload, exactly as it is committed to.
    process: Value,
    leaf: String,
}

/// Who acted: as the entry spells it, and by name.
#[derive(Serialize)]
struct ActorJson {
    key: String,
    name: String,
}

/// Which case: as the entry spells it, and by its reference where there is one to show.
#[derive(Serialize)]
struct CaseKeyJson {
    key: String,
    reference: Option<String>,
}

/// What came of a verification.
#[derive(Serialize)]
#[serde(untagged)]
enum VerdictJson {
    Sound { is_sound: bool, size: u64, root: String, checkpoints: u64, signed_size: u64, erased: u64 },
    Broken { is_sound: bool, fault: String },
}

/// What is asked of the log.
struct Wanted {
    before: Option<i64>,
    kind: Option<Line>,
    case: Option<Line>,
    actor: Option<Line>,
    limit: usize,
}

/// `GET /api/v1/log`
///
/// # Errors
/// As [`view_log`].
pub async fn list(by: Visitor, asked: Asked) -> Answer {
    let wanted = asked.read(read_wanted)?;
    let limit = wanted.limit;
    let mut page = by
        .run(move |ctx, who| {
            let text = |line: Option<Line>| line.map(|line| line.to_string());
            let case_key = match &wanted.case {
                // Of a case that is not there nothing is found, as of one that nothing has happened to.
                Some(case) => match CaseReference::parse(case.as_str()) {
                    Ok(reference) => Some(case_key(ctx, who, &reference)?.unwrap_or_else(|| case.to_string())),
                    Err(_) => Some(case.to_string()),
                },
                None => None,
            };
            let (kind, actor) = (text(wanted.kind), text(wanted.actor));
            view_log(ctx, who, LogFilter { before: wanted.before, kind, case_key, actor })
        })
        .await?;
    let has_more = page.next_before.is_some() || page.rows.len() > limit;
    page.rows.truncate(limit);
    let next = page.rows.last().filter(|_| has_more).map(|row| row.seq);
    Ok(ok(&LogJson { entries: page.rows.iter().map(|row| entry(row, &page)).collect(), next }))
}

fn read_wanted(r: &mut Reader<'_>) -> Option<Wanted> {
    let (before, limit) = (r.number("before"), limit(r, PAGE));
    let (kind, case, actor) = (r.line("kind"), r.line("case"), r.line("actor"));
    Some(Wanted { before, kind, case, actor, limit: limit? })
}

fn entry(row: &LogRow, page: &LogPage) -> EntryJson {
    let case = |key: &String| CaseKeyJson { key: key.clone(), reference: page.references.get(key).cloned() };
    EntryJson {
        seq: row.seq,
        at: row.at.for_machines(),
        actor: ActorJson { key: row.actor.clone(), name: actor_name(&row.actor, &page.names) },
        kind: row.kind.clone(),
        label: kind_label(&row.kind).to_owned(),
        case: row.case_key.as_ref().map(case),
        process: serde_json::from_str(&row.process).unwrap_or_else(|_| Value::String(row.process.clone())),
        leaf: row.leaf.clone(),
    }
}

/// `POST /api/v1/log/verify`: may be sent as often as one likes, so it takes no idempotency key.
///
/// # Errors
/// As [`verify_log`].
pub async fn verify(by: Visitor, body: Body) -> Answer {
    body.read(|_| Some(()))?;
    Ok(ok(&verdict(by.run(verify_log).await?)))
}

fn verdict(verdict: Result<Verified, Fault>) -> VerdictJson {
    match verdict {
        Ok(sound) => VerdictJson::Sound {
            is_sound: true,
            size: sound.size,
            root: hex::encode(sound.root),
            checkpoints: sound.checkpoints,
            signed_size: sound.signed_size,
            erased: sound.erased,
        },
        Err(fault) => VerdictJson::Broken { is_sound: false, fault: fault.to_string() },
    }
}
