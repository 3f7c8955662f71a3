//! The log, or a part of it, as a bundle that proves itself to whoever has the log's public key.

use chrono::{Days, NaiveDate};

use super::rotate_log_key::{in_force, public_keys};
use super::view_log::refuse_others;
use super::{ActionError, Ctx, SignedIn};
use crate::audit::TrustedKey;
use crate::audit::bundle::{Header, Payloads};
use crate::domain::case::CaseReference;
use crate::domain::event::Event;
use crate::domain::staff::Actor;
use crate::domain::stage::Compartment;
use crate::domain::time::Instant;
use crate::store::log::{BundleWriter, Part};
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
    pub(super) payloads: Payloads,
}

/// Takes a bundle away at the console: from one view of the register, so that nothing is erased meanwhile.
///
/// # Errors
/// When the store fails or a row can't be read as what it is; whatever `write` ends with, which is given some bytes more
/// and how far it has come.
pub fn export_bundle<E: From<ActionError> + From<StoreError>>(
    ctx: &Ctx,
    by: Actor,
    asked: Asked,
    mut write: impl FnMut(&[u8], u64) -> Result<(), E>,
) -> Result<Header, E> {
    let Announced { part, payloads } = announce(ctx, by, asked)?;
    ctx.store.read(|conn| {
        let mut bundle = BundleWriter::begin(conn, &ctx.log.origin, &part, payloads)?;
        let mut bytes = Vec::new();
        while bundle.go_on(conn, ctx.store.installation_key(), &mut bytes)? {
            write(&bytes, bundle.written())?;
            bytes.clear();
        }
        write(&bytes, bundle.written())?;
        Ok(bundle.header().clone())
    })
}

/// For somebody who is about to take a bundle away: the log's public keys, oldest first.
///
/// # Errors
/// A refusal for people who may not read the log (in the log).
pub fn view_to_export(ctx: &Ctx, who: &SignedIn) -> Result<Vec<TrustedKey>, ActionError> {
    refuse_others(ctx, who)?;
    public_keys(ctx)
}

/// Says in the log that somebody takes a bundle away, without personal payloads, and signs a checkpoint over the log as it
/// stands then: the bundle ends in it.
///
/// # Errors
/// A refusal for people who may not read the log (in the log).
pub fn announce_bundle(ctx: &Ctx, who: &SignedIn, asked: Asked) -> Result<Announced, ActionError> {
    refuse_others(ctx, who)?;
    let payloads = asked.payloads.min(Payloads::Process);
    announce(ctx, Actor::Staff(who.staff.id), Asked { payloads, ..asked })
}

/// Begins a bundle that was announced.
///
/// # Errors
/// When the store fails.
pub fn begin_bundle(ctx: &Ctx, announced: &Announced) -> Result<BundleWriter, ActionError> {
    Ok(ctx.store.read(|conn| BundleWriter::begin(conn, &ctx.log.origin, &announced.part, announced.payloads))?)
}

/// Some bytes more of a bundle; `None` at its end.
///
/// # Errors
/// When the store fails or a row can't be read as what it is.
pub fn go_on(ctx: &Ctx, bundle: &mut BundleWriter) -> Result<Option<Vec<u8>>, ActionError> {
    let mut bytes = Vec::new();
    let key = ctx.store.installation_key();
    while bytes.is_empty() {
        let goes_on = ctx.store.read(|conn| bundle.go_on(conn, key, &mut bytes))?;
        if !goes_on {
            break;
        }
    }
    Ok(Some(bytes).filter(|bytes| !bytes.is_empty()))
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
            Some(About::Case(id, _)) => ((0, 0), Part::OfCase(vec![id.to_string()])),
            _ => {
                let (first, end) = log::part_between(tx.conn(), from, until, size)?;
                ((first, end), Part::Entries(first, end))
            }
        };
        let key = in_force(tx.conn(), &identity)?;
        let has_personal = asked.payloads == Payloads::All;
        tx.record(&Event::BundleExported { first, end, has_personal }, about.unwrap_or(About::Register))?;
        tx.record(&Event::CheckpointSigned { size }, About::Register)?;
        log::checkpoint(tx, &identity.origin, &key)?;
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
