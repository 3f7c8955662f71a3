//! Document bytes, sealed at rest under their case's data key. One blob per arrival, named by its document's
//! id and never changed: erasing one case never takes another's copy.

mod backups;
mod held;
mod log_keys;
mod raw;
mod shelf;
mod sniff;

use std::fs::TryLockError;
use std::io::{Read, Write};

use cap_std::fs::{Dir, DirEntry, File};
use sha2::{Digest, Sha256};

use crate::domain::id::DocumentId;
use crate::seal::{CHUNK, Key, STREAM_NONCE, StreamSealer, TAG};
use crate::system;

pub use backups::{BackupShelf, NewBackup};
pub use held::{ENDING, Held};
pub use log_keys::{LogKeys, Replacing, holds_log_key};
pub use raw::Restored;
pub use shelf::Shelf;
pub use sniff::media_type;

/// A folder of sealed documents.
pub struct Vault {
    folder: Dir,
    largest: u64,
}

/// The largest document a vault takes in unless it is told otherwise, in bytes: 200 MiB.
const LARGEST: u64 = 200 * 1024 * 1024;

/// What went wrong with a document's bytes.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The file is larger than the limit.
    #[error("The file is larger than {0} MB.")]
    TooLarge(u64),
    /// The file is empty.
    #[error("The file is empty.")]
    Empty,
    /// The bytes can't be opened: wrong key or changed.
    #[error("the document's bytes can't be opened: {0}")]
    Sealed(#[from] crate::seal::SealError),
    /// The folder failed.
    #[error("the document folder failed: {0}")]
    Io(#[from] std::io::Error),
    /// The folder of keys failed, or a key is not there.
    #[error("the folder of keys failed: {0}")]
    Keys(std::io::Error),
}

/// What is known of bytes once they are all there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of the bytes as received, lower-case hex.
    pub sha256: String,
    /// Media type as sniffed from the first bytes.
    pub media_type: String,
}

/// A document being taken in. Dropped unfinished, it leaves nothing.
pub struct Upload<'v> {
    vault: &'v Vault,
    id: DocumentId,
    file: Option<File>,
    sealer: Option<StreamSealer>,
    buffer: Vec<u8>,
    head: Vec<u8>,
    hash: Sha256,
    size: u64,
}

/// How many first bytes sniffing looks at.
const HEAD: usize = 8 * 1024;

impl Vault {
    /// A vault in a folder. Parts left by a crash are removed; those that another program is writing are not, because
    /// it holds them locked.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn new(folder: Dir) -> Result<Vault, VaultError> {
        for entry in folder.entries()? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().ends_with(".part") {
                remove_if_left(&entry)?;
            }
        }
        Ok(Vault { folder, largest: LARGEST })
    }

    /// The same vault with another limit, in bytes.
    #[must_use]
    pub fn up_to(self, largest: u64) -> Vault {
        Vault { largest, ..self }
    }

    /// The largest document it takes in, in bytes.
    pub fn largest(&self) -> u64 {
        self.largest
    }

    /// Asks whether a document could be written now.
    ///
    /// # Errors
    /// When the folder, or its disk, takes no file.
    pub fn check_writable(&self) -> Result<(), VaultError> {
        let id = DocumentId(system::fresh_id());
        let mut file = self.create_locked(id)?;
        let written = file.write_all(b"ready?").and_then(|()| file.sync_all());
        self.folder.remove_file(part(id))?;
        Ok(written?)
    }

    /// Begins taking in a document.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn begin(&self, id: DocumentId, key: &Key) -> Result<Upload<'_>, VaultError> {
        let nonce = system::chance::<STREAM_NONCE>();
        let mut file = self.create_locked(id)?;
        file.write_all(&nonce)?;
        Ok(Upload {
            vault: self,
            id,
            file: Some(file),
            sealer: Some(key.seal_stream(nonce)),
            buffer: Vec::with_capacity(CHUNK),
            head: Vec::new(),
            hash: Sha256::new(),
            size: 0,
        })
    }

    /// A new part, locked until it is closed, however that comes about. Whoever looked for parts left by a crash in
    /// the moment before the lock may have removed it; then it is made once more.
    fn create_locked(&self, id: DocumentId) -> Result<File, VaultError> {
        loop {
            let file = self.folder.create(part(id))?.into_std();
            file.lock()?;
            if self.folder.exists(part(id)) {
                return Ok(File::from_std(file));
            }
        }
    }

    /// Reads a document piece by piece.
    ///
    /// # Errors
    /// When it is not there, or its bytes were changed.
    pub fn read(&self, id: DocumentId, key: &Key, mut take: impl FnMut(Vec<u8>)) -> Result<(), VaultError> {
        let mut file = self.folder.open(id.to_string())?;
        let mut nonce = [0; STREAM_NONCE];
        file.read_exact(&mut nonce)?;
        let mut opener = key.open_stream(nonce);
        let mut piece = read_piece(&mut file)?;
        loop {
            let next = read_piece(&mut file)?;
            if next.is_empty() {
                take(opener.last(&piece)?);
                return Ok(());
            }
            take(opener.next(&piece)?);
            piece = next;
        }
    }

    /// The names of all files but those of parts that are being written.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn names(&self) -> Result<Vec<String>, VaultError> {
        let mut names = Vec::new();
        for entry in self.folder.entries()? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if !name.ends_with(".part") {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Removes the bytes of a document whose act failed.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn discard(&self, id: DocumentId) -> Result<(), VaultError> {
        Ok(self.folder.remove_file(id.to_string())?)
    }
}

/// Removes a part that nobody holds. One that is gone meanwhile was finished, or removed by somebody else.
fn remove_if_left(entry: &DirEntry) -> Result<(), VaultError> {
    let is_gone = |error: &std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
    let file = match entry.open() {
        Ok(file) => file.into_std(),
        Err(error) if is_gone(&error) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    match file.try_lock() {
        Ok(()) => match entry.remove_file() {
            Err(error) if !is_gone(&error) => Err(error.into()),
            _ => Ok(()),
        },
        Err(TryLockError::WouldBlock) => Ok(()),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn part(id: DocumentId) -> String {
    format!("{id}.part")
}

/// One sealed chunk, shorter only at the end.
fn read_piece(file: &mut File) -> Result<Vec<u8>, VaultError> {
    let mut piece = Vec::with_capacity(CHUNK + TAG);
    let most = u64::try_from(CHUNK + TAG).unwrap_or(u64::MAX);
    file.take(most).read_to_end(&mut piece)?;
    Ok(piece)
}

impl Upload<'_> {
    /// Takes in the next bytes.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`] beyond the limit.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), VaultError> {
        self.size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.size > self.vault.largest {
            return Err(VaultError::TooLarge(self.vault.largest / (1024 * 1024)));
        }
        self.hash.update(bytes);
        let room = HEAD.saturating_sub(self.head.len());
        self.head.extend(bytes.iter().take(room));
        self.buffer.extend_from_slice(bytes);
        // The last chunk is sealed apart, so at least one byte stays until the end is known.
        while self.buffer.len() > CHUNK {
            let rest = self.buffer.split_off(CHUNK);
            let chunk = std::mem::replace(&mut self.buffer, rest);
            if let (Some(sealer), Some(file)) = (&mut self.sealer, &mut self.file) {
                file.write_all(&sealer.next(&chunk)?)?;
            }
        }
        Ok(())
    }

    /// Ends the upload: the bytes are on the disk when this returns.
    ///
    /// # Errors
    /// [`VaultError::Empty`] for no bytes.
    pub fn finish(self) -> Result<Arrived, VaultError> {
        self.end(true)
    }

    /// Ends the upload without waiting for the disk: for generated papers, which nobody mourns.
    ///
    /// # Errors
    /// As [`Upload::finish`].
    pub fn finish_unsynced(self) -> Result<Arrived, VaultError> {
        self.end(false)
    }

    fn end(mut self, is_synced: bool) -> Result<Arrived, VaultError> {
        if self.size == 0 {
            return Err(VaultError::Empty);
        }
        if let (Some(sealer), Some(file)) = (self.sealer.take(), &mut self.file) {
            file.write_all(&sealer.last(&self.buffer)?)?;
            if is_synced {
                file.sync_all()?;
            }
        }
        let folder = &self.vault.folder;
        folder.rename(part(self.id), folder, self.id.to_string())?;
        // Closed, and so unlocked, only now that it is no part any more.
        self.file = None;
        if is_synced {
            folder.open(".")?.sync_all()?;
        }
        Ok(Arrived {
            size: self.size,
            sha256: hex::encode(self.hash.clone().finalize()),
            media_type: media_type(&self.head).to_owned(),
        })
    }
}

impl Drop for Upload<'_> {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Nothing more can be done here; a part left over is removed at the next start.
            let _left = self.vault.folder.remove_file(part(self.id));
        }
    }
}
