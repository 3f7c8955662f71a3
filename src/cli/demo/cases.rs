//! The demonstration's cases. They are made through the actions, by the people who would do it, hour by hour with a
//! clock turned forward by hand: so their log is a real one, and the acts of many cases lie between each other in it.

use std::collections::BTreeMap;

use anyhow::Context;
use chrono::{NaiveDate, TimeDelta};

use super::acts::{Acts, Standing};
use super::people::People;
use super::script::{CaseScript, Choice, Day, Goal, Script, Served};
use crate::actions::{Ctx, sign_checkpoint};
use crate::domain::staff::Actor;
use crate::domain::time::Instant;
use crate::system::Clock;

/// The register is this much older than its first paper.
const BEFORE_FIRST: TimeDelta = TimeDelta::hours(25);
/// Hours from service to each usual step. A case that must fit into less time goes faster.
const OPENED: f64 = 0.3;
const SETTLED: f64 = 0.6;
const CHECKED: f64 = 2.5;
const CHECKED_AGAIN: f64 = 3.1;
const ASSESSED: f64 = 5.0;
const TALKED: f64 = 6.0;
const DECIDED: f64 = 7.0;
const WAITING: f64 = 8.0;
const LOOKED: f64 = 22.0;
const APPROVED: f64 = 24.0;
const APPROVED_AGAIN: f64 = 27.0;
const WITHDRAWN: f64 = 30.0;
const COLLECTED: f64 = 45.0;
const RELEASED: f64 = 52.0;
const ANSWERED: f64 = 80.0;
const DECIDED_AGAIN: f64 = 84.0;
const CLOSED: f64 = 130.0;

/// A step of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Open,
    Settle,
    Check,
    CheckAgain,
    Assess,
    Talk,
    Decide(Round),
    Wait,
    Look,
    Approve,
    ApproveAgain,
    Return,
    Withdraw,
    Collect,
    Release,
    Answer,
    Close,
}

/// The first decision of a case or the one after a redirect came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Round {
    First,
    Second,
}

/// When the demonstration's register begins: before its first paper.
///
/// # Errors
/// When the script makes no sense.
pub fn begins(now: Instant) -> anyhow::Result<Instant> {
    let script = Script::read()?;
    let first = script.case.iter().map(|case| served_at(case, now)).min().context("no cases")?;
    Ok(first.plus(-BEFORE_FIRST))
}

/// Makes all cases, step by step in the order of time.
///
/// # Errors
/// When an act fails.
pub fn make_all(ctx: &Ctx, clock: &Clock, people: &People, now: Instant) -> anyhow::Result<()> {
    let script = Script::read()?;
    let mut plan: Vec<(Instant, usize, Step)> = Vec::new();
    for (at, case) in script.case.iter().enumerate() {
        plan.extend(steps(case, served_at(case, now), now).into_iter().map(|(when, step)| (when, at, step)));
    }
    plan.sort();
    let mut acts = Acts { ctx, clock, people, script: &script, agencies: BTreeMap::new(), opened: BTreeMap::new() };
    let mut standing: Vec<Standing> = script.case.iter().map(|case| Standing::new(served_at(case, now))).collect();
    for (when, at, step) in plan {
        clock.set(when);
        let (Some(case), Some(standing)) = (script.case.get(at), standing.get_mut(at)) else { continue };
        acts.take(case, standing, step).with_context(|| format!("the case {}, {step:?}", case.key))?;
    }
    clock.set(now);
    sign_checkpoint::sign_checkpoint(ctx, Actor::System("demo"))?;
    Ok(())
}

fn served_at(case: &CaseScript, now: Instant) -> Instant {
    match case.served {
        Served::At(at) => at,
        Served::DaysAgo(days) => now.plus(-hours(days * 24.0)),
    }
}

/// A day of a case's script.
pub fn day_of(day: Day, served: Instant) -> NaiveDate {
    match day {
        Day::On(date) => date,
        Day::FromService(days) => served.plus(TimeDelta::days(days)).day(),
    }
}

/// The steps of one case with their moments. All of them have passed.
fn steps(case: &CaseScript, served: Instant, now: Instant) -> Vec<(Instant, Step)> {
    let usual = usual(case);
    let longest = usual.iter().map(|(hour, _)| *hour).fold(0.1, f64::max);
    let minutes_there = now.since(served).num_minutes().max(2);
    // Everything fits in the time since service, with a little left.
    let fits = f64::from(i32::try_from(minutes_there).unwrap_or(i32::MAX)) / 60.0 * 0.94 / longest;
    let pace = case.pace.unwrap_or(1.0).min(fits);
    usual.into_iter().map(|(hour, step)| (served.plus(hours(hour * pace)), step)).collect()
}

fn usual(case: &CaseScript) -> Vec<(f64, Step)> {
    let mut all = vec![(OPENED, Step::Open), (SETTLED, Step::Settle), (TALKED, Step::Talk)];
    let reached = |goal: Goal| case.to >= goal && case.to != Goal::Withdrawn;
    let mut on = |is_taken: bool, hour: f64, step: Step| {
        if is_taken {
            all.push((hour, step));
        }
    };
    on(reached(Goal::Verified) || case.to == Goal::Withdrawn, CHECKED, Step::Check);
    on(reached(Goal::Verified) && case.emergency_facts, CHECKED_AGAIN, Step::CheckAgain);
    on(reached(Goal::Assessed), ASSESSED, Step::Assess);
    on(reached(Goal::Clarified), DECIDED, Step::Decide(Round::First));
    on(case.wait.is_some(), WAITING, Step::Wait);
    on(reached(Goal::Approval), LOOKED, Step::Look);
    on(case.to == Goal::Returned, APPROVED, Step::Return);
    on(reached(Goal::Approved), APPROVED, Step::Approve);
    on(reached(Goal::Approved), APPROVED_AGAIN, Step::ApproveAgain);
    on(reached(Goal::Delivery) && case.again.is_none(), COLLECTED, Step::Collect);
    on(case.to == Goal::Closed && case.again.is_none(), RELEASED, Step::Release);
    on(case.answer.is_some(), ANSWERED, Step::Answer);
    if case.again.is_some() {
        let again = DECIDED_AGAIN;
        on(true, again, Step::Assess);
        on(true, again + 1.0, Step::Decide(Round::Second));
        on(true, again + 20.0, Step::Approve);
        on(true, again + 22.0, Step::ApproveAgain);
        on(true, again + 40.0, Step::Collect);
        on(true, again + 44.0, Step::Release);
    }
    on(case.to == Goal::Withdrawn, WITHDRAWN, Step::Withdraw);
    on(case.to == Goal::Closed, CLOSED, Step::Close);
    all
}

fn hours(hours: f64) -> TimeDelta {
    // A second is exact enough for made-up acts.
    TimeDelta::try_milliseconds(to_millis(hours)).unwrap_or_default()
}

#[allow(clippy::cast_possible_truncation, reason = "a few months in milliseconds fit many times over")]
fn to_millis(hours: f64) -> i64 {
    (hours * 3_600_000.0).round() as i64
}

impl CaseScript {
    /// How its demands are decided in a round.
    pub fn choice(&self, round: Round) -> Choice {
        match round {
            Round::First => self.decide,
            Round::Second => self.again.unwrap_or_default(),
        }
    }
}
