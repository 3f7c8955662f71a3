//! The log, or a part of it, taken away as a bundle that proves itself. It is made while it is sent.

use std::io;

use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentDisposition};
use actix_web::web::Bytes;
use askama::Template;
use futures_util::{Stream, stream};
use tokio::sync::mpsc;

use crate::actions::export_bundle::{Announced, Asked, announce_bundle, begin_bundle, go_on, view_to_export};
use crate::actions::{ActionError, Ctx};
use crate::audit::bundle::Payloads;
use crate::store::log::Part;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::page::{again, ok};

#[derive(Template)]
#[template(path = "log_bundle.html")]
struct BundlePage {
    frame: Frame,
    form: Form,
    /// The log's public keys, oldest first.
    keys: Vec<String>,
}

/// `GET /log/bundle`
///
/// # Errors
/// A refusal for people who may not read the log.
pub async fn show(visitor: Visitor) -> Result<HttpResponse, WebError> {
    ok(&page(&visitor, Form::filled(Fields::filled([("payloads", "process")]))).await?)
}

/// `POST /log/bundle`
///
/// # Errors
/// A refusal for people who may not read the log; when the store fails before the first byte. A bundle that breaks off later
/// lacks its end, which whoever checks it is told.
pub async fn take(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let asked = Asked {
        from: fields.date("from", &mut errors),
        to: fields.date("to", &mut errors),
        case: None,
        payloads: if fields.text("payloads") == "none" { Payloads::None } else { Payloads::Process },
    };
    if asked.from.zip(asked.to).is_some_and(|(from, to)| to < from) {
        errors.add("to", "The last day lies before the first: give them the other way round.");
    }
    if !errors.is_empty() {
        return again(&page(&visitor, Form::again(fields, errors)).await?);
    }
    let announced = visitor.run(move |ctx, who| announce_bundle(ctx, who, asked)).await?;
    let name = match &announced.part {
        Part::Entries(first, end) => format!("log-{first}-to-{}.bundle", end.saturating_sub(1)),
        Part::OfCase(_) => "case.bundle".to_owned(),
    };
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header((header::CONTENT_DISPOSITION, ContentDisposition::attachment(name)))
        .streaming(stream_of(visitor.app.ctx.clone(), announced)))
}

async fn page(visitor: &Visitor, form: Form) -> Result<BundlePage, WebError> {
    let keys = visitor.run(view_to_export).await?.iter().map(ToString::to_string).collect();
    Ok(BundlePage { frame: visitor.frame("Take the log away", Place::Log), form, keys })
}

fn stream_of(ctx: Ctx, announced: Announced) -> impl Stream<Item = Result<Bytes, io::Error>> + 'static {
    let (send, receive) = mpsc::channel::<Result<Bytes, io::Error>>(1);
    let span = tracing::Span::current();
    let writing = move || {
        span.in_scope(|| {
            if let Err(error) = write(&ctx, &announced, &send) {
                tracing::error!(%error, "a bundle broke off");
                drop(send.blocking_send(Err(io::Error::other("broken off"))));
            }
        });
    };
    // It ends by itself, with the bundle or with whoever reads it.
    drop(actix_web::rt::task::spawn_blocking(writing));
    stream::unfold(receive, |mut receive| async move { receive.recv().await.map(|piece| (piece, receive)) })
}

fn write(ctx: &Ctx, announced: &Announced, to: &mpsc::Sender<Result<Bytes, io::Error>>) -> Result<(), ActionError> {
    let mut bundle = begin_bundle(ctx, announced)?;
    while let Some(bytes) = go_on(ctx, &mut bundle)? {
        // Whoever asked for it has gone.
        if to.blocking_send(Ok(Bytes::from(bytes))).is_err() {
            break;
        }
    }
    Ok(())
}
