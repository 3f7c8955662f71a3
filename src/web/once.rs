//! A form counts once: a second submit is shown where the first one went. On one node the second waits for the first;
//! across nodes the act itself takes the form's id in its own transaction, and only one can.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use actix_web::HttpResponse;
use uuid::Uuid;

use super::WebError;
use super::extract::Visitor;
use super::fields::Fields;
use super::page::see_other;
use crate::actions::post_form;

/// Forms being worked on in this node: of two submits at the same moment the second waits for the first.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<Uuid, Weak<tokio::sync::Mutex<()>>>>);

/// How long another node gets to say where its submit of the same form went, and how often it is asked.
const PATIENCE: [Duration; 12] = [Duration::from_millis(250); 12];

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
/// What the act ends with; then the form may be sent again. [`WebError::DoneBefore`] when it was done and nobody knows
/// where it led, because the program died just then.
pub async fn post_once<F>(visitor: &Visitor, fields: &Fields, act: impl FnOnce() -> F) -> Result<HttpResponse, WebError>
where
    F: Future<Output = Result<String, WebError>>,
{
    let Some(form) = fields.once() else { return act().await.map(|to| see_other(&to)) };
    let act = || async { act().await.map(|to| (to.clone(), to)) };
    match once(visitor, form, String::new(), act).await? {
        Turn::Before(to) if to.is_empty() => Err(WebError::DoneBefore),
        Turn::Mine(to) | Turn::Before(to) => Ok(see_other(&to)),
    }
}

/// Whose turn it was.
pub enum Turn<T> {
    /// This one's: the act was done now and came to this.
    Mine(T),
    /// An earlier one's, which led there; or what stood there meanwhile, when its end was lost.
    Before(String),
}

/// Runs an act unless it was done already under this id, and keeps where it led. `meanwhile` is kept until then.
///
/// # Errors
/// What the act ends with; then it may be sent again, unless the program failed after something was done.
pub async fn once<T, F>(
    visitor: &Visitor,
    id: Uuid,
    meanwhile: String,
    act: impl FnOnce() -> F,
) -> Result<Turn<T>, WebError>
where
    F: Future<Output = Result<(T, String), WebError>>,
{
    let turn = visitor.turns.of(id);
    let _mine = turn.lock().await;
    if let Some(to) = went_to(visitor, id).await? {
        return Ok(Turn::Before(to));
    }
    let claim = post_form::claim(&visitor.app.ctx, visitor.who(), id, meanwhile.clone());
    visitor.claims(Some(claim.clone()));
    let done = act().await;
    visitor.claims(None);
    if claim.is_anothers() {
        let to = went_to(visitor, id).await?;
        return Ok(Turn::Before(to.unwrap_or(meanwhile)));
    }
    match done {
        Ok((done, to)) => {
            // The act is done and stands in the log; a missing mark must not make it look undone.
            if let Err(error) = visitor.run(move |ctx, who| post_form::went(ctx, who, id, &to)).await {
                tracing::warn!(%error, "a form's mark was not kept");
            }
            Ok(Turn::Mine(done))
        }
        Err(error) => {
            // Where the program failed nobody knows how much was done, so it must not be done again unseen.
            let may_come_again = claim.is_ours() && !error.status().is_server_error();
            if may_come_again && let Err(error) = visitor.run(move |ctx, who| post_form::free(ctx, who, id)).await {
                tracing::warn!(%error, "a form's mark was not taken away");
            }
            Err(error)
        }
    }
}

/// Where an earlier submit went. One that another node is just doing is waited for, for a while.
async fn went_to(visitor: &Visitor, id: Uuid) -> Result<Option<String>, WebError> {
    let ask = || visitor.run(move |ctx, who| post_form::went_to(ctx, who, id));
    let mut to = ask().await?;
    for pause in PATIENCE {
        // What stands there meanwhile is no address.
        if to.as_deref().is_none_or(|to| to.starts_with('/')) {
            break;
        }
        actix_web::rt::time::sleep(pause).await;
        to = ask().await?;
    }
    Ok(to)
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
