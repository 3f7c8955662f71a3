//! A call with an `Idempotency-Key` counts once. It goes by the same mark as a form's one-time id.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, LOCATION};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::actions::ActionError;
use crate::domain::id::StaffId;
use crate::web::extract::Visitor;
use crate::web::once::{Turn, once};
use crate::web::page::see_other;
use crate::web::{WebError, csrf};

/// The header.
const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// The longest key taken, in characters.
const LONGEST: usize = 200;
/// Parts the place a call led to from the mark of what it sent. No address of ours has it.
const MARK: char = '#';

/// An idempotency key with the address it was sent to.
pub struct Key {
    key: String,
    path: String,
}

/// What an act came to: what is answered, and where it can be read.
pub struct Done<T> {
    /// With which status.
    pub status: StatusCode,
    /// What is answered.
    pub says: T,
    /// Where it can be read.
    pub place: String,
}

impl Key {
    /// The key of a request, if it has one.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when it is empty, too long or not of plain letters.
    pub(super) fn of(req: &HttpRequest) -> Result<Option<Key>, WebError> {
        let Some(value) = req.headers().get(HEADER) else { return Ok(None) };
        let key = value.to_str().unwrap_or_default().trim();
        if key.is_empty() || key.len() > LONGEST {
            let reason = format!("Give 1 to {LONGEST} ASCII characters, new for each act; a UUID will do.");
            return Err(ActionError::invalid("Idempotency-Key", reason).into());
        }
        Ok(Some(Key { key: key.to_owned(), path: req.path().to_owned() }))
    }

    /// The same key of another person or on another address is another key.
    fn id(&self, who: StaffId) -> Uuid {
        let mut hash = Sha256::new();
        for part in ["writ idempotency key 1", &who.to_string(), &self.path, &self.key] {
            hash.update(part.as_bytes());
            hash.update(b"\n");
        }
        let digest: [u8; 32] = hash.finalize().into();
        let (first, _) = digest.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
        Uuid::from_bytes(*first)
    }
}

/// Runs an act unless a call with this key was done already; then 303 to where the first one led.
///
/// # Errors
/// What the act ends with, and then the same key may be sent again; [`ActionError::Invalid`] when the key was used
/// for other fields; [`WebError::DoneBefore`] when it was done and where it led was lost.
pub async fn answer_once<T: Serialize, F>(
    by: &Visitor,
    key: Option<Key>,
    sent: &Map<String, Value>,
    act: impl FnOnce() -> F,
) -> Result<HttpResponse, WebError>
where
    F: Future<Output = Result<Done<T>, WebError>>,
{
    let Some(key) = key else { return act().await.map(shown) };
    let mark = mark(by, sent);
    let meanwhile = format!("{MARK}{mark}");
    let marked = || async {
        let done = act().await?;
        let place = format!("{}{MARK}{mark}", done.place);
        Ok((done, place))
    };
    match once(by, key.id(by.who().staff.id), meanwhile, marked).await? {
        Turn::Mine(done) => Ok(shown(done)),
        Turn::Before(place) => match place.split_once(MARK) {
            Some(("", before)) if before == mark => Err(WebError::DoneBefore),
            Some((place, before)) if before == mark => Ok(see_other(place)),
            _ => {
                let reason = "This key was used for another call; take a new one for each act.";
                Err(ActionError::invalid("Idempotency-Key", reason).into())
            }
        },
    }
}

fn shown<T: Serialize>(done: Done<T>) -> HttpResponse {
    let mut answer = HttpResponse::build(done.status);
    if done.status == StatusCode::CREATED {
        answer.insert_header((LOCATION, done.place));
    }
    answer.json(done.says)
}

/// What was sent, under the installation's key, so that the mark tells nothing of it. Passwords stay out of it.
fn mark(by: &Visitor, sent: &Map<String, Value>) -> String {
    let mut sent = sent.clone();
    sent.remove("password");
    let text = Value::Object(sent).to_string();
    hex::encode(csrf::keyed(&by.app.settings.csrf_key, "writ idempotent call", &text))
}
