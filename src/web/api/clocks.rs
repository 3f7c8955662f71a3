//! Clocks: of a case with their arithmetic, over all cases, moved and settled.

use chrono::NaiveDate;
use serde::Serialize;

use super::act::act;
use super::body::Body;
use super::personal::{Eyes, PersonJson, Personal};
use super::reader::Reader;
use super::{Answer, ok};
use crate::actions::clocks::{MoveClock, agenda, move_clock, settle_clock};
use crate::domain::case::Case;
use crate::domain::clock::{AgendaFilter, Clock, ClockKind, ClockOwner, Otherwise};
use crate::web::extract::{OfCase, Visitor};

/// A clock of a case.
#[derive(Debug, Serialize)]
pub struct ClockJson {
    rule: String,
    kind: ClockKind,
    title: String,
    starts_at: Option<String>,
    due_at: String,
    due_on: NaiveDate,
    zone: String,
    arithmetic: String,
    warn_at: Vec<String>,
    owner: ClockOwner,
    otherwise: Otherwise,
    cites: Vec<String>,
    pack: String,
    version: String,
    review_status: String,
    runs: bool,
    stands_still: bool,
    moved: Option<DoneJson>,
    settled: Option<DoneJson>,
}

/// What somebody did about a clock.
#[derive(Debug, Serialize)]
struct DoneJson {
    account: Personal<String>,
    by: PersonJson,
    at: String,
}

impl ClockJson {
    /// A clock as this person may see it.
    pub fn of(case: &Case, clock: &Clock, eyes: Eyes<'_>) -> ClockJson {
        let counted = &clock.counted;
        let done = |account: String, by, at: crate::domain::time::Instant| DoneJson {
            account: eyes.personal(account),
            by: eyes.person(by),
            at: at.for_machines(),
        };
        ClockJson {
            rule: counted.rule.clone(),
            kind: counted.kind,
            title: counted.title.clone(),
            starts_at: counted.starts_at.map(|at| at.for_machines()),
            due_at: clock.due_at().for_machines(),
            due_on: clock.due_on(),
            zone: counted.zone.clone(),
            arithmetic: counted.told.clone(),
            warn_at: clock.warn_at().into_iter().map(|at| at.for_machines()).collect(),
            owner: counted.owner,
            otherwise: counted.otherwise,
            cites: counted.cites.clone(),
            pack: counted.pack.clone(),
            version: counted.version.clone(),
            review_status: counted.review_status.clone(),
            runs: case.runs(clock),
            stands_still: case.stands_still(clock).is_some(),
            moved: clock.moved.as_ref().map(|m| done(m.because.to_string(), m.by, m.at)),
            settled: clock.settled.as_ref().map(|s| done(s.account.to_string(), s.by, s.at)),
        }
    }
}

#[derive(Serialize)]
struct AgendaJson {
    clocks: Vec<RunningJson>,
    late: i64,
}

/// A clock that runs, with the case it stands on.
#[derive(Serialize)]
struct RunningJson {
    reference: String,
    rule: String,
    kind: ClockKind,
    title: String,
    due_at: String,
    due_on: NaiveDate,
    zone: String,
    arithmetic: String,
    owner: ClockOwner,
    otherwise: Otherwise,
    stands_still: bool,
}

/// `GET /api/v1/clocks`: of all cases that this person works on, the soonest first, at most 200.
///
/// # Errors
/// As [`agenda`].
pub async fn list(by: Visitor) -> Answer {
    let read = by.run(|ctx, who| agenda(ctx, who, AgendaFilter::default())).await?;
    let clocks = read.lines.into_iter().map(|(clock, case)| RunningJson {
        reference: case.reference,
        due_at: clock.due_at.for_machines(),
        rule: clock.rule,
        kind: clock.kind,
        title: clock.title,
        due_on: clock.due_on,
        zone: clock.zone,
        arithmetic: clock.told,
        owner: clock.owner,
        otherwise: clock.otherwise,
        stands_still: clock.is_still,
    });
    Ok(ok(&AgendaJson { clocks: clocks.collect(), late: read.late }))
}

/// `POST /api/v1/cases/{reference}/clocks/move`
///
/// # Errors
/// As [`move_clock`].
pub async fn put_off(by: Visitor, of: OfCase, body: Body) -> Answer {
    let read = |r: &mut Reader<'_>| {
        let (clock, due_on, because) =
            (r.required_line("clock"), r.required_date("due_on"), r.required_prose("because"));
        Some(MoveClock { clock: clock?.to_string(), due_on: due_on?, because: because? })
    };
    act(&by, &of, body, read, move_clock).await
}

/// `POST /api/v1/cases/{reference}/clocks/settle`
///
/// # Errors
/// As [`settle_clock`].
pub async fn settle(by: Visitor, of: OfCase, body: Body) -> Answer {
    let read = |r: &mut Reader<'_>| {
        let (clock, account) = (r.required_line("clock"), r.required_prose("account"));
        Some((clock?.to_string(), account?))
    };
    act(&by, &of, body, read, |ctx, who, on, (clock, account)| settle_clock(ctx, who, on, clock, account)).await
}
