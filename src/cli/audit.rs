//! `writ audit verify`, `writ audit checkpoint`, `writ audit export`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::audit_export::Export;
use super::{WhichRegister, place, read_text};
use crate::actions::Ctx;
use crate::actions::sign_checkpoint::sign_checkpoint;
use crate::actions::verify_log;
use crate::audit::checkpoint::parse_and_verify;
use crate::audit::{Checkpoint, VerifierKey};
use crate::domain::staff::Actor;
use crate::system::Clock;

/// The log
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Re-derive the whole log and name the first bad entry, if there is one
    Verify(Verify),
    /// Sign the log as it stands and print the note, to be kept elsewhere
    Checkpoint(OnRegister),
    /// Take the log, or a part of it, away as one file that `writ-verify` checks without the register
    Export(Export),
}

/// Re-derive the whole log. Exits with 0 when it is sound, 2 when it is not, 1 when it can't be told.
#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    which: WhichRegister,
    /// A checkpoint kept elsewhere, as `writ audit checkpoint` printed it: the log must begin with what it covers. May
    /// be given several times
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
    /// A copy of `log.pub` kept elsewhere: signatures are checked with it instead of the register's own key
    #[arg(long, value_name = "FILE")]
    log_key: Option<PathBuf>,
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
            AuditCommand::Verify(verify) => verify.run(),
            AuditCommand::Checkpoint(on) => checkpoint(&on.which),
            AuditCommand::Export(export) => export.run(),
        }
    }
}

impl Verify {
    fn run(self) -> anyhow::Result<ExitCode> {
        let ctx = place::open(&self.which.settings()?, Clock::System)?;
        let keys = match &self.log_key {
            Some(file) => vec![read_log_key(file)?],
            None => ctx.log.trusted.clone(),
        };
        let read = |file: &PathBuf| Ok((file.clone(), read_checkpoint(file, &keys, &ctx.log.origin)?));
        let kept: Vec<(PathBuf, Checkpoint)> = self.checkpoints.iter().map(read).collect::<anyhow::Result<_>>()?;
        say(&ctx, &keys, &kept)
    }
}

fn read_log_key(file: &Path) -> anyhow::Result<VerifierKey> {
    VerifierKey::parse(read_text(file)?.trim())
        .with_context(|| format!("{} is no copy of log.pub, the log's public key", file.display()))
}

/// A checkpoint of this log, signed by its key.
fn read_checkpoint(file: &Path, keys: &[VerifierKey], origin: &str) -> anyhow::Result<Checkpoint> {
    let (note, file) = (read_text(file)?, file.display());
    let checkpoint = parse_and_verify(&note, keys).with_context(|| {
        format!(
            "{file} is no checkpoint signed by the key of this log. If it was one, either the file or the key in the \
             folder of keys was changed since; --log-key takes a copy of log.pub that was kept with the checkpoint"
        )
    })?;
    if checkpoint.origin != origin {
        bail!("{file} is a checkpoint of the log {}, not of this one, {origin}", checkpoint.origin);
    }
    Ok(checkpoint)
}

fn say(ctx: &Ctx, keys: &[VerifierKey], kept: &[(PathBuf, Checkpoint)]) -> anyhow::Result<ExitCode> {
    let checkpoints: Vec<Checkpoint> = kept.iter().map(|(_, checkpoint)| checkpoint.clone()).collect();
    match verify_log::check_against(ctx, keys, &checkpoints)? {
        Ok(verified) => {
            println!("The log is sound: {} entries, root {}.", verified.size, hex::encode(verified.root));
            println!(
                "{} signed checkpoints agree; the last covers {} entries.",
                verified.checkpoints, verified.signed_size
            );
            for (file, checkpoint) in kept {
                println!(
                    "It goes on from the checkpoint in {}: its first {} entries are those that were signed.",
                    file.display(),
                    checkpoint.size
                );
            }
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
