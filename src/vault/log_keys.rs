//! The log's signing key in the folder of keys: `log.key`, beside it `log.pub` for auditors, and while the key is replaced
//! `log.key.next`. Which of the two signs is what the log says (`audit::keys`), not which file is newer: so a replacement
//! that was cut off at any point is done, or was never begun.

use std::io::{self, Write};
use std::sync::{Arc, PoisonError, RwLock};

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt};

use super::held::Held;
use crate::audit::{SigningKey, TrustedKey, VerifierKey};
use crate::system;

const KEY: &str = "log.key";
const NEXT: &str = "log.key.next";
const PUBLIC: &str = "log.pub";

/// The key that signs, and the folder it is from.
pub struct LogKeys {
    folder: Dir,
    origin: String,
    current: RwLock<Arc<SigningKey>>,
}

/// The right to replace the key, for as long as this is held.
pub struct Replacing<'k> {
    keys: &'k LogKeys,
    _held: Held,
}

impl LogKeys {
    /// Makes a key, unless there is one, and opens it.
    ///
    /// # Errors
    /// As [`LogKeys::open`], and when the folder can't be written.
    pub fn make(folder: Dir, origin: &str) -> io::Result<LogKeys> {
        if !folder.exists(KEY) {
            write_key(&folder, KEY, &system::chance())?;
        }
        let keys = LogKeys::open(folder, origin)?;
        keys.publish([keys.current().verifier().clone().into()])?;
        Ok(keys)
    }

    /// Opens the key in a folder.
    ///
    /// # Errors
    /// When it is not there, or is no key.
    pub fn open(folder: Dir, origin: &str) -> io::Result<LogKeys> {
        let key = read_key(&folder, KEY, origin)?;
        Ok(LogKeys { folder, origin: origin.to_owned(), current: RwLock::new(Arc::new(key)) })
    }

    /// The key as it was last seen to sign.
    pub fn current(&self) -> Arc<SigningKey> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The key whose turn it is by the log, which somebody may have replaced while this program ran.
    ///
    /// # Errors
    /// When it is not in the folder; [`io::ErrorKind::WouldBlock`] while somebody replaces it.
    pub fn in_force(&self, by_the_log: &VerifierKey) -> io::Result<Arc<SigningKey>> {
        let current = self.current();
        if current.verifier() == by_the_log {
            return Ok(current);
        }
        match read_key(&self.folder, KEY, &self.origin) {
            // Replaced as a whole: nothing has to be written, which not every node may.
            Ok(key) if key.verifier() == by_the_log => Ok(self.use_from_now_on(key)),
            _ => self.begin()?.take_over(by_the_log),
        }
    }

    fn use_from_now_on(&self, key: SigningKey) -> Arc<SigningKey> {
        let key = Arc::new(key);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = key.clone();
        key
    }

    /// Begins to replace the key.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] while somebody else does; when the folder can't be written.
    pub fn begin(&self) -> io::Result<Replacing<'_>> {
        Ok(Replacing { keys: self, _held: Held::take(&self.folder, KEY)? })
    }

    /// Writes `log.pub`, unless it says just that.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn publish(&self, keys: impl IntoIterator<Item = TrustedKey>) -> io::Result<()> {
        let text: String = keys.into_iter().map(|key| format!("{key}\n")).collect();
        if self.folder.read_to_string(PUBLIC).is_ok_and(|there| there == text) {
            return Ok(());
        }
        write_whole(&self.folder, PUBLIC, &text, 0o644)
    }
}

impl Replacing<'_> {
    /// Makes the key that is to come. One that was left by a replacement that never came to be is overwritten.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn make_next(&self) -> io::Result<SigningKey> {
        write_key(&self.keys.folder, NEXT, &system::chance())?;
        read_key(&self.keys.folder, NEXT, &self.keys.origin)
    }

    /// Makes the key that signs by the log the one in `log.key`, from wherever it is. The one before is gone then.
    ///
    /// # Errors
    /// When it is not in the folder; when that can't be written.
    pub fn take_over(&self, by_the_log: &VerifierKey) -> io::Result<Arc<SigningKey>> {
        let LogKeys { folder, origin, .. } = self.keys;
        let is_it = |key: &SigningKey| key.verifier() == by_the_log;
        let key = match read_key(folder, KEY, origin) {
            Ok(key) if is_it(&key) => key,
            _ => {
                let next = read_key(folder, NEXT, origin).ok().filter(is_it);
                let next = next.ok_or_else(|| {
                    let why = "the folder of keys does not hold the key that signs the log by what the log says; bring back \
                               `log.key` from where its newest copy is kept";
                    io::Error::new(io::ErrorKind::NotFound, why)
                })?;
                folder.rename(NEXT, folder, KEY)?;
                folder.open(".")?.sync_all()?;
                next
            }
        };
        Ok(self.keys.use_from_now_on(key))
    }
}

/// Whether the key that signs the log by what the log says is among these files of a folder of keys.
pub fn holds_log_key(files: &[(String, Vec<u8>)], by_the_log: &VerifierKey) -> bool {
    let key = |bytes: &[u8]| key_of(std::str::from_utf8(bytes).ok()?, by_the_log.name());
    let is_it = |bytes: &[u8]| key(bytes).is_some_and(|key| key.verifier() == by_the_log);
    files.iter().any(|(name, bytes)| [KEY, NEXT].contains(&name.as_str()) && is_it(bytes))
}

fn read_key(folder: &Dir, name: &str, origin: &str) -> io::Result<SigningKey> {
    let told = |error: io::Error| io::Error::new(error.kind(), format!("the key {name} can't be read: {error}"));
    let text = folder.read_to_string(name).map_err(told)?;
    key_of(&text, origin).ok_or_else(|| io::Error::other(format!("the key {name} is not 64 hex digits")))
}

fn key_of(text: &str, origin: &str) -> Option<SigningKey> {
    let seed = <[u8; 32]>::try_from(hex::decode(text.trim()).ok()?).ok()?;
    SigningKey::from_seed(origin, &seed).ok()
}

fn write_key(folder: &Dir, name: &str, seed: &[u8; 32]) -> io::Result<()> {
    write_whole(folder, name, &format!("{}\n", hex::encode(seed)), 0o600)
}

/// Writes a file that is there whole or not at all.
fn write_whole(folder: &Dir, name: &str, text: &str, mode: u32) -> io::Result<()> {
    let part = format!("{name}.part");
    let mut file = folder.open_with(&part, OpenOptions::new().write(true).create(true).truncate(true).mode(mode))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    folder.rename(&part, folder, name)?;
    folder.open(".")?.sync_all()
}
