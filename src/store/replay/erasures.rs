//! What the log tells of erasures: what was proposed, what was answered, and what came of each case.

use std::collections::BTreeMap;

use crate::audit::difference::Told;
use crate::domain::erasure::{AnsweredAs, ErasureAnswer, ErasureItem, ErasureStanding};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, ErasureId};
use crate::domain::time::Instant;
use crate::store::erasures::{ERASED, ErasureRow, item_told};
use crate::store::error::StoreError;

/// The tables with what is told here.
pub(super) const TABLES: &[&str] = &["erasures", "erasure_items"];

/// The erasures so far.
#[derive(Default)]
pub(super) struct ErasuresTold {
    erasures: BTreeMap<ErasureId, Proposed>,
    /// How cases of erasures ended, and when.
    ended: BTreeMap<(ErasureId, CaseId), (&'static str, Instant)>,
}

struct Proposed {
    standing: ErasureStanding,
    items: Vec<ErasureItem>,
    seq: i64,
}

impl ErasuresTold {
    /// Takes the next entry about the register, or one of those about a sealed case.
    pub(super) fn take(&mut self, event: Event, sealed_case: Option<CaseId>, at: Instant, seq: i64) {
        match event {
            Event::ErasureProposed(erasure) => {
                let standing = ErasureStanding::proposed(&erasure, sealed_case);
                self.erasures.insert(erasure.id, Proposed { standing, items: erasure.items, seq });
            }
            Event::ErasureApproved { answer } => self.answer(AnsweredAs::Approved, answer),
            Event::ErasureDeclined { answer } => self.answer(AnsweredAs::Declined, answer),
            Event::ErasurePassedOver { erasure, case, kept_back } => {
                self.ended.insert((erasure, case), (kept_back.as_str(), at));
            }
            _ => {}
        }
    }

    /// Takes cases that were erased.
    pub(super) fn take_gone(&mut self, gone: &BTreeMap<CaseId, (ErasureId, Instant)>) {
        self.ended.extend(gone.iter().map(|(case, (erasure, at))| ((*erasure, *case), (ERASED, *at))));
    }

    fn answer(&mut self, answered: AnsweredAs, answer: ErasureAnswer) {
        let proposed = self.erasures.get_mut(&answer.erasure);
        proposed.into_iter().for_each(|one| one.standing.answered = Some((answered, answer.clone())));
    }

    /// The rows of one of its tables.
    ///
    /// # Errors
    /// When schedules can't be written as JSON.
    pub(super) fn rows(&self, table: &str) -> Result<Vec<Told>, StoreError> {
        let items_of = |one: &Proposed| -> Vec<Told> {
            let id = one.standing.id;
            let row = |item: &ErasureItem| item_told(id, item, self.ended.get(&(id, item.case)).copied());
            one.items.iter().map(row).collect()
        };
        match table {
            "erasures" => {
                let row = |one: &Proposed| Ok(ErasureRow::of(&one.standing, one.seq)?.cells());
                self.erasures.values().map(row).collect()
            }
            _ => Ok(self.erasures.values().flat_map(items_of).collect()),
        }
    }
}
