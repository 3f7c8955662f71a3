//! The end of a case: release, close, withdraw.

use actix_web::HttpResponse;

use super::case_page::{Posted, whole};
use super::case_tabs::Tab;
use crate::actions::close_case::close_case;
use crate::actions::release::release as let_go;
use crate::actions::sign_in::step_up_on;
use crate::actions::withdraw_case::withdraw_case;
use crate::domain::decision::ReleaseMethod;
use crate::domain::staff::Verb;
use crate::domain::text::Line;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields};

/// `POST /cases/{reference}/release`
///
/// # Errors
/// As [`step_up_on`] and [`let_go`].
pub async fn release(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let (read, password) = (read_release(&fields), fields.password("password"));
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Review, fields };
    let act = posted.act(read, move |ctx, who, on, (to, method)| {
        let fresh = step_up_on(ctx, who, &on.reference, &password, Verb::Release)?;
        let_go(ctx, who, on, to, method, fresh)
    });
    act.await
}

fn read_release(fields: &Fields) -> Result<(Line, ReleaseMethod), Errors> {
    let mut errors = Errors::default();
    let (to, method) = (fields.required_line("to", &mut errors), fields.word("method", &mut errors));
    if !fields.has("password") {
        errors.add("password", "Give your password again.");
    }
    whole(to.zip(method), errors)
}

/// `POST /cases/{reference}/close`
///
/// # Errors
/// As [`close_case`].
pub async fn close(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let note = fields.prose("note", &mut errors);
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Review, fields };
    posted.act(whole(Some(note), errors), close_case).await
}

/// `POST /cases/{reference}/withdraw`
///
/// # Errors
/// As [`withdraw_case`].
pub async fn withdraw(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let note = fields.required_prose("note", &mut errors);
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Review, fields };
    posted.act(whole(note, errors), withdraw_case).await
}
