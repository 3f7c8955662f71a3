//! What counts once across nodes: the first act under a form's one-time id takes the id in its own transaction, so
//! that of two nodes only one can do it, and a program that dies has done both or neither.

use std::sync::atomic::{AtomicU8, Ordering};

use diesel::prelude::*;
use uuid::Uuid;

use super::error::StoreError;
use super::on_backend;
use super::schema::form_posts;
use super::transaction::Tx;
use super::types::{Id, Ts};
use crate::domain::id::StaffId;
use crate::domain::time::Instant;

/// A one-time id that the acts of one submit are done under.
pub struct Claim {
    form: Uuid,
    staff: StaffId,
    went_to: String,
    at: Instant,
    state: AtomicU8,
}

const FREE: u8 = 0;
const OURS: u8 = 1;
const ANOTHERS: u8 = 2;

impl Claim {
    /// The id of a form that this person sent. `went_to` stands there until it is known where the act led.
    pub fn new(form: Uuid, staff: StaffId, went_to: String, at: Instant) -> Claim {
        Claim { form, staff, went_to, at, state: AtomicU8::new(FREE) }
    }

    /// Whether an act was committed under it.
    pub fn is_ours(&self) -> bool {
        self.state.load(Ordering::SeqCst) == OURS
    }

    /// Whether an earlier submit had taken it.
    pub fn is_anothers(&self) -> bool {
        self.state.load(Ordering::SeqCst) == ANOTHERS
    }

    /// The act was committed.
    pub(super) fn keep(&self) {
        self.state.store(OURS, Ordering::SeqCst);
    }

    /// Takes the id, unless an earlier act of this submit has.
    ///
    /// # Errors
    /// [`StoreError::DoneBefore`] when an earlier submit has it.
    pub(super) fn take(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        if self.is_ours() {
            return Ok(());
        }
        if !self.is_anothers() && insert(tx, self)? {
            return Ok(());
        }
        self.state.store(ANOTHERS, Ordering::SeqCst);
        Err(StoreError::DoneBefore)
    }
}

/// Whether the id was free.
fn insert(tx: &mut Tx<'_>, claim: &Claim) -> Result<bool, StoreError> {
    let row = (
        form_posts::id.eq(claim.form.to_string()),
        form_posts::staff_id.eq(Id(claim.staff.0)),
        form_posts::went_to.eq(&claim.went_to),
        form_posts::posted_at.eq(Ts(claim.at)),
    );
    let inserted = on_backend!(&mut *tx.conn, |conn| diesel::insert_into(form_posts::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(inserted > 0)
}
