//! What stands around every page: the strip of a demonstration, the bar with what one may use, the foot.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::extract::Visitor;
use super::{App, assets};
use crate::domain::staff::Verb;
use crate::domain::stage::Stage;
use crate::domain::time::Instant;
use crate::store::alarms::LogStanding;
use crate::system;

/// Where in the bar a page belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The queue, and the cases in it.
    Queue,
    /// What waits for approval.
    Approvals,
    /// What is due by when.
    Clocks,
    /// Collection tasks.
    Tasks,
    /// The log.
    Log,
    /// The staff.
    Staff,
    /// The teams.
    Teams,
    /// What the services keep.
    Catalogue,
    /// The rule packs.
    Rules,
    /// The settings in effect.
    Settings,
    /// Reports.
    Reports,
    /// Cases closed before Writ.
    PastCases,
    /// How mails do.
    Outbox,
    /// Alarms about the log.
    Alarms,
    /// Findings of auditors.
    Findings,
    /// For how long cases are kept, and erasures.
    Retention,
    /// Nowhere in the bar.
    Elsewhere,
}

/// What `frame.html` needs. The title never holds personal data.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The page's title.
    pub title: String,
    /// Whether this is a demonstration with made-up people.
    pub is_demo: bool,
    /// Whether the cases were generated.
    pub is_generated: bool,
    /// Who looks at the page.
    pub who: Option<Person>,
    /// What admins and auditors are told of the log on every page, unless all is well.
    pub alarm: Option<AlarmStrip>,
    /// Whether this person may search the register.
    pub may_search: bool,
    /// The bar's entries: only what this person may use.
    pub nav: Vec<NavItem>,
    /// What this person may read and the bar has no room for.
    pub menu: Vec<NavItem>,
    /// A fresh form token.
    pub csrf: String,
    /// The time now.
    pub now: Instant,
    /// Names and versions of the rule packs.
    pub packs: String,
    /// Name and version of the program.
    pub software: &'static str,
    /// The address of the style sheet.
    pub css: String,
    /// The address of the script.
    pub js: String,
}

/// What is wrong with the log, on every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmStrip {
    /// Whether releases wait for somebody.
    pub is_open: bool,
    /// The first thing that is wrong; none where the last verification found nothing any more.
    pub fault: Option<String>,
    /// When that was found.
    pub at: Instant,
}

impl AlarmStrip {
    fn of(standing: &LogStanding) -> AlarmStrip {
        let fault = standing.last.fault().map(str::to_owned);
        AlarmStrip { is_open: standing.open > 0, fault, at: standing.last.at }
    }
}

/// Who looks at a page.
#[derive(Debug, Clone)]
pub struct Person {
    /// Name.
    pub full_name: String,
    /// Initials.
    pub initials: String,
    /// Roles, in words.
    pub roles: String,
    /// Whether there is a session to end.
    pub has_session: bool,
}

/// An entry of the bar.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// What it says.
    pub label: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// The key after `g` that leads there.
    pub key: &'static str,
    /// Whether the page belongs to it.
    pub is_current: bool,
    /// How much waits there.
    pub count: Option<i64>,
}

impl Frame {
    pub(super) fn of(visitor: &Visitor, title: String, place: Place) -> Frame {
        let staff = &visitor.who().staff;
        let roles: Vec<_> = staff.roles.iter().map(|r| r.label()).collect();
        let who = Person {
            full_name: staff.full_name.to_string(),
            initials: staff.initials(),
            roles: roles.join(", "),
            has_session: visitor.who().session.is_some(),
        };
        Frame {
            who: Some(who),
            alarm: visitor.alarm().map(AlarmStrip::of),
            may_search: visitor.may(Verb::Search),
            nav: nav(visitor, place),
            menu: menu(visitor, place),
            csrf: visitor.csrf(),
            ..Frame::bare(&visitor.app, title)
        }
    }

    /// The frame of a page for somebody unknown.
    pub fn bare(app: &App, title: impl Into<String>) -> Frame {
        let ctx = &app.ctx;
        let packs: Vec<_> = ctx.rulebook().packs().iter().map(|p| format!("{} {}", p.name, p.version)).collect();
        Frame {
            title: title.into(),
            is_demo: ctx.is_demo,
            is_generated: ctx.is_generated,
            who: None,
            alarm: None,
            may_search: false,
            nav: Vec::new(),
            menu: Vec::new(),
            csrf: String::new(),
            now: ctx.now(),
            packs: packs.join(", "),
            software: app.settings.software,
            css: assets::address("writ.css"),
            js: assets::address("writ.js"),
        }
    }

    pub(super) fn of_nobody(req: &HttpRequest, title: &str) -> Frame {
        match req.app_data::<Data<App>>() {
            Some(app) => Frame::bare(app, title),
            None => Frame {
                title: title.into(),
                is_demo: false,
                is_generated: false,
                who: None,
                alarm: None,
                may_search: false,
                nav: Vec::new(),
                menu: Vec::new(),
                csrf: String::new(),
                now: Instant::new(chrono::DateTime::UNIX_EPOCH),
                packs: String::new(),
                software: "Writ",
                css: assets::address("writ.css"),
                js: assets::address("writ.js"),
            },
        }
    }

    /// Whether this person can open something by its reference.
    pub fn has_find(&self) -> bool {
        self.nav.iter().any(|item| matches!(item.href, "/queue" | "/tasks" | "/log"))
    }

    /// A fresh one-time id for a form.
    pub fn once(&self) -> String {
        system::fresh_id().to_string()
    }
}

fn nav(visitor: &Visitor, place: Place) -> Vec<NavItem> {
    let works_on_cases = visitor.may(Verb::ReadQueue);
    let manages = visitor.may(Verb::ManageStaff);
    let (open, approvals) = visitor.desk().map(|desk| (desk.open, desk.approvals)).unzip();
    let all = [
        (works_on_cases, Place::Queue, "Queue", "/queue", "q", open),
        (works_on_cases, Place::Approvals, "Approvals", "/approvals", "a", approvals),
        (works_on_cases, Place::Clocks, "Clocks", "/clocks", "c", None),
        (visitor.may(Verb::ReadTask), Place::Tasks, "Tasks", "/tasks", "t", None),
        (visitor.may(Verb::ReadLog), Place::Log, "Log", "/log", "l", None),
        (manages, Place::Staff, "Staff", "/staff", "s", None),
        (manages, Place::Teams, "Teams", "/teams", "m", None),
        (manages, Place::Catalogue, "Catalogue", "/catalogue", "k", None),
        (manages, Place::Rules, "Rules", "/law", "w", None),
        (visitor.may(Verb::ReadSettings), Place::Settings, "Settings", "/settings", "e", None),
        (visitor.may(Verb::Report), Place::Reports, "Reports", "/reports/transparency", "r", None),
        (visitor.may(Verb::ReadPastCases), Place::PastCases, "Past cases", "/past-cases", "p", None),
        (manages, Place::Outbox, "Mail", "/outbox", "o", None),
    ];
    items(&all, visitor, place)
}

/// The catalogue and the rules, for those who read them now and then, and the alarms, which the strip tells of.
fn menu(visitor: &Visitor, place: Place) -> Vec<NavItem> {
    let reads = visitor.may(Verb::ReadRules) && !visitor.may(Verb::ManageStaff);
    let all = [
        (reads, Place::Catalogue, "Catalogue", "/catalogue", "k", None),
        (reads, Place::Rules, "Rules", "/law", "w", None),
        (visitor.may(Verb::ReadFindings), Place::Findings, "Audit findings", "/findings", "f", None),
        (visitor.may(Verb::ReadRetention), Place::Retention, "Retention", "/retention", "h", None),
        (visitor.may(Verb::AcknowledgeAlarm), Place::Alarms, "Alarms", "/alarms", "x", None),
    ];
    items(&all, visitor, place)
}

fn items(all: &[Entry], visitor: &Visitor, place: Place) -> Vec<NavItem> {
    // Whoever must choose a password first gets nowhere else.
    let shown = all.iter().filter(|(may, ..)| *may && !visitor.who().must_change_password());
    shown
        .map(|&(_, at, label, href, key, count)| NavItem { label, href, key, is_current: at == place, count })
        .collect()
}

/// Whether this person may use it, where it belongs, its name, address and key, and how much waits there.
type Entry = (bool, Place, &'static str, &'static str, &'static str, Option<i64>);

/// One step of the stage bar.
#[derive(Debug, Clone)]
pub struct Step {
    /// The stage's word.
    pub label: &'static str,
    /// Behind us; of a closed case the last one too.
    pub is_done: bool,
    /// Where we are.
    pub is_now: bool,
    /// From 1.
    pub number: usize,
    /// Where its bar begins in the small drawing.
    pub x: usize,
}

/// The seven steps as a case at `stage` stands in them. A closed case has gone all of them.
pub fn steps(stage: Stage) -> Vec<Step> {
    let step = |(at, s): (usize, &Stage)| Step {
        label: s.label(),
        is_done: *s < stage || stage == Stage::Closed,
        is_now: *s == stage,
        number: at.saturating_add(1),
        x: at.saturating_mul(8),
    };
    Stage::ALL.iter().enumerate().map(step).collect()
}
