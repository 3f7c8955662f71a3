//! One's own account: who am I here, sessions, API tokens; for admins a line on the log's health. Nothing of cases.

use actix_web::HttpResponse;
use askama::Template;

use super::member::which;
use super::own_password::password_errors;
use super::shown_once::token_page;
use super::staff_parts::{SessionLine, TokenLine, does, session_lines, token_lines};
use crate::actions::ActionError;
use crate::actions::account::{end_sessions as ending, make_token as making, revoke_token as revoking, view_account};
use crate::actions::sign_in::step_up;
use crate::actions::view_health::view_health;
use crate::domain::staff::Verb;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::{post_once, show_once};
use crate::web::page::{again, ok};
use crate::web::times::relative;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    name: String,
    full_name: String,
    email: Option<String>,
    roles: Vec<RoleLine>,
    teams: String,
    is_cleared: bool,
    session_ends: Option<String>,
    sessions: Vec<SessionLine>,
    tokens: Vec<TokenLine>,
    /// When the calendar's address was made; none where nobody may have one, and none inside where there is none.
    calendar: Option<Option<String>>,
    health: Option<String>,
    form: Form,
}

struct RoleLine {
    label: &'static str,
    does: &'static str,
}

/// `GET /account`
///
/// # Errors
/// When the store fails.
pub async fn show(visitor: Visitor) -> Result<HttpResponse, WebError> {
    ok(&build(&visitor, Form::default()).await?)
}

/// `POST /account/sessions`: ends one, or all others.
///
/// # Errors
/// As [`ending::end_sessions`].
pub async fn end_sessions(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    let which = which(&fields);
    post_once(&visitor, &fields, || async {
        visitor.run(move |ctx, who| ending::end_sessions(ctx, who, who.staff.id, which)).await?;
        Ok("/account".to_owned())
    })
    .await
}

/// `POST /account/tokens`
///
/// # Errors
/// As [`step_up`] and [`making::make_token`].
pub async fn make_token(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let name = fields.required_line("token_name", &mut errors);
    let through = fields.date("through", &mut errors);
    let password = fields.password("password");
    if let Some(name) = name.filter(|_| errors.is_empty()) {
        let made = show_once(&visitor, &fields, || async {
            let token = visitor.run(move |ctx, who| {
                let fresh = step_up(ctx, who, &password, Verb::ManageAccount)?;
                making::make_token(ctx, who, name, through, fresh)
            });
            Ok((token_page(&visitor, token.await?)?, "/account".to_owned()))
        });
        match made.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = password_errors(error, "password")?,
        }
    }
    again(&build(&visitor, Form::again(fields, errors)).await?)
}

/// `POST /account/tokens/revoke`
///
/// # Errors
/// As [`revoking::revoke_token`].
pub async fn revoke_token(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    let token = fields.text("id").parse().map_err(|_| ActionError::NotFound);
    post_once(&visitor, &fields, || async {
        visitor.run(move |ctx, who| revoking::revoke_token(ctx, who, who.staff.id, token?)).await?;
        Ok("/account".to_owned())
    })
    .await
}

async fn build(visitor: &Visitor, form: Form) -> Result<AccountPage, WebError> {
    let account = visitor.run(view_account::view_account).await?;
    let health = visitor.run(view_health).await?;
    let works_on_cases = visitor.may(Verb::ReadQueue);
    let (staff, now) = (&visitor.who().staff, visitor.now());
    let teams: Vec<_> = account.teams.iter().map(|team| team.name.as_str()).collect();
    Ok(AccountPage {
        frame: visitor.frame("Your account", Place::Elsewhere),
        name: staff.name.clone(),
        full_name: staff.full_name.to_string(),
        email: staff.email.as_ref().map(ToString::to_string),
        roles: staff.roles.iter().map(|&role| RoleLine { label: role.label(), does: does(role) }).collect(),
        teams: teams.join(", "),
        is_cleared: staff.is_cleared,
        session_ends: visitor.who().session.as_ref().map(|s| s.ends_at.for_people()),
        sessions: session_lines(&account.sessions, visitor),
        tokens: token_lines(&account.tokens, now),
        calendar: works_on_cases.then_some(account.feed.map(|at| at.for_people())),
        health: health.map(|h| format!("{} entries, the last at {} ({})", h.size, h.last_at, relative(h.last_at, now))),
        form,
    })
}
