//! What the pages about staff and accounts share.

use super::case_parts::Moment;
use crate::actions::staff::{OpenRequest, Particulars, Session, StaffRequest, Team, Token, Watch};
use crate::domain::id::{StaffId, TeamId};
use crate::domain::second_admin::{StaffChange, WatchCause};
use crate::domain::staff::{Role, email};
use crate::domain::time::Instant;
use crate::web::extract::Visitor;
use crate::web::fields::{Errors, Fields};

/// A role as a box to tick.
pub struct RoleTick {
    /// The field's name.
    pub field: String,
    /// The role.
    pub label: &'static str,
    /// What its holder does.
    pub does: &'static str,
}

/// A team as a box to tick.
pub struct TeamTick {
    /// The field's name.
    pub field: String,
    /// The team.
    pub name: String,
}

/// A change that waits for a second admin, as one admin sees it.
pub struct RequestCard {
    /// Its identity.
    pub id: String,
    /// What is asked, for whom.
    pub heading: String,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Moment,
    /// The page of whom it is about.
    pub href: String,
    /// Whether this admin asked.
    pub is_mine: bool,
    /// Whether it is about this admin.
    pub is_about_me: bool,
    /// Whether confirming it makes a new password.
    pub makes_password: bool,
}

/// A session in a list.
pub struct SessionLine {
    /// Its hash, which names it and lets nobody in.
    pub hash: String,
    /// When it began.
    pub since: Moment,
    /// When it was last used.
    pub seen: Moment,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// A token in a list.
pub struct TokenLine {
    /// Its identity.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub made: Moment,
    /// When it ends, or that it does not.
    pub ends: String,
    /// Whether it lets anybody in.
    pub is_live: bool,
}

/// What a role's holder does.
pub fn does(role: Role) -> &'static str {
    match role {
        Role::Analyst => "takes papers in, checks requesters, drafts decisions, releases what others collected",
        Role::Reviewer => "does what an analyst does, approves scopes, and may decide beyond a verdict with a reason",
        Role::Fulfiller => "collects exactly what was granted and sees nothing else of a case",
        Role::Auditor => "reads and verifies the log; sees no personal data",
        Role::Admin => "manages staff and teams, reads rules and settings; sees no case",
    }
}

/// All roles as boxes.
pub fn role_ticks() -> Vec<RoleTick> {
    Role::ALL.iter().map(|&role| RoleTick { field: role_field(role), label: role.label(), does: does(role) }).collect()
}

/// All teams as boxes.
pub fn team_ticks(teams: &[Team]) -> Vec<TeamTick> {
    teams.iter().map(|team| TeamTick { field: team_field(team.id), name: team.name.to_string() }).collect()
}

/// The field of a role's box.
pub fn role_field(role: Role) -> String {
    format!("role.{role}")
}

/// The field of a team's box.
pub fn team_field(team: TeamId) -> String {
    format!("team.{team}")
}

/// Reads what an admin says about somebody.
pub fn read_particulars(fields: &Fields, errors: &mut Errors) -> Option<Particulars> {
    let full_name = fields.required_line("full_name", errors);
    let address = fields.text("email");
    let email = if address.trim().is_empty() { Some(None) } else { errors.take(email(address).map(Some)) };
    let roles = Role::ALL.iter().copied().filter(|&role| fields.is_ticked(&role_field(role))).collect();
    let team = |name: &str| name.strip_prefix("team.").and_then(|id| id.parse::<TeamId>().ok());
    let teams = fields.iter().filter_map(|(name, _)| team(name)).collect();
    let is_cleared = fields.is_ticked("is_cleared");
    full_name.zip(email).map(|(full_name, email)| Particulars { full_name, email, roles, teams, is_cleared })
}

/// What waits, as this admin sees it.
pub fn request_cards(open: &[OpenRequest], visitor: &Visitor) -> Vec<RequestCard> {
    let me = visitor.who().staff.id;
    let card = |open: &OpenRequest| {
        let request = &open.request;
        RequestCard {
            id: request.id.to_string(),
            heading: format!("{} for {}", asked(request), open.full_name),
            asked_by: if request.by == me { "you".to_owned() } else { open.asker.clone() },
            asked_at: Moment::new(request.at, visitor.now()),
            href: format!("/staff/{}", request.staff),
            is_mine: request.by == me,
            is_about_me: request.staff == me,
            makes_password: open.makes_password,
        }
    };
    open.iter().map(card).collect()
}

/// What a request asks, in words.
fn asked(request: &StaffRequest) -> String {
    match request.change {
        StaffChange::Grant => roles_in_words(request.roles.iter()),
        StaffChange::ResetPassword => "new password".to_owned(),
        StaffChange::Reactivate => "reactivation".to_owned(),
    }
}

/// Roles as one text.
pub fn roles_in_words<'r>(roles: impl Iterator<Item = &'r Role>) -> String {
    roles.map(|role| role.label()).collect::<Vec<_>>().join(", ")
}

/// What the only admin did alone about somebody: each a sentence.
pub fn watch_marks(watches: &[Watch], about: StaffId) -> Vec<String> {
    let theirs = watches.iter().filter(|watch| watch.staff == about);
    let until = |watch: &Watch| match watch.cause {
        WatchCause::MadeAdmin => "counts as a second admin from",
        _ => "shown on their approvals to",
    };
    theirs.map(|watch| format!("{}; {} {}", watch.says(), until(watch), watch.until.day())).collect()
}

/// Sessions as lines.
pub fn session_lines(sessions: &[Session], visitor: &Visitor) -> Vec<SessionLine> {
    let mine = visitor.who().session.as_ref().map(|session| session.id_hash.as_str());
    let line = |session: &Session| SessionLine {
        hash: session.id_hash.clone(),
        since: Moment::new(session.created_at, visitor.now()),
        seen: Moment::new(session.seen_at, visitor.now()),
        is_this: mine == Some(session.id_hash.as_str()),
    };
    sessions.iter().map(line).collect()
}

/// Tokens as lines.
pub fn token_lines(tokens: &[Token], now: Instant) -> Vec<TokenLine> {
    let line = |token: &Token| {
        let is_over = token.expires_at.is_some_and(|end| end <= now);
        let ends = match (token.revoked_at, token.expires_at) {
            (Some(at), _) => format!("revoked {at}"),
            (None, Some(end)) if is_over => format!("ended {end}"),
            (None, Some(end)) => format!("ends {end}"),
            (None, None) => "has no end".to_owned(),
        };
        TokenLine {
            id: token.id.to_string(),
            name: token.name.to_string(),
            made: Moment::new(token.created_at, now),
            ends,
            is_live: token.revoked_at.is_none() && !is_over,
        }
    };
    tokens.iter().map(line).collect()
}
