//! What belongs to a case: links that people made, and cases that share something with it.

use actix_web::HttpResponse;
use askama::Template;

use super::case_row::{Clock, ListWords, Ring, Row};
use super::case_tabs::Tab;
use super::choices::{Choice, words};
use crate::actions::link_cases::{LinkCases, link_cases, unlink_cases};
use crate::actions::related_cases::{MOST, Related, related_cases};
use crate::domain::case::CaseReference;
use crate::domain::comment::LinkKind;
use crate::domain::id::LinkId;
use crate::store::links::LinkSeen;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};

#[derive(Template)]
#[template(path = "related.html")]
struct RelatedPage {
    frame: Frame,
    base: String,
    tabs: Vec<Tab>,
    own: Row,
    links: Vec<LinkLine>,
    rows: Vec<(Row, String)>,
    is_cut: bool,
    most: usize,
    kinds: Vec<Choice>,
    form: Form,
}

/// A link in words.
struct LinkLine {
    id: LinkId,
    reference: String,
    says: String,
    note: Option<String>,
    by: Ring,
    on: String,
}

/// `GET /cases/{reference}/related`
///
/// # Errors
/// As [`related_cases`].
pub async fn show(visitor: Visitor, case: OfCase) -> Result<HttpResponse, WebError> {
    ok(&build(&visitor, &case, Form::default()).await?)
}

/// `POST /cases/{reference}/links`
///
/// # Errors
/// As [`link_cases`].
pub async fn link(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let other = errors.take(CaseReference::parse(fields.text("other")).map_err(|mut error| {
        "other".clone_into(&mut error.field);
        error
    }));
    let (kind, note) = (fields.word::<LinkKind>("kind", &mut errors), fields.line("note", &mut errors));
    if let Some((other, kind)) = other.zip(kind).filter(|_| errors.is_empty()) {
        let (on, with) = (case.seen_in(&fields), LinkCases { other, kind, note });
        let done = post_once(&visitor, &fields, || async {
            visitor.run(move |ctx, who| link_cases(ctx, who, &on, with)).await?;
            Ok(format!("{}/related", case.href()))
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again(&build(&visitor, &case, Form::again(fields, errors)).await?)
}

/// `POST /cases/{reference}/links/{id}/remove`
///
/// # Errors
/// As [`unlink_cases`].
pub async fn unlink(
    visitor: Visitor,
    case: OfCase,
    link: crate::web::extract::WithId<LinkId>,
    fields: Fields,
) -> Result<HttpResponse, WebError> {
    let on = case.seen_in(&fields);
    post_once(&visitor, &fields, || async {
        visitor.run(move |ctx, who| unlink_cases(ctx, who, &on, link.0)).await?;
        Ok(format!("{}/related", case.href()))
    })
    .await
}

async fn build(visitor: &Visitor, case: &OfCase, form: Form) -> Result<RelatedPage, WebError> {
    let reference = case.0.clone();
    let read = visitor.run(move |ctx, who| related_cases(ctx, who, &reference)).await?;
    let Related { case: own, links, alike, is_cut, names, .. } = read;
    let list = ListWords { names: &names, now: visitor.now(), me: visitor.who().staff.id };
    let shared = |kinds: std::collections::BTreeSet<crate::domain::search::KeyKind>| {
        kinds.into_iter().map(|kind| kind.label()).collect::<Vec<_>>().join(", ")
    };
    Ok(RelatedPage {
        frame: visitor.frame(format!("Related to {}", case.0), Place::Queue),
        base: case.href(),
        tabs: Tab::ALL.to_vec(),
        links: links.into_iter().map(|link| line(link, list)).collect(),
        rows: alike.into_iter().map(|(line, kinds)| (Row::new(line, list), shared(kinds))).collect(),
        own: Row::new(own, list),
        is_cut,
        most: MOST,
        kinds: words!(LinkKind, form.value("kind")),
        form,
    })
}

fn line(seen: LinkSeen, list: ListWords<'_>) -> LinkLine {
    let LinkSeen { link, reference, is_from_other } = seen;
    let says = link.kind.label();
    LinkLine {
        id: link.id,
        reference,
        says: if is_from_other { format!("{says}, said there of this case") } else { says.to_owned() },
        note: link.note.map(|note| note.to_string()),
        by: list.ring(link.by),
        on: link.at.day().to_string(),
    }
}
