//! Random samples of the log, and who looked at their items.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::on_backend;
use super::schema::{sample_items, samples};
use super::transaction::{About, Stored, Tx};
use super::types::{Id, Ts};
use crate::domain::event::Event;
use crate::domain::id::{SampleId, StaffId};
use crate::domain::sample::Sample;
use crate::domain::time::Instant;
use crate::domain::words::UnknownWord;

/// A sample as it is kept, or to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSample {
    /// The sample.
    pub sample: Sample,
    /// Who drew it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
    /// How many of its items somebody looked at.
    pub ticked: usize,
}

/// An item of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleItem {
    /// The entry.
    pub seq: i64,
    /// Who looked at it, and when.
    pub ticked: Option<(StaffId, Instant)>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = samples)]
struct Row {
    id: Id,
    list: String,
    filters: String,
    size: i64,
    population: i64,
    seed: String,
    drawn_by: Id,
    drawn_at: Ts,
}

impl Stored for KeptSample {
    fn about(&self) -> About {
        About::Register
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, seq: i64) -> Result<(), StoreError> {
        let sample = &self.sample;
        let number = |n: u64| i64::try_from(n).map_err(|e| StoreError::corrupt("samples", sample.id, e));
        let filters = serde_json::to_string(&sample.filters).map_err(|e| StoreError::Down(e.to_string()))?;
        diesel::insert_into(samples::table)
            .values((
                samples::id.eq(Id(sample.id.0)),
                samples::list.eq(sample.list.as_str()),
                samples::filters.eq(filters),
                samples::size.eq(number(sample.size)?),
                samples::population.eq(number(sample.population)?),
                samples::seed.eq(&sample.seed),
                samples::drawn_by.eq(Id(self.by.0)),
                samples::drawn_at.eq(Ts(self.at)),
                samples::seq.eq(seq),
            ))
            .execute(tx.conn)?;
        let item =
            |seq: &u64| Ok((sample_items::sample_id.eq(Id(sample.id.0)), sample_items::entry_seq.eq(number(*seq)?)));
        let items: Vec<_> = sample.entries.iter().map(item).collect::<Result<_, StoreError>>()?;
        on_backend!(&mut *tx.conn, |conn| diesel::insert_into(sample_items::table).values(&items).execute(conn))?;
        Ok(())
    }
}

/// Marks an item as looked at; its entry stands in the same transaction. Whether there is such an item that was not.
///
/// # Errors
/// When the database fails.
pub fn tick(tx: &mut Tx<'_>, sample: SampleId, seq: i64, by: StaffId) -> Result<bool, StoreError> {
    let item = sample_items::table.find((Id(sample.0), seq)).filter(sample_items::ticked_by.is_null());
    let ticked = diesel::update(item)
        .set((sample_items::ticked_by.eq(Some(Id(by.0))), sample_items::ticked_at.eq(Some(Ts(tx.now())))))
        .execute(tx.conn)?;
    Ok(ticked == 1)
}

/// A sample with its items, the lowest entry first: two statements.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find(conn: &mut Conn, id: SampleId) -> Result<Option<(KeptSample, Vec<SampleItem>)>, StoreError> {
    let row: Option<Row> = samples::table.find(Id(id.0)).select(Row::as_select()).first(conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    let rows: Vec<(i64, Option<Id>, Option<Ts>)> = sample_items::table
        .filter(sample_items::sample_id.eq(Id(id.0)))
        .order(sample_items::entry_seq.asc())
        .select((sample_items::entry_seq, sample_items::ticked_by, sample_items::ticked_at))
        .load(conn)?;
    let ticked = |by: Option<Id>, at: Option<Ts>| by.zip(at).map(|(by, at)| (StaffId(by.0), at.0));
    let items: Vec<_> = rows.into_iter().map(|(seq, by, at)| SampleItem { seq, ticked: ticked(by, at) }).collect();
    let numbers: Vec<u64> = items.iter().filter_map(|item| u64::try_from(item.seq).ok()).collect();
    let ticked = items.iter().filter(|item| item.ticked.is_some()).count();
    Ok(Some((kept(row, numbers, ticked)?, items)))
}

/// Samples, the newest first: two statements. The numbers drawn are left out.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list(conn: &mut Conn, limit: i64) -> Result<Vec<(KeptSample, usize)>, StoreError> {
    let rows: Vec<Row> = samples::table
        .order((samples::drawn_at.desc(), samples::id.desc()))
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let items: Vec<(Id, Option<Id>)> = sample_items::table
        .filter(sample_items::sample_id.eq_any(ids))
        .select((sample_items::sample_id, sample_items::ticked_by))
        .load(conn)?;
    let one = |row: Row| {
        let mine = || items.iter().filter(|(id, _)| *id == row.id);
        let (all, ticked) = (mine().count(), mine().filter(|(_, by)| by.is_some()).count());
        Ok((kept(row, Vec::new(), ticked)?, all))
    };
    rows.into_iter().map(one).collect()
}

fn kept(row: Row, entries: Vec<u64>, ticked: usize) -> Result<KeptSample, StoreError> {
    let Row { id, list, filters, size, population, seed, drawn_by, drawn_at } = row;
    let corrupt = |why: String| StoreError::corrupt("samples", id.0, why);
    let number = |n: i64| u64::try_from(n).map_err(|e| corrupt(e.to_string()));
    let sample = Sample {
        id: SampleId(id.0),
        list: list.parse().map_err(|e: UnknownWord| corrupt(e.to_string()))?,
        filters: serde_json::from_str(&filters).map_err(|e| corrupt(e.to_string()))?,
        size: number(size)?,
        population: number(population)?,
        seed,
        entries,
    };
    Ok(KeptSample { sample, by: StaffId(drawn_by.0), at: drawn_at.0, ticked })
}
