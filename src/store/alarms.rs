//! What verifications came to, and the alarms that followed. Written by housekeeping, so that an alarm stands also where
//! the log can't be written to; only what people do about one is an act.

use std::collections::BTreeMap;

use diesel::prelude::*;
use uuid::Uuid;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::{alarm_acknowledgements, alarms, verifications};
use super::transaction::{About, Stored, Tx};
use super::types::{Id, Ts};
use crate::domain::alarm::{Acknowledgement, Alarm};
use crate::domain::event::Event;
use crate::domain::id::{AlarmId, StaffId};
use crate::domain::text::Prose;
use crate::domain::time::Instant;
use crate::domain::words::UnknownWord;

/// A verification that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Who asked for it, as entries spell it.
    pub by: String,
    /// When it ended.
    pub at: Instant,
    /// How many entries fit; 0 where a fault was found.
    pub size: i64,
    /// What it came to.
    pub found: Found,
}

/// What a verification came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Everything fits.
    Sound {
        /// The root over all entries, in hex.
        root: String,
        /// How many signed checkpoints agree.
        checkpoints: i64,
        /// How many entries the last of them covers.
        signed_size: i64,
        /// How many personal payloads are gone because an entry says so.
        erased: i64,
    },
    /// The first thing that is wrong.
    Fault(String),
}

impl Verification {
    /// The first thing that is wrong, in a log that is not sound.
    pub fn fault(&self) -> Option<&str> {
        match &self.found {
            Found::Sound { .. } => None,
            Found::Fault(fault) => Some(fault),
        }
    }
}

/// How the log stands: what came of the last verification, and how many alarms hold releases back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogStanding {
    /// The last verification that ended.
    pub last: Verification,
    /// Alarms that are not acknowledged by both.
    pub open: i64,
}

impl LogStanding {
    /// Whether there is anything that people should know.
    pub fn is_well(&self) -> bool {
        self.open == 0 && self.last.fault().is_none()
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = verifications)]
struct Row {
    by_actor: String,
    ended_at: Option<Ts>,
    size: i64,
    root: Option<String>,
    checkpoints: Option<i64>,
    signed_size: Option<i64>,
    erased: Option<i64>,
    fault: Option<String>,
}

impl Row {
    /// One that came to its end.
    fn ended(self) -> Option<Verification> {
        let found = match self.fault {
            Some(fault) => Found::Fault(fault),
            None => Found::Sound {
                root: self.root?,
                checkpoints: self.checkpoints?,
                signed_size: self.signed_size?,
                erased: self.erased?,
            },
        };
        Some(Verification { by: self.by_actor, at: self.ended_at?.0, size: self.size, found })
    }
}

/// How the log stands, of all that verifications found: one statement. None before the first.
///
/// # Errors
/// When the database fails.
pub fn standing(conn: &mut Conn) -> Result<Option<LogStanding>, StoreError> {
    let open = alarms::table.filter(alarms::settled_at.is_null()).count().single_value();
    let row: Option<(Row, Option<i64>)> = verifications::table
        .filter(verifications::ended_at.is_not_null())
        .order((verifications::ended_at.desc(), verifications::id.desc()))
        .select((Row::as_select(), open))
        .first(conn)
        .optional()?;
    Ok(row.and_then(|(last, open)| Some(LogStanding { last: last.ended()?, open: open.unwrap_or(0) })))
}

/// Whether an alarm holds releases back.
///
/// # Errors
/// When the database fails.
pub fn hold_releases(conn: &mut Conn) -> Result<bool, StoreError> {
    let open: i64 = alarms::table.filter(alarms::settled_at.is_null()).count().get_result(conn)?;
    Ok(open > 0)
}

/// The last verifications that ended, newest first.
///
/// # Errors
/// When the database fails.
pub fn list_verifications(conn: &mut Conn, limit: i64) -> Result<Vec<Verification>, StoreError> {
    let rows: Vec<Row> = verifications::table
        .filter(verifications::ended_at.is_not_null())
        .order((verifications::ended_at.desc(), verifications::id.desc()))
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().filter_map(Row::ended).collect())
}

/// The scheduled verification that was begun last, whether it ended or not, and when.
///
/// # Errors
/// When the database fails.
pub fn last_scheduled(conn: &mut Conn) -> Result<Option<(Uuid, Instant, bool)>, StoreError> {
    let row: Option<(Id, Ts, Option<Ts>)> = verifications::table
        .filter(verifications::is_scheduled.eq(true))
        .order((verifications::begun_at.desc(), verifications::id.desc()))
        .select((verifications::id, verifications::begun_at, verifications::ended_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, begun, ended)| (id.0, begun.0, ended.is_some())))
}

type AlarmRow = (Id, Ts, String, Option<i64>, String);

const ALARM: (alarms::id, alarms::raised_at, alarms::place, alarms::seq, alarms::fault) =
    (alarms::id, alarms::raised_at, alarms::place, alarms::seq, alarms::fault);

/// One alarm: two statements.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find(conn: &mut Conn, id: AlarmId) -> Result<Option<Alarm>, StoreError> {
    let row: Option<AlarmRow> = alarms::table.find(Id(id.0)).select(ALARM).first(conn).optional()?;
    Ok(with_acknowledgements(conn, row.into_iter().collect())?.into_iter().next())
}

/// Alarms, newest first: two statements.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list(conn: &mut Conn, limit: i64) -> Result<Vec<Alarm>, StoreError> {
    let rows: Vec<AlarmRow> =
        alarms::table.order((alarms::raised_at.desc(), alarms::id.desc())).limit(limit).select(ALARM).load(conn)?;
    with_acknowledgements(conn, rows)
}

fn with_acknowledgements(conn: &mut Conn, rows: Vec<AlarmRow>) -> Result<Vec<Alarm>, StoreError> {
    let ids: Vec<Id> = rows.iter().map(|row| row.0).collect();
    let given: Vec<(Id, String, Id, String, Ts)> = alarm_acknowledgements::table
        .filter(alarm_acknowledgements::alarm_id.eq_any(ids))
        .order((alarm_acknowledgements::acknowledged_at.asc(), alarm_acknowledgements::role.asc()))
        .select((
            alarm_acknowledgements::alarm_id,
            alarm_acknowledgements::role,
            alarm_acknowledgements::staff_id,
            alarm_acknowledgements::because,
            alarm_acknowledgements::acknowledged_at,
        ))
        .load(conn)?;
    let mut by_alarm: BTreeMap<Id, Vec<Acknowledgement>> = BTreeMap::new();
    for (alarm, role, by, because, at) in given {
        let corrupt = |why: String| StoreError::corrupt("alarm_acknowledgements", alarm.0, why);
        let role = role.parse().map_err(|e: UnknownWord| corrupt(e.to_string()))?;
        let because = Prose::parse("because", &because).map_err(|e| corrupt(e.reason))?;
        let one = Acknowledgement { alarm: AlarmId(alarm.0), role, because, by: StaffId(by.0), at: at.0 };
        by_alarm.entry(alarm).or_default().push(one);
    }
    let alarm = |(id, at, place, seq, fault): AlarmRow| Alarm {
        id: AlarmId(id.0),
        raised_at: at.0,
        place,
        seq: seq.and_then(|seq| u64::try_from(seq).ok()),
        fault,
        acknowledged: by_alarm.remove(&id).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(alarm).collect())
}

/// Writes into the log which alarms were raised that it does not tell of yet.
///
/// # Errors
/// When the database fails.
pub fn record_raised(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let rows: Vec<AlarmRow> = alarms::table
        .filter(alarms::recorded_seq.is_null())
        .order((alarms::raised_at.asc(), alarms::id.asc()))
        .select(ALARM)
        .load(tx.conn)?;
    for alarm in with_acknowledgements(tx.conn, rows)? {
        let seq = tx.record(&alarm.raised(), About::Register)?;
        diesel::update(alarms::table.find(Id(alarm.id.0))).set(alarms::recorded_seq.eq(Some(seq))).execute(tx.conn)?;
    }
    Ok(())
}

impl Stored for Alarm {
    fn about(&self) -> About {
        About::Register
    }

    fn keep(&self, tx: &mut Tx<'_>, event: &Event, _seq: i64) -> Result<(), StoreError> {
        let Event::AlarmAcknowledged { acknowledgement } = event else { return Ok(()) };
        diesel::insert_into(alarm_acknowledgements::table)
            .values((
                alarm_acknowledgements::alarm_id.eq(Id(self.id.0)),
                alarm_acknowledgements::role.eq(acknowledgement.role.as_str()),
                alarm_acknowledgements::staff_id.eq(Id(acknowledgement.by.0)),
                alarm_acknowledgements::because.eq(acknowledgement.because.as_str()),
                alarm_acknowledgements::acknowledged_at.eq(Ts(acknowledgement.at)),
            ))
            .execute(tx.conn)?;
        let settled = (!self.holds_releases()).then_some(Ts(acknowledgement.at));
        diesel::update(alarms::table.find(Id(self.id.0))).set(alarms::settled_at.eq(settled)).execute(tx.conn)?;
        Ok(())
    }
}
