//! Marks on mails to witnesses: which checkpoint each was last sent.

use diesel::prelude::*;

use super::Broom;
use crate::domain::time::Instant;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::on_backend;
use crate::store::schema::witness_mails;
use crate::store::types::Ts;

/// How many entries the checkpoint covers that an address was last sent; 0 for none.
///
/// # Errors
/// When the database fails.
pub fn mailed(conn: &mut Conn, address: &str) -> Result<u64, StoreError> {
    let size: Option<i64> = witness_mails::table.find(address).select(witness_mails::size).first(conn).optional()?;
    Ok(size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0))
}

impl Broom<'_> {
    /// Marks that an address was sent the checkpoint over so many entries.
    ///
    /// # Errors
    /// When the database fails.
    pub fn mailed_to_witness(&mut self, address: &str, size: u64, now: Instant) -> Result<(), StoreError> {
        let size = i64::try_from(size).map_err(|e| StoreError::corrupt("witness_mails", address, e))?;
        let row =
            (witness_mails::address.eq(address), witness_mails::size.eq(size), witness_mails::sent_at.eq(Ts(now)));
        on_backend!(&mut *self.conn, |c| diesel::insert_into(witness_mails::table)
            .values(row)
            .on_conflict(witness_mails::address)
            .do_update()
            .set((witness_mails::size.eq(size), witness_mails::sent_at.eq(Ts(now))))
            .execute(c))?;
        Ok(())
    }
}
