//! What must be true of a register whenever it is looked at, whatever happened to the programs around it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use writ::domain::case::CaseReference;
use writ::domain::event::Event;
use writ::domain::id::{CaseId, DocumentId};
use writ::store::keys::{self, KeyOwner};
use writ::store::log::{self, CaseEvent, LogFilter};
use writ::store::{StoreError, cases, documents};

use super::office::Told;
use crate::support::world::World;

/// Looks at everything that came since the last look, and at what clients were told since.
pub struct Look {
    /// The first entry not looked at yet.
    from: i64,
    /// Documents opened so far.
    pub documents: usize,
}

impl Look {
    pub fn new() -> Look {
        Look { from: 0, documents: 0 }
    }

    pub fn at(&mut self, world: &World, told: &[Told]) {
        world.verified();
        let filter = LogFilter { after: Some(self.from - 1), is_oldest_first: true, ..LogFilter::default() };
        let rows = world.read(|conn| log::list_entries(conn, &filter, 1_000_000));
        let touched: BTreeSet<CaseId> =
            rows.iter().filter_map(|row| row.case_key.as_deref()?.parse().ok()).map(CaseId).collect();
        for id in touched {
            each_row_of_a_case_has_its_entry_and_each_entry_its_row(world, id);
        }
        self.every_document_opens_whole(world);
        no_mail_stands_twice_and_each_sent_one_has_its_entry(world);
        all_that_was_told_is_there(world, told);
        self.from = rows.last().map_or(self.from, |row| row.seq + 1);
    }

    /// The bytes of every document row are in the vault, with the size and hash that the row says.
    fn every_document_opens_whole(&mut self, world: &World) {
        let sql = format!("SELECT CAST(id AS text) AS value FROM documents WHERE seq >= {}", self.from);
        for id in world.raw().values(&sql) {
            let id = DocumentId(id.parse().unwrap());
            let (document, _) = world.read(|conn| documents::find(conn, id)).unwrap();
            let owner = KeyOwner::Case(document.case).to_string();
            let installation = world.ctx.store.installation_key();
            let key = world.read(|conn| keys::find(conn, installation, &owner)).unwrap();
            let (mut hash, mut size) = (Sha256::new(), 0);
            let read = world.ctx.vault.read(id, &key, |piece| {
                hash.update(&piece);
                size += piece.len();
            });
            read.unwrap_or_else(|why| panic!("document {id}, which a row names, can't be opened: {why}"));
            assert_eq!((hex::encode(hash.finalize()), size as u64), (document.sha256, document.size), "{id}");
            self.documents += 1;
        }
    }
}

/// The events of a case fold to its rows, and what stands beside it (documents, comments) is what the log has.
fn each_row_of_a_case_has_its_entry_and_each_entry_its_row(world: &World, id: CaseId) {
    let events = events_of(world, id);
    let is_opened = events.iter().any(|event| event.kind == "case.opened");
    let case = match world.ctx.store.read(|conn| cases::get(conn, id)) {
        Ok(case) => case,
        Err(StoreError::Down(_)) if !is_opened => return,
        Err(why) => panic!("{id}: {why}"),
    };
    assert!(is_opened, "{} has a row and no opening", case.reference);
    world.replays(&case);
    let comments: BTreeSet<String> = events
        .iter()
        .filter_map(|event| match &event.event {
            Some(Event::CommentAdded { comment }) => Some(comment.id.to_string()),
            _ => None,
        })
        .collect();
    let mut raw = world.raw();
    let of_case = raw.id(id);
    let sql = format!("SELECT CAST(id AS text) AS value FROM comments WHERE case_id = {of_case}");
    let rows: BTreeSet<String> = raw.values(&sql).into_iter().collect();
    assert_eq!(rows, comments, "comments on {}", case.reference);
}

fn no_mail_stands_twice_and_each_sent_one_has_its_entry(world: &World) {
    let twice = "SELECT once AS value FROM outbox GROUP BY once HAVING count(*) > 1";
    assert_eq!(world.raw().values(twice), Vec::<String>::new(), "mails on the same occasion");
    // One statement, so that the jobs of a running server can't come between.
    let gap = "SELECT CAST((SELECT count(*) FROM log_entry WHERE kind = 'mail.sent') - \
               (SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL) AS text) AS value";
    assert_eq!(world.raw().values(gap), ["0"], "sent mails and their entries");
}

/// What a client was answered with a yes is in the tables and in the log, as the act of whoever did it.
fn all_that_was_told_is_there(world: &World, told: &[Told]) {
    let mut known: BTreeMap<String, Vec<CaseEvent>> = BTreeMap::new();
    let mut raw = world.raw();
    for one in told {
        if let Told::File { sha256, size } = one {
            let sql = format!("SELECT CAST(size AS text) AS value FROM documents WHERE sha256 = '{sha256}'");
            assert_eq!(raw.values(&sql), [size.to_string()], "{one:?} is missing");
            continue;
        }
        let (Told::Act { case, .. } | Told::Comment { case, .. }) = one else { continue };
        let events = known.entry(case.clone()).or_insert_with(|| {
            let reference = CaseReference::parse(case).unwrap();
            let found = world.read(|conn| cases::find_by_reference(conn, &reference));
            events_of(world, found.unwrap_or_else(|| panic!("{case} is missing")).id)
        });
        match one {
            Told::Act { version, kind, by, .. } => {
                let is_act = |event: &Event| event.changes_case() && event.moves_version();
                let mut changes = events.iter().filter(|e| e.event.as_ref().is_some_and(is_act));
                let act = changes.nth(usize::try_from(*version).unwrap() - 1);
                let act = act.unwrap_or_else(|| panic!("{one:?} is missing"));
                assert_eq!((act.kind.as_str(), act.actor.clone()), (*kind, format!("staff:{by}")), "{one:?}");
            }
            Told::Comment { text, .. } => {
                let said = |e: &&CaseEvent| match &e.event {
                    Some(Event::CommentAdded { comment }) => comment.text.to_string() == *text,
                    _ => false,
                };
                assert_eq!(events.iter().filter(said).count(), 1, "{one:?}");
            }
            Told::File { .. } => {}
        }
    }
}

fn events_of(world: &World, id: CaseId) -> Vec<CaseEvent> {
    let key = world.ctx.store.installation_key();
    world.read(|conn| log::case_events(conn, key, id))
}
