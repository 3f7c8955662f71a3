//! The log, or a part of it, as a bundle that proves itself to whoever has the log's public key.

use chrono::{Days, NaiveDate};

use super::view_log::refuse_others;
use super::{ActionError, Ctx, SignedIn};
use crate::audit::bundle::{Header, Payloads, Record};
use crate::domain::case::CaseReference;
use crate::domain::event::Event;
use crate::domain::staff::Actor;
use crate::domain::stage::Compartment;
use crate::domain::time::Instant;
use crate::store::log::Part;
use crate::store::{About, StoreError, Tx, cases, log};

/// Which part of the log, and what comes along.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The first day, UTC; open: from the log's first entry.
    pub from: Option<NaiveDate>,
    /// The last day, UTC; open: to the log's last entry, this act included.
    pub to: Option<NaiveDate>,
    /// The entries of this case alone, whenever they are from.
    pub case: Option<CaseReference>,
    /// What comes along with the entries.
    pub payloads: Payloads,
}

/// A bundle that stands in the log already and can be written.
#[derive(Debug, Clone)]
pub struct Announced {
    /// What it holds.
    pub part: Part,
    payloads: Payloads,
}

/// Takes a bundle away at the console.
///
/// # Errors
/// When the store fails or a row can't be read as what it is; whatever `emit` ends with.
pub fn export_bundle<E: From<ActionError> + From<StoreError>>(
    ctx: &Ctx,
    by: Actor,
    asked: Asked,
    emit: impl FnMut(Record<'_>) -> Result<(), E>,
) -> Result<Header, E> {
    write_announced(ctx, &announce(ctx, by, asked)?, emit)
}

/// For somebody who is about to take a bundle away: the log's public key.
///
/// # Errors
/// A refusal for people who may not read the log (in the log).
pub fn view_to_export(ctx: &Ctx, who: &SignedIn) -> Result<String, ActionError> {
    refuse_others(ctx, who)?;
    Ok(ctx.log.key.verifier().to_string())
}

/// Says in the log that somebody takes a bundle away, without personal payloads, and signs a checkpoint over the log as it
/// stands then: what [`write_announced`] writes ends in it.
///
/// # Errors
/// A refusal for people who may not read the log (in the log).
pub fn announce_bundle(ctx: &Ctx, who: &SignedIn, asked: Asked) -> Result<Announced, ActionError> {
    refuse_others(ctx, who)?;
    let payloads = asked.payloads.min(Payloads::Process);
    announce(ctx, Actor::Staff(who.staff.id), Asked { payloads, ..asked })
}

/// Hands over the records of a bundle that was announced.
///
/// # Errors
/// When the store fails or a row can't be read as what it is; whatever `emit` ends with.
pub fn write_announced<E: From<ActionError> + From<StoreError>>(
    ctx: &Ctx,
    announced: &Announced,
    emit: impl FnMut(Record<'_>) -> Result<(), E>,
) -> Result<Header, E> {
    let (key, origin) = (ctx.store.installation_key(), &ctx.log.origin);
    ctx.store.read(|conn| log::write_bundle(conn, key, origin, &announced.part, announced.payloads, emit))
}

fn announce(ctx: &Ctx, by: Actor, asked: Asked) -> Result<Announced, ActionError> {
    let identity = ctx.log.clone();
    let from = asked.from.map(Instant::midnight);
    let until = asked.to.and_then(|day| day.checked_add_days(Days::new(1))).map(Instant::midnight);
    ctx.write_as(by, move |tx| {
        let about = asked.case.as_ref().map(|reference| about(tx, reference)).transpose()?;
        // With this entry and the one about the checkpoint.
        let size = tx.log_size().saturating_add(2);
        let ((first, end), part) = match &about {
            Some(About::Case(id, _)) => ((0, 0), Part::OfCase(id.to_string())),
            _ => {
                let (first, end) = log::part_between(tx.conn(), from, until, size)?;
                ((first, end), Part::Entries(first, end))
            }
        };
        let has_personal = asked.payloads == Payloads::All;
        tx.record(&Event::BundleExported { first, end, has_personal }, about.unwrap_or(About::Register))?;
        tx.record(&Event::CheckpointSigned { size }, About::Register)?;
        log::checkpoint(tx, &identity.origin, &identity.key)?;
        Ok(Announced { part, payloads: asked.payloads })
    })
}

/// The case of which a bundle is taken. The log does not tell which of its entries are of a national-security case, so no
/// bundle may either.
fn about(tx: &mut Tx<'_>, reference: &CaseReference) -> Result<About, ActionError> {
    let found =
        cases::find_name(tx.conn(), reference)?.filter(|name| name.compartment != Compartment::NationalSecurity);
    let unknown = || ActionError::invalid("case", format!("There is no case {reference} that can be taken away."));
    found.map(|name| About::Case(name.id, name.compartment)).ok_or_else(unknown)
}
