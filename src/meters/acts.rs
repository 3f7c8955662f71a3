//! Acts and commits, as the writer counts them.

use std::time::Duration;

use prometheus::{Histogram, IntCounter, IntCounterVec, IntGauge};

use super::{Maker, MeterError};

/// From 1 ms, a fast disk, to 5 s, the longest wait for a lock.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
/// Up to the most acts that share a commit.
const ACTS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// What an act came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is done and stands in the log.
    Committed,
    /// The house said no; the refusal stands in the log.
    Refused,
    /// Somebody else changed the same thing first.
    Conflict,
    /// Its fields can't be taken, or what it was about is not there.
    Declined,
    /// It was done already, by an earlier submit of the same form.
    Repeated,
    /// The register was busy or about to end; trying again may succeed.
    Busy,
    /// The program or the database failed.
    Failed,
}

impl Outcome {
    const ALL: [Outcome; 7] = [
        Outcome::Committed,
        Outcome::Refused,
        Outcome::Conflict,
        Outcome::Declined,
        Outcome::Repeated,
        Outcome::Busy,
        Outcome::Failed,
    ];

    /// As labels and log lines spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Committed => "committed",
            Outcome::Refused => "refused",
            Outcome::Conflict => "conflict",
            Outcome::Declined => "declined",
            Outcome::Repeated => "repeated",
            Outcome::Busy => "busy",
            Outcome::Failed => "failed",
        }
    }
}

/// One durable commit.
pub struct Commit {
    /// How many acts ran in it.
    pub acts: usize,
    /// How long it took, from taking the lock.
    pub took: Duration,
    /// Whether it was kept.
    pub is_kept: bool,
}

/// What the writer counts.
#[derive(Clone)]
pub struct Acts {
    outcomes: IntCounterVec,
    commits: IntCounter,
    failed_commits: IntCounter,
    acts_per_commit: Histogram,
    took: Histogram,
    waiting: IntGauge,
}

impl Acts {
    pub(super) fn new(maker: &Maker) -> Result<Acts, MeterError> {
        let meters = Acts {
            outcomes: maker.counters("acts_total", "Acts, by what they came to.", &["outcome"])?,
            commits: maker.counter("commits_total", "Durable commits of acts.")?,
            failed_commits: maker.counter("commits_failed_total", "Commits that failed; their acts were undone.")?,
            acts_per_commit: maker.histogram("commit_acts", "Acts that shared a durable commit.", ACTS)?,
            took: maker.histogram("commit_duration_seconds", "Time from taking the lock to the commit.", SECONDS)?,
            waiting: maker.gauge("writer_queue_length", "Acts that wait for the writer.")?,
        };
        for outcome in Outcome::ALL {
            meters.outcomes.with_label_values(&[outcome.as_str()]);
        }
        Ok(meters)
    }

    /// An act waits for its turn.
    pub fn queued(&self) {
        self.waiting.inc();
    }

    /// An act that waited has its turn.
    pub fn taken(&self) {
        self.waiting.dec();
    }

    /// An act ended.
    pub fn ended(&self, outcome: Outcome) {
        self.outcomes.with_label_values(&[outcome.as_str()]).inc();
    }

    /// A commit ended.
    pub fn committed(&self, commit: &Commit) {
        if commit.is_kept {
            self.commits.inc()
        } else {
            self.failed_commits.inc()
        }
        self.acts_per_commit.observe(f64::from(u32::try_from(commit.acts).unwrap_or(u32::MAX)));
        self.took.observe(commit.took.as_secs_f64());
    }
}
