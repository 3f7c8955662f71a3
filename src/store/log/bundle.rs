//! The log, or a part of it, on its way out as a bundle: in pieces, with the proofs that tie it to the last checkpoint.

use std::collections::{BTreeSet, VecDeque};

use diesel::dsl::min;
use diesel::prelude::*;

use super::inspect::{inclusion_of, load_nodes, proven};
use super::load::{Opener, PIECE, Stop, cosignatures, load_checkpoints, load_entries, load_handovers, load_processes};
use crate::audit::bundle::{Carried, FIRST_LINE, Header, Payloads, Record, Salted};
use crate::audit::erasure::{ERASED_KIND, erased_ranges};
use crate::audit::proof;
use crate::audit::stored::{LOG_PERSONAL, LOG_PROCESS};
use crate::audit::witness::with_lines;
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
    /// The entries of a case, under each name that the log has for it, each with the proof that it is in the log.
    OfCase(Vec<String>),
}

/// So many entries from outside of a part are written in one step.
const OUTSIDERS: usize = 200;

/// A bundle that is being written, a step at a time. The log only grows, so every step may read for itself: whoever takes a
/// bundle slowly keeps no transaction open. Only where personal payloads come along should all steps share one view, because
/// those may be erased meanwhile.
pub struct BundleWriter {
    header: Header,
    of_case: Option<Vec<String>>,
    /// Checkpoints that were not written yet.
    ahead: VecDeque<StoredCheckpoint>,
    /// The number of the next entry of the part.
    next: u64,
    step: Step,
    records: u64,
}

/// What is written next.
enum Step {
    Beginning,
    Entries,
    LaterCheckpoints,
    Outside(VecDeque<u64>),
    Over,
}

impl BundleWriter {
    /// Begins a bundle of a part of the log that the last checkpoint covers.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] where it does not; when the database fails.
    pub fn begin(conn: &mut Conn, origin: &str, part: &Part, payloads: Payloads) -> Result<BundleWriter, StoreError> {
        let (first, end, of_case) = match part {
            Part::Entries(first, end) => (*first, *end, None),
            Part::OfCase(names) => (0, 0, Some(names.clone())),
        };
        let mut ahead: VecDeque<StoredCheckpoint> = load_checkpoints(conn).map_err(stopped)?.into();
        let witnessed = cosignatures(conn)?;
        for one in &mut ahead {
            let of_it = witnessed.iter().filter(|(size, _)| *size == one.size);
            one.note = with_lines(&one.note, of_it.map(|(_, line)| line.as_str()));
        }
        let size = ahead.back().map_or(0, |last| last.size);
        if size < end {
            return Err(StoreError::Unfit("the last checkpoint does not cover the part: sign one first".into()));
        }
        let header = Header { first, end, origin: origin.to_owned(), payloads, size };
        Ok(BundleWriter { header, of_case, ahead, next: first, step: Step::Beginning, records: 0 })
    }

    /// What it says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many entries of the part are written.
    pub fn written(&self) -> u64 {
        self.next.saturating_sub(self.header.first)
    }

    /// Writes some records more. Whether there are others after them.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where a row can't be read as what it is; when the database fails.
    pub fn go_on(&mut self, conn: &mut Conn, installation: &Key, out: &mut Vec<u8>) -> Result<bool, StoreError> {
        self.step = match std::mem::replace(&mut self.step, Step::Over) {
            Step::Beginning => {
                out.extend(FIRST_LINE);
                self.begin_records(conn, out)?;
                Step::Entries
            }
            Step::Entries if self.next < self.header.end => {
                self.some_entries(conn, installation, out)?;
                Step::Entries
            }
            Step::Entries => Step::LaterCheckpoints,
            Step::LaterCheckpoints => {
                let end = self.header.end;
                while let Some(StoredCheckpoint { size, note, .. }) = self.ahead.pop_front() {
                    let proof = proven(conn, |node| proof::consistency(end, size, node))?;
                    self.put(out, &Record::Checkpoint { note: &note, proof })?;
                }
                Step::Outside(self.outsiders(conn)?.into_iter().collect())
            }
            Step::Outside(left) if left.is_empty() => {
                self.put(out, &Record::End(self.records))?;
                Step::Over
            }
            Step::Outside(mut left) => {
                for seq in left.drain(..left.len().min(OUTSIDERS)) {
                    let path = inclusion_of(conn, seq, self.header.size)?;
                    for row in rows(conn, installation, (seq, seq), self.header.payloads)? {
                        self.put(out, &Record::Outside(row.carried()?, path.clone()))?;
                    }
                }
                Step::Outside(left)
            }
            Step::Over => Step::Over,
        };
        Ok(!matches!(self.step, Step::Over))
    }

    fn put(&mut self, out: &mut Vec<u8>, record: &Record<'_>) -> Result<(), StoreError> {
        self.records = self.records.saturating_add(1);
        record.write(out).map_err(|error| StoreError::corrupt("log_entry", self.next, error))
    }

    fn begin_records(&mut self, conn: &mut Conn, out: &mut Vec<u8>) -> Result<(), StoreError> {
        let first = self.header.first;
        self.put(out, &Record::Header(self.header.clone()))?;
        for (_, note) in load_handovers(conn)? {
            self.put(out, &Record::Handover(&note))?;
        }
        if first > 0 {
            self.put(out, &Record::Edge(edge(conn, first)?))?;
        }
        while let Some(StoredCheckpoint { size, note, .. }) = self.ahead.pop_front_if(|next| next.size <= first) {
            let proof = proven(conn, |node| proof::consistency(size, first, node))?;
            self.put(out, &Record::Checkpoint { note: &note, proof })?;
        }
        Ok(())
    }

    fn some_entries(&mut self, conn: &mut Conn, installation: &Key, out: &mut Vec<u8>) -> Result<(), StoreError> {
        let last = self.next.saturating_add(PIECE.unsigned_abs()).min(self.header.end).saturating_sub(1);
        let missing = |seq: u64| StoreError::corrupt("log_entry", seq, "it is missing");
        for row in rows(conn, installation, (self.next, last), self.header.payloads)? {
            if row.seq != self.next {
                return Err(missing(self.next));
            }
            self.put(out, &Record::Entry(row.carried()?))?;
            self.next = self.next.saturating_add(1);
            let here = self.next;
            if let Some(StoredCheckpoint { note, .. }) = self.ahead.pop_front_if(|one| one.size == here) {
                self.put(out, &Record::Checkpoint { note: &note, proof: Vec::new() })?;
            }
        }
        if self.next <= last { Err(missing(self.next)) } else { Ok(()) }
    }

    /// The entries from outside of the part that come along.
    fn outsiders(&self, conn: &mut Conn) -> Result<BTreeSet<u64>, StoreError> {
        let Header { first, end, size, payloads, .. } = self.header;
        match &self.of_case {
            Some(names) => numbers_of(conn, names, size),
            None if payloads == Payloads::All => erasures_of(conn, (first, end), size),
            None => Ok(BTreeSet::new()),
        }
    }
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
    installation: &Key,
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
        true => Opener::new(installation).load(conn, first, last).map_err(stopped)?,
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

/// Whether an entry from this number on says that something was erased.
///
/// # Errors
/// When the database fails.
pub fn is_erased_since(conn: &mut Conn, seq: u64) -> Result<bool, StoreError> {
    let from = i64::try_from(seq).map_err(|e| StoreError::corrupt("log_entry", seq, e))?;
    let erasures = log_entry::table.filter(log_entry::seq.ge(from).and(log_entry::kind.eq(ERASED_KIND)));
    Ok(erasures.select(log_entry::seq).first::<i64>(conn).optional()?.is_some())
}

/// The entries of a case, up to `size`.
fn numbers_of(conn: &mut Conn, names: &[String], size: u64) -> Result<BTreeSet<u64>, StoreError> {
    let found: Vec<i64> =
        log_entry::table.filter(log_entry::case_key.eq_any(names)).select(log_entry::seq).load(conn)?;
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
