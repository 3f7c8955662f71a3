//! Documents: a paper that arrives before its case, documents of a case, and their bytes.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::act::on_case;
use super::body::{Files, texts};
use super::once::{Done, answer_once};
use super::personal::{Eyes, PersonJson, Personal};
use super::reader;
use super::{Answer, ok};
use crate::actions::ActionError;
use crate::actions::attach_document::attach_document;
use crate::actions::on_case::OnCase;
use crate::actions::receive_document::{for_case, for_new_case, receive_document};
use crate::actions::view_case::prepare_case;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::{CaseId, DemandId, DocumentId};
use crate::domain::staff::Verb;
use crate::web::extract::{OfCase, Visitor, WithId};

pub use crate::web::pages::documents::show;

/// A document.
#[derive(Debug, Serialize)]
pub struct DocumentJson {
    id: DocumentId,
    kind: DocumentKind,
    demand: Option<DemandId>,
    file_name: Personal<String>,
    media_type: String,
    size: u64,
    sha256: Personal<String>,
    received_at: String,
    received_by: PersonJson,
}

impl DocumentJson {
    /// A document as this person may see it.
    pub fn of(document: &Document, eyes: Eyes<'_>) -> DocumentJson {
        DocumentJson {
            id: document.id,
            kind: document.kind,
            demand: document.demand,
            file_name: eyes.personal(document.file_name.to_string()),
            media_type: document.media_type.clone(),
            size: document.size,
            sha256: eyes.personal(document.sha256.clone()),
            received_at: document.received_at.for_machines(),
            received_by: eyes.person(document.received_by),
        }
    }
}

/// What arrived for a case that is not open yet.
#[derive(Serialize)]
struct ArrivalJson {
    /// To be given when the case is opened.
    arrival: CaseId,
    documents: Vec<DocumentJson>,
}

impl ArrivalJson {
    fn of(by: &Visitor, arrival: CaseId, documents: &[Document]) -> ArrivalJson {
        let me = &by.who().staff;
        let names = [(me.id, me.full_name.to_string())].into();
        let eyes = Eyes { is_sealed: false, names: &names };
        ArrivalJson { arrival, documents: documents.iter().map(|d| DocumentJson::of(d, eyes)).collect() }
    }
}

/// `POST /api/v1/documents`: the paper of a case that is not open yet.
///
/// # Errors
/// As [`for_new_case`] and [`receive_document`].
pub async fn receive(by: Visitor, files: Files) -> Answer {
    let posted = files.upload.take(|ctx, who, _| for_new_case(ctx, who)).await?;
    let sent = texts(&posted.fields)?;
    reader::read(&sent, true, |_| Some(()))?;
    let (_, file) = posted.into_one("file")?;
    let received = || async {
        let document = by.run(move |ctx, who| receive_document(ctx, who, file)).await?;
        let says = ArrivalJson::of(&by, document.case, std::slice::from_ref(&document));
        Ok(Done { status: StatusCode::CREATED, says, place: format!("/api/v1/arrivals/{}", document.case) })
    };
    answer_once(&by, files.key, &sent, received).await
}

/// `GET /api/v1/arrivals/{id}`
///
/// # Errors
/// As [`prepare_case`]; [`ActionError::NotFound`] when nothing arrived under this id.
pub async fn arrival(by: Visitor, id: WithId<CaseId>) -> Answer {
    let desk = by.run(move |ctx, who| prepare_case(ctx, who, Some(id.0))).await?;
    if desk.documents.is_empty() {
        return Err(ActionError::NotFound.into());
    }
    Ok(ok(&ArrivalJson::of(&by, id.0, &desk.documents)))
}

/// `POST /api/v1/cases/{reference}/documents`
///
/// # Errors
/// As [`for_case`] and [`attach_document`].
pub async fn attach(by: Visitor, of: OfCase, files: Files) -> Answer {
    let reference = of.0.clone();
    let posted = files.upload.take(move |ctx, who, _| for_case(ctx, who, &reference, Verb::Attach)).await?;
    let sent = texts(&posted.fields)?;
    let (kind, version) = reader::read(&sent, true, |r| {
        let (kind, version) = (r.word::<DocumentKind>("kind"), r.number("version"));
        if kind == Some(DocumentKind::Collected) {
            r.wrong("kind", "Collected data comes in by its collection task.");
        }
        Some((kind?, version))
    })?;
    let (_, file) = posted.into_one("file")?;
    let on = OnCase { reference: of.0, version };
    on_case(&by, files.key, &sent, on, move |ctx, who, on| attach_document(ctx, who, on, kind, file)).await
}
