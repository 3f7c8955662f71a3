//! Signing in and out, and the first page of each role.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::actions::{ActionError, sign_in};
use crate::domain::staff::Role;
use crate::web::extract::Visitor;
use crate::web::fields::{Form, OpenFields};
use crate::web::frame::Frame;
use crate::web::page::{ok, page, see_other};
use crate::web::run::run;
use crate::web::session::{cookie, no_cookie};
use crate::web::{App, WebError};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    form: Form,
    problem: Option<String>,
}

/// `GET /`: to the first page of one's roles.
///
/// # Errors
/// None.
pub async fn home(visitor: Visitor) -> Result<HttpResponse, WebError> {
    Ok(see_other(first_page(&visitor)))
}

fn first_page(visitor: &Visitor) -> &'static str {
    if visitor.is(Role::Analyst) || visitor.is(Role::Reviewer) {
        "/queue"
    } else if visitor.is(Role::Fulfiller) {
        "/tasks"
    } else if visitor.is(Role::Auditor) {
        "/log"
    } else if visitor.is(Role::Admin) {
        "/staff"
    } else {
        "/account"
    }
}

/// `GET /sign-in`
///
/// # Errors
/// When the template fails.
pub async fn show(app: Data<App>, visitor: Option<Visitor>) -> Result<HttpResponse, WebError> {
    if visitor.is_some() {
        return Ok(see_other("/"));
    }
    ok(&SignInPage { frame: Frame::bare(&app, "Sign in"), form: Form::default(), problem: None })
}

/// `POST /sign-in`
///
/// # Errors
/// When the store fails. A wrong name or password shows the form again.
pub async fn sign_in(app: Data<App>, req: HttpRequest, form: OpenFields) -> Result<HttpResponse, WebError> {
    let OpenFields(fields) = form;
    let (name, password) = (fields.text("name").to_owned(), fields.password("password"));
    let address = req.peer_addr().map_or_else(|| "unknown".to_owned(), |peer| peer.ip().to_string());
    match run(&app, move |ctx| sign_in::sign_in(ctx, &name, &password, &address)).await {
        Ok(started) => {
            let mut answer = see_other("/");
            let set = answer.add_cookie(&cookie(&app.settings, started.cookie));
            set.map(|()| answer).map_err(|error| WebError::Unrendered(error.to_string()))
        }
        Err(WebError::Action(ActionError::NotSignedIn(problem))) => {
            let frame = Frame::bare(&app, "Sign in");
            page(StatusCode::UNAUTHORIZED, &SignInPage { frame, form: Form::filled(fields), problem: Some(problem) })
        }
        Err(other) => Err(other),
    }
}

/// `POST /sign-out`
///
/// # Errors
/// [`WebError::BadToken`]; when the store fails.
pub async fn sign_out(visitor: Visitor, _checked: crate::web::fields::Fields) -> Result<HttpResponse, WebError> {
    visitor.run(sign_in::sign_out).await?;
    let mut answer = see_other("/sign-in");
    let set = answer.add_cookie(&no_cookie(&visitor.app.settings));
    set.map(|()| answer).map_err(|error| WebError::Unrendered(error.to_string()))
}
