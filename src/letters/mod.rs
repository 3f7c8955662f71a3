//! Letters: each a struct with its text. Values in, values out; what may be said to whom is decided here, once.

pub mod archive;
pub mod guidelines;
pub mod redirect;
