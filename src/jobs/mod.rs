//! What happens without a person: mails are sent, reminders written. [`Jobs::start`] runs it beside the server on a
//! thread of its own; [`Jobs::run_once`] for a timer of the operator's, and for tests. Several nodes may run it at once.

mod outbox;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::TimeDelta;

use crate::actions::remind::remind;
use crate::actions::{ActionError, Ctx};
use crate::domain::time::Instant;
use crate::mail::Mailer;

pub use outbox::Tally;

/// How long the outbox rests between two looks.
const REST: Duration = Duration::from_secs(5);

/// How long due days rest between two looks.
const BETWEEN_REMINDERS: TimeDelta = TimeDelta::hours(1);

/// What the jobs need.
pub struct Jobs {
    /// What every action gets.
    pub ctx: Ctx,
    /// Sends mails.
    pub mailer: Mailer,
    /// Where this Writ is, for links in mails.
    pub public_url: Option<String>,
    /// How many days before an answer is due somebody is reminded.
    pub due_soon_days: u32,
}

/// Jobs that run until they are told to stop.
pub struct Running {
    stopping: Arc<AtomicBool>,
    wake: Sender<()>,
    thread: JoinHandle<()>,
}

impl Jobs {
    /// Starts the jobs beside whatever else this program does.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub fn start(self) -> std::io::Result<Running> {
        let stopping = Arc::new(AtomicBool::new(false));
        let (wake, woken) = channel();
        let stop = stopping.clone();
        let thread = std::thread::Builder::new().name("writ-jobs".into()).spawn(move || work(&self, &stop, &woken))?;
        Ok(Running { stopping, wake, thread })
    }

    /// Does once what there is to do now.
    ///
    /// # Errors
    /// When the store fails. Mails that can't be sent are no error; the tally counts them.
    pub fn run_once(&self) -> Result<Tally, ActionError> {
        remind(&self.ctx, self.due_soon_days)?;
        outbox::send_due(self, &AtomicBool::new(false))
    }
}

impl Running {
    /// Ends the jobs: a mail under way is finished, the rest stays in the outbox.
    pub fn stop(self) {
        self.stopping.store(true, Ordering::SeqCst);
        drop(self.wake);
        // A thread that failed has nothing left to finish.
        let _failed = self.thread.join();
    }
}

fn work(jobs: &Jobs, stopping: &AtomicBool, woken: &Receiver<()>) {
    let mut reminded_at: Option<Instant> = None;
    loop {
        let now = jobs.ctx.now();
        if reminded_at.is_none_or(|at| now.since(at) >= BETWEEN_REMINDERS) {
            match remind(&jobs.ctx, jobs.due_soon_days) {
                Ok(_) => reminded_at = Some(now),
                Err(error) => tracing::warn!(%error, "due days were not looked at"),
            }
        }
        if let Err(error) = outbox::send_due(jobs, stopping) {
            tracing::warn!(%error, "the outbox was not looked at");
        }
        if !matches!(woken.recv_timeout(REST), Err(RecvTimeoutError::Timeout)) {
            return;
        }
    }
}
