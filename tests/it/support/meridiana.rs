//! A made-up law, for stories about rules that change.

use writ::domain::rulebook::LawText;

/// A law of a state that there is not: subpoenas do not reach who a customer is.
pub fn meridiana(version: &str, classes: &str, instead: &str) -> LawText {
    let text = format!(
        r#"pack = "meridiana"
version = "{version}"
kind = "law"
covers = {{ addressee_country = "US" }}

[[rule]]
id = "meridiana-privacy-act"
cites = ["Meridiana Code § 12-401"]
effective_from = "2025-01-01"
review_status = "unreviewed"
applies_to = {{ instrument = "@subpoenas" }}
refuse = [{classes}]
instead = "{instead}"
findings = ["state_law_higher"]
disposition = "reject"
says = "Meridiana asks for more than a subpoena before a provider says who its customer is."
cure = "Obtain a court order."

[[rule.vector]]
says = "A subpoena for a customer's name"
like = "federal subpoena"
facts = {{ data_class = {first} }}
expect = {{ verdict = "needs_higher_process", min_process = "{instead}", findings = ["state_law_higher"] }}
"#,
        first = classes.split(',').next().unwrap_or_default()
    );
    LawText { file: "meridiana.toml".to_owned(), text }
}
