#![allow(clippy::unwrap_used)]

use askama::Template;
use proptest::prelude::*;

use super::{by_country, by_service, of_enterprise};
use crate::actions::report_transparency::Lists;
use crate::domain::catalogue::Catalogue;
use crate::domain::redirect::RedirectResult;
use crate::domain::requester::CustomerType;
use crate::report::{Counted, CountedAs, CountedService, Table, Transparency};

fn any_case() -> impl Strategy<Value = Counted> {
    let customer = prop::sample::select(CustomerType::ALL.to_vec());
    let state = prop::sample::select(CountedAs::ALL.to_vec());
    let ground = prop::option::of(prop::sample::select(RedirectResult::ALL.to_vec()));
    let services = prop::sample::subsequence(vec!["account", "mail", "storage"], 0..=3);
    let country = prop::sample::select(vec!["US", "DE", "FR", "KR"]);
    (country, customer, 0u32..2000, state, ground, services, any::<bool>()).prop_map(
        |(country, customer, identifiers, state, disclosed_by, services, is_imported)| Counted {
            received_on: "2026-03-01".parse().unwrap(),
            country: country.to_owned(),
            instrument: None,
            customer,
            identifiers,
            state,
            is_overridden: false,
            disclosed_by,
            services: services
                .into_iter()
                .map(|name| CountedService { service: name.to_owned(), identifiers, state })
                .collect(),
            is_imported,
        },
    )
}

/// The numbers of a table as the page shows them, row by row; the row of shares is no count.
fn shown(page: &str) -> Vec<String> {
    let rows = page.split("<tr").skip(2).filter(|row| row.contains("<td") && !row.contains(">Share<"));
    let cells = |row: &str| -> Vec<String> {
        let cells = row.split("<td").skip(1).map(|cell| cell.split_once('>').unwrap().1);
        let text = |cell: &str| -> String {
            let parts = cell.split("</td>").next().unwrap().split('<');
            parts.enumerate().map(|(at, part)| if at == 0 { part } else { part.split_once('>').unwrap().1 }).collect()
        };
        cells.map(|cell| text(cell).replace(',', "")).collect()
    };
    let mut rows: Vec<String> = rows.map(|row| cells(row).join(",")).collect();
    rows.sort();
    rows
}

fn filed(csv: &str, keys: usize) -> Vec<String> {
    let line = |line: &str| line.split(',').skip(keys).collect::<Vec<_>>().join(",");
    let mut rows: Vec<String> = csv.lines().skip(1).map(line).collect();
    rows.sort();
    rows
}

proptest! {
    #[test]
    fn the_csv_equals_the_page(cases in prop::collection::vec(any_case(), 1..40)) {
        let report = Transparency::from_cases(cases);
        let (half, lists) = (&report.halves[0], Lists { has_queue: true, apart: Default::default() });
        let catalogue = Catalogue::parse(include_str!("../../../../../config/catalogue.toml")).unwrap();
        prop_assert_eq!(shown(&by_country(half, &lists).render().unwrap()), filed(&report.to_csv(Table::Countries), 3));
        prop_assert_eq!(shown(&of_enterprise(half, &lists).render().unwrap()), filed(&report.to_csv(Table::Enterprise), 2));
        prop_assert_eq!(shown(&by_service(half, &lists, &catalogue).render().unwrap()), filed(&report.to_csv(Table::Services), 2));
    }
}
