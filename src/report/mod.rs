//! Reports: cases in, counts out.
//!
//! What is counted is a small plain value per case ([`Counted`]), so that anyone who holds the log can make the
//! same values and must arrive at the same figures.
//!
//! **National security is counted apart.** Demands under the instruments of the group *national security* never
//! enter these tables, not as a row, not in a total, not as a remark that there were any: they are published only
//! in the bands and after the delays of 50 U.S.C. § 1874, and a figure that held them would give them away by
//! subtraction. [`Transparency::from_cases`] leaves them out whoever calls it; a caller leaves out as well
//! what lies in the national-security compartment under another instrument.

mod counted;
mod counts;
mod differences;
mod figures;
mod json;
mod rules;
mod tables;
mod transparency;

pub use crate::domain::half_year::HalfYear;
pub use counted::{Counted, CountedAs, CountedService, CustomerKind, EnterpriseAs};
pub use counts::{Column, Counts, Tally};
pub use differences::Difference;
pub use figures::{share, thousands};
pub use rules::RULES;
pub use tables::Table;
pub use transparency::{Counting, EnterpriseRow, HalfYearReport, Row, ServiceRow, Transparency};
