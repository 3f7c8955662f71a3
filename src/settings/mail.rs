//! Settings of mail to staff.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::SettingsError;

/// Mail to staff.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// Which way mails go.
    pub transport: MailTransport,
    /// Folder for mails; empty is a folder `mail` beside that of the documents.
    pub folder: PathBuf,
    /// The address mails come from.
    pub from: String,
    /// The mail server's name.
    pub host: String,
    /// The mail server's port; 0 is the usual one.
    pub port: u16,
    /// How the connection to the mail server is secured.
    pub security: MailSecurity,
    /// A certificate authority to trust besides the public ones, as a PEM file; empty for none.
    pub ca_file: PathBuf,
    /// Who signs in to the mail server; empty for nobody.
    pub user: String,
    /// With which password; never printed.
    #[serde(serialize_with = "super::masked")]
    pub password: SecretString,
    /// A file with the password instead.
    pub password_file: Option<PathBuf>,
    /// How many days before an answer is due somebody is reminded.
    pub due_soon_days: u32,
}

/// Which way mails go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    /// Into a folder, one file each.
    File,
    /// To a mail server.
    Smtp,
}

/// How the connection to the mail server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// Not at all.
    None,
    /// It begins in the clear and must go on in TLS.
    StartTls,
    /// In TLS from its first byte.
    Tls,
}

impl MailSettings {
    /// Where mails go, in words, without secrets.
    pub(super) fn in_effect(&self) -> String {
        match self.transport {
            MailTransport::File => format!("mail into {}", self.folder.display()),
            MailTransport::Smtp => {
                let who = if self.user.is_empty() { "nobody" } else { self.user.as_str() };
                format!("mail through {} ({:?}, signed in as {who}) from {}", self.host, self.security, self.from)
            }
        }
    }

    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let is_missing = |name: &str| {
            SettingsError(format!("The setting {name} is missing; with mail.transport = \"smtp\" it is needed."))
        };
        if self.transport == MailTransport::File {
            return Ok(());
        }
        if self.host.is_empty() {
            return Err(is_missing("mail.host"));
        }
        if self.from.is_empty() {
            return Err(is_missing("mail.from"));
        }
        if !self.user.is_empty() && self.password.expose_secret().is_empty() {
            return Err(is_missing("mail.password or mail.password_file"));
        }
        if !self.user.is_empty() && self.security == MailSecurity::None {
            return Err(SettingsError(
                "mail.user would send its password in the clear; set mail.security to \"starttls\" or \"tls\".".into(),
            ));
        }
        Ok(())
    }
}
