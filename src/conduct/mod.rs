//! What the log tells of how people acted: entry by entry, from process payloads alone, so that somebody outside can
//! check it without personal data, also after it was erased. §8 of `docs/audit.md` has the same rules in words.
//!
//! It knows nothing of how the register decides: it reads acts and says where one happened that should not have
//! ([`Breach`]), and what the reports must count ([`Conduct::figures`]).

mod act;
mod case;
mod erasures;
mod figures;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;

use act::{Acknowledged, Act};
use case::CaseSeen;
use erasures::{Closed, Ended, Erasures, day};
pub use rules::Rule;

use crate::audit::SEALED_KIND;
use crate::audit::erasure::{self, ERASED_KIND, Marks};
use crate::domain::id::{AlarmId, StaffId};
use crate::domain::outcome::Outcome;
use crate::domain::staff::Role;
use crate::report::{Counted, Counting, Transparency};

/// An entry, as far as conduct goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its number.
    pub seq: u64,
    /// When, in microseconds since 1970 (UTC).
    pub at_micros: i64,
    /// Who acted: `staff:` and an id, or `system:` and a part of the program.
    pub actor: &'a str,
    /// What happened.
    pub kind: &'a str,
    /// The case, as the log names it.
    pub case: Option<&'a str>,
    /// The process payload.
    pub process: &'a [u8],
}

/// Something that happened and should not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The entry.
    pub seq: u64,
    /// The case: its reference where it is known, else as the log names it.
    pub case: Option<String>,
    /// What should have been.
    pub rule: Rule,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry {}", self.seq)?;
        if let Some(case) = &self.case {
            write!(f, ", case {case}")?;
        }
        write!(f, ": {} ({}).", self.rule.label(), self.rule)
    }
}

/// Kinds whose personal payload may go with a case of a closed compartment: its own acts, the arrival of papers that no other
/// case was opened for, and the officer whom no other case names.
const GO_SEALED: &[&str] = &[SEALED_KIND, ARRIVED, "officer.added"];

/// A paper arrived before its case.
const ARRIVED: &str = "document.received";

/// What was seen so far.
///
/// What grows with the log is small: of a case that was closed its two names are kept, and what schedules go by.
#[derive(Debug, Default)]
pub struct Conduct {
    /// Cases that are open, as the log names them.
    cases: BTreeMap<String, CaseSeen>,
    /// Cases that were closed.
    closed: BTreeMap<String, Closed>,
    /// What the reports count of those, and of cases that were imported.
    counted: Counting,
    /// Whether a case was closed of which the log doesn't tell what is counted.
    is_untold: bool,
    /// Roles of everybody whom the log has told of, and whether they are active.
    staff: BTreeMap<StaffId, (BTreeSet<Role>, bool)>,
    /// Whether the log was seen from its beginning: only then is everybody and every case known.
    is_whole: bool,
    /// The number that follows the entries seen so far, and whether one was left out between them: entries from outside of a
    /// part come after it.
    next: u64,
    has_gap: bool,
    /// Cases that began before the part that was seen.
    unknown: BTreeSet<String>,
    /// Cases of a closed compartment, by pseudonym.
    sealed: BTreeSet<String>,
    /// Papers that no case was opened for, by the name they arrived under: the day, and their entries.
    papers: BTreeMap<String, (NaiveDate, Vec<u64>)>,
    /// Entries whose personal payloads no sealed erasure may take.
    unsealed: Marks,
    /// Alarms about the log that are not acknowledged by both yet, with who has.
    alarms: BTreeMap<AlarmId, BTreeMap<Role, StaffId>>,
    /// Erasures that are not over, and holds.
    erasures: Erasures,
    releases: u64,
}

/// How much was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// Cases that were followed from their opening.
    pub cases: u64,
    /// Productions that left, of those cases.
    pub releases: u64,
    /// Cases of a closed compartment: what happened there is sealed.
    pub sealed: u64,
    /// Cases that began before what was seen.
    pub unknown: u64,
}

impl Conduct {
    /// Begins: at the log's first entry, or somewhere after it.
    pub fn new(from_the_beginning: bool) -> Conduct {
        Conduct { is_whole: from_the_beginning, ..Conduct::default() }
    }

    /// Takes the next entry, and gives what was wrong with it: one breach a rule, in the order of the rules.
    pub fn take(&mut self, entry: Entry<'_>) -> Vec<Breach> {
        self.has_gap |= entry.seq != self.next;
        self.next = entry.seq.saturating_add(1);
        if !GO_SEALED.contains(&entry.kind) {
            self.unsealed.set(entry.seq);
        }
        let is_sealed_erasure = entry.kind == ERASED_KIND && erasure::is_sealed(entry.process);
        if entry.kind == SEALED_KIND || is_sealed_erasure {
            self.sealed.extend(entry.case.map(str::to_owned));
            let rule = Some(Rule::ErasedAsApproved).filter(|_| is_sealed_erasure && !self.goes_sealed(entry));
            return rule.into_iter().map(|rule| Breach { seq: entry.seq, case: None, rule }).collect();
        }
        if let (ARRIVED, Some(name)) = (entry.kind, entry.case) {
            let (_, entries) = self.papers.entry(name.to_owned()).or_insert_with(|| (day(entry.at_micros), Vec::new()));
            entries.push(entry.seq);
        }
        let broken = match Act::read(entry.kind, entry.process) {
            Ok(None) => BTreeSet::new(),
            Ok(Some(act)) => self.judge(&act, entry),
            Err(_) => BTreeSet::from([Rule::Readable]),
        };
        let case = || {
            let name = entry.case?;
            let open = self.cases.get(name).map(|case| case.reference.as_str());
            let closed = self.closed.get(name).map(|closed| closed.reference.as_ref());
            Some(open.or(closed).unwrap_or(name).to_owned())
        };
        broken.into_iter().map(|rule| Breach { seq: entry.seq, case: case(), rule }).collect()
    }

    /// Whether an erasure that says no more than which payloads went takes none but those of sealed acts, and what came
    /// before them.
    fn goes_sealed(&self, entry: Entry<'_>) -> bool {
        let ranges = erasure::erased_ranges(entry.process, entry.seq).unwrap_or_default();
        ranges.into_iter().all(|(first, last)| !self.unsealed.is_any(first, last))
    }

    /// How much was judged.
    pub fn judged(&self) -> Judged {
        let count = |many: usize| u64::try_from(many).unwrap_or(u64::MAX);
        Judged {
            cases: count(self.cases.len().saturating_add(self.closed.len())),
            releases: self.releases,
            sealed: count(self.sealed.len()),
            unknown: count(self.unknown.len()),
        }
    }

    /// The transparency report as it follows from what was seen; nothing where the log was not seen from its beginning, or
    /// was written before entries told what reports count.
    pub fn figures(&self) -> Option<Transparency> {
        if !self.is_whole || self.is_untold {
            return None;
        }
        let open: Option<Vec<Counted>> = self.cases.values().filter_map(CaseSeen::counted).collect();
        let mut counting = self.counted.clone();
        open?.iter().for_each(|case| counting.add(case));
        Some(counting.report())
    }

    fn judge(&mut self, act: &Act, entry: Entry<'_>) -> BTreeSet<Rule> {
        let mut broken = BTreeSet::new();
        if act.by().is_some_and(|by| entry.actor != format!("staff:{by}")) {
            broken.insert(Rule::OneActor);
        }
        match act {
            Act::Staff { staff, roles } => {
                let is_active = self.staff.get(staff).is_none_or(|(_, is_active)| *is_active);
                self.staff.insert(*staff, (roles.clone(), is_active));
            }
            Act::Deactivated { staff } => self.set_active(*staff, false),
            Act::Reactivated { staff } => self.set_active(*staff, true),
            Act::Raised { alarm } => drop(self.alarms.insert(*alarm, BTreeMap::new())),
            Act::Acknowledged(acknowledged) => self.acknowledge(acknowledged),
            Act::Imported(past) => self.counted.add(&figures::counted_past(past)),
            Act::Opened(opened) => match entry.case {
                Some(name) if !self.cases.contains_key(name) && !self.closed.contains_key(name) => {
                    // It is no sealed case then: their payloads go with it alone.
                    let (_, entries) = self.papers.remove(name).unwrap_or_default();
                    entries.into_iter().for_each(|seq| self.unsealed.set(seq));
                    self.cases.insert(name.to_owned(), CaseSeen::opened(opened));
                }
                _ => drop(broken.insert(Rule::OpenedOnce)),
            },
            Act::Held(_) | Act::Lifted(_) | Act::PassedOver(_) => self.erasures.take(act, entry.case, None),
            Act::ErasureProposed(_) | Act::ErasureApproved(_) | Act::ErasureDeclined(_) => {
                let is_reviewer = act.by().and_then(|by| self.is_reviewer(by));
                self.erasures.take(act, entry.case, is_reviewer);
            }
            Act::Erased(erased) => {
                let (name, on) = (entry.case.unwrap_or_default(), day(entry.at_micros));
                let is_known = self.is_whole && !self.has_gap;
                let ended = match (self.closed.get(name), self.papers.remove(name)) {
                    (Some(closed), _) => Some(Ended::Closed(closed)),
                    // Where something was left out, a case may have been opened for them there.
                    (None, Some((arrived_on, _))) if is_known => Some(Ended::NotOpened(arrived_on)),
                    (None, _) => None,
                };
                broken.extend(self.erasures.judge(erased, name, ended, on, is_known));
            }
            act => broken.extend(self.judge_on_case(act, entry)),
        }
        broken
    }

    fn judge_on_case(&mut self, act: &Act, entry: Entry<'_>) -> BTreeSet<Rule> {
        let Some(name) = entry.case else { return BTreeSet::from([Rule::OpenedOnce]) };
        if self.closed.contains_key(name) {
            let is_wait = matches!(act, Act::Waits(_) | Act::WaitOver(_));
            return if is_wait { BTreeSet::new() } else { BTreeSet::from([Rule::NotAfterTheEnd]) };
        }
        let is_reviewer = act.by().and_then(|by| self.is_reviewer(by));
        match self.cases.get_mut(name) {
            Some(case) => {
                let is_release = matches!(act, Act::Released(_));
                self.releases = self.releases.saturating_add(u64::from(is_release));
                let mut broken = case.judge(act, is_reviewer);
                if is_release && !self.alarms.is_empty() {
                    broken.insert(Rule::NotInAlarm);
                }
                if let Some(outcome) = case.outcome {
                    self.close(name, outcome, day(entry.at_micros));
                }
                broken
            }
            None if self.is_whole => BTreeSet::from([Rule::OpenedOnce]),
            None => {
                self.unknown.insert(name.to_owned());
                BTreeSet::new()
            }
        }
    }

    /// An acknowledgement counts once for a role and once for a person, and where everybody is known, for a role held then.
    fn acknowledge(&mut self, acknowledged: &Acknowledged) {
        let Acknowledged { alarm, role, by } = acknowledged;
        let holds = self.staff.get(by).is_some_and(|(roles, is_active)| *is_active && roles.contains(role));
        let Some(given) = self.alarms.get_mut(alarm) else { return };
        let counts = [Role::Admin, Role::Auditor].contains(role) && (holds || !self.is_whole);
        if counts && given.values().all(|other| other != by) {
            given.entry(*role).or_insert(*by);
        }
        if given.len() == 2 {
            self.alarms.remove(alarm);
        }
    }

    /// Whether somebody is an active legal reviewer, where the log was seen from its beginning.
    fn is_reviewer(&self, by: StaffId) -> Option<bool> {
        let holds = |(roles, is_active): &(BTreeSet<Role>, bool)| *is_active && roles.contains(&Role::Reviewer);
        self.is_whole.then(|| self.staff.get(&by).is_some_and(holds))
    }

    /// Of a case that has its outcome no more is kept than its names and what is counted of it.
    fn close(&mut self, name: &str, outcome: Outcome, closed_on: NaiveDate) {
        let Some((name, case)) = self.cases.remove_entry(name) else { return };
        match case.counted() {
            None => {}
            Some(None) => self.is_untold = true,
            Some(Some(counted)) => self.counted.add(&counted),
        }
        let instrument = case.paper.instrument;
        self.closed.insert(name, Closed { reference: case.reference.into(), instrument, outcome, closed_on });
    }

    fn set_active(&mut self, staff: StaffId, active: bool) {
        if let Some((_, is_active)) = self.staff.get_mut(&staff) {
            *is_active = active;
        }
    }
}
