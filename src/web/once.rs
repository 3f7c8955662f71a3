//! A form counts once: a second submit is shown where the first one went.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use actix_web::HttpResponse;
use uuid::Uuid;

use super::WebError;
use super::extract::Visitor;
use super::fields::Fields;
use super::page::see_other;
use crate::actions::post_form;

/// Forms being worked on in this node: of two submits at the same moment the second waits for the first.
/// Across nodes the case's version keeps them apart.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<Uuid, Weak<tokio::sync::Mutex<()>>>>);

impl Turns {
    fn of(&self, form: Uuid) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = turns.get(&form).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::new(tokio::sync::Mutex::new(()));
        turns.insert(form, Arc::downgrade(&turn));
        turn
    }
}

/// Runs a form's act unless this very form was taken already, and answers 303 to where it leads.
///
/// # Errors
/// What the act ends with; then the form may be sent again.
pub async fn post_once<F>(visitor: &Visitor, fields: &Fields, act: impl FnOnce() -> F) -> Result<HttpResponse, WebError>
where
    F: Future<Output = Result<String, WebError>>,
{
    let Some(form) = fields.once() else { return act().await.map(|to| see_other(&to)) };
    let act = || async { act().await.map(|to| (to.clone(), to)) };
    match once(visitor, form, act).await? {
        Turn::Mine(to) | Turn::Before(to) => Ok(see_other(&to)),
    }
}

/// Whose turn it was.
pub enum Turn<T> {
    /// This one's: the act was done now and came to this.
    Mine(T),
    /// An earlier one's, which led there.
    Before(String),
}

/// Runs an act unless it was done already under this id, and keeps where it led.
///
/// # Errors
/// What the act ends with; then it may be sent again.
pub async fn once<T, F>(visitor: &Visitor, id: Uuid, act: impl FnOnce() -> F) -> Result<Turn<T>, WebError>
where
    F: Future<Output = Result<(T, String), WebError>>,
{
    let turn = visitor.turns.of(id);
    let _mine = turn.lock().await;
    if let Some(to) = visitor.run(move |ctx, who| post_form::went_to(ctx, who, id)).await? {
        return Ok(Turn::Before(to));
    }
    let (done, to) = act().await?;
    // The act is done and stands in the log; a missing mark must not make it look undone.
    if let Err(error) = visitor.run(move |ctx, who| post_form::went(ctx, who, id, &to)).await {
        tracing::warn!(%error, "a form's mark was not kept");
    }
    Ok(Turn::Mine(done))
}

/// The same for an act that ends with something shown once: its answer is the page itself, never kept anywhere.
/// A second submit is sent to where such things are made.
///
/// # Errors
/// What the act ends with; then the form may be sent again.
pub async fn show_once<F>(visitor: &Visitor, fields: &Fields, act: impl FnOnce() -> F) -> Result<HttpResponse, WebError>
where
    F: Future<Output = Result<(HttpResponse, String), WebError>>,
{
    let mut shown = None;
    let slot = &mut shown;
    let sent_on = post_once(visitor, fields, || async move {
        let (page, to) = act().await?;
        *slot = Some(page);
        Ok(to)
    });
    let sent_on = sent_on.await?;
    Ok(shown.unwrap_or(sent_on))
}
