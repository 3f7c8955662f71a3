//! Past cases: their rows, the list of them, and what an import has entered before.

mod counted;
mod list;
mod row;

pub use counted::{CountedPast, each_past};
pub use list::{count_past, is_past, list_countries, list_past, list_periods};
pub(in crate::store) use row::PastCaseRow;
pub use row::find_entered;
