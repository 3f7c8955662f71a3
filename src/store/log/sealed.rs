//! Opening what an entry keeps closed: the acts of a compartment, and personal payloads. Whoever calls has checked
//! the right to know.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use diesel::prelude::*;
use serde::Deserialize;

use super::append::{personal_place, pseudonym};
use super::read::LogRow;
use crate::audit::SEALED_KIND;
use crate::audit::erasure::{self, ERASED_KIND};
use crate::domain::id::CaseId;
use crate::domain::stage::Compartment;
use crate::seal::Key;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::keys::{self, KeyOwner};
use crate::store::schema::{data_keys, log_personal};

/// A personal payload with its salt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalPart {
    /// The salt of its commitment.
    pub salt: Vec<u8>,
    /// The payload as it was hashed.
    pub payload: String,
}

#[derive(Deserialize)]
struct Inner {
    case: CaseId,
    kind: String,
    process: String,
}

#[derive(Deserialize)]
struct Outer {
    sealed: String,
}

impl LogRow {
    /// Whether it keeps closed what happened: an act of the closed compartment, or the erasure of one of its cases.
    pub fn is_sealed(&self) -> bool {
        self.kind == SEALED_KIND || self.kind == ERASED_KIND && erasure::is_sealed(self.process.as_bytes())
    }
}

/// How the log names a case.
///
/// # Errors
/// When the database fails or the compartment's key can't be opened.
pub fn case_key(conn: &mut Conn, installation: &Key, case: CaseId, of: Compartment) -> Result<String, StoreError> {
    if of != Compartment::NationalSecurity {
        return Ok(case.to_string());
    }
    let key = keys::find(conn, installation, &KeyOwner::NationalSecurity.to_string())?;
    Ok(key.map_or_else(|| case.to_string(), |key| pseudonym(&key, case)))
}

/// Opens the acts of the closed compartment among these entries, for people who are cleared: kind and process
/// payload become the real ones. Gives the cases behind them, by the entry's number. One statement, or none.
///
/// # Errors
/// When an act can't be opened.
pub fn open_acts(
    conn: &mut Conn,
    installation: &Key,
    rows: &mut [LogRow],
) -> Result<BTreeMap<i64, CaseId>, StoreError> {
    if !rows.iter().any(LogRow::is_sealed) {
        return Ok(BTreeMap::new());
    }
    let key = keys::find(conn, installation, &KeyOwner::NationalSecurity.to_string())?;
    let open = |row: &mut LogRow| {
        let (case, kind, process) = opened(row, key.as_ref())?;
        (row.kind, row.process) = (kind, process);
        Ok(case.map(|case| (row.seq, case)))
    };
    rows.iter_mut().filter_map(|row| open(row).transpose()).collect()
}

/// Case, kind and process payload of an entry, those of the compartment where it has one.
pub(super) fn opened(row: &LogRow, key: Option<&Key>) -> Result<(Option<CaseId>, String, String), StoreError> {
    let corrupt = |why: String| StoreError::corrupt("log_process", row.seq, why);
    if !row.is_sealed() {
        return Ok((None, row.kind.clone(), row.process.clone()));
    }
    let key = key.ok_or_else(|| corrupt("the compartment's key is gone".into()))?;
    let outer: Outer = serde_json::from_str(&row.process).map_err(|e| corrupt(e.to_string()))?;
    let sealed = STANDARD.decode(outer.sealed).map_err(|e| corrupt(e.to_string()))?;
    let inner = key.open("log_process sealed", &sealed)?;
    let inner: Inner = serde_json::from_slice(&inner).map_err(|e| corrupt(e.to_string()))?;
    Ok((Some(inner.case), inner.kind, inner.process))
}

/// The personal payloads of these entries in the clear, of those that are there and whose key is: one statement. The
/// caller has checked the right to see them.
///
/// # Errors
/// When the database fails, or one can't be opened.
pub fn personal_parts(conn: &mut Conn, installation: &Key, seqs: &[i64]) -> Result<BTreeMap<i64, String>, StoreError> {
    let rows: Vec<(i64, Vec<u8>, String, Vec<u8>)> = log_personal::table
        .inner_join(data_keys::table.on(data_keys::owner.eq(log_personal::key_owner)))
        .filter(log_personal::seq.eq_any(seqs))
        .select((log_personal::seq, log_personal::sealed, data_keys::owner, data_keys::wrapped))
        .load(conn)?;
    let open = |(seq, sealed, owner, wrapped): (i64, Vec<u8>, String, Vec<u8>)| {
        let key = keys::open(installation, &owner, &wrapped)?;
        Ok((seq, open_personal(seq, &sealed, &key)?.payload))
    };
    rows.into_iter().map(open).collect()
}

/// Opens a personal payload with the key of its owner.
pub(super) fn open_personal(seq: i64, sealed: &[u8], key: &Key) -> Result<PersonalPart, StoreError> {
    let corrupt = |why: &str| StoreError::corrupt("log_personal", seq, why);
    let plain = key.open(&personal_place(seq), sealed)?;
    let (salt, payload) = plain.split_at_checked(32).ok_or_else(|| corrupt("it is too short"))?;
    let payload = std::str::from_utf8(payload).map_err(|_| corrupt("it is no text"))?;
    Ok(PersonalPart { salt: salt.to_vec(), payload: payload.to_owned() })
}
