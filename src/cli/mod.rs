//! The command line: one file per subcommand. What goes wrong is said in one sentence, without a trace.

mod audit;
mod audit_export;
mod backup;
mod compact;
mod demo;
mod ending;
mod generate;
mod import;
mod installation;
mod jobs;
mod keys;
mod law;
mod memory;
mod migrate;
mod place;
mod report;
mod restore;
mod serve;
pub(crate) mod staff;
mod witness;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Writ: the case register for legal demands for customer data.
///
/// Nothing leaves without a verified requester, a cited legal basis, a scope decided item by item and a second
/// person's approval; and anyone can check later that this was so.
#[derive(Parser)]
#[command(name = "writ", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Try Writ: makes a register with made-up people and cases and starts the web app
    Demo(demo::Demo),
    /// Start the web app on a register
    Serve(serve::Serve),
    /// Make a register full of made-up cases, for trials and measurements
    Generate(generate::Generate),
    /// Bring a register's tables up to date, or make a new register
    Migrate(migrate::Migrate),
    /// Members of staff
    #[command(subcommand)]
    Staff(staff::StaffCommand),
    /// The log
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    #[command(subcommand)]
    Witness(witness::WitnessCommand),
    /// Make a backup of a whole register while people go on working, or look at one
    Backup(backup::Backup),
    /// Make a register anew from a backup, in an empty place
    Restore(restore::Restore),
    Compact(compact::Compact),
    /// The installation's key
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Bring in what was kept before Writ
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// What happens without a person: mails and reminders
    #[command(subcommand)]
    Jobs(jobs::JobsCommand),
    /// Rule packs
    #[command(subcommand)]
    Law(law::LawCommand),
    /// Reports
    #[command(subcommand)]
    Report(report::ReportCommand),
}

/// Which register a command works on.
#[derive(Args, Clone)]
#[group(required = true, multiple = false)]
struct WhichRegister {
    /// Folder of an embedded register (SQLite)
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Settings file of a register (SQLite or PostgreSQL)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Demo(demo) => demo.run(),
        Command::Serve(serve) => serve.run(),
        Command::Generate(generate) => generate.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::Staff(command) => command.run(),
        Command::Audit(command) => command.run(),
        Command::Compact(compact) => compact.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Keys(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Jobs(command) => command.run(),
        Command::Law(command) => command.run(),
        Command::Report(command) => command.run(),
        Command::Witness(command) => command.run(),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("writ: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Reads a file named on the command line.
#[allow(clippy::disallowed_methods, reason = "the command line opens the files it is given")]
fn read_text(file: &std::path::Path) -> anyhow::Result<String> {
    use anyhow::Context;
    std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))
}

/// Keys from a copy of `log.pub`.
fn read_log_keys(file: &std::path::Path) -> anyhow::Result<Vec<crate::audit::TrustedKey>> {
    use anyhow::Context;
    let text = read_text(file)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let keys = lines.map(crate::audit::TrustedKey::parse).collect::<Result<Vec<_>, _>>();
    let keys = keys.with_context(|| format!("{} is no copy of log.pub, the log's public key", file.display()))?;
    if keys.is_empty() {
        anyhow::bail!("{} holds no key", file.display());
    }
    Ok(keys)
}

/// The folder of a file that is to be written or read, and its name there.
fn folder_and_name(file: &std::path::Path) -> anyhow::Result<(PathBuf, String)> {
    use anyhow::Context;
    let name = file.file_name().and_then(|name| name.to_str());
    let name = name.with_context(|| format!("{} is no name for a file", file.display()))?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    Ok((folder.to_owned(), name.to_owned()))
}
