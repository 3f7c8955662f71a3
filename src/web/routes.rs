//! The table of the house: every address, who may call it, and what answers.

use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{guard, http};

use super::pages::{
    account, agenda, alarms, approval, case, case_archive, case_clocks, case_desk, case_print, case_retention,
    case_rules, case_unknown, catalogue, closing, decision, demand, demands_many, documents, entry, find, findings,
    law, law_here, log, log_bundle, log_checkpoints, member, new_case, outbox, own_password, past_cases, queue, report,
    retention, samples, settings, sign_in, staff, staff_request, task, tasks, teams, timeline,
};
use super::pages::{approvals, assign, related, search, views};
use super::{WebError, api, assets, packing, session};
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
    Get  "/account/password",                   AnyStaff => own_password::show;
    Post "/account/password",                   AnyStaff => own_password::change;
    Post "/account/sessions",                   AnyStaff => account::end_sessions;
    Post "/account/tokens",                     AnyStaff => account::make_token;
    Post "/account/tokens/revoke",              AnyStaff => account::revoke_token;
    Post "/account/calendar",                   May(&[Verb::ReadQueue]) => agenda::make;
    Post "/account/calendar/end",               May(&[Verb::ReadQueue]) => agenda::end;
    Post "/find",                               AnyStaff => find::go;

    Get  "/staff",                              May(&[Verb::ManageStaff]) => staff::show;
    Post "/staff",                              May(&[Verb::ManageStaff]) => staff::add;
    Post "/staff/requests/{id}/confirm",        May(&[Verb::ManageStaff]) => staff_request::confirm;
    Post "/staff/requests/{id}/decline",        May(&[Verb::ManageStaff]) => staff_request::decline;
    Get  "/staff/{id}",                         May(&[Verb::ManageStaff]) => member::show;
    Post "/staff/{id}",                         May(&[Verb::ManageStaff]) => member::change;
    Post "/staff/{id}/deactivate",              May(&[Verb::ManageStaff]) => member::deactivate;
    Post "/staff/{id}/reactivate",              May(&[Verb::ManageStaff]) => member::reactivate;
    Post "/staff/{id}/password",                May(&[Verb::ManageStaff]) => member::reset_password;
    Post "/staff/{id}/sessions",                May(&[Verb::ManageStaff]) => member::end_sessions;
    Post "/staff/{id}/tokens/revoke",           May(&[Verb::ManageStaff]) => member::revoke_token;
    Get  "/teams",                              May(&[Verb::ManageStaff]) => teams::show;
    Post "/teams",                              May(&[Verb::ManageStaff]) => teams::add;
    Post "/teams/{id}",                         May(&[Verb::ManageStaff]) => teams::rename;
    Get  "/catalogue",                          May(&[Verb::ReadRules]) => catalogue::show;
    Get  "/law",                                May(&[Verb::ReadRules]) => law::show;
    Get  "/law/facts",                          May(&[Verb::ReadRules]) => law::facts;
    Get  "/law/propose",                        May(&[Verb::ProposeLaw]) => law_here::form;
    Post "/law/propose",                        May(&[Verb::ProposeLaw]) => law_here::propose;
    Get  "/law/proposals/{id}",                 May(&[Verb::ReadRules]) => law_here::show;
    Post "/law/proposals/{id}/adopt",           May(&[Verb::AdoptLaw]) => law_here::adopt;
    Post "/law/proposals/{id}/decline",         May(&[Verb::ProposeLaw]) => law_here::decline;
    Get  "/law/{pack}",                         May(&[Verb::ReadRules]) => law::pack;
    Get  "/law/{pack}/{rule}",                  May(&[Verb::ReadRules]) => law::rule;
    Get  "/settings",                           May(&[Verb::ReadSettings]) => settings::show;

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
    Post "/cases/{reference}/facts",            May(&[Verb::Amend]) => case_unknown::fill_in;
    Post "/cases/{reference}/documents",        May(&[Verb::Attach]) => case::attach;
    Post "/cases/{reference}/checks",           May(&[Verb::Verify]) => case::check;
    Post "/cases/{reference}/secrecy",          May(&[Verb::RecordSecrecy]) => case::secrecy;
    Post "/cases/{reference}/assess",           May(&[Verb::Assess]) => case::assess;
    Post "/cases/{reference}/demands",          May(&[Verb::AddDemand]) => demand::add;
    Get  "/cases/{reference}/demands/many",     May(&[Verb::AddDemand]) => demands_many::show;
    Post "/cases/{reference}/demands/many",     May(&[Verb::AddDemand]) => demands_many::enter;
    Get  "/cases/{reference}/demands/{id}",     May(&[Verb::ChangeDemand]) => demand::form;
    Post "/cases/{reference}/demands/{id}",     May(&[Verb::ChangeDemand]) => demand::change;
    Get  "/cases/{reference}/demands/{id}/rules", May(&[Verb::Read]) => case_rules::show;
    Post "/cases/{reference}/demands/{id}/split", May(&[Verb::SplitDemand]) => demand::split;
    Post "/cases/{reference}/demands/{id}/remove", May(&[Verb::RemoveDemand]) => demand::remove;
    Post "/cases/{reference}/decision",         May(&[Verb::Decide]) => decision::decide;
    Get  "/cases/{reference}/approval",         May(&[Verb::Read]) => approval::show;
    Post "/cases/{reference}/approve",          May(&[Verb::Approve]) => approval::approve;
    Post "/cases/{reference}/return",           May(&[Verb::Return]) => approval::send_back;
    Post "/cases/{reference}/release",          May(&[Verb::Release]) => closing::release;
    Post "/cases/{reference}/close",            May(&[Verb::Close]) => closing::close;
    Post "/cases/{reference}/withdraw",         May(&[Verb::Withdraw]) => closing::withdraw;

    Get  "/cases/{reference}/print",            May(&[Verb::Read]) => case_print::show;
    Get  "/cases/{reference}/archive",          May(&[Verb::TakeArchive]) => case_archive::show;
    Post "/cases/{reference}/archive",          May(&[Verb::TakeArchive]) => case_archive::take;
    Post "/cases/{reference}/wait",             May(&[Verb::BeginWait]) => case_desk::wait;
    Post "/cases/{reference}/wait/end",         May(&[Verb::EndWait]) => case_desk::end;
    Post "/cases/{reference}/clocks/move",      May(&[Verb::MoveClock]) => case_clocks::put_off;
    Post "/cases/{reference}/clocks/settle",    May(&[Verb::SettleClock]) => case_clocks::settle;
    Post "/cases/{reference}/comments",         May(&[Verb::Comment]) => case_desk::comment;
    Post "/cases/{reference}/checklist",        May(&[Verb::TickChecklist]) => case_desk::tick;
    Post "/cases/{reference}/redirect",         May(&[Verb::AnswerRedirect]) => case_desk::redirect;
    Get  "/cases/{reference}/redirect-letter",  May(&[Verb::Read]) => case_desk::show_letter;

    Get  "/tasks",                              May(&[Verb::ReadTask]) => tasks::show;
    Get  "/tasks/{reference}",                  May(&[Verb::ReadTask]) => task::show;
    Post "/tasks/{reference}",                  May(&[Verb::Collect]) => task::collect;

    Get  "/log",                                May(&[Verb::ReadLog]) => log::show;
    Get  "/log.csv",                            May(&[Verb::ReadLog]) => log::export;
    Post "/log/verify",                         May(&[Verb::VerifyLog]) => log::verify;
    Get  "/log/bundle",                         May(&[Verb::ReadLog]) => log_bundle::show;
    Post "/log/bundle",                         May(&[Verb::ReadLog]) => log_bundle::take;
    Get  "/log/checkpoints",                    May(&[Verb::ReadLog]) => log_checkpoints::show;
    Post "/log/checkpoints",                    May(&[Verb::VerifyLog]) => log_checkpoints::take_in;
    Get  "/log/checkpoints/{size}",             May(&[Verb::ReadLog]) => log_checkpoints::note;
    Get  "/log/samples",                        May(&[Verb::ReadLog]) => samples::show;
    Post "/log/samples",                        May(&[Verb::Audit]) => samples::draw;
    Get  "/log/samples/{id}",                   May(&[Verb::ReadLog]) => samples::one;
    Post "/log/samples/{id}/tick",              May(&[Verb::Audit]) => samples::tick;
    Get  "/log/timeline",                       May(&[Verb::ReadLog]) => timeline::show;
    Get  "/findings",                           May(&[Verb::ReadFindings]) => findings::show;
    Get  "/findings/{id}",                      May(&[Verb::ReadFindings]) => findings::one;
    Post "/findings/{id}/answer",               May(&[Verb::AnswerFinding]) => findings::answer;
    Post "/findings/{id}/close",                May(&[Verb::Audit]) => findings::close;
    Get  "/reports/transparency",               May(&[Verb::Report]) => report::show;
    Get  "/reports/transparency.csv",           May(&[Verb::Report]) => report::csv;
    Get  "/reports/transparency.json",          May(&[Verb::Report]) => report::json;
    Get  "/past-cases",                         May(&[Verb::ReadPastCases]) => past_cases::show;

    Get  "/outbox",                             May(&[Verb::ManageStaff]) => outbox::show;
    Post "/outbox/retry",                       May(&[Verb::ManageStaff]) => outbox::retry;
    Get  "/log/{id}",                           May(&[Verb::ReadLog]) => entry::show;
    Post "/log/{id}/unseal",                    May(&[Verb::Unseal]) => entry::unseal;
    Post "/log/{id}/notes",                     May(&[Verb::Audit]) => entry::note;

    Get  "/alarms",                             May(&[Verb::AcknowledgeAlarm]) => alarms::show;
    Post "/alarms/{id}/acknowledge",            May(&[Verb::AcknowledgeAlarm]) => alarms::acknowledge;

    Get  "/retention",                          May(&[Verb::ReadRetention]) => retention::show;
    Post "/retention/erasures",                 May(&[Verb::ProposeErasure]) => retention::propose;
    Get  "/retention/erasures/{id}",            May(&[Verb::ReadRetention]) => retention::one;
    Post "/retention/erasures/{id}/approve",    May(&[Verb::ApproveErasure]) => retention::approve;
    Post "/retention/erasures/{id}/decline",    May(&[Verb::ProposeErasure, Verb::ApproveErasure]) => retention::decline;
    Get  "/cases/{reference}/retention",        May(&[Verb::ReadRetention]) => case_retention::show;
    Post "/cases/{reference}/retention/holds",  May(&[Verb::PlaceHold]) => case_retention::hold;
    Post "/cases/{reference}/retention/holds/{id}/lift", May(&[Verb::PlaceHold]) => case_retention::lift;
    Post "/cases/{reference}/retention/erase",  May(&[Verb::ProposeErasure]) => case_retention::erase;

    Get  "/clocks",                             May(&[Verb::ReadQueue]) => agenda::show;
    Get  "/calendar/{secret}.ics",              Public => agenda::feed;

    Get  "/static/{file}",                      Public => assets::show;

    Get  "/api/v1/me",                          AnyStaff => api::me::show;
    Get  "/api/v1/words",                       AnyStaff => api::words::show;
    Get  "/api/v1/catalogue",                   AnyStaff => api::catalogue::show;
    Post "/api/v1/documents",                   May(&[Verb::Open]) => api::documents::receive;
    Get  "/api/v1/documents/{id}",              May(&[Verb::ReadDocument, Verb::Collect]) => api::documents::show;
    Get  "/api/v1/arrivals/{id}",               May(&[Verb::Open]) => api::documents::arrival;
    Get  "/api/v1/cases",                       May(&[Verb::ReadQueue]) => api::cases::list;
    Post "/api/v1/cases",                       May(&[Verb::Open]) => api::case::open;
    Get  "/api/v1/cases/{reference}",           May(&[Verb::Read]) => api::case::show;
    Get  "/api/v1/cases/{reference}/log",       May(&[Verb::Read]) => api::case::log;
    Post "/api/v1/cases/{reference}/amend",     May(&[Verb::Amend]) => api::case::amend;
    Post "/api/v1/cases/{reference}/documents", May(&[Verb::Attach]) => api::documents::attach;
    Post "/api/v1/cases/{reference}/checks",    May(&[Verb::Verify]) => api::checks::record;
    Post "/api/v1/cases/{reference}/secrecy",   May(&[Verb::RecordSecrecy]) => api::secrecy::record;
    Post "/api/v1/cases/{reference}/assign",    May(&[Verb::Assign]) => api::desk::assign;
    Post "/api/v1/cases/{reference}/wait",      May(&[Verb::BeginWait]) => api::desk::wait;
    Post "/api/v1/cases/{reference}/wait/end",  May(&[Verb::EndWait]) => api::desk::end;
    Post "/api/v1/cases/{reference}/clocks/move", May(&[Verb::MoveClock]) => api::clocks::put_off;
    Post "/api/v1/cases/{reference}/clocks/settle", May(&[Verb::SettleClock]) => api::clocks::settle;
    Post "/api/v1/cases/{reference}/checklist", May(&[Verb::TickChecklist]) => api::desk::checklist;
    Post "/api/v1/cases/{reference}/redirect",  May(&[Verb::AnswerRedirect]) => api::desk::redirect;
    Post "/api/v1/cases/{reference}/comments",  May(&[Verb::Comment]) => api::desk::comment;
    Post "/api/v1/cases/{reference}/assess",    May(&[Verb::Assess]) => api::assessment::assess;
    Post "/api/v1/cases/{reference}/demands",   May(&[Verb::AddDemand]) => api::demands::add;
    Post "/api/v1/cases/{reference}/demands/{id}", May(&[Verb::ChangeDemand]) => api::demands::change;
    Post "/api/v1/cases/{reference}/demands/{id}/split", May(&[Verb::SplitDemand]) => api::demands::split;
    Post "/api/v1/cases/{reference}/demands/{id}/remove", May(&[Verb::RemoveDemand]) => api::demands::remove;
    Post "/api/v1/cases/{reference}/decision",  May(&[Verb::Decide]) => api::decision::decide;
    Post "/api/v1/cases/{reference}/approve",   May(&[Verb::Approve]) => api::decision::approve;
    Post "/api/v1/cases/{reference}/return",    May(&[Verb::Return]) => api::decision::send_back;
    Post "/api/v1/cases/{reference}/release",   May(&[Verb::Release]) => api::closing::release;
    Post "/api/v1/cases/{reference}/close",     May(&[Verb::Close]) => api::closing::close;
    Post "/api/v1/cases/{reference}/withdraw",  May(&[Verb::Withdraw]) => api::closing::withdraw;
    Get  "/api/v1/clocks",                      May(&[Verb::ReadQueue]) => api::clocks::list;
    Get  "/api/v1/tasks",                       May(&[Verb::ReadTask]) => api::tasks::list;
    Get  "/api/v1/tasks/{reference}",           May(&[Verb::ReadTask]) => api::tasks::show;
    Post "/api/v1/tasks/{reference}",           May(&[Verb::Collect]) => api::tasks::collect;
    Get  "/api/v1/log",                         May(&[Verb::ReadLog]) => api::log::list;
    Post "/api/v1/log/verify",                  May(&[Verb::VerifyLog]) => api::log::verify;
    Get  "/api/v1/reports/transparency",        May(&[Verb::Report]) => api::reports::transparency;
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
        // Papers are compressed already, and leave byte for byte as they came.
        if route.path.ends_with("/documents/{id}") {
            config.service(resource);
        } else {
            config.service(resource.wrap(Compress::default()).wrap(from_fn(packing::ours_only)));
        }
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
