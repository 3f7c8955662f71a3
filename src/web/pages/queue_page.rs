//! The page of the queue: lanes and views as tabs, filters, rows in groups, and the form for the ticked ones.

use std::collections::BTreeSet;

use askama::Template;
use uuid::Uuid;

use super::case_row::{Clock, ListWords, Row};
use super::queue_filters::Filters;
use crate::actions::assign_cases::AssignedMany;
use crate::actions::list_cases::{self, list_cases};
use crate::domain::id::StaffId;
use crate::domain::queue::{After, Filter, Lane, NO_DATE, STOPPED, SortBy};
use crate::domain::time::Instant;
use crate::store::queue::CaseLine;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::fields::Form;
use crate::web::frame::{Frame, Place};
use crate::web::times::how_soon;

/// What an address of the queue asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Lane, filters, order.
    pub filter: Filter,
    /// Where the page before ended.
    pub after: Option<After>,
    /// What became of an act on several cases.
    pub told: Option<Uuid>,
    /// The saved view that led here.
    pub view: Option<Uuid>,
}

impl Asked {
    /// Reads the part of an address after the question mark. What is no filter of ours is no page of ours.
    ///
    /// # Errors
    /// [`WebError::NotFoundPage`].
    pub fn parse(query: &str) -> Result<Asked, WebError> {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let text = |name: &str| pairs.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str());
        let filter = Filter::parse(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let filter = filter.map_err(|_| WebError::NotFoundPage)?;
        let after = text("after").map(|after| After::parse(after, filter.order())).transpose();
        let after = after.map_err(|_| WebError::NotFoundPage)?;
        let id = |name| text(name).and_then(|id| id.parse().ok());
        Ok(Asked { filter, after, told: id("told"), view: id("view") })
    }

    /// Where this page stands in the queue, as an address spells it.
    pub fn spell(&self) -> String {
        let mut spelled = self.filter.spell();
        self.view.iter().for_each(|view| spelled.push_str(&format!("&view={view}")));
        self.after.iter().for_each(|after| spelled.push_str(&format!("&after={after}")));
        spelled
    }
}

/// The page.
#[derive(Template)]
#[template(path = "queue.html")]
pub struct QueuePage {
    frame: Frame,
    heading: String,
    sub: String,
    tabs: Vec<Tab>,
    filters: Filters,
    groups: Vec<Group>,
    columns: Vec<Column>,
    shown: usize,
    /// Filters, order and place, for the forms to come back to.
    at: String,
    /// The filters without the place.
    spelled: String,
    next: Option<String>,
    is_first: bool,
    colleagues: Vec<(StaffId, String)>,
    /// Whether cases of this lane can be given to somebody.
    can_assign: bool,
    form: Form,
    told: Option<Told>,
    /// How many papers this person took in and opened no case for.
    without_case: usize,
}

/// A lane or a saved view.
pub struct Tab {
    href: String,
    label: String,
    count: Option<i64>,
    is_bad: bool,
    is_current: bool,
}

/// Rows that are due in the same span; without a heading where the order is another.
pub struct Group {
    heading: Option<String>,
    is_bad: bool,
    rows: Vec<Row>,
}

/// A column that sorts, or not.
pub struct Column {
    label: &'static str,
    class: &'static str,
    /// Where a click on its head leads.
    href: Option<String>,
    /// `ascending` or `descending` where the list is sorted by it.
    sorted: Option<&'static str>,
}

/// What became of an act on several cases.
pub struct Told {
    done: Vec<String>,
    to: String,
    refused: Vec<(String, String)>,
}

impl QueuePage {
    /// The page, with a form that came back and what became of an earlier act if there are such.
    ///
    /// # Errors
    /// As [`list_cases`].
    pub async fn build(
        visitor: &Visitor,
        asked: Asked,
        form: Form,
        told: Option<AssignedMany>,
    ) -> Result<QueuePage, WebError> {
        let (filter, after) = (asked.filter.clone(), asked.after.clone());
        let read = visitor.run(move |ctx, who| list_cases(ctx, who, &filter, after.as_ref())).await?;
        Ok(QueuePage::of(visitor, &asked, read, form, told))
    }

    fn of(
        visitor: &Visitor,
        asked: &Asked,
        read: list_cases::QueuePage,
        form: Form,
        told: Option<AssignedMany>,
    ) -> QueuePage {
        let (me, now, filter) = (visitor.who().staff.id, visitor.now(), &asked.filter);
        let words = ListWords { names: &read.names, now, me };
        let ticked = ticked(&form, told.as_ref());
        let rows: Vec<Row> = read
            .lines
            .iter()
            .map(|line| {
                let demands = read.demands.get(&line.id).copied().unwrap_or(0);
                let row = Row::new(line.clone(), words);
                let row = row.with(demands, read.secret.contains(&line.id), read.approvers.get(&line.id), words);
                Row { is_ticked: ticked.contains(&row.line.reference), ..row }
            })
            .collect();
        let current = asked.view.and_then(|view| read.views.iter().find(|v| v.id == view));
        let heading = current.map_or_else(|| filter.lane.label().to_owned(), |view| view.name.clone());
        QueuePage {
            // A view's name is its owner's, and a title goes further than the page.
            frame: visitor.frame(filter.lane.label(), Place::Queue),
            heading,
            sub: sub(filter, &read),
            tabs: tabs(asked, &read),
            filters: Filters::new(filter, &read, me),
            shown: rows.len(),
            groups: grouped(rows, filter, now, asked.after.is_some(), read.next.is_some()),
            columns: columns(filter),
            at: asked.spell(),
            spelled: filter.spell(),
            next: read.next.map(|after| format!("/queue?{}", Asked { after: Some(after), ..asked.clone() }.spell())),
            is_first: asked.after.is_none(),
            colleagues: read.colleagues.iter().filter(|c| c.id != me).map(|c| (c.id, c.name.clone())).collect(),
            can_assign: filter.lane != Lane::Closed,
            told: told.map(|told| Told::new(told, words)),
            without_case: read.without_case,
            form,
        }
    }
}

impl Told {
    fn new(told: AssignedMany, words: ListWords<'_>) -> Told {
        let to = match told.to {
            None => "nobody".to_owned(),
            Some(id) if id == words.me => "you".to_owned(),
            Some(id) => words.ring(id).name,
        };
        let (done, refused): (Vec<_>, Vec<_>) = told.answers.into_iter().partition(|a| a.refused.is_none());
        Told {
            done: done.into_iter().map(|a| a.reference).collect(),
            to,
            refused: refused.into_iter().map(|a| (a.reference, a.refused.unwrap_or_default())).collect(),
        }
    }
}

/// What was ticked before, so that nothing is ticked anew: on a form that came back all, else what was refused.
fn ticked(form: &Form, told: Option<&AssignedMany>) -> BTreeSet<String> {
    let sent = form.fields.iter().filter(|(name, _)| *name == "case");
    let sent = sent.filter_map(|(_, value)| value.split('@').next()).map(str::to_owned);
    let answers = told.map(|told| told.answers.as_slice()).unwrap_or_default();
    let refused = answers.iter().filter(|a| a.refused.is_some()).map(|a| a.reference.clone());
    sent.chain(refused).collect()
}

fn sub(filter: &Filter, read: &list_cases::QueuePage) -> String {
    let counts = &read.counts;
    let cases = |n: i64| if n == 1 { "1 case".to_owned() } else { format!("{n} cases") };
    if filter.is_narrowed() {
        return "filtered".to_owned();
    }
    match filter.lane {
        Lane::Open => format!("{} · {} late · {} unassigned", cases(counts.open), counts.late, counts.unassigned),
        lane => count(lane, read).map_or_else(|| "ended cases".to_owned(), cases),
    }
}

/// How many cases a lane has; those that are closed are not counted.
fn count(lane: Lane, read: &list_cases::QueuePage) -> Option<i64> {
    let counts = &read.counts;
    Some(match lane {
        Lane::Mine => counts.mine,
        Lane::Unassigned => counts.unassigned,
        Lane::Emergency => counts.emergency,
        Lane::Week => counts.week,
        Lane::Waiting => counts.waiting,
        Lane::Open => counts.open,
        Lane::Closed => return None,
    })
}

fn tabs(asked: &Asked, read: &list_cases::QueuePage) -> Vec<Tab> {
    let lane = |lane: &Lane| Tab {
        href: format!("/queue?tab={lane}"),
        label: lane.label().to_owned(),
        count: count(*lane, read),
        is_bad: *lane == Lane::Emergency && read.counts.emergency > 0,
        is_current: asked.view.is_none() && asked.filter.lane == *lane,
    };
    let view = |view: &crate::store::housekeep::SavedView| Tab {
        href: format!("/queue?{}&view={}", view.filters, view.id),
        label: view.name.clone(),
        count: None,
        is_bad: false,
        is_current: asked.view == Some(view.id),
    };
    Lane::ALL.iter().map(lane).chain(read.views.iter().map(view)).collect()
}

fn columns(filter: &Filter) -> Vec<Column> {
    let head = |label, class, by: Option<SortBy>| {
        let is_sorted = by == Some(filter.order());
        let turned = |by| Filter { sort: Some(by), is_reversed: is_sorted && !filter.is_reversed, ..filter.clone() };
        Column {
            label,
            class,
            href: by.map(|by| format!("/queue?{}", turned(by).spell())),
            sorted: is_sorted.then_some(if filter.is_descending() { "descending" } else { "ascending" }),
        }
    };
    vec![
        head("Reference", "", Some(SortBy::Reference)),
        head("Instrument", "", Some(SortBy::Instrument)),
        head("Agency", "", Some(SortBy::Agency)),
        head("Demands", "num", None),
        head("Stage", "", None),
        head("Marks", "", None),
        head("Due", "", Some(SortBy::Due)),
        head("Who", "", None),
    ]
}

/// Rows in the order they came, parted where the span of the due date changes. How many there are is said only of
/// groups that are whole on this page.
fn grouped(rows: Vec<Row>, filter: &Filter, now: Instant, goes_on_before: bool, goes_on_after: bool) -> Vec<Group> {
    if filter.order() != SortBy::Due || filter.lane == Lane::Closed {
        return vec![Group { heading: None, is_bad: false, rows }];
    }
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let (span, is_bad) = span(&row.line, now);
        match groups.last_mut().filter(|last| last.heading.as_deref() == Some(span)) {
            Some(last) => last.rows.push(row),
            None => groups.push(Group { heading: Some(span.to_owned()), is_bad, rows: vec![row] }),
        }
    }
    let last = groups.len().saturating_sub(1);
    for (at, group) in groups.iter_mut().enumerate() {
        let is_cut = (at == 0 && goes_on_before) || (at == last && goes_on_after);
        if let Some(heading) = group.heading.as_mut().filter(|_| !is_cut) {
            heading.push_str(&format!(" · {}", group.rows.len()));
        }
    }
    groups
}

fn span(line: &CaseLine, now: Instant) -> (&'static str, bool) {
    match line.late_at {
        at if at == NO_DATE => ("No date", false),
        at if at == STOPPED => ("Clock stopped", false),
        at if at <= now => ("Late", true),
        at => (how_soon(at, now), false),
    }
}
