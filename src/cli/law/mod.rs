//! `writ law`: the rule packs, most of it without a register.

mod check;
mod diff;
mod guidelines;
mod lint;
mod replay;

use std::process::ExitCode;

use clap::Subcommand;

/// Rule packs
#[derive(Subcommand)]
pub enum LawCommand {
    /// Answer facts: reads JSON lines with `id` and `facts`, prints one JSON object per line
    Check(check::Check),
    /// Find mistakes in rule packs, and run the packs' own vectors
    Lint(lint::Lint),
    /// Print the provider's public guidelines: which paper reaches which data, from the packs and the catalogue
    Guidelines(guidelines::PrintGuidelines),
    /// Compare two rulebooks, and list the open cases whose verdict would be another
    Diff(diff::Diff),
    /// Give every answer of a register again, each under the rules it was given by
    Replay(replay::Replay),
}

impl LawCommand {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            LawCommand::Check(check) => check.run(),
            LawCommand::Lint(lint) => lint.run(),
            LawCommand::Guidelines(guidelines) => guidelines.run(),
            LawCommand::Diff(diff) => diff.run(),
            LawCommand::Replay(replay) => replay.run(),
        }
    }
}
