//! The outbox's sender. A mail is claimed, written down, sent and marked, one after the other; the sending is outside
//! of any transaction. If the program dies between sending and marking, the mail goes again under the same id.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Jobs;
use crate::actions::ActionError;
use crate::actions::send_mail::{claim, mark_dropped, mark_failed, mark_sent, write_down};
use crate::domain::mail::MailFault;
use crate::mail::Outgoing;
use crate::store::outbox::ClaimedMail;

/// What came of the mails of one round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Sent.
    pub sent: usize,
    /// Nobody's business any more.
    pub dropped: usize,
    /// Not sent; tried again later, or given up.
    pub failed: usize,
}

/// Sends what is due. Ends early when told to stop, and where the next mail would fail as the last one did.
pub(super) fn send_due(jobs: &Jobs, stopping: &AtomicBool) -> Result<Tally, ActionError> {
    let mut tally = Tally::default();
    while !stopping.load(Ordering::SeqCst) {
        let Some(mail) = claim(&jobs.ctx)? else { break };
        let sent = send(jobs, mail)?;
        jobs.ctx.meters().errands.mail(sent.as_str());
        match sent {
            Sent::Yes => tally.sent = tally.sent.saturating_add(1),
            Sent::Dropped => tally.dropped = tally.dropped.saturating_add(1),
            Sent::Failed(fault) => {
                tally.failed = tally.failed.saturating_add(1);
                if fault.concerns_all() {
                    break;
                }
            }
        }
    }
    Ok(tally)
}

enum Sent {
    Yes,
    Dropped,
    Failed(MailFault),
}

impl Sent {
    fn as_str(&self) -> &'static str {
        match self {
            Sent::Yes => "sent",
            Sent::Dropped => "dropped",
            Sent::Failed(_) => "failed",
        }
    }
}

fn send(jobs: &Jobs, mail: ClaimedMail) -> Result<Sent, ActionError> {
    let Some(ready) = write_down(&jobs.ctx, &mail, jobs.public_url.as_deref())? else {
        mark_dropped(&jobs.ctx, &mail)?;
        return Ok(Sent::Dropped);
    };
    let outgoing =
        Outgoing { id: mail.id, to: ready.address.as_str(), at: jobs.ctx.now(), mail: &ready.mail, files: &[] };
    match jobs.mailer.send(&outgoing) {
        Ok(()) => {
            mark_sent(&jobs.ctx, mail)?;
            Ok(Sent::Yes)
        }
        Err(fault) => {
            let is_given_up = mark_failed(&jobs.ctx, &mail, fault)?;
            tracing::warn!(kind = %mail.kind, %fault, attempts = mail.attempts, is_given_up, "a mail was not sent");
            Ok(Sent::Failed(fault))
        }
    }
}
