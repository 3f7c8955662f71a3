//! What is wrong with a form, as its summary says it: the field's name, the reason, and the way to the field.

use crate::domain::demand::Demand;
use crate::web::fields::Errors;

/// One line of the summary.
pub struct Problem {
    /// The id of the control.
    pub id: String,
    /// Field and reason.
    pub says: String,
}

/// All that is wrong, in the order it was found.
pub fn problems(errors: &Errors, demands: &[Demand]) -> Vec<Problem> {
    let problem = |error: &crate::domain::text::ParseError| Problem {
        says: match label(&error.field, demands) {
            Some(label) => format!("{label}: {}", error.reason),
            None => error.reason.clone(),
        },
        id: error.field.clone(),
    };
    errors.iter().map(problem).collect()
}

/// The name of a field as its page labels it.
fn label(field: &str, demands: &[Demand]) -> Option<String> {
    if let Some((row, name)) = field.strip_prefix("demands.").and_then(|rest| rest.split_once('.')) {
        let number = row.parse::<usize>().map_or_else(|_| row.to_owned(), |n| n.saturating_add(1).to_string());
        return Some(format!("Demand {number}, {}", plain(name)?.to_lowercase()));
    }
    if let Some(path) = field.strip_prefix("more.") {
        return Some(path.replace('_', " "));
    }
    if let Some((name, group)) = field.split_once(".g")
        && let Ok(at) = group.parse::<usize>()
    {
        return Some(format!("Group {}, {}", at.saturating_add(1), plain(name)?.to_lowercase()));
    }
    if let Some((name, id)) = field.split_once('.') {
        let position = demands.iter().find(|d| d.id.to_string() == id).map(|d| d.position)?;
        return Some(format!("Demand {position}, {}", plain(name)?.to_lowercase()));
    }
    plain(field).map(str::to_owned)
}

fn plain(name: &str) -> Option<&'static str> {
    const LABELS: &[(&str, &str)] = &[
        ("account", "What was said or found"),
        ("agency", "Agency"),
        ("agency_country", "Country of the agency"),
        ("agency_kind", "Kind of requester"),
        ("agency_level", "Level of government"),
        ("agency_name", "Name of the agency"),
        ("agency_state", "US state"),
        ("asked_of", "What was asked of whom"),
        ("authorised_from", "Data allowed from"),
        ("authorised_to", "Data allowed to"),
        ("because", "What must change"),
        ("came_of_it", "What came of it"),
        ("channel", "How it reached us"),
        ("compartment", "Compartment"),
        ("customer", "Customer"),
        ("day", "First day of the later part"),
        ("decision", "Decision"),
        ("docket", "Docket"),
        ("ends_on", "Last day"),
        ("execute_by", "Execute by"),
        ("expected_on", "Expected over by"),
        ("file", "File"),
        ("grounds", "Grounds"),
        ("identifier", "Identifier"),
        ("identifier_kind", "Kind of identifier"),
        ("instrument", "Instrument"),
        ("is_ours", "Ours"),
        ("in_signed_paper", "In the signed paper"),
        ("issued_on", "Issued"),
        ("issuer", "Court or office"),
        ("issuing_authority", "Issuing authority"),
        ("item", "What is asked"),
        ("kind", "What it is"),
        ("legal_basis", "Statute cited"),
        ("lines", "Lines"),
        ("matter", "Matter"),
        ("method", "Method"),
        ("note", "Note"),
        ("officer_name", "Name of the officer"),
        ("override", "Reason for going beyond the verdict"),
        ("password", "Password"),
        ("period_from", "Period from"),
        ("period_to", "Period to"),
        ("reason", "Reason of the rejection"),
        ("received_at", "Received"),
        ("redirect_account", "Who said so, when and how"),
        ("redirect_result", "What became of it"),
        ("redirect_to", "Redirected to"),
        ("result", "Result"),
        ("return_by", "Answer due"),
        ("source", "Source"),
        ("starts_on", "First day"),
        ("named", "Named people"),
        ("team", "Team"),
        ("text", "Comment"),
        ("to", "Released to"),
        ("waits_for", "What it waits for"),
        ("words", "The paper's words"),
    ];
    LABELS.iter().find(|(field, _)| *field == name).map(|(_, label)| *label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_its_field_and_links_to_it() {
        let mut errors = Errors::default();
        errors.add("demands.2.identifier", "It is not complete.");
        errors.add("return_by", "Give a day such as 2026-11-23.");
        let lines: Vec<_> = problems(&errors, &[]).into_iter().map(|p| (p.id, p.says)).collect();
        let expected = [
            ("demands.2.identifier", "Demand 3, identifier: It is not complete."),
            ("return_by", "Answer due: Give a day such as 2026-11-23."),
        ];
        assert_eq!(lines, expected.map(|(id, says)| (id.to_owned(), says.to_owned())));
    }
}
