//! Checkpoints that somebody kept outside the register, held against the tree while it grows. They show what the
//! register alone can't: that it was cut back, or that an older copy was put in its place.

use std::collections::VecDeque;

use super::{
    checkpoint::Checkpoint,
    stored::{Fault, KEPT_CHECKPOINT},
    tree::Edge,
};

/// The roots that the tree must still reach, smallest first.
#[derive(Debug, Default)]
pub(super) struct KeptRoots {
    ahead: VecDeque<Checkpoint>,
}

impl KeptRoots {
    pub(super) fn of(kept: &[Checkpoint]) -> KeptRoots {
        let mut ahead = kept.to_vec();
        ahead.sort_by_key(|checkpoint| checkpoint.size);
        KeptRoots { ahead: ahead.into() }
    }

    /// Compares the tree with every root that was signed at exactly this size.
    pub(super) fn compare(&mut self, edge: &Edge) -> Result<(), Fault> {
        let size = edge.size();
        while let Some(kept) = self.ahead.pop_front_if(|kept| kept.size == size) {
            if kept.root != edge.root() {
                let why =
                    format!("covers {size} entries with another root: what the log holds up to there was rewritten");
                return Err(Fault::new(KEPT_CHECKPOINT, None, why));
            }
        }
        Ok(())
    }

    /// Whether all were reached.
    pub(super) fn settle(&self, size: u64) -> Result<(), Fault> {
        self.ahead.back().map_or(Ok(()), |kept| {
            let why = format!(
                "covers {} entries, but the log has only {size}: it was cut back, or an older copy was put in its place",
                kept.size
            );
            Err(Fault::new(KEPT_CHECKPOINT, None, why))
        })
    }
}
