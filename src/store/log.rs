//! The log's rows: appending an entry, reading entries, and feeding the verifier.

mod append;
mod read;
mod verify;

pub use append::{Head, append, checkpoint, create};
pub use read::{CaseEvent, LogFilter, LogRow, case_events, list_entries};
pub use verify::verify;
