//! Case after case: what its entries make of it, beside the rows that are found.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::cells::{Span, each, key_of, told};
use super::notes::Notes;
use super::register::RegisterTold;
use super::tables::table;
use super::{Journal, Progress, spans};
use crate::audit::difference::Comparison;
use crate::audit::erasure::ERASED_KIND;
use crate::domain::agency::{Agency, Officer};
use crate::domain::comment::Link;
use crate::domain::erasure::Erased;
use crate::domain::event::Event;
use crate::domain::hold::HoldStanding;
use crate::domain::id::{CaseId, DocumentId, ErasureId, LinkId};
use crate::domain::stage::Compartment;
use crate::domain::time::Instant;
use crate::store::cases::WholeCase;
use crate::store::conn::Conn;
use crate::store::directory::{AgencyRow, OfficerRow};
use crate::store::erase::ErasedRow;
use crate::store::error::StoreError;
use crate::store::holds::told_rows as hold_rows;
use crate::store::links::link_cells;
use crate::store::log::{Survey, Teller, ToldEntry, Which};
use crate::store::past_cases::PastCaseRow;
use crate::store::search::FreshIndex;

/// So many cases are held at once.
const AT_ONCE: usize = 100;

/// So many entries of a kind are looked through at once.
const PIECE: i64 = 2_000;

/// The tables with the rows of cases, and the column that names the case.
const TABLES: &[(&str, &str)] = &[
    ("cases", "id"),
    ("demands", "case_id"),
    ("documents", "case_id"),
    ("checks", "case_id"),
    ("secrecy_orders", "case_id"),
    ("scope_edits", "case_id"),
    ("approvals", "case_id"),
    ("comments", "case_id"),
    ("case_links", "case_id"),
    ("litigation_holds", "case_id"),
    ("erased_cases", "case_id"),
    ("clocks", "case_id"),
    ("search_words", "case_id"),
    ("search_keys", "case_id"),
];

/// What one case's rows depend on beside its own entries.
#[derive(Default)]
pub(super) struct Elsewhere {
    /// Cases of the closed compartment, and how the log calls each.
    pub(super) secret: BTreeMap<Uuid, String>,
    /// Papers that arrived under another id than that of their case: the entry of the arrival, once it is found.
    rehomed: BTreeMap<DocumentId, Option<i64>>,
    /// Links that were taken away, from whichever end.
    unlinked: BTreeMap<LinkId, Instant>,
    /// Cases that were erased: as part of which erasure, and when.
    pub(super) gone: BTreeMap<CaseId, (ErasureId, Instant)>,
    /// What was said of erasing cases of the closed compartment, with case, time and number.
    pub(super) sealed_erasures: Vec<(Event, CaseId, Instant, i64)>,
}

impl Elsewhere {
    /// Looks for what stands in the log of another case: acts of the closed compartment are read once to learn whose they
    /// are, arrivals where their papers went elsewhere, and links that were taken away.
    ///
    /// # Errors
    /// When the database fails, or an act can't be opened.
    pub(super) fn of(conn: &mut Conn, teller: &mut Teller<'_>) -> Result<Elsewhere, StoreError> {
        let mut all = Elsewhere::default();
        each_entry(conn, teller, Survey::SEALED, |entry| all.take_sealed(entry))?;
        all.secret.iter_mut().for_each(|(id, name)| *name = teller.pseudonym(CaseId(*id)));
        if !all.rehomed.is_empty() {
            each_entry(conn, teller, "document.received", |entry| {
                if let Some(Event::DocumentReceived { document }) = &entry.event
                    && let Some(arrival) = all.rehomed.get_mut(&document.id)
                {
                    *arrival = Some(entry.seq);
                }
            })?;
        }
        each_entry(conn, teller, "case.unlinked", |entry| all.take_unlinking(&entry))?;
        each_entry(conn, teller, ERASED_KIND, |entry| {
            if let Some(Event::PayloadErased(erased)) = entry.event {
                all.gone.insert(erased.case, (erased.erasure, entry.at));
            }
        })?;
        Ok(all)
    }

    fn take_sealed(&mut self, entry: ToldEntry) {
        let Some(id) = entry.about else { return };
        self.secret.entry(id).or_default();
        match entry.event {
            Some(Event::CaseOpened(opened)) => self.rehomed.extend(opened.documents.iter().map(|d| (d.id, None))),
            Some(event) if is_of_erasure(&event) => {
                self.sealed_erasures.push((event, CaseId(id), entry.at, entry.seq));
            }
            _ => self.take_unlinking(&entry),
        }
    }

    fn take_unlinking(&mut self, entry: &ToldEntry) {
        if let Some(Event::CaseUnlinked { link }) = &entry.event {
            self.unlinked.insert(*link, entry.at);
        }
    }
}

/// Whether it says that the erasing of cases was proposed, answered or passed over.
fn is_of_erasure(event: &Event) -> bool {
    matches!(
        event,
        Event::ErasureProposed(_)
            | Event::ErasureApproved { .. }
            | Event::ErasureDeclined { .. }
            | Event::ErasurePassedOver { .. }
    )
}

fn each_entry(
    conn: &mut Conn,
    teller: &mut Teller<'_>,
    kind: &str,
    mut take: impl FnMut(ToldEntry),
) -> Result<(), StoreError> {
    let mut after = -1;
    loop {
        let piece = teller.entries(conn, &Which::OfKind { kind, after, limit: PIECE })?;
        let Some(last) = piece.last() else { return Ok(()) };
        after = last.seq;
        piece.into_iter().for_each(&mut take);
    }
}

/// What comparing cases needs to know of the rest.
pub(super) struct Cases<'a, 'k> {
    pub(super) survey: &'a Survey,
    pub(super) elsewhere: &'a Elsewhere,
    pub(super) register: &'a RegisterTold,
    /// What auditors wrote about cases is gathered on the way.
    pub(super) notes: &'a mut Notes,
    pub(super) teller: &'a mut Teller<'k>,
}

/// The rows of one case, as its entries make them.
#[derive(Default)]
struct OfCase {
    whole: WholeCase,
    links: Vec<(Link, i64)>,
    holds: Vec<(HoldStanding, i64)>,
    /// Whether a personal payload of it is gone.
    is_erased: bool,
    /// The entry that says so.
    erased: Option<(Erased, Instant, i64)>,
}

impl Cases<'_, '_> {
    /// Compares all cases, and the numbers that were given to them.
    ///
    /// # Errors
    /// When the database fails, or an entry can't be read.
    pub(super) fn compare(&mut self, conn: &mut Conn, journal: &mut Journal<'_>) -> Result<(), StoreError> {
        let ids: BTreeSet<Uuid> = self.survey.cases.keys().chain(self.elsewhere.secret.keys()).copied().collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let (mut series, mut done) = (BTreeMap::new(), 0_usize);
        for (after, to, some) in spans(&ids, AT_ONCE) {
            let told = self.told(conn, some)?;
            for of in told.values() {
                count_reference(&mut series, of);
            }
            self.compare_span(conn, &told, (after, to), journal)?;
            done = done.saturating_add(some.len());
            journal.tell_progress(Progress { what: "cases", done, of: ids.len() });
        }
        compare_series(conn, &series, journal)
    }

    fn told(&mut self, conn: &mut Conn, ids: &[Uuid]) -> Result<BTreeMap<Uuid, OfCase>, StoreError> {
        let name = |id: &Uuid| self.elsewhere.secret.get(id).cloned().unwrap_or_else(|| id.to_string());
        let names: Vec<String> = ids.iter().map(name).collect();
        let mut told: BTreeMap<Uuid, OfCase> = BTreeMap::new();
        for entry in self.teller.entries(conn, &Which::About(&names))? {
            let Some(id) = entry.about else { continue };
            let of = told.entry(id).or_default();
            match entry.event {
                Some(Event::PayloadErased(erased)) => of.erased = Some((*erased, entry.at, entry.seq)),
                Some(event) if is_of_erasure(&event) => {}
                Some(event) => {
                    self.notes.take(&event, entry.seq);
                    of.take(CaseId(id), &event, entry.seq, self.elsewhere)?;
                }
                None => of.is_erased = true,
            }
        }
        Ok(told)
    }

    fn compare_span(
        &mut self,
        conn: &mut Conn,
        told: &BTreeMap<Uuid, OfCase>,
        (after, to): (Option<Uuid>, Option<Uuid>),
        journal: &mut Journal<'_>,
    ) -> Result<(), StoreError> {
        let mut waiting: BTreeMap<&str, Comparison> =
            TABLES.iter().map(|(name, _)| (*name, Comparison::of(name))).collect();
        let mut tell = |name: &str, row| {
            if let (Some(table), Some(comparison)) = (table(name), waiting.get_mut(name)) {
                comparison.tell(key_of(table, &row), row);
            }
        };
        let index = self.index(conn, told)?;
        index.rows().into_iter().for_each(|(name, row)| tell(name, row));
        for of in told.values().filter(|of| !of.is_erased) {
            of.whole.rows()?.into_iter().for_each(|(name, row)| tell(name, row));
            hold_rows(&of.holds).into_iter().for_each(|row| tell("litigation_holds", row));
            // With the case at one end the link is gone from both.
            let is_there = |link: &Link| !self.elsewhere.gone.contains_key(&link.other);
            for (link, seq) in of.links.iter().filter(|(link, _)| is_there(link)) {
                tell("case_links", link_cells(link, *seq, self.elsewhere.unlinked.get(&link.id).copied()));
            }
        }
        for (erased, at, seq) in told.values().filter_map(|of| of.erased.as_ref()) {
            if let Some(left) = &erased.left {
                tell("erased_cases", ErasedRow::of(erased, left, *at, *seq)?.cells());
            }
        }
        for (name, column) in TABLES {
            let (Some(table), Some(mut comparison)) = (table(name), waiting.remove(name)) else { continue };
            each(conn, table, Span::Ids { column, after, to }, |key, row| {
                comparison.meet(&key, &row).into_iter().for_each(|one| journal.note(one));
                Ok(())
            })?;
            journal.close(table.name, comparison);
        }
        Ok(())
    }

    /// What finds these cases, made anew.
    fn index(&mut self, conn: &mut Conn, told: &BTreeMap<Uuid, OfCase>) -> Result<FreshIndex, StoreError> {
        let open = || told.values().filter(|of| !of.is_erased).filter_map(|of| Some((of.whole.case.as_ref()?, of)));
        let named: Vec<(Uuid, Option<Uuid>)> = open()
            .map(|(case, _)| &case.paper.requester)
            .map(|requester| (requester.agency.0, requester.officer.map(|officer| officer.0)))
            .collect();
        let agencies: BTreeSet<i64> =
            named.iter().filter_map(|(id, _)| self.register.agencies.get(id)).copied().collect();
        let officers = named.iter().filter_map(|(_, id)| self.register.officers.get(&id.as_ref().copied()?)).copied();
        let numbers: Vec<i64> = agencies.into_iter().chain(officers.collect::<BTreeSet<i64>>()).collect();
        let (mut agencies, mut officers): (BTreeMap<Uuid, Agency>, BTreeMap<Uuid, Officer>) = Default::default();
        for entry in self.teller.entries(conn, &Which::Numbered(&numbers))? {
            match entry.event {
                Some(Event::AgencyAdded(agency)) => drop(agencies.insert(agency.id.0, agency)),
                Some(Event::OfficerAdded(officer)) => drop(officers.insert(officer.id.0, officer)),
                _ => {}
            }
        }
        let mut index = FreshIndex::default();
        for (case, of) in open() {
            let requester = &case.paper.requester;
            let officer = requester.officer.and_then(|id| officers.get(&id.0));
            let comments: Vec<_> = of.whole.comments.iter().map(|(comment, _)| comment).collect();
            if let Some(agency) = agencies.get(&requester.agency.0) {
                index.add(case, agency, officer, &comments);
            }
        }
        Ok(index)
    }

    /// Compares the directory: an entry of the log makes each of its rows, which never changes.
    ///
    /// # Errors
    /// When the database fails, or an entry can't be read.
    pub(super) fn compare_directory(&mut self, conn: &mut Conn, journal: &mut Journal<'_>) -> Result<(), StoreError> {
        for (name, numbers) in [("agencies", &self.register.agencies), ("officers", &self.register.officers)] {
            let Some(table) = table(name) else { continue };
            let ids: Vec<Uuid> = numbers.keys().copied().collect();
            for (after, to, some) in spans(&ids, AT_ONCE) {
                let seqs: Vec<i64> = some.iter().filter_map(|id| numbers.get(id)).copied().collect();
                let mut comparison = Comparison::of(table.name);
                for entry in self.teller.entries(conn, &Which::Numbered(&seqs))? {
                    let row = match &entry.event {
                        Some(Event::AgencyAdded(agency)) => AgencyRow::of(agency).cells(),
                        Some(Event::OfficerAdded(officer)) => OfficerRow::of(officer).cells(),
                        _ => continue,
                    };
                    comparison.tell(key_of(table, &row), row);
                }
                journal.meet_all(conn, table, Span::Ids { column: "id", after, to }, comparison)?;
            }
        }
        Ok(())
    }

    /// Compares the cases that were closed before Writ.
    ///
    /// # Errors
    /// When the database fails, or an entry can't be read.
    pub(super) fn compare_past(&mut self, conn: &mut Conn, journal: &mut Journal<'_>) -> Result<(), StoreError> {
        let Some(table) = table("past_cases") else { return Ok(()) };
        let ids: Vec<Uuid> = self.survey.past_cases.keys().copied().collect();
        for (after, to, some) in spans(&ids, AT_ONCE) {
            let names: Vec<String> = some.iter().map(ToString::to_string).collect();
            let mut comparison = Comparison::of(table.name);
            for entry in self.teller.entries(conn, &Which::About(&names))? {
                entry.event.iter().for_each(|event| self.notes.take(event, entry.seq));
                let Some(Event::CaseImported(past)) = &entry.event else { continue };
                let row = PastCaseRow::of(past, entry.at, entry.seq)?.cells();
                comparison.tell(key_of(table, &row), row);
            }
            let erased = &self.survey.erased;
            each(conn, table, Span::Ids { column: "id", after, to }, |key, row| {
                if !erased.contains(&key) {
                    comparison.meet(&key, &row).into_iter().for_each(|one| journal.note(one));
                }
                Ok(())
            })?;
            journal.close(table.name, comparison);
        }
        Ok(())
    }
}

impl OfCase {
    fn take(&mut self, id: CaseId, event: &Event, seq: i64, elsewhere: &Elsewhere) -> Result<(), StoreError> {
        match event {
            Event::CaseLinked { link } => {
                self.links.push((link.clone(), seq));
                return Ok(());
            }
            Event::HoldPlaced(hold) => {
                self.holds.push((HoldStanding { hold: hold.clone(), lifted: None }, seq));
                return Ok(());
            }
            Event::HoldLifted(lifted) => {
                let standing = self.holds.iter_mut().find(|(one, _)| one.hold.id == lifted.hold);
                standing.into_iter().for_each(|(one, _)| one.lifted = Some(lifted.clone()));
                return Ok(());
            }
            // Its paper went on to a case of the closed compartment, under an id of its own.
            Event::DocumentReceived { document } if elsewhere.rehomed.contains_key(&document.id) => return Ok(()),
            Event::CaseOpened(opened) => {
                for document in &opened.documents {
                    if let Some(Some(arrival)) = elsewhere.rehomed.get(&document.id) {
                        self.whole.adopt(document, *arrival)?;
                    }
                }
            }
            _ => {}
        }
        self.whole.take(id, event, seq)
    }
}

/// The highest number of the year in the common series; those of the closed compartment are drawn by chance.
fn count_reference(series: &mut BTreeMap<i32, u32>, of: &OfCase) {
    let there = of.whole.case.as_ref().map(|case| (case.compartment, &case.reference));
    let gone = of.erased.as_ref().and_then(|(erased, _, _)| erased.left.as_ref());
    let gone = gone.map(|left| (left.compartment, &left.reference));
    let Some((compartment, reference)) = gone.or(there) else { return };
    let Some((year, number)) = reference.as_str().split_once('-') else { return };
    let (Ok(year), Ok(number)) = (year.parse::<i32>(), number.parse::<u32>()) else { return };
    if compartment == Compartment::NationalSecurity {
        return;
    }
    let highest = series.entry(year).or_default();
    *highest = (*highest).max(number);
}

fn compare_series(conn: &mut Conn, series: &BTreeMap<i32, u32>, journal: &mut Journal<'_>) -> Result<(), StoreError> {
    let Some(table) = table("reference_series") else { return Ok(()) };
    let mut comparison = Comparison::of(table.name);
    for (year, highest) in series {
        let row = told! { year: *year, next_number: i64::from(*highest).saturating_add(1) };
        comparison.tell(key_of(table, &row), row);
    }
    journal.meet_all(conn, table, Span::All, comparison)
}
