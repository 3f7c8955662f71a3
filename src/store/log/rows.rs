//! Entries on their way into the tables: written down one after the other, inserted together, one statement a table.

use diesel::prelude::*;

use super::append::{Head, personal_place};
use crate::audit::{Digest, Entry, commit, tree};
use crate::domain::event::Payloads;
use crate::domain::time::Instant;
use crate::seal::Key;
use crate::store::error::StoreError;
use crate::store::on_backend;
use crate::store::schema::{log_entry, log_node, log_personal, log_process};
use crate::store::transaction::Tx;
use crate::system;

/// Rows of one statement: SQLite takes 32,766 values, and a row here has at most seven.
const AT_ONCE: usize = 4_000;

/// Entries, written down and not yet inserted.
#[derive(Default)]
pub struct Rows {
    entries: Vec<EntryRow>,
    processes: Vec<ProcessRow>,
    personals: Vec<PersonalRow>,
    nodes: Vec<NodeRow>,
}

/// What is to be logged: who did it and when, the case as the log names it, and the payloads as they leave.
pub(in crate::store) struct Logged<'a> {
    pub actor: &'a str,
    pub now: Instant,
    pub case: Option<String>,
    pub payloads: Payloads,
    /// Whose key seals the personal payload.
    pub owner: String,
}

// Without defaults a batch is one statement; with them diesel would begin a transaction of its own on SQLite.

#[derive(Insertable)]
#[diesel(table_name = log_entry, treat_none_as_default_value = false)]
struct EntryRow {
    seq: i64,
    at_micros: i64,
    actor: String,
    kind: String,
    case_key: Option<String>,
    bytes: Vec<u8>,
    leaf: Vec<u8>,
}

#[derive(Insertable)]
#[diesel(table_name = log_process, treat_none_as_default_value = false)]
struct ProcessRow {
    seq: i64,
    salt: Vec<u8>,
    payload: String,
}

#[derive(Insertable)]
#[diesel(table_name = log_personal, treat_none_as_default_value = false)]
struct PersonalRow {
    seq: i64,
    key_owner: String,
    sealed: Vec<u8>,
}

#[derive(Insertable)]
#[diesel(table_name = log_node, treat_none_as_default_value = false)]
struct NodeRow {
    level: i32,
    position: i64,
    hash: Vec<u8>,
}

impl Rows {
    /// Writes one entry down at the head: commitments, bytes, leaf and the subtrees it completes. Returns its number.
    pub(in crate::store) fn write_down(
        &mut self,
        head: &mut Head,
        logged: Logged<'_>,
        key: &Key,
    ) -> Result<i64, StoreError> {
        let at = logged.now.max(head.last_at);
        let number = head.edge.size();
        let seq = head.next_seq()?;
        let (process_salt, personal_salt) = (system::chance::<32>(), system::chance::<32>());
        let Payloads { kind, process, personal } = logged.payloads;
        let entry = Entry {
            seq: number,
            at_micros: at.as_micros(),
            actor: logged.actor.to_owned(),
            kind,
            case: logged.case,
            process: commit(&process_salt, process.as_bytes()),
            personal: commit(&personal_salt, personal.as_bytes()),
        };
        let bytes = entry.encode().map_err(|e| StoreError::Down(e.to_string()))?;
        let leaf = tree::leaf_hash(&bytes);
        let mut plain = personal_salt.to_vec();
        plain.extend(personal.as_bytes());
        let sealed = key.seal(system::chance(), &personal_place(seq), &plain)?;
        self.personals.push(PersonalRow { seq, key_owner: logged.owner, sealed });
        self.processes.push(ProcessRow { seq, salt: process_salt.to_vec(), payload: process });
        let Entry { at_micros, actor, kind, case, .. } = entry;
        self.entries.push(EntryRow { seq, at_micros, actor, kind, case_key: case, bytes, leaf: leaf.to_vec() });
        self.grow(head, leaf)?;
        head.last_at = at;
        Ok(seq)
    }

    fn grow(&mut self, head: &mut Head, leaf: Digest) -> Result<(), StoreError> {
        for node in head.edge.push(leaf) {
            let position = i64::try_from(node.index).map_err(|e| StoreError::corrupt("log_node", node.index, e))?;
            self.nodes.push(NodeRow { level: i32::from(node.level), position, hash: node.hash.to_vec() });
        }
        Ok(())
    }

    /// Inserts what was written down.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert(self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        for rows in self.entries.chunks(AT_ONCE) {
            on_backend!(&mut *tx.conn, |c| diesel::insert_into(log_entry::table).values(rows).execute(c))?;
        }
        for rows in self.processes.chunks(AT_ONCE) {
            on_backend!(&mut *tx.conn, |c| diesel::insert_into(log_process::table).values(rows).execute(c))?;
        }
        for rows in self.personals.chunks(AT_ONCE) {
            on_backend!(&mut *tx.conn, |c| diesel::insert_into(log_personal::table).values(rows).execute(c))?;
        }
        for rows in self.nodes.chunks(AT_ONCE) {
            on_backend!(&mut *tx.conn, |c| diesel::insert_into(log_node::table).values(rows).execute(c))?;
        }
        Ok(())
    }
}
