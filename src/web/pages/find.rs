//! Open a case or a task by its reference. A post, so that nothing typed gets into an address by mistake.

use actix_web::HttpResponse;

use crate::actions::ActionError;
use crate::domain::case::CaseReference;
use crate::domain::staff::Verb;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::fields::Fields;
use crate::web::page::see_other;

/// `POST /find`
///
/// # Errors
/// [`ActionError::Invalid`] when the text is no reference.
pub async fn go(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    let reference =
        CaseReference::parse(fields.text("reference")).map_err(|error| ActionError::Invalid(vec![error]))?;
    let room = if visitor.may(Verb::Read) { "cases" } else { "tasks" };
    Ok(see_other(&format!("/{room}/{reference}")))
}
