//! `writ law replay`

use std::process::ExitCode;

use clap::Args;

use crate::actions::law::replay::replay;
use crate::cli::{WhichRegister, place};
use crate::system::Clock;

/// Give every answer again, each under the rules it was given by.
#[derive(Args)]
pub struct Replay {
    #[command(flatten)]
    which: WhichRegister,
}

impl Replay {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let ctx = place::open(&self.which.settings()?, Clock::System)?;
        let replayed = replay(&ctx)?;
        for (case, number) in &replayed.other {
            let case = case.as_deref().unwrap_or("a case that is not named here,");
            println!("{case} demand {number}: the answer came out otherwise");
        }
        println!(
            "{} answers came out as they were, under {} rulebooks; {} otherwise; {} were given before rules were kept",
            replayed.same,
            replayed.rulebooks,
            replayed.other.len(),
            replayed.unpinned
        );
        Ok(if replayed.other.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
    }
}
