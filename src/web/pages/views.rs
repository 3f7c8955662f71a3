//! A person's own views of the queue: save one, give it another name, delete it.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use uuid::Uuid;

use super::queue_page::Asked;
use crate::actions::saved_views::{MOST, forget_view, list_views, rename_view, save_view};
use crate::domain::queue::Filter;
use crate::store::housekeep::SavedView;
use crate::web::WebError;
use crate::web::extract::{Visitor, WithId};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};

#[derive(Template)]
#[template(path = "views.html")]
struct ViewsPage {
    frame: Frame,
    /// The filters to save, and how people read them.
    spelled: String,
    filters: Vec<(&'static str, String)>,
    views: Vec<SavedView>,
    most: usize,
    form: Form,
}

/// `GET /queue/views?…`: the filters of the queue one came from, to be saved.
///
/// # Errors
/// As [`list_views`].
pub async fn show(visitor: Visitor, req: HttpRequest) -> Result<HttpResponse, WebError> {
    let Asked { filter, .. } = Asked::parse(req.query_string())?;
    ok(&page(&visitor, &filter, Form::default()).await?)
}

/// `POST /queue/views`
///
/// # Errors
/// As [`save_view`].
pub async fn save(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    let Asked { filter, .. } = Asked::parse(fields.text("filters"))?;
    let mut errors = Errors::default();
    if let Some(name) = fields.required_line("name", &mut errors) {
        let kept = filter.clone();
        let done = post_once(&visitor, &fields, || async {
            let view = visitor.run(move |ctx, who| save_view(ctx, who, &name, &kept)).await?;
            Ok(format!("/queue?{}&view={}", view.filters, view.id))
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again(&page(&visitor, &filter, Form::again(fields, errors)).await?)
}

/// `POST /queue/views/{id}`
///
/// # Errors
/// As [`rename_view`].
pub async fn rename(visitor: Visitor, view: WithId<Uuid>, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    if let Some(name) = fields.required_line("name", &mut errors) {
        let done = post_once(&visitor, &fields, || async {
            visitor.run(move |ctx, who| rename_view(ctx, who, view.0, &name)).await?;
            Ok("/queue/views".to_owned())
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    let filter = Filter::of(crate::domain::queue::Lane::Open);
    again(&page(&visitor, &filter, Form::again(fields, errors)).await?)
}

/// `POST /queue/views/{id}/delete`
///
/// # Errors
/// As [`forget_view`].
pub async fn delete(visitor: Visitor, view: WithId<Uuid>, fields: Fields) -> Result<HttpResponse, WebError> {
    post_once(&visitor, &fields, || async {
        visitor.run(move |ctx, who| forget_view(ctx, who, view.0)).await?;
        Ok("/queue/views".to_owned())
    })
    .await
}

async fn page(visitor: &Visitor, filter: &Filter, form: Form) -> Result<ViewsPage, WebError> {
    let views = visitor.run(list_views).await?;
    let frame = visitor.frame("Saved views", Place::Queue);
    Ok(ViewsPage { frame, spelled: filter.spell(), filters: in_words(filter), views, most: MOST, form })
}

/// Labels one after the other; none where there are none.
pub(super) fn listed<'l>(labels: impl Iterator<Item = &'l str>) -> Option<String> {
    Some(labels.collect::<Vec<_>>().join(" or ")).filter(|all| !all.is_empty())
}

/// The filters as people read them; people and agencies without their names.
fn in_words(filter: &Filter) -> Vec<(&'static str, String)> {
    let said = |label, value: Option<String>| value.map(|value| (label, value));
    use crate::domain::queue::{Holder, PaperKind};
    let paper = |kind| match kind {
        PaperKind::Group(group) => group.label().to_owned(),
        PaperKind::One(instrument) => instrument.label().to_owned(),
    };
    let holder = |holder| match holder {
        Holder::Me => "me",
        Holder::Nobody => "nobody",
        Holder::Colleague(_) => "one colleague",
    };
    [
        said("Lane", Some(filter.lane.label().to_owned())),
        said("Instrument", filter.paper.map(paper)),
        said("Agency", filter.agency.map(|_| "one agency".to_owned())),
        said("Country", filter.country.as_ref().map(ToString::to_string)),
        said("Stage", filter.stage.map(|s| s.label().to_owned())),
        said("Assigned to", filter.holder.map(|h| holder(h).to_owned())),
        said("Due", filter.due.map(|d| d.label().to_owned())),
        said("Marks", filter.mark.map(|m| m.label().to_owned())),
        said("Received in", filter.period.map(|p| p.label())),
        said("Outcome", listed(filter.outcomes.iter().map(|o| o.label()))),
        said("Customer", listed(filter.customers.iter().map(|c| c.label()))),
        said("Sorted by", Some(filter.order().label().to_owned())),
    ]
    .into_iter()
    .flatten()
    .collect()
}
