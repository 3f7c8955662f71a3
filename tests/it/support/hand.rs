//! Somebody who may write to the database, past the program.

use super::raw::Raw;
use super::world::World;

/// Spoils the log, and mends it again.
pub struct Hand {
    pub raw: Raw,
    was: Option<(i64, String)>,
}

impl Hand {
    pub fn of(world: &World) -> Hand {
        let mut raw = world.raw();
        if raw.is_sqlite() {
            raw.must("DROP TRIGGER log_process_no_update");
            raw.must("DROP TRIGGER log_head_grows");
        } else {
            raw.must("ALTER TABLE log_process DISABLE TRIGGER USER");
            raw.must("ALTER TABLE log_head DISABLE TRIGGER USER");
        }
        Hand { raw, was: None }
    }

    /// Puts another process payload in the place of an entry's own.
    pub fn spoils(&mut self, seq: i64) {
        let was = self.raw.values(&format!("SELECT payload AS value FROM log_process WHERE seq = {seq}")).remove(0);
        self.raw.must(&format!("UPDATE log_process SET payload = '{{\"count\":3}}' WHERE seq = {seq}"));
        self.was = Some((seq, was));
    }

    /// Puts it back.
    pub fn mends(&mut self) {
        let (seq, was) = self.was.take().unwrap();
        self.raw.must(&format!("UPDATE log_process SET payload = '{was}' WHERE seq = {seq}"));
    }
}
