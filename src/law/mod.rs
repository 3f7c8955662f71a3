//! The legal-basis engine: facts about one demand and rule packs in, an [`Assessment`] out.
//!
//! The law is data. A rule lives in a pack under `config/law/`; this room only reads packs, asks each
//! rule whether it is met (*yes*, *no* or *unknown*) and adds the answers up. It opens no file, reads no
//! clock, and doubt never permits. `docs/law.md` tells how to write a pack. Modules in reading order.
//!
//! [`Assessment`]: crate::domain::assessment::Assessment

/// What a pack or a set of facts got wrong, and where.
pub mod error;

/// Days, business days and months: the counting that rules and duties use.
pub mod dates;

/// The declared facts: types, closed lists, and which fact is required where.
pub mod schema;

/// What is known about one demand: absent, null, or a value.
pub mod facts;

/// The facts of one demand of a case.
pub mod of_case;

/// What conditions are answered on: what is known, and what its absence means.
pub mod ground;

/// One test on one fact, as a rule writes it.
pub mod test;

/// Conditions built from tests, answered with yes, no or unknown.
pub mod condition;

/// How a rule writes a duty: a word, a number, a day to be counted.
pub mod duty;

/// The clocks that rules order.
pub mod clock;

/// One rule, and the text it is read from.
pub mod rule;

/// A pack of rules, pinned by the hash of its text.
pub mod pack;

/// What makes a rule unfit to load.
pub mod sound;

/// A rule's own tests.
pub mod vector;

/// The packs together; the door to this room.
pub mod rulebook;

/// How an answer is formed.
pub mod evaluate;

/// Every rule that was asked, and what settled each.
pub mod trace;

/// What else could be brought, so that a refusal can say what would do.
pub mod way_out;

/// What the catalogue says of the data asked for.
pub mod holding;

/// Which way of acting is proposed when several rules propose one.
pub mod propose;

/// The answer in words.
pub mod explain;

/// Mistakes in packs that load: rules that can't bind, contradict another or are shown by no vector.
pub mod lint;

/// What the rules say in general, for those who ask.
pub mod guidelines;

/// What two rulebooks say otherwise.
pub mod differ;

/// Whether one condition leaves room for another.
pub mod room;

/// Rules, conditions and duties in words, for pages that show the packs.
pub mod words;

/// One line of facts in, one line of answer out, for `writ law check`.
pub mod check;

pub use check::check_line;
pub use error::ParseError;
pub use facts::Facts;
pub use pack::{Pack, PackKind};
pub use rule::{Effect, Rule};
pub use rulebook::Rulebook;
pub use schema::Schema;
