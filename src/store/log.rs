//! The log's rows: appending an entry, reading entries, and feeding the verifier.

mod append;
mod bundle;
mod case;
mod erasures;
mod inspect;
mod load;
mod read;
mod rows;
mod sealed;
mod told;
mod verify;

pub use append::{Appended, Head, append, checkpoint, create};
pub use bundle::{BundleWriter, Part, is_erased_since, part_between};
pub use case::{CaseEvent, case_events};
pub use erasures::grounds_of_erasure;
pub use inspect::{
    Inclusion, WholeEntry, consistency, erased_by, find_entry, inclusion, keep_unsealed, personal_part, unsealed_at,
};
pub use load::{cosignatures, handovers};
pub use read::{
    LogFilter, LogOutcome, LogRow, checkpoint_over, checkpoints_from, entries_by_number, last_checkpoint,
    last_checkpoints, last_note, list_entries, list_numbers, size,
};
pub(in crate::store) use rows::{Logged, Rows};
pub use sealed::{PersonalPart, case_key, open_acts, personal_parts};
pub(in crate::store) use told::{Survey, Teller, ToldEntry, Which};
pub use verify::{key_chain, verify, verify_against, verify_telling};
