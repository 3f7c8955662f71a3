//! What a request may end with instead of its page, with which status, and how that is shown.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use super::api;
use super::extract::Visitor;
use super::fields::Errors;
use super::frame::{Frame, Place};
use super::page::{page, see_other};
use super::trace;
use crate::actions::ActionError;
use crate::domain::case::CaseReference;
use crate::domain::refusal::Refusal;
use crate::domain::staff::Verb;
use crate::store::StoreError;
use crate::vault::VaultError;

/// What a request may end with.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The act did not happen.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// Nobody is signed in.
    #[error("You are not signed in.")]
    NotSignedIn,
    /// The API token is none of ours.
    #[error("This API token is not valid.")]
    BadApiToken,
    /// The form carries no token of this session.
    #[error("The form was made for another session.")]
    BadToken,
    /// Another site made the browser send this.
    #[error("Another site sent this.")]
    Foreign,
    /// There is no such page.
    #[error("There is no such page.")]
    NotFoundPage,
    /// The page takes no request of this method.
    #[error("This page does not take that kind of request.")]
    WrongMethod,
    /// The form is heavier than forms may be.
    #[error("{0}")]
    TooLarge(String),
    /// The form can't be read.
    #[error("The form can't be read. {0}")]
    BadForm(&'static str),
    /// The upload can't be read.
    #[error("The upload can't be read. {0}")]
    BadUpload(&'static str),
    /// The body is of another type than the address takes, which it names.
    #[error("The body is not of the type that this address takes.")]
    WrongMediaType(&'static str),
    /// The body is no JSON object.
    #[error("The body can't be read: {0}.")]
    BadJson(String),
    /// An earlier submit of the same form did it, and where that led was lost.
    #[error("This was done already, by an earlier submit.")]
    DoneBefore,
    /// The program is about to end.
    #[error("This Writ is being restarted. Nothing was changed.")]
    Ending,
    /// A template failed.
    #[error("a template failed: {0}")]
    Unrendered(String),
}

impl WebError {
    /// The status. One match without a wildcard: a new error needs a decision here.
    pub fn status(&self) -> StatusCode {
        match self {
            WebError::NotSignedIn | WebError::BadApiToken => StatusCode::UNAUTHORIZED,
            WebError::BadToken | WebError::Foreign => StatusCode::FORBIDDEN,
            WebError::NotFoundPage => StatusCode::NOT_FOUND,
            WebError::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            WebError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            WebError::WrongMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            WebError::BadForm(_) | WebError::BadUpload(_) | WebError::BadJson(_) => StatusCode::BAD_REQUEST,
            WebError::DoneBefore => StatusCode::CONFLICT,
            WebError::Ending => StatusCode::SERVICE_UNAVAILABLE,
            WebError::Unrendered(_) => StatusCode::INTERNAL_SERVER_ERROR,
            WebError::Action(action) => match action {
                ActionError::NotFound => StatusCode::NOT_FOUND,
                ActionError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                ActionError::Refused(refused) => of_refusal(&refused.refusal),
                ActionError::Conflict(_) => StatusCode::CONFLICT,
                ActionError::NotSignedIn(_) => StatusCode::UNAUTHORIZED,
                ActionError::Store(store) => match store {
                    StoreError::Busy | StoreError::Away(_) | StoreError::InDoubt(_) => StatusCode::SERVICE_UNAVAILABLE,
                    StoreError::Conflict | StoreError::DoneBefore => StatusCode::CONFLICT,
                    StoreError::Corrupt { .. }
                    | StoreError::Unrecorded
                    | StoreError::Unfit(_)
                    | StoreError::Down(_) => StatusCode::INTERNAL_SERVER_ERROR,
                },
                ActionError::Vault(vault) => match vault {
                    VaultError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
                    VaultError::Empty => StatusCode::UNPROCESSABLE_ENTITY,
                    VaultError::Sealed(_) | VaultError::Io(_) | VaultError::Keys(_) => {
                        StatusCode::INTERNAL_SERVER_ERROR
                    }
                },
            },
        }
    }

    /// The field errors of an act that could not take its fields, for the form to come back with.
    ///
    /// # Errors
    /// Any other error, as it is.
    pub fn into_invalid(self) -> Result<Errors, WebError> {
        match self {
            WebError::Action(ActionError::Invalid(errors)) => Ok(errors.into()),
            // The form comes back with all else that was typed: only the password is given anew.
            WebError::Action(ActionError::Refused(refused)) if refused.refusal == Refusal::NotSteppedUp => {
                let mut errors = Errors::default();
                errors.add("password", format!("That password is not right. {}", undone(refused.verb)));
                Ok(errors)
            }
            WebError::Action(ActionError::Refused(refused)) if is_about_the_day(&refused.refusal) => {
                let mut errors = Errors::default();
                errors.add("day", refused.refusal.to_string());
                Ok(errors)
            }
            WebError::Action(ActionError::NotSignedIn(said)) => {
                let mut errors = Errors::default();
                errors.add("password", said);
                Ok(errors)
            }
            WebError::Action(ActionError::Vault(VaultError::Empty)) => {
                let mut errors = Errors::default();
                errors.add("file", "The file is empty; choose another.");
                Ok(errors)
            }
            other => Err(other),
        }
    }

    /// The heading of its page.
    pub(super) fn heading(&self) -> &'static str {
        match self {
            WebError::Action(ActionError::NotSignedIn(_)) => return "Not done",
            WebError::Action(ActionError::Store(StoreError::Away(_))) => return "Out of reach",
            WebError::Action(ActionError::Store(StoreError::InDoubt(_))) => return "Not known",
            _ => {}
        }
        if let WebError::DoneBefore = self {
            return "Done already";
        }
        match self.status() {
            StatusCode::NOT_FOUND => "Not found",
            StatusCode::UNAUTHORIZED => "Not signed in",
            StatusCode::FORBIDDEN => "Not done",
            StatusCode::CONFLICT => "Changed meanwhile",
            StatusCode::UNPROCESSABLE_ENTITY => "Not as it should be",
            StatusCode::PAYLOAD_TOO_LARGE => "Too large",
            StatusCode::SERVICE_UNAVAILABLE => "Busy",
            StatusCode::INTERNAL_SERVER_ERROR => "Something broke",
            _ => "Not done",
        }
    }

    /// What happened, as one sentence.
    pub(super) fn says(&self) -> String {
        match self {
            WebError::Action(error) if error.is_absence() => ActionError::NotFound.to_string(),
            WebError::Action(ActionError::Refused(refused)) => refused.refusal.says(),
            WebError::Action(ActionError::Store(StoreError::Busy)) => "The register is busy.".into(),
            WebError::Action(ActionError::Store(StoreError::Away(_))) => {
                "The register's database can't be reached. Nothing was changed.".into()
            }
            WebError::Action(ActionError::Store(StoreError::InDoubt(_))) => {
                "The register's database went away while this was being saved. Whether it was done is not known.".into()
            }
            WebError::Action(ActionError::Invalid(errors)) => {
                errors.iter().map(|e| e.reason.as_str()).collect::<Vec<_>>().join(" ")
            }
            WebError::Ending => self.to_string(),
            _ if self.status().is_server_error() => "The program failed. Nothing was changed.".into(),
            other => other.to_string(),
        }
    }

    /// What would make it right, as one sentence.
    pub(super) fn opens(&self) -> String {
        match self {
            WebError::Action(error) if error.is_absence() => {
                "Check the address, or ask the team that owns the case.".into()
            }
            WebError::Action(ActionError::Refused(refused)) => refused.refusal.opens(),
            WebError::Action(ActionError::Store(StoreError::Busy)) => "Try again in a moment.".into(),
            WebError::Action(ActionError::Store(StoreError::Away(_))) => {
                "Try again in a moment; if it lasts, tell whoever runs this Writ.".into()
            }
            WebError::Action(ActionError::Store(StoreError::InDoubt(_))) => {
                "Look whether it is done before you do it again.".into()
            }
            WebError::Action(ActionError::Invalid(_)) => "Go back, put it right, and send it again.".into(),
            WebError::Action(ActionError::Conflict(_)) => {
                "Go back, reload, and look at both before you save again.".into()
            }
            WebError::Action(ActionError::Vault(VaultError::Empty)) => "Choose another file.".into(),
            WebError::Ending => "Try again in a moment.".into(),
            WebError::DoneBefore | WebError::Action(ActionError::Store(StoreError::DoneBefore)) => {
                "Go back and reload to see what came of it.".into()
            }
            WebError::NotSignedIn => "Sign in, then do it again.".into(),
            WebError::Action(ActionError::NotSignedIn(_)) => "Then go back and do it again.".into(),
            WebError::BadApiToken => "Ask an admin for a new one.".into(),
            WebError::BadToken => "Go back, reload the page, and send the form again.".into(),
            WebError::Foreign => "Open Writ in a tab of its own and do it there.".into(),
            WebError::NotFoundPage | WebError::WrongMethod => "Check the address.".into(),
            WebError::TooLarge(_) | WebError::Action(ActionError::Vault(VaultError::TooLarge(_))) => {
                "Send it in parts, or bring it by another way.".into()
            }
            WebError::BadForm(_) | WebError::BadUpload(_) | WebError::BadJson(_) | WebError::WrongMediaType(_) => {
                "Go back and send it again.".into()
            }
            WebError::Unrendered(_)
            | WebError::Action(ActionError::NotFound | ActionError::Store(_) | ActionError::Vault(_)) => {
                "Tell whoever runs this Writ the number below.".into()
            }
        }
    }
}

/// What a wrong password left as it was.
fn undone(verb: Verb) -> &'static str {
    match verb {
        Verb::Approve => "Nothing was approved.",
        Verb::Release => "Nothing was released.",
        _ => "Nothing was changed.",
    }
}

/// Whether it is about the day a period was to be split at, which its field says best.
fn is_about_the_day(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::NoPeriod { .. } | Refusal::DayOutsidePeriod { .. })
}

/// What one may not know of is not there; what is done already is a conflict; everything else is a plain no.
fn of_refusal(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NoSuchCase => StatusCode::NOT_FOUND,
        Refusal::AlreadyVerified
        | Refusal::AlreadyApproved
        | Refusal::AlreadyCollected
        | Refusal::ScopeChanged
        | Refusal::ApproverCounted
        | Refusal::AlreadyAssigned
        | Refusal::AlreadyWaiting
        | Refusal::NotWaiting
        | Refusal::ClockOver
        | Refusal::RedirectAnswered
        | Refusal::AlreadyLinked
        | Refusal::AcknowledgedByYou
        | Refusal::FindingClosed
        | Refusal::HoldLifted
        | Refusal::ErasureAnswered
        | Refusal::AcknowledgedInRole { .. }
        | Refusal::AlreadyAsked => StatusCode::CONFLICT,
        Refusal::NoRight { .. }
        | Refusal::GateShut { .. }
        | Refusal::WrongStage { .. }
        | Refusal::NoSuchClock
        | Refusal::ClockFixed
        | Refusal::AlreadyClosed
        | Refusal::AlreadyReleased
        | Refusal::SameChecker
        | Refusal::ApproverEdited { .. }
        | Refusal::CollectorApproved
        | Refusal::ReleaserCollected
        | Refusal::ReleaserCalledBack
        | Refusal::NoDemands
        | Refusal::NoSuchDemand
        | Refusal::NoPeriod { .. }
        | Refusal::DayOutsidePeriod { .. }
        | Refusal::NoSuchDocument
        | Refusal::BeyondVerdict { .. }
        | Refusal::DecisionMisfit { .. }
        | Refusal::DecisionIncomplete { .. }
        | Refusal::NotGranted
        | Refusal::FilesMisfit
        | Refusal::NothingToRelease
        | Refusal::NotSteppedUp
        | Refusal::ReleaseHeld { .. }
        | Refusal::ReleaseTooEarly { .. }
        | Refusal::LogInAlarm
        | Refusal::NotOnChecklist
        | Refusal::DefectUnsaid
        | Refusal::NoRedirect
        | Refusal::RedirectPending
        | Refusal::CompartmentsDiffer
        | Refusal::LinkToItself
        | Refusal::NoSuchLink
        | Refusal::OwnProposal
        | Refusal::NeedsSecondAdmin
        | Refusal::NoSecondAdmin
        | Refusal::AdminWatched { .. }
        | Refusal::OnlyAdmin
        | Refusal::OwnPassword
        | Refusal::KeptBack { .. }
        | Refusal::OwnErasure
        | Refusal::ErasureNotOpen
        | Refusal::OutsideCompartment => StatusCode::FORBIDDEN,
    }
}

impl ResponseError for WebError {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// Bare: [`show`] makes the page, which needs the request.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status())
    }
}

/// The page of an error.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    heading: &'static str,
    says: String,
    opens: String,
    reference: Option<String>,
    back: Back,
}

/// Where one goes on from an error.
struct Back {
    href: String,
    label: String,
}

/// Middleware: gives errors their page, and logs the cause of what is our fault, once.
///
/// # Errors
/// Never itself.
pub async fn show(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(req).await?.map_into_boxed_body();
    let Some(error) = response.response().error() else { return Ok(response) };
    if api::is_api(response.request().path()) {
        let problem = show_problem(response.request(), error);
        return Ok(response.into_response(problem));
    }
    let shown = match error.as_error::<WebError>() {
        Some(WebError::NotSignedIn) if is_reading(response.request()) => Ok(see_other("/sign-in")),
        Some(error) => show_error(response.request(), error),
        // Whatever else actix refuses was refused for what the client sent.
        None if error.as_response_error().status_code().is_client_error() => {
            show_error(response.request(), &WebError::BadForm("The request is not as it should be."))
        }
        None => show_error(response.request(), &WebError::Unrendered(error.to_string())),
    };
    match shown {
        Ok(shown) => Ok(response.into_response(shown)),
        Err(error) => {
            tracing::error!(%error, "an error page was not rendered");
            Ok(response)
        }
    }
}

/// Back to the case or task that the address names, unless it is not there; else to where everybody begins.
fn back(req: &HttpRequest, status: StatusCode, is_known: bool) -> Back {
    let reference = CaseReference::parse(req.match_info().query("reference")).ok();
    match reference.filter(|_| status != StatusCode::NOT_FOUND) {
        _ if !is_known => Back { href: "/sign-in".into(), label: "Sign in".into() },
        Some(reference) if req.path().starts_with("/tasks/") => {
            Back { href: format!("/tasks/{reference}"), label: format!("Back to task {reference}") }
        }
        Some(reference) => Back { href: format!("/cases/{reference}"), label: format!("Back to case {reference}") },
        None => Back { href: "/".into(), label: "Back to your first page".into() },
    }
}

fn is_reading(req: &HttpRequest) -> bool {
    matches!(*req.method(), Method::GET | Method::HEAD)
}

/// A failed call of the API.
fn show_problem(req: &HttpRequest, error: &Error) -> HttpResponse {
    let refused = WebError::BadForm("The request is not as it should be.");
    let ours;
    let error = match error.as_error::<WebError>() {
        Some(error) => error,
        None if error.as_response_error().status_code().is_client_error() => &refused,
        None => {
            ours = WebError::Unrendered(error.to_string());
            &ours
        }
    };
    api::problem::answer(req, error, recorded(req, error).as_deref())
}

/// Logs the cause of what is our fault, once, and gives the number it stands under: the request's.
fn recorded(req: &HttpRequest, error: &WebError) -> Option<String> {
    match error.status() {
        StatusCode::INTERNAL_SERVER_ERROR => tracing::error!(cause = %error, "a request failed"),
        status if status.is_server_error() => tracing::warn!(cause = %error, "a request was refused for now"),
        _ => return None,
    }
    trace::id_of(req)
}

fn show_error(req: &HttpRequest, error: &WebError) -> Result<HttpResponse, WebError> {
    let (status, reference) = (error.status(), recorded(req, error));
    let visitor = Visitor::find(req).ok();
    let back = back(req, status, visitor.is_some());
    let frame = match &visitor {
        Some(visitor) => visitor.frame(error.heading(), Place::Elsewhere),
        None => Frame::of_nobody(req, error.heading()),
    };
    page(
        status,
        &ErrorPage { frame, heading: error.heading(), says: error.says(), opens: error.opens(), reference, back },
    )
}
