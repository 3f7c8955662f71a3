//! What lets people in: passwords, sessions and API tokens, and taking them away.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::{api_tokens, sessions, staff};
use super::staff::Session;
use super::transaction::{About, Stored, Tx};
use super::types::{Id, Ts};
use crate::domain::event::Event;
use crate::domain::id::{StaffId, TokenId};
use crate::domain::text::Line;
use crate::domain::time::Instant;

/// A new password for somebody who is on the staff.
#[derive(Debug, Clone)]
pub struct NewPassword {
    /// Whose.
    pub staff: StaffId,
    /// Argon2id in PHC form.
    pub hash: String,
    /// Whether an admin made it, so that its owner must choose another first.
    pub is_one_time: bool,
}

/// An API token as its owner and admins see it; the token itself is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Identity.
    pub id: TokenId,
    /// Whose.
    pub staff: StaffId,
    /// What it is for.
    pub name: Line,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends by itself.
    pub expires_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

impl Stored for NewPassword {
    fn about(&self) -> About {
        About::Register
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, _seq: i64) -> Result<(), StoreError> {
        let id = Id(self.staff.0);
        let kept = diesel::update(staff::table.find(id))
            .set((staff::password_hash.eq(&self.hash), staff::must_change_password.eq(self.is_one_time)))
            .execute(tx.conn)?;
        if self.is_one_time {
            let made_at = staff::password_made_at.eq(Some(Ts(tx.now())));
            diesel::update(staff::table.find(id)).set(made_at).execute(tx.conn)?;
        }
        if kept == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }
}

/// Identity, name, when it was made, when it ends, when it was revoked.
type TokenColumns = (Id, String, Ts, Option<Ts>, Option<Ts>);

/// A token that is revoked: its state after the event.
impl Stored for Token {
    fn about(&self) -> About {
        About::Register
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, _seq: i64) -> Result<(), StoreError> {
        let live = api_tokens::table.find(Id(self.id.0)).filter(api_tokens::revoked_at.is_null());
        let revoked = diesel::update(live).set(api_tokens::revoked_at.eq(self.revoked_at.map(Ts))).execute(tx.conn)?;
        if revoked == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }
}

/// The sessions of a person that were used since a moment and have not ended, newest first.
///
/// # Errors
/// When the database fails.
pub fn list_sessions(
    conn: &mut Conn,
    of: StaffId,
    used_since: Instant,
    now: Instant,
) -> Result<Vec<Session>, StoreError> {
    let rows: Vec<(String, Ts, Ts, Ts)> = sessions::table
        .filter(sessions::staff_id.eq(Id(of.0)))
        .filter(sessions::ends_at.gt(Ts(now)).and(sessions::seen_at.gt(Ts(used_since))))
        .order((sessions::created_at.desc(), sessions::id_hash.asc()))
        .select((sessions::id_hash, sessions::created_at, sessions::seen_at, sessions::ends_at))
        .load(conn)?;
    let session = |(id_hash, created, seen, ends): (String, Ts, Ts, Ts)| Session {
        id_hash,
        staff: of,
        created_at: created.0,
        seen_at: seen.0,
        ends_at: ends.0,
        must_change_password: false,
    };
    Ok(rows.into_iter().map(session).collect())
}

/// The tokens of a person, newest first, the revoked ones too.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_tokens(conn: &mut Conn, of: StaffId) -> Result<Vec<Token>, StoreError> {
    let rows: Vec<TokenColumns> = api_tokens::table
        .filter(api_tokens::staff_id.eq(Id(of.0)))
        .order((api_tokens::created_at.desc(), api_tokens::id.desc()))
        .select((
            api_tokens::id,
            api_tokens::name,
            api_tokens::created_at,
            api_tokens::expires_at,
            api_tokens::revoked_at,
        ))
        .load(conn)?;
    let token = |(id, name, created, expires, revoked): TokenColumns| {
        let name = Line::parse("name", &name).map_err(|e| StoreError::corrupt("api_tokens", id.0, e.reason))?;
        let (expires_at, revoked_at) = (expires.map(|Ts(at)| at), revoked.map(|Ts(at)| at));
        Ok(Token { id: TokenId(id.0), staff: of, name, created_at: created.0, expires_at, revoked_at })
    };
    rows.into_iter().map(token).collect()
}

/// Ends one session of a person; whether there was such a one.
///
/// # Errors
/// When the database fails.
pub fn end_session(tx: &mut Tx<'_>, of: StaffId, id_hash: &str) -> Result<bool, StoreError> {
    let this = sessions::table.find(id_hash).filter(sessions::staff_id.eq(Id(of.0)));
    Ok(diesel::delete(this).execute(tx.conn)? == 1)
}

/// Ends all sessions of a person but one; how many.
///
/// # Errors
/// When the database fails.
pub fn end_sessions_but(tx: &mut Tx<'_>, of: StaffId, kept: Option<&str>) -> Result<usize, StoreError> {
    let theirs = sessions::table.filter(sessions::staff_id.eq(Id(of.0)));
    let ended = match kept {
        Some(kept) => diesel::delete(theirs.filter(sessions::id_hash.ne(kept))).execute(tx.conn)?,
        None => diesel::delete(theirs).execute(tx.conn)?,
    };
    Ok(ended)
}

/// Ends every session of a person and revokes every token: nobody is let in any more by what was given before.
///
/// # Errors
/// When the database fails.
pub fn shut_out(tx: &mut Tx<'_>, whom: StaffId) -> Result<(), StoreError> {
    end_sessions_but(tx, whom, None)?;
    let live = api_tokens::table.filter(api_tokens::staff_id.eq(Id(whom.0)).and(api_tokens::revoked_at.is_null()));
    diesel::update(live).set(api_tokens::revoked_at.eq(Some(Ts(tx.now())))).execute(tx.conn)?;
    Ok(())
}

/// Ends every session there is.
///
/// # Errors
/// When the database fails.
pub fn end_all_sessions(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    diesel::delete(sessions::table).execute(tx.conn)?;
    Ok(())
}
