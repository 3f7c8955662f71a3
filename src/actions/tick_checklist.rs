//! Tick lines of the facial checklist.

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::checklist::{CheckAnswer, FacialCheck, Tick};
use crate::domain::staff::Verb;
use crate::domain::text::Line;

/// One line as a reviewer ticks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TickLine {
    /// What was looked at.
    pub item: FacialCheck,
    /// What was found.
    pub answer: CheckAnswer,
    /// A word on it; required for a defect.
    pub note: Option<Line>,
}

/// Ticks lines; those ticked before with the same answer and note keep who ticked them first.
///
/// # Errors
/// As every verb on a case; for a line that is not on this paper's list, and a defect without a word.
pub fn tick_checklist(ctx: &Ctx, who: &SignedIn, on: &OnCase, lines: Vec<TickLine>) -> Result<Case, ActionError> {
    act(ctx, who, on, Verb::TickChecklist, move |case, acting, _| {
        let is_new = |line: &TickLine| {
            let old = case.ticks.iter().find(|tick| tick.item == line.item);
            old.is_none_or(|old| old.answer != line.answer || old.note != line.note)
        };
        let tick = |TickLine { item, answer, note }| Tick { item, answer, note, by: acting.who.id, at: acting.now };
        let ticks: Vec<Tick> = lines.into_iter().filter(is_new).map(tick).collect();
        if ticks.is_empty() && !case.ticks.is_empty() && case.closing().is_none() {
            return Err(ActionError::invalid("answer", "No line was changed; tick one first, or change one."));
        }
        Ok(case.tick_checklist(ticks)?)
    })
}
