//! The transparency report: a page, and the same figures as CSV and JSON at the same address.

mod behind;
mod charts;
mod figures;
mod trend;

use actix_web::http::header::{self, ContentDisposition};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::actions::report_transparency::{Lists, report_transparency, report_with_lists};
use crate::domain::catalogue::Catalogue;
use crate::domain::half_year::HalfYear;
use crate::report::{HalfYearReport, RULES, Table, Transparency, share, thousands};
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::frame::{Frame, Place};
use crate::web::page::ok;

use charts::Bars;
use figures::{Figures, by_country, by_service, of_enterprise};
use trend::Trend;

/// Which half-year, and as CSV which table.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    period: String,
    #[serde(default)]
    table: String,
}

#[derive(Template)]
#[template(path = "transparency.html")]
struct ReportTemplate {
    frame: Frame,
    period: HalfYear,
    /// Newest first.
    periods: Vec<HalfYear>,
    half: Option<HalfPage>,
    rules: &'static [&'static str],
}

/// What the page shows of one half-year.
struct HalfPage {
    tiles: Vec<Tile>,
    countries: Figures,
    sum: String,
    overridden: String,
    bars: Bars,
    trend: Trend,
    /// `None` where no organisation's account was asked about.
    enterprise: Option<Figures>,
    services: Figures,
}

struct Tile {
    name: &'static str,
    figure: String,
    beside: String,
}

/// `GET /reports/transparency`
///
/// # Errors
/// A refusal for people who may not; when the store fails.
pub async fn show(visitor: Visitor, asked: web::Query<Asked>) -> Result<HttpResponse, WebError> {
    let asked = period(&asked.period)?;
    let (report, lists) = visitor.run(report_with_lists).await?;
    let periods: Vec<HalfYear> = report.halves.iter().rev().map(|half| half.period).collect();
    let period = asked.or(periods.first().copied()).unwrap_or(HalfYear::of(visitor.now().day()));
    ok(&ReportTemplate {
        frame: visitor.frame("Transparency report", Place::Reports),
        period,
        periods,
        half: report.half(period).map(|half| half_page(half, &report, &lists, &visitor.app.ctx.catalogue)),
        rules: RULES,
    })
}

/// `GET /reports/transparency.csv`: one table, of one half-year or of all.
///
/// # Errors
/// A refusal for people who may not; when the store fails.
pub async fn csv(visitor: Visitor, asked: web::Query<Asked>) -> Result<HttpResponse, WebError> {
    let (period, table) = (period(&asked.period)?, table(&asked.table)?);
    let report = visitor.run(report_transparency).await?;
    let name = match period {
        Some(period) => format!("transparency-{table}-{period}.csv"),
        None => format!("transparency-{table}.csv"),
    };
    Ok(file("text/csv; charset=utf-8", name, only(report, period).to_csv(table)))
}

/// `GET /reports/transparency.json`: all tables with the rules of counting, of one half-year or of all.
///
/// # Errors
/// A refusal for people who may not; when the store fails.
pub async fn json(visitor: Visitor, asked: web::Query<Asked>) -> Result<HttpResponse, WebError> {
    let period = period(&asked.period)?;
    let report = visitor.run(report_transparency).await?;
    Ok(file("application/json", "transparency.json".into(), only(report, period).to_json().to_string()))
}

fn half_page(half: &HalfYearReport, report: &Transparency, lists: &Lists, catalogue: &Catalogue) -> HalfPage {
    HalfPage {
        tiles: tiles(half, report),
        countries: by_country(half, lists),
        sum: sum(half),
        overridden: overridden(half.overridden),
        bars: Bars::of(half),
        trend: Trend::of(report, half.period),
        enterprise: (half.enterprise_total.requests() > 0).then(|| of_enterprise(half, lists)),
        services: by_service(half, lists, catalogue),
    }
}

fn tiles(half: &HalfYearReport, report: &Transparency) -> Vec<Tile> {
    use crate::report::CountedAs::{Content, NonContentOnly, Pending};
    let all = half.total.all();
    let of = |state| half.total.of(state).requests;
    let given = of(Content).saturating_add(of(NonContentOnly));
    let before = report.halves.iter().rev().find(|other| other.period < half.period);
    let beside_requests = match before {
        Some(before) => format!("{} in {}", thousands(before.total.requests()), before.period),
        None => "the first half-year there is".into(),
    };
    let tile = |name, figure, beside| Tile { name, figure, beside };
    vec![
        tile("Requests", thousands(all.requests), beside_requests),
        tile("Accounts named", thousands(half.total.accounts), "an account in two requests counts twice".into()),
        tile("Some data given", share(given, all.requests), format!("{} requests", thousands(given))),
        tile("Content given", share(of(Content), all.requests), format!("{} requests", thousands(of(Content)))),
        tile("Pending", thousands(of(Pending)), "no outcome yet".into()),
        tile("Imported", thousands(all.imported), "closed before Writ, through no gate of ours".into()),
    ]
}

/// The columns of the half-year's total, written out as the sum they are.
fn sum(half: &HalfYearReport) -> String {
    let parts: Vec<String> = half
        .total
        .columns()
        .map(|(column, tally)| format!("{} {}", thousands(tally.requests), column.label()))
        .collect();
    format!("{} = {} requests", parts.join(" + "), thousands(half.total.requests()))
}

/// In how many requests a reviewer went beyond the rules' verdict, as a sentence; empty where in none.
fn overridden(count: u64) -> String {
    match count {
        0 => String::new(),
        1 => "In one of them a legal reviewer decided beyond the verdict of the rules.".to_owned(),
        _ => format!("In {} of them a legal reviewer decided beyond the verdict of the rules.", thousands(count)),
    }
}

fn only(report: Transparency, period: Option<HalfYear>) -> Transparency {
    match period {
        Some(period) => report.only(period),
        None => report,
    }
}

fn period(text: &str) -> Result<Option<HalfYear>, WebError> {
    let given = Some(text.trim()).filter(|text| !text.is_empty());
    given.map(|text| text.parse().map_err(|_| WebError::NotFoundPage)).transpose()
}

fn table(text: &str) -> Result<Table, WebError> {
    match text {
        "" => Ok(Table::Countries),
        word => word.parse().map_err(|_| WebError::NotFoundPage),
    }
}

fn file(content_type: &str, name: String, body: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CONTENT_DISPOSITION, ContentDisposition::attachment(name)))
        .body(body)
}
