//! Checkpoints and what witnesses say of them: shown, taken in, and asked for.

use std::collections::BTreeMap;

use super::view_log::refuse_others;
use super::{ActionError, Ctx, SignedIn};
use crate::audit::Checkpoint;
use crate::audit::witness::{Cosignature, Request, cosignatures, with_lines};
use crate::domain::event::Event;
use crate::domain::staff::{Actor, Verb, may};
use crate::domain::time::Instant;
use crate::store::{About, Conn, StoreError, housekeep, log};

/// The field in which a checkpoint comes back from a witness.
pub const FIELD: &str = "note";

/// How many checkpoints are shown.
const SHOWN: i64 = 40;

/// A checkpoint with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// How many entries it covers.
    pub size: u64,
    /// When it was signed.
    pub at: Instant,
    /// What accepted witnesses said.
    pub by: Vec<Cosignature>,
    /// The note, with the lines of witnesses.
    pub note: String,
}

/// The last checkpoints, for auditors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoints {
    /// How many entries the log has.
    pub size: i64,
    /// Newest first.
    pub last: Vec<Witnessed>,
    /// The names of the witnesses that are accepted.
    pub accepted: Vec<String>,
}

/// The last checkpoints and who has seen them.
///
/// # Errors
/// A refusal for people who may not read the log (in the log).
pub fn view_checkpoints(ctx: &Ctx, who: &SignedIn) -> Result<Checkpoints, ActionError> {
    refuse_others(ctx, who)?;
    let accepted = ctx.log.witnesses.iter().map(|witness| witness.name().to_owned()).collect();
    let (size, last) = ctx.store.read(|conn| {
        let witnessed = lines(conn)?;
        let last = log::last_checkpoints(conn, SHOWN)?;
        let last = last.into_iter().map(|(size, note, at)| whole(ctx, (size, &note, at), &witnessed)).collect();
        Ok::<_, StoreError>((log::size(conn)?, last))
    })?;
    Ok(Checkpoints { size, last, accepted })
}

/// One checkpoint as a note to keep, with the lines of witnesses.
///
/// # Errors
/// A refusal for people who may not read the log (in the log); [`ActionError::NotFound`].
pub fn view_checkpoint(ctx: &Ctx, who: &SignedIn, size: u64) -> Result<String, ActionError> {
    refuse_others(ctx, who)?;
    let found = ctx.store.read(|conn| {
        let note = log::checkpoint_over(conn, size)?;
        Ok::<_, StoreError>((note, lines(conn)?))
    })?;
    let (Some(note), witnessed) = found else { return Err(ActionError::NotFound) };
    Ok(with_lines(&note, witnessed.get(&size).into_iter().flatten().map(String::as_str)))
}

/// Takes in a checkpoint as a witness gave it back, for somebody at the desk.
///
/// # Errors
/// As [`accept`]; a refusal for people who may not (in the log).
pub fn accept_from(ctx: &Ctx, who: &SignedIn, note: &str) -> Result<Vec<Cosignature>, ActionError> {
    if let Err(refusal) = may(&who.staff, Verb::VerifyLog, None) {
        return ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::VerifyLog)));
    }
    accept(ctx, Actor::Staff(who.staff.id), note)
}

/// Keeps what accepted witnesses said of a checkpoint of this log, in the log. Returns what was new.
///
/// # Errors
/// [`ActionError::Invalid`] when it is no checkpoint of this log or no such witness signed it; when the store fails.
pub fn accept(ctx: &Ctx, by: Actor, note: &str) -> Result<Vec<Cosignature>, ActionError> {
    let invalid = |why: String| ActionError::invalid(FIELD, why);
    // Mails and text fields end lines in their own way, and leave the last one open.
    let note = format!("{}\n", note.replace('\r', "").trim());
    let read = Checkpoint::read(&note).map_err(|error| {
        invalid(format!("That is no checkpoint: {error}. Paste it whole, from the log's name to the last line."))
    })?;
    let (own, known) = ctx.store.read(|conn| {
        let own = log::checkpoint_over(conn, read.size)?;
        Ok::<_, StoreError>((own, lines(conn)?.remove(&read.size).unwrap_or_default()))
    })?;
    let own = own.ok_or_else(|| {
        invalid(format!(
            "This log signed no checkpoint over {} entries. If the witness really saw one, the log was cut back, or it is \
             another log's.",
            read.size
        ))
    })?;
    if Checkpoint::read(&own).ok().as_ref() != Some(&read) {
        return Err(invalid(format!(
            "It says something else than this log's own checkpoint over {} entries. If the log's key signed it, the log was \
             rewritten since: keep it, and tell whoever answers for this Writ.",
            read.size
        )));
    }
    let said = cosignatures(&note, &ctx.log.witnesses).map_err(|error| {
        invalid(format!("A witness's line can't be taken: {error}. Paste it as the witness gave it."))
    })?;
    if said.is_empty() {
        return Err(invalid(
            "None of its lines is by a witness that is accepted here. An admin adds witnesses to the setting \
             checkpoints.witnesses."
                .into(),
        ));
    }
    let new: Vec<Cosignature> = said.into_iter().filter(|one| !known.contains(&one.line)).collect();
    if !new.is_empty() {
        let (lines, size) = (new.clone(), read.size);
        ctx.write_as(by, move |tx| {
            for Cosignature { line, .. } in lines {
                tx.record(&Event::CheckpointCosigned { size, cosignature: line }, About::Register)?;
            }
            Ok::<_, ActionError>(())
        })?;
    }
    Ok(new)
}

/// What an address is to be sent now: the last checkpoint, proven to go on from the one it was sent before; nothing where
/// it has that one.
///
/// # Errors
/// When the store fails.
pub fn due_for(ctx: &Ctx, address: &str) -> Result<Option<(u64, Request)>, ActionError> {
    Ok(ctx.store.read(|conn| {
        let old = housekeep::mailed(conn, address)?;
        let Some((size, note, _)) = log::last_checkpoints(conn, 1)?.into_iter().next() else { return Ok(None) };
        // What was sent before is older, unless an older copy of the register took this one's place: then nothing is
        // sent that would hide it.
        if old >= size {
            return Ok(None);
        }
        let proof = if old == 0 { Vec::new() } else { log::consistency(conn, old, size)? };
        Ok::<_, StoreError>(Some((size, Request { old, proof, note })))
    })?)
}

/// Marks that an address was sent the checkpoint over so many entries.
///
/// # Errors
/// When the store fails.
pub fn sent_to(ctx: &Ctx, address: &str, size: u64) -> Result<(), ActionError> {
    let now = ctx.now();
    Ok(ctx.store.housekeep(|broom| broom.mailed_to_witness(address, size, now))?)
}

fn whole(ctx: &Ctx, (size, note, at): (u64, &str, Instant), lines: &BTreeMap<u64, Vec<String>>) -> Witnessed {
    let note = with_lines(note, lines.get(&size).into_iter().flatten().map(String::as_str));
    // What was taken in was right then; a line that is not any more says nothing.
    let by = cosignatures(&note, &ctx.log.witnesses).unwrap_or_default();
    Witnessed { size, at, by, note }
}

/// The lines of witnesses, by the size of the checkpoint.
fn lines(conn: &mut Conn) -> Result<BTreeMap<u64, Vec<String>>, StoreError> {
    let mut by_size: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for (size, line) in log::cosignatures(conn)? {
        by_size.entry(size).or_default().push(line);
    }
    Ok(by_size)
}
