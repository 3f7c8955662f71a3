//! Take a whole case away: what is known of it, its documents, and its part of the log with the proofs, in one archive.

use std::io::{self, Write};

use super::export_bundle::{Announced, begin_bundle, go_on};
use super::on_case::{OnCase, beside, check};
use super::rotate_log_key::{in_force, public_keys};
use super::sign_in::SteppedUp;
use super::view_case::{CaseView, comment};
use super::{ActionError, Ctx, SignedIn, announce};
use crate::archive::{Archive, safe_name};
use crate::audit::TrustedKey;
use crate::audit::bundle::Payloads;
use crate::domain::case::{Case, CaseReference};
use crate::domain::document::Document;
use crate::domain::event::Event;
use crate::domain::id::{DocumentId, StaffId};
use crate::domain::mail::MailKind;
use crate::domain::staff::Verb;
use crate::domain::stage::Compartment;
use crate::domain::text::Prose;
use crate::domain::time::Instant;
use crate::seal::Key;
use crate::store::cases::Details;
use crate::store::keys::{self, KeyOwner};
use crate::store::log::Part;
use crate::store::second_admin::{self, NamesAndWatches};
use crate::store::{About, Conn, StoreError, Stored, Tx, cases, links, log};
use crate::vault::VaultError;

/// What an archive of a case would hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// How many documents.
    pub documents: usize,
    /// Their bytes in all.
    pub size: u64,
    /// Whether the case is of the closed compartment: its entries are sealed also in the archive.
    pub is_sealed: bool,
}

/// A case that is taken away: the log says so already, and a checkpoint covers that.
pub struct TakenCase {
    /// The case as it stood, nothing sealed.
    pub view: CaseView,
    /// Its documents, each with its name in the archive.
    pub documents: Vec<(String, Document)>,
    /// By whom.
    pub by: StaffId,
    /// When.
    pub at: Instant,
    /// What for.
    pub because: Prose,
    /// The number of the entry that says so.
    pub seq: i64,
    /// How many entries the log had, this act included.
    pub size: u64,
    /// The checkpoint over them.
    pub note: String,
    /// The log's public keys, oldest first.
    pub keys: Vec<TrustedKey>,
    /// How the log names the case.
    names: Vec<String>,
    /// What opens the documents; none where they were erased.
    key: Option<Key>,
}

/// Why an archive broke off. Whoever has got half of it has no list of its files, so that it does not look whole.
#[derive(Debug, thiserror::Error)]
pub enum BrokenOff {
    /// It can't be sent on.
    #[error("it can't be sent on: {0}")]
    Sending(#[from] io::Error),
    /// A document can't be opened.
    #[error("document {0} can't be read: {1}")]
    Document(DocumentId, VaultError),
    /// A document's bytes are others than those that arrived.
    #[error("document {0} has other bytes than those that arrived")]
    Changed(DocumentId),
    /// Something was erased meanwhile.
    #[error("something was erased while the archive was made")]
    Erased,
    /// The register failed.
    #[error(transparent)]
    Register(#[from] ActionError),
}

/// For somebody who is about to take a case away: how much it would be.
///
/// # Errors
/// [`ActionError::NotFound`] without such a case; a refusal for people who may not (in the log).
pub fn view_to_take(ctx: &Ctx, who: &SignedIn, reference: &CaseReference) -> Result<Offer, ActionError> {
    let case = ctx.store.read(|conn| cases::find_by_reference(conn, reference))?.ok_or(ActionError::NotFound)?;
    check(ctx, who, &case, Verb::TakeArchive)?;
    Ok(Offer {
        documents: case.documents.len(),
        size: sum(&case.documents),
        is_sealed: case.compartment == Compartment::NationalSecurity,
    })
}

/// Says in the log of a case that somebody takes it away, signs a checkpoint that covers this, and reads what the archive is
/// made from. Needs the password given again. Whoever answers for the case is told by mail.
///
/// # Errors
/// [`ActionError::NotFound`] without such a case; a refusal for people who may not (in the log).
pub fn take_case(
    ctx: &Ctx,
    who: &SignedIn,
    reference: &CaseReference,
    because: Prose,
    _fresh: SteppedUp,
) -> Result<TakenCase, ActionError> {
    let (identity, installation) = (ctx.log.clone(), ctx.store.installation_key().clone());
    let on = OnCase { reference: reference.clone(), version: None };
    let mut taken = beside(ctx, who, &on, Verb::TakeArchive, move |case, acting, tx| {
        let (id, about) = (case.id, case.about());
        let view = whole(tx, &installation, &case.reference)?;
        let key = keys::find(tx.conn(), &installation, &KeyOwner::Case(id).to_string())?;
        let documents = if key.is_some() { view.case.documents.clone() } else { Vec::new() };
        let names = names(tx.conn(), &installation, &case)?;
        let count = u64::try_from(documents.len()).unwrap_or(u64::MAX);
        let event = Event::ArchiveExported { count, size: sum(&documents), because: because.clone() };
        let seq = tx.record(&event, about)?;
        let size = tx.log_size().saturating_add(1);
        let signing = in_force(tx.conn(), &identity)?;
        tx.record(&Event::CheckpointSigned { size }, About::Register)?;
        let note = log::checkpoint(tx, &identity.origin, &signing)?;
        announce::to_whoever_answers(tx, id, MailKind::ArchiveTaken, seq)?;
        let (by, at, keys) = (acting.who.id, acting.now, Vec::new());
        let documents = named(documents);
        Ok(TakenCase { view, documents, by, at, because, seq, size, note, keys, names, key })
    })?;
    taken.keys = public_keys(ctx)?;
    Ok(taken)
}

/// Writes the archive: these texts, the documents, and what proves the log.
///
/// # Errors
/// [`BrokenOff`].
pub fn write_archive(ctx: &Ctx, taken: &TakenCase, texts: &[(&str, String)], out: impl Write) -> Result<(), BrokenOff> {
    let folder = format!("case-{}", taken.view.case.reference);
    let mut archive = Archive::begin(out, &folder, taken.at.as_datetime());
    let mut put = |name: &str, text: &str| archive.put::<BrokenOff>(name, |out| Ok(out.write_all(text.as_bytes())?));
    for (name, text) in texts {
        put(name, text)?;
    }
    put("log.pub", &taken.keys.iter().map(|key| format!("{key}\n")).collect::<String>())?;
    put("checkpoint.txt", &taken.note)?;
    for (name, document) in &taken.documents {
        let sha256 = archive.put(name, |out| write_document(ctx, taken, document, out))?;
        if sha256 != document.sha256 {
            return Err(BrokenOff::Changed(document.id));
        }
    }
    archive.put("entries.writ-bundle", |out| write_bundle(ctx, taken, out))?;
    // What was read one piece after the other holds together only if nothing was taken out meanwhile.
    if ctx.store.read(|conn| log::is_erased_since(conn, taken.size)).map_err(ActionError::from)? {
        return Err(BrokenOff::Erased);
    }
    Ok(archive.finish()?)
}

fn write_document(ctx: &Ctx, taken: &TakenCase, document: &Document, out: &mut dyn Write) -> Result<(), BrokenOff> {
    let Some(key) = &taken.key else { return Err(BrokenOff::Erased) };
    let mut sent = Ok(());
    let take = |piece: Vec<u8>| {
        if sent.is_ok() {
            sent = out.write_all(&piece);
        }
    };
    ctx.vault.read(document.id, key, take).map_err(|error| BrokenOff::Document(document.id, error))?;
    Ok(sent?)
}

fn write_bundle(ctx: &Ctx, taken: &TakenCase, out: &mut dyn Write) -> Result<(), BrokenOff> {
    let part = Announced { part: Part::OfCase(taken.names.clone()), payloads: Payloads::All };
    let mut bundle = begin_bundle(ctx, &part)?;
    while let Some(bytes) = go_on(ctx, &mut bundle)? {
        out.write_all(&bytes)?;
    }
    Ok(())
}

/// The case with all that stands beside it.
fn whole(tx: &mut Tx<'_>, installation: &Key, reference: &CaseReference) -> Result<CaseView, ActionError> {
    let found = cases::find_with_log(tx.conn(), installation, reference)?.ok_or(ActionError::NotFound)?;
    let (Details { case, agency, officer, comments: comment_count }, log) = found;
    let NamesAndWatches { names, watches } = second_admin::names_and_watches(tx.conn())?;
    Ok(CaseView {
        links: links::of_case(tx.conn(), case.id)?,
        comments: log.iter().filter_map(comment).collect(),
        same_document: Vec::new(),
        is_sealed: false,
        case,
        agency,
        officer,
        names,
        watches,
        log,
        comment_count,
    })
}

/// How the log names a case: by its id, and where it is of the closed compartment by a pseudonym from its opening on.
fn names(conn: &mut Conn, installation: &Key, case: &Case) -> Result<Vec<String>, StoreError> {
    let (id, name) = (case.id.to_string(), log::case_key(conn, installation, case.id, case.compartment)?);
    Ok(if name == id { vec![id] } else { vec![id, name] })
}

fn named(documents: Vec<Document>) -> Vec<(String, Document)> {
    let name = |(at, document): (usize, Document)| {
        let name = safe_name(at.saturating_add(1), document.file_name.as_str());
        (format!("documents/{name}"), document)
    };
    documents.into_iter().enumerate().map(name).collect()
}

fn sum(documents: &[Document]) -> u64 {
    documents.iter().map(|document| document.size).fold(0, u64::saturating_add)
}
