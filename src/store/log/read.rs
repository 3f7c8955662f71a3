//! Reading entries: pages of the list, and how long the log is and was signed.

use diesel::prelude::*;

use crate::domain::time::Instant;
use crate::domain::words::closed_words;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::schema::{log_checkpoint, log_entry, log_head, log_process};

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

closed_words! {
    /// What became of an act, as its entry's kind tells. Of a sealed act only that it is one is told: it counts as done.
    pub enum LogOutcome {
        Done = "done", "done";
        Refused = "refused", "refused";
        Viewed = "viewed", "looked at";
    }
}

/// Which entries to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Only entries before this number: where a page that begins with the newest goes on.
    pub before: Option<i64>,
    /// Only entries after this number: where a page that begins with the oldest goes on.
    pub after: Option<i64>,
    /// Whether the oldest entry comes first.
    pub is_oldest_first: bool,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this case (id or pseudonym).
    pub case_key: Option<String>,
    /// Only this actor, as entries spell it.
    pub actor: Option<String>,
    /// Only these actors, as entries spell them.
    pub actors: Option<Vec<String>>,
    /// Only acts that came to this.
    pub outcome: Option<LogOutcome>,
    /// Only entries of this moment or later.
    pub from: Option<Instant>,
    /// Only entries before this moment.
    pub until: Option<Instant>,
}

/// What is read of an entry wherever entries are listed.
pub(super) type Columns = (
    log_entry::seq,
    log_entry::at_micros,
    log_entry::actor,
    log_entry::kind,
    log_entry::case_key,
    log_entry::leaf,
    log_process::payload,
);

pub(super) const COLUMNS: Columns = (
    log_entry::seq,
    log_entry::at_micros,
    log_entry::actor,
    log_entry::kind,
    log_entry::case_key,
    log_entry::leaf,
    log_process::payload,
);

pub(super) type Values = (i64, i64, String, String, Option<String>, Vec<u8>, String);

diesel::alias!(log_entry as bound: Bound);

/// Narrows a boxed query on entries to those that a filter names. Times never go back in the log, so a span of time is a
/// span of numbers, and the index that finds the kind, actor or case also keeps the order.
macro_rules! filtered {
    ($query:expr, $filter:expr) => {{
        let (mut query, filter) = ($query, $filter);
        if let Some(before) = filter.before {
            query = query.filter(log_entry::seq.lt(before));
        }
        if let Some(after) = filter.after {
            query = query.filter(log_entry::seq.gt(after));
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
        if let Some(actors) = &filter.actors {
            query = query.filter(log_entry::actor.eq_any(actors.clone()));
        }
        match filter.outcome {
            Some(LogOutcome::Done) => {
                query = query.filter(log_entry::kind.ne("action.refused").and(log_entry::kind.not_like("%.viewed")));
            }
            Some(LogOutcome::Refused) => query = query.filter(log_entry::kind.eq("action.refused")),
            Some(LogOutcome::Viewed) => query = query.filter(log_entry::kind.like("%.viewed")),
            None => {}
        }
        if let Some(from) = filter.from {
            let (at, seq) = (bound.field(log_entry::at_micros), bound.field(log_entry::seq));
            let first = bound.filter(at.ge(from.as_micros())).order((at.asc(), seq.asc())).select(seq).limit(1);
            query = query.filter(log_entry::seq.nullable().ge(first.single_value()));
        }
        if let Some(until) = filter.until {
            let (at, seq) = (bound.field(log_entry::at_micros), bound.field(log_entry::seq));
            let last = bound.filter(at.lt(until.as_micros())).order((at.desc(), seq.desc())).select(seq).limit(1);
            query = query.filter(log_entry::seq.nullable().le(last.single_value()));
        }
        query
    }};
}

/// A page of entries.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_entries(conn: &mut Conn, filter: &LogFilter, limit: i64) -> Result<Vec<LogRow>, StoreError> {
    let mut query = log_entry::table.inner_join(log_process::table).select(COLUMNS).into_boxed();
    query = filtered!(query, filter);
    query = if filter.is_oldest_first { query.order(log_entry::seq.asc()) } else { query.order(log_entry::seq.desc()) };
    let rows: Vec<Values> = query.limit(limit).load(conn)?;
    rows.into_iter().map(row).collect()
}

/// The numbers of the entries that a filter names, the oldest first: eight bytes each.
///
/// # Errors
/// When the database fails.
pub fn list_numbers(conn: &mut Conn, filter: &LogFilter) -> Result<Vec<i64>, StoreError> {
    let query = log_entry::table.select(log_entry::seq).into_boxed();
    Ok(filtered!(query, filter).order(log_entry::seq.asc()).load(conn)?)
}

/// Entries by their numbers, the oldest first: one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn entries_by_number(conn: &mut Conn, numbers: &[i64]) -> Result<Vec<LogRow>, StoreError> {
    let rows: Vec<Values> = log_entry::table
        .inner_join(log_process::table)
        .filter(log_entry::seq.eq_any(numbers))
        .order(log_entry::seq.asc())
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(row).collect()
}

pub(super) fn row((seq, at, actor, kind, case_key, leaf, process): Values) -> Result<LogRow, StoreError> {
    let at = Instant::from_micros(at).ok_or_else(|| StoreError::corrupt("log_entry", seq, "no such moment"))?;
    Ok(LogRow { seq, at, actor, kind, case_key, process, leaf: hex::encode(leaf) })
}

/// How many entries the log has.
///
/// # Errors
/// When the database fails.
pub fn size(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(log_head::table.find(1).select(log_head::size).first(conn)?)
}

/// Signed checkpoints, oldest first, from this number on: number, size and note of each.
///
/// # Errors
/// When the database fails.
pub fn checkpoints_from(conn: &mut Conn, number: i64, limit: i64) -> Result<Vec<(i64, i64, String)>, StoreError> {
    Ok(log_checkpoint::table
        .filter(log_checkpoint::number.ge(number))
        .order(log_checkpoint::number.asc())
        .limit(limit)
        .select((log_checkpoint::number, log_checkpoint::size, log_checkpoint::note))
        .load(conn)?)
}

/// The last checkpoints, newest first: how many entries each covers, its note, and when it was signed.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn last_checkpoints(conn: &mut Conn, limit: i64) -> Result<Vec<(u64, String, Instant)>, StoreError> {
    let rows: Vec<(i64, String, i64)> = log_checkpoint::table
        .inner_join(log_entry::table.on(log_entry::seq.eq(log_checkpoint::size - 1)))
        .order(log_checkpoint::number.desc())
        .limit(limit)
        .select((log_checkpoint::size, log_checkpoint::note, log_entry::at_micros))
        .load(conn)?;
    let read = |(size, note, at): (i64, String, i64)| {
        let size = u64::try_from(size).map_err(|e| StoreError::corrupt("log_checkpoint", size, e))?;
        let at = Instant::from_micros(at).ok_or_else(|| StoreError::corrupt("log_entry", size, "no such moment"))?;
        Ok((size, note, at))
    };
    rows.into_iter().map(read).collect()
}

/// The note of the checkpoint over so many entries, if there is one.
///
/// # Errors
/// When the database fails.
pub fn checkpoint_over(conn: &mut Conn, size: u64) -> Result<Option<String>, StoreError> {
    let Ok(size) = i64::try_from(size) else { return Ok(None) };
    Ok(log_checkpoint::table
        .filter(log_checkpoint::size.eq(size))
        .select(log_checkpoint::note)
        .first(conn)
        .optional()?)
}

/// The last checkpoint: how many entries it covers, and when it was signed. The signing is the last entry covered.
///
/// # Errors
/// When the database fails.
pub fn last_checkpoint(conn: &mut Conn) -> Result<Option<(i64, Instant)>, StoreError> {
    let row: Option<(i64, i64)> = log_checkpoint::table
        .inner_join(log_entry::table.on(log_entry::seq.eq(log_checkpoint::size - 1)))
        .order(log_checkpoint::number.desc())
        .select((log_checkpoint::size, log_entry::at_micros))
        .first(conn)
        .optional()?;
    Ok(row.and_then(|(size, at)| Some((size, Instant::from_micros(at)?))))
}

/// The note of the last checkpoint.
///
/// # Errors
/// When the database fails.
pub fn last_note(conn: &mut Conn) -> Result<Option<String>, StoreError> {
    let last = log_checkpoint::table.order(log_checkpoint::number.desc()).select(log_checkpoint::note);
    Ok(last.first(conn).optional()?)
}
