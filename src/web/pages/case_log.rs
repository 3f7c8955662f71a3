//! A case's own log in words.

use std::collections::BTreeMap;

use super::case_parts::{ByWhom, Moment, Words, short_hash};
use crate::actions::entries::{actor_name, kind_label};
use crate::actions::view_case::{CaseEvent, CaseView};
use crate::domain::case::{Assessed, Case};
use crate::domain::decision::Draft;
use crate::domain::event::Event;
use crate::domain::id::DocumentId;
use crate::domain::secrecy::SecrecyOrder;
use crate::domain::staff::initials;

/// One entry.
pub struct LogLine {
    /// Its number in the log.
    pub seq: i64,
    /// Who and when.
    pub by: ByWhom,
    /// What happened.
    pub says: String,
    /// Free text that came with it.
    pub more: String,
    /// Whether it was refused.
    pub is_refused: bool,
}

/// The entries of a case, newest first.
pub fn log_lines(view: &CaseView, words: Words<'_>) -> Vec<LogLine> {
    view.log.iter().rev().map(|entry| line(&view.case, entry, words)).collect()
}

fn line(case: &Case, entry: &CaseEvent, words: Words<'_>) -> LogLine {
    let name = actor_name(&entry.actor, words.names);
    let (says, more) = match &entry.event {
        Some(event) => said(case, event),
        None => (capital(kind_label(&entry.kind)), "Its personal part was erased.".into()),
    };
    let by = ByWhom { initials: initials(&name), name, at: Moment::new(entry.at, words.now) };
    LogLine { seq: entry.seq, by, says, more, is_refused: entry.kind == "action.refused" }
}

/// What happened, and the free text that came with it.
fn said(case: &Case, event: &Event) -> (String, String) {
    let plain = |says: String| (says, String::new());
    match event {
        Event::CaseOpened(opened) => {
            let (demands, documents) =
                (count(opened.demands.len(), "demand"), count(opened.documents.len(), "document"));
            plain(format!("Opened the case with {demands} and {documents}"))
        }
        Event::CaseAmended { edit, .. } => {
            plain(format!("Mended the paper's particulars; scope revision {}", edit.revision))
        }
        Event::DocumentReceived { document } => plain(format!("Took in “{}”", document.file_name)),
        Event::DocumentAttached { document } => {
            plain(format!("Attached “{}” as {}", document.file_name, document.kind.label()))
        }
        Event::RequesterChecked { check } => {
            let says = format!("Checked the requester, {}: {}", check.method.label(), check.result.label());
            (says, check.account.to_string())
        }
        Event::DemandAdded { demand, .. } => plain(format!("Added demand {}", demand.position)),
        Event::DemandChanged { demand, .. } => plain(format!("Changed demand {}", demand.position)),
        Event::DemandRemoved { .. } => plain("Removed a demand".into()),
        Event::SecrecyRecorded { order } => {
            (secrecy(order), order.grounds.as_ref().map(ToString::to_string).unwrap_or_default())
        }
        Event::CaseAssessed { assessed } => plain(format!("Checked the legal basis: {}", verdicts(assessed))),
        Event::DecisionDrafted { draft, .. } => plain(drafted(draft)),
        Event::DecisionApproved { approval } => plain(format!("Approved scope {}", short_hash(&approval.scope_hash))),
        Event::DecisionReturned { returned } => ("Returned the draft".into(), returned.because.to_string()),
        _ => said_later(case, event),
    }
}

fn said_later(case: &Case, event: &Event) -> (String, String) {
    let plain = |says: String| (says, String::new());
    match event {
        Event::CollectionRecorded { result, files } => {
            let number = case.demand(result.demand).map(|d| format!(" for demand {}", d.position)).unwrap_or_default();
            let says = format!("Recorded “{}”{number}, {}", result.outcome.label(), count(files.len(), "file"));
            (says, result.account.to_string())
        }
        Event::ProductionReleased { release } => {
            let files = usize::try_from(release.files).unwrap_or(usize::MAX);
            plain(format!("Released {} to {}, {}", count(files, "file"), release.to, release.method.label()))
        }
        Event::CaseClosed { closing } => (
            format!("Closed the case as “{}”", closing.outcome.label()),
            closing.note.as_ref().map(ToString::to_string).unwrap_or_default(),
        ),
        Event::CaseWithdrawn { closing } => (
            "Recorded that the demand was withdrawn".into(),
            closing.note.as_ref().map(ToString::to_string).unwrap_or_default(),
        ),
        Event::CaseViewed { was_sealed } => plain(if *was_sealed {
            "Looked at the case, personal data sealed".into()
        } else {
            "Looked at the case".into()
        }),
        Event::DocumentViewed { document } => plain(format!("Opened {}", document_name(case, *document))),
        Event::TaskViewed {} => plain("Looked at the collection task".into()),
        Event::EntryUnsealed { seq, because } => {
            (format!("Unsealed entry {seq} and saw its personal part"), because.to_string())
        }
        Event::ActionRefused { verb, refusal, .. } => {
            plain(format!("Tried to {} and was refused: {}", verb.label(), refusal.replace('_', " ")))
        }
        other => plain(capital(kind_label(&other.kind()))),
    }
}

fn document_name(case: &Case, id: DocumentId) -> String {
    let found = case.documents.iter().find(|d| d.id == id);
    found.map_or_else(|| "a document".into(), |d| format!("“{}”", d.file_name))
}

fn secrecy(order: &SecrecyOrder) -> String {
    let binds = if order.is_binding() { "binding" } else { "not binding" };
    format!("Recorded a demand for secrecy, {}: {binds}", order.source.label())
}

fn verdicts(assessed: &Assessed) -> String {
    let labels = assessed.answers.iter().map(|a| a.assessment.verdict.label());
    counted(labels)
}

fn drafted(draft: &Draft) -> String {
    let kinds = counted(draft.decisions.iter().map(|d| d.kind.label()));
    format!("Drafted decisions: {kinds}; scope {}", short_hash(&draft.scope_hash))
}

/// `2 permitted, 1 prohibited`.
fn counted<'l>(labels: impl Iterator<Item = &'l str>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    labels.for_each(|label| *counts.entry(label).or_default() += 1);
    counts.into_iter().map(|(label, n)| format!("{n} {label}")).collect::<Vec<_>>().join(", ")
}

/// `no files`, `1 file`, `2 files`.
pub fn count(n: usize, noun: &str) -> String {
    match n {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
