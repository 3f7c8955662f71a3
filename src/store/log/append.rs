//! Appending: an event becomes an entry, two committed payloads, a leaf and the subtrees it completes. The rows it
//! becomes are in `rows`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use diesel::prelude::*;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::rows::{Logged, Rows};
use crate::audit::erasure::{ERASED_KIND, erased_field};
use crate::audit::{Digest, Edge, SEALED_KIND, SigningKey, tree};
use crate::domain::event::{Event, Payloads};
use crate::domain::id::CaseId;
use crate::domain::stage::Compartment;
use crate::domain::tally::Tally;
use crate::domain::time::Instant;
use crate::seal::Key;
use crate::store::conn::Conn;
use crate::store::erase;
use crate::store::error::StoreError;
use crate::store::keys::{self, KeyOwner};
use crate::store::schema::{log_checkpoint, log_head, log_node};
use crate::store::transaction::{About, Tx};
use crate::system;

/// The log's head and the tree's right edge, as a transaction holds them in memory.
#[derive(Debug, Clone)]
pub struct Head {
    /// The tree's right edge; its size is the log's.
    pub edge: Edge,
    /// The moment of the last entry; later entries are never earlier.
    pub last_at: Instant,
    /// How many checkpoints were signed.
    pub checkpoints: i64,
    /// The public id of the installation's key in force; empty where it was not written down yet.
    pub installation_key: String,
}

impl Head {
    /// Reads the head, and the edge's nodes unless they are those of a head `known` from before: size and root say so.
    ///
    /// # Errors
    /// When the head is missing, or nodes of the edge are.
    pub fn load(conn: &mut Conn, known: Option<&Head>) -> Result<Head, StoreError> {
        let (size, root, at_micros, checkpoints, installation_key): (i64, Vec<u8>, i64, i64, String) = log_head::table
            .find(1)
            .select((
                log_head::size,
                log_head::root,
                log_head::at_micros,
                log_head::checkpoints,
                log_head::installation_key,
            ))
            .first(conn)?;
        let size = u64::try_from(size).map_err(|e| StoreError::corrupt("log_head", 1, e))?;
        let last_at =
            Instant::from_micros(at_micros).ok_or_else(|| StoreError::corrupt("log_head", 1, "no such moment"))?;
        let known = known.filter(|known| known.edge.size() == size && known.edge.root()[..] == root[..]);
        let edge = known.map_or_else(|| load_edge(conn, size), |known| Ok(known.edge.clone()))?;
        Ok(Head { edge, last_at, checkpoints, installation_key })
    }

    /// The number of the next entry.
    ///
    /// # Errors
    /// After 2⁶³ entries.
    pub fn next_seq(&self) -> Result<i64, StoreError> {
        i64::try_from(self.edge.size()).map_err(|e| StoreError::corrupt("log_head", 1, e))
    }

    /// Writes the head back: once per commit.
    ///
    /// # Errors
    /// When the database fails.
    pub fn save(&self, conn: &mut Conn) -> Result<(), StoreError> {
        let size = self.next_seq()?;
        diesel::update(log_head::table.find(1))
            .set((
                log_head::size.eq(size),
                log_head::root.eq(self.edge.root().to_vec()),
                log_head::at_micros.eq(self.last_at.as_micros()),
                log_head::checkpoints.eq(self.checkpoints),
            ))
            .execute(conn)?;
        Ok(())
    }
}

fn load_edge(conn: &mut Conn, size: u64) -> Result<Edge, StoreError> {
    let addresses = Edge::addresses(size);
    let levels: Vec<i32> = addresses.iter().map(|(level, _)| i32::from(*level)).collect();
    let positions: Vec<i64> = addresses.iter().filter_map(|(_, index)| i64::try_from(*index).ok()).collect();
    // One statement for the whole edge: a superset by level and position, then exactly the wanted pairs.
    let rows: Vec<(i32, i64, Vec<u8>)> = if addresses.is_empty() {
        Vec::new()
    } else {
        log_node::table
            .filter(log_node::level.eq_any(levels).and(log_node::position.eq_any(positions)))
            .select((log_node::level, log_node::position, log_node::hash))
            .load(conn)?
    };
    let wanted = |(level, index): &(u8, u64)| {
        let found = rows.iter().find(|(l, p, _)| *l == i32::from(*level) && i64::try_from(*index) == Ok(*p));
        found.and_then(|(_, _, hash)| Digest::try_from(hash.as_slice()).ok())
    };
    let hashes: Vec<Digest> = addresses.iter().filter_map(wanted).collect();
    Edge::from_parts(size, hashes).map_err(|e| StoreError::corrupt("log_node", "edge", e))
}

/// Writes the head of an empty log.
///
/// # Errors
/// When there is one already.
pub fn create(conn: &mut Conn) -> Result<(), StoreError> {
    let root = tree::empty_root().to_vec();
    diesel::insert_into(log_head::table)
        .values((
            log_head::id.eq(1),
            log_head::size.eq(0_i64),
            log_head::root.eq(root),
            log_head::at_micros.eq(0_i64),
            log_head::checkpoints.eq(0_i64),
        ))
        .execute(conn)?;
    Ok(())
}

/// What is to be appended.
pub struct Appended<'a> {
    /// What happened.
    pub event: &'a Event,
    /// What about.
    pub about: About,
    /// Who did it.
    pub actor: &'a str,
    /// When.
    pub now: Instant,
    /// What reports count of the case after it, where it may have changed that.
    pub tally: Option<Tally>,
}

/// Appends an entry and returns its number.
///
/// # Errors
/// When the database fails.
pub fn append(tx: &mut Tx<'_>, appended: Appended<'_>) -> Result<i64, StoreError> {
    let Appended { event, about, actor, now, tally } = appended;
    let plain = event.split_with(tally.as_ref()).map_err(|e| StoreError::Down(e.to_string()))?;
    let (owner, case, payloads) = settle(tx, about, plain)?;
    let (owner, key) = key_of(tx, owner, about)?;
    let mut rows = Rows::default();
    let seq = rows.write_down(&mut tx.head, Logged { actor, now, case, payloads, owner: owner.to_string() }, &key)?;
    rows.insert(tx)?;
    Ok(seq)
}

/// Signs the log as it stands and keeps the note. Returns it.
///
/// # Errors
/// When the database fails, or the log has not grown since the last checkpoint.
pub fn checkpoint(tx: &mut Tx<'_>, origin: &str, key: &SigningKey) -> Result<String, StoreError> {
    let (size, root) = (tx.head.edge.size(), tx.head.edge.root());
    let note = key.sign(origin, size, &root).map_err(|e| StoreError::Down(e.to_string()))?;
    diesel::insert_into(log_checkpoint::table)
        .values((
            log_checkpoint::number.eq(tx.head.checkpoints),
            log_checkpoint::size.eq(i64::try_from(size).map_err(|e| StoreError::corrupt("log_head", 1, e))?),
            log_checkpoint::root.eq(root.to_vec()),
            log_checkpoint::note.eq(&note),
        ))
        .execute(tx.conn)?;
    tx.head.checkpoints += 1;
    Ok(note)
}

/// Whose key seals the personal payload, how the case is named, and, for a closed compartment, the payloads
/// with kind and process data sealed to that compartment.
fn settle(tx: &mut Tx<'_>, about: About, plain: Payloads) -> Result<(KeyOwner, Option<String>, Payloads), StoreError> {
    match about {
        About::Register => Ok((KeyOwner::Register, None, plain)),
        About::PastCase(id) => Ok((KeyOwner::PastCase(id), Some(id.to_string()), plain)),
        About::Case(id, Compartment::NationalSecurity) => {
            let (case, payloads) = seal_act(tx, id, plain)?;
            Ok((KeyOwner::Case(id), Some(case), payloads))
        }
        About::Case(id, _) => Ok((KeyOwner::Case(id), Some(id.to_string()), plain)),
        About::Erasure(id, Compartment::NationalSecurity) => {
            let (case, payloads) = seal_act(tx, id, plain)?;
            Ok((KeyOwner::NationalSecurity, Some(case), payloads))
        }
        About::Erasure(id, _) => Ok((KeyOwner::Register, Some(id.to_string()), plain)),
    }
}

/// How the log names a case of the closed compartment, and what it shows of an act on it: that something happened, and
/// where that erased payloads, which.
fn seal_act(tx: &mut Tx<'_>, case: CaseId, plain: Payloads) -> Result<(String, Payloads), StoreError> {
    let key = tx.data_key(KeyOwner::NationalSecurity)?;
    let inner = serde_json::json!({ "case": case, "kind": plain.kind, "process": plain.process }).to_string();
    let sealed = STANDARD.encode(key.seal(system::chance(), "log_process sealed", inner.as_bytes())?);
    let (kind, process) = match plain.kind.as_str() {
        ERASED_KIND => {
            let ranges = erased_field(plain.process.as_bytes());
            (plain.kind, serde_json::json!({ "erased": ranges, "sealed": sealed }))
        }
        _ => (SEALED_KIND.to_owned(), serde_json::json!({ "sealed": sealed })),
    };
    let outside = Payloads { kind, process: process.to_string(), personal: plain.personal };
    Ok((pseudonym(&key, case), outside))
}

/// The key of an owner. What is still written about a case whose key is gone for good is sealed under that of the register,
/// or of its compartment.
fn key_of(tx: &mut Tx<'_>, owner: KeyOwner, about: About) -> Result<(KeyOwner, Key), StoreError> {
    if let Some(key) = keys::find(tx.conn, tx.installation, &owner.to_string())? {
        return Ok((owner, key));
    }
    let owner = match (owner, about) {
        (KeyOwner::Case(id), _) if !erase::is_erased(tx.conn, id)? => owner,
        (KeyOwner::Case(_), About::Case(_, Compartment::NationalSecurity)) => KeyOwner::NationalSecurity,
        (KeyOwner::Case(_), _) => KeyOwner::Register,
        _ => owner,
    };
    Ok((owner, tx.data_key(owner)?))
}

/// A case's name outside its compartment: it links the entries of one case and tells nothing else.
pub(super) fn pseudonym(compartment: &Key, case: CaseId) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(compartment.bytes()) else { return String::new() };
    mac.update(case.0.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

pub(super) fn personal_place(seq: i64) -> String {
    format!("log_personal {seq}")
}
