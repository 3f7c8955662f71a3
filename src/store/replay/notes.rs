//! What auditors wrote and what was said to it, as entries tell: they stand in the log of whatever a note is about, the
//! register, a case, a case closed before Writ or a paper without a case. It is little, so it is held at once.

use std::collections::{BTreeMap, BTreeSet};

use super::Journal;
use super::cells::{Span, each, key_of};
use super::tables::{Table, table};
use crate::audit::difference::{Comparison, Found, Told};
use crate::domain::audit_note::{AuditAnswer, AuditNote, FindingStatus};
use crate::domain::event::Event;
use crate::domain::id::AuditNoteId;
use crate::store::audit_notes::{answer_cells, note_cells};
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::log::{Teller, Which};

/// Notes and findings with what was said to them, as far as their entries were read.
#[derive(Default)]
pub(super) struct Notes {
    written: Vec<(AuditNote, i64)>,
    said: Vec<(AuditAnswer, FindingStatus, i64)>,
}

impl Notes {
    /// Takes an entry, if it tells of any.
    pub(super) fn take(&mut self, event: &Event, seq: i64) {
        match event {
            Event::NoteAdded { note } | Event::FindingRaised { note } => self.written.push((note.clone(), seq)),
            Event::FindingAnswered { answer } => self.said.push((answer.clone(), FindingStatus::Answered, seq)),
            Event::FindingClosed { answer } => self.said.push((answer.clone(), FindingStatus::Closed, seq)),
            _ => {}
        }
    }

    /// Compares both tables, once all entries were read.
    ///
    /// # Errors
    /// When the database fails, or an entry can't be read.
    pub(super) fn compare(
        mut self,
        conn: &mut Conn,
        teller: &mut Teller<'_>,
        journal: &mut Journal<'_>,
    ) -> Result<(), StoreError> {
        self.said.sort_by_key(|(_, _, seq)| *seq);
        let last: BTreeMap<AuditNoteId, FindingStatus> =
            self.said.iter().map(|(said, status, _)| (said.finding, *status)).collect();
        let status =
            |note: &AuditNote| note.severity.map(|_| last.get(&note.id).copied().unwrap_or(FindingStatus::Open));
        let notes = self.written.iter().map(|(note, seq)| note_cells(note, status(note), *seq));
        compare_told(conn, "audit_notes", notes, teller, journal)?;
        let answers = self.said.iter().map(|(said, status, seq)| answer_cells(said, *status, *seq));
        compare_told(conn, "audit_answers", answers, teller, journal)
    }
}

fn compare_told(
    conn: &mut Conn,
    name: &str,
    told: impl Iterator<Item = Told>,
    teller: &mut Teller<'_>,
    journal: &mut Journal<'_>,
) -> Result<(), StoreError> {
    let Some(table) = table(name) else { return Ok(()) };
    let mut comparison = Comparison::of(table.name);
    told.for_each(|row| comparison.tell(key_of(table, &row), row));
    let rows = rows(conn, table)?;
    let untold: Vec<i64> =
        rows.iter().filter(|(key, _)| !comparison.awaits(key)).filter_map(|(_, row)| seq_of(row)).collect();
    let erased = erased(conn, &untold, teller)?;
    for (key, row) in rows {
        if comparison.awaits(&key) || seq_of(&row).is_none_or(|seq| !erased.contains(&seq)) {
            comparison.meet(&key, &row).into_iter().for_each(|one| journal.note(one));
        }
    }
    journal.close(table.name, comparison);
    Ok(())
}

fn rows(conn: &mut Conn, table: &Table) -> Result<Vec<(String, Found)>, StoreError> {
    let mut rows = Vec::new();
    each(conn, table, Span::All, |key, row| {
        rows.push((key, row));
        Ok(())
    })?;
    Ok(rows)
}

/// The number of the entry that a row says it is of.
fn seq_of(row: &Found) -> Option<i64> {
    let (_, seq) = row.iter().find(|(name, _)| *name == "seq")?;
    seq.as_ref()?.parse().ok()
}

/// Which of these entries lost their personal part, so that their rows can't be built any more.
fn erased(conn: &mut Conn, numbers: &[i64], teller: &mut Teller<'_>) -> Result<BTreeSet<i64>, StoreError> {
    if numbers.is_empty() {
        return Ok(BTreeSet::new());
    }
    let entries = teller.entries(conn, &Which::Numbered(numbers))?;
    Ok(entries.into_iter().filter(|entry| entry.event.is_none()).map(|entry| entry.seq).collect())
}
