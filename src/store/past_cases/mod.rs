//! Past cases: their rows, the list of them, and what an import has entered before.

mod list;
mod row;

pub use list::{count_past, list_countries, list_past, list_periods};
pub use row::{counted_past, find_entered};
