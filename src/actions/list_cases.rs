//! The queue: the cases a person works on, by lane, filters and order.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::view_case::{MOST_WAITING, WAITS};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::id::{AgencyId, CaseId, StaffId};
use crate::domain::queue::{After, Filter};
use crate::domain::staff::{Verb, may};
use crate::store::housekeep::{self, SavedView};
use crate::store::queue::{self, CaseLine, Counts};
use crate::store::recall::{Recall, asker};
use crate::store::staff::{self, Colleague};
use crate::store::{Conn, StoreError, documents};

/// A page of the queue.
#[derive(Debug, Clone)]
pub struct QueuePage {
    /// Its lines, in the order asked for.
    pub lines: Vec<CaseLine>,
    /// How many demands each case has.
    pub demands: BTreeMap<CaseId, i64>,
    /// The cases on which a secrecy order binds today.
    pub secret: BTreeSet<CaseId>,
    /// Who approved the scopes in force.
    pub approvers: BTreeMap<CaseId, Vec<StaffId>>,
    /// Where the next page goes on, if there is one.
    pub next: Option<After>,
    /// How many cases each lane has.
    pub counts: Counts,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
    /// Who could take a case: the people of one's teams who work on cases.
    pub colleagues: Vec<Colleague>,
    /// Agencies with cases in this lane: id, name, country.
    pub agencies: Vec<(AgencyId, String, String)>,
    /// The person's own views.
    pub views: Vec<SavedView>,
    /// How many papers this person took in and opened no case for.
    pub without_case: usize,
}

/// How many lines a page has.
pub const PAGE: i64 = 50;
/// How many agencies the filter offers.
const AGENCIES: i64 = 300;

/// Lists a page of cases: eight statements at most.
///
/// # Errors
/// A refusal for people who work on no cases (in the log).
pub fn list_cases(ctx: &Ctx, who: &SignedIn, filter: &Filter, after: Option<&After>) -> Result<QueuePage, ActionError> {
    ask(ctx, who)?;
    let now = ctx.now();
    ctx.store
        .read(|conn| {
            let mut rows = queue::list_cases(conn, &who.staff, filter, now, (after, PAGE + 1))?;
            let has_more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
            if has_more {
                rows.pop();
            }
            let next = rows.last().filter(|_| has_more).map(|(line, ..)| line.place(filter.order()));
            let (names, colleagues) = recalled(who, ctx.store.people(), "", || staff::people(conn, &who.staff.teams))?;
            Ok::<_, StoreError>(QueuePage {
                demands: rows.iter().map(|(line, demands, _)| (line.id, *demands)).collect(),
                secret: rows.iter().filter(|(.., is_secret)| *is_secret).map(|(line, ..)| line.id).collect(),
                lines: rows.into_iter().map(|(line, ..)| line).collect(),
                approvers: BTreeMap::new(),
                next,
                counts: recalled(who, ctx.store.lanes(), now.day(), || queue::count_lanes(conn, &who.staff, now))?,
                names,
                colleagues,
                agencies: recalled(who, ctx.store.agencies(), filter.lane, || {
                    queue::list_agencies(conn, &who.staff, filter.lane, AGENCIES)
                })?,
                views: housekeep::saved_views(conn, who.staff.id)?,
                without_case: recalled(who, ctx.store.waiting(), now.day(), || {
                    documents::arrivals(conn, &[who.staff.id], now.plus(-WAITS), MOST_WAITING)
                        .map(|papers| papers.len())
                })?,
            })
            .and_then(|page| with_approvers(conn, page))
        })
        .map_err(ActionError::from)
}

/// What was counted for the same person before, as long as nothing has changed since, or else what is counted now.
fn recalled<T: Clone>(
    who: &SignedIn,
    recall: &Recall<T>,
    about: impl Display,
    count: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    match who.as_of {
        Some(as_of) => recall.or_count(as_of, format!("{} {about}", asker(&who.staff)), count),
        None => count(),
    }
}

/// Asks whether this person may work at the queue; a refusal goes to the log.
///
/// # Errors
/// The refusal.
pub(super) fn ask(ctx: &Ctx, who: &SignedIn) -> Result<(), ActionError> {
    match may(&who.staff, Verb::ReadQueue, None) {
        Ok(()) => Ok(()),
        Err(refusal) => ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::ReadQueue))),
    }
}

/// Only where something was drafted can somebody have approved.
fn with_approvers(conn: &mut Conn, page: QueuePage) -> Result<QueuePage, StoreError> {
    let drafted: Vec<CaseId> = page.lines.iter().filter(|line| line.scope_hash.is_some()).map(|line| line.id).collect();
    if drafted.is_empty() {
        return Ok(page);
    }
    Ok(QueuePage { approvers: queue::approvers(conn, &drafted)?, ..page })
}
