//! Turns at a job that one node does for all.

use diesel::prelude::*;

use super::Broom;
use crate::domain::time::Instant;
use crate::store::error::StoreError;
use crate::store::on_backend;
use crate::store::schema::job_turns;
use crate::store::types::Ts;

impl Broom<'_> {
    /// Takes a turn at a job, unless it is not due yet or another node has it. Nobody else gets one before `next_at`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn take_turn(&mut self, job: &str, now: Instant, next_at: Instant) -> Result<bool, StoreError> {
        let row = (job_turns::job.eq(job), job_turns::taken_at.eq(Ts(now)), job_turns::next_at.eq(Ts(next_at)));
        let first = on_backend!(&mut *self.conn, |conn| diesel::insert_into(job_turns::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(conn))?;
        if first == 1 {
            return Ok(true);
        }
        let taken = diesel::update(job_turns::table.find(job).filter(job_turns::next_at.le(Ts(now))))
            .set((job_turns::taken_at.eq(Ts(now)), job_turns::next_at.eq(Ts(next_at))))
            .execute(self.conn)?;
        Ok(taken == 1)
    }

    /// Says when the next turn is, now that this one has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end_turn(&mut self, job: &str, next_at: Instant) -> Result<(), StoreError> {
        diesel::update(job_turns::table.find(job)).set(job_turns::next_at.eq(Ts(next_at))).execute(self.conn)?;
        Ok(())
    }
}
