//! What would change if other rules were law here: the demands of open cases whose verdict would be another.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, available_parallelism};

use serde::Deserialize;

use crate::actions::{ActionError, Ctx};
use crate::domain::assessment::Assessment;
use crate::domain::staff::{Role, Staff, is_within};
use crate::domain::stage::Compartment;
use crate::domain::time::Instant;
use crate::domain::verdict::Verdict;
use crate::law::{Facts, Rulebook};
use crate::store::StoreError;
use crate::store::law::{OpenAnswer, count_open_answers, each_answer};

/// A demand whose verdict would be another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flip {
    /// The answer it has.
    pub on: OpenAnswer,
    /// Its verdict now.
    pub was: Verdict,
    /// What the verdict would be.
    pub would: Verdict,
}

/// How far the looking through has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Demands looked at.
    pub done: u64,
    /// Demands of open, ordinary cases that have an answer.
    pub all: u64,
}

/// What this node found, by the hash of the rulebook it looked with.
#[derive(Default)]
pub struct Board(Mutex<BTreeMap<String, Looked>>);

/// How far looking through the open cases has come.
#[derive(Debug, Clone)]
pub enum Looked {
    /// Somebody looks.
    Underway(Progress),
    /// All were looked through.
    Done {
        /// The demands whose verdict would be another.
        flips: Arc<Vec<Flip>>,
        /// How many were looked at.
        demands: u64,
        /// When.
        at: Instant,
    },
    /// It broke off; looking again may help.
    BrokenOff,
}

/// Below so many demands of open cases it takes no time to look through them.
const FEW: u64 = 2_000;

/// How many demands are asked about at a time.
const AT_ONCE: usize = 2_000;

/// What of an answer tells its verdict, and the facts to ask again by.
#[derive(Deserialize)]
struct Told {
    verdict: Verdict,
    facts_used: Facts,
    #[serde(default)]
    other_facts: Facts,
}

impl Flip {
    /// Whether this person may know of the case.
    pub fn is_known_to(&self, who: &Staff) -> bool {
        let works_on_it = (who.is(Role::Analyst) || who.is(Role::Reviewer)) && who.teams.contains(&self.on.team);
        is_within(who, self.on.compartment, &self.on.named) && (works_on_it || who.is(Role::Auditor))
    }

    /// Whether it may be counted for anybody: that there are restricted and national-security cases is told to nobody else.
    pub fn is_ordinary(&self) -> bool {
        self.on.compartment == Compartment::Ordinary
    }
}

/// Looks through the demands of open cases. `report` hears how far it has come, every few thousand demands, and may break off.
///
/// # Errors
/// When the store fails or an answer can't be read.
pub fn flips(
    ctx: &Ctx,
    rulebook: &Rulebook,
    mut report: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Vec<Flip>, ActionError> {
    let mut found = Vec::new();
    ctx.store.read(|conn| {
        let all = u64::try_from(count_open_answers(conn)?).unwrap_or_default();
        let mut progress = Progress { done: 0, all };
        let mut goes_on = report(progress).is_continue();
        let mut batch = Vec::new();
        let mut judge = |batch: Vec<OpenAnswer>| {
            let counted = batch.iter().filter(|on| on.compartment == Compartment::Ordinary).count();
            found.extend(judged(rulebook, batch)?);
            progress.done += u64::try_from(counted).unwrap_or_default();
            goes_on = goes_on && report(progress).is_continue();
            Ok::<bool, StoreError>(goes_on)
        };
        let mut wants_more = true;
        each_answer(conn, true, |on| {
            if wants_more {
                batch.push(on);
            }
            if batch.len() >= AT_ONCE {
                wants_more = judge(std::mem::take(&mut batch))?;
            }
            Ok(())
        })?;
        judge(batch).map(|_| ())
    })?;
    found.sort_by(|one: &Flip, other| {
        (&one.on.reference, one.on.position).cmp(&(&other.on.reference, other.on.position))
    });
    Ok(found)
}

/// What is known of the flips under a rulebook, and whether somebody has yet to begin looking: the caller then calls
/// [`look`] without waiting for it. Where there are few demands they are looked through at once.
///
/// # Errors
/// When the store fails.
pub fn seen(ctx: &Ctx, rulebook: &Rulebook, anew: bool) -> Result<(Looked, bool), ActionError> {
    let known = |board: &BTreeMap<String, Looked>| match board.get(rulebook.sha256()) {
        Some(Looked::BrokenOff) | None => None,
        Some(Looked::Done { .. }) if anew => None,
        Some(looked) => Some(looked.clone()),
    };
    if let Some(looked) = known(&ctx.flips.all()) {
        return Ok((looked, false));
    }
    let all = ctx.store.read(count_open_answers)?;
    let progress = Progress { done: 0, all: u64::try_from(all).unwrap_or_default() };
    if progress.all <= FEW {
        look(ctx, rulebook);
        let found = ctx.flips.all().get(rulebook.sha256()).cloned();
        return Ok((found.unwrap_or(Looked::BrokenOff), false));
    }
    let mut board = ctx.flips.all();
    // Somebody else may have begun while this one counted.
    if let Some(looked) = known(&board) {
        return Ok((looked, false));
    }
    board.insert(rulebook.sha256().to_owned(), Looked::Underway(progress));
    Ok((Looked::Underway(progress), true))
}

/// Looks through the open cases and puts on the board how far it has come, and what it found.
pub fn look(ctx: &Ctx, rulebook: &Rulebook) {
    let name = rulebook.sha256().to_owned();
    let mut demands = 0;
    let found = flips(ctx, rulebook, |progress| {
        demands = progress.all;
        ctx.flips.all().insert(name.clone(), Looked::Underway(progress));
        ControlFlow::Continue(())
    });
    let looked = match found {
        Ok(flips) => Looked::Done { flips: Arc::new(flips), demands, at: ctx.now() },
        Err(error) => {
            tracing::warn!(%error, "open cases were not looked through");
            Looked::BrokenOff
        }
    };
    ctx.flips.all().insert(name, looked);
}

impl Board {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Looked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks about many demands at once, each core about its share.
fn judged(rulebook: &Rulebook, batch: Vec<OpenAnswer>) -> Result<Vec<Flip>, StoreError> {
    let cores = available_parallelism().map_or(1, NonZero::get);
    let share = batch.len().div_ceil(cores).max(1);
    thread::scope(|scope| {
        let judge = |share: &'_ [OpenAnswer]| share.iter().filter_map(|on| flip(rulebook, on).transpose()).collect();
        let judging: Vec<_> = batch.chunks(share).map(|share| scope.spawn(move || judge(share))).collect();
        let mut found = Vec::new();
        for one in judging {
            let flips: Result<Vec<Flip>, StoreError> =
                one.join().unwrap_or_else(|_| Err(StoreError::Down("asking the rules broke off".into())));
            found.extend(flips?);
        }
        Ok(found)
    })
}

fn flip(rulebook: &Rulebook, on: &OpenAnswer) -> Result<Option<Flip>, StoreError> {
    let told: Told = serde_json::from_str(&on.assessment)
        .map_err(|e| StoreError::corrupt("demands", format!("{}/{}", on.reference, on.position), e))?;
    let would = rulebook.verdict(&told.facts_used.and(told.other_facts));
    // The answer itself is not needed any more, and there may be many.
    let on =
        || OpenAnswer { assessment: String::new(), named: on.named.clone(), reference: on.reference.clone(), ..*on };
    Ok((would != told.verdict).then(|| Flip { on: on(), was: told.verdict, would }))
}

/// The facts of an answer.
pub fn facts_of(answer: &Assessment) -> Facts {
    answer.facts().fold(Facts::new(), |facts, (path, value)| facts.set(path, value.clone()))
}
