//! A key made of a passphrase: Argon2id, slow and hungry for memory on purpose.

use argon2::{Algorithm, Argon2, Params, Version};

use super::{Key, SealError};

/// Bytes of salt.
pub const SALT: usize = 16;

/// The most memory and passes a file may ask for, so that a false one can't keep the machine busy for ever.
const MOST_KIB: u32 = 4 * 1024 * 1024;
const MOST_PASSES: u32 = 64;

/// How a passphrase becomes a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Memory in KiB, 8 to 4,194,304.
    pub memory_kib: u32,
    /// Passes over it, 1 to 64.
    pub passes: u32,
    /// Chance; makes each key another one.
    pub salt: [u8; SALT],
}

impl Stretch {
    /// The key of this passphrase.
    ///
    /// # Errors
    /// When memory or passes are out of range.
    pub fn key(&self, passphrase: &[u8]) -> Result<Key, SealError> {
        if self.memory_kib > MOST_KIB || self.passes > MOST_PASSES {
            return Err(SealError);
        }
        let params = Params::new(self.memory_kib, self.passes, 1, Some(32)).map_err(|_| SealError)?;
        let mut bytes = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase, &self.salt, &mut bytes)
            .map_err(|_| SealError)?;
        Ok(Key::new(bytes))
    }
}
