//! Generated registers: made up, marked as such, and as true as any: the log verifies, and every case is what its
//! entries say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use writ::actions::ActionError;
use writ::audit::{SigningKey, Trust};
use writ::domain::case::Case;
use writ::domain::event::Event;
use writ::domain::search::{keys_of, words, words_of};
use writ::domain::staff::Actor;
use writ::domain::stage::Stage;
use writ::seal::Key;
use writ::store::log::LogFilter;
use writ::store::play::{Happening, Player};
use writ::store::{Conn, Store, StoreError, cases, directory, log};

use crate::support::postgres::fresh_database;
use crate::support::raw::Raw;
use crate::support::world::World;

const CASES: &str = "150";

fn writ(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_writ"))
        .args(args)
        // Forty-five passwords are hashed; how dear that is, is another test's business.
        .env("WRIT__PASSWORDS__MEMORY_KIB", "8")
        .env("WRIT__PASSWORDS__PASSES", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Makes a register with this seed and opens it. `config` names its settings file, where it is not a folder alone.
fn generated(folder: &Path, url: &str, which: &[&str], seed: &str) -> Store {
    let args = ["generate", "--cases", CASES, "--days", "60", "--seed", seed];
    let output = writ(&[&args[..], which].concat());
    assert!(output.status.success(), "{}", told(&output));
    let key = std::fs::read_to_string(folder.join("keys/installation.key")).unwrap();
    let key = <[u8; 32]>::try_from(hex::decode(key.trim()).unwrap()).unwrap();
    Store::open(url, Key::new(key), 2).unwrap()
}

fn on_sqlite(folder: &TempDir, seed: &str) -> Store {
    let at = folder.path().display().to_string();
    generated(folder.path(), &format!("sqlite://{at}/register.sqlite"), &["--data", &at], seed)
}

fn read<T>(store: &Store, read: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> T {
    store.read(read).unwrap()
}

fn all_cases(store: &Store, url: &str) -> Vec<Case> {
    let ids = Raw::open(url).values("SELECT CAST(id AS text) AS value FROM cases ORDER BY reference");
    ids.iter().map(|id| read(store, |conn| cases::get(conn, id.parse().unwrap()))).collect()
}

/// What must hold in a generated register as in any other.
fn is_true(store: &Store, url: &str, folder: &Path) {
    let seed = std::fs::read_to_string(folder.join("keys/log.key")).unwrap();
    let origin = "writ.localhost/register";
    let key = SigningKey::from_seed(origin, &hex::decode(seed.trim()).unwrap().try_into().unwrap()).unwrap();
    let trust = Trust { origin: origin.to_owned(), keys: vec![key.verifier().clone().into()] };
    let installation = store.installation_key();
    let verified =
        read(store, |conn| log::verify(conn, installation, &trust)).unwrap_or_else(|fault| panic!("{fault}"));

    let all = all_cases(store, url);
    assert_eq!(all.len().to_string(), CASES);
    assert!(verified.size > 0);
    let of_cases = Raw::open(url).count("log_entry WHERE case_key IS NOT NULL");
    assert!((20..=30).contains(&(of_cases / 150)), "{of_cases} entries about cases");
    for case in &all {
        let events = read(store, |conn| log::case_events(conn, installation, case.id));
        let events: Vec<Event> = events.into_iter().map(|row| row.event.unwrap()).collect();
        assert_eq!(Case::fold(&events).as_ref(), Some(case), "the log tells another story of {}", case.reference);
        let said = events.iter().filter_map(|event| match event {
            Event::CommentAdded { comment } => Some(words(comment.text.as_str())),
            _ => None,
        });
        is_found(store, url, case, said.flatten().collect());
    }
    let stages: BTreeSet<Stage> = all.iter().map(Case::stage).collect();
    assert!(stages.len() >= 4, "cases of one age only: {stages:?}");
    let countries: BTreeSet<&str> = all.iter().map(|case| case.paper.requester.country.as_str()).collect();
    assert!(countries.len() >= 4, "{countries:?}");
    let references: Vec<&str> = all.iter().map(|case| case.reference.as_str()).collect();
    let opened: Vec<_> = all.iter().map(|case| case.opened_at).collect();
    assert!(opened.is_sorted(), "references do not follow the order of opening: {references:?}");
    let begin: Vec<String> = read(store, |conn| log::list_entries(conn, &LogFilter::default(), 1_000_000))
        .into_iter()
        .rev()
        .map(|row| row.kind)
        .take(4)
        .collect();
    assert_eq!(begin, ["register.created", "law.adopted", "team.added", "register.generated"]);
}

#[test]
fn nothing_is_played_into_a_register_where_people_work() {
    let world = World::sqlite();
    let before = world.log().len();
    let anna = world.anna().id();
    let told = vec![Happening {
        at: world.ctx.now(),
        actor: Actor::Staff(anna),
        case: None,
        event: Event::SignedIn { staff: anna },
    }];
    let played =
        world.ctx.store.write(move |tx| -> Result<(), ActionError> { Ok(tx.play(&mut Player::default(), told, &[])?) });
    assert!(played.unwrap_err().to_string().contains("being generated"));
    assert_eq!(world.log().len(), before);
    world.ends_well();
}

/// The index holds exactly the case's words and keys.
fn is_found(store: &Store, url: &str, case: &Case, comments: BTreeSet<String>) {
    let requester = &case.paper.requester;
    let agency = read(store, |conn| directory::find_agency(conn, requester.agency)).unwrap();
    let officer = requester.officer.map(|officer| read(store, |conn| directory::find_officer(conn, officer)).unwrap());
    let mut expected: BTreeSet<String> = BTreeSet::new();
    for (source, words) in words_of(case, Some(&agency), officer.as_ref()) {
        expected.extend(words.into_iter().map(|word| format!("{source} {word}")));
    }
    expected.extend(comments.into_iter().map(|word| format!("comment {word}")));
    let mut raw = Raw::open(url);
    let sql = format!("SELECT source || ' ' || word AS value FROM search_words WHERE case_id = '{}'", case.id);
    assert_eq!(raw.values(&sql).into_iter().collect::<BTreeSet<_>>(), expected, "{}", case.reference);
    let keys: BTreeSet<String> =
        keys_of(case, officer.as_ref()).into_iter().map(|(kind, key)| format!("{kind} {key}")).collect();
    let sql = format!("SELECT kind || ' ' || key AS value FROM search_keys WHERE case_id = '{}'", case.id);
    assert_eq!(raw.values(&sql).into_iter().collect::<BTreeSet<_>>(), keys, "{}", case.reference);
}

#[test]
fn a_generated_register_is_as_true_as_any_and_the_same_seed_makes_it_again() {
    let (one, two, other) = (TempDir::new().unwrap(), TempDir::new().unwrap(), TempDir::new().unwrap());
    let url = |folder: &TempDir| format!("sqlite://{}/register.sqlite", folder.path().display());
    let first = on_sqlite(&one, "7");
    is_true(&first, &url(&one), one.path());
    let about = |store: &Store, folder: &TempDir| -> BTreeMap<String, Vec<String>> {
        let all = all_cases(store, &url(folder));
        let asked = |case: &Case| case.demands.iter().map(|demand| demand.asked.identifier.received.clone()).collect();
        all.iter().map(|case| (case.paper.instrument.to_string() + case.reference.as_str(), asked(case))).collect()
    };
    let again = on_sqlite(&two, "7");
    assert_eq!(about(&first, &one), about(&again, &two));
    assert_ne!(about(&first, &one), about(&on_sqlite(&other, "8"), &other));

    let at = one.path().display().to_string();
    let deep = writ(&["audit", "verify", "--deep", "--data", &at]);
    assert!(told(&deep).contains("Every row says what the log says"), "{}", told(&deep));
    let refused = writ(&["generate", "--cases", "5", "--data", &at]);
    assert!(!refused.status.success() && told(&refused).contains("never beside others"), "{}", told(&refused));
    // One that was cut short is not opened.
    Raw::open(&url(&one)).must("UPDATE registers SET generation = 'under_way'");
    let verified = writ(&["audit", "verify", "--data", &at]);
    assert!(!verified.status.success() && told(&verified).contains("generate it anew"), "{}", told(&verified));
}

#[test]
fn a_register_is_generated_into_postgresql_too() {
    let Some(database) = fresh_database() else { return };
    let folder = TempDir::new().unwrap();
    let (at, config) = (folder.path().display(), folder.path().join("writ.toml"));
    let text = format!(
        "[register]\ndatabase = \"{}\"\ndocuments = \"{at}/documents\"\nkeys = \"{at}/keys\"\n\
         origin = \"writ.localhost/register\"\n",
        database.url
    );
    std::fs::write(&config, text).unwrap();
    let store = generated(folder.path(), &database.url, &["--config", &config.display().to_string()], "7");
    is_true(&store, &database.url, folder.path());
}
