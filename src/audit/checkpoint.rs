//! A checkpoint (C2SP tlog-checkpoint): origin, size and root of the tree, signed in a note.
//! Whoever keeps one can tell later that the log was not rewritten.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    entry::Digest,
    note::{self, NoteError, SigningKey},
};

/// What was signed: this log had this many entries, and this was the root over them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log, unique in the world.
    pub origin: String,
    /// How many entries the log had.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
}

impl SigningKey {
    /// Signs the root of a tree; fails only when `origin` is empty or holds a line break or control character.
    pub fn sign(&self, origin: &str, size: u64, root: &Digest) -> Result<String, NoteError> {
        let checkpoint = Checkpoint { origin: origin.to_owned(), size, root: *root };
        self.sign_text(&checkpoint.body()?)
    }
}

impl Checkpoint {
    /// The text that is signed: three lines, each ended by a newline.
    pub fn body(&self) -> Result<String, NoteError> {
        if self.origin.is_empty() || self.origin.contains(char::is_control) {
            return Err(NoteError::NotCheckpoint("the origin is empty or holds a control character"));
        }
        Ok(format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root)))
    }

    /// What a note says, whoever signed it: nothing to rely on.
    ///
    /// # Errors
    /// When it says no checkpoint.
    pub fn read(note: &str) -> Result<Checkpoint, NoteError> {
        Checkpoint::from_body(note::text(note)?)
    }

    /// Reads exactly what [`Checkpoint::body`] writes. Extension lines are refused: this log writes none.
    fn from_body(text: &str) -> Result<Checkpoint, NoteError> {
        let lines: Vec<&str> = text.lines().collect();
        let [origin, size, root] = lines.as_slice() else {
            return Err(NoteError::NotCheckpoint("it does not have three lines"));
        };
        let size = size.parse().map_err(|_| NoteError::NotCheckpoint("the size is not a number"))?;
        let root = STANDARD.decode(root).ok().and_then(|bytes| Digest::try_from(bytes).ok());
        let root = root.ok_or(NoteError::NotCheckpoint("the root is not 32 bytes in base64"))?;
        let checkpoint = Checkpoint { origin: (*origin).to_owned(), size, root };
        let is_canonical = checkpoint.body()? == text;
        if is_canonical { Ok(checkpoint) } else { Err(NoteError::NotCheckpoint("it is written in another way")) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use crate::audit::VerifierKey;

    fn parse_and_verify(note: &str, keys: &[VerifierKey]) -> Result<Checkpoint, NoteError> {
        Checkpoint::from_body(note::open(note, keys)?)
    }

    #[test]
    fn a_signed_checkpoint_comes_back_and_no_changed_byte_does() {
        let key = SigningKey::from_seed("writ.example/log", &[3; 32]).unwrap();
        let keys = [key.verifier().clone()];
        let note = key.sign("writ.example/log", 42, &[9; 32]).unwrap();
        let checkpoint = Checkpoint { origin: "writ.example/log".into(), size: 42, root: [9; 32] };
        assert_eq!(parse_and_verify(&note, &keys), Ok(checkpoint));
        for place in 0..note.len() {
            for bit in 0..8 {
                let mut other = note.clone().into_bytes();
                other[place] ^= 1 << bit;
                if let Ok(other) = String::from_utf8(other) {
                    assert!(parse_and_verify(&other, &keys).is_err(), "byte {place}, bit {bit}");
                }
            }
            if note.is_char_boundary(place) {
                assert!(parse_and_verify(&note[..place], &keys).is_err());
            }
        }
    }

    #[test]
    fn a_well_signed_text_that_is_no_checkpoint_is_refused() {
        let key = SigningKey::from_seed("writ", &[3; 32]).unwrap();
        let keys = [key.verifier().clone()];
        let root = STANDARD.encode([9; 32]);
        for text in [
            "writ\n42\n".to_owned(),
            format!("writ\n042\n{root}\n"),
            format!("writ\n+42\n{root}\n"),
            format!("\n42\n{root}\n"),
            format!("writ\n42\n{root}\nextension\n"),
            format!("writ\n42\n{}\n", STANDARD.encode([9; 31])),
            format!("writ\n18446744073709551616\n{root}\n"),
        ] {
            let note = key.sign_text(&text).unwrap();
            assert!(matches!(parse_and_verify(&note, &keys), Err(NoteError::NotCheckpoint(_))), "{text}");
        }
        assert!(key.sign("two\nlines", 1, &[0; 32]).is_err() && key.sign("", 1, &[0; 32]).is_err());
    }
}
