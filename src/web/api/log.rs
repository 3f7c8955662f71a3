//! The log: process facts of every act, and whether it is whole.

use serde::Serialize;
use serde_json::Value;

use super::body::{Asked, Body};
use super::cases::limit;
use super::reader::Reader;
use super::{Answer, ok};
use crate::actions::entries::{actor_name, kind_label};
use crate::actions::examine::Verdict;
use crate::actions::run_verification::verify_now;
use crate::actions::view_log::{LogAsked, LogLine, LogPage, PAGE, view_log};
use crate::domain::case::CaseReference;
use crate::domain::text::Line;
use crate::store::log::LogFilter;
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
            let case = wanted.case.as_ref().and_then(|case| CaseReference::parse(case.as_str()).ok());
            let filter = LogFilter {
                before: wanted.before,
                kind: text(wanted.kind),
                // What is no reference is meant as the key that entries spell.
                case_key: text(wanted.case.filter(|_| case.is_none())),
                actor: text(wanted.actor),
                ..LogFilter::default()
            };
            view_log(ctx, who, LogAsked { filter, case, role: None })
        })
        .await?;
    let has_more = page.next.is_some() || page.lines.len() > limit;
    page.lines.truncate(limit);
    let next = page.lines.last().filter(|_| has_more).map(|line| line.row.seq);
    Ok(ok(&LogJson { entries: page.lines.iter().map(|line| entry(line, &page)).collect(), next }))
}

fn read_wanted(r: &mut Reader<'_>) -> Option<Wanted> {
    let (before, limit) = (r.number("before"), limit(r, PAGE));
    let (kind, case, actor) = (r.line("kind"), r.line("case"), r.line("actor"));
    Some(Wanted { before, kind, case, actor, limit: limit? })
}

fn entry(line: &LogLine, page: &LogPage) -> EntryJson {
    let LogLine { row, case: named, .. } = line;
    let reference = || named.as_ref().map(|named| named.reference.to_string());
    let case = |key: &String| CaseKeyJson { key: key.clone(), reference: reference() };
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
/// As [`verify_now`].
pub async fn verify(by: Visitor, body: Body) -> Answer {
    body.read(|_| Some(()))?;
    Ok(ok(&verdict(by.run(verify_now).await?)))
}

fn verdict(verdict: Verdict) -> VerdictJson {
    match verdict {
        Ok(sound) => VerdictJson::Sound {
            is_sound: true,
            size: sound.size,
            root: hex::encode(sound.root),
            checkpoints: sound.checkpoints,
            signed_size: sound.signed_size,
            erased: sound.erased,
        },
        Err(fault) => VerdictJson::Broken { is_sound: false, fault: fault.says },
    }
}
