#![allow(clippy::unwrap_used)]

use chrono::NaiveDate;
use proptest::prelude::*;

use super::{Mapping, Reading, Sheet, SheetRow, Source, read};
use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::redirect::RedirectResult;
use crate::domain::requester::CustomerType;

fn sheet(text: &str) -> Sheet {
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let mut lines = text.lines().map(str::trim);
    let header = cells(lines.next().unwrap());
    Sheet { header, rows: (2..).zip(lines).map(|(line, text)| SheetRow { line, cells: cells(text) }).collect() }
}

fn reads(text: &str, mapping: &str) -> Reading {
    let source = Source::parse("Old Register").unwrap();
    read(&sheet(text), &Mapping::parse(mapping).unwrap(), &source, today()).unwrap()
}

fn today() -> NaiveDate {
    "2026-11-02".parse().unwrap()
}

#[test]
fn columns_of_the_fields_names_need_no_mapping() {
    let reading = reads(
        "Reference,Received on,country,customer,identifiers,outcome,disclosed_by,services,agency,docket,instrument,Note
         A-1,2013-02-03,United States,enterprise,4,non-content only,consent,Mail & Calendar; storage,Springfield PD,13-7,search warrant,x
         A-2,2013-H2,KR,consumer,1,No data,,,,,,",
        "",
    );
    assert_eq!((reading.problems, reading.unused), (vec![], vec!["Note".to_owned()]));
    let [(2, one), (3, two)] = reading.cases.as_slice() else { panic!("{:?}", reading.cases) };
    assert_eq!((one.source.as_str(), one.source_reference.as_str()), ("old-register", "A-1"));
    assert_eq!((one.received(), two.received()), ("2013-02-03".into(), "2013-H2".into()));
    assert_eq!((one.country.as_str(), two.country.as_str()), ("US", "KR"));
    assert_eq!((one.customer, two.customer), (CustomerType::Enterprise, CustomerType::Consumer));
    assert_eq!((one.outcome, two.outcome), (Outcome::NonContentOnly, Outcome::NoData));
    assert_eq!(one.disclosed_by, Some(RedirectResult::Consent));
    assert_eq!(one.services.iter().map(|s| s.as_str()).collect::<Vec<_>>(), ["mail_calendar", "storage"]);
    assert_eq!(one.instrument, Some(Instrument::SearchWarrant));
    assert_eq!(one.agency_name.as_ref().map(|a| a.as_str()), Some("Springfield PD"));
    assert_eq!(two.agency_name, None);
}

#[test]
fn a_mapping_names_columns_translates_words_and_fills_in_what_the_file_leaves_out() {
    let mapping = r#"
        source = "ticket-tool"
        dates = "%d/%m/%Y"
        [columns]
        received_on = "Eingang"
        country = "Land"
        outcome = "Ergebnis"
        [constants]
        customer = "consumer"
        identifiers = 1
        [values.outcome]
        "Ausgeleitet" = "content"
        "Abgelehnt" = "rejected"
        [skip]
        Land = ["Summe"]
    "#;
    let reading = reads(
        "Land,Eingang,Ergebnis
         DE,31/12/2019,AUSGELEITET
         DE,31/12/2019,AUSGELEITET
         FR,01/01/2020,abgelehnt
         Summe,,3",
        mapping,
    );
    assert_eq!((reading.problems.len(), reading.skipped), (0, 1));
    let outcomes: Vec<Outcome> = reading.cases.iter().map(|(_, case)| case.outcome).collect();
    assert_eq!(outcomes, [Outcome::Content, Outcome::Content, Outcome::Rejected]);
    let references: Vec<&str> = reading.cases.iter().map(|(_, case)| case.source_reference.as_str()).collect();
    assert!(references[0].ends_with(" 1") && references[1].ends_with(" 2"), "alike rows are two cases: {references:?}");
    assert_eq!(references[0].rsplit_once(' ').unwrap().0, references[1].rsplit_once(' ').unwrap().0);
}

#[test]
fn every_row_says_all_that_is_wrong_with_it_and_what_would_be_right() {
    let reading = reads(
        "reference,received_on,country,customer,identifiers,outcome,disclosed_by,instrument,services
         B-1,yesterday,Atlantis,person,many,given,,,
         B-2,2027-01-01,US,consumer,1,content,consent,,
         B-3,2013-01-01,US,enterprise,1,rejected,contract,,
         B-4,2013-01-01,US,consumer,1,content,,nsl,anna@example.com
         B-5,2013-01-01,US,consumer,1,content,,
         B-6,2013-01-01,US,consumer,1,content,,,
         B-6,2013-01-01,US,consumer,,content,,,",
        "",
    );
    let told: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
    for expected in [
        "line 2, column “received_on”: “yesterday” is no day as %Y-%m-%d writes it, and no half-year such as 2013-H1.",
        "line 2, column “country”: “Atlantis” is no country we know.",
        "line 2, column “customer”: “person” is no kind of customer. Give one of consumer, enterprise,",
        "line 2, column “identifiers”: “many” is no number.",
        "line 2, column “outcome”: “given” is no outcome. Give one of content, non_content_only,",
        "line 3, column “received_on”: “2027-01-01” lies in the future.",
        "line 3, column “disclosed_by”: A consumer's data is not given by consent",
        "line 4, column “disclosed_by”: Nothing was given in this case.",
        "line 5, column “instrument”: National-security process is kept and counted apart",
        "line 5, column “services”: Give a service by its name",
        "line 6: The row has 8 cells, the header 9.",
        "line 8, column “reference”: “B-6” stands on line 7 already.",
        "line 8, column “identifiers”: This is empty. Every past case needs its identifiers.",
    ] {
        assert!(told.iter().any(|line| line.starts_with(expected)), "{expected}\nis not told:\n{}", told.join("\n"));
    }
    assert_eq!(told.len(), 13, "{}", told.join("\n"));
    assert_eq!(
        reading.cases.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
        [7],
        "good rows are cases all the same"
    );
}

#[test]
fn a_mapping_that_does_not_fit_names_every_column_that_is_missing() {
    let mapping = Mapping::parse("[columns]\ncountry = \"Staat\"\n[skip]\nArt = [\"x\"]").unwrap();
    let source = Source::parse("s").unwrap();
    let wrong = read(&sheet("Land,received_on,customer,identifiers"), &mapping, &source, today()).unwrap_err();
    let fields: Vec<&str> = wrong.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["Staat", "Art", "outcome"], "{wrong:?}");
    for bad in ["columns = 3", "[columns]\nstate = \"x\"", "colour = 1", "source = \"a/b\"", "[counts]\nlost = \"x\""] {
        assert!(Mapping::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_table_of_counts_becomes_cases_and_what_does_not_add_up_is_named() {
    let mapping = r#"
        kind = "counts"
        [constants]
        received_on = "2013-H1"
        customer = "consumer"
        [counts]
        rejected = "refused"
    "#;
    let reading = reads(
        "country,requests,accounts,content,no_data,refused
         US,11,15,3,4,3
         DE,2,0,0,1,1
         FR,0,3,0,0,0
         ES,2,1,1,1,",
        mapping,
    );
    assert_eq!(reading.misfits.len(), 1);
    assert_eq!(
        reading.misfits[0].to_string(),
        "line 2, United States (US): the row states 11, its parts add up to 10 (3 + 4 + 3), 1 missing. The 10 are \
         entered; nothing is invented."
    );
    let accounts = |country: &str| -> Vec<u32> {
        let of = reading.cases.iter().filter(|(_, case)| case.country.as_str() == country);
        of.map(|(_, case)| case.identifier_count).collect()
    };
    assert_eq!(accounts("US"), [2, 2, 2, 2, 2, 1, 1, 1, 1, 1]);
    assert_eq!(accounts("DE"), [0, 0]);
    assert_eq!(reading.cases[0].1.source_reference.as_str(), "2013-H1 US consumer content 1");
    let told: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
    assert!(told[0].starts_with("line 4, column “accounts”: The row has accounts and no request"), "{told:?}");
    assert!(told[1].starts_with("line 5, column “refused”: “” is no number."), "{told:?}");
}

proptest! {
    #[test]
    fn an_expanded_table_keeps_every_sum(rows in prop::collection::vec((0u32..40, 0u32..40, 0u32..40, 0u32..500), 1..8)) {
        let countries = ["US", "DE", "FR", "ES", "IT", "KR", "JP", "BR"];
        let mut text = "country,requests,accounts,content,no_data,rejected\n".to_owned();
        for ((a, b, c, accounts), country) in rows.iter().zip(countries) {
            text.push_str(&format!("{country},{},{accounts},{a},{b},{c}\n", a + b + c));
        }
        let reading = reads(&text, "kind = \"counts\"\n[constants]\nreceived_on = \"2013-H1\"\ncustomer = \"consumer\"");
        prop_assert!(reading.misfits.is_empty());
        for ((a, b, c, accounts), country) in rows.iter().zip(countries) {
            let of: Vec<_> = reading.cases.iter().filter(|(_, case)| case.country.as_str() == country).collect();
            if a + b + c == 0 {
                prop_assert!(of.is_empty());
                continue;
            }
            prop_assert_eq!(of.len(), (a + b + c) as usize);
            prop_assert_eq!(of.iter().map(|(_, case)| case.identifier_count).sum::<u32>(), *accounts);
            let counted = |outcome: Outcome| of.iter().filter(|(_, case)| case.outcome == outcome).count();
            prop_assert_eq!([counted(Outcome::Content), counted(Outcome::NoData), counted(Outcome::Rejected)], [*a, *b, *c].map(|n| n as usize));
        }
        let references: std::collections::BTreeSet<_> = reading.cases.iter().map(|(_, case)| &case.source_reference).collect();
        prop_assert_eq!(references.len(), reading.cases.len());
    }
}
