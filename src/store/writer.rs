//! The writer: one thread per node that runs acts one after the other, several that wait in one durable
//! commit, each in its own savepoint. An act is answered only after the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};

use diesel::connection::SimpleConnection;

use super::conn::Conn;
use super::dialect;
use super::error::StoreError;
use super::log::Head;
use super::transaction::{About, Tx};
use crate::domain::event::Event;
use crate::seal::Key;

/// An error an act may end with. A refusal that matters carries the entry that records it.
pub trait ActError: From<StoreError> + Send + 'static {
    /// The entry to append though the act itself is rolled back.
    fn refusal(&self) -> Option<(Event, About)>;
}

/// Runs acts in the order they come.
pub struct Writer {
    jobs: Sender<Box<dyn Job>>,
}

/// At most this many acts share one commit.
const BATCH: usize = 64;

trait Job: Send {
    /// Runs the act and keeps its result.
    fn run(&mut self, tx: &mut Tx<'_>);
    /// Hands the result to whoever waits; a failed commit fails it.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// What an act does, as it waits for its turn.
type Doing<T, E> = Box<dyn FnOnce(&mut Tx<'_>) -> Result<T, E> + Send>;

struct Act<T, E> {
    act: Option<Doing<T, E>>,
    result: Option<Result<T, E>>,
    reply: std::sync::mpsc::SyncSender<Result<T, E>>,
}

impl Writer {
    /// Starts the thread with a connection of its own.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub fn start(url: &str, installation: Key) -> Result<Writer, StoreError> {
        let conn = dialect::open(url)?;
        let (jobs, queue) = channel();
        let url = url.to_owned();
        std::thread::Builder::new()
            .name("writ-writer".into())
            .spawn(move || work(conn, &url, &installation, &queue))
            .map_err(|e| StoreError::Down(e.to_string()))?;
        Ok(Writer { jobs })
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
        let job = Act { act: Some(Box::new(act)), result: None, reply };
        let gone = || E::from(StoreError::Down("the writer has stopped".into()));
        self.jobs.send(Box::new(job)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }
}

impl<T: Send, E: ActError> Job for Act<T, E> {
    fn run(&mut self, tx: &mut Tx<'_>) {
        let Some(act) = self.act.take() else { return };
        self.result = Some(in_savepoint(tx, act));
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

fn work(mut conn: Conn, url: &str, installation: &Key, queue: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        batch.extend(queue.try_iter().take(BATCH - 1));
        let committed =
            begin(&mut conn, url).and_then(|head| run_and_commit(&mut conn, head, installation, &mut batch));
        if committed.is_err() {
            // On a connection that is lost this fails too; the next batch then begins with another.
            let _ended = dialect::rollback(&mut conn);
        }
        for job in batch {
            job.answer(committed.clone());
        }
    }
}

/// Begins the write. A connection that turns out to be lost is replaced, once: no act has run yet.
fn begin(conn: &mut Conn, url: &str) -> Result<Head, StoreError> {
    match begin_on(conn) {
        Err(StoreError::Away(_)) => {
            *conn = dialect::open(url)?;
            begin_on(conn)
        }
        begun => begun,
    }
}

fn begin_on(conn: &mut Conn) -> Result<Head, StoreError> {
    dialect::begin_write(conn)?;
    dialect::lock_head(conn)?;
    Head::load(conn)
}

/// Runs the acts and commits what they did. Where none did anything there is nothing to commit, and each is answered
/// what it ended with.
fn run_and_commit(
    conn: &mut Conn,
    head: Head,
    installation: &Key,
    batch: &mut [Box<dyn Job>],
) -> Result<(), StoreError> {
    let size_before = head.edge.size();
    let mut tx = Tx::new(conn, head, installation);
    for job in batch.iter_mut() {
        job.run(&mut tx);
    }
    if tx.head.edge.size() == size_before {
        let _ended = dialect::rollback(tx.conn);
        return Ok(());
    }
    tx.head.clone().save(tx.conn)?;
    // The word to commit may have been heard though its answer was not.
    dialect::commit(tx.conn).map_err(|error| match error {
        StoreError::Busy => StoreError::Busy,
        other => StoreError::InDoubt(other.to_string()),
    })
}
