//! Changing one's own password. Whoever signed in with one that somebody else made sees only this page until then.

use actix_web::HttpResponse;
use askama::Template;
use secrecy::ExposeSecret;

use crate::actions::ActionError;
use crate::actions::account::change_password::change_password;
use crate::actions::passwords::SHORTEST;
use crate::domain::refusal::Refusal;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};

#[derive(Template)]
#[template(path = "own_password.html")]
struct PasswordPage {
    frame: Frame,
    must_change: bool,
    shortest: usize,
    form: Form,
}

/// `GET /account/password`
///
/// # Errors
/// When the template fails.
pub async fn show(visitor: Visitor) -> Result<HttpResponse, WebError> {
    ok(&page(&visitor, Form::default()))
}

/// `POST /account/password`
///
/// # Errors
/// As [`change_password`].
pub async fn change(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let [current, new, again_new] = ["current", "password", "password_again"].map(|name| fields.password(name));
    if new.expose_secret() != again_new.expose_secret() {
        errors.add("password_again", "The two differ; type the new password twice.");
    }
    if errors.is_empty() {
        let to = if visitor.who().must_change_password() { "/" } else { "/account" };
        let changed = post_once(&visitor, &fields, || async {
            visitor.run(move |ctx, who| change_password(ctx, who, &current, &new)).await?;
            Ok(to.to_owned())
        });
        match changed.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = password_errors(error, "current")?,
        }
    }
    again(&page(&visitor, Form::again(fields, errors)))
}

/// The errors of a form that asks for the current password in a field: a wrong one stands there.
///
/// # Errors
/// Any other error, as it is.
pub fn password_errors(error: WebError, field: &str) -> Result<Errors, WebError> {
    match error {
        WebError::Action(ActionError::Refused(refused)) if refused.refusal == Refusal::NotSteppedUp => {
            let mut errors = Errors::default();
            errors.add(field, "This is not your password as it is now.");
            Ok(errors)
        }
        other => other.into_invalid(),
    }
}

fn page(visitor: &Visitor, form: Form) -> PasswordPage {
    PasswordPage {
        frame: visitor.frame("Change your password", Place::Elsewhere),
        must_change: visitor.who().must_change_password(),
        shortest: SHORTEST,
        form,
    }
}
