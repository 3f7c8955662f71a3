//! What is wrong with the log, or with what follows from it, holds releases back, until an admin and an auditor have both said that they know.

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::event::Event;
use super::id::{AlarmId, StaffId};
use super::refusal::Refusal;
use super::staff::{Role, Staff, Verb};
use super::text::Prose;
use super::time::Instant;

/// The roles that acknowledge an alarm, each by a person of their own.
pub const ACKNOWLEDGED_BY: [Role; 2] = [Role::Admin, Role::Auditor];

/// An alarm: a fault that a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Identity.
    pub id: AlarmId,
    /// When it was raised.
    pub raised_at: Instant,
    /// The table in which the first thing that is wrong was found.
    pub place: String,
    /// The entry there, or the number of a checkpoint, where the fault has one.
    pub seq: Option<u64>,
    /// What is wrong, as a sentence without personal data.
    pub fault: String,
    /// Who has acknowledged it.
    pub acknowledged: Vec<Acknowledgement>,
}

/// That somebody knows of an alarm, and why releases may go on as far as they are concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Which alarm.
    pub alarm: AlarmId,
    /// In which role.
    pub role: Role,
    /// Why.
    pub because: Prose,
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

impl Alarm {
    /// Whether releases wait for it.
    pub fn holds_releases(&self) -> bool {
        !self.waits_for().is_empty()
    }

    /// The roles of which nobody has acknowledged it yet.
    pub fn waits_for(&self) -> Vec<Role> {
        ACKNOWLEDGED_BY.into_iter().filter(|role| self.acknowledged.iter().all(|by| by.role != *role)).collect()
    }

    /// Whether this person may acknowledge it in this role now.
    ///
    /// # Errors
    /// [`Refusal::NoRight`] without the role, [`Refusal::AcknowledgedByYou`], [`Refusal::AcknowledgedInRole`].
    pub fn may_acknowledge(&self, who: &Staff, role: Role) -> Result<(), Refusal> {
        if !ACKNOWLEDGED_BY.contains(&role) || !who.is(role) {
            return Err(Refusal::NoRight { verb: Verb::AcknowledgeAlarm });
        }
        if self.acknowledged.iter().any(|by| by.by == who.id) {
            return Err(Refusal::AcknowledgedByYou);
        }
        if !self.waits_for().contains(&role) {
            return Err(Refusal::AcknowledgedInRole { role });
        }
        Ok(())
    }

    /// Acknowledges it.
    ///
    /// # Errors
    /// As [`Alarm::may_acknowledge`].
    pub fn acknowledge(
        mut self,
        who: &Staff,
        role: Role,
        because: Prose,
        now: Instant,
    ) -> Result<Change<Alarm>, Refusal> {
        self.may_acknowledge(who, role)?;
        let acknowledgement = Acknowledgement { alarm: self.id, role, because, by: who.id, at: now };
        self.acknowledged.push(acknowledgement.clone());
        Ok(Change { state: self, event: Event::AlarmAcknowledged { acknowledgement } })
    }

    /// What the log tells of it.
    pub fn raised(&self) -> Event {
        Event::AlarmRaised { alarm: self.id, place: self.place.clone(), seq: self.seq }
    }
}

/// What makes two faults the same one: place, number and words, whatever lengths and counts the words hold, which grow
/// with the log.
pub fn mark(place: &str, seq: Option<u64>, why: &str) -> String {
    let seq = seq.map_or_else(String::new, |seq| seq.to_string());
    let words: String = why.chars().filter(|c| !c.is_ascii_digit()).collect();
    format!("{place}/{seq}/{words}")
}

#[cfg(test)]
mod tests {
    use super::mark;

    #[test]
    fn a_fault_is_the_same_while_the_log_grows_and_another_at_another_place() {
        let one = mark("log_head", None, "names 12 entries, but 13 are stored");
        assert_eq!(one, mark("log_head", None, "names 900 entries, but 1000 are stored"));
        assert_ne!(mark("log_entry", Some(4), "is missing"), mark("log_entry", Some(5), "is missing"));
        assert_ne!(mark("log_entry", Some(4), "is missing"), mark("log_process", Some(4), "is missing"));
    }
}
