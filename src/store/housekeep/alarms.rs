//! What verifications came to, kept beside the log: an alarm about the log must not need the log.

use diesel::prelude::*;
use uuid::Uuid;

use super::Broom;
use crate::domain::id::AlarmId;
use crate::domain::time::Instant;
use crate::store::error::StoreError;
use crate::store::on_backend;
use crate::store::schema::{alarms, verifications};
use crate::store::types::{Id, Ts};
use crate::system;

/// A verification as it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Identity.
    pub id: Uuid,
    /// Who asked for it, as entries spell it.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Of one that is due by the settings: the one before it, whose successor this is. One node alone becomes that.
    pub follows: Option<Option<Uuid>>,
}

/// What is true of a sound log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSound {
    /// How many entries it has.
    pub size: i64,
    /// The root over them, in hex.
    pub root: String,
    /// How many signed checkpoints agree.
    pub checkpoints: i64,
    /// How many entries the last of them covers.
    pub signed_size: i64,
    /// How many personal payloads are gone because an entry says so.
    pub erased: i64,
}

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFault {
    /// The table.
    pub place: String,
    /// The entry, or the number of a checkpoint.
    pub seq: Option<u64>,
    /// What makes two faults the same one.
    pub mark: String,
    /// What is wrong, in words without personal data.
    pub says: String,
}

impl Broom<'_> {
    /// Keeps that a verification begins. Whether it is this one's turn: of two nodes that want the same, one gets it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn verification_begins(&mut self, begun: &Begun) -> Result<bool, StoreError> {
        let slot = match begun.follows {
            Some(before) => format!("after {}", before.map_or_else(|| "none".to_owned(), |id| id.to_string())),
            None => begun.id.to_string(),
        };
        let row = (
            verifications::id.eq(Id(begun.id)),
            verifications::slot.eq(slot),
            verifications::by_actor.eq(&begun.by),
            verifications::is_scheduled.eq(begun.follows.is_some()),
            verifications::begun_at.eq(Ts(begun.at)),
            verifications::size.eq(0_i64),
        );
        let taken = on_backend!(&mut *self.conn, |conn| diesel::insert_into(verifications::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(conn))?;
        Ok(taken == 1)
    }

    /// Keeps what came of a verification, and raises an alarm for a fault that was not there since the log was last sound.
    /// Gives the alarm if it is a new one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn verification_ended(
        &mut self,
        id: Uuid,
        found: Result<&FoundSound, &FoundFault>,
        now: Instant,
    ) -> Result<Option<AlarmId>, StoreError> {
        let (sound, fault) = (found.ok(), found.err());
        let raised = fault.map(|fault| self.raise(fault, now)).transpose()?;
        diesel::update(verifications::table.find(Id(id)))
            .set((
                verifications::ended_at.eq(Some(Ts(now))),
                verifications::size.eq(sound.map_or(0, |sound| sound.size)),
                verifications::root.eq(sound.map(|sound| sound.root.as_str())),
                verifications::checkpoints.eq(sound.map(|sound| sound.checkpoints)),
                verifications::signed_size.eq(sound.map(|sound| sound.signed_size)),
                verifications::erased.eq(sound.map(|sound| sound.erased)),
                verifications::is_sound.eq(Some(fault.is_none())),
                verifications::fault.eq(fault.map(|fault| fault.says.as_str())),
                verifications::alarm_id.eq(raised.map(|(alarm, _)| alarm)),
            ))
            .execute(self.conn)?;
        Ok(raised.filter(|(_, is_new)| *is_new).map(|(alarm, _)| AlarmId(alarm.0)))
    }

    fn raise(&mut self, fault: &FoundFault, now: Instant) -> Result<(Id, bool), StoreError> {
        let sound: Option<Id> = verifications::table
            .filter(verifications::is_sound.eq(Some(true)))
            .order((verifications::ended_at.desc(), verifications::id.desc()))
            .select(verifications::id)
            .first(self.conn)
            .optional()?;
        let since = sound.map_or_else(|| "the beginning".to_owned(), |id| id.0.to_string());
        let once = format!("{} since {since}", fault.mark);
        let row = (
            alarms::id.eq(Id(system::fresh_id())),
            alarms::once.eq(&once),
            alarms::raised_at.eq(Ts(now)),
            alarms::place.eq(&fault.place),
            alarms::seq.eq(fault.seq.and_then(|seq| i64::try_from(seq).ok())),
            alarms::fault.eq(&fault.says),
        );
        let raised = on_backend!(&mut *self.conn, |conn| diesel::insert_into(alarms::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(conn))?;
        let id = alarms::table.filter(alarms::once.eq(&once)).select(alarms::id).first(self.conn)?;
        Ok((id, raised == 1))
    }
}
