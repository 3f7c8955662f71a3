//! What changed since a scope was last judged, as the approval shows it.

use super::case_differs::{Differs, asked_lines, decision_lines, differing, paper_lines};
use super::case_log::capital;
use super::case_parts::{ByWhom, Words};
use crate::actions::view_case::CaseView;
use crate::domain::case::{Changes, DemandChange, Judged};
use crate::domain::demand::{Demand, numbered};

/// The panel.
pub struct ChangesPanel {
    /// Who judged the earlier draft, and when.
    pub by: ByWhom,
    /// Whether it was returned; else it was approved, and an edit voided that.
    pub is_returned: bool,
    /// What was to change; none where it was approved, or it is sealed.
    pub because: Option<String>,
    /// Whether a reason is there that is sealed.
    pub is_sealed: bool,
    /// What differs.
    pub rows: Vec<ChangeRow>,
    /// Who edited since, each once.
    pub editors: Vec<ByWhom>,
}

/// One difference, with all demands that have it.
pub struct ChangeRow {
    /// `Demands 8 to 200, decision`.
    pub what: String,
    /// Before; none where sealed.
    pub before: Option<String>,
    /// Now; none where sealed.
    pub now: Option<String>,
}

impl ChangesPanel {
    /// What changed, as this person may see it; `None` where no earlier draft was judged.
    pub fn new(view: &CaseView, words: Words<'_>) -> Option<ChangesPanel> {
        let events = view.log.iter().filter_map(|entry| entry.event.as_ref());
        let changes = Changes::since_judged(&view.case, events)?;
        let (by, at, because) = match &changes.since {
            Judged::Returned { because, by, at } => (*by, *at, Some(because.to_string())),
            Judged::Approved { by, at } => (*by, *at, None),
        };
        let mut last = std::collections::BTreeMap::new();
        for edit in &changes.edits {
            last.insert(edit.by, edit.at);
        }
        Some(ChangesPanel {
            by: words.by(by, at),
            is_returned: because.is_some(),
            is_sealed: view.is_sealed && because.is_some(),
            because: because.filter(|_| !view.is_sealed),
            rows: rows(&changes, view.is_sealed, words),
            editors: last.into_iter().map(|(by, at)| words.by(by, at)).collect(),
        })
    }
}

fn rows(changes: &Changes, is_sealed: bool, words: Words<'_>) -> Vec<ChangeRow> {
    let mut merged: Vec<(Differs, Vec<u32>)> = Vec::new();
    for change in &changes.demands {
        for differs in of_demand(change, is_sealed, words) {
            match merged.iter_mut().find(|(known, _)| *known == differs && differs.before.is_some()) {
                Some((_, on)) => on.push(change.position),
                None => merged.push((differs, vec![change.position])),
            }
        }
    }
    let on_demands = merged.into_iter().map(|(differs, on)| ChangeRow {
        what: format!("{}: {}", capital(&numbered(&on)), differs.label),
        before: differs.before,
        now: differs.now,
    });
    let papers = changes
        .paper
        .iter()
        .flat_map(|both| differing(&paper_lines(&both.0, words), &paper_lines(&both.1, words), is_sealed));
    let on_paper = papers.map(|differs| ChangeRow {
        what: format!("The paper: {}", differs.label.to_lowercase()),
        before: differs.before,
        now: differs.now,
    });
    on_demands.chain(on_paper).collect()
}

fn of_demand(change: &DemandChange, is_sealed: bool, words: Words<'_>) -> Vec<Differs> {
    let what = |demand: &Demand| {
        format!("{}, {}", words.what(&demand.asked.service, &demand.asked.category), demand.asked.period)
    };
    let whole = |label: &str, before: Option<&Demand>, now: Option<&Demand>| Differs {
        label: label.to_owned(),
        before: Some(before.map(what).unwrap_or_default()),
        now: Some(now.map(what).unwrap_or_default()),
    };
    let decided = || {
        let (before, now) = (change.decided_before.as_ref(), change.decided_now.as_ref());
        differing(&decision_lines(before), &decision_lines(now), is_sealed)
    };
    match (&change.asked_before, &change.asked_now) {
        (Some(gone), None) => vec![whole("taken away", Some(gone), None)],
        (None, Some(new)) => std::iter::once(whole("added", None, Some(new))).chain(decided()).collect(),
        (Some(before), Some(now)) => {
            let asked = differing(&asked_lines(&before.asked, words), &asked_lines(&now.asked, words), is_sealed);
            asked.into_iter().chain(decided()).collect()
        }
        (None, None) => Vec::new(),
    }
}
