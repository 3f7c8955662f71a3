//! Erasing what was approved.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Jobs;
use crate::actions::erase::erase_approved;

impl Jobs {
    /// Erases what was approved, until told to end. What keeps it from that is told to whoever watches, and it is tried again
    /// in the next round.
    pub(super) fn erase(&self, stopping: &AtomicBool) {
        let round = erase_approved(&self.ctx, &|| stopping.load(Ordering::SeqCst));
        self.ran("erasures", round.is_ok());
        match round {
            Ok(round) if round.erased > 0 => {
                tracing::info!(erased = round.erased, kept = round.kept, "cases were erased")
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "approved erasures were not finished"),
        }
    }
}
