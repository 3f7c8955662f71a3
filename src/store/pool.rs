//! Connections for reading, by URL scheme.

use std::time::Duration;

use diesel::r2d2::{ManageConnection, Pool, PooledConnection, R2D2Connection};

use super::conn::Conn;
use super::dialect;
use super::error::StoreError;

/// Opens connections for the pool.
pub struct Manager {
    url: String,
}

/// Connections for reading.
pub type ReadPool = Pool<Manager>;

/// A connection of the pool.
pub type Pooled = PooledConnection<Manager>;

/// Takes a connection, waiting a little where all are in use or the database is not there.
///
/// # Errors
/// [`StoreError::Away`] when none can be made, [`StoreError::Busy`] when all are in use.
pub fn take(pool: &ReadPool) -> Result<Pooled, StoreError> {
    // Once one was made, only a failure to make another comes with a cause.
    pool.get().map_err(|error| match error.to_string().split_once(": ") {
        Some((_, cause)) => StoreError::Away(cause.to_owned()),
        None => StoreError::Busy,
    })
}

/// A pool of at most `size` connections, opened when they are needed.
///
/// # Errors
/// When the first connection fails.
pub fn open(url: &str, size: u32) -> Result<ReadPool, StoreError> {
    dialect::open(url)?;
    Ok(Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .connection_timeout(Duration::from_secs(5))
        .test_on_check_out(true)
        .build_unchecked(Manager { url: url.to_owned() }))
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        dialect::open(&self.url)
            .map_err(|e| diesel::r2d2::Error::ConnectionError(diesel::ConnectionError::BadConnection(e.to_string())))
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Self::Error> {
        conn.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        conn.is_broken()
    }
}
