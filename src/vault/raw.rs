//! Documents as they lie in the folder, sealed: for backups, which neither open nor change them.

use std::io::{ErrorKind, Read, Write};

use super::{Vault, VaultError, part};
use crate::domain::id::DocumentId;

/// How many bytes are handed on at a time.
const PIECE: usize = 256 * 1024;

impl Vault {
    /// Hands on a document's sealed bytes. False where there are none.
    ///
    /// # Errors
    /// When they can't be read, and what the taker ends with.
    pub fn hand_on<E: From<VaultError>>(
        &self,
        id: DocumentId,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<bool, E> {
        let mut file = match self.folder.open(id.to_string()) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(VaultError::from(error).into()),
        };
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece).map_err(VaultError::from)? {
                0 => return Ok(true),
                read => take(piece.get(..read).unwrap_or_default())?,
            }
        }
    }

    /// Whether a document's bytes are there.
    pub fn has(&self, id: DocumentId) -> bool {
        self.folder.exists(id.to_string())
    }

    /// Begins to put back a document's sealed bytes.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn put_back(&self, id: DocumentId) -> Result<Restored<'_>, VaultError> {
        Ok(Restored { vault: self, id, file: self.create_locked(id)? })
    }

    /// Makes sure that all that was put back is on the disk under its name.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn settle(&self) -> Result<(), VaultError> {
        Ok(self.folder.open(".")?.sync_all()?)
    }
}

/// A document being put back. Dropped unfinished, it leaves a part that the next start removes.
pub struct Restored<'v> {
    vault: &'v Vault,
    id: DocumentId,
    file: cap_std::fs::File,
}

impl Restored<'_> {
    /// Takes the next sealed bytes.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), VaultError> {
        Ok(self.file.write_all(bytes)?)
    }

    /// Ends it: the bytes are on the disk.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn finish(self) -> Result<(), VaultError> {
        self.file.sync_all()?;
        let folder = &self.vault.folder;
        Ok(folder.rename(part(self.id), folder, self.id.to_string())?)
    }
}
