//! Uploads: a form with files. Text fields are kept, files go piece by piece into the vault on a blocking thread,
//! so that a large file never stands in memory.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Instant;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use futures_util::stream::Fuse;
use futures_util::{Stream, StreamExt};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::extract::Visitor;
use super::fields::{Fields, HEAVIEST};
use super::{App, WebError};
use crate::actions::receive_document::{self, Destination, Uploaded};
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::id::DocumentId;
use crate::domain::text::Line;

/// A form with files that is still being sent. As an extractor it makes sure only that somebody is signed in;
/// [`Upload::take`] checks the form token before the first byte of a file is kept.
pub struct Upload {
    parts: Multipart,
    request: HttpRequest,
    visitor: Visitor,
    /// How many bytes more are read of it.
    left: Rc<Cell<u64>>,
}

/// A form with files that has arrived.
pub struct Posted {
    /// Its text fields.
    pub fields: Fields,
    files: Vec<Kept>,
}

impl Posted {
    /// The files, for the act that records them. An act that fails discards them itself.
    pub fn into_files(self) -> Vec<Uploaded> {
        self.files.into_iter().filter_map(Kept::hand_over).collect()
    }

    /// How many files there are.
    pub fn count(&self) -> usize {
        self.files.len()
    }

    /// The names of the fields that files came with.
    pub fn chosen(&self) -> BTreeSet<String> {
        self.files.iter().map(|file| file.field.clone()).collect()
    }

    /// Keeps the files of one field; the others are discarded.
    pub fn keep_only(&mut self, field: &str) {
        self.files.retain(|file| file.field == field);
    }

    /// The one file of a form that takes one, with the fields.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] at `field` without a file, or with several.
    pub fn into_one(self, field: &str) -> Result<(Fields, Uploaded), WebError> {
        let fields = self.fields.clone();
        let mut files = self.files;
        match (files.pop(), files.is_empty()) {
            (Some(file), true) => file
                .hand_over()
                .map(|file| (fields, file))
                .ok_or_else(|| ActionError::invalid(field, "Choose a file.").into()),
            (None, _) => Err(ActionError::invalid(field, "Choose a file.").into()),
            (Some(_), false) => Err(ActionError::invalid(field, "Choose one file at a time.").into()),
        }
    }
}

impl Upload {
    /// Takes the form in. `destination` makes the place for each file out of the fields that were sent before it;
    /// it runs on the blocking pool and may refuse.
    ///
    /// # Errors
    /// [`WebError::BadToken`] unless the token came before the first file, [`WebError::TooLarge`] beyond the limit,
    /// and what `destination` refuses.
    pub async fn take(
        self,
        destination: impl Fn(&Ctx, &SignedIn, &Fields) -> Result<Destination, ActionError> + Clone + Send + 'static,
    ) -> Result<Posted, WebError> {
        let Upload { mut parts, request, visitor, left } = self;
        let taken = take(&mut parts, &request, &visitor, destination).await;
        match &taken {
            // A stream that is broken must not be asked again.
            Ok(_) | Err(WebError::BadUpload(_)) => {}
            Err(_) => {
                left.set(visitor.app.ctx.vault.largest());
                drop(timeout(visitor.app.settings.patience, drain(parts)).await);
            }
        }
        taken
    }
}

impl FromRequest for Upload {
    type Error = WebError;
    type Future = LocalBoxFuture<'static, Result<Upload, WebError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let visitor = Visitor::find(&request)?;
            let left = Rc::new(Cell::new(u64::MAX));
            let parts = Multipart::new(request.headers(), within(left.clone(), payload));
            Ok(Upload { parts, request, visitor, left })
        })
    }
}

/// A form whose file is a text that is read at once and kept nowhere: it arrives as one more field, under its name.
pub struct FieldsWithText(pub Fields);

impl FromRequest for FieldsWithText {
    type Error = WebError;
    type Future = LocalBoxFuture<'static, Result<FieldsWithText, WebError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let visitor = Visitor::find(&req)?;
            let kind = req.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
            let fields = if kind.starts_with("multipart/form-data") {
                read_texts(Multipart::new(req.headers(), payload)).await?
            } else {
                super::fields::read(&req, payload).await?
            };
            fields.check_token(&visitor, &req)?;
            Ok(FieldsWithText(fields))
        })
    }
}

async fn read_texts(mut parts: Multipart) -> Result<Fields, WebError> {
    let (mut fields, mut weight) = (Fields::default(), 0_usize);
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_| WebError::BadForm("It is not a form as browsers send them."))?;
        if given_name(&part).is_none() {
            take_text(&mut part, &mut fields, &mut weight).await?;
            continue;
        }
        let name = part.name().unwrap_or_default().to_owned();
        let room = HEAVIEST.saturating_sub(weight);
        let read = part.bytes(room).await;
        let read = read.map_err(|_| WebError::TooLarge("The form holds more than 1 MB of text.".into()))?;
        let bytes = read.map_err(|_| WebError::BadUpload("It did not arrive whole."))?;
        weight = weight.saturating_add(bytes.len());
        let text = String::from_utf8(bytes.to_vec());
        let text = text.map_err(|_| WebError::BadUpload("The file is no UTF-8 text; save it as “CSV UTF-8”."))?;
        fields.push(name, text)?;
    }
    Ok(fields)
}

async fn take(
    parts: &mut Multipart,
    request: &HttpRequest,
    visitor: &Visitor,
    destination: impl Fn(&Ctx, &SignedIn, &Fields) -> Result<Destination, ActionError> + Clone + Send + 'static,
) -> Result<Posted, WebError> {
    let mut posted = Posted { fields: Fields::default(), files: Vec::new() };
    let mut weight = 0;
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_| WebError::BadUpload("It is not a form as browsers send them."))?;
        let Some(name) = given_name(&part) else {
            take_text(&mut part, &mut posted.fields, &mut weight).await?;
            continue;
        };
        posted.fields.check_token(visitor, request)?;
        let field = part.name().unwrap_or_default().to_owned();
        let (who, fields, destination) = (visitor.who().clone(), posted.fields.clone(), destination.clone());
        let make = move |ctx: &Ctx| destination(ctx, &who, &fields);
        if let Some(mut kept) = take_file(&visitor.app, part, &name, make).await? {
            kept.field = field;
            posted.files.push(kept);
        }
    }
    posted.fields.check_token(visitor, request)?;
    Ok(posted)
}

/// Reads a part without a file into the fields. A file chosen for a form that takes none is refused.
pub(super) async fn take_text(part: &mut Field, fields: &mut Fields, weight: &mut usize) -> Result<(), WebError> {
    let name = part.name().unwrap_or_default().to_owned();
    let room = HEAVIEST.saturating_sub(*weight);
    let is_file = given_name(part).is_some();
    let read =
        part.bytes(room).await.map_err(|_| WebError::TooLarge("The form holds more than 1 MB of text.".into()))?;
    let bytes = read.map_err(|_| WebError::BadUpload("It did not arrive whole."))?;
    if is_file {
        return if bytes.is_empty() { Ok(()) } else { Err(WebError::BadUpload("This form takes no file.")) };
    }
    *weight = weight.saturating_add(bytes.len());
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| WebError::BadUpload("A field is not UTF-8 text."))?;
    fields.push(name, text)
}

/// The file name a part gives; none for a text field.
fn given_name(part: &Field) -> Option<String> {
    let disposition = part.content_disposition()?;
    let extended = disposition.get_filename_ext().and_then(|name| String::from_utf8(name.value.clone()).ok());
    extended.or_else(|| disposition.get_filename().map(str::to_owned))
}

/// What the blocking thread gets. Without an end the file did not arrive whole.
enum Piece {
    Bytes(Bytes),
    End,
}

async fn take_file(
    app: &App,
    part: Field,
    name: &str,
    make: impl FnOnce(&Ctx) -> Result<Destination, ActionError> + Send + 'static,
) -> Result<Option<Kept>, WebError> {
    // A part may not be asked again after its end.
    let mut part = part.fuse();
    // A file field left empty is sent without a name and without bytes.
    let mut first = None;
    while let Some(piece) = part.next().await {
        let piece = piece.map_err(|_| WebError::BadUpload("The file did not arrive whole."))?;
        if !piece.is_empty() {
            first = Some(piece);
            break;
        }
    }
    if first.is_none() && name.is_empty() {
        return Ok(None);
    }
    let name = safe_name(name)?;
    let begun = Instant::now();
    let (send, receive) = mpsc::channel(16);
    let writing = super::run::run(app, move |ctx| write(ctx, name, make, receive));
    let sending = send_pieces(part, first, send);
    // Both at once: the one feeds the other. A writer that fails drops its end, which stops the sender.
    let (kept, sent) = futures_util::future::join(writing, sending).await;
    let (outcome, taken) = match (kept, sent) {
        (Err(error), _) => ("refused", Err(error)),
        (Ok(Some(kept)), Ok(())) => ("kept", Ok(Some(kept))),
        (Ok(_), _) => ("cut_short", Err(WebError::BadUpload("The file did not arrive whole."))),
    };
    app.ctx.meters().requests.uploaded(outcome, begun.elapsed());
    taken
}

async fn send_pieces(mut part: Fuse<Field>, first: Option<Bytes>, to: mpsc::Sender<Piece>) -> Result<(), ()> {
    if let Some(first) = first {
        to.send(Piece::Bytes(first)).await.map_err(|_| ())?;
    }
    while let Some(piece) = part.next().await {
        to.send(Piece::Bytes(piece.map_err(|_| ())?)).await.map_err(|_| ())?;
    }
    to.send(Piece::End).await.map_err(|_| ())
}

/// On the blocking thread: makes the place, and writes what comes until the end. An upload dropped before its end
/// leaves nothing.
fn write(
    ctx: &Ctx,
    name: Line,
    make: impl FnOnce(&Ctx) -> Result<Destination, ActionError>,
    mut pieces: mpsc::Receiver<Piece>,
) -> Result<Option<Kept>, ActionError> {
    let to = make(ctx)?;
    let document = to.document;
    let mut upload = receive_document::begin(ctx, &to)?;
    loop {
        match pieces.blocking_recv() {
            Some(Piece::Bytes(bytes)) => upload.write(&bytes)?,
            Some(Piece::End) => break,
            None => return Ok(None),
        }
    }
    let arrived = upload.finish()?;
    Ok(Some(Kept {
        ctx: ctx.clone(),
        field: String::new(),
        document,
        uploaded: Some(Uploaded::new(to, name, arrived)),
    }))
}

/// A file in the vault that no act has taken yet; dropped so, it is removed.
struct Kept {
    ctx: Ctx,
    /// The field of the form it came with.
    field: String,
    document: DocumentId,
    uploaded: Option<Uploaded>,
}

impl Kept {
    fn hand_over(mut self) -> Option<Uploaded> {
        self.uploaded.take()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if self.uploaded.is_some()
            && let Err(error) = self.ctx.vault.discard(self.document)
        {
            tracing::warn!(%error, "bytes of an unused upload stay in the vault");
        }
    }
}

/// A file name as people may read it: without folders, without characters that can't be shown.
fn safe_name(given: &str) -> Result<Line, ActionError> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    let plain: String = shown.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect();
    let named = Line::parse("file", &shown).or_else(|_| Line::parse("file", &plain));
    named.or_else(|_| Line::parse("file", "document")).map_err(|error| ActionError::Invalid(vec![error]))
}

/// Reads on for a while after a refusal, because a browser shows an answer only once it has sent its form.
async fn drain(mut parts: Multipart) {
    while let Some(Ok(mut part)) = parts.next().await {
        while let Some(Ok(_)) = part.next().await {}
    }
}

/// The body, up to what is left to be read of it. The bytes are counted here because a reader of parts passes over
/// what remains of one by itself.
fn within(left: Rc<Cell<u64>>, body: Payload) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    body.map(move |piece| {
        let piece = piece?;
        let rest = left.get().checked_sub(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        left.set(rest.unwrap_or(0));
        rest.map(|_| piece).ok_or(PayloadError::Overflow)
    })
}
