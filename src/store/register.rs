//! The register itself: the row that says what it is, and making a new one.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::log;
use super::schema::registers;
use super::types::Ts;
use crate::domain::time::Instant;
use crate::domain::words::closed_words;

/// What a register is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// The log's name in the world, as its checkpoints give it.
    pub origin: String,
    /// Whether it is a demonstration with made-up people and papers.
    pub is_demo: bool,
    /// Whether its cases were generated.
    pub generation: Generation,
}

closed_words! {
    /// Whether a register's cases were generated for trials and measurements.
    pub enum Generation {
        None = "none", "not generated";
        UnderWay = "under_way", "being generated, or cut short";
        Done = "done", "generated";
    }
}

/// What this register is; `None` when the schema is there but the register was never made.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn) -> Result<Option<Register>, StoreError> {
    let columns = (registers::origin, registers::is_demo, registers::generation);
    let row: Option<(String, bool, String)> = registers::table.find(1).select(columns).first(conn).optional()?;
    let read = |(origin, is_demo, generation): (String, bool, String)| {
        let generation = generation
            .parse()
            .map_err(|e: crate::domain::words::UnknownWord| StoreError::corrupt("registers", 1, e))?;
        Ok(Register { origin, is_demo, generation })
    };
    row.map(read).transpose()
}

/// Writes down that all cases are generated now.
///
/// # Errors
/// When the database fails.
pub fn generation_is_done(url: &str) -> Result<(), StoreError> {
    let mut conn = super::dialect::open(url)?;
    let done = registers::generation.eq(Generation::Done.as_str());
    diesel::update(registers::table.find(1)).set(done).execute(&mut conn)?;
    Ok(())
}

/// Makes the register and the head of its empty log. The first entry follows in the same act.
///
/// # Errors
/// [`StoreError::Conflict`] when there is one already.
pub fn create(url: &str, register: &Register, software: &str, now: Instant) -> Result<(), StoreError> {
    let mut conn = super::dialect::open(url)?;
    super::dialect::begin_write(&mut conn)?;
    log::create(&mut conn)?;
    diesel::insert_into(registers::table)
        .values((
            registers::id.eq(1),
            registers::origin.eq(&register.origin),
            registers::is_demo.eq(register.is_demo),
            registers::software.eq(software),
            registers::created_at.eq(Ts(now)),
            registers::generation.eq(register.generation.as_str()),
        ))
        .execute(&mut conn)?;
    super::dialect::commit(&mut conn)
}
