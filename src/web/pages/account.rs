//! Who am I here: name, roles, teams; for admins a line on the log's health. Nothing of cases.

use actix_web::HttpResponse;
use askama::Template;

use crate::actions::view_health::view_health;
use crate::domain::staff::Role;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::frame::{Frame, Place};
use crate::web::page::ok;
use crate::web::times::relative;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    name: String,
    full_name: String,
    roles: Vec<RoleLine>,
    is_cleared: bool,
    has_email: bool,
    session_ends: Option<String>,
    health: Option<String>,
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
    let health = visitor.run(view_health).await?;
    let staff = &visitor.who().staff;
    let roles = staff.roles.iter().map(|&role| RoleLine { label: role.label(), does: does(role) }).collect();
    ok(&AccountPage {
        frame: visitor.frame("Your account", Place::Account),
        name: staff.name.clone(),
        full_name: staff.full_name.to_string(),
        roles,
        is_cleared: staff.is_cleared,
        has_email: staff.email.is_some(),
        session_ends: visitor.who().session.as_ref().map(|s| s.ends_at.for_people()),
        health: health
            .map(|h| format!("{} entries, the last at {} ({})", h.size, h.last_at, relative(h.last_at, visitor.now()))),
    })
}

fn does(role: Role) -> &'static str {
    match role {
        Role::Analyst => "takes papers in, checks requesters, drafts decisions, releases what others collected",
        Role::Reviewer => "does what an analyst does, approves scopes, and may decide beyond a verdict with a reason",
        Role::Fulfiller => "collects exactly what was granted and sees nothing else of a case",
        Role::Auditor => "reads and verifies the log; sees no personal data",
        Role::Admin => "manages staff with the program's commands; sees no case",
    }
}
