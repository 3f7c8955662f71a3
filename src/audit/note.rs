//! Signed notes (C2SP signed-note): a text, a blank line, and one line per signature. Ed25519 only.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// The signature type that C2SP gives to Ed25519.
const ED25519: u8 = 0x01;

/// The signature type that C2SP gives to a witness's word on a checkpoint.
pub(super) const COSIGNATURE: u8 = 0x04;

/// Why a text is not a note that can be trusted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoteError {
    /// A key name is empty or holds a space, a plus or a control character.
    #[error("`{0}` cannot be the name of a key")]
    BadName(String),
    /// The text form of a verifier key cannot be read.
    #[error("not a verifier key: {0}")]
    BadKey(&'static str),
    /// The note is not built like a signed note.
    #[error("not a signed note: {0}")]
    Malformed(&'static str),
    /// The text of the note is not a checkpoint.
    #[error("not a checkpoint: {0}")]
    NotCheckpoint(&'static str),
    /// A known key is named, but the signature is not its own.
    #[error("the signature by {0} is false")]
    FalseSignature(String),
    /// No known key has signed.
    #[error("not signed by a known key")]
    UnknownSigner,
    /// A key of the log has signed whose turn it was not.
    #[error("signed by a key of the log that did not sign for that size: another had taken over, or had not yet")]
    OutOfTurn,
    /// Rightly signed, but another log's.
    #[error("of another log, {0}")]
    OtherLog(String),
}

/// The key that signs for one log.
pub struct SigningKey {
    key: ed25519_dalek::SigningKey,
    verifier: VerifierKey,
}

impl SigningKey {
    /// The key that grows from a secret seed of 32 random bytes.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<SigningKey, NoteError> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, ED25519, key.verifying_key())?;
        Ok(SigningKey { key, verifier })
    }

    /// The public half, to be handed to whoever wants to verify.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The note that carries `text`, which must end in a newline, and this key's signature.
    pub fn sign_text(&self, text: &str) -> Result<String, NoteError> {
        check_text(text)?;
        Ok(format!("{text}\n{}", self.signature_line(text)))
    }

    /// The line by which this key signs a text, too.
    pub(super) fn signature_line(&self, text: &str) -> String {
        self.verifier.line(&self.key.sign(text.as_bytes()).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier)
    }
}

/// The public half of a signing key; as text `name+id+key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    /// What it signs, by the type that C2SP gives to such signatures.
    signs: u8,
    key: VerifyingKey,
}

impl VerifierKey {
    pub(super) fn new(name: &str, signs: u8, key: VerifyingKey) -> Result<VerifierKey, NoteError> {
        let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if name.is_empty() || name.contains(bad) {
            return Err(NoteError::BadName(name.to_owned()));
        }
        let hash = Sha256::new().chain_update(name).chain_update([b'\n', signs]).chain_update(key).finalize();
        let [a, b, c, d, ..] = <[u8; 32]>::from(hash);
        Ok(VerifierKey { name: name.to_owned(), id: [a, b, c, d], signs, key })
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Result<VerifierKey, NoteError> {
        VerifierKey::parse_as(text, ED25519)
    }

    /// Reads the text form of a key that signs this.
    pub(super) fn parse_as(text: &str, signs: u8) -> Result<VerifierKey, NoteError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::BadKey("it needs a name, an id and a key"));
        };
        let bytes = STANDARD.decode(key).map_err(|_| NoteError::BadKey("the key is not base64"))?;
        let bytes = bytes.split_first().filter(|(kind, _)| **kind == signs).map(|(_, bytes)| bytes);
        let bytes = bytes.ok_or(NoteError::BadKey("it is no Ed25519 key of the kind that belongs here"))?;
        let key = VerifyingKey::try_from(bytes).map_err(|_| NoteError::BadKey("it is not an Ed25519 key"))?;
        let read = VerifierKey::new(name, signs, key)?;
        if hex::encode(read.id) == id { Ok(read) } else { Err(NoteError::BadKey("the id is not that of the key")) }
    }

    /// The name under which the key signs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a signature line names this key.
    pub(super) fn is_named(&self, name: &str, id: [u8; 4]) -> bool {
        self.name == name && self.id == id
    }

    /// Checks a signature by this key.
    pub(super) fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), NoteError> {
        let verdict = self.key.verify_strict(message, signature);
        verdict.map_err(|_| NoteError::FalseSignature(self.name.clone()))
    }

    /// The signature line with this signature.
    pub(super) fn line(&self, signature: &[u8]) -> String {
        format!("— {} {}\n", self.name, STANDARD.encode([self.id.as_slice(), signature].concat()))
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode([[self.signs].as_slice(), self.key.as_bytes()].concat());
        write!(f, "{}+{}+{key}", self.name, hex::encode(self.id))
    }
}

/// The text of a note that at least one of `keys` has signed. Signatures by others are passed over,
/// as C2SP asks; a false signature by one of `keys` is not.
pub fn open<'a>(note: &'a str, keys: &[VerifierKey]) -> Result<&'a str, NoteError> {
    let text = text(note)?;
    let mut is_signed = false;
    for (_, name, id, signature) in lines(note)? {
        if let Some(key) = keys.iter().find(|key| key.is_named(name, id)) {
            let is_false = |_| NoteError::FalseSignature(name.to_owned());
            key.verify(text.as_bytes(), &Signature::from_slice(&signature).map_err(is_false)?)?;
            is_signed = true;
        }
    }
    if is_signed { Ok(text) } else { Err(NoteError::UnknownSigner) }
}

/// The text of a note, whoever signed it.
pub(super) fn text(note: &str) -> Result<&str, NoteError> {
    split(note).map(|(text, _)| text)
}

/// The signature lines of a note: each whole, and the name, id and signature it says.
#[allow(clippy::type_complexity, reason = "a line and its three parts")]
pub(super) fn lines(note: &str) -> Result<Vec<(&str, &str, [u8; 4], Vec<u8>)>, NoteError> {
    let (_, signatures) = split(note)?;
    let read = |line| read_signature(line).map(|(name, id, signature)| (line, name, id, signature));
    signatures.lines().map(read).collect()
}

/// How many signatures a note carries, whoever made them.
pub(super) fn count_signatures(note: &str) -> usize {
    split(note).map_or(0, |(_, signatures)| signatures.lines().count())
}

/// The text, with its last newline, and the signature lines.
fn split(note: &str) -> Result<(&str, &str), NoteError> {
    let (text, _) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed("there is no blank line"))?;
    let (text, rest) = note.split_at_checked(text.len() + 1).ok_or(NoteError::Malformed("there is no text"))?;
    check_text(text)?;
    let signatures = rest.strip_prefix('\n').unwrap_or(rest);
    if signatures.ends_with('\n') && !signatures.contains('\r') {
        Ok((text, signatures))
    } else {
        Err(NoteError::Malformed("the signatures do not end in a newline"))
    }
}

fn check_text(text: &str) -> Result<(), NoteError> {
    if !text.ends_with('\n') {
        Err(NoteError::Malformed("the text does not end in a newline"))
    } else if text.chars().any(|c| c.is_ascii_control() && c != '\n') {
        Err(NoteError::Malformed("the text holds a control character"))
    } else {
        Ok(())
    }
}

fn read_signature(line: &str) -> Result<(&str, [u8; 4], Vec<u8>), NoteError> {
    let malformed = || NoteError::Malformed("a signature line cannot be read");
    let (name, code) = line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or_else(malformed)?;
    let bytes = STANDARD.decode(code).map_err(|_| malformed())?;
    let (id, signature) = bytes.split_first_chunk().ok_or_else(malformed)?;
    Ok((name, *id, signature.to_vec()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn the_example_of_the_go_note_package_is_understood() {
        let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let note = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n\n\
                    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let key = VerifierKey::parse(key).unwrap();
        assert!(open(note, std::slice::from_ref(&key)).unwrap().ends_with("your problem is.\n"));
        assert_eq!(VerifierKey::parse(&key.to_string()), Ok(key));
    }

    #[test]
    fn other_signatures_are_passed_over_but_never_suffice() {
        let (ours, theirs) =
            (SigningKey::from_seed("writ", &[1; 32]).unwrap(), SigningKey::from_seed("other", &[2; 32]).unwrap());
        let note = ours.sign_text("text\n").unwrap();
        let both = format!("{note}{}", theirs.verifier.line(&[0; 64]));
        let (ours, theirs) = ([ours.verifier.clone()], [theirs.verifier.clone()]);
        assert_eq!(open(&both, &ours), Ok("text\n"));
        assert_eq!(open(&both, &theirs), Err(NoteError::FalseSignature("other".into())));
        assert_eq!(open(&note, &theirs), Err(NoteError::UnknownSigner));
        assert_eq!(open(&note, &[]), Err(NoteError::UnknownSigner));
        assert_eq!((count_signatures(&note), count_signatures(&both)), (1, 2));
    }

    #[test]
    fn keys_and_texts_that_would_break_a_note_are_refused() {
        for name in ["", "a b", "a+b", "a\nb", "a\u{2003}b"] {
            assert_eq!(SigningKey::from_seed(name, &[1; 32]).map(|_| ()), Err(NoteError::BadName(name.into())));
        }
        let key = SigningKey::from_seed("writ", &[1; 32]).unwrap();
        assert!(key.sign_text("no newline").is_err() && key.sign_text("bell\u{7}\n").is_err());
        let text = key.verifier().to_string();
        assert!(VerifierKey::parse(&text.replacen("writ", "writ2", 1)).is_err(), "the id depends on the name");
        assert!(!format!("{key:?}").contains(&hex::encode([1; 32])));
    }
}
