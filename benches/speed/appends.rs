//! Entries appended one by one, each in a commit of its own, straight into the store: what the log itself costs at the
//! size it has.

use std::time::Instant;

use writ::actions::ActionError;
use writ::domain::event::Event;
use writ::domain::staff::Actor;
use writ::seal::Key;
use writ::store::{About, Store};
use writ::system::Clock;

use super::server::Place;
use super::table::Times;

/// Appends so many entries and says what they took.
pub fn measure(place: &Place, count: usize) -> String {
    let key = std::fs::read_to_string(place.folder.join("keys/installation.key")).unwrap();
    let key: [u8; 32] = hex::decode(key.trim()).unwrap().try_into().unwrap();
    let store = Store::open(&place.database, Key::new(key), 1).unwrap();
    let append = || {
        let begun = Instant::now();
        let size: u64 = store
            .write(|tx| -> Result<u64, ActionError> {
                tx.act_as(Actor::System("speed"), Clock::System.now());
                tx.record(&Event::TaskViewed {}, About::Register)?;
                Ok(tx.log_size())
            })
            .unwrap();
        (begun.elapsed(), size)
    };
    let (_, first) = append();
    let begun = Instant::now();
    let times = Times::of((0..count).map(|_| append().0).collect());
    let each = begun.elapsed().as_secs_f64() * 1e6 / count as f64;
    format!("{count} entries from {first} on: {each:.0} µs each; {times}")
}
