//! The services and what each keeps: what a demand may ask for.

use serde::Serialize;

use super::{Answer, ok};
use crate::domain::catalogue::{Category, Service};
use crate::domain::data_class::DataClass;
use crate::domain::identifier::IdentifierKind;
use crate::domain::requester::ServiceKind;
use crate::web::extract::Visitor;

#[derive(Serialize)]
struct CatalogueJson {
    name: String,
    version: String,
    sha256: String,
    services: Vec<ServiceJson>,
}

#[derive(Serialize)]
struct ServiceJson {
    id: String,
    name: String,
    kind: ServiceKind,
    offered_to_public: bool,
    entity: String,
    identifiers: Vec<IdentifierKind>,
    categories: Vec<CategoryJson>,
}

#[derive(Serialize)]
struct CategoryJson {
    id: String,
    name: String,
    holds: String,
    us: DataClass,
    eu: Option<DataClass>,
    /// In words: `90 days`, `life_of_account`.
    retention: Option<String>,
    note: Option<String>,
}

/// `GET /api/v1/catalogue`
///
/// # Errors
/// Never; every call may end with an error.
pub async fn show(by: Visitor) -> Answer {
    let catalogue = &by.app.ctx.catalogue;
    Ok(ok(&CatalogueJson {
        name: catalogue.name.clone(),
        version: catalogue.version.clone(),
        sha256: catalogue.sha256.clone(),
        services: catalogue.services.iter().map(service).collect(),
    }))
}

fn service(service: &Service) -> ServiceJson {
    ServiceJson {
        id: service.id.clone(),
        name: service.name.clone(),
        kind: service.kind,
        offered_to_public: service.offered_to_public,
        entity: service.entity.clone(),
        identifiers: service.identifiers.clone(),
        categories: service.categories.iter().map(category).collect(),
    }
}

fn category(category: &Category) -> CategoryJson {
    CategoryJson {
        id: category.id.clone(),
        name: category.name.clone(),
        holds: category.holds.clone(),
        us: category.us,
        eu: category.eu,
        retention: category.retention.map(|kept| kept.to_string()),
        note: category.note.clone(),
    }
}
