//! Link two cases, and take a link away. Both cases show it; neither moves on.

use super::on_case::{OnCase, beside};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::CaseReference;
use crate::domain::change::Change;
use crate::domain::comment::{Link, LinkKind};
use crate::domain::event::Event;
use crate::domain::id::LinkId;
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Verb, may};
use crate::domain::text::Line;
use crate::store::cases::{self, OfCase};
use crate::store::links;
use crate::system;

/// A link as a person makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkCases {
    /// The other case.
    pub other: CaseReference,
    /// How they hang together.
    pub kind: LinkKind,
    /// A word on it.
    pub note: Option<Line>,
}

/// Links a case to another.
///
/// # Errors
/// [`ActionError::Invalid`] for another case that this person may not know of; a refusal between compartments, for
/// the case itself, and for a link that is there already.
pub fn link_cases(ctx: &Ctx, who: &SignedIn, on: &OnCase, with: LinkCases) -> Result<Link, ActionError> {
    beside(ctx, who, on, Verb::Link, move |case, acting, tx| {
        let unknown = || ActionError::invalid("other", "There is no such case, or you may not see it.");
        let other = cases::find_by_reference(tx.conn(), &with.other)?.ok_or_else(unknown)?;
        may(acting.who, Verb::Link, Some(&other)).map_err(|_| unknown())?;
        if other.id == case.id {
            return Err(Refusal::LinkToItself.into());
        }
        if other.compartment != case.compartment || other.named != case.named {
            return Err(Refusal::CompartmentsDiffer.into());
        }
        let known = links::of_case(tx.conn(), case.id)?;
        if known.iter().any(|l| l.link.kind == with.kind && (l.link.other == other.id || l.link.case == other.id)) {
            return Err(Refusal::AlreadyLinked.into());
        }
        let id = LinkId(system::fresh_id());
        let (by, at) = (acting.who.id, acting.now);
        let link = Link { id, case: case.id, other: other.id, kind: with.kind, note: with.note, by, at };
        let event = Event::CaseLinked { link: link.clone() };
        Ok(tx.apply(Change { state: OfCase::new(&case, link), event })?.it)
    })
}

/// Takes a link away; the log keeps it.
///
/// # Errors
/// A refusal when the case has no such link.
pub fn unlink_cases(ctx: &Ctx, who: &SignedIn, on: &OnCase, link: LinkId) -> Result<(), ActionError> {
    beside(ctx, who, on, Verb::Link, move |case, _, tx| {
        let known = links::of_case(tx.conn(), case.id)?;
        let link = known.into_iter().find(|l| l.link.id == link).ok_or(Refusal::NoSuchLink)?.link;
        let event = Event::CaseUnlinked { link: link.id };
        tx.apply(Change { state: OfCase::new(&case, link), event })?;
        Ok(())
    })
}
