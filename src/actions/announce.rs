//! Mails that follow from acts on cases. They are put in the outbox in the act's own transaction: an act that is rolled
//! back leaves none, and nothing is sent before its commit. Nobody gets a mail about what they did themselves.

use super::retention::is_open_to;
use crate::domain::case::Case;
use crate::domain::erasure::ErasureStanding;
use crate::domain::event::Event;
use crate::domain::id::{CaseId, StaffId};
use crate::domain::mail::{MailKind, NewMail};
use crate::domain::staff::{Role, Staff, Verb, roles_for};
use crate::domain::stage::Stage;
use crate::store::erasures::Candidate;
use crate::store::{StoreError, Tx, cases, staff};

/// What of an event others are told by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// A draft was made; reviewers are asked once it is complete.
    Drafted,
    /// An approval was given; fulfillers are told once it is the last one needed.
    Approved,
    /// A result was recorded; those who may release are told once it is the last one.
    Collected,
    /// A draft came back; whoever drafted is told.
    Returned,
    /// Somebody got the case.
    Assigned(StaffId),
}

/// The news in an event, if others are told of it.
pub fn news_of(event: &Event) -> Option<News> {
    match event {
        Event::DecisionDrafted { .. } => Some(News::Drafted),
        Event::DecisionApproved { .. } => Some(News::Approved),
        Event::CollectionRecorded { .. } => Some(News::Collected),
        Event::DecisionReturned { .. } => Some(News::Returned),
        Event::CaseAssigned { assignee: Some(to), .. } => Some(News::Assigned(*to)),
        _ => None,
    }
}

/// Puts the mails about an act in the outbox. The case is as the act left it.
///
/// # Errors
/// When the store fails.
pub fn announce(tx: &mut Tx<'_>, case: &Case, news: Option<News>) -> Result<(), StoreError> {
    match news {
        Some(News::Drafted) => to_holders(tx, case, MailKind::ApprovalAsked, roles_for(Verb::Approve)),
        Some(News::Approved) => to_holders(tx, case, MailKind::TaskWaiting, roles_for(Verb::Collect)),
        Some(News::Collected) => to_holders(tx, case, MailKind::ReleaseWaiting, roles_for(Verb::Release)),
        Some(News::Returned) => {
            let Some(drafter) = case.draft().map(|draft| draft.by) else { return Ok(()) };
            to_one(tx, case, MailKind::DecisionReturned, drafter)
        }
        Some(News::Assigned(to)) => to_one(tx, case, MailKind::CaseAssigned, to),
        None => Ok(()),
    }
}

/// A mail to whoever answers for a case and can be reached: whoever has it, else whoever drafted, else whoever opened it.
///
/// # Errors
/// When the store fails.
pub(super) fn to_whoever_answers(
    tx: &mut Tx<'_>,
    case: CaseId,
    kind: MailKind,
    occasion: impl std::fmt::Display,
) -> Result<(), StoreError> {
    let case = cases::get(tx.conn(), case)?;
    let drafted = case.draft().map(|draft| draft.by);
    for id in case.assignee.into_iter().chain(drafted).chain([case.opened_by]) {
        let found = staff::find(tx.conn(), id)?;
        if let Some(who) = found.filter(|who| who.email.is_some() && kind.concerns(&case, who)) {
            return post(tx, &case, kind, &who, occasion);
        }
    }
    Ok(())
}

/// A mail to each legal reviewer who may approve an erasure of these cases.
///
/// # Errors
/// When the store fails.
pub(super) fn erasure_proposed(tx: &mut Tx<'_>, erasure: &ErasureStanding, of: &[Candidate]) -> Result<(), StoreError> {
    let sealed = erasure.sealed_case.map(|case| cases::get(tx.conn(), case)).transpose()?;
    for who in staff::list_reachable(tx.conn(), roles_for(Verb::ApproveErasure))? {
        if who.id == erasure.by || !of.iter().all(|case| is_open_to(&who, case)) {
            continue;
        }
        match &sealed {
            Some(case) => post(tx, case, MailKind::ErasureAsked, &who, erasure.id)?,
            None => tx.post(&NewMail::of_erasure(erasure.id, who.id))?,
        }
    }
    Ok(())
}

/// One mail per person and revision of the scope, to all holders of one of these roles whom it concerns.
fn to_holders(tx: &mut Tx<'_>, case: &Case, kind: MailKind, roles: &[Role]) -> Result<(), StoreError> {
    // Most drafts, approvals and results are not the last step; without news nobody's rights need be read.
    let is_due = match kind {
        MailKind::TaskWaiting => case.has_task(),
        MailKind::ReleaseWaiting => case.stage() == Stage::Delivery,
        _ => case.progress.is_decided(),
    };
    if !is_due {
        return Ok(());
    }
    for who in staff::list_reachable(tx.conn(), roles)? {
        post(tx, case, kind, &who, case.scope.revision)?;
    }
    Ok(())
}

/// One mail per person and act.
fn to_one(tx: &mut Tx<'_>, case: &Case, kind: MailKind, to: StaffId) -> Result<(), StoreError> {
    match staff::find(tx.conn(), to)? {
        Some(who) if who.email.is_some() => post(tx, case, kind, &who, case.version),
        _ => Ok(()),
    }
}

fn post(
    tx: &mut Tx<'_>,
    case: &Case,
    kind: MailKind,
    who: &Staff,
    occasion: impl std::fmt::Display,
) -> Result<(), StoreError> {
    if tx.is_by(who.id) || !kind.concerns(case, who) {
        return Ok(());
    }
    tx.post(&NewMail::on(kind, case, who.id, occasion))
}
