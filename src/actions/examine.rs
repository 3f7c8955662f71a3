//! What every kept verification does, the scheduled ones and those that people ask for: the log, then everything that
//! follows from it. What it finds is kept, shown, mailed and logged, so it is told without personal data: where something
//! differs, and never the values. Those are for the operator at the console.

use sha2::{Digest, Sha256};

use super::verify_deep::{VAULT, verify_deep};
use super::{ActionError, Ctx};
use crate::audit::{Difference, Differs, Fault, Verified};
use crate::domain::alarm::mark;
use crate::store::housekeep::FoundFault;
use crate::store::replay::{Listener, Progress, tables};
use crate::store::{StoreError, log};

/// What is true of a sound log from which everything else follows, or what is wrong.
pub type Verdict = Result<Verified, FoundFault>;

/// Verifies the log, and where the settings do not say otherwise every table and document too; `told` hears how far it has
/// come.
///
/// # Errors
/// When the database or the folder of documents fails. A row that makes no sense is a fault.
pub fn examine(ctx: &Ctx, told: &mut dyn FnMut(Progress)) -> Result<Verdict, ActionError> {
    let mut heard = Heard { told, first: None, count: 0, mark: 0, strays: 0 };
    let log = if ctx.verifies_everything {
        verify_deep(ctx, &ctx.log.trust(), &[], &mut heard).map(|deep| deep.log)
    } else {
        verify_log_alone(ctx, &mut heard)
    };
    if heard.strays > 0 {
        tracing::warn!(files = heard.strays, "files lie in the folder of documents that no entry tells of");
    }
    match log {
        Ok(Ok(verified)) => Ok(heard.fault().map_or(Ok(verified), Err)),
        Ok(Err(fault)) => Ok(Err(in_log(&fault))),
        Err(ActionError::Store(StoreError::Corrupt { table, id, .. })) => {
            Ok(Err(heard.fault().unwrap_or_else(|| unreadable(table, &id))))
        }
        Err(error) => Err(error),
    }
}

fn verify_log_alone(ctx: &Ctx, heard: &mut Heard<'_>) -> Result<Result<Verified, Fault>, ActionError> {
    let (trust, key) = (ctx.log.trust(), ctx.store.installation_key());
    Ok(ctx.store.read(|conn| {
        let of = log::size(conn).ok().and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
        log::verify_telling(conn, key, &trust, &[], &mut |done| {
            let done = usize::try_from(done).unwrap_or(usize::MAX);
            heard.comes_on(Progress { what: "entries", done, of: of.max(done) });
        })
    })?)
}

/// What was heard of differences, as far as it may be kept. Its size does not grow with their number.
struct Heard<'t> {
    told: &'t mut dyn FnMut(Progress),
    first: Option<(&'static str, String)>,
    count: u64,
    /// The sum of hashes over all places, in whatever order they were found.
    mark: u128,
    strays: u64,
}

impl Listener for Heard<'_> {
    fn differs(&mut self, difference: Difference) {
        // An act that is under way has its file before its entry, and one that was cut short leaves it behind.
        if (difference.table, &difference.what) == (VAULT, &Differs::Untold) {
            self.strays = self.strays.saturating_add(1);
            return;
        }
        let says = without_values(&difference);
        self.count = self.count.saturating_add(1);
        let hash = Sha256::digest(says.as_bytes()).first_chunk().copied().map_or(0, u128::from_be_bytes);
        self.mark = self.mark.wrapping_add(hash);
        self.first.get_or_insert((difference.table, says));
    }

    fn comes_on(&mut self, progress: Progress) {
        (self.told)(progress);
    }
}

impl Heard<'_> {
    /// The first place that differs, and how many more there are. Where another place differs it is another fault.
    fn fault(self) -> Option<FoundFault> {
        let (table, first) = self.first?;
        let rest = match self.count.saturating_sub(1) {
            0 => "Nothing else differs.".to_owned(),
            1 => "1 more place differs.".to_owned(),
            many => format!("{many} more places differ."),
        };
        let says = format!("{first} {rest}");
        Some(FoundFault { place: table.to_owned(), seq: None, mark: format!("{table} {:032x}", self.mark), says })
    }
}

fn in_log(fault: &Fault) -> FoundFault {
    let mark = mark(fault.table, fault.seq, &fault.why);
    FoundFault { place: fault.table.to_owned(), seq: fault.seq, mark, says: fault.to_string() }
}

/// Why it can't be read may quote it, so that is not told.
fn unreadable(table: &'static str, id: &str) -> FoundFault {
    let seq = id.parse().ok();
    let row = tables::table(table).map_or_else(|| "a row".to_owned(), |table| table.place_of(id));
    let says = format!("Table {table}, {row}: it makes no sense, so that nothing could be compared with it.");
    FoundFault { place: table.to_owned(), seq, mark: mark(table, seq, &row), says }
}

/// Where something differs, and never from what.
fn without_values(Difference { table, row, what }: &Difference) -> String {
    let place = match tables::table(table) {
        Some(known) => format!("Table {table}, {}", known.place_of(row)),
        // Files are named as their documents are, which are listed by their ids.
        None => format!("Document {row}"),
    };
    match what {
        Differs::Column { .. } if *table == VAULT => format!("{place}: its file does not hold the bytes that arrived."),
        Differs::Missing if *table == VAULT => format!("{place}: its file is gone."),
        Differs::Column { column, .. } => format!("{place}, column {column}: it is not what the log tells."),
        Differs::Missing => format!("{place}: it is gone, and the log tells of it."),
        Differs::Untold => format!("{place}: it is there, and no entry tells of it."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = "0193a0f2-7d5e-7abc-8def-0123456789ab";

    fn fault(differences: &[Difference]) -> Option<FoundFault> {
        let mut heard = Heard { told: &mut |_| {}, first: None, count: 0, mark: 0, strays: 0 };
        differences.iter().cloned().for_each(|one| heard.differs(one));
        heard.fault()
    }

    fn summary() -> Difference {
        Difference::column("cases", CASE, "note", Some("Ann Example".to_owned()), Some("Bob Example".to_owned()))
    }

    #[test]
    fn a_fault_says_where_and_how_often_and_never_what() {
        let one = fault(&[summary()]).unwrap();
        assert_eq!(
            one.says,
            format!("Table cases, row {CASE}, column note: it is not what the log tells. Nothing else differs.")
        );
        let key = Difference::untold("search_keys", format!("name Ann Example {CASE}"));
        let two = fault(&[key.clone(), summary()]).unwrap();
        assert_eq!(
            two.says,
            format!(
                "Table search_keys, a row with case_id {CASE}: it is there, and no entry tells of it. 1 more place differs."
            )
        );
        assert!(fault(&[Difference::untold(VAULT, CASE)]).is_none(), "a file that nobody refers to harms nobody");
    }

    #[test]
    fn a_fault_is_another_one_where_another_place_differs_whatever_comes_first() {
        let gone = Difference::missing(VAULT, CASE);
        let marks = [vec![summary()], vec![summary(), gone.clone()], vec![gone.clone(), summary()], vec![gone]];
        let marks: Vec<String> = marks.iter().map(|some| fault(some).unwrap().mark).collect();
        assert_ne!(marks[0], marks[1]);
        assert_eq!(marks[1].split(' ').nth(1), marks[2].split(' ').nth(1));
        assert_ne!(marks[2], marks[3]);
    }
}
