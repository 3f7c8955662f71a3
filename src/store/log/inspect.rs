//! One entry from all sides: its bytes, its payloads, its place in the tree, and who has unsealed it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::read::{COLUMNS, LogRow, Values, row};
use super::sealed::{PersonalPart, open_personal};
use crate::audit::Digest;
use crate::audit::erasure::{ERASED_KIND, erased_ranges};
use crate::audit::proof::{self, ProofError};
use crate::domain::time::Instant;
use crate::seal::Key;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::keys;
use crate::store::schema::{
    log_checkpoint, log_entry, log_head, log_node, log_personal, log_process, unsealed_entries,
};
use crate::store::transaction::Tx;
use crate::store::types::Ts;

/// An entry with everything that is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeEntry {
    /// As lists show it.
    pub row: LogRow,
    /// The bytes that were hashed.
    pub bytes: Vec<u8>,
    /// The salt of the process payload's commitment.
    pub process_salt: Vec<u8>,
    /// The personal payload as it is kept: whose key seals it, and the sealed bytes. `None` when it is gone.
    pub personal: Option<(String, Vec<u8>)>,
}

/// The entry with this number: one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find_entry(conn: &mut Conn, seq: i64) -> Result<Option<WholeEntry>, StoreError> {
    type Whole = (Values, Vec<u8>, Vec<u8>, Option<String>, Option<Vec<u8>>);
    let found: Option<Whole> = log_entry::table
        .inner_join(log_process::table)
        .left_join(log_personal::table)
        .filter(log_entry::seq.eq(seq))
        .select((
            COLUMNS,
            log_entry::bytes,
            log_process::salt,
            log_personal::key_owner.nullable(),
            log_personal::sealed.nullable(),
        ))
        .first(conn)
        .optional()?;
    let Some((values, bytes, process_salt, owner, sealed)) = found else { return Ok(None) };
    Ok(Some(WholeEntry { row: row(values)?, bytes, process_salt, personal: owner.zip(sealed) }))
}

/// The personal payload in the clear; `None` when it, or the key to it, is gone. One statement. The caller has
/// checked the right to see it.
///
/// # Errors
/// When the database fails, or it can't be opened.
pub fn personal_part(
    conn: &mut Conn,
    installation: &Key,
    entry: &WholeEntry,
) -> Result<Option<PersonalPart>, StoreError> {
    let Some((owner, sealed)) = &entry.personal else { return Ok(None) };
    let key = keys::find(conn, installation, owner)?;
    key.map(|key| open_personal(entry.row.seq, sealed, &key)).transpose()
}

/// The entry that says that a personal payload was erased.
///
/// # Errors
/// When the database fails.
pub fn erased_by(conn: &mut Conn, seq: i64) -> Result<Option<i64>, StoreError> {
    let rows: Vec<(i64, String)> = log_entry::table
        .inner_join(log_process::table)
        .filter(log_entry::kind.eq(ERASED_KIND).and(log_entry::seq.gt(seq)))
        .order(log_entry::seq.asc())
        .select((log_entry::seq, log_process::payload))
        .load(conn)?;
    let Ok(wanted) = u64::try_from(seq) else { return Ok(None) };
    let names_it = |(by, payload): &(i64, String)| {
        let ranges = u64::try_from(*by).ok().and_then(|by| erased_ranges(payload.as_bytes(), by));
        ranges.is_some_and(|all| all.iter().any(|(first, last)| (*first..=*last).contains(&wanted)))
    };
    Ok(rows.iter().find(|row| names_it(row)).map(|(by, _)| *by))
}

/// That an entry is in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// How many entries the log has by now.
    pub log_size: u64,
    /// How many entries the tree has.
    pub size: u64,
    /// Its root.
    pub root: Digest,
    /// Whether a checkpoint is signed over it; otherwise it is the tree as it stands now.
    pub is_signed: bool,
    /// The hashes that lead from the leaf to the root.
    pub path: Vec<Digest>,
}

/// Size and root of the head, then of the last checkpoint.
type Heads = (i64, Vec<u8>, Option<i64>, Option<Vec<u8>>);

/// The proof that an entry is in the tree of the last checkpoint, or where that does not reach it, in the tree as it
/// stands: two statements.
///
/// # Errors
/// When the database fails, or the tree lacks a node.
pub fn inclusion(conn: &mut Conn, seq: i64) -> Result<Inclusion, StoreError> {
    let corrupt = |why: String| StoreError::corrupt("log_node", seq, why);
    let (log_size, head, signed_size, signed): Heads = log_head::table
        .left_join(log_checkpoint::table.on(log_checkpoint::number.eq(log_head::checkpoints - 1)))
        .filter(log_head::id.eq(1))
        .select((log_head::size, log_head::root, log_checkpoint::size.nullable(), log_checkpoint::root.nullable()))
        .first(conn)?;
    let signed = signed_size.zip(signed).filter(|(size, _)| *size > seq);
    let is_signed = signed.is_some();
    let (size, root) = signed.unwrap_or((log_size, head));
    let number = |n: i64| u64::try_from(n).map_err(|e| corrupt(e.to_string()));
    let (index, size, log_size) = (number(seq)?, number(size)?, number(log_size)?);
    let root = Digest::try_from(root).map_err(|_| corrupt("a root has 32 bytes".into()))?;
    Ok(Inclusion { log_size, size, root, is_signed, path: inclusion_of(conn, index, size)? })
}

/// The hashes that lead from an entry to the root of the first `size`: one statement.
///
/// # Errors
/// When the database fails, or the tree lacks a node.
pub(super) fn inclusion_of(conn: &mut Conn, index: u64, size: u64) -> Result<Vec<Digest>, StoreError> {
    proven(conn, |node| proof::inclusion(index, size, node))
}

/// The proof that the log of `to` entries goes on from that of `from`.
///
/// # Errors
/// When a node is missing; when the database fails.
pub fn consistency(conn: &mut Conn, from: u64, to: u64) -> Result<Vec<Digest>, StoreError> {
    proven(conn, |node| proof::consistency(from, to, node))
}

/// A proof from the stored nodes it asks for: it is made once with empty ones to learn which, and then with theirs.
pub(super) fn proven(
    conn: &mut Conn,
    made: impl Fn(&dyn Fn(u8, u64) -> Option<Digest>) -> Result<Vec<Digest>, ProofError>,
) -> Result<Vec<Digest>, StoreError> {
    let asked = RefCell::new(BTreeSet::new());
    let _learnt = made(&|level, index| {
        asked.borrow_mut().insert((level, index));
        Some([0; 32])
    });
    let nodes = load_nodes(conn, &asked.into_inner())?;
    made(&|level, index| nodes.get(&(level, index)).copied()).map_err(|e| StoreError::corrupt("log_node", "proof", e))
}

/// One statement: a superset by level and position, then exactly the wanted pairs.
pub(super) fn load_nodes(
    conn: &mut Conn,
    wanted: &BTreeSet<(u8, u64)>,
) -> Result<BTreeMap<(u8, u64), Digest>, StoreError> {
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let levels: BTreeSet<i32> = wanted.iter().map(|(level, _)| i32::from(*level)).collect();
    let positions: BTreeSet<i64> = wanted.iter().filter_map(|(_, at)| i64::try_from(*at).ok()).collect();
    let rows: Vec<(i32, i64, Vec<u8>)> = log_node::table
        .filter(log_node::level.eq_any(levels).and(log_node::position.eq_any(positions)))
        .select((log_node::level, log_node::position, log_node::hash))
        .load(conn)?;
    let node = |(level, at, hash): (i32, i64, Vec<u8>)| {
        let place = (u8::try_from(level).ok()?, u64::try_from(at).ok()?);
        Some((place, Digest::try_from(hash).ok()?)).filter(|(place, _)| wanted.contains(place))
    };
    Ok(rows.into_iter().filter_map(node).collect())
}

/// Marks that a session has unsealed an entry; the entry that says so stands in the same transaction.
///
/// # Errors
/// When the database fails.
pub fn keep_unsealed(tx: &mut Tx<'_>, session_hash: &str, seq: i64) -> Result<(), StoreError> {
    let at = Ts(tx.now());
    diesel::delete(unsealed_entries::table.find((session_hash, seq))).execute(tx.conn)?;
    diesel::insert_into(unsealed_entries::table)
        .values((
            unsealed_entries::session_hash.eq(session_hash),
            unsealed_entries::seq.eq(seq),
            unsealed_entries::unsealed_at.eq(at),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// When a session unsealed an entry last.
///
/// # Errors
/// When the database fails.
pub fn unsealed_at(conn: &mut Conn, session_hash: &str, seq: i64) -> Result<Option<Instant>, StoreError> {
    let row: Option<Ts> = unsealed_entries::table
        .find((session_hash, seq))
        .select(unsealed_entries::unsealed_at)
        .first(conn)
        .optional()?;
    Ok(row.map(|Ts(at)| at))
}
