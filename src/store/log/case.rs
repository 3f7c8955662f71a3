//! A case's events, for its own log and for replay.

use diesel::prelude::*;

use super::read::{COLUMNS, Values, row};
use super::sealed::{open_personal, opened};
use crate::domain::event::{Event, Payloads};
use crate::domain::id::CaseId;
use crate::domain::time::Instant;
use crate::seal::Key;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::keys::{self, KeyOwner};
use crate::store::schema::{log_entry, log_personal, log_process};

/// An event of a case with its entry's number and time; `event` is `None` where its personal data was erased.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseEvent {
    /// Number in the log.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// Who, as the entry spells it.
    pub actor: String,
    /// What happened.
    pub kind: String,
    /// The event, if its payloads can be opened.
    pub event: Option<Event>,
}

/// A personal payload as it is kept, and whose key it is sealed under.
type Sealed = (String, Vec<u8>);

/// All events of a case, oldest first: two statements. Entries of a closed compartment are opened: the caller has
/// checked the right to know.
///
/// # Errors
/// When the database fails, or a payload can't be opened.
pub fn case_events(conn: &mut Conn, installation: &Key, case: CaseId) -> Result<Vec<CaseEvent>, StoreError> {
    let compartment = KeyOwner::NationalSecurity.to_string();
    let owners = [compartment.clone(), KeyOwner::Case(case).to_string(), KeyOwner::Register.to_string()];
    let keys = keys::find_all(conn, installation, &owners)?;
    let compartment = keys.get(&compartment);
    let mut names = vec![case.to_string()];
    names.extend(compartment.map(|key| super::append::pseudonym(key, case)));
    let rows: Vec<(Values, Option<Sealed>)> = log_entry::table
        .inner_join(log_process::table)
        .left_join(log_personal::table)
        .filter(log_entry::case_key.eq_any(names))
        .order(log_entry::seq.asc())
        .select((COLUMNS, (log_personal::key_owner, log_personal::sealed).nullable()))
        .load(conn)?;
    let read = |(values, personal): (Values, Option<Sealed>)| {
        let row = row(values)?;
        let (_, kind, process) = opened(&row, compartment)?;
        let event = match personal.and_then(|(owner, sealed)| keys.get(&owner).map(|key| (sealed, key))) {
            Some((sealed, key)) => {
                let personal = open_personal(row.seq, &sealed, key)?.payload;
                let payloads = Payloads { kind: kind.clone(), process, personal };
                Some(Event::join(&payloads).map_err(|e| StoreError::corrupt("log_process", row.seq, e))?)
            }
            _ => None,
        };
        Ok(CaseEvent { seq: row.seq, at: row.at, actor: row.actor, kind, event })
    };
    rows.into_iter().map(read).collect()
}
