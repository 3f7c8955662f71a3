//! One member of staff, with sessions and tokens. Of a token only its name is there to be seen.

use super::{Member, OpenRequest, Session, Team, Token, Watch, check};
use crate::actions::sign_in::IDLE;
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::id::StaffId;
use crate::store::{StoreError, access, members, second_admin, staff};

/// A member of staff as an admin sees them.
#[derive(Debug, Clone)]
pub struct MemberView {
    /// Who.
    pub member: Member,
    /// All teams by name.
    pub teams: Vec<Team>,
    /// What waits for a second admin about them.
    pub requests: Vec<OpenRequest>,
    /// What the only admin did alone about them within the last week.
    pub watches: Vec<Watch>,
    /// Sessions that have not ended, newest first.
    pub sessions: Vec<Session>,
    /// API tokens, newest first.
    pub tokens: Vec<Token>,
}

/// Shows a member of staff.
///
/// # Errors
/// A refusal for people who do not manage staff (in the log); [`ActionError::NotFound`] without such a member.
pub fn view_member(ctx: &Ctx, who: &SignedIn, id: StaffId) -> Result<MemberView, ActionError> {
    check(ctx, who)?;
    let now = ctx.now();
    let view = ctx.store.read(|conn| {
        let Some(member) = members::find(conn, id)? else { return Ok(None) };
        let mut watches = second_admin::list_running(conn, now)?;
        watches.retain(|watch| watch.staff == id);
        Ok::<_, StoreError>(Some(MemberView {
            member,
            teams: staff::list_teams(conn)?,
            requests: second_admin::list_open(conn, Some(id))?,
            watches,
            sessions: access::list_sessions(conn, id, now.plus(-IDLE), now)?,
            tokens: access::list_tokens(conn, id)?,
        }))
    })?;
    view.ok_or(ActionError::NotFound)
}
