//! What the console says about an import. Problems and progress go to standard error, results to standard output.

use std::collections::BTreeMap;

use super::Found;
use crate::actions::import_cases::Standing;
use crate::domain::country::country_name;
use crate::domain::outcome::Outcome;
use crate::domain::past_case::Source;
use crate::report::thousands;

/// What is wrong with the file, row by row, and what of it is left alone.
pub fn before(found: &Found, source: &Source) {
    let reading = &found.reading;
    eprintln!("{} rows of {source} read.", spelt(found.sheet.rows.len()));
    if !reading.unused.is_empty() {
        eprintln!("Nothing is taken from: {}.", reading.unused.join(", "));
    }
    if reading.skipped > 0 {
        eprintln!("{} rows are no cases, as the mapping says.", reading.skipped);
    }
    for misfit in &reading.misfits {
        eprintln!("{misfit}");
    }
    for problem in &reading.problems {
        eprintln!("{problem}");
    }
}

/// What a dry run would enter: per half-year, country and outcome.
pub fn would_enter(found: &Found) {
    let mut counts: BTreeMap<(String, &str), BTreeMap<Outcome, u64>> = BTreeMap::new();
    let mut accounts: BTreeMap<(String, &str), u64> = BTreeMap::new();
    let fresh = found.reading.cases.iter().zip(&found.standings).filter(|(_, s)| **s == Standing::Fresh);
    for ((_, case), _) in fresh {
        let key = (case.period().to_string(), case.country.as_str());
        *counts.entry(key.clone()).or_default().entry(case.outcome).or_default() += 1;
        *accounts.entry(key).or_default() += u64::from(case.identifier_count);
    }
    for (key, outcomes) in &counts {
        let all: u64 = outcomes.values().sum();
        let parts: Vec<String> = outcomes.iter().map(|(outcome, n)| format!("{} {n}", outcome.label())).collect();
        let named = accounts.get(key).copied().unwrap_or(0);
        println!("{} {}: {all} past cases, {named} identifiers ({})", key.0, country_name(key.1), parts.join(", "));
    }
    println!("Dry run: {} past cases would be entered. {}", spelt(fresh_count(found)), rest(found));
}

/// What `--all-or-nothing` refused.
pub fn nothing_entered(found: &Found) {
    println!("Nothing was entered, because some rows can't be: {}", rest(found));
}

/// What was entered.
pub fn entered(found: &Found, count: usize) {
    println!("{} past cases entered. {}", spelt(count), rest(found));
}

/// A number as people read it.
pub fn spelt(number: usize) -> String {
    thousands(u64::try_from(number).unwrap_or(u64::MAX))
}

fn rest(found: &Found) -> String {
    let known = count(found, Standing::Known);
    let (bad, misfits) = (found.reading.bad_lines().len(), found.reading.misfits.len());
    let mut told = vec![format!("{} were entered before.", spelt(known)), format!("{} rows rejected.", spelt(bad))];
    if misfits > 0 {
        told.push(format!("{misfits} rows do not add up; they are named above."));
    }
    told.join(" ")
}

fn fresh_count(found: &Found) -> usize {
    count(found, Standing::Fresh)
}

fn count(found: &Found, wanted: Standing) -> usize {
    found.standings.iter().filter(|standing| **standing == wanted).count()
}
