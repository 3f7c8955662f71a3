//! Typed settings, loaded once and passed down; the only file that reads the environment.
//!
//! `config/default.toml` (built in) + one file named on the command line + `WRIT__SECTION__KEY`.

mod backup;
mod keys;
mod mail;
mod telemetry;

pub use backup::BackupSettings;
pub use keys::{KeySettings, passphrase_of};
pub use mail::{MailSecurity, MailSettings, MailTransport};
pub use telemetry::{TelemetryFormat, TelemetrySettings};

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::audit::witness::WitnessKey;
use crate::domain::policy::ApprovalPolicy;
use crate::domain::retention::{self, Schedule};
use crate::domain::setting::SettingLine;
use crate::law::of_case::Provider;

/// Every setting with its default and a comment.
pub const DEFAULTS: &str = include_str!("../config/default.toml");

/// All settings in effect.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where things are kept.
    pub register: RegisterSettings,
    /// Where the installation's key comes from.
    pub keys: KeySettings,
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
    /// Where clocks run.
    pub clocks: ClockSettings,
    /// How many people must approve.
    pub approvals: ApprovalPolicy,
    /// When the log is signed by itself, and where that is kept.
    pub checkpoints: CheckpointSettings,
    /// When backups are made by themselves, and for how long they are kept.
    pub backup: BackupSettings,
    /// For how long closed cases are kept.
    pub retention: RetentionSettings,
    /// When the register is verified by itself, and how far.
    pub verification: VerificationSettings,
    /// How the program ends.
    pub stop: StopSettings,
    /// Log lines, and the address for whoever watches.
    pub telemetry: TelemetrySettings,
    /// Mail to staff.
    pub mail: MailSettings,
}

/// Where things are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterSettings {
    /// The database's URL; may hold a password, so it is never printed.
    #[serde(serialize_with = "masked")]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordSettings {
    /// Memory per hash in KiB.
    pub memory_kib: u32,
    /// Passes.
    pub passes: u32,
}

/// For how long closed cases are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionSettings {
    /// The schedules; of those that cover a case the first counts.
    pub schedules: Vec<Schedule>,
}

/// Rule packs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawSettings {
    /// A folder to use instead of the built-in packs; empty for those.
    pub folder: PathBuf,
}

/// The catalogue.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueSettings {
    /// A file to use instead of the built-in one; empty for that.
    pub file: PathBuf,
}

/// Where clocks run: by which day of which place a period ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockSettings {
    /// The provider's time zone, as the IANA names it.
    pub time_zone: String,
    /// Its calendar, one of `config/calendars.toml`.
    pub calendar: String,
    /// The time zone of its establishment or representative in the European Union; empty for its own.
    pub eu_time_zone: String,
    /// That place's calendar; empty for its own.
    pub eu_calendar: String,
}

/// When the log is signed by itself, and where that is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointSettings {
    /// After how many hours, if the log has grown: 1 to 8,760; 0 for never.
    pub every_hours: u32,
    /// A folder into which every checkpoint is written; empty for none.
    pub folder: PathBuf,
    /// Addresses that every new checkpoint is mailed to.
    pub mail_to: Vec<String>,
    /// Public keys of witnesses whose word on checkpoints is taken in.
    pub witnesses: Vec<String>,
}

impl CheckpointSettings {
    /// The witnesses, each with its key.
    ///
    /// # Errors
    /// A sentence on the first that is no key of a witness.
    pub fn witness_keys(&self) -> Result<Vec<WitnessKey>, SettingsError> {
        let read = |text: &String| {
            WitnessKey::parse(text).map_err(|error| {
                SettingsError(format!(
                    "The setting checkpoints.witnesses has “{text}”, which is no key of a witness: {error}."
                ))
            })
        };
        self.witnesses.iter().map(read).collect()
    }

    fn check(&self) -> Result<(), SettingsError> {
        if self.every_hours > 8_760 {
            return Err(SettingsError("The setting checkpoints.every_hours is at most 8760, a year.".into()));
        }
        if let Some(address) = self.mail_to.iter().find(|address| !address.contains('@') || address.contains(' ')) {
            return Err(SettingsError(format!(
                "The setting checkpoints.mail_to has “{address}”, which is no address; one looks like audit@example.com."
            )));
        }
        self.witness_keys().map(|_| ())
    }
}

/// When the register is verified by itself, and how far.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerificationSettings {
    /// After how many hours: 1 to 8,760; 0 for never.
    pub every_hours: u32,
    /// Whether tables and documents are compared with the log too.
    pub deep: bool,
}

/// How the program ends when it is told to.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopSettings {
    /// How long readiness says no before requests are refused.
    pub notice_seconds: u64,
    /// How long what is in flight gets to finish.
    pub seconds: u64,
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

    /// Which kind of database it is.
    pub fn database_kind(&self) -> &'static str {
        if self.register.database.expose_secret().starts_with("sqlite://") { "sqlite" } else { "postgres" }
    }

    /// One line per setting in effect, secrets masked, for the start of the program.
    pub fn in_effect(&self) -> String {
        let database = self.register.database.expose_secret();
        let scheme = database.split("://").next().unwrap_or_default();
        format!(
            "database {scheme}://…, documents {}, keys {}, origin {}, listen {}, approvals {}/{}/{}/{}, public address \
             {}, watched on {}, {}",
            self.register.documents.display(),
            self.register.keys.display(),
            self.register.origin,
            self.web.listen,
            self.approvals.usual,
            self.approvals.content,
            self.approvals.overridden,
            self.approvals.emergency,
            if self.web.public_url.is_empty() { "none" } else { self.web.public_url.as_str() },
            self.telemetry.metrics_listen.map_or_else(|| "no address".to_owned(), |address| address.to_string()),
            self.mail.in_effect(),
        )
    }

    /// Each setting in effect with what it means, in the order of `config/default.toml`, secrets masked.
    pub fn lines(&self) -> Vec<SettingLine> {
        let defaults = documented();
        let (now, built_in) = (flat(serde_json::to_value(self)), flat(built_in()));
        let line = |(section, key, value): &(String, String, String)| {
            let means = defaults.iter().find(|d| d.0 == *section && d.1 == *key).map(|d| d.2.clone());
            let is_default = built_in.iter().any(|d| d == &(section.clone(), key.clone(), value.clone()));
            let (section, key, value) = (section.clone(), key.clone(), value.clone());
            let means = means.unwrap_or_else(|| "See config/example.toml.".into());
            SettingLine { section, key, value, is_default, means }
        };
        let mut lines: Vec<SettingLine> = now.iter().map(line).collect();
        let place = |l: &SettingLine| defaults.iter().position(|d| d.0 == l.section && d.1 == l.key);
        lines.sort_by_key(|l| (place(l).is_none(), place(l)));
        lines
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
        self.telemetry.check()?;
        self.backup.check()?;
        retention::check(&self.retention.schedules).map_err(SettingsError)?;
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
        self.checkpoints.check()?;
        if self.verification.every_hours > 8_760 {
            return Err(SettingsError("The setting verification.every_hours is at most 8760, a year.".into()));
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

/// Section, key and comment of each setting of `config/default.toml`, in its order.
fn documented() -> Vec<(String, String, String)> {
    let (mut section, mut comment, mut found) = (String::new(), Vec::new(), Vec::new());
    for line in DEFAULTS.lines() {
        if let Some(words) = line.strip_prefix('#') {
            comment.push(words.trim());
        } else if let Some((key, _)) = line.split_once(" = ") {
            found.push((section.clone(), key.to_owned(), comment.join(" ")));
            comment.clear();
        } else {
            comment.clear();
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                name.clone_into(&mut section);
            }
        }
    }
    found
}

/// Section, key and value as text of each setting.
fn flat(settings: Result<Value, serde_json::Error>) -> Vec<(String, String, String)> {
    let Ok(Value::Object(sections)) = settings else { return Vec::new() };
    let of_section = |(section, keys): (String, Value)| {
        let keys = if let Value::Object(keys) = keys { keys } else { serde_json::Map::new() };
        keys.into_iter().map(move |(key, value)| (section.clone(), key, plain(value)))
    };
    sections.into_iter().flat_map(of_section).collect()
}

fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Bool(yes) => if yes { "yes" } else { "no" }.into(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn built_in() -> Result<Value, serde_json::Error> {
    match Figment::new().merge(Toml::string(DEFAULTS)).extract::<Settings>() {
        Ok(settings) => serde_json::to_value(settings),
        Err(_) => Ok(Value::Null),
    }
}

/// Tells whether there is a secret, and of an address its scheme, nothing else.
fn masked<S: Serializer>(secret: &SecretString, to: S) -> Result<S::Ok, S::Error> {
    let shown = match secret.expose_secret().split_once("://") {
        Some((scheme, _)) => format!("{scheme}://… (not shown)"),
        None if secret.expose_secret().is_empty() => String::new(),
        None => "set, not shown".to_owned(),
    };
    to.serialize_str(&shown)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_example_to_copy_can_be_used_as_it_is() {
        let example = include_str!("../config/example.toml");
        let settings = load(Figment::new().merge(Toml::string(DEFAULTS)).merge(Toml::string(example))).unwrap();
        assert!(settings.telemetry.metrics_listen.is_some_and(|address| address.ip().is_loopback()));
        settings.telemetry.check().unwrap();
    }

    #[test]
    fn every_setting_is_listed_with_what_it_means_and_no_secret() {
        let mut settings = Settings::for_folder(Path::new("/srv/writ"), "writ.example/r").unwrap();
        settings.register.database = "postgres://writ:hunter2@db/writ".to_owned().into();
        let lines = settings.lines();
        for (section, key, means) in documented() {
            let line = lines.iter().find(|l| l.section == section && l.key == key);
            assert!(line.is_some_and(|l| l.means == means), "{section}.{key} is not listed");
            assert!(means.len() > 10, "{section}.{key} has no comment in config/default.toml");
        }
        let database = lines.iter().find(|l| l.key == "database").unwrap();
        assert_eq!(database.value, "postgres://… (not shown)");
        assert_eq!(database.variable(), "WRIT__REGISTER__DATABASE");
        assert!(!database.is_default && lines.iter().any(|l| l.key == "usual" && l.is_default && l.value == "1"));
        assert!(lines.iter().all(|l| !l.value.contains("hunter2")));
    }
}
