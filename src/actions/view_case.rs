//! Look at a case. One view per person, session and case in 15 minutes stands in the log, committed before the
//! page is sent.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use uuid::Uuid;

use super::{ActionError, Ctx, SignedIn, on_case};
use crate::domain::agency::{Agency, Officer};
use crate::domain::case::{Case, CaseReference};
use crate::domain::comment::Comment;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, StaffId};
use crate::domain::second_admin::Watch;
use crate::domain::staff::{Role, Verb};
use crate::domain::text::Line;
use crate::domain::time::Instant;
use crate::store::cases::Details;
use crate::store::second_admin::{self, NamesAndWatches};
use crate::store::{About, Conn, StoreError, Stored, cases, directory, documents, housekeep, links, search, staff};

pub use crate::store::links::LinkSeen;
pub use crate::store::log::CaseEvent;
pub use crate::store::staff::Team;

/// A case as a person may see it.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// The case.
    pub case: Case,
    /// Its agency.
    pub agency: Agency,
    /// Its officer.
    pub officer: Option<Officer>,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
    /// What the only admin did alone about people: shown beside their approvals.
    pub watches: Vec<Watch>,
    /// Whether personal data is to be shown as sealed: the viewer audits and does not work on the case.
    pub is_sealed: bool,
    /// The case's own log, oldest first, where it was asked for.
    pub log: Vec<CaseEvent>,
    /// How many comments it has.
    pub comment_count: usize,
    /// Comments, oldest first, where they were asked for.
    pub comments: Vec<Comment>,
    /// Links to and from other cases, oldest first, where they were asked for.
    pub links: Vec<LinkSeen>,
    /// Other cases that hold the same paper, byte for byte, where they were asked for.
    pub same_document: Vec<String>,
}

/// What a view shows beside the case itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// The comments.
    Comments,
    /// Links to other cases.
    Links,
    /// The case's own log. People to whom the case is sealed see its process facts only: whoever shows it seals
    /// the rest.
    Log,
    /// What somebody who approves must know: the log, and cases that hang together with this one.
    Approval,
}

/// How long a recorded view covers later ones.
const COVERS: TimeDelta = TimeDelta::minutes(15);

/// Shows a case.
///
/// # Errors
/// [`ActionError::NotFound`] without such a case; a refusal for people who may not know of it (in the log).
pub fn view_case(
    ctx: &Ctx,
    who: &SignedIn,
    reference: &CaseReference,
    with_log: bool,
) -> Result<CaseView, ActionError> {
    view_case_with(ctx, who, reference, if with_log { Beside::Log } else { Beside::Nothing })
}

/// Shows a case with something beside it.
///
/// # Errors
/// As [`view_case`].
pub fn view_case_with(
    ctx: &Ctx,
    who: &SignedIn,
    reference: &CaseReference,
    beside: Beside,
) -> Result<CaseView, ActionError> {
    let (found, NamesAndWatches { names, watches }) = ctx.store.read(|conn| {
        let found = match beside {
            // The log tells the case and its comments, so that their rows need not be read too.
            Beside::Log | Beside::Comments | Beside::Approval => {
                cases::find_with_log(conn, ctx.store.installation_key(), reference)?
            }
            _ => cases::find_details(conn, reference)?.map(|details| (details, Vec::new())),
        };
        Ok::<_, StoreError>((found, second_admin::names_and_watches(conn)?))
    })?;
    let (Details { case, agency, officer, comments: comment_count }, log) = found.ok_or(ActionError::NotFound)?;
    on_case::check(ctx, who, &case, Verb::Read)?;
    let works_on_cases = who.staff.is(Role::Analyst) || who.staff.is(Role::Reviewer);
    let is_sealed = !(works_on_cases && who.staff.teams.contains(&case.team));
    record_view(ctx, who, case.id.0, case.about(), Event::CaseViewed { was_sealed: is_sealed })?;
    let id = case.id;
    let (comments, links) = (Vec::new(), Vec::new());
    let same_document = Vec::new();
    let mut view = CaseView {
        case,
        agency,
        officer,
        names,
        watches,
        is_sealed,
        log,
        comment_count,
        comments,
        links,
        same_document,
    };
    match beside {
        Beside::Nothing | Beside::Log => {}
        Beside::Comments => view.comments = view.log.iter().filter_map(comment).collect(),
        Beside::Links => view.links = ctx.store.read(|conn| links::of_case(conn, id))?,
        Beside::Approval => {
            let served = view.case.documents.iter().filter(|d| d.kind == DocumentKind::Served);
            let hashes: Vec<String> = served.map(|d| d.sha256.clone()).collect();
            (view.links, view.same_document) = ctx.store.read(|conn| {
                Ok::<_, StoreError>((links::of_case(conn, id)?, search::by_document(conn, &who.staff, &hashes, 6)?))
            })?;
            view.same_document.retain(|reference| reference != view.case.reference.as_str());
        }
    }
    Ok(view)
}

/// The comment that an event of the log is.
pub(super) fn comment(entry: &CaseEvent) -> Option<Comment> {
    match &entry.event {
        Some(Event::CommentAdded { comment }) => Some(comment.clone()),
        _ => None,
    }
}

/// What the form for a new case needs: the directory, and the documents that arrived for it.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The agency directory by name.
    pub agencies: Vec<Agency>,
    /// Documents that arrived under this id, by this person.
    pub documents: Vec<Document>,
    /// The person's own teams by name.
    pub teams: Vec<Team>,
    /// Cases with documents of the same bytes.
    pub served_before: Vec<String>,
    /// Without an arrival: papers that wait for their case.
    pub waiting: Vec<Waiting>,
}

/// A paper that was taken in and that no case was opened for.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Under which id it arrived.
    pub arrival: CaseId,
    /// When.
    pub at: Instant,
    /// Who took it in.
    pub by: String,
    /// The name of the file; only for whoever took it in, because nobody knows yet who may know of the case.
    pub file_name: Option<Line>,
}

/// How long a paper without a case is shown to people.
pub(super) const WAITS: TimeDelta = TimeDelta::days(60);
/// How many of them.
pub(super) const MOST_WAITING: i64 = 20;

/// Prepares the form for a new case.
///
/// # Errors
/// A refusal for people who may not open cases (in the log); [`ActionError::NotFound`] for another's arrival.
pub fn prepare_case(ctx: &Ctx, who: &SignedIn, arrival: Option<CaseId>) -> Result<Desk, ActionError> {
    if let Err(refusal) = crate::domain::staff::may(&who.staff, Verb::Open, None) {
        return ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::Open)));
    }
    let desk = ctx.store.read(|conn| {
        let documents = arrival.map(|id| documents::of_case(conn, id)).transpose()?.unwrap_or_default();
        let mut teams = staff::list_teams(conn)?;
        teams.retain(|team| who.staff.teams.contains(&team.id));
        let hashes: Vec<String> = documents.iter().map(|d| d.sha256.clone()).collect();
        let served_before =
            if hashes.is_empty() { Vec::new() } else { search::by_document(conn, &who.staff, &hashes, 3)? };
        let waiting = if arrival.is_none() { waiting(conn, who, ctx.now())? } else { Vec::new() };
        let agencies = directory::list_agencies(conn, 500)?;
        Ok::<_, StoreError>(Desk { agencies, documents, teams, served_before, waiting })
    })?;
    let is_anothers = desk.documents.iter().any(|d| d.received_by != who.staff.id);
    if is_anothers { Err(ActionError::NotFound) } else { Ok(desk) }
}

/// What one's own teams took in and opened no case for.
fn waiting(conn: &mut Conn, who: &SignedIn, now: Instant) -> Result<Vec<Waiting>, StoreError> {
    let (names, colleagues) = staff::people(conn, &who.staff.teams)?;
    let people: Vec<StaffId> = colleagues.iter().map(|colleague| colleague.id).chain([who.staff.id]).collect();
    let papers = documents::arrivals(conn, &people, now.plus(-WAITS), MOST_WAITING)?;
    let waiting = |paper: Document| Waiting {
        arrival: paper.case,
        at: paper.received_at,
        by: names.get(&paper.received_by).cloned().unwrap_or_default(),
        file_name: (paper.received_by == who.staff.id).then_some(paper.file_name),
    };
    Ok(papers.into_iter().map(waiting).collect())
}

/// The agency directory by name, for the form that mends a paper's particulars.
///
/// # Errors
/// A refusal for people who may not amend (in the log).
pub fn list_agencies(ctx: &Ctx, who: &SignedIn) -> Result<Vec<Agency>, ActionError> {
    if let Err(refusal) = crate::domain::staff::may(&who.staff, Verb::Amend, None) {
        return ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::Amend)));
    }
    Ok(ctx.store.read(|conn| directory::list_agencies(conn, 500))?)
}

/// Records a view of a case or document unless an earlier one of this session covers it. Views by token are
/// always recorded.
pub(super) fn record_view(
    ctx: &Ctx,
    who: &SignedIn,
    subject: Uuid,
    about: About,
    event: Event,
) -> Result<(), ActionError> {
    let now = ctx.now();
    if let Some(session) = &who.session {
        let last = ctx.store.read(|conn| housekeep::viewed_at(conn, &session.id_hash, subject))?;
        if last.is_some_and(|at| now.since(at) < COVERS) {
            return Ok(());
        }
    }
    ctx.write(&who.staff, move |tx| Ok(tx.record(&event, about)?))?;
    if let Some(session) = &who.session {
        ctx.store.housekeep(|broom| broom.viewed(&session.id_hash, subject, now))?;
    }
    Ok(())
}
