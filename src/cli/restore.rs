//! `writ restore`: a register made anew from a backup. It counts only when all of it was looked through; until then a mark in
//! the folder of documents, and on PostgreSQL a table, say that it does not.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use cap_std::fs::Dir;
use clap::Args;
use secrecy::ExposeSecret;

use super::audit::read_checkpoint;
use super::backup::WithSecret;
use super::place::{self, RESTORE_UNDER_WAY};
use super::{WhichRegister, folder_and_name, read_text};
use crate::actions::Ctx;
use crate::actions::check_restored::{check_restored, record_restored};
use crate::actions::law::adopt_first;
use crate::actions::verify_log::key_chain;
use crate::audit::Checkpoint;
use crate::backup::{BackupReader, Manifest, Piece};
use crate::domain::id::DocumentId;
use crate::settings::Settings;
use crate::store::Store;
use crate::store::dump::{self, Load};
use crate::system::Clock;
use crate::vault::{BackupShelf, Restored, Vault};

/// Make a register anew from a backup, in an empty place: no database, no documents. It verifies the whole log and opens every
/// document before it says that it is done, and writes in the log that it was restored.
#[derive(Args)]
pub struct Restore {
    /// The backup
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    #[command(flatten)]
    which: WhichRegister,
    #[command(flatten)]
    with: WithSecret,
    /// For a backup without keys: a copy of the folder of keys as it was when the backup was made
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// A checkpoint kept elsewhere, to tell what is missing since the backup. May be given several times; those in
    /// checkpoints.folder are looked at too
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
}

impl Restore {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let mut settings = self.which.settings()?;
        let (folder, name) = folder_and_name(&self.from)?;
        let file = BackupShelf::new(place::open_folder(&folder, false)?)
            .open(&name)
            .with_context(|| format!("{} can't be read", self.from.display()))?;
        let reader = BackupReader::open(file, &self.with.secret(&settings, false)?)?;
        let manifest = reader.manifest().clone();
        if let (Some(data), true) = (&self.which.data, settings.register.origin != manifest.origin) {
            manifest.origin.clone_into(&mut settings.register.origin);
            let folder = place::open_folder(data, true)?;
            place::write_file(&folder, place::RESTORED_ORIGIN, &format!("{}\n", manifest.origin), 0o600)?;
        }
        refuse_misfit(&settings, &manifest)?;
        let spot = Spot::prepare(&settings)?;
        match self.fill(&spot, reader, &manifest) {
            Ok(restored) => {
                restored.say(&settings, &manifest);
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                spot.clear().context("what was restored so far can't be taken away")?;
                Err(error.context("nothing was restored"))
            }
        }
    }

    fn fill(
        &self,
        spot: &Spot,
        reader: BackupReader<cap_std::fs::File>,
        manifest: &Manifest,
    ) -> anyhow::Result<Outcome> {
        if let Some(folder) = &self.keys {
            let folder = place::open_folder(folder, false)?;
            for entry in folder.entries()? {
                let name = entry?.file_name().to_string_lossy().into_owned();
                if folder.metadata(&name)?.is_file() {
                    put_key(&spot.keys, &name, &folder.read(&name)?)?;
                }
            }
        }
        spot.load(reader)?;
        let ran = Store::migrate(&spot.url())?;
        let ctx = place::open_restored(&spot.settings(), Clock::System)?;
        if !ran.is_empty() {
            adopt_first(&ctx)?;
        }
        let kept = self.kept(&ctx, &spot.at, manifest.log_size)?;
        let covered: Vec<Checkpoint> = kept.iter().filter(|one| one.size <= manifest.log_size).cloned().collect();
        check_restored(&ctx, manifest, &covered)?;
        let newest = kept.iter().map(|one| one.size).max().unwrap_or(0);
        let missing = newest.saturating_sub(manifest.log_size);
        record_restored(&ctx, manifest, missing)?;
        drop(ctx);
        spot.finish()?;
        Ok(Outcome { kept: kept.len(), missing })
    }

    /// The checkpoints that were kept elsewhere: those that were named, and those of the folder. Of the folder's, one over
    /// more than the backup has may be signed by a key that took over since; then its size alone is used.
    fn kept(&self, ctx: &Ctx, settings: &Settings, size: u64) -> anyhow::Result<Vec<Checkpoint>> {
        let (keys, origin) = (key_chain(ctx, &ctx.log.trust())?, &ctx.log.origin);
        let named = self.checkpoints.iter().map(|file| read_checkpoint(file, &keys, origin));
        let mut kept = named.collect::<anyhow::Result<Vec<_>>>()?;
        let folder = &settings.checkpoints.folder;
        if folder.as_os_str().is_empty() || !folder.is_dir() {
            return Ok(kept);
        }
        for entry in place::open_folder(folder, false)?.entries()? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if !name.starts_with("checkpoint-") || !name.ends_with(".txt") {
                continue;
            }
            let file = folder.join(name);
            let later =
                Checkpoint::read(&read_text(&file)?).ok().filter(|one| one.size > size && one.origin == *origin);
            kept.push(match (read_checkpoint(&file, &keys, origin), later) {
                (Err(_), Some(later)) => later,
                (read, _) => read?,
            });
        }
        Ok(kept)
    }
}

/// What came of it.
struct Outcome {
    /// How many checkpoints kept elsewhere were compared.
    kept: usize,
    /// How many entries the newest of them covers beyond the backup.
    missing: u64,
}

impl Outcome {
    fn say(&self, settings: &Settings, manifest: &Manifest) {
        let (size, made) = (manifest.log_size, manifest.made_at.for_people());
        println!("The register is restored as it was {made}: {size} entries of the log, which verify.");
        println!("All {} documents are there and open. All sessions are ended.", manifest.documents);
        match (self.missing, self.kept) {
            (0, 0) => println!(
                "No checkpoint kept elsewhere was at hand: whether entries are missing that came after the backup can't be \
                 told. Compare with one: writ audit verify --checkpoint FILE"
            ),
            (0, _) => println!("No checkpoint kept elsewhere covers more than the backup has."),
            (missing, _) => {
                println!(
                    "{missing} ENTRIES ARE MISSING: a checkpoint kept elsewhere covers {}, the backup has {size}. What was \
                     done after the backup is lost, and the log says so now.",
                    size.saturating_add(missing)
                );
                if !settings.checkpoints.folder.as_os_str().is_empty() {
                    println!(
                        "As long as it lies in {}, nothing is signed by itself. When you know why, move it away, and keep it.",
                        settings.checkpoints.folder.display()
                    );
                }
            }
        }
        println!("Look through staff and API tokens: what was taken away since the backup is given again.");
    }
}

/// What can't be restored here.
fn refuse_misfit(settings: &Settings, manifest: &Manifest) -> anyhow::Result<()> {
    if settings.database_kind() != manifest.database {
        bail!(
            "this is a backup of a register on {}, and the settings name one on {}; restore it to the same kind",
            manifest.database,
            settings.database_kind()
        );
    }
    if settings.register.origin != manifest.origin {
        bail!("this is a backup of {}, and the settings say {}", manifest.origin, settings.register.origin);
    }
    Ok(())
}

/// The place that a register is restored into.
struct Spot {
    at: Settings,
    keys: Dir,
    documents: Dir,
}

impl Spot {
    /// Makes sure that the place is empty, or holds what a restore left that was cut short, which is taken away. Then marks it.
    fn prepare(settings: &Settings) -> anyhow::Result<Spot> {
        let keys = place::open_folder(&settings.register.keys, true)?;
        let documents = place::open_folder(&settings.register.documents, true)?;
        let spot = Spot { at: settings.clone(), keys, documents };
        let url = settings.register.database.expose_secret();
        place::take_half_written(&spot.documents, RESTORE_UNDER_WAY)?;
        if spot.documents.exists(RESTORE_UNDER_WAY) {
            if spot.documents.read_to_string(RESTORE_UNDER_WAY)? != spot.mark() {
                bail!(
                    "in {} a restore to another database was cut short; empty that folder first",
                    settings.register.documents.display()
                );
            }
            spot.sweep()?;
        } else if spot.documents.entries()?.next().is_some() {
            bail!(
                "the folder of documents {} is not empty; restore into an empty place",
                settings.register.documents.display()
            );
        }
        if let Some(file) = url.strip_prefix("sqlite://") {
            let folder = Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty());
            folder.map_or(Ok(()), |folder| place::open_folder(folder, true).map(drop))?;
        }
        dump::refuse_unless_empty(url)?;
        place::write_file(&spot.documents, RESTORE_UNDER_WAY, &spot.mark(), 0o600)?;
        spot.documents.open(".")?.sync_all()?;
        Ok(spot)
    }

    /// What the mark says: where the database belongs, so that nothing else is ever taken for what a restore left.
    fn mark(&self) -> String {
        let url = self.at.register.database.expose_secret();
        let place = url.strip_prefix("sqlite://").unwrap_or("PostgreSQL");
        format!("A restore began here and is not done. Database: {place}\n")
    }

    /// Where the database is restored to: on SQLite beside its place, until it is done.
    fn url(&self) -> String {
        let url = self.at.register.database.expose_secret();
        if url.starts_with("sqlite://") { format!("{url}.restoring") } else { url.to_owned() }
    }

    fn settings(&self) -> Settings {
        let mut settings = self.at.clone();
        settings.register.database = self.url().into();
        settings
    }

    /// Reads the backup to its end and puts everything where it belongs.
    fn load(&self, mut reader: BackupReader<cap_std::fs::File>) -> anyhow::Result<()> {
        let vault = Vault::new(self.documents.try_clone()?)?;
        let mut load = None;
        let mut document: Option<Restored<'_>> = None;
        loop {
            match reader.next_piece()? {
                Piece::KeyFile { name, bytes } => put_key(&self.keys, &name, &bytes)?,
                Piece::Dump(bytes) => {
                    if load.is_none() {
                        load = Some(Load::begin(&self.url(), &self.at.backup.postgres_tools)?);
                    }
                    if let Some(load) = &mut load {
                        load.write(&bytes)?;
                    }
                }
                // All at once, and only if its bytes were whole.
                Piece::EndOfDump => load.take().context("the backup holds no database")?.finish()?,
                Piece::Document(id) => document = Some(vault.put_back(DocumentId(id))?),
                Piece::Bytes(bytes) => {
                    document.as_mut().map_or(Ok(()), |document| document.write(&bytes))?;
                }
                Piece::EndOfDocument => document.take().map_or(Ok(()), Restored::finish)?,
                Piece::End(_) => return Ok(vault.settle()?),
            }
        }
    }

    /// Says that it is done: from now on there is a register.
    fn finish(&self) -> anyhow::Result<()> {
        dump::restore_is_done(&self.url())?;
        if let Some((folder, name)) = self.file()? {
            folder.open(format!("{name}.restoring"))?.sync_all()?;
            folder.rename(format!("{name}.restoring"), &folder, &name)?;
            folder.open(".")?.sync_all()?;
        }
        self.documents.remove_file(RESTORE_UNDER_WAY)?;
        Ok(self.documents.open(".")?.sync_all()?)
    }

    /// Takes away what did not become a register, and its mark.
    fn clear(&self) -> anyhow::Result<()> {
        self.sweep()?;
        Ok(self.documents.remove_file(RESTORE_UNDER_WAY)?)
    }

    /// Takes away what was restored beside the mark. On PostgreSQL the next restore empties the database: its mark stands
    /// there.
    fn sweep(&self) -> anyhow::Result<()> {
        for entry in self.documents.entries()? {
            let entry = entry?;
            if entry.file_name().to_string_lossy() != RESTORE_UNDER_WAY {
                entry.remove_file()?;
            }
        }
        let Some((folder, name)) = self.file()? else { return Ok(()) };
        // A database under its own name was restored whole, and its mark only was not taken away yet.
        for ending in [".restoring", ".restoring-wal", ".restoring-shm", ".restoring-journal", "", "-wal", "-shm"] {
            let name = format!("{name}{ending}");
            if folder.exists(&name) {
                folder.remove_file(&name)?;
            }
        }
        Ok(())
    }

    /// The folder and name of an SQLite database, where there is that folder.
    fn file(&self) -> anyhow::Result<Option<(Dir, String)>> {
        let Some(file) = self.at.register.database.expose_secret().strip_prefix("sqlite://") else { return Ok(None) };
        let (folder, name) = folder_and_name(Path::new(file))?;
        if !folder.is_dir() {
            return Ok(None);
        }
        Ok(Some((place::open_folder(&folder, false)?, name)))
    }
}

/// Puts a key where it belongs. One that is there already must be the same.
fn put_key(folder: &Dir, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    if name.contains(['/', '\\']) || name.starts_with('.') {
        bail!("the backup holds a key with the name {name}, which is none");
    }
    if folder.exists(name) {
        return if folder.read(name)? == bytes {
            Ok(())
        } else {
            Err(anyhow!("the folder of keys has another {name} than the backup; restore with an empty folder of keys"))
        };
    }
    let text = std::str::from_utf8(bytes).with_context(|| format!("the key {name} is no text"))?;
    place::write_file(folder, name, text, if name.ends_with(".pub") { 0o644 } else { 0o600 })
}
