//! A change: the new state and the event that made it. The store can save nothing else, so that no change
//! can be saved without its log entry.

use super::event::Event;

/// A new state with the event that led to it.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a change does nothing until the store applies it"]
pub struct Change<T> {
    /// The state after the event.
    pub state: T,
    /// What happened: exactly one event, which becomes exactly one entry.
    pub event: Event,
}
