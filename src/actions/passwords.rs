//! Passwords: Argon2id, with at most two hashes at a time, because each takes 64 MiB on purpose.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

use super::ActionError;
use crate::store::StoreError;
use crate::system;

/// Makes and checks password hashes.
pub struct Passwords {
    argon2: Argon2<'static>,
    free: Mutex<usize>,
    freed: Condvar,
    /// Verified against when there is no such account, so that both cases take the same time.
    decoy: String,
}

/// A password that an admin hands over, to be used once: two halves of 64 bits, easy to read aloud. Where two admins
/// are needed each of them learns one half, so that neither can sign in with it.
pub struct OneTime {
    /// What the asking admin is shown.
    pub first: String,
    /// What the confirming admin is shown.
    pub second: String,
}

/// What an admin is shown, once, of a password made for somebody.
#[derive(Clone, PartialEq, Eq)]
pub enum Shown {
    /// All of it.
    Whole(String),
    /// What comes before the other half.
    FirstHalf(String),
    /// What comes after the other half.
    SecondHalf(String),
}

impl OneTime {
    /// A new one.
    pub fn made_up() -> OneTime {
        OneTime::completing(half())
    }

    /// One with this first half.
    pub fn completing(first: String) -> OneTime {
        OneTime { first, second: half() }
    }

    /// As its owner types it.
    pub fn whole(&self) -> SecretString {
        SecretString::from(format!("{}-{}", self.first, self.second))
    }
}

/// A password of 128 bits, easy to read aloud.
pub fn made_up_password() -> String {
    OneTime::made_up().whole().expose_secret().to_owned()
}

fn half() -> String {
    let hex = hex::encode(system::chance::<8>());
    hex.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect::<Vec<_>>().join("-")
}

/// The shortest password taken, in characters.
pub const SHORTEST: usize = 12;

impl Passwords {
    /// With a memory cost in KiB and a number of passes. Production takes 65,536 and 3.
    ///
    /// # Errors
    /// When the costs are out of Argon2's range.
    pub fn new(memory_kib: u32, passes: u32) -> Result<Passwords, ActionError> {
        let params = Params::new(memory_kib, passes, 1, None).map_err(|e| down(&e))?;
        // Made up, not made: a hash takes the memory that it costs, which a command at the console has no use for.
        let (salt, hash) = (system::chance::<16>(), system::chance::<32>());
        let [salt, hash] = [&salt[..], &hash[..]].map(|bytes| STANDARD_NO_PAD.encode(bytes));
        let decoy = format!("$argon2id$v=19$m={},t={},p=1${salt}${hash}", params.m_cost(), params.t_cost());
        PasswordHash::new(&decoy).map_err(|e| down(&e))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Ok(Passwords { argon2, free: Mutex::new(2), freed: Condvar::new(), decoy })
    }

    /// The hash of a new password, in PHC form.
    ///
    /// # Errors
    /// When it is too short.
    pub fn hash(&self, password: &SecretString) -> Result<String, ActionError> {
        if password.expose_secret().chars().count() < SHORTEST {
            return Err(ActionError::invalid("password", format!("Take at least {SHORTEST} characters.")));
        }
        let _turn = self.take_turn();
        Ok(self.argon2.hash_password(password.expose_secret().as_bytes()).map_err(|e| down(&e))?.to_string())
    }

    /// Whether a password fits a hash. Without a hash it takes as long and says no.
    pub fn fits(&self, password: &SecretString, hash: Option<&str>) -> bool {
        let _turn = self.take_turn();
        let Ok(parsed) = PasswordHash::new(hash.unwrap_or(&self.decoy)) else { return false };
        let fits = self.argon2.verify_password(password.expose_secret().as_bytes(), &parsed).is_ok();
        fits && hash.is_some()
    }

    fn take_turn(&self) -> Turn<'_> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Turn(self)
    }
}

struct Turn<'p>(&'p Passwords);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

fn down(error: &dyn std::fmt::Display) -> ActionError {
    ActionError::Store(StoreError::Down(format!("password hashing failed: {error}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Whoever tries names must not learn from the time it takes whether there is such an account.
    #[test]
    fn without_an_account_as_much_is_reckoned_as_with_one() {
        let passwords = Passwords::new(64, 3).unwrap();
        let word = SecretString::from("anna walks the dog");
        let kept = passwords.hash(&word).unwrap();
        let cost = |hash: &str| hash.rsplitn(3, '$').last().unwrap().to_owned();
        assert_eq!(cost(&passwords.decoy), cost(&kept));
        assert_eq!(passwords.decoy.len(), kept.len());
        assert!(passwords.fits(&word, Some(&kept)) && !passwords.fits(&word, None));
        assert!(!passwords.fits(&word, Some(&passwords.decoy)));
    }
}
