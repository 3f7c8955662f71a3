//! From async to sync: one closure per act on the blocking pool.

use std::any::Any;

use actix_web::web;

use super::{App, WebError};
use crate::actions::{ActionError, Ctx};
use crate::store::StoreError;

/// Runs an act on the blocking pool, inside the request's span.
///
/// # Errors
/// What the act ends with; a failed store when the act did not come to its end.
pub async fn run<T: Send + 'static>(
    app: &App,
    act: impl FnOnce(&Ctx) -> Result<T, ActionError> + Send + 'static,
) -> Result<T, WebError> {
    let (ctx, span) = (app.ctx.clone(), tracing::Span::current());
    let act: Act = Box::new(move || {
        let result = span.in_scope(|| {
            tracing::trace!("an action runs");
            act(&ctx)
        });
        Box::new(result)
    });
    let done = web::block(act).await.ok().and_then(|result| result.downcast::<Result<T, ActionError>>().ok());
    match done {
        Some(result) => Ok((*result)?),
        None => Err(ActionError::Store(StoreError::Down("an act did not come to its end".into())).into()),
    }
}

/// An act and its result without their types, so that the pool's code is compiled once and not for each of some three
/// hundred acts.
type Act = Box<dyn FnOnce() -> Box<dyn Any + Send> + Send>;
