//! The register itself: the row that says what it is, and making a new one.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::log;
use super::schema::registers;
use super::types::Ts;
use crate::domain::time::Instant;

/// What a register is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// The log's name in the world, as its checkpoints give it.
    pub origin: String,
    /// Whether it is a demonstration with made-up people and papers.
    pub is_demo: bool,
}

/// What this register is; `None` when the schema is there but the register was never made.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn) -> Result<Option<Register>, StoreError> {
    let row: Option<(String, bool)> =
        registers::table.find(1).select((registers::origin, registers::is_demo)).first(conn).optional()?;
    Ok(row.map(|(origin, is_demo)| Register { origin, is_demo }))
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
        ))
        .execute(&mut conn)?;
    super::dialect::commit(&mut conn)
}
