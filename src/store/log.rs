//! The log's rows: appending an entry, reading entries, and feeding the verifier.

mod append;
mod bundle;
mod case;
mod inspect;
mod load;
mod read;
mod rows;
mod sealed;
mod verify;

pub use append::{Appended, Head, append, checkpoint, create};
pub use bundle::{BundleWriter, Part, part_between};
pub use case::{CaseEvent, case_events};
pub use inspect::{Inclusion, WholeEntry, erased_by, find_entry, inclusion, keep_unsealed, personal_part, unsealed_at};
pub use read::{LogFilter, LogRow, checkpoints_from, last_checkpoint, list_entries, size};
pub(in crate::store) use rows::{Logged, Rows};
pub use sealed::{PersonalPart, case_key, open_acts};
pub use verify::{verify, verify_against};
