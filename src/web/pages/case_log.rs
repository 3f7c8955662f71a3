//! A case's own log as a timeline: by days, newest first, each act in words with the particulars that matter.

use std::collections::BTreeMap;

use super::case_differs::{asked_lines, differing, paper_lines};
use super::case_parts::{ByWhom, Moment, Words, day, short_hash};
use super::case_review::reason_words;
use crate::actions::entries::{actor_name, kind_label, refusal_words};
use crate::actions::view_case::{CaseEvent, CaseView};
use crate::domain::case::Assessed;
use crate::domain::checklist::{CheckAnswer, Tick};
use crate::domain::clock::Counted;
use crate::domain::decision::Draft;
use crate::domain::demand::{Demand, numbered};
use crate::domain::event::Event;
use crate::domain::id::{DemandId, DocumentId, StaffId};
use crate::domain::mail::MailKind;
use crate::domain::paper::Paper;
use crate::domain::second_admin::{Watch, mark};
use crate::domain::secrecy::SecrecyOrder;
use crate::domain::staff::initials;
use crate::domain::wait::Wait;

/// How many acts a page shows.
const PAGE: usize = 200;

/// The timeline of a case.
pub struct Timeline {
    /// Days with something on them, the latest first.
    pub days: Vec<TimelineDay>,
    /// How many acts there are in all.
    pub acts: usize,
    /// Looks at the case, its documents and its task, the latest first.
    pub views: Vec<LogLine>,
    /// The number before which older acts begin, if there are more.
    pub older: Option<i64>,
}

/// The acts of one day.
pub struct TimelineDay {
    /// The day.
    pub on: String,
    /// Its acts.
    pub lines: Vec<LogLine>,
}

/// One entry.
pub struct LogLine {
    /// Its number in the log.
    pub seq: i64,
    /// Who and when.
    pub by: ByWhom,
    /// The hour of the day, UTC.
    pub time: String,
    /// What happened, without anything personal.
    pub says: String,
    /// What was said and named with it: personal, and empty where the case is sealed to the viewer.
    pub more: Vec<String>,
    /// Whether there is more that is sealed.
    pub is_sealed: bool,
    /// Whether it was refused.
    pub is_refused: bool,
    /// Whether Writ itself did it.
    pub is_by_writ: bool,
}

impl Timeline {
    /// The timeline as this person may see it: acts before an entry's number, or the latest.
    pub fn new(view: &CaseView, words: Words<'_>, before: Option<i64>) -> Timeline {
        // Told in their order, since each is told by what stood before it; shown the other way round.
        let (told, views) = told(view, words);
        let count = told.len();
        let is_shown = |seq: i64| before.is_none_or(|before| seq < before);
        let mut shown: Vec<_> = told.into_iter().rev().filter(|(entry, _)| is_shown(entry.seq)).collect();
        let has_more = shown.len() > PAGE;
        shown.truncate(PAGE);
        let older = shown.last().filter(|_| has_more).map(|(entry, _)| entry.seq);
        Timeline { days: by_days(shown), acts: count, views: views.into_iter().rev().take(PAGE).collect(), older }
    }

    /// All of it, the oldest first.
    pub fn whole(view: &CaseView, words: Words<'_>) -> Timeline {
        let (told, views) = told(view, words);
        Timeline { acts: told.len(), days: by_days(told), views, older: None }
    }
}

/// A case's acts, and the looks at it, each in its order.
fn told<'v>(view: &'v CaseView, words: Words<'_>) -> (Vec<(&'v CaseEvent, LogLine)>, Vec<LogLine>) {
    let mut teller =
        Teller { words, watches: &view.watches, demands: BTreeMap::new(), paper: None, documents: BTreeMap::new() };
    let (views, acts): (Vec<_>, Vec<_>) = view.log.iter().partition(|entry| entry.kind.ends_with(".viewed"));
    let told = acts.chunk_by(|a, b| is_same_mail(a, b)).filter_map(|run| teller.run(run, view.is_sealed)).collect();
    (told, views.into_iter().map(|entry| teller.line(entry, view.is_sealed)).collect())
}

fn by_days(lines: Vec<(&CaseEvent, LogLine)>) -> Vec<TimelineDay> {
    let mut days: Vec<TimelineDay> = Vec::new();
    for (entry, line) in lines {
        let on = day(entry.at.day());
        match days.last_mut() {
            Some(last) if last.on == on => last.lines.push(line),
            _ => days.push(TimelineDay { on, lines: vec![line] }),
        }
    }
    days
}

/// What was said: process facts, and what is personal.
type Told = (String, Vec<String>);

/// Tells one entry after the other, and knows what stood before each.
struct Teller<'w> {
    words: Words<'w>,
    watches: &'w [Watch],
    demands: BTreeMap<DemandId, Demand>,
    paper: Option<Paper>,
    documents: BTreeMap<DocumentId, String>,
}

impl Teller<'_> {
    fn line(&mut self, entry: &CaseEvent, is_sealed: bool) -> LogLine {
        let name = actor_name(&entry.actor, self.words.names);
        let (says, more) = match &entry.event {
            Some(event) => self.told(event),
            None => (capital(kind_label(&entry.kind)), vec!["Its personal part was erased.".into()]),
        };
        let more: Vec<String> = more.into_iter().filter(|text| !text.is_empty()).collect();
        let at = Moment::new(entry.at, self.words.now);
        LogLine {
            seq: entry.seq,
            by: ByWhom { initials: initials(&name), name, at },
            time: entry.at.as_datetime().format("%H:%M").to_string(),
            says,
            is_sealed: is_sealed && !more.is_empty() && entry.event.is_some(),
            more: if is_sealed && entry.event.is_some() { Vec::new() } else { more },
            is_refused: entry.kind == "action.refused",
            is_by_writ: entry.actor.starts_with("system:"),
        }
    }

    /// One line for entries that belong together: mails about the same thing to several people.
    fn run<'e>(&mut self, run: &[&'e CaseEvent], is_sealed: bool) -> Option<(&'e CaseEvent, LogLine)> {
        let first = *run.first()?;
        let mut line = self.line(first, is_sealed);
        if let (Some((kind, _)), true) = (mail(first), run.len() > 1) {
            line.says = format!("Told {} {} {}", run.len(), kind.told_many(), kind.tells());
        }
        Some((first, line))
    }

    fn told(&mut self, event: &Event) -> Told {
        let plain = |says: String| (says, Vec::new());
        match event {
            Event::CaseOpened(opened) => {
                self.paper = Some(opened.paper.clone());
                let (demands, documents) =
                    (count(opened.demands.len(), "demand"), count(opened.documents.len(), "document"));
                opened.documents.iter().for_each(|d| self.takes_document(d.id, d.file_name.to_string()));
                let asked = self.takes_demands(&opened.demands);
                (format!("Opened the case with {demands} and {documents}"), asked)
            }
            Event::CaseAmended { paper, .. } => {
                let before = self.paper.replace(paper.as_ref().clone());
                let before = before.map(|before| paper_lines(&before, self.words)).unwrap_or_default();
                let differs = differing(&before, &paper_lines(paper, self.words), false);
                let names: Vec<String> = differs.iter().map(|d| d.label.to_lowercase()).collect();
                let more = differs.into_iter().map(|d| arrow(&d.label, d.before, d.now)).collect();
                (format!("Mended the paper's particulars: {}", said_list(&names)), more)
            }
            Event::DocumentReceived { document } => {
                self.takes_document(document.id, document.file_name.to_string());
                ("Took in a document".into(), vec![document.file_name.to_string()])
            }
            Event::DocumentAttached { document } => {
                self.takes_document(document.id, document.file_name.to_string());
                (format!("Attached a document as {}", document.kind.label()), vec![document.file_name.to_string()])
            }
            Event::RequesterChecked { check } => {
                let says = format!("Checked the requester, {}: {}", check.method.label(), check.result.label());
                (says, vec![check.account.to_string()])
            }
            Event::DemandAdded { demand, .. } => {
                let asked = self.takes_demands(std::slice::from_ref(demand));
                (format!("Added demand {}: {}", demand.position, self.what(demand)), asked)
            }
            Event::DemandsAdded { demands, .. } => {
                let positions: Vec<u32> = demands.iter().map(|d| d.position).collect();
                let asked = self.takes_demands(demands);
                (format!("Added {}", numbered(&positions)), asked)
            }
            Event::DemandChanged { demand, .. } => self.changed(demand),
            Event::DemandSplit { kept, added, .. } => {
                self.demands.extend([kept, added.as_ref()].map(|d| (d.id, d.clone())));
                let parts = [kept, added.as_ref()].map(|d| format!("demand {}: {}", d.position, d.asked.period));
                (format!("Split the period of demand {}; {}", kept.position, parts.join(", ")), Vec::new())
            }
            Event::DemandRemoved { demand, .. } => match self.demands.remove(demand) {
                Some(gone) => {
                    let says = format!("Removed demand {}: {}", gone.position, self.what(&gone));
                    (says, vec![gone.asked.identifier.display()])
                }
                None => plain("Removed a demand".into()),
            },
            Event::SecrecyRecorded { order } => {
                (secrecy(order), order.grounds.iter().map(ToString::to_string).collect())
            }
            Event::CaseAssessed { assessed } => plain(format!("Checked the legal basis: {}", self.verdicts(assessed))),
            Event::DecisionDrafted { draft, .. } => self.drafted(draft),
            Event::DecisionApproved { approval } => {
                let watched = mark(self.watches, approval.by, approval.at);
                (format!("Approved scope {}", short_hash(&approval.scope_hash)), watched.into_iter().collect())
            }
            Event::DecisionReturned { returned } => ("Returned the draft".into(), vec![returned.because.to_string()]),
            _ => self.told_later(event),
        }
    }

    fn told_later(&mut self, event: &Event) -> Told {
        let plain = |says: String| (says, Vec::new());
        match event {
            Event::CollectionRecorded { result, files } => {
                let number = self.demands.get(&result.demand).map(|d| format!(" for demand {}", d.position));
                let says = format!(
                    "Recorded “{}”{}, {}",
                    result.outcome.label(),
                    number.unwrap_or_default(),
                    count(files.len(), "file")
                );
                files.iter().for_each(|d| self.takes_document(d.id, d.file_name.to_string()));
                (says, vec![result.account.to_string()])
            }
            Event::ProductionReleased { release } => {
                let files = usize::try_from(release.files).unwrap_or(usize::MAX);
                let says = format!("Released {}, {}", count(files, "file"), release.method.label());
                (says, vec![format!("To {}", release.to)])
            }
            Event::CaseClosed { closing } => (
                format!("Closed the case as “{}”", closing.outcome.label()),
                closing.note.iter().map(ToString::to_string).collect(),
            ),
            Event::CaseWithdrawn { closing } => (
                "Recorded that the demand was withdrawn".into(),
                closing.note.iter().map(ToString::to_string).collect(),
            ),
            Event::CaseViewed { was_sealed: true } => plain("Looked at the case, personal data sealed".into()),
            Event::CaseViewed { was_sealed: false } => plain("Looked at the case".into()),
            Event::DocumentViewed { document } => {
                ("Opened a document".into(), self.documents.get(document).cloned().into_iter().collect())
            }
            Event::TaskViewed {} => plain("Looked at the collection task".into()),
            Event::EntryUnsealed { seq, because } => {
                (format!("Unsealed entry {seq} and saw its personal part"), vec![because.to_string()])
            }
            Event::ArchiveExported { count: documents, size, because } => {
                let documents = count(usize::try_from(*documents).unwrap_or(usize::MAX), "document");
                let says = format!("Took the case away as an archive, with {documents} ({})", super::size(*size));
                (says, vec![because.to_string()])
            }
            Event::ActionRefused { verb, refusal, .. } => {
                plain(format!("Tried to {} and was refused: {}", verb.label(), refusal_words(refusal)))
            }
            _ => self.told_at_the_desk(event),
        }
    }

    fn told_at_the_desk(&self, event: &Event) -> Told {
        match event {
            Event::CaseAssigned { assignee, note } => {
                let says = match assignee {
                    Some(who) => format!("Gave the case to {}", self.words.name(*who)),
                    None => "Put the case back among the unassigned".into(),
                };
                (says, note.iter().map(ToString::to_string).collect())
            }
            Event::WaitStarted { wait } => (waits(wait), vec![wait.because.to_string()]),
            Event::WaitEnded { ended } => ("Ended the wait".into(), vec![ended.account.to_string()]),
            Event::ClocksCounted { clocks } => counted(clocks),
            Event::ClockMoved { moved } => {
                let says = format!("Moved the clock {} to {}", moved.clock, moved.due_on.format("%a %-d %b %Y"));
                (says, vec![moved.because.to_string()])
            }
            Event::ClockSettled { settled } => {
                (format!("Done with the clock {}", settled.clock), vec![settled.account.to_string()])
            }
            Event::ChecklistTicked { ticks } => ticked(ticks),
            Event::RedirectAnswered { answer, edit } => {
                let anew = if edit.is_some() { "; the demands are decided anew" } else { "" };
                (format!("Redirect: {}{anew}", answer.result.label()), vec![answer.account.to_string()])
            }
            Event::MailSent { kind, staff } => {
                (format!("Told {} {}", self.words.name(*staff), kind.tells()), Vec::new())
            }
            Event::NoteAdded { note } => ("Wrote an audit note".into(), vec![note.text.to_string()]),
            Event::FindingRaised { note } => {
                let severity = note.severity.map_or("", |severity| severity.label());
                (format!("Raised an audit finding: {severity}"), vec![note.text.to_string()])
            }
            Event::FindingAnswered { answer } => ("Answered an audit finding".into(), vec![answer.text.to_string()]),
            Event::FindingClosed { answer } => ("Closed an audit finding".into(), vec![answer.text.to_string()]),
            Event::CommentAdded { comment } => ("Commented".into(), vec![comment.text.to_string()]),
            Event::CaseLinked { link } => {
                (format!("Linked a case: {}", link.kind.label()), link.note.iter().map(ToString::to_string).collect())
            }
            other => (capital(kind_label(&other.kind())), Vec::new()),
        }
    }

    fn takes_document(&mut self, id: DocumentId, name: String) {
        self.documents.insert(id, name);
    }

    /// Remembers demands, and names their identifiers, a few of many.
    fn takes_demands(&mut self, demands: &[Demand]) -> Vec<String> {
        self.demands.extend(demands.iter().map(|d| (d.id, d.clone())));
        let mut names: Vec<String> = demands.iter().map(|d| d.asked.identifier.display()).collect();
        names.dedup();
        let more = names.len().saturating_sub(NAMED);
        names.truncate(NAMED);
        match (names.is_empty(), more) {
            (true, _) => Vec::new(),
            (_, 0) => vec![names.join(", ")],
            (_, more) => vec![format!("{} and {more} more", names.join(", "))],
        }
    }

    fn what(&self, demand: &Demand) -> String {
        self.words.what(&demand.asked.service, &demand.asked.category)
    }

    fn changed(&mut self, demand: &Demand) -> Told {
        let before = self.demands.insert(demand.id, demand.clone());
        let before = before.map(|before| asked_lines(&before.asked, self.words)).unwrap_or_default();
        let differs = differing(&before, &asked_lines(&demand.asked, self.words), false);
        let names: Vec<String> = differs.iter().map(|d| d.label.clone()).collect();
        let more = differs.into_iter().map(|d| arrow(&capital(&d.label), d.before, d.now)).collect();
        (format!("Changed demand {}: {}", demand.position, said_list(&names)), more)
    }

    fn verdicts(&self, assessed: &Assessed) -> String {
        self.by_word(assessed.answers.iter().map(|a| (a.assessment.verdict.label().to_owned(), a.demand)))
    }

    fn drafted(&self, draft: &Draft) -> Told {
        let word = |d: &crate::domain::decision::Decision| match d.reason {
            Some(reason) => format!("{} ({})", d.kind.label(), reason_words(reason)),
            None => d.kind.label().to_owned(),
        };
        let kinds = self.by_word(draft.decisions.iter().map(|d| (word(d), d.demand)));
        let said = |d: &crate::domain::decision::Decision| {
            let to = d.redirect_to.as_ref().map(|to| format!("to {to}"));
            let beyond = d.override_reason.as_ref().map(|why| format!("beyond the verdict: {why}"));
            let parts: Vec<String> =
                [to, d.note.as_ref().map(ToString::to_string), beyond].into_iter().flatten().collect();
            (!parts.is_empty()).then(|| (parts.join("; "), d.demand))
        };
        let notes = self.grouped(draft.decisions.iter().filter_map(said));
        let notes = notes.into_iter().map(|(note, on)| format!("{}: {note}", capital(&numbered(&on)))).collect();
        (format!("Drafted decisions: {kinds}; scope {}", short_hash(&draft.scope_hash)), notes)
    }

    /// `non-content on demands 1 to 4, reject on demand 5`.
    fn by_word(&self, words: impl Iterator<Item = (String, DemandId)>) -> String {
        let groups = self.grouped(words);
        let said: Vec<String> = groups.into_iter().map(|(word, on)| format!("{word} on {}", numbered(&on))).collect();
        if said.is_empty() { "none".into() } else { said.join(", ") }
    }

    /// The numbers of the demands under each word, in the order in which the words first come.
    fn grouped(&self, words: impl Iterator<Item = (String, DemandId)>) -> Vec<(String, Vec<u32>)> {
        let mut groups: Vec<(String, Vec<u32>)> = Vec::new();
        for (word, id) in words {
            let Some(position) = self.demands.get(&id).map(|d| d.position) else { continue };
            match groups.iter_mut().find(|(known, _)| *known == word) {
                Some((_, on)) => on.push(position),
                None => groups.push((word, vec![position])),
            }
        }
        groups
    }
}

/// What a mail was about and to whom it went.
fn mail(entry: &CaseEvent) -> Option<(MailKind, StaffId)> {
    match &entry.event {
        Some(Event::MailSent { kind, staff }) => Some((*kind, *staff)),
        _ => None,
    }
}

/// Whether two entries tell of mails about the same thing on the same day.
fn is_same_mail(a: &CaseEvent, b: &CaseEvent) -> bool {
    let kind = |entry: &CaseEvent| mail(entry).map(|(kind, _)| kind);
    kind(a).is_some() && kind(a) == kind(b) && a.at.day() == b.at.day()
}

/// How many identifiers an entry names before it counts.
const NAMED: usize = 6;

/// What is due now, a clock a line; the one that the last line leaves is said too.
fn counted(clocks: &[Counted]) -> Told {
    let line = |clock: &Counted| format!("{}: {}", clock.title, clock.told);
    match clocks {
        [] => ("No clock runs any more".into(), Vec::new()),
        all => (format!("{} counted", count(all.len(), "clock")), all.iter().map(line).collect()),
    }
}

fn waits(wait: &Wait) -> String {
    let clock = if wait.kind.stops_clock() { "the clock stands still" } else { "the clock runs on" };
    let until = wait.expected_on.map(|on| format!(", expected over by {}", day(on))).unwrap_or_default();
    format!("Began to wait: {}; {clock}{until}", wait.kind.label())
}

fn ticked(ticks: &[Tick]) -> Told {
    let with = |answer: CheckAnswer| ticks.iter().filter(|tick| tick.answer == answer).count();
    let parts = CheckAnswer::ALL.iter().map(|&answer| (with(answer), answer.label())).filter(|(n, _)| *n > 0);
    let said: Vec<String> = parts.map(|(n, label)| format!("{n} {label}")).collect();
    let note = |tick: &Tick| tick.note.as_ref().map(|note| format!("{} {note}", tick.item.label()));
    (format!("Ticked the facial checklist: {}", said.join(", ")), ticks.iter().filter_map(note).collect())
}

fn secrecy(order: &SecrecyOrder) -> String {
    let binds = if order.is_binding() { "binding" } else { "not binding" };
    format!("Recorded a demand for secrecy, {}: {binds}", order.source.label())
}

fn arrow(label: &str, before: Option<String>, now: Option<String>) -> String {
    let side = |text: Option<String>| text.filter(|text| !text.is_empty()).unwrap_or_else(|| "nothing".into());
    format!("{label}: {} → {}", side(before), side(now))
}

fn said_list(names: &[String]) -> String {
    if names.is_empty() { "nothing that shows".into() } else { names.join(", ") }
}

/// `no files`, `1 file`, `2 files`.
pub fn count(n: usize, noun: &str) -> String {
    match n {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

/// With its first letter a capital.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
