//! Data keys: one per case, one per closed compartment, one for the register. Each is kept sealed under the
//! installation's key, so that erasing a case is destroying its key, in old backups too.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::conn::Conn;
use super::dialect;
use super::error::StoreError;
use super::housekeep;
use super::on_backend;
use super::schema::{data_keys, log_head, slips, staff_requests};
use super::second_admin;
use super::transaction::Tx;
use super::types::{Id, Ts};
use crate::domain::id::{CaseId, PastCaseId};
use crate::domain::time::Instant;
use crate::seal::Key;
use crate::system;

/// Whose data a key seals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOwner {
    /// One case: its documents and personal payloads.
    Case(CaseId),
    /// One past case: its personal payload.
    PastCase(PastCaseId),
    /// What belongs to no case: staff, directory.
    Register,
    /// Acts on national-security cases, for cleared people.
    NationalSecurity,
}

impl std::fmt::Display for KeyOwner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            KeyOwner::Case(id) => write!(f, "case:{id}"),
            KeyOwner::PastCase(id) => write!(f, "past_case:{id}"),
            KeyOwner::Register => f.write_str("register"),
            KeyOwner::NationalSecurity => f.write_str("compartment:national_security"),
        }
    }
}

/// One row of `data_keys`.
#[derive(Insertable)]
#[diesel(table_name = data_keys)]
pub(super) struct DataKeyRow {
    owner: String,
    wrapped: Vec<u8>,
    created_at: Ts,
}

impl DataKeyRow {
    /// A key as it is kept: sealed under the installation's key.
    pub(super) fn of(installation: &Key, owner: &str, key: &Key, now: Instant) -> Result<DataKeyRow, StoreError> {
        let wrapped = installation.seal(system::chance(), &place(owner), key.bytes())?;
        Ok(DataKeyRow { owner: owner.to_owned(), wrapped, created_at: Ts(now) })
    }
}

/// The key of an owner, if it was ever made and not destroyed since.
///
/// # Errors
/// When it can't be opened with this installation's key.
pub fn find(conn: &mut Conn, installation: &Key, owner: &str) -> Result<Option<Key>, StoreError> {
    let wrapped: Option<Vec<u8>> = data_keys::table.find(owner).select(data_keys::wrapped).first(conn).optional()?;
    wrapped.map(|wrapped| open(installation, owner, &wrapped)).transpose()
}

/// The keys of several owners by owner, of those that have one: one statement.
///
/// # Errors
/// As [`find`].
pub fn find_all(conn: &mut Conn, installation: &Key, owners: &[String]) -> Result<BTreeMap<String, Key>, StoreError> {
    let opened = |(owner, wrapped): (String, Vec<u8>)| {
        let key = open(installation, &owner, &wrapped)?;
        Ok((owner, key))
    };
    wrapped(conn, owners)?.into_iter().map(opened).collect()
}

/// The same without those that can't be opened.
///
/// # Errors
/// When the database fails.
pub(super) fn find_openable(
    conn: &mut Conn,
    installation: &Key,
    owners: &[String],
) -> Result<BTreeMap<String, Key>, StoreError> {
    let opened = |(owner, wrapped): (String, Vec<u8>)| Some((open(installation, &owner, &wrapped).ok()?, owner));
    Ok(wrapped(conn, owners)?.into_iter().filter_map(opened).map(|(key, owner)| (owner, key)).collect())
}

/// The keys of several owners as their rows have them.
fn wrapped(conn: &mut Conn, owners: &[String]) -> QueryResult<Vec<(String, Vec<u8>)>> {
    let of_owners = data_keys::table.filter(data_keys::owner.eq_any(owners));
    of_owners.select((data_keys::owner, data_keys::wrapped)).load(conn)
}

/// A key as its row has it, opened.
///
/// # Errors
/// When it can't be opened with this installation's key.
pub(super) fn open(installation: &Key, owner: &str, wrapped: &[u8]) -> Result<Key, StoreError> {
    let opened = installation.open(&place(owner), wrapped).map_err(|_| {
        let why = "it can't be opened with this installation's key: either that was changed, then restart this node, or the \
                   row was";
        StoreError::corrupt("data_keys", owner, why)
    })?;
    let bytes =
        <[u8; 32]>::try_from(opened).map_err(|_| StoreError::corrupt("data_keys", owner, "a key has 32 bytes"))?;
    Ok(Key::new(bytes))
}

/// Whether a sealed key, as its row has it, opens.
pub(super) fn opens(installation: &Key, owner: &str, wrapped: &[u8]) -> bool {
    open(installation, owner, wrapped).is_ok()
}

/// The key of an owner, made now if there is none.
///
/// # Errors
/// As [`find`], and when it can't be kept.
pub fn find_or_make(conn: &mut Conn, installation: &Key, owner: KeyOwner, now: Instant) -> Result<Key, StoreError> {
    let owner = owner.to_string();
    if let Some(key) = find(conn, installation, &owner)? {
        return Ok(key);
    }
    let key = Key::new(system::chance());
    put(conn, installation, &owner, &key, now)?;
    Ok(key)
}

/// Keeps a key that was made outside, for bytes that had to be sealed before the act.
///
/// # Errors
/// [`StoreError::Conflict`] when the owner has a key already.
pub(super) fn put(conn: &mut Conn, installation: &Key, owner: &str, key: &Key, now: Instant) -> Result<(), StoreError> {
    insert_all(conn, &[DataKeyRow::of(installation, owner, key, now)?])
}

/// Inserts keys, few enough for one statement.
pub(super) fn insert_all(conn: &mut Conn, rows: &[DataKeyRow]) -> Result<(), StoreError> {
    on_backend!(conn, |c| diesel::insert_into(data_keys::table).values(rows).execute(c))?;
    Ok(())
}

fn place(owner: &str) -> String {
    format!("data_keys {owner}")
}

// ── the installation's key itself ────────────────────────────────────────────────

/// The public id of the installation's key that is in force; none where that was not written down yet.
///
/// # Errors
/// When the database fails.
pub fn in_force(conn: &mut Conn) -> Result<Option<String>, StoreError> {
    let id: Option<String> = log_head::table.find(1).select(log_head::installation_key).first(conn).optional()?;
    Ok(id.filter(|id| !id.is_empty()))
}

/// The same of a register that is not open yet.
///
/// # Errors
/// As [`in_force`]; when it can't be reached, or is older than there is a place for it.
pub fn in_force_at(url: &str) -> Result<Option<String>, StoreError> {
    in_force(&mut dialect::open(url)?)
}

/// Refuses every key but the one in force.
///
/// # Errors
/// [`StoreError::Unfit`] for another one.
pub(super) fn is_in_force(installation: &Key, in_force: &str) -> Result<(), StoreError> {
    let id = installation.id();
    if in_force.is_empty() || in_force == id {
        return Ok(());
    }
    Err(StoreError::Unfit(format!(
        "this register is sealed under the installation's key {in_force}, and the key at hand is {id}; where the key was \
         changed meanwhile, start this program anew with the new one"
    )))
}

/// Makes sure that a key is the one in force when the register is opened, and writes its id down where that was not done
/// yet: then it must open a data key.
///
/// # Errors
/// [`StoreError::Unfit`] for another one; when the database fails.
pub(super) fn settle(conn: &mut Conn, installation: &Key) -> Result<(), StoreError> {
    if let Some(id) = in_force(conn)? {
        return is_in_force(installation, &id);
    }
    let any: Option<(String, Vec<u8>)> =
        data_keys::table.select((data_keys::owner, data_keys::wrapped)).first(conn).optional()?;
    let id = installation.id();
    // Where nothing is sealed yet every key will do.
    if any.is_some_and(|(owner, wrapped)| installation.open(&place(&owner), &wrapped).is_err()) {
        return Err(StoreError::Unfit(format!(
            "the installation's key at hand, {id}, is not the one this register is sealed under"
        )));
    }
    note(conn, &id)
}

fn note(conn: &mut Conn, id: &str) -> Result<(), StoreError> {
    let unnoted = log_head::table.find(1).filter(log_head::installation_key.eq(""));
    diesel::update(unnoted).set(log_head::installation_key.eq(id)).execute(conn)?;
    Ok(())
}

/// How many values are sealed under the installation's key itself.
///
/// # Errors
/// When the database fails.
pub fn count_sealed(conn: &mut Conn) -> Result<u64, StoreError> {
    let keys: i64 = data_keys::table.count().get_result(conn)?;
    let halves: i64 = staff_requests::table.filter(staff_requests::half.is_not_null()).count().get_result(conn)?;
    let slips: i64 = slips::table.count().get_result(conn)?;
    u64::try_from(keys.saturating_add(halves).saturating_add(slips))
        .map_err(|e| StoreError::corrupt("data_keys", "all", e))
}

/// How many keys are sealed anew before the next are read.
const PIECE: i64 = 1_000;

/// Seals everything that is sealed under the installation's key under another one, which is in force from this act's commit
/// on. Nothing else may follow in this act.
///
/// # Errors
/// When a value can't be opened, or the database fails.
pub fn seal_anew(tx: &mut Tx<'_>, next: &Key) -> Result<(), StoreError> {
    let again = |tx: &Tx<'_>, place: &str, sealed: &[u8]| -> Result<Vec<u8>, StoreError> {
        let plain = tx.installation.open(place, sealed)?;
        Ok(next.seal(system::chance(), place, &plain)?)
    };
    let mut after = String::new();
    loop {
        let rows: Vec<(String, Vec<u8>)> = data_keys::table
            .filter(data_keys::owner.gt(&after))
            .order(data_keys::owner.asc())
            .limit(PIECE)
            .select((data_keys::owner, data_keys::wrapped))
            .load(tx.conn)?;
        let Some((last, _)) = rows.last() else { break };
        last.clone_into(&mut after);
        for (owner, wrapped) in rows {
            let wrapped = again(tx, &place(&owner), &wrapped)?;
            diesel::update(data_keys::table.find(&owner)).set(data_keys::wrapped.eq(wrapped)).execute(tx.conn)?;
        }
    }
    let halves: Vec<(Id, Option<Vec<u8>>)> = staff_requests::table
        .filter(staff_requests::half.is_not_null())
        .select((staff_requests::id, staff_requests::half))
        .load(tx.conn)?;
    for (id, half) in halves {
        let half = half.map(|half| again(tx, &second_admin::half_place(id.0), &half)).transpose()?;
        diesel::update(staff_requests::table.find(id)).set(staff_requests::half.eq(half)).execute(tx.conn)?;
    }
    let kept: Vec<(Id, Vec<u8>)> = slips::table.select((slips::id, slips::sealed)).load(tx.conn)?;
    for (id, sealed) in kept {
        let sealed = again(tx, &housekeep::slip_place(id.0), &sealed)?;
        diesel::update(slips::table.find(id)).set(slips::sealed.eq(sealed)).execute(tx.conn)?;
    }
    diesel::update(log_head::table.find(1)).set(log_head::installation_key.eq(next.id())).execute(tx.conn)?;
    Ok(())
}
