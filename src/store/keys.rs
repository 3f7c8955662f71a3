//! Data keys: one per case, one per closed compartment, one for the register. Each is kept sealed under the
//! installation's key, so that erasing a case is destroying its key, in old backups too.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::on_backend;
use super::schema::data_keys;
use super::types::Ts;
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
    let rows: Vec<(String, Vec<u8>)> = data_keys::table
        .filter(data_keys::owner.eq_any(owners))
        .select((data_keys::owner, data_keys::wrapped))
        .load(conn)?;
    let opened = |(owner, wrapped): (String, Vec<u8>)| {
        let key = open(installation, &owner, &wrapped)?;
        Ok((owner, key))
    };
    rows.into_iter().map(opened).collect()
}

/// A key as its row has it, opened.
///
/// # Errors
/// When it can't be opened with this installation's key.
fn open(installation: &Key, owner: &str, wrapped: &[u8]) -> Result<Key, StoreError> {
    let opened = installation.open(&place(owner), wrapped)?;
    let bytes =
        <[u8; 32]>::try_from(opened).map_err(|_| StoreError::corrupt("data_keys", owner, "a key has 32 bytes"))?;
    Ok(Key::new(bytes))
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
