//! Past cases: what was closed before Writ and imported.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use crate::actions::view_past_cases::{PastCasesPage, PastLine, view_past_cases};
use crate::domain::agency::Country;
use crate::domain::country::country_name;
use crate::domain::half_year::HalfYear;
use crate::domain::outcome::Outcome;
use crate::domain::past_case::{DisclosedBy, PastAfter, PastFilter, ServiceWord};
use crate::domain::redirect::RedirectResult;
use crate::domain::requester::CustomerType;
use crate::report::{CustomerKind, thousands};
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::fields::{Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::page::ok;

/// Which past cases to show, as the address says. Empty means any; outcomes stand with commas between them.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    period: String,
    #[serde(default)]
    country: String,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    customer: String,
    #[serde(default)]
    ground: String,
    #[serde(default)]
    service: String,
    #[serde(default)]
    after: String,
}

#[derive(Template)]
#[template(path = "past_cases.html")]
struct PastCasesTemplate {
    frame: Frame,
    form: Form,
    /// What the address narrows beyond the fields of the form.
    narrowed: Vec<(&'static str, String)>,
    periods: Vec<HalfYear>,
    countries: Vec<(Country, String)>,
    outcomes: &'static [Outcome],
    lines: Vec<PastLine>,
    total: String,
    next: Option<String>,
    is_first: bool,
    is_filtered: bool,
    is_sealed: bool,
}

/// `GET /past-cases`
///
/// # Errors
/// A refusal for people who may not read them; when the store fails.
pub async fn show(visitor: Visitor, asked: web::Query<Asked>) -> Result<HttpResponse, WebError> {
    let asked = asked.into_inner();
    let filter = filter(&asked).ok_or(WebError::NotFoundPage)?;
    let after = match asked.after.as_str() {
        "" => None,
        text => Some(parse_after(text).ok_or(WebError::NotFoundPage)?),
    };
    let is_filtered = filter != PastFilter::default();
    let shown = visitor.run(move |ctx, who| view_past_cases(ctx, who, &filter, after)).await?;
    ok(&page(&visitor, &asked, shown, is_filtered))
}

fn page(visitor: &Visitor, asked: &Asked, shown: PastCasesPage, is_filtered: bool) -> PastCasesTemplate {
    let mut countries: Vec<(Country, String)> =
        shown.countries.into_iter().map(|code| (code.clone(), country_name(code.as_str()).to_owned())).collect();
    countries.sort_by(|a, b| a.1.cmp(&b.1));
    let fields = [("period", &asked.period), ("country", &asked.country), ("outcome", &asked.outcome)];
    let more = [("customer", &asked.customer), ("ground", &asked.ground), ("service", &asked.service)];
    let next = shown.next.map(|after| {
        let mut query = Serializer::new(String::new());
        for (name, value) in fields.iter().chain(&more).filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        query.append_pair("after", &spell_after(after));
        format!("/past-cases?{}", query.finish())
    });
    PastCasesTemplate {
        frame: visitor.frame("Past cases", Place::PastCases),
        form: Form::filled(Fields::filled(fields.map(|(name, value)| (name, value.as_str())))),
        narrowed: more.iter().filter(|(_, value)| !value.is_empty()).map(|(n, value)| (*n, (*value).clone())).collect(),
        periods: shown.periods,
        countries,
        outcomes: Outcome::ALL,
        is_sealed: shown.lines.iter().any(|line| line.personal.is_none()),
        lines: shown.lines,
        total: thousands(u64::try_from(shown.total).unwrap_or(0)),
        next,
        is_first: asked.after.is_empty(),
        is_filtered,
    }
}

/// The filter of an address; `None` where it asks for what there is not.
fn filter(asked: &Asked) -> Option<PastFilter> {
    Some(PastFilter {
        period: given(&asked.period, |text| text.parse().ok())?,
        country: given(&asked.country, |text| Country::parse("country", text).ok())?,
        outcomes: given(&asked.outcome, |text| text.split(',').map(|word| word.parse().ok()).collect())?
            .unwrap_or_default(),
        customers: given(&asked.customer, customers)?.unwrap_or_default(),
        disclosed_by: given(&asked.ground, ground)?,
        service: given(&asked.service, |text| ServiceWord::parse(text).ok())?,
    })
}

/// Nothing where nothing is asked for; else what `parse` makes of it.
fn given<T>(text: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    match text.trim() {
        "" => Some(None),
        text => parse(text).map(Some),
    }
}

fn customers(text: &str) -> Option<Vec<CustomerType>> {
    let kind: CustomerKind = text.parse().ok()?;
    Some(CustomerType::ALL.iter().copied().filter(|customer| CustomerKind::from(*customer) == kind).collect())
}

fn ground(text: &str) -> Option<DisclosedBy> {
    match text {
        "otherwise" => Some(DisclosedBy::Otherwise),
        word => word.parse::<RedirectResult>().ok().map(DisclosedBy::Ground),
    }
}

/// `<day>_<uuid>`: the last line of the page before.
fn parse_after(text: &str) -> Option<PastAfter> {
    let (day, id) = text.split_once('_')?;
    Some(PastAfter { received_on: day.parse().ok()?, id: id.parse().ok()? })
}

fn spell_after(after: PastAfter) -> String {
    format!("{}_{}", after.received_on, after.id)
}
