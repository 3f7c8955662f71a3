//! Attach a document to a case.

use super::on_case::{OnCase, act};
use super::receive_document::Uploaded;
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::document::DocumentKind;
use crate::domain::staff::Verb;

/// Attaches bytes that are in the vault. The first served paper brings the case from intake to triage.
///
/// # Errors
/// As every verb on a case; the bytes are discarded then.
pub fn attach_document(
    ctx: &Ctx,
    who: &SignedIn,
    on: &OnCase,
    kind: DocumentKind,
    uploaded: Uploaded,
) -> Result<Case, ActionError> {
    let document = uploaded.document(who, kind, None, ctx.now());
    let attached = act(ctx, who, on, Verb::Attach, move |case, _, _| Ok(case.attach(document)?));
    if let Err(error) = &attached {
        uploaded.discard_after(ctx, error);
    }
    attached
}
