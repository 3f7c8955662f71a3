//! A byte search for what many erased cases held: in the database's files, the folder of documents, a new bundle and a
//! new backup, restored. What cases that are there hold too may be found, of course; and the words of the law, of agencies
//! and of the program itself. 40 cases or so are erased, 1,000 in a long run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tempfile::TempDir;
use writ::actions::erase::erase_approved;
use writ::actions::erasure::{approve_erasure, propose_run};
use writ::actions::sign_in::step_up;
use writ::actions::{Ctx, LogIdentity, Retention, SignedIn};
use writ::domain::retention::Schedule;
use writ::domain::staff::{Role, Staff, Verb};
use writ::seal::Key;
use writ::store::replay::tables::{Kind, TABLES, Table};
use writ::store::{Store, staff};
use writ::system::Clock;
use writ::vault::{LogKeys, Vault};

use crate::support::people::Acts;
use crate::support::postgres::{TestDatabase, fresh_database};
use crate::support::raw::Raw;
use crate::support::skipped::skipped;
use crate::support::until::times;
use crate::support::world::{World, password_of};

const ORIGIN: &str = "writ.localhost/register";

#[test]
fn nothing_of_many_erased_cases_is_found_anywhere_on_sqlite() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}/register.sqlite", folder.path().display());
    story(&Register { url, folder, _database: None });
}

#[test]
fn nothing_of_many_erased_cases_is_found_anywhere_on_postgres() {
    let Some(database) = fresh_database() else { return };
    story(&Register { url: database.url.clone(), folder: TempDir::new().unwrap(), _database: Some(database) });
}

struct Register {
    url: String,
    folder: TempDir,
    _database: Option<TestDatabase>,
}

impl Register {
    fn settings(&self) -> PathBuf {
        let (at, file) = (self.folder.path().display(), self.folder.path().join("writ.toml"));
        let text = format!(
            "[register]\ndatabase = \"{}\"\ndocuments = \"{at}/documents\"\nkeys = \"{at}/keys\"\norigin = \"{ORIGIN}\"\n",
            self.url
        );
        fs::write(&file, text).unwrap();
        file
    }

    #[track_caller]
    fn does(&self, args: &[&str]) -> String {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_writ"))
            .args(args)
            .arg("--config")
            .arg(self.settings())
            .env("WRIT__PASSWORDS__MEMORY_KIB", "8")
            .env("WRIT__PASSWORDS__PASSES", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&stdout).into_owned();
        assert!(status.success(), "{args:?}: {said}{}", String::from_utf8_lossy(&stderr));
        said
    }

    fn ctx(&self, like: &World) -> Ctx {
        let open = |name: &str| Dir::open_ambient_dir(self.folder.path().join(name), ambient_authority()).unwrap();
        let key = fs::read_to_string(self.folder.path().join("keys/installation.key")).unwrap();
        let key = Key::new(hex::decode(key.trim()).unwrap().try_into().unwrap());
        let keys = LogKeys::open(open("keys"), ORIGIN).unwrap();
        let schedule = Schedule {
            name: "a day".to_owned(),
            keep: "1 day".parse().unwrap(),
            papers_without_case: false,
            instruments: BTreeSet::new(),
            outcomes: BTreeSet::new(),
            because: String::new(),
        };
        Ctx {
            store: Store::open(&self.url, key, 2).unwrap(),
            vault: Arc::new(Vault::new(open("documents")).unwrap()),
            clock: Clock::System,
            log: Arc::new(LogIdentity { origin: ORIGIN.to_owned(), keys, witnesses: Vec::new() }),
            retention: Arc::new(Retention { schedules: vec![schedule], backups: None }),
            verifying: Arc::default(),
            census: Arc::default(),
            ..like.ctx.clone()
        }
    }
}

fn story(register: &Register) {
    let wanted = times("WRIT_TEST_ERASURES", 40, 1_000);
    let cases = (wanted * 7 / 2).to_string();
    register.does(&["generate", "--cases", &cases, "--days", "90", "--seed", "11"]);
    let world = World::sqlite();
    let ctx = register.ctx(&world);
    let [anna, dora] = reviewers(&ctx);
    let runs = propose_run(&ctx, &anna, vec!["a day".into()], None).done();
    let mut raw = Raw::open(&register.url);
    let going: BTreeSet<String> =
        raw.values("SELECT CAST(case_id AS text) AS value FROM erasure_items").into_iter().collect();
    assert!(going.len() >= wanted, "only {} cases are due", going.len());
    let wanted_words = words_of(&mut raw, &going);
    let before = found(&wanted_words, &files(register, &mut raw));
    assert!(before > wanted * 5, "the search finds nothing beforehand: {before}");
    println!("{} cases with {} strings of their own, {before} of them found before", going.len(), wanted_words.len());

    for run in runs {
        let fresh = step_up(&ctx, &dora, &password_of("dora"), Verb::ApproveErasure).done();
        approve_erasure(&ctx, &dora, run, fresh).done();
    }
    let round = erase_approved(&ctx, &|| false).done();
    assert_eq!(usize::try_from(round.erased).unwrap(), going.len());
    drop((ctx, raw));
    register.does(&["compact"]);
    let said = register.does(&["audit", "verify", "--deep"]);
    assert!(said.contains("The log is sound") && said.contains("Every row says what the log says"), "{said}");
    let mut raw = Raw::open(&register.url);
    must_not_be_found(&wanted_words, &files(register, &mut raw));
    drop(raw);

    // Nor in what leaves from now on: a bundle with all payloads, and a backup, made a register again.
    let bundle = register.folder.path().join("all.bundle");
    register.does(&["audit", "export", "--out", bundle.to_str().unwrap(), "--payloads", "all"]);
    must_not_be_found(&wanted_words, &[bundle]);
    let key = register.folder.path().join("backup.key");
    fs::write(&key, "5e".repeat(32)).unwrap();
    let backup = register.folder.path().join("new.backup");
    let (backup, key) = (backup.to_str().unwrap().to_owned(), key.to_str().unwrap().to_owned());
    register.does(&["backup", "--to", &backup, "--key-file", &key]);
    let folder = TempDir::new().unwrap();
    let restored = match register.url.starts_with("sqlite://") {
        true => {
            let url = format!("sqlite://{}/register.sqlite", folder.path().display());
            Register { url, folder, _database: None }
        }
        false => {
            let database = fresh_database().unwrap();
            Register { url: database.url.clone(), folder, _database: Some(database) }
        }
    };
    restored.does(&["restore", "--from", &backup, "--key-file", &key]);
    restored.does(&["compact"]);
    let mut raw = Raw::open(&restored.url);
    must_not_be_found(&wanted_words, &files(&restored, &mut raw));
}

/// Two legal reviewers to whom every case is open.
fn reviewers(ctx: &Ctx) -> [SignedIn; 2] {
    let teams: BTreeSet<_> = ctx.store.read(staff::list_teams).unwrap().into_iter().map(|team| team.id).collect();
    ["anna", "dora"].map(|name| {
        let staff = Staff {
            id: writ::domain::id::StaffId(writ::system::fresh_id()),
            name: format!("{name}.reviews"),
            full_name: crate::support::world::line(name),
            roles: [Role::Reviewer].into(),
            teams: teams.clone(),
            is_cleared: false,
            email: None,
        };
        let by = writ::domain::staff::Actor::System("test");
        let staff = writ::actions::add_staff::add_staff(ctx, by, staff, &password_of(name)).done();
        SignedIn { staff, session: None, as_of: None }
    })
}

fn text_columns(table: &Table) -> Vec<&'static str> {
    table.columns().into_iter().filter(|column| column.kind == Kind::Text).map(|column| column.name).collect()
}

/// The column that names the case of a row, where there is one.
fn case_column(table: &Table) -> Option<&'static str> {
    match table.name {
        "cases" => Some("id"),
        "erasure_items" | "erased_cases" => None,
        _ => table.columns().iter().any(|column| column.name == "case_id").then_some("case_id"),
    }
}

/// Every text of rows of these cases that nothing else in the register holds: identifiers, names, words, hashes.
fn words_of(raw: &mut Raw, going: &BTreeSet<String>) -> Vec<String> {
    let (mut theirs, mut others) = (BTreeSet::new(), String::new());
    for table in TABLES {
        let of_case = case_column(table);
        for column in text_columns(table) {
            let case = of_case.map_or("''".to_owned(), |case| format!("CAST({case} AS text)"));
            let name = table.name;
            let sql = format!(
                "SELECT {case} || ' ' || coalesce(CAST(\"{column}\" AS text), '') AS value FROM {name} \
                 WHERE \"{column}\" IS NOT NULL"
            );
            for row in raw.values(&sql) {
                let (case, text) = row.split_once(' ').unwrap();
                // An officer who is named by cases that go alone goes with them.
                if going.contains(case) {
                    theirs.extend(leaves(text));
                } else if name != "officers" && !name.starts_with("log_personal") {
                    others.push_str(&text.to_lowercase());
                    others.push('\n');
                }
            }
        }
    }
    // Officers whom cases name that go, and no others, go with them.
    let named = "SELECT 1 FROM cases c WHERE c.officer_id = o.id";
    let list = going.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ");
    let go = format!("EXISTS ({named}) AND NOT EXISTS ({named} AND CAST(c.id AS text) NOT IN ({list}))");
    let officers = "SELECT name || '|' || coalesce(email, '') || '|' || coalesce(phone, '') AS value FROM officers o";
    let with_them = raw.values(&format!("{officers} WHERE {go}"));
    theirs.extend(with_them.iter().flat_map(|text| text.split('|').map(str::to_owned)));
    others.push_str(&raw.values(&format!("{officers} WHERE NOT ({go})")).join("\n").to_lowercase());
    others.push_str(&program_words(raw));
    theirs.retain(|word| word.chars().count() >= 7);
    let theirs: Vec<String> = theirs.into_iter().collect();
    let variants: Vec<(usize, String)> =
        theirs.iter().enumerate().flat_map(|(at, word)| beside(word).map(move |less| (at, less))).collect();
    let words: Vec<&String> = variants.iter().map(|(_, less)| less).collect();
    let held: BTreeSet<usize> = held(&words, &others).into_iter().map(|at| variants[at].0).collect();
    theirs.into_iter().enumerate().filter(|(at, _)| !held.contains(at)).map(|(_, word)| word).collect()
}

/// A word, and what it is without numbers at its ends: values stand side by side in a database's files, so that a number
/// before somebody else's `1-files.csv` makes `11-files.csv` of it, and one after `harbor160` makes `harbor1600`.
fn beside(word: &str) -> impl Iterator<Item = String> + use<> {
    let digits = |part: &str| part.chars().take_while(char::is_ascii_digit).count();
    let (before, after) = (digits(word), digits(&word.chars().rev().collect::<String>()));
    let word = word.to_owned();
    let cuts = (0..=before).map(|cut| (cut, 0)).chain((1..=after).map(|cut| (0, cut)));
    cuts.filter_map(move |(from, less)| word.get(from..word.len() - less).map(str::to_owned))
        .enumerate()
        .filter(|(number, part)| *number == 0 || part.len() >= 7)
        .map(|(_, part)| part)
}

/// Which of these words stand in a text.
fn held<W: AsRef<[u8]>>(words: &[W], text: &str) -> BTreeSet<usize> {
    let all = AhoCorasick::builder().ascii_case_insensitive(true).build(words).unwrap();
    all.find_overlapping_iter(text).map(|found| found.pattern().as_usize()).collect()
}

/// What stands in any database: names of tables and columns, and on PostgreSQL its own catalogue.
fn program_words(raw: &mut Raw) -> String {
    let sql = match raw.is_sqlite() {
        true => "SELECT coalesce(sql, '') AS value FROM sqlite_master",
        false => "SELECT coalesce(description, '') AS value FROM pg_description UNION ALL SELECT prosrc FROM pg_proc",
    };
    raw.values(sql).join("\n").to_lowercase()
}

/// A text, or the texts within it where it is JSON.
fn leaves(text: &str) -> Vec<String> {
    fn gather(value: &serde_json::Value, into: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) => into.push(text.clone()),
            serde_json::Value::Array(all) => all.iter().for_each(|one| gather(one, into)),
            serde_json::Value::Object(all) => all.values().for_each(|one| gather(one, into)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    match serde_json::from_str(text) {
        Ok(value @ (serde_json::Value::Object(_) | serde_json::Value::Array(_))) => gather(&value, &mut found),
        _ => found.push(text.to_owned()),
    }
    // Ids, days and moments stay in the log and tell nothing of anybody.
    found.retain(|text| {
        uuid::Uuid::parse_str(text).is_err() && !text.starts_with("20") && !text.contains('\n') && !is_reference(text)
    });
    found
}

fn is_reference(text: &str) -> bool {
    writ::domain::case::CaseReference::parse(text).is_ok()
}

/// The database's files, and those of the documents.
fn files(register: &Register, raw: &mut Raw) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = list(&register.folder.path().join("documents"));
    if raw.is_sqlite() {
        all.extend(
            list(register.folder.path())
                .into_iter()
                .filter(|file| file.file_name().unwrap().to_string_lossy().starts_with("register.sqlite")),
        );
        return all;
    }
    raw.must("CHECKPOINT");
    let folder = raw.values("SELECT current_setting('data_directory') AS value").remove(0);
    let oid =
        raw.values("SELECT CAST(oid AS text) AS value FROM pg_database WHERE datname = current_database()").remove(0);
    let base = Path::new(&folder).join("base").join(oid);
    if fs::read_dir(&base).is_err() {
        skipped("a search of PostgreSQL's own files: they can't be read here");
        return all;
    }
    all.extend(list(&base));
    all
}

fn list(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|file| file.is_file()).collect()
}

fn search(words: &[String], files: &[PathBuf]) -> BTreeSet<usize> {
    let all = AhoCorasick::builder().ascii_case_insensitive(true).build(words).unwrap();
    let mut found = BTreeSet::new();
    for file in files {
        let bytes = fs::read(file).unwrap();
        found.extend(all.find_overlapping_iter(&bytes).map(|found| found.pattern().as_usize()));
    }
    found
}

fn found(words: &[String], files: &[PathBuf]) -> usize {
    search(words, files).len()
}

#[track_caller]
fn must_not_be_found(words: &[String], files: &[PathBuf]) {
    let found: Vec<&String> = search(words, files).into_iter().map(|at| &words[at]).collect();
    assert!(found.is_empty(), "{} of {} are left: {:?}", found.len(), words.len(), &found[..found.len().min(20)]);
}
