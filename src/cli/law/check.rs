//! `writ law check`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use crate::cli::{place, read_text};
use crate::law::check_line;

/// Answer facts.
#[derive(Args)]
pub struct Check {
    /// JSON lines, one object each: `id`, `facts`; other keys are ignored
    #[arg(long, value_name = "FILE")]
    facts: PathBuf,
    /// A folder with facts.toml and packs to use instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    packs: Option<PathBuf>,
    /// Tell of every rule that was asked, those that said no among them, and what settled each
    #[arg(long)]
    trace: bool,
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let rulebook = place::rulebook(&self.packs.unwrap_or_default())?;
        let text = read_text(&self.facts)?;
        let mut bad_lines = 0;
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let answer = serde_json::from_str(line)
                .context("it is no JSON object")
                .and_then(|line| Ok(check_line(&rulebook, &line, self.trace)?));
            match answer {
                Ok(answer) => println!("{answer}"),
                Err(error) => {
                    bad_lines += 1;
                    eprintln!("writ: line {number}: {error:#}");
                }
            }
        }
        Ok(if bad_lines == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
