//! Reading a backup: nothing is given out before its chunk has opened, and each hash is compared where it stands.

use std::io::Read;

use flate2::read::DeflateDecoder;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{ANY_VERSION, BackupError, FIRST_LINE, LARGEST, Manifest, Secret, Totals};
use crate::seal::{CHUNK, StreamOpener, TAG};

/// One thing in a backup, in the order of the file.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// A file of the folder of keys.
    KeyFile {
        /// Its name.
        name: String,
        /// What is in it.
        bytes: Vec<u8>,
    },
    /// The next bytes of the database's dump.
    Dump(Vec<u8>),
    /// The dump was whole.
    EndOfDump,
    /// A document begins.
    Document(Uuid),
    /// Its next bytes.
    Bytes(Vec<u8>),
    /// It was whole.
    EndOfDocument,
    /// The backup was whole.
    End(Totals),
}

/// Reads a backup from front to back.
pub struct BackupReader<R> {
    input: Input<R>,
    manifest: Manifest,
    dump: Sha256,
    document: Option<(Uuid, Sha256)>,
    documents: Sha256,
    totals: Totals,
}

impl<R: Read> BackupReader<R> {
    /// Opens a file and reads its manifest.
    ///
    /// # Errors
    /// When it is no backup, does not open with this secret, or is damaged.
    pub fn open(mut file: R, secret: &Secret) -> Result<BackupReader<R>, BackupError> {
        let mut first = [0; FIRST_LINE.len()];
        file.read_exact(&mut first).map_err(|_| BackupError::NotABackup)?;
        if first != *FIRST_LINE {
            let is_newer = first.starts_with(ANY_VERSION);
            return Err(if is_newer { BackupError::Newer } else { BackupError::NotABackup });
        }
        let mut length = [0; 4];
        file.read_exact(&mut length).map_err(|_| BackupError::NotABackup)?;
        let length = usize::try_from(u32::from_be_bytes(length)).ok().filter(|length| *length <= 4_096);
        let mut header = vec![0; length.ok_or(BackupError::NotABackup)?];
        file.read_exact(&mut header).map_err(|_| BackupError::NotABackup)?;
        let opened = secret.opens(&header)?;
        let at = FIRST_LINE.len().saturating_add(4).saturating_add(header.len());
        let mut input = Input {
            file,
            opener: Some(opened.key.open_stream(opened.nonce)),
            ahead: Vec::new(),
            at: u64::try_from(at).unwrap_or(u64::MAX),
            plain: Vec::new(),
            used: 0,
        };
        input.ahead = input.chunk()?;
        let (tag, bytes) = input.record()?;
        let manifest = serde_json::from_slice(&bytes).ok().filter(|_| tag == b'M');
        let manifest = manifest.ok_or(input.damaged("it does not begin with its manifest"))?;
        Ok(BackupReader {
            input,
            manifest,
            dump: Sha256::new(),
            document: None,
            documents: Sha256::new(),
            totals: Totals::default(),
        })
    }

    /// What it is of.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The next thing in it.
    ///
    /// # Errors
    /// When a byte of it was changed or is missing.
    pub fn next_piece(&mut self) -> Result<Piece, BackupError> {
        let (tag, bytes) = self.input.record()?;
        match tag {
            b'K' => {
                let end = bytes.iter().position(|byte| *byte == b'\n');
                let (name, rest) = end.and_then(|end| bytes.split_at_checked(end)).unwrap_or_default();
                let name = std::str::from_utf8(name).map_err(|_| self.input.damaged("a key has no name"))?;
                let rest = rest.get(1..).unwrap_or_default();
                Ok(Piece::KeyFile { name: name.to_owned(), bytes: rest.to_vec() })
            }
            b'B' => {
                let mut piece = Vec::with_capacity(LARGEST / 2);
                let most = u64::try_from(LARGEST).unwrap_or(u64::MAX);
                let inflated = DeflateDecoder::new(bytes.as_slice()).take(most).read_to_end(&mut piece);
                inflated.map_err(|_| self.input.damaged("a piece of the database can't be inflated"))?;
                self.dump.update(&piece);
                self.totals.database_bytes = self.totals.database_bytes.saturating_add(count(&piece));
                Ok(Piece::Dump(piece))
            }
            b'b' => {
                let hash = self.dump.clone().finalize();
                self.totals.database_sha256 = hex::encode(hash);
                self.must(bytes == hash[..], "the database's hash is another")?;
                Ok(Piece::EndOfDump)
            }
            b'D' => {
                let id = Uuid::from_slice(&bytes).map_err(|_| self.input.damaged("a document has no id"))?;
                self.must(self.document.is_none(), "a document has no end")?;
                self.document = Some((id, Sha256::new()));
                Ok(Piece::Document(id))
            }
            b'P' => {
                self.must(self.document.is_some(), "bytes belong to no document")?;
                if let Some((_, hash)) = &mut self.document {
                    hash.update(&bytes);
                }
                self.totals.document_bytes = self.totals.document_bytes.saturating_add(count(&bytes));
                Ok(Piece::Bytes(bytes))
            }
            b'd' => {
                let (id, hash) = self.document.take().ok_or(self.input.damaged("an end belongs to no document"))?;
                let hash = hash.finalize();
                self.must(bytes == hash[..], "a document's hash is another")?;
                self.documents.update(id.as_bytes());
                self.documents.update(hash);
                self.totals.documents = self.totals.documents.saturating_add(1);
                Ok(Piece::EndOfDocument)
            }
            b'Z' => self.end(&bytes),
            _ => Err(self.input.damaged("it holds a record of an unknown kind")),
        }
    }

    fn end(&mut self, bytes: &[u8]) -> Result<Piece, BackupError> {
        self.totals.documents_sha256 = hex::encode(self.documents.clone().finalize());
        let told: Option<Totals> = serde_json::from_slice(bytes).ok();
        let is_whole = told.as_ref() == Some(&self.totals) && self.totals.documents == self.manifest.documents;
        self.must(is_whole && self.document.is_none(), "it does not hold what its end says")?;
        self.must(self.input.is_over(), "something follows its end")?;
        Ok(Piece::End(self.totals.clone()))
    }

    fn must(&self, holds: bool, what: &'static str) -> Result<(), BackupError> {
        if holds { Ok(()) } else { Err(self.input.damaged(what)) }
    }
}

/// The sealed chunks, opened one after the other.
struct Input<R> {
    file: R,
    /// None once the last chunk was opened.
    opener: Option<StreamOpener>,
    /// The chunk that was read and not opened yet: whether it is the last shows when another is looked for.
    ahead: Vec<u8>,
    at: u64,
    plain: Vec<u8>,
    used: usize,
}

impl<R: Read> Input<R> {
    fn record(&mut self) -> Result<(u8, Vec<u8>), BackupError> {
        let head = self.take(5)?;
        let (tag, length) = head.split_first().ok_or(self.damaged("it ends too early"))?;
        let length: [u8; 4] = length.try_into().map_err(|_| self.damaged("it ends too early"))?;
        let length = usize::try_from(u32::from_be_bytes(length)).ok().filter(|length| *length <= LARGEST);
        let length = length.ok_or(self.damaged("a record is too large"))?;
        let tag = *tag;
        Ok((tag, self.take(length)?))
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>, BackupError> {
        while self.plain.len().saturating_sub(self.used) < length {
            self.plain.drain(..self.used);
            self.used = 0;
            let more = self.open_next()?;
            self.plain.extend(more);
        }
        let end = self.used.saturating_add(length);
        let taken = self.plain.get(self.used..end).unwrap_or_default().to_vec();
        self.used = end;
        Ok(taken)
    }

    fn open_next(&mut self) -> Result<Vec<u8>, BackupError> {
        let next = self.chunk()?;
        let sealed = std::mem::replace(&mut self.ahead, next);
        let changed = "bytes were changed or are missing";
        let opened = match (self.ahead.is_empty(), self.opener.take()) {
            (true, Some(opener)) => opener.last(&sealed),
            (false, Some(mut opener)) => {
                let opened = opener.next(&sealed);
                self.opener = Some(opener);
                opened
            }
            (_, None) => return Err(self.damaged("it ends too early")),
        };
        let at = self.at;
        self.at = self.at.saturating_add(count(&sealed));
        opened.map_err(|_| BackupError::Damaged { what: changed, at })
    }

    /// One sealed chunk, shorter only at the end.
    fn chunk(&mut self) -> Result<Vec<u8>, BackupError> {
        let mut chunk = Vec::with_capacity(CHUNK + TAG);
        let most = u64::try_from(CHUNK + TAG).unwrap_or(u64::MAX);
        (&mut self.file).take(most).read_to_end(&mut chunk)?;
        Ok(chunk)
    }

    fn is_over(&self) -> bool {
        self.opener.is_none() && self.used == self.plain.len()
    }

    fn damaged(&self, what: &'static str) -> BackupError {
        BackupError::Damaged { what, at: self.at }
    }
}

fn count(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
