//! Notes and findings of auditors. A finding is answered by those who work on the case, or, where it is about no case, by
//! an admin; an auditor closes it.

use std::collections::BTreeMap;

use super::announce;
use super::view_case::record_view;
use super::view_entry::concern;
use super::view_log::NamedCase;
use super::{ActionError, Ctx, Refused, SignedIn};
use crate::domain::audit_note::{AuditAnswer, AuditNote, FindingStatus, Severity};
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::id::{AuditNoteId, CaseId, SampleId, StaffId};
use crate::domain::mail::MailKind;
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Role, Staff, Verb, is_within, may};
use crate::domain::text::Prose;
use crate::store::audit_notes::{self, AnswerRow, KeptNote, NoteRow, Which};
use crate::store::cases::CaseName;
use crate::store::{About, Conn, StoreError, Tx, cases, log, staff};
use crate::system;

/// What is written down.
#[derive(Debug, Clone)]
pub struct WriteNote {
    /// The entry it is about.
    pub seq: i64,
    /// The sample in which it came up.
    pub sample: Option<SampleId>,
    /// How grave it is; none for a note.
    pub severity: Option<Severity>,
    /// The words.
    pub text: Prose,
}

/// A note or finding as somebody sees it.
#[derive(Debug, Clone)]
pub struct NoteSeen {
    /// What it is about, and how it stands.
    pub row: NoteRow,
    /// The case, where this person may know its name.
    pub case: Option<NamedCase>,
    /// Its words; none in a list, where they were erased, and where they are not this person's to read.
    pub text: Option<String>,
    /// What was said to it, with the words where those are read.
    pub answers: Vec<(AnswerRow, Option<String>)>,
    /// Whether this person may answer it now.
    pub may_answer: bool,
    /// Whether this person may close it now.
    pub may_close: bool,
}

/// Findings, and names by id.
pub type Findings = (Vec<NoteSeen>, BTreeMap<StaffId, String>);

/// Writes a note on an entry, or raises a finding. Whoever answers for the case is told of a finding by mail.
///
/// # Errors
/// A refusal for people who may not, or not in this compartment (in the log of the case); [`ActionError::NotFound`] without
/// such an entry.
pub fn write_note(ctx: &Ctx, who: &SignedIn, with: WriteNote) -> Result<AuditNoteId, ActionError> {
    let (by, key) = (who.staff.id, ctx.store.installation_key().clone());
    ctx.write(&who.staff, move |tx| {
        let who = staff::find(tx.conn(), by)?.ok_or(ActionError::NotFound)?;
        let entry = log::find_entry(tx.conn(), with.seq)?.ok_or(ActionError::NotFound)?;
        let concern = concern(tx.conn(), &key, &mut entry.row.clone())?;
        let about = concern.about();
        let refuse =
            |refusal| ActionError::Refused(Box::new(Refused { refusal, verb: Verb::Audit, stage: None, about }));
        may(&who, Verb::Audit, None).map_err(refuse)?;
        // What one may not unseal one may not write under its key either.
        concern.may_be_unsealed(&who).map_err(refuse)?;
        let case = concern.case();
        let note = AuditNote {
            id: AuditNoteId(system::fresh_id()),
            seq: u64::try_from(with.seq).ok(),
            case,
            sample: with.sample,
            severity: with.severity,
            text: with.text,
            by,
            at: tx.now(),
        };
        let (id, event) = (note.id, note.written());
        let status = note.severity.map(|_| FindingStatus::Open);
        tx.apply(Change { state: KeptNote { about, written: Some(note), said: None, status }, event })?;
        if let Some(case) = case.filter(|_| status.is_some()) {
            announce::to_whoever_answers(tx, case, MailKind::FindingRaised, id)?;
        }
        Ok(id)
    })
}

/// Answers a finding.
///
/// # Errors
/// A refusal for people whose finding it is not, and of a closed one (in the log); [`ActionError::NotFound`].
pub fn answer_finding(ctx: &Ctx, who: &SignedIn, id: AuditNoteId, text: Prose) -> Result<(), ActionError> {
    say(ctx, who, id, text, Verb::AnswerFinding)
}

/// Closes a finding, with a word on why.
///
/// # Errors
/// A refusal for people who are no auditors, and of a closed one (in the log); [`ActionError::NotFound`].
pub fn close_finding(ctx: &Ctx, who: &SignedIn, id: AuditNoteId, text: Prose) -> Result<(), ActionError> {
    say(ctx, who, id, text, Verb::Audit)
}

fn say(ctx: &Ctx, who: &SignedIn, id: AuditNoteId, text: Prose, verb: Verb) -> Result<(), ActionError> {
    let by = who.staff.id;
    ctx.write(&who.staff, move |tx| {
        let who = staff::find(tx.conn(), by)?.ok_or(ActionError::NotFound)?;
        let row = audit_notes::list(tx.conn(), Which::One(id))?.pop().ok_or(ActionError::NotFound)?;
        let status = row.status.ok_or(ActionError::NotFound)?;
        let name = case_of(tx, row.case)?;
        let about = name.as_ref().map_or(About::Register, |name| About::Case(name.id, name.compartment));
        let refuse = |refusal| ActionError::Refused(Box::new(Refused { refusal, verb, stage: None, about }));
        may_say(&who, name.as_ref(), verb).map_err(refuse)?;
        let said = AuditAnswer { finding: id, text, by, at: tx.now() };
        let (status, event) = match verb {
            Verb::AnswerFinding => (status.answered(), Event::FindingAnswered { answer: said.clone() }),
            _ => (status.closed(), Event::FindingClosed { answer: said.clone() }),
        };
        let status = Some(status.map_err(refuse)?);
        tx.apply(Change { state: KeptNote { about, written: None, said: Some(said), status }, event })?;
        Ok(())
    })
}

fn case_of(tx: &mut Tx<'_>, case: Option<CaseId>) -> Result<Option<CaseName>, StoreError> {
    let Some(case) = case else { return Ok(None) };
    Ok(cases::list_names(tx.conn(), &[case])?.remove(&case))
}

/// Whether this person may know what a finding about this case, or about none, says.
fn may_know(who: &Staff, case: Option<&CaseName>) -> bool {
    let Some(case) = case else { return who.is(Role::Auditor) || who.is(Role::Admin) };
    let works_on_it = (who.is(Role::Analyst) || who.is(Role::Reviewer)) && who.teams.contains(&case.team);
    is_within(who, case.compartment, &case.named) && (works_on_it || who.is(Role::Auditor))
}

fn may_say(who: &Staff, case: Option<&CaseName>, verb: Verb) -> Result<(), Refusal> {
    if !may_know(who, case) {
        return Err(Refusal::NoSuchCase);
    }
    may(who, verb, None)?;
    // On a case its people answer, on the register its admins do.
    let is_theirs = match case {
        Some(_) => who.is(Role::Analyst) || who.is(Role::Reviewer),
        None => who.is(Role::Admin),
    };
    if verb == Verb::Audit || is_theirs { Ok(()) } else { Err(Refusal::NoRight { verb }) }
}

/// The findings this person may know of, the newest first, without their words. Admins see of a finding on a case that there is one and how it
/// stands, never its words.
///
/// # Errors
/// A refusal for people who may not (in the log).
pub fn list_findings(ctx: &Ctx, who: &SignedIn, open_only: bool) -> Result<Findings, ActionError> {
    refuse_others(ctx, who)?;
    let found = ctx.store.read(|conn| {
        let rows = audit_notes::list(conn, Which::Findings { open_only })?;
        let ids: Vec<CaseId> = rows.iter().filter_map(|row| row.case).collect();
        let beside = (cases::list_names(conn, &ids)?, BTreeMap::new());
        Ok::<_, StoreError>((seen(&who.staff, rows, beside, &BTreeMap::new()), staff::names(conn)?))
    })?;
    Ok(found)
}

/// One finding, or for auditors one note, with its words. That somebody read them is an entry of the case's log, which covers
/// looks by the same session for 15 minutes.
///
/// # Errors
/// A refusal for people who may not (in the log); [`ActionError::NotFound`] without one that this person may know of.
pub fn view_finding(
    ctx: &Ctx,
    who: &SignedIn,
    id: AuditNoteId,
) -> Result<(NoteSeen, BTreeMap<StaffId, String>), ActionError> {
    refuse_others(ctx, who)?;
    let (found, about, names) = ctx.store.read(|conn| {
        let Some(row) = audit_notes::list(conn, Which::One(id))?.pop() else {
            return Ok((None, None, BTreeMap::new()));
        };
        let cases = cases::list_names(conn, &Vec::from_iter(row.case))?;
        let about = match row.case {
            Some(case) => cases.get(&case).map(|name| About::Case(name.id, name.compartment)),
            None => Some(About::Register),
        };
        let answers = audit_notes::answers(conn, &[id])?;
        let said = answers.values().flatten().map(|answer| answer.seq);
        let seqs: Vec<i64> = std::iter::once(row.seq).chain(said).collect();
        let words = match may_know_row(&who.staff, &row, &cases) {
            true => log::personal_parts(conn, ctx.store.installation_key(), &seqs)?,
            false => BTreeMap::new(),
        };
        let found = seen(&who.staff, vec![row], (cases, answers), &words).pop();
        Ok::<_, StoreError>((found, about, staff::names(conn)?))
    })?;
    let is_theirs = |one: &NoteSeen| one.row.severity.is_some() || who.staff.is(Role::Auditor);
    let one = found.filter(is_theirs).ok_or(ActionError::NotFound)?;
    if let Some(about) = about.filter(|_| one.has_words()) {
        record_view(ctx, who, id.0, about, Event::FindingViewed { finding: id })?;
    }
    Ok((one, names))
}

impl NoteSeen {
    fn has_words(&self) -> bool {
        self.text.is_some() || self.answers.iter().any(|(_, text)| text.is_some())
    }
}

fn refuse_others(ctx: &Ctx, who: &SignedIn) -> Result<(), ActionError> {
    let Err(refusal) = may(&who.staff, Verb::ReadFindings, None) else { return Ok(()) };
    ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::ReadFindings)))
}

/// What is about one entry, whose case is known, without words: one statement.
pub(super) fn seen_on_entry(
    conn: &mut Conn,
    who: &Staff,
    seq: i64,
    case: Option<&CaseName>,
) -> Result<Vec<NoteSeen>, StoreError> {
    let rows = audit_notes::list(conn, Which::OnEntry(seq))?;
    let names = case.into_iter().map(|case| (case.id, case.clone())).collect();
    Ok(seen(who, rows, (names, BTreeMap::new()), &BTreeMap::new()))
}

/// Names of cases, and what was said to findings.
type Beside = (BTreeMap<CaseId, CaseName>, BTreeMap<AuditNoteId, Vec<AnswerRow>>);

/// Whether this person may know what a note or finding says.
fn may_know_row(who: &Staff, row: &NoteRow, names: &BTreeMap<CaseId, CaseName>) -> bool {
    let name = row.case.and_then(|case| names.get(&case));
    (row.case.is_none() || name.is_some()) && may_know(who, name)
}

/// Notes and findings as this person may see them, with the words of those entries that were read.
fn seen(who: &Staff, rows: Vec<NoteRow>, (names, mut answers): Beside, words: &BTreeMap<i64, String>) -> Vec<NoteSeen> {
    let text = |seq: i64| {
        let whole: serde_json::Value = serde_json::from_str(words.get(&seq)?).ok()?;
        let inner = whole.get("note").or_else(|| whole.get("answer"))?;
        inner.get("text")?.as_str().map(str::to_owned)
    };
    let one = |row: NoteRow| {
        let is_open = may_know_row(who, &row, &names);
        // Of a finding on a case that is kept to others, admins alone learn that there is one.
        let is_counted = who.is(Role::Admin) && row.severity.is_some();
        if !is_open && !is_counted {
            return None;
        }
        let case = row.case.and_then(|case| names.get(&case));
        let is_closed = row.status == Some(FindingStatus::Closed);
        let says = |verb| is_open && row.status.is_some() && !is_closed && may_say(who, case, verb).is_ok();
        let said = answers.remove(&row.id).unwrap_or_default().into_iter();
        Some(NoteSeen {
            case: case.filter(|_| is_open).map(|name| NamedCase::new(who, name)),
            text: text(row.seq),
            answers: said.map(|answer| (answer.clone(), text(answer.seq))).collect(),
            may_answer: says(Verb::AnswerFinding),
            may_close: says(Verb::Audit),
            row,
        })
    };
    rows.into_iter().filter_map(one).collect()
}
