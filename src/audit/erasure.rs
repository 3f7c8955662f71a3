//! Which personal payloads are gone, and which of them the log says were erased. Both must be the same.

use std::collections::BTreeMap;

use serde_json::Value;

/// The kind of the entry that names erased payloads.
pub const ERASED_KIND: &str = "payload.erased";

/// The sequence numbers that an entry of kind [`ERASED_KIND`] names, as ranges from first to last.
///
/// Its process payload is a JSON object whose field `erased` lists numbers or pairs `[first, last]`. An entry
/// erases only what was logged before it. `None` when it says anything else.
pub fn erased_ranges(payload: &[u8], by_seq: u64) -> Option<Vec<(u64, u64)>> {
    let payload: Value = serde_json::from_slice(payload).ok()?;
    payload.get("erased")?.as_array()?.iter().map(|item| range(item).filter(|(_, last)| *last < by_seq)).collect()
}

/// The field `erased` of such a payload as it stands there; null without one.
pub fn erased_field(payload: &[u8]) -> Value {
    let payload: Value = serde_json::from_slice(payload).unwrap_or_default();
    payload.get("erased").cloned().unwrap_or_default()
}

/// Whether the process payload of an entry of kind [`ERASED_KIND`] is about a case of a closed compartment: beside `erased` it
/// has only the field `sealed`.
pub fn is_sealed(payload: &[u8]) -> bool {
    let payload: Value = serde_json::from_slice(payload).unwrap_or_default();
    payload.get("sealed").is_some()
}

fn range(item: &Value) -> Option<(u64, u64)> {
    let (first, last) = match item.as_array().map(Vec::as_slice) {
        None => (item.as_u64()?, item.as_u64()?),
        Some([first, last]) => (first.as_u64()?, last.as_u64()?),
        Some(_) => return None,
    };
    (first <= last).then_some((first, last))
}

/// On which ground, when and by whom personal data was erased, as entries of kind [`ERASED_KIND`] tell it. For a case of a
/// closed compartment only the day is known; the rest is sealed, and empty here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ground {
    /// Days since 1970-01-01 (UTC).
    pub day: i64,
    /// The ground, a word; empty where an entry names none.
    pub ground: String,
    /// The retention schedule, where that is the ground.
    pub schedule: Option<String>,
    /// Who proposed it, an id.
    pub proposed_by: String,
    /// Who approved it, an id.
    pub approved_by: String,
    /// Whether it was papers that no case was opened for: of these no reference is left.
    pub is_of_papers: bool,
}

/// How many cases, or arrivals of papers without one, were erased on which ground.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grounds(pub BTreeMap<Ground, u64>);

impl Grounds {
    /// Takes the process payload of an entry of kind [`ERASED_KIND`], and when it was written, in microseconds since 1970.
    pub fn take(&mut self, payload: &[u8], at_micros: i64) {
        let payload: Value = serde_json::from_slice(payload).unwrap_or_default();
        let word = |name: &str| payload.get(name).and_then(Value::as_str).map(str::to_owned);
        let ground = Ground {
            day: at_micros.div_euclid(86_400_000_000),
            ground: word("ground").unwrap_or_default(),
            schedule: word("schedule"),
            proposed_by: word("proposed_by").unwrap_or_default(),
            approved_by: word("approved_by").unwrap_or_default(),
            is_of_papers: payload.get("sealed").is_none() && payload.get("reference").is_none(),
        };
        let count = self.0.entry(ground).or_default();
        *count = count.saturating_add(1);
    }
}

/// The balance of a whole log, at three bits per entry.
#[derive(Debug, Default)]
pub(super) struct Balance {
    absent: Marks,
    erased: Marks,
    withheld: Marks,
}

/// Where the balance does not come out even.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Uneven {
    /// Gone, but no entry says so.
    Vanished(u64),
    /// An entry says it was erased, but it is there.
    StillThere(u64),
}

impl Balance {
    pub(super) fn absent(&mut self, seq: u64) {
        self.absent.set(seq);
    }

    /// It is kept from whoever looks: whether it is there can't be told.
    pub(super) fn withheld(&mut self, seq: u64) {
        self.withheld.set(seq);
    }

    pub(super) fn erased(&mut self, (first, last): (u64, u64)) {
        (first..=last).for_each(|seq| self.erased.set(seq));
    }

    /// The number of erased payloads, or the first that is uneven.
    pub(super) fn settle(&self) -> Result<u64, Uneven> {
        self.settle_within(0, u64::MAX)
    }

    /// The same for the entries `first..end` alone.
    pub(super) fn settle_within(&self, first: u64, end: u64) -> Result<u64, Uneven> {
        let words = self.absent.0.len().max(self.erased.0.len());
        let mut erased = 0;
        for (word, first_seq) in (0..words).zip((0u64..).step_by(64)) {
            let within = bits_from(first, first_seq) & !bits_from(end, first_seq) & !self.withheld.word(word);
            let (gone, named) = (self.absent.word(word) & within, self.erased.word(word) & within);
            let bit = (gone ^ named).trailing_zeros();
            let seq = first_seq + u64::from(bit);
            match 1u64.checked_shl(bit) {
                None => erased += u64::from(gone.count_ones()),
                Some(mark) if gone & mark != 0 => return Err(Uneven::Vanished(seq)),
                Some(_) => return Err(Uneven::StillThere(seq)),
            }
        }
        Ok(erased)
    }
}

/// The bits of a word, whose lowest stands for `first_seq`, that stand for `seq` or a later number.
fn bits_from(seq: u64, first_seq: u64) -> u64 {
    let below = seq.saturating_sub(first_seq);
    u32::try_from(below).ok().and_then(|below| u64::MAX.checked_shl(below)).unwrap_or(0)
}

/// One bit per sequence number.
#[derive(Debug, Default)]
pub(crate) struct Marks(Vec<u64>);

impl Marks {
    /// Whether any of these numbers is marked, both ends included.
    pub(crate) fn is_any(&self, first: u64, last: u64) -> bool {
        let Some(end) = last.checked_add(1) else { return true };
        let words = (0..self.0.len()).zip((0u64..).step_by(64));
        let (from, to) = (first / 64, last / 64);
        words.filter(|(_, seq)| (from..=to).contains(&(seq / 64))).any(|(word, seq)| {
            let within = bits_from(first, seq) & !bits_from(end, seq);
            self.word(word) & within != 0
        })
    }

    pub(crate) fn set(&mut self, seq: u64) {
        let Ok(word) = usize::try_from(seq / 64) else { return };
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (seq % 64);
        }
    }

    fn word(&self, word: usize) -> u64 {
        self.0.get(word).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ranges_are_read_and_nothing_else() {
        let read = |payload: &str| erased_ranges(payload.as_bytes(), 10);
        assert_eq!(read(r#"{"erased":[3,[5,9]],"case":"x"}"#), Some(vec![(3, 3), (5, 9)]));
        assert_eq!(read(r#"{"erased":[]}"#), Some(vec![]));
        let wrong = ["", "[]", "{}", r#"{"erased":3}"#, r#"{"erased":[-1]}"#, r#"{"erased":[[5,3]]}"#];
        assert!(wrong.iter().all(|payload| read(payload).is_none()));
        let wrong = [r#"{"erased":[10]}"#, r#"{"erased":[[5,10]]}"#, r#"{"erased":[[1,2,3]]}"#, r#"{"erased":["3"]}"#];
        assert!(wrong.iter().all(|payload| read(payload).is_none()), "nor what is not older than the entry itself");
    }

    #[test]
    fn whether_any_of_some_numbers_is_marked() {
        let mut marks = Marks::default();
        [3, 64, 200].into_iter().for_each(|seq| marks.set(seq));
        let is_any = |first, last| marks.is_any(first, last);
        assert!(is_any(3, 3) && is_any(0, 3) && is_any(4, 64) && is_any(65, 200) && is_any(0, u64::MAX));
        assert!(!is_any(0, 2) && !is_any(4, 63) && !is_any(65, 199) && !is_any(201, 5_000));
    }

    #[test]
    fn the_first_uneven_number_is_named() {
        let mut balance = Balance::default();
        [3, 64, 65, 200].into_iter().for_each(|seq| balance.absent(seq));
        balance.erased((3, 3));
        assert_eq!(balance.settle(), Err(Uneven::Vanished(64)));
        balance.erased((64, 65));
        balance.erased((65, 65));
        assert_eq!(balance.settle(), Err(Uneven::Vanished(200)));
        balance.erased((200, 200));
        assert_eq!(balance.settle(), Ok(4));
        balance.erased((127, 127));
        assert_eq!(balance.settle(), Err(Uneven::StillThere(127)));
    }
}
