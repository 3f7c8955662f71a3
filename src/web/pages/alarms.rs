//! Alarms about the log, for admins and auditors: what was found, who has acknowledged it, and what verifications came to.

use actix_web::HttpResponse;
use askama::Template;

use super::case_parts::Moment;
use super::thousands;
use crate::actions::alarm::{AlarmsView, acknowledge_alarm, view_alarms};
use crate::actions::entries::actor_name;
use crate::actions::sign_in::step_up;
use crate::domain::alarm::{ACKNOWLEDGED_BY, Alarm};
use crate::domain::id::AlarmId;
use crate::domain::staff::{Role, Verb};
use crate::domain::time::Instant;
use crate::store::alarms::Verification;
use crate::web::WebError;
use crate::web::extract::{Visitor, WithId};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};

#[derive(Template)]
#[template(path = "alarms.html")]
struct AlarmsPage {
    frame: Frame,
    /// What was typed for one of the alarms.
    form: Form,
    alarms: Vec<Card>,
    verifications: Vec<Line>,
    reads_log: bool,
}

struct Card {
    id: String,
    /// What was typed for it.
    form: Form,
    /// What sets its fields apart from those of other alarms.
    apart: String,
    at: Moment,
    fault: String,
    /// The entry to look at, where the fault lies in one.
    entry: Option<u64>,
    is_open: bool,
    words: Vec<Word>,
    /// Who still has to, in words.
    waits_for: String,
    /// The roles in which this person can acknowledge it now.
    roles: Vec<Role>,
    /// Why this person can't, where it is open.
    kept: Option<String>,
}

struct Word {
    role: &'static str,
    by: String,
    at: Moment,
    because: String,
}

struct Line {
    at: Moment,
    by: String,
    size: String,
    fault: Option<String>,
}

/// `GET /alarms`
///
/// # Errors
/// A refusal for people who are neither admin nor auditor.
pub async fn show(visitor: Visitor) -> Result<HttpResponse, WebError> {
    ok(&page(&visitor, None, Form::default()).await?)
}

/// `POST /alarms/{id}/acknowledge`
///
/// # Errors
/// As [`acknowledge_alarm`].
pub async fn acknowledge(visitor: Visitor, alarm: WithId<AlarmId>, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let because = fields.required_prose("because", &mut errors);
    let role: Option<Role> = fields.word("role", &mut errors);
    if !fields.has("password") {
        errors.add("password", "Give your password again.");
    }
    if let (Some(because), Some(role), true) = (because, role, errors.is_empty()) {
        let password = fields.password("password");
        let done = post_once(&visitor, &fields, || async {
            let act = visitor.run(move |ctx, who| {
                let fresh = step_up(ctx, who, &password, Verb::AcknowledgeAlarm)?;
                acknowledge_alarm(ctx, who, alarm.0, role, because, fresh)
            });
            act.await?;
            Ok("/alarms".to_owned())
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again(&page(&visitor, Some(alarm.0), Form::again(fields, errors)).await?)
}

async fn page(visitor: &Visitor, typed_for: Option<AlarmId>, form: Form) -> Result<AlarmsPage, WebError> {
    let view = visitor.run(view_alarms).await?;
    let now = visitor.now();
    let typed = |alarm| (typed_for == Some(alarm)).then(|| form.clone());
    Ok(AlarmsPage {
        frame: visitor.frame("Alarms", Place::Alarms),
        alarms: view.alarms.iter().map(|alarm| card(alarm, &view, visitor, typed(alarm.id))).collect(),
        verifications: view.verifications.iter().map(|one| line(one, &view, now)).collect(),
        reads_log: visitor.may(Verb::ReadLog),
        form,
    })
}

fn card(alarm: &Alarm, view: &AlarmsView, visitor: &Visitor, typed: Option<Form>) -> Card {
    let (who, now) = (&visitor.who().staff, visitor.now());
    let may = |role: Role| alarm.may_acknowledge(who, role);
    let held = || ACKNOWLEDGED_BY.into_iter().filter(|role| who.is(*role));
    let roles: Vec<Role> = held().filter(|role| may(*role).is_ok()).collect();
    let kept = held().find_map(|role| may(role).err()).filter(|_| roles.is_empty() && alarm.holds_releases());
    let word = |by: &crate::domain::alarm::Acknowledgement| Word {
        role: by.role.label(),
        by: view.names.get(&by.by).cloned().unwrap_or_default(),
        at: Moment::new(by.at, now),
        because: by.because.to_string(),
    };
    let waits_for: Vec<&str> = alarm.waits_for().into_iter().map(Role::label).collect();
    Card {
        id: alarm.id.to_string(),
        apart: if typed.is_some() { String::new() } else { format!("-{}", alarm.id) },
        form: typed.unwrap_or_default(),
        at: Moment::new(alarm.raised_at, now),
        fault: alarm.fault.clone(),
        entry: alarm.seq.filter(|_| alarm.place.starts_with("log_") && alarm.place != "log_checkpoint"),
        is_open: alarm.holds_releases(),
        words: alarm.acknowledged.iter().map(word).collect(),
        waits_for: waits_for.join(" and an "),
        roles,
        kept: kept.map(|refusal| refusal.to_string()),
    }
}

fn line(one: &Verification, view: &AlarmsView, now: Instant) -> Line {
    Line {
        at: Moment::new(one.at, now),
        by: actor_name(&one.by, &view.names),
        size: thousands(one.size),
        fault: one.fault().map(str::to_owned),
    }
}
