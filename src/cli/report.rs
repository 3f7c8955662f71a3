//! `writ report transparency`

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{WhichRegister, place};
use crate::actions::report_transparency;
use crate::domain::staff::Actor;
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
    /// As comma-separated values, on standard output
    #[arg(long, required = true)]
    csv: bool,
}

impl ReportCommand {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let ReportCommand::Transparency(report) = self;
        let ctx = place::open(&report.which.settings()?, Clock::System)?;
        print!("{}", report_transparency::draw(&ctx, Actor::System("console"))?.to_csv());
        Ok(ExitCode::SUCCESS)
    }
}
