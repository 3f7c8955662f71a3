//! What the log tells, for comparing the tables with it: its entries as events, and a survey of whose entries it holds.

use std::collections::{BTreeMap, BTreeSet};

use diesel::dsl::min;
use diesel::prelude::*;
use uuid::Uuid;

use super::append::pseudonym;
use super::read::{COLUMNS, Values, row};
use super::sealed::{open_personal, opened};
use crate::audit::SEALED_KIND;
use crate::domain::event::{Event, Payloads};
use crate::domain::id::CaseId;
use crate::domain::time::Instant;
use crate::seal::Key;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::schema::{log_entry, log_personal, log_process};
use crate::store::{each_row, keys};

/// One entry as an event.
#[derive(Debug)]
pub(in crate::store) struct ToldEntry {
    /// Number in the log.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// Who, as the entry spells it.
    pub actor: String,
    /// What it is about: a case or a past case, also where the log names it by a pseudonym.
    pub about: Option<Uuid>,
    /// What happened; nothing where its personal part was erased.
    pub event: Option<Event>,
}

/// Which entries.
pub(in crate::store) enum Which<'a> {
    /// Those about what the log calls by these names.
    About(&'a [String]),
    /// Those with these numbers.
    Numbered(&'a [i64]),
    /// Those of these kinds that are about nothing in particular, after a number; so many.
    OfRegister { kinds: &'a [&'a str], after: i64, limit: i64 },
    /// Those of a kind, after a number; so many.
    OfKind { kind: &'a str, after: i64, limit: i64 },
}

/// Kinds that never change a row that is compared.
const NO_CHANGE: &[&str] = &[
    "action.refused",
    "archive.exported",
    "case.viewed",
    "document.viewed",
    "entry.unsealed",
    "mail.retried",
    "mail.sent",
    "task.viewed",
];

/// Reads entries as events.
pub(in crate::store) struct Teller<'k> {
    installation: &'k Key,
    compartment: Option<Key>,
    register: Option<(String, Key)>,
}

impl<'k> Teller<'k> {
    /// With the key of the closed compartment, where there is one.
    pub(in crate::store) fn new(installation: &'k Key, compartment: Option<Key>) -> Teller<'k> {
        Teller { installation, compartment, register: None }
    }

    /// These entries, in the order of the log. Those that change nothing may be left out.
    ///
    /// # Errors
    /// When the database fails, or a payload can't be opened or read.
    pub(in crate::store) fn entries(
        &mut self,
        conn: &mut Conn,
        which: &Which<'_>,
    ) -> Result<Vec<ToldEntry>, StoreError> {
        let mut query = log_entry::table
            .inner_join(log_process::table)
            .left_join(log_personal::table)
            .order(log_entry::seq.asc())
            .select((COLUMNS, log_personal::key_owner.nullable(), log_personal::sealed.nullable()))
            .into_boxed();
        query = match which {
            Which::About(names) => {
                query.filter(log_entry::case_key.eq_any(*names).and(log_entry::kind.ne_all(NO_CHANGE)))
            }
            Which::Numbered(numbers) => query.filter(log_entry::seq.eq_any(*numbers)),
            Which::OfRegister { kinds, after, limit } => query
                .filter(log_entry::case_key.is_null().and(log_entry::kind.eq_any(*kinds)))
                .filter(log_entry::seq.gt(*after))
                .limit(*limit),
            Which::OfKind { kind, after, limit } => {
                query.filter(log_entry::kind.eq(*kind).and(log_entry::seq.gt(*after))).limit(*limit)
            }
        };
        let rows: Vec<(Values, Option<String>, Option<Vec<u8>>)> = query.load(conn)?;
        let owners: BTreeSet<&String> = rows.iter().filter_map(|(_, owner, _)| owner.as_ref()).collect();
        let keys = self.keys(conn, owners)?;
        rows.into_iter().map(|(values, owner, sealed)| self.told(values, owner.zip(sealed), &keys)).collect()
    }

    /// How the log calls a case of the closed compartment.
    pub(in crate::store) fn pseudonym(&self, case: CaseId) -> String {
        self.compartment.as_ref().map_or_else(|| case.to_string(), |key| pseudonym(key, case))
    }

    fn keys(&mut self, conn: &mut Conn, owners: BTreeSet<&String>) -> Result<BTreeMap<String, Key>, StoreError> {
        let known = self.register.clone().filter(|(owner, _)| owners.contains(owner));
        let wanted: Vec<String> =
            owners.into_iter().filter(|owner| known.as_ref().is_none_or(|(k, _)| k != *owner)).cloned().collect();
        let mut keys =
            if wanted.is_empty() { BTreeMap::new() } else { keys::find_openable(conn, self.installation, &wanted)? };
        let register = keys::KeyOwner::Register.to_string();
        if let Some(key) = keys.get(&register) {
            self.register = Some((register, key.clone()));
        }
        keys.extend(known);
        Ok(keys)
    }

    fn told(
        &self,
        values: Values,
        personal: Option<(String, Vec<u8>)>,
        keys: &BTreeMap<String, Key>,
    ) -> Result<ToldEntry, StoreError> {
        let row = row(values)?;
        let (case, kind, process) = opened(&row, self.compartment.as_ref())?;
        let named = || row.case_key.as_deref().and_then(|name| Uuid::parse_str(name).ok());
        let about = case.map(|case| case.0).or_else(named);
        let key = personal.as_ref().and_then(|(owner, _)| keys.get(owner));
        let event = match (&personal, key) {
            (Some((_, sealed)), Some(key)) => {
                let personal = open_personal(row.seq, sealed, key)?.payload;
                let payloads = Payloads { kind, process, personal };
                Some(Event::join(&payloads).map_err(|e| StoreError::corrupt("log_process", row.seq, e))?)
            }
            _ => None,
        };
        Ok(ToldEntry { seq: row.seq, at: row.at, actor: row.actor, about, event })
    }
}

/// A name under which entries stand, and when the first was written.
type First = (Option<String>, Option<i64>);

/// Whose entries the log holds, and when the first of each was written.
#[derive(Debug, Default)]
pub(in crate::store) struct Survey {
    /// Cases, and arrivals of papers that no case was opened for.
    pub cases: BTreeMap<Uuid, Instant>,
    /// Past cases.
    pub past_cases: BTreeMap<Uuid, Instant>,
    /// Cases under pseudonyms.
    pub pseudonyms: BTreeMap<String, Instant>,
    /// The first entry about nothing in particular.
    pub register: Option<Instant>,
    /// Names under which the personal part of an entry was erased.
    pub erased: BTreeSet<String>,
}

impl Survey {
    /// Looks the log through: three statements.
    ///
    /// # Errors
    /// When the database fails.
    pub(in crate::store) fn of(conn: &mut Conn) -> Result<Survey, StoreError> {
        let mut survey = Survey::default();
        let past: BTreeSet<Uuid> = {
            let names: Vec<Option<String>> =
                log_entry::table.filter(log_entry::kind.eq("case.imported")).select(log_entry::case_key).load(conn)?;
            names.into_iter().flatten().filter_map(|name| Uuid::parse_str(&name).ok()).collect()
        };
        let firsts =
            log_entry::table.group_by(log_entry::case_key).select((log_entry::case_key, min(log_entry::at_micros)));
        each_row!(conn, firsts, First, |row: QueryResult<First>| -> Result<(), StoreError> {
            let (name, micros) = row?;
            if let Some(at) = micros.and_then(Instant::from_micros) {
                survey.take(&past, name, at);
            }
            Ok(())
        })?;
        let erased: Vec<Option<String>> = log_entry::table
            .left_join(log_personal::table)
            .filter(log_personal::seq.nullable().is_null())
            .select(log_entry::case_key)
            .distinct()
            .load(conn)?;
        survey.erased = erased.into_iter().flatten().collect();
        Ok(survey)
    }

    fn take(&mut self, past: &BTreeSet<Uuid>, name: Option<String>, at: Instant) {
        let Some(name) = name else {
            self.register = Some(at);
            return;
        };
        match Uuid::parse_str(&name).ok().filter(|_| name.contains('-')) {
            Some(id) if past.contains(&id) => drop(self.past_cases.insert(id, at)),
            Some(id) => drop(self.cases.insert(id, at)),
            None => drop(self.pseudonyms.insert(name, at)),
        }
    }

    /// When the first sealed act was written.
    pub(in crate::store) fn first_sealed(&self) -> Option<Instant> {
        self.pseudonyms.values().min().copied()
    }

    /// The kind under which acts of the closed compartment stand.
    pub(in crate::store) const SEALED: &'static str = SEALED_KIND;
}
