//! What stands beside the demands of a case: waits, the facial checklist, comments, links, the redirect.

use super::case_parts::{ByWhom, Chip, Words, day};
use crate::actions::view_case::{CaseView, LinkSeen};
use crate::domain::case::Case;
use crate::domain::checklist::{CheckAnswer, Tick};
use crate::domain::comment::Comment;
use crate::domain::redirect::{RedirectAnswer, RedirectResult};
use crate::domain::wait::Wait;
use crate::letters::redirect::RedirectLetter;
use crate::web::fields::Form;

/// A wait in words.
pub struct WaitPanel {
    /// What for.
    pub kind: &'static str,
    /// Which day of it this is, from 1.
    pub day: u32,
    /// What it does to clock and release, as sentences.
    pub does: String,
    /// What was asked of whom; none where sealed.
    pub because: Option<String>,
    /// The day by which it should be over.
    pub expected: Option<String>,
    /// Whether that day has passed.
    pub is_overdue: bool,
    /// Who began it.
    pub by: ByWhom,
}

impl WaitPanel {
    /// The wait that runs, as this person may see it.
    pub fn new(wait: &Wait, is_sealed: bool, words: Words<'_>) -> WaitPanel {
        let clock = if wait.kind.stops_clock() { "The clock stands still." } else { "The clock runs on." };
        let release = if wait.kind.holds_release() { " Nothing may leave meanwhile." } else { "" };
        WaitPanel {
            kind: wait.kind.label(),
            day: wait.days_until(words.now).saturating_add(1),
            does: format!("{clock}{release}"),
            because: (!is_sealed).then(|| wait.because.to_string()),
            expected: wait.expected_on.map(day),
            is_overdue: wait.expected_on.is_some_and(|on| on < words.now.day()),
            by: words.by(wait.by, wait.at),
        }
    }
}

/// The facial checklist of a paper.
pub struct Checklist {
    /// Its lines, in the order of a reader.
    pub lines: Vec<CheckItem>,
    /// How many were looked at.
    pub looked: usize,
    /// How many are defects.
    pub defects: usize,
    /// Who looked at all of it at once; the lines then don't repeat it.
    pub by_all: Option<ByWhom>,
}

/// One line of the checklist.
pub struct CheckItem {
    /// As forms spell it.
    pub word: &'static str,
    /// What to look at, as it reads where it is in order.
    pub says: &'static str,
    /// What was found; none where nobody has looked.
    pub chip: Option<Chip>,
    /// Whether it is a defect.
    pub is_defect: bool,
    /// Whether a note stands there.
    pub has_note: bool,
    /// The note; none where there is none, or it is sealed.
    pub note: Option<String>,
    /// Who looked last.
    pub by: Option<ByWhom>,
    /// The answer as the form shows it.
    pub answer: String,
    /// The note as the form shows it.
    pub typed: String,
}

impl Checklist {
    /// The checklist as this person may see it, with what a form that came back holds.
    pub fn new(case: &Case, is_sealed: bool, form: &Form, words: Words<'_>) -> Checklist {
        let is_back = !form.errors.is_empty();
        let line = |(item, tick): (crate::domain::checklist::FacialCheck, Option<&Tick>)| {
            let typed = |field: &str| is_back.then(|| form.value(&format!("{field}.{item}")).to_owned());
            let kept = |what: Option<String>| what.unwrap_or_default();
            let note = tick.and_then(|tick| tick.note.as_ref()).map(ToString::to_string);
            CheckItem {
                word: item.as_str(),
                says: item.label(),
                chip: tick.map(|tick| answer_chip(tick.answer)),
                is_defect: tick.is_some_and(|tick| tick.answer == CheckAnswer::Defect),
                has_note: note.is_some(),
                answer: typed("answer").unwrap_or_else(|| kept(tick.map(|tick| tick.answer.as_str().to_owned()))),
                typed: typed("note").unwrap_or_else(|| kept(note.clone())),
                note: note.filter(|_| !is_sealed),
                by: tick.map(|tick| words.by(tick.by, tick.at)),
            }
        };
        let mut lines: Vec<CheckItem> = case.checklist().into_iter().map(line).collect();
        let looked: Vec<ByWhom> = lines.iter().filter_map(|line| line.by.clone()).collect();
        let by_all = looked.first().filter(|first| looked.len() > 1 && looked.iter().all(|by| by == *first)).cloned();
        if by_all.is_some() {
            lines.iter_mut().for_each(|line| line.by = None);
        }
        Checklist {
            looked: lines.iter().filter(|line| line.chip.is_some()).count(),
            defects: lines.iter().filter(|line| line.is_defect).count(),
            by_all,
            lines,
        }
    }

    /// `9 of 12 looked at, 1 defect`.
    pub fn summary(&self) -> String {
        let defects = match self.defects {
            0 => String::new(),
            1 => ", 1 defect".into(),
            n => format!(", {n} defects"),
        };
        format!("{} of {} looked at{defects}", self.looked, self.lines.len())
    }
}

fn answer_chip(answer: CheckAnswer) -> Chip {
    let (class, icon) = match answer {
        CheckAnswer::Fine => ("verdict ok", "check"),
        CheckAnswer::Defect => ("verdict bad", "cross"),
        CheckAnswer::NotApplicable => ("verdict plain", "ring"),
    };
    Chip::new(class, icon, answer.label())
}

/// A comment as this person may see it.
pub struct CommentLine {
    /// The words; none where sealed.
    pub text: Option<String>,
    /// Who wrote it.
    pub by: ByWhom,
}

impl CommentLine {
    /// One comment.
    pub fn new(comment: &Comment, is_sealed: bool, words: Words<'_>) -> CommentLine {
        CommentLine { text: (!is_sealed).then(|| comment.text.to_string()), by: words.by(comment.by, comment.at) }
    }
}

/// A link to another case, as seen from this one.
pub struct LinkLine {
    /// The other case.
    pub reference: String,
    /// How they hang together.
    pub kind: &'static str,
    /// Whether the link was made from the other case.
    pub is_from_other: bool,
    /// A word on it; none where there is none, or it is sealed.
    pub note: Option<String>,
    /// Who linked them.
    pub by: ByWhom,
}

impl LinkLine {
    /// One link.
    pub fn new(seen: &LinkSeen, is_sealed: bool, words: Words<'_>) -> LinkLine {
        LinkLine {
            reference: seen.reference.clone(),
            kind: seen.link.kind.label(),
            is_from_other: seen.is_from_other,
            note: seen.link.note.as_ref().filter(|_| !is_sealed).map(ToString::to_string),
            by: words.by(seen.link.by, seen.link.at),
        }
    }
}

/// The redirect of a case: its letter, and what became of it.
pub struct RedirectPanel {
    /// Whether it waits for what becomes of it.
    pub is_pending: bool,
    /// The letter to the agency, with what to know beside it; none where sealed, or no redirect is approved.
    pub letter: Option<(String, Vec<String>)>,
    /// Whether there is a letter that is sealed.
    pub is_letter_sealed: bool,
    /// What became of redirects, in order.
    pub answers: Vec<AnswerLine>,
    /// What can become of it.
    pub results: &'static [RedirectResult],
}

/// What became of one redirect.
pub struct AnswerLine {
    /// What.
    pub result: &'static str,
    /// What it leads to.
    pub leads_to: &'static str,
    /// Who said so; none where sealed.
    pub account: Option<String>,
    /// Who recorded it.
    pub by: ByWhom,
}

impl RedirectPanel {
    /// The redirect as this person may see it; `None` where the case has and had none.
    pub fn new(view: &CaseView, words: Words<'_>) -> Option<RedirectPanel> {
        let (case, is_sealed) = (&view.case, view.is_sealed);
        let letter = letter(view, words);
        let answer = |answer: &RedirectAnswer| AnswerLine {
            result: answer.result.label(),
            leads_to: answer.result.leads_to(),
            account: (!is_sealed).then(|| answer.account.to_string()),
            by: words.by(answer.by, answer.at),
        };
        let is_there = letter.is_some() || !case.redirects.is_empty();
        is_there.then(|| RedirectPanel {
            is_pending: case.is_redirect_pending(),
            is_letter_sealed: is_sealed && letter.is_some(),
            letter: letter.filter(|_| !is_sealed).map(|letter| (letter.text(), letter.beside())),
            answers: case.redirects.iter().map(answer).collect(),
            results: RedirectResult::ALL,
        })
    }
}

/// The letter that an approved redirect of this case sends.
pub fn letter(view: &CaseView, words: Words<'_>) -> Option<RedirectLetter> {
    RedirectLetter::of(&view.case, &view.agency, view.officer.as_ref(), &words.ctx.provider.entity)
}
