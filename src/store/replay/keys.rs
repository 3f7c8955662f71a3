//! Data keys: each is there for whoever has entries in the log, was made with the first of them, and opens.

use std::collections::{BTreeMap, HashSet};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::cells::{Span, each};
use super::tables::table;
use super::{Journal, moment};
use crate::audit::difference::{Difference, Found};
use crate::domain::id::{CaseId, PastCaseId};
use crate::domain::time::Instant;
use crate::seal::Key;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::keys::{KeyOwner, opens};
use crate::store::log::Survey;

const DATA_KEYS: &str = "data_keys";

/// Whose key is expected, and since when.
struct Owners<'s> {
    survey: &'s Survey,
    /// Cases of the closed compartment, by their own ids; nothing where its acts can't be opened.
    secret: Option<&'s BTreeMap<Uuid, String>>,
}

impl Owners<'_> {
    fn since(&self, owner: &str) -> Option<Instant> {
        let id = |text: &str| text.parse::<Uuid>().ok();
        if let Some(case) = owner.strip_prefix("case:").and_then(id) {
            let pseudonym =
                self.secret.and_then(|secret| secret.get(&case)).and_then(|name| self.survey.pseudonyms.get(name));
            return pseudonym.or_else(|| self.survey.cases.get(&case)).copied();
        }
        if let Some(past) = owner.strip_prefix("past_case:").and_then(id) {
            return self.survey.past_cases.get(&past).copied();
        }
        match owner {
            "register" => self.survey.register,
            "compartment:national_security" => self.survey.first_sealed(),
            _ => None,
        }
    }

    /// Whether personal payloads under this key are gone, and the key with them: one of a case, or of a past case.
    fn is_erased(&self, owner: &str) -> bool {
        let Some((_, name)) = owner.split_once(':') else { return false };
        let id = name.parse::<Uuid>().ok();
        let pseudonym = id.and_then(|id| self.secret?.get(&id));
        self.survey.erased.contains(name) || pseudonym.is_some_and(|name| self.survey.erased.contains(name))
    }

    fn all(&self) -> impl Iterator<Item = KeyOwner> {
        let secret = self.secret.into_iter().flat_map(BTreeMap::keys);
        let cases = self.survey.cases.keys().chain(secret).map(|id| KeyOwner::Case(CaseId(*id)));
        let past = self.survey.past_cases.keys().map(|id| KeyOwner::PastCase(PastCaseId(*id)));
        let register = self.survey.register.map(|_| KeyOwner::Register);
        let compartment = self.survey.first_sealed().map(|_| KeyOwner::NationalSecurity);
        cases.chain(past).chain(register).chain(compartment)
    }
}

/// Compares the data keys with the log. Where a key opens is said, never what it is.
///
/// # Errors
/// When the database fails.
pub(super) fn compare(
    conn: &mut Conn,
    installation: &Key,
    survey: &Survey,
    secret: Option<&BTreeMap<Uuid, String>>,
    journal: &mut Journal<'_>,
) -> Result<(), StoreError> {
    let Some(table) = table(DATA_KEYS) else { return Ok(()) };
    let owners = Owners { survey, secret };
    let mut seen = HashSet::new();
    each(conn, table, Span::All, |owner, row| {
        journal.count(DATA_KEYS, 1);
        let value = |column: &str| row.iter().find(|(name, _)| *name == column).and_then(|(_, value)| value.clone());
        let made = value("created_at");
        match owners.since(&owner) {
            // It may be that of a case whose acts can't be opened.
            Some(_) if owners.is_erased(&owner) => {
                journal.note(Difference::untold(DATA_KEYS, owner));
                return Ok(());
            }
            None if owner.starts_with("case:") && secret.is_none() && survey.first_sealed().is_some() => {}
            None => {
                journal.note(Difference::untold(DATA_KEYS, owner));
                return Ok(());
            }
            Some(since) if made.as_deref() != Some(&moment(since)) => {
                journal.note(Difference::column(DATA_KEYS, &owner, "created_at", made, moment(since)));
            }
            Some(_) => {}
        }
        if !is_sound(installation, &owner, &row) {
            let (found, expected) = ("bytes that do not open", "the key, sealed under the installation's key");
            journal.note(Difference::column(DATA_KEYS, &owner, "wrapped", found.to_owned(), expected.to_owned()));
        }
        seen.insert(mark(&owner));
        Ok(())
    })?;
    for owner in owners.all() {
        let owner = owner.to_string();
        if !seen.contains(&mark(&owner)) && !owners.is_erased(&owner) {
            journal.note(Difference::missing(DATA_KEYS, owner));
        }
    }
    Ok(())
}

/// An owner in few bytes: a register may have a million.
fn mark(owner: &str) -> [u8; 16] {
    let mut mark = [0; 16];
    mark.iter_mut().zip(Sha256::digest(owner.as_bytes())).for_each(|(to, from)| *to = from);
    mark
}

fn is_sound(installation: &Key, owner: &str, row: &Found) -> bool {
    let wrapped = row.iter().find(|(name, _)| *name == "wrapped").and_then(|(_, value)| value.as_ref());
    wrapped.and_then(|hex| hex::decode(hex).ok()).is_some_and(|bytes| opens(installation, owner, &bytes))
}
