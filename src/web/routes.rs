//! The table of the house: every address, who may call it, and what answers.

use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{guard, http};

use super::pages::{
    account, approval, case, closing, decision, demand, documents, find, log, new_case, queue, report, sign_in, task,
    tasks,
};
use super::pages::{approvals, assign, related, search, views};
use super::{WebError, assets, session};
use crate::domain::staff::{Role, Verb, roles_for};

/// How an address is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read. `HEAD` is answered too.
    Get,
    /// Act.
    Post,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anybody.
    Public,
    /// Anybody who is signed in.
    AnyStaff,
    /// Whoever has a role that allows one of these verbs. The action asks, so that a refusal stands in the log.
    May(&'static [Verb]),
    /// Whoever holds this role.
    Role(Role),
}

impl Who {
    /// Whether holders of a role may call it.
    pub fn includes(self, role: Role) -> bool {
        match self {
            Who::Public | Who::AnyStaff => true,
            Who::May(verbs) => verbs.iter().any(|&verb| roles_for(verb).contains(&role)),
            Who::Role(needed) => needed == role,
        }
    }
}

/// One route.
pub struct Route {
    /// How.
    pub method: Method,
    /// Where, as a pattern.
    pub path: &'static str,
    /// Who.
    pub who: Who,
    answer: fn() -> actix_web::Route,
}

macro_rules! routes {
    ($($method:ident $path:literal, $who:expr => $handler:path;)+) => {
        /// Every route.
        pub const ROUTES: &[Route] =
            &[$(Route { method: Method::$method, path: $path, who: $who, answer: || web::to($handler) }),+];
    };
}

use Who::{AnyStaff, May, Public};

routes! {
    Get  "/",                                   AnyStaff => sign_in::home;
    Get  "/sign-in",                            Public => sign_in::show;
    Post "/sign-in",                            Public => sign_in::sign_in;
    Post "/sign-out",                           AnyStaff => sign_in::sign_out;
    Get  "/account",                            AnyStaff => account::show;
    Post "/find",                               AnyStaff => find::go;

    Get  "/queue",                              May(&[Verb::ReadQueue]) => queue::show;
    Get  "/queue.csv",                          May(&[Verb::ReadQueue]) => queue::csv;
    Post "/queue/assign",                       May(&[Verb::Assign]) => assign::assign_many;
    Get  "/queue/views",                        May(&[Verb::ReadQueue]) => views::show;
    Post "/queue/views",                        May(&[Verb::ReadQueue]) => views::save;
    Post "/queue/views/{id}",                   May(&[Verb::ReadQueue]) => views::rename;
    Post "/queue/views/{id}/delete",            May(&[Verb::ReadQueue]) => views::delete;
    Get  "/approvals",                          May(&[Verb::ReadQueue]) => approvals::show;
    Get  "/search",                             May(&[Verb::Search]) => search::form;
    Post "/search",                             May(&[Verb::Search]) => search::search;
    Get  "/search/{id}",                        May(&[Verb::Search]) => search::found;
    Get  "/cases/{reference}/assign",           May(&[Verb::Assign]) => assign::form;
    Post "/cases/{reference}/assign",           May(&[Verb::Assign]) => assign::assign_one;
    Get  "/cases/{reference}/related",          May(&[Verb::Link]) => related::show;
    Post "/cases/{reference}/links",            May(&[Verb::Link]) => related::link;
    Post "/cases/{reference}/links/{id}/remove", May(&[Verb::Link]) => related::unlink;
    Post "/documents",                          May(&[Verb::Open]) => documents::receive;
    Get  "/documents/{id}",                     May(&[Verb::ReadDocument, Verb::Collect]) => documents::show;

    Get  "/cases/new",                          May(&[Verb::Open]) => new_case::show;
    Post "/cases",                              May(&[Verb::Open]) => new_case::open;
    Get  "/cases/{reference}",                  May(&[Verb::Read]) => case::show;
    Get  "/cases/{reference}/amend",            May(&[Verb::Amend]) => case::amend_form;
    Post "/cases/{reference}/amend",            May(&[Verb::Amend]) => case::amend;
    Post "/cases/{reference}/documents",        May(&[Verb::Attach]) => case::attach;
    Post "/cases/{reference}/checks",           May(&[Verb::Verify]) => case::check;
    Post "/cases/{reference}/secrecy",          May(&[Verb::RecordSecrecy]) => case::secrecy;
    Post "/cases/{reference}/assess",           May(&[Verb::Assess]) => case::assess;
    Post "/cases/{reference}/demands",          May(&[Verb::AddDemand]) => demand::add;
    Get  "/cases/{reference}/demands/{id}",     May(&[Verb::ChangeDemand]) => demand::form;
    Post "/cases/{reference}/demands/{id}",     May(&[Verb::ChangeDemand]) => demand::change;
    Post "/cases/{reference}/demands/{id}/remove", May(&[Verb::RemoveDemand]) => demand::remove;
    Post "/cases/{reference}/decision",         May(&[Verb::Decide]) => decision::decide;
    Get  "/cases/{reference}/approval",         May(&[Verb::Read]) => approval::show;
    Post "/cases/{reference}/approve",          May(&[Verb::Approve]) => approval::approve;
    Post "/cases/{reference}/return",           May(&[Verb::Return]) => approval::send_back;
    Post "/cases/{reference}/release",          May(&[Verb::Release]) => closing::release;
    Post "/cases/{reference}/close",            May(&[Verb::Close]) => closing::close;
    Post "/cases/{reference}/withdraw",         May(&[Verb::Withdraw]) => closing::withdraw;

    Get  "/tasks",                              May(&[Verb::ReadTask]) => tasks::show;
    Get  "/tasks/{reference}",                  May(&[Verb::ReadTask]) => task::show;
    Post "/tasks/{reference}",                  May(&[Verb::Collect]) => task::collect;

    Get  "/log",                                May(&[Verb::ReadLog]) => log::show;
    Post "/log/verify",                         May(&[Verb::VerifyLog]) => log::verify;
    Get  "/reports/transparency.csv",           May(&[Verb::Report]) => report::transparency;

    Get  "/static/{file}",                      Public => assets::show;
}

/// Registers them all. Nobody who is not signed in gets to a handler of a route that is not public.
pub fn register(config: &mut ServiceConfig) {
    for (at, route) in ROUTES.iter().enumerate() {
        if ROUTES.iter().take(at).any(|earlier| earlier.path == route.path) {
            continue;
        }
        let here = ROUTES.iter().filter(|other| other.path == route.path);
        let resource = here.fold(web::resource(route.path), |resource, route| resource.route(route.guarded()));
        let resource = resource.default_service(web::to(wrong_method));
        match route.path {
            // Only what holds no secrets is compressed: a page's length would tell of them.
            "/static/{file}" => config.service(resource.wrap(Compress::default())),
            _ => config.service(resource),
        };
    }
    config.default_service(web::to(not_found));
}

impl Route {
    fn guarded(&self) -> actix_web::Route {
        let route = match self.method {
            Method::Get => (self.answer)().guard(guard::Any(guard::Get()).or(guard::Head())),
            Method::Post => (self.answer)().method(http::Method::POST),
        };
        match self.who {
            Who::Public => route,
            Who::AnyStaff | Who::May(_) | Who::Role(_) => route.wrap(from_fn(session::required)),
        }
    }
}

async fn not_found() -> Result<&'static str, WebError> {
    Err(WebError::NotFoundPage)
}

async fn wrong_method() -> Result<&'static str, WebError> {
    Err(WebError::WrongMethod)
}
