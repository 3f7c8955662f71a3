//! `writ law`: the rule packs, without a register.

mod check;
mod lint;

use std::process::ExitCode;

use clap::Subcommand;

/// Rule packs
#[derive(Subcommand)]
pub enum LawCommand {
    /// Answer facts: reads JSON lines with `id` and `facts`, prints one JSON object per line
    Check(check::Check),
    /// Find mistakes in rule packs, and run the packs' own vectors
    Lint(lint::Lint),
}

impl LawCommand {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            LawCommand::Check(check) => check.run(),
            LawCommand::Lint(lint) => lint.run(),
        }
    }
}
