//! Take in bytes: sealed into the vault first, then recorded. A document that arrives before its case is opened
//! gets the id its case will have, so that the form beside it can be filled in without losing anything.

use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::CaseReference;
use crate::domain::change::Change;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, DemandId, DocumentId};
use crate::domain::staff::{Verb, may};
use crate::domain::text::Line;
use crate::domain::time::Instant;
use crate::seal::Key;
use crate::store::keys::{self, KeyOwner};
use crate::store::{StoreError, cases};
use crate::system;
use crate::vault::{Arrived, Upload};

/// Where bytes go: a case that is open, or one that will be.
pub struct Destination {
    /// The id its document will have.
    pub document: DocumentId,
    /// The case's id.
    pub case: CaseId,
    key: Key,
    is_new_case: bool,
}

/// Bytes that are in the vault and wait to be recorded. Unless an act takes them they are discarded.
pub struct Uploaded {
    destination: Destination,
    file_name: Line,
    arrived: Arrived,
}

/// Prepares taking in bytes for a case that is open.
///
/// # Errors
/// When there is no such case, or this person may not do this verb on it (which the log records).
pub fn for_case(ctx: &Ctx, who: &SignedIn, reference: &CaseReference, verb: Verb) -> Result<Destination, ActionError> {
    let (case, key) = ctx.store.read(|conn| {
        let case = cases::find_by_reference(conn, reference)?;
        let owner = case.as_ref().map(|c| KeyOwner::Case(c.id).to_string());
        let key = owner.map(|o| keys::find(conn, ctx.store.installation_key(), &o)).transpose()?.flatten();
        Ok::<_, StoreError>((case, key))
    })?;
    let case = case.ok_or(ActionError::NotFound)?;
    super::on_case::check(ctx, who, &case, verb)?;
    let key = key.ok_or_else(|| StoreError::corrupt("data_keys", case.id, "the case has no data key"))?;
    Ok(Destination { document: DocumentId(system::fresh_id()), case: case.id, key, is_new_case: false })
}

/// Prepares taking in the paper of a case that is not opened yet.
///
/// # Errors
/// When this person may not open cases (which the log records).
pub fn for_new_case(ctx: &Ctx, who: &SignedIn) -> Result<Destination, ActionError> {
    if let Err(refusal) = may(&who.staff, Verb::Open, None) {
        return ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::Open)));
    }
    Ok(Destination {
        document: DocumentId(system::fresh_id()),
        case: CaseId(system::fresh_id()),
        key: Key::new(system::chance()),
        is_new_case: true,
    })
}

/// Begins writing the bytes.
///
/// # Errors
/// When the vault can't be written.
pub fn begin<'c>(ctx: &'c Ctx, to: &Destination) -> Result<Upload<'c>, ActionError> {
    Ok(ctx.vault.begin(to.document, &to.key)?)
}

impl Uploaded {
    /// Bytes that have arrived whole.
    pub fn new(destination: Destination, file_name: Line, arrived: Arrived) -> Self {
        Uploaded { destination, file_name, arrived }
    }

    /// The document as an act will record it.
    pub(super) fn document(
        &self,
        who: &SignedIn,
        kind: DocumentKind,
        demand: Option<DemandId>,
        now: Instant,
    ) -> Document {
        Document {
            id: self.destination.document,
            case: self.destination.case,
            kind,
            demand,
            file_name: self.file_name.clone(),
            media_type: self.arrived.media_type.clone(),
            size: self.arrived.size,
            sha256: self.arrived.sha256.clone(),
            received_at: now,
            received_by: who.staff.id,
        }
    }

    /// Removes the bytes when the act that should have recorded them failed. Where it may have been done all the same
    /// they stay: bytes that no row names harm nobody, a row whose bytes are gone can't be mended.
    pub(super) fn discard_after(&self, ctx: &Ctx, failed: &ActionError) {
        if !failed.left_nothing() {
            return;
        }
        if let Err(error) = ctx.vault.discard(self.destination.document) {
            tracing::warn!(%error, "bytes of a failed act stay in the vault");
        }
    }
}

/// Records a document that arrived before its case is opened.
///
/// # Errors
/// When the store fails.
pub fn receive_document(ctx: &Ctx, who: &SignedIn, uploaded: Uploaded) -> Result<Document, ActionError> {
    if !uploaded.destination.is_new_case {
        return Err(ActionError::NotFound);
    }
    let document = uploaded.document(who, DocumentKind::Served, None, ctx.now());
    let (key, case) = (uploaded.destination.key.clone(), uploaded.destination.case);
    let received = ctx.write(&who.staff, move |tx| {
        tx.put_data_key(KeyOwner::Case(case), &key)?;
        let event = Event::DocumentReceived { document: document.clone() };
        Ok(tx.apply(Change { state: document, event })?)
    });
    if let Err(error) = &received {
        uploaded.discard_after(ctx, error);
    }
    received
}
