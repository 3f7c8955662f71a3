//! From async to sync: one closure per act on the blocking pool.

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
    let act = move || {
        span.in_scope(|| {
            tracing::trace!("an action runs");
            act(&ctx)
        })
    };
    match web::block(act).await {
        Ok(result) => Ok(result?),
        Err(_) => Err(ActionError::Store(StoreError::Down("an act did not come to its end".into())).into()),
    }
}
