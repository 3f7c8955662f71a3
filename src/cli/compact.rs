//! `writ compact`

use std::process::ExitCode;

use clap::Args;
use secrecy::ExposeSecret;

use super::WhichRegister;
use crate::store::Store;

/// Write the database's files anew, so that nothing that was erased is left in them. Stop Writ first.
///
/// SQLite's file is written anew and its write-ahead log emptied; PostgreSQL's tables are written anew, one after the other.
/// PostgreSQL's own write-ahead log goes by its own settings.
#[derive(Args)]
pub struct Compact {
    #[command(flatten)]
    which: WhichRegister,
}

impl Compact {
    /// Runs it.
    ///
    /// # Errors
    /// When the database is in use, or fails.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let settings = self.which.settings()?;
        Store::compact(settings.register.database.expose_secret())?;
        println!("The database's files are written anew; nothing that was erased is left in them.");
        Ok(ExitCode::SUCCESS)
    }
}
