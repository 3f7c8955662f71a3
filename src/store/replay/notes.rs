//! What auditors wrote and what was said to it, as entries tell: they stand in the log of whatever a note is about, the
//! register, a case, a case closed before Writ or a paper without a case. It is little, so it is held at once.

use std::collections::BTreeMap;

use super::Journal;
use super::cells::{Span, key_of};
use super::tables::table;
use crate::audit::difference::{Comparison, Told};
use crate::domain::audit_note::{AuditAnswer, AuditNote, FindingStatus};
use crate::domain::event::Event;
use crate::domain::id::AuditNoteId;
use crate::store::audit_notes::{answer_cells, note_cells};
use crate::store::conn::Conn;
use crate::store::error::StoreError;

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
    /// When the database fails.
    pub(super) fn compare(mut self, conn: &mut Conn, journal: &mut Journal<'_>) -> Result<(), StoreError> {
        self.said.sort_by_key(|(_, _, seq)| *seq);
        let last: BTreeMap<AuditNoteId, FindingStatus> =
            self.said.iter().map(|(said, status, _)| (said.finding, *status)).collect();
        let status =
            |note: &AuditNote| note.severity.map(|_| last.get(&note.id).copied().unwrap_or(FindingStatus::Open));
        let notes = self.written.iter().map(|(note, seq)| note_cells(note, status(note), *seq));
        compare_told(conn, "audit_notes", notes, journal)?;
        let answers = self.said.iter().map(|(said, status, seq)| answer_cells(said, *status, *seq));
        compare_told(conn, "audit_answers", answers, journal)
    }
}

fn compare_told(
    conn: &mut Conn,
    name: &str,
    told: impl Iterator<Item = Told>,
    journal: &mut Journal<'_>,
) -> Result<(), StoreError> {
    let Some(table) = table(name) else { return Ok(()) };
    let mut comparison = Comparison::of(table.name);
    told.for_each(|row| comparison.tell(key_of(table, &row), row));
    // Those about an erased case went with it.
    journal.meet_all(conn, table, Span::All, comparison)
}
