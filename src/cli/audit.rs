//! `writ audit verify`, `writ audit checkpoint`

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{WhichRegister, place};
use crate::actions::sign_checkpoint::sign_checkpoint;
use crate::actions::verify_log;
use crate::domain::staff::Actor;
use crate::system::Clock;

/// The log
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Re-derive the whole log and name the first bad entry, if there is one
    Verify(OnRegister),
    /// Sign the log as it stands and print the note, to be kept elsewhere
    Checkpoint(OnRegister),
}

/// Names the register.
#[derive(Args)]
pub struct OnRegister {
    #[command(flatten)]
    which: WhichRegister,
}

impl AuditCommand {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            AuditCommand::Verify(on) => verify(&on.which),
            AuditCommand::Checkpoint(on) => checkpoint(&on.which),
        }
    }
}

fn verify(which: &WhichRegister) -> anyhow::Result<ExitCode> {
    let ctx = place::open(&which.settings()?, Clock::System)?;
    match verify_log::check(&ctx)? {
        Ok(verified) => {
            println!("The log is sound: {} entries, root {}.", verified.size, hex::encode(verified.root));
            println!(
                "{} signed checkpoints agree; the last covers {} entries.",
                verified.checkpoints, verified.signed_size
            );
            if verified.erased > 0 {
                println!("{} personal payloads are gone because an entry says so.", verified.erased);
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => {
            println!("The log is NOT sound. {fault}");
            Ok(ExitCode::from(2))
        }
    }
}

fn checkpoint(which: &WhichRegister) -> anyhow::Result<ExitCode> {
    let ctx = place::open(&which.settings()?, Clock::System)?;
    print!("{}", sign_checkpoint(&ctx, Actor::System("console"))?);
    Ok(ExitCode::SUCCESS)
}
