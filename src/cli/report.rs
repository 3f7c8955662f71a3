//! `writ report transparency`

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{WhichRegister, place};
use crate::actions::report_transparency;
use crate::domain::half_year::HalfYear;
use crate::domain::staff::Actor;
use crate::report::Table;
use crate::system::Clock;

/// Reports
#[derive(Subcommand)]
pub enum ReportCommand {
    /// The transparency report per half-year, country and kind of customer
    Transparency(Transparency),
}

/// The transparency report.
#[derive(Args)]
pub struct Transparency {
    #[command(flatten)]
    which: WhichRegister,
    #[command(flatten)]
    form: Form,
    /// One half-year only, for example 2026-H1
    #[arg(long, value_name = "HALF-YEAR")]
    period: Option<HalfYear>,
    /// Which table as CSV: countries, enterprise or services
    #[arg(long, default_value = "countries", conflicts_with = "json")]
    table: Table,
}

/// How it is written, on standard output.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Form {
    /// One table as comma-separated values
    #[arg(long)]
    csv: bool,
    /// All tables and the rules of counting as JSON
    #[arg(long)]
    json: bool,
}

impl ReportCommand {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let ReportCommand::Transparency(asked) = self;
        let ctx = place::open(&asked.which.settings()?, Clock::System)?;
        let report = report_transparency::draw(&ctx, Actor::System("console"))?;
        let report = match asked.period {
            Some(period) => report.only(period),
            None => report,
        };
        if asked.form.json {
            println!("{}", serde_json::to_string_pretty(&report.to_json())?);
        } else {
            print!("{}", report.to_csv(asked.table));
        }
        Ok(ExitCode::SUCCESS)
    }
}
