//! What a call sends: a JSON object, fields of its address, or a form with files.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::{LocalBoxFuture, Ready, ready};
use serde_json::{Map, Value};

use super::once::Key;
use super::reader::{self, Reader};
use super::strict_json;
use crate::actions::ActionError;
use crate::web::WebError;
use crate::web::fields::{Fields, HEAVIEST};
use crate::web::upload::Upload;

/// A JSON object of at most 1 MB, not read yet. A body without a byte is an object without fields.
pub struct Body {
    pub(super) fields: Map<String, Value>,
    pub(super) key: Option<Key>,
}

impl Body {
    /// Reads its fields; a field that `read` does not ask for is an error.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read<'b, T>(&'b self, read: impl FnOnce(&mut Reader<'b>) -> Option<T>) -> Result<T, WebError> {
        reader::read(&self.fields, false, read)
    }
}

impl FromRequest for Body {
    type Error = WebError;
    type Future = LocalBoxFuture<'static, Result<Body, WebError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let key = Key::of(&req)?;
            let bytes = gather(payload).await?;
            if bytes.is_empty() {
                return Ok(Body { fields: Map::new(), key });
            }
            if media_type(&req) != "application/json" {
                return Err(WebError::WrongMediaType("application/json"));
            }
            match strict_json::parse(&bytes) {
                Ok(Value::Object(fields)) => Ok(Body { fields, key }),
                Ok(_) => Err(WebError::BadJson("it is no object".into())),
                Err(error) => Err(WebError::BadJson(error.to_string())),
            }
        })
    }
}

async fn gather(mut payload: Payload) -> Result<BytesMut, WebError> {
    let mut bytes = BytesMut::new();
    while let Some(piece) = payload.next().await {
        let piece = piece.map_err(|_| WebError::BadForm("It did not arrive whole."))?;
        if bytes.len().saturating_add(piece.len()) > HEAVIEST {
            return Err(WebError::TooLarge("The body holds more than 1 MB.".into()));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Type and subtype as sent, without parameters, in lower case.
fn media_type(req: &HttpRequest) -> String {
    let sent = req.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The fields of an address, after its `?`.
pub struct Asked(Map<String, Value>);

impl Asked {
    /// Reads them; a field that `read` does not ask for is an error.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn read<'b, T>(&'b self, read: impl FnOnce(&mut Reader<'b>) -> Option<T>) -> Result<T, WebError> {
        reader::read(&self.0, true, read)
    }
}

impl FromRequest for Asked {
    type Error = WebError;
    type Future = Ready<Result<Asked, WebError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = url::form_urlencoded::parse(req.query_string().as_bytes());
        ready(each_once(pairs.map(|(name, value)| (name.into_owned(), value.into_owned()))).map(Asked))
    }
}

/// A form with files, still being sent.
pub struct Files {
    pub(super) upload: Upload,
    pub(super) key: Option<Key>,
}

impl FromRequest for Files {
    type Error = WebError;
    type Future = LocalBoxFuture<'static, Result<Files, WebError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let key = Key::of(req);
        let upload = (media_type(req) == "multipart/form-data").then(|| Upload::from_request(req, payload));
        Box::pin(async move {
            let upload = upload.ok_or(WebError::WrongMediaType("multipart/form-data"))?.await?;
            Ok(Files { upload, key: key? })
        })
    }
}

/// The text fields of a form.
///
/// # Errors
/// [`ActionError::Invalid`] at a field that was sent twice.
pub fn texts(fields: &Fields) -> Result<Map<String, Value>, WebError> {
    each_once(fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())))
}

fn each_once(pairs: impl Iterator<Item = (String, String)>) -> Result<Map<String, Value>, WebError> {
    let mut all = Map::new();
    for (name, value) in pairs {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
        if all.insert(name, Value::String(value)).is_some() {
            return Err(ActionError::invalid(&shown, "Give this once.").into());
        }
    }
    Ok(all)
}
