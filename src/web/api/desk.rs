//! Work at the desk: who has a case, what it waits for, what a reviewer saw, what became of a redirect, what colleagues
//! say.

use chrono::NaiveDate;
use serde::Serialize;

use super::Answer;
use super::act::act;
use super::body::Body;
use super::personal::{Eyes, PersonJson, Personal};
use super::reader::Reader;
use crate::actions::answer_redirect::{AnswerRedirect, answer_redirect};
use crate::actions::assign_case::{AssignCase, assign_case};
use crate::actions::comment::add_comment;
use crate::actions::tick_checklist::{TickLine, tick_checklist};
use crate::actions::wait::{BeginWait, begin_wait, end_wait};
use crate::domain::checklist::{CheckAnswer, FacialCheck, Tick};
use crate::domain::redirect::{RedirectAnswer, RedirectResult};
use crate::domain::wait::{Wait, WaitKind};
use crate::web::extract::{OfCase, Visitor};

/// A wait as it runs.
#[derive(Debug, Serialize)]
pub struct WaitJson {
    kind: WaitKind,
    because: Personal<String>,
    expected_on: Option<NaiveDate>,
    by: PersonJson,
    at: String,
}

impl WaitJson {
    /// A wait as this person may see it.
    pub fn of(wait: &Wait, eyes: Eyes<'_>) -> WaitJson {
        WaitJson {
            kind: wait.kind,
            because: eyes.personal(wait.because.to_string()),
            expected_on: wait.expected_on,
            by: eyes.person(wait.by),
            at: wait.at.for_machines(),
        }
    }
}

/// A line of the facial checklist as ticked.
#[derive(Debug, Serialize)]
pub struct TickJson {
    item: FacialCheck,
    answer: CheckAnswer,
    note: Personal<Option<String>>,
    by: PersonJson,
    at: String,
}

impl TickJson {
    /// A tick as this person may see it.
    pub fn of(tick: &Tick, eyes: Eyes<'_>) -> TickJson {
        TickJson {
            item: tick.item,
            answer: tick.answer,
            note: eyes.text(tick.note.as_ref()),
            by: eyes.person(tick.by),
            at: tick.at.for_machines(),
        }
    }
}

/// What became of a redirect.
#[derive(Debug, Serialize)]
pub struct RedirectJson {
    result: RedirectResult,
    account: Personal<String>,
    by: PersonJson,
    at: String,
}

impl RedirectJson {
    /// An answer as this person may see it.
    pub fn of(answer: &RedirectAnswer, eyes: Eyes<'_>) -> RedirectJson {
        RedirectJson {
            result: answer.result,
            account: eyes.personal(answer.account.to_string()),
            by: eyes.person(answer.by),
            at: answer.at.for_machines(),
        }
    }
}

/// `POST /api/v1/cases/{reference}/assign`: without `to` the case goes back among the unassigned.
///
/// # Errors
/// As [`assign_case`].
pub async fn assign(by: Visitor, of: OfCase, body: Body) -> Answer {
    let read = |r: &mut Reader<'_>| Some(AssignCase { to: r.optional_id("to"), note: r.prose("note") });
    act(&by, &of, body, read, assign_case).await
}

/// `POST /api/v1/cases/{reference}/wait`
///
/// # Errors
/// As [`begin_wait`].
pub async fn wait(by: Visitor, of: OfCase, body: Body) -> Answer {
    let read = |r: &mut Reader<'_>| {
        let (kind, because, expected_on) = (r.word("kind"), r.required_prose("because"), r.date("expected_on"));
        Some(BeginWait { kind: kind?, because: because?, expected_on })
    };
    act(&by, &of, body, read, begin_wait).await
}

/// `POST /api/v1/cases/{reference}/wait/end`
///
/// # Errors
/// As [`end_wait`].
pub async fn end(by: Visitor, of: OfCase, body: Body) -> Answer {
    act(&by, &of, body, |r| r.required_prose("account"), end_wait).await
}

/// `POST /api/v1/cases/{reference}/checklist`
///
/// # Errors
/// As [`tick_checklist`].
pub async fn checklist(by: Visitor, of: OfCase, body: Body) -> Answer {
    let line = |r: &mut Reader<'_>| {
        let (item, answer, note) = (r.word("item"), r.word("answer"), r.line("note"));
        Some(TickLine { item: item?, answer: answer?, note })
    };
    act(&by, &of, body, |r| r.objects("lines", FacialCheck::ALL.len(), line), tick_checklist).await
}

/// `POST /api/v1/cases/{reference}/redirect`
///
/// # Errors
/// As [`answer_redirect`].
pub async fn redirect(by: Visitor, of: OfCase, body: Body) -> Answer {
    let read = |r: &mut Reader<'_>| {
        let (result, account) = (r.word("result"), r.required_prose("account"));
        Some(AnswerRedirect { result: result?, account: account? })
    };
    act(&by, &of, body, read, answer_redirect).await
}

/// `POST /api/v1/cases/{reference}/comments`
///
/// # Errors
/// As [`add_comment`].
pub async fn comment(by: Visitor, of: OfCase, body: Body) -> Answer {
    act(&by, &of, body, |r| r.required_prose("text"), add_comment).await
}
