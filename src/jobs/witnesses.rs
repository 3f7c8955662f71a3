//! The last checkpoint, mailed to witnesses: addresses out of the operator's reach.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::Jobs;
use crate::actions::ActionError;
use crate::actions::witnesses::{due_for, sent_to};
use crate::domain::mail::{MailFault, texts};
use crate::mail::Outgoing;

/// Why a witness was not told.
#[derive(Debug, thiserror::Error)]
pub(super) enum TellError {
    /// The store failed.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// Mails failed; the last of their faults.
    #[error("{count} mails to witnesses failed, {}", .last.label())]
    Mail {
        /// How many.
        count: usize,
        /// Why the last did.
        last: MailFault,
    },
}

/// Mails the last checkpoint to each address that does not have it. One that can't be reached keeps no other from it.
pub(super) fn tell(jobs: &Jobs) -> Result<(), TellError> {
    let mut failed: Option<(usize, MailFault)> = None;
    for address in &jobs.checkpoints.mail_to {
        let Some((size, request)) = due_for(&jobs.ctx, address)? else { continue };
        let origin = &jobs.ctx.log.origin;
        let mail = texts::to_witness(origin, size, request.old);
        let (note, asked) = (format!("checkpoint-{size:012}.txt"), request.to_string());
        let files = [(note.as_str(), request.note.as_str()), ("add-checkpoint.txt", asked.as_str())];
        let id = id_of(address, origin, size);
        let outgoing = Outgoing { id, to: address, at: jobs.ctx.now(), mail: &mail, files: &files };
        match jobs.mailer.send(&outgoing) {
            // After the mail, so that one cut off here goes out twice, under one id, rather than not at all.
            Ok(()) => sent_to(&jobs.ctx, address, size)?,
            Err(fault) => failed = Some((failed.map_or(1, |(count, _)| count.saturating_add(1)), fault)),
        }
    }
    failed.map_or(Ok(()), |(count, last)| Err(TellError::Mail { count, last }))
}

/// The same for the same mail, whichever node sends it.
fn id_of(address: &str, origin: &str, size: u64) -> Uuid {
    let hash = <[u8; 32]>::from(Sha256::digest(format!("{address}\n{origin}\n{size}")));
    let [half, _] = hash.as_chunks::<16>().0 else { return Uuid::nil() };
    Builder::from_custom_bytes(*half).into_uuid()
}
