//! Encryption at rest, and the only room that knows the cipher: XChaCha20-Poly1305, whole values for database
//! columns and a stream of chunks for documents; and keys made of passphrases.

mod passphrase;

pub use passphrase::{SALT, Stretch};

use aead_stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// Bytes of plain text per chunk of a stream.
pub const CHUNK: usize = 64 * 1024;
/// Bytes a chunk grows by when sealed.
pub const TAG: usize = 16;
/// Bytes of chance at the head of a sealed stream.
pub const STREAM_NONCE: usize = 19;

/// A 256-bit key. Never printed.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// A sealed value that can't be opened: another key, another place, or changed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value can't be opened: wrong key or changed bytes")]
pub struct SealError;

impl Key {
    /// A key from 32 bytes of chance.
    pub fn new(bytes: [u8; 32]) -> Self {
        Key(bytes)
    }

    /// The key's bytes, to be sealed under another key.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for one purpose, derived from this one: the same on every node and after every start.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        use hmac::Mac;
        let Ok(mut mac) = <hmac::Hmac<sha2::Sha256> as hmac::KeyInit>::new_from_slice(&self.0) else { return self.0 };
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// The key's public name: it tells keys apart and nothing of what they are. 16 hex digits.
    pub fn id(&self) -> String {
        let derived = self.derive("public id");
        hex::encode(derived.first_chunk::<8>().copied().unwrap_or_default())
    }

    /// Seals a value for one place. `nonce` is 24 bytes of chance.
    ///
    /// # Errors
    /// When the cipher refuses, which it does only for values beyond 256 GiB.
    pub fn seal(&self, nonce: [u8; 24], place: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let cipher = XChaCha20Poly1305::new(&self.0.into());
        let body = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: place.as_bytes() })
            .map_err(|_| SealError)?;
        let mut sealed = nonce.to_vec();
        sealed.extend(body);
        Ok(sealed)
    }

    /// Opens a value sealed for that place.
    ///
    /// # Errors
    /// When key, place or bytes are not those it was sealed with.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, body) = sealed.split_first_chunk::<24>().ok_or(SealError)?;
        let cipher = XChaCha20Poly1305::new(&self.0.into());
        cipher.decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: place.as_bytes() }).map_err(|_| SealError)
    }

    /// Begins sealing a stream. `nonce` is chance and stands at the head of the stream.
    pub fn seal_stream(&self, nonce: [u8; STREAM_NONCE]) -> StreamSealer {
        StreamSealer(EncryptorBE32::from_aead(XChaCha20Poly1305::new(&self.0.into()), &nonce.into()))
    }

    /// Begins opening a stream with the nonce at its head.
    pub fn open_stream(&self, nonce: [u8; STREAM_NONCE]) -> StreamOpener {
        StreamOpener(DecryptorBE32::from_aead(XChaCha20Poly1305::new(&self.0.into()), &nonce.into()))
    }
}

/// Seals chunk after chunk; the last one is marked, so that a cut stream is noticed.
pub struct StreamSealer(EncryptorBE32<XChaCha20Poly1305>);

impl StreamSealer {
    /// Seals a chunk that is not the last.
    ///
    /// # Errors
    /// After 2³² chunks.
    pub fn next(&mut self, chunk: &[u8]) -> Result<Vec<u8>, SealError> {
        self.0.encrypt_next(chunk).map_err(|_| SealError)
    }

    /// Seals the last chunk, which may be empty.
    ///
    /// # Errors
    /// When the cipher refuses.
    pub fn last(self, chunk: &[u8]) -> Result<Vec<u8>, SealError> {
        self.0.encrypt_last(chunk).map_err(|_| SealError)
    }
}

/// Opens chunk after chunk.
pub struct StreamOpener(DecryptorBE32<XChaCha20Poly1305>);

impl StreamOpener {
    /// Opens a chunk that is not the last.
    ///
    /// # Errors
    /// When it was changed, or is out of place.
    pub fn next(&mut self, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.0.decrypt_next(sealed).map_err(|_| SealError)
    }

    /// Opens the last chunk.
    ///
    /// # Errors
    /// When it was changed, or the stream was cut.
    pub fn last(self, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.0.decrypt_last(sealed).map_err(|_| SealError)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_at_its_place_and_unchanged() {
        let key = Key::new([7; 32]);
        let sealed = key.seal([1; 24], "log_personal 4", b"a name").unwrap();
        assert_eq!(key.open("log_personal 4", &sealed).unwrap(), b"a name");
        assert_eq!(key.open("log_personal 5", &sealed), Err(SealError));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open("log_personal 4", &changed), Err(SealError));
        }
    }

    #[test]
    fn a_cut_stream_is_noticed() {
        let key = Key::new([7; 32]);
        let mut sealer = key.seal_stream([2; STREAM_NONCE]);
        let first = sealer.next(b"one").unwrap();
        let _last = sealer.last(b"two").unwrap();
        assert!(key.open_stream([2; STREAM_NONCE]).last(&first).is_err());
    }
}
