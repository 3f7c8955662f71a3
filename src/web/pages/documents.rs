//! Documents: the paper of a case that is not opened yet, and reading what is kept.

use std::io;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header::{self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue};
use actix_web::web::Bytes;
use futures_util::stream;
use tokio::sync::mpsc;

use crate::actions::receive_document::{for_new_case, receive_document};
use crate::actions::view_document::{OpenDocument, read_document, view_document};
use crate::domain::document::Document;
use crate::domain::id::DocumentId;
use crate::web::WebError;
use crate::web::extract::{Visitor, WithId};
use crate::web::once::post_once;
use crate::web::upload::Upload;

/// For a document that a browser shows itself, inside a page of ours. Sandboxed, it would not be shown.
const SHOWN: &str = "default-src 'none'; frame-ancestors 'self'";
/// For a document that is saved: opened nonetheless, it may do nothing.
const SAVED: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// `POST /documents`
///
/// # Errors
/// A refusal for people who may not open cases; [`WebError::TooLarge`]; when store or vault fail.
pub async fn receive(visitor: Visitor, upload: Upload) -> Result<HttpResponse, WebError> {
    let (fields, file) = upload.take(|ctx, who, _| for_new_case(ctx, who)).await?.into_one("file")?;
    post_once(&visitor, &fields, || async {
        let document = visitor.run(move |ctx, who| receive_document(ctx, who, file)).await?;
        Ok(format!("/cases/new?arrival={}", document.case))
    })
    .await
}

/// `GET /documents/{id}`
///
/// # Errors
/// As [`view_document`].
pub async fn show(visitor: Visitor, id: WithId<DocumentId>) -> Result<HttpResponse, WebError> {
    let open = visitor.run(move |ctx, who| view_document(ctx, who, id.0)).await?;
    let document = open.document.clone();
    let is_shown = document.media_type == "application/pdf";
    let body = SizedStream::new(document.size, stream_of(&visitor, open));
    Ok(HttpResponse::Ok()
        .content_type(document.media_type.as_str())
        .insert_header((header::CONTENT_SECURITY_POLICY, if is_shown { SHOWN } else { SAVED }))
        .insert_header(disposition(&document, is_shown))
        .body(body))
}

fn disposition(document: &Document, is_shown: bool) -> ContentDisposition {
    let name = ExtendedValue {
        charset: Charset::Ext("UTF-8".into()),
        language_tag: None,
        value: document.file_name.as_str().as_bytes().to_vec(),
    };
    ContentDisposition {
        disposition: if is_shown { DispositionType::Inline } else { DispositionType::Attachment },
        parameters: vec![DispositionParam::FilenameExt(name)],
    }
}

/// The bytes as they are opened, piece by piece. Bytes that can't be opened end the answer short of its length, so
/// that no browser takes half a document for a whole one.
fn stream_of(
    visitor: &Visitor,
    open: OpenDocument,
) -> impl futures_util::Stream<Item = Result<Bytes, io::Error>> + 'static {
    let (send, receive) = mpsc::channel::<Result<Bytes, io::Error>>(4);
    let (ctx, span) = (visitor.app.ctx.clone(), tracing::Span::current());
    let reading = move || {
        span.in_scope(|| {
            let take = |piece: Vec<u8>| drop(send.blocking_send(Ok(Bytes::from(piece))));
            if let Err(error) = read_document(&ctx, &open, take) {
                tracing::error!(%error, document = %open.document.id, "a document's bytes can't be read");
                drop(send.blocking_send(Err(io::Error::other("unreadable"))));
            }
        });
    };
    // It ends by itself, with the document or with whoever reads it.
    drop(actix_web::rt::task::spawn_blocking(reading));
    stream::unfold(receive, |mut receive| async move { receive.recv().await.map(|piece| (piece, receive)) })
}
