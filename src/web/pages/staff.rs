//! The staff: everybody by name, what waits for a second admin, and adding somebody.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::case_parts::Moment;
use super::shown_once::password_page;
use super::staff_parts::{
    RequestCard, RoleTick, TeamTick, read_particulars, request_cards, role_ticks, roles_in_words, team_ticks,
    watch_marks,
};
use crate::actions::staff::add_person::add_person;
use crate::actions::staff::list_staff::{StaffPage, list_staff};
use crate::actions::staff::{Member, Particulars};
use crate::domain::id::StaffId;
use crate::domain::staff::{Role, sign_in_name};
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::show_once;
use crate::web::page::{again, ok};

/// Which part of the list.
#[derive(Debug, Deserialize)]
pub struct Asked {
    after: Option<StaffId>,
}

#[derive(Template)]
#[template(path = "staff.html")]
struct StaffTemplate {
    frame: Frame,
    counts: String,
    cards: Vec<RequestCard>,
    rows: Vec<Row>,
    next: Option<String>,
    is_first: bool,
    roles: Vec<RoleTick>,
    teams: Vec<TeamTick>,
    form: Form,
}

struct Row {
    href: String,
    full_name: String,
    name: String,
    is_you: bool,
    is_active: bool,
    is_cleared: bool,
    must_change: bool,
    roles: String,
    asked: Vec<String>,
    teams: String,
    watches: Vec<String>,
    signed_in: Option<Moment>,
}

/// `GET /staff`
///
/// # Errors
/// A refusal for people who do not manage staff; when the store fails.
pub async fn show(visitor: Visitor, asked: web::Query<Asked>) -> Result<HttpResponse, WebError> {
    ok(&build(&visitor, asked.after, Form::default()).await?)
}

/// `POST /staff`
///
/// # Errors
/// As [`add_person`].
pub async fn add(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    let errors = match read(&fields) {
        Err(errors) => errors,
        Ok((name, with)) => {
            let added = show_once(&visitor, &fields, || async {
                let added = visitor.run(move |ctx, who| add_person(ctx, who, name, with)).await?;
                let to = format!("/staff/{}", added.staff);
                Ok((password_page(&visitor, added.shown, to.clone())?, to))
            });
            match added.await {
                Ok(answer) => return Ok(answer),
                Err(error) => error.into_invalid()?,
            }
        }
    };
    again(&build(&visitor, None, Form::again(fields, errors)).await?)
}

fn read(fields: &Fields) -> Result<(String, Particulars), Errors> {
    let mut errors = Errors::default();
    let name = errors.take(sign_in_name(fields.text("name")));
    let with = read_particulars(fields, &mut errors);
    name.zip(with).filter(|_| errors.is_empty()).ok_or(errors)
}

async fn build(visitor: &Visitor, after: Option<StaffId>, form: Form) -> Result<StaffTemplate, WebError> {
    let page = visitor.run(move |ctx, who| list_staff(ctx, who, after)).await?;
    Ok(StaffTemplate {
        frame: visitor.frame("Staff", Place::Staff),
        counts: counts(&page),
        cards: request_cards(&page.requests, visitor),
        rows: page.members.iter().map(|member| row(member, &page, visitor)).collect(),
        next: page.next_after.map(|after| format!("/staff?after={after}")),
        is_first: after.is_none(),
        roles: role_ticks(),
        teams: team_ticks(&page.teams),
        form,
    })
}

fn row(member: &Member, page: &StaffPage, visitor: &Visitor) -> Row {
    let staff = &member.staff;
    let open = page.requests.iter().filter(|open| open.request.staff == staff.id);
    let teams = page.teams.iter().filter(|team| staff.teams.contains(&team.id)).map(|team| team.name.as_str());
    Row {
        href: format!("/staff/{}", staff.id),
        full_name: staff.full_name.to_string(),
        name: staff.name.clone(),
        is_you: staff.id == visitor.who().staff.id,
        is_active: member.is_active,
        is_cleared: staff.is_cleared,
        must_change: member.must_change_password,
        roles: roles_in_words(staff.roles.iter()),
        asked: open.map(|open| asked(&open.request.roles, open.request.change.label())).collect(),
        teams: teams.collect::<Vec<_>>().join(", "),
        watches: watch_marks(&page.watches, staff.id),
        signed_in: member.signed_in_at.map(|at| Moment::new(at, visitor.now())),
    }
}

fn asked(roles: &std::collections::BTreeSet<Role>, change: &str) -> String {
    let what = if roles.is_empty() { change.to_owned() } else { roles_in_words(roles.iter()) };
    format!("{what} asked for")
}

fn counts(page: &StaffPage) -> String {
    let count = |role: Role| {
        let n = page.by_role.get(role.as_str()).copied().unwrap_or(0);
        format!("{n} {}{}", role.label(), if n == 1 { "" } else { "s" })
    };
    Role::ALL.iter().map(|&role| count(role)).collect::<Vec<_>>().join(" · ")
}
