//! The page of a case: made from what `view_case` gives, for one person and one tab.

use actix_web::HttpResponse;
use askama::Template;

use super::asked_form::AskedForm;
use super::case_assign::Held;
use super::case_head::{CaseHead, Go, NextBar};
use super::case_log::log_lines;
use super::case_parts::Words;
use super::case_requester::RequesterTab;
use super::case_review::demand_lines;
use super::case_tabs::{Body, Can, DocumentLine, Released, ReviewTab, SecrecyLine, Tab, served};
use super::case_why::all_findings;
use super::decision_form::DecisionFields;
use super::problems::{Problem, problems};
use crate::actions::on_case::OnCase;
use crate::actions::view_case::{CaseView, view_case};
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::decision::ReleaseMethod;
use crate::domain::secrecy::SecrecySource;
use crate::domain::verification::{CheckMethod, CheckResult};
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::again;

/// The page of a case.
#[derive(Template)]
#[template(path = "case.html")]
pub struct CasePage {
    frame: Frame,
    head: CaseHead,
    assign: Option<Held>,
    next: NextBar,
    tab: Tab,
    tabs: [Tab; 4],
    /// The address of the case.
    base: String,
    version: i32,
    is_sealed: bool,
    can: Can,
    body: Body,
    /// A form that came back, or nothing typed yet.
    form: Form,
    problems: Vec<Problem>,
    sources: &'static [SecrecySource],
    methods: &'static [ReleaseMethod],
    checks: &'static [CheckMethod],
    results: &'static [CheckResult],
}

impl CasePage {
    /// The page as this person may see it, with a form that came back if there is one.
    ///
    /// # Errors
    /// As [`view_case`].
    pub async fn build(visitor: &Visitor, case: &OfCase, tab: Tab, form: Form) -> Result<CasePage, WebError> {
        let (reference, with_log) = (case.0.clone(), tab == Tab::Log);
        let view = visitor.run(move |ctx, who| view_case(ctx, who, &reference, with_log)).await?;
        Ok(CasePage::of(visitor, &view, tab, form))
    }

    fn of(visitor: &Visitor, view: &CaseView, tab: Tab, form: Form) -> CasePage {
        let who = &visitor.who().staff;
        let words = Words { names: &view.names, now: visitor.now(), ctx: &visitor.app.ctx };
        let can = Can::new(view, who);
        CasePage {
            frame: visitor.frame(view.case.reference.as_str(), Place::Queue),
            head: CaseHead::new(view, words),
            assign: Held::new(view, who, words),
            next: if view.is_sealed {
                NextBar::sealed(&view.case)
            } else {
                NextBar::new(&view.case, who, tab.as_str())
            },
            tabs: Tab::ALL,
            base: format!("/cases/{}", view.case.reference),
            version: view.case.version,
            is_sealed: view.is_sealed,
            body: body(visitor, view, tab, &form, &can, words),
            problems: problems(&form.errors, &view.case.demands),
            tab,
            can,
            form,
            sources: SecrecySource::ALL,
            methods: ReleaseMethod::ALL,
            checks: CheckMethod::ALL,
            results: CheckResult::ALL,
        }
    }
}

fn body(visitor: &Visitor, view: &CaseView, tab: Tab, form: &Form, can: &Can, words: Words<'_>) -> Body {
    let documents = view.case.documents.iter();
    match tab {
        Tab::Review => Body::Review(Box::new(review(visitor, view, form, can, words))),
        Tab::Requester => Body::Requester(Box::new(RequesterTab::new(view, words))),
        Tab::Documents => Body::Documents(documents.map(|d| DocumentLine::new(d, view.is_sealed, words)).collect()),
        Tab::Log => Body::Log(log_lines(view, words)),
    }
}

fn review(visitor: &Visitor, view: &CaseView, form: &Form, can: &Can, words: Words<'_>) -> ReviewTab {
    let (case, sealed) = (&view.case, view.is_sealed);
    let open = |text: String| (!sealed).then_some(text);
    ReviewTab {
        document: served(case, words).filter(|_| can.read_documents),
        returned: case.progress.returned().map(|r| (words.by(r.by, r.at), open(r.because.to_string()))),
        assessed: case.assessed().map(|a| words.by(a.by, a.at)),
        drafted: case.draft().map(|d| words.by(d.by, d.at)),
        lines: demand_lines(view, words),
        decisions: if can.decide { decisions(case, visitor, form) } else { Vec::new() },
        findings: all_findings(case, sealed),
        secrecy: case.secrecy.iter().map(|o| SecrecyLine::new(o, sealed, words)).collect(),
        asked: can.edit.then(|| AskedForm::new(&visitor.app.ctx, form, String::new(), 1)),
        released: case.released().map(|r| Released {
            by: words.by(r.by, r.at),
            to: open(r.to.to_string()),
            method: r.method.label(),
            files: r.files,
        }),
        production: case.production().len(),
        outcome: case.outcome(),
        closed: case
            .closing()
            .map(|c| (words.by(c.by, c.at), c.outcome, c.note.as_ref().and_then(|note| open(note.to_string())))),
    }
}

fn decisions(case: &Case, visitor: &Visitor, form: &Form) -> Vec<DecisionFields> {
    let is_back = form.fields.iter().any(|(name, _)| name.starts_with("decision."));
    let sent = is_back.then_some(form);
    case.demands.iter().map(|d| DecisionFields::new(case, d, &visitor.who().staff, sent)).collect()
}

/// A form posted to a case: which case, and the tab to show it on.
pub struct Posted<'a> {
    /// Who sent it.
    pub visitor: &'a Visitor,
    /// The case.
    pub case: &'a OfCase,
    /// Where it stands, and where the person is shown to afterwards.
    pub tab: Tab,
    /// What was typed.
    pub fields: Fields,
}

impl Posted<'_> {
    /// Runs the act once with what was read from the fields, or shows the form again with all that is wrong.
    ///
    /// # Errors
    /// What the act ends with.
    pub async fn act<T: Send + 'static>(
        self,
        read: Result<T, Errors>,
        act: impl FnOnce(&Ctx, &SignedIn, &OnCase, T) -> Result<Case, ActionError> + Send + 'static,
    ) -> Result<HttpResponse, WebError> {
        let Posted { visitor, case, tab, fields } = self;
        let on = case.seen_in(&fields);
        let wrong = match read {
            Err(errors) => errors,
            Ok(with) => {
                let done = post_once(visitor, &fields, || async {
                    visitor.run(move |ctx, who| act(ctx, who, &on, with)).await?;
                    Ok(format!("{}?tab={}", case.href(), tab.as_str()))
                });
                match done.await {
                    Ok(answer) => return Ok(answer),
                    Err(error) => error.into_invalid()?,
                }
            }
        };
        again(&CasePage::build(visitor, case, tab, Form::again(fields, wrong)).await?)
    }
}

/// What was read, unless something was wrong.
///
/// # Errors
/// All that was wrong.
pub fn whole<T>(read: Option<T>, errors: Errors) -> Result<T, Errors> {
    match read {
        Some(read) if errors.is_empty() => Ok(read),
        _ => Err(errors),
    }
}
