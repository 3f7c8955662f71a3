//! Open a document.

use super::view_case::record_view;
use super::{ActionError, Ctx, SignedIn, on_case};
use crate::domain::document::{Document, DocumentKind};
use crate::domain::event::Event;
use crate::domain::id::DocumentId;
use crate::domain::staff::{Role, Verb};
use crate::domain::stage::Compartment;
use crate::seal::Key;
use crate::store::keys::{self, KeyOwner};
use crate::store::{About, StoreError, Stored, cases, documents};
use crate::vault::VaultError;

/// A document that may be read, with what opens its bytes.
pub struct OpenDocument {
    /// The document.
    pub document: Document,
    key: Key,
}

/// Opens a document for reading; the view stands in the log before a byte is sent.
///
/// # Errors
/// [`ActionError::NotFound`] without such a document; a refusal for people who may not read it (in the log).
pub fn view_document(ctx: &Ctx, who: &SignedIn, id: DocumentId) -> Result<OpenDocument, ActionError> {
    let (document, case, key) = ctx
        .store
        .read(|conn| {
            let Some((document, is_opened)) = documents::find(conn, id)? else { return Ok::<_, StoreError>(None) };
            let case = if is_opened { Some(cases::get(conn, document.case)?) } else { None };
            let key = keys::find(conn, ctx.store.installation_key(), &KeyOwner::Case(document.case).to_string())?;
            Ok(Some((document, case, key)))
        })?
        .ok_or(ActionError::NotFound)?;
    let about = match &case {
        Some(case) => {
            // What a fulfiller uploaded may be looked at again with the task; nothing else of the case.
            let is_of_a_task = document.kind == DocumentKind::Collected && who.staff.is(Role::Fulfiller);
            let verb = if is_of_a_task { Verb::ReadTask } else { Verb::ReadDocument };
            on_case::check(ctx, who, case, verb)?;
            case.about()
        }
        None if document.received_by == who.staff.id => About::Case(document.case, Compartment::Ordinary),
        None => return Err(ActionError::NotFound),
    };
    let key = key.ok_or_else(|| StoreError::corrupt("data_keys", document.case, "the case has no data key"))?;
    record_view(ctx, who, id.0, about, Event::DocumentViewed { document: id })?;
    Ok(OpenDocument { document, key })
}

/// Reads the bytes piece by piece.
///
/// # Errors
/// When the bytes were changed or are gone.
pub fn read_document(ctx: &Ctx, open: &OpenDocument, take: impl FnMut(Vec<u8>)) -> Result<(), VaultError> {
    ctx.vault.read(open.document.id, &open.key, take)
}
