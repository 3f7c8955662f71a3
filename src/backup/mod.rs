//! A backup: a whole register in one encrypted file, written and read from front to back, so that no more than a piece of
//! it is ever in memory. `docs/operations.md` says what it is good for, decision 0020 why it is made like this.
//!
//! The file is `writ-backup 1` and a newline; a 4-byte length and a header in JSON, which says what opens it; then sealed
//! chunks until the end. Each chunk but the last holds 64 KiB. The key of the stream follows from the header, so that no
//! byte of the file can be another. Inside are records: a tag (1 byte), a length (4 bytes, big-endian), that many bytes.
//!
//! | tag | what |
//! |---|---|
//! | `M` | the [`Manifest`], first |
//! | `K` | a file of the folder of keys: its name, a newline, its bytes |
//! | `B` | a piece of the database's dump, deflated |
//! | `b` | the end of the dump: its SHA-256 |
//! | `D` | a document begins: its id (16 bytes) |
//! | `P` | a piece of it, sealed as it lies in the folder |
//! | `d` | its end: the SHA-256 of those bytes |
//! | `Z` | the end: [`Totals`] |

mod lock;
mod read;
mod write;

use serde::{Deserialize, Serialize};

use crate::domain::time::Instant;
use crate::seal::SealError;

pub use lock::Secret;
pub use read::{BackupReader, Piece};
pub use write::BackupWriter;

/// What the file begins with.
const FIRST_LINE: &[u8] = b"writ-backup 1\n";
/// What the file of any version begins with.
const ANY_VERSION: &[u8] = b"writ-backup ";
/// The largest record, in bytes.
const LARGEST: usize = 1 << 20;

/// What a backup is of, as its first record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of Writ that made it.
    pub software: String,
    /// The newest migration of the register.
    pub schema: String,
    /// `sqlite` or `postgres`: it is restored to the same kind.
    pub database: String,
    /// The log's name.
    pub origin: String,
    /// When it was made.
    pub made_at: Instant,
    /// How many entries the log has.
    pub log_size: u64,
    /// The root over them, lower-case hex.
    pub log_root: String,
    /// The log's last checkpoint, a signed note.
    pub checkpoint: Option<String>,
    /// How many documents there are.
    pub documents: u64,
    /// The public id of the installation's key that its data keys are sealed under.
    pub installation_key: String,
    /// The files of the folder of keys that are in it.
    pub keys: Vec<String>,
    /// The tables whose rows hold personal data that only the backup's own encryption protects.
    pub plain: Vec<String>,
    /// The last day on which rotation may still keep it, as a date; none where it was made by hand.
    pub kept_until: Option<chrono::NaiveDate>,
}

/// What was written in all, as the last record says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// How many documents.
    pub documents: u64,
    /// How many bytes they have, sealed.
    pub document_bytes: u64,
    /// SHA-256 over id and hash of each, in their order; lower-case hex.
    pub documents_sha256: String,
    /// How many bytes the dump of the database has.
    pub database_bytes: u64,
    /// SHA-256 of that dump.
    pub database_sha256: String,
}

/// Why a backup can't be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It begins as no backup does.
    #[error("this is no backup of Writ's, or its first bytes were changed")]
    NotABackup,
    /// It has a format that this program does not know.
    #[error("this backup was made by a newer Writ; restore it with that version or a later one")]
    Newer,
    /// It is locked with a passphrase and a key was given, or the other way round.
    #[error("this backup opens with a {0}, and none was given")]
    OtherLock(&'static str),
    /// Another key or passphrase.
    #[error("this {0} does not open this backup: it was made with another one, or the head of the file was changed")]
    WrongSecret(&'static str),
    /// Bytes were changed, or are missing.
    #[error("the backup is damaged: {what}, at about byte {at} of the file")]
    Damaged {
        /// What does not hold.
        what: &'static str,
        /// Where.
        at: u64,
    },
    /// A key that is none.
    #[error("{0}")]
    BadSecret(String),
    /// The cipher refused.
    #[error("the backup can't be encrypted: {0}")]
    Seal(#[from] SealError),
    /// The file failed.
    #[error("the backup's file failed: {0}")]
    Io(#[from] std::io::Error),
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use uuid::Uuid;

    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            software: "writ 0".into(),
            schema: "20261123".into(),
            database: "sqlite".into(),
            origin: "writ.example/log".into(),
            made_at: Instant::from_micros(1_793_000_000_000_000).unwrap(),
            log_size: 3,
            log_root: "00".into(),
            checkpoint: None,
            documents: 1,
            installation_key: "0f".into(),
            keys: vec!["log.pub".into()],
            plain: Vec::new(),
            kept_until: None,
        }
    }

    fn written(secret: &Secret, dump: &[u8]) -> Vec<u8> {
        let mut writer = BackupWriter::begin(Vec::new(), secret, &manifest()).unwrap();
        writer.key_file("log.pub", b"a key").unwrap();
        for piece in dump.chunks(70_000) {
            writer.dump(piece).unwrap();
        }
        writer.end_of_dump().unwrap();
        writer.begin_document(Uuid::from_u128(7)).unwrap();
        writer.piece(&[5; 200_000]).unwrap();
        writer.end_of_document().unwrap();
        writer.finish().unwrap().0
    }

    fn read(bytes: &[u8], secret: &Secret) -> Result<(Vec<u8>, Vec<u8>, Totals), BackupError> {
        let (mut dump, mut document) = (Vec::new(), Vec::new());
        let mut reader = BackupReader::open(bytes, secret)?;
        assert_eq!(reader.manifest(), &manifest());
        loop {
            match reader.next_piece()? {
                Piece::KeyFile { name, bytes } => {
                    assert_eq!((name.as_str(), bytes.as_slice()), ("log.pub", &b"a key"[..]))
                }
                Piece::Dump(bytes) => dump.extend(bytes),
                Piece::EndOfDump | Piece::EndOfDocument => {}
                Piece::Document(id) => assert_eq!(id, Uuid::from_u128(7)),
                Piece::Bytes(bytes) => document.extend(bytes),
                Piece::End(totals) => return Ok((dump, document, totals)),
            }
        }
    }

    #[test]
    fn a_backup_comes_back_and_no_changed_byte_does() {
        let secret = Secret::key(&hex::encode([3; 32])).unwrap();
        let dump: Vec<u8> = (0..400_000_u32).flat_map(u32::to_be_bytes).collect();
        let bytes = written(&secret, &dump);
        let (back, document, totals) = read(&bytes, &secret).unwrap();
        assert!(back == dump && document == [5; 200_000]);
        assert_eq!((totals.documents, totals.document_bytes), (1, 200_000));
        for at in (0..bytes.len()).step_by(bytes.len() / 300).chain(0..120).chain(bytes.len() - 20..bytes.len()) {
            let mut other = bytes.clone();
            other[at] ^= 4;
            assert!(read(&other, &secret).is_err(), "byte {at}");
        }
        for end in (0..bytes.len()).step_by(bytes.len() / 50).chain([bytes.len() - 1]) {
            assert!(read(&bytes[..end], &secret).is_err(), "cut at {end}");
        }
        assert!(read(&[bytes, vec![0]].concat(), &secret).is_err());
    }

    #[test]
    fn another_key_is_told_from_damage() {
        let secret = Secret::key(&hex::encode([3; 32])).unwrap();
        let bytes = written(&secret, b"dump");
        let other = Secret::key(&hex::encode([4; 32])).unwrap();
        assert!(matches!(read(&bytes, &other), Err(BackupError::WrongSecret("key"))));
        let word = Secret::passphrase("correct horse".to_owned().into(), 8, 1);
        assert!(matches!(read(&bytes, &word), Err(BackupError::OtherLock("key"))));
        let bytes = written(&word, b"dump");
        assert_eq!(read(&bytes, &word).unwrap().0, b"dump");
        let other = Secret::passphrase("battery staple".to_owned().into(), 8, 1);
        assert!(matches!(read(&bytes, &other), Err(BackupError::WrongSecret("passphrase"))));
    }
}
