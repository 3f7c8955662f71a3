//! `writ backup`, `writ backup list`, `writ backup inspect`

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use cap_std::fs::Dir;
use chrono::TimeDelta;
use clap::{Args, Subcommand};

use super::{WhichRegister, installation, place, read_text};
use crate::actions::make_backup::holds_keys;
use crate::backup::{BackupReader, Manifest, Piece, Secret};
use crate::domain::staff::Actor;
use crate::jobs::{Backups, KeyFiles};
use crate::settings::{PasswordSettings, Settings, passphrase_of};
use crate::system::Clock;
use crate::vault::BackupShelf;

/// Make a backup of a whole register while people go on working: database, documents and keys in one encrypted file. That
/// it was made stands in the log. `writ restore` makes a register of it again.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Backup {
    #[command(subcommand)]
    command: Option<BackupCommand>,
    #[command(flatten)]
    make: Make,
}

/// Looking at backups.
#[derive(Subcommand)]
enum BackupCommand {
    /// List the backups that were made by themselves, with how long each is kept
    List(List),
    /// Say what a backup holds, without restoring it
    Inspect(Inspect),
}

#[derive(Args)]
struct Make {
    #[command(flatten)]
    which: WhichRegister,
    /// The file to write, which must not be there; or a folder, and the file is named by the time
    #[arg(long, value_name = "FILE_OR_DIR", required = true)]
    to: Option<PathBuf>,
    #[command(flatten)]
    with: WithSecret,
    /// Leave the folder of keys out: restoring then needs a copy of it from elsewhere
    #[arg(long)]
    without_keys: bool,
}

/// What a backup is encrypted with.
#[derive(Args, Clone)]
pub struct WithSecret {
    /// A file with the key: 64 hex digits, such as `openssl rand -hex 32` prints. Without it the one in the settings
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// A file whose first line is the passphrase. Without a key or a passphrase one is asked for at the terminal
    #[arg(long, value_name = "FILE", conflicts_with = "key_file")]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
struct List {
    #[command(flatten)]
    which: WhichRegister,
}

#[derive(Args)]
struct Inspect {
    /// The backup
    file: PathBuf,
    #[command(flatten)]
    with: WithSecret,
    /// Read all of it, and say whether it is whole
    #[arg(long)]
    whole: bool,
}

impl Backup {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Some(BackupCommand::List(list)) => list.run(),
            Some(BackupCommand::Inspect(inspect)) => inspect.run(),
            None => self.make.run(),
        }
    }
}

impl Make {
    fn run(self) -> anyhow::Result<ExitCode> {
        let to = self.to.context("say where the backup goes: --to FILE")?;
        let settings = self.which.settings()?;
        let ctx = place::open(&settings, Clock::System)?;
        let (folder, name) = match to.is_dir() {
            true => (to, BackupShelf::name(ctx.now())),
            false => super::folder_and_name(&to)?,
        };
        if folder.join(&name).exists() {
            bail!("{} is there already: choose another name, or take it away first", folder.join(&name).display());
        }
        let shelf = BackupShelf::new(place::open_folder(&folder, false)?);
        let secret = self.with.secret(&settings, true)?;
        let with_keys = settings.backup.with_keys && !self.without_keys;
        let backups = Backups { schedule: None, ..made_with(&settings, shelf, secret, with_keys) };
        let (manifest, totals) = backups.make(&ctx, Actor::System("console"), &name, &|| false)?;
        let file = folder.join(&name);
        println!("{}: the register with {} entries of the log", file.display(), manifest.log_size);
        println!(
            "{} documents ({}), a database of {}",
            totals.documents,
            bytes(totals.document_bytes),
            bytes(totals.database_bytes)
        );
        if holds_keys(&manifest.keys) {
            println!("It holds the folder of keys: whoever opens it has everything. Keep what opens it elsewhere.");
        } else {
            println!("It holds no keys: restoring needs a copy of {}.", settings.register.keys.display());
        }
        if !settings.keys.installation_command.is_empty() {
            println!("The installation's key comes from a command and is not in it.");
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl WithSecret {
    /// What opens a backup, or is to open a new one: from the command line, the settings, or the terminal.
    pub fn secret(&self, settings: &Settings, is_new: bool) -> anyhow::Result<Secret> {
        let set = |path: &Path| (!path.as_os_str().is_empty()).then(|| path.to_owned());
        let (mut key, mut words) = (self.key_file.clone(), self.passphrase_file.clone());
        if key.is_none() && words.is_none() {
            (key, words) = (set(&settings.backup.key_file), set(&settings.backup.passphrase_file));
        }
        if let (Some(key), true) = (&key, is_new) {
            refuse_in_key_folder(key, &settings.register.keys)?;
        }
        self.given(key.as_deref(), words.as_deref(), settings.passwords, is_new)
    }

    /// The same where there are no settings.
    fn alone(&self) -> anyhow::Result<Secret> {
        let costs = PasswordSettings { memory_kib: 8, passes: 1 };
        self.given(self.key_file.as_deref(), self.passphrase_file.as_deref(), costs, false)
    }

    fn given(
        &self,
        key: Option<&Path>,
        words: Option<&Path>,
        costs: PasswordSettings,
        is_new: bool,
    ) -> anyhow::Result<Secret> {
        let PasswordSettings { memory_kib, passes } = costs;
        if let Some(file) = key {
            return Secret::key(&read_text(file)?).with_context(|| format!("{} holds no key", file.display()));
        }
        let words = match words {
            Some(file) => passphrase_of(file, "--passphrase-file")?,
            None if is_new => installation::ask_twice("Passphrase of the backup: ").context(ASKED)?,
            None => installation::ask("Passphrase of the backup: ").context(ASKED)?,
        };
        Ok(Secret::passphrase(words, memory_kib, passes))
    }
}

const ASKED: &str = "a backup is encrypted: name a key by --key-file or a passphrase by --passphrase-file";

/// A key must not lie in the box that it opens.
fn refuse_in_key_folder(key: &Path, keys: &Path) -> anyhow::Result<()> {
    let folder = key.parent().map(Path::canonicalize).and_then(Result::ok);
    if folder.is_some() && folder == keys.canonicalize().ok() {
        bail!(
            "{} lies in the folder of keys, which the backup would hold: move it elsewhere, and keep a copy where the \
             register is not",
            key.display()
        );
    }
    Ok(())
}

impl List {
    fn run(self) -> anyhow::Result<ExitCode> {
        let settings = self.which.settings()?;
        if settings.backup.folder.as_os_str().is_empty() {
            bail!("the setting backup.folder is empty; it names the folder of backups");
        }
        let made = BackupShelf::new(place::open_folder(&settings.backup.folder, false)?).made()?;
        for (at, name) in &made {
            let until = settings.backup.rotation().last_day(at.day());
            println!("{name}  made {}  kept until {until} at the longest", at.for_people());
        }
        match made.len() {
            0 => println!("There are no backups in {}.", settings.backup.folder.display()),
            count => println!("{count} backups in {}", settings.backup.folder.display()),
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Inspect {
    fn run(self) -> anyhow::Result<ExitCode> {
        let (folder, name) = super::folder_and_name(&self.file)?;
        let file = BackupShelf::new(place::open_folder(&folder, false)?)
            .open(&name)
            .with_context(|| format!("{} can't be read", self.file.display()))?;
        let mut reader = BackupReader::open(file, &self.with.alone()?)?;
        say(reader.manifest());
        if !self.whole {
            println!("Only its beginning was read; --whole reads all of it.");
            return Ok(ExitCode::SUCCESS);
        }
        loop {
            if let Piece::End(totals) = reader.next_piece()? {
                println!(
                    "It is whole: {} documents with {}, a database of {}.",
                    totals.documents,
                    bytes(totals.document_bytes),
                    bytes(totals.database_bytes)
                );
                println!("SHA-256 of the database {}", totals.database_sha256);
                println!("SHA-256 over the documents {}", totals.documents_sha256);
                return Ok(ExitCode::SUCCESS);
            }
        }
    }
}

/// What a manifest says.
pub fn say(manifest: &Manifest) {
    println!("A backup of {}, made {} by {}", manifest.origin, manifest.made_at.for_people(), manifest.software);
    println!("kind of database  {}", manifest.database);
    println!("schema            {}", manifest.schema);
    println!("log               {} entries, root {}", manifest.log_size, manifest.log_root);
    match manifest.checkpoint.as_deref().and_then(|note| note.lines().nth(1)) {
        Some(size) => println!("last checkpoint   over {size} entries"),
        None => println!("last checkpoint   none"),
    }
    println!("documents         {}", manifest.documents);
    println!("installation key  {}", manifest.installation_key);
    let keys = if manifest.keys.is_empty() { "none".to_owned() } else { manifest.keys.join(", ") };
    println!("keys in it        {keys}");
    println!("plain within it   rows of {}", manifest.plain.join(", "));
    match manifest.kept_until {
        Some(day) => println!("kept              until {day} at the longest, by rotation"),
        None => println!("kept              as long as somebody keeps it"),
    }
}

/// Backups by themselves, where the settings ask for them.
pub fn of(settings: &Settings) -> anyhow::Result<Option<Arc<Backups>>> {
    let set = &settings.backup;
    if set.every_hours == 0 {
        return Ok(None);
    }
    let secret = WithSecret { key_file: None, passphrase_file: None }.secret(settings, true)?;
    let folder: Dir = place::open_folder(&set.folder, true)?;
    let schedule = Some((TimeDelta::hours(i64::from(set.every_hours)), set.rotation()));
    let backups = made_with(settings, BackupShelf::new(folder), secret, set.with_keys);
    Ok(Some(Arc::new(Backups { schedule, ..backups })))
}

fn made_with(settings: &Settings, shelf: BackupShelf, secret: Secret, with_keys: bool) -> Backups {
    Backups {
        shelf,
        url: settings.register.database.clone(),
        tools: settings.backup.postgres_tools.clone(),
        secret,
        keys: key_files(settings.register.keys.clone(), with_keys),
        schedule: None,
    }
}

/// The files of the folder of keys: all, or the public ones alone.
fn key_files(folder: PathBuf, with_keys: bool) -> KeyFiles {
    Box::new(move || {
        let folder = Dir::open_ambient_dir(&folder, cap_std::ambient_authority())?;
        let mut files = Vec::new();
        for entry in folder.entries()? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_wanted = entry.file_type()?.is_file() && (with_keys || name.ends_with(".pub"));
            if is_wanted && !installation::is_passing(&name) {
                files.push((name.clone(), folder.read(&name)?));
            }
        }
        files.sort();
        Ok(files)
    })
}

/// So many bytes, as people read it.
fn bytes(count: u64) -> String {
    match count {
        0..=9_999 => format!("{count} bytes"),
        10_000..=9_999_999 => format!("{} kB", count / 1_000),
        _ => format!("{} MB", count / 1_000_000),
    }
}
