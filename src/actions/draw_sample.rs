//! Draw a random sample of the log for review, and tick off what was looked at.

use std::collections::BTreeMap;

use super::view_case::record_view;
use super::view_log::{LogLine, THE_LOG, refuse_others, with_cases};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::id::{SampleId, StaffId};
use crate::domain::sample::{Sample, SampleOf, draw};
use crate::domain::staff::{Verb, may};
use crate::store::audit_notes::{self, NoteRow, Which};
use crate::store::log::LogFilter;
use crate::store::samples::{self, KeptSample, SampleItem};
use crate::store::{About, StoreError, log, staff};
use crate::system;

/// How many items a sample may have.
pub const MOST: usize = 500;

/// What a sample is to be drawn from.
#[derive(Debug, Clone)]
pub struct DrawSample {
    /// Entries, or cases.
    pub list: SampleOf,
    /// Which of them.
    pub filter: LogFilter,
    /// The same as an address spells it, for the log.
    pub filters: Vec<String>,
    /// How many, from 1 to [`MOST`].
    pub count: usize,
}

/// A sample with its items.
#[derive(Debug, Clone)]
pub struct SampleView {
    /// The sample.
    pub kept: KeptSample,
    /// Its items, each with its entry.
    pub items: Vec<(SampleItem, LogLine)>,
    /// Notes and findings that came up in it, without words.
    pub notes: Vec<NoteRow>,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
}

/// Samples, each with how many items it has, and names by id.
pub type Samples = (Vec<(KeptSample, usize)>, BTreeMap<StaffId, String>);

/// Draws a sample. The seed comes from the machine's chance; it, what was drawn from, and what came out stand in the log.
///
/// # Errors
/// A refusal for people who may not (in the log); [`ActionError::Invalid`] where there is nothing to draw from.
pub fn draw_sample(ctx: &Ctx, who: &SignedIn, with: DrawSample) -> Result<SampleId, ActionError> {
    if let Err(refusal) = may(&who.staff, Verb::Audit, None) {
        return ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::Audit)));
    }
    if with.count == 0 || with.count > MOST {
        return Err(ActionError::invalid("count", format!("Give a number from 1 to {MOST}.")));
    }
    let (seed, by) = (system::chance::<32>(), who.staff.id);
    ctx.write(&who.staff, move |tx| {
        let size = tx.log_size();
        let mut filter = with.filter;
        filter.before = i64::try_from(size).ok();
        if let Some(kind) = with.list.kind() {
            filter.kind = Some(kind.to_owned());
        }
        let population = log::list_numbers(tx.conn(), &filter)?;
        if population.is_empty() {
            return Err(ActionError::invalid(
                "list",
                "Nothing in the log fits this, so there is nothing to draw from.",
            ));
        }
        let items = u64::try_from(population.len()).unwrap_or(u64::MAX);
        let places = draw(&seed, items, with.count);
        let number = |place: u64| {
            let number = usize::try_from(place).ok().and_then(|place| population.get(place));
            number.and_then(|number| u64::try_from(*number).ok())
        };
        let mut entries: Vec<u64> = places.into_iter().filter_map(number).collect();
        entries.sort_unstable();
        let sample = Sample {
            id: SampleId(system::fresh_id()),
            list: with.list,
            filters: with.filters,
            size,
            population: items,
            seed: hex::encode(seed),
            entries,
        };
        let id = sample.id;
        let event = Event::SampleDrawn(sample.clone());
        tx.apply(Change { state: KeptSample { sample, by, at: tx.now(), ticked: 0 }, event })?;
        Ok(id)
    })
}

/// Shows a sample.
///
/// # Errors
/// A refusal for people who may not read the log (in the log); [`ActionError::NotFound`] without such a sample.
pub fn view_sample(ctx: &Ctx, who: &SignedIn, id: SampleId) -> Result<SampleView, ActionError> {
    refuse_others(ctx, who)?;
    record_view(ctx, who, THE_LOG, About::Register, Event::LogViewed {})?;
    let view = ctx.store.read(|conn| {
        let Some((kept, items)) = samples::find(conn, id)? else { return Ok(None) };
        let numbers: Vec<i64> = items.iter().map(|item| item.seq).collect();
        let rows = log::entries_by_number(conn, &numbers)?;
        let lines = with_cases(ctx, conn, &who.staff, rows)?;
        let mut by_number: BTreeMap<i64, LogLine> = lines.into_iter().map(|line| (line.row.seq, line)).collect();
        let items = items.into_iter().filter_map(|item| by_number.remove(&item.seq).map(|line| (item, line))).collect();
        let notes = audit_notes::list(conn, Which::InSample(id))?;
        Ok::<_, StoreError>(Some(SampleView { kept, items, notes, names: staff::names(conn)? }))
    })?;
    view.ok_or(ActionError::NotFound)
}

/// The samples there are, newest first, each with how many items it has; and names by id.
///
/// # Errors
/// A refusal for people who may not read the log (in the log).
pub fn list_samples(ctx: &Ctx, who: &SignedIn) -> Result<Samples, ActionError> {
    refuse_others(ctx, who)?;
    record_view(ctx, who, THE_LOG, About::Register, Event::LogViewed {})?;
    Ok(ctx.store.read(|conn| Ok::<_, StoreError>((samples::list(conn, 100)?, staff::names(conn)?)))?)
}

/// Ticks an item off as looked at.
///
/// # Errors
/// A refusal for people who may not (in the log); [`ActionError::Conflict`] where it is ticked already.
pub fn tick_item(ctx: &Ctx, who: &SignedIn, sample: SampleId, seq: u64) -> Result<(), ActionError> {
    let by = who.staff.clone();
    ctx.write(&who.staff, move |tx| {
        may(&by, Verb::Audit, None).map_err(|refusal| ActionError::refused(refusal, Verb::Audit))?;
        let number = i64::try_from(seq).map_err(|_| ActionError::NotFound)?;
        if !samples::tick(tx, sample, number, by.id)? {
            return Err(ActionError::Conflict(Some("Somebody looked at this item already.".into())));
        }
        tx.record(&Event::SampleTicked { sample, seq }, About::Register)?;
        Ok(())
    })
}
