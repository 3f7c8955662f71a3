//! The transparency report: counts only.

use super::{Answer, ok};
use crate::actions::report_transparency::report_transparency;
use crate::web::extract::Visitor;

/// `GET /api/v1/reports/transparency`: the same figures as the page, its CSV and its JSON.
///
/// # Errors
/// As [`report_transparency`].
pub async fn transparency(by: Visitor) -> Answer {
    Ok(ok(&by.run(report_transparency).await?.to_json()))
}
