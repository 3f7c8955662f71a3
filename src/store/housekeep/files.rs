//! Files of erased documents that are taken away.

use diesel::prelude::*;

use super::Broom;
use crate::domain::id::DocumentId;
use crate::store::error::StoreError;
use crate::store::schema::erased_documents;
use crate::store::types::Id;

impl Broom<'_> {
    /// Forgets documents whose files are gone.
    ///
    /// # Errors
    /// When the database fails.
    pub fn files_taken(&mut self, files: &[DocumentId]) -> Result<(), StoreError> {
        let ids: Vec<Id> = files.iter().map(|id| Id(id.0)).collect();
        diesel::delete(erased_documents::table.filter(erased_documents::document_id.eq_any(ids))).execute(self.conn)?;
        Ok(())
    }
}
