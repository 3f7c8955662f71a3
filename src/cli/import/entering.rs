//! Entering what is fresh, a batch per write, with progress for whoever waits.

use anyhow::bail;

use super::{Found, told};
use crate::actions::import_cases::{BATCH, Standing, import_cases};
use crate::actions::{ActionError, Ctx};
use crate::domain::past_case::Particulars;
use crate::domain::staff::Actor;

/// Enters every case that is not entered yet.
pub fn enter(ctx: &Ctx, found: &Found) -> anyhow::Result<()> {
    let with_standing = found.reading.cases.iter().zip(&found.standings);
    let fresh = with_standing.filter(|(_, standing)| **standing == Standing::Fresh);
    let fresh: Vec<&Particulars> = fresh.map(|((_, case), _)| case).collect();
    let mut entered: usize = 0;
    for batch in fresh.chunks(BATCH) {
        let cases = batch.iter().map(|case| (*case).clone()).collect();
        entered = entered.saturating_add(match import_cases(ctx, Actor::System("console"), cases) {
            Ok(count) => count,
            Err(ActionError::Conflict(_)) => bail!(
                "another import entered cases of this source meanwhile; {entered} of {} are entered. Start it again \
                 to enter the rest",
                fresh.len()
            ),
            Err(error) => bail!("{error} {entered} of {} are entered. Start it again to enter the rest", fresh.len()),
        });
        eprintln!("entered {} of {}", told::spelt(entered), told::spelt(fresh.len()));
    }
    told::entered(found, entered);
    Ok(())
}
