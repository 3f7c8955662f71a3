//! How a server ends: it says so first, then takes no more requests, finishes what is in flight, and at the end of its
//! time refuses what has not begun.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;
use actix_web::web::Data;

use super::WebError;

const SERVING: u8 = 0;
const ANNOUNCED: u8 = 1;
const REFUSING: u8 = 2;

/// How far a server's end has come. Clones tell the same.
#[derive(Debug, Clone, Default)]
pub struct Ending(Arc<AtomicU8>);

impl Ending {
    /// It is going to end: whoever asks whether it is ready hears no. Requests are answered as ever.
    pub fn announce(&self) {
        self.0.fetch_max(ANNOUNCED, Ordering::SeqCst);
    }

    /// Requests that come from now on are refused.
    pub fn refuse(&self) {
        self.0.fetch_max(REFUSING, Ordering::SeqCst);
    }

    /// Whether it is going to end.
    pub fn is_announced(&self) -> bool {
        self.0.load(Ordering::SeqCst) > SERVING
    }

    fn is_refusing(&self) -> bool {
        self.0.load(Ordering::SeqCst) == REFUSING
    }
}

/// Middleware: refuses what comes too late, before anything is looked up for it.
///
/// # Errors
/// Never itself; a refusal is a response.
pub async fn refuse_late(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if req.app_data::<Data<Ending>>().is_some_and(|ending| ending.is_refusing()) {
        let (request, _) = req.into_parts();
        return Ok(ServiceResponse::from_err(WebError::Ending, request));
    }
    Ok(next.call(req).await?.map_into_boxed_body())
}

/// Middleware: the last answers say that the connection ends with them, so that nobody sends another request on it.
///
/// # Errors
/// Never itself.
pub async fn close_last(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let ending = req.app_data::<Data<Ending>>().cloned();
    let mut response = next.call(req).await?.map_into_boxed_body();
    if ending.is_some_and(|ending| ending.is_refusing()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}
