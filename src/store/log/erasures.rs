//! What the log tells of erasures, all cases together.

use diesel::prelude::*;

use crate::audit::erasure::{ERASED_KIND, Grounds};
use crate::store::conn::Conn;
use crate::store::each_row;
use crate::store::error::StoreError;
use crate::store::schema::{log_entry, log_process};

/// On which grounds cases were erased, and how many: one statement, read row by row.
///
/// # Errors
/// When the database fails.
pub fn grounds_of_erasure(conn: &mut Conn) -> Result<Grounds, StoreError> {
    type Row = (i64, String);
    let mut grounds = Grounds::default();
    let query = log_entry::table
        .inner_join(log_process::table)
        .filter(log_entry::kind.eq(ERASED_KIND))
        .order(log_entry::seq.asc())
        .select((log_entry::at_micros, log_process::payload));
    each_row!(conn, query, Row, |row: QueryResult<Row>| -> Result<(), StoreError> {
        let (at_micros, payload) = row?;
        grounds.take(payload.as_bytes(), at_micros);
        Ok(())
    })?;
    Ok(grounds)
}
