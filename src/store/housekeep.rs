//! The second write path: marks that are no acts and need no entry. It may touch only these tables, and
//! `tests/house.rs` holds it to the list:
//! `sessions` (last-seen marks), `throttles`, `form_posts`, `views`, `outbox` (claims and failures of mails, and
//! reminders, which no person's act brings about; in [`mails`]), `saved_views` (a person's own filters of the queue),
//! `slips` (what a page must show once more, sealed, for an hour), `witness_mails` (what witnesses were last
//! sent), `job_turns` (which node does a job for all; in
//! [`turns`]), `verifications` and `alarms` (what verifying the log came to: an alarm about the log must not need the
//! log; in [`alarms`]), `erased_documents` (files that are still to be taken away; in [`files`]).

mod alarms;
mod files;
mod mails;
mod turns;
mod witness_mails;

pub use witness_mails::mailed;

use chrono::TimeDelta;
use diesel::prelude::*;
use uuid::Uuid;

use super::error::StoreError;
use super::schema::{form_posts, saved_views, sessions, slips, throttles, views};
use super::types::{Id, Ts};
use super::{Conn, Store, dialect, on_backend, pool};
use crate::domain::id::StaffId;
use crate::domain::time::Instant;

pub use alarms::{Begun, FoundFault, FoundSound};

/// The tables [`Store::housekeep`] may touch.
pub const TABLES: &[&str] = &[
    "sessions",
    "throttles",
    "form_posts",
    "views",
    "outbox",
    "saved_views",
    "slips",
    "witness_mails",
    "job_turns",
    "verifications",
    "alarms",
    "erased_documents",
];

/// A housekeeping mark in progress.
pub struct Broom<'c> {
    pub(super) conn: &'c mut Conn,
}

impl Store {
    /// Sets marks that are no acts.
    ///
    /// # Errors
    /// When the database fails.
    pub fn housekeep<T>(&self, sweep: impl FnOnce(&mut Broom<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut conn = pool::take(&self.readers)?;
        dialect::begin_write(&mut conn)?;
        match sweep(&mut Broom { conn: &mut conn }) {
            Ok(value) => {
                dialect::commit(&mut conn)?;
                Ok(value)
            }
            Err(error) => {
                // A connection that can't even do this is lost, and the pool replaces it.
                let _ended = dialect::rollback(&mut conn);
                Err(error)
            }
        }
    }
}

impl Broom<'_> {
    /// Marks a session as seen.
    ///
    /// # Errors
    /// When the database fails.
    pub fn session_seen(&mut self, id_hash: &str, now: Instant) -> Result<(), StoreError> {
        diesel::update(sessions::table.find(id_hash)).set(sessions::seen_at.eq(Ts(now))).execute(self.conn)?;
        Ok(())
    }

    /// Counts a failed sign-in against a key (an account or an address, hashed). The count starts anew after a
    /// quiet `window`. The database counts, so that failures on several nodes at once are all counted.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_failure(&mut self, key: &str, now: Instant, window: TimeDelta) -> Result<(), StoreError> {
        let first = (throttles::key.eq(key), throttles::failures.eq(0), throttles::last_at.eq(Ts(now)));
        on_backend!(&mut *self.conn, |conn| diesel::insert_into(throttles::table)
            .values(first)
            .on_conflict_do_nothing()
            .execute(conn))?;
        let quiet_since = Ts(now.plus(-window));
        diesel::update(throttles::table.find(key).filter(throttles::last_at.lt(quiet_since)))
            .set(throttles::failures.eq(0))
            .execute(self.conn)?;
        diesel::update(throttles::table.find(key))
            .set((throttles::failures.eq(throttles::failures + 1), throttles::last_at.eq(Ts(now))))
            .execute(self.conn)?;
        Ok(())
    }

    /// Forgets failures after a success.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_failures(&mut self, key: &str) -> Result<(), StoreError> {
        diesel::delete(throttles::table.find(key)).execute(self.conn)?;
        Ok(())
    }

    /// Keeps where a form's first submit went, so that a second one can be shown the same.
    ///
    /// # Errors
    /// When the database fails.
    pub fn form_went(&mut self, form: Uuid, staff: StaffId, went_to: &str, now: Instant) -> Result<(), StoreError> {
        let row = (
            form_posts::id.eq(form.to_string()),
            form_posts::staff_id.eq(Id(staff.0)),
            form_posts::went_to.eq(went_to),
            form_posts::posted_at.eq(Ts(now)),
        );
        on_backend!(&mut *self.conn, |conn| diesel::insert_into(form_posts::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(conn))?;
        diesel::update(form_posts::table.find(form.to_string()).filter(form_posts::staff_id.eq(Id(staff.0))))
            .set(form_posts::went_to.eq(went_to))
            .execute(self.conn)?;
        Ok(())
    }

    /// Gives a form's id free again: what was done under it came to nothing as a whole.
    ///
    /// # Errors
    /// When the database fails.
    pub fn form_freed(&mut self, form: Uuid, staff: StaffId) -> Result<(), StoreError> {
        diesel::delete(form_posts::table.find(form.to_string()).filter(form_posts::staff_id.eq(Id(staff.0))))
            .execute(self.conn)?;
        Ok(())
    }

    /// Marks that a session has a recorded view of a case or document.
    ///
    /// # Errors
    /// When the database fails.
    pub fn viewed(&mut self, session_hash: &str, subject: Uuid, now: Instant) -> Result<(), StoreError> {
        let seen = views::seen_at.eq(Ts(now));
        let updated = diesel::update(views::table.find((session_hash, Id(subject)))).set(seen).execute(self.conn)?;
        if updated == 0 {
            diesel::insert_into(views::table)
                .values((views::session_hash.eq(session_hash), views::subject_id.eq(Id(subject)), seen))
                .execute(self.conn)?;
        }
        Ok(())
    }

    /// Keeps a person's view of the queue under a name.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when this person has a view of that name.
    pub fn save_view(&mut self, staff: StaffId, view: &SavedView, now: Instant) -> Result<(), StoreError> {
        diesel::insert_into(saved_views::table)
            .values((
                saved_views::id.eq(Id(view.id)),
                saved_views::staff_id.eq(Id(staff.0)),
                saved_views::name.eq(&view.name),
                saved_views::filters.eq(&view.filters),
                saved_views::saved_at.eq(Ts(now)),
            ))
            .execute(self.conn)?;
        Ok(())
    }

    /// Gives a person's view another name. Whether there is such a view.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when this person has another view of that name.
    pub fn rename_view(&mut self, staff: StaffId, view: Uuid, name: &str) -> Result<bool, StoreError> {
        let renamed = diesel::update(saved_views::table.find(Id(view)).filter(saved_views::staff_id.eq(Id(staff.0))))
            .set(saved_views::name.eq(name))
            .execute(self.conn)?;
        Ok(renamed > 0)
    }

    /// Forgets a person's view. Whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_view(&mut self, staff: StaffId, view: Uuid) -> Result<bool, StoreError> {
        let gone = diesel::delete(saved_views::table.find(Id(view)).filter(saved_views::staff_id.eq(Id(staff.0))))
            .execute(self.conn)?;
        Ok(gone > 0)
    }

    /// Keeps a slip for its owner, and throws away everybody's that are over.
    ///
    /// # Errors
    /// When the database fails.
    pub fn keep_slip(&mut self, staff: StaffId, slip: Uuid, sealed: &[u8], now: Instant) -> Result<(), StoreError> {
        diesel::delete(slips::table.filter(slips::made_at.lt(Ts(now.plus(-SLIP_LASTS))))).execute(self.conn)?;
        diesel::insert_into(slips::table)
            .values((
                slips::id.eq(Id(slip)),
                slips::staff_id.eq(Id(staff.0)),
                slips::sealed.eq(sealed),
                slips::made_at.eq(Ts(now)),
            ))
            .execute(self.conn)?;
        Ok(())
    }
}

/// A person's own view of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Identity.
    pub id: Uuid,
    /// What the person calls it.
    pub name: String,
    /// The filters as an address spells them.
    pub filters: String,
}

/// How long a slip is kept.
pub const SLIP_LASTS: TimeDelta = TimeDelta::hours(1);

/// A person's views by name, at most a hundred.
///
/// # Errors
/// When the database fails.
pub fn saved_views(conn: &mut Conn, staff: StaffId) -> Result<Vec<SavedView>, StoreError> {
    let rows: Vec<(Id, String, String)> = saved_views::table
        .filter(saved_views::staff_id.eq(Id(staff.0)))
        .order((saved_views::name.asc(), saved_views::id.asc()))
        .limit(100)
        .select((saved_views::id, saved_views::name, saved_views::filters))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, name, filters)| SavedView { id: id.0, name, filters }).collect())
}

/// Where a slip is sealed for.
pub fn slip_place(id: Uuid) -> String {
    format!("slips {id}")
}

/// A person's own slip that is not over.
///
/// # Errors
/// When the database fails.
pub fn slip(conn: &mut Conn, staff: StaffId, slip: Uuid, now: Instant) -> Result<Option<Vec<u8>>, StoreError> {
    let mine = slips::table.find(Id(slip)).filter(slips::staff_id.eq(Id(staff.0)));
    let fresh = mine.filter(slips::made_at.ge(Ts(now.plus(-SLIP_LASTS))));
    Ok(fresh.select(slips::sealed).first(conn).optional()?)
}

/// How often signing in failed under a key, and when last.
///
/// # Errors
/// When the database fails.
pub fn failures(conn: &mut Conn, key: &str) -> Result<Option<(i32, Instant)>, StoreError> {
    let row: Option<(i32, Ts)> =
        throttles::table.find(key).select((throttles::failures, throttles::last_at)).first(conn).optional()?;
    Ok(row.map(|(failures, Ts(at))| (failures, at)))
}

/// Where a form's first submit by this person went.
///
/// # Errors
/// When the database fails.
pub fn form_went_to(conn: &mut Conn, form: Uuid, staff: StaffId) -> Result<Option<String>, StoreError> {
    let mine = form_posts::table.find(form.to_string()).filter(form_posts::staff_id.eq(Id(staff.0)));
    Ok(mine.select(form_posts::went_to).first(conn).optional()?)
}

/// When a session's view of a case or document was last recorded.
///
/// # Errors
/// When the database fails.
pub fn viewed_at(conn: &mut Conn, session_hash: &str, subject: Uuid) -> Result<Option<Instant>, StoreError> {
    let row: Option<Ts> =
        views::table.find((session_hash, Id(subject))).select(views::seen_at).first(conn).optional()?;
    Ok(row.map(|Ts(at)| at))
}
