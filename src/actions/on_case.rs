//! The frame of every verb on a case: read it, ask whether this person may, let the domain decide, save.

use super::{ActionError, Ctx, Refused, SignedIn, announce, clocks};
use crate::domain::case::{Case, CaseReference};
use crate::domain::change::Change;
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Staff, Verb, may};
use crate::domain::time::Instant;
use crate::store::queue::{self, CaseLine};
use crate::store::{About, Conn, StoreError, Stored, Tx, cases, log, staff};

/// Which case, and at which version it was read. Without a version the act is taken on the case as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnCase {
    /// The case's name among people.
    pub reference: CaseReference,
    /// The version the person saw.
    pub version: Option<i32>,
}

/// Who acts when, as the verb gets it.
pub struct Acting<'a> {
    /// Who, with the rights held at this moment.
    pub who: &'a Staff,
    /// When.
    pub now: Instant,
}

/// Runs one verb on one case.
///
/// # Errors
/// [`ActionError::NotFound`] without such a case, [`ActionError::Refused`] with the reason in the log,
/// [`ActionError::Conflict`] when somebody changed the case since the version seen.
pub fn act(
    ctx: &Ctx,
    who: &SignedIn,
    on: &OnCase,
    verb: Verb,
    decide: impl FnOnce(Case, &Acting<'_>, &mut Tx<'_>) -> Result<Change<Case>, ActionError> + Send + 'static,
) -> Result<Case, ActionError> {
    let (seen, within) = (on.version, ctx.clone());
    beside(ctx, who, on, verb, move |case, acting, tx| {
        if seen.is_some_and(|seen| seen != case.version) {
            return Err(ActionError::Conflict(last_change(tx.conn(), case.about())?));
        }
        let change = decide(case, acting, tx)?;
        let (news, recounts) = (announce::news_of(&change.event), change.event.recounts_clocks());
        let mut case = tx.apply(change)?;
        if recounts {
            case = clocks::recount(&within, tx, case)?;
        }
        announce::announce(tx, &case, news)?;
        Ok(case)
    })
}

/// Runs a verb that stands beside a case and does not move it on: a comment, a link. No version is asked, so that it
/// disturbs nobody who edits the case.
///
/// # Errors
/// [`ActionError::NotFound`] without such a case, [`ActionError::Refused`] with the reason in the log.
pub fn beside<T: Send + 'static>(
    ctx: &Ctx,
    who: &SignedIn,
    on: &OnCase,
    verb: Verb,
    act: impl FnOnce(Case, &Acting<'_>, &mut Tx<'_>) -> Result<T, ActionError> + Send + 'static,
) -> Result<T, ActionError> {
    let (on, id) = (on.clone(), who.staff.id);
    ctx.write(&who.staff, move |tx| {
        let now = tx.now();
        let who = staff::find(tx.conn(), id)?.ok_or(ActionError::NotFound)?;
        let case = cases::find_by_reference(tx.conn(), &on.reference)?.ok_or(ActionError::NotFound)?;
        let (stage, about) = (case.stage(), case.about());
        let refuse = |refusal| ActionError::Refused(Box::new(Refused { refusal, verb, stage: Some(stage), about }));
        may(&who, verb, Some(&case)).map_err(refuse)?;
        act(case, &Acting { who: &who, now }, tx).map_err(|error| match error {
            ActionError::Refused(r) => refuse(r.refusal),
            other => other,
        })
    })
}

impl From<Refusal> for ActionError {
    /// A domain's refusal on its way out of a verb; the frame adds verb, stage and case.
    fn from(refusal: Refusal) -> Self {
        ActionError::refused(refusal, Verb::Read)
    }
}

/// Who changed a case last, when and how, for the message of a conflict.
fn last_change(conn: &mut Conn, about: About) -> Result<Option<String>, StoreError> {
    let About::Case(id, _) = about else { return Ok(None) };
    let filter = log::LogFilter { case_key: Some(id.to_string()), ..Default::default() };
    let rows = log::list_entries(conn, &filter, 20)?;
    let Some(row) = rows.into_iter().find(|r| is_change(&r.kind)) else {
        return Ok(None);
    };
    let names = staff::names(conn)?;
    let name = super::entries::actor_name(&row.actor, &names);
    Ok(Some(format!("{name} changed this case at {} ({}).", row.at, super::entries::kind_label(&row.kind))))
}

fn is_change(kind: &str) -> bool {
    let is_beside = ["action.refused", "comment.added", "case.linked", "case.unlinked"].contains(&kind);
    let is_of_others = ["mail.", "note.", "finding.", "entry.", "archive."].iter().any(|noun| kind.starts_with(noun));
    !is_beside && !is_of_others && !kind.ends_with(".viewed")
}

/// A case's line for somebody who works on it, in one statement; for everybody else the case is read as a whole, so that
/// the refusal stands in the log as any.
///
/// # Errors
/// [`ActionError::NotFound`] without such a case, [`ActionError::Refused`].
pub fn line(ctx: &Ctx, who: &SignedIn, reference: &CaseReference, verb: Verb) -> Result<CaseLine, ActionError> {
    if may(&who.staff, verb, None).is_ok()
        && let Some(line) = ctx.store.read(|conn| queue::line_of(conn, &who.staff, reference))?
    {
        return Ok(line);
    }
    let case = ctx.store.read(|conn| cases::find_by_reference(conn, reference))?.ok_or(ActionError::NotFound)?;
    check(ctx, who, &case, verb)?;
    Err(ActionError::NotFound)
}

/// Asks whether a person may do a verb on a case that was read; a refusal goes to the log at once.
///
/// # Errors
/// [`ActionError::Refused`].
pub fn check(ctx: &Ctx, who: &SignedIn, case: &Case, verb: Verb) -> Result<(), ActionError> {
    let Err(refusal) = may(&who.staff, verb, Some(case)) else { return Ok(()) };
    let refused = Refused { refusal, verb, stage: Some(case.stage()), about: case.about() };
    ctx.write(&who.staff, move |_| Err(ActionError::Refused(Box::new(refused))))
}

/// Asks whether a person may do a verb on a case that was read, and whether the case stands where the verb can be
/// taken: for a form that should not be shown in vain. A refusal goes to the log at once.
///
/// # Errors
/// [`ActionError::Refused`].
pub fn check_now(ctx: &Ctx, who: &SignedIn, case: &Case, verb: Verb) -> Result<(), ActionError> {
    let Some(refusal) = case.keeps_from(verb, &who.staff) else { return Ok(()) };
    let refused = Refused { refusal, verb, stage: Some(case.stage()), about: case.about() };
    ctx.write(&who.staff, move |_| Err(ActionError::Refused(Box::new(refused))))
}
