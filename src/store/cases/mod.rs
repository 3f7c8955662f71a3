//! Cases: rows to case and back. `row` holds the shapes, `load` puts a case together, `keep` saves an event.

mod children;
mod keep;
mod load;
mod names;
mod row;

pub use keep::next_reference;
pub use load::{Details, find_by_reference, find_details, find_with_log, get};
pub use names::{CaseName, find_name, list_names};
