//! Record what was collected for one granted demand.

use super::on_case::{OnCase, act};
use super::receive_document::Uploaded;
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::decision::{CollectionOutcome, CollectionResult};
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::DemandId;
use crate::domain::staff::Verb;
use crate::domain::text::Prose;

/// A collection result as a fulfiller enters it.
#[derive(Debug, Clone)]
pub struct Collect {
    /// The demand.
    pub demand: DemandId,
    /// What it came to.
    pub outcome: CollectionOutcome,
    /// System and query used, or where was searched in vain.
    pub account: Prose,
}

/// Records the result with its files.
///
/// # Errors
/// As every verb on a case; the bytes are discarded then.
pub fn collect(
    ctx: &Ctx,
    who: &SignedIn,
    on: &OnCase,
    with: Collect,
    uploads: Vec<Uploaded>,
) -> Result<Case, ActionError> {
    let now = ctx.now();
    let demand = Some(with.demand);
    let mut files: Vec<Document> =
        uploads.iter().map(|u| u.document(who, DocumentKind::Collected, demand, now)).collect();
    files.sort_by_key(|file| file.id);
    let collected = act(ctx, who, on, Verb::Collect, move |case, acting, _| {
        let Collect { demand, outcome, account } = with;
        let named = files.iter().map(|f| f.id).collect();
        let result = CollectionResult { demand, outcome, account, files: named, by: acting.who.id, at: acting.now };
        Ok(case.collect(result, files)?)
    });
    if let Err(error) = &collected {
        uploads.iter().for_each(|upload| upload.discard_after(ctx, error));
    }
    collected
}
