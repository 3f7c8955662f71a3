//! Marks on mails: who sends which, and what kept it. That one was sent is an entry and stands in `outbox`.

use diesel::prelude::*;

use super::Broom;
use crate::domain::mail::{MOST_ATTEMPTS, MailFault, NewMail, pause_after};
use crate::domain::time::Instant;
use crate::store::error::StoreError;
use crate::store::outbox::ClaimedMail;
use crate::store::schema::outbox;
use crate::store::types::{Id, Ts};
use crate::store::{dialect, outbox as mails};

impl Broom<'_> {
    /// Takes the mail that is due first, so that no other sender takes it before `until`. A mail whose attempts all
    /// ended without a word is given up here and the next one taken.
    ///
    /// # Errors
    /// When the database fails or a row makes no sense.
    pub fn claim_mail(&mut self, now: Instant, until: Instant) -> Result<Option<ClaimedMail>, StoreError> {
        while let Some(id) = dialect::lock_due_mail(self.conn, Ts(now))? {
            let mail = mails::get(self.conn, id)?;
            if mail.attempts >= MOST_ATTEMPTS {
                self.mail_failed(&mail, MailFault::CutShort, now)?;
                continue;
            }
            let attempts = mail.attempts.saturating_add(1);
            diesel::update(outbox::table.find(id))
                .set((outbox::attempts.eq(attempts), outbox::not_before.eq(Ts(until))))
                .execute(self.conn)?;
            return Ok(Some(ClaimedMail { attempts, ..mail }));
        }
        Ok(None)
    }

    /// Marks that a mail could not be sent: it waits longer each time and is given up at last, or at once where trying
    /// again can't help. Whoever claimed it since keeps it. Returns whether it was given up.
    ///
    /// # Errors
    /// When the database fails.
    pub fn mail_failed(&mut self, mail: &ClaimedMail, fault: MailFault, now: Instant) -> Result<bool, StoreError> {
        let pause = pause_after(mail.attempts).filter(|_| !fault.is_final());
        diesel::update(outbox::table.find(Id(mail.id)).filter(outbox::attempts.eq(mail.attempts)))
            .set((
                outbox::last_error.eq(fault.as_str()),
                outbox::not_before.eq(Ts(pause.map_or(now, |pause| now.plus(pause)))),
                outbox::failed_at.eq(pause.is_none().then_some(Ts(now))),
            ))
            .execute(self.conn)?;
        Ok(pause.is_none())
    }

    /// Marks that a mail is nobody's business any more: the case went on, or the person may not know of it now.
    ///
    /// # Errors
    /// When the database fails.
    pub fn mail_dropped(&mut self, mail: &ClaimedMail, now: Instant) -> Result<(), StoreError> {
        diesel::update(outbox::table.find(Id(mail.id))).set(outbox::dropped_at.eq(Ts(now))).execute(self.conn)?;
        Ok(())
    }

    /// Puts a reminder in the outbox unless there is one on the same occasion. Nothing happened to the case, so this
    /// is no act; that the reminder was sent is an entry.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remind(&mut self, mail: &NewMail, now: Instant) -> Result<(), StoreError> {
        mails::insert(self.conn, mail, now)
    }
}
