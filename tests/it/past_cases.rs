//! Past cases: imported at the console, listed, and counted in the report.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use writ::actions::import_cases::{Standing, import_cases, standings};
use writ::domain::country::find_country;
use writ::domain::finding::FindingCode;
use writ::domain::outcome::Outcome;
use writ::domain::past_case::{Mapping, Particulars, Reading, Sheet, SheetRow, Source, read};
use writ::domain::staff::Actor;
use writ::report::thousands;

use crate::support::on_both;
use crate::support::papers::{asked_about, subpoena, warrant};
use crate::support::people::{Acts, grant, reject};
use crate::support::world::World;

on_both! {
    organisations_are_counted_apart,
    a_service_counts_by_what_its_own_demands_came_to,
    a_published_table_is_reported_as_it_was_published,
    past_cases_are_listed_as_imported_and_names_are_sealed_for_auditors,
}

const FIGURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/figures/microsoft-2013-H1.csv");
const MAPPING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/figures/microsoft-2013-H1.toml");

// ── through the console ──────────────────────────────────────────────────────────

/// A register of one's own and files beside it.
struct Desk {
    place: TempDir,
}

impl Desk {
    fn new() -> Desk {
        let desk = Desk { place: TempDir::new().unwrap() };
        assert!(desk.writ(&["migrate", "--new"]).status.success());
        desk
    }

    fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.place.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn writ(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_writ"));
        command.args(args).arg("--data").arg(self.data()).stdin(Stdio::null());
        command
    }

    fn imports(&self, file: &Path, more: &[&str]) -> Output {
        self.writ(&[&["import", "cases", file.to_str().unwrap()], more].concat())
    }

    fn report(&self, more: &[&str]) -> String {
        told(&self.writ(&[&["report", "transparency", "--csv"], more].concat()))
    }
}

/// What a command printed.
fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a command said beside it.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn contains(text: &str, part: &str) {
    assert!(text.contains(part), "“{part}” is not in:\n{text}");
}

/// Cells of a CSV, by the names of its columns.
fn table(csv: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = csv.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = |line: &str| names.iter().map(|n| (*n).to_owned()).zip(line.split(',').map(str::to_owned)).collect();
    lines.map(row).collect()
}

/// Every cell of the published table is the report's, and nothing else is in the report.
fn equals_the_published(report: &str) {
    let outcomes = [
        ("content", "disclosed_content"),
        ("non_content_only", "disclosed_noncontent_only"),
        ("no_data", "no_data_found"),
        ("rejected", "rejected"),
    ];
    let published = table(&fs::read_to_string(FIGURES).unwrap());
    let report = table(report);
    let of = |country: &str, customer: &str| {
        let row = report.iter().find(|row| row["country"] == country && row["customer"] == customer);
        row.unwrap_or_else(|| panic!("{country} is not in the report"))
    };
    for row in &published {
        let (code, customer) = match row["country"].as_str() {
            "TOTAL" => ("all".to_owned(), "all"),
            name => (find_country(name).unwrap_or_else(|| panic!("{name}")).to_string(), "consumer"),
        };
        let counted = of(&code, customer);
        for (ours, theirs) in outcomes {
            assert_eq!(counted[ours], row[theirs], "{code} {ours}");
        }
        assert_eq!(counted["accounts"], row["accounts_specified"], "{code} accounts");
        // The United States are one short of what the source states, and so is the total.
        let short = u64::from(["US", "all"].contains(&code.as_str()));
        let stated: u64 = row["requests"].parse().unwrap();
        assert_eq!(counted["requests"], (stated - short).to_string(), "{code} requests");
        assert_eq!(counted["imported"], counted["requests"]);
        for other in ["redirected", "withdrawn", "preserved_only", "pending"] {
            assert_eq!(counted[other], "0", "{code} {other}");
        }
    }
    let total = of("all", "all");
    assert_eq!((total["accounts"].as_str(), total["requests"].as_str()), ("66539", "37195"));
    assert_eq!(report.len(), published.len() + 1, "one row a country, the sum of consumers, and all");
}

#[test]
fn a_published_table_of_37_196_requests_goes_through_the_console_to_the_report() {
    let desk = Desk::new();
    let figures = desk.file("figures.csv", &fs::read_to_string(FIGURES).unwrap());
    let how = ["--expand", "--mapping", MAPPING];
    let short = "line 2, United States (US): the row states 7014, its parts add up to 7013 (749 + 4569 + 1107 + 588), \
                 1 missing. The 7013 are entered; nothing is invented.";

    let dry = desk.imports(&figures, &[&how[..], &["--dry-run"]].concat());
    assert!(dry.status.success());
    contains(&said(&dry), short);
    contains(&told(&dry), "2013-H1 Türkiye: 6226 past cases, 7333 identifiers (non-content only 4674");
    contains(&told(&dry), "Dry run: 37,195 past cases would be entered. 0 were entered before. 0 rows rejected.");
    assert_eq!(table(&desk.report(&[])).len(), 0, "a dry run enters nothing");

    let began = std::time::Instant::now();
    let done = desk.imports(&figures, &how);
    println!("imported in {:?}", began.elapsed());
    assert!(done.status.success(), "{}", said(&done));
    contains(&said(&done), short);
    contains(&said(&done), "entered 500 of 37,195");
    contains(&told(&done), "37,195 past cases entered. 0 were entered before. 0 rows rejected. 1 rows do not add up");
    assert!(!desk.place.path().join("figures.rejected.csv").exists());
    equals_the_published(&desk.report(&["--period", "2013-H1"]));
    let again = desk.imports(&figures, &how);
    assert!(again.status.success());
    contains(&told(&again), "0 past cases entered. 37,195 were entered before.");
    equals_the_published(&desk.report(&[]));
}

#[test]
fn an_import_that_was_cut_off_is_started_again_and_enters_the_rest() {
    let desk = Desk::new();
    let mut text = "reference,received_on,country,customer,identifiers,outcome\n".to_owned();
    (0..6_000).for_each(|n| text.push_str(&format!("LE-{n},2019-03-0{},DE,consumer,1,no data\n", n % 9 + 1)));
    let file = desk.file("old.csv", &text);

    let mut cut = desk.command(&["import", "cases", file.to_str().unwrap()]);
    let mut cut = cut.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let began = BufReader::new(cut.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .any(|line| line.starts_with("entered 1,000 of"));
    cut.kill().unwrap();
    cut.wait().unwrap();
    assert!(began);

    let rest = desk.imports(&file, &[]);
    assert!(rest.status.success(), "{}", said(&rest));
    contains(&said(&rest), "Source: old, after the file.");
    let words = told(&rest);
    let number = |text: &str| text.split(' ').next().unwrap().replace(',', "").parse::<u64>().unwrap();
    let (entered, before) = (number(&words), number(words.split("entered. ").nth(1).unwrap()));
    assert!(entered > 0 && before >= 1_000, "{words}");
    assert_eq!(entered + before, 6_000);
    contains(&desk.report(&["--period", "2019-H1"]), "2019-H1,all,all,6000,6000,0,0,6000,");
    assert_eq!(table(&desk.report(&["--period", "2012-H1"])).len(), 0);
    let json = told(&desk.writ(&["report", "transparency", "--json"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["periods"][0]["total"]["no_data"], 6_000);
    contains(&told(&desk.writ(&["audit", "verify"])), "The log is sound");
}

#[test]
fn bad_rows_are_named_and_kept_apart_and_good_rows_enter() {
    let desk = Desk::new();
    let text = "reference;received_on;country;customer;identifiers;outcome;agency\n\
                A-1;2019-03-01;DE;consumer;1;content;\"Police; Springfield\"\n\
                A-2;2019-03-01;Utopia;consumer;1;content;\n\
                A-3;2019-13-01;DE;consumer;1;content;Somebody\n\
                A-4;2019-03-01;DE;consumer;2;rejected;\n";
    // Lines are named as an editor numbers them, whatever ends them.
    let file = desk.file("old.csv", &text.replace('\n', "\r\n"));
    let none = desk.imports(&file, &["--all-or-nothing"]);
    assert_eq!(none.status.code(), Some(2));
    contains(&told(&none), "Nothing was entered");
    assert_eq!(table(&desk.report(&[])).len(), 0);

    let done = desk.imports(&file, &[]);
    assert_eq!(done.status.code(), Some(2));
    contains(&said(&done), "line 3, column “country”: “Utopia” is no country we know.");
    contains(&said(&done), "line 4, column “received_on”: “2019-13-01” is no day");
    contains(&told(&done), "2 past cases entered. 0 were entered before. 2 rows rejected.");
    let rejected = desk.place.path().join("old.rejected.csv");
    let kept = fs::read_to_string(&rejected).unwrap();
    assert_eq!(fs::metadata(&rejected).unwrap().permissions().mode() & 0o777, 0o600, "rows may name people");
    contains(&kept, "reference,received_on,country,customer,identifiers,outcome,agency,line,why\n");
    contains(&kept, "A-2,2019-03-01,Utopia,consumer,1,content,,3,\"country: “Utopia” is no country");
    assert_eq!(kept.lines().count(), 3);

    // What was entered stays as it is, whatever the file says later.
    let changed = desk.file(
        "old.csv",
        &text
            .replace("A-4;2019-03-01;DE;consumer;2;rejected", "A-4;2019-03-01;DE;consumer;2;content")
            .replace("Utopia", "FR")
            .replace("2019-13", "2019-12"),
    );
    let again = desk.imports(&changed, &[]);
    assert_eq!(again.status.code(), Some(2));
    contains(&said(&again), "line 5: “A-4” of old was imported before and says something else now.");
    contains(&told(&again), "2 past cases entered. 1 were entered before. 1 rows rejected.");
    contains(&desk.report(&[]), "2019-H1,all,all,3,4,2,0,0,1,");

    let unfit = desk.imports(&desk.file("other.csv", "Land,Art\nDE,x\n"), &["--source", "x"]);
    assert!(!unfit.status.success());
    contains(&said(&unfit), "outcome: No column is “outcome”. Name it under [columns]");
}

// ── on both databases, through the pages ─────────────────────────────────────────

fn reads(csv: &str, mapping: &str) -> Reading {
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let mut lines = csv.lines().map(str::trim).filter(|line| !line.is_empty());
    let header = cells(lines.next().unwrap());
    let sheet =
        Sheet { header, rows: (2..).zip(lines).map(|(line, text)| SheetRow { line, cells: cells(text) }).collect() };
    let mapping = Mapping::parse(mapping).unwrap();
    let source = mapping.source().unwrap().unwrap_or_else(|| Source::parse("old-register").unwrap());
    let reading = read(&sheet, &mapping, &source, "2026-11-02".parse().unwrap()).unwrap();
    assert_eq!(reading.problems, []);
    reading
}

fn imports(world: &World, reading: Reading) -> usize {
    let cases: Vec<Particulars> = reading.cases.into_iter().map(|(_, case)| case).collect();
    let all: Vec<&Particulars> = cases.iter().collect();
    assert!(standings(&world.ctx, &all).unwrap().iter().all(|standing| *standing == Standing::Fresh));
    let entered = import_cases(&world.ctx, Actor::System("console"), cases.clone()).unwrap();
    assert!(standings(&world.ctx, &all).unwrap().iter().all(|standing| *standing == Standing::Known));
    assert!(import_cases(&world.ctx, Actor::System("console"), cases).is_err(), "the table lets nothing in twice");
    entered
}

fn organisations_are_counted_apart(world: &World) {
    let mut csv = "reference,received_on,country,customer,identifiers,outcome,disclosed_by,services\n".to_owned();
    let enterprise = [
        (4, "rejected", ""),
        (3, "redirected", ""),
        (1, "content", "consent"),
        (2, "non_content_only", "consent"),
        (1, "non_content_only", "contract"),
    ];
    for (count, outcome, ground) in enterprise {
        for n in 0..count {
            csv.push_str(&format!(
                "E-{outcome}-{ground}-{n},2025-08-01,US,enterprise,1,{outcome},{ground},mail; storage\n"
            ));
        }
    }
    (0..5).for_each(|n| csv.push_str(&format!("C-{n},2025-09-01,DE,consumer,2,content,,mail\n")));
    let (site, carla) = (world.serves(), world.carla());
    let carla = site.browser_of(&carla);
    carla.gets("/reports/transparency").shows("Nothing to count yet");
    // What was counted before is not told again.
    assert_eq!(imports(world, reads(&csv, "")), 16);

    let page = carla.gets("/reports/transparency");
    page.shows("Transparency report, 2025, second half");
    page.shows("6 content + 3 non-content only + 0 no data + 4 rejected + 3 redirected + 0 withdrawn + 0 preserved only + 0 pending = 16 requests");
    page.shows("Consumers Germany DE 5 10 5 0 0 0 0 0 0 0 5");
    page.shows("Organisations (enterprise) United States US 11 11 1 3 0 4 3 0 0 0 11");
    page.shows("United States US 11 11 7 3 1 0 0 0 0 0 11");
    page.shows("Web mail 16 21 6 3 0 4 3 0 0 0 16");
    page.shows("Online storage 11 11 1 3 0 4 3 0 0 0 11");
    page.shows("National-security process is in no row and no total.");
    page.hides(" style=\"");
    let csv = carla.gets("/reports/transparency.csv?period=2025-H2&table=enterprise");
    assert_eq!(
        table(&csv.source())[0],
        table(
            "period,country,requests,accounts,rejected_or_redirected,disclosed_by_consent,disclosed_by_contract,disclosed_otherwise,no_data,withdrawn,preserved_only,pending,imported\n2025-H2,US,11,11,7,3,1,0,0,0,0,0,11"
        )[0]
    );
    let json: serde_json::Value = serde_json::from_slice(&carla.gets("/reports/transparency.json").body).unwrap();
    assert_eq!(json["periods"][0]["enterprise"]["total"]["rejected_or_redirected"], 7);
    carla.gets("/reports/transparency?period=2020-H1").shows("No request was received in that half-year");
    assert_eq!(carla.gets("/reports/transparency?period=soon").status, 404);

    // Every number that is a link opens a list of just so many.
    let source = page.source();
    let links: Vec<(&str, &str)> = source
        .split("<a href=\"/past-cases?")
        .skip(1)
        .map(|rest| {
            let (query, rest) = rest.split_once("\">").unwrap();
            (query, rest.split('<').next().unwrap())
        })
        .collect();
    assert!(links.len() > 25, "{}", links.len());
    for (query, number) in links {
        let noun = if number == "1" { "case" } else { "cases" };
        carla
            .gets(&format!("/past-cases?{}", query.replace("&amp;", "&").replace("&#38;", "&")))
            .shows(&format!("{number} past {noun}"));
    }
}

fn a_service_counts_by_what_its_own_demands_came_to(world: &World) {
    let (anna, ben, emil) = (world.anna(), world.ben(), world.emil());
    // Content of the one service, nothing held by the next, the third refused, the fourth not there to be had.
    let asks = ["mail/mail_content", "account/registration", "storage/file_list", "blog/owner_record"];
    let mut paper = asks.iter().fold(warrant(), |paper, item| paper.asking(item));
    paper.demands.push(asked_about("+1 (202) 555-0199", "mail/mail_content"));
    let case = anna.assesses(&ben.verifies(&anna.opens(paper).done()).done()).done();
    let demands = case.demands.clone();
    let (mail, account, storage, blog) = (&demands[0], &demands[1], &demands[2], &demands[3]);
    let decisions = vec![
        grant(mail),
        grant(account),
        reject(storage, FindingCode::InstrumentTooLow),
        reject(blog, FindingCode::DataNotHeld),
        grant(&demands[4]),
    ];
    let case = anna.drafts(&case, decisions).done();
    let case = world.dan().approves(&world.carla().approves(&case).done()).done();
    let case = emil.finds_nothing(&emil.collects(&case, mail).done(), account).done();
    let case = emil.finds_nothing(&case, &demands[4]).done();
    let (site, carla) = (world.serves(), world.carla());
    let carla = site.browser_of(&carla);
    let services = || {
        let csv = carla.gets("/reports/transparency.csv?table=services").source();
        csv.lines().skip(1).map(|line| line.trim_end().to_owned()).collect::<Vec<String>>()
    };
    // While it is open all of it is pending.
    assert!(services().iter().all(|line| line.ends_with(",0,0,0,0,0,0,0,1,0")), "{:?}", services());
    let case = anna.closes(&anna.releases(&case).done()).done();
    assert_eq!(case.closing().unwrap().outcome, Outcome::Content);
    // requests, accounts; content, non-content only, no data, rejected
    let expected = [
        "2026-H2,account,1,1,0,0,1,0,0,0,0,0,0",
        "2026-H2,blog,1,1,0,0,1,0,0,0,0,0,0",
        "2026-H2,mail,1,2,1,0,0,0,0,0,0,0,0",
        "2026-H2,storage,1,1,0,0,0,1,0,0,0,0,0",
    ];
    assert_eq!(services(), expected);
    let page = carla.gets("/reports/transparency");
    page.shows("Web mail 1 2 1 0");
    page.shows("Online storage 1 1 0 0 0 1");
    page.shows("All consumers 1 2 1 0");
    page.shows("the same paper served twice is two");
    // Taken back, it is withdrawn for each.
    let open = anna.opens(subpoena().asking("account/registration").asking("mail/sign_in_ip_log")).done();
    anna.withdraws(&open).done();
    assert!(services().contains(&"2026-H2,account,2,2,0,0,1,0,0,1,0,0,0".to_owned()), "{:?}", services());
}

fn a_published_table_is_reported_as_it_was_published(world: &World) {
    let kept = ["country", "Germany", "Brazil", "Canada", "Korea", "Slovakia", "Ireland", "Monaco"];
    let csv = fs::read_to_string(FIGURES).unwrap();
    let small: Vec<&str> = csv.lines().filter(|line| kept.contains(&line.split(',').next().unwrap())).collect();
    let mut reading = reads(&small.join("\n"), &fs::read_to_string(MAPPING).unwrap());
    assert_eq!(reading.misfits, []);
    reading.cases.retain(|(_, case)| case.country.as_str() != "DE");
    let count = imports(world, reading);
    assert_eq!(count, 1098 + 69 + 126 + 15 + 40 + 2);
    let (site, fay) = (world.serves(), world.fay());
    let fay = site.token_of(world, &fay);
    let report = table(&fay.gets("/reports/transparency.csv?period=2013-H1").source());
    let published = table(&small.join("\n"));
    for row in published.iter().filter(|row| row["country"] != "Germany") {
        let code = find_country(&row["country"]).unwrap();
        let counted = report.iter().find(|line| line["country"] == code.as_str()).unwrap();
        for (ours, theirs) in [
            ("content", "disclosed_content"),
            ("rejected", "rejected"),
            ("accounts", "accounts_specified"),
            ("requests", "requests"),
        ] {
            assert_eq!(counted[ours], row[theirs], "{code}");
        }
    }
    fay.gets("/reports/transparency")
        .shows(&format!("Requests {} the first half-year there is", thousands(count as u64)));
    assert_eq!(world.log().iter().filter(|entry| entry.kind == "case.imported").count(), count);
}

fn past_cases_are_listed_as_imported_and_names_are_sealed_for_auditors(world: &World) {
    let mut csv = "reference,received_on,country,customer,identifiers,outcome,agency,docket,instrument\n".to_owned();
    for n in 0..130 {
        let (day, country) = (n % 28 + 1, if n % 2 == 0 { "FR" } else { "IT" });
        csv.push_str(&format!(
            "X{n} Mockford,2018-02-{day:02},{country},consumer,1,no_data,Sample Bureau,17-cv-{n},court_order\n"
        ));
    }
    imports(world, reads(&csv, ""));
    let site = world.serves();
    let anna = site.browser_of(&world.anna());
    let first = anna.gets("/past-cases");
    first.shows("130 past cases");
    first.shows("imported from old-register 2018-02-28");
    first.shows("Sample Bureau · 17-cv-");
    let source = first.source();
    let next = source.split("href=\"").find(|part| part.contains("rel=\"next\"")).unwrap().split('"').next().unwrap();
    let second = anna.gets(&next.replace("&amp;", "&").replace("&#38;", "&"));
    let rows = |page: &str| page.matches("chip plain\">imported").count();
    assert_eq!((rows(&source), rows(&second.source())), (100, 30));
    anna.gets("/past-cases?country=FR&period=2018-H1&outcome=no_data").shows("65 past cases");
    anna.gets("/past-cases?country=FR&outcome=content").shows("None fits this filter.");
    for nonsense in ["country=France", "outcome=lost", "period=2018", "after=x", "ground=x", "customer=x"] {
        assert_eq!(anna.gets(&format!("/past-cases?{nonsense}")).status, 404, "{nonsense}");
    }
    assert_eq!(anna.gets("/reports/transparency").status, 403, "an analyst draws up no report");

    let fay = site.browser_of(&world.fay());
    let sealed = fay.gets("/past-cases");
    sealed.shows("sealed imported from old-register 2018-02-28 Italy sealed court order (foreign)");
    ["Mockford", "Sample Bureau", "17-cv"].iter().for_each(|name| sealed.hides(name));
    let log = fay.gets("/log?kind=case.imported");
    log.shows("past case imported");
    ["Mockford", "Sample Bureau", "17-cv"].iter().for_each(|name| log.hides(name));
    assert!(world.cases().is_empty(), "a past case is no case");
}
