//! A register's place: its folder, keys, packs and catalogue, opened into what actions need.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use secrecy::ExposeSecret;

use super::{WhichRegister, installation, read_text};
use crate::actions::create_register::SOFTWARE;
use crate::actions::law::{LawHere, refresh};
use crate::actions::passwords::Passwords;
use crate::actions::rotate_log_key::settle_log_key;
use crate::actions::{Ctx, LogIdentity, Retention};
use crate::clock::{Almanac, Calendars, Places};
use crate::domain::catalogue::Catalogue;
use crate::law::Rulebook;
use crate::settings::Settings;
use crate::store::register::{self, Generation, Register};
use crate::store::{Store, StoreError};
use crate::system::{self, Clock};
use crate::vault::{LogKeys, Vault};

/// What the file `writ.toml` in a data folder says, so that commands find its log by name.
pub const FOLDER_ORIGIN: &str = "writ.localhost/register";

/// In a data folder that was restored: its log's name, where that is not a data folder's usual one.
pub const RESTORED_ORIGIN: &str = "origin";

/// The name a demonstration's log has.
pub const DEMO_ORIGIN: &str = "writ.localhost/demo";

/// The built-in rule packs, by file name.
const PACKS: &[(&str, &str)] = &[
    ("australia.toml", include_str!("../../config/law/australia.toml")),
    ("brazil.toml", include_str!("../../config/law/brazil.toml")),
    ("canada.toml", include_str!("../../config/law/canada.toml")),
    ("common.toml", include_str!("../../config/law/common.toml")),
    ("eu-dsa.toml", include_str!("../../config/law/eu-dsa.toml")),
    ("eu-evidence.toml", include_str!("../../config/law/eu-evidence.toml")),
    ("france.toml", include_str!("../../config/law/france.toml")),
    ("germany.toml", include_str!("../../config/law/germany.toml")),
    ("india.toml", include_str!("../../config/law/india.toml")),
    ("uk.toml", include_str!("../../config/law/uk.toml")),
    ("us-federal.toml", include_str!("../../config/law/us-federal.toml")),
    ("us-states.toml", include_str!("../../config/law/us-states.toml")),
    ("policy.toml", include_str!("../../config/law/policy.toml")),
];
const FACTS: &str = include_str!("../../config/law/facts.toml");
const CALENDARS: &str = include_str!("../../config/calendars.toml");
const CATALOGUE: &str = include_str!("../../config/catalogue.toml");

impl WhichRegister {
    /// The settings of the register that was named.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        match (&self.data, &self.config) {
            (_, Some(file)) => Ok(Settings::from_file(file)?),
            (Some(folder), None) => {
                let restored = folder.join(RESTORED_ORIGIN);
                let restored = restored.is_file().then(|| read_text(&restored)).transpose()?;
                let made = if super::demo::is_demo_folder(folder) { DEMO_ORIGIN } else { FOLDER_ORIGIN };
                Ok(Settings::for_folder(folder, restored.as_deref().map_or(made, str::trim))?)
            }
            (None, None) => bail!("say which register: --data DIR or --config FILE"),
        }
    }
}

/// Opens a register that exists, is up to date and is not being generated.
pub fn open(settings: &Settings, clock: Clock) -> anyhow::Result<Ctx> {
    open_to(settings, clock, false)
}

/// Opens a register whose cases are being generated.
pub fn open_to_generate(settings: &Settings, clock: Clock) -> anyhow::Result<Ctx> {
    open_to(settings, clock, true)
}

/// Opens a register that is just being restored.
pub fn open_restored(settings: &Settings, clock: Clock) -> anyhow::Result<Ctx> {
    let url = settings.register.database.expose_secret();
    let store = Store::open_restored(url, installation::in_force(settings)?, settings.register.readers)?;
    enter(settings, store, clock, false)
}

fn open_to(settings: &Settings, clock: Clock, may_be_under_way: bool) -> anyhow::Result<Ctx> {
    refuse_half_restored(settings)?;
    let url = settings.register.database.expose_secret();
    if let Some(file) = url.strip_prefix("sqlite://")
        && !Path::new(file).is_file()
    {
        bail!("there is no register at {file}; `writ migrate` makes one");
    }
    let store = Store::open(url, installation::in_force(settings)?, settings.register.readers)?;
    enter(settings, store, clock, may_be_under_way)
}

fn enter(settings: &Settings, store: Store, clock: Clock, may_be_under_way: bool) -> anyhow::Result<Ctx> {
    let keys = open_folder(&settings.register.keys, false)?;
    let register = store.read::<_, StoreError>(register::find)?;
    let Some(Register { origin, is_demo, generation }) = register else {
        bail!("the register was begun and never finished; remove it and make it anew");
    };
    if generation == Generation::UnderWay && !may_be_under_way {
        bail!("the cases of this register are being generated, or that was cut short; remove it and generate it anew");
    }
    if origin != settings.register.origin {
        bail!("the register's log is named {origin}, the settings say {}", settings.register.origin);
    }
    let log_keys = LogKeys::open(keys, &origin).context("the log's key")?;
    let passwords = Passwords::new(settings.passwords.memory_kib, settings.passwords.passes)?;
    let ctx = Ctx {
        store,
        vault: Arc::new(Vault::new(open_folder(&settings.register.documents, false)?)?),
        clock,
        law: Arc::new(LawHere::offering(rulebook(&settings.law.folder)?)),
        catalogue: Arc::new(catalogue(&settings.catalogue.file)?),
        provider: Arc::new(settings.provider.clone()),
        almanac: Arc::new(almanac(settings)?),
        approvals: settings.approvals,
        retention: Arc::new(retention(settings)),
        passwords: Arc::new(passwords),
        log: Arc::new(LogIdentity { origin, keys: log_keys, witnesses: settings.checkpoints.witness_keys()? }),
        is_demo,
        is_generated: generation == Generation::Done,
        settings: settings.lines().into(),
        flips: Arc::default(),
        verifies_everything: settings.verification.deep,
        verifying: Arc::default(),
        census: Arc::default(),
    };
    settle_log_key(&ctx)?;
    refresh(&ctx)?;
    Ok(ctx)
}

fn retention(settings: &Settings) -> Retention {
    let backups = (settings.backup.every_hours > 0).then(|| settings.backup.rotation());
    Retention { schedules: settings.retention.schedules.clone(), backups }
}

/// Makes folders, keys, tables and the register's row. The caller adds the first entry and the first people.
pub fn make(settings: &Settings, is_demo: bool, generation: Generation, clock: &Clock) -> anyhow::Result<()> {
    let keys = open_folder(&settings.register.keys, true)?;
    open_folder(&settings.register.documents, true)?;
    if installation::is_made_here(settings, &keys) {
        write_key(&keys, "installation.key")?;
    }
    let origin = settings.register.origin.clone();
    LogKeys::make(keys, &origin).context("the log's key")?;
    let url = settings.register.database.expose_secret();
    Store::migrate(url)?;
    register::create(url, &Register { origin, is_demo, generation }, SOFTWARE, clock.now())?;
    Ok(())
}

/// Stands in the folder of documents from before a restore begins until it is done.
pub const RESTORE_UNDER_WAY: &str = "restore-under-way";

fn refuse_half_restored(settings: &Settings) -> anyhow::Result<()> {
    let mark = settings.register.documents.join(RESTORE_UNDER_WAY);
    if mark.is_file() {
        bail!(
            "a restore into this place was cut short, or is under way ({} says so): nothing of it counts; run `writ \
             restore` again",
            mark.display()
        );
    }
    Ok(())
}

/// The rule packs of a folder, or the built-in ones.
pub fn rulebook(folder: &Path) -> anyhow::Result<Rulebook> {
    let LawTexts { facts, packs } = law_texts(folder)?;
    Ok(Rulebook::parse(&facts, &packs)?)
}

/// The texts of the law: the declared facts, and each pack with its file name.
pub struct LawTexts {
    /// What `facts.toml` says.
    pub facts: String,
    /// File name and text.
    pub packs: Vec<(String, String)>,
}

/// The texts of a folder, or the built-in ones.
pub fn law_texts(folder: &Path) -> anyhow::Result<LawTexts> {
    if folder.as_os_str().is_empty() {
        let packs = PACKS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        return Ok(LawTexts { facts: FACTS.to_owned(), packs });
    }
    let mut packs = Vec::new();
    let dir = Dir::open_ambient_dir(folder, ambient_authority())
        .with_context(|| format!("the folder of rule packs {} can't be read", folder.display()))?;
    for entry in dir.entries()? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".toml") && name != "facts.toml" {
            packs.push((name.clone(), dir.read_to_string(&name)?));
        }
    }
    packs.sort();
    let facts = dir.read_to_string("facts.toml").context("the folder of rule packs has no facts.toml")?;
    Ok(LawTexts { facts, packs })
}

/// Calendars, and where clocks run. What the settings name must be there.
pub fn almanac(settings: &Settings) -> anyhow::Result<Almanac> {
    let calendars = Calendars::parse(CALENDARS).map_err(anyhow::Error::msg)?;
    let of = &settings.clocks;
    let places = Places {
        time_zone: of.time_zone.clone(),
        calendar: of.calendar.clone(),
        eu_time_zone: of.eu_time_zone.clone(),
        eu_calendar: of.eu_calendar.clone(),
    };
    Almanac::new(calendars, &places).map_err(|says| anyhow::anyhow!("the section [clocks] of the settings: {says}"))
}

/// The catalogue of a file, or the built-in one.
pub fn catalogue(file: &Path) -> anyhow::Result<Catalogue> {
    let text = if file.as_os_str().is_empty() { CATALOGUE.to_owned() } else { read_text(file)? };
    Ok(Catalogue::parse(&text)?)
}

/// Opens a folder, and makes it first where asked. Only its owner may enter a folder made here.
pub fn open_folder(path: &Path, make: bool) -> anyhow::Result<Dir> {
    if make {
        create_private(path)?;
    }
    Dir::open_ambient_dir(path, ambient_authority())
        .with_context(|| format!("the folder {} can't be opened", path.display()))
}

#[allow(clippy::disallowed_methods, reason = "the command line makes the folders it is told to")]
fn create_private(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("the folder {} can't be made", path.display()))
}

/// Makes a file anew, with these permissions.
pub fn create_file(folder: &Dir, name: &str, mode: u32) -> anyhow::Result<cap_std::fs::File> {
    use cap_std::fs::OpenOptionsExt;
    let mut options = cap_std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(mode);
    folder.open_with(name, &options).with_context(|| format!("{name} can't be written"))
}

/// Takes away what [`write_file`] left of a file when it was cut short: whoever asks whether a folder is empty does that first.
pub fn take_half_written(folder: &Dir, name: &str) -> anyhow::Result<()> {
    let part = part_of(name);
    if folder.exists(&part) { Ok(folder.remove_file(&part)?) } else { Ok(()) }
}

fn part_of(name: &str) -> String {
    format!("{name}.part")
}

/// Writes a file that is there whole or not at all, with these permissions.
pub fn write_file(folder: &Dir, name: &str, text: &str, mode: u32) -> anyhow::Result<()> {
    let part = part_of(name);
    let mut file = create_file(folder, &part, mode)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    folder.rename(&part, folder, name)?;
    Ok(())
}

/// Makes a key file, unless there is one.
fn write_key(folder: &Dir, name: &str) -> anyhow::Result<()> {
    if folder.exists(name) {
        return Ok(());
    }
    write_file(folder, name, &format!("{}\n", hex::encode(system::chance::<32>())), 0o600)
}
