//! Finding cases by keys and words. Whoever asks gets only cases they may know of.

use std::collections::BTreeMap;

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::domain::id::CaseId;
use crate::domain::identifier::Sought;
use crate::domain::search::{KeyKind, SoughtWord, WordSource};
use crate::domain::staff::Staff;
use crate::domain::words::UnknownWord;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::queue::known_to;
use crate::store::schema::{cases, search_keys, search_words};
use crate::store::types::{Id, Ts};

/// A case and why it was found.
pub type KeyHit = (CaseId, KeyKind);

/// The words of a case that answered a search, with where they stand.
pub type WordHits = BTreeMap<CaseId, Vec<(WordSource, String)>>;

diesel::alias!(const OWN: Alias<Own> = search_keys as own);

/// Above every letter: where the words that begin alike end.
const END: char = char::MAX;

/// So many places of the only word are looked at one by one: of 100,000 cases, going through them from the latest on
/// finds a page of hits as soon.
const FEW_OF_ONE: i64 = 2_000;
/// The same where other words are asked for too, and together they may be rarer than each alone.
const FEW_OF_MANY: i64 = 20_000;

/// Whether a word stands in a case: a step into an index.
macro_rules! stands {
    ($word:expr) => {
        search_words::table
            .filter(search_words::case_id.eq(cases::id))
            .filter(search_words::word.ge(&$word.text).and(search_words::word.le(last_of($word))))
    };
}

/// Cases with one of these accounts, or this docket, or an officer of this mail address or telephone number; the
/// latest served first.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn by_keys(
    conn: &mut Conn,
    who: &Staff,
    sought: &Sought,
    docket: Option<&str>,
    limit: i64,
) -> Result<Vec<KeyHit>, StoreError> {
    let of = |kind: KeyKind| search_keys::kind.eq(kind.as_str());
    let phones = sought.phones.clone().unwrap_or_else(|| END.to_string());
    let ending_so = search_keys::key.ge(phones.clone()).and(search_keys::key.lt(format!("{phones}{END}")));
    // Each term names a kind and a key or a range of keys, so that each is a step into the index.
    let found = of(KeyKind::Identifier)
        .and(search_keys::key.eq_any(&sought.exact))
        .or(of(KeyKind::Likeness).and(search_keys::key.eq_any(&sought.alike)))
        .or(of(KeyKind::Likeness).and(ending_so.clone()))
        .or(of(KeyKind::Officer).and(search_keys::key.eq_any(&sought.alike)))
        .or(of(KeyKind::Officer).and(ending_so))
        .or(of(KeyKind::Stem).and(search_keys::key.eq_any(&sought.stems)))
        .or(of(KeyKind::Docket).and(search_keys::key.eq(docket.unwrap_or_default())));
    let on = search_keys::case_id.eq(cases::id);
    let query = cases::table.inner_join(search_keys::table.on(on)).filter(found).into_boxed();
    let rows: Vec<(Id, String, Ts)> = known_to!(query, who)
        .select((cases::id, search_keys::kind, cases::received_at))
        .distinct()
        .order((cases::received_at.desc(), cases::id.desc()))
        .limit(limit)
        .load(conn)?;
    rows.into_iter().map(|(id, kind, _)| hit(id, &kind)).collect()
}

/// Cases in which all of these words stand, wherever; the latest opened first, which is the order of their ids.
///
/// Where few cases have the likely rarest word, those are looked at; where many have it, the cases are gone through
/// from the latest on, and soon enough of them are found.
///
/// # Errors
/// When the database fails.
pub fn by_words(conn: &mut Conn, who: &Staff, words: &[SoughtWord], limit: i64) -> Result<Vec<CaseId>, StoreError> {
    let Some(rarest) = likely_rarest(words) else { return Ok(Vec::new()) };
    let few = if words.len() == 1 { FEW_OF_ONE } else { FEW_OF_MANY };
    let standing = || {
        let between = search_words::word.ge(&rarest.text).and(search_words::word.le(last_of(rarest)));
        search_words::table.filter(between).select(search_words::case_id)
    };
    let one_more: Option<Id> = standing().offset(few).first(conn).optional()?;
    let mut query = known_to!(cases::table.into_boxed(), who);
    // Few are put in order here: asked for the latest of them, PostgreSQL goes through all cases in that order.
    query = match one_more {
        None => query.filter(cases::id.eq_any(standing())),
        Some(_) => query.filter(exists(stands!(rarest))).order(cases::id.desc()).limit(limit),
    };
    for word in words.iter().filter(|word| *word != rarest) {
        query = query.filter(exists(stands!(word)));
    }
    let mut ids: Vec<Id> = query.select(cases::id).load(conn)?;
    ids.sort_unstable_by(|one, other| other.cmp(one));
    ids.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(ids.into_iter().map(|id| CaseId(id.0)).collect())
}

/// The word to begin with: a whole one rather than a beginning, one with digits rather than one without, the longest.
fn likely_rarest(words: &[SoughtWord]) -> Option<&SoughtWord> {
    let has_digits = |word: &SoughtWord| word.text.contains(|c: char| c.is_ascii_digit());
    words.iter().max_by_key(|word| (!word.is_beginning, has_digits(word), word.text.chars().count()))
}

/// The last word, in order, that answers.
fn last_of(word: &SoughtWord) -> String {
    if word.is_beginning { format!("{}{END}", word.text) } else { word.text.clone() }
}

/// Where the words that answer a search stand in these cases.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn where_words_stand(conn: &mut Conn, cases: &[CaseId], words: &[SoughtWord]) -> Result<WordHits, StoreError> {
    let ids: Vec<Id> = cases.iter().map(|id| Id(id.0)).collect();
    let first = words.iter().map(|word| word.text.as_str()).min().unwrap_or_default();
    let last = words.iter().map(last_of).max().unwrap_or_default();
    let between = search_words::word.ge(first).and(search_words::word.le(last));
    let rows: Vec<(Id, String, String)> = search_words::table
        .filter(search_words::case_id.eq_any(ids).and(between))
        .select((search_words::case_id, search_words::source, search_words::word))
        .load(conn)?;
    let mut hits = WordHits::new();
    for (id, source, word) in rows.into_iter().filter(|(.., word)| words.iter().any(|sought| sought.fits(word))) {
        let source = source.parse().map_err(|e: UnknownWord| StoreError::corrupt("search_words", id.0, e))?;
        hits.entry(CaseId(id.0)).or_default().push((source, word));
    }
    Ok(hits)
}

/// Cases that share a key with a case, each kind of key once; the latest served first.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn related(conn: &mut Conn, who: &Staff, case: CaseId, limit: i64) -> Result<Vec<KeyHit>, StoreError> {
    let own = OWN;
    let of = |kind: KeyKind| search_keys::kind.eq(kind.as_str());
    let own_of = |kind: KeyKind| own.field(search_keys::kind).eq(kind.as_str());
    // A gamertag with a number is like the same without any, and not like one with another number.
    let same_kind =
        own.field(search_keys::kind).eq(search_keys::kind).and(search_keys::kind.ne(KeyKind::Stem.as_str()));
    let with_and_without =
        own_of(KeyKind::Likeness).and(of(KeyKind::Stem)).or(own_of(KeyKind::Stem).and(of(KeyKind::Likeness)));
    let shared = own.field(search_keys::key).eq(search_keys::key).and(same_kind.or(with_and_without));
    let query = cases::table
        .inner_join(search_keys::table.on(search_keys::case_id.eq(cases::id)))
        .inner_join(own.on(shared))
        .filter(own.field(search_keys::case_id).eq(Id(case.0)))
        .filter(cases::id.ne(Id(case.0)))
        .into_boxed();
    let rows: Vec<(Id, String, Ts)> = known_to!(query, who)
        .select((cases::id, search_keys::kind, cases::received_at))
        .distinct()
        .order((cases::received_at.desc(), cases::id.desc()))
        .limit(limit)
        .load(conn)?;
    rows.into_iter().map(|(id, kind, _)| hit(id, &kind)).collect()
}

/// References of cases with a document of these bytes, the latest served first.
///
/// # Errors
/// When the database fails.
pub fn by_document(conn: &mut Conn, who: &Staff, sha256: &[String], limit: i64) -> Result<Vec<String>, StoreError> {
    let on = search_keys::case_id.eq(cases::id);
    let query = cases::table.inner_join(search_keys::table.on(on)).into_boxed();
    let rows: Vec<(String, Ts)> = known_to!(query, who)
        .filter(search_keys::kind.eq(KeyKind::Document.as_str()).and(search_keys::key.eq_any(sha256)))
        .select((cases::reference, cases::received_at))
        .distinct()
        .order((cases::received_at.desc(), cases::reference.desc()))
        .limit(limit)
        .load(conn)?;
    Ok(rows.into_iter().map(|(reference, _)| reference).collect())
}

fn hit(id: Id, kind: &str) -> Result<KeyHit, StoreError> {
    let kind = kind.parse().map_err(|e: UnknownWord| StoreError::corrupt("search_keys", id.0, e))?;
    Ok((CaseId(id.0), kind))
}
