//! The writer: one thread per node that runs acts one after the other, several that wait in one durable
//! commit, each in its own savepoint. An act is answered only after the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use tracing::Span;

use super::conn::Conn;
use super::dialect;
use super::error::StoreError;
use super::keys;
use super::log::Head;
use super::recall;
use super::transaction::{About, Tx};
use crate::domain::event::Event;
use crate::meters::{Acts, Commit, Outcome};
use crate::seal::Key;

/// An error an act may end with. A refusal that matters carries the entry that records it.
pub trait ActError: From<StoreError> + Send + 'static {
    /// The entry to append though the act itself is rolled back.
    fn refusal(&self) -> Option<(Event, About)>;

    /// What the act came to, for the meters.
    fn outcome(&self) -> Outcome {
        if self.refusal().is_some() { Outcome::Refused } else { Outcome::Failed }
    }
}

/// Runs acts in the order they come.
pub struct Writer {
    jobs: Sender<Box<dyn Job>>,
    meters: Acts,
    is_ending: Arc<AtomicBool>,
}

/// At most this many acts share one commit.
const BATCH: usize = 64;

trait Job: Send {
    /// Runs the act and keeps its result.
    fn run(&mut self, tx: &mut Tx<'_>);
    /// What it came to, now that the commit stands or failed; none for what is no act.
    fn outcome(&self, committed: Result<(), &StoreError>) -> Option<Outcome>;
    /// Hands the result to whoever waits; a failed commit fails it.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// What an act does, as it waits for its turn.
type Doing<T, E> = Box<dyn FnOnce(&mut Tx<'_>) -> Result<T, E> + Send>;

struct Act<T, E> {
    act: Option<Doing<T, E>>,
    result: Option<Result<T, E>>,
    reply: SyncSender<Result<T, E>>,
    /// The request's, so that log lines of this thread say whose they are.
    span: Span,
}

/// Asks whether the writer can take the head of the log, and changes nothing.
struct Probe(SyncSender<Result<(), StoreError>>);

impl Writer {
    /// Starts the thread with a connection of its own.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub fn start(url: &str, installation: Key, meters: Acts) -> Result<Writer, StoreError> {
        let conn = dialect::open(url)?;
        let (jobs, queue) = channel();
        let is_ending = Arc::new(AtomicBool::new(false));
        let desk = Desk {
            url: url.to_owned(),
            installation,
            meters: meters.clone(),
            is_ending: is_ending.clone(),
            head: None,
        };
        std::thread::Builder::new()
            .name("writ-writer".into())
            .spawn(move || desk.work(conn, &queue))
            .map_err(|e| StoreError::Down(e.to_string()))?;
        Ok(Writer { jobs, meters, is_ending })
    }

    /// Runs an act and waits until it is committed or failed.
    ///
    /// # Errors
    /// What the act ends with, and what the store fails with.
    pub fn run<T, E>(&self, act: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: ActError,
    {
        let (reply, answer) = sync_channel(1);
        let job = Act { act: Some(Box::new(act)), result: None, reply, span: Span::current() };
        let gone = || E::from(StoreError::Down("the writer has stopped".into()));
        self.queue(Box::new(job)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }

    /// Asks whether the writer answers and can begin a write, waiting so long at the most.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when it does not answer in time; what the commit fails with.
    pub fn probe(&self, within: Duration) -> Result<(), StoreError> {
        let (reply, answer) = sync_channel(1);
        self.queue(Box::new(Probe(reply)))?;
        answer.recv_timeout(within).map_err(|_| StoreError::Busy)?
    }

    /// From now on acts that still wait, or come, are refused as busy. What is being committed is finished.
    pub fn end(&self) {
        self.is_ending.store(true, Ordering::SeqCst);
    }

    fn queue(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        self.meters.queued();
        self.jobs.send(job).map_err(|_| {
            self.meters.taken();
            StoreError::Down("the writer has stopped".into())
        })
    }
}

impl<T: Send, E: ActError> Job for Act<T, E> {
    fn run(&mut self, tx: &mut Tx<'_>) {
        let Some(act) = self.act.take() else { return };
        self.result = Some(self.span.in_scope(|| in_savepoint(tx, act)));
    }

    fn outcome(&self, committed: Result<(), &StoreError>) -> Option<Outcome> {
        let outcome = match (committed, &self.result) {
            (Ok(()), Some(Ok(_))) => Outcome::Committed,
            (Ok(()), Some(Err(error))) => error.outcome(),
            (Ok(()), None) | (Err(StoreError::Busy), _) => Outcome::Busy,
            (Err(_), _) => Outcome::Failed,
        };
        self.span.in_scope(|| tracing::debug!(outcome = outcome.as_str(), "an act ended"));
        Some(outcome)
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = match (committed, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(E::from(StoreError::Busy)),
            (Err(error), _) => Err(E::from(error)),
        };
        // Whoever asked may have gone; the act stands all the same.
        let _gone = self.reply.send(result);
    }
}

impl Job for Probe {
    fn run(&mut self, _: &mut Tx<'_>) {}

    fn outcome(&self, _: Result<(), &StoreError>) -> Option<Outcome> {
        None
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let _gone = self.0.send(committed);
    }
}

fn in_savepoint<T, E: ActError>(tx: &mut Tx<'_>, act: Doing<T, E>) -> Result<T, E> {
    let head_before = tx.head.clone();
    savepoint(tx, "SAVEPOINT act")?;
    let result = catch_unwind(AssertUnwindSafe(|| act(tx)))
        .unwrap_or_else(|_| Err(E::from(StoreError::Down("an act failed unexpectedly".into()))));
    let is_recorded = tx.head.edge.size() > head_before.edge.size();
    match result {
        Ok(value) if is_recorded => {
            savepoint(tx, "RELEASE SAVEPOINT act")?;
            Ok(value)
        }
        Ok(_) => {
            undo(tx, head_before)?;
            Err(E::from(StoreError::Unrecorded))
        }
        Err(error) => {
            undo(tx, head_before)?;
            if let Some((event, about)) = error.refusal() {
                record_refusal(tx, &event, about)?;
            }
            Err(error)
        }
    }
}

/// In a savepoint of its own: an entry that can't be written must not stay by halves beside other acts.
fn record_refusal(tx: &mut Tx<'_>, event: &Event, about: About) -> Result<(), StoreError> {
    let head_before = tx.head.clone();
    savepoint(tx, "SAVEPOINT act")?;
    match tx.record(event, about) {
        Ok(_) => savepoint(tx, "RELEASE SAVEPOINT act"),
        Err(error) => {
            undo(tx, head_before)?;
            Err(error)
        }
    }
}

fn savepoint(tx: &mut Tx<'_>, sql: &str) -> Result<(), StoreError> {
    Ok(tx.conn.batch_execute(sql)?)
}

fn undo(tx: &mut Tx<'_>, head_before: Head) -> Result<(), StoreError> {
    savepoint(tx, "ROLLBACK TO SAVEPOINT act; RELEASE SAVEPOINT act")?;
    tx.head = head_before;
    Ok(())
}

/// What the writer's thread works with beside its connection.
struct Desk {
    url: String,
    installation: Key,
    meters: Acts,
    is_ending: Arc<AtomicBool>,
    /// The head as the last commit left it, so that its edge need not be read again.
    head: Option<Head>,
}

impl Desk {
    fn work(mut self, mut conn: Conn, queue: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = queue.recv() {
            let mut batch = vec![first];
            batch.extend(queue.try_iter().take(BATCH - 1));
            batch.iter().for_each(|_| self.meters.taken());
            let committed = if self.is_ending.load(Ordering::SeqCst) {
                Err(StoreError::Busy)
            } else {
                self.commit(&mut conn, &mut batch)
            };
            self.answer(batch, &committed);
        }
    }

    /// Runs a batch in one write and commits it.
    fn commit(&mut self, conn: &mut Conn, batch: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        let begun = Instant::now();
        let committed = self.begin(conn).and_then(|head| run_and_commit(conn, head, &self.installation, batch));
        if let Err(error) = &committed {
            tracing::warn!(%error, "a commit failed, and its acts are undone");
            // On a connection that is lost this fails too; the next batch then begins with another.
            let _ended = dialect::rollback(conn);
        }
        if !matches!(committed, Ok(None)) {
            let commit = Commit { acts: batch.len(), took: begun.elapsed(), is_kept: committed.is_ok() };
            self.meters.committed(&commit);
        }
        committed.map(|head| self.head = head.or(self.head.take()))
    }

    /// Begins the write. A connection that turns out to be lost is replaced, once: no act has run yet.
    fn begin(&self, conn: &mut Conn) -> Result<Head, StoreError> {
        match self.begin_on(conn) {
            Err(StoreError::Away(_)) => {
                *conn = dialect::open(&self.url)?;
                self.begin_on(conn)
            }
            begun => begun,
        }
    }

    fn begin_on(&self, conn: &mut Conn) -> Result<Head, StoreError> {
        dialect::begin_write(conn)?;
        dialect::lock_head(conn)?;
        let head = Head::load(conn, self.head.as_ref())?;
        keys::is_in_force(&self.installation, &head.installation_key)?;
        Ok(head)
    }

    /// Counts before it answers: who has an answer finds it counted.
    fn answer(&self, batch: Vec<Box<dyn Job>>, committed: &Result<(), StoreError>) {
        batch.iter().filter_map(|job| job.outcome(committed.as_ref().copied())).for_each(|o| self.meters.ended(o));
        for job in batch {
            job.answer(committed.clone());
        }
    }
}

/// Runs the acts and commits what they did, and gives the new head. None where nobody did anything: there is nothing to
/// commit then, and each is answered what it ended with.
fn run_and_commit(
    conn: &mut Conn,
    head: Head,
    installation: &Key,
    batch: &mut [Box<dyn Job>],
) -> Result<Option<Head>, StoreError> {
    let size_before = head.edge.size();
    let mut tx = Tx::new(conn, head, installation);
    for job in batch.iter_mut() {
        job.run(&mut tx);
    }
    if tx.head.edge.size() == size_before {
        let _ended = dialect::rollback(tx.conn);
        return Ok(None);
    }
    tx.head.save(tx.conn)?;
    if tx.has_changed {
        recall::note_change(tx.conn, tx.head.edge.size())?;
    }
    // The word to commit may have been heard though its answer was not.
    dialect::commit(tx.conn).map_err(|error| match error {
        StoreError::Busy => StoreError::Busy,
        other => StoreError::InDoubt(other.to_string()),
    })?;
    Ok(Some(tx.head))
}
