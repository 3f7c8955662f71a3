//! The second-admin rule: nobody makes an approver alone.
//!
//! What gives somebody the power to approve, or to say who may, is *asked* by one admin and done when another
//! confirms it. Where there is only one admin it is done at once and *watched*: for a week it is shown on every
//! approval of that person, and an admin made so can neither ask nor confirm.
//!
//! `docs/decisions/0008-second-admin.md` says which acts count, and why.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::id::{StaffId, StaffRequestId};
use super::refusal::Refusal;
use super::staff::Role;
use super::time::Instant;
use super::words::closed_words;

closed_words! {
    /// A change that needs a second admin.
    pub enum StaffChange {
        Grant = "grant", "new role";
        ResetPassword = "reset_password", "new password";
        Reactivate = "reactivate", "reactivation";
    }
}

closed_words! {
    /// What one alone did: the only admin, or whoever has the console.
    pub enum WatchCause {
        MadeReviewer = "made_reviewer", "made a reviewer";
        AddedAtConsole = "added_at_console", "added as a reviewer";
        MadeAdmin = "made_admin", "made an admin";
        PasswordReset = "password_reset", "given a new password";
        Reactivated = "reactivated", "reactivated";
    }
}

/// How long an act of the only admin is shown on approvals; how long a former admin still counts as a second one;
/// and how long an admin is taken to know a password that an admin made.
pub const WATCH: TimeDelta = TimeDelta::days(7);

/// A change that one admin asked for and another must confirm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffRequest {
    /// Identity.
    #[serde(rename = "request")]
    pub id: StaffRequestId,
    /// Whom it is about.
    pub staff: StaffId,
    /// What is asked.
    pub change: StaffChange,
    /// The roles to be given; empty for other changes.
    pub roles: BTreeSet<Role>,
    /// Who asked.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

/// An act of one alone that is shown on the approvals of the person it was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Whom it is about.
    pub staff: StaffId,
    /// What was done.
    pub cause: WatchCause,
    /// When.
    pub since: Instant,
    /// The end of the week.
    pub until: Instant,
}

/// An admin, or somebody who ceased to be one within the last [`WATCH`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdminSeen {
    /// Who.
    pub id: StaffId,
    /// Whether they are an active admin now.
    pub is_active: bool,
    /// Until when they neither ask nor confirm, where the only admin gave them right or password.
    pub watched_until: Option<Instant>,
}

/// How a change that needs a second admin goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It waits for another admin.
    Ask,
    /// There is no other admin: it is done now and watched.
    AtOnce {
        /// The end of the watch.
        watched_until: Instant,
    },
}

/// Of these roles, those that approve or say who may: granting one needs a second admin, and so does whatever
/// would let an admin act in the place of somebody who holds one.
pub fn guarded(roles: &BTreeSet<Role>) -> BTreeSet<Role> {
    roles.iter().copied().filter(|role| matches!(role, Role::Reviewer | Role::Admin)).collect()
}

/// Whether an admin may know this person's password: it was made by one and not changed since, or only lately.
pub fn may_be_known(must_change: bool, made_at: Option<Instant>, now: Instant) -> bool {
    must_change || made_at.is_some_and(|at| now.since(at) < WATCH)
}

/// How a change about somebody goes on when this admin asks for it.
///
/// Whoever was an admin a moment ago still counts: nobody becomes the only admin by sending the others away.
///
/// # Errors
/// [`Refusal::AdminWatched`]; [`Refusal::NoSecondAdmin`] where there are other admins, none of whom can confirm.
pub fn way(asker: StaffId, about: StaffId, admins: &[AdminSeen], now: Instant) -> Result<Way, Refusal> {
    refuse_watched(asker, admins, now)?;
    let others = admins.iter().filter(|a| a.id != asker && a.weighs(now));
    let others: Vec<_> = others.collect();
    if others.is_empty() {
        return Ok(Way::AtOnce { watched_until: now.plus(WATCH) });
    }
    let can_confirm = others.iter().any(|a| a.is_active && a.id != about);
    if can_confirm { Ok(Way::Ask) } else { Err(Refusal::NoSecondAdmin) }
}

/// Whether this admin may confirm what was asked.
///
/// # Errors
/// [`Refusal::NeedsSecondAdmin`], [`Refusal::AdminWatched`].
pub fn may_confirm(who: StaffId, request: &StaffRequest, admins: &[AdminSeen], now: Instant) -> Result<(), Refusal> {
    if who == request.by || who == request.staff {
        return Err(Refusal::NeedsSecondAdmin);
    }
    refuse_watched(who, admins, now)
}

fn refuse_watched(who: StaffId, admins: &[AdminSeen], now: Instant) -> Result<(), Refusal> {
    let me = admins.iter().find(|a| a.id == who);
    match me.and_then(|a| a.watched_until).filter(|until| *until > now) {
        Some(until) => Err(Refusal::AdminWatched { until }),
        None => Ok(()),
    }
}

impl AdminSeen {
    fn weighs(&self, now: Instant) -> bool {
        self.watched_until.is_none_or(|until| until <= now)
    }
}

impl WatchCause {
    /// What is watched where the only admin gives somebody these roles.
    pub fn of_roles(roles: &BTreeSet<Role>) -> Vec<WatchCause> {
        let cause = |role: &Role| match role {
            Role::Reviewer => Some(WatchCause::MadeReviewer),
            Role::Admin => Some(WatchCause::MadeAdmin),
            Role::Analyst | Role::Fulfiller | Role::Auditor => None,
        };
        roles.iter().filter_map(cause).collect()
    }

    /// Whether it keeps an admin from asking and confirming. Somebody who was made a reviewer is no new admin.
    pub fn holds_admin_back(self) -> bool {
        !matches!(self, WatchCause::MadeReviewer | WatchCause::AddedAtConsole)
    }

    /// Who did it alone, after *by*.
    fn whom(self) -> &'static str {
        if self == WatchCause::AddedAtConsole { "whoever has the console" } else { "the only admin" }
    }
}

impl Watch {
    /// The mark beside an approval: `made a reviewer on 2026-11-20 by the only admin`.
    pub fn says(&self) -> String {
        format!("{} on {} by {}", self.cause.label(), self.since.day(), self.cause.whom())
    }

    /// Whether an approval given at this moment carries the mark. Being made an admin lets nobody approve.
    pub fn marks(&self, at: Instant) -> bool {
        self.cause != WatchCause::MadeAdmin && self.since <= at && at < self.until
    }
}

/// The mark beside something that this person did at a moment, such as an approval; none where nothing is watched.
pub fn mark(watches: &[Watch], who: StaffId, at: Instant) -> Option<String> {
    let marks: Vec<String> =
        watches.iter().filter(|watch| watch.staff == who && watch.marks(at)).map(Watch::says).collect();
    if marks.is_empty() { None } else { Some(marks.join("; ")) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use uuid::Uuid;

    fn id(n: u128) -> StaffId {
        StaffId(Uuid::from_u128(n))
    }

    fn now() -> Instant {
        Instant::from_micros(1_793_000_000_000_000).unwrap()
    }

    fn admin(n: u128) -> AdminSeen {
        AdminSeen { id: id(n), is_active: true, watched_until: None }
    }

    fn watched(n: u128) -> AdminSeen {
        AdminSeen { watched_until: Some(now().plus(TimeDelta::days(1))), ..admin(n) }
    }

    fn gone(n: u128) -> AdminSeen {
        AdminSeen { is_active: false, ..admin(n) }
    }

    #[test]
    fn the_only_admin_acts_at_once_and_is_watched() {
        let at_once = Ok(Way::AtOnce { watched_until: now().plus(WATCH) });
        assert_eq!(way(id(1), id(1), &[admin(1)], now()), at_once);
        assert_eq!(way(id(1), id(9), &[admin(1)], now()), at_once);
        // An admin whom the only admin made is no second one for a week.
        assert_eq!(way(id(1), id(9), &[admin(1), watched(2)], now()), at_once);
    }

    #[test]
    fn with_another_admin_it_is_asked() {
        assert_eq!(way(id(1), id(9), &[admin(1), admin(2)], now()), Ok(Way::Ask));
        assert_eq!(way(id(1), id(1), &[admin(1), admin(2)], now()), Ok(Way::Ask));
    }

    #[test]
    fn nobody_becomes_the_only_admin_by_sending_the_others_away() {
        assert_eq!(way(id(1), id(1), &[admin(1), gone(2)], now()), Err(Refusal::NoSecondAdmin));
        assert_eq!(way(id(1), id(2), &[admin(1), admin(2)], now()), Err(Refusal::NoSecondAdmin));
    }

    #[test]
    fn an_admin_made_by_the_only_one_neither_asks_nor_confirms() {
        let all = [admin(1), watched(2)];
        assert!(matches!(way(id(2), id(9), &all, now()), Err(Refusal::AdminWatched { .. })));
        let request = StaffRequest {
            id: StaffRequestId(Uuid::nil()),
            staff: id(9),
            change: StaffChange::Grant,
            roles: [Role::Reviewer].into(),
            by: id(1),
            at: now(),
        };
        assert!(matches!(may_confirm(id(2), &request, &all, now()), Err(Refusal::AdminWatched { .. })));
        assert_eq!(may_confirm(id(1), &request, &all, now()), Err(Refusal::NeedsSecondAdmin));
        assert_eq!(may_confirm(id(9), &request, &all, now()), Err(Refusal::NeedsSecondAdmin));
        assert_eq!(may_confirm(id(3), &request, &[admin(1), admin(3)], now()), Ok(()));
    }

    #[test]
    fn a_password_an_admin_made_may_be_known_for_a_week() {
        let made = now().plus(-TimeDelta::days(8));
        assert!(may_be_known(true, None, now()));
        assert!(may_be_known(false, Some(now()), now()));
        assert!(!may_be_known(false, Some(made), now()) && !may_be_known(false, None, now()));
    }
}
