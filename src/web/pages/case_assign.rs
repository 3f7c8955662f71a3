//! Who has a case, as its page says it, with the way to take it or hand it over.

use super::case_parts::Words;
use super::case_row::{ListWords, Ring};
use crate::actions::view_case::CaseView;
use crate::domain::staff::{Staff, Verb};

/// Who has a case.
pub struct Held {
    /// Who; none where nobody has it.
    pub holder: Option<Ring>,
    /// Whether that is whoever looks.
    pub is_mine: bool,
    /// Whether this person can give it to somebody.
    pub can_assign: bool,
}

impl Held {
    /// Who has the case, for people who work on it.
    pub fn new(view: &CaseView, who: &Staff, words: Words<'_>) -> Option<Held> {
        let list = ListWords { names: words.names, now: words.now, me: who.id };
        (!view.is_sealed).then(|| Held {
            holder: view.case.assignee.map(|id| list.ring(id)),
            is_mine: view.case.assignee == Some(who.id),
            can_assign: view.case.keeps_from(Verb::Assign, who).is_none(),
        })
    }
}
