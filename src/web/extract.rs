//! What handlers take out of a request: the signed-in person, and the case in the address.

use std::cell::RefCell;
use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::fields::Fields;
use super::frame::{Frame, Place};
use super::once::Turns;
use super::session::{Caller, Known};
use super::{App, WebError, csrf};
use crate::actions::on_case::OnCase;
use crate::actions::post_form::Claim;
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::case::CaseReference;
use crate::domain::staff::{Role, Verb, roles_for};
use crate::domain::time::Instant;
use crate::store::alarms::LogStanding;
use crate::store::queue::Desk;

/// The signed-in person who made the request.
#[derive(Clone)]
pub struct Visitor {
    /// The application.
    pub app: Data<App>,
    pub(super) turns: Data<Turns>,
    known: Rc<Known>,
    /// The form under whose id this request's acts are being done.
    claim: Rc<RefCell<Option<Arc<Claim>>>>,
}

impl Visitor {
    /// Who.
    pub fn who(&self) -> &SignedIn {
        &self.known.who
    }

    /// Whether this person holds a role.
    pub fn is(&self, role: Role) -> bool {
        self.known.who.staff.is(role)
    }

    /// Whether one of this person's roles allows a verb at all. For what pages offer; actions ask for themselves.
    pub fn may(&self, verb: Verb) -> bool {
        roles_for(verb).iter().any(|&role| self.is(role))
    }

    /// What the bar counts for this person.
    pub fn desk(&self) -> Option<Desk> {
        self.known.desk
    }

    /// How the log stands, for an admin or auditor, unless all is well.
    pub fn alarm(&self) -> Option<&LogStanding> {
        self.known.alarm.as_ref()
    }

    /// The time now.
    pub fn now(&self) -> Instant {
        self.app.ctx.now()
    }

    /// A fresh form token; empty for an API token, which needs none.
    pub fn csrf(&self) -> String {
        let session = self.known.who.session.as_ref();
        session.map_or_else(String::new, |s| csrf::token(&self.app.settings.csrf_key, &s.id_hash))
    }

    /// Whether a form token is this session's. With an API token none is needed.
    pub fn has_token(&self, token: &str) -> bool {
        let session = self.known.who.session.as_ref();
        self.known.is_by_token || session.is_some_and(|s| csrf::fits(&self.app.settings.csrf_key, &s.id_hash, token))
    }

    /// Runs an act as this person on the blocking pool.
    ///
    /// # Errors
    /// What the act ends with.
    pub async fn run<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Ctx, &SignedIn) -> Result<T, ActionError> + Send + 'static,
    ) -> Result<T, WebError> {
        let (who, claim) = (self.known.who.clone(), self.claim.borrow().clone());
        let act = move |ctx: &Ctx| match claim {
            Some(claim) => act(&ctx.claiming(claim), &who),
            None => act(ctx, &who),
        };
        super::run::run(&self.app, act).await
    }

    /// Begins or ends doing acts under a form's id.
    pub(super) fn claims(&self, claim: Option<Arc<Claim>>) {
        self.claim.replace(claim);
    }

    /// The frame of a page for this person.
    pub fn frame(&self, title: impl Into<String>, place: Place) -> Frame {
        Frame::of(self, title.into(), place)
    }

    /// The visitor of a request, if somebody is signed in.
    pub fn find(req: &HttpRequest) -> Result<Visitor, WebError> {
        let known = Caller::of(req).known()?;
        let (app, turns) = (req.app_data::<Data<App>>(), req.app_data::<Data<Turns>>());
        match (app, turns) {
            (Some(app), Some(turns)) => {
                Ok(Visitor { app: app.clone(), turns: turns.clone(), known, claim: Rc::default() })
            }
            _ => Err(WebError::NotSignedIn),
        }
    }
}

impl FromRequest for Visitor {
    type Error = WebError;
    type Future = Ready<Result<Visitor, WebError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Visitor::find(req))
    }
}

/// The case named in the address, `…/{reference}/…`.
#[derive(Debug, Clone)]
pub struct OfCase(pub CaseReference);

impl OfCase {
    /// The case at the version that the form was made from.
    pub fn seen_in(&self, fields: &Fields) -> OnCase {
        OnCase { reference: self.0.clone(), version: fields.version() }
    }

    /// The address of the case's page.
    pub fn href(&self) -> String {
        format!("/cases/{}", self.0)
    }
}

impl FromRequest for OfCase {
    type Error = WebError;
    type Future = Ready<Result<OfCase, WebError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let reference = CaseReference::parse(req.match_info().query("reference"));
        ready(reference.map(OfCase).map_err(|_| ActionError::NotFound.into()))
    }
}

/// An id named in the address, `…/{id}`, of the kind `T`. What is no id is not found.
#[derive(Debug, Clone, Copy)]
pub struct WithId<T>(pub T);

impl<T: std::str::FromStr + 'static> FromRequest for WithId<T> {
    type Error = WebError;
    type Future = Ready<Result<WithId<T>, WebError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(req.match_info().query("id").parse().map(WithId).map_err(|_| ActionError::NotFound.into()))
    }
}
