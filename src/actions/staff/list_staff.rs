//! The staff by name, with what waits for a second admin and what the only one did alone.

use std::collections::BTreeMap;

use super::{Member, OpenRequest, Team, Watch, check};
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::id::StaffId;
use crate::store::{StoreError, members, second_admin, staff};

/// A page of the staff.
#[derive(Debug, Clone)]
pub struct StaffPage {
    /// Members by name.
    pub members: Vec<Member>,
    /// The member after whom the next page begins, if there is one.
    pub next_after: Option<StaffId>,
    /// What waits for a second admin, oldest first.
    pub requests: Vec<OpenRequest>,
    /// What the only admin did alone within the last week.
    pub watches: Vec<Watch>,
    /// All teams by name.
    pub teams: Vec<Team>,
    /// How many active people hold each role, by its word.
    pub by_role: BTreeMap<String, i64>,
}

/// How many people a page has.
pub const PAGE: i64 = 100;

/// Shows a page of the staff.
///
/// # Errors
/// A refusal for people who do not manage staff (in the log).
pub fn list_staff(ctx: &Ctx, who: &SignedIn, after: Option<StaffId>) -> Result<StaffPage, ActionError> {
    check(ctx, who)?;
    let now = ctx.now();
    let page = ctx.store.read(|conn| {
        let mut listed = members::list(conn, after, PAGE + 1)?;
        let has_more = listed.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
        if has_more {
            listed.pop();
        }
        Ok::<_, StoreError>(StaffPage {
            next_after: listed.last().filter(|_| has_more).map(|m| m.staff.id),
            members: listed,
            requests: second_admin::list_open(conn, None)?,
            watches: second_admin::list_running(conn, now)?,
            teams: staff::list_teams(conn)?,
            by_role: members::count_by_role(conn)?,
        })
    })?;
    Ok(page)
}
