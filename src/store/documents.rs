//! Rows of documents. The bytes are in the vault.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::keys::{self, KeyOwner};
use super::on_backend;
use super::replay::{self, AsCell, DocumentText, cells_of};
use super::schema::{cases, documents, erased_documents};
use super::transaction::{About, Stored, Tx};
use super::types::{Id, Ts};
use crate::audit::difference::Told;
use crate::domain::document::Document;
use crate::domain::event::Event;
use crate::domain::id::{CaseId, DemandId, DocumentId, StaffId};
use crate::domain::stage::Compartment;
use crate::domain::text::Line;
use crate::domain::time::Instant;
use crate::seal::Key;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = documents, treat_none_as_default_value = false)]
pub(super) struct DocumentRow {
    id: Id,
    case_id: Id,
    kind: String,
    demand_id: Option<Id>,
    file_name: String,
    media_type: String,
    size: i64,
    sha256: String,
    received_at: Ts,
    received_by: Id,
    seq: i64,
}

impl DocumentRow {
    /// The row of a document whose entry has the number `seq`.
    pub(super) fn of(document: &Document, seq: i64) -> Result<DocumentRow, StoreError> {
        let size = i64::try_from(document.size).map_err(|e| StoreError::corrupt("documents", document.id, e))?;
        Ok(DocumentRow {
            id: Id(document.id.0),
            case_id: Id(document.case.0),
            kind: document.kind.as_str().to_owned(),
            demand_id: document.demand.map(|d| Id(d.0)),
            file_name: document.file_name.to_string(),
            media_type: document.media_type.clone(),
            size,
            sha256: document.sha256.clone(),
            received_at: Ts(document.received_at),
            received_by: Id(document.received_by.0),
            seq,
        })
    }

    /// The row, column by column, with whether its paper has no case yet.
    pub(super) fn whole(&self, is_waiting: bool) -> Told {
        let mut row = self.cells();
        row.push(("waits_since", is_waiting.then_some(self.received_at).as_cell()));
        row
    }

    fn document(&self) -> Result<Document, StoreError> {
        let corrupt = |why: String| StoreError::corrupt("documents", self.id.0, why);
        Ok(Document {
            id: DocumentId(self.id.0),
            case: CaseId(self.case_id.0),
            kind: self.kind.parse().map_err(|e: crate::domain::words::UnknownWord| corrupt(e.to_string()))?,
            demand: self.demand_id.map(|d| DemandId(d.0)),
            file_name: Line::parse("file_name", &self.file_name).map_err(|e| corrupt(e.reason))?,
            media_type: self.media_type.clone(),
            size: u64::try_from(self.size).map_err(|e| corrupt(e.to_string()))?,
            sha256: self.sha256.clone(),
            received_at: self.received_at.0,
            received_by: StaffId(self.received_by.0),
        })
    }
}

/// A document that arrived before its case is opened.
impl Stored for Document {
    fn about(&self) -> About {
        About::Case(self.case, Compartment::Ordinary)
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, seq: i64) -> Result<(), StoreError> {
        insert(tx, self, seq)?;
        diesel::update(documents::table.find(Id(self.id.0)))
            .set(documents::waits_since.eq(Some(Ts(self.received_at))))
            .execute(tx.conn)?;
        Ok(())
    }
}

/// Says that the papers that arrived for a case have it now.
///
/// # Errors
/// When the database fails.
pub(super) fn wait_no_more(tx: &mut Tx<'_>, case: CaseId) -> Result<(), StoreError> {
    let waiting = documents::table.filter(documents::case_id.eq(Id(case.0)).and(documents::waits_since.is_not_null()));
    diesel::update(waiting).set(documents::waits_since.eq(None::<Ts>)).execute(tx.conn)?;
    Ok(())
}

pub(super) fn insert(tx: &mut Tx<'_>, document: &Document, seq: i64) -> Result<(), StoreError> {
    insert_all(tx, &[DocumentRow::of(document, seq)?])
}

/// Inserts rows of documents, few enough for one statement.
pub(super) fn insert_all(tx: &mut Tx<'_>, rows: &[DocumentRow]) -> Result<(), StoreError> {
    on_backend!(&mut *tx.conn, |c| diesel::insert_into(documents::table).values(rows).execute(c))?;
    Ok(())
}

/// Moves documents that arrived under one id to the case they turned out to belong to, with the key that opens
/// their bytes. The id they arrived under then names no case.
///
/// # Errors
/// When the arrival has no key, or the database fails.
pub fn rehome(tx: &mut Tx<'_>, from: CaseId, to: CaseId) -> Result<(), StoreError> {
    let owner = KeyOwner::Case(from).to_string();
    let key = keys::find(tx.conn, tx.installation, &owner)?;
    let key = key.ok_or_else(|| StoreError::corrupt("data_keys", owner, "the arrival has no data key"))?;
    tx.put_data_key(KeyOwner::Case(to), &key)?;
    diesel::update(documents::table.filter(documents::case_id.eq(Id(from.0))))
        .set(documents::case_id.eq(Id(to.0)))
        .execute(tx.conn)?;
    Ok(())
}

/// Documents of a case in order of arrival, opened or not.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn of_case(conn: &mut Conn, case: CaseId) -> Result<Vec<Document>, StoreError> {
    let rows: Vec<DocumentRow> = documents::table
        .filter(documents::case_id.eq(Id(case.0)))
        .order((documents::seq.asc(), documents::id.asc()))
        .select(DocumentRow::as_select())
        .load(conn)?;
    rows.iter().map(DocumentRow::document).collect()
}

/// What the vault must have of a document, and the key that opens it, where it is there and opens.
#[derive(Debug)]
pub struct Kept {
    /// The document.
    pub id: DocumentId,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
    /// Opens them.
    pub key: Option<Key>,
}

/// Documents after one in the order of their ids, with the keys of their cases, and where the next piece begins: two
/// statements. Rows that make no sense are passed over.
///
/// # Errors
/// When the database fails.
pub fn list_kept(
    conn: &mut Conn,
    installation: &Key,
    after: Option<&str>,
    limit: i64,
) -> Result<(Vec<Kept>, Option<String>), StoreError> {
    let rows = replay::documents_after(conn, after, limit)?;
    let next = rows.last().map(|row| row.id.clone());
    let owners: Vec<String> = rows.iter().map(|row| format!("case:{}", row.case)).collect();
    let keys = keys::find_openable(conn, installation, &owners)?;
    let kept = |row: DocumentText| {
        let (id, size) = (row.id.parse().ok()?, row.size.parse().unwrap_or_default());
        Some(Kept { id, key: keys.get(&format!("case:{}", row.case)).cloned(), sha256: row.sha256, size })
    };
    Ok((rows.into_iter().filter_map(kept).collect(), next))
}

/// Which of these documents there are, or were before their case was erased: their files may be left for a moment.
///
/// # Errors
/// When the database fails.
pub fn known(conn: &mut Conn, ids: &[DocumentId]) -> Result<Vec<DocumentId>, StoreError> {
    let ids: Vec<Id> = ids.iter().map(|id| Id(id.0)).collect();
    let mut known: Vec<Id> = documents::table.filter(documents::id.eq_any(&ids)).select(documents::id).load(conn)?;
    let leaving: Vec<Id> = erased_documents::table
        .filter(erased_documents::document_id.eq_any(&ids))
        .select(erased_documents::document_id)
        .load(conn)?;
    known.extend(leaving);
    Ok(known.into_iter().map(|id| DocumentId(id.0)).collect())
}

/// How many documents there are.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Conn) -> Result<usize, StoreError> {
    let count: i64 = documents::table.count().get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// A document, and whether its case is open yet: one statement.
///
/// # Errors
/// When the database fails or the row makes no sense.
pub fn find(conn: &mut Conn, id: DocumentId) -> Result<Option<(Document, bool)>, StoreError> {
    let found: Option<(DocumentRow, Option<Id>)> = documents::table
        .left_join(cases::table.on(cases::id.eq(documents::case_id)))
        .filter(documents::id.eq(Id(id.0)))
        .select((DocumentRow::as_select(), cases::id.nullable()))
        .first(conn)
        .optional()?;
    found.map(|(row, opened)| Ok((row.document()?, opened.is_some()))).transpose()
}

/// Papers that these people took in since a moment and that no case was opened for, newest first.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn arrivals(conn: &mut Conn, people: &[StaffId], since: Instant, limit: i64) -> Result<Vec<Document>, StoreError> {
    let people: Vec<Id> = people.iter().map(|id| Id(id.0)).collect();
    let rows: Vec<DocumentRow> = documents::table
        .filter(documents::received_by.eq_any(people).and(documents::waits_since.ge(Ts(since))))
        .order((documents::waits_since.desc(), documents::id.desc()))
        .limit(limit)
        .select(DocumentRow::as_select())
        .load(conn)?;
    rows.iter().map(DocumentRow::document).collect()
}

/// All documents in the order of their ids: those after one, few enough to hold.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn after(conn: &mut Conn, after: Option<DocumentId>, limit: i64) -> Result<Vec<Document>, StoreError> {
    let mut query =
        documents::table.select(DocumentRow::as_select()).order(documents::id.asc()).limit(limit).into_boxed();
    if let Some(after) = after {
        query = query.filter(documents::id.gt(Id(after.0)));
    }
    let rows: Vec<DocumentRow> = query.load(conn)?;
    rows.iter().map(DocumentRow::document).collect()
}

cells_of!(DocumentRow {
    id,
    case_id,
    kind,
    demand_id,
    file_name,
    media_type,
    size,
    sha256,
    received_at,
    received_by,
    seq,
});
