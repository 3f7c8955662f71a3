//! Mails to staff. Written within an act by [`Tx::post`], or as a reminder by housekeeping; sent after the commit.
//! A row tells the kind, the case and the person, never an address and nothing of what a case is about.

use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::on_backend;
use super::schema::{cases, outbox, staff};
use super::transaction::{About, Tx};
use super::types::{Id, Ts};
use crate::domain::case::CaseReference;
use crate::domain::event::Event;
use crate::domain::id::{CaseId, StaffId};
use crate::domain::mail::{MailFault, MailKind, NewMail};
use crate::domain::time::Instant;
use crate::domain::words::UnknownWord;
use crate::system;

/// A mail that one sender has taken and nobody else will, until the moment it was claimed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedMail {
    /// Identity; the same at every attempt.
    pub id: uuid::Uuid,
    /// To whom.
    pub to: StaffId,
    /// What about.
    pub kind: MailKind,
    /// On which case.
    pub reference: Option<CaseReference>,
    /// How often sending was begun, this time included; from 1.
    pub attempts: i32,
}

/// A mail that did not go at its first attempt, as an admin sees it: nothing of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StuckMail {
    /// What about.
    pub kind: MailKind,
    /// To whom.
    pub to: StaffId,
    /// When the act happened.
    pub created_at: Instant,
    /// How often sending was begun.
    pub attempts: i32,
    /// What kept it last; none while the first attempt is under way.
    pub fault: Option<MailFault>,
    /// When it is tried again; none when it was given up.
    pub next_at: Option<Instant>,
}

/// How the outbox does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxCounts {
    /// Mails not sent yet, and still to be.
    pub waiting: i64,
    /// When the oldest of them was written.
    pub waiting_since: Option<Instant>,
    /// Mails sent since the given moment.
    pub sent: i64,
    /// Mails given up.
    pub failed: i64,
    /// Active people without a mail address.
    pub unreachable_people: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct MailRow {
    id: Id,
    to_staff: Id,
    kind: String,
    reference: Option<String>,
    created_at: Ts,
    not_before: Ts,
    attempts: i32,
    last_error: Option<String>,
    failed_at: Option<Ts>,
}

impl MailRow {
    fn claimed(&self) -> Result<ClaimedMail, StoreError> {
        let reference = self.reference.as_deref().map(CaseReference::parse).transpose();
        Ok(ClaimedMail {
            id: self.id.0,
            to: StaffId(self.to_staff.0),
            kind: self.kind()?,
            reference: reference.map_err(|e| StoreError::corrupt("outbox", self.id.0, e.reason))?,
            attempts: self.attempts,
        })
    }

    fn stuck(&self) -> Result<StuckMail, StoreError> {
        let bad = |e: UnknownWord| StoreError::corrupt("outbox", self.id.0, e);
        Ok(StuckMail {
            kind: self.kind()?,
            to: StaffId(self.to_staff.0),
            created_at: self.created_at.0,
            attempts: self.attempts,
            fault: self.last_error.as_deref().map(str::parse).transpose().map_err(bad)?,
            next_at: self.failed_at.is_none().then_some(self.not_before.0),
        })
    }

    fn kind(&self) -> Result<MailKind, StoreError> {
        self.kind.parse().map_err(|e: UnknownWord| StoreError::corrupt("outbox", self.id.0, e))
    }
}

/// Keeps a mail unless there is one on the same occasion.
pub(super) fn insert(conn: &mut Conn, mail: &NewMail, now: Instant) -> Result<(), StoreError> {
    let row = (
        outbox::id.eq(Id(system::fresh_id())),
        outbox::to_staff.eq(Id(mail.to.0)),
        outbox::kind.eq(mail.kind.as_str()),
        outbox::reference.eq(mail.reference.as_ref().map(CaseReference::as_str)),
        outbox::once.eq(&mail.once),
        outbox::created_at.eq(Ts(now)),
        outbox::not_before.eq(Ts(now)),
        outbox::attempts.eq(0),
    );
    on_backend!(conn, |conn| diesel::insert_into(outbox::table).values(row).on_conflict_do_nothing().execute(conn))?;
    Ok(())
}

/// Whether any mail is due.
///
/// # Errors
/// When the database fails.
pub fn has_due(conn: &mut Conn, now: Instant) -> Result<bool, StoreError> {
    let waiting = outbox::sent_at.is_null().and(outbox::failed_at.is_null()).and(outbox::dropped_at.is_null());
    let due = outbox::table.filter(waiting).filter(outbox::not_before.le(Ts(now)));
    let first: Option<Id> = due.select(outbox::id).first(conn).optional()?;
    Ok(first.is_some())
}

/// A mail as its sender needs it.
pub(super) fn get(conn: &mut Conn, id: Id) -> Result<ClaimedMail, StoreError> {
    outbox::table.find(id).select(MailRow::as_select()).first(conn)?.claimed()
}

/// Marks a mail as sent, with its entry in the log: kind and person, no address.
///
/// # Errors
/// When the database fails.
pub fn mark_sent(tx: &mut Tx<'_>, mail: &ClaimedMail) -> Result<(), StoreError> {
    let about = about(tx.conn, mail.reference.as_ref())?;
    tx.record(&Event::MailSent { kind: mail.kind, staff: mail.to }, about)?;
    let sent = (outbox::sent_at.eq(Ts(tx.now())), outbox::failed_at.eq(None::<Ts>));
    diesel::update(outbox::table.find(Id(mail.id))).set(sent).execute(tx.conn)?;
    Ok(())
}

/// Puts mails that were given up in the outbox again, oldest first, at most `limit`; one entry each. Returns how many.
///
/// # Errors
/// When the database fails.
pub fn retry_failed(tx: &mut Tx<'_>, limit: i64) -> Result<usize, StoreError> {
    let rows: Vec<MailRow> = outbox::table
        .filter(outbox::failed_at.is_not_null().and(outbox::sent_at.is_null()))
        .order((outbox::created_at.asc(), outbox::id.asc()))
        .limit(limit)
        .select(MailRow::as_select())
        .load(tx.conn)?;
    for row in &rows {
        let mail = row.claimed()?;
        let about = about(tx.conn, mail.reference.as_ref())?;
        tx.record(&Event::MailRetried { kind: mail.kind, staff: mail.to }, about)?;
        let anew = (outbox::failed_at.eq(None::<Ts>), outbox::attempts.eq(0), outbox::not_before.eq(Ts(tx.now())));
        diesel::update(outbox::table.find(row.id)).set(anew).execute(tx.conn)?;
    }
    Ok(rows.len())
}

/// What an entry about a mail is about: its case, in its compartment.
fn about(conn: &mut Conn, reference: Option<&CaseReference>) -> Result<About, StoreError> {
    let Some(reference) = reference else { return Ok(About::Register) };
    let row: Option<(Id, String)> = cases::table
        .filter(cases::reference.eq(reference.as_str()))
        .select((cases::id, cases::compartment))
        .first(conn)
        .optional()?;
    let Some((id, compartment)) = row else { return Ok(About::Register) };
    let compartment = compartment.parse().map_err(|e: UnknownWord| StoreError::corrupt("cases", id.0, e))?;
    Ok(About::Case(CaseId(id.0), compartment))
}

/// How the outbox does: three statements. `sent` counts from the moment given.
///
/// # Errors
/// When the database fails.
pub fn counts(conn: &mut Conn, since: Instant) -> Result<OutboxCounts, StoreError> {
    let waiting = outbox::sent_at.is_null().and(outbox::failed_at.is_null()).and(outbox::dropped_at.is_null());
    let (waiting, oldest): (i64, Option<Ts>) =
        outbox::table.filter(waiting).select((count_star(), min(outbox::created_at))).first(conn)?;
    let sent = outbox::table.filter(outbox::sent_at.ge(Ts(since))).count().get_result(conn)?;
    let failed = outbox::table
        .filter(outbox::failed_at.is_not_null().and(outbox::sent_at.is_null()))
        .count()
        .get_result(conn)?;
    let unreachable_people =
        staff::table.filter(staff::is_active.eq(true).and(staff::email.is_null())).count().get_result(conn)?;
    Ok(OutboxCounts { waiting, waiting_since: oldest.map(|Ts(at)| at), sent, failed, unreachable_people })
}

/// How many mails are still to be sent, and how many were given up: for somebody who asks often.
///
/// # Errors
/// When the database fails.
pub fn left(conn: &mut Conn) -> Result<(i64, i64), StoreError> {
    let unsent = || outbox::table.filter(outbox::sent_at.is_null());
    let waiting = unsent().filter(outbox::failed_at.is_null().and(outbox::dropped_at.is_null()));
    let failed = unsent().filter(outbox::failed_at.is_not_null());
    Ok((waiting.count().get_result(conn)?, failed.count().get_result(conn)?))
}

/// Mails that did not go at their first attempt: given up or tried again later; newest first.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_stuck(conn: &mut Conn, limit: i64) -> Result<Vec<StuckMail>, StoreError> {
    let rows: Vec<MailRow> = outbox::table
        .filter(outbox::sent_at.is_null().and(outbox::dropped_at.is_null()).and(outbox::last_error.is_not_null()))
        .order((outbox::created_at.desc(), outbox::id.desc()))
        .limit(limit)
        .select(MailRow::as_select())
        .load(conn)?;
    rows.iter().map(MailRow::stuck).collect()
}

/// Which of these occasions have their mail already.
///
/// # Errors
/// When the database fails.
pub fn known_occasions(conn: &mut Conn, occasions: &[String]) -> Result<Vec<String>, StoreError> {
    let mut known = Vec::new();
    for some in occasions.chunks(500) {
        known.extend(outbox::table.filter(outbox::once.eq_any(some)).select(outbox::once).load::<String>(conn)?);
    }
    Ok(known)
}
