//! The whole log, for auditors, a page at a time. Personal payloads stay sealed.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::run_verification::Progress;
use super::view_case::record_view;
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::CaseReference;
use crate::domain::event::Event;
use crate::domain::id::{CaseId, DemandId, StaffId};
use crate::domain::second_admin::Watch;
use crate::domain::staff::{Actor, Role, Staff, Verb, is_within, may};
use crate::domain::stage::Compartment;
use crate::domain::time::Instant;
use crate::store::alarms::{self, LogStanding};
use crate::store::cases::CaseName;
use crate::store::log::{self, LogFilter, LogRow};
use crate::store::second_admin::{self, NamesAndWatches};
use crate::store::{About, Conn, StoreError, cases, staff};

/// Which part of the log is asked for.
#[derive(Debug, Clone, Default)]
pub struct LogAsked {
    /// Which entries; the case is named by `case`.
    pub filter: LogFilter,
    /// Only entries about the case that people call so.
    pub case: Option<CaseReference>,
    /// Only acts of people who hold this role now. Entries don't say in which role somebody acted.
    pub role: Option<Role>,
}

/// A page of the log.
#[derive(Debug, Clone)]
pub struct LogPage {
    /// Its entries.
    pub lines: Vec<LogLine>,
    /// The number of the entry after which the next page begins, if there is one.
    pub next: Option<i64>,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
    /// What the only admin did alone about people: shown beside their approvals.
    pub watches: Vec<Watch>,
    /// How the log stands.
    pub standing: Standing,
}

/// One entry in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// The entry; the real one where it is the compartment's and the reader is cleared.
    pub row: LogRow,
    /// The case it is about, where this person may know its name.
    pub case: Option<NamedCase>,
    /// Whether it is sealed to everybody who is not cleared.
    pub is_of_compartment: bool,
    /// The number of the demand it is about.
    pub demand: Option<u32>,
}

/// A case as the log calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCase {
    /// Its name among people.
    pub reference: CaseReference,
    /// Whether its page is open to this person.
    pub is_open: bool,
}

/// How the log stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// How many entries it has.
    pub size: i64,
    /// What its last verification came to, and whether alarms are open.
    pub verified: Option<LogStanding>,
    /// The verification that runs on this node now.
    pub running: Option<Progress>,
    /// Whether verifying goes on from the log to every table and document.
    pub is_deep: bool,
    /// How many entries the last checkpoint covers, and when it was signed.
    pub signed: Option<(i64, Instant)>,
}

/// How many entries a page has.
pub const PAGE: i64 = 100;

/// What readings of the log are kept under; a log has no id of its own.
pub(super) const THE_LOG: Uuid = Uuid::nil();

/// Shows a page of the log. That somebody read it stands in the log, once per session in 15 minutes.
///
/// # Errors
/// A refusal for people who may not read the log (in the log).
pub fn view_log(ctx: &Ctx, who: &SignedIn, asked: LogAsked) -> Result<LogPage, ActionError> {
    refuse_others(ctx, who)?;
    record_view(ctx, who, THE_LOG, About::Register, Event::LogViewed {})?;
    let page = ctx.store.read(|conn| {
        let (lines, has_more) = read_lines(ctx, conn, &who.staff, asked, PAGE)?;
        let next = lines.last().filter(|_| has_more).map(|line| line.row.seq);
        let NamesAndWatches { names, watches } = second_admin::names_and_watches(conn)?;
        Ok::<_, StoreError>(LogPage { lines, next, names, watches, standing: standing(ctx, conn)? })
    })?;
    Ok(page)
}

pub(super) fn refuse_others(ctx: &Ctx, who: &SignedIn) -> Result<(), ActionError> {
    match may(&who.staff, Verb::ReadLog, None) {
        Ok(()) => Ok(()),
        Err(refusal) => ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::ReadLog))),
    }
}

/// At most `limit` entries with their cases, and whether there are more: at most five statements.
pub(super) fn read_lines(
    ctx: &Ctx,
    conn: &mut Conn,
    who: &Staff,
    asked: LogAsked,
    limit: i64,
) -> Result<(Vec<LogLine>, bool), StoreError> {
    let LogAsked { mut filter, case, role } = asked;
    if let Some(role) = role {
        let holders = staff::holders(conn, role)?;
        filter.actors = Some(holders.into_iter().map(|id| Actor::Staff(id).to_string()).collect());
    }
    if let Some(reference) = &case {
        match key_of(ctx, conn, who, reference)? {
            Some(key) => filter.case_key = Some(key),
            // As of a case that nothing has happened to.
            None => return Ok((Vec::new(), false)),
        }
    }
    let mut rows = log::list_entries(conn, &filter, limit.saturating_add(1))?;
    let has_more = i64::try_from(rows.len()).is_ok_and(|count| count > limit);
    if has_more {
        rows.pop();
    }
    Ok((with_cases(ctx, conn, who, rows)?, has_more))
}

/// How the log names a case that people call by this reference; none when there is no such case, or when this
/// person may not know that a national-security case has it.
fn key_of(ctx: &Ctx, conn: &mut Conn, who: &Staff, reference: &CaseReference) -> Result<Option<String>, StoreError> {
    let Some(name) = cases::find_name(conn, reference)?.filter(|name| shows_name(who, name)) else { return Ok(None) };
    log::case_key(conn, ctx.store.installation_key(), name.id, name.compartment).map(Some)
}

/// Puts the cases' names to entries, and opens the compartment's acts to who is cleared.
pub(super) fn with_cases(
    ctx: &Ctx,
    conn: &mut Conn,
    who: &Staff,
    mut rows: Vec<LogRow>,
) -> Result<Vec<LogLine>, StoreError> {
    let behind =
        if who.is_cleared { log::open_acts(conn, ctx.store.installation_key(), &mut rows)? } else { BTreeMap::new() };
    let case_of = |row: &LogRow| behind.get(&row.seq).copied().or_else(|| row.case_key.as_deref()?.parse().ok());
    let ids: Vec<CaseId> = rows.iter().filter_map(case_of).collect();
    let names = cases::list_names(conn, &ids)?;
    let demands = cases::demand_numbers(conn, &rows.iter().filter_map(demand_of).collect::<Vec<_>>())?;
    let line = |row: LogRow| {
        let name = case_of(&row).and_then(|id| names.get(&id)).filter(|name| shows_name(who, name));
        let is_of_compartment = row.is_sealed() || behind.contains_key(&row.seq);
        let demand = demand_of(&row).and_then(|id| demands.get(&id)).copied();
        LogLine { case: name.map(|name| NamedCase::new(who, name)), is_of_compartment, demand, row }
    };
    Ok(rows.into_iter().map(line).collect())
}

/// The one demand that an entry is about, which its payload names by id.
fn demand_of(row: &LogRow) -> Option<DemandId> {
    let place = match row.kind.as_str() {
        "collection.recorded" => "/result/demand",
        "demand.added" | "demand.changed" => "/demand/id",
        "demand.removed" => "/demand",
        _ => return None,
    };
    let payload: serde_json::Value = serde_json::from_str(&row.process).ok()?;
    payload.pointer(place)?.as_str()?.parse().ok()
}

/// Whether the log tells this person a case's name: all but those of the national-security compartment.
fn shows_name(who: &Staff, name: &CaseName) -> bool {
    name.compartment != Compartment::NationalSecurity || who.is_cleared
}

impl NamedCase {
    /// A case's name, for somebody the log tells it to.
    pub(super) fn new(who: &Staff, name: &CaseName) -> NamedCase {
        NamedCase { reference: name.reference.clone(), is_open: is_within(who, name.compartment, &name.named) }
    }
}

/// Three statements.
fn standing(ctx: &Ctx, conn: &mut Conn) -> Result<Standing, StoreError> {
    Ok(Standing {
        size: log::size(conn)?,
        verified: alarms::standing(conn)?,
        running: ctx.verifying.seen(),
        is_deep: ctx.verifies_everything,
        signed: log::last_checkpoint(conn)?,
    })
}
