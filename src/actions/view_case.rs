//! Look at a case. One view per person, session and case in 15 minutes stands in the log, committed before the
//! page is sent.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use uuid::Uuid;

use super::{ActionError, Ctx, SignedIn, on_case};
use crate::domain::agency::{Agency, Officer};
use crate::domain::case::{Case, CaseReference};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, StaffId};
use crate::domain::staff::{Role, Verb};
use crate::store::cases::Details;
use crate::store::log::{self};
use crate::store::{About, StoreError, Stored, cases, directory, documents, housekeep, search, staff};

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
    /// Whether personal data is to be shown as sealed: the viewer audits and does not work on the case.
    pub is_sealed: bool,
    /// The case's own log, oldest first, where it was asked for.
    pub log: Vec<CaseEvent>,
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
    let (details, names) =
        ctx.store.read(|conn| Ok::<_, StoreError>((cases::find_details(conn, reference)?, staff::names(conn)?)))?;
    let Details { case, agency, officer } = details.ok_or(ActionError::NotFound)?;
    on_case::check(ctx, who, &case, Verb::Read)?;
    let works_on_it = who.staff.is(Role::Analyst) || who.staff.is(Role::Reviewer);
    let is_sealed = !(works_on_it && who.staff.teams.contains(&case.team));
    record_view(ctx, who, case.id.0, case.about(), Event::CaseViewed { was_sealed: is_sealed })?;
    let log = if with_log && !is_sealed {
        ctx.store.read(|conn| log::case_events(conn, ctx.store.installation_key(), case.id))?
    } else {
        Vec::new()
    };
    Ok(CaseView { case, agency, officer, names, is_sealed, log })
}

/// What the form for a new case needs: the directory, and the documents that arrived for it.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The agency directory by name.
    pub agencies: Vec<Agency>,
    /// Documents that arrived under this id, by this person.
    pub documents: Vec<crate::domain::document::Document>,
    /// The person's own teams by name.
    pub teams: Vec<Team>,
    /// Cases with documents of the same bytes.
    pub served_before: Vec<String>,
}

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
        Ok::<_, StoreError>(Desk { agencies: directory::list_agencies(conn, 500)?, documents, teams, served_before })
    })?;
    let is_anothers = desk.documents.iter().any(|d| d.received_by != who.staff.id);
    if is_anothers { Err(ActionError::NotFound) } else { Ok(desk) }
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
