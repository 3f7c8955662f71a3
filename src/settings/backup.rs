//! Settings of backups.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::SettingsError;
use crate::domain::backup::Rotation;

/// When backups are made by themselves, and for how long they are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupSettings {
    /// After how many hours: 1 to 8,760; 0 for never.
    pub every_hours: u32,
    /// The folder they go to.
    pub folder: PathBuf,
    /// For how many days each is kept, from 1.
    pub keep_daily: u32,
    /// For how many weeks the first of each week is kept.
    pub keep_weekly: u32,
    /// For how many months the first of each month is kept.
    pub keep_monthly: u32,
    /// The file with the key they are encrypted with; empty for none.
    pub key_file: PathBuf,
    /// A file with a passphrase instead; empty for none.
    pub passphrase_file: PathBuf,
    /// Whether they hold the folder of keys too.
    pub with_keys: bool,
    /// The folder of PostgreSQL's programs; empty looks where they usually are.
    pub postgres_tools: PathBuf,
}

impl BackupSettings {
    /// For how long which backups are kept.
    pub fn rotation(&self) -> Rotation {
        Rotation { daily: self.keep_daily, weekly: self.keep_weekly, monthly: self.keep_monthly }
    }

    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let bad = |says: &str| Err(SettingsError(says.into()));
        let is_set = |path: &PathBuf| !path.as_os_str().is_empty();
        if self.every_hours > 8_760 {
            return bad("The setting backup.every_hours is at most 8760, a year.");
        }
        if self.keep_daily == 0 || [self.keep_daily, self.keep_weekly, self.keep_monthly].iter().any(|n| *n > 10_000) {
            return bad("backup.keep_daily is 1 to 10000, keep_weekly and keep_monthly 0 to 10000.");
        }
        if is_set(&self.key_file) && is_set(&self.passphrase_file) {
            return bad("Set backup.key_file or backup.passphrase_file, not both.");
        }
        if self.every_hours == 0 {
            return Ok(());
        }
        if !is_set(&self.folder) {
            return bad("The setting backup.folder is missing; with backup.every_hours it is needed.");
        }
        if !is_set(&self.key_file) && !is_set(&self.passphrase_file) {
            return bad("Backups are encrypted: set backup.key_file or backup.passphrase_file.");
        }
        Ok(())
    }
}
