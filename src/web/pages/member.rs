//! One member of staff: rights, password, sessions, tokens.

use actix_web::HttpResponse;
use askama::Template;

use super::case_parts::Moment;
use super::shown_once::password_page;
use super::staff_parts::{
    RequestCard, RoleTick, SessionLine, TeamTick, TokenLine, read_particulars, request_cards, role_field, role_ticks,
    session_lines, team_field, team_ticks, token_lines, watch_marks,
};
use crate::actions::account::end_sessions::{self, Which};
use crate::actions::account::revoke_token;
use crate::actions::staff::view_member::{MemberView, view_member};
use crate::actions::staff::{Member, change_person, deactivate as shut, reactivate as let_in, reset_password as reset};
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::id::StaffId;
use crate::domain::second_admin::guarded;
use crate::domain::staff::Role;
use crate::web::WebError;
use crate::web::extract::{Visitor, WithId};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::{post_once, show_once};
use crate::web::page::{again, ok};

#[derive(Template)]
#[template(path = "member.html")]
struct MemberPage {
    frame: Frame,
    href: String,
    /// Where sessions are ended.
    sessions_at: String,
    /// Where tokens are revoked.
    tokens_at: String,
    full_name: String,
    name: String,
    version: i32,
    is_you: bool,
    is_active: bool,
    /// Whether what would let somebody act in this person's place needs a second admin.
    is_guarded: bool,
    must_change: bool,
    made: Option<Moment>,
    added: Moment,
    signed_in: Option<Moment>,
    watches: Vec<String>,
    cards: Vec<RequestCard>,
    roles: Vec<RoleTick>,
    teams: Vec<TeamTick>,
    sessions: Vec<SessionLine>,
    tokens: Vec<TokenLine>,
    form: Form,
}

/// `GET /staff/{id}`
///
/// # Errors
/// As [`view_member`].
pub async fn show(visitor: Visitor, id: WithId<StaffId>) -> Result<HttpResponse, WebError> {
    ok(&build(&visitor, id.0, None).await?)
}

/// `POST /staff/{id}`
///
/// # Errors
/// As [`change_person`](change_person::change_person).
pub async fn change(visitor: Visitor, id: WithId<StaffId>, fields: Fields) -> Result<HttpResponse, WebError> {
    let (WithId(id), seen) = (id, fields.version());
    let mut errors = Errors::default();
    if let Some(with) = read_particulars(&fields, &mut errors).filter(|_| errors.is_empty()) {
        let changed = show_once(&visitor, &fields, || async {
            let act = move |ctx: &Ctx, who: &SignedIn| change_person::change_person(ctx, who, id, seen, with);
            let shown = visitor.run(act).await?;
            let answer = match shown {
                Some(shown) => password_page(&visitor, shown, href(id))?,
                None => crate::web::page::see_other(&href(id)),
            };
            Ok((answer, href(id)))
        });
        match changed.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again(&build(&visitor, id, Some(Form::again(fields, errors))).await?)
}

/// `POST /staff/{id}/deactivate`
///
/// # Errors
/// As [`deactivate`](shut::deactivate).
pub async fn deactivate(visitor: Visitor, id: WithId<StaffId>, fields: Fields) -> Result<HttpResponse, WebError> {
    act(&visitor, id.0, &fields, shut::deactivate).await
}

/// `POST /staff/{id}/reactivate`
///
/// # Errors
/// As [`reactivate`](let_in::reactivate).
pub async fn reactivate(visitor: Visitor, id: WithId<StaffId>, fields: Fields) -> Result<HttpResponse, WebError> {
    act(&visitor, id.0, &fields, let_in::reactivate).await
}

/// `POST /staff/{id}/password`
///
/// # Errors
/// As [`reset_password`](reset::reset_password).
pub async fn reset_password(visitor: Visitor, id: WithId<StaffId>, fields: Fields) -> Result<HttpResponse, WebError> {
    let WithId(id) = id;
    show_once(&visitor, &fields, || async {
        let shown = visitor.run(move |ctx, who| reset::reset_password(ctx, who, id)).await?;
        Ok((password_page(&visitor, shown, href(id))?, href(id)))
    })
    .await
}

/// `POST /staff/{id}/sessions`
///
/// # Errors
/// As [`end_sessions`](end_sessions::end_sessions).
pub async fn end_sessions(visitor: Visitor, id: WithId<StaffId>, fields: Fields) -> Result<HttpResponse, WebError> {
    let which = which(&fields);
    act(&visitor, id.0, &fields, move |ctx, who, id| end_sessions::end_sessions(ctx, who, id, which)).await
}

/// `POST /staff/{id}/tokens/revoke`
///
/// # Errors
/// As [`revoke_token`](revoke_token::revoke_token).
pub async fn revoke_token(visitor: Visitor, id: WithId<StaffId>, fields: Fields) -> Result<HttpResponse, WebError> {
    let token = fields.text("id").parse().map_err(|_| ActionError::NotFound);
    act(&visitor, id.0, &fields, move |ctx, who, id| revoke_token::revoke_token(ctx, who, id, token?)).await
}

/// Which sessions a form names: one by its hash, or all others.
pub fn which(fields: &Fields) -> Which {
    match fields.text("session") {
        "" => Which::Others,
        hash => Which::One(hash.to_owned()),
    }
}

async fn act(
    visitor: &Visitor,
    id: StaffId,
    fields: &Fields,
    act: impl FnOnce(&Ctx, &SignedIn, StaffId) -> Result<(), ActionError> + Send + 'static,
) -> Result<HttpResponse, WebError> {
    post_once(visitor, fields, || async {
        visitor.run(move |ctx, who| act(ctx, who, id)).await?;
        Ok(href(id))
    })
    .await
}

fn href(id: StaffId) -> String {
    format!("/staff/{id}")
}

async fn build(visitor: &Visitor, id: StaffId, form: Option<Form>) -> Result<MemberPage, WebError> {
    let view = visitor.run(move |ctx, who| view_member(ctx, who, id)).await?;
    let (now, member) = (visitor.now(), &view.member);
    Ok(MemberPage {
        // No name in a title.
        frame: visitor.frame("Member of staff", Place::Staff),
        href: href(id),
        sessions_at: format!("{}/sessions", href(id)),
        tokens_at: format!("{}/tokens/revoke", href(id)),
        full_name: member.staff.full_name.to_string(),
        name: member.staff.name.clone(),
        version: member.version,
        is_you: id == visitor.who().staff.id,
        is_active: member.is_active,
        is_guarded: !guarded(&member.staff.roles).is_empty(),
        must_change: member.must_change_password,
        made: member.password_made_at.map(|at| Moment::new(at, now)),
        added: Moment::new(member.added_at, now),
        signed_in: member.signed_in_at.map(|at| Moment::new(at, now)),
        watches: watch_marks(&view.watches, id),
        cards: request_cards(&view.requests, visitor),
        roles: role_ticks(),
        teams: team_ticks(&view.teams),
        sessions: session_lines(&view.sessions, visitor),
        tokens: token_lines(&view.tokens, now),
        form: form.unwrap_or_else(|| as_kept(&view)),
    })
}

/// The form as the register has it.
fn as_kept(view: &MemberView) -> Form {
    let Member { staff, .. } = &view.member;
    let text = [
        ("full_name".to_owned(), staff.full_name.to_string()),
        ("email".to_owned(), staff.email.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("is_cleared".to_owned(), if staff.is_cleared { "yes" } else { "" }.to_owned()),
    ];
    let tick = |field: String| (field, "yes".to_owned());
    let roles = staff.roles.iter().map(|role: &Role| tick(role_field(*role)));
    let teams = staff.teams.iter().map(|team| tick(team_field(*team)));
    Form::filled(Fields::filled(text.into_iter().chain(roles).chain(teams)))
}
