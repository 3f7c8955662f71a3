//! A commitment pins a payload without showing it: whoever deletes payload and salt leaves nothing to guess from.

use sha2::{Digest as _, Sha256};

use super::entry::Digest;

/// SHA-256 over the salt, then the payload. The salt is random, used once, and deleted together with its payload.
/// An empty payload is committed to as well, so that an entry does not tell whether there was one.
pub fn commit(salt: &[u8; 32], payload: &[u8]) -> Digest {
    Sha256::new().chain_update(salt).chain_update(payload).finalize().into()
}

/// Whether a stored salt and payload are the ones that were committed to.
pub fn opens(commitment: &Digest, salt: &[u8], payload: &[u8]) -> bool {
    <&[u8; 32]>::try_from(salt).is_ok_and(|salt| commit(salt, payload) == *commitment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_salt_and_payload_open_a_commitment() {
        let commitment = commit(&[7; 32], b"subpoena");
        assert!(opens(&commitment, &[7; 32], b"subpoena"));
        assert!(!opens(&commitment, &[8; 32], b"subpoena"));
        assert!(!opens(&commitment, &[7; 32], b"subpoenb"));
        assert!(!opens(&commitment, &[7; 31], b"\x07subpoena"), "bytes may not move between salt and payload");
        assert!(opens(&commit(&[0; 32], b""), &[0; 32], b""));
    }
}
