//! What is measured at the moment somebody looks.

use prometheus::{IntGauge, IntGaugeVec};

use super::{Maker, MeterError};

/// What the register and the machine tell when they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Connections for reading that are in use now.
    pub readers_in_use: u32,
    /// How many there may be.
    pub readers_most: u32,
    /// What the database tells; none when it can't be asked.
    pub told: Option<Told>,
    /// Memory this process holds, in bytes, where the machine tells.
    pub resident_bytes: Option<u64>,
}

/// What the database tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// How many entries the log has.
    pub log_entries: i64,
    /// Mails that wait.
    pub mails_waiting: i64,
    /// Mails given up.
    pub mails_failed: i64,
    /// How the log stands.
    pub verified: Verified,
}

/// What the last verification of the log came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verified {
    /// Whether it found a fault.
    pub is_faulty: bool,
    /// When it ended, in seconds since 1970; 0 for never.
    pub at_second: i64,
    /// How many alarms hold releases back.
    pub alarms: i64,
}

/// What is measured when somebody looks.
#[derive(Clone)]
pub struct Node {
    build: IntGaugeVec,
    started: IntGauge,
    resident: IntGauge,
    database_up: IntGauge,
    readers_in_use: IntGauge,
    readers_most: IntGauge,
    log_entries: IntGauge,
    mails_waiting: IntGauge,
    mails_failed: IntGauge,
    log_sound: IntGauge,
    log_verified: IntGauge,
    alarms: IntGauge,
}

impl Node {
    pub(super) fn new(maker: &Maker) -> Result<Node, MeterError> {
        Ok(Node {
            build: maker.gauges("build_info", "Always 1; the labels say what runs.", &["version", "database"])?,
            started: maker.gauge("process_start_time_seconds", "When this process began, in seconds since 1970.")?,
            resident: maker.gauge("process_resident_memory_bytes", "Memory this process holds.")?,
            database_up: maker.gauge("database_up", "1 when the database answered this look, else 0.")?,
            readers_in_use: maker.gauge("readers_in_use", "Connections for reading that are in use.")?,
            readers_most: maker.gauge("readers_limit", "How many connections for reading there may be.")?,
            log_entries: maker.gauge("log_entries", "Entries of the log.")?,
            mails_waiting: maker.gauge("mails_waiting", "Mails of the register that are still to be sent.")?,
            mails_failed: maker.gauge("mails_failed", "Mails of the register that were given up.")?,
            log_sound: maker.gauge("log_sound", "0 when the last verification of the log found a fault, else 1.")?,
            log_verified: maker.gauge(
                "log_verified_timestamp_seconds",
                "When a verification of the log last came to its end, in seconds since 1970; 0 for never.",
            )?,
            alarms: maker.gauge("alarms_open", "Alarms about the log that hold releases back.")?,
        })
    }

    /// What runs, and since which second.
    pub fn began(&self, version: &str, database: &str, at_second: i64) {
        self.build.with_label_values(&[version, database]).set(1);
        self.started.set(at_second);
    }

    /// Keeps what a look found. Where the database was silent its last words stand.
    pub fn seen(&self, look: &Look) {
        self.readers_in_use.set(i64::from(look.readers_in_use));
        self.readers_most.set(i64::from(look.readers_most));
        self.database_up.set(i64::from(look.told.is_some()));
        if let Some(told) = look.told {
            self.log_entries.set(told.log_entries);
            self.mails_waiting.set(told.mails_waiting);
            self.mails_failed.set(told.mails_failed);
            self.log_sound.set(i64::from(!told.verified.is_faulty));
            self.log_verified.set(told.verified.at_second);
            self.alarms.set(told.verified.alarms);
        }
        if let Some(bytes) = look.resident_bytes {
            self.resident.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        }
    }
}
