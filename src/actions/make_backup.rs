//! Make a backup of the whole register while people go on working: the database as of one moment, and every document that
//! it names. Documents never change and the dump comes first, so what it names is there.

use std::io::Write;
use std::path::Path;

use chrono::NaiveDate;

use super::create_register::SOFTWARE;
use super::{ActionError, Ctx};
use crate::backup::{BackupError, BackupWriter, Manifest, Secret, Totals};
use crate::domain::event::Event;
use crate::domain::id::DocumentId;
use crate::domain::staff::Actor;
use crate::store::dump::{Dump, PLAIN_TABLES};
use crate::store::{About, StoreError};
use crate::vault::{VaultError, holds_log_key};

/// What a backup is made of and with.
pub struct Asked<'a> {
    /// The database's URL.
    pub url: &'a str,
    /// The folder of PostgreSQL's programs; empty looks for them.
    pub tools: &'a Path,
    /// What it is encrypted with.
    pub secret: &'a Secret,
    /// The files of the folder of keys, as they were before this began: they fit the dump, or it is refused.
    pub keys: Vec<(String, Vec<u8>)>,
    /// The last day on which rotation may keep it, where there is rotation.
    pub kept_until: Option<NaiveDate>,
    /// Whether to give up.
    pub is_over: &'a dyn Fn() -> bool,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum NoBackup {
    /// The store failed, or an act did.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The file failed.
    #[error(transparent)]
    File(#[from] BackupError),
    /// A document's bytes are not there.
    #[error(
        "the bytes of document {0} are missing from the folder of documents, so there is no whole backup; if it was \
         erased in this very moment, make the backup again"
    )]
    Missing(DocumentId),
    /// The program was told to end.
    #[error("the backup was given up, because the program was told to end")]
    GivenUp,
    /// The register is sealed under another key than this program has.
    #[error("the installation's key was changed meanwhile; start this program anew and make the backup again")]
    OtherKey,
    /// The files of the folder of keys are older than the register: what is restored could not be signed.
    #[error(
        "the folder of keys does not hold the key that signs the log by what the log says; if it was replaced just now, \
         make the backup again, else bring back `log.key` from where its newest copy is kept"
    )]
    OtherLogKey,
}

impl From<StoreError> for NoBackup {
    fn from(error: StoreError) -> Self {
        NoBackup::Action(error.into())
    }
}

impl From<VaultError> for NoBackup {
    fn from(error: VaultError) -> Self {
        NoBackup::Action(error.into())
    }
}

impl From<std::io::Error> for NoBackup {
    fn from(error: std::io::Error) -> Self {
        NoBackup::File(error.into())
    }
}

/// Writes a backup. It counts once it was recorded and has its name.
///
/// # Errors
/// See [`NoBackup`].
pub fn make_backup<W: Write>(ctx: &Ctx, asked: Asked<'_>, out: W) -> Result<(W, Manifest, Totals), NoBackup> {
    let mut dump = Dump::begin(asked.url, asked.tools)?;
    let moment = dump.moment()?;
    if moment.installation_key != ctx.store.installation_key().id() {
        return Err(NoBackup::OtherKey);
    }
    let holds_keys = holds_keys(asked.keys.iter().map(|(name, _)| name));
    if moment.log_key.is_some_and(|key| holds_keys && !holds_log_key(&asked.keys, &key)) {
        return Err(NoBackup::OtherLogKey);
    }
    let manifest = Manifest {
        software: SOFTWARE.to_owned(),
        schema: moment.schema,
        database: if asked.url.starts_with("sqlite://") { "sqlite" } else { "postgres" }.to_owned(),
        origin: moment.origin,
        made_at: ctx.now(),
        log_size: moment.log_size,
        log_root: moment.log_root,
        checkpoint: moment.checkpoint,
        documents: moment.documents,
        installation_key: moment.installation_key,
        keys: asked.keys.iter().map(|(name, _)| name.clone()).collect(),
        plain: PLAIN_TABLES.iter().map(|table| (*table).to_owned()).collect(),
        kept_until: asked.kept_until,
    };
    let go_on = || if (asked.is_over)() { Err(NoBackup::GivenUp) } else { Ok(()) };
    let mut backup = BackupWriter::begin(out, asked.secret, &manifest)?;
    for (name, bytes) in &asked.keys {
        backup.key_file(name, bytes)?;
    }
    dump.stream::<NoBackup>(|piece| {
        go_on()?;
        Ok(backup.dump(piece)?)
    })?;
    backup.end_of_dump()?;
    let mut last = None;
    loop {
        let ids = dump.documents_after(last)?;
        if ids.is_empty() {
            break;
        }
        for id in ids {
            go_on()?;
            backup.begin_document(id.0)?;
            if !ctx.vault.hand_on::<NoBackup>(id, |piece| Ok(backup.piece(piece)?))? {
                return Err(NoBackup::Missing(id));
            }
            backup.end_of_document()?;
            last = Some(id);
        }
    }
    let (out, totals) = backup.finish()?;
    Ok((out, manifest, totals))
}

/// Whether there is more than public keys among these files of the folder of keys.
pub fn holds_keys<'n>(names: impl IntoIterator<Item = &'n String>) -> bool {
    names.into_iter().any(|name| !name.ends_with(".pub"))
}

/// Writes in the log that a backup is made: after its last byte is on the disk and before it has its name, so that there is
/// no whole backup that the log does not tell of.
///
/// # Errors
/// When the store fails; then there must be no backup.
pub fn record_backup(ctx: &Ctx, by: Actor, manifest: &Manifest) -> Result<(), ActionError> {
    let has_keys = holds_keys(&manifest.keys);
    let event = Event::BackupMade { size: manifest.log_size, count: manifest.documents, has_keys };
    ctx.write_as(by, move |tx| {
        tx.record(&event, About::Register)?;
        Ok(())
    })
}
