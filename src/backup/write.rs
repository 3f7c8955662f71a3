//! Writing a backup.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{BackupError, FIRST_LINE, LARGEST, Manifest, Secret, Totals};
use crate::seal::{CHUNK, StreamSealer};

/// Writes a backup from front to back.
pub struct BackupWriter<W> {
    out: W,
    sealer: StreamSealer,
    buffer: Vec<u8>,
    dump: Vec<u8>,
    dump_hash: Sha256,
    document: Option<(Uuid, Sha256)>,
    documents_hash: Sha256,
    totals: Totals,
}

impl<W: Write> BackupWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn begin(mut out: W, secret: &Secret, manifest: &Manifest) -> Result<BackupWriter<W>, BackupError> {
        let (header, opened) = secret.locks()?;
        out.write_all(FIRST_LINE)?;
        out.write_all(&length(&header)?)?;
        out.write_all(&header)?;
        let mut writer = BackupWriter {
            out,
            sealer: opened.key.seal_stream(opened.nonce),
            buffer: Vec::with_capacity(CHUNK * 2),
            dump: Vec::new(),
            dump_hash: Sha256::new(),
            document: None,
            documents_hash: Sha256::new(),
            totals: Totals::default(),
        };
        writer.record(b'M', &serde_json::to_vec(manifest).map_err(std::io::Error::other)?)?;
        Ok(writer)
    }

    /// A file of the folder of keys.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn key_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), BackupError> {
        self.record(b'K', &[name.as_bytes(), b"\n", bytes].concat())
    }

    /// The next bytes of the database's dump, however many.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn dump(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        self.dump_hash.update(bytes);
        self.totals.database_bytes = self.totals.database_bytes.saturating_add(count(bytes));
        self.dump.extend_from_slice(bytes);
        while self.dump.len() >= LARGEST / 2 {
            let rest = self.dump.split_off(LARGEST / 2);
            let piece = std::mem::replace(&mut self.dump, rest);
            self.deflated(&piece)?;
        }
        Ok(())
    }

    fn deflated(&mut self, piece: &[u8]) -> Result<(), BackupError> {
        let mut deflate = DeflateEncoder::new(Vec::with_capacity(piece.len() / 3), Compression::fast());
        deflate.write_all(piece)?;
        let small = deflate.finish()?;
        self.record(b'B', &small)
    }

    /// Ends the dump.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn end_of_dump(&mut self) -> Result<(), BackupError> {
        let last = std::mem::take(&mut self.dump);
        if !last.is_empty() {
            self.deflated(&last)?;
        }
        let hash = self.dump_hash.clone().finalize();
        self.totals.database_sha256 = hex::encode(hash);
        self.record(b'b', &hash)
    }

    /// Begins a document.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn begin_document(&mut self, id: Uuid) -> Result<(), BackupError> {
        self.document = Some((id, Sha256::new()));
        self.record(b'D', id.as_bytes())
    }

    /// The next bytes of the document, at most a mebibyte.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn piece(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        if let Some((_, hash)) = &mut self.document {
            hash.update(bytes);
        }
        self.totals.document_bytes = self.totals.document_bytes.saturating_add(count(bytes));
        self.record(b'P', bytes)
    }

    /// Ends the document.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn end_of_document(&mut self) -> Result<(), BackupError> {
        let Some((id, hash)) = self.document.take() else { return Ok(()) };
        let hash = hash.finalize();
        self.documents_hash.update(id.as_bytes());
        self.documents_hash.update(hash);
        self.totals.documents = self.totals.documents.saturating_add(1);
        self.record(b'd', &hash)
    }

    /// Ends the backup. Gives what it was written to, and what was written.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish(mut self) -> Result<(W, Totals), BackupError> {
        self.totals.documents_sha256 = hex::encode(self.documents_hash.clone().finalize());
        let totals = self.totals.clone();
        self.record(b'Z', &serde_json::to_vec(&totals).map_err(std::io::Error::other)?)?;
        let BackupWriter { mut out, sealer, buffer, .. } = self;
        out.write_all(&sealer.last(&buffer)?)?;
        out.flush()?;
        Ok((out, totals))
    }

    fn record(&mut self, tag: u8, bytes: &[u8]) -> Result<(), BackupError> {
        self.buffer.push(tag);
        self.buffer.extend(length(bytes)?);
        self.buffer.extend_from_slice(bytes);
        // The last chunk is sealed apart, so at least one byte stays until the end is known.
        while self.buffer.len() > CHUNK {
            let rest = self.buffer.split_off(CHUNK);
            let chunk = std::mem::replace(&mut self.buffer, rest);
            self.out.write_all(&self.sealer.next(&chunk)?)?;
        }
        Ok(())
    }
}

fn length(bytes: &[u8]) -> Result<[u8; 4], BackupError> {
    u32::try_from(bytes.len())
        .ok()
        .filter(|_| bytes.len() <= LARGEST)
        .map(u32::to_be_bytes)
        .ok_or_else(|| std::io::Error::other("a record of a backup would be too large").into())
}

fn count(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
