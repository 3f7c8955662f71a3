//! `writ law diff`

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use crate::actions::law::flips::{Flip, Progress, flips};
use crate::cli::{WhichRegister, place, read_text};
use crate::law::{Rulebook, differ};
use crate::system::Clock;

/// Compare two rulebooks.
#[derive(Args)]
pub struct Diff {
    /// The older rules: a folder of packs, a pack's file (beside the rules in force), `in-force` or `built-in`
    old: String,
    /// The newer rules, named in the same way
    new: String,
    /// Folder of an embedded register (SQLite), whose open cases are looked through
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    data: Option<PathBuf>,
    /// Settings file of a register, whose open cases are looked through
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Diff {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let ctx = match self.data.is_some() || self.config.is_some() {
            true => {
                let which = WhichRegister { data: self.data, config: self.config };
                Some(place::open(&which.settings()?, Clock::System)?)
            }
            false => None,
        };
        let in_force = ctx.as_ref().map(|ctx| ctx.rulebook());
        let (old, new) = (named(&self.old, in_force.as_deref())?, named(&self.new, in_force.as_deref())?);
        for rule in differ::between(&old, &new) {
            println!("{} {}: {}. {}", rule.pack, rule.rule, rule.how.label(), rule.says);
        }
        if let Some(ctx) = ctx {
            say(&flips(&ctx, &new, telling())?);
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Tells how far it has come, every ten thousand demands.
fn telling() -> impl FnMut(Progress) -> ControlFlow<()> {
    let mut next = 0;
    move |progress| {
        if progress.done >= next {
            eprintln!("{} of {} demands of open cases …", progress.done, progress.all);
            next = progress.done.saturating_add(10_000);
        }
        ControlFlow::Continue(())
    }
}

fn say(flips: &[Flip]) {
    let told: Vec<&Flip> = flips.iter().filter(|flip| flip.is_ordinary()).collect();
    for flip in &told {
        let (case, number) = (&flip.on.reference, flip.on.position);
        println!("{case} demand {number}: {} would be {}", flip.was.label(), flip.would.label());
    }
    println!("{} demands of open cases would have another verdict", told.len());
    println!("restricted and national-security cases are told of on the proposal's page, to those who know of them");
}

fn named(which: &str, in_force: Option<&Rulebook>) -> anyhow::Result<Rulebook> {
    match (which, in_force) {
        ("built-in", _) => place::rulebook(Path::new("")),
        ("in-force", Some(rulebook)) => Ok(rulebook.clone()),
        ("in-force", None) => anyhow::bail!("say whose rules are in force: --data DIR or --config FILE"),
        (file, _) if file.ends_with(".toml") => with_pack(file, in_force),
        (folder, _) => place::rulebook(Path::new(folder)),
    }
}

/// The rules in force, or the built-in ones, with one pack in the place of the one that has its name.
fn with_pack(file: &str, in_force: Option<&Rulebook>) -> anyhow::Result<Rulebook> {
    let base = in_force.map_or_else(|| place::rulebook(Path::new("")), |rulebook| Ok(rulebook.clone()))?;
    let text = read_text(Path::new(file))?;
    base.with_pack(file, &text).with_context(|| format!("{file} can't be read beside the others"))
}
