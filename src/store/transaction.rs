//! One act in one write transaction. [`Tx::apply`] is the only way to save a change, and it writes the log
//! entry with it.

use super::conn::Conn;
use super::error::StoreError;
use super::log::{self, Appended, Head};
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::id::{CaseId, PastCaseId, StaffId};
use crate::domain::mail::NewMail;
use crate::domain::staff::Actor;
use crate::domain::stage::Compartment;
use crate::domain::tally::Tally;
use crate::domain::time::Instant;
use crate::seal::Key;

/// A write in progress: the connection, the log's head and edge in memory, and who acts when.
pub struct Tx<'c> {
    pub(super) conn: &'c mut Conn,
    pub(super) head: Head,
    pub(super) installation: &'c Key,
    /// Whether anything was saved that lists and counts are made from.
    pub(super) has_changed: bool,
    actor: Actor,
    now: Instant,
}

/// What an entry is about: nothing in particular, or a case in its compartment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// No case.
    Register,
    /// A case.
    Case(CaseId, Compartment),
    /// A past case, which has no compartment: national-security process is never imported.
    PastCase(PastCaseId),
    /// The erasure of a case: an entry under its name whose own payload stays when the case's go.
    Erasure(CaseId, Compartment),
}

/// A state that the store keeps. Keeping touches exactly the rows the event concerns.
pub trait Stored {
    /// What its entries are about.
    fn about(&self) -> About;

    /// What reports count of it after an event that may have changed that: cases alone have such.
    fn tally(&self, _event: &Event) -> Option<Tally> {
        None
    }

    /// Saves the state after an event whose entry has the number `seq`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the row is not at the version before this event.
    fn keep(&self, tx: &mut Tx<'_>, event: &Event, seq: i64) -> Result<(), StoreError>;
}

impl<'c> Tx<'c> {
    pub(super) fn new(conn: &'c mut Conn, head: Head, installation: &'c Key) -> Self {
        let now = head.last_at;
        Tx { conn, head, installation, has_changed: false, actor: Actor::System("store"), now }
    }

    /// Says who acts and when; entries and refusals of this act carry it. It is never earlier than the log's last entry, so
    /// that what an act writes into rows and what its entries say is the same moment.
    pub fn act_as(&mut self, actor: Actor, now: Instant) {
        self.actor = actor;
        self.now = now.max(self.head.last_at);
    }

    /// Whether this person is the one who acts.
    pub fn is_by(&self, staff: StaffId) -> bool {
        self.actor == Actor::Staff(staff)
    }

    /// When this act happens.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// How many entries the log has, those of this act included.
    pub fn log_size(&self) -> u64 {
        self.head.edge.size()
    }

    /// The connection, for reading what the act needs to know.
    pub fn conn(&mut self) -> &mut Conn {
        self.conn
    }

    /// The data key of an owner, made now if there is none.
    ///
    /// # Errors
    /// When it can't be opened or kept.
    pub fn data_key(&mut self, owner: super::keys::KeyOwner) -> Result<Key, StoreError> {
        super::keys::find_or_make(self.conn, self.installation, owner, self.now)
    }

    /// Keeps a data key made outside this act, for bytes that were sealed before it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the owner has a key already.
    pub fn put_data_key(&mut self, owner: super::keys::KeyOwner, key: &Key) -> Result<(), StoreError> {
        super::keys::put(self.conn, self.installation, &owner.to_string(), key, self.now)
    }

    /// Saves a change together with its log entry, and gives back the new state.
    ///
    /// # Errors
    /// When the row changed since it was read, or the database fails. Nothing is saved then.
    pub fn apply<T: Stored>(&mut self, change: Change<T>) -> Result<T, StoreError> {
        let tally = change.state.tally(&change.event);
        let seq = self.append(&change.event, change.state.about(), tally)?;
        change.state.keep(self, &change.event, seq)?;
        self.has_changed = true;
        Ok(change.state)
    }

    /// Puts a mail in the outbox, to be sent after this act's commit. A second one on the same occasion is left out.
    ///
    /// # Errors
    /// When the database fails.
    pub fn post(&mut self, mail: &NewMail) -> Result<(), StoreError> {
        super::outbox::insert(self.conn, mail, self.now)
    }

    /// Appends an entry for something that changes no state of ours: a view, a sign-in, a refusal.
    /// Returns its number.
    ///
    /// # Errors
    /// When the database fails.
    pub fn record(&mut self, event: &Event, about: About) -> Result<i64, StoreError> {
        self.append(event, about, None)
    }

    fn append(&mut self, event: &Event, about: About, tally: Option<Tally>) -> Result<i64, StoreError> {
        let (actor, now) = (self.actor.to_string(), self.now);
        log::append(self, Appended { event, about, actor: &actor, now, tally })
    }
}
