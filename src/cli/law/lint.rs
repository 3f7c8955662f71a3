//! `writ law lint`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

use crate::cli::{place, read_text};
use crate::law::{Pack, Rulebook, lint};

/// Find mistakes.
#[derive(Args)]
pub struct Lint {
    /// Packs to look at, each a file or the name of a pack; all where none is named
    ///
    /// A file is read beside the packs of the folder, in the place of the one that has its name.
    #[arg(value_name = "PACK")]
    packs: Vec<String>,
    /// A folder with facts.toml and packs to use instead of the built-in ones
    #[arg(long = "packs", value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Lint {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut texts = place::law_texts(&self.folder.unwrap_or_default())?;
        let mut asked = Vec::new();
        for name in &self.packs {
            if !is_file(name) {
                asked.push(name.clone());
                continue;
            }
            let text = read_text(Path::new(name))?;
            let pack = named(&text);
            texts.packs.retain(|(_, other)| pack.is_none() || named(other) != pack);
            texts.packs.push((name.clone(), text));
            asked.extend(pack);
        }
        let (book, mut faults) = Rulebook::draft(&texts.facts, &texts.packs)?;
        let only: BTreeSet<&str> = asked.iter().map(String::as_str).collect();
        let is_asked = |pack: &&Pack| only.is_empty() || only.contains(pack.name.as_str());
        let unknown = only.iter().find(|name| !book.packs().iter().any(|pack| pack.name == **name));
        if let Some(name) = unknown.filter(|_| faults.is_empty()) {
            let known: Vec<&str> = book.packs().iter().map(|pack| pack.name.as_str()).collect();
            bail!("there is no pack “{name}”; there are: {}", known.join(", "));
        }
        faults.extend(lint::mistakes(&book, &only));
        faults.iter().for_each(|fault| println!("{fault}"));
        book.packs().iter().filter(is_asked).for_each(|pack| println!("{}", summary(pack)));
        Ok(match faults.len() {
            0 => ExitCode::SUCCESS,
            1 => found("1 mistake"),
            many => found(&format!("{many} mistakes")),
        })
    }
}

fn found(what: &str) -> ExitCode {
    println!("{what}");
    ExitCode::FAILURE
}

fn summary(pack: &Pack) -> String {
    let status = |wanted: fn(&str) -> bool| pack.rules.iter().filter(|rule| wanted(&rule.review_status)).count();
    format!(
        "{} {}: {} rules ({} reviewed, {} for counsel to confirm), {} vectors",
        pack.name,
        pack.version,
        pack.rules.len(),
        status(|status| status.starts_with("reviewed")),
        status(|status| status == "counsel to confirm"),
        pack.vectors.len(),
    )
}

fn is_file(name: &str) -> bool {
    name.ends_with(".toml") || name.contains('/')
}

fn named(text: &str) -> Option<String> {
    let table: toml::Table = text.parse().ok()?;
    Some(table.get("pack")?.as_str()?.to_owned())
}
