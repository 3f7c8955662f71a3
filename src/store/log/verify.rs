//! Feeding the verifier: every row of the log's tables, in order, in pieces.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::result::Error as DieselError;

use super::load::{
    Opener, PIECE, Stop, digest, load_checkpoints, load_entries, load_handovers, load_head, load_processes,
};
use crate::audit::stored::{LOG_CHECKPOINT, LOG_ENTRY, LOG_NODE, LOG_PERSONAL, LOG_PROCESS};
use crate::audit::{
    Checkpoint, Fault, Handover, KeyChain, Node, StoredEntry, StoredPersonal, Stray, Trust, Verified, Verifier, tree,
};
use crate::seal::Key;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::schema::{log_entry, log_node, log_personal, log_process};

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
    verify_telling(conn, installation, trust, kept, &mut |_| {})
}

/// The same, telling now and then how many entries were looked at.
///
/// # Errors
/// When the database fails.
pub fn verify_telling(
    conn: &mut Conn,
    installation: &Key,
    trust: &Trust,
    kept: &[Checkpoint],
    told: &mut dyn FnMut(u64),
) -> Result<Result<Verified, Fault>, StoreError> {
    match walk(conn, installation, trust, kept, told) {
        Ok(verified) => Ok(Ok(verified)),
        Err(Stop::Fault(fault)) => Ok(Err(fault)),
        Err(Stop::Store(error)) => Err(error),
    }
}

/// The keys of the log, as its own entries lead from what is trusted to the key that signs.
///
/// # Errors
/// [`StoreError::Unfit`] when they lead nowhere; when the database fails.
pub fn key_chain(conn: &mut Conn, trust: &Trust) -> Result<KeyChain, StoreError> {
    chain(conn, trust)?.map_err(|fault| StoreError::Unfit(fault.to_string()))
}

fn chain(conn: &mut Conn, trust: &Trust) -> Result<Result<KeyChain, Fault>, StoreError> {
    let fault = |seq: Option<u64>, why: String| Ok(Err(Fault::new(LOG_PROCESS, seq, why)));
    let notes = match load_handovers(conn) {
        Ok(notes) => notes,
        // Its entry is told when it is read.
        Err(DieselError::DeserializationError(_)) => return fault(None, "holds bytes that are no text".into()),
        Err(error) => return Err(error.into()),
    };
    let mut handovers = Vec::new();
    for (seq, note) in notes {
        match Handover::open(&note) {
            Ok(handover) => handovers.push(handover),
            Err(error) => return fault(u64::try_from(seq).ok(), format!("hands over no key: {error}")),
        }
    }
    Ok(KeyChain::new(trust, &handovers).map_err(|why| Fault::new(LOG_CHECKPOINT, None, why)))
}

fn walk(
    conn: &mut Conn,
    installation: &Key,
    trust: &Trust,
    kept: &[Checkpoint],
    told: &mut dyn FnMut(u64),
) -> Result<Verified, Stop> {
    let head = load_head(conn)?;
    let checkpoints = load_checkpoints(conn)?;
    let keys = chain(conn, trust).map_err(Stop::Store)?;
    let mut verifier = Verifier::new(head, &checkpoints, keys.as_ref().map_err(Clone::clone)).against(kept);
    let mut opener = Opener::new(installation);
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
        told(u64::try_from(last).unwrap_or(0).saturating_add(1));
    }
    let strays = find_strays(conn)?;
    Ok(verifier.finish(&strays)?)
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
