//! Mails to staff: which there are, whom each concerns, and why one could not be sent. What they say is in
//! [`texts`], which is given nothing personal and so can't tell any.

pub mod texts;

pub use texts::{Mail, Told};

use chrono::TimeDelta;

use super::case::{Case, CaseReference};
use super::id::{AlarmId, ErasureId, StaffId};
use super::refusal::Refusal;
use super::staff::{Role, Staff, Verb, may};
use super::stage::Stage;
use super::words::closed_words;

closed_words! {
    /// What a mail is about.
    pub enum MailKind {
        /// To reviewers: a draft is complete.
        ApprovalAsked = "approval_asked", "approval asked";
        /// To whoever drafted: a reviewer sent the draft back.
        DecisionReturned = "decision_returned", "draft returned";
        /// To whoever was given a case.
        CaseAssigned = "case_assigned", "case assigned";
        /// To fulfillers: a scope was approved.
        TaskWaiting = "task_waiting", "collection task waiting";
        /// To those who may release: everything granted is collected.
        ReleaseWaiting = "release_waiting", "production waiting";
        /// To whoever answers for a case: its answer is due in a few days.
        DueSoon = "due_soon", "answer due soon";
        /// To the same person: the day has passed.
        Late = "late", "answer late";
        /// To whoever answers for another clock: it ends soon.
        ClockWarns = "clock_warns", "clock ends soon";
        /// To the same: it has ended, and it is a duty.
        ClockLate = "clock_late", "duty late";
        /// To legal reviewers of the team: a duty is late.
        ClockEscalated = "clock_escalated", "late duty escalated";
        /// To whoever answers for a case: an auditor unsealed one of its entries.
        EntryUnsealed = "entry_unsealed", "entry unsealed";
        /// To the same: an auditor took the whole case away.
        ArchiveTaken = "archive_taken", "archive of a case taken";
        /// To the same: an auditor raised a finding on it.
        FindingRaised = "finding_raised", "audit finding raised";
        /// To legal reviewers who may approve it: an erasure was proposed.
        ErasureAsked = "erasure_asked", "approval of an erasure asked";
        /// To admins and auditors: the log was found faulty.
        AlarmRaised = "alarm_raised", "alarm about the log";
    }
}

closed_words! {
    /// Why a mail could not be sent: a class of error, never an address or a server's own words.
    pub enum MailFault {
        Unreachable = "unreachable", "the mail server can't be reached, or broke off";
        Insecure = "insecure", "no trusted TLS connection with the mail server";
        SignIn = "sign_in", "the mail server does not accept how Writ signs in";
        Later = "later", "the mail server asks to try later";
        Refused = "refused", "the mail server refuses this address or this mail";
        Unwritable = "unwritable", "the folder for mails can't be written to";
        Unfit = "unfit", "the address is none that mail can be sent to";
        CutShort = "cut_short", "every attempt was cut short before its end was known";
    }
}

impl MailFault {
    /// Whether trying again can't help, so that a person must mend something first.
    pub fn is_final(self) -> bool {
        matches!(self, MailFault::Refused | MailFault::Unfit)
    }

    /// Whether the next mail would fail the same way now.
    pub fn concerns_all(self) -> bool {
        matches!(self, MailFault::Unreachable | MailFault::Insecure | MailFault::SignIn | MailFault::Unwritable)
    }
}

/// Minutes to wait after each failed attempt; after the one that follows the last pause a mail is given up. In all
/// about three and a half days: a mail server may be down over a weekend.
const PAUSES: [i64; 9] = [1, 5, 15, 60, 240, 720, 1440, 1440, 1440];

/// How often sending is tried before a mail is given up.
pub const MOST_ATTEMPTS: i32 = 10;

/// How long to wait after so many failed attempts; none when the mail is given up.
pub fn pause_after(attempts: i32) -> Option<TimeDelta> {
    let at = usize::try_from(attempts.saturating_sub(1)).ok()?;
    PAUSES.get(at).copied().map(TimeDelta::minutes)
}

/// A mail that an act leaves in the outbox. What it says is made when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// To whom.
    pub to: StaffId,
    /// What about.
    pub kind: MailKind,
    /// On which case; none where it is about the register.
    pub reference: Option<CaseReference>,
    /// The occasion: of two mails with the same one only the first is kept.
    pub once: String,
}

impl NewMail {
    /// A mail to each person on an occasion of a case, for example its third revision.
    pub fn on(kind: MailKind, case: &Case, to: StaffId, occasion: impl std::fmt::Display) -> NewMail {
        let once = format!("{kind}/{}/{occasion}/{to}", case.id);
        NewMail { to, kind, reference: Some(case.reference.clone()), once }
    }

    /// A mail to each person that an alarm was raised.
    pub fn of_alarm(alarm: AlarmId, to: StaffId) -> NewMail {
        NewMail::of_register(MailKind::AlarmRaised, alarm, to)
    }

    /// A mail to each person that an erasure was proposed.
    pub fn of_erasure(erasure: ErasureId, to: StaffId) -> NewMail {
        NewMail::of_register(MailKind::ErasureAsked, erasure, to)
    }

    fn of_register(kind: MailKind, occasion: impl std::fmt::Display, to: StaffId) -> NewMail {
        NewMail { to, kind, reference: None, once: format!("{kind}/{occasion}/{to}") }
    }
}

impl MailKind {
    /// What it tells, after *told Carla*.
    pub fn tells(self) -> &'static str {
        match self {
            MailKind::ApprovalAsked => "that approval waits",
            MailKind::DecisionReturned => "that the draft came back",
            MailKind::CaseAssigned => "that the case is theirs",
            MailKind::TaskWaiting => "that a collection task waits",
            MailKind::ReleaseWaiting => "that a production waits to be released",
            MailKind::DueSoon => "that the answer is due soon",
            MailKind::Late => "that the answer is late",
            MailKind::ClockWarns => "that a clock ends soon",
            MailKind::ClockLate => "that a duty is late",
            MailKind::ClockEscalated => "that a duty is late and nobody has settled it",
            MailKind::EntryUnsealed => "that an auditor unsealed an entry of the case",
            MailKind::ArchiveTaken => "that an auditor took the case away as an archive",
            MailKind::FindingRaised => "that an auditor raised a finding",
            MailKind::ErasureAsked => "that an erasure waits for approval",
            MailKind::AlarmRaised => "that a verification found a fault",
        }
    }

    /// Whom it goes to, several of them.
    pub fn told_many(self) -> &'static str {
        match self {
            MailKind::ApprovalAsked | MailKind::ErasureAsked => "reviewers",
            MailKind::TaskWaiting => "fulfillers",
            _ => "colleagues",
        }
    }

    /// Whether a mail of this kind about a case, as it is now, is still something for this person: asked before it
    /// is written down and again before it is sent.
    pub fn concerns(self, case: &Case, who: &Staff) -> bool {
        match self {
            MailKind::ApprovalAsked => case.keeps_from(Verb::Approve, who).is_none(),
            MailKind::DecisionReturned => may_read(case, who) && case.progress.returned().is_some(),
            MailKind::CaseAssigned => may_read(case, who) && case.closing().is_none(),
            MailKind::TaskWaiting => {
                who.is(Role::Fulfiller)
                    && case.stage() == Stage::Fulfilment
                    && case.keeps_from(Verb::Collect, who).is_none()
            }
            // Whoever may release hears of it also while a wait holds it: the page says so.
            MailKind::ReleaseWaiting => {
                let kept = case.keeps_from(Verb::Release, who);
                kept.is_none_or(|refusal| matches!(refusal, Refusal::ReleaseHeld { .. }))
            }
            MailKind::DueSoon | MailKind::Late => may_read(case, who) && is_awaited(case),
            MailKind::ClockWarns | MailKind::ClockLate => {
                // A fulfiller knows of a task, not of the case behind it.
                let collects =
                    who.is(Role::Fulfiller) && case.has_task() && may(who, Verb::ReadTask, Some(case)).is_ok();
                (may_read(case, who) || collects) && is_running(case)
            }
            MailKind::ClockEscalated => may_read(case, who) && is_running(case),
            MailKind::EntryUnsealed | MailKind::ArchiveTaken | MailKind::FindingRaised => may_read(case, who),
            MailKind::ErasureAsked => may(who, Verb::ApproveErasure, Some(case)).is_ok(),
            MailKind::AlarmRaised => false,
        }
    }

    /// The same of a mail that is about the register and no case.
    pub fn concerns_register(self, who: &Staff) -> bool {
        let verb = match self {
            MailKind::ErasureAsked => Verb::ApproveErasure,
            MailKind::AlarmRaised => Verb::AcknowledgeAlarm,
            _ => return false,
        };
        may(who, verb, None).is_ok()
    }
}

fn may_read(case: &Case, who: &Staff) -> bool {
    may(who, Verb::Read, Some(case)).is_ok()
}

/// Whether an answer is owed and its clock runs: nothing has left, the case is not closed and its clock does not stand
/// still.
fn is_awaited(case: &Case) -> bool {
    let is_open = case.closing().is_none() && case.released().is_none();
    is_open && !case.is_standing_still() && case.due_on().is_some()
}

/// Whether any clock of the case runs and does not stand still.
fn is_running(case: &Case) -> bool {
    case.running_clocks().into_iter().any(|clock| case.stands_still(clock).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let pauses: Vec<_> = (1..).map_while(pause_after).collect();
        assert!(pauses.is_sorted());
        assert_eq!(i32::try_from(pauses.len()), Ok(MOST_ATTEMPTS - 1));
        assert_eq!(pause_after(0), None);
    }
}
