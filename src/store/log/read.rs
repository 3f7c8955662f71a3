//! Reading entries: pages for the auditor, and a case's events for its own log and for replay.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use diesel::prelude::*;
use serde::Deserialize;

use super::append::{SEALED_KIND, personal_place};
use crate::domain::event::{Event, Payloads};
use crate::domain::id::CaseId;
use crate::domain::time::Instant;
use crate::seal::Key;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::keys::{self, KeyOwner};
use crate::store::schema::{log_entry, log_personal, log_process};

/// One entry as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Number in the log, from 0.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// Who, as the entry spells it.
    pub actor: String,
    /// What happened.
    pub kind: String,
    /// The case, or its pseudonym.
    pub case_key: Option<String>,
    /// The process payload.
    pub process: String,
    /// The leaf hash, lower-case hex.
    pub leaf: String,
}

/// Which entries to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Only entries before this number: the keyset of the page.
    pub before: Option<i64>,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this case (id or pseudonym).
    pub case_key: Option<String>,
    /// Only this actor, as entries spell it.
    pub actor: Option<String>,
}

type Columns = (i64, i64, String, String, Option<String>, Vec<u8>, String);

/// A page of entries, newest first.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_entries(conn: &mut Conn, filter: &LogFilter, limit: i64) -> Result<Vec<LogRow>, StoreError> {
    let mut query = log_entry::table.inner_join(log_process::table).into_boxed();
    if let Some(before) = filter.before {
        query = query.filter(log_entry::seq.lt(before));
    }
    if let Some(kind) = &filter.kind {
        query = query.filter(log_entry::kind.eq(kind.clone()));
    }
    if let Some(case) = &filter.case_key {
        query = query.filter(log_entry::case_key.eq(case.clone()));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(log_entry::actor.eq(actor.clone()));
    }
    let rows: Vec<Columns> = query
        .order(log_entry::seq.desc())
        .limit(limit)
        .select((
            log_entry::seq,
            log_entry::at_micros,
            log_entry::actor,
            log_entry::kind,
            log_entry::case_key,
            log_entry::leaf,
            log_process::payload,
        ))
        .load(conn)?;
    rows.into_iter().map(row).collect()
}

fn row((seq, at, actor, kind, case_key, leaf, process): Columns) -> Result<LogRow, StoreError> {
    let at = Instant::from_micros(at).ok_or_else(|| StoreError::corrupt("log_entry", seq, "no such moment"))?;
    Ok(LogRow { seq, at, actor, kind, case_key, process, leaf: hex::encode(leaf) })
}

/// An event of a case with its entry's number and time; `event` is `None` where its personal data was erased.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseEvent {
    /// Number in the log.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// Who, as the entry spells it.
    pub actor: String,
    /// What happened.
    pub kind: String,
    /// The event, if its payloads can be opened.
    pub event: Option<Event>,
}

#[derive(Deserialize)]
struct Inner {
    kind: String,
    process: String,
}

#[derive(Deserialize)]
struct Sealed {
    sealed: String,
}

/// All events of a case, oldest first. Entries of a closed compartment are opened: the caller has checked the
/// right to know.
///
/// # Errors
/// When the database fails, or a payload can't be opened.
pub fn case_events(conn: &mut Conn, installation: &Key, case: CaseId) -> Result<Vec<CaseEvent>, StoreError> {
    let compartment = keys::find(conn, installation, &KeyOwner::NationalSecurity.to_string())?;
    let mut names = vec![case.to_string()];
    names.extend(compartment.as_ref().map(|key| super::append::pseudonym(key, case)));
    let rows: Vec<Columns> = log_entry::table
        .inner_join(log_process::table)
        .filter(log_entry::case_key.eq_any(names))
        .order(log_entry::seq.asc())
        .select((
            log_entry::seq,
            log_entry::at_micros,
            log_entry::actor,
            log_entry::kind,
            log_entry::case_key,
            log_entry::leaf,
            log_process::payload,
        ))
        .load(conn)?;
    let owner = KeyOwner::Case(case).to_string();
    let key = keys::find(conn, installation, &owner)?;
    let personal: HashMap<i64, Vec<u8>> = log_personal::table
        .filter(log_personal::key_owner.eq(&owner))
        .select((log_personal::seq, log_personal::sealed))
        .load::<(i64, Vec<u8>)>(conn)?
        .into_iter()
        .collect();
    rows.into_iter()
        .map(|columns| {
            let row = row(columns)?;
            let (kind, process) = opened(&row, compartment.as_ref())?;
            let event = match (personal.get(&row.seq), &key) {
                (Some(sealed), Some(key)) => {
                    let plain = key.open(&personal_place(row.seq), sealed)?;
                    let text = String::from_utf8(plain.get(32..).unwrap_or_default().to_vec());
                    let personal = text.map_err(|e| StoreError::corrupt("log_personal", row.seq, e))?;
                    let payloads = Payloads { kind: kind.clone(), process, personal };
                    Some(Event::join(&payloads).map_err(|e| StoreError::corrupt("log_process", row.seq, e))?)
                }
                _ => None,
            };
            Ok(CaseEvent { seq: row.seq, at: row.at, actor: row.actor, kind, event })
        })
        .collect()
}

fn opened(row: &LogRow, compartment: Option<&Key>) -> Result<(String, String), StoreError> {
    let corrupt = |why: String| StoreError::corrupt("log_process", row.seq, why);
    if row.kind != SEALED_KIND {
        return Ok((row.kind.clone(), row.process.clone()));
    }
    let key = compartment.ok_or_else(|| corrupt("the compartment's key is gone".into()))?;
    let outer: Sealed = serde_json::from_str(&row.process).map_err(|e| corrupt(e.to_string()))?;
    let sealed = STANDARD.decode(outer.sealed).map_err(|e| corrupt(e.to_string()))?;
    let inner = key.open("log_process sealed", &sealed)?;
    let inner: Inner = serde_json::from_slice(&inner).map_err(|e| corrupt(e.to_string()))?;
    Ok((inner.kind, inner.process))
}
