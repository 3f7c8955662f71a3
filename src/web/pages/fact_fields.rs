//! Where a fact of the law is mended: the field of a form that gives it, and what that form calls it.

use super::paper_form::FACIAL;

/// The field that gives a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactField {
    /// The path of the fact.
    path: &'static str,
    /// The control's id.
    id: &'static str,
    /// What the form calls it.
    pub label: &'static str,
    /// Whether it stands on the demand's form; else on that of the paper's particulars.
    pub is_of_demand: bool,
}

const fn demand(path: &'static str, id: &'static str, label: &'static str) -> FactField {
    FactField { path, id, label, is_of_demand: true }
}

const fn paper(path: &'static str, id: &'static str, label: &'static str) -> FactField {
    FactField { path, id, label, is_of_demand: false }
}

/// Fields whose labels stand in templates.
const FIELDS: &[FactField] = &[
    demand("data_class", "item", "What is asked"),
    demand("identifiers.given", "identifier", "Identifier"),
    demand("identifiers.ours", "is_ours", "Is the account ours?"),
    demand("identifiers.valid", "identifier", "Identifier"),
    demand("item_in_signed_process", "in_signed_paper", "In the signed paper?"),
    demand("requested_from", "period_from", "Period from"),
    demand("requested_to", "period_to", "Period to"),
    paper("authorised_from", "authorised_from", "Data allowed from"),
    paper("authorised_to", "authorised_to", "Data allowed to"),
    paper("case_ref", "docket", "Docket, case or file number"),
    paper("channel", "channel", "How it reached us"),
    paper("customer_type", "customer", "Whose account is it?"),
    paper("execute_by", "execute_by", "Execute by"),
    paper("instrument", "instrument", "Instrument"),
    paper("issued_on", "issued_on", "Issued"),
    paper("issuing_authority", "issuing_authority", "Issuing authority"),
    paper("legal_basis_cited", "legal_basis", "Statute or rule cited"),
    paper("matter", "matter", "Matter"),
    paper("received_at", "received_at", "Received"),
    paper("return_by", "return_by", "Answer due"),
];

/// Questions about the paper itself, by the path they answer; their words are the form's own.
const QUESTIONS: &[(&str, &str)] = &[
    ("attachments_missing", "lacks_attachments"),
    ("names_served_entity", "names_served_entity"),
    ("particular", "is_particular"),
    ("signed", "is_signed"),
    ("statute_covers_request", "statute_covers"),
];

/// The field that gives this fact; none for what no field of its own gives.
pub fn field_of(path: &str) -> Option<FactField> {
    let question = || {
        let (path, id) = QUESTIONS.iter().find(|(known, _)| *known == path)?;
        let (_, label) = FACIAL.iter().find(|(name, _)| name == id)?;
        Some(paper(path, id, label))
    };
    FIELDS.iter().find(|field| field.path == path).copied().or_else(question)
}

impl FactField {
    /// The control's id, which is the field's name.
    pub fn id(self) -> &'static str {
        self.id
    }

    /// Where it is mended, on a case and a demand of it.
    pub fn href(self, case: &str, demand: &str) -> String {
        match self.is_of_demand {
            true => format!("/cases/{case}/demands/{demand}#{}", self.id),
            false => format!("/cases/{case}/amend#{}", self.id),
        }
    }
}

/// Where a fact without a field of its own is given: an order of secrecy on the case; of anything else the form offers
/// what the last check missed.
pub fn href_of_other(case: &str, path: &str) -> String {
    match path.starts_with("ndo.") {
        true => format!("/cases/{case}#secrecy"),
        false => format!("/cases/{case}/amend#more.{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_leads_to_its_field_under_the_name_the_form_has_for_it() {
        let ours = field_of("identifiers.ours").unwrap();
        assert_eq!(ours.href("2026-000001", "d7"), "/cases/2026-000001/demands/d7#is_ours");
        let signed = field_of("signed").unwrap();
        assert_eq!((signed.label, signed.is_of_demand), ("Is it signed?", false));
        assert!(QUESTIONS.iter().all(|(path, _)| field_of(path).is_some()));
        assert_eq!(field_of("emergency.danger"), None);
    }

    #[test]
    fn labels_are_those_that_stand_in_the_forms() {
        let forms =
            [include_str!("../templates/paper_fields.html"), include_str!("../templates/case_macros.html")].concat();
        for field in FIELDS {
            assert!(forms.contains(field.label), "no form calls {} “{}”", field.path, field.label);
        }
    }
}
