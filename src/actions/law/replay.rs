//! Give old answers again, each under the rules it was given by: they must come out as they were.

use std::collections::BTreeMap;

use super::flips::facts_of;
use super::read;
use crate::actions::{ActionError, Ctx};
use crate::domain::assessment::Assessment;
use crate::domain::stage::Compartment;
use crate::law::Rulebook;
use crate::store::StoreError;
use crate::store::law::{OpenAnswer, each_answer, list_rulebooks};

/// What came of giving answers again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replayed {
    /// Answers that came out the same, to the byte.
    pub same: u64,
    /// Answers given before rulebooks were kept: they can't be given again.
    pub unpinned: u64,
    /// The rulebooks kept, by which answers were given or may be.
    pub rulebooks: u64,
    /// Answers that came out otherwise: the case, which is named only where it is ordinary, and the demand's number.
    pub other: Vec<(Option<String>, u32)>,
}

/// Gives every answer again that stands on a demand, under its own rules.
///
/// # Errors
/// When the store fails, or the rules of a rulebook can't be read.
pub fn replay(ctx: &Ctx) -> Result<Replayed, ActionError> {
    let mut rulebooks = BTreeMap::new();
    for sha256 in ctx.store.read(list_rulebooks)? {
        let rulebook = ctx.store.read(|conn| read(conn, &sha256))?;
        rulebooks.insert(sha256, rulebook);
    }
    let mut replayed =
        Replayed { rulebooks: u64::try_from(rulebooks.len()).unwrap_or_default(), ..Replayed::default() };
    ctx.store.read(|conn| each_answer(conn, false, |on| again(&rulebooks, &on, &mut replayed)))?;
    Ok(replayed)
}

fn again(rulebooks: &BTreeMap<String, Rulebook>, on: &OpenAnswer, replayed: &mut Replayed) -> Result<(), StoreError> {
    let bad = |e: serde_json::Error| StoreError::corrupt("demands", format!("{}/{}", on.reference, on.position), e);
    let answer: Assessment = serde_json::from_str(&on.assessment).map_err(bad)?;
    if answer.rulebook.is_empty() {
        replayed.unpinned += 1;
        return Ok(());
    }
    let anew = rulebooks.get(&answer.rulebook).map(|rulebook| rulebook.evaluate(&facts_of(&answer)));
    let text = anew.map(|anew| serde_json::to_string(&anew)).transpose().map_err(bad)?;
    match text {
        Some(text) if text == on.assessment => replayed.same += 1,
        _ => {
            let named = (on.compartment == Compartment::Ordinary).then(|| on.reference.clone());
            replayed.other.push((named, on.position));
        }
    }
    Ok(())
}
