//! The pages, one file each: what the template needs, and the handlers that answer.

pub mod account;
pub mod find;
pub mod sign_in;

pub mod queue;
pub mod assign;
pub mod approvals;
pub mod search;
pub mod related;
pub mod views;
mod queue_page;
mod queue_filters;
mod case_row;
mod case_assign;

pub mod approval;
pub mod case;
pub mod closing;
pub mod decision;
pub mod demand;
pub mod new_case;

mod amend;
mod asked_form;
mod case_head;
mod case_log;
mod case_page;
mod case_parts;
mod case_requester;
mod case_review;
mod case_tabs;
mod case_why;
mod choices;
mod decision_form;
mod paper_form;
mod problems;

pub mod documents;
pub mod task;
pub mod tasks;

pub mod log;
pub mod report;

/// A size as people read it.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
