//! Verify everything: the log first, then every table that follows from it, then the bytes of every document.

use sha2::{Digest, Sha256};

use super::{ActionError, Ctx};
use crate::audit::{Checkpoint, Difference, Fault, Trust, Verified};
use crate::domain::id::DocumentId;
use crate::seal::Key;
use crate::store::documents::{self, Kept};
use crate::store::replay::{self, Compared, Listener, Progress};
use crate::store::{Conn, StoreError, log};
use crate::vault::{Vault, VaultError};

/// The folder of documents, where a difference names a table.
pub const VAULT: &str = "documents/";

/// So many documents are looked up at a time.
const PIECE: i64 = 200;

/// What came of verifying everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deep {
    /// What verifying the log came to. Where it is not sound, nothing is compared with it.
    pub log: Result<Verified, Fault>,
    /// What was compared.
    pub compared: Compared,
    /// How many documents were opened and hashed.
    pub documents: u64,
}

impl Deep {
    /// Whether nothing at all is wrong.
    pub fn is_sound(&self) -> bool {
        self.log.is_ok() && self.compared.differences == 0
    }
}

/// Verifies the log with what is trusted here and against checkpoints that somebody kept elsewhere, then compares every table and
/// document with it. It leaves no trace: it is for the operator at the console.
///
/// The tables are read in one view. The documents come after it, piece by piece, so that no view stays open while large
/// files are read.
///
/// # Errors
/// When the database or the folder of documents fails.
pub fn verify_deep(
    ctx: &Ctx,
    trust: &Trust,
    kept: &[Checkpoint],
    listener: &mut dyn Listener,
) -> Result<Deep, ActionError> {
    let key = ctx.store.installation_key();
    let mut deep = ctx.store.read(|conn| verify_tables(conn, key, trust, kept, listener))?;
    if deep.log.is_ok() {
        compare_documents(&ctx.vault, |look| ctx.store.read(|conn| look.up(conn, key)), &mut deep, listener)?;
    }
    Ok(deep)
}

/// The same on one connection and a folder, in whatever state they are.
///
/// # Errors
/// As [`verify_deep`].
pub fn verify_deep_on(
    conn: &mut Conn,
    vault: &Vault,
    key: &Key,
    trust: &Trust,
    listener: &mut dyn Listener,
) -> Result<Deep, ActionError> {
    let mut deep = verify_tables(conn, key, trust, &[], listener)?;
    if deep.log.is_ok() {
        compare_documents(vault, |look| look.up(conn, key), &mut deep, listener)?;
    }
    Ok(deep)
}

fn verify_tables(
    conn: &mut Conn,
    key: &Key,
    trust: &Trust,
    kept: &[Checkpoint],
    listener: &mut dyn Listener,
) -> Result<Deep, StoreError> {
    // A head that can't be read is a fault that verifying itself names.
    let of = log::size(conn).ok().and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
    let log = log::verify_telling(conn, key, trust, kept, &mut |done| {
        let done = usize::try_from(done).unwrap_or(usize::MAX);
        listener.comes_on(Progress { what: "entries", done, of: of.max(done) });
    })?;
    let compared = match &log {
        Ok(_) => replay::compare(conn, key, &trust.origin, listener)?,
        Err(fault) => replay::explain(conn, key, fault, listener)?,
    };
    Ok(Deep { log, compared, documents: 0 })
}

/// What is looked up about documents.
enum Look<'a> {
    /// The documents after one: so many.
    After(Option<&'a str>, i64),
    /// Which of these there are.
    Known(&'a [DocumentId]),
}

/// What was found.
enum Seen {
    /// Documents with the keys that open them, where the next begin, and how many there are in all.
    Some(Vec<Kept>, Option<String>, usize),
    /// Those that there are.
    Known(Vec<DocumentId>),
}

impl Look<'_> {
    fn up(self, conn: &mut Conn, key: &Key) -> Result<Seen, StoreError> {
        match self {
            Look::After(after, limit) => {
                let (some, next) = documents::list_kept(conn, key, after, limit)?;
                Ok(Seen::Some(some, next, documents::count(conn)?))
            }
            Look::Known(ids) => Ok(Seen::Known(documents::known(conn, ids)?)),
        }
    }
}

/// Opens and hashes every document that the tables name, and looks for files that they do not.
fn compare_documents(
    vault: &Vault,
    mut look_up: impl FnMut(Look<'_>) -> Result<Seen, StoreError>,
    deep: &mut Deep,
    listener: &mut dyn Listener,
) -> Result<(), ActionError> {
    let note = |deep: &mut Deep, listener: &mut dyn Listener, difference: Difference| {
        deep.compared.differences = deep.compared.differences.saturating_add(1);
        listener.differs(difference);
    };
    let (mut after, mut done) = (None::<String>, 0_usize);
    while let Seen::Some(some, Some(next), of) = look_up(Look::After(after.as_deref(), PIECE))? {
        let mut suspects = Vec::new();
        for kept in &some {
            if compare_document(vault, kept)?.is_some() {
                suspects.push(kept.id);
            }
            done = done.saturating_add(1);
            listener.comes_on(Progress { what: "documents", done, of });
        }
        deep.documents = deep.documents.saturating_add(u64::try_from(some.len()).unwrap_or(u64::MAX));
        // One that was erased between being looked up and being opened is none any more: what is there now counts.
        if !suspects.is_empty()
            && let Seen::Some(now, ..) = look_up(Look::After(after.as_deref(), PIECE.saturating_mul(2)))?
        {
            for kept in now.iter().filter(|kept| suspects.contains(&kept.id)) {
                compare_document(vault, kept)?.into_iter().for_each(|one| note(deep, listener, one));
            }
        }
        after = Some(next);
    }
    let names = vault.names()?;
    for names in names.chunks(usize::try_from(PIECE).unwrap_or(1)) {
        let ids: Vec<DocumentId> = names.iter().filter_map(|name| name.parse().ok()).collect();
        let Seen::Known(known) = look_up(Look::Known(&ids))? else { continue };
        let is_known = |name: &String| known.iter().any(|id| id.to_string() == *name);
        for name in names.iter().filter(|name| !is_known(name)) {
            note(deep, listener, Difference::untold(VAULT, name));
        }
    }
    Ok(())
}

/// What is wrong with the bytes of a document, if something is. Nothing is said where its key is gone: the keys are
/// compared by themselves.
fn compare_document(vault: &Vault, kept: &Kept) -> Result<Option<Difference>, ActionError> {
    let Some(key) = &kept.key else { return Ok(None) };
    let (mut hash, mut size) = (Sha256::new(), 0_u64);
    let read = vault.read(kept.id, key, |piece| {
        size = size.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        hash.update(&piece);
    });
    let row = kept.id.to_string();
    let found = match read {
        Ok(()) => {
            let is = hex::encode(hash.finalize());
            if is == kept.sha256 && size == kept.size {
                return Ok(None);
            }
            format!("{size} bytes with the SHA-256 {is}")
        }
        Err(VaultError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Some(Difference::missing(VAULT, row)));
        }
        Err(VaultError::Io(error)) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            return Err(VaultError::Io(error).into());
        }
        Err(_) => "bytes that do not open".to_owned(),
    };
    let expected = format!("{} bytes with the SHA-256 {}", kept.size, kept.sha256);
    Ok(Some(Difference::column(VAULT, row, "bytes", found, expected)))
}
