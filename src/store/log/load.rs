//! Reading the log's rows as they stand, in pieces: for the verifier, and for whoever takes them along.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::result::Error as DieselError;

use super::append::personal_place;
use crate::audit::keys::HANDOVER_KIND;
use crate::audit::stored::{LOG_CHECKPOINT, LOG_ENTRY, LOG_HEAD, LOG_PERSONAL, LOG_PROCESS};
use crate::audit::witness::COSIGNED_KIND;
use crate::audit::{Digest, Fault, Handover, StoredCheckpoint, StoredHead, StoredPayload, StoredPersonal};
use crate::seal::Key;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::keys;
use crate::store::schema::{log_checkpoint, log_entry, log_head, log_personal, log_process};

/// The notes by which one key of the log hands over to the next, oldest first, each with the number of its entry.
pub(super) fn load_handovers(conn: &mut Conn) -> QueryResult<Vec<(i64, String)>> {
    let rows: Vec<(i64, String)> = log_entry::table
        .inner_join(log_process::table)
        .filter(log_entry::kind.eq(HANDOVER_KIND))
        .order(log_entry::seq.asc())
        .select((log_entry::seq, log_process::payload))
        .load(conn)?;
    let note = |payload: &str| -> Option<String> {
        let payload: serde_json::Value = serde_json::from_str(payload).ok()?;
        Some(payload.get("handover")?.as_str()?.to_owned())
    };
    // One that can't be read hands nothing over.
    Ok(rows.into_iter().map(|(seq, payload)| (seq, note(&payload).unwrap_or_default())).collect())
}

/// The handovers from key to key, oldest first.
///
/// # Errors
/// [`StoreError::Corrupt`] for one that can't be read; when the database fails.
pub fn handovers(conn: &mut Conn) -> Result<Vec<Handover>, StoreError> {
    let opened = |(seq, note): (i64, String)| {
        Handover::open(&note).map_err(|error| StoreError::corrupt(LOG_PROCESS, seq, error))
    };
    load_handovers(conn)?.into_iter().map(opened).collect()
}

/// What witnesses said of checkpoints, oldest first: the size each covers, and the signature line.
///
/// # Errors
/// When the database fails.
pub fn cosignatures(conn: &mut Conn) -> Result<Vec<(u64, String)>, StoreError> {
    let rows: Vec<String> = log_entry::table
        .inner_join(log_process::table)
        .filter(log_entry::kind.eq(COSIGNED_KIND))
        .order(log_entry::seq.asc())
        .select(log_process::payload)
        .load(conn)?;
    let said = |payload: &String| -> Option<(u64, String)> {
        let payload: serde_json::Value = serde_json::from_str(payload).ok()?;
        Some((payload.get("size")?.as_u64()?, payload.get("cosignature")?.as_str()?.to_owned()))
    };
    Ok(rows.iter().filter_map(said).collect())
}

/// How many entries are read at a time.
pub const PIECE: i64 = 2_000;

type EntryColumns = (i64, i64, String, String, Option<String>, Vec<u8>, Vec<u8>);

/// Why reading stopped: a row is wrong, or the database failed.
pub(super) enum Stop {
    Fault(Fault),
    Store(StoreError),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Stop::Fault(fault)
    }
}

impl From<diesel::result::Error> for Stop {
    fn from(error: diesel::result::Error) -> Self {
        Stop::Store(error.into())
    }
}

/// The rows numbered `first..=last`. SQLite keeps bytes that are no text where a text belongs if somebody puts them
/// there; then the fault names the row.
pub(super) fn load_range<T>(
    conn: &mut Conn,
    table: &'static str,
    (mut first, mut last): (i64, i64),
    load: impl Fn(&mut Conn, i64, i64) -> QueryResult<Vec<T>>,
) -> Result<Vec<T>, Stop> {
    let is_unreadable = |rows: &QueryResult<Vec<T>>| matches!(rows, Err(DieselError::DeserializationError(_)));
    let rows = load(conn, first, last);
    if !is_unreadable(&rows) {
        return Ok(rows?);
    }
    while first < last {
        let middle = first.saturating_add(last.saturating_sub(first) / 2);
        if is_unreadable(&load(conn, first, middle)) {
            last = middle;
        } else {
            first = middle.saturating_add(1);
        }
    }
    Err(Fault::new(table, u64::try_from(first).ok(), "holds bytes that are no text").into())
}

pub(super) fn load_entries(conn: &mut Conn, first: i64, last: i64) -> Result<Vec<EntryColumns>, Stop> {
    load_range(conn, LOG_ENTRY, (first, last), |conn, first, last| {
        log_entry::table
            .filter(log_entry::seq.between(first, last))
            .order(log_entry::seq.asc())
            .select((
                log_entry::seq,
                log_entry::at_micros,
                log_entry::actor,
                log_entry::kind,
                log_entry::case_key,
                log_entry::bytes,
                log_entry::leaf,
            ))
            .load(conn)
    })
}

pub(super) fn digest(table: &'static str, seq: u64, bytes: &[u8]) -> Result<Digest, Fault> {
    Digest::try_from(bytes).map_err(|_| Fault::new(table, seq, "has a hash that is not 32 bytes long"))
}

pub(super) fn load_head(conn: &mut Conn) -> Result<Option<StoredHead>, Stop> {
    let rows: Vec<(i64, Vec<u8>, i64, i64)> = log_head::table
        .select((log_head::size, log_head::root, log_head::at_micros, log_head::checkpoints))
        .load(conn)?;
    let bad = |why: &str| Fault::new(LOG_HEAD, None, why);
    if rows.len() > 1 {
        return Err(bad("stands there more than once").into());
    }
    let Some((size, root, at_micros, checkpoints)) = rows.into_iter().next() else { return Ok(None) };
    Ok(Some(StoredHead {
        size: u64::try_from(size).map_err(|_| bad("has a negative size"))?,
        root: Digest::try_from(root).map_err(|_| bad("has a root that is not 32 bytes long"))?,
        at_micros,
        checkpoints: u64::try_from(checkpoints).map_err(|_| bad("counts a negative number of checkpoints"))?,
    }))
}

pub(super) fn load_checkpoints(conn: &mut Conn) -> Result<Vec<StoredCheckpoint>, Stop> {
    let all = (i64::MIN, i64::MAX);
    let rows: Vec<(i64, i64, Vec<u8>, String)> = load_range(conn, LOG_CHECKPOINT, all, |conn, first, last| {
        log_checkpoint::table
            .filter(log_checkpoint::number.between(first, last))
            .order(log_checkpoint::number.asc())
            .select((log_checkpoint::number, log_checkpoint::size, log_checkpoint::root, log_checkpoint::note))
            .load(conn)
    })?;
    let read = |(number, size, root, note): (i64, i64, Vec<u8>, String)| {
        let place = u64::try_from(number).ok();
        let bad = |why: &str| Fault::new(LOG_CHECKPOINT, place, why);
        Ok(StoredCheckpoint {
            number: place.ok_or_else(|| bad("has a negative number"))?,
            size: u64::try_from(size).map_err(|_| bad("has a negative size"))?,
            root: Digest::try_from(root).map_err(|_| bad("has a root that is not 32 bytes long"))?,
            note,
        })
    };
    rows.into_iter().map(read).collect()
}

pub(super) fn load_processes(conn: &mut Conn, first: i64, last: i64) -> Result<HashMap<i64, StoredPayload>, Stop> {
    let rows: Vec<(i64, Vec<u8>, String)> = load_range(conn, LOG_PROCESS, (first, last), |conn, first, last| {
        log_process::table
            .filter(log_process::seq.between(first, last))
            .select((log_process::seq, log_process::salt, log_process::payload))
            .load(conn)
    })?;
    Ok(rows.into_iter().map(|(seq, salt, text)| (seq, StoredPayload { salt, payload: text.into_bytes() })).collect())
}

/// The data key of an owner, if it has one; or why it can't be opened.
type OwnersKey = Result<Option<Key>, String>;

/// Opens personal payloads, each data key unwrapped once.
pub(super) struct Opener<'a> {
    installation: &'a Key,
    keys: HashMap<String, OwnersKey>,
}

impl<'a> Opener<'a> {
    /// With the installation's key.
    pub(super) fn new(installation: &'a Key) -> Opener<'a> {
        Opener { installation, keys: HashMap::new() }
    }

    /// The personal payloads numbered `first..=last`.
    pub(super) fn load(
        &mut self,
        conn: &mut Conn,
        first: i64,
        last: i64,
    ) -> Result<HashMap<i64, StoredPersonal>, Stop> {
        let rows: Vec<(i64, String, Vec<u8>)> = load_range(conn, LOG_PERSONAL, (first, last), |conn, first, last| {
            log_personal::table
                .filter(log_personal::seq.between(first, last))
                .select((log_personal::seq, log_personal::key_owner, log_personal::sealed))
                .load(conn)
        })?;
        let mut opened = HashMap::new();
        for (seq, owner, sealed) in rows {
            let personal = match self.key(conn, &owner)? {
                Err(why) => StoredPersonal::Unreadable(why),
                Ok(Some(key)) => match key.open(&personal_place(seq), &sealed) {
                    Ok(plain) => present(&plain),
                    Err(error) => StoredPersonal::Unreadable(error.to_string()),
                },
                Ok(None) => StoredPersonal::Unreadable(format!("there is no data key for {owner}")),
            };
            opened.insert(seq, personal);
        }
        Ok(opened)
    }

    /// The data key of an owner, if it has one; or why it can't be opened.
    fn key(&mut self, conn: &mut Conn, owner: &str) -> Result<OwnersKey, Stop> {
        if let Some(known) = self.keys.get(owner) {
            return Ok(known.clone());
        }
        let found = match keys::find(conn, self.installation, owner) {
            Ok(found) => Ok(found),
            Err(StoreError::Corrupt { .. }) => Err(format!("the data key of {owner} can't be opened")),
            Err(error) => return Err(Stop::Store(error)),
        };
        self.keys.insert(owner.to_owned(), found.clone());
        Ok(found)
    }
}

fn present(plain: &[u8]) -> StoredPersonal {
    match plain.split_first_chunk::<32>() {
        Some((salt, payload)) => {
            StoredPersonal::Present(StoredPayload { salt: salt.to_vec(), payload: payload.to_vec() })
        }
        None => StoredPersonal::Unreadable("it is too short".into()),
    }
}
