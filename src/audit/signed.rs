//! The stored checkpoints, held against the tree while it grows.

use std::{collections::VecDeque, mem};

use super::{
    checkpoint::Checkpoint,
    keys::KeyChain,
    note::{NoteError, count_signatures},
    stored::{Fault, LOG_CHECKPOINT, LOG_HEAD, StoredCheckpoint},
    tree::Edge,
};

/// The signed roots that the tree must still reach, and the first checkpoint row that is wrong in itself.
#[derive(Debug)]
pub(super) struct SignedRoots {
    ahead: VecDeque<(u64, Checkpoint)>,
    /// As the head counts them.
    counted: u64,
    /// Rows read without fault.
    read: u64,
    fault: Option<Fault>,
    /// The size of the last signed root that was compared.
    reached: u64,
}

impl SignedRoots {
    /// Checks all of a checkpoint that can be known before its size is reached.
    pub(super) fn read(rows: &[StoredCheckpoint], counted: u64, keys: Result<&KeyChain, Fault>) -> SignedRoots {
        let mut roots = SignedRoots { ahead: VecDeque::new(), counted, read: 0, fault: None, reached: 0 };
        let queued = keys.and_then(|keys| rows.iter().try_for_each(|row| roots.queue(row, keys)));
        roots.fault = queued.and_then(|()| roots.check_order()).err();
        roots
    }

    /// Compares the tree with the root that was signed at exactly this size, if one was.
    pub(super) fn compare(&mut self, edge: &Edge) -> Result<(), Fault> {
        let size = edge.size();
        let Some((number, signed)) = self.ahead.pop_front_if(|(_, signed)| signed.size == size) else {
            return Ok(());
        };
        let before = mem::replace(&mut self.reached, size);
        if signed.root == edge.root() {
            return Ok(());
        }
        let why = format!("was signed over {size} entries with another root: one from {before} on was rewritten since");
        Err(Fault::new(LOG_CHECKPOINT, number, why))
    }

    /// The number of checkpoints and the size of the last one, when all were reached and none is missing.
    pub(super) fn settle(self, size: u64) -> Result<(u64, u64), Fault> {
        let SignedRoots { ahead, counted, read, fault, reached } = self;
        fault.map_or(Ok(()), Err)?;
        if let Some((number, signed)) = ahead.front() {
            let why = format!("was signed over {} entries, but the log has only {size}", signed.size);
            Err(Fault::new(LOG_CHECKPOINT, *number, why))
        } else if read < counted {
            Err(Fault::new(LOG_CHECKPOINT, read, format!("is missing: the head counts {counted} checkpoints")))
        } else if read > counted {
            let why = format!("counts {counted} checkpoints, but {read} are stored and rightly signed");
            Err(Fault::new(LOG_HEAD, None, why))
        } else {
            Ok((read, reached))
        }
    }

    fn queue(&mut self, row: &StoredCheckpoint, keys: &KeyChain) -> Result<(), Fault> {
        self.check_number(row.number)?;
        let signed = check_note(row, keys)?;
        self.ahead.push_back((row.number, signed));
        self.read += 1;
        Ok(())
    }

    /// Each checkpoint covers more entries than the one before. If not, the row that contradicts most others
    /// is to blame; of two that are alike, the later.
    fn check_order(&self) -> Result<(), Fault> {
        let rows: Vec<(u64, u64)> = self.ahead.iter().map(|(number, signed)| (*number, signed.size)).collect();
        if rows.is_sorted_by(|(_, size), (_, next)| size < next) {
            return Ok(());
        }
        let contradicts = |(a, size): (u64, u64), (b, other): (u64, u64)| {
            if size == other { a > b } else { (a > b) != (size > other) }
        };
        let blame = |row: &&(u64, u64)| rows.iter().filter(|other| contradicts(**row, **other)).count();
        let worst = rows.iter().rev().max_by_key(blame).map_or(0, |(number, _)| *number);
        Err(fault(worst, "does not cover more entries than those before it and fewer than those after it"))
    }

    fn check_number(&self, number: u64) -> Result<(), Fault> {
        if number == self.read {
            Ok(())
        } else if self.read >= self.counted {
            Err(fault(number, "lies beyond the number of checkpoints in the head"))
        } else if number > self.read {
            Err(fault(self.read, "is missing"))
        } else {
            Err(fault(number, "is there twice or out of order"))
        }
    }
}

/// The row says what its note says, and the note is signed by the log's key, and by nobody else.
fn check_note(row: &StoredCheckpoint, keys: &KeyChain) -> Result<Checkpoint, Fault> {
    let signed = keys.open(&row.note).map_err(|error| match error {
        NoteError::OtherLog(_) => fault(row.number, "was signed for another log"),
        error => fault(row.number, &format!("cannot be trusted: {error}")),
    })?;
    if count_signatures(&row.note) != 1 {
        Err(fault(row.number, "carries more than its own signature"))
    } else if (signed.size, signed.root) != (row.size, row.root) {
        Err(fault(row.number, "has another size or root in its columns than in its signed note"))
    } else {
        Ok(signed)
    }
}

fn fault(number: u64, why: &str) -> Fault {
    Fault::new(LOG_CHECKPOINT, number, why)
}
