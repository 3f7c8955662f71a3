//! Alarms about the log: how it stands, and an admin and an auditor acknowledging what was found.

use std::collections::BTreeMap;

use super::sign_in::SteppedUp;
use super::{ActionError, Ctx, SignedIn};
use crate::domain::alarm::Alarm;
use crate::domain::id::{AlarmId, StaffId};
use crate::domain::staff::{Role, Verb, may};
use crate::domain::text::Prose;
use crate::store::alarms::{self, LogStanding, Verification};
use crate::store::{StoreError, staff};

/// The alarms there are and were.
#[derive(Debug, Clone)]
pub struct AlarmsView {
    /// How the log stands; none where it was never verified.
    pub standing: Option<LogStanding>,
    /// Alarms, newest first.
    pub alarms: Vec<Alarm>,
    /// The last verifications, newest first.
    pub verifications: Vec<Verification>,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
}

/// How many alarms and verifications the page shows.
pub const MOST: i64 = 30;

/// Shows the alarms. Reading them leaves no entry: it must be possible where the log can't be written to.
///
/// # Errors
/// A refusal for people who are neither admin nor auditor (in the log).
pub fn view_alarms(ctx: &Ctx, who: &SignedIn) -> Result<AlarmsView, ActionError> {
    if let Err(refusal) = may(&who.staff, Verb::AcknowledgeAlarm, None) {
        return ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::AcknowledgeAlarm)));
    }
    let view = ctx.store.read(|conn| {
        Ok::<_, StoreError>(AlarmsView {
            standing: alarms::standing(conn)?,
            alarms: alarms::list(conn, MOST)?,
            verifications: alarms::list_verifications(conn, MOST)?,
            names: staff::names(conn)?,
        })
    })?;
    Ok(view)
}

/// Acknowledges an alarm in one role. Needs the password given again. Once an admin and an auditor have, releases go on.
///
/// # Errors
/// A refusal without the role, and for a second one by the same person or in the same role (in the log);
/// [`ActionError::NotFound`] without such an alarm.
pub fn acknowledge_alarm(
    ctx: &Ctx,
    who: &SignedIn,
    id: AlarmId,
    role: Role,
    because: Prose,
    _fresh: SteppedUp,
) -> Result<(), ActionError> {
    let by = who.staff.id;
    ctx.write(&who.staff, move |tx| {
        let refuse = |refusal| ActionError::refused(refusal, Verb::AcknowledgeAlarm);
        let who = staff::find(tx.conn(), by)?.ok_or(ActionError::NotFound)?;
        may(&who, Verb::AcknowledgeAlarm, None).map_err(refuse)?;
        let alarm = alarms::find(tx.conn(), id)?.ok_or(ActionError::NotFound)?;
        let change = alarm.acknowledge(&who, role, because, tx.now()).map_err(refuse)?;
        // The log tells of an alarm before it tells who acknowledged it.
        alarms::record_raised(tx)?;
        tx.apply(change)?;
        Ok(())
    })
}
