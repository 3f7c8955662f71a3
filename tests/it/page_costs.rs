//! What each page costs: bytes on the way, and statements to the database. The table is `docs/page-costs.md`.
//!
//! After a change that is meant, write the table anew: `WRIT_WRITE_PAGE_COSTS=1 cargo test --test it page_costs`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use writ::web::routes::{Method, ROUTES};

use crate::support::pages::{FILES, PAGES, Place, Tour};
use crate::support::site::{Client, Site};
use crate::support::statements::{listen, said_during};
use crate::support::world::World;

/// UI rule 9: at most so many statements to read a page, session and view record apart.
const MOST_STATEMENTS: usize = 8;
/// UI rule 9: a page weighs less on the first visit, compressed, with all it loads.
const HEAVIEST: usize = 100 * 1024;
/// What a page loads beside itself.
const LOADED: &[&str] = &["/static/writ.css", "/static/writ.js", "/static/mark.svg"];
/// What browsers take: the first over HTTPS, the second over plain HTTP.
const TAKES: [&str; 2] = ["gzip, deflate, br, zstd", "gzip, deflate"];
/// Bytes may differ by one part in so many before the table must be written anew.
const SLACK: usize = 10;

const HEAD: &str = "\
# What each page costs

Kept by `tests/it/page_costs.rs`, which measures every page of `tests/it/support/pages.rs` on SQLite, in a register with
cases at all stages, one of them with a hundred demands. It fails when a page needs more than 8 statements to read or
weighs more than 100 KB on the first visit, when a route is not in the list, and when this table is out of date (bytes
by more than a tenth). Write it anew with

    WRIT_WRITE_PAGE_COSTS=1 cargo test --test it page_costs

**bytes**: the page as it is; **compressed**: on the way over HTTPS, where browsers take Brotli; **gzip**: on the way over
plain HTTP, for trials; **first visit**: compressed, with style sheet, script and icon.
**statements**: to read what the page shows; **session**: to find out whose session it is; **record**: to write down
that the page was looked at, on the first look in 15 minutes.

| page | seen by | bytes | compressed | gzip | first visit | statements | session | record |
|---|---|--:|--:|--:|--:|--:|--:|--:|
";

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cost {
    bytes: usize,
    compressed: usize,
    gzip: usize,
    first_visit: usize,
    statements: usize,
    session: usize,
    record: usize,
}

#[test]
fn every_page_costs_what_its_table_says_and_no_more_than_is_allowed() {
    listen();
    World::sqlite().tell(|world| {
        let tour = Tour::full(world);
        let site = world.serves();
        let loaded: usize = LOADED.iter().map(|path| site.visitor().packed(path, TAKES[0], "same-origin")).sum();
        let (mut table, mut broken) = (Vec::new(), Vec::new());
        for (place, is_page) in PAGES.iter().map(|place| (place, true)).chain(FILES.iter().map(|place| (place, false)))
        {
            let (cost, page_statements) = measured(world, &site, &tour, place, if is_page { loaded } else { 0 });
            let what = format!("{} as {}", place.2, place.1);
            if cost.statements > MOST_STATEMENTS {
                broken.push(format!(
                    "{what} needs {} statements:\n  {}",
                    cost.statements,
                    page_statements.join("\n  ")
                ));
            }
            if is_page && cost.first_visit > HEAVIEST {
                broken.push(format!("{what} weighs {} bytes", cost.first_visit));
            }
            table.push(((*place).to_owned(), cost));
        }
        assert!(broken.is_empty(), "{}", broken.join("\n"));
        compare(&table);
    });
}

#[test]
fn every_route_that_is_read_is_in_the_list_of_pages() {
    // Programs read the API a page of a list at a time; people wait for pages.
    let is_page = |path: &str| !path.starts_with("/api/");
    for route in ROUTES.iter().filter(|route| route.method == Method::Get && is_page(route.path)) {
        let is_listed = PAGES.iter().chain(FILES).any(|(listed, ..)| *listed == route.path);
        assert!(is_listed, "{} is in no list of tests/it/support/pages.rs", route.path);
    }
}

/// Measured on the first look of a new session.
fn measured(world: &World, site: &Site, tour: &Tour, place: &Place, loaded: usize) -> (Cost, Vec<String>) {
    let client: Client<'_> = if place.1.is_empty() { site.visitor() } else { site.browser_of(&world.person(place.1)) };
    let path = tour.address(place);
    let (page, said) = said_during(&world.url, || client.gets(&path));
    assert!([200, 303].contains(&page.status), "{path}: {} {}", page.status, page.text());
    let [compressed, gzip] = TAKES.map(|takes| client.packed(&path, takes, "same-origin"));
    let cost = Cost {
        bytes: page.body.len(),
        compressed,
        gzip,
        first_visit: compressed + loaded,
        statements: said.page.len(),
        session: said.session.len(),
        record: said.record.len(),
    };
    (cost, said.page)
}

fn compare(table: &[(Place, Cost)]) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/page-costs.md");
    if std::env::var_os("WRIT_WRITE_PAGE_COSTS").is_some() {
        let lines: String = table.iter().map(|(place, cost)| line(place, cost)).collect();
        std::fs::write(&file, format!("{HEAD}{lines}")).unwrap();
    }
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let written: BTreeMap<String, Vec<usize>> = text.lines().filter_map(parsed).collect();
    let mut broken = Vec::new();
    for (place, cost) in table {
        let now = line(place, cost);
        match written.get(&name(place)) {
            Some(then) if is_as(cost, then) => {}
            Some(_) | None => broken.push(format!("now: {}", now.trim_end())),
        }
    }
    let names: Vec<String> = table.iter().map(|(place, _)| name(place)).collect();
    broken.extend(written.keys().filter(|known| !names.contains(known)).map(|gone| format!("gone: {gone}")));
    assert!(broken.is_empty(), "docs/page-costs.md is out of date; see its head:\n{}", broken.join("\n"));
}

fn is_as(cost: &Cost, then: &[usize]) -> bool {
    let [bytes, compressed, gzip, first_visit, statements, session, record] = then else { return false };
    let is_near = |now: usize, then: usize| now.abs_diff(then) * SLACK <= then;
    is_near(cost.bytes, *bytes)
        && is_near(cost.compressed, *compressed)
        && is_near(cost.gzip, *gzip)
        && is_near(cost.first_visit, *first_visit)
        && (cost.statements, cost.session, cost.record) == (*statements, *session, *record)
}

fn name((_, who, address): &Place) -> String {
    format!("{address} by {}", if who.is_empty() { "anybody" } else { who })
}

fn line(place: &Place, cost: &Cost) -> String {
    let Cost { bytes, compressed, gzip, first_visit, statements, session, record } = cost;
    let who = if place.1.is_empty() { "anybody" } else { place.1 };
    format!(
        "| `{}` | {who} | {bytes} | {compressed} | {gzip} | {first_visit} | {statements} | {session} | {record} |\n",
        place.2
    )
}

fn parsed(line: &str) -> Option<(String, Vec<usize>)> {
    let cells: Vec<&str> = line.split('|').map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let (address, rest) = cells.split_first()?;
    let (who, numbers) = rest.split_first()?;
    let address = address.strip_prefix('`')?.strip_suffix('`')?;
    let numbers: Vec<usize> = numbers.iter().map(|cell| cell.parse().ok()).collect::<Option<_>>()?;
    Some((format!("{address} by {who}"), numbers))
}
