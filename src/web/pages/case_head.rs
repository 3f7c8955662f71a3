//! What stands above every tab of a case: which paper, where it stands, what comes next.

use super::case_log::count;
use super::case_parts::{Chip, Moment, Words, day, standing_chips};
use crate::actions::view_case::CaseView;
use crate::domain::case::{Case, NextStep, Returned};
use crate::domain::clock::Clock;
use crate::domain::decision::Approval;
use crate::domain::outcome::Outcome;
use crate::domain::refusal::{Refusal, gate_opens};
use crate::domain::second_admin::mark;
use crate::domain::staff::{Staff, Verb, initials};
use crate::domain::stage::Gate;
use crate::domain::time::Instant;
use crate::domain::wait::Wait;
use crate::web::frame::{Step, steps};
use crate::web::times;

/// The head of a case.
pub struct CaseHead {
    /// Its name among people.
    pub reference: String,
    /// The kind of paper.
    pub instrument: &'static str,
    /// The agency, or `None` where it is sealed.
    pub agency: Option<String>,
    /// The docket, or `None` where it is sealed.
    pub docket: Option<String>,
    /// Emergency, compartment, secrecy.
    pub chips: Vec<Chip>,
    /// Organisations whose accounts are asked about; none where sealed.
    pub organisations: Option<String>,
    /// Who works on it.
    pub assignee: Option<Assignee>,
    /// The clock, while the case is open.
    pub due: Option<Due>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// The seven stages.
    pub stages: Vec<Step>,
    /// The six gates.
    pub gates: Vec<GateMark>,
}

/// The clock with its arithmetic.
pub struct Due {
    /// The chip; while the clock stands still, of the day it would show if it went on now.
    pub chip: times::Due,
    /// The day the paper states, where it states one.
    pub stated: Option<String>,
    /// What is due, and the arithmetic of its clock, where it was counted.
    pub counted: Option<(String, String)>,
    /// When the paper was served.
    pub received: Moment,
    /// Days in which the clock stood still, in waits that have ended.
    pub stopped_before: u32,
    /// The wait that stops it now.
    pub stopped: Option<Stopped>,
    /// The day it is due, or would be if the clock went on now.
    pub on: String,
}

/// A clock that stands still.
pub struct Stopped {
    /// Which day of it this is, from 1.
    pub day: i64,
    /// Whole days so far.
    pub days: u32,
    /// What the case waits for.
    pub kind: &'static str,
    /// Since when.
    pub since: String,
}

/// Whoever works on a case.
pub struct Assignee {
    /// Name.
    pub name: String,
    /// Initials for the ring.
    pub initials: String,
}

/// One gate of the list.
pub struct GateMark {
    /// Classes: `open ok`, `shut` or nothing.
    pub class: &'static str,
    /// The glyph.
    pub icon: &'static str,
    /// Its name.
    pub label: String,
    /// Who opened it when, or what opens it.
    pub note: String,
    /// What must be known of those who opened it.
    pub watched: Vec<String>,
}

/// The bar that says what comes next.
pub struct NextBar {
    /// The step in words.
    pub says: String,
    /// What opens the gate, or what else to know.
    pub more: String,
    /// What this person can press; `None` where the step is another's.
    pub go: Option<Go>,
}

/// The one primary button.
pub enum Go {
    /// A link to where the step is taken.
    Link {
        /// Where.
        href: String,
        /// The button's words.
        says: &'static str,
    },
    /// A form of its own.
    Post {
        /// Where.
        action: String,
        /// The button's words.
        says: &'static str,
    },
    /// The submit button of a form elsewhere on the page.
    Form {
        /// The form's id.
        id: &'static str,
        /// The button's words.
        says: &'static str,
    },
}

/// What whoever drafted or edited a scope reads in the place of the approval.
pub const DRAFTED: &str = "You drafted or edited this scope; a legal reviewer who changed nothing can approve it.";

impl CaseHead {
    /// The head of a case as this person may see it.
    pub fn new(view: &CaseView, words: Words<'_>) -> CaseHead {
        let case = &view.case;
        let open = |text: String| (!view.is_sealed).then_some(text);
        let assignee = |id| {
            let name = words.name(id);
            Assignee { initials: initials(&name), name }
        };
        CaseHead {
            reference: case.reference.to_string(),
            instrument: case.paper.instrument.label(),
            agency: open(view.agency.name.to_string()),
            docket: open(case.paper.docket.value().map_or_else(|| "no docket".into(), |d| format!("docket {d}"))),
            chips: standing_chips(case, words.now.day()),
            organisations: organisations(case).and_then(open),
            assignee: case.assignee.map(assignee),
            due: due(case, words),
            outcome: case.closing().map(|c| c.outcome),
            stages: steps(case.stage()),
            gates: gate_marks(view, words),
        }
    }
}

/// The organisations that demands name, each once.
fn organisations(case: &Case) -> Option<String> {
    let named = case.demands.iter().filter_map(|d| d.asked.organisation.as_ref());
    let names: std::collections::BTreeSet<&str> = named.map(|o| o.name.as_str()).collect();
    (!names.is_empty()).then(|| names.into_iter().collect::<Vec<_>>().join(", "))
}

fn due(case: &Case, words: Words<'_>) -> Option<Due> {
    if case.closing().is_some() {
        return None;
    }
    let on = case.due_if_resumed(words.now)?;
    let next = case.next_duty();
    let at = next.filter(|clock| clock.due_on() == on).map(Clock::due_at);
    let stopping = case.wait.as_ref().filter(|_| case.is_standing_still());
    Some(Due {
        chip: times::due_by(on, at, words.now),
        stated: case.paper.return_by.value().map(|on| day(*on)),
        counted: next.map(|clock| (clock.counted.title.clone(), clock.counted.told.clone())),
        received: words.at(case.paper.received_at),
        stopped_before: case.stopped_days,
        stopped: stopping.map(|wait| Stopped {
            days: wait.days_until(words.now),
            day: Wait::day_of(wait.at, words.now),
            kind: wait.kind.label(),
            since: day(wait.at.day()),
        }),
        on: day(on),
    })
}

fn gate_marks(view: &CaseView, words: Words<'_>) -> Vec<GateMark> {
    let case = &view.case;
    let first_shut = case.first_shut_gate();
    let still_needed = if case.closing().is_some() { None } else { case.gate_before_closing() };
    let mark = |gate: &Gate| {
        let is_open = case.is_open(*gate) && first_shut.is_none_or(|shut| *gate < shut);
        let (class, icon, note) = if is_open {
            ("open ok", "check", opened_by(case, *gate, words))
        } else if Some(*gate) == still_needed {
            let returned = case.progress.returned().filter(|_| *gate == Gate::Decided);
            ("shut", "door", returned.map_or_else(|| gate_opens(*gate).to_owned(), |r| came_back(r, words)))
        } else {
            ("", "ring", String::new())
        };
        let watched = if *gate == Gate::Approved { watched(view, words) } else { Vec::new() };
        GateMark { class, icon, label: gate_label(case, *gate), note, watched }
    };
    Gate::ALL.iter().map(mark).collect()
}

fn gate_label(case: &Case, gate: Gate) -> String {
    let count = match gate {
        Gate::Verified if case.checks_needed() > 1 => Some((case.confirmed_by().len(), case.checks_needed())),
        Gate::Decided if case.assessed().is_some() && !case.is_open(gate) => {
            let all = case.demands.len();
            Some((all.saturating_sub(case.undecided().len()), all))
        }
        Gate::Approved if case.is_open(Gate::Decided) => {
            Some((case.approvals().len(), case.draft().map_or(1, |d| usize::from(d.approvals_needed))))
        }
        Gate::Collected if !case.granted().is_empty() => Some((case.results().len(), case.granted().len())),
        _ => None,
    };
    count.map_or_else(|| gate.label().to_owned(), |(done, all)| format!("{} {done} of {all}", gate.label()))
}

/// What the only admin did alone about those who approved, just before they did.
fn watched(view: &CaseView, words: Words<'_>) -> Vec<String> {
    let marked = |a: &Approval| mark(&view.watches, a.by, a.at).map(|mark| format!("{}: {mark}", words.name(a.by)));
    view.case.approvals().iter().filter_map(marked).collect()
}

/// Who opened a gate, and on which day; the timeline has the minute.
fn opened_by(case: &Case, gate: Gate, words: Words<'_>) -> String {
    let last = match gate {
        Gate::Verified => case.checks.iter().rfind(|c| c.confirms()).map(|c| (c.by, c.at)),
        Gate::Assessed => case.assessed().map(|a| (a.by, a.at)),
        Gate::Decided => case.draft().map(|d| (d.by, d.at)),
        Gate::Approved => case.approvals().last().map(|a| (a.by, a.at)),
        Gate::Collected => case.results().iter().max_by_key(|r| r.at).map(|r| (r.by, r.at)),
        Gate::Released => case.released().map(|r| (r.by, r.at)),
    };
    let on = |at: Instant| times::short_day(at.day(), words.now.day());
    last.map(|(by, at)| format!("{}, {}", words.name(by), on(at))).unwrap_or_default()
}

impl NextBar {
    /// Whether the one button submits this form.
    pub fn is_form(&self, wanted: &str) -> bool {
        matches!(&self.go, Some(Go::Form { id, .. }) if *id == wanted)
    }

    /// Where on the page the step is taken: its form, or the bar with its button.
    pub fn place(&self) -> &'static str {
        if let Some(Go::Form { id, .. }) = &self.go { id } else { "next" }
    }

    /// The next step as an auditor reads it.
    pub fn sealed(case: &Case) -> NextBar {
        NextBar {
            says: case.next_step().says(),
            more: "You see process facts only; nothing is to be done here.".into(),
            go: None,
        }
    }

    /// The next step as this person can take it; `tab` is where the page stands.
    pub fn new(case: &Case, who: &Staff, tab: &str, words: Words<'_>) -> NextBar {
        let step = case.next_step();
        let says = step.says();
        // Whoever ticks the checklist saves it there before they go on, until all of it is looked at.
        let is_open = tab == "checklist" && case.checklist().iter().any(|(_, tick)| tick.is_none());
        if is_open && case.keeps_from(Verb::TickChecklist, who).is_none() {
            let go = Some(Go::Form { id: "answer", says: "Save the checklist" });
            return NextBar { says: "save what you ticked.".into(), more: format!("Then: {says}"), go };
        }
        let Some(verb) = step.verb() else { return NextBar { says, more: String::new(), go: None } };
        let early = case.held_until(words.now).filter(|_| verb == Verb::Release);
        let early = early.map(|until| Refusal::ReleaseTooEarly { until });
        match case.keeps_from(verb, who).or(early) {
            None => NextBar { says, more: after(case, &step, words), go: go(case, &step, tab) },
            Some(refusal @ Refusal::ReleaseHeld { .. }) => {
                let end = case.keeps_from(Verb::EndWait, who).is_none().then(|| end_wait(case, tab));
                NextBar { says, more: refusal.to_string(), go: end }
            }
            Some(_) if verb == Verb::Approve && case.scope.was_edited_by(who.id) => {
                NextBar { says, more: DRAFTED.into(), go: None }
            }
            Some(refusal) => NextBar { says, more: kept(&step, &refusal), go: None },
        }
    }
}

/// A form's button where its tab is in front, else the way there.
fn form_or_tab(case: &Case, tab: &str, home: &str, (id, says): (&'static str, &'static str)) -> Go {
    if tab == home {
        Go::Form { id, says }
    } else {
        Go::Link { href: format!("/cases/{}?tab={home}#{id}", case.reference), says }
    }
}

fn end_wait(case: &Case, tab: &str) -> Go {
    form_or_tab(case, tab, "review", ("end-wait", "End the wait"))
}

fn go(case: &Case, step: &NextStep, tab: &str) -> Option<Go> {
    let base = format!("/cases/{}", case.reference);
    let form_or_tab = |home: &str, id, says| form_or_tab(case, tab, home, (id, says));
    Some(match step {
        NextStep::AttachPaper => form_or_tab("documents", "attach", "Attach the paper"),
        NextStep::Verify { .. } => form_or_tab("requester", "check", "Record the check"),
        NextStep::AddDemands => form_or_tab("review", "add-demand", "Add the demand"),
        NextStep::Assess => Go::Post { action: format!("{base}/assess"), says: "Check the legal basis" },
        NextStep::Decide { open } if open.is_empty() => form_or_tab("review", "decide", "Save and send to approval"),
        NextStep::Decide { .. } => form_or_tab("review", "decide", "Save decisions"),
        NextStep::Approve { .. } => Go::Link { href: format!("{base}/approval"), says: "Read and approve the scope" },
        NextStep::Collect { .. } => {
            Go::Link { href: format!("/tasks/{}", case.reference), says: "Open the collection task" }
        }
        NextStep::Release { .. } => form_or_tab("review", "release", "Release the production"),
        NextStep::AnswerRedirect => form_or_tab("review", "redirect", "Record what became of it"),
        NextStep::Close { .. } => form_or_tab("review", "close", "Close the case"),
        NextStep::Nothing { .. } => return None,
    })
}

/// What follows the step, for the person who takes it.
fn after(case: &Case, step: &NextStep, words: Words<'_>) -> String {
    match step {
        NextStep::Decide { .. } => {
            let returned = case.progress.returned().map(|r| format!("{} ", came_back(r, words)));
            format!("{}{}", returned.unwrap_or_default(), sends(case, words))
        }
        NextStep::Release { .. } => "It needs your password again; what has left can't be changed.".into(),
        NextStep::Close { .. } => "The outcome follows from decisions and results; nobody types it.".into(),
        NextStep::AnswerRedirect => "Send the letter, and say what came of it; the case can't be closed before.".into(),
        NextStep::Verify { needed: 2.., .. } => "An emergency needs two people; each counts once.".into(),
        _ => {
            step.gate().filter(|gate| !case.is_open(*gate)).map(|gate| gate_opens(gate).to_owned()).unwrap_or_default()
        }
    }
}

/// A draft that came back, and what is to be done about it.
fn came_back(returned: &Returned, words: Words<'_>) -> String {
    format!("Returned by {}: change what is asked, then send it again.", words.name(returned.by))
}

/// What saving the decisions does.
pub fn sends(case: &Case, words: Words<'_>) -> String {
    let reviewers = |n: u8| count(usize::from(n), "reviewer");
    let needed = match words.ctx.approvals.least_and_most(case) {
        (least, most) if least == most => format!("{} needed", reviewers(most)),
        (least, most) => format!("{} needed, {most} where content is given", reviewers(least)),
    };
    format!("When every demand is decided, saving sends the draft to approval ({needed}).")
}

/// Why this person can't take the step, and who or what opens it.
fn kept(step: &NextStep, refusal: &Refusal) -> String {
    let opens = step.gate().map(gate_opens).unwrap_or_default();
    match refusal {
        Refusal::NoRight { verb: Verb::Collect | Verb::Approve } => opens.to_owned(),
        Refusal::NoRight { .. } => format!("{opens} {}", refusal.opens()),
        other => other.to_string(),
    }
}
