//! The whole log, for auditors: every entry with its process facts; personal payloads stay sealed.

use actix_web::http::header::{self, ContentDisposition};
use actix_web::{HttpResponse, web};
use askama::Template;

use super::case_parts::{Moment, day};
use super::log_filter::{Asked, KindGroup, kind_groups};
use super::payload::Short;
use super::thousands;
use crate::actions::entries::{SYSTEM_PARTS, actor_name, kind_label};
use crate::actions::export_log::{LogExport, MOST, export_log};
use crate::actions::run_verification::{Progress, begin_verification};
use crate::actions::view_log::{LogAsked, LogLine, LogPage, Standing, view_log};
use crate::domain::id::StaffId;
use crate::domain::second_admin::mark;
use crate::domain::staff::Role;
use crate::domain::time::Instant;
use crate::sheet;
use crate::store::alarms::{Found, LogStanding};
use crate::store::log::{LogOutcome, LogRow};
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::page::{again, ok, see_other};

#[derive(Template)]
#[template(path = "log.html")]
struct LogTemplate {
    frame: Frame,
    form: Form,
    kinds: Vec<KindGroup>,
    people: Vec<(String, String)>,
    parts: Vec<(String, String)>,
    days: Vec<Day>,
    count: usize,
    /// How many entries there are, in words.
    size: String,
    follows: Option<Follows>,
    /// Where the next page is.
    next: Option<String>,
    /// Where the first page is, from a later one.
    first: Option<String>,
    other_order: String,
    is_oldest_first: bool,
    is_refused_only: bool,
    is_filtered: bool,
    export: String,
    most: String,
    banner: Banner,
    /// Whether verifying goes on from the log to everything that follows from it.
    is_deep: bool,
    signed: Option<Signed>,
}

/// The case whose entries alone are shown.
struct Follows {
    reference: String,
    /// Whether its page is open to this person.
    is_open: bool,
}

/// The entries of one day, UTC.
struct Day {
    heading: String,
    rows: Vec<Row>,
}

struct Row {
    seq: i64,
    at: Moment,
    time: String,
    by: String,
    kind: String,
    label: String,
    case: CaseCell,
    says: String,
    is_refused: bool,
    is_of_compartment: bool,
    is_sealed: bool,
    /// What the only admin did alone about whoever approved.
    watched: Option<String>,
}

enum CaseCell {
    None,
    Named(String),
    /// The first signs of the pseudonym.
    Sealed(String),
    /// A case closed before Writ.
    Past,
    NotOpened(String),
}

/// What the banner of the desk says of the last verification.
enum Banner {
    /// One runs here now: how far it is.
    Running { what: &'static str, done: String, all: String, part: u64, whole: u64, by: String },
    /// Nobody has verified yet.
    Never,
    /// Everything fitted.
    Sound { last: Last, root: String, checkpoints: i64, signed_size: String, erased: i64 },
    /// Something did not.
    Faulty { last: Last, fault: String },
}

/// When the log was last verified.
struct Last {
    at: Moment,
    by: String,
    size: String,
    since: String,
    /// Whether an alarm holds releases back.
    is_open: bool,
}

/// When the log was last signed.
struct Signed {
    at: Moment,
    size: String,
    since: String,
}

/// `GET /log`
///
/// # Errors
/// A refusal for people who may not read the log; when the store fails.
pub async fn show(visitor: Visitor, asked: web::Query<Asked>) -> Result<HttpResponse, WebError> {
    let asked = asked.into_inner();
    if asked.read().is_err() && asked.goes_on() {
        return Err(WebError::NotFoundPage);
    }
    match asked.read() {
        Ok(wanted) => {
            let page = visitor.run(move |ctx, who| view_log(ctx, who, wanted)).await?;
            ok(&template(&visitor, &asked, page, Errors::default()))
        }
        Err(errors) => {
            // What can't be read finds nothing; the page says what would be right.
            let page = visitor.run(|ctx, who| view_log(ctx, who, nothing())).await?;
            again(&template(&visitor, &asked, page, errors))
        }
    }
}

/// `GET /log.csv`
///
/// # Errors
/// A refusal for people who may not read the log; when the store fails.
pub async fn export(visitor: Visitor, asked: web::Query<Asked>) -> Result<HttpResponse, WebError> {
    let wanted = asked.read().map_err(|_| WebError::NotFoundPage)?;
    let export = visitor.run(move |ctx, who| export_log(ctx, who, wanted)).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, ContentDisposition::attachment("log.csv")))
        .body(csv(&export)))
}

/// `POST /log/verify`: it is verified in the background, and the desk tells how far it is.
///
/// # Errors
/// A refusal for people who may not verify; when the store fails.
pub async fn verify(visitor: Visitor, _checked: Fields) -> Result<HttpResponse, WebError> {
    visitor.run(begin_verification).await?;
    // Without a fragment: a page that asks again by itself would only jump to it.
    Ok(see_other("/log"))
}

fn nothing() -> LogAsked {
    let mut asked = LogAsked::default();
    asked.filter.before = Some(0);
    asked
}

fn template(visitor: &Visitor, asked: &Asked, page: LogPage, errors: Errors) -> LogTemplate {
    let form = Form { fields: asked.fields(), errors };
    let follows = follows(&form, &page);
    let title = follows.as_ref().map_or("Log".into(), |case| format!("Log of {}", case.reference));
    let other = if asked.is_oldest_first() { "" } else { "oldest" };
    let next = page.next.map(|past| asked.address("/log", &[("past", &past.to_string())]));
    LogTemplate {
        frame: visitor.frame(title, Place::Log),
        kinds: kind_groups(),
        people: people(&page),
        parts: SYSTEM_PARTS
            .iter()
            .map(|part| (format!("system:{part}"), actor_name(&format!("system:{part}"), &page.names)))
            .collect(),
        count: page.lines.len(),
        size: size(&page, asked, follows.is_some()),
        next,
        first: asked.goes_on().then(|| asked.address("/log", &[])),
        other_order: asked.address("/log", &[("order", other)]),
        is_oldest_first: asked.is_oldest_first(),
        is_refused_only: asked.is_refused_only(),
        is_filtered: asked.is_filtered(),
        export: asked.address("/log.csv", &[]),
        most: thousands(MOST),
        banner: banner(&page, visitor.now()),
        is_deep: page.standing.is_deep,
        signed: signed(&page.standing, visitor.now()),
        days: days(&page, visitor.now()),
        follows,
        form,
    }
}

/// How many entries there are: of the case that is followed, where all of them are on the page, before the whole log.
fn size(page: &LogPage, asked: &Asked, is_of_case: bool) -> String {
    let whole = format!("{} entries", thousands(page.standing.size));
    let count = i64::try_from(page.lines.len()).unwrap_or(i64::MAX);
    match is_of_case {
        false => whole,
        true if asked.goes_on() => format!("{whole} in the whole log"),
        true => {
            let more = if page.next.is_some() { "more than " } else { "" };
            let noun = if count == 1 { "entry" } else { "entries" };
            let fits = if asked.narrows_a_case() { " within the filter" } else { "" };
            format!("{more}{} {noun} of this case{fits} · {whole} in the whole log", thousands(count))
        }
    }
}

/// Staff by name, for the choice.
fn people(page: &LogPage) -> Vec<(String, String)> {
    let mut people: Vec<_> = page.names.iter().map(|(id, name)| (format!("staff:{id}"), name.clone())).collect();
    people.sort_by(|(_, a), (_, b)| a.cmp(b));
    people
}

fn follows(form: &Form, page: &LogPage) -> Option<Follows> {
    let reference = form.value("case");
    let named =
        page.lines.iter().filter_map(|line| line.case.as_ref()).find(|case| case.reference.as_str() == reference);
    named.map(|case| Follows { reference: case.reference.to_string(), is_open: case.is_open })
}

fn days(page: &LogPage, now: Instant) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for line in &page.lines {
        let heading = day(line.row.at.day());
        let row = row(line, page, now);
        match days.last_mut().filter(|day| day.heading == heading) {
            Some(day) => day.rows.push(row),
            None => days.push(Day { heading, rows: vec![row] }),
        }
    }
    days
}

fn row(line: &LogLine, page: &LogPage, now: Instant) -> Row {
    let LogLine { row, case, is_of_compartment, demand } = line;
    let short = Short { kind: &row.kind, process: &row.process, demand: *demand };
    let is_sealed = row.is_sealed();
    let key = || row.case_key.as_deref().unwrap_or_default().chars().take(8).collect::<String>();
    Row {
        seq: row.seq,
        at: Moment::new(row.at, now),
        time: row.at.as_datetime().format("%H:%M:%S").to_string(),
        by: actor_name(&row.actor, &page.names),
        label: kind_label(&row.kind).to_owned(),
        case: match (case, &row.case_key) {
            (Some(case), _) => CaseCell::Named(case.reference.to_string()),
            (None, None) => CaseCell::None,
            (None, Some(_)) if is_sealed => CaseCell::Sealed(key()),
            (None, Some(_)) if row.kind == "case.imported" => CaseCell::Past,
            (None, Some(_)) => CaseCell::NotOpened(key()),
        },
        says: if is_sealed { String::new() } else { short.says(&page.names) },
        is_refused: row.kind == "action.refused",
        is_of_compartment: *is_of_compartment,
        is_sealed,
        watched: approver(row).and_then(|who| mark(&page.watches, who, row.at)),
        kind: row.kind.clone(),
    }
}

/// Who approved, where that is what happened.
fn approver(row: &LogRow) -> Option<StaffId> {
    let id = row.actor.strip_prefix("staff:").filter(|_| row.kind == "decision.approved")?;
    id.parse().ok()
}

fn banner(page: &LogPage, now: Instant) -> Banner {
    let standing = &page.standing;
    if let Some(Progress { what, done, all, by, .. }) = &standing.running {
        let words = |n: u64| thousands(i64::try_from(n).unwrap_or(i64::MAX));
        let by = actor_name(&by.to_string(), &page.names);
        return Banner::Running { what, done: words(*done), all: words(*all), part: *done, whole: *all, by };
    }
    let Some(LogStanding { last, open }) = &standing.verified else { return Banner::Never };
    let told = Last {
        at: Moment::new(last.at, now),
        by: actor_name(&last.by, &page.names),
        size: thousands(last.size),
        since: thousands(standing.size.saturating_sub(last.size)),
        is_open: *open > 0,
    };
    match &last.found {
        Found::Fault(fault) => Banner::Faulty { last: told, fault: fault.clone() },
        Found::Sound { root, checkpoints, signed_size, erased } => Banner::Sound {
            last: told,
            root: root.clone(),
            checkpoints: *checkpoints,
            signed_size: thousands(*signed_size),
            erased: *erased,
        },
    }
}

fn signed(standing: &Standing, now: Instant) -> Option<Signed> {
    let (size, at) = standing.signed?;
    Some(Signed {
        at: Moment::new(at, now),
        size: thousands(size),
        since: thousands(standing.size.saturating_sub(size)),
    })
}

/// One line per entry. What a file can't hold is said in its last line.
fn csv(export: &LogExport) -> String {
    let mut text = sheet::line(["entry", "at", "actor", "name", "kind", "case", "case_key", "process", "leaf"]);
    for LogLine { row, case, .. } in &export.lines {
        text.push_str(&sheet::line([
            row.seq.to_string().as_str(),
            &row.at.for_machines(),
            &row.actor,
            &actor_name(&row.actor, &export.names),
            &row.kind,
            case.as_ref().map_or("", |case| case.reference.as_str()),
            row.case_key.as_deref().unwrap_or_default(),
            if row.is_sealed() { "" } else { &row.process },
            &row.leaf,
        ]));
    }
    if export.has_more {
        let most = format!("A file holds {MOST} entries and there are more; narrow the filter or go on by time.");
        text.push_str(&sheet::line(["not all", &most, "", "", "", "", "", "", ""]));
    }
    text
}
