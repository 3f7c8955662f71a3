//! `writ import cases`

mod entering;
mod file;
mod told;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::{WhichRegister, place, read_text};
use crate::actions::Ctx;
use crate::actions::import_cases::{Standing, standings};
use crate::domain::past_case::{Mapping, Problem, Reading, Sheet, Source, read};
use crate::domain::text::ParseError;
use crate::system::Clock;

/// Bring in what was kept before Writ
#[derive(Subcommand)]
pub enum ImportCommand {
    /// Past cases from a file of comma-separated values; they are counted in reports and marked as imported
    Cases(Cases),
}

/// Past cases from a file. A second run enters nothing twice, so an import that was cut off is simply started again.
#[derive(Args)]
pub struct Cases {
    /// The file: one row per case, or one row per country with --expand
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    #[command(flatten)]
    which: WhichRegister,
    /// Which column is which field; without it each column is the field of its name
    #[arg(long, value_name = "FILE.toml")]
    mapping: Option<PathBuf>,
    /// The system or table the file comes from; otherwise as the mapping says, or the file's name
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// The rows are countries with a count for each outcome: make one case of each count
    #[arg(long)]
    expand: bool,
    /// Say what would be entered and what is wrong, and enter nothing
    #[arg(long)]
    dry_run: bool,
    /// Enter nothing at all if one row is wrong
    #[arg(long)]
    all_or_nothing: bool,
    /// Where rows that can't be entered are written; otherwise beside the file, as FILE.rejected.csv
    #[arg(long, value_name = "FILE.csv")]
    rejected: Option<PathBuf>,
}

/// What was found out before anything is entered.
struct Found {
    sheet: Sheet,
    reading: Reading,
    standings: Vec<Standing>,
}

impl ImportCommand {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let ImportCommand::Cases(cases) = self;
        cases.run()
    }
}

impl Cases {
    /// Exits with 0 when every row is entered or was before, and with 2 when one could not be.
    fn run(self) -> anyhow::Result<ExitCode> {
        let mapping = self.mapping()?;
        let source = self.source(&mapping)?;
        let ctx = place::open(&self.which.settings()?, Clock::System)?;
        let found = self.finds(&ctx, &mapping, &source)?;
        told::before(&found, &source);
        let has_problems = !found.reading.problems.is_empty();
        if self.dry_run {
            told::would_enter(&found);
        } else if has_problems && self.all_or_nothing {
            told::nothing_entered(&found);
        } else {
            entering::enter(&ctx, &found)?;
        }
        if has_problems && !self.dry_run {
            let path = self.rejected.clone().unwrap_or_else(|| file::beside(&self.file));
            file::write_rejected(&path, &found.sheet, &found.reading)?;
            eprintln!("The rows that could not be entered, with the reason for each: {}", path.display());
        }
        Ok(if has_problems { ExitCode::from(2) } else { ExitCode::SUCCESS })
    }

    fn mapping(&self) -> anyhow::Result<Mapping> {
        let mapping = match &self.mapping {
            Some(path) => {
                let text = read_text(path)?;
                Mapping::parse(&text).with_context(|| format!("the mapping {}", path.display()))?
            }
            None => Mapping::default(),
        };
        Ok(if self.expand { mapping.expanding() } else { mapping })
    }

    /// The name given, or the mapping's, or the file's.
    fn source(&self, mapping: &Mapping) -> anyhow::Result<Source> {
        if let Some(name) = &self.source {
            return Ok(Source::parse(name)?);
        }
        if let Some(source) = mapping.source()? {
            return Ok(source);
        }
        let name = self.file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let source = Source::parse(&name).context("the file's name can't name the source; say --source NAME")?;
        eprintln!("Source: {source}, after the file. If the file is ever renamed, say --source {source}.");
        Ok(source)
    }

    fn finds(&self, ctx: &Ctx, mapping: &Mapping, source: &Source) -> anyhow::Result<Found> {
        let sheet = file::read_sheet(&self.file, mapping.delimiter)?;
        let mut reading = match read(&sheet, mapping, source, ctx.now().day()) {
            Ok(reading) => reading,
            Err(wrong) => bail!("the columns do not fit.{}", listed(&wrong)),
        };
        let cases: Vec<_> = reading.cases.iter().map(|(_, case)| case).collect();
        let standings = standings(ctx, &cases)?;
        let differs = reading.cases.iter().zip(&standings).filter(|(_, standing)| **standing == Standing::Differs);
        let mut differs: Vec<Problem> = differs
            .map(|((line, case), _)| Problem {
                line: *line,
                column: String::new(),
                reason: format!(
                    "“{}” of {source} was imported before and says something else now. What was imported stays as it \
                     is: give the row a reference of its own, or take it out.",
                    case.source_reference
                ),
            })
            .collect();
        // A row of a table is many cases; it is named once.
        differs.dedup_by_key(|problem| problem.line);
        reading.problems.extend(differs);
        Ok(Found { sheet, reading, standings })
    }
}

fn listed(wrong: &[ParseError]) -> String {
    wrong.iter().map(|error| format!("\n  {}: {}", error.field, error.reason)).collect()
}
