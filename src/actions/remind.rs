//! Remind of answers that are due: once per case and day when it comes near, and once when it has passed.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use super::{ActionError, Ctx};
use crate::domain::case::Case;
use crate::domain::id::StaffId;
use crate::domain::mail::{MailKind, NewMail};
use crate::domain::staff::Staff;
use crate::store::outbox::{self, DueCase};
use crate::store::{Conn, StoreError, cases, staff};

/// Puts reminders in the outbox for open cases due within so many days, today included, or late. Returns how many.
///
/// # Errors
/// When the store fails.
pub fn remind(ctx: &Ctx, within_days: u32) -> Result<usize, ActionError> {
    let (now, today) = (ctx.now(), ctx.now().day());
    let until = today.checked_add_days(Days::new(u64::from(within_days))).unwrap_or(today);
    let mails = ctx.store.read(|conn| new_reminders(conn, today, until))?;
    if mails.is_empty() {
        return Ok(0);
    }
    ctx.store.housekeep(|broom| mails.iter().try_for_each(|mail| broom.remind(mail, now)))?;
    Ok(mails.len())
}

fn new_reminders(conn: &mut Conn, today: NaiveDate, until: NaiveDate) -> Result<Vec<NewMail>, StoreError> {
    let due = outbox::list_due_cases(conn, until)?;
    let kind = |case: &DueCase| if case.due_on < today { MailKind::Late } else { MailKind::DueSoon };
    let occasions: Vec<String> = due.iter().map(|case| occasion(kind(case), case)).collect();
    let known: BTreeSet<String> = outbox::known_occasions(conn, &occasions)?.into_iter().collect();
    let mut mails = Vec::new();
    for (case, once) in due.iter().zip(occasions).filter(|(_, once)| !known.contains(once)) {
        let kind = kind(case);
        let case = cases::get(conn, case.id)?;
        if let Some(who) = whom(conn, &case, kind)? {
            mails.push(NewMail { to: who.id, kind, reference: case.reference, once });
        }
    }
    Ok(mails)
}

/// A case and a day, whoever answers for it: handing it over does not remind again.
fn occasion(kind: MailKind, case: &DueCase) -> String {
    format!("{kind}/{}/{}", case.id, case.due_on)
}

/// Whoever answers for a case, the first who can be reached and may know of it.
fn whom(conn: &mut Conn, case: &Case, kind: MailKind) -> Result<Option<Staff>, StoreError> {
    for id in answering(case) {
        let found = staff::find(conn, id)?;
        if let Some(who) = found.filter(|who| who.email.is_some() && kind.concerns(case, who)) {
            return Ok(Some(who));
        }
    }
    Ok(None)
}

/// Who answers for a case, nearest first: whoever has it, whoever drafted, whoever opened it.
fn answering(case: &Case) -> impl Iterator<Item = StaffId> {
    let drafted = case.draft().map(|draft| draft.by);
    case.assignee.into_iter().chain(drafted).chain([case.opened_by])
}
