//! Answering what waits for a second admin.

use actix_web::HttpResponse;

use super::shown_once::password_page;
use crate::actions::sign_in::step_up;
use crate::actions::staff::answer_request;
use crate::domain::id::StaffRequestId;
use crate::domain::staff::Verb;
use crate::web::WebError;
use crate::web::extract::{Visitor, WithId};
use crate::web::fields::Fields;
use crate::web::once::{post_once, show_once};
use crate::web::page::see_other;

/// `POST /staff/requests/{id}/confirm`
///
/// # Errors
/// As [`step_up`] and [`answer_request::confirm`].
pub async fn confirm(visitor: Visitor, id: WithId<StaffRequestId>, fields: Fields) -> Result<HttpResponse, WebError> {
    let (WithId(id), password) = (id, fields.password("password"));
    show_once(&visitor, &fields, || async {
        let confirmed = visitor.run(move |ctx, who| {
            let fresh = step_up(ctx, who, &password, Verb::ManageStaff)?;
            answer_request::confirm(ctx, who, id, fresh)
        });
        let confirmed = confirmed.await?;
        let to = format!("/staff/{}", confirmed.staff);
        let answer = match confirmed.shown {
            Some(shown) => password_page(&visitor, shown, to.clone())?,
            None => see_other(&to),
        };
        Ok((answer, to))
    })
    .await
}

/// `POST /staff/requests/{id}/decline`
///
/// # Errors
/// As [`answer_request::decline`].
pub async fn decline(visitor: Visitor, id: WithId<StaffRequestId>, fields: Fields) -> Result<HttpResponse, WebError> {
    let WithId(id) = id;
    post_once(&visitor, &fields, || async {
        let about = visitor.run(move |ctx, who| answer_request::decline(ctx, who, id)).await?;
        Ok(format!("/staff/{about}"))
    })
    .await
}
