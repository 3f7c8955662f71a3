//! What happens without a person: mails are sent, reminders written. [`Jobs::start`] runs it beside the server on a
//! thread of its own; [`Jobs::run_once`] for a timer of the operator's, and for tests. Several nodes may run it at once.

mod backups;
mod checkpoints;
mod erasures;
mod outbox;
mod verification;
mod witnesses;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use chrono::TimeDelta;

use crate::actions::clocks::count_uncounted;
use crate::actions::law::refresh;
use crate::actions::make_backup::NoBackup;
use crate::actions::remind::remind;
use crate::actions::{ActionError, Ctx};
use crate::domain::time::Instant;
use crate::mail::Mailer;

pub use backups::{Backups, KeyFiles};
pub use checkpoints::{Checkpoints, KeepError};
pub use outbox::Tally;
pub use verification::Verification;

/// How long the outbox rests between two looks.
const REST: Duration = Duration::from_secs(5);

/// How long clocks rest between two looks: some warn two hours before their end.
const BETWEEN_REMINDERS: TimeDelta = TimeDelta::minutes(5);

/// How long backups rest between two looks, and between two looks whether to end.
const BETWEEN_BACKUPS: Duration = Duration::from_secs(60);
const MOMENT: Duration = Duration::from_millis(200);

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
    /// When the log is signed, and where that is kept.
    pub checkpoints: Checkpoints,
    /// When backups are made, and where they are kept; none where they are not made by themselves.
    pub backups: Option<Arc<Backups>>,
    /// When the log is verified.
    pub verification: Verification,
}

/// Jobs that run until they are told to stop.
pub struct Running {
    stopping: Arc<AtomicBool>,
    wake: Sender<()>,
    /// Closed when the thread has ended, however it did.
    ended: Receiver<()>,
}

impl Jobs {
    /// Jobs that do only what nobody has to ask for: no checkpoints, verifications or backups by themselves.
    pub fn new(ctx: Ctx, mailer: Mailer) -> Jobs {
        let (checkpoints, verification) = (Checkpoints::default(), Verification::default());
        Jobs { ctx, mailer, public_url: None, due_soon_days: 3, checkpoints, verification, backups: None }
    }

    /// Starts the jobs beside whatever else this program does.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub fn start(self) -> std::io::Result<Running> {
        let stopping = Arc::new(AtomicBool::new(false));
        let (wake, woken) = channel();
        let (open_until_the_end, ended) = channel();
        if let Some(backups) = self.backups.clone() {
            let (ctx, stop, open_too) = (self.ctx.clone(), stopping.clone(), open_until_the_end.clone());
            std::thread::Builder::new().name("writ-backups".into()).spawn(move || {
                back_up(&ctx, &backups, &stop);
                drop(open_too);
            })?;
        }
        let stop = stopping.clone();
        std::thread::Builder::new().name("writ-jobs".into()).spawn(move || {
            work(&self, &stop, &woken);
            drop(open_until_the_end);
        })?;
        Ok(Running { stopping, wake, ended })
    }

    /// Does once what there is to do now.
    ///
    /// # Errors
    /// When the store fails. Mails that can't be sent are no error; the tally counts them.
    pub fn run_once(&self) -> Result<Tally, ActionError> {
        refresh(&self.ctx)?;
        count_uncounted(&self.ctx)?;
        remind(&self.ctx, self.due_soon_days)?;
        self.keep_checkpoints();
        self.tell_witnesses();
        if let Some(backups) = &self.backups {
            keep_backups(&self.ctx, backups, &|| false);
        }
        self.verification.run(&self.ctx);
        self.erase(&AtomicBool::new(false));
        outbox::send_due(self, &AtomicBool::new(false))
    }

    /// Signs the log if it is time, and writes checkpoints where they are kept. What keeps it from that is told to whoever
    /// watches, and keeps nothing else from being done.
    fn keep_checkpoints(&self) {
        let kept = self.checkpoints.keep(&self.ctx);
        self.ran("checkpoints", kept.is_ok());
        match kept {
            Ok(_) => {}
            Err(error @ KeepError::CutBack { .. }) => tracing::error!(%error, "a checkpoint speaks against the log"),
            Err(error) => tracing::warn!(%error, "checkpoints were not kept"),
        }
    }

    /// Mails the last checkpoint to whoever does not have it yet. What fails is tried again in the next round.
    fn tell_witnesses(&self) {
        let told = witnesses::tell(self);
        self.ran("witnesses", told.is_ok());
        if let Err(error) = told {
            tracing::warn!(%error, "a checkpoint was not mailed to every witness");
        }
    }

    fn ran(&self, job: &'static str, is_done: bool) {
        ran(&self.ctx, job, is_done);
    }
}

fn ran(ctx: &Ctx, job: &'static str, is_done: bool) {
    ctx.meters().errands.ran(job, is_done, ctx.now().as_micros() / 1_000_000);
}

/// Looks every minute whether a backup is due, until told to end.
fn back_up(ctx: &Ctx, backups: &Backups, stopping: &AtomicBool) {
    let is_over = || stopping.load(Ordering::SeqCst);
    let mut rested = BETWEEN_BACKUPS;
    while !is_over() {
        if rested >= BETWEEN_BACKUPS {
            keep_backups(ctx, backups, &is_over);
            rested = Duration::ZERO;
        }
        std::thread::park_timeout(MOMENT);
        rested = rested.saturating_add(MOMENT);
    }
}

/// Makes a backup if it is time. What keeps it from that is told to whoever watches.
fn keep_backups(ctx: &Ctx, backups: &Backups, is_over: &dyn Fn() -> bool) {
    match backups.keep(ctx, is_over) {
        Ok(false) | Err(NoBackup::GivenUp) => {}
        Ok(true) => {
            ran(ctx, "backup", true);
            tracing::info!("a backup was made");
        }
        Err(error) => {
            ran(ctx, "backup", false);
            tracing::error!(%error, "no backup was made");
        }
    }
}

impl Running {
    /// Tells the jobs to end: a mail under way is finished, the rest stays in the outbox.
    pub fn tell(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        // Nobody to wake has ended already.
        let _ended = self.wake.send(());
    }

    /// Waits so long at the most until they have ended. Whether they have.
    pub fn end_within(self, time: Duration) -> bool {
        self.tell();
        !matches!(self.ended.recv_timeout(time), Err(RecvTimeoutError::Timeout))
    }
}

fn work(jobs: &Jobs, stopping: &AtomicBool, woken: &Receiver<()>) {
    let mut reminded_at: Option<Instant> = None;
    loop {
        let now = jobs.ctx.now();
        if let Err(error) = refresh(&jobs.ctx) {
            tracing::warn!(%error, "the rules in force were not read");
        }
        if reminded_at.is_none_or(|at| now.since(at) >= BETWEEN_REMINDERS) {
            if let Err(error) = count_uncounted(&jobs.ctx) {
                tracing::warn!(%error, "clocks of older cases were not counted");
            }
            let reminded = remind(&jobs.ctx, jobs.due_soon_days);
            jobs.ran("reminders", reminded.is_ok());
            match reminded {
                Ok(_) => reminded_at = Some(now),
                Err(error) => tracing::warn!(%error, "due days were not looked at"),
            }
            jobs.keep_checkpoints();
            jobs.tell_witnesses();
            jobs.verification.begin(&jobs.ctx);
        }
        jobs.erase(stopping);
        let sent = outbox::send_due(jobs, stopping);
        jobs.ran("outbox", sent.is_ok());
        if let Err(error) = sent {
            tracing::warn!(%error, "the outbox was not looked at");
        }
        if !matches!(woken.recv_timeout(REST), Err(RecvTimeoutError::Timeout)) {
            return;
        }
    }
}
