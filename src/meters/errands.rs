//! What the jobs count.

use prometheus::{IntCounterVec, IntGaugeVec};

use super::{Maker, MeterError};

/// What the jobs count.
#[derive(Clone)]
pub struct Errands {
    runs: IntCounterVec,
    last: IntGaugeVec,
    mails: IntCounterVec,
}

impl Errands {
    pub(super) fn new(maker: &Maker) -> Result<Errands, MeterError> {
        let meters = Errands {
            runs: maker.counters("job_runs_total", "Rounds of a job, by how they ended.", &["job", "outcome"])?,
            last: maker.gauges(
                "job_last_success_timestamp_seconds",
                "When a job last came to its end, in seconds since 1970; 0 for never.",
                &["job"],
            )?,
            mails: maker.counters("mails_total", "Mails this node tried to send, by what came of it.", &["outcome"])?,
        };
        for job in ["outbox", "reminders", "checkpoints", "witnesses", "verification", "backup"] {
            meters.last.with_label_values(&[job]);
            for outcome in ["done", "failed"] {
                meters.runs.with_label_values(&[job, outcome]);
            }
        }
        for outcome in ["sent", "dropped", "failed"] {
            meters.mails.with_label_values(&[outcome]);
        }
        Ok(meters)
    }

    /// A job, such as `outbox` or `backup`, ended a round at this second.
    pub fn ran(&self, job: &'static str, is_done: bool, at_second: i64) {
        self.runs.with_label_values(&[job, if is_done { "done" } else { "failed" }]).inc();
        if is_done {
            self.last.with_label_values(&[job]).set(at_second);
        }
    }

    /// A mail was `sent`, `dropped` as nobody's business any more, or `failed` for now.
    pub fn mail(&self, outcome: &'static str) {
        self.mails.with_label_values(&[outcome]).inc();
    }
}
