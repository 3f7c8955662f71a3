//! What programs send to the API: the grand jury subpoena of `tests/papers`, as JSON.

use serde_json::{Value, json};

use super::site::Page;

/// A paper whose agency and officer are new.
pub fn paper() -> Value {
    json!({
        "instrument": "grand_jury_subpoena",
        "issuing_authority": "grand_jury",
        "issuer": "United States District Court, District of Meridiana",
        "agency": {
            "name": "Bureau of Sample Inquiries", "country": "US", "level": "federal", "kind": "law_enforcement",
        },
        "officer": {
            "name": "Casey Mockford", "title": "Special Agent", "email": "casey.mockford@bsi.example",
            "phone": "(202) 555-0114",
        },
        "docket": {"is": "26-GJ-0117-04"},
        "legal_basis": {"is": "18 U.S.C. § 2703(c)(2)"},
        "matter": "criminal",
        "channel": "email",
        "received_at": "2026-10-30T14:05:00Z",
        "issued_on": "2026-10-26",
        "return_by": {"is": "2026-11-17"},
        "execute_by": "none",
        "authorised_from": {"is": "2026-01-01"},
        "authorised_to": {"is": "2026-10-20"},
        "customer": "consumer",
        "is_signed": true,
        "names_served_entity": true,
        "lacks_attachments": false,
        "is_particular": true,
        "statute_covers": true,
    })
}

/// A demand about this telephone number.
pub fn asked(phone: &str) -> Value {
    json!({
        "identifier": {"kind": "phone", "received": phone},
        "service": "account",
        "category": "registration",
        "words": "records of the account",
        "period": {"from": "2026-01-01", "to": "2026-10-20"},
        "in_signed_paper": true,
        "is_ours": true,
    })
}

impl Page {
    /// The problem that this answer is: a sentence on what happened, and one on what would make it a yes.
    #[track_caller]
    pub fn problem(&self) -> Value {
        assert_eq!(self.kind, "application/problem+json", "{}: {}", self.status, self.source());
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{problem}");
        let code = problem["code"].as_str().unwrap();
        assert_eq!(problem["type"], format!("urn:writ:problem:{code}"), "{problem}");
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{problem}");
        for sentence in ["detail", "opens"] {
            let said = problem[sentence].as_str().unwrap_or_default();
            assert!(said.len() > 10 && said.ends_with('.'), "{sentence}: {problem}");
        }
        problem
    }

    /// The problem's code.
    #[track_caller]
    pub fn code(&self) -> String {
        self.problem()["code"].as_str().unwrap().to_owned()
    }

    /// The fields that the problem names.
    #[track_caller]
    pub fn fields(&self) -> Vec<String> {
        let problem = self.problem();
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        for error in &errors {
            assert!(error["reason"].as_str().is_some_and(|reason| reason.ends_with('.')), "{problem}");
        }
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    }
}
