//! Feeding the verifier: every row of the log's tables, in order, in pieces.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::result::Error as DieselError;

use super::append::personal_place;
use crate::audit::stored::{LOG_CHECKPOINT, LOG_ENTRY, LOG_HEAD, LOG_NODE, LOG_PERSONAL, LOG_PROCESS};
use crate::audit::{
    Checkpoint, Digest, Fault, Node, StoredCheckpoint, StoredEntry, StoredHead, StoredPayload, StoredPersonal, Stray,
    Trust, Verified, Verifier, tree,
};
use crate::seal::Key;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::keys;
use crate::store::schema::{log_checkpoint, log_entry, log_head, log_node, log_personal, log_process};

/// How many entries are read at a time.
const PIECE: i64 = 2_000;

type EntryColumns = (i64, i64, String, String, Option<String>, Vec<u8>, Vec<u8>);

/// Re-derives the whole log. The outer error is the database's; the inner result is what verification found.
///
/// # Errors
/// When the database fails.
pub fn verify(conn: &mut Conn, installation: &Key, trust: &Trust) -> Result<Result<Verified, Fault>, StoreError> {
    verify_against(conn, installation, trust, &[])
}

/// The same, and that the log begins with what these checkpoints cover, which somebody kept elsewhere.
///
/// # Errors
/// When the database fails.
pub fn verify_against(
    conn: &mut Conn,
    installation: &Key,
    trust: &Trust,
    kept: &[Checkpoint],
) -> Result<Result<Verified, Fault>, StoreError> {
    match walk(conn, installation, trust, kept) {
        Ok(verified) => Ok(Ok(verified)),
        Err(Stop::Fault(fault)) => Ok(Err(fault)),
        Err(Stop::Store(error)) => Err(error),
    }
}

enum Stop {
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

fn walk(conn: &mut Conn, installation: &Key, trust: &Trust, kept: &[Checkpoint]) -> Result<Verified, Stop> {
    let head = load_head(conn)?;
    let checkpoints = load_checkpoints(conn)?;
    let mut verifier = Verifier::new(head, &checkpoints, trust).against(kept);
    let mut opener = Opener { installation, keys: HashMap::new() };
    let mut after = i64::MIN;
    loop {
        let numbers: Vec<i64> = log_entry::table
            .filter(log_entry::seq.gt(after))
            .order(log_entry::seq.asc())
            .limit(PIECE)
            .select(log_entry::seq)
            .load(conn)?;
        let (Some(&first), Some(&last)) = (numbers.first(), numbers.last()) else { break };
        let rows = load_entries(conn, first, last)?;
        let mut processes = load_processes(conn, first, last)?;
        let mut personals = opener.load(conn, first, last)?;
        let mut nodes = load_nodes(conn, first, last)?;
        for (seq, at_micros, actor, kind, case, bytes, leaf) in rows {
            let number = u64::try_from(seq).map_err(|_| Fault::new(LOG_ENTRY, None, "has a negative number"))?;
            let entry = StoredEntry {
                seq: number,
                at_micros,
                actor,
                kind,
                case,
                bytes,
                leaf: digest(LOG_ENTRY, number, &leaf)?,
                process: processes.remove(&seq),
                personal: personals.remove(&seq).unwrap_or(StoredPersonal::Absent),
            };
            verifier.entry(&entry, &nodes.remove(&number).unwrap_or_default())?;
        }
        after = last;
    }
    let strays = find_strays(conn)?;
    Ok(verifier.finish(&strays)?)
}

/// The rows numbered `first..=last`. SQLite keeps bytes that are no text where a text belongs if somebody puts them
/// there; then the fault names the row.
fn load_range<T>(
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

fn load_entries(conn: &mut Conn, first: i64, last: i64) -> Result<Vec<EntryColumns>, Stop> {
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

fn digest(table: &'static str, seq: u64, bytes: &[u8]) -> Result<Digest, Fault> {
    Digest::try_from(bytes).map_err(|_| Fault::new(table, seq, "has a hash that is not 32 bytes long"))
}

fn load_head(conn: &mut Conn) -> Result<Option<StoredHead>, Stop> {
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

fn load_checkpoints(conn: &mut Conn) -> Result<Vec<StoredCheckpoint>, Stop> {
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

fn load_processes(conn: &mut Conn, first: i64, last: i64) -> Result<HashMap<i64, StoredPayload>, Stop> {
    let rows: Vec<(i64, Vec<u8>, String)> = load_range(conn, LOG_PROCESS, (first, last), |conn, first, last| {
        log_process::table
            .filter(log_process::seq.between(first, last))
            .select((log_process::seq, log_process::salt, log_process::payload))
            .load(conn)
    })?;
    Ok(rows.into_iter().map(|(seq, salt, text)| (seq, StoredPayload { salt, payload: text.into_bytes() })).collect())
}

/// Nodes by the leaf that completes them, for the leaves `first..=last`.
fn load_nodes(conn: &mut Conn, first: i64, last: i64) -> Result<HashMap<u64, Vec<Node>>, Stop> {
    let mut by_leaf: HashMap<u64, Vec<Node>> = HashMap::new();
    for level in 0..=62_u8 {
        let from = first.saturating_add(1) >> level;
        let to = last.saturating_add(1) >> level;
        if to == 0 {
            break;
        }
        let rows: Vec<(i64, Vec<u8>)> = log_node::table
            .filter(log_node::level.eq(i32::from(level)).and(log_node::position.between(from - 1, to - 1)))
            .order(log_node::position.asc())
            .select((log_node::position, log_node::hash))
            .load(conn)?;
        for (position, hash) in rows {
            let Ok(index) = u64::try_from(position) else { continue };
            let Some(leaf) = tree::completing_leaf(level, index) else { continue };
            let is_in_piece = i64::try_from(leaf).is_ok_and(|leaf| first <= leaf && leaf <= last);
            if is_in_piece {
                by_leaf.entry(leaf).or_default().push(Node { level, index, hash: digest(LOG_NODE, leaf, &hash)? });
            }
        }
    }
    Ok(by_leaf)
}

/// Rows that belong to no entry.
fn find_strays(conn: &mut Conn) -> Result<Vec<Stray>, Stop> {
    let entries = || log_entry::table.select(log_entry::seq);
    let processes: Vec<i64> =
        log_process::table.filter(log_process::seq.ne_all(entries())).select(log_process::seq).limit(10).load(conn)?;
    let personals: Vec<i64> = log_personal::table
        .filter(log_personal::seq.ne_all(entries()))
        .select(log_personal::seq)
        .limit(10)
        .load(conn)?;
    let size: i64 = log_entry::table.count().get_result(conn)?;
    let stray = |table, seq: i64| Stray { table, seq: u64::try_from(seq).ok() };
    let mut strays: Vec<Stray> = processes.into_iter().map(|seq| stray(LOG_PROCESS, seq)).collect();
    strays.extend(personals.into_iter().map(|seq| stray(LOG_PERSONAL, seq)));
    strays.extend(stray_nodes(conn, size)?);
    Ok(strays)
}

/// Nodes that no entry completes: beyond the log's end, or at a place no tree has.
fn stray_nodes(conn: &mut Conn, size: i64) -> Result<Vec<Stray>, Stop> {
    let levels: Vec<i32> = log_node::table.select(log_node::level).distinct().load(conn)?;
    let mut strays = Vec::new();
    for level in levels {
        let width = u8::try_from(level).ok().filter(|l| *l <= 62);
        let beyond = width.map_or(0, |l| size >> l);
        let rows: Vec<i64> = log_node::table
            .filter(log_node::level.eq(level).and(log_node::position.ge(beyond).or(log_node::position.lt(0))))
            .select(log_node::position)
            .limit(10)
            .load(conn)?;
        strays.extend(rows.into_iter().map(|position| Stray {
            table: LOG_NODE,
            seq: width.and_then(|l| u64::try_from(position).ok().and_then(|index| tree::completing_leaf(l, index))),
        }));
    }
    Ok(strays)
}

/// Opens personal payloads, each data key unwrapped once.
struct Opener<'a> {
    installation: &'a Key,
    keys: HashMap<String, Option<Key>>,
}

impl Opener<'_> {
    fn load(&mut self, conn: &mut Conn, first: i64, last: i64) -> Result<HashMap<i64, StoredPersonal>, Stop> {
        let rows: Vec<(i64, String, Vec<u8>)> = load_range(conn, LOG_PERSONAL, (first, last), |conn, first, last| {
            log_personal::table
                .filter(log_personal::seq.between(first, last))
                .select((log_personal::seq, log_personal::key_owner, log_personal::sealed))
                .load(conn)
        })?;
        let mut opened = HashMap::new();
        for (seq, owner, sealed) in rows {
            let personal = match self.key(conn, &owner)? {
                Some(key) => match key.open(&personal_place(seq), &sealed) {
                    Ok(plain) => present(&plain),
                    Err(error) => StoredPersonal::Unreadable(error.to_string()),
                },
                None => StoredPersonal::Unreadable(format!("there is no data key for {owner}")),
            };
            opened.insert(seq, personal);
        }
        Ok(opened)
    }

    fn key(&mut self, conn: &mut Conn, owner: &str) -> Result<Option<Key>, Stop> {
        if !self.keys.contains_key(owner) {
            let found = keys::find(conn, self.installation, owner).map_err(Stop::Store)?;
            self.keys.insert(owner.to_owned(), found);
        }
        Ok(self.keys.get(owner).cloned().flatten())
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
