//! Acts at the desk: waits, comments, the facial checklist, what became of a redirect; and the letter of a redirect.

use actix_web::HttpResponse;
use askama::Template;

use super::case_beside::letter;
use super::case_page::{Posted, whole};
use super::case_parts::Words;
use super::case_tabs::Tab;
use crate::actions::answer_redirect::{AnswerRedirect, answer_redirect};
use crate::actions::comment::add_comment;
use crate::actions::tick_checklist::{TickLine, tick_checklist};
use crate::actions::view_case::view_case;
use crate::actions::wait::{BeginWait, begin_wait, end_wait};
use crate::domain::checklist::{CheckAnswer, FacialCheck};
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields};
use crate::web::frame::{Frame, Place};
use crate::web::page::{ok, see_other};

/// `POST /cases/{reference}/wait`
///
/// # Errors
/// As [`begin_wait`].
pub async fn wait(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let kind = fields.word("waits_for", &mut errors);
    let because = fields.required_prose("asked_of", &mut errors);
    let expected_on = fields.date("expected_on", &mut errors);
    let read = kind.zip(because).map(|(kind, because)| BeginWait { kind, because, expected_on });
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Review, fields };
    posted.act(whole(read, errors), begin_wait).await
}

/// `POST /cases/{reference}/wait/end`
///
/// # Errors
/// As [`end_wait`].
pub async fn end(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let account = fields.required_prose("came_of_it", &mut errors);
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Review, fields };
    posted.act(whole(account, errors), end_wait).await
}

/// `POST /cases/{reference}/comments`
///
/// # Errors
/// As [`add_comment`].
pub async fn comment(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let text = fields.required_prose("text", &mut errors);
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Comments, fields };
    posted.act(whole(text, errors), add_comment).await
}

/// `POST /cases/{reference}/checklist`
///
/// # Errors
/// As [`tick_checklist`].
pub async fn tick(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let read = read_ticks(&fields);
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Checklist, fields };
    posted.act(read, tick_checklist).await
}

/// The lines with an answer; one without is left open.
fn read_ticks(fields: &Fields) -> Result<Vec<TickLine>, Errors> {
    let mut errors = Errors::default();
    let mut lines = Vec::new();
    for &item in FacialCheck::ALL {
        let (at_answer, at_note) = (format!("answer.{item}"), format!("note.{item}"));
        let answer = fields.optional_word::<CheckAnswer>(&at_answer, &mut errors);
        let note = fields.line(&at_note, &mut errors);
        match answer {
            None if note.is_some() => errors.add(at_answer, format!("{} Say what you found.", item.label())),
            None => {}
            Some(CheckAnswer::Defect) if note.is_none() => {
                errors.add(at_note, format!("{} Say beside the line what is wrong with the paper.", item.label()));
            }
            Some(answer) => lines.push(TickLine { item, answer, note }),
        }
    }
    if lines.is_empty() && errors.is_empty() {
        errors.add("answer", "Tick at least one line as in order, defect or not applicable.");
    }
    whole(Some(lines), errors)
}

/// `POST /cases/{reference}/redirect`
///
/// # Errors
/// As [`answer_redirect`].
pub async fn redirect(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let result = fields.word("redirect_result", &mut errors);
    let account = fields.required_prose("redirect_account", &mut errors);
    let read = result.zip(account).map(|(result, account)| AnswerRedirect { result, account });
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Review, fields };
    posted.act(whole(read, errors), answer_redirect).await
}

/// The letter of a redirect on a page of its own, to be printed.
#[derive(Template)]
#[template(path = "redirect_letter.html")]
struct LetterPage {
    frame: Frame,
    reference: String,
    text: String,
    beside: Vec<String>,
}

/// `GET /cases/{reference}/redirect-letter`
///
/// # Errors
/// As [`view_case`]. Without a letter that this person may read, the way leads to the case.
pub async fn show_letter(visitor: Visitor, case: OfCase) -> Result<HttpResponse, WebError> {
    let reference = case.0.clone();
    let view = visitor.run(move |ctx, who| view_case(ctx, who, &reference, false)).await?;
    let words = Words { names: &view.names, now: visitor.now(), ctx: &visitor.app.ctx };
    let Some(letter) = letter(&view, words).filter(|_| !view.is_sealed) else { return Ok(see_other(&case.href())) };
    ok(&LetterPage {
        frame: visitor.frame(format!("Letter of {}", case.0), Place::Queue),
        reference: case.0.to_string(),
        text: letter.text(),
        beside: letter.beside(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_needs_a_word_and_a_note_needs_an_answer() {
        let sent = Fields::filled([
            ("answer.signature", "defect"),
            ("note.docket", "none on page 1"),
            ("answer.dates", "fine"),
        ]);
        let errors = read_ticks(&sent).unwrap_err();
        assert!(errors.at("note.signature").is_some() && errors.at("answer.docket").is_some());
        let sent = Fields::filled([("answer.dates", "fine"), ("answer.period", "not_applicable")]);
        assert_eq!(read_ticks(&sent).unwrap().len(), 2);
        assert!(read_ticks(&Fields::default()).unwrap_err().at("answer").is_some());
    }
}
