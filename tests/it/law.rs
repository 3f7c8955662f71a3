//! The law against its vectors: scores, the derived test, and what must hold whatever the rules say.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its own files should stop")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::Value;
use writ::domain::assessment::Assessment;
use writ::domain::verdict::Verdict;
use writ::law::ground::Reading;
use writ::law::schema::FactKind;
use writ::law::trace::{Part, trace};
use writ::law::{Facts, Rulebook, check_line, lint};

use crate::support::world::{FACTS, PACKS, rulebook};

const BESIDE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/law/beside.jsonl"));
const VECTORS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/law/vectors.jsonl"));

/// The families the packs are written for, and how many vectors of each must be right.
const FLOORS: &[(&str, usize)] = &[
    ("us_subpoena", 8),
    ("us_d_order", 3),
    ("us_warrant", 6),
    ("us_civil", 6),
    ("facial", 8),
    ("enterprise", 2),
    ("us_voluntary", 9),
    ("us_preserve", 4),
    ("us_ndo", 5),
    ("us_realtime", 5),
    ("us_natsec", 6),
    ("us_state", 4),
    ("foreign", 9),
    ("eu_epoc", 16),
    ("eu_epoc_pr", 3),
    ("uk", 3),
    ("canada", 3),
    ("germany", 2),
    ("france", 1),
    ("brazil", 1),
    ("india", 1),
    ("australia", 2),
];

/// The packs with one of them changed.
fn book_with(file: &str, change: impl FnOnce(&mut Vec<toml::Value>)) -> Rulebook {
    let mut packs: BTreeMap<String, String> =
        PACKS.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
    let mut pack: toml::Table = packs[file].parse().unwrap();
    change(pack.get_mut("rule").unwrap().as_array_mut().unwrap());
    packs.insert(file.to_owned(), toml::to_string(&pack).unwrap());
    Rulebook::parse(FACTS, &packs.into_iter().collect::<Vec<_>>()).unwrap()
}

fn book() -> &'static Rulebook {
    static BOOK: LazyLock<Rulebook> = LazyLock::new(rulebook);
    &BOOK
}

fn vectors() -> Vec<Value> {
    VECTORS.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn is_claimed(vector: &Value) -> bool {
    FLOORS.iter().any(|(family, _)| vector["group"] == *family)
}

fn facts_of(book: &Rulebook, vector: &Value) -> Facts {
    book.facts_from_json(&vector["facts"]).unwrap()
}

#[test]
fn every_family_scores_at_least_its_floor() {
    let book = book();
    let mut scores: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for vector in vectors() {
        let mistakes = mistakes(&vector["expect"], &book.evaluate(&facts_of(book, &vector)));
        let score = scores.entry(vector["group"].as_str().unwrap().to_owned()).or_default();
        score.1 += 1;
        score.0 += usize::from(mistakes.is_empty());
        if is_claimed(&vector) && !mistakes.is_empty() {
            wrong.push(format!("{}: {}", vector["id"], mistakes.join("; ")));
        }
    }
    for (family, (right, all)) in &scores {
        println!("{family:14} {right:3} of {all:3}");
    }
    for (family, floor) in FLOORS {
        assert!(scores[*family].0 >= *floor, "{family} fell below {floor}:\n{}", wrong.join("\n"));
    }
}

/// What an answer gets wrong by the comparison rules of the vectors.
fn mistakes(expect: &Value, answer: &Assessment) -> Vec<String> {
    let mut mistakes = Vec::new();
    let mut differ = |what: &str, wanted: &Value, got: Value| {
        if !wanted.is_null() && *wanted != got {
            mistakes.push(format!("{what} is {got}, wanted {wanted}"));
        }
    };
    differ("verdict", &expect["verdict"], answer.verdict.as_str().into());
    differ("disposition", &expect["disposition"], answer.disposition.as_str().into());
    if answer.verdict == Verdict::NeedsHigherProcess {
        differ("min_process", &expect["min_process"], answer.min_process.map(|process| process.as_str()).into());
    }
    for (key, wanted) in expect["duties"].as_object().into_iter().flatten() {
        differ(key, wanted, answer.duties.get(key).cloned().unwrap_or_default());
    }
    for code in expect["findings"].as_array().into_iter().flatten() {
        if answer.findings.iter().all(|finding| finding.code.as_str() != *code) {
            mistakes.push(format!("finding {code} is not raised"));
        }
    }
    if let Some(citation) = expect["citation"].as_str() {
        let section = first_section(citation);
        if !answer.citations.iter().any(|cite| plain(cite).contains(&section)) {
            mistakes.push(format!("{section} is not among {:?}", answer.citations));
        }
    }
    mistakes
}

/// Vectors of our own: each lies just beside one of the others, where another rule decides. A person looked at each.
#[test]
fn what_lies_just_beside_a_vector_is_decided_by_another_rule() {
    let book = book();
    for line in BESIDE.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let mistakes = mistakes(&vector["expect"], &book.evaluate(&facts_of(book, &vector)));
        assert!(mistakes.is_empty(), "{}: {}", vector["id"], mistakes.join("; "));
    }
}

/// The first thing a citation names, with its subsections: `18 USC 2703(c)(2)`, `Carpenter v. United States`.
fn first_section(citation: &str) -> String {
    let first = citation.split([';', ',']).next().unwrap_or_default();
    plain(first.split(" (").next().unwrap_or_default())
}

fn plain(citation: &str) -> String {
    let bare = citation.to_lowercase().replace("u.s.c.", "usc").replace("arts.", "art.").replace("ss.", "s.");
    bare.chars().filter(|c| c.is_alphanumeric() || "()".contains(*c)).collect()
}

#[test]
fn a_permitted_demand_with_a_required_fact_deleted_is_asked_about() {
    let book = book();
    let mut deletions = 0;
    for vector in vectors().iter().filter(|v| is_claimed(v) && v["expect"]["verdict"] == "permitted") {
        let facts = facts_of(book, vector);
        for path in book.schema().required(&facts).into_iter().filter(|path| facts.get(path).is_some()) {
            let mut fewer = facts.clone();
            fewer.remove(&path);
            let answer = book.evaluate(&fewer);
            assert_eq!(answer.verdict, Verdict::ManualReview, "{} without {path}", vector["id"]);
            // Of an object that had one member alone nothing is left, so the object is asked for.
            let is_named = |asked: &String| *asked == path || path.starts_with(&format!("{asked}."));
            assert!(answer.missing_facts.iter().any(is_named), "{} without {path}", vector["id"]);
            assert!(!answer.disposition.discloses(), "{} without {path}", vector["id"]);
            deletions += 1;
        }
    }
    assert!(deletions > 600, "the required facts of the permitted vectors were not all found: {deletions}");
}

#[test]
fn what_is_required_is_what_the_table_says() {
    let book = book();
    for vector in vectors().iter().filter(|v| v["facts"]["instrument"] != "transparency_report") {
        let required = book.schema().required(&facts_of(book, vector));
        for path in ["requester_verified", "instrument", "data_class", "issued_on", "received_at", "customer_type"] {
            assert!(required.contains(path), "{}: {path}", vector["id"]);
        }
    }
    let warrant = vectors().into_iter().find(|v| v["id"] == "us_warrant-c33a").unwrap();
    let required = book.schema().required(&facts_of(book, &warrant));
    let wanted = ["execute_by", "authorised_from", "authorised_to", "particular", "signed", "identifiers.ours"];
    assert!(wanted.iter().all(|path| required.contains(*path)), "{required:?}");
    assert!(!required.contains("prior") && !required.contains("fields_requested"), "{required:?}");
}

#[test]
fn no_complete_vector_is_asked_about() {
    let book = book();
    for vector in vectors().iter().filter(|v| v["expect"]["verdict"] == "permitted") {
        let missing = book.schema().missing(&facts_of(book, vector));
        assert_eq!(missing, BTreeSet::new(), "{}", vector["id"]);
    }
}

#[test]
fn the_words_of_prose_change_nothing() {
    let book = book();
    for vector in vectors() {
        let facts = facts_of(book, &vector);
        let mut reworded = facts.clone();
        for (path, fact) in book.schema().paths() {
            if fact.kind() == FactKind::Prose {
                reworded.insert(path, Value::from("search warrant, emergency, consent"));
            }
        }
        let answer = |facts: &Facts| Assessment { other_facts: BTreeMap::new(), ..book.evaluate(facts) };
        assert_eq!(answer(&facts), answer(&reworded), "{}", vector["id"]);
    }
}

#[test]
fn nothing_known_is_never_permitted() {
    let answer = book().evaluate(&Facts::new());
    assert_eq!(answer.verdict, Verdict::ManualReview);
    assert!(answer.missing_facts.contains(&"instrument".to_owned()), "{:?}", answer.missing_facts);
}

#[test]
fn law_that_no_pack_covers_is_never_permitted() {
    let book = book();
    for vector in vectors().iter().filter(|v| !v["facts"]["instrument"].as_str().unwrap().starts_with("epoc")) {
        let facts = facts_of(book, vector).set("addressee_country", "ZA".into());
        let answer = book.evaluate(&facts);
        assert_ne!(answer.verdict, Verdict::Permitted, "{}", vector["id"]);
    }
}

#[test]
fn a_paper_under_review_never_discloses() {
    let book = book();
    for vector in vectors() {
        let answer = book.evaluate(&facts_of(book, &vector));
        assert!(answer.verdict == Verdict::Permitted || !answer.disposition.discloses(), "{}", vector["id"]);
        assert!(!answer.why.is_empty() && !answer.citations.is_empty() || !is_claimed(&vector), "{}", vector["id"]);
    }
}

#[test]
fn a_fact_that_is_none_is_named() {
    let book = book();
    for (facts, named) in [
        (r#"{"colour": "red"}"#, "colour"),
        (r#"{"instrument": "writ_of_mandamus"}"#, "writ_of_mandamus"),
        (r#"{"signed": "yes"}"#, "signed"),
        (r#"{"identifiers": {"given": -1}}"#, "identifiers.given"),
        (r#"{"signed": null}"#, "signed"),
    ] {
        let refused = book.facts_from_json(&serde_json::from_str(facts).unwrap()).unwrap_err();
        assert!(refused.to_string().contains(named), "{refused}");
    }
}

#[test]
fn one_line_in_is_one_line_out() {
    let line = vectors().into_iter().find(|v| v["id"] == "us_subpoena-1e85").unwrap();
    let answer = check_line(book(), &line, false).unwrap();
    assert_eq!(answer["id"], "us_subpoena-1e85");
    assert_eq!(answer["verdict"], "needs_higher_process");
    assert_eq!(answer["min_process"], "search_warrant");
    assert_eq!(answer["findings"], serde_json::json!(["instrument_too_low"]));
}

#[test]
fn what_every_rule_said_is_what_the_answer_rests_on() {
    for vector in vectors() {
        let facts = book().facts_from_json(&vector["facts"]).unwrap();
        let answer = book().evaluate(&facts);
        let traced = trace(book(), &facts);
        let rules = || traced.iter().flat_map(|pack| &pack.rules);
        let said = |wanted| -> BTreeSet<&str> {
            rules().filter(|one| one.said == wanted).map(|one| one.rule.id.as_str()).collect()
        };
        let did = |asked: bool| -> BTreeSet<&str> {
            let used = answer.rules.iter().filter(|used| (used.did == "asked") == asked);
            used.map(|used| used.id.as_str()).collect()
        };
        assert_eq!(said(Reading::Yes), did(false), "{}", vector["id"]);
        assert!(said(Reading::Unknown).is_superset(&did(true)), "{}", vector["id"]);
        for one in rules().filter(|one| one.said == Reading::No) {
            let is_told = one.part == Some(Part::Effective) || !one.by.is_empty();
            assert!(is_told, "{}: {} says no and nobody knows why", vector["id"], one.rule.id);
        }
        // No clock is asked about a demand, and nothing else is left out.
        let asked = traced.iter().filter(|pack| pack.covers != Reading::No).flat_map(|pack| &pack.pack.rules);
        assert_eq!(rules().count(), asked.filter(|rule| rule.clock.is_none()).count());
    }
}

/// The answer without the hashes of the packs, which name the text and not the law.
fn unpinned(mut answer: Assessment) -> Assessment {
    answer.packs.clear();
    answer.rulebook.clear();
    answer
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rules_does_not_matter(seed in any::<u64>(), file in pack()) {
        let mixed = book_with(file, |rules| {
            rules.sort_by_cached_key(|rule| scrambled(seed, rule["id"].as_str().unwrap()));
        });
        let book = book();
        for vector in vectors() {
            let facts = facts_of(book, &vector);
            prop_assert_eq!(unpinned(book.evaluate(&facts)), unpinned(mixed.evaluate(&facts)));
        }
    }

    #[test]
    fn one_more_refusing_rule_never_widens(
        file in pack(),
        class in prop::sample::select(vec!["any", "bsi", "content_stored", "@records", "@search_classes"]),
        level in prop::sample::select(vec!["federal", "state", "private", "foreign"]),
        instead in prop::option::of(prop::sample::select(vec!["subpoena", "search_warrant"])),
        defect in any::<bool>(),
    ) {
        let rule = format!(
            "id = \"one-more\"\ncites = [\"A\"]\neffective_from = \"2000-01-01\"\nreview_status = \"unreviewed\"\n\
             refuse = [\"{class}\"]\nwhen = {{ requester_level = \"{level}\" }}\ndefect = {defect}\nsays = \"No.\"\n{}",
            instead.map(|process| format!("instead = \"{process}\"")).unwrap_or_default()
        );
        let (book, more) = (book(), book_with(file, |rules| rules.push(rule.parse::<toml::Table>().unwrap().into())));
        for vector in vectors() {
            let facts = facts_of(book, &vector);
            let (before, after) = (book.evaluate(&facts), more.evaluate(&facts));
            prop_assert!(before.verdict == Verdict::Permitted || after.verdict != Verdict::Permitted);
            prop_assert!(before.disposition.discloses() || !after.disposition.discloses());
        }
    }

    #[test]
    fn knowing_less_never_permits(seed in any::<u64>(), keep in 0u64..100) {
        let book = book();
        for vector in vectors() {
            let facts = facts_of(book, &vector);
            let before = book.evaluate(&facts).verdict;
            let mut fewer = facts.clone();
            let required = book.schema().required(&facts);
            let lost: Vec<_> = required.iter().filter(|path| scrambled(seed, path) % 100 >= keep).collect();
            lost.iter().for_each(|path| fewer.remove(path));
            let after = book.evaluate(&fewer).verdict;
            prop_assert!(after != Verdict::Permitted || (before == Verdict::Permitted && fewer == facts), "{}", vector["id"]);
        }
    }
}

/// One of the packs, those of more cases more often.
fn pack() -> impl Strategy<Value = &'static str> {
    let others: Vec<&str> = PACKS.iter().map(|(file, _)| *file).collect();
    prop_oneof![Just("us-federal.toml"), Just("eu-evidence.toml"), prop::sample::select(others)]
}

fn scrambled(seed: u64, text: &str) -> u64 {
    text.bytes().fold(seed | 1, |so_far, byte| so_far.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)) >> 7
}

#[test]
fn the_packs_have_no_mistakes_and_their_own_vectors_are_right() {
    let mistakes: Vec<String> = lint::mistakes(book(), &BTreeSet::new()).iter().map(ToString::to_string).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

/// A pack of one's own beside the others, with mistakes of every kind.
const MISTAKEN: &str = r#"pack = "made-up"
version = "1"
kind = "law"
covers = { addressee_country = "US", requester_state = "OK" }

[[rule]]
id = "never"
cites = ["A"]
effective_from = "2000-01-01"
review_status = "unreviewed"
refuse = ["bsi"]
when = { requester_state = "TX" }
says = "The pack is about another state."

[[rule]]
id = "always-excepted"
cites = ["A"]
effective_from = "2000-01-01"
review_status = "unreviewed"
refuse = ["bsi"]
when = { instrument = "trial_subpoena" }
unless = { instrument = "@subpoenas" }
says = "The exception takes it all."

[[rule]]
id = "barred-anyway"
cites = ["A"]
effective_from = "2000-01-01"
review_status = "unreviewed"
applies_to = { instrument = "trial_subpoena", matter = "criminal" }
permit = ["bsi"]
disposition = "disclose"
says = "Permits what the next one bars."

[[rule]]
id = "bar"
cites = ["A"]
effective_from = "1990-01-01"
review_status = "unreviewed"
applies_to = { instrument = "@subpoenas" }
refuse = ["bsi", "payment"]
says = "Bars it."

[[rule.vector]]
says = "A trial subpoena in Oklahoma"
like = "California subpoena"
facts = { requester_state = "OK" }
expect = { verdict = "permitted" }

[[rule]]
id = "twin"
cites = ["A"]
effective_from = "2010-01-01"
review_status = "unreviewed"
applies_to = { instrument = "@subpoenas" }
refuse = ["bsi", "payment"]
says = "Bars it again."

[[rule]]
id = "reads-prose"
cites = ["A"]
effective_from = "2000-01-01"
review_status = "unreviewed"
refuse = ["bsi"]
when = { stated_purpose = "tax" }
says = "Prose."
"#;

#[test]
fn a_mistake_in_a_pack_is_named_with_its_line() {
    let mut packs: Vec<(String, String)> =
        PACKS.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
    packs.push(("made-up.toml".to_owned(), MISTAKEN.to_owned()));
    let (book, mut faults) = Rulebook::draft(FACTS, &packs).unwrap();
    faults.extend(lint::mistakes(&book, &BTreeSet::from(["made-up"])));
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for wanted in [
        "made-up.toml, line 65, rule “reads-prose”: “stated_purpose” is prose",
        "made-up.toml, line 7, rule “never”: it can never bind: what it asks for contradicts itself",
        "made-up.toml, line 16, rule “always-excepted”: it can never bind: whenever what it asks for holds, its `unless`",
        "made-up.toml, line 26, rule “barred-anyway”: it permits nothing: “bar” bars all that it permits",
        "rule “bar”: vector “A trial subpoena in Oklahoma”: the verdict is prohibited, not permitted",
        "rule “bar”: it says the same as “twin” on the same days",
        "made-up.toml, line 51, rule “twin”: no vector stands beneath it",
    ] {
        assert!(said.iter().any(|one| one.contains(wanted)), "{wanted}\n\n{}", said.join("\n"));
    }
}
