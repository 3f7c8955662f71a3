//! The log, or a part of it, as a bundle that proves itself to whoever has the log's public key.

use chrono::{Days, NaiveDate};

use super::{ActionError, Ctx};
use crate::audit::bundle::{Header, Payloads, Record};
use crate::domain::event::Event;
use crate::domain::staff::Actor;
use crate::domain::time::Instant;
use crate::store::{About, StoreError, log};

/// Which part of the log, and what comes along.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The first day, UTC; open: from the log's first entry.
    pub from: Option<NaiveDate>,
    /// The last day, UTC; open: to the log's last entry, this act included.
    pub to: Option<NaiveDate>,
    /// What comes along with the entries.
    pub payloads: Payloads,
}

/// Signs a checkpoint over the log as it stands, this act included, and hands over the records of the bundle that ends in
/// it. That it was taken away stands in the log before the first record is handed over.
///
/// # Errors
/// When the store fails or a row can't be read as what it is; whatever `emit` ends with.
pub fn export_bundle<E: From<ActionError> + From<StoreError>>(
    ctx: &Ctx,
    by: Actor,
    asked: Asked,
    emit: impl FnMut(Record<'_>) -> Result<(), E>,
) -> Result<Header, E> {
    let part = announced(ctx, by, asked)?;
    let key = ctx.store.installation_key();
    ctx.store.read(|conn| log::write_bundle(conn, key, &ctx.log.origin, part, asked.payloads, emit))
}

/// Says in the log that the part is taken away, and signs that.
fn announced(ctx: &Ctx, by: Actor, asked: Asked) -> Result<(u64, u64), ActionError> {
    let identity = ctx.log.clone();
    let from = asked.from.map(Instant::midnight);
    let until = asked.to.and_then(|day| day.checked_add_days(Days::new(1))).map(Instant::midnight);
    ctx.write_as(by, move |tx| {
        // With this entry and the one about the checkpoint.
        let size = tx.log_size().saturating_add(2);
        let (first, end) = log::part_between(tx.conn(), from, until, size)?;
        let has_personal = asked.payloads == Payloads::All;
        tx.record(&Event::BundleExported { first, end, has_personal }, About::Register)?;
        tx.record(&Event::CheckpointSigned { size }, About::Register)?;
        log::checkpoint(tx, &identity.origin, &identity.key)?;
        Ok((first, end))
    })
}
