//! Erasing the personal data of one case, in the act whose entry says so: personal payloads with their salts, the data key,
//! every row of the case, and of the directory the officer whom no other case names. The files of its documents follow after
//! the commit; without the key nobody reads them.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::select;

use super::conn::Conn;
use super::erasures::{ERASED, end_item};
use super::error::StoreError;
use super::keys::KeyOwner;
use super::log::case_key;
use super::replay::cells_of;
use super::schema::{
    approvals, audit_answers, audit_notes, case_links, cases, checks, clocks, comments, data_keys, demands, documents,
    erased_cases, erased_documents, erasure_items, litigation_holds, log_entry, log_personal, log_process, officers,
    scope_edits, search_keys, search_words, secrecy_orders,
};
use super::transaction::{About, Stored, Tx};
use super::types::{Id, Ts};
use crate::domain::case::Case;
use crate::domain::erasure::{Erased, ErasureAnswer, ErasureStanding, Left, Remains, ranges};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, DocumentId, OfficerId};
use crate::domain::stage::Compartment;
use crate::domain::time::Instant;

/// One row of `erased_cases`.
#[derive(Insertable)]
#[diesel(table_name = erased_cases)]
pub(super) struct ErasedRow {
    case_id: Id,
    erasure_id: Id,
    reference: String,
    compartment: String,
    team_id: Id,
    named: String,
    counted: String,
    erased_at: Ts,
    seq: i64,
}

cells_of!(ErasedRow { case_id, erasure_id, reference, compartment, team_id, named, counted, erased_at, seq });

impl ErasedRow {
    /// The row of a case that was erased by an entry with the number `seq`.
    pub(super) fn of(erased: &Erased, left: &Left, at: Instant, seq: i64) -> Result<ErasedRow, StoreError> {
        let corrupt = |e: serde_json::Error| StoreError::corrupt("erased_cases", erased.case, e);
        Ok(ErasedRow {
            case_id: Id(erased.case.0),
            erasure_id: Id(erased.erasure.0),
            reference: left.reference.as_str().to_owned(),
            compartment: left.compartment.as_str().to_owned(),
            team_id: Id(left.team.0),
            named: serde_json::to_string(&left.named).map_err(corrupt)?,
            counted: serde_json::to_string(&left.counted).map_err(corrupt)?,
            erased_at: Ts(at),
            seq,
        })
    }
}

/// A case that is erased as part of an approved erasure, for the entry that says so: at most seven statements.
///
/// # Errors
/// [`StoreError::Conflict`] where the case is not closed; when the database fails.
pub fn prepare(tx: &mut Tx<'_>, case: &Case, goes: Goes<'_>) -> Result<Erased, StoreError> {
    let mut numbers = numbers_of(tx, case.id, case.compartment)?;
    let conn = &mut *tx.conn;
    let officer = match case.paper.requester.officer {
        Some(officer) if !is_named_elsewhere(conn, officer, case.id)? => {
            let told = told_of(conn, officer)?;
            numbers.extend(told);
            told.map(|_| officer)
        }
        _ => None,
    };
    let left = Left {
        reference: case.reference.clone(),
        compartment: case.compartment,
        named: case.named.clone(),
        team: case.team,
        officer,
        counted: case.remains().ok_or(StoreError::Conflict)?,
    };
    Ok(goes.erased(case.id, numbers, Some(left)))
}

/// The same of papers that no case was opened for: at most four statements.
///
/// # Errors
/// When the database fails.
pub fn prepare_papers(tx: &mut Tx<'_>, arrival: CaseId, goes: Goes<'_>) -> Result<Erased, StoreError> {
    let numbers = numbers_of(tx, arrival, Compartment::Ordinary)?;
    Ok(goes.erased(arrival, numbers, None))
}

/// As part of which erasure something goes, who approved that, and under which schedule.
#[derive(Debug, Clone, Copy)]
pub struct Goes<'a> {
    /// The erasure.
    pub erasure: &'a ErasureStanding,
    /// Its approval.
    pub approved: &'a ErasureAnswer,
    /// The schedule, where that is the ground.
    pub schedule: Option<&'a str>,
}

impl Goes<'_> {
    fn erased(self, case: CaseId, mut numbers: Vec<i64>, left: Option<Left>) -> Erased {
        numbers.sort_unstable();
        Erased {
            erased: ranges(numbers.into_iter().filter_map(|seq| u64::try_from(seq).ok())),
            case,
            erasure: self.erasure.id,
            ground: self.erasure.ground,
            schedule: self.schedule.map(str::to_owned),
            proposed_by: self.erasure.by,
            approved_by: self.approved.by,
            left,
        }
    }
}

/// The entries about a case whose personal payloads are sealed under keys that go with it.
fn numbers_of(tx: &mut Tx<'_>, case: CaseId, compartment: Compartment) -> Result<Vec<i64>, StoreError> {
    let owners = owners(tx.conn, case)?;
    let mut names = vec![case_key(tx.conn, tx.installation, case, compartment)?];
    names.extend(owners.iter().filter_map(|owner| owner.strip_prefix("case:")).map(str::to_owned));
    let of_it = log_entry::case_key.eq_any(names).and(log_personal::key_owner.eq_any(owners));
    Ok(log_entry::table.inner_join(log_personal::table).filter(of_it).select(log_entry::seq).load(tx.conn)?)
}

/// Whose keys seal what there is of a case: the case's own, and that of the arrival of its papers, where they came under
/// another name: those of a national-security case do.
fn owners(conn: &mut Conn, case: CaseId) -> Result<Vec<String>, StoreError> {
    let arrived: Vec<i64> =
        documents::table.filter(documents::case_id.eq(Id(case.0))).select(documents::seq).load(conn)?;
    let mut owners: Vec<String> = log_personal::table
        .filter(log_personal::seq.eq_any(arrived).and(log_personal::key_owner.ne(KeyOwner::Register.to_string())))
        .select(log_personal::key_owner)
        .distinct()
        .load(conn)?;
    let own = KeyOwner::Case(case).to_string();
    if !owners.contains(&own) {
        owners.push(own);
    }
    Ok(owners)
}

fn is_named_elsewhere(conn: &mut Conn, officer: OfficerId, but: CaseId) -> Result<bool, StoreError> {
    let others = cases::table.filter(cases::officer_id.eq(Some(Id(officer.0))).and(cases::id.ne(Id(but.0))));
    Ok(select(exists(others)).get_result(conn)?)
}

/// The entry by which an officer came into the directory, where its personal payload is there.
fn told_of(conn: &mut Conn, officer: OfficerId) -> Result<Option<i64>, StoreError> {
    let marked = format!("%{officer}%");
    let found: Option<i64> = log_entry::table
        .inner_join(log_process::table)
        .inner_join(log_personal::table)
        .filter(log_entry::kind.eq("officer.added").and(log_process::payload.like(marked)))
        .select(log_entry::seq)
        .first(conn)
        .optional()?;
    Ok(found)
}

impl Stored for Erased {
    fn about(&self) -> About {
        let compartment = self.left.as_ref().map_or(Compartment::Ordinary, |left| left.compartment);
        About::Erasure(self.case, compartment)
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, seq: i64) -> Result<(), StoreError> {
        let (case, at) = (Id(self.case.0), tx.now());
        if !end_item(tx, self.erasure, self.case, ERASED, at)? {
            return Err(StoreError::Conflict);
        }
        let owners = owners(tx.conn, self.case)?;
        self.take_payloads(tx)?;
        diesel::delete(data_keys::table.filter(data_keys::owner.eq_any(owners))).execute(tx.conn)?;
        let files: Vec<Id> =
            documents::table.filter(documents::case_id.eq(case)).select(documents::id).load(tx.conn)?;
        for file in files {
            diesel::insert_into(erased_documents::table)
                .values(erased_documents::document_id.eq(file))
                .execute(tx.conn)?;
        }
        take_rows(tx, case)?;
        let Some(left) = &self.left else { return Ok(()) };
        if let Some(officer) = left.officer {
            diesel::delete(officers::table.find(Id(officer.0))).execute(tx.conn)?;
        }
        diesel::insert_into(erased_cases::table).values(&ErasedRow::of(self, left, at, seq)?).execute(tx.conn)?;
        Ok(())
    }
}

impl Erased {
    fn take_payloads(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        for (first, last) in &self.erased {
            let number = |seq: u64| i64::try_from(seq).map_err(|e| StoreError::corrupt("log_personal", seq, e));
            let of_range = log_personal::table.filter(log_personal::seq.between(number(*first)?, number(*last)?));
            diesel::delete(of_range).execute(tx.conn)?;
        }
        Ok(())
    }
}

/// Every row of a case, those that refer to others first.
fn take_rows(tx: &mut Tx<'_>, case: Id) -> Result<(), StoreError> {
    let conn = &mut *tx.conn;
    let notes = audit_notes::table.filter(audit_notes::case_id.eq(Some(case)));
    let answers = audit_answers::table.filter(audit_answers::note_id.eq_any(notes.select(audit_notes::id)));
    diesel::delete(answers).execute(conn)?;
    diesel::delete(notes).execute(conn)?;
    diesel::delete(search_words::table.filter(search_words::case_id.eq(case))).execute(conn)?;
    diesel::delete(search_keys::table.filter(search_keys::case_id.eq(case))).execute(conn)?;
    diesel::delete(clocks::table.filter(clocks::case_id.eq(case))).execute(conn)?;
    diesel::delete(comments::table.filter(comments::case_id.eq(case))).execute(conn)?;
    let links = case_links::table.filter(case_links::case_id.eq(case).or(case_links::other_id.eq(case)));
    diesel::delete(links).execute(conn)?;
    diesel::delete(litigation_holds::table.filter(litigation_holds::case_id.eq(case))).execute(conn)?;
    diesel::delete(approvals::table.filter(approvals::case_id.eq(case))).execute(conn)?;
    diesel::delete(scope_edits::table.filter(scope_edits::case_id.eq(case))).execute(conn)?;
    diesel::delete(secrecy_orders::table.filter(secrecy_orders::case_id.eq(case))).execute(conn)?;
    diesel::delete(checks::table.filter(checks::case_id.eq(case))).execute(conn)?;
    diesel::delete(demands::table.filter(demands::case_id.eq(case))).execute(conn)?;
    diesel::delete(documents::table.filter(documents::case_id.eq(case))).execute(conn)?;
    diesel::delete(cases::table.find(case)).execute(conn)?;
    Ok(())
}

/// Whether the personal data of a case, or of papers without one, is gone.
///
/// # Errors
/// When the database fails.
pub(super) fn is_erased(conn: &mut Conn, case: CaseId) -> Result<bool, StoreError> {
    let gone =
        erasure_items::table.filter(erasure_items::case_id.eq(Id(case.0)).and(erasure_items::ended_as.eq(ERASED)));
    Ok(select(exists(gone)).get_result(conn)?)
}

/// What reports count of erased cases; of the closed compartment they count nothing: one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn counted_erased(conn: &mut Conn) -> Result<Vec<Remains>, StoreError> {
    let rows: Vec<(Id, String)> = erased_cases::table
        .filter(erased_cases::compartment.ne(Compartment::NationalSecurity.as_str()))
        .select((erased_cases::case_id, erased_cases::counted))
        .load(conn)?;
    let read = |(id, text): (Id, String)| {
        serde_json::from_str(&text).map_err(|e| StoreError::corrupt("erased_cases", id.0, e))
    };
    rows.into_iter().map(read).collect()
}

/// Documents of erased cases whose files are still to be taken away.
///
/// # Errors
/// When the database fails.
pub fn files_to_take(conn: &mut Conn, limit: i64) -> Result<Vec<DocumentId>, StoreError> {
    let ids: Vec<Id> = erased_documents::table.select(erased_documents::document_id).limit(limit).load(conn)?;
    Ok(ids.into_iter().map(|id| DocumentId(id.0)).collect())
}
