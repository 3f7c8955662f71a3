//! Who asks: the session cookie or the API token of a request, looked up once, before anything else.

use std::rc::Rc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest};

use super::api::is_api;
use super::page::see_other;
use super::run::run;
use super::{App, WebError, WebSettings, csrf};
use crate::actions::sign_in::Arrived;
use crate::actions::{SignedIn, sign_in};
use crate::store::alarms::LogStanding;
use crate::store::queue::Desk;

/// Whoever made a request.
#[derive(Clone)]
pub enum Caller {
    /// A member of staff.
    Known(Rc<Known>),
    /// Nobody, or a session that has ended.
    Nobody,
    /// Somebody with an API token that is none.
    WrongToken,
}

/// A member of staff, as a request shows them.
pub struct Known {
    /// Who.
    pub who: SignedIn,
    /// Whether an API token says so. Browsers don't send those by themselves, so no form token is needed.
    pub is_by_token: bool,
    /// What the bar of a page counts for a person at a browser who works on cases.
    pub desk: Option<Desk>,
    /// How the log stands, for an admin or auditor at a browser, unless all is well.
    pub alarm: Option<LogStanding>,
}

impl Caller {
    /// Whoever made this request. [`recognise`] has looked already.
    pub fn of(req: &HttpRequest) -> Caller {
        req.extensions().get::<Caller>().cloned().unwrap_or(Caller::Nobody)
    }

    /// The member of staff.
    ///
    /// # Errors
    /// [`WebError::NotSignedIn`], [`WebError::BadApiToken`].
    pub fn known(self) -> Result<Rc<Known>, WebError> {
        match self {
            Caller::Known(known) => Ok(known),
            Caller::Nobody => Err(WebError::NotSignedIn),
            Caller::WrongToken => Err(WebError::BadApiToken),
        }
    }
}

/// Middleware: recognises the caller, and refuses what another site makes a browser send.
///
/// # Errors
/// Never itself; a refusal is a response.
pub async fn recognise(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match look(req.request()).await {
        Ok(caller) => {
            req.extensions_mut().insert(caller);
            Ok(next.call(req).await?.map_into_boxed_body())
        }
        Err(error) => Ok(refuse(req, error)),
    }
}

/// Middleware of all routes but the public ones: nobody gets past it, whatever the handler does.
///
/// # Errors
/// Never itself; a refusal is a response.
pub async fn required(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match Caller::of(req.request()).known() {
        Ok(known) if known.who.must_change_password() && !MEANWHILE.contains(&req.path()) => {
            Ok(req.into_response(see_other(CHANGE_PASSWORD)))
        }
        Ok(_) => Ok(next.call(req).await?.map_into_boxed_body()),
        Err(error) => Ok(refuse(req, error)),
    }
}

/// Where everybody is sent who signed in with a password that somebody else made.
pub const CHANGE_PASSWORD: &str = "/account/password";
/// What is open to them before they have chosen another.
const MEANWHILE: [&str; 2] = [CHANGE_PASSWORD, "/sign-out"];

/// With its error still in it, from which the error page is made.
fn refuse(req: ServiceRequest, error: WebError) -> ServiceResponse<BoxBody> {
    let (request, _) = req.into_parts();
    ServiceResponse::from_err(error, request)
}

async fn look(req: &HttpRequest) -> Result<Caller, WebError> {
    let Some(app) = req.app_data::<Data<App>>() else { return Ok(Caller::Nobody) };
    if req.path().starts_with("/static/") {
        return Ok(Caller::Nobody);
    }
    if let Some(token) = bearer(req) {
        let found = run(app, move |ctx| sign_in::by_token(ctx, &token)).await?;
        return Ok(found.map_or(Caller::WrongToken, |who| {
            Caller::Known(Rc::new(Known { who, is_by_token: true, desk: None, alarm: None }))
        }));
    }
    // The API takes tokens alone: a cookie, which browsers send by themselves, opens nothing there.
    if is_api(req.path()) {
        return Ok(Caller::Nobody);
    }
    if !req.method().is_safe() {
        csrf::refuse_foreign(req)?;
    }
    let Some(cookie) = req.cookie(cookie_name(&app.settings)) else { return Ok(Caller::Nobody) };
    let cookie = cookie.value().to_owned();
    let is_page = req.method().is_safe() && !req.path().starts_with("/documents/");
    let found = run(app, move |ctx| sign_in::by_cookie(ctx, &cookie, is_page));
    let known = |Arrived { who, desk, alarm }| Caller::Known(Rc::new(Known { who, is_by_token: false, desk, alarm }));
    Ok(found.await?.map_or(Caller::Nobody, known))
}

fn bearer(req: &HttpRequest) -> Option<String> {
    let value = req.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// Browsers take a `__Host-` cookie only over HTTPS, for this host alone; a plain trial needs another name.
fn cookie_name(settings: &WebSettings) -> &'static str {
    if settings.insecure_cookies { "sid" } else { "__Host-sid" }
}

/// The cookie that carries a session. It ends with the browser; the register ends it earlier.
pub fn cookie(settings: &WebSettings, value: String) -> Cookie<'static> {
    Cookie::build(cookie_name(settings), value)
        .path("/")
        .http_only(true)
        .secure(!settings.insecure_cookies)
        .same_site(SameSite::Lax)
        .finish()
}

/// The cookie that takes the session's cookie away.
pub fn no_cookie(settings: &WebSettings) -> Cookie<'static> {
    let mut cookie = cookie(settings, String::new());
    cookie.make_removal();
    cookie
}
