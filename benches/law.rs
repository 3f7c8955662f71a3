//! How fast the legal-basis engine is, on one core and with all packs loaded: cases of ten demands each. It prints a
//! table; nothing here passes or fails.
//!
//!     cargo bench --bench law --no-default-features

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement may stop, and look at what the product may not"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::Value;
use writ::domain::verdict::Verdict;
use writ::law::{Facts, Rulebook};

/// How long a round lasts, and how many there are: the best of them tells what the machine can do when it does nothing
/// else.
const FOR: Duration = Duration::from_secs(1);
const ROUNDS: u32 = 5;

/// What is asked for on each paper, one demand each.
const US: &[&str] = &[
    "bsi",
    "ip_session",
    "payment",
    "toll_records",
    "other_records",
    "location_historical",
    "content_stored",
    "bsi",
    "other_records",
    "content_stored",
];
const EU: &[&str] = &[
    "subscriber",
    "ip_identification",
    "traffic",
    "content",
    "subscriber",
    "ip_identification",
    "traffic",
    "content",
    "subscriber",
    "content",
];

fn main() {
    let book = rulebook();
    let rules: usize = book.packs().iter().map(|pack| pack.rules.len()).sum();
    println!("{} packs, {rules} rules", book.packs().len());
    println!("{:40} {:>10} {:>12} {:>10}", "a case of ten demands", "permitted", "demands/s", "each, µs");
    for (paper, classes) in [
        ("federal subpoena", US),
        ("federal warrant", US),
        ("California subpoena", US),
        ("foreign order", US),
        ("EU order for content", EU),
        ("German request for an address", EU),
    ] {
        let case: Vec<Facts> = classes.iter().map(|class| facts(&book, paper, class)).collect();
        let permitted = case.iter().filter(|facts| book.evaluate(facts).verdict == Verdict::Permitted).count();
        let (each, rate) = measure(&book, &case);
        println!("{paper:40} {permitted:>10} {rate:>12.0} {each:>10.1}");
    }
}

/// Microseconds for a demand, and demands a second.
fn measure(book: &Rulebook, case: &[Facts]) -> (f64, f64) {
    let round = || {
        let (began, mut demands) = (Instant::now(), 0_u32);
        while began.elapsed() < FOR {
            for facts in case {
                black_box(book.evaluate(black_box(facts)));
                demands += 1;
            }
        }
        f64::from(demands) / began.elapsed().as_secs_f64()
    };
    let best = (0..ROUNDS).map(|_| round()).fold(0.0, f64::max);
    (1e6 / best, best)
}

/// A paper in order, as the packs' own vectors start from it, asking for one class of data.
fn facts(book: &Rulebook, paper: &str, class: &str) -> Facts {
    book.base(paper).unwrap().clone().set("data_class", Value::from(class))
}

fn rulebook() -> Rulebook {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/config/law");
    let mut packs = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name != "facts.toml" {
            packs.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    let declared = std::fs::read_to_string(format!("{folder}/facts.toml")).unwrap();
    Rulebook::parse(&declared, &packs).unwrap()
}
