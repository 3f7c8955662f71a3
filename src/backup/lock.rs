//! What opens a backup: a key, or a passphrase. The header says which, and of what the stream's key is made.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::BackupError;
use crate::seal::{Key, SALT, STREAM_NONCE, Stretch};
use crate::system;

/// What opens a backup.
#[derive(Clone)]
pub enum Secret {
    /// A key of 256 bits.
    Key(Key),
    /// A passphrase, with what a new file makes of it.
    Passphrase {
        /// The words.
        words: SecretString,
        /// Argon2id: memory in KiB.
        memory_kib: u32,
        /// Argon2id: passes.
        passes: u32,
    },
}

/// The header of a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    /// The public id of the key that opens the file, be it given or made of a passphrase.
    key: String,
    /// How it is made of a passphrase; nothing where it was given.
    passphrase: Option<Argon2id>,
    /// The stream's nonce, hex.
    nonce: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argon2id {
    memory_kib: u32,
    passes: u32,
    salt: String,
}

/// The key and nonce of a stream.
pub(super) struct Opened {
    pub(super) key: Key,
    pub(super) nonce: [u8; STREAM_NONCE],
}

impl Secret {
    /// A key as a file has it: 64 hex digits, or 32 bytes in base64.
    ///
    /// # Errors
    /// When it is neither.
    pub fn key(text: &str) -> Result<Secret, BackupError> {
        let text = text.trim();
        let bytes = hex::decode(text).ok().or_else(|| STANDARD.decode(text).ok());
        let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes.map(|bytes| Secret::Key(Key::new(bytes))).ok_or_else(|| {
            BackupError::BadSecret("a key is 64 hex digits, such as `openssl rand -hex 32` prints".into())
        })
    }

    /// A passphrase, with Argon2id's memory in KiB and passes for new files.
    pub fn passphrase(words: SecretString, memory_kib: u32, passes: u32) -> Secret {
        Secret::Passphrase { words, memory_kib, passes }
    }

    fn kind(&self) -> &'static str {
        match self {
            Secret::Key(_) => "key",
            Secret::Passphrase { .. } => "passphrase",
        }
    }

    /// The header of a new file, and what its stream is sealed with.
    pub(super) fn locks(&self) -> Result<(Vec<u8>, Opened), BackupError> {
        let (key, passphrase) = match self {
            Secret::Key(key) => (key.clone(), None),
            Secret::Passphrase { words, memory_kib, passes } => {
                let stretch = Stretch { memory_kib: *memory_kib, passes: *passes, salt: system::chance() };
                let key = stretch.key(words.expose_secret().as_bytes())?;
                let salt = hex::encode(stretch.salt);
                (key, Some(Argon2id { memory_kib: *memory_kib, passes: *passes, salt }))
            }
        };
        let nonce = system::chance::<STREAM_NONCE>();
        let header = Header { key: key.id(), passphrase, nonce: hex::encode(nonce) };
        let text = serde_json::to_vec(&header).map_err(std::io::Error::other)?;
        let opened = Opened { key: key_of_stream(&key, &text), nonce };
        Ok((text, opened))
    }

    /// What the stream under this header is opened with.
    pub(super) fn opens(&self, text: &[u8]) -> Result<Opened, BackupError> {
        let header: Header = serde_json::from_slice(text).map_err(|_| BackupError::NotABackup)?;
        let key = match (self, &header.passphrase) {
            (Secret::Key(key), None) => key.clone(),
            (Secret::Passphrase { words, .. }, Some(argon2id)) => {
                let salt = hex::decode(&argon2id.salt).ok().and_then(|salt| <[u8; SALT]>::try_from(salt).ok());
                let salt = salt.ok_or(BackupError::NotABackup)?;
                let stretch = Stretch { memory_kib: argon2id.memory_kib, passes: argon2id.passes, salt };
                stretch.key(words.expose_secret().as_bytes()).map_err(|_| BackupError::NotABackup)?
            }
            (_, None) => return Err(BackupError::OtherLock("key")),
            (_, Some(_)) => return Err(BackupError::OtherLock("passphrase")),
        };
        if key.id() != header.key {
            return Err(BackupError::WrongSecret(self.kind()));
        }
        let nonce = hex::decode(&header.nonce).ok().and_then(|nonce| <[u8; STREAM_NONCE]>::try_from(nonce).ok());
        Ok(Opened { key: key_of_stream(&key, text), nonce: nonce.ok_or(BackupError::NotABackup)? })
    }
}

/// Of the header's very bytes, so that none of them can be another.
fn key_of_stream(key: &Key, header: &[u8]) -> Key {
    Key::new(key.derive(&format!("writ backup {}", hex::encode(Sha256::digest(header)))))
}
