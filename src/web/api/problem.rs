//! What went wrong, as RFC 9457 has it: `application/problem+json`.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::actions::ActionError;
use crate::domain::text::ParseError;
use crate::store::StoreError;
use crate::vault::VaultError;
use crate::web::WebError;
use crate::web::routes::{Method, ROUTES};

/// Codes of problems that are no refusals; refusals have their own, which the log spells alike.
pub const CODES: &[&str] = &[
    "not_signed_in",
    "bad_api_token",
    "paused",
    "not_found",
    "no_such_address",
    "wrong_method",
    "wrong_media_type",
    "bad_json",
    "bad_form",
    "too_large",
    "invalid",
    "conflict",
    "busy",
    "away",
    "in_doubt",
    "failed",
];

/// A problem.
#[derive(Debug, Serialize)]
struct ProblemJson {
    /// `urn:writ:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    /// What happened.
    detail: String,
    /// What would make it a yes.
    opens: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldErrorJson>,
    /// For whoever runs this Writ, where the program failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
}

/// What is wrong with one field.
#[derive(Debug, Serialize)]
struct FieldErrorJson {
    field: String,
    reason: String,
}

/// The answer to a call that failed. `reference` is what the cause stands under in the program's own log.
pub fn answer(req: &HttpRequest, error: &WebError, reference: Option<&str>) -> HttpResponse {
    let (status, code) = (status(error), code(error));
    let problem = ProblemJson {
        kind: format!("urn:writ:problem:{code}"),
        title: error.heading(),
        status: status.as_u16(),
        code,
        detail: detail(error),
        opens: opens(error),
        errors: fields(error),
        instance: reference.map(|reference| format!("urn:uuid:{reference}")),
    };
    let mut answer = HttpResponse::build(status);
    match status {
        StatusCode::UNAUTHORIZED => drop(answer.insert_header((header::WWW_AUTHENTICATE, challenge(error)))),
        StatusCode::METHOD_NOT_ALLOWED => drop(answer.insert_header((header::ALLOW, allowed(req)))),
        // Not where it may have been done: a program that sends it again by itself would do it twice.
        StatusCode::SERVICE_UNAVAILABLE if code != "in_doubt" => {
            answer.insert_header((header::RETRY_AFTER, "1"));
        }
        _ => {}
    }
    // The content type last: building the body from JSON would set its own.
    let body = serde_json::to_string(&problem).unwrap_or_default();
    answer.content_type("application/problem+json").body(body)
}

fn challenge(error: &WebError) -> &'static str {
    match error {
        WebError::BadApiToken => "Bearer realm=\"writ\", error=\"invalid_token\"",
        _ => "Bearer realm=\"writ\"",
    }
}

/// The methods that the address takes.
fn allowed(req: &HttpRequest) -> String {
    let pattern = req.match_pattern().unwrap_or_default();
    let here = ROUTES.iter().filter(|route| route.path == pattern);
    let methods = here.map(|route| match route.method {
        Method::Get => "GET, HEAD",
        Method::Post => "POST",
    });
    methods.collect::<Vec<_>>().join(", ")
}

/// As on pages, but for a step-up that is paused: the token is good all the same.
fn status(error: &WebError) -> StatusCode {
    match error {
        WebError::Action(ActionError::NotSignedIn(_)) => StatusCode::TOO_MANY_REQUESTS,
        other => other.status(),
    }
}

/// One match without a wildcard: a new error needs a code here, and its line in `docs/api.md`.
fn code(error: &WebError) -> &'static str {
    match error {
        WebError::NotSignedIn | WebError::BadToken | WebError::Foreign => "not_signed_in",
        WebError::BadApiToken => "bad_api_token",
        WebError::NotFoundPage => "no_such_address",
        WebError::WrongMethod => "wrong_method",
        WebError::TooLarge(_) => "too_large",
        WebError::WrongMediaType(_) => "wrong_media_type",
        WebError::BadJson(_) => "bad_json",
        WebError::BadForm(_) | WebError::BadUpload(_) => "bad_form",
        WebError::DoneBefore => "conflict",
        WebError::Ending => "busy",
        WebError::Unrendered(_) => "failed",
        WebError::Action(action) => match action {
            ActionError::NotFound => "not_found",
            ActionError::Invalid(_) => "invalid",
            // What one may not know of is answered as what is not there, to the letter.
            ActionError::Refused(_) if action.is_absence() => "not_found",
            ActionError::Refused(refused) => refused.refusal.code(),
            ActionError::Conflict(_) => "conflict",
            ActionError::NotSignedIn(_) => "paused",
            ActionError::Store(StoreError::Busy) => "busy",
            ActionError::Store(StoreError::Away(_)) => "away",
            ActionError::Store(StoreError::InDoubt(_)) => "in_doubt",
            ActionError::Store(StoreError::Conflict | StoreError::DoneBefore) => "conflict",
            ActionError::Store(
                StoreError::Corrupt { .. } | StoreError::Unrecorded | StoreError::Unfit(_) | StoreError::Down(_),
            ) => "failed",
            ActionError::Vault(VaultError::TooLarge(_)) => "too_large",
            ActionError::Vault(VaultError::Empty) => "invalid",
            ActionError::Vault(VaultError::Sealed(_) | VaultError::Io(_) | VaultError::Keys(_)) => "failed",
        },
    }
}

fn detail(error: &WebError) -> String {
    match error {
        WebError::NotSignedIn => "The call carries no API token.".into(),
        WebError::NotFoundPage => "There is no such address.".into(),
        WebError::WrongMethod => "This address does not take that method.".into(),
        WebError::Action(ActionError::Invalid(errors)) if errors.len() == 1 => {
            "A field can't be taken as it is.".into()
        }
        WebError::Action(ActionError::Invalid(_)) => error.to_string(),
        other => other.says(),
    }
}

fn opens(error: &WebError) -> String {
    match error {
        WebError::NotSignedIn => "Send the header “Authorization: Bearer” with your token.".into(),
        WebError::BadApiToken => "Ask an admin for a new one; this one may have been revoked.".into(),
        WebError::NotFoundPage | WebError::WrongMethod => "docs/api.md lists every address.".into(),
        WebError::BadForm(_) | WebError::BadUpload(_) | WebError::BadJson(_) => "Mend it and send it again.".into(),
        WebError::WrongMediaType(wanted) => format!("Send it with the content type {wanted}."),
        WebError::Action(ActionError::Invalid(_) | ActionError::Vault(VaultError::Empty)) => {
            "Put right what “errors” lists, and send it again.".into()
        }
        WebError::Action(ActionError::Conflict(_)) => {
            "Read it again, look at both, and send it with the new version.".into()
        }
        WebError::Action(ActionError::NotSignedIn(_)) => "Wait until then.".into(),
        other if other.status().is_server_error() && !matches!(code(other), "busy" | "away" | "in_doubt") => {
            "Tell whoever runs this Writ the “instance”.".into()
        }
        other => other.opens(),
    }
}

fn fields(error: &WebError) -> Vec<FieldErrorJson> {
    let json = |e: &ParseError| FieldErrorJson { field: e.field.clone(), reason: e.reason.clone() };
    match error {
        WebError::Action(ActionError::Invalid(errors)) => errors.iter().map(json).collect(),
        WebError::Action(ActionError::Vault(VaultError::Empty)) => {
            vec![FieldErrorJson { field: "file".into(), reason: "The file is empty; choose another.".into() }]
        }
        _ => Vec::new(),
    }
}
