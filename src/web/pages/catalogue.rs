//! The catalogue as a page: which services there are, what each keeps, in which class, for how long.

use std::sync::Arc;

use actix_web::HttpResponse;
use askama::Template;

use crate::actions::view_rules::view_catalogue;
use crate::domain::catalogue::{Catalogue, Category};
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::frame::{Frame, Place};
use crate::web::page::ok;

#[derive(Template)]
#[template(path = "catalogue.html")]
struct CataloguePage {
    frame: Frame,
    catalogue: Arc<Catalogue>,
}

/// `GET /catalogue`
///
/// # Errors
/// A refusal for people who do not read the rules.
pub async fn show(visitor: Visitor) -> Result<HttpResponse, WebError> {
    let catalogue = visitor.run(view_catalogue).await?;
    ok(&CataloguePage { frame: visitor.frame("Catalogue", Place::Catalogue), catalogue })
}

impl CataloguePage {
    /// How long a kind of data is kept, in words.
    fn kept(&self, category: &Category) -> String {
        category.retention.map_or_else(|| "not stated".to_owned(), |retention| retention.to_string())
    }
}
