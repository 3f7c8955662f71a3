//! How a request's body arrives: steadily, or not at all. A sender that stops in the middle, or goes on a byte at a
//! time, is given up; one whose body nobody wants any more is not listened to.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpMessage};
use futures_util::{Stream, StreamExt};
use tokio::time::{Instant, timeout_at};

use super::App;

/// How long a body may pause. As a whole it may take this long, and a second more for each KiB.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Slower than this, in bytes per second, is no line that a person works on.
const SLOWEST: u64 = 1024;

/// The body as the connection hands it out.
type Incoming = Rc<RefCell<Payload>>;

/// Middleware: hands the body on as it comes, until patience ends.
///
/// # Errors
/// Never itself.
pub async fn watch(
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let patience = req.app_data::<Data<App>>().map_or(PATIENCE, |app| app.settings.patience);
    let incoming = match req.take_payload() {
        Payload::None => return Ok(next.call(req).await?.map_into_boxed_body()),
        some => Rc::new(RefCell::new(some)),
    };
    req.set_payload(Payload::Stream { payload: Box::pin(steadily(incoming.clone(), patience)) });
    let answered = next.call(req).await?;
    Ok(answered.map_body(|_, body| BoxBody::new(Answer { body: body.boxed(), _incoming: incoming })))
}

/// What arrives, and an error once it does not arrive any more.
fn steadily(incoming: Incoming, patience: Duration) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    let begun = Instant::now();
    // A multipart reader asks again after the end.
    let pieces = futures_util::stream::unfold((incoming, Some(0_u64)), move |(incoming, arrived)| async move {
        let arrived = arrived?;
        let slowest = Duration::from_secs(arrived / SLOWEST);
        let last = (Instant::now() + patience).min(begun + patience + slowest);
        let piece = timeout_at(last, std::future::poll_fn(|cx| incoming.borrow_mut().poll_next_unpin(cx))).await;
        match piece {
            Ok(None) => None,
            Ok(Some(Ok(piece))) => {
                let arrived = arrived.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
                Some((Ok(piece), (incoming, Some(arrived))))
            }
            Ok(Some(Err(error))) => Some((Err(error), (incoming, None))),
            Err(_) => {
                let error = PayloadError::Io(std::io::ErrorKind::TimedOut.into());
                Some((Err(error), (incoming, None)))
            }
        }
    });
    pieces.fuse()
}

/// An answer that keeps hold of the body that was asked for until it is sent itself. The connection is closed after an
/// answer whose question is still being asked; one that nobody holds would be read to its end, and it may have none.
struct Answer {
    body: BoxBody,
    _incoming: Incoming,
}

impl MessageBody for Answer {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.body.as_pin_mut().poll_next(cx)
    }
}
