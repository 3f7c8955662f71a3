//! Pages leave compressed, but not where another site had a hand in asking for them: whoever can make a browser ask
//! and watch how long the answer is could learn from its length what stands in it. The whole argument is in
//! `docs/decisions/0004-compressed-pages.md`.

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;

/// Middleware around the compression: takes away the offer to decompress where the request comes from elsewhere.
///
/// # Errors
/// Never itself.
pub async fn ours_only(
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let site = req.headers().get("sec-fetch-site").map(|site| site.as_bytes().to_vec());
    // Programs and old browsers say nothing; a browser that says it tells the truth, which pages can't change.
    if site.is_some_and(|site| site != b"same-origin" && site != b"none") {
        req.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    Ok(next.call(req).await?.map_into_boxed_body())
}
