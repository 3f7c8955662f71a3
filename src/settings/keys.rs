//! Settings of the installation's key.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use super::SettingsError;

/// Where the installation's key comes from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySettings {
    /// The file with the passphrase that opens the sealed key; empty for none.
    pub passphrase_file: PathBuf,
    /// The passphrase itself; never printed.
    #[serde(serialize_with = "super::masked")]
    pub passphrase: SecretString,
    /// A program with its arguments that prints the key; empty for none. Only the program is ever shown.
    #[serde(serialize_with = "program_alone")]
    pub installation_command: Vec<String>,
    /// How many seconds that program gets.
    pub command_seconds: u64,
}

impl KeySettings {
    /// The passphrase, where the settings or the environment have one.
    ///
    /// # Errors
    /// When the file can't be read, or is empty.
    pub fn passphrase(&self) -> Result<Option<SecretString>, SettingsError> {
        if !self.passphrase_file.as_os_str().is_empty() {
            return passphrase_of(&self.passphrase_file, "keys.passphrase_file").map(Some);
        }
        Ok(Some(self.passphrase.clone()).filter(|text| !text.expose_secret().is_empty()))
    }
}

/// The first line of a file with a passphrase.
///
/// # Errors
/// When the file can't be read, or its first line is empty.
#[allow(clippy::disallowed_methods, reason = "a secret may stand in a file of its own")]
pub fn passphrase_of(file: &Path, named_by: &str) -> Result<SecretString, SettingsError> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| SettingsError(format!("The file that {named_by} names can't be read: {e}.")))?;
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(line.to_owned().into()),
        None => {
            Err(SettingsError(format!("The file that {named_by} names is empty; its first line is the passphrase.")))
        }
    }
}

fn program_alone<S: Serializer>(command: &[String], to: S) -> Result<S::Ok, S::Error> {
    match command {
        [] => to.serialize_str("[]"),
        [program] => to.serialize_str(program),
        [program, ..] => to.serialize_str(&format!("{program} … (arguments not shown)")),
    }
}
