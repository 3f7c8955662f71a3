//! Judging a bundle: record after record, in constant memory but for two bits per entry. The first thing that is wrong
//! is named.

use std::fmt;

use super::{Carried, Header, Payloads, Record, RecordError, Salted};
use crate::audit::{
    checkpoint::Checkpoint,
    commitment::opens,
    entry::{Digest, EntryRef, SEALED_KIND},
    erasure::{Balance, ERASED_KIND, Uneven, erased_ranges},
    keys::{Handover, KeyChain},
    note::NoteError,
    proof::{verify_consistency, verify_inclusion},
    tree::{Edge, leaf_hash},
    verify::Trust,
};

/// What is true of a bundle in which nothing is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// What it says of itself, and what turned out to be so.
    pub header: Header,
    /// The root that the last checkpoint signed.
    pub root: Digest,
    /// How many signed checkpoints agree with it.
    pub checkpoints: u64,
    /// How many entries from outside of the part the last checkpoint covers.
    pub outside: u64,
    /// How many personal payloads are gone because an entry says so; nothing where they did not come along.
    pub erased: Option<u64>,
    /// Sizes of the checkpoints kept elsewhere with which the bundle agrees.
    pub kept: Vec<u64>,
    /// Sizes of those that it can't be compared with: they lie outside of its part, and it proves nothing of them.
    pub not_compared: Vec<u64>,
}

/// An entry that was found in order, with its process payload where that came along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act<'a> {
    /// The entry.
    pub entry: EntryRef<'a>,
    /// What happened, as JSON.
    pub process: Option<&'a [u8]>,
}

/// Where a bundle is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An entry, by its number.
    Entry(u64),
    /// The process payload of an entry.
    Process(u64),
    /// The personal payload of an entry.
    Personal(u64),
    /// The checkpoint that follows so many entries, or says that it covers them.
    Checkpoint(u64),
    /// A record, counted from 0.
    Record(u64),
    /// A checkpoint that was kept elsewhere, by its size.
    Kept(u64),
}

/// The first thing that is wrong with a bundle, said so that an auditor understands it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// The rest of the sentence.
    pub why: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Entry(seq) => write!(f, "Entry {seq}"),
            Place::Process(seq) => write!(f, "The process payload of entry {seq}"),
            Place::Personal(seq) => write!(f, "The personal payload of entry {seq}"),
            Place::Checkpoint(size) => write!(f, "The checkpoint over {size} entries"),
            Place::Record(number) => write!(f, "Record {number} of the bundle"),
            Place::Kept(size) => write!(f, "The checkpoint over {size} entries that was kept elsewhere"),
        }?;
        write!(f, " {}.", self.why)
    }
}

impl std::error::Error for Fault {}

/// Takes every record in order.
pub struct Examiner {
    trust: Trust,
    kept: Kept,
    records: u64,
    handovers: Vec<Handover>,
    /// The log's keys, once the last of them came.
    keys: Option<KeyChain>,
    part: Option<Part>,
}

/// Checkpoints that somebody kept elsewhere, held against what is read.
#[derive(Default)]
struct Kept {
    /// Those of whose size nothing was read yet.
    waiting: Vec<Checkpoint>,
    /// Sizes of those with which the bundle agrees.
    agreed: Vec<u64>,
}

/// What is known of the part so far.
struct Part {
    header: Header,
    edge: Edge,
    awaits_edge: bool,
    last_at: Option<i64>,
    balance: Balance,
    signed: Option<Checkpoint>,
    checkpoints: u64,
    /// The last entry from outside, with its time.
    outside: Option<(u64, i64)>,
    outsiders: u64,
    has_ended: bool,
}

impl Examiner {
    /// Begins with what comes from outside of the bundle: the name of the log and keys of it.
    pub fn new(trust: Trust) -> Examiner {
        Examiner { trust, kept: Kept::default(), records: 0, handovers: Vec::new(), keys: None, part: None }
    }

    /// All keys of the log, before the first record that needs them: call it for a record that is neither header nor
    /// handover.
    ///
    /// # Errors
    /// When they do not follow each other, or lead to none that is trusted.
    pub fn keys(&mut self) -> Result<&KeyChain, Fault> {
        let keys = match self.keys.take() {
            Some(keys) => keys,
            None => KeyChain::new(&self.trust, &self.handovers).map_err(|why| {
                let why = format!("comes after keys that cannot be trusted: {why}");
                Fault { place: Place::Record(self.records), why }
            })?,
        };
        Ok(self.keys.insert(keys))
    }

    /// Also holds the bundle against a checkpoint that somebody kept elsewhere, whose note was opened with
    /// [`Examiner::keys`].
    pub fn keep(&mut self, kept: Checkpoint) {
        self.kept.waiting.push(kept);
    }

    /// The number of the next record.
    pub fn next_record(&self) -> u64 {
        self.records
    }

    /// Takes the next record. Gives the entry that it brings.
    ///
    /// # Errors
    /// The first thing that is wrong. Whoever gets one stops.
    pub fn take<'a>(&mut self, record: Result<Record<'a>, RecordError>) -> Result<Option<Act<'a>>, Fault> {
        let number = self.records;
        let record = record.map_err(|error| Fault { place: Place::Record(number), why: error.to_string() })?;
        let record = self.take_beginning(record)?;
        self.records = self.records.saturating_add(1);
        let (Some(record), Some(part), Some(keys)) = (record, &mut self.part, &self.keys) else { return Ok(None) };
        part.take(record, number, keys, &mut self.kept)
    }

    /// Takes header and handovers, after which the log's keys are known, and gives back what is neither.
    fn take_beginning<'a>(&mut self, record: Record<'a>) -> Result<Option<Record<'a>>, Fault> {
        let number = self.records;
        let fault = |why: String| Fault { place: Place::Record(number), why };
        match record {
            Record::Header(header) if self.part.is_none() => {
                self.part = Some(Part::begin(header, &self.trust).map_err(fault)?);
                Ok(None)
            }
            _ if self.part.is_none() => Err(fault("comes before the header".into())),
            Record::Handover(_) if self.keys.is_some() => Err(fault("is a handover that comes too late".into())),
            Record::Handover(note) => {
                let handover = Handover::open(note).map_err(|error| fault(format!("hands over no key: {error}")))?;
                self.handovers.push(handover);
                Ok(None)
            }
            record => {
                self.keys()?;
                Ok(Some(record))
            }
        }
    }

    /// Settles what only the end can tell.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn finish(self) -> Result<Examined, Fault> {
        let fault = |why: &str| Fault { place: Place::Record(self.records), why: why.to_owned() };
        let part = self.part.filter(|part| part.has_ended);
        let part = part.ok_or_else(|| fault("is missing: the bundle was cut short"))?;
        let Part { header, edge, balance, signed, checkpoints, outsiders, .. } = part;
        if edge.size() != header.end {
            let why = format!("is missing: the header names the entries up to {}", header.end);
            return Err(Fault { place: Place::Entry(edge.size()), why });
        }
        let signed = signed.filter(|signed| signed.size == header.size).ok_or_else(|| Fault {
            place: Place::Checkpoint(header.size),
            why: "is missing: nothing vouches for the end of the bundle".into(),
        })?;
        let (kept, not_compared) = self.kept.settle(&header)?;
        let erased = match header.payloads {
            Payloads::All => Some(balance.settle_within(header.first, header.end).map_err(|uneven| match uneven {
                Uneven::Vanished(seq) => {
                    Fault { place: Place::Personal(seq), why: "is missing, and no entry says it was erased".into() }
                }
                Uneven::StillThere(seq) => {
                    Fault { place: Place::Personal(seq), why: "was erased, as an entry says, but is there".into() }
                }
            })?),
            Payloads::None | Payloads::Process => None,
        };
        Ok(Examined { root: signed.root, header, checkpoints, outside: outsiders, erased, kept, not_compared })
    }
}

impl Part {
    fn begin(header: Header, trust: &Trust) -> Result<Part, String> {
        if header.origin != trust.origin {
            return Err(format!("is of the log {}, not of {}", header.origin, trust.origin));
        }
        if header.first > header.end || header.end > header.size {
            return Err("names a part that ends before it begins, or after the last checkpoint".into());
        }
        Ok(Part {
            awaits_edge: header.first > 0,
            header,
            edge: Edge::empty(),
            last_at: None,
            balance: Balance::default(),
            signed: None,
            checkpoints: 0,
            outside: None,
            outsiders: 0,
            has_ended: false,
        })
    }

    /// Takes a record that is no header and no handover.
    fn take<'a>(
        &mut self,
        record: Record<'a>,
        number: u64,
        keys: &KeyChain,
        kept: &mut Kept,
    ) -> Result<Option<Act<'a>>, Fault> {
        let fault = |why: String| Fault { place: Place::Record(number), why };
        if self.has_ended {
            return Err(fault("comes after the end".into()));
        }
        let is_edge = matches!(record, Record::Edge(_));
        if is_edge != self.awaits_edge {
            let why = if is_edge { "is an edge that does not belong there" } else { "should be the edge" };
            return Err(fault(why.into()));
        }
        match record {
            Record::Header(_) => Err(fault("is a second header".into())),
            Record::Handover(_) => Err(fault("is a handover that comes too late".into())),
            Record::Edge(hashes) => {
                self.awaits_edge = false;
                self.edge = Edge::from_parts(self.header.first, hashes)
                    .map_err(|_| fault("has another number of hashes than the edge".into()))?;
                kept.compare_edge(&self.edge)?;
                Ok(None)
            }
            Record::Entry(carried) => {
                let act = self.entry(&carried)?;
                kept.compare_edge(&self.edge)?;
                Ok(Some(act))
            }
            Record::Checkpoint { note, proof } => {
                let signed = self.checkpoint(note, &proof, keys)?;
                kept.compare(&signed)?;
                self.signed = Some(signed);
                Ok(None)
            }
            Record::Outside(carried, proof) => self.outside(&carried, &proof, number).map(Some),
            Record::End(counted) if counted == number => {
                self.has_ended = true;
                Ok(None)
            }
            Record::End(counted) => Err(fault(format!("says that {counted} records come before it, not {number}"))),
        }
    }

    fn entry<'a>(&mut self, carried: &Carried<'a>) -> Result<Act<'a>, Fault> {
        let next = self.edge.size();
        let fault = |why: &str| Fault { place: Place::Entry(next), why: why.to_owned() };
        if next == self.header.end || self.outside.is_some() {
            return Err(fault("lies beyond the part that the header names"));
        }
        let entry = EntryRef::decode(carried.bytes).map_err(|error| fault(&format!("cannot be read: {error}")))?;
        if entry.seq != next {
            return Err(fault(&format!("is missing: in its place stands entry {}", entry.seq)));
        }
        if self.last_at.is_some_and(|before| entry.at_micros < before) {
            return Err(fault("is earlier than the entry before it"));
        }
        self.last_at = Some(entry.at_micros);
        self.payloads(&entry, carried)?;
        self.edge.add(leaf_hash(carried.bytes), |_| {});
        Ok(Act { entry, process: carried.process.map(|process| process.payload) })
    }

    fn outside<'a>(&mut self, carried: &Carried<'a>, proof: &[Digest], number: u64) -> Result<Act<'a>, Fault> {
        let fault = |why: String| Fault { place: Place::Record(number), why };
        let signed = self.signed.as_ref().filter(|signed| signed.size == self.header.size);
        let signed = signed.ok_or_else(|| fault("comes before the last checkpoint".into()))?;
        if self.edge.size() != self.header.end {
            return Err(fault("comes before the end of the part".into()));
        }
        let entry = EntryRef::decode(carried.bytes).map_err(|error| fault(format!("is no entry: {error}")))?;
        let EntryRef { seq, at_micros, .. } = entry;
        if (self.header.first..self.header.end).contains(&seq) {
            return Err(fault(format!("is entry {seq}, which belongs to the part")));
        }
        if self.outside.is_some_and(|(before, at)| seq <= before || at_micros < at) {
            return Err(fault(format!("is entry {seq}, out of order")));
        }
        if !verify_inclusion(&leaf_hash(carried.bytes), seq, signed.size, proof, &signed.root) {
            let why = "is not in the log that the last checkpoint covers: its proof leads elsewhere";
            return Err(Fault { place: Place::Entry(seq), why: why.into() });
        }
        self.payloads(&entry, carried)?;
        self.outside = Some((seq, at_micros));
        self.outsiders = self.outsiders.saturating_add(1);
        Ok(Act { entry, process: carried.process.map(|process| process.payload) })
    }

    /// What comes along is what the header says, and opens the entry's commitments.
    fn payloads(&mut self, entry: &EntryRef<'_>, carried: &Carried<'_>) -> Result<(), Fault> {
        let seq = entry.seq;
        let process = |why: &str| Fault { place: Place::Process(seq), why: why.to_owned() };
        let personal = |why: &str| Fault { place: Place::Personal(seq), why: why.to_owned() };
        let is_of = |commitment: &Digest, salted: &Salted<'_>| opens(commitment, salted.salt, salted.payload);
        match (self.header.payloads, &carried.process) {
            (Payloads::None, None) => {}
            (Payloads::None, Some(_)) => return Err(process("is there, which the header denies")),
            (_, None) => return Err(process("is missing")),
            (_, Some(salted)) if !is_of(entry.process, salted) => {
                return Err(process("is not the one its entry commits to"));
            }
            (_, Some(salted)) if entry.kind == ERASED_KIND => {
                let ranges = erased_ranges(salted.payload, seq);
                let ranges = ranges.ok_or_else(|| process("records an erasure, but does not list earlier entries"))?;
                ranges.into_iter().for_each(|range| self.balance.erased(range));
            }
            (_, Some(_)) => {}
        }
        match (self.header.payloads, &carried.personal) {
            (Payloads::None | Payloads::Process, None) => {}
            (Payloads::None | Payloads::Process, Some(_)) => {
                return Err(personal("is there, which the header denies"));
            }
            (Payloads::All, None) if entry.kind == SEALED_KIND => self.balance.withheld(seq),
            (Payloads::All, None) => self.balance.absent(seq),
            (Payloads::All, Some(_)) if entry.kind == SEALED_KIND => {
                return Err(personal("belongs to a closed compartment and may not come along"));
            }
            (Payloads::All, Some(salted)) if !is_of(entry.personal, salted) => {
                return Err(personal("is not the one its entry commits to"));
            }
            (Payloads::All, Some(_)) => {}
        }
        Ok(())
    }

    /// A signed checkpoint: of the log, larger than the one before, and its root is the root there.
    fn checkpoint(&mut self, note: &str, proof: &[Digest], keys: &KeyChain) -> Result<Checkpoint, Fault> {
        let here = self.edge.size();
        let fault = |size: u64, why: &str| Fault { place: Place::Checkpoint(size), why: why.to_owned() };
        let signed = keys.open(note).map_err(|error| match error {
            NoteError::OtherLog(_) => fault(here, "was signed for another log"),
            error => fault(here, &format!("cannot be trusted: {error}")),
        })?;
        let (size, root) = (signed.size, self.edge.root());
        if self.outside.is_some() || self.signed.as_ref().is_some_and(|before| size <= before.size) {
            return Err(fault(size, "is out of order"));
        }
        if size > self.header.size {
            return Err(fault(size, "covers more than the header names"));
        }
        let is_proven = if size == here {
            proof.is_empty() && signed.root == root
        } else if size < here {
            here == self.header.first && verify_consistency((size, &signed.root), (here, &root), proof)
        } else {
            here == self.header.end && verify_consistency((here, &root), (size, &signed.root), proof)
        };
        if !is_proven {
            let before = self.signed.as_ref().map_or(self.header.first, |before| before.size);
            let why = format!("was signed with another root: an entry from {before} on is not the one that was signed");
            return Err(fault(size, &why));
        }
        self.checkpoints = self.checkpoints.saturating_add(1);
        Ok(signed)
    }
}

impl Kept {
    /// Compares the tree with every kept root that covers exactly what was read so far.
    fn compare_edge(&mut self, edge: &Edge) -> Result<(), Fault> {
        let size = edge.size();
        if !self.waiting.iter().any(|one| one.size == size) {
            return Ok(());
        }
        self.compare(&Checkpoint { origin: String::new(), size, root: edge.root() })
    }

    /// Compares the kept checkpoints of a size with a root that was proven.
    fn compare(&mut self, proven: &Checkpoint) -> Result<(), Fault> {
        for one in self.waiting.extract_if(.., |one| one.size == proven.size) {
            if one.root != proven.root {
                let why = "has another root than the bundle: what the log held up to there was rewritten".to_owned();
                return Err(Fault { place: Place::Kept(one.size), why });
            }
            self.agreed.push(one.size);
        }
        Ok(())
    }

    /// Sizes of those with which the bundle agrees, and of those that it can't be compared with.
    fn settle(mut self, header: &Header) -> Result<(Vec<u64>, Vec<u64>), Fault> {
        if let Some(beyond) = self.waiting.iter().find(|one| one.size > header.size) {
            let why = format!(
                "covers more than the {} entries of this bundle's log: the log was cut back, an older copy was put in its \
                 place, or the bundle is older than the checkpoint",
                header.size
            );
            return Err(Fault { place: Place::Kept(beyond.size), why });
        }
        self.agreed.sort_unstable();
        Ok((self.agreed, self.waiting.iter().map(|one| one.size).collect()))
    }
}

#[cfg(test)]
mod tests;
