//! Read the catalogue, the rule packs, and the settings in effect. They hold no personal data, so a reading leaves
//! no entry; a refused one does.

use std::sync::Arc;

use super::{ActionError, Ctx, SignedIn};
use crate::domain::assessment::Assessment;
use crate::domain::catalogue::Catalogue;
use crate::domain::setting::SettingLine;
use crate::domain::staff::{Verb, may};
use crate::domain::time::Instant;
use crate::domain::verdict::Verdict;
use crate::law::Rulebook;
use crate::store::StoreError;
use crate::store::law::{AnswerByRule, list_by_rule};

/// The services and what they keep.
///
/// # Errors
/// A refusal (in the log).
pub fn view_catalogue(ctx: &Ctx, who: &SignedIn) -> Result<Arc<Catalogue>, ActionError> {
    check(ctx, who, Verb::ReadRules)?;
    Ok(ctx.catalogue.clone())
}

/// The rule packs and the facts they speak of.
///
/// # Errors
/// A refusal (in the log).
pub fn view_rulebook(ctx: &Ctx, who: &SignedIn) -> Result<Arc<Rulebook>, ActionError> {
    check(ctx, who, Verb::ReadRules)?;
    super::law::refresh(ctx)
}

/// A demand on which a rule bore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleBore {
    /// The case.
    pub reference: String,
    /// The demand's number on it.
    pub position: u32,
    /// When the case came in.
    pub received_at: Instant,
    /// What the rule did: see [`RuleUsed::did`](crate::domain::assessment::RuleUsed::did).
    pub did: String,
    /// What came of the demand.
    pub verdict: Verdict,
}

/// How many of the latest cases are looked through for a rule.
pub const LOOKED_THROUGH: i64 = 2_000;

/// How many of the demands found are shown.
const SHOWN: i64 = 20;

/// The rule packs, and on which demands a rule bore: the latest, among the [`LOOKED_THROUGH`] cases that came in last to
/// this person's teams. Nobody who does not work on cases is told of any.
///
/// # Errors
/// A refusal (in the log); when the store fails.
pub fn view_rule(ctx: &Ctx, who: &SignedIn, rule: &str) -> Result<(Arc<Rulebook>, Option<Vec<RuleBore>>), ActionError> {
    let rulebook = view_rulebook(ctx, who)?;
    if may(&who.staff, Verb::ReadQueue, None).is_err() || rulebook.rule(rule).is_none() {
        return Ok((rulebook, None));
    }
    let found = ctx.store.read(|conn| list_by_rule(conn, &who.staff, rule, (LOOKED_THROUGH, SHOWN)))?;
    let bore = |found: AnswerByRule| -> Result<Option<RuleBore>, StoreError> {
        let answer: Assessment = serde_json::from_str(&found.assessment)
            .map_err(|e| StoreError::corrupt("demands", format!("{}/{}", found.reference, found.position), e))?;
        let AnswerByRule { reference, position, received_at, .. } = found;
        let used = answer.rules.into_iter().find(|used| used.id == rule);
        Ok(used.map(|used| RuleBore { reference, position, received_at, did: used.did, verdict: answer.verdict }))
    };
    let bore = found.into_iter().filter_map(|one| bore(one).transpose()).collect::<Result<Vec<_>, StoreError>>()?;
    Ok((rulebook, Some(bore)))
}

/// The settings in effect, secrets masked.
///
/// # Errors
/// A refusal (in the log).
pub fn view_settings(ctx: &Ctx, who: &SignedIn) -> Result<Arc<[SettingLine]>, ActionError> {
    check(ctx, who, Verb::ReadSettings)?;
    Ok(ctx.settings.clone())
}

/// Whether this person may; a refusal stands in the log.
pub(super) fn check(ctx: &Ctx, who: &SignedIn, verb: Verb) -> Result<(), ActionError> {
    let Err(refusal) = may(&who.staff, verb, None) else { return Ok(()) };
    ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, verb)))
}
