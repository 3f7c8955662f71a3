//! Replay: the tables are built once more from the log, table after table and case after case, and compared with what is
//! found. Whatever stands in the tables is read as text, so that also a row that makes no sense is compared and named.
//!
//! [`tables`] has the list of all tables and how each is checked. The bytes of documents are not here: the vault has them.

mod cases;
mod cells;
mod erasures;
mod keys;
mod law;
mod notes;
mod register;
pub mod tables;

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::audit::difference::{Comparison, Found};
use crate::audit::stored::LOG_PERSONAL;
use crate::audit::{Difference, Fault};
use crate::domain::time::Instant;
use crate::seal::Key;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::keys::{KeyOwner, find};
use crate::store::log::{Survey, Teller, Which};
use crate::store::second_admin;
use cases::{Cases, Elsewhere};
pub(in crate::store) use cells::{AsCell, cells_of, told};
use cells::{Span, each, key_of};
use register::{KINDS, OPENS, RegisterTold};
use tables::Table;

/// How far comparing has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being compared.
    pub what: &'static str,
    /// So many are done.
    pub done: usize,
    /// Of so many.
    pub of: usize,
}

/// What was compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// How many rows, by table: the tables that follow from the log.
    pub rows: BTreeMap<&'static str, u64>,
    /// How many places differ.
    pub differences: u64,
    /// Cases and past cases whose personal data was erased. Of a case no row and no key may be left; those of a past case
    /// can't be built any more, and were not compared.
    pub erased: u64,
}

/// Hears of every difference, and of progress.
pub trait Listener {
    /// A place differs.
    fn differs(&mut self, difference: Difference);
    /// A piece was compared.
    fn comes_on(&mut self, _progress: Progress) {}
}

impl Listener for Vec<Difference> {
    fn differs(&mut self, difference: Difference) {
        self.push(difference);
    }
}

/// Compares every table that follows from the log with the log, which was verified before. Memory holds some hundred bytes
/// per case beside a hundred cases at a time.
///
/// # Errors
/// When the database fails, or the log tells what this program can't read.
pub fn compare(
    conn: &mut Conn,
    installation: &Key,
    origin: &str,
    listener: &mut dyn Listener,
) -> Result<Compared, StoreError> {
    let mut journal = Journal { compared: Compared::default(), listener };
    let survey = Survey::of(conn)?;
    journal.compared.erased = u64::try_from(survey.erased.len()).unwrap_or(u64::MAX);
    let compartment = compartment(conn, installation)?;
    if compartment.is_none() && survey.first_sealed().is_some() {
        // Without it whose acts those are can't be told, nor anything that depends on them.
        keys::compare(conn, installation, &survey, None, &mut journal)?;
        return Ok(journal.compared);
    }
    let mut teller = Teller::new(installation, compartment);
    let elsewhere = Elsewhere::of(conn, &mut teller)?;
    keys::compare(conn, installation, &survey, Some(&elsewhere.secret), &mut journal)?;
    let mut register = read_register(conn, &mut teller)?;
    for (event, case, at, seq) in &elsewhere.sealed_erasures {
        register.erasures.take(event.clone(), Some(*case), *at, *seq);
    }
    register.erasures.take_gone(&elsewhere.gone);
    compare_register(conn, installation, origin, &register, &mut journal)?;
    law::compare(conn, &register, &mut journal)?;
    let mut notes = std::mem::take(&mut register.notes);
    let (survey, elsewhere, register) = (&survey, &elsewhere, &register);
    let mut cases = Cases { survey, elsewhere, register, notes: &mut notes, teller: &mut teller };
    cases.compare_directory(conn, &mut journal)?;
    cases.compare_past(conn, &mut journal)?;
    cases.compare(conn, &mut journal)?;
    notes.compare(conn, &mut journal)?;
    Ok(journal.compared)
}

/// What keeps personal payloads from being opened, where the log was found unsound there: data keys that are gone or that
/// do not open. A payload may be at fault itself; then nothing is heard.
///
/// # Errors
/// When the database fails.
pub fn explain(
    conn: &mut Conn,
    installation: &Key,
    fault: &Fault,
    listener: &mut dyn Listener,
) -> Result<Compared, StoreError> {
    let mut journal = Journal { compared: Compared::default(), listener };
    if fault.table != LOG_PERSONAL {
        return Ok(journal.compared);
    }
    let survey = Survey::of(conn)?;
    let mut teller = Teller::new(installation, compartment(conn, installation)?);
    let secret = Elsewhere::of(conn, &mut teller).ok().map(|elsewhere| elsewhere.secret);
    keys::compare(conn, installation, &survey, secret.as_ref(), &mut journal)?;
    Ok(journal.compared)
}

/// The key of the closed compartment, where it is there and opens.
fn compartment(conn: &mut Conn, installation: &Key) -> Result<Option<Key>, StoreError> {
    match find(conn, installation, &KeyOwner::NationalSecurity.to_string()) {
        Err(StoreError::Corrupt { .. }) => Ok(None),
        found => found,
    }
}

/// What is found on the way.
struct Journal<'l> {
    compared: Compared,
    listener: &'l mut dyn Listener,
}

impl Journal<'_> {
    fn note(&mut self, difference: Difference) {
        self.compared.differences = self.compared.differences.saturating_add(1);
        self.listener.differs(difference);
    }

    fn count(&mut self, table: &'static str, rows: u64) {
        let known = self.compared.rows.entry(table).or_default();
        *known = known.saturating_add(rows);
    }

    /// Nothing more of a table, or of a part of it, is found.
    fn close(&mut self, table: &'static str, comparison: Comparison) {
        let (rows, missing) = comparison.end();
        self.count(table, rows);
        missing.into_iter().for_each(|one| self.note(one));
    }

    /// Meets all rows of a span.
    fn meet_all(
        &mut self,
        conn: &mut Conn,
        table: &Table,
        span: Span<'_>,
        mut comparison: Comparison,
    ) -> Result<(), StoreError> {
        each(conn, table, span, |key, row| {
            comparison.meet(&key, &row).into_iter().for_each(|one| self.note(one));
            Ok(())
        })?;
        self.close(table.name, comparison);
        Ok(())
    }

    fn tell_progress(&mut self, progress: Progress) {
        self.listener.comes_on(progress);
    }
}

fn read_register(conn: &mut Conn, teller: &mut Teller<'_>) -> Result<RegisterTold, StoreError> {
    let (mut told, mut after) = (RegisterTold::default(), -1);
    loop {
        let piece = teller.entries(conn, &Which::OfRegister { kinds: KINDS, after, limit: PIECE })?;
        let Some(last) = piece.last() else { return Ok(told) };
        after = last.seq;
        piece.into_iter().for_each(|entry| told.take(entry));
    }
}

/// So many entries about the register are read at a time.
const PIECE: i64 = 2_000;

fn compare_register(
    conn: &mut Conn,
    installation: &Key,
    origin: &str,
    told: &RegisterTold,
    journal: &mut Journal<'_>,
) -> Result<(), StoreError> {
    let nameless: BTreeSet<(String, String)> =
        told.nameless_tokens.iter().map(|(staff, at)| (staff.to_string(), moment(*at))).collect();
    for name in register::TABLES.iter().chain(erasures::TABLES) {
        let Some(table) = tables::table(name) else { continue };
        let mut comparison = Comparison::of(table.name);
        for row in told.rows(name, origin)? {
            comparison.tell(key_of(table, &row), row);
        }
        each(conn, table, Span::All, |key, mut row| {
            read_secrets(installation, table.name, &key, &mut row);
            let value = |column: &str| row.iter().find(|(name, _)| *name == column).and_then(|(_, v)| v.clone());
            let whose = value("staff_id").unwrap_or_default();
            let is_nameless =
                table.name == "api_tokens" && nameless.contains(&(whose, value("created_at").unwrap_or_default()));
            // One that the log was not told of yet: it could not be written to.
            let is_unrecorded = table.name == "alarms" && value("recorded_seq").is_none() && !comparison.awaits(&key);
            if !is_nameless && !is_unrecorded {
                comparison.meet(&key, &row).into_iter().for_each(|one| journal.note(one));
            }
            Ok(())
        })?;
        journal.close(table.name, comparison);
    }
    Ok(())
}

/// Secrets are compared, and shown, by the hash of what is kept of them; sealed bytes by whether they open.
fn read_secrets(installation: &Key, table: &str, key: &str, row: &mut Found) {
    for (column, value) in row {
        let Some(text) = value else { continue };
        match (table, *column) {
            ("staff", "password_hash") | ("api_tokens", "token_hash") | ("feeds", "secret_sha256") => {
                *text = hex::encode(Sha256::digest(text.as_bytes()));
            }
            ("staff_requests", "half") => {
                let opens =
                    hex::decode(&*text).is_ok_and(|sealed| second_admin::half_opens(installation, key, &sealed));
                *text = if opens { OPENS } else { "bytes that do not open" }.to_owned();
            }
            _ => {}
        }
    }
}

/// A row of documents as its table has it.
pub(in crate::store) struct DocumentText {
    pub id: String,
    pub case: String,
    pub sha256: String,
    pub size: String,
}

/// Rows of documents after one in the order of their ids, whatever stands in them.
pub(in crate::store) fn documents_after(
    conn: &mut Conn,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<DocumentText>, StoreError> {
    let mut rows = Vec::new();
    let Some(table) = tables::table("documents") else { return Ok(rows) };
    each(conn, table, Span::Piece { column: "id", after, limit }, |id, row| {
        let value = |column: &str| {
            row.iter().find(|(name, _)| *name == column).and_then(|(_, v)| v.clone()).unwrap_or_default()
        };
        rows.push(DocumentText { id, case: value("case_id"), sha256: value("sha256"), size: value("size") });
        Ok(())
    })?;
    Ok(rows)
}

/// A moment as columns spell it.
fn moment(at: Instant) -> String {
    at.for_machines()
}

/// Ids in pieces, each with the bounds between which its rows are looked for: after one id, and up to another. The first has
/// no beginning and the last no end, so that rows under ids that the log never named are found too.
fn spans(ids: &[Uuid], at_once: usize) -> Vec<(Option<Uuid>, Option<Uuid>, &[Uuid])> {
    if ids.is_empty() {
        return vec![(None, None, ids)];
    }
    let pieces: Vec<&[Uuid]> = ids.chunks(at_once).collect();
    let last = pieces.len().saturating_sub(1);
    let mut after = None;
    let mut spans = Vec::new();
    for (number, piece) in pieces.into_iter().enumerate() {
        let end = piece.last().copied();
        spans.push((after, end.filter(|_| number < last), piece));
        after = end;
    }
    spans
}
