//! Read the catalogue, the rule packs, and the settings in effect. They hold no personal data, so a reading leaves
//! no entry; a refused one does.

use std::sync::Arc;

use super::{ActionError, Ctx, SignedIn};
use crate::domain::catalogue::Catalogue;
use crate::domain::setting::SettingLine;
use crate::domain::staff::{Verb, may};
use crate::law::Rulebook;

/// The services and what they keep.
///
/// # Errors
/// A refusal (in the log).
pub fn view_catalogue(ctx: &Ctx, who: &SignedIn) -> Result<Arc<Catalogue>, ActionError> {
    check(ctx, who, Verb::ReadRules)?;
    Ok(ctx.catalogue.clone())
}

/// The rule packs and the facts they speak of.
///
/// # Errors
/// A refusal (in the log).
pub fn view_rulebook(ctx: &Ctx, who: &SignedIn) -> Result<Arc<Rulebook>, ActionError> {
    check(ctx, who, Verb::ReadRules)?;
    super::law::refresh(ctx)
}

/// The settings in effect, secrets masked.
///
/// # Errors
/// A refusal (in the log).
pub fn view_settings(ctx: &Ctx, who: &SignedIn) -> Result<Arc<[SettingLine]>, ActionError> {
    check(ctx, who, Verb::ReadSettings)?;
    Ok(ctx.settings.clone())
}

/// Whether this person may; a refusal stands in the log.
pub(super) fn check(ctx: &Ctx, who: &SignedIn, verb: Verb) -> Result<(), ActionError> {
    let Err(refusal) = may(&who.staff, verb, None) else { return Ok(()) };
    ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, verb)))
}
