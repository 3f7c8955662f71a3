//! The page of a case: made from what `view_case` gives, for one person and one tab.

use actix_web::HttpResponse;
use askama::Template;

use super::asked_form::AskedForm;
use super::case_assign::Held;
use super::case_beside::{Checklist, CommentLine, LinkLine, RedirectPanel, WaitPanel};
use super::case_clocks::ClockLine;
use super::case_groups::Demands;
use super::case_head::{CaseHead, Go, NextBar, sends};
use super::case_log::{Timeline, count};
use super::case_parts::Words;
use super::case_requester::RequesterTab;
use super::case_tabs::{Body, Can, DocumentLine, Released, ReviewTab, SecrecyLine, Sent, Tab, served};
use super::case_unknown::{Control, Unknown};
use super::case_why::all_findings;
use super::problems::{Problem, problems};
use super::production::production;
use crate::actions::on_case::OnCase;
use crate::actions::view_case::{CaseView, view_case_with};
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::checklist::CheckAnswer;
use crate::domain::decision::ReleaseMethod;
use crate::domain::secrecy::SecrecySource;
use crate::domain::stage::Gate;
use crate::domain::verification::{CheckMethod, CheckResult};
use crate::domain::wait::WaitKind;
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
    tabs: [Tab; 8],
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
    waits: &'static [WaitKind],
    answers: &'static [CheckAnswer],
    /// How many clocks run.
    clock_count: usize,
    /// How many comments there are, where that is known.
    comment_count: usize,
    /// The group of demands that the page begins with.
    from: usize,
}

/// Where on a case's page somebody looks.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    /// The tab in front.
    pub tab: Tab,
    /// On the review tab, the group of demands to begin with.
    pub from: usize,
    /// On the timeline, the entry before which to begin.
    pub before: Option<i64>,
}

impl From<Tab> for Spot {
    fn from(tab: Tab) -> Spot {
        Spot { tab, from: 0, before: None }
    }
}

impl CasePage {
    /// The page as this person may see it, with a form that came back if there is one.
    ///
    /// # Errors
    /// As [`view_case_with`].
    pub async fn build(
        visitor: &Visitor,
        case: &OfCase,
        spot: impl Into<Spot>,
        form: Form,
    ) -> Result<CasePage, WebError> {
        let (reference, spot) = (case.0.clone(), spot.into());
        let beside = spot.tab.beside();
        let view = visitor.run(move |ctx, who| view_case_with(ctx, who, &reference, beside)).await?;
        Ok(CasePage::of(visitor, &view, spot, form))
    }

    fn of(visitor: &Visitor, view: &CaseView, spot: Spot, form: Form) -> CasePage {
        let Spot { tab, from, .. } = spot;
        let who = &visitor.who().staff;
        let words = Words { names: &view.names, now: visitor.now(), ctx: &visitor.app.ctx };
        let can = Can::new(view, who, words.now);
        CasePage {
            frame: visitor.frame(view.case.reference.as_str(), Place::Queue),
            head: CaseHead::new(view, words),
            assign: Held::new(view, who, words),
            next: if view.is_sealed {
                NextBar::sealed(&view.case)
            } else {
                NextBar::new(&view.case, who, tab.as_str(), words)
            },
            tabs: Tab::ALL,
            base: format!("/cases/{}", view.case.reference),
            version: view.case.version,
            is_sealed: view.is_sealed,
            body: body(visitor, view, spot, &form, &can, words),
            problems: problems(&form.errors, &view.case.demands),
            tab,
            can,
            form,
            sources: SecrecySource::ALL,
            methods: ReleaseMethod::ALL,
            checks: CheckMethod::ALL,
            results: CheckResult::ALL,
            waits: WaitKind::ALL,
            answers: CheckAnswer::ALL,
            clock_count: view.case.running_clocks().len(),
            comment_count: view.comment_count,
            from,
        }
    }
}

fn body(visitor: &Visitor, view: &CaseView, spot: Spot, form: &Form, can: &Can, words: Words<'_>) -> Body {
    let (case, sealed) = (&view.case, view.is_sealed);
    match spot.tab {
        Tab::Review => Body::Review(Box::new(review(visitor, view, (form, spot.from), can, words))),
        Tab::Requester => Body::Requester(Box::new(RequesterTab::new(view, words))),
        Tab::Checklist => {
            let paper = served(case, words).filter(|_| can.read_documents);
            Body::Checklist(paper.map(Box::new), Checklist::new(case, sealed, form, words))
        }
        Tab::Documents => {
            Body::Documents(case.documents.iter().map(|d| DocumentLine::new(d, sealed, words).of(case, d)).collect())
        }
        Tab::Clocks => Body::Clocks(ClockLine::all(case, sealed, words)),
        Tab::Comments => Body::Comments(view.comments.iter().map(|c| CommentLine::new(c, sealed, words)).collect()),
        Tab::Related => Body::Related(view.links.iter().map(|l| LinkLine::new(l, sealed, words)).collect()),
        Tab::Log => Body::Log(Timeline::new(view, words, spot.before)),
    }
}

fn review(visitor: &Visitor, view: &CaseView, (form, from): (&Form, usize), can: &Can, words: Words<'_>) -> ReviewTab {
    let (case, sealed) = (&view.case, view.is_sealed);
    let decides = can.decide.then(|| (&visitor.who().staff, form));
    let open = |text: String| (!sealed).then_some(text);
    ReviewTab {
        document: served(case, words).filter(|_| can.read_documents),
        sends: can.decide.then(|| sends(case, words)),
        sent: sent(case, words),
        returned: case.progress.returned().map(|r| (words.by(r.by, r.at), open(r.because.to_string()))),
        assessed: case.assessed().map(|a| words.by(a.by, a.at)),
        demands: Demands::new(view, words, decides, from),
        findings: all_findings(case, sealed),
        unknown: if can.edit { Unknown::new(case, words) } else { None },
        wait: case.wait.as_ref().map(|wait| WaitPanel::new(wait, sealed, words)),
        checklist: Checklist::new(case, sealed, &Form::default(), words),
        redirect: RedirectPanel::new(view, words),
        secrecy: case.secrecy.iter().map(|o| SecrecyLine::new(o, sealed, words)).collect(),
        asked: can.edit.then(|| AskedForm::new(&visitor.app.ctx, form, String::new(), 1)),
        released: case.released().map(|r| Released {
            by: words.by(r.by, r.at),
            to: open(r.to.to_string()),
            method: r.method.label(),
            files: r.files,
        }),
        production: production(case, words),
        outcome: case.outcome(),
        closed: case
            .closing()
            .map(|c| (words.by(c.by, c.at), c.outcome, c.note.as_ref().and_then(|note| open(note.to_string())))),
    }
}

/// A draft that waits for approval.
fn sent(case: &Case, words: Words<'_>) -> Option<Sent> {
    let draft = case.draft().filter(|_| case.is_open(Gate::Decided) && !case.is_open(Gate::Approved))?;
    let open = usize::from(draft.approvals_needed).saturating_sub(case.approvals().len());
    Some(Sent { by: words.by(draft.by, draft.at), needed: count(open, "reviewer") })
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
    pub async fn act<T: Send + 'static, R: Send + 'static>(
        self,
        read: Result<T, Errors>,
        act: impl FnOnce(&Ctx, &SignedIn, &OnCase, T) -> Result<R, ActionError> + Send + 'static,
    ) -> Result<HttpResponse, WebError> {
        let Posted { visitor, case, tab, fields } = self;
        // Of many groups of demands the person goes on where the form stood.
        let from = fields.text("from").parse::<usize>().unwrap_or(0);
        let on = case.seen_in(&fields);
        let wrong = match read {
            Err(errors) => errors,
            Ok(with) => {
                let done = post_once(visitor, &fields, || async {
                    visitor.run(move |ctx, who| act(ctx, who, &on, with)).await?;
                    let on = if from > 0 { format!("&from={from}") } else { String::new() };
                    Ok(format!("{}?tab={}{on}", case.href(), tab.as_str()))
                });
                match done.await {
                    Ok(answer) => return Ok(answer),
                    Err(error) => error.into_invalid()?,
                }
            }
        };
        let spot = Spot { tab, from, before: None };
        again(&CasePage::build(visitor, case, spot, Form::again(fields, wrong)).await?)
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
