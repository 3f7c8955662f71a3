//! Search the register. The words are personal: they stand sealed in the log and on a slip, never in an address.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{ActionError, Ctx, SignedIn, slips};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, StaffId};
use crate::domain::identifier::sought;
use crate::domain::search::{KeyKind, SoughtWord, WordSource, docket_key, sought_words};
use crate::domain::staff::{Staff, Verb, may};
use crate::domain::stage::Compartment;
use crate::domain::text::Line;
use crate::store::queue::CaseLine;
use crate::store::search::WordHits;
use crate::store::{About, Conn, StoreError, queue, search, staff};

/// What a search found, each case once, under the strongest reason.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// By an account named exactly so.
    pub exact: Vec<Hit>,
    /// By an account under another spelling: to be looked at.
    pub alike: Vec<Hit>,
    /// By docket.
    pub dockets: Vec<Hit>,
    /// By agency or officer.
    pub requesters: Vec<Hit>,
    /// By words, wherever they stand.
    pub words: Vec<Hit>,
    /// Whether there are more than are shown.
    pub is_cut: bool,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
}

/// A case that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The case.
    pub line: CaseLine,
    /// What found it, in words.
    pub because: Vec<&'static str>,
}

/// How many cases a search shows at most.
pub const MOST: usize = 50;
/// One case can be found by several kinds of key.
const MOST_KEYS: i64 = 200;

/// Searches, with one entry in the log. The slip shows the same search again, for an hour.
///
/// # Errors
/// A refusal for people who may not search (in the log).
pub fn search_register(ctx: &Ctx, who: &SignedIn, words: Line) -> Result<Uuid, ActionError> {
    may_search(ctx, who)?;
    let found = look(ctx, &who.staff, &words)?;
    // Read by people who may not know of national-security cases, so those are not counted.
    let told = found.all().filter(|hit| hit.line.compartment != Compartment::NationalSecurity).count();
    let slip = slips::keep(ctx, who, &words)?;
    let event = Event::RegisterSearched { words, hits: u32::try_from(told).unwrap_or(u32::MAX) };
    ctx.write(&who.staff, move |tx| Ok(tx.record(&event, About::Register)?))?;
    Ok(slip)
}

/// Asks whether this person may search; a refusal goes to the log.
///
/// # Errors
/// The refusal.
pub fn may_search(ctx: &Ctx, who: &SignedIn) -> Result<(), ActionError> {
    match may(&who.staff, Verb::Search, None) {
        Ok(()) => Ok(()),
        Err(refusal) => ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::Search))),
    }
}

/// Shows a search of this person once more; none when its slip is over.
///
/// # Errors
/// A refusal for people who may not search (in the log).
pub fn search_again(ctx: &Ctx, who: &SignedIn, slip: Uuid) -> Result<Option<(Line, Found)>, ActionError> {
    may_search(ctx, who)?;
    let Some(words) = slips::find::<Line>(ctx, who, slip)? else { return Ok(None) };
    let found = look(ctx, &who.staff, &words)?;
    Ok(Some((words, found)))
}

impl Found {
    /// All that was found.
    pub fn all(&self) -> impl Iterator<Item = &Hit> {
        [&self.exact, &self.alike, &self.dockets, &self.requesters, &self.words].into_iter().flatten()
    }
}

/// Five statements at most.
fn look(ctx: &Ctx, who: &Staff, words: &Line) -> Result<Found, ActionError> {
    let region = ctx.provider.country.as_str();
    let (accounts, docket) = (sought(words.as_str(), Some(region)), docket_key(words.as_str()));
    let sought = sought_words(words.as_str());
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let found = ctx.store.read(|conn: &mut Conn| {
        let keys = search::by_keys(conn, who, &accounts, docket.as_deref(), MOST_KEYS)?;
        let by_words = search::by_words(conn, who, &sought, most.saturating_add(1))?;
        let hits =
            if by_words.is_empty() { WordHits::new() } else { search::where_words_stand(conn, &by_words, &sought)? };
        let by_key = strongest(&keys);
        let all: BTreeSet<CaseId> = by_key.keys().chain(&by_words).copied().collect();
        let all: Vec<CaseId> = all.into_iter().collect();
        let lines = queue::lines_of(conn, who, &all)?;
        let names = staff::names(conn)?;
        Ok::<_, StoreError>(grouped(lines, &by_key, &hits, &sought, names))
    })?;
    Ok(found)
}

/// The kinds of key by which each case was found, the strongest first.
fn strongest(keys: &[(CaseId, KeyKind)]) -> BTreeMap<CaseId, BTreeSet<KeyKind>> {
    let mut by_case: BTreeMap<CaseId, BTreeSet<KeyKind>> = BTreeMap::new();
    for (case, kind) in keys {
        by_case.entry(*case).or_default().insert(*kind);
    }
    by_case
}

fn grouped(
    lines: Vec<CaseLine>,
    by_key: &BTreeMap<CaseId, BTreeSet<KeyKind>>,
    hits: &WordHits,
    sought: &[SoughtWord],
    names: BTreeMap<StaffId, String>,
) -> Found {
    let mut found = Found { is_cut: lines.len() > MOST, names, ..Found::default() };
    for line in lines.into_iter().take(MOST) {
        let kinds = by_key.get(&line.id);
        let sources = hits.get(&line.id).map(Vec::as_slice).unwrap_or_default();
        let has = |kind| kinds.is_some_and(|kinds| kinds.contains(&kind));
        let whole = |source| sought.iter().all(|word| sources.iter().any(|(s, w)| *s == source && word.fits(w)));
        let (to, because) = if has(KeyKind::Identifier) {
            (&mut found.exact, vec!["this identifier"])
        } else if has(KeyKind::Likeness) || has(KeyKind::Stem) {
            (&mut found.alike, vec!["an identifier like this, spelled otherwise"])
        } else if has(KeyKind::Docket) || whole(WordSource::Docket) {
            (&mut found.dockets, vec!["docket"])
        } else if has(KeyKind::Officer) {
            (&mut found.requesters, vec!["officer's mail address or telephone"])
        } else if whole(WordSource::Agency) || whole(WordSource::Officer) {
            let by = if whole(WordSource::Agency) { WordSource::Agency } else { WordSource::Officer };
            (&mut found.requesters, vec![by.label()])
        } else {
            let stand: BTreeSet<WordSource> = sources.iter().map(|(source, _)| *source).collect();
            (&mut found.words, stand.into_iter().map(WordSource::label).collect())
        };
        to.push(Hit { line, because });
    }
    found
}
