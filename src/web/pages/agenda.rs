//! The agenda: the clocks of all cases that somebody works on, and their calendar feed.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use icalendar::{Alarm, Calendar, Class, Component, Event, EventLike};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::case_row::Ring;
use crate::actions::account::feed::{FeedLine, end_feed, make_feed, read_feed};
use crate::actions::clocks::{AGENDA_LINES, Agenda, agenda, end_at};
use crate::domain::clock::{AgendaFilter, ClockKind, ClockOwner};
use crate::domain::staff::initials;
use crate::domain::time::Instant;
use crate::web::extract::Visitor;
use crate::web::fields::Fields;
use crate::web::frame::{Frame, Place};
use crate::web::once::{post_once, show_once};
use crate::web::page::ok;
use crate::web::pages::shown_once::feed_page;
use crate::web::run::run;
use crate::web::times::{Due, due_by, ends_by, how_soon};
use crate::web::{App, WebError};

#[derive(Template)]
#[template(path = "agenda.html")]
struct AgendaPage {
    frame: Frame,
    spans: Vec<Span>,
    late: i64,
    shown: usize,
    is_cut: bool,
    most: i64,
    mine: bool,
    kind: Option<ClockKind>,
    kinds: &'static [ClockKind],
}

/// Clocks that end in the same span of time.
struct Span {
    label: &'static str,
    is_bad: bool,
    lines: Vec<Line>,
}

struct Line {
    reference: String,
    rule: String,
    title: String,
    kind: ClockKind,
    due: Due,
    ends: String,
    told: String,
    is_still: bool,
    instrument: &'static str,
    agency: String,
    who: Option<Ring>,
    /// Who answers for it, where that is not whoever has the case.
    owner: Option<&'static str>,
    otherwise: &'static str,
}

/// What the address of the agenda may say.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    whose: String,
    #[serde(default)]
    kind: String,
}

/// `GET /clocks`
///
/// # Errors
/// A refusal for people who work on no cases; when the store fails.
pub async fn show(visitor: Visitor, asked: web::Query<Asked>) -> Result<HttpResponse, WebError> {
    let (mine, kind) = (asked.whose == "mine", asked.kind.parse().ok());
    let filter = AgendaFilter { mine, kind };
    let read = visitor.run(move |ctx, who| agenda(ctx, who, filter)).await?;
    let shown = read.lines.len();
    ok(&AgendaPage {
        frame: visitor.frame("Clocks", Place::Clocks),
        late: read.late,
        is_cut: i64::try_from(shown).is_ok_and(|shown| shown >= AGENDA_LINES),
        spans: spans(read, visitor.now()),
        shown,
        most: AGENDA_LINES,
        mine,
        kind,
        kinds: ClockKind::ALL,
    })
}

fn spans(read: Agenda, now: Instant) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (clock, case) in read.lines {
        let (label, is_bad) = span(clock.is_still, clock.kind, clock.due_at, now);
        let who = case.assignee.map(|id| {
            let name = read.names.get(&id).cloned().unwrap_or_else(|| "a former colleague".into());
            Ring { initials: initials(&name), name }
        });
        let line = Line {
            due: how_near(clock.kind, (clock.due_on, clock.due_at), now),
            ends: end_at(&clock.zone, clock.due_at),
            reference: case.reference,
            rule: clock.rule,
            title: clock.title,
            kind: clock.kind,
            told: clock.told,
            is_still: clock.is_still,
            instrument: case.instrument.label(),
            agency: case.agency,
            who,
            owner: (clock.owner != ClockOwner::Assignee).then(|| clock.owner.label()),
            otherwise: clock.otherwise.label(),
        };
        match spans.iter_mut().find(|span| span.label == label) {
            Some(span) => span.lines.push(line),
            None => spans.push(Span { label, is_bad, lines: vec![line] }),
        }
    }
    spans
}

/// How near the end of a clock is.
pub fn how_near(kind: ClockKind, (on, at): (NaiveDate, Instant), now: Instant) -> Due {
    if kind.is_duty() { due_by(on, Some(at), now) } else { ends_by(on, at, now) }
}

fn span(is_still: bool, kind: ClockKind, due_at: Instant, now: Instant) -> (&'static str, bool) {
    match due_at <= now {
        _ if is_still => ("Standing still", false),
        true if kind.is_duty() => ("Late", true),
        true => ("Over", false),
        false => (how_soon(due_at, now), false),
    }
}

/// `POST /account/calendar`: makes a secret address, which is shown once.
///
/// # Errors
/// As [`make_feed`].
pub async fn make(req: HttpRequest, visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    let here = format!("{}://{}", req.connection_info().scheme(), req.connection_info().host());
    show_once(&visitor, &fields, || async {
        let secret = visitor.run(make_feed).await?;
        Ok((feed_page(&visitor, format!("{here}/calendar/{secret}.ics"))?, "/account".to_owned()))
    })
    .await
}

/// `POST /account/calendar/end`
///
/// # Errors
/// As [`end_feed`].
pub async fn end(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    post_once(&visitor, &fields, || async {
        visitor.run(end_feed).await?;
        Ok("/account".to_owned())
    })
    .await
}

/// `GET /calendar/{secret}.ics`: what a calendar program reads. Case references and kinds of clocks, nobody's name.
///
/// # Errors
/// As [`read_feed`].
pub async fn feed(app: web::Data<App>, secret: web::Path<String>) -> Result<HttpResponse, WebError> {
    let (now, secret) = (app.ctx.now(), secret.into_inner());
    let lines = run(&app, move |ctx| read_feed(ctx, &secret)).await?;
    let mut calendar = Calendar::new();
    calendar.name("Writ");
    for line in &lines {
        calendar.push(event(line, now));
    }
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/calendar; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .body(calendar.to_string()))
}

fn event(line: &FeedLine, now: Instant) -> Event {
    let clock = &line.clock;
    let at = clock.due_at.as_datetime();
    let named = format!("{} {}", line.reference, clock.rule);
    let title = format!("{}: {}", line.reference, clock.title);
    let mut event = Event::new();
    event
        .uid(&format!("{}@writ", hex::encode(Sha256::digest(named.as_bytes()))))
        .timestamp(now.as_datetime())
        .summary(&title)
        .description(&format!("{}\nIf nobody acts: {}", clock.told, clock.otherwise.label()))
        .class(Class::Confidential)
        .starts(at)
        .ends(at);
    let warnings = clock.warn_at.iter().filter(|warn| **warn > now);
    for warn in warnings {
        event.alarm(Alarm::display(&title, warn.as_datetime()));
    }
    event.done()
}
