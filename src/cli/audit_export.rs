//! `writ audit export`: the log as a bundle.

use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use cap_std::fs::Dir;
use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::{WhichRegister, folder_and_name, place};
use crate::actions::export_bundle::{Asked, export_bundle};
use crate::actions::{ActionError, Ctx};
use crate::audit::bundle::{Header, Payloads};
use crate::domain::case::CaseReference;
use crate::domain::staff::Actor;
use crate::system::Clock;

/// Takes the log, or a part of it, away as a bundle. The register's public key is needed to check it: keep a copy of
/// `log.pub` from the folder of keys where the bundle's reader can trust it.
#[derive(Args)]
pub struct Export {
    #[command(flatten)]
    which: WhichRegister,
    /// The file to write; it must not be there
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The first day, UTC; without it from the log's first entry
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,
    /// The last day, UTC; without it to the log's last entry
    #[arg(long, value_name = "DAY")]
    to: Option<NaiveDate>,
    /// The entries of one case, such as 2026-000123, each with the proof that it is in the log
    #[arg(long, value_name = "REFERENCE", conflicts_with_all = ["from", "to"])]
    case: Option<String>,
    /// What comes along with the entries
    #[arg(long, value_enum, default_value = "process")]
    payloads: Along,
}

/// What comes along.
#[derive(Clone, Copy, ValueEnum)]
enum Along {
    /// Nothing but who did what kind of thing when
    None,
    /// What happened, without personal data: enough to check gates and figures
    Process,
    /// Personal data too; keep the file as safe as the register
    All,
}

impl From<Along> for Payloads {
    fn from(along: Along) -> Payloads {
        match along {
            Along::None => Payloads::None,
            Along::Process => Payloads::Process,
            Along::All => Payloads::All,
        }
    }
}

impl Export {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        if self.from.zip(self.to).is_some_and(|(from, to)| to < from) {
            bail!("--to lies before --from: give the days the other way round");
        }
        let ctx = place::open(&self.which.settings()?, Clock::System)?;
        let (folder, name) = folder_and_name(&self.out)?;
        let folder = place::open_folder(&folder, false)?;
        if folder.exists(&name) {
            bail!("{} is there already: choose another name, or take it away first", self.out.display());
        }
        let part = format!("{name}.part");
        let header = match self.write(&ctx, &folder, &part) {
            Ok(header) => header,
            Err(error) => {
                folder.remove_file(&part).context("what was written so far can't be taken away")?;
                return Err(in_words(error));
            }
        };
        folder.rename(&part, &folder, &name)?;
        say(&self.out, &header, self.case.as_deref());
        Ok(ExitCode::SUCCESS)
    }

    fn write(&self, ctx: &Ctx, folder: &Dir, part: &str) -> anyhow::Result<Header> {
        let case = self.case.as_deref().map(CaseReference::parse).transpose().map_err(|e| anyhow!("{}", e.reason))?;
        let asked = Asked { from: self.from, to: self.to, case, payloads: self.payloads.into() };
        let file = place::create_file(folder, part, 0o600)?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        let mut progress = Progress::begin();
        let header = export_bundle::<anyhow::Error>(ctx, Actor::System("console"), asked, |bytes, written| {
            progress.tell(written);
            Ok(out.write_all(bytes)?)
        })?;
        let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        progress.end();
        Ok(header)
    }
}

/// What is wrong with what was asked for, said as a page would say it beside the field.
fn in_words(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<ActionError>() {
        Some(ActionError::Invalid(wrong)) => {
            anyhow!("{}", wrong.first().map(|one| one.reason.clone()).unwrap_or_default())
        }
        _ => error,
    }
}

fn say(out: &Path, header: &Header, case: Option<&str>) {
    let Header { first, end, size, payloads, .. } = header;
    match end.checked_sub(1).filter(|last| first <= last) {
        _ if case.is_some() => println!("{}: the entries of {}", out.display(), case.unwrap_or_default()),
        Some(last) => println!("{}: entries {first} to {last}", out.display()),
        None => println!("{}: no entries in that time", out.display()),
    }
    println!("tied to a checkpoint over {size} entries, which is signed just now");
    if *payloads == Payloads::All {
        println!("It holds personal data: keep it as safe as the register.");
    }
    println!("Check it with: writ-verify {} --key COPY-OF-LOG.PUB", out.display());
}

/// How far it has come, for somebody who watches.
struct Progress {
    is_watched: bool,
    written: u64,
}

impl Progress {
    fn begin() -> Progress {
        Progress { is_watched: std::io::stderr().is_terminal(), written: 0 }
    }

    fn tell(&mut self, written: u64) {
        if self.is_watched && written > self.written {
            eprint!("\r{written} entries written");
        }
        self.written = written;
    }

    fn end(&self) {
        if self.is_watched && self.written > 0 {
            eprintln!();
        }
    }
}
