//! Typed settings, loaded once and passed down; the only file that reads the environment.
//!
//! `config/default.toml` (built in) + one file named on the command line + `WRIT__SECTION__KEY`.

mod mail;

pub use mail::{MailSecurity, MailSettings, MailTransport};

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::domain::policy::ApprovalPolicy;
use crate::law::of_case::Provider;

/// Every setting with its default and a comment.
pub const DEFAULTS: &str = include_str!("../config/default.toml");

/// All settings in effect.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where things are kept.
    pub register: RegisterSettings,
    /// The web server.
    pub web: WebSettings,
    /// Password hashing.
    pub passwords: PasswordSettings,
    /// Rule packs.
    pub law: LawSettings,
    /// The catalogue.
    pub catalogue: CatalogueSettings,
    /// Who is asked, and its own policy.
    pub provider: Provider,
    /// How many people must approve.
    pub approvals: ApprovalPolicy,
    /// Log lines.
    pub telemetry: TelemetrySettings,
    /// Mail to staff.
    pub mail: MailSettings,
}

/// Where things are kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterSettings {
    /// The database's URL; may hold a password, so it is never printed.
    pub database: SecretString,
    /// A file with the database's URL instead.
    pub database_file: Option<PathBuf>,
    /// Folder of the sealed documents.
    pub documents: PathBuf,
    /// Folder of the keys.
    pub keys: PathBuf,
    /// The log's name in the world.
    pub origin: String,
    /// Connections that read at the same time, from 1.
    pub readers: u32,
}

/// The web server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebSettings {
    /// Address and port.
    pub listen: SocketAddr,
    /// Cookies without `Secure`, for trials over plain HTTP.
    pub insecure_cookies: bool,
    /// Where people find this Writ, for links in mails; empty leaves the links out.
    pub public_url: String,
}

/// Argon2id's costs.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordSettings {
    /// Memory per hash in KiB.
    pub memory_kib: u32,
    /// Passes.
    pub passes: u32,
}

/// Rule packs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawSettings {
    /// A folder to use instead of the built-in packs; empty for those.
    pub folder: PathBuf,
}

/// The catalogue.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueSettings {
    /// A file to use instead of the built-in one; empty for that.
    pub file: PathBuf,
}

/// Log lines.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetrySettings {
    /// For people or for machines.
    pub format: TelemetryFormat,
    /// Which lines are kept.
    pub filter: String,
}

/// For whom log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TelemetryFormat {
    /// People.
    Text,
    /// Machines.
    Json,
}

/// Settings that can't be used, as one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(String);

impl Settings {
    /// Settings from a file, over the defaults, under the environment.
    ///
    /// # Errors
    /// When the file can't be read, holds an unknown key, or lacks what only it can say.
    pub fn from_file(file: &Path) -> Result<Settings, SettingsError> {
        if !file.is_file() {
            return Err(SettingsError(format!("There is no settings file at {}.", file.display())));
        }
        let settings = load(Figment::new().merge(Toml::string(DEFAULTS)).merge(Toml::file_exact(file)))?;
        settings.with_secrets_from_files()?.check()
    }

    /// Settings of an embedded register in one folder.
    ///
    /// # Errors
    /// When the environment overrides a setting with something that is none.
    pub fn for_folder(folder: &Path, origin: &str) -> Result<Settings, SettingsError> {
        let mut settings = load(Figment::new().merge(Toml::string(DEFAULTS)))?;
        settings.register.database = format!("sqlite://{}", folder.join("register.sqlite").display()).into();
        settings.register.documents = folder.join("documents");
        settings.register.keys = folder.join("keys");
        origin.clone_into(&mut settings.register.origin);
        settings.check()
    }

    /// One line per setting in effect, secrets masked, for the start of the program.
    pub fn in_effect(&self) -> String {
        let database = self.register.database.expose_secret();
        let scheme = database.split("://").next().unwrap_or_default();
        format!(
            "database {scheme}://…, documents {}, keys {}, origin {}, listen {}, approvals {}/{}/{}/{}, public address \
             {}, {}",
            self.register.documents.display(),
            self.register.keys.display(),
            self.register.origin,
            self.web.listen,
            self.approvals.usual,
            self.approvals.content,
            self.approvals.overridden,
            self.approvals.emergency,
            if self.web.public_url.is_empty() { "none" } else { self.web.public_url.as_str() },
            self.mail.in_effect(),
        )
    }

    #[allow(clippy::disallowed_methods, reason = "a secret may stand in a file of its own")]
    fn with_secrets_from_files(mut self) -> Result<Self, SettingsError> {
        if let Some(file) = &self.register.database_file {
            let text = std::fs::read_to_string(file)
                .map_err(|e| SettingsError(format!("The file register.database_file names can't be read: {e}.")))?;
            self.register.database = text.trim().to_owned().into();
        }
        if let Some(file) = &self.mail.password_file {
            let text = std::fs::read_to_string(file)
                .map_err(|e| SettingsError(format!("The file mail.password_file names can't be read: {e}.")))?;
            self.mail.password = text.trim_end_matches(['\r', '\n']).to_owned().into();
        }
        Ok(self)
    }

    fn check(mut self) -> Result<Self, SettingsError> {
        if self.mail.folder.as_os_str().is_empty() {
            self.mail.folder = self.register.documents.with_file_name("mail");
        }
        self.mail.check()?;
        check_public_url(&self.web.public_url)?;
        let register = &self.register;
        let missing = [
            ("register.database", register.database.expose_secret().is_empty()),
            ("register.documents", register.documents.as_os_str().is_empty()),
            ("register.keys", register.keys.as_os_str().is_empty()),
            ("register.origin", register.origin.is_empty()),
        ];
        if let Some((name, _)) = missing.iter().find(|(_, is_missing)| *is_missing) {
            return Err(SettingsError(format!(
                "The setting {name} is missing; config/example.toml shows how it looks."
            )));
        }
        let approvals = self.approvals;
        if [approvals.usual, approvals.content, approvals.overridden, approvals.emergency].contains(&0) {
            return Err(SettingsError("A number of approvals is 0; a second person is never waived.".into()));
        }
        if register.readers == 0 {
            return Err(SettingsError("The setting register.readers must be at least 1.".into()));
        }
        Ok(self)
    }
}

fn check_public_url(text: &str) -> Result<(), SettingsError> {
    let is_web = |url: &url::Url| ["http", "https"].contains(&url.scheme()) && url.has_host();
    if text.is_empty() || url::Url::parse(text).is_ok_and(|url| is_web(&url)) {
        return Ok(());
    }
    Err(SettingsError(format!("web.public_url is “{text}”; it looks like https://writ.example.com.")))
}

fn load(figment: Figment) -> Result<Settings, SettingsError> {
    figment
        .merge(Env::prefixed("WRIT__").split("__"))
        .extract()
        .map_err(|e| SettingsError(format!("The settings can't be used: {e}.")))
}
