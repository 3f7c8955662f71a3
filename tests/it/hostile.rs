//! Hostile input through every form, call, header and file name: nothing fails, nothing of it is taken for markup, for a
//! formula or for a mail's header, and whoever sends slowly, falsely or for ever harms nobody else.
//!
//! The strings are our own and, where `WRIT_CORPUS` has them, lists of attack strings and odd addresses. The ordinary run
//! takes a share of the lists, `tests/run long` all of them.

mod api;
mod forms;
mod headers;
mod markup;
mod sending;
mod strings;

use crate::support::on_both;

on_both! {
    no_form_fails_and_no_page_takes_it_for_markup,
    no_call_of_the_api_fails,
    no_file_name_leaves_the_vault,
}

use api::no_call_of_the_api_fails;
use forms::no_form_fails_and_no_page_takes_it_for_markup;
use headers::no_file_name_leaves_the_vault;
