//! Reading entries: pages for the auditor, and a case's events for its own log and for replay.

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
use crate::store::schema::{data_keys, log_entry, log_personal, log_process};

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
    let owner = KeyOwner::Case(case).to_string();
    let mut stored = stored_of(conn, &owner, &case.to_string())?;
    let mut compartment = None;
    // Only the opening of a case in a closed compartment is told under a pseudonym; every other case's is here.
    if stored.iter().all(|one| one.row.kind != "case.opened") {
        compartment = keys::find(conn, installation, &KeyOwner::NationalSecurity.to_string())?;
        if let Some(key) = &compartment {
            stored.extend(stored_of(conn, &owner, &super::append::pseudonym(key, case))?);
            stored.sort_by_key(|one| one.row.seq);
        }
    }
    let wrapped = stored.iter().find_map(|one| one.wrapped.as_deref());
    let key = wrapped.map(|wrapped| keys::open(installation, &owner, wrapped)).transpose()?;
    stored.into_iter().map(|one| one.event(key.as_ref(), compartment.as_ref())).collect()
}

/// An entry with its sealed personal payload and the key that this is sealed with, where they are there.
struct StoredEvent {
    row: LogRow,
    sealed: Option<Vec<u8>>,
    wrapped: Option<Vec<u8>>,
}

type StoredColumns = (Columns, Option<Vec<u8>>, Option<Vec<u8>>);

fn stored_of(conn: &mut Conn, owner: &str, case_key: &str) -> Result<Vec<StoredEvent>, StoreError> {
    let is_its = log_personal::seq.eq(log_entry::seq).and(log_personal::key_owner.eq(owner.to_owned()));
    let rows: Vec<StoredColumns> = log_entry::table
        .inner_join(log_process::table)
        .left_join(log_personal::table.on(is_its))
        .left_join(data_keys::table.on(data_keys::owner.eq(log_personal::key_owner)))
        .filter(log_entry::case_key.eq(case_key.to_owned()))
        .order(log_entry::seq.asc())
        .select((
            (
                log_entry::seq,
                log_entry::at_micros,
                log_entry::actor,
                log_entry::kind,
                log_entry::case_key,
                log_entry::leaf,
                log_process::payload,
            ),
            log_personal::sealed.nullable(),
            data_keys::wrapped.nullable(),
        ))
        .load(conn)?;
    let stored = |(columns, sealed, wrapped)| Ok(StoredEvent { row: row(columns)?, sealed, wrapped });
    rows.into_iter().map(stored).collect()
}

impl StoredEvent {
    fn event(self, key: Option<&Key>, compartment: Option<&Key>) -> Result<CaseEvent, StoreError> {
        let StoredEvent { row, sealed, .. } = self;
        let (kind, process) = opened(&row, compartment)?;
        let event = match (sealed, key) {
            (Some(sealed), Some(key)) => {
                let plain = key.open(&personal_place(row.seq), &sealed)?;
                let text = String::from_utf8(plain.get(32..).unwrap_or_default().to_vec());
                let personal = text.map_err(|e| StoreError::corrupt("log_personal", row.seq, e))?;
                let payloads = Payloads { kind: kind.clone(), process, personal };
                Some(Event::join(&payloads).map_err(|e| StoreError::corrupt("log_process", row.seq, e))?)
            }
            _ => None,
        };
        Ok(CaseEvent { seq: row.seq, at: row.at, actor: row.actor, kind, event })
    }
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
