//! Sign in and out, and who a cookie or token belongs to. Failures are counted per account and per address in
//! the register, so that the pause survives a restart and holds on every node.

use chrono::TimeDelta;
use secrecy::SecretString;

use super::add_staff::hash_of;
use super::{ActionError, Ctx, Refused, SignedIn};
use crate::domain::case::CaseReference;
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Actor, Verb, may};
use crate::domain::stage::Stage;
use crate::domain::time::Instant;
use crate::store::alarms::{self, LogStanding};
use crate::store::recall::asker;
use crate::store::staff::Session;
use crate::store::{About, StoreError, Stored, Tx, cases, housekeep, queue, staff};
use crate::system;

/// How long a session lasts at the most.
const LONGEST: TimeDelta = TimeDelta::hours(12);
/// How long a session lasts unused.
pub(super) const IDLE: TimeDelta = TimeDelta::minutes(60);
/// Failures taken on one account before signing in is paused.
const FAILURES_PER_ACCOUNT: i32 = 5;
/// Failures taken from one address, behind which a whole office may sit.
const FAILURES_PER_ADDRESS: i32 = 50;
/// How long a failure counts, and how long the pause is.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// A session's last-seen mark is renewed at most this often.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);

/// A started session: the cookie's value, shown to nobody else.
pub struct Started {
    /// What the cookie holds.
    pub cookie: String,
    /// Who signed in.
    pub who: SignedIn,
}

/// Signs somebody in.
///
/// # Errors
/// [`ActionError::NotSignedIn`] with one sentence, the same for a wrong name and a wrong password.
pub fn sign_in(ctx: &Ctx, name: &str, password: &SecretString, address: &str) -> Result<Started, ActionError> {
    let name = name.trim().to_lowercase();
    let keys = [throttle_key("account", &name), throttle_key("address", address)];
    let now = ctx.now();
    refuse_paused(ctx, &keys, now)?;
    let found = ctx.store.read(|conn| staff::find_by_name(conn, &name))?;
    let fits = ctx.passwords.fits(password, found.as_ref().map(|(_, hash)| hash.as_str()));
    match found {
        Some((who, _)) if fits => start(ctx, who, &keys, now),
        found => {
            ctx.store.housekeep(|broom| {
                for key in &keys {
                    broom.count_failure(key, now, WINDOW)?;
                }
                Ok(())
            })?;
            if let Some((who, _)) = found {
                let event = Event::SignInFailed { staff: who.id };
                ctx.write_as(Actor::System("sign-in"), move |tx| Ok(tx.record(&event, About::Register)?))?;
            }
            Err(ActionError::NotSignedIn("Name or password is wrong.".into()))
        }
    }
}

/// Ends a session.
///
/// # Errors
/// When the store fails.
pub fn sign_out(ctx: &Ctx, who: &SignedIn) -> Result<(), ActionError> {
    let Some(session) = who.session.clone() else { return Ok(()) };
    let event = Event::SignedOut { staff: who.staff.id };
    ctx.write(&who.staff, move |tx| {
        staff::end_session(tx, &session.id_hash)?;
        tx.record(&event, About::Register)?;
        Ok(())
    })
}

/// Somebody whom a cookie shows, and what the frame of a page tells this person.
pub struct Arrived {
    /// Who.
    pub who: SignedIn,
    /// What the bar counts for somebody who works on cases.
    pub desk: Option<queue::Desk>,
    /// How the log stands, for admins and auditors, unless all is well.
    pub alarm: Option<LogStanding>,
}

/// Whose session a cookie is, if it is one and has not ended; and, where a page is asked for, what its frame tells, in the
/// same reading.
///
/// # Errors
/// When the store fails.
pub fn by_cookie(ctx: &Ctx, cookie: &str, is_page: bool) -> Result<Option<Arrived>, ActionError> {
    let now = ctx.now();
    let hash = hash_of(cookie);
    let found = ctx.store.read(|conn| {
        let Some((session, staff, as_of)) = staff::find_session(conn, &hash, now)? else { return Ok(None) };
        let sees = |verb| is_page && may(&staff, verb, None).is_ok();
        let count = || ctx.store.desks().or_count(as_of, asker(&staff), || queue::count_desk(conn, &staff));
        let desk = sees(Verb::ReadQueue).then(count).transpose()?;
        let alarm = if sees(Verb::AcknowledgeAlarm) { alarms::standing(conn)? } else { None };
        Ok::<_, StoreError>(Some((session, staff, as_of, desk, alarm.filter(|standing| !standing.is_well()))))
    })?;
    let Some((session, staff, as_of, desk, alarm)) = found else { return Ok(None) };
    if now.since(session.seen_at) > IDLE {
        return Ok(None);
    }
    if now.since(session.seen_at) > SEEN_EVERY {
        ctx.store.housekeep(|broom| broom.session_seen(&hash, now))?;
    }
    Ok(Some(Arrived { who: SignedIn { staff, session: Some(session), as_of: Some(as_of) }, desk, alarm }))
}

/// Whose API token this is.
///
/// # Errors
/// When the store fails.
pub fn by_token(ctx: &Ctx, token: &str) -> Result<Option<SignedIn>, ActionError> {
    let hash = hash_of(token);
    let now = ctx.now();
    let staff = ctx.store.read(|conn| staff::find_by_token(conn, &hash, now))?;
    Ok(staff.map(|staff| SignedIn { staff, session: None, as_of: None }))
}

/// Proof that the password was given again for the act at hand. Only [`step_up`] and its kin make one.
pub struct SteppedUp(());

/// Checks the password once more, for an act that is about no case. Failures count as failed sign-ins do.
///
/// # Errors
/// [`Refusal::NotSteppedUp`] without the right password, in the log.
pub fn step_up(ctx: &Ctx, who: &SignedIn, password: &SecretString, verb: Verb) -> Result<SteppedUp, ActionError> {
    step_up_about(ctx, who, password, verb, |_| Ok((About::Register, None)))
}

/// The same for an act on a case, such as approving and releasing: the refusal stands in the log of the case.
///
/// # Errors
/// [`Refusal::NotSteppedUp`] without the right password, in the log. It tells nobody whether there is such a case.
pub fn step_up_on(
    ctx: &Ctx,
    who: &SignedIn,
    on: &CaseReference,
    password: &SecretString,
    verb: Verb,
) -> Result<SteppedUp, ActionError> {
    let on = on.clone();
    step_up_about(ctx, who, password, verb, move |tx| {
        let case = cases::find_by_reference(tx.conn(), &on)?;
        Ok(case.map_or((About::Register, None), |case| (case.about(), Some(case.stage()))))
    })
}

/// The same for an act that finds out for itself what it is about.
pub(super) fn step_up_about(
    ctx: &Ctx,
    who: &SignedIn,
    password: &SecretString,
    verb: Verb,
    about: impl FnOnce(&mut Tx<'_>) -> Result<(About, Option<Stage>), StoreError> + Send + 'static,
) -> Result<SteppedUp, ActionError> {
    let now = ctx.now();
    let keys = [throttle_key("account", &who.staff.name)];
    refuse_paused(ctx, &keys, now)?;
    let found = ctx.store.read(|conn| staff::find_by_name(conn, &who.staff.name))?;
    if ctx.passwords.fits(password, found.as_ref().map(|(_, hash)| hash.as_str())) {
        return Ok(SteppedUp(()));
    }
    ctx.store.housekeep(|broom| keys.iter().try_for_each(|key| broom.count_failure(key, now, WINDOW)))?;
    ctx.write(&who.staff, move |tx| {
        let (about, stage) = about(tx)?;
        Err(ActionError::Refused(Box::new(Refused { refusal: Refusal::NotSteppedUp, verb, stage, about })))
    })
}

fn start(ctx: &Ctx, staff: crate::domain::staff::Staff, keys: &[String], now: Instant) -> Result<Started, ActionError> {
    let cookie = hex::encode(system::chance::<32>());
    let id_hash = hash_of(&cookie);
    let session = Session {
        id_hash,
        staff: staff.id,
        created_at: now,
        seen_at: now,
        ends_at: now.plus(LONGEST),
        must_change_password: false,
    };
    let kept = session.clone();
    let event = Event::SignedIn { staff: staff.id };
    ctx.write(&staff, move |tx| {
        staff::insert_session(tx, &kept)?;
        tx.record(&event, About::Register)?;
        Ok(())
    })?;
    ctx.store.housekeep(|broom| {
        keys.iter().filter(|key| key.starts_with("account:")).try_for_each(|key| broom.forget_failures(key))
    })?;
    Ok(Started { cookie, who: SignedIn { staff, session: Some(session), as_of: None } })
}

fn refuse_paused(ctx: &Ctx, keys: &[String], now: Instant) -> Result<(), ActionError> {
    let paused = ctx.store.read(|conn| {
        for key in keys {
            let most = if key.starts_with("account:") { FAILURES_PER_ACCOUNT } else { FAILURES_PER_ADDRESS };
            if let Some((failures, last_at)) = housekeep::failures(conn, key)?
                && failures >= most
                && now.since(last_at) < WINDOW
            {
                return Ok(Some(last_at.plus(WINDOW)));
            }
        }
        Ok::<_, StoreError>(None)
    })?;
    match paused {
        Some(until) => Err(ActionError::NotSignedIn(format!(
            "Signing in is paused after too many failures. Try again after {until}."
        ))),
        None => Ok(()),
    }
}

/// Names and addresses are kept hashed: throttle counters are no directory.
fn throttle_key(kind: &str, what: &str) -> String {
    format!("{kind}:{}", hash_of(what))
}
