//! The pages, one file each: what the template needs, and the handlers that answer.

pub mod account;
pub mod own_password;
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
pub mod case_desk;
pub mod case_clocks;
pub mod case_unknown;
pub mod agenda;
pub mod case_print;
pub mod closing;
pub mod decision;
pub mod demand;
pub mod demands_many;
pub mod new_case;

mod amend;
mod approval_changes;
mod asked_form;
mod case_beside;
mod case_differs;
mod case_groups;
mod case_head;
mod case_log;
mod case_page;
mod case_parts;
mod case_requester;
mod case_review;
pub mod case_rules;
mod case_tabs;
mod case_why;
mod choices;
mod decision_form;
mod paper_form;
mod fact_fields;
mod production;
mod problems;
mod why_words;

pub mod documents;
pub mod task;
pub mod tasks;

pub mod alarms;
pub mod retention;
pub mod case_retention;
pub mod entry;
pub mod findings;
pub mod samples;
pub mod timeline;
pub mod log;
pub mod log_bundle;
pub mod case_archive;
mod archive_summary;
pub mod log_checkpoints;
pub mod past_cases;
mod log_filter;
mod payload;
pub mod report;
pub mod outbox;

pub mod staff;
pub mod member;
pub mod staff_request;
pub mod teams;
mod shown_once;
mod staff_parts;

pub mod catalogue;
pub mod law;
pub mod law_here;
mod law_rules;
pub mod settings;

/// A size as people read it.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// A count as people read it: `361,482`.
pub fn thousands(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let first = digits.len() % 3;
    let mut text = if count < 0 { "-".to_owned() } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 3 == first {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn counts_have_a_comma_at_each_thousand() {
        let counts = [0, 999, 1_000, 12_345, 361_482, -1_000_000];
        assert_eq!(counts.map(thousands), ["0", "999", "1,000", "12,345", "361,482", "-1,000,000"]);
    }
}
