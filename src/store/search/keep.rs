//! Keeping words and keys of a case: only what changed is written.

use std::collections::{BTreeMap, BTreeSet};

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::audit::difference::Told;
use crate::domain::agency::{Agency, Officer};
use crate::domain::case::Case;
use crate::domain::comment::Comment;
use crate::domain::event::Event;
use crate::domain::id::CaseId;
use crate::domain::search::{Key, KeyKind, WordSource, keys_of, words, words_of};
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::replay::cells_of;
use crate::store::schema::{cases, search_keys, search_words};
use crate::store::transaction::Tx;
use crate::store::types::Id;
use crate::store::{cases as case_rows, dialect, directory, links, on_backend};

/// Rows of one statement; SQLite takes 32,766 values.
const BATCH: usize = 1_000;

type Words = BTreeSet<(WordSource, String)>;

/// The words and keys of cases that have none yet, on their way into the tables together.
#[derive(Default)]
pub struct FreshIndex {
    words: Vec<WordRow>,
    keys: Vec<KeyRow>,
}

#[derive(Insertable)]
#[diesel(table_name = search_words)]
struct WordRow {
    word: String,
    case_id: Id,
    source: String,
}

#[derive(Insertable)]
#[diesel(table_name = search_keys)]
struct KeyRow {
    kind: String,
    key: String,
    case_id: Id,
}

impl FreshIndex {
    /// Takes in a case with its directory entries and comments.
    pub fn add(&mut self, case: &Case, agency: &Agency, officer: Option<&Officer>, comments: &[&Comment]) {
        let case_id = Id(case.id.0);
        let mut found = flat(words_of(case, Some(agency), officer));
        let said = comments.iter().flat_map(|comment| words(comment.text.as_str()));
        found.extend(said.map(|word| (WordSource::Comment, word)));
        let word = |(source, word): (WordSource, String)| WordRow { word, case_id, source: source.as_str().to_owned() };
        self.words.extend(found.into_iter().map(word));
        let key = |(kind, key): Key| KeyRow { kind: kind.as_str().to_owned(), key, case_id };
        self.keys.extend(keys_of(case, officer).into_iter().map(key));
    }

    /// What was taken in, row by row with its table.
    pub fn rows(&self) -> Vec<(&'static str, Told)> {
        let words = self.words.iter().map(|row| ("search_words", row.cells()));
        words.chain(self.keys.iter().map(|row| ("search_keys", row.cells()))).collect()
    }

    /// Inserts what was taken in.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert(self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        for rows in self.words.chunks(BATCH) {
            on_backend!(&mut *tx.conn, |c| diesel::insert_into(search_words::table).values(rows).execute(c))?;
        }
        for rows in self.keys.chunks(BATCH) {
            on_backend!(&mut *tx.conn, |c| diesel::insert_into(search_keys::table).values(rows).execute(c))?;
        }
        Ok(())
    }
}

/// Brings words and keys of a case up to what an event made of it.
///
/// # Errors
/// When the database fails.
pub fn index(conn: &mut Conn, case: &Case, event: &Event) -> Result<(), StoreError> {
    match event {
        Event::CaseAssigned { .. } | Event::CaseAssessed { .. } | Event::DecisionApproved { .. } => Ok(()),
        Event::CaseOpened(_) | Event::CaseAmended { .. } => index_whole(conn, case),
        _ => {
            let own = |source: &WordSource| !matches!(source, WordSource::Agency | WordSource::Officer);
            let found = flat(words_of(case, None, None));
            keep_words(conn, case.id, &|source| source != WordSource::Comment && own(&source), found)?;
            keep_keys(conn, case.id, &|kind| kind != KeyKind::Officer, keys_of(case, None))
        }
    }
}

fn index_whole(conn: &mut Conn, case: &Case) -> Result<(), StoreError> {
    let requester = &case.paper.requester;
    let agency: Option<Agency> = directory::find_agency(conn, requester.agency)?;
    let officer: Option<Officer> = match requester.officer {
        Some(officer) => directory::find_officer(conn, officer)?,
        None => None,
    };
    let found = flat(words_of(case, agency.as_ref(), officer.as_ref()));
    keep_words(conn, case.id, &|source| source != WordSource::Comment, found)?;
    keep_keys(conn, case.id, &|_| true, keys_of(case, officer.as_ref()))
}

/// Adds the words of a comment, which never goes away.
///
/// # Errors
/// When the database fails.
pub fn index_comment(conn: &mut Conn, comment: &Comment) -> Result<(), StoreError> {
    let found: Words = words(comment.text.as_str()).into_iter().map(|word| (WordSource::Comment, word)).collect();
    let known = known_words(conn, comment.case)?;
    keep_words(conn, comment.case, &|_| false, found.difference(&known).cloned().collect())
}

/// Indexes cases that were opened before there was an index, in commits of a hundred. Returns how many.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn fill(conn: &mut Conn) -> Result<usize, StoreError> {
    let (mut filled, mut after): (usize, Option<Id>) = (0, None);
    loop {
        let known = search_words::table.filter(search_words::case_id.eq(cases::id));
        let mut missing = cases::table.filter(not(exists(known))).into_boxed();
        if let Some(last) = after {
            missing = missing.filter(cases::id.gt(last));
        }
        let missing: Vec<Id> = missing.order(cases::id.asc()).select(cases::id).limit(100).load(conn)?;
        let Some(last) = missing.last() else { return Ok(filled) };
        after = Some(*last);
        dialect::begin_write(conn)?;
        for id in &missing {
            if let Err(error) = fill_one(conn, CaseId(id.0)) {
                dialect::rollback(conn)?;
                return Err(error);
            }
        }
        dialect::commit(conn)?;
        filled = filled.saturating_add(missing.len());
    }
}

fn fill_one(conn: &mut Conn, id: CaseId) -> Result<(), StoreError> {
    let case = case_rows::get(conn, id)?;
    index_whole(conn, &case)?;
    links::comments_of(conn, id)?.iter().try_for_each(|comment| index_comment(conn, comment))
}

fn flat(words: BTreeMap<WordSource, BTreeSet<String>>) -> Words {
    words.into_iter().flat_map(|(source, words)| words.into_iter().map(move |word| (source, word))).collect()
}

fn known_words(conn: &mut Conn, case: CaseId) -> Result<Words, StoreError> {
    let rows: Vec<(String, String)> = search_words::table
        .filter(search_words::case_id.eq(Id(case.0)))
        .select((search_words::source, search_words::word))
        .load(conn)?;
    let read = |(source, word): (String, String)| {
        let source = source
            .parse()
            .map_err(|e: crate::domain::words::UnknownWord| StoreError::corrupt("search_words", case, e))?;
        Ok((source, word))
    };
    rows.into_iter().map(read).collect()
}

/// Makes the words of a case these, as far as their sources are `concerned`.
fn keep_words(
    conn: &mut Conn,
    case: CaseId,
    concerned: &dyn Fn(WordSource) -> bool,
    found: Words,
) -> Result<(), StoreError> {
    let (id, known) = (Id(case.0), known_words(conn, case)?);
    for (source, word) in known.iter().filter(|(source, _)| concerned(*source)).filter(|word| !found.contains(word)) {
        diesel::delete(search_words::table.find((word, id, source.as_str()))).execute(conn)?;
    }
    let new: Vec<_> = found
        .difference(&known)
        .map(|(source, word)| {
            (search_words::word.eq(word), search_words::case_id.eq(id), search_words::source.eq(source.as_str()))
        })
        .collect();
    for rows in new.chunks(BATCH) {
        on_backend!(&mut *conn, |c| diesel::insert_into(search_words::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// Makes the keys of a case these, as far as their kinds are `concerned`.
fn keep_keys(
    conn: &mut Conn,
    case: CaseId,
    concerned: &dyn Fn(KeyKind) -> bool,
    found: BTreeSet<Key>,
) -> Result<(), StoreError> {
    let id = Id(case.0);
    let rows: Vec<(String, String)> = search_keys::table
        .filter(search_keys::case_id.eq(id))
        .select((search_keys::kind, search_keys::key))
        .load(conn)?;
    let read = |(kind, key): (String, String)| {
        let kind =
            kind.parse().map_err(|e: crate::domain::words::UnknownWord| StoreError::corrupt("search_keys", case, e))?;
        Ok((kind, key))
    };
    let known = rows.into_iter().map(read).collect::<Result<BTreeSet<Key>, StoreError>>()?;
    for (kind, key) in known.iter().filter(|(kind, _)| concerned(*kind)).filter(|key| !found.contains(key)) {
        diesel::delete(search_keys::table.find((kind.as_str(), key, id))).execute(conn)?;
    }
    let new: Vec<_> = found
        .difference(&known)
        .map(|(kind, key)| (search_keys::kind.eq(kind.as_str()), search_keys::key.eq(key), search_keys::case_id.eq(id)))
        .collect();
    for rows in new.chunks(BATCH) {
        on_backend!(&mut *conn, |c| diesel::insert_into(search_keys::table).values(rows).execute(c))?;
    }
    Ok(())
}

cells_of!(WordRow { word, case_id, source });
cells_of!(KeyRow { kind, key, case_id });
