//! What is counted and measured, for Prometheus: how the program does, and nothing of what is in the register but how
//! long the log is and how many mails wait.

use super::{ActionError, Ctx};
use crate::meters::{Look, Told, Verified};
use crate::store::{Conn, StoreError, alarms, log, outbox};

/// Measures what must be asked for, and writes everything down. A silent database is a measurement too.
///
/// # Errors
/// When the meters can't be written down.
pub fn measure(ctx: &Ctx, resident_bytes: Option<u64>) -> Result<String, ActionError> {
    // Before a connection is taken for this look itself.
    let (readers_in_use, readers_most) = ctx.store.readers_in_use();
    let told = ctx.store.read(tell).inspect_err(|error| tracing::warn!(%error, "nothing can be measured")).ok();
    ctx.meters().node.seen(&Look { readers_in_use, readers_most, told, resident_bytes });
    ctx.meters().text().map_err(|error| StoreError::Unfit(error.to_string()).into())
}

fn tell(conn: &mut Conn) -> Result<Told, StoreError> {
    let (mails_waiting, mails_failed) = outbox::left(conn)?;
    let verified = alarms::standing(conn)?.map_or_else(Verified::default, |standing| Verified {
        is_faulty: standing.last.fault().is_some(),
        at_second: standing.last.at.as_micros() / 1_000_000,
        alarms: standing.open,
    });
    Ok(Told { log_entries: log::size(conn)?, mails_waiting, mails_failed, verified })
}
