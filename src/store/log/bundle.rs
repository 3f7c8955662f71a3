//! The log, or a part of it, on its way out as a bundle: one snapshot, in pieces, with the proofs that tie it to the
//! last checkpoint.

use std::cell::Cell;
use std::collections::BTreeSet;

use diesel::dsl::min;
use diesel::prelude::*;

use super::inspect::{inclusion_of, load_nodes, proven};
use super::load::{Opener, PIECE, Stop, load_checkpoints, load_entries, load_processes};
use crate::audit::bundle::{Carried, Header, Payloads, Record, Salted};
use crate::audit::erasure::{ERASED_KIND, erased_ranges};
use crate::audit::proof;
use crate::audit::stored::{LOG_PERSONAL, LOG_PROCESS};
use crate::audit::{Digest, Edge, SEALED_KIND, StoredCheckpoint, StoredPayload, StoredPersonal};
use crate::domain::time::Instant;
use crate::seal::Key;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::schema::{log_entry, log_process};

/// The numbers of the entries from the first moment, up to but without the second: `first..end`. An open side is the end
/// of the log there, which has `size` entries.
///
/// # Errors
/// When the database fails.
pub fn part_between(
    conn: &mut Conn,
    from: Option<Instant>,
    until: Option<Instant>,
    size: u64,
) -> Result<(u64, u64), StoreError> {
    let mut number_at = |moment: Option<Instant>| {
        let Some(moment) = moment else { return Ok(None) };
        let first: Option<i64> = log_entry::table
            .filter(log_entry::at_micros.ge(moment.as_micros()))
            .select(min(log_entry::seq))
            .first(conn)?;
        Ok::<_, StoreError>(Some(first.and_then(|seq| u64::try_from(seq).ok()).unwrap_or(size)))
    };
    let (first, end) = (number_at(from)?.unwrap_or(0), number_at(until)?.unwrap_or(size));
    Ok((first.min(size), end.clamp(first.min(size), size)))
}

/// What of the log a bundle holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The entries from the first number up to but without the second.
    Entries(u64, u64),
    /// The entries of a case, as the log names it, each with the proof that it is in the log.
    OfCase(String),
}

/// Hands over the records of a bundle in their order: the entries of the part with these payloads, and all checkpoints.
/// The last one must cover the part.
///
/// # Errors
/// [`StoreError::Corrupt`] where a row can't be read as what it is; whatever `emit` ends with.
pub fn write_bundle<E: From<StoreError>>(
    conn: &mut Conn,
    installation: &Key,
    origin: &str,
    part: &Part,
    payloads: Payloads,
    mut emit: impl FnMut(Record<'_>) -> Result<(), E>,
) -> Result<Header, E> {
    let (first, end) = match part {
        Part::Entries(first, end) => (*first, *end),
        Part::OfCase(_) => (0, 0),
    };
    let checkpoints = load_checkpoints(conn).map_err(stopped)?;
    let size = checkpoints.last().map_or(0, |last| last.size);
    if size < end {
        return Err(StoreError::Unfit("the last checkpoint does not cover the part: sign one first".into()).into());
    }
    let header = Header { first, end, origin: origin.to_owned(), payloads, size };
    let records = Cell::new(0_u64);
    let mut emit = |record: Record<'_>| {
        records.set(records.get().saturating_add(1));
        emit(record)
    };
    emit(Record::Header(header.clone()))?;
    if first > 0 {
        emit(Record::Edge(edge(conn, first)?))?;
    }
    let mut ahead = checkpoints.iter().peekable();
    while let Some(StoredCheckpoint { size, note, .. }) = ahead.next_if(|next| next.size <= first) {
        emit(Record::Checkpoint { note, proof: proven(conn, |node| proof::consistency(*size, first, node))? })?;
    }
    let mut opener = Opener::new(installation);
    let mut next = first;
    while next < end {
        let last = next.saturating_add(PIECE.unsigned_abs()).min(end).saturating_sub(1);
        for row in rows(conn, &mut opener, (next, last), payloads)? {
            if row.seq != next {
                return Err(StoreError::corrupt("log_entry", next, "it is missing").into());
            }
            next = next.saturating_add(1);
            emit(Record::Entry(row.carried()?))?;
            if let Some(StoredCheckpoint { note, .. }) = ahead.next_if(|one| one.size == next) {
                emit(Record::Checkpoint { note, proof: Vec::new() })?;
            }
        }
        if next <= last {
            return Err(StoreError::corrupt("log_entry", next, "it is missing").into());
        }
    }
    for StoredCheckpoint { size, note, .. } in ahead {
        emit(Record::Checkpoint { note, proof: proven(conn, |node| proof::consistency(end, *size, node))? })?;
    }
    let beyond = match part {
        Part::OfCase(case) => numbers_of(conn, case, size)?,
        Part::Entries(..) if payloads == Payloads::All => erasures_of(conn, (first, end), size)?,
        Part::Entries(..) => BTreeSet::new(),
    };
    for seq in beyond {
        let path = inclusion_of(conn, seq, size)?;
        for row in rows(conn, &mut opener, (seq, seq), payloads)? {
            emit(Record::Outside(row.carried()?, path.clone()))?;
        }
    }
    emit(Record::End(records.get()))?;
    Ok(header)
}

/// An entry with its payloads, as far as they come along.
struct Row {
    seq: u64,
    bytes: Vec<u8>,
    process: Option<StoredPayload>,
    personal: Option<StoredPayload>,
}

impl Row {
    fn carried(&self) -> Result<Carried<'_>, StoreError> {
        Ok(Carried {
            bytes: &self.bytes,
            process: salted(LOG_PROCESS, self.seq, self.process.as_ref())?,
            personal: salted(LOG_PERSONAL, self.seq, self.personal.as_ref())?,
        })
    }
}

fn salted<'a>(
    table: &'static str,
    seq: u64,
    stored: Option<&'a StoredPayload>,
) -> Result<Option<Salted<'a>>, StoreError> {
    let Some(StoredPayload { salt, payload }) = stored else { return Ok(None) };
    let salt = <&[u8; 32]>::try_from(salt.as_slice());
    let salt = salt.map_err(|_| StoreError::corrupt(table, seq, "a salt has 32 bytes"))?;
    Ok(Some(Salted { salt, payload }))
}

/// The entries numbered `first..=last` with their payloads.
fn rows(
    conn: &mut Conn,
    opener: &mut Opener<'_>,
    (first, last): (u64, u64),
    payloads: Payloads,
) -> Result<Vec<Row>, StoreError> {
    let number = |seq: u64| i64::try_from(seq).map_err(|e| StoreError::corrupt("log_entry", seq, e));
    let (first, last) = (number(first)?, number(last)?);
    let entries = load_entries(conn, first, last).map_err(stopped)?;
    let with = |wanted| payloads >= wanted;
    let mut processes = match with(Payloads::Process) {
        true => load_processes(conn, first, last).map_err(stopped)?,
        false => Default::default(),
    };
    let mut personals = match with(Payloads::All) {
        true => opener.load(conn, first, last).map_err(stopped)?,
        false => Default::default(),
    };
    let row = |(seq, _, _, kind, _, bytes, _): (i64, _, _, String, _, Vec<u8>, _)| {
        let personal = match personals.remove(&seq) {
            Some(StoredPersonal::Unreadable(why)) => return Err(StoreError::corrupt("log_personal", seq, why)),
            Some(StoredPersonal::Present(personal)) if kind != SEALED_KIND => Some(personal),
            _ => None,
        };
        let process = processes.remove(&seq);
        let seq = u64::try_from(seq).map_err(|e| StoreError::corrupt("log_entry", seq, e))?;
        Ok(Row { seq, bytes, process, personal })
    };
    entries.into_iter().map(row).collect()
}

fn edge(conn: &mut Conn, size: u64) -> Result<Vec<Digest>, StoreError> {
    let addresses = Edge::addresses(size);
    let nodes = load_nodes(conn, &addresses.iter().copied().collect())?;
    let lacking = || StoreError::corrupt("log_node", size, "a node of the edge is missing");
    addresses.iter().map(|address| nodes.get(address).copied().ok_or_else(lacking)).collect()
}

/// The entries of a case, up to `size`.
fn numbers_of(conn: &mut Conn, case: &str, size: u64) -> Result<BTreeSet<u64>, StoreError> {
    let found: Vec<i64> = log_entry::table.filter(log_entry::case_key.eq(case)).select(log_entry::seq).load(conn)?;
    Ok(found.into_iter().filter_map(|seq| u64::try_from(seq).ok()).filter(|seq| *seq < size).collect())
}

/// Entries after the part, up to `size`, that say that a personal payload of the part was erased.
fn erasures_of(conn: &mut Conn, (first, end): (u64, u64), size: u64) -> Result<BTreeSet<u64>, StoreError> {
    let after = i64::try_from(end).map_err(|e| StoreError::corrupt("log_entry", end, e))?;
    let found: Vec<(i64, String)> = log_entry::table
        .inner_join(log_process::table)
        .filter(log_entry::kind.eq(ERASED_KIND).and(log_entry::seq.ge(after)))
        .order(log_entry::seq.asc())
        .select((log_entry::seq, log_process::payload))
        .load(conn)?;
    let names_one = |(seq, payload): (i64, String)| {
        let seq = u64::try_from(seq).ok().filter(|seq| *seq < size)?;
        let ranges = erased_ranges(payload.as_bytes(), seq)?;
        ranges.iter().any(|(from, to)| *from < end && *to >= first).then_some(seq)
    };
    Ok(found.into_iter().filter_map(names_one).collect())
}

fn stopped(stop: Stop) -> StoreError {
    match stop {
        Stop::Fault(fault) => StoreError::corrupt(fault.table, fault.seq.unwrap_or_default(), fault.why),
        Stop::Store(error) => error,
    }
}
