//! The report's tables as rows of cells, each number with the list behind it.

use std::cmp::Reverse;

use askama::Template;

use super::behind::{Cell, Of, behind};
use crate::actions::report_transparency::Lists;
use crate::domain::catalogue::Catalogue;
use crate::domain::country::country_name;
use crate::report::{
    Column, CountedAs, Counts, CustomerKind, EnterpriseAs, EnterpriseRow, HalfYearReport, Row, ServiceRow, share,
    thousands,
};

/// A table.
#[derive(Template)]
#[template(path = "report_table.html")]
pub struct Figures {
    caption: &'static str,
    first: &'static str,
    heads: Vec<&'static str>,
    groups: Vec<Group>,
    foot: Vec<Line>,
}

/// Rows that belong together, with their sum.
struct Group {
    name: Option<&'static str>,
    lines: Vec<Line>,
    sum: Option<Line>,
}

/// One line.
struct Line {
    name: String,
    /// As files spell it; empty where the name says it.
    code: String,
    cells: Vec<Figure>,
}

/// One number.
struct Figure {
    text: String,
    is_zero: bool,
    href: Option<String>,
}

/// By country, consumers and organisations apart.
pub fn by_country(half: &HalfYearReport, lists: &Lists) -> Figures {
    let group = |kind: &CustomerKind| {
        let mut rows: Vec<&Row> = half.rows.iter().filter(|row| row.customer == *kind).collect();
        rows.sort_by_key(|row| (Reverse(row.counts.requests()), country_name(&row.country)));
        let line = |row: &&Row| {
            let cell = about((half, lists), Some(&row.country), Some(*kind));
            line(country_name(&row.country), &row.country, &row.counts, cell, Of::State)
        };
        let sum = half.customers.get(kind)?;
        let sum = line_of_sum(all_of(*kind), sum, about((half, lists), None, Some(*kind)), Of::State);
        Some(Group { name: Some(title(*kind)), lines: rows.iter().map(line).collect(), sum: Some(sum) })
    };
    let all = line_of_sum("All", &half.total, about((half, lists), None, None), Of::State);
    Figures {
        caption: "Requests by country and outcome",
        first: "Country",
        heads: heads::<CountedAs>(),
        groups: CustomerKind::ALL.iter().filter_map(group).collect(),
        foot: vec![all, shares(&half.total)],
    }
}

/// Organisations' accounts, by ground.
pub fn of_enterprise(half: &HalfYearReport, lists: &Lists) -> Figures {
    let mut rows: Vec<&EnterpriseRow> = half.enterprise.iter().collect();
    rows.sort_by_key(|row| (Reverse(row.counts.requests()), country_name(&row.country)));
    let kind = Some(CustomerKind::Enterprise);
    let line = |row: &&EnterpriseRow| {
        line(
            country_name(&row.country),
            &row.country,
            &row.counts,
            about((half, lists), Some(&row.country), kind),
            Of::Enterprise,
        )
    };
    let all = line_of_sum("All", &half.enterprise_total, about((half, lists), None, kind), Of::Enterprise);
    Figures {
        caption: "Requests about organisations' accounts, by what came of them",
        first: "Country",
        heads: heads::<EnterpriseAs>(),
        groups: vec![Group { name: None, lines: rows.iter().map(line).collect(), sum: None }],
        foot: vec![all],
    }
}

/// By service, as the catalogue calls it; a request stands in each it names, so there is no sum.
pub fn by_service(half: &HalfYearReport, lists: &Lists, catalogue: &Catalogue) -> Figures {
    let name = |id: &str| catalogue.find_service(id).map_or_else(|| id.replace('_', " "), |known| known.name.clone());
    let mut rows: Vec<&ServiceRow> = half.services.iter().collect();
    rows.sort_by_key(|row| (row.service.is_none(), Reverse(row.counts.requests())));
    let line = |row: &&ServiceRow| match row.service.as_deref() {
        Some(service) => {
            let cell = Cell { service: Some(service), ..about((half, lists), None, None) };
            line(&name(service), "", &row.counts, cell, Of::State)
        }
        None => Line { name: "none named".into(), code: String::new(), cells: plain(&row.counts) },
    };
    Figures {
        caption: "Requests by service and outcome",
        first: "Service",
        heads: heads::<CountedAs>(),
        groups: vec![Group { name: None, lines: rows.iter().map(line).collect(), sum: None }],
        foot: Vec::new(),
    }
}

fn title(kind: CustomerKind) -> &'static str {
    match kind {
        CustomerKind::Consumer => "Consumers",
        CustomerKind::Enterprise => "Organisations (enterprise)",
    }
}

fn all_of(kind: CustomerKind) -> &'static str {
    match kind {
        CustomerKind::Consumer => "All consumers",
        CustomerKind::Enterprise => "All organisations",
    }
}

fn heads<C: Column>() -> Vec<&'static str> {
    let mut heads = vec!["Requests", "Accounts"];
    heads.extend(C::COLUMNS.iter().map(|column| column.title()));
    heads.push("of which imported");
    heads
}

/// A cell whose column and number are still to be filled in.
fn about<'c>(
    (half, lists): (&HalfYearReport, &'c Lists),
    country: Option<&'c str>,
    customer: Option<CustomerKind>,
) -> Cell<'c> {
    Cell {
        period: half.period,
        country,
        customer,
        service: None,
        column: Of::Requests,
        tally: half.total.all(),
        pending: 0,
        lists,
    }
}

fn line<C: Column>(name: &str, code: &str, counts: &Counts<C>, cell: Cell<'_>, of: fn(C) -> Of) -> Line {
    let all = counts.all();
    let pending = counts.columns().filter(|(column, _)| column.name() == CountedAs::Pending.as_str());
    let cell = Cell { pending: pending.map(|(_, tally)| tally.requests).sum(), ..cell };
    let mut cells = vec![figure(all.requests, behind(&Cell { tally: all, ..cell })), figure(counts.accounts, None)];
    cells.extend(
        counts
            .columns()
            .map(|(column, tally)| figure(tally.requests, behind(&Cell { column: of(column), tally, ..cell }))),
    );
    cells.push(figure(all.imported, None));
    Line { name: name.to_owned(), code: code.to_owned(), cells }
}

fn line_of_sum<C: Column>(name: &str, counts: &Counts<C>, cell: Cell<'_>, of: fn(C) -> Of) -> Line {
    line(name, "", counts, cell, of)
}

fn plain<C: Column>(counts: &Counts<C>) -> Vec<Figure> {
    let all = counts.all();
    let columns = counts.columns().map(|(_, tally)| tally.requests);
    let numbers = [all.requests, counts.accounts].into_iter().chain(columns).chain([all.imported]);
    numbers.map(|number| figure(number, None)).collect()
}

/// The share of each column in the requests.
fn shares(counts: &Counts<CountedAs>) -> Line {
    let all = counts.all();
    let empty = || Figure { text: String::new(), is_zero: true, href: None };
    let of = |part: u64| Figure { text: share(part, all.requests), is_zero: part == 0, href: None };
    let mut cells = vec![empty(), empty()];
    cells.extend(counts.columns().map(|(_, tally)| of(tally.requests)));
    cells.push(of(all.imported));
    Line { name: "Share".into(), code: String::new(), cells }
}

fn figure(number: u64, href: Option<String>) -> Figure {
    Figure { text: thousands(number), is_zero: number == 0, href }
}

#[cfg(test)]
mod tests;
