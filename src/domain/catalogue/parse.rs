//! Reading a catalogue's text. An error names the service and the category and says what to do; an unknown
//! key is an error, because a misspelt one would silently leave something out.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::error::{CatalogueError, in_category, in_service, unreadable};
use super::{Catalogue, Category, Retention, Service};
use crate::domain::data_class::DataClass;
use crate::domain::identifier::IdentifierKind;
use crate::domain::requester::ServiceKind;

pub(super) const LIFE_OF_ACCOUNT: &str = "life of the account";
pub(super) const NOT_KEPT: &str = "not kept";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogueText {
    catalogue: String,
    version: String,
    #[serde(default)]
    service: Vec<ServiceText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceText {
    id: String,
    name: String,
    kind: ServiceKind,
    offered_to_public: bool,
    entity: String,
    identifiers: Vec<IdentifierKind>,
    #[serde(default)]
    category: Vec<CategoryText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryText {
    id: String,
    name: String,
    holds: String,
    us: DataClass,
    eu: Option<DataClass>,
    retention: Option<String>,
    note: Option<String>,
}

impl Catalogue {
    /// Reads a catalogue.
    ///
    /// # Errors
    /// When the text is no TOML of this shape, or a service or category says something that can't be.
    pub fn parse(text: &str) -> Result<Catalogue, CatalogueError> {
        let read: CatalogueText = toml::from_str(text).map_err(|error| unreadable(error.to_string().trim_end()))?;
        if read.catalogue.trim().is_empty() || read.version.trim().is_empty() {
            return Err(unreadable("catalogue or version is empty: give it a name and a version"));
        }
        if read.service.is_empty() {
            return Err(unreadable("it has no service: add a [[service]]"));
        }
        let services = read.service.into_iter().map(service).collect::<Result<Vec<_>, _>>()?;
        if let Some(id) = repeated(services.iter().map(|service| service.id.as_str())) {
            return Err(in_service(id, "another service has the same id: give each its own"));
        }
        let sha256 = hex::encode(Sha256::digest(text.as_bytes()));
        Ok(Catalogue { name: read.catalogue, version: read.version, sha256, services })
    }
}

fn service(read: ServiceText) -> Result<Service, CatalogueError> {
    let id = read.id;
    if !is_id(&id) {
        return Err(in_service(&id, "its id may hold only a to z, digits and _: choose a plain one"));
    }
    if read.name.trim().is_empty() || read.entity.trim().is_empty() {
        return Err(in_service(&id, "name or entity is empty: say what people call it and whom a paper must name"));
    }
    if read.identifiers.is_empty() {
        return Err(in_service(&id, "it can be asked by nothing: list its kinds of identifier"));
    }
    if read.category.is_empty() {
        return Err(in_service(&id, "it keeps nothing: add a [[service.category]], or take the service out"));
    }
    let categories = read.category.into_iter().map(|read| category(&id, read)).collect::<Result<Vec<_>, _>>()?;
    if let Some(twice) = repeated(categories.iter().map(|category| category.id.as_str())) {
        return Err(in_category(&id, twice, "another category of the service has the same id: give each its own"));
    }
    Ok(Service {
        name: read.name,
        kind: read.kind,
        offered_to_public: read.offered_to_public,
        entity: read.entity,
        categories,
        identifiers: read.identifiers,
        id,
    })
}

fn category(service: &str, read: CategoryText) -> Result<Category, CatalogueError> {
    let wrong = |wrong: &str| in_category(service, &read.id, wrong);
    if !is_id(&read.id) {
        return Err(wrong("its id may hold only a to z, digits and _: choose a plain one"));
    }
    if read.name.trim().is_empty() || read.holds.trim().is_empty() {
        return Err(wrong("name or holds is empty: say in plain words what is kept"));
    }
    if !is_us_class(read.us) {
        return Err(wrong(
            "us is no class of stored data in US law: choose bsi, ip_session, payment, toll_records, \
             other_records, location_historical, video_viewing or content_stored",
        ));
    }
    if read.eu.is_some_and(|eu| !is_eu_class(eu)) {
        return Err(wrong("eu is no class of EU law: choose subscriber, ip_identification, traffic or content"));
    }
    let retention = read.retention.as_deref().map(str::parse).transpose().map_err(wrong)?;
    Ok(Category {
        id: read.id,
        name: read.name,
        holds: read.holds,
        us: read.us,
        eu: read.eu,
        retention,
        note: read.note,
    })
}

impl FromStr for Retention {
    type Err = &'static str;

    /// `"60 days"`, `"1 day"`, `"life of the account"` or `"not kept"`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == LIFE_OF_ACCOUNT {
            return Ok(Retention::LifeOfAccount);
        }
        if text == NOT_KEPT {
            return Ok(Retention::NotKept);
        }
        let days = text.strip_suffix(" days").or(text.strip_suffix(" day")).and_then(|days| days.parse().ok());
        days.filter(|days| *days > 0)
            .map(Retention::Days)
            .ok_or("retention can't be read: write “60 days”, “life of the account” or “not kept”, or leave it out")
    }
}

fn is_us_class(class: DataClass) -> bool {
    use DataClass::*;
    matches!(
        class,
        Bsi | IpSession | Payment | TollRecords | OtherRecords | LocationHistorical | VideoViewing | ContentStored
    )
}

fn is_eu_class(class: DataClass) -> bool {
    use DataClass::*;
    matches!(class, Subscriber | IpIdentification | Traffic | Content)
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn repeated<'t>(mut ids: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    let mut seen = BTreeSet::new();
    ids.find(|id| !seen.insert(*id))
}
