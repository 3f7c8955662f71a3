//! Look through a register that was restored from a backup before it counts, and write in its log that it was.

use sha2::{Digest, Sha256};

use super::verify_log::check_against;
use super::{ActionError, Ctx};
use crate::audit::Checkpoint;
use crate::backup::Manifest;
use crate::domain::document::Document;
use crate::domain::event::Event;
use crate::domain::id::DocumentId;
use crate::domain::staff::Actor;
use crate::store::keys::{self, KeyOwner};
use crate::store::{About, access, documents};

/// Why what was restored is not what the backup says.
#[derive(Debug, thiserror::Error)]
pub enum NotRestored {
    /// The store failed.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The log does not verify.
    #[error("the log in the backup is not sound: {0}")]
    Log(String),
    /// It is another log.
    #[error("the log that was restored has {size} entries and the root {root}; the backup's manifest says otherwise")]
    OtherLog {
        /// How many entries.
        size: u64,
        /// The root over them, hex.
        root: String,
    },
    /// A document does not open, or is another.
    #[error("document {id} is not whole: {why}")]
    Document {
        /// Which.
        id: DocumentId,
        /// Why.
        why: String,
    },
    /// Another number of documents.
    #[error("the register that was restored has {found} documents, the backup's manifest says {said}")]
    OtherCount {
        /// How many there are.
        found: u64,
        /// How many there should be.
        said: u64,
    },
}

/// How many rows are read at a time.
const PIECE: i64 = 500;

/// Verifies the whole log, against checkpoints kept elsewhere too, and opens every document.
///
/// # Errors
/// See [`NotRestored`]: what was restored must not be used then.
pub fn check_restored(ctx: &Ctx, manifest: &Manifest, kept: &[Checkpoint]) -> Result<(), NotRestored> {
    let verified = check_against(ctx, &ctx.log.trust(), kept)?.map_err(|fault| NotRestored::Log(fault.to_string()))?;
    let root = hex::encode(verified.root);
    if verified.size != manifest.log_size || root != manifest.log_root {
        return Err(NotRestored::OtherLog { size: verified.size, root });
    }
    let (mut last, mut found) = (None, 0_u64);
    loop {
        let some = ctx.store.read(|conn| documents::after(conn, last, PIECE)).map_err(ActionError::from)?;
        let Some(newest) = some.last() else { break };
        last = Some(newest.id);
        for document in &some {
            check_document(ctx, document)?;
            found = found.saturating_add(1);
        }
    }
    if found == manifest.documents { Ok(()) } else { Err(NotRestored::OtherCount { found, said: manifest.documents }) }
}

fn check_document(ctx: &Ctx, document: &Document) -> Result<(), NotRestored> {
    let broken = |why: String| NotRestored::Document { id: document.id, why };
    let owner = KeyOwner::Case(document.case).to_string();
    let key =
        ctx.store.read(|conn| keys::find(conn, ctx.store.installation_key(), &owner)).map_err(ActionError::from)?;
    let key = key.ok_or_else(|| broken("its case has no data key".into()))?;
    let (mut hash, mut size) = (Sha256::new(), 0_u64);
    let read = ctx.vault.read(document.id, &key, |bytes| {
        size = size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        hash.update(&bytes);
    });
    read.map_err(|error| broken(error.to_string()))?;
    let is_it = size == document.size && hex::encode(hash.finalize()) == document.sha256;
    if is_it { Ok(()) } else { Err(broken("its bytes are not those that arrived".into())) }
}

/// Writes in the log that the register was restored: whatever follows happened after that. `missing` is how many entries
/// more a checkpoint kept elsewhere covers. All sessions end: some may have been ended since the backup.
///
/// # Errors
/// When the store fails.
pub fn record_restored(ctx: &Ctx, manifest: &Manifest, missing: u64) -> Result<(), ActionError> {
    let event = Event::RegisterRestored { size: manifest.log_size, at: manifest.made_at, missing };
    ctx.write_as(Actor::System("console"), move |tx| {
        tx.record(&event, About::Register)?;
        Ok(access::end_all_sessions(tx)?)
    })
}
