//! The secret address under which somebody's calendar program reads their agenda.

use sha2::{Digest, Sha256};

use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::change::Change;
use crate::domain::clock::AgendaFilter;
use crate::domain::event::{Event, kept_secret};
use crate::domain::staff::{Verb, may};
use crate::domain::stage::Compartment;
use crate::store::clocks::{self, Feed, RunningClock};
use crate::store::staff;
use crate::system;

/// How many clocks a calendar shows.
const MOST: i64 = 500;

/// One clock of a calendar: what a reader may know who has nothing but the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLine {
    /// The case's name among people.
    pub reference: String,
    /// The clock.
    pub clock: RunningClock,
}

/// Makes a new secret for somebody's calendar; one that was there ends. Returns it: it is shown once.
///
/// # Errors
/// When the store fails.
pub fn make_feed(ctx: &Ctx, who: &SignedIn) -> Result<String, ActionError> {
    let secret = hex::encode(system::chance::<24>());
    let (staff, hash) = (who.staff.id, hash(&secret));
    ctx.write(&who.staff, move |tx| {
        let event = Event::FeedAdded { staff, secret_sha256: kept_secret(&hash) };
        Ok(tx.apply(Change { state: Feed { staff, secret_sha256: Some(hash) }, event })?)
    })?;
    Ok(secret)
}

/// Ends somebody's own calendar address.
///
/// # Errors
/// [`ActionError::NotFound`] where there is none.
pub fn end_feed(ctx: &Ctx, who: &SignedIn) -> Result<(), ActionError> {
    let staff = who.staff.id;
    ctx.write(&who.staff, move |tx| {
        clocks::feed_of(tx.conn(), staff)?.ok_or(ActionError::NotFound)?;
        tx.apply(Change { state: Feed { staff, secret_sha256: None }, event: Event::FeedRevoked { staff } })?;
        Ok(())
    })
}

/// What a calendar program reads at a secret address: the clocks of ordinary cases that its owner has or that their
/// teams work on. Of restricted and national-security cases there is nothing in it: an address can be passed on.
///
/// # Errors
/// [`ActionError::NotFound`] for an address that is nobody's, or of somebody who works on no cases any more.
pub fn read_feed(ctx: &Ctx, secret: &str) -> Result<Vec<FeedLine>, ActionError> {
    let hash = hash(secret);
    let lines = ctx.store.read(|conn| {
        let Some(id) = clocks::find_feed(conn, &hash)? else { return Ok(None) };
        let Some(owner) = staff::find(conn, id)?.filter(|who| may(who, Verb::ReadQueue, None).is_ok()) else {
            return Ok(None);
        };
        clocks::list_agenda(conn, &owner, AgendaFilter::default(), MOST).map(Some)
    })?;
    let lines = lines.ok_or(ActionError::NotFound)?.into_iter();
    let open = lines.filter(|(clock, case)| case.compartment == Compartment::Ordinary && !clock.is_still);
    Ok(open.map(|(clock, case)| FeedLine { reference: case.reference, clock }).collect())
}

fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}
