//! Cases: rows to case and back. `row` holds the shapes, `load` puts a case together, `keep` saves an event.

mod children;
mod keep;
mod load;
mod names;
mod row;
mod whole;

pub use keep::next_reference;
pub use load::{Details, find_by_reference, find_details, find_with_log, get, is_any};
pub use names::{CaseName, demand_numbers, find_name, list_names};
pub(in crate::store) use whole::WholeCase;

use crate::domain::case::Case;
use crate::store::transaction::{About, Stored};

/// Something that stands beside a case and does not move it on, with what its entry is about.
#[derive(Debug, Clone)]
pub struct OfCase<T> {
    /// The case, for the entry.
    pub about: About,
    /// What stands beside it.
    pub it: T,
}

impl<T> OfCase<T> {
    /// Something beside a case.
    pub fn new(case: &Case, it: T) -> OfCase<T> {
        OfCase { about: case.about(), it }
    }
}
