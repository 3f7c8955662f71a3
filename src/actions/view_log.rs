//! The whole log, for auditors. Personal payloads stay sealed.

use std::collections::BTreeMap;

use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::{Case, CaseReference};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, StaffId};
use crate::domain::second_admin::Watch;
use crate::domain::staff::{Verb, may};
use crate::domain::stage::Compartment;
use crate::store::log::{self, LogFilter, LogRow};
use crate::store::second_admin::{self, NamesAndWatches};
use crate::store::{About, StoreError, cases};

/// A page of the log, newest first.
#[derive(Debug, Clone)]
pub struct LogPage {
    /// Its entries.
    pub rows: Vec<LogRow>,
    /// The number before which the next page begins, if there is one.
    pub next_before: Option<i64>,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
    /// What the only admin did alone about people: shown beside their approvals.
    pub watches: Vec<Watch>,
    /// References by case id, for the entries on this page.
    pub references: BTreeMap<String, String>,
}

/// How many entries a page has.
pub const PAGE: i64 = 100;

/// Shows a page of the log. The first page of a reading stands in the log itself.
///
/// # Errors
/// A refusal for people who may not read the log (in the log).
pub fn view_log(ctx: &Ctx, who: &SignedIn, filter: LogFilter) -> Result<LogPage, ActionError> {
    if let Err(refusal) = may(&who.staff, Verb::ReadLog, None) {
        return ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::ReadLog)));
    }
    if filter.before.is_none() {
        ctx.write(&who.staff, |tx| Ok(tx.record(&Event::LogViewed {}, About::Register)?))?;
    }
    let page = ctx.store.read(|conn| {
        let mut rows = log::list_entries(conn, &filter, PAGE + 1)?;
        let has_more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
        if has_more {
            rows.pop();
        }
        let ids: Vec<CaseId> = rows.iter().filter_map(|r| r.case_key.as_deref()?.parse().ok()).collect();
        let references = cases::references(conn, &ids)?;
        let next_before = rows.last().filter(|_| has_more).map(|r| r.seq);
        let NamesAndWatches { names, watches } = second_admin::names_and_watches(conn)?;
        Ok::<_, StoreError>(LogPage { rows, next_before, names, watches, references })
    })?;
    Ok(page)
}

/// How the log names a case that people call by this reference; none when there is no such case, or when this
/// person may not know that a national-security case has it.
///
/// # Errors
/// A refusal for people who may not read the log (in the log).
pub fn case_key(ctx: &Ctx, who: &SignedIn, reference: &CaseReference) -> Result<Option<String>, ActionError> {
    if let Err(refusal) = may(&who.staff, Verb::ReadLog, None) {
        return ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::ReadLog)));
    }
    let case = ctx.store.read(|conn| cases::find_by_reference(conn, reference))?;
    let may_know = |case: &Case| case.compartment != Compartment::NationalSecurity || who.staff.is_cleared;
    Ok(case.filter(may_know).map(|case| case.id.to_string()))
}
