//! Erasures as they are proposed and answered, and which cases retention may take.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::conn::Conn;
use super::error::StoreError;
use super::on_backend;
use super::replay::{cells_of, told};
use super::schema::{audit_notes, cases, clocks, documents, erased_cases, erasure_items, erasures, litigation_holds};
use super::transaction::{About, Stored, Tx};
use super::types::{Id, Ts};
use crate::audit::difference::Told;
use crate::domain::audit_note::FindingStatus;
use crate::domain::case::CaseReference;
use crate::domain::erasure::{AnsweredAs, Erasure, ErasureAnswer, ErasureItem, ErasureStanding};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, ErasureId, StaffId, TeamId};
use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::retention::{Facts, KeptBack, PapersWithoutCase, Schedule};
use crate::domain::stage::Compartment;
use crate::domain::text::Prose;
use crate::domain::time::Instant;
use crate::domain::words::UnknownWord;

const ERASURES: &str = "erasures";

/// How the case of an erasure ended that was erased. Where it was kept, there stands why.
pub const ERASED: &str = "erased";

/// So many rows are looked through for cases that are due.
const LOOKED_AT: i64 = 20_000;

/// Rows of one statement: SQLite takes 32,766 values.
const AT_ONCE: usize = 4_000;

/// One row of `erasures`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = erasures, treat_none_as_default_value = false)]
pub(super) struct ErasureRow {
    id: Id,
    ground: String,
    schedules: String,
    because: Option<String>,
    proposed_by: Id,
    proposed_at: Ts,
    answered_as: Option<String>,
    answered_by: Option<Id>,
    answered_at: Option<Ts>,
    seq: i64,
    sealed_case_id: Option<Id>,
}

cells_of!(ErasureRow {
    id,
    ground,
    schedules,
    because,
    proposed_by,
    proposed_at,
    answered_as,
    answered_by,
    answered_at,
    seq,
    sealed_case_id,
});

impl ErasureRow {
    /// The row of an erasure that was proposed by an entry with the number `seq`.
    pub(super) fn of(standing: &ErasureStanding, seq: i64) -> Result<ErasureRow, StoreError> {
        let answer = standing.answered.as_ref();
        Ok(ErasureRow {
            id: Id(standing.id.0),
            ground: standing.ground.as_str().to_owned(),
            schedules: serde_json::to_string(&standing.schedules)
                .map_err(|e| StoreError::corrupt(ERASURES, standing.id, e))?,
            because: standing.because.as_ref().map(ToString::to_string),
            proposed_by: Id(standing.by.0),
            proposed_at: Ts(standing.at),
            answered_as: answer.map(|(answered, _)| answered.as_str().to_owned()),
            answered_by: answer.map(|(_, answer)| Id(answer.by.0)),
            answered_at: answer.map(|(_, answer)| Ts(answer.at)),
            seq,
            sealed_case_id: standing.sealed_case.map(|case| Id(case.0)),
        })
    }

    fn standing(self) -> Result<ErasureStanding, StoreError> {
        let id = ErasureId(self.id.0);
        let corrupt = |why: String| StoreError::corrupt(ERASURES, id, why);
        let word = |e: UnknownWord| corrupt(e.to_string());
        let answered: Option<AnsweredAs> = self.answered_as.map(|word| word.parse()).transpose().map_err(word)?;
        let answered = match (answered, self.answered_by, self.answered_at) {
            (Some(answered), Some(by), Some(at)) => {
                Some((answered, ErasureAnswer { erasure: id, by: StaffId(by.0), at: at.0 }))
            }
            _ => None,
        };
        let because = self.because.map(|text| Prose::parse("because", &text)).transpose();
        Ok(ErasureStanding {
            id,
            ground: self.ground.parse().map_err(word)?,
            schedules: serde_json::from_str(&self.schedules).map_err(|e| corrupt(e.to_string()))?,
            because: because.map_err(|e| corrupt(e.reason))?,
            by: StaffId(self.proposed_by.0),
            at: self.proposed_at.0,
            answered,
            sealed_case: self.sealed_case_id.map(|case| CaseId(case.0)),
        })
    }
}

/// One row of `erasure_items`.
#[derive(Insertable)]
#[diesel(table_name = erasure_items, treat_none_as_default_value = false)]
struct ItemRow {
    erasure_id: Id,
    case_id: Id,
    schedule: Option<String>,
    ended_as: Option<String>,
    ended_at: Option<Ts>,
}

impl Stored for ErasureStanding {
    fn about(&self) -> About {
        match self.sealed_case {
            Some(case) => About::Erasure(case, Compartment::NationalSecurity),
            None => About::Register,
        }
    }

    fn keep(&self, tx: &mut Tx<'_>, event: &Event, seq: i64) -> Result<(), StoreError> {
        let row = ErasureRow::of(self, seq)?;
        if let Event::ErasureProposed(erasure) = event {
            diesel::insert_into(erasures::table).values(&row).execute(tx.conn)?;
            return insert_items(tx, erasure);
        }
        diesel::update(erasures::table.find(row.id))
            .set((
                erasures::answered_as.eq(row.answered_as),
                erasures::answered_by.eq(row.answered_by),
                erasures::answered_at.eq(row.answered_at),
            ))
            .execute(tx.conn)?;
        Ok(())
    }
}

fn insert_items(tx: &mut Tx<'_>, erasure: &Erasure) -> Result<(), StoreError> {
    let row = |item: &ErasureItem| ItemRow {
        erasure_id: Id(erasure.id.0),
        case_id: Id(item.case.0),
        schedule: item.schedule.clone(),
        ended_as: None,
        ended_at: None,
    };
    let rows: Vec<ItemRow> = erasure.items.iter().map(row).collect();
    for rows in rows.chunks(AT_ONCE) {
        on_backend!(&mut *tx.conn, |c| diesel::insert_into(erasure_items::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// The row of an item as the log tells it.
pub(super) fn item_told(erasure: ErasureId, item: &ErasureItem, ended: Option<(&str, Instant)>) -> Told {
    told! {
        erasure_id: Id(erasure.0),
        case_id: Id(item.case.0),
        schedule: item.schedule,
        ended_as: ended.map(|(ended, _)| ended),
        ended_at: ended.map(|(_, at)| Ts(at)),
    }
}

/// One erasure: one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find(conn: &mut Conn, id: ErasureId) -> Result<Option<ErasureStanding>, StoreError> {
    let row: Option<ErasureRow> =
        erasures::table.find(Id(id.0)).select(ErasureRow::as_select()).first(conn).optional()?;
    row.map(ErasureRow::standing).transpose()
}

/// An erasure in a list, with how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureLine {
    /// The erasure.
    pub standing: ErasureStanding,
    /// How many cases it has.
    pub cases: i64,
    /// How many of them are erased or were kept.
    pub ended: i64,
}

/// Erasures, the newest first; those of sealed cases where these are told: one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list(conn: &mut Conn, with_sealed: bool, limit: i64) -> Result<Vec<ErasureLine>, StoreError> {
    let of_it = || erasure_items::table.filter(erasure_items::erasure_id.eq(erasures::id));
    let all = of_it().count().single_value();
    let ended = of_it().filter(erasure_items::ended_as.is_not_null()).count().single_value();
    let rows: Vec<(ErasureRow, Option<i64>, Option<i64>)> = erasures::table
        .filter(erasures::sealed_case_id.is_null().or(with_sealed.into_sql::<Bool>()))
        .order((erasures::proposed_at.desc(), erasures::id.desc()))
        .limit(limit)
        .select((ErasureRow::as_select(), all, ended))
        .load(conn)?;
    let line = |(row, all, ended): (ErasureRow, Option<i64>, Option<i64>)| {
        Ok(ErasureLine { standing: row.standing()?, cases: all.unwrap_or(0), ended: ended.unwrap_or(0) })
    };
    rows.into_iter().map(line).collect()
}

/// How many erasures wait for somebody else than this person to answer; those of sealed cases where these are told: one
/// statement.
///
/// # Errors
/// When the database fails.
pub fn count_waiting(conn: &mut Conn, but: StaffId, with_sealed: bool) -> Result<i64, StoreError> {
    let waiting = erasures::table
        .filter(erasures::answered_as.is_null().and(erasures::proposed_by.ne(Id(but.0))))
        .filter(erasures::sealed_case_id.is_null().or(with_sealed.into_sql::<Bool>()));
    Ok(waiting.count().get_result(conn)?)
}

/// A case of an erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemSeen {
    /// The case.
    pub case: CaseId,
    /// The schedule.
    pub schedule: Option<String>,
    /// Whether it is over: erased, or kept and why.
    pub ended: Option<Result<(), KeptBack>>,
}

/// The cases of an erasure, by id: one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn items(conn: &mut Conn, erasure: ErasureId) -> Result<Vec<ItemSeen>, StoreError> {
    let rows: Vec<(Id, Option<String>, Option<String>)> = erasure_items::table
        .filter(erasure_items::erasure_id.eq(Id(erasure.0)))
        .order(erasure_items::case_id.asc())
        .select((erasure_items::case_id, erasure_items::schedule, erasure_items::ended_as))
        .load(conn)?;
    let item = |(case, schedule, ended): (Id, Option<String>, Option<String>)| {
        let reason = |word: String| match word.as_str() {
            ERASED => Ok(Ok(())),
            reason => reason.parse().map(Err).map_err(|e: UnknownWord| StoreError::corrupt("erasure_items", case.0, e)),
        };
        Ok(ItemSeen { case: CaseId(case.0), schedule, ended: ended.map(reason).transpose()? })
    };
    rows.into_iter().map(item).collect()
}

/// The next case of an approved erasure that is not over, with its schedule.
///
/// # Errors
/// When the database fails.
pub fn next_open(conn: &mut Conn) -> Result<Option<(ErasureId, CaseId, Option<String>)>, StoreError> {
    let row: Option<(Id, Id, Option<String>)> = erasure_items::table
        .inner_join(erasures::table)
        .filter(erasure_items::ended_as.is_null())
        .filter(erasures::answered_as.eq(AnsweredAs::Approved.as_str()))
        .order((erasures::answered_at.asc(), erasure_items::case_id.asc()))
        .select((erasure_items::erasure_id, erasure_items::case_id, erasure_items::schedule))
        .first(conn)
        .optional()?;
    Ok(row.map(|(erasure, case, schedule)| (ErasureId(erasure.0), CaseId(case.0), schedule)))
}

/// Marks a case of an erasure as over; its entry stands in the same transaction. Whether it was not before.
pub(super) fn end_item(
    tx: &mut Tx<'_>,
    erasure: ErasureId,
    case: CaseId,
    ended_as: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    let item = erasure_items::table.find((Id(erasure.0), Id(case.0))).filter(erasure_items::ended_as.is_null());
    let ended = diesel::update(item)
        .set((erasure_items::ended_as.eq(Some(ended_as)), erasure_items::ended_at.eq(Some(Ts(at)))))
        .execute(tx.conn)?;
    Ok(ended == 1)
}

/// Notes that a case of an erasure is kept; its entry is in the same act.
///
/// # Errors
/// [`StoreError::Conflict`] where it was over before; when the database fails.
pub fn pass_over(
    tx: &mut Tx<'_>,
    standing: &ErasureStanding,
    case: CaseId,
    kept_back: KeptBack,
) -> Result<(), StoreError> {
    let erasure = standing.id;
    tx.record(&Event::ErasurePassedOver { erasure, case, kept_back }, standing.about())?;
    let at = tx.now();
    if end_item(tx, erasure, case, kept_back.as_str(), at)? { Ok(()) } else { Err(StoreError::Conflict) }
}

/// A case as retention sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The case.
    pub id: CaseId,
    /// What people call it.
    pub reference: CaseReference,
    /// Its team.
    pub team: TeamId,
    /// Who may know of it.
    pub compartment: Compartment,
    /// Named people.
    pub named: BTreeSet<StaffId>,
    /// What retention goes by.
    pub facts: Facts,
}

/// Which cases are asked for.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// Those that may be due on a day under these schedules, the earliest closed first.
    Due(&'a [Schedule], NaiveDate),
    /// These. An erasure that they stand in themselves does not count.
    These(&'a [CaseId], Option<ErasureId>),
    /// The one that people call so.
    Named(&'a CaseReference),
}

/// Id, reference, team, compartment, named people, instrument, outcome, closed when.
type CaseColumns = (Id, String, Id, String, String, String, Option<String>, Option<Ts>);
/// How many holds, clocks, open findings and proposals.
type Counts = (Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// Cases as retention sees them: one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn candidates(conn: &mut Conn, which: Which<'_>) -> Result<Vec<Candidate>, StoreError> {
    let but = match which {
        Which::These(_, Some(erasure)) => Id(erasure.0),
        _ => Id(uuid::Uuid::nil()),
    };
    let held = litigation_holds::table
        .filter(litigation_holds::case_id.eq(cases::id).and(litigation_holds::lifted_at.is_null()));
    let ticking = clocks::table.filter(clocks::case_id.eq(cases::id));
    let findings = audit_notes::table
        .filter(audit_notes::case_id.eq(cases::id.nullable()))
        .filter(audit_notes::status.ne(FindingStatus::Closed.as_str()));
    let proposals = erasure_items::table
        .inner_join(erasures::table)
        .filter(erasure_items::case_id.eq(cases::id).and(erasure_items::ended_as.is_null()))
        .filter(erasures::answered_as.is_null().or(erasures::answered_as.eq(AnsweredAs::Approved.as_str())))
        .filter(erasures::id.ne(but));
    let counts = (
        held.count().single_value(),
        ticking.count().single_value(),
        findings.count().single_value(),
        proposals.count().single_value(),
    );
    let columns = (
        cases::id,
        cases::reference,
        cases::team_id,
        cases::compartment,
        cases::named,
        cases::instrument,
        cases::outcome,
        cases::closed_at,
    );
    let mut query =
        cases::table.order((cases::closed_at.asc(), cases::id.asc())).select((columns, counts)).into_boxed();
    match which {
        Which::These(ids, _) => {
            query = query.filter(cases::id.eq_any(ids.iter().map(|id| Id(id.0)).collect::<Vec<_>>()));
        }
        Which::Named(reference) => query = query.filter(cases::reference.eq(reference.as_str())),
        Which::Due(schedules, today) => {
            let mut of_cases = schedules.iter().filter(|schedule| !schedule.papers_without_case).peekable();
            if of_cases.peek().is_none() {
                return Ok(Vec::new());
            }
            // Each schedule by itself, so that what is kept longer never stands before what is due.
            for schedule in of_cases {
                let by = schedule.keep.closed_by(today);
                let by = Instant::midnight(by.succ_opt().unwrap_or(by));
                let instruments = chosen(&schedule.instruments, Instrument::ALL).map(|one| one.as_str());
                let outcomes = chosen(&schedule.outcomes, Outcome::ALL).map(|one| one.as_str());
                let is_covered = cases::instrument.eq_any(instruments).and(cases::outcome.eq_any(outcomes));
                query = query.or_filter(cases::closed_at.lt(Ts(by)).and(is_covered));
            }
            query = query.limit(LOOKED_AT);
        }
    }
    let rows: Vec<(CaseColumns, Counts)> = query.load(conn)?;
    rows.into_iter().map(candidate).collect()
}

/// What a schedule's list means, of which an empty one is all.
fn chosen<'c, W: Ord + Copy>(list: &'c BTreeSet<W>, all: &'static [W]) -> impl Iterator<Item = W> + 'c {
    all.iter().copied().filter(|one| list.is_empty() || list.contains(one))
}

fn candidate((case, counts): (CaseColumns, Counts)) -> Result<Candidate, StoreError> {
    let (id, reference, team, compartment, named, instrument, outcome, closed_at) = case;
    let corrupt = |why: String| StoreError::corrupt("cases", id.0, why);
    let word = |e: UnknownWord| corrupt(e.to_string());
    let compartment: Compartment = compartment.parse().map_err(word)?;
    let outcome: Option<Outcome> = outcome.map(|word| word.parse()).transpose().map_err(word)?;
    let is_any = |count: Option<i64>| count.is_some_and(|count| count > 0);
    Ok(Candidate {
        id: CaseId(id.0),
        reference: CaseReference::parse(&reference).map_err(|e| corrupt(e.reason))?,
        team: TeamId(team.0),
        compartment,
        named: serde_json::from_str(&named).map_err(|e| corrupt(e.to_string()))?,
        facts: Facts {
            instrument: instrument.parse().map_err(word)?,
            closed: outcome.zip(closed_at).map(|(outcome, at)| (outcome, at.0.day())),
            is_held: is_any(counts.0),
            has_clock: is_any(counts.1),
            has_finding: is_any(counts.2),
            is_proposed: is_any(counts.3),
        },
    })
}

/// Papers that no case was opened for, the earliest first: those that arrived before a moment, or these; an erasure they stand
/// in themselves may be left out. Two statements.
///
/// # Errors
/// When the database fails.
pub fn papers(conn: &mut Conn, which: WhichPapers<'_>) -> Result<Vec<PapersWithoutCase>, StoreError> {
    let mut query = documents::table
        .filter(documents::waits_since.is_not_null())
        .order((documents::waits_since.asc(), documents::case_id.asc()))
        .limit(LOOKED_AT)
        .select((documents::case_id, documents::received_at, documents::received_by))
        .into_boxed();
    let but = match which {
        WhichPapers::Before(_) => Id(uuid::Uuid::nil()),
        WhichPapers::These(_, erasure) => Id(erasure.0),
    };
    query = match which {
        WhichPapers::Before(moment) => query.filter(documents::waits_since.lt(Some(Ts(moment)))),
        WhichPapers::These(ids, _) => {
            query.filter(documents::case_id.eq_any(ids.iter().map(|id| Id(id.0)).collect::<Vec<_>>()))
        }
    };
    let rows: Vec<(Id, Ts, Id)> = query.load(conn)?;
    let proposed: Vec<Id> = erasure_items::table
        .inner_join(erasures::table)
        .filter(erasure_items::case_id.eq_any(rows.iter().map(|(id, _, _)| *id).collect::<Vec<_>>()))
        .filter(erasure_items::ended_as.is_null().and(erasures::id.ne(but)))
        .filter(erasures::answered_as.is_null().or(erasures::answered_as.eq(AnsweredAs::Approved.as_str())))
        .select(erasure_items::case_id)
        .load(conn)?;
    let proposed: BTreeSet<uuid::Uuid> = proposed.into_iter().map(|id| id.0).collect();
    let (mut seen, mut places): (Vec<PapersWithoutCase>, BTreeMap<uuid::Uuid, usize>) = Default::default();
    for (id, at, by) in rows {
        if let Some(one) = places.get(&id.0).and_then(|place| seen.get_mut(*place)) {
            one.files = one.files.saturating_add(1);
            continue;
        }
        places.insert(id.0, seen.len());
        let (arrival, by, is_proposed) = (CaseId(id.0), StaffId(by.0), proposed.contains(&id.0));
        seen.push(PapersWithoutCase { arrival, at: at.0, by, files: 1, is_proposed });
    }
    Ok(seen)
}

/// Which papers are asked for.
#[derive(Debug, Clone, Copy)]
pub enum WhichPapers<'a> {
    /// Those that arrived before a moment.
    Before(Instant),
    /// These. An erasure that they stand in themselves does not count.
    These(&'a [CaseId], ErasureId),
}

/// An erased case as people are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedSeen {
    /// The case.
    pub case: CaseId,
    /// When it was erased.
    pub at: Instant,
    /// The entry that tells of it.
    pub seq: i64,
    /// Who might know of it.
    pub compartment: Compartment,
    /// Named people.
    pub named: BTreeSet<StaffId>,
    /// The team.
    pub team: TeamId,
    /// The schedule, where that was the ground.
    pub schedule: Option<String>,
    /// The erasure.
    pub erasure: ErasureStanding,
}

/// The erased case that people called by this reference: one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find_erased(conn: &mut Conn, reference: &CaseReference) -> Result<Option<ErasedSeen>, StoreError> {
    type Columns = (Id, Ts, i64, String, String, Id, Option<String>, ErasureRow);
    let row: Option<Columns> = erased_cases::table
        .inner_join(erasures::table.on(erasures::id.eq(erased_cases::erasure_id)))
        .inner_join(
            erasure_items::table.on(erasure_items::erasure_id
                .eq(erased_cases::erasure_id)
                .and(erasure_items::case_id.eq(erased_cases::case_id))),
        )
        .filter(erased_cases::reference.eq(reference.as_str()))
        .select((
            erased_cases::case_id,
            erased_cases::erased_at,
            erased_cases::seq,
            erased_cases::compartment,
            erased_cases::named,
            erased_cases::team_id,
            erasure_items::schedule,
            ErasureRow::as_select(),
        ))
        .first(conn)
        .optional()?;
    let seen = |(case, at, seq, compartment, named, team, schedule, erasure): Columns| {
        let corrupt = |why: String| StoreError::corrupt("erased_cases", case.0, why);
        Ok(ErasedSeen {
            case: CaseId(case.0),
            at: at.0,
            seq,
            compartment: compartment.parse().map_err(|e: UnknownWord| corrupt(e.to_string()))?,
            named: serde_json::from_str(&named).map_err(|e| corrupt(e.to_string()))?,
            team: TeamId(team.0),
            schedule,
            erasure: erasure.standing()?,
        })
    };
    row.map(seen).transpose()
}
