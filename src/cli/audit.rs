//! `writ audit verify`, `writ audit checkpoint`, `writ audit cosigned`, `writ audit rotate-key`, `writ audit export`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::audit_export::Export;
use super::{WhichRegister, place, read_log_keys, read_text};
use crate::actions::erasure::told_erasures;
use crate::actions::rotate_log_key::{Rotated, rotate_log_key};
use crate::actions::sign_checkpoint::sign_checkpoint;
use crate::actions::verify_deep::{Deep, verify_deep};
use crate::actions::verify_log;
use crate::actions::witnesses::accept;
use crate::actions::{ActionError, Ctx};
use crate::audit::{Checkpoint, Difference, Fault, KeyChain, NoteError, Trust, Verified};
use crate::domain::staff::Actor;
use crate::domain::text::ParseError;
use crate::store::replay::{Listener, Progress};
use crate::system::Clock;

/// The log
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Re-derive the whole log and name the first bad entry, if there is one
    Verify(Verify),
    /// Sign the log as it stands and print the note, to be kept elsewhere
    Checkpoint(OnRegister),
    /// Take in a checkpoint that a witness signed: what `writ witness sign`, or any C2SP witness, gave back
    Cosigned(Cosigned),
    /// Replace the key that signs the log. The old key vouches for the new one, so that whoever has `log.pub` from before
    /// can go on checking with it
    RotateKey(OnRegister),
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
    /// Then build every table once more from the log and compare, and open and hash every document. Prints what differs
    /// with its values, personal data included
    #[arg(long)]
    deep: bool,
}

/// A checkpoint that came back.
#[derive(Args)]
pub struct Cosigned {
    #[command(flatten)]
    which: WhichRegister,
    /// The checkpoint with the witness's line
    note: PathBuf,
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
            AuditCommand::Cosigned(cosigned) => cosigned.run(),
            AuditCommand::RotateKey(on) => rotate_key(&on.which),
            AuditCommand::Export(export) => export.run(),
        }
    }
}

impl Verify {
    fn run(self) -> anyhow::Result<ExitCode> {
        let ctx = place::open(&self.which.settings()?, Clock::System)?;
        let trust = match &self.log_key {
            Some(file) => Trust { keys: read_log_keys(file)?, ..ctx.log.trust() },
            None => ctx.log.trust(),
        };
        let mut kept: Vec<(PathBuf, Checkpoint)> = Vec::new();
        if !self.checkpoints.is_empty() {
            let keys = verify_log::key_chain(&ctx, &trust)?;
            for file in &self.checkpoints {
                kept.push((file.clone(), read_checkpoint(file, &keys, &ctx.log.origin)?));
            }
        }
        let checkpoints: Vec<Checkpoint> = kept.iter().map(|(_, checkpoint)| checkpoint.clone()).collect();
        if !self.deep {
            let verdict = verify_log::check_against(&ctx, &trust, &checkpoints)?;
            say(&verdict, &kept, &erasures(&ctx, &verdict)?);
            return Ok(ExitCode::from(if verdict.is_ok() { 0 } else { 2 }));
        }
        let deep = verify_deep(&ctx, &trust, &checkpoints, &mut Console::default())?;
        say(&deep.log, &kept, &erasures(&ctx, &deep.log)?);
        say_deep(&deep);
        Ok(ExitCode::from(if deep.is_sound() { 0 } else { 2 }))
    }
}

/// A checkpoint of this log, signed by its key.
pub fn read_checkpoint(file: &Path, keys: &KeyChain, origin: &str) -> anyhow::Result<Checkpoint> {
    let (note, file) = (read_text(file)?, file.display());
    match keys.open(&note) {
        Err(NoteError::OtherLog(other)) => {
            bail!("{file} is a checkpoint of the log {other}, not of this one, {origin}")
        }
        opened => opened.with_context(|| {
            format!(
                "{file} is no checkpoint signed by the key of this log. If it was one, either the file or the key in the \
                 folder of keys was changed since; --log-key takes a copy of log.pub that was kept with the checkpoint"
            )
        }),
    }
}

/// What was erased, as a sound log tells it.
fn erasures(ctx: &Ctx, verdict: &Result<Verified, Fault>) -> anyhow::Result<Vec<String>> {
    Ok(if verdict.is_ok() { told_erasures(ctx)? } else { Vec::new() })
}

fn say(verdict: &Result<Verified, Fault>, kept: &[(PathBuf, Checkpoint)], erasures: &[String]) {
    match verdict {
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
            erasures.iter().for_each(|line| println!("{line}"));
        }
        Err(fault) => println!("The log is NOT sound. {fault}"),
    }
}

/// Prints differences as they are found, and how far it has come beside them.
#[derive(Default)]
struct Console {
    told: usize,
}

/// Progress is told when so many more are done.
const TELL_EVERY: usize = 1_000;

impl Listener for Console {
    fn differs(&mut self, difference: Difference) {
        println!("DIFFERS: {difference}");
    }

    fn comes_on(&mut self, Progress { what, done, of }: Progress) {
        if done == of || done >= self.told.saturating_add(TELL_EVERY) {
            eprintln!("{done} of {of} {what} compared");
            self.told = if done == of { 0 } else { done };
        }
    }
}

fn say_deep(deep: &Deep) {
    let compared = &deep.compared;
    if deep.log.is_err() {
        println!("Nothing was compared with it: tables can't be judged by a log that is not sound.");
        return;
    }
    let rows: u64 = compared.rows.values().sum();
    println!(
        "Compared with the log: {rows} rows of {} tables, and {} documents, opened and hashed.",
        compared.rows.len(),
        deep.documents
    );
    if compared.erased > 0 {
        println!(
            "The personal data of {} cases was erased; of their rows and keys nothing is left, as it should be.",
            compared.erased
        );
    }
    match compared.differences {
        0 => println!("Every row says what the log says."),
        1 => println!("1 place does NOT say what the log says."),
        many => println!("{many} places do NOT say what the log says."),
    }
}

fn checkpoint(which: &WhichRegister) -> anyhow::Result<ExitCode> {
    let ctx = place::open(&which.settings()?, Clock::System)?;
    print!("{}", sign_checkpoint(&ctx, Actor::System("console"))?);
    Ok(ExitCode::SUCCESS)
}

impl Cosigned {
    fn run(self) -> anyhow::Result<ExitCode> {
        let ctx = place::open(&self.which.settings()?, Clock::System)?;
        let new = accept(&ctx, Actor::System("console"), &read_text(&self.note)?).map_err(|error| match error {
            ActionError::Invalid(fields) => anyhow::Error::msg(words(&fields)),
            other => other.into(),
        })?;
        if new.is_empty() {
            println!("What these witnesses said of this checkpoint is in the log already.");
        }
        for one in new {
            println!("{} saw this checkpoint; that stands in the log now.", one.witness);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn words(fields: &[ParseError]) -> String {
    fields.iter().map(|field| field.reason.clone()).collect::<Vec<_>>().join(" ")
}

fn rotate_key(which: &WhichRegister) -> anyhow::Result<ExitCode> {
    let ctx = place::open(&which.settings()?, Clock::System)?;
    let Rotated { handover, last_note } = rotate_log_key(&ctx, Actor::System("console"))?;
    print!("{last_note}");
    eprintln!(
        "That is the last checkpoint by the old key. It covers {} entries; larger ones are signed by",
        handover.after
    );
    eprintln!("    {}", handover.to);
    eprintln!("`log.pub` in the folder of keys has both keys: give a copy of it to your auditors.");
    Ok(ExitCode::SUCCESS)
}
