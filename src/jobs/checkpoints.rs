//! Checkpoints by themselves: signed when it is time, and written into a folder that should be out of the operator's reach.
//! A checkpoint that lies there and covers more than the log has is told to whoever watches.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::actions::sign_checkpoint::{checkpoints, sign_if_due, signed_size};
use crate::actions::{ActionError, Ctx};
use crate::vault::Shelf;

/// When the log is signed, and where that is kept.
#[derive(Default)]
pub struct Checkpoints {
    /// After how long, if the log has grown; never where nothing is said.
    pub every: Option<TimeDelta>,
    /// Where every checkpoint is written.
    pub shelf: Option<Shelf>,
    /// Addresses that every new one is mailed to.
    pub mail_to: Vec<String>,
}

/// Why checkpoints were not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The store failed.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The folder failed.
    #[error("the folder of checkpoints can't be used: {0}")]
    Folder(#[from] std::io::Error),
    /// A checkpoint in the folder covers more than the log has.
    #[error(
        "a checkpoint in the folder covers {kept} entries, but the last one of the log covers {signed}: the log was cut \
         back, or an older copy was put in its place; `writ audit verify --checkpoint` tells"
    )]
    CutBack {
        /// What the checkpoint in the folder covers.
        kept: u64,
        /// What the last checkpoint of the log covers.
        signed: u64,
    },
}

impl Checkpoints {
    /// Signs the log if it is time, and writes what is not in the folder yet. Returns how many were written.
    ///
    /// # Errors
    /// When store or folder fail, or a checkpoint in the folder speaks against the log.
    pub(super) fn keep(&self, ctx: &Ctx) -> Result<usize, KeepError> {
        let known = self.shelf.as_ref().map(names).transpose()?;
        let signed = signed_size(ctx)?;
        if let Some(kept) = known.as_ref().and_then(BTreeSet::last).filter(|kept| **kept > signed) {
            return Err(KeepError::CutBack { kept: *kept, signed });
        }
        if let Some(every) = self.every {
            sign_if_due(ctx, every)?;
        }
        let (Some(shelf), Some(known)) = (&self.shelf, known) else { return Ok(0) };
        let signed = signed_size(ctx)?;
        if signed == 0 || known.contains(&signed) {
            return Ok(0);
        }
        let mut written = 0_usize;
        for checkpoint in checkpoints(ctx)?.iter().filter(|one| !known.contains(&one.size)) {
            shelf.put(&name(checkpoint.size), &checkpoint.note)?;
            written = written.saturating_add(1);
        }
        Ok(written)
    }
}

/// Names sort as their sizes do.
fn name(size: u64) -> String {
    format!("checkpoint-{size:012}.txt")
}

/// The sizes that the checkpoints in a folder cover, by their names.
fn names(shelf: &Shelf) -> Result<BTreeSet<u64>, std::io::Error> {
    let size = |name: &String| name.strip_prefix("checkpoint-")?.strip_suffix(".txt")?.parse().ok();
    Ok(shelf.names()?.iter().filter_map(size).collect())
}
