//! One's own account: teams, sessions, tokens.

use crate::actions::sign_in::IDLE;
use crate::actions::staff::{Session, Team, Token};
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::time::Instant;
use crate::store::{StoreError, access, clocks, staff};

/// What is in an account beside what every page knows of its owner.
#[derive(Debug, Clone)]
pub struct Account {
    /// One's own teams by name.
    pub teams: Vec<Team>,
    /// Sessions that have not ended, newest first.
    pub sessions: Vec<Session>,
    /// API tokens, newest first.
    pub tokens: Vec<Token>,
    /// When the secret address of one's calendar was made, if there is one.
    pub feed: Option<Instant>,
}

/// Shows one's own account.
///
/// # Errors
/// When the store fails.
pub fn view_account(ctx: &Ctx, who: &SignedIn) -> Result<Account, ActionError> {
    let (now, id) = (ctx.now(), who.staff.id);
    let account = ctx.store.read(|conn| {
        let mut teams = staff::list_teams(conn)?;
        teams.retain(|team| who.staff.teams.contains(&team.id));
        let sessions = access::list_sessions(conn, id, now.plus(-IDLE), now)?;
        let (tokens, feed) = (access::list_tokens(conn, id)?, clocks::feed_of(conn, id)?);
        Ok::<_, StoreError>(Account { teams, sessions, tokens, feed })
    })?;
    Ok(account)
}
