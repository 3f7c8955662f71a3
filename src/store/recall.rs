//! What was counted over many cases, or read of all staff, is known until something changes. `registers.cases_changed` says
//! when that was last: the size of the log after the last act that saved a case, a past case, a paper or somebody of the
//! staff, in whatever node it was done. Views, sign-ins and refusals are entries of the log, and change nothing.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::registers;
use crate::domain::staff::Staff;

/// How long the log was after the last act that had changed something, when something was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CasesAsOf(pub(super) i64);

/// Counts by what they depend on beside the cases: who asks, and for what. Cheap to forget.
pub struct Recall<T> {
    kept: Mutex<BTreeMap<String, (CasesAsOf, T)>>,
    /// Held while something is counted that one alone should count.
    turn: Mutex<()>,
}

/// So many answers are kept; then all are forgotten.
const MOST: usize = 1_000;

impl<T> Default for Recall<T> {
    fn default() -> Self {
        Recall { kept: Mutex::default(), turn: Mutex::default() }
    }
}

impl<T: Clone> Recall<T> {
    /// What was counted for the same asker and the same cases, or else what is counted now. `as_of` was read before, so
    /// what is counted now is as new as that or newer.
    ///
    /// # Errors
    /// What counting fails with.
    pub fn or_count(
        &self,
        as_of: CasesAsOf,
        asker: String,
        count: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = kept().get(&asker).filter(|(at, _)| *at == as_of) {
            return Ok(known.clone());
        }
        let counted = count()?;
        let mut kept = kept();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(asker, (as_of, counted.clone()));
        Ok(counted)
    }

    /// The same for what depends on the cases alone and takes long: those who ask while it is being counted wait for
    /// that, without a connection.
    ///
    /// # Errors
    /// What counting fails with.
    pub fn or_count_in_turn(
        &self,
        as_of: CasesAsOf,
        count: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.or_count(as_of, String::new(), count)
    }
}

/// All that decides which cases a person may know of, and what they may do with them.
pub fn asker(who: &Staff) -> String {
    format!("{} {:?} {:?} {}", who.id, who.roles, who.teams, who.is_cleared)
}

/// How far things have changed.
///
/// # Errors
/// When the database fails.
pub fn as_of(conn: &mut Conn) -> Result<CasesAsOf, StoreError> {
    Ok(CasesAsOf(registers::table.find(1).select(registers::cases_changed).first(conn)?))
}

/// Writes down that something changed, in the act that changed it.
///
/// # Errors
/// When the database fails.
pub(super) fn note_change(conn: &mut Conn, log_size: u64) -> Result<(), StoreError> {
    let size = i64::try_from(log_size).map_err(|e| StoreError::corrupt("registers", 1, e))?;
    diesel::update(registers::table.find(1)).set(registers::cases_changed.eq(size)).execute(conn)?;
    Ok(())
}
