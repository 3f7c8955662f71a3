//! What finds cases: words and keys, kept in the same act as the case they belong to.

mod find;
mod keep;

pub use find::{WordHits, by_document, by_keys, by_words, related, where_words_stand};
pub(in crate::store) use keep::{FreshIndex, fill, index, index_comment};
