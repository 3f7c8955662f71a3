//! The whole log, for auditors: every entry with its process facts; personal payloads stay sealed.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::actions::entries::{actor_name, kind_label};
use crate::actions::verify_log::verify_log;
use crate::actions::view_log::{LogPage, case_key, view_log};
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::audit::{Fault, Verified};
use crate::domain::case::CaseReference;
use crate::domain::id::StaffId;
use crate::domain::second_admin::mark;
use crate::store::log::{LogFilter, LogRow};
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::fields::{Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::page::ok;
use crate::web::times::relative;

/// Which entries to show, as the address says. Empty means any.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    before: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    case: String,
    #[serde(default)]
    actor: String,
}

#[derive(Template)]
#[template(path = "log.html")]
struct LogTemplate {
    frame: Frame,
    form: Form,
    kinds: Vec<(&'static str, &'static str)>,
    actors: Vec<(String, String)>,
    rows: Vec<Row>,
    older: Option<String>,
    is_first: bool,
    is_filtered: bool,
    verdict: Option<Verdict>,
    last: Option<Last>,
}

struct Row {
    seq: i64,
    at: String,
    by: String,
    kind: String,
    label: String,
    case: Option<CaseCell>,
    process: Vec<(String, String)>,
    leaf: String,
    is_refused: bool,
    is_sealed: bool,
    /// What the only admin did alone about whoever approved.
    watched: Option<String>,
}

struct CaseCell {
    reference: Option<String>,
    key: String,
}

/// What came of a verification just made.
enum Verdict {
    Sound { size: u64, root: String, checkpoints: u64, signed_size: u64, erased: u64 },
    Broken(String),
}

/// When the log was last verified.
struct Last {
    at: String,
    by: String,
    is_sound: bool,
    size: String,
}

/// `GET /log`
///
/// # Errors
/// A refusal for people who may not read the log; when the store fails.
pub async fn show(visitor: Visitor, asked: web::Query<Asked>) -> Result<HttpResponse, WebError> {
    let asked = asked.into_inner();
    let form = form_of(&asked);
    let shown = visitor.run(move |ctx, who| read(ctx, who, &asked)).await?;
    ok(&page(&visitor, form, shown, None))
}

/// `POST /log/verify`: the answer is the page itself, because what came of it is asked for now and kept by no page.
///
/// # Errors
/// A refusal for people who may not verify; when the store fails.
pub async fn verify(visitor: Visitor, _checked: Fields) -> Result<HttpResponse, WebError> {
    let verdict = visitor.run(verify_log).await?;
    let asked = Asked { before: i64::MAX.to_string(), ..Asked::default() };
    let shown = visitor.run(move |ctx, who| read(ctx, who, &asked)).await?;
    ok(&page(&visitor, Form::default(), shown, Some(verdict_of(verdict))))
}

/// What a page shows: its entries, and the last verification.
struct Shown {
    page: LogPage,
    last: Option<LogRow>,
    is_first: bool,
}

fn read(ctx: &Ctx, who: &SignedIn, asked: &Asked) -> Result<Shown, ActionError> {
    let filter = filter(ctx, who, asked)?;
    let is_first = filter.before.is_none_or(|before| before == i64::MAX);
    let page = view_log(ctx, who, filter)?;
    // A reading that goes on from a number is part of the one above and leaves no entry of its own.
    let verified = LogFilter { before: Some(i64::MAX), kind: Some("log.verified".into()), ..LogFilter::default() };
    let last = view_log(ctx, who, verified)?.rows.into_iter().next();
    Ok(Shown { page, last, is_first })
}

fn filter(ctx: &Ctx, who: &SignedIn, asked: &Asked) -> Result<LogFilter, ActionError> {
    let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let before = given(&asked.before).map(|text| text.parse());
    let before = before.transpose().map_err(|_| ActionError::invalid("before", "Give the number of an entry."))?;
    let case_key = match given(&asked.case) {
        // Of a case that is not there nothing is found, as of one that nothing has happened to.
        Some(text) => match CaseReference::parse(&text) {
            Ok(reference) => Some(case_key(ctx, who, &reference)?.unwrap_or(text)),
            Err(_) => Some(text),
        },
        None => None,
    };
    Ok(LogFilter { before, kind: given(&asked.kind), case_key, actor: given(&asked.actor) })
}

fn form_of(asked: &Asked) -> Form {
    Form::filled(Fields::filled([
        ("kind", asked.kind.as_str()),
        ("case", asked.case.as_str()),
        ("actor", asked.actor.as_str()),
    ]))
}

fn page(visitor: &Visitor, form: Form, shown: Shown, verdict: Option<Verdict>) -> LogTemplate {
    let names = &shown.page.names;
    let is_filtered = form.fields.iter().any(|(_, value)| !value.trim().is_empty());
    LogTemplate {
        frame: visitor.frame("Log", Place::Log),
        kinds: KINDS.iter().map(|&kind| (kind, kind_label(kind))).collect(),
        actors: names.iter().map(|(id, name)| (format!("staff:{id}"), name.clone())).collect(),
        rows: shown.page.rows.iter().map(|row| line(row, &shown.page)).collect(),
        older: shown.page.next_before.map(|before| older(before, &form.fields)),
        is_first: shown.is_first,
        is_filtered,
        verdict,
        last: shown.last.as_ref().map(|row| last(row, &shown.page, visitor)),
        form,
    }
}

fn line(row: &LogRow, page: &LogPage) -> Row {
    let case = row
        .case_key
        .as_ref()
        .map(|key| CaseCell { reference: page.references.get(key).cloned(), key: key.chars().take(8).collect() });
    Row {
        seq: row.seq,
        at: row.at.as_datetime().format("%Y-%m-%d %H:%M:%S").to_string(),
        by: actor_name(&row.actor, &page.names),
        label: kind_label(&row.kind).to_owned(),
        case,
        process: facts(&row.process),
        leaf: row.leaf.chars().take(16).collect(),
        is_refused: row.kind == "action.refused",
        is_sealed: row.kind == "sealed.act",
        watched: approver(row).and_then(|who| mark(&page.watches, who, row.at)),
        kind: row.kind.clone(),
    }
}

/// Who approved, where that is what happened.
fn approver(row: &LogRow) -> Option<StaffId> {
    let id = row.actor.strip_prefix("staff:").filter(|_| row.kind == "decision.approved")?;
    id.parse().ok()
}

/// The process payload as names and values. What is no object is shown as it stands.
fn facts(process: &str) -> Vec<(String, String)> {
    match serde_json::from_str::<serde_json::Value>(process) {
        Ok(serde_json::Value::Object(facts)) => {
            facts.into_iter().map(|(name, value)| (name.replace('_', " "), plain(value))).collect()
        }
        _ => vec![("payload".into(), process.to_owned())],
    }
}

fn plain(value: serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text,
        serde_json::Value::Bool(yes) => if yes { "yes" } else { "no" }.into(),
        serde_json::Value::Null => "none".into(),
        other => other.to_string(),
    }
}

fn last(row: &LogRow, page: &LogPage, visitor: &Visitor) -> Last {
    let facts: serde_json::Value = serde_json::from_str(&row.process).unwrap_or_default();
    let size = facts.get("size").and_then(serde_json::Value::as_u64);
    Last {
        at: format!("{} ({})", row.at, relative(row.at, visitor.now())),
        by: actor_name(&row.actor, &page.names),
        is_sound: facts.get("is_sound").and_then(serde_json::Value::as_bool).unwrap_or(false),
        size: size.map_or_else(|| "unknown".into(), |size| size.to_string()),
    }
}

fn verdict_of(verdict: Result<Verified, Fault>) -> Verdict {
    match verdict {
        Ok(sound) => Verdict::Sound {
            size: sound.size,
            root: hex::encode(sound.root),
            checkpoints: sound.checkpoints,
            signed_size: sound.signed_size,
            erased: sound.erased,
        },
        Err(fault) => Verdict::Broken(fault.to_string()),
    }
}

/// The address of the next page with the same filter.
fn older(before: i64, fields: &Fields) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("before", &before.to_string());
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    format!("/log?{}", query.finish())
}

/// Every kind of entry, in the order of a case's life.
#[rustfmt::skip]
const KINDS: &[&str] = &[
    "register.created", "team.added", "staff.added", "token.added", "staff.signed_in", "staff.sign_in_failed",
    "staff.signed_out", "staff.changed", "staff.change_asked", "staff.change_confirmed", "staff.change_declined",
    "staff.deactivated", "staff.reactivated", "password.changed", "password.reset", "session.ended", "token.revoked",
    "team.renamed", "agency.added", "officer.added", "document.received", "case.opened", "case.amended",
    "document.attached", "requester.checked", "demand.added", "demand.changed", "demand.removed", "secrecy.recorded",
    "case.assessed", "decision.drafted", "decision.approved", "decision.returned", "collection.recorded",
    "production.released", "case.closed", "case.withdrawn", "case.viewed", "document.viewed", "task.viewed",
    "case.imported", "log.viewed", "log.verified", "checkpoint.signed", "report.drawn", "action.refused", "sealed.act", "payload.erased",
    "mail.sent", "mail.retried",
];
