//! The verifier: reads a stored log once, in order, derives everything again, and names the first thing that is
//! wrong. It keeps the right edge of the tree, the checkpoints, and two bits per entry.

use super::{
    checkpoint::Checkpoint,
    commitment::opens,
    entry::{Digest, EntryRef},
    erasure::{Balance, ERASED_KIND, Uneven, erased_ranges},
    kept::KeptRoots,
    keys::{KeyChain, TrustedKey},
    signed::SignedRoots,
    stored::{
        Fault, LOG_ENTRY, LOG_HEAD, LOG_NODE, LOG_PERSONAL, LOG_PROCESS, StoredCheckpoint, StoredEntry, StoredHead,
        StoredPersonal, Stray,
    },
    tree::{Edge, Node, leaf_hash},
};

/// What the verifier takes from outside the log.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The name of the log, as its checkpoints must give it.
    pub origin: String,
    /// Keys of the log that were had from outside; they lead to its other keys.
    pub keys: Vec<TrustedKey>,
}

/// What is true of a log in which nothing is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many entries it has.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
    /// How many signed checkpoints agree with it.
    pub checkpoints: u64,
    /// How many of its entries the last checkpoint covers; 0 without a checkpoint.
    pub signed_size: u64,
    /// How many personal payloads are gone because an entry says so.
    pub erased: u64,
}

/// Takes the head and the checkpoints first, then every entry in order, then what is left over.
#[derive(Debug)]
pub struct Verifier {
    head: StoredHead,
    edge: Edge,
    last_at: Option<i64>,
    balance: Balance,
    signed: SignedRoots,
    kept: KeptRoots,
    fault: Option<Fault>,
}

impl Verifier {
    /// Starts with the row of `log_head`, if there is one, all rows of `log_checkpoint` by number, and the log's keys. What
    /// is wrong with those is told where no entry is wrong.
    pub fn new(head: Option<StoredHead>, checkpoints: &[StoredCheckpoint], keys: Result<&KeyChain, Fault>) -> Verifier {
        let missing = head.is_none().then(|| Fault::new(LOG_HEAD, None, "is missing"));
        let head = head.unwrap_or(StoredHead { size: 0, root: [0; 32], at_micros: 0, checkpoints: 0 });
        let edge = Edge::empty();
        let mut signed = SignedRoots::read(checkpoints, head.checkpoints, keys);
        let fault = missing.or(signed.compare(&edge).err());
        Verifier { head, edge, last_at: None, balance: Balance::default(), signed, kept: KeptRoots::default(), fault }
    }

    /// Also holds the log against checkpoints that were kept elsewhere: it must begin with what they cover. Whoever
    /// gives them has opened their notes.
    pub fn against(mut self, kept: &[Checkpoint]) -> Verifier {
        self.kept = KeptRoots::of(kept);
        self.fault = self.fault.or(self.kept.compare(&self.edge).err());
        self
    }

    /// Checks the next entry, with the stored nodes that it completed, leaf first: those at `(level, index)` for
    /// which [`completing_leaf`](super::tree::completing_leaf) is its sequence number. After the first fault every
    /// further call repeats it.
    pub fn entry(&mut self, stored: &StoredEntry, nodes: &[Node]) -> Result<(), Fault> {
        if self.fault.is_none() {
            self.fault = self.check(stored, nodes).err();
        }
        self.fault.clone().map_or(Ok(()), Err)
    }

    /// Settles what only the end can tell. `strays` are the rows of `log_process` and `log_personal` whose entry
    /// does not exist, and the rows of `log_node` that were given to no entry.
    pub fn finish(mut self, strays: &[Stray]) -> Result<Verified, Fault> {
        self.fault.take().map_or(Ok(()), Err)?;
        self.check_head()?;
        let erased = self.check_erasures()?;
        strays.first().map_or(Ok(()), |stray| Err(stray_fault(stray)))?;
        self.kept.settle(self.edge.size())?;
        let (checkpoints, signed_size) = self.signed.settle(self.edge.size())?;
        Ok(Verified { size: self.edge.size(), root: self.edge.root(), checkpoints, signed_size, erased })
    }

    fn check(&mut self, stored: &StoredEntry, nodes: &[Node]) -> Result<(), Fault> {
        self.check_place(stored.seq)?;
        let entry = check_row(stored)?;
        if self.last_at.is_some_and(|before| entry.at_micros < before) {
            return Err(Fault::new(LOG_ENTRY, stored.seq, "is earlier than the entry before it"));
        }
        self.last_at = Some(entry.at_micros);
        self.check_process(stored, &entry)?;
        self.check_personal(stored, &entry)?;
        self.check_nodes(stored, nodes)?;
        // First, because a root that came from outside speaks against the log, not against a row of it.
        self.kept.compare(&self.edge)?;
        self.signed.compare(&self.edge)
    }

    fn check_place(&self, seq: u64) -> Result<(), Fault> {
        let next = self.edge.size();
        if next == self.head.size && self.edge.root() == self.head.root {
            let why = format!("lies beyond the end of the log, which has {next} entries");
            Err(Fault::new(LOG_ENTRY, seq, why))
        } else if next == self.head.size {
            let why = format!("names {next} entries, but more are stored and its root is not that of the first {next}");
            Err(Fault::new(LOG_HEAD, None, why))
        } else if seq > next {
            Err(Fault::new(LOG_ENTRY, next, "is missing"))
        } else if seq < next {
            Err(Fault::new(LOG_ENTRY, seq, "is there twice or out of order"))
        } else {
            Ok(())
        }
    }

    fn check_process(&mut self, stored: &StoredEntry, entry: &EntryRef<'_>) -> Result<(), Fault> {
        let fault = |why| Fault::new(LOG_PROCESS, stored.seq, why);
        let process = stored.process.as_ref().ok_or_else(|| fault("is missing"))?;
        if !opens(entry.process, &process.salt, &process.payload) {
            return Err(fault("is not the one its entry commits to"));
        }
        if entry.kind == ERASED_KIND {
            let ranges = erased_ranges(&process.payload, entry.seq);
            let ranges = ranges.ok_or_else(|| fault("records an erasure, but does not list earlier entries"))?;
            ranges.into_iter().for_each(|range| self.balance.erased(range));
        }
        Ok(())
    }

    fn check_personal(&mut self, stored: &StoredEntry, entry: &EntryRef<'_>) -> Result<(), Fault> {
        let fault = |why: &str| Err(Fault::new(LOG_PERSONAL, stored.seq, why));
        match &stored.personal {
            StoredPersonal::Absent => self.balance.absent(stored.seq),
            StoredPersonal::Unreadable(why) => return fault(&format!("cannot be opened: {why}")),
            StoredPersonal::Present(personal) if opens(entry.personal, &personal.salt, &personal.payload) => {}
            StoredPersonal::Present(_) => return fault("is not the one its entry commits to"),
        }
        Ok(())
    }

    /// Adds the leaf; the stored nodes must be the ones it completes.
    fn check_nodes(&mut self, stored: &StoredEntry, nodes: &[Node]) -> Result<(), Fault> {
        // Two or more nodes that agree with each other on another leaf speak against the entry.
        let leaf = nodes.iter().find(|node| node.level == 0 && node.hash != stored.leaf);
        let with_other_leaf = leaf.map(|leaf| self.edge.clone().push(leaf.hash));
        let completed = self.edge.push(stored.leaf);
        if completed.len() > 1 && with_other_leaf.is_some_and(|other| other == nodes) {
            return Err(Fault::new(LOG_ENTRY, stored.seq, "is not the one from which the stored tree was built"));
        }
        compare_nodes(&completed, nodes).map_err(|why| Fault::new(LOG_NODE, stored.seq, why))
    }

    fn check_head(&self) -> Result<(), Fault> {
        let (head, size, root) = (&self.head, self.edge.size(), self.edge.root());
        let at = self.last_at.unwrap_or(0);
        let fault = |why: String| Err(Fault::new(LOG_HEAD, None, why));
        if size < head.size && root != head.root {
            let why = format!("is missing: the head names {} entries, but only {size} are stored", head.size);
            Err(Fault::new(LOG_ENTRY, size, why))
        } else if size != head.size {
            fault(format!("names {} entries, but its root is that of the {size} that are stored", head.size))
        } else if root != head.root {
            fault("names another root than that of the stored entries".to_owned())
        } else if at != head.at_micros {
            fault("names another time than that of the last entry".to_owned())
        } else {
            Ok(())
        }
    }

    fn check_erasures(&self) -> Result<u64, Fault> {
        self.balance.settle().map_err(|uneven| match uneven {
            Uneven::Vanished(seq) => Fault::new(LOG_PERSONAL, seq, "is missing, and no entry says it was erased"),
            Uneven::StillThere(seq) => Fault::new(LOG_PERSONAL, seq, "was erased, as an entry says, but is there"),
        })
    }
}

/// What an entry row says of itself: leaf, bytes and columns agree.
fn check_row(stored: &StoredEntry) -> Result<EntryRef<'_>, Fault> {
    let fault = |why: String| Fault::new(LOG_ENTRY, stored.seq, why);
    if leaf_hash(&stored.bytes) != stored.leaf {
        return Err(fault("has bytes that do not hash to its stored leaf".to_owned()));
    }
    let entry = EntryRef::decode(&stored.bytes).map_err(|error| fault(format!("cannot be read: {error}")))?;
    let columns = [
        ("sequence number", entry.seq == stored.seq),
        ("time", entry.at_micros == stored.at_micros),
        ("actor", entry.actor == stored.actor),
        ("kind", entry.kind == stored.kind),
        ("case", entry.case == stored.case.as_deref()),
    ];
    match columns.iter().find(|(_, agrees)| !agrees) {
        Some((column, _)) => Err(fault(format!("has another {column} in its column than in its bytes"))),
        None => Ok(entry),
    }
}

/// The stored nodes are the completed ones, no fewer, no others.
fn compare_nodes(completed: &[Node], stored: &[Node]) -> Result<(), String> {
    let place = |node: &Node| format!("level {}, index {}", node.level, node.index);
    let is_same_place = |a: &Node, b: &Node| (a.level, a.index) == (b.level, b.index);
    for node in completed {
        match stored.iter().find(|other| is_same_place(node, other)) {
            None => return Err(format!("lacks the node at {}", place(node))),
            Some(other) if other.hash == node.hash => {}
            Some(_) => return Err(format!("has another hash at {} than its entries give", place(node))),
        }
    }
    match stored.iter().find(|other| !completed.iter().any(|node| is_same_place(node, other))) {
        Some(extra) => Err(format!("has a node too many, at {}", place(extra))),
        None if stored.len() > completed.len() => Err("has a node twice".to_owned()),
        None => Ok(()),
    }
}

fn stray_fault(stray: &Stray) -> Fault {
    let why =
        if stray.table == LOG_NODE { "has a node that no entry completes" } else { "belongs to no entry of the log" };
    Fault::new(stray.table, stray.seq, why)
}
