//! A whole case taken away as an archive. It is made while it is sent.

use std::io::{self, BufWriter, Write};

use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentDisposition};
use actix_web::web::Bytes;
use askama::Template;
use futures_util::{Stream, stream};
use tokio::sync::mpsc;

use super::archive_summary::ArchiveSummary;
use super::case_log::count;
use crate::actions::Ctx;
use crate::actions::export_archive::{TakenCase, take_case, view_to_take, write_archive};
use crate::actions::sign_in::step_up_on;
use crate::domain::staff::Verb;
use crate::domain::stage::Compartment;
use crate::letters::archive::ArchiveReadme;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::page::{again, ok};

#[derive(Template)]
#[template(path = "case_archive.html")]
struct ArchivePage {
    frame: Frame,
    form: Form,
    reference: String,
    count: usize,
    /// How many, in words.
    documents: String,
    size: String,
    /// Whether the entries stay sealed in the archive too.
    is_sealed: bool,
}

/// `GET /cases/{reference}/archive`
///
/// # Errors
/// As [`view_to_take`].
pub async fn show(visitor: Visitor, case: OfCase) -> Result<HttpResponse, WebError> {
    ok(&page(&visitor, &case, Form::default()).await?)
}

/// `POST /cases/{reference}/archive`
///
/// # Errors
/// As [`step_up_on`] and [`take_case`]. An archive that breaks off later lacks the list of its files, so that no program
/// opens it.
pub async fn take(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let because = fields.required_prose("because", &mut errors);
    if !fields.has("password") {
        errors.add("password", "Give your password again.");
    }
    if let Some(because) = because.filter(|_| errors.is_empty()) {
        let (reference, password) = (case.0.clone(), fields.password("password"));
        let act = visitor.run(move |ctx, who| {
            let fresh = step_up_on(ctx, who, &reference, &password, Verb::TakeArchive)?;
            take_case(ctx, who, &reference, because, fresh)
        });
        match act.await {
            Ok(taken) => return send(&visitor, taken),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again(&page(&visitor, &case, Form::again(fields, errors)).await?)
}

async fn page(visitor: &Visitor, case: &OfCase, form: Form) -> Result<ArchivePage, WebError> {
    let reference = case.0.clone();
    let offer = visitor.run(move |ctx, who| view_to_take(ctx, who, &reference)).await?;
    Ok(ArchivePage {
        frame: visitor.frame(format!("Take {} away", case.0), Place::Log),
        form,
        reference: case.0.to_string(),
        count: offer.documents,
        documents: count(offer.documents, "document"),
        size: super::size(offer.size),
        is_sealed: offer.is_sealed,
    })
}

fn send(visitor: &Visitor, taken: TakenCase) -> Result<HttpResponse, WebError> {
    let ctx = visitor.app.ctx.clone();
    let summary = ArchiveSummary::new(&taken, &ctx).render().map_err(|e| WebError::Unrendered(e.to_string()))?;
    let texts = vec![("README.txt", readme(&taken, &ctx).text()), ("summary.html", summary)];
    let name = format!("case-{}.zip", taken.view.case.reference);
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CONTENT_DISPOSITION, ContentDisposition::attachment(name)))
        // It is packed already.
        .insert_header(header::ContentEncoding::Identity)
        .streaming(stream_of(ctx, taken, texts)))
}

fn readme(taken: &TakenCase, ctx: &Ctx) -> ArchiveReadme {
    let case = &taken.view.case;
    ArchiveReadme {
        reference: case.reference.to_string(),
        at: taken.at.for_people(),
        origin: ctx.log.origin.clone(),
        size: taken.size,
        seq: taken.seq,
        documents: taken.documents.len(),
        is_sealed: case.compartment == Compartment::NationalSecurity,
    }
}

/// As many bytes go on at once.
const PIECE: usize = 64 * 1024;

fn stream_of(
    ctx: Ctx,
    taken: TakenCase,
    texts: Vec<(&'static str, String)>,
) -> impl Stream<Item = Result<Bytes, io::Error>> + 'static {
    let (send, receive) = mpsc::channel::<Result<Bytes, io::Error>>(1);
    let span = tracing::Span::current();
    let writing = move || {
        span.in_scope(|| {
            let out = BufWriter::with_capacity(PIECE, Pipe(send.clone()));
            match write_archive(&ctx, &taken, &texts, out) {
                // Whoever asked for it has gone.
                Err(_) if send.is_closed() => {}
                Err(error) => {
                    tracing::error!(%error, "an archive of a case broke off");
                    drop(send.blocking_send(Err(io::Error::other("broken off"))));
                }
                Ok(()) => {}
            }
        });
    };
    // It ends by itself, with the archive or with whoever reads it.
    drop(actix_web::rt::task::spawn_blocking(writing));
    stream::unfold(receive, |mut receive| async move { receive.recv().await.map(|piece| (piece, receive)) })
}

/// Leads what is written to whoever asked for it, no faster than they take it.
struct Pipe(mpsc::Sender<Result<Bytes, io::Error>>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes)));
        sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
