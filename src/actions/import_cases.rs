//! Import past cases: cases closed before Writ, at the console. They enter with an entry of their own each, pass no
//! gate, and entering them again changes nothing.

use std::collections::BTreeMap;

use super::{ActionError, Ctx};
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::id::PastCaseId;
use crate::domain::past_case::{Particulars, PastCase};
use crate::domain::staff::Actor;
use crate::store::{StoreError, past_cases};
use crate::system;

/// How many past cases one write enters. An import that is cut off loses at most this many and goes on with them
/// when it is started again.
pub const BATCH: usize = 500;

/// How a case of a file stands to the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is not entered yet.
    Fresh,
    /// It is entered just so.
    Known,
    /// One of its source and reference is entered, and says something else.
    Differs,
}

/// How cases of one source stand to the register, in their order.
///
/// # Errors
/// When the store fails.
pub fn standings(ctx: &Ctx, cases: &[&Particulars]) -> Result<Vec<Standing>, ActionError> {
    let mut standings = Vec::with_capacity(cases.len());
    for batch in cases.chunks(BATCH) {
        let Some(first) = batch.first() else { continue };
        let references: Vec<_> = batch.iter().map(|case| &case.source_reference).collect();
        let entered: Vec<PastCase> =
            ctx.store.read::<_, StoreError>(|conn| past_cases::find_entered(conn, &first.source, &references))?;
        let entered: BTreeMap<_, _> = entered.iter().map(|past| (&past.is.source_reference, &past.is)).collect();
        standings.extend(batch.iter().map(|case| match entered.get(&case.source_reference) {
            None => Standing::Fresh,
            Some(known) if known == case => Standing::Known,
            Some(_) => Standing::Differs,
        }));
    }
    Ok(standings)
}

/// Enters past cases in one write, each with its own entry. All of them or none.
///
/// # Errors
/// [`ActionError::Conflict`] when one of them was entered meanwhile; the store's failures.
pub fn import_cases(ctx: &Ctx, by: Actor, cases: Vec<Particulars>) -> Result<usize, ActionError> {
    let count = cases.len();
    if count == 0 {
        return Ok(0);
    }
    ctx.write_as(by, move |tx| {
        for is in cases {
            let state = PastCase { id: PastCaseId(system::fresh_id()), is };
            let event = Event::CaseImported(Box::new(state.clone()));
            tx.apply(Change { state, event })?;
        }
        Ok(count)
    })
}
