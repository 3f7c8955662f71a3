//! Witnesses: others who sign that a log only grew since they last looked (C2SP tlog-cosignature). Whoever asks for such a
//! signature sends the checkpoint with a proof of that (the request of C2SP tlog-witness); here both sides are judged.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _};

use super::{
    checkpoint::Checkpoint,
    entry::Digest,
    keys::KeyChain,
    note::{self, COSIGNATURE, NoteError, VerifierKey},
    proof::verify_consistency,
};

/// The kind of the entry that keeps a cosignature: its process payload has `size` and the line as `cosignature`.
pub const COSIGNED_KIND: &str = "checkpoint.cosigned";

/// The most hashes a proof of a request may have (C2SP tlog-witness).
const MOST_HASHES: usize = 63;

/// The public half of a witness's key; as text `name+id+key`, as witnesses publish it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessKey(VerifierKey);

impl WitnessKey {
    /// Reads the text form.
    ///
    /// # Errors
    /// [`NoteError::BadKey`] for anything else.
    pub fn parse(text: &str) -> Result<WitnessKey, NoteError> {
        VerifierKey::parse_as(text, COSIGNATURE).map(WitnessKey)
    }

    /// What the witness is called.
    pub fn name(&self) -> &str {
        self.0.name()
    }
}

impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A witness's word on a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// What the witness is called.
    pub witness: String,
    /// When it was given, in seconds since 1970, by the witness's clock.
    pub at: u64,
    /// The signature line, with its newline.
    pub line: String,
}

/// The words on a checkpoint by the witnesses with these keys, in the order of the note. Other lines are passed over.
///
/// # Errors
/// When the note is none, or one of these witnesses' lines is false.
pub fn cosignatures(note: &str, keys: &[WitnessKey]) -> Result<Vec<Cosignature>, NoteError> {
    let text = note::text(note)?;
    let mut found = Vec::new();
    for (line, name, id, bytes) in note::lines(note)? {
        let Some(WitnessKey(key)) = keys.iter().find(|WitnessKey(key)| key.is_named(name, id)) else { continue };
        let is_false = || NoteError::FalseSignature(name.to_owned());
        let (at, signature) = bytes.split_first_chunk::<8>().ok_or_else(is_false)?;
        let at = u64::from_be_bytes(*at);
        let signature = Signature::from_slice(signature).map_err(|_| is_false())?;
        key.verify(cosigned(text, at).as_bytes(), &signature)?;
        found.push(Cosignature { witness: name.to_owned(), at, line: format!("{line}\n") });
    }
    Ok(found)
}

/// A note with the lines of witnesses behind its own.
pub fn with_lines<'a>(note: &str, lines: impl IntoIterator<Item = &'a str>) -> String {
    lines.into_iter().fold(note.to_owned(), |note, line| note + line)
}

/// What a witness signs.
fn cosigned(text: &str, at: u64) -> String {
    format!("cosignature/v1\ntime {at}\n{text}")
}

/// Somebody who watches logs, with a key of their own.
pub struct Witness {
    key: ed25519_dalek::SigningKey,
    verifier: WitnessKey,
}

impl Witness {
    /// The witness of this name whose key grows from a secret seed of 32 random bytes.
    ///
    /// # Errors
    /// When the name can't be that of a key.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Witness, NoteError> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let verifier = WitnessKey(VerifierKey::new(name, COSIGNATURE, key.verifying_key())?);
        Ok(Witness { key, verifier })
    }

    /// The public half, for whoever accepts this witness.
    pub fn verifier(&self) -> &WitnessKey {
        &self.verifier
    }

    /// The line by which the witness says that it saw this checkpoint, at so many seconds since 1970.
    ///
    /// # Errors
    /// When the note is none.
    pub fn cosign(&self, note: &str, at: u64) -> Result<String, NoteError> {
        let signature = self.key.sign(cosigned(note::text(note)?, at).as_bytes()).to_bytes();
        Ok(self.verifier.0.line(&[at.to_be_bytes().as_slice(), &signature].concat()))
    }
}

/// What a log asks of a witness: to sign a checkpoint, proven to go on from the one that the witness saw last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What the log believes that the witness saw last; 0 for nothing.
    pub old: u64,
    /// The proof from there.
    pub proof: Vec<Digest>,
    /// The checkpoint.
    pub note: String,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", STANDARD.encode(hash)))?;
        write!(f, "\n{}", self.note)
    }
}

impl Request {
    /// Reads what [`Request`] writes, or the checkpoint alone, which is a request from nothing.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Request, NoteError> {
        let malformed = NoteError::Malformed("it is no request to a witness");
        let Some(asked) = text.strip_prefix("old ") else {
            Checkpoint::read(text)?;
            return Ok(Request { old: 0, proof: Vec::new(), note: text.to_owned() });
        };
        let (head, note) = asked.split_once("\n\n").ok_or_else(|| malformed.clone())?;
        let mut lines = head.lines();
        let old = lines.next().and_then(|old| old.parse().ok()).ok_or_else(|| malformed.clone())?;
        let hash = |line: &str| Digest::try_from(STANDARD.decode(line).ok()?).ok();
        let proof: Option<Vec<Digest>> = lines.map(hash).collect();
        let proof = proof.filter(|proof| proof.len() <= MOST_HASHES).ok_or(malformed)?;
        Checkpoint::read(note)?;
        Ok(Request { old, proof, note: note.to_owned() })
    }
}

/// Why a witness does not sign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Declined {
    /// The checkpoint is not the log's.
    #[error("the checkpoint is not one of the log that is watched: {0}")]
    NotTheLogs(#[from] NoteError),
    /// The proof begins elsewhere than where this witness looked last.
    #[error(
        "the proof goes on from {old} entries, but what was seen last are {last}: ask the log for a proof from there"
    )]
    FromElsewhere {
        /// Where the proof begins.
        old: u64,
        /// What was seen last.
        last: u64,
    },
    /// The checkpoint is older than the last one that was seen.
    #[error(
        "the checkpoint covers {size} entries, fewer than the {last} that were seen before: the log was cut back, or an older copy was put in its place"
    )]
    Older {
        /// What it covers.
        size: u64,
        /// What was seen last.
        last: u64,
    },
    /// The log is not the one that was seen before.
    #[error("the log does not go on from what was seen before: what it held up to {last} entries was rewritten")]
    Rewritten {
        /// What was seen last.
        last: u64,
    },
}

/// Judges whether a log goes on from what a witness saw last. Gives the checkpoint to sign and to remember.
///
/// # Errors
/// [`Declined`]: the last two are evidence against the log.
pub fn judge(request: &Request, last: Option<&Checkpoint>, keys: &KeyChain) -> Result<Checkpoint, Declined> {
    let signed = keys.open(&request.note)?;
    let nothing = Checkpoint { origin: signed.origin.clone(), size: 0, root: super::tree::empty_root() };
    let last = last.unwrap_or(&nothing);
    if signed.size < last.size {
        return Err(Declined::Older { size: signed.size, last: last.size });
    } else if signed.size == last.size && signed.size > 0 {
        // Nothing to prove: it is the same, or it is another log.
        let is_same = signed.root == last.root;
        return if is_same { Ok(signed) } else { Err(Declined::Rewritten { last: last.size }) };
    } else if request.old != last.size {
        return Err(Declined::FromElsewhere { old: request.old, last: last.size });
    }
    let goes_on = verify_consistency((last.size, &last.root), (signed.size, &signed.root), &request.proof);
    if goes_on { Ok(signed) } else { Err(Declined::Rewritten { last: last.size }) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::collections::HashMap;

    use super::*;
    use crate::audit::{Edge, SigningKey, Trust, proof, tree::leaf_hash};

    const ORIGIN: &str = "writ.example/log";

    struct Grown {
        key: SigningKey,
        nodes: HashMap<(u8, u64), Digest>,
        roots: Vec<Digest>,
    }

    impl Grown {
        fn of(size: u64, text: &str) -> Grown {
            let (mut edge, mut nodes, mut roots) =
                (Edge::empty(), HashMap::new(), vec![super::super::tree::empty_root()]);
            for seq in 0..size {
                let leaf = leaf_hash(format!("{text} {seq}").as_bytes());
                nodes.extend(edge.push(leaf).iter().map(|node| ((node.level, node.index), node.hash)));
                roots.push(edge.root());
            }
            Grown { key: SigningKey::from_seed(ORIGIN, &[3; 32]).unwrap(), nodes, roots }
        }

        fn note(&self, size: usize) -> String {
            self.key.sign(ORIGIN, size as u64, &self.roots[size]).unwrap()
        }

        fn asks(&self, old: u64, size: usize) -> Request {
            let proof = proof::consistency(old, size as u64, |l, i| self.nodes.get(&(l, i)).copied()).unwrap();
            Request { old, proof, note: self.note(size) }
        }

        fn keys(&self) -> KeyChain {
            let trust = Trust { origin: ORIGIN.into(), keys: vec![self.key.verifier().clone().into()] };
            KeyChain::new(&trust, &[]).unwrap()
        }
    }

    #[test]
    fn a_witness_signs_what_goes_on_from_what_it_saw_and_nothing_else() {
        let (log, other) = (Grown::of(40, "a"), Grown::of(40, "b"));
        let keys = log.keys();
        let mut last: Option<Checkpoint> = None;
        for size in [1, 7, 8, 8, 23, 40] {
            let old = last.as_ref().map_or(0, |last| last.size);
            let request = log.asks(old, size);
            assert_eq!(Request::parse(&request.to_string()), Ok(request.clone()));
            if let Some(last) = &last {
                let forked = judge(&other.asks(old, size), Some(last), &keys);
                assert_eq!(forked, Err(Declined::Rewritten { last: old }), "another history from {old} to {size}");
            }
            last = Some(judge(&request, last.as_ref(), &keys).unwrap());
        }
        let last = last.unwrap();
        assert_eq!(judge(&log.asks(7, 23), Some(&last), &keys), Err(Declined::Older { size: 23, last: 40 }));
        let more = Grown::of(41, "a");
        let elsewhere = judge(&more.asks(23, 41), Some(&last), &keys);
        assert_eq!(elsewhere, Err(Declined::FromElsewhere { old: 23, last: 40 }));
        assert!(judge(&more.asks(40, 41), Some(&last), &keys).is_ok());
        let mut strange = more.asks(40, 41);
        strange.note = SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap().sign(ORIGIN, 41, &more.roots[41]).unwrap();
        assert_eq!(judge(&strange, Some(&last), &keys), Err(NoteError::UnknownSigner.into()));
    }

    #[test]
    fn a_cosignature_is_read_by_those_who_know_the_witness_and_breaks_with_any_byte() {
        let log = Grown::of(5, "a");
        let witness = Witness::from_seed("witness.example/w1", &[5; 32]).unwrap();
        let other = Witness::from_seed("witness.example/w2", &[6; 32]).unwrap();
        let note = log.note(5);
        let lines = [witness.cosign(&note, 1_800_000_000).unwrap(), other.cosign(&note, 1_800_000_001).unwrap()];
        let both = with_lines(&note, lines.iter().map(String::as_str));
        assert!(log.keys().open(&both).is_ok(), "the log's own signature stays");
        let key = WitnessKey::parse(&witness.verifier().to_string()).unwrap();
        let found = cosignatures(&both, std::slice::from_ref(&key)).unwrap();
        let expected = Cosignature { witness: "witness.example/w1".into(), at: 1_800_000_000, line: lines[0].clone() };
        assert_eq!(found, [expected]);
        assert_eq!(cosignatures(&both, &[key.clone(), other.verifier().clone()]).unwrap().len(), 2);
        assert_eq!(cosignatures(&note, std::slice::from_ref(&key)), Ok(Vec::new()));
        let line = with_lines(&note, [lines[0].as_str()]);
        for place in 0..line.len() {
            let mut changed = line.clone().into_bytes();
            changed[place] ^= 1;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            let is_found = cosignatures(&changed, std::slice::from_ref(&key)).is_ok_and(|found| !found.is_empty());
            // Of the log's own line the witness says nothing.
            let is_own = place >= note.find("— ").unwrap() && place < note.len();
            assert!(!is_found || is_own, "byte {place}");
        }
        // A log's key is no witness's, and the other way round.
        assert!(WitnessKey::parse(&log.key.verifier().to_string()).is_err());
        assert!(VerifierKey::parse(&witness.verifier().to_string()).is_err());
    }
}
