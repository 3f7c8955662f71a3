//! Notes and findings of auditors. Their words are in the log alone; here stand what they are about and how they stand.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::replay::told;
use super::schema::{audit_answers, audit_notes};
use super::transaction::{About, Stored, Tx};
use super::types::{Id, Ts};
use crate::audit::difference::Told;
use crate::domain::audit_note::{AuditAnswer, AuditNote, FindingStatus, Severity};
use crate::domain::event::Event;
use crate::domain::id::{AuditNoteId, CaseId, SampleId, StaffId};
use crate::domain::time::Instant;
use crate::domain::words::UnknownWord;

/// A note or finding as an act leaves it.
#[derive(Debug, Clone)]
pub struct KeptNote {
    /// What its entries are about.
    pub about: About,
    /// The note, where it is written by this act.
    pub written: Option<AuditNote>,
    /// What was said to the finding, where that is the act.
    pub said: Option<AuditAnswer>,
    /// How the finding stands after it; none for a note.
    pub status: Option<FindingStatus>,
}

/// A note or finding as it is listed, without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    /// Identity.
    pub id: AuditNoteId,
    /// How grave it is; none for a note.
    pub severity: Option<Severity>,
    /// How it stands; none for a note.
    pub status: Option<FindingStatus>,
    /// The entry it is about.
    pub entry: Option<i64>,
    /// The case it is about.
    pub case: Option<CaseId>,
    /// The sample in which it came up.
    pub sample: Option<SampleId>,
    /// Who wrote it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
    /// The entry that tells of it, and holds its words.
    pub seq: i64,
}

/// Something said to a finding, without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// How the finding stood after it.
    pub status: FindingStatus,
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Instant,
    /// The entry that tells of it, and holds its words.
    pub seq: i64,
}

/// Which notes and findings are asked for.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// One.
    One(AuditNoteId),
    /// All about an entry.
    OnEntry(i64),
    /// All that came up in a sample.
    InSample(SampleId),
    /// Findings alone, the newest first; those that are not closed, or all.
    Findings {
        /// Whether closed ones are left out.
        open_only: bool,
    },
}

/// How many are read at a time.
const MOST: i64 = 500;

impl Stored for KeptNote {
    fn about(&self) -> About {
        self.about
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, seq: i64) -> Result<(), StoreError> {
        if let Some(note) = &self.written {
            let entry = note.seq.map(i64::try_from).transpose();
            diesel::insert_into(audit_notes::table)
                .values((
                    audit_notes::id.eq(Id(note.id.0)),
                    audit_notes::severity.eq(note.severity.map(|severity| severity.as_str())),
                    audit_notes::status.eq(self.status.map(|status| status.as_str())),
                    audit_notes::entry_seq.eq(entry.map_err(|e| StoreError::corrupt("audit_notes", note.id, e))?),
                    audit_notes::case_id.eq(note.case.map(|case| Id(case.0))),
                    audit_notes::sample_id.eq(note.sample.map(|sample| Id(sample.0))),
                    audit_notes::written_by.eq(Id(note.by.0)),
                    audit_notes::written_at.eq(Ts(note.at)),
                    audit_notes::seq.eq(seq),
                ))
                .execute(tx.conn)?;
        }
        let (Some(said), Some(status)) = (&self.said, self.status) else { return Ok(()) };
        diesel::insert_into(audit_answers::table)
            .values((
                audit_answers::note_id.eq(Id(said.finding.0)),
                audit_answers::seq.eq(seq),
                audit_answers::status.eq(status.as_str()),
                audit_answers::given_by.eq(Id(said.by.0)),
                audit_answers::given_at.eq(Ts(said.at)),
            ))
            .execute(tx.conn)?;
        let finding = audit_notes::table.find(Id(said.finding.0));
        let changed = diesel::update(finding).set(audit_notes::status.eq(Some(status.as_str()))).execute(tx.conn)?;
        if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }
}

/// The row of a note or finding, column by column, whose entry has the number `seq`.
pub(super) fn note_cells(note: &AuditNote, status: Option<FindingStatus>, seq: i64) -> Told {
    told! {
        id: Id(note.id.0),
        severity: note.severity.map(|severity| severity.as_str()),
        status: status.map(|status| status.as_str()),
        entry_seq: note.seq.map(|entry| entry.to_string()),
        case_id: note.case.map(|case| Id(case.0)),
        sample_id: note.sample.map(|sample| Id(sample.0)),
        written_by: Id(note.by.0),
        written_at: Ts(note.at),
        seq: seq,
    }
}

/// The row of something said to a finding, column by column.
pub(super) fn answer_cells(said: &AuditAnswer, status: FindingStatus, seq: i64) -> Told {
    told! {
        note_id: Id(said.finding.0),
        seq: seq,
        status: status.as_str(),
        given_by: Id(said.by.0),
        given_at: Ts(said.at),
    }
}

/// Notes and findings, the newest first: one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list(conn: &mut Conn, which: Which) -> Result<Vec<NoteRow>, StoreError> {
    type Columns = ((Id, Option<String>, Option<String>, Option<i64>, Option<Id>, Option<Id>), (Id, Ts, i64));
    let mut query = audit_notes::table
        .order((audit_notes::written_at.desc(), audit_notes::id.desc()))
        .limit(MOST)
        .select((
            (
                audit_notes::id,
                audit_notes::severity,
                audit_notes::status,
                audit_notes::entry_seq,
                audit_notes::case_id,
                audit_notes::sample_id,
            ),
            (audit_notes::written_by, audit_notes::written_at, audit_notes::seq),
        ))
        .into_boxed();
    query = match which {
        Which::One(id) => query.filter(audit_notes::id.eq(Id(id.0))),
        Which::OnEntry(seq) => query.filter(audit_notes::entry_seq.eq(seq)),
        Which::InSample(sample) => query.filter(audit_notes::sample_id.eq(Id(sample.0))),
        Which::Findings { open_only: false } => query.filter(audit_notes::severity.is_not_null()),
        Which::Findings { open_only: true } => query.filter(audit_notes::status.ne(FindingStatus::Closed.as_str())),
    };
    let rows: Vec<Columns> = query.load(conn)?;
    let one = |((id, severity, status, entry, case, sample), (by, at, seq)): Columns| {
        let corrupt = |e: UnknownWord| StoreError::corrupt("audit_notes", id.0, e);
        Ok(NoteRow {
            id: AuditNoteId(id.0),
            severity: severity.map(|word| word.parse()).transpose().map_err(corrupt)?,
            status: status.map(|word| word.parse()).transpose().map_err(corrupt)?,
            entry,
            case: case.map(|case| CaseId(case.0)),
            sample: sample.map(|sample| SampleId(sample.0)),
            by: StaffId(by.0),
            at: at.0,
            seq,
        })
    };
    rows.into_iter().map(one).collect()
}

/// What was said to findings, by finding, the oldest first: one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn answers(conn: &mut Conn, to: &[AuditNoteId]) -> Result<BTreeMap<AuditNoteId, Vec<AnswerRow>>, StoreError> {
    let ids: Vec<Id> = to.iter().map(|id| Id(id.0)).collect();
    let rows: Vec<(Id, i64, String, Id, Ts)> = audit_answers::table
        .filter(audit_answers::note_id.eq_any(ids))
        .order(audit_answers::seq.asc())
        .select((
            audit_answers::note_id,
            audit_answers::seq,
            audit_answers::status,
            audit_answers::given_by,
            audit_answers::given_at,
        ))
        .load(conn)?;
    let mut all: BTreeMap<AuditNoteId, Vec<AnswerRow>> = BTreeMap::new();
    for (note, seq, status, by, at) in rows {
        let status = status.parse().map_err(|e: UnknownWord| StoreError::corrupt("audit_answers", note.0, e))?;
        all.entry(AuditNoteId(note.0)).or_default().push(AnswerRow { status, by: StaffId(by.0), at: at.0, seq });
    }
    Ok(all)
}
