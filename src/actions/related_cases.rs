//! Cases that belong together: linked by people, or sharing an account, a docket, an officer, a document.

use std::collections::{BTreeMap, BTreeSet};

use super::view_case::record_view;
use super::{ActionError, Ctx, SignedIn, on_case};
use crate::domain::case::CaseReference;
use crate::domain::event::Event;
use crate::domain::id::{CaseId, StaffId};
use crate::domain::search::KeyKind;
use crate::domain::staff::Verb;
use crate::store::links::{self, LinkSeen};
use crate::store::queue::CaseLine;
use crate::store::{About, StoreError, queue, search, staff};

/// What belongs to a case.
#[derive(Debug, Clone)]
pub struct Related {
    /// The case itself.
    pub case: CaseLine,
    /// Links that people made, with the other case where this person may know of it.
    pub links: Vec<LinkSeen>,
    /// Cases that share something with it, the latest served first, and what they share.
    pub alike: Vec<(CaseLine, BTreeSet<KeyKind>)>,
    /// Whether there are more than are shown.
    pub is_cut: bool,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
}

/// How many cases are shown at most.
pub const MOST: usize = 20;

/// Finds what belongs to a case: five statements.
///
/// # Errors
/// [`ActionError::NotFound`] without such a case; a refusal for people who may not link it (in the log).
pub fn related_cases(ctx: &Ctx, who: &SignedIn, reference: &CaseReference) -> Result<Related, ActionError> {
    let case = on_case::line(ctx, who, reference, Verb::Link)?;
    let about = About::Case(case.id, case.compartment);
    record_view(ctx, who, case.id.0, about, Event::CaseViewed { was_sealed: false })?;
    let kinds = i64::try_from(KeyKind::ALL.len()).unwrap_or(i64::MAX);
    let most = i64::try_from(MOST).unwrap_or(i64::MAX).saturating_add(1);
    let (links, hits, lines, names) = ctx.store.read(|conn| {
        let links = links::of_case(conn, case.id)?;
        let hits = search::related(conn, &who.staff, case.id, most.saturating_mul(kinds))?;
        let ids: BTreeSet<CaseId> = hits.iter().map(|(id, _)| *id).collect();
        let ids: Vec<CaseId> = ids.into_iter().collect();
        Ok::<_, StoreError>((links, hits, queue::lines_of(conn, &who.staff, &ids)?, staff::names(conn)?))
    })?;
    let mut shared: BTreeMap<CaseId, BTreeSet<KeyKind>> = BTreeMap::new();
    for (id, kind) in hits {
        shared.entry(id).or_default().insert(kind);
    }
    let is_cut = lines.len() > MOST;
    let alike = lines.into_iter().take(MOST);
    let alike = alike.map(|line| (told(shared.remove(&line.id).unwrap_or_default()), line));
    Ok(Related { case, links, alike: alike.map(|(kinds, line)| (line, kinds)).collect(), is_cut, names })
}

/// An account named exactly so is of course spelled alike too.
fn told(mut kinds: BTreeSet<KeyKind>) -> BTreeSet<KeyKind> {
    if kinds.contains(&KeyKind::Identifier) {
        kinds.remove(&KeyKind::Likeness);
        kinds.remove(&KeyKind::Stem);
    }
    kinds
}
