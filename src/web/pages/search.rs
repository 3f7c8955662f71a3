//! Search. The words come in a post and stand on a slip: an address keeps only the slip's number, so that back and
//! reload work and nothing personal stands in it.

use actix_web::HttpResponse;
use askama::Template;
use uuid::Uuid;

use super::case_row::{Clock, ListWords, Row};
use crate::actions::search_register::{Found, Hit, may_search, search_again, search_register};
use crate::domain::case::CaseReference;
use crate::domain::text::Line;
use crate::web::WebError;
use crate::web::extract::{Visitor, WithId};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::page::{again, ok, see_other};

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    form: Form,
    /// What was found; none where nothing was searched.
    groups: Option<Vec<Group>>,
    shown: usize,
    is_cut: bool,
    is_over: bool,
}

/// Cases found for one reason.
struct Group {
    heading: &'static str,
    /// What to mind; empty where the reason says it all.
    mind: &'static str,
    rows: Vec<(Row, String)>,
}

/// `GET /search`
///
/// # Errors
/// When the template fails.
pub async fn form(visitor: Visitor) -> Result<HttpResponse, WebError> {
    visitor.run(may_search).await?;
    ok(&empty(&visitor, Form::default(), false))
}

/// `POST /search`: an exact reference opens its case at once.
///
/// # Errors
/// As [`search_register`].
pub async fn search(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    if let Ok(reference) = CaseReference::parse(fields.text("words")) {
        return Ok(see_other(&format!("/cases/{reference}")));
    }
    let words = match Line::parse("words", fields.text("words")) {
        Ok(words) => words,
        Err(error) => {
            visitor.run(may_search).await?;
            return again(&empty(&visitor, Form::again(fields, Errors::from(vec![error])), false));
        }
    };
    let slip = visitor.run(move |ctx, who| search_register(ctx, who, words)).await?;
    Ok(see_other(&format!("/search/{slip}")))
}

/// `GET /search/{id}`
///
/// # Errors
/// As [`search_again`].
pub async fn found(visitor: Visitor, slip: WithId<Uuid>) -> Result<HttpResponse, WebError> {
    let again = visitor.run(move |ctx, who| search_again(ctx, who, slip.0)).await?;
    let Some((words, found)) = again else { return ok(&empty(&visitor, Form::default(), true)) };
    let form = Form::filled(Fields::filled([("words", words.to_string())]));
    let (is_cut, groups) = (found.is_cut, groups(&visitor, found));
    let shown = groups.iter().map(|group| group.rows.len()).sum();
    ok(&SearchPage { groups: Some(groups), shown, is_cut, ..empty(&visitor, form, false) })
}

fn empty(visitor: &Visitor, form: Form, is_over: bool) -> SearchPage {
    let frame = visitor.frame("Search", Place::Elsewhere);
    SearchPage { frame, form, groups: None, shown: 0, is_cut: false, is_over }
}

fn groups(visitor: &Visitor, found: Found) -> Vec<Group> {
    let Found { exact, alike, dockets, requesters, words, names, .. } = found;
    let list = ListWords { names: &names, now: visitor.now(), me: visitor.who().staff.id };
    let group = |heading, mind, hits: Vec<Hit>| {
        let row = |hit: Hit| (Row::new(hit.line, list), hit.because.join(", "));
        Group { heading, mind, rows: hits.into_iter().map(row).collect() }
    };
    let all = [
        group("This identifier", "", exact),
        group("Other spelling of this identifier", "May be the same account: compare before you rely on it.", alike),
        group("Docket", "", dockets),
        group("Agency or officer", "", requesters),
        group("Words", "", words),
    ];
    all.into_iter().filter(|group| !group.rows.is_empty()).collect()
}
