//! The queue: the cases a person works on.

use std::collections::BTreeMap;

use super::{ActionError, Ctx, SignedIn};
use crate::domain::id::StaffId;
use crate::domain::staff::{Verb, may};
use crate::domain::stage::Stage;
use crate::store::lists::{self, After, CaseLine, Lane};
use crate::store::{StoreError, staff};

/// A page of the queue.
#[derive(Debug, Clone)]
pub struct QueuePage {
    /// Its lines, oldest served first.
    pub lines: Vec<CaseLine>,
    /// Where the next page goes on, if there is one.
    pub next: Option<After>,
    /// How many cases stand at each stage.
    pub counts: BTreeMap<Stage, i64>,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
}

/// How many lines a page has.
pub const PAGE: i64 = 50;

/// Lists a page of cases.
///
/// # Errors
/// A refusal for people who work on no cases (in the log).
pub fn list_cases(ctx: &Ctx, who: &SignedIn, lane: Lane, after: Option<After>) -> Result<QueuePage, ActionError> {
    if let Err(refusal) = may(&who.staff, Verb::ReadQueue, None) {
        return ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::ReadQueue)));
    }
    ctx.store
        .read(|conn| {
            let mut lines = lists::list_cases(conn, &who.staff, lane, after, PAGE + 1)?;
            let has_more = lines.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
            if has_more {
                lines.pop();
            }
            let next = lines.last().filter(|_| has_more).map(|l| After { received_at: l.received_at, id: l.id });
            let (counts, names) = (lists::count_by_stage(conn, &who.staff)?, staff::names(conn)?);
            Ok::<_, StoreError>(QueuePage { lines, next, counts, names })
        })
        .map_err(ActionError::from)
}
