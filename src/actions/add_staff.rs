//! Add a member of staff, and make an API token for one.

use secrecy::SecretString;
use sha2::{Digest, Sha256};

use super::{ActionError, Ctx};
use crate::domain::change::Change;
use crate::domain::event::{Event, kept_secret};
use crate::domain::id::{StaffId, TokenId};
use crate::domain::second_admin::{WATCH, Watch, WatchCause};
use crate::domain::staff::{Actor, Role, Staff};
use crate::domain::text::Line;
use crate::domain::time::Instant;
use crate::store::staff::{NewStaff, NewToken};
use crate::store::{StoreError, Tx, cases, second_admin};
use crate::system;

/// Adds somebody with a first password, before the register has its first case: set-up, demonstration, tests.
///
/// # Errors
/// [`ActionError::Invalid`] for a short password or a name that is taken.
pub fn add_staff(ctx: &Ctx, by: Actor, staff: Staff, password: &SecretString) -> Result<Staff, ActionError> {
    add(ctx, by, staff, password, |_| Ok(None))
}

/// Adds somebody from the console, where no admin is asked. In a register that has cases, the approvals of a reviewer
/// who came so are marked for a week, as are those of one whom the only admin made.
///
/// # Errors
/// As [`add_staff`].
pub fn add_at_console(ctx: &Ctx, staff: Staff, password: &SecretString) -> Result<Staff, ActionError> {
    let (id, is_reviewer) = (staff.id, staff.is(Role::Reviewer));
    add(ctx, Actor::System("console"), staff, password, move |tx| {
        if !is_reviewer || !cases::is_any(tx.conn())? {
            return Ok(None);
        }
        let (since, cause) = (tx.now(), WatchCause::AddedAtConsole);
        Ok(Some(Watch { staff: id, cause, since, until: since.plus(WATCH) }))
    })
}

fn add(
    ctx: &Ctx,
    by: Actor,
    staff: Staff,
    password: &SecretString,
    watch: impl FnOnce(&mut Tx<'_>) -> Result<Option<Watch>, StoreError> + Send + 'static,
) -> Result<Staff, ActionError> {
    let password_hash = ctx.passwords.hash(password)?;
    let added = ctx.write_as(by, move |tx| {
        let watch = watch(tx)?;
        let event = added_event(&staff, watch.as_ref().map(|watch| watch.until), &password_hash);
        let state = NewStaff { staff, password_hash, is_first_password: false };
        let added = tx.apply(Change { state, event })?.staff;
        watch.map_or(Ok(()), |watch| second_admin::insert_watch(tx, &watch))?;
        Ok(added)
    });
    match added {
        Err(ActionError::Conflict(_)) => {
            Err(ActionError::invalid("name", "This sign-in name is taken; choose another."))
        }
        other => other,
    }
}

/// What the log keeps of somebody new.
pub(super) fn added_event(staff: &Staff, watched_until: Option<Instant>, password_hash: &str) -> Event {
    Event::StaffAdded {
        staff: staff.id,
        name: staff.name.clone(),
        full_name: staff.full_name.clone(),
        roles: staff.roles.clone(),
        teams: staff.teams.clone(),
        is_cleared: staff.is_cleared,
        email: staff.email.clone(),
        watched_until,
        secret_sha256: kept_secret(password_hash),
    }
}

/// Makes an API token without an end and returns it. It is shown once: the register keeps only its hash.
///
/// # Errors
/// When the store fails.
pub fn add_token(ctx: &Ctx, by: Actor, staff: StaffId, name: Line) -> Result<String, ActionError> {
    add_token_until(ctx, by, staff, name, None)
}

/// Makes an API token that ends by itself, if it is told when.
///
/// # Errors
/// When the store fails.
pub fn add_token_until(
    ctx: &Ctx,
    by: Actor,
    staff: StaffId,
    name: Line,
    expires_at: Option<Instant>,
) -> Result<String, ActionError> {
    let token = format!("writ_{}", hex::encode(system::chance::<32>()));
    let token_hash = hash_of(&token);
    let id = TokenId(system::fresh_id());
    ctx.write_as(by, move |tx| {
        let (secret_sha256, token) = (kept_secret(&token_hash), Some(id));
        let event = Event::TokenAdded { staff, token, expires_at, name: Some(name.clone()), secret_sha256 };
        let state = NewToken { id, staff, name, token_hash, created_at: tx.now(), expires_at };
        Ok(tx.apply(Change { state, event })?)
    })?;
    Ok(token)
}

/// SHA-256 of a token or session cookie, lower-case hex: what the register keeps of it.
pub fn hash_of(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}
