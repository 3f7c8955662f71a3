//! The transparency report: counts only.

use serde::Serialize;

use super::{Answer, ok};
use crate::actions::report_transparency::report_transparency;
use crate::report::{Counts, HalfYear, Row, TransparencyTable};
use crate::web::extract::Visitor;

#[derive(Serialize)]
struct TransparencyJson {
    half_years: Vec<HalfYearJson>,
}

#[derive(Serialize)]
struct HalfYearJson {
    period: String,
    rows: Vec<RowJson>,
    total: CountsJson,
}

#[derive(Serialize)]
struct RowJson {
    country: String,
    customer: &'static str,
    #[serde(flatten)]
    counts: CountsJson,
}

/// `requests` is the sum of what follows `accounts`; `accounts` counts identifiers and sums to nothing.
#[derive(Serialize)]
struct CountsJson {
    requests: u64,
    accounts: u64,
    content: u64,
    non_content_only: u64,
    no_data: u64,
    rejected: u64,
    redirected: u64,
    withdrawn: u64,
    preserved_only: u64,
    pending: u64,
}

/// `GET /api/v1/reports/transparency`
///
/// # Errors
/// As [`report_transparency`].
pub async fn transparency(by: Visitor) -> Answer {
    let table = by.run(report_transparency).await?;
    let half_years = table.totals.iter().map(|(period, total)| half_year(&table, *period, *total)).collect();
    Ok(ok(&TransparencyJson { half_years }))
}

fn half_year(table: &TransparencyTable, period: HalfYear, total: Counts) -> HalfYearJson {
    let rows = table.rows.iter().filter(|row| row.period == period);
    let row = |row: &Row| RowJson {
        country: row.country.clone(),
        customer: row.customer.as_str(),
        counts: counts(row.counts),
    };
    HalfYearJson { period: period.to_string(), rows: rows.map(row).collect(), total: counts(total) }
}

fn counts(counts: Counts) -> CountsJson {
    CountsJson {
        requests: counts.requests(),
        accounts: counts.accounts,
        content: counts.content,
        non_content_only: counts.non_content_only,
        no_data: counts.no_data,
        rejected: counts.rejected,
        redirected: counts.redirected,
        withdrawn: counts.withdrawn,
        preserved_only: counts.preserved_only,
        pending: counts.pending,
    }
}
