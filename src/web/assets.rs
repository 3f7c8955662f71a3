//! The files that pages load: style sheet, script, icon. Their addresses carry the hash of what is in them, so that
//! browsers may keep them for good.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::RustEmbed;

use super::WebError;

#[derive(RustEmbed)]
#[folder = "src/web/assets"]
struct Assets;

/// The address of a file, with its hash.
pub fn address(name: &str) -> String {
    match Assets::get(name) {
        Some(file) => format!("/static/{name}?v={}", hash(&file)),
        None => format!("/static/{name}"),
    }
}

/// `GET /static/{file}`
///
/// # Errors
/// [`WebError::NotFoundPage`] without such a file.
pub async fn show(req: HttpRequest, name: web::Path<String>) -> Result<HttpResponse, WebError> {
    let file = Assets::get(&name).ok_or(WebError::NotFoundPage)?;
    let hash = hash(&file);
    // Weak, because the same file leaves in several encodings.
    let tag = format!("W/\"{hash}\"");
    let keep =
        if req.query_string() == format!("v={hash}") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let is_known = req.headers().get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes());
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, keep))
        .content_type(media_type(&name));
    Ok(if is_known { answer.finish() } else { answer.body(file.data.into_owned()) })
}

fn hash(file: &rust_embed::EmbeddedFile) -> String {
    file.metadata.sha256_hash().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
