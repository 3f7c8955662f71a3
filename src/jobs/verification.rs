//! The log verified by itself, when it is time. A fault raises an alarm; that is the action's business.

use chrono::TimeDelta;

use super::ran;
use crate::actions::Ctx;
use crate::actions::run_verification::{begin_if_due, verify_if_due};

/// When the log is verified.
#[derive(Debug, Clone, Copy, Default)]
pub struct Verification {
    /// After how long; never where nothing is said.
    pub every: Option<TimeDelta>,
}

const JOB: &str = "verification";

impl Verification {
    /// Verifies the log if it is time, and waits for it.
    pub(super) fn run(self, ctx: &Ctx) {
        let Some(every) = self.every else { return };
        let done = verify_if_due(ctx, every);
        if let Err(error) = &done {
            tracing::warn!(%error, "the log was not verified");
        }
        if !matches!(done, Ok(false)) {
            ran(ctx, JOB, done.is_ok());
        }
    }

    /// The same without waiting: a long log must not keep mails from being sent.
    pub(super) fn begin(self, ctx: &Ctx) {
        let Some(every) = self.every else { return };
        let meters = ctx.clone();
        if let Err(error) = begin_if_due(ctx, every, move |is_done| ran(&meters, JOB, is_done)) {
            tracing::warn!(%error, "the log was not verified");
            ran(ctx, JOB, false);
        }
    }
}
