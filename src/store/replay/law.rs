//! Rulebooks and the texts of the law: the log names a rulebook by its hash, which is over the hashes of its texts. So no
//! text can be another.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::cells::{Span, each};
use super::register::RegisterTold;
use super::tables::table;
use super::{Journal, moment};
use crate::audit::difference::{Difference, Found};
use crate::domain::time::Instant;
use crate::store::conn::Conn;
use crate::store::error::StoreError;

const TEXTS: &str = "law_texts";
const RULEBOOKS: &str = "rulebooks";

/// A row of `rulebooks` as it was found.
struct Book {
    facts: String,
    /// File and hash of each pack.
    packs: Vec<(String, String)>,
    packs_text: String,
    kept_at: String,
}

/// Compares rulebooks and texts with what the log names.
///
/// # Errors
/// When the database fails.
pub(super) fn compare(conn: &mut Conn, register: &RegisterTold, journal: &mut Journal<'_>) -> Result<(), StoreError> {
    let (Some(texts), Some(rulebooks)) = (table(TEXTS), table(RULEBOOKS)) else { return Ok(()) };
    let mut books: BTreeMap<String, Book> = BTreeMap::new();
    each(conn, rulebooks, Span::All, |sha256, row| {
        journal.count(RULEBOOKS, 1);
        if !register.rulebooks.contains_key(&sha256) {
            journal.note(Difference::untold(RULEBOOKS, sha256));
            return Ok(());
        }
        let packs_text = value(&row, "packs");
        let packs = serde_json::from_str(&packs_text).unwrap_or_default();
        let book = Book { facts: value(&row, "facts"), packs, packs_text, kept_at: value(&row, "kept_at") };
        books.insert(sha256, book);
        Ok(())
    })?;
    let since = since_when(register, &books);
    let (mut names, mut found) = (BTreeMap::new(), BTreeSet::new());
    each(conn, texts, Span::All, |sha256, row| {
        journal.count(TEXTS, 1);
        let (text, kept_at) = (value(&row, "text"), value(&row, "kept_at"));
        let is = hex::encode(Sha256::digest(text.as_bytes()));
        if is != sha256 {
            let (found, expected) = (format!("a text with the SHA-256 {is}"), format!("one with {sha256}"));
            journal.note(Difference::column(TEXTS, &sha256, "text", found, expected));
        }
        match since.get(sha256.as_str()) {
            None => journal.note(Difference::untold(TEXTS, &sha256)),
            Some(since) if kept_at != moment(*since) => {
                journal.note(Difference::column(TEXTS, &sha256, "kept_at", kept_at, moment(*since)));
            }
            Some(_) => {}
        }
        names.insert(sha256.clone(), name_of(&text));
        found.insert(sha256);
        Ok(())
    })?;
    for sha256 in since.keys().filter(|sha256| !found.contains(**sha256)) {
        journal.note(Difference::missing(TEXTS, *sha256));
    }
    for (sha256, (since, files)) in &register.rulebooks {
        match books.get(sha256) {
            None => journal.note(Difference::missing(RULEBOOKS, sha256)),
            Some(book) => compare_book(sha256, book, (*since, files.as_deref()), &names, journal),
        }
    }
    Ok(())
}

/// Since when each text is kept: with the first rulebook that it is part of.
fn since_when<'b>(register: &RegisterTold, books: &'b BTreeMap<String, Book>) -> BTreeMap<&'b str, Instant> {
    let mut since: BTreeMap<&str, Instant> = BTreeMap::new();
    for (sha256, book) in books {
        let Some((at, _)) = register.rulebooks.get(sha256) else { continue };
        for text in book.packs.iter().map(|(_, hash)| hash).chain([&book.facts]) {
            let known = since.entry(text).or_insert(*at);
            *known = (*known).min(*at);
        }
    }
    since
}

fn compare_book(
    sha256: &str,
    book: &Book,
    (since, files): (Instant, Option<&[String]>),
    names: &BTreeMap<String, String>,
    journal: &mut Journal<'_>,
) {
    let name = |hash: &str| names.get(hash).map(String::as_str).unwrap_or_default();
    let lines = book.packs.iter().map(|(_, hash)| format!("pack {} {hash}\n", name(hash)));
    let all: String = std::iter::once(format!("facts {}\n", book.facts)).chain(lines).collect();
    let is = hex::encode(Sha256::digest(all.as_bytes()));
    if is != sha256 {
        let (found, expected) = (format!("texts with the hash {is} together"), format!("texts with {sha256}"));
        journal.note(Difference::column(RULEBOOKS, sha256, "facts, packs", found, expected));
        return;
    }
    if book.kept_at != moment(since) {
        journal.note(Difference::column(RULEBOOKS, sha256, "kept_at", book.kept_at.clone(), moment(since)));
    }
    let told = |files: &[String]| {
        let packs: Vec<(&String, &String)> = files.iter().zip(book.packs.iter().map(|(_, hash)| hash)).collect();
        serde_json::to_string(&packs).unwrap_or_default()
    };
    // Where the log does not tell the files' names, they must at least be written as ever.
    let written: Vec<String> = book.packs.iter().map(|(file, _)| file.clone()).collect();
    let expected = told(files.unwrap_or(&written));
    if book.packs_text != expected {
        journal.note(Difference::column(RULEBOOKS, sha256, "packs", book.packs_text.clone(), expected));
    }
}

fn value(row: &Found, column: &str) -> String {
    row.iter().find(|(name, _)| *name == column).and_then(|(_, value)| value.clone()).unwrap_or_default()
}

/// The name that a pack's text gives itself: a line before all tables.
fn name_of(text: &str) -> String {
    let head = text.lines().map(str::trim).take_while(|line| !line.starts_with('['));
    let named = head.filter_map(|line| line.strip_prefix("pack")?.trim_start().strip_prefix('='));
    let quoted = |value: &str| {
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        value.get(1..)?.split(quote).next().map(str::to_owned)
    };
    named.map(str::trim).find_map(quoted).unwrap_or_default()
}
