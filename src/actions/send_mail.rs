//! Send what the outbox holds: take a mail, write it down, and keep what came of it. The sending itself, which may take
//! long, lies between these and outside of any transaction.

use chrono::TimeDelta;

use super::{ActionError, Ctx};
use crate::domain::case::Case;
use crate::domain::mail::{Mail, MailFault, Told};
use crate::domain::staff::{Actor, Staff};
use crate::domain::text::Line;
use crate::store::outbox::{self, ClaimedMail};
use crate::store::{StoreError, cases, staff};

/// How long a sender may take over one mail before another may try: far more than a server is waited for.
const LEASE: TimeDelta = TimeDelta::minutes(10);

/// A mail ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyMail {
    /// Where to.
    pub address: Line,
    /// What it says.
    pub mail: Mail,
}

/// Takes the mail that is due first, if there is one. Nobody else gets it for ten minutes.
///
/// # Errors
/// When the store fails.
pub fn claim(ctx: &Ctx) -> Result<Option<ClaimedMail>, ActionError> {
    let now = ctx.now();
    // Looking takes no lock; most rounds end here.
    if !ctx.store.read(|conn| outbox::has_due(conn, now))? {
        return Ok(None);
    }
    Ok(ctx.store.housekeep(|broom| broom.claim_mail(now, now.plus(LEASE)))?)
}

/// Writes a mail down as the case stands now. `None` when it is nobody's business any more: the case went on, or the
/// person left, lost the right to know of it, or has no address.
///
/// # Errors
/// When the store fails.
pub fn write_down(ctx: &Ctx, mail: &ClaimedMail, base: Option<&str>) -> Result<Option<ReadyMail>, ActionError> {
    let (who, case) = ctx.store.read(|conn| {
        let who = staff::find(conn, mail.to)?;
        let case = match &mail.reference {
            Some(reference) => cases::find_by_reference(conn, reference)?,
            None => None,
        };
        Ok::<(Option<Staff>, Option<Case>), StoreError>((who, case))
    })?;
    let Some(who) = who else { return Ok(None) };
    if mail.reference.is_none() {
        let address = who.email.clone().filter(|_| mail.kind.concerns_register(&who));
        let told = Told::of_register(ctx.now(), base);
        return Ok(address.map(|address| ReadyMail { address, mail: Mail::about(mail.kind, &told) }));
    }
    let Some(case) = case else { return Ok(None) };
    let Some(address) = who.email.clone().filter(|_| mail.kind.concerns(&case, &who)) else { return Ok(None) };
    let told = Told::of(&case, ctx.now(), base);
    Ok(Some(ReadyMail { address, mail: Mail::about(mail.kind, &told) }))
}

/// Keeps that a mail was sent, with an entry in the log.
///
/// # Errors
/// When the store fails; the mail will then be sent again, under the same id.
pub fn mark_sent(ctx: &Ctx, mail: ClaimedMail) -> Result<(), ActionError> {
    ctx.write_as(Actor::System("mail"), move |tx| Ok(outbox::mark_sent(tx, &mail)?))
}

/// Keeps that a mail could not be sent. Returns whether it was given up.
///
/// # Errors
/// When the store fails.
pub fn mark_failed(ctx: &Ctx, mail: &ClaimedMail, fault: MailFault) -> Result<bool, ActionError> {
    Ok(ctx.store.housekeep(|broom| broom.mail_failed(mail, fault, ctx.now()))?)
}

/// Keeps that a mail is nobody's business any more.
///
/// # Errors
/// When the store fails.
pub fn mark_dropped(ctx: &Ctx, mail: &ClaimedMail) -> Result<(), ActionError> {
    Ok(ctx.store.housekeep(|broom| broom.mail_dropped(mail, ctx.now()))?)
}
