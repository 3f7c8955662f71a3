//! The clocks of a case: when each ends, how that was counted, by which rule, and what people did about it.

use actix_web::HttpResponse;

use super::agenda::how_near;
use super::case_page::{Posted, whole};
use super::case_parts::{ByWhom, Words};
use super::case_tabs::Tab;
use crate::actions::clocks::{MoveClock, end_at, end_of, move_clock, settle_clock};
use crate::domain::case::Case;
use crate::domain::clock::{Clock, ClockKind};
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields};
use crate::web::times::Due;

/// One clock.
pub struct ClockLine {
    /// The rule that orders it.
    pub rule: String,
    /// What it is for.
    pub kind: ClockKind,
    /// What it is, in words.
    pub title: String,
    /// How near its end is; none where it is over.
    pub due: Option<Due>,
    /// Its end as people at the place read it.
    pub ends: String,
    /// For which wait it stands still.
    pub still: Option<&'static str>,
    /// The arithmetic.
    pub told: String,
    /// What the rule cites.
    pub cites: String,
    /// The page of the rule; none for a day that a person gave.
    pub href: Option<String>,
    /// The pack and its version.
    pub pack: String,
    /// Whether counsel has read the rule.
    pub review: String,
    /// Warnings that are still to come: for machines, and as people at the place read them.
    pub warns: Vec<(String, String)>,
    /// Who answers for it.
    pub owner: &'static str,
    /// What follows where nobody does anything.
    pub otherwise: &'static str,
    /// Where it was moved to: by whom, and on what that rests where not sealed.
    pub moved: Option<(ByWhom, Option<String>)>,
    /// That it is done with: by whom, and what was done where not sealed.
    pub settled: Option<(ByWhom, Option<String>)>,
    /// Whether it runs.
    pub runs: bool,
    /// Whether people may agree on another end.
    pub can_move: bool,
    /// Whether somebody may say that it is done with.
    pub can_settle: bool,
    /// The names of the fields of its forms.
    pub fields: ClockFields,
}

/// The names of the fields of a clock's forms: each clock has its own.
pub struct ClockFields {
    /// The day it is moved to.
    pub due_on: String,
    /// On what that rests.
    pub because: String,
    /// What was done.
    pub account: String,
}

impl ClockFields {
    fn of(rule: &str) -> ClockFields {
        let name = |what: &str| format!("{what}.{rule}");
        ClockFields { due_on: name("due_on"), because: name("because"), account: name("account") }
    }
}

impl ClockLine {
    /// The clocks of a case, those that run first.
    pub fn all(case: &Case, is_sealed: bool, words: Words<'_>) -> Vec<ClockLine> {
        let mut clocks: Vec<&Clock> = case.clocks.iter().collect();
        clocks.sort_by_key(|clock| (!case.runs(clock), clock.due_at()));
        clocks.into_iter().map(|clock| ClockLine::new(case, clock, is_sealed, words)).collect()
    }

    fn new(case: &Case, clock: &Clock, is_sealed: bool, words: Words<'_>) -> ClockLine {
        let counted = &clock.counted;
        let open = |text: String| (!is_sealed).then_some(text);
        let runs = case.runs(clock);
        let still = case.stands_still(clock).filter(|_| runs).map(|wait| wait.kind.label());
        let coming = clock.warn_at().into_iter().filter(|at| *at > words.now);
        let has_rule = !counted.pack.is_empty();
        ClockLine {
            rule: counted.rule.clone(),
            kind: counted.kind,
            title: counted.title.clone(),
            due: runs.then(|| how_near(counted.kind, (clock.due_on(), clock.due_at()), words.now)),
            ends: end_of(clock),
            still,
            told: counted.told.clone(),
            cites: counted.cites.join(" · "),
            href: has_rule.then(|| format!("/law/{}/{}", counted.pack, counted.rule)),
            pack: format!("{} {}", counted.pack, counted.version),
            review: counted.review_status.clone(),
            warns: coming.map(|at| (at.for_machines(), end_at(&counted.zone, at))).collect(),
            owner: counted.owner.label(),
            otherwise: counted.otherwise.label(),
            moved: clock.moved.as_ref().map(|m| (words.by(m.by, m.at), open(m.because.to_string()))),
            settled: clock.settled.as_ref().map(|s| (words.by(s.by, s.at), open(s.account.to_string()))),
            runs,
            can_move: runs && counted.kind.can_move(),
            can_settle: runs && counted.kind.can_settle(),
            fields: ClockFields::of(&counted.rule),
        }
    }
}

/// `POST /cases/{reference}/clocks/move`
///
/// # Errors
/// As [`move_clock`].
pub async fn put_off(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let clock = fields.text("clock").to_owned();
    let names = ClockFields::of(&clock);
    let due_on = fields.required_date(&names.due_on, &mut errors);
    let because = fields.required_prose(&names.because, &mut errors);
    let read = due_on.zip(because).map(|(due_on, because)| MoveClock { clock, due_on, because });
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Clocks, fields };
    posted.act(whole(read, errors), move_clock).await
}

/// `POST /cases/{reference}/clocks/settle`
///
/// # Errors
/// As [`settle_clock`].
pub async fn settle(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let clock = fields.text("clock").to_owned();
    let account = fields.required_prose(&ClockFields::of(&clock).account, &mut errors);
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Clocks, fields };
    let read = whole(account.map(|account| (clock, account)), errors);
    posted.act(read, |ctx, who, on, (clock, account)| settle_clock(ctx, who, on, clock, account)).await
}
