//! What waits for approval: for this person, for others where this person has a hand in it, and what came back.

use std::collections::BTreeMap;

use super::list_cases::ask;
use super::{ActionError, Ctx, SignedIn};
use crate::domain::id::{CaseId, StaffId};
use crate::domain::staff::{Verb, may, roles_for};
use crate::store::queue::{self, CaseLine, Waiting};
use crate::store::{StoreError, erasures, staff};

/// What waits, as it stands to one person.
#[derive(Debug, Clone)]
pub struct ApprovalsPage {
    /// Scopes that this person can approve; none for people who approve nothing.
    pub for_you: Vec<CaseLine>,
    /// Scopes that wait for others, of which this person is drafter, editor, approver or assignee.
    pub for_others: Vec<Waiting>,
    /// Drafts of this person, or on cases of theirs, that came back.
    pub came_back: Vec<CaseLine>,
    /// Who approved already.
    pub approvers: BTreeMap<CaseId, Vec<StaffId>>,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
    /// How many erasures wait for a legal reviewer like this person, who proposed none of them.
    pub erasures: i64,
    /// Whether there are more than are shown.
    pub is_cut: bool,
}

/// How many lines are read at most.
pub const MOST: usize = 200;

/// Lists what waits for approval: at most four statements.
///
/// # Errors
/// A refusal for people who work on no cases (in the log).
pub fn list_approvals(ctx: &Ctx, who: &SignedIn) -> Result<ApprovalsPage, ActionError> {
    ask(ctx, who)?;
    let me = who.staff.id;
    let may_approve = roles_for(Verb::Approve).iter().any(|&role| who.staff.is(role));
    let may_erase = may(&who.staff, Verb::ApproveErasure, None).is_ok();
    let (mut all, names, approvers, erasures) = ctx.store.read(|conn| {
        let limit = i64::try_from(MOST).unwrap_or(i64::MAX);
        let all = queue::list_approvals(conn, &who.staff, limit.saturating_add(1))?;
        let ids: Vec<CaseId> = all.iter().filter(|w| w.awaits_approval).map(|w| w.line.id).collect();
        let erasures = if may_erase { erasures::count_waiting(conn, me, who.staff.is_cleared)? } else { 0 };
        Ok::<_, StoreError>((all, staff::names(conn)?, queue::approvers(conn, &ids)?, erasures))
    })?;
    let is_cut = all.len() > MOST;
    all.truncate(MOST);
    let (waiting, back): (Vec<_>, Vec<_>) = all.into_iter().partition(|w| w.awaits_approval);
    let is_mine = |line: &CaseLine| line.drafted_by == Some(me) || line.assignee == Some(me);
    let can = |w: &Waiting| may_approve && !w.is_edited && !w.is_approved;
    let (for_you, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(can);
    Ok(ApprovalsPage {
        for_you: for_you.into_iter().map(|w| w.line).collect(),
        for_others: others.into_iter().filter(|w| w.is_edited || w.is_approved || is_mine(&w.line)).collect(),
        came_back: back.into_iter().map(|w| w.line).filter(is_mine).collect(),
        approvers,
        names,
        erasures,
        is_cut,
    })
}
