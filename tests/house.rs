//! The architecture as a test: who may know whom, who may write what, and that lists which must be whole are whole.
//! It reads the source, so it says in which file a wall was broken.
#![cfg(feature = "server")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should stop, and it reads the project's own files"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use writ::actions::entries::{SYSTEM_PARTS, kind_label};
use writ::domain::id::StaffId;
use writ::domain::refusal::Refusal;
use writ::domain::staff::{Role, Verb};
use writ::domain::stage::{Gate, Stage};
use writ::domain::wait::WaitKind;
use writ::store::{housekeep, replay};
use writ::web::routes::{Method, ROUTES, Who};

/// The rooms in reading order, and the rooms each may use beside itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("audit", &[]),
    ("law", &["domain"]),
    ("clock", &["domain"]),
    ("report", &["domain", "sheet"]),
    ("conduct", &["domain", "audit", "report"]),
    ("bin", &[]),
    ("sheet", &[]),
    ("archive", &[]),
    ("letters", &["domain", "law"]),
    ("system", &["domain"]),
    ("seal", &[]),
    ("backup", &["domain", "seal", "system"]),
    ("meters", &[]),
    ("store", &["domain", "audit", "seal", "system", "meters"]),
    ("vault", &["domain", "audit", "seal", "system"]),
    ("mail", &["domain"]),
    (
        "actions",
        &[
            "domain", "audit", "law", "clock", "report", "sheet", "archive", "system", "seal", "meters", "store",
            "vault", "backup",
        ],
    ),
    ("settings", &["domain", "audit", "law"]),
    ("telemetry", &["settings"]),
    ("web", &["domain", "audit", "law", "report", "sheet", "letters", "system", "meters", "store", "vault", "actions"]),
    (
        "jobs",
        &[
            "domain", "audit", "law", "report", "system", "meters", "store", "vault", "mail", "actions", "settings",
            "backup",
        ],
    ),
    (
        "cli",
        &[
            "domain",
            "audit",
            "law",
            "clock",
            "report",
            "letters",
            "system",
            "seal",
            "backup",
            "meters",
            "store",
            "vault",
            "mail",
            "actions",
            "settings",
            "telemetry",
            "web",
            "jobs",
        ],
    ),
    ("main", &["cli"]),
];

/// What the doors may name of the rooms below the actions: words of results and errors, nothing that reads or writes.
const WEB_MAY_NAME: &[&str] = &[
    "store::StoreError",
    "store::alarms::Found",
    "store::alarms::LogStanding",
    "store::alarms::Verification",
    "store::housekeep::SavedView",
    "store::links::LinkSeen",
    "store::lists::TaskLine",
    "store::audit_notes::AnswerRow",
    "store::audit_notes::NoteRow",
    "store::erasures::Candidate",
    "store::erasures::ErasureLine",
    "store::erasures::ItemSeen",
    "store::log::LogFilter",
    "store::log::LogOutcome",
    "store::log::LogRow",
    "store::log::Part",
    "store::samples::KeptSample",
    "store::samples::SampleItem",
    "store::queue::CaseLine",
    "store::queue::Desk",
    "store::queue::Waiting",
    "vault::VaultError",
];

/// Heavy crates and the rooms that may know them.
const CRATES: &[(&str, &[&str])] = &[
    ("diesel", &["store"]),
    ("diesel_migrations", &["store"]),
    ("actix_web", &["web"]),
    ("actix_multipart", &["web"]),
    ("askama", &["web"]),
    ("rust_embed", &["web"]),
    ("chacha20poly1305", &["seal"]),
    ("aead_stream", &["seal"]),
    ("rand", &["system"]),
    ("argon2", &["actions", "seal"]),
    ("flate2", &["archive", "backup"]),
    ("rawzip", &["archive"]),
    ("rustix", &["cli"]),
    ("cap_std", &["vault", "mail", "cli"]),
    ("lettre", &["mail"]),
    ("prometheus", &["meters"]),
    ("chrono_tz", &["clock"]),
    ("icalendar", &["web"]),
    ("pulldown_cmark", &["cli"]),
    ("figment", &["settings"]),
    ("clap", &["cli", "main", "bin"]),
    ("anyhow", &["cli", "main", "bin"]),
    ("tokio", &["web", "jobs", "cli", "main"]),
];

const PURE: &[&str] = &["domain", "audit", "law", "clock", "report", "conduct", "sheet", "letters"];

// ── who may know whom ────────────────────────────────────────────────────────────

#[test]
fn every_room_uses_only_rooms_below_it() {
    let mut broken = Vec::new();
    for source in sources() {
        let Some((_, below)) = ROOMS.iter().find(|(room, _)| *room == source.room()) else {
            broken.push(format!("{}: no room of this name is in the plan of tests/house.rs", source.file));
            continue;
        };
        for path in source.paths() {
            let Some(room) = path.strip_prefix("crate::").and_then(|p| p.split("::").next()) else { continue };
            let is_a_room = ROOMS.iter().any(|(name, _)| *name == room);
            if is_a_room && room != source.room() && !below.contains(&room) {
                broken.push(format!("{} must not know {path}", source.file));
            }
        }
    }
    assert_none(broken);
}

#[test]
fn pages_reach_the_register_through_actions_only() {
    let mut broken = Vec::new();
    for source in sources().into_iter().filter(|s| s.room() == "web") {
        for path in source.paths() {
            let path = path.trim_start_matches("crate::");
            let is_below =
                path.starts_with("store::") || path.starts_with("vault::") || ["store", "vault"].contains(&path);
            let may = WEB_MAY_NAME.iter().any(|may| path == *may || path.starts_with(&format!("{may}::")));
            let leads_there = WEB_MAY_NAME.iter().any(|may| may.starts_with(&format!("{path}::")));
            if is_below && !may && !leads_there {
                broken.push(format!("{} must not name {path}", source.file));
            }
        }
        for way in [".store"] {
            if source.code.contains(way) {
                broken.push(format!("{} reaches for ctx{way}", source.file));
            }
        }
    }
    assert_none(broken);
}

#[test]
fn each_heavy_crate_is_known_in_its_own_room_only() {
    let mut broken = Vec::new();
    for source in sources() {
        for path in source.paths() {
            let first = path.split("::").next().unwrap();
            let rooms = CRATES.iter().find(|(name, _)| *name == first).map(|(_, rooms)| *rooms);
            // Whoever starts the server starts its runtime.
            if source.room() == "cli" && path.starts_with("actix_web::rt::") {
                continue;
            }
            if rooms.is_some_and(|rooms| !rooms.contains(&source.room())) {
                broken.push(format!("{} must not know {path}", source.file));
            }
        }
    }
    assert_none(broken);
}

#[test]
fn the_pure_half_asks_nothing_of_the_machine() {
    let machine = [
        "std::fs",
        "std::env",
        "std::io",
        "std::process",
        "std::thread",
        "std::time",
        "std::net::TcpStream",
        "std::net::TcpListener",
        "std::net::UdpSocket",
        "std::net::ToSocketAddrs",
    ];
    let optional = optional_crates();
    assert!(optional.contains("diesel") && optional.contains("tracing"), "{optional:?}");
    let mut broken = Vec::new();
    for source in sources().into_iter().filter(|s| PURE.contains(&s.room())) {
        for path in source.paths() {
            let first = path.split("::").next().unwrap();
            // A module of the room's own may have a crate's name: `domain/secrecy`, `report/csv`.
            let is_own = root().join("src").join(source.room()).join(first).with_extension("rs").exists();
            let is_optional = optional.contains(first) && !is_own;
            if is_optional || machine.iter().any(|m| path == *m || path.starts_with(&format!("{m}::"))) {
                broken.push(format!("{} must not know {path}", source.file));
            }
        }
    }
    assert_none(broken);
}

// ── who may write what ───────────────────────────────────────────────────────────

/// Statements that change rows outside of an act: the head of the log, a new register, a data key made beside an act, and
/// the search index, which `writ migrate` fills for cases that were opened before there was one.
const WRITES_BESIDE_ACTS: &[(&str, &str)] = &[
    ("src/store/log/append.rs", "save"),
    ("src/store/log/append.rs", "create"),
    ("src/store/register.rs", "create"),
    ("src/store/keys.rs", "insert_all"),
    // At the first start after there was a place for it: which installation's key is in force.
    ("src/store/keys.rs", "note"),
    // By the writer, for the acts of one commit.
    ("src/store/recall.rs", "note_change"),
    // By the console, once all was played.
    ("src/store/register.rs", "generation_is_done"),
    // A mail: within an act by `Tx::post`, or a reminder by housekeeping.
    ("src/store/outbox.rs", "insert"),
    ("src/store/search/keep.rs", "keep_words"),
    ("src/store/search/keep.rs", "keep_keys"),
];

/// The files of housekeeping.
fn is_housekeeping(source: &Source) -> bool {
    source.file.starts_with("src/store/housekeep")
}

#[test]
fn housekeeping_touches_only_the_tables_of_its_list() {
    let code: String = sources().iter().filter(|s| is_housekeeping(s)).map(|s| s.code.clone() + "\n").collect();
    let mut written = BTreeSet::new();
    for call in code.split("diesel::").skip(1) {
        let Some((verb, rest)) = call.split_once('(') else { continue };
        if ["insert_into", "update", "delete"].contains(&verb) {
            written.insert(rest.split("::table").next().unwrap().to_owned());
        }
    }
    let listed: BTreeSet<String> = housekeep::TABLES.iter().map(|t| (*t).to_owned()).collect();
    assert_eq!(written, listed);
    for raw in ["sql_query", "batch_execute(&", "sql::<"] {
        assert!(!code.contains(raw), "housekeeping writes past the list: {raw}");
    }
}

#[test]
fn every_other_row_is_written_within_an_act() {
    let (mut broken, mut beside) = (Vec::new(), BTreeSet::new());
    for source in sources().into_iter().filter(|s| s.room() == "store" && !is_housekeeping(s)) {
        for function in source.functions() {
            let writes = ["diesel::insert_into", "diesel::update", "diesel::delete"];
            if !writes.iter().any(|w| function.body.contains(w)) || function.signature.contains("Tx<") {
                continue;
            }
            match WRITES_BESIDE_ACTS.iter().find(|known| **known == (source.file.as_str(), function.name.as_str())) {
                Some(known) => drop(beside.insert(*known)),
                None => broken.push(format!("{}: {} writes outside of an act", source.file, function.name)),
            }
        }
    }
    assert_none(broken);
    assert_eq!(beside, WRITES_BESIDE_ACTS.iter().copied().collect());
}

// ── two databases, one shape ─────────────────────────────────────────────────────

#[test]
fn both_databases_have_the_same_migrations_tables_columns_and_indexes() {
    let (sqlite, postgres) = (migrations("sqlite"), migrations("postgres"));
    assert_eq!(sqlite.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
    for (name, sqlite) in &sqlite {
        let postgres = &postgres[name];
        assert_eq!(tables(sqlite), tables(postgres), "{name}");
        assert_eq!(named(sqlite, "CREATE INDEX "), named(postgres, "CREATE INDEX "), "{name}");
    }
    let all: String = sqlite.values().cloned().collect();
    let by_name = |tables: Vec<(String, Vec<String>)>| tables.into_iter().collect::<BTreeMap<_, _>>();
    assert_eq!(
        by_name(tables(&all)),
        by_name(schema_tables()),
        "src/store/schema.rs tells of other tables than the migrations make"
    );
    assert!(tables(&all).len() > 20);
}

/// A new table says how `writ audit verify --deep` compares it with the log, or that it is no evidence; and auditors read
/// the same.
#[test]
fn every_table_says_how_it_is_compared_with_the_log() {
    let in_schema: BTreeSet<String> = schema_tables().into_iter().map(|(name, _)| name).collect();
    let listed: BTreeSet<String> = replay::tables::TABLES.iter().map(|table| table.name.to_owned()).collect();
    assert_eq!(listed, in_schema, "src/store/replay/tables.rs and src/store/schema.rs have different tables");
    let docs = std::fs::read_to_string(root().join("docs/audit.md")).unwrap();
    let (_, section) = docs.split_once("## What is compared with the log").unwrap();
    for table in replay::tables::TABLES {
        let columns: BTreeSet<&str> = table.columns().iter().map(|column| column.name).collect();
        assert!(
            section.contains(&format!("`{}`", table.name)),
            "docs/audit.md does not say how {} is compared",
            table.name
        );
        assert!(table.key.iter().all(|part| columns.contains(part)), "{} has no such key", table.name);
        for column in table.beside {
            let told = format!("`{}.{column}`", table.name);
            assert!(
                columns.contains(column) && section.contains(&told),
                "docs/audit.md does not say that {told} is left out"
            );
        }
    }
}

#[test]
fn both_databases_have_the_same_triggers() {
    // SQLite guards against REPLACE, PostgreSQL against TRUNCATE; PostgreSQL asks both questions of four eyes at once.
    let own =
        |name: &&str| !name.ends_with("_no_replace") && !name.ends_with("_no_truncate") && *name != "approvals_current";
    let triggers = |which| -> BTreeMap<String, BTreeSet<String>> {
        let sets = migrations(which).into_iter();
        sets.map(|(name, sql)| {
            (name, named(&sql, "CREATE TRIGGER ").iter().map(String::as_str).filter(own).map(str::to_owned).collect())
        })
        .collect()
    };
    assert_eq!(triggers("sqlite"), triggers("postgres"));
    let all: BTreeSet<String> = triggers("sqlite").into_values().flatten().collect();
    for table in ["log_entry", "log_process", "log_personal", "log_node", "log_checkpoint", "approvals", "scope_edits"]
    {
        assert!(all.contains(&format!("{table}_no_update")), "{table} may be updated");
        assert!(all.contains(&format!("{table}_no_delete")), "{table} may be deleted from");
    }
    assert!(all.contains("approvals_four_eyes"));
}

#[test]
fn whatever_a_migration_makes_it_can_take_away() {
    for which in ["sqlite", "postgres"] {
        for folder in migration_folders(which) {
            let text = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
            let made = made(&text("up.sql"));
            let down = text("down.sql");
            let gone: BTreeSet<String> =
                named(&down, "DROP TABLE ").into_iter().map(|name| name.trim_end_matches(';').to_owned()).collect();
            assert_eq!(made, gone, "{}", folder.display());
        }
    }
}

// ── lists that must be whole ─────────────────────────────────────────────────────

#[test]
fn every_refusal_has_a_code_a_sentence_and_what_would_make_it_a_yes() {
    use Refusal::*;
    let (verb, position) = (Verb::Approve, 3);
    let all = [
        NoSuchCase,
        NoRight { verb },
        GateShut { gate: Gate::Verified, verb },
        WrongStage { stage: Stage::Intake, verb },
        AlreadyClosed,
        AlreadyReleased,
        AlreadyVerified,
        AlreadyApproved,
        AlreadyCollected,
        SameChecker,
        ApproverEdited { editor: StaffId(uuid::Uuid::nil()) },
        ApproverCounted,
        ScopeChanged,
        CollectorApproved,
        ReleaserCollected,
        ReleaserCalledBack,
        NoDemands,
        NoSuchDemand,
        NoPeriod { position },
        DayOutsidePeriod { position, period: writ::domain::demand::Period::default() },
        NoSuchDocument,
        BeyondVerdict { position },
        DecisionMisfit { position, fits: "“content”" },
        DecisionIncomplete { position, missing: "the reason code" },
        NotGranted,
        FilesMisfit,
        NothingToRelease,
        NotSteppedUp,
        AlreadyAssigned,
        AlreadyWaiting,
        NotWaiting,
        NoSuchClock,
        ClockOver,
        ClockFixed,
        ReleaseHeld { wait: WaitKind::Challenged },
        ReleaseTooEarly { until: writ::domain::time::Instant::from_micros(1_793_000_000_000_000).unwrap() },
        LogInAlarm,
        AcknowledgedByYou,
        AcknowledgedInRole { role: Role::Admin },
        NotOnChecklist,
        DefectUnsaid,
        NoRedirect,
        RedirectAnswered,
        RedirectPending,
        CompartmentsDiffer,
        LinkToItself,
        AlreadyLinked,
        NoSuchLink,
        OwnProposal,
        NeedsSecondAdmin,
        NoSecondAdmin,
        AdminWatched { until: writ::domain::time::Instant::from_micros(1_793_000_000_000_000).unwrap() },
        AlreadyAsked,
        OnlyAdmin,
        OwnPassword,
        OutsideCompartment,
        FindingClosed,
        HoldLifted,
        KeptBack { reason: writ::domain::retention::KeptBack::OnHold },
        OwnErasure,
        ErasureAnswered,
        ErasureNotOpen,
    ];
    let codes: BTreeSet<&str> = all.iter().map(Refusal::code).collect();
    let variants: BTreeSet<String> =
        variants_of("src/domain/refusal.rs", "Refusal").into_iter().map(|v| snake(&v.0)).collect();
    assert_eq!(codes.iter().map(|c| (*c).to_owned()).collect::<BTreeSet<_>>(), variants);
    for refusal in &all {
        for sentence in [refusal.says(), refusal.opens()] {
            let is_sentence = sentence.ends_with('.') && sentence.starts_with(|c: char| c.is_uppercase());
            assert!(is_sentence && sentence.len() > 10, "{}: “{sentence}”", refusal.code());
        }
    }
}

#[test]
fn every_event_is_named_noun_dot_past_verb_and_has_words_for_people() {
    let mut kinds = BTreeSet::new();
    for (variant, rename) in variants_of("src/domain/event.rs", "Event") {
        let kind = rename.unwrap_or_else(|| panic!("{variant} has no name of its own in the log"));
        let (noun, verb) = kind.split_once('.').unwrap_or_else(|| panic!("{kind} is no noun.past_verb"));
        let is_past = |word: &str| {
            word.ends_with("ed") || ["drawn", "made", "withdrawn", "reset", "sent", "split"].contains(&word)
        };
        assert!(noun.chars().all(|c| c.is_ascii_lowercase()), "{kind}");
        assert!(verb.split('_').any(is_past), "{kind} does not say that it happened");
        assert_ne!(kind_label(&kind), kind, "{kind} has no words for people");
        assert!(kinds.insert(kind), "{variant} shares its name with another");
    }
    assert!(kinds.len() > 30);
}

#[test]
fn every_part_of_the_program_that_acts_by_itself_can_be_filtered_by() {
    let mut parts = BTreeSet::new();
    for source in sources() {
        let named = source.code.split("Actor::System(\"").skip(1);
        parts.extend(named.filter_map(|rest| rest.split('"').next().map(str::to_owned)));
    }
    assert_eq!(parts, SYSTEM_PARTS.iter().map(|part| (*part).to_owned()).collect());
}

#[test]
fn every_event_has_its_place_in_a_golden_file() {
    let mut golden = serde_json::Map::new();
    for file in files_under(&root().join("tests/golden"), "json") {
        if file.file_name().unwrap().to_string_lossy().starts_with("events-v1") {
            let text = std::fs::read_to_string(&file).unwrap();
            golden.extend(serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text).unwrap());
        }
    }
    let kinds: BTreeSet<String> =
        variants_of("src/domain/event.rs", "Event").into_iter().filter_map(|(_, rename)| rename).collect();
    assert_eq!(golden.keys().cloned().collect::<BTreeSet<_>>(), kinds);
}

#[test]
fn every_route_says_who_may_call_it_and_every_act_needs_a_verb() {
    let public: BTreeSet<&str> = ROUTES.iter().filter(|r| r.who == Who::Public).map(|r| r.path).collect();
    assert_eq!(public, BTreeSet::from(["/calendar/{secret}.ics", "/sign-in", "/static/{file}"]));
    for route in ROUTES {
        let path = route.path.strip_prefix("/api/v1").unwrap_or(route.path);
        let about = ["/cases", "/tasks", "/documents", "/arrivals", "/log", "/reports", "/queue"];
        let is_about_cases = about.iter().any(|p| path.starts_with(p));
        if is_about_cases {
            assert!(matches!(route.who, Who::May(verbs) if !verbs.is_empty()), "{} asks for no verb", route.path);
            assert!(!route.who.includes(Role::Admin), "{} lets an admin at cases or the log", route.path);
        }
    }
    let twice: Vec<_> = ROUTES.iter().map(|r| (r.method == Method::Get, r.path)).collect();
    assert_eq!(twice.iter().collect::<BTreeSet<_>>().len(), ROUTES.len(), "a route stands there twice");
}

// ── manners ──────────────────────────────────────────────────────────────────────

#[test]
fn every_link_of_the_docs_leads_somewhere_and_every_picture_is_shown() {
    let (mut broken, mut shown) = (Vec::new(), BTreeSet::new());
    let texts = files_under(&root().join("docs"), "md").into_iter().chain([root().join("README.md")]);
    for text in texts {
        let (read, folder) = (std::fs::read_to_string(&text).unwrap(), text.parent().unwrap());
        let links = read.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        for link in links.filter(|link| !link.is_empty() && !link.contains("://")) {
            match folder.join(link).canonicalize() {
                Ok(file) => _ = shown.insert(file),
                Err(_) => broken.push(format!("{} links to {link}, which is not there", text.display())),
            }
        }
        if read.contains("![](") {
            broken.push(format!("{} has a picture that says nothing to whoever can't see it", text.display()));
        }
    }
    let pictures = files_under(&root().join("docs/pictures"), "webp").into_iter();
    let pictures = pictures.map(|file| file.canonicalize().unwrap()).filter(|file| !shown.contains(file));
    broken.extend(pictures.map(|file| format!("{} is shown in no text", file.display())));
    assert_none(broken);
}

#[test]
fn nothing_unfinished_and_nothing_that_panics_stands_in_the_source() {
    let forbidden = ["todo!", "unimplemented!", "dbg!", "panic!", "unreachable!", ".unwrap()", ".expect(", "unsafe {"];
    let mut broken = Vec::new();
    for source in sources() {
        broken.extend(forbidden.iter().filter(|f| source.code.contains(**f)).map(|f| format!("{}: {f}", source.file)));
        if PURE.contains(&source.room()) && source.code.contains("println!") {
            broken.push(format!("{} prints", source.file));
        }
    }
    assert_none(broken);
}

#[test]
fn no_test_is_ignored_or_sleeps() {
    let mut broken = Vec::new();
    for file in files_under(&root().join("tests"), "rs").into_iter().chain(files_under(&root().join("src"), "rs")) {
        let text = std::fs::read_to_string(&file).unwrap();
        // Written in two parts, so that this file does not find itself.
        for manner in [concat!("#[", "ignore"), concat!("thread::", "sleep")] {
            // Whoever waits for a browser has to ask it again and again.
            let is_for_browsers = file.starts_with(root().join("tests/browser"));
            if text.contains(manner) && !is_for_browsers {
                broken.push(format!("{}: {manner}", file.display()));
            }
        }
    }
    assert_none(broken);
}

// ── reading the source ───────────────────────────────────────────────────────────

/// One file of `src`.
struct Source {
    /// `src/store/log/append.rs`.
    file: String,
    /// `store`, `log`, `append`.
    module: Vec<String>,
    ast: syn::File,
    /// The code without comments, tests and line breaks, every token set apart by nothing but one blank where needed.
    code: String,
}

struct Function {
    name: String,
    signature: String,
    body: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let files = files_under(&root().join("src"), "rs");
    let names = files.iter().map(|f| f.strip_prefix(root()).unwrap().to_str().unwrap().to_owned());
    let sources: Vec<Source> = names.filter(|n| n != "src/lib.rs").map(|name| source(&name)).collect();
    assert!(sources.len() > 100);
    sources
}

fn source(file: &str) -> Source {
    let text = std::fs::read_to_string(root().join(file)).unwrap();
    let mut ast = syn::parse_file(&text).unwrap_or_else(|why| panic!("{file}: {why}"));
    ast.items.retain(|item| !is_test(attributes(item)));
    let is_tests = file.ends_with("/tests.rs");
    let module = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    let code = if is_tests { String::new() } else { bare(&text) };
    Source { file: file.to_owned(), module: module.split('/').map(str::to_owned).collect(), ast, code }
}

impl Source {
    fn room(&self) -> &str {
        &self.module[0]
    }

    /// Every path the file names, from `crate::` where it is ours.
    fn paths(&self) -> BTreeSet<String> {
        let mut reader = Paths { module: self.module.clone(), found: BTreeSet::new() };
        reader.visit_file(&self.ast);
        reader.found
    }

    fn functions(&self) -> Vec<Function> {
        // `fn name(signature) {body` up to the next `fn`: enough to tell who writes.
        let parts = self.code.split("fn ").skip(1);
        let function = |part: &str| {
            let (signature, body) = part.split_once('{').unwrap_or((part, ""));
            let name = signature.split(['(', '<']).next().unwrap_or_default();
            Function { name: name.to_owned(), signature: signature.to_owned(), body: body.to_owned() }
        };
        parts.map(function).collect()
    }
}

/// Collects paths: those of `use`, those written out in the code, and those inside of macros.
struct Paths {
    module: Vec<String>,
    found: BTreeSet<String>,
}

impl Paths {
    fn take(&mut self, segments: &[String]) {
        if segments.is_empty() {
            return;
        }
        let ups = segments.iter().take_while(|s| *s == "super").count();
        let is_ours = ups > 0 || segments[0] == "self" || segments[0] == "crate";
        let path = if segments[0] == "crate" {
            segments.join("::")
        } else if is_ours {
            let kept = self.module.len().saturating_sub(ups);
            let rest = segments.iter().skip_while(|s| *s == "super" || *s == "self").cloned();
            let whole: Vec<String> = self.module[..kept].iter().cloned().chain(rest).collect();
            format!("crate::{}", whole.join("::"))
        } else {
            segments.join("::")
        };
        self.found.insert(path);
    }

    fn take_tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |ident: &syn::Ident| before.iter().cloned().chain([ident.to_string()]).collect::<Vec<_>>();
        match tree {
            syn::UseTree::Path(path) => self.take_tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) if name.ident == "self" => self.take(before),
            syn::UseTree::Name(name) => self.take(&with(&name.ident)),
            syn::UseTree::Rename(rename) => self.take(&with(&rename.ident)),
            syn::UseTree::Glob(_) => self.take(before),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.take_tree(before, item)),
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.take_tree(&[], &item.tree);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if is_test(&item.attrs) {
            return;
        }
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            self.take(&path.segments.iter().map(|s| s.ident.to_string()).collect::<Vec<_>>());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let tokens: String = mac.tokens.to_string().replace(" :: ", "::").replace(":: ", "::").replace(" ::", "::");
        for word in tokens.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
            let segments: Vec<String> = word.split("::").map(str::to_owned).collect();
            if segments.len() > 1 && segments.iter().all(|s| !s.is_empty() && !s.contains(':')) {
                self.take(&segments);
            }
        }
        visit::visit_macro(self, mac);
    }
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| a.path().is_ident("cfg") && a.parse_args::<syn::Ident>().is_ok_and(|what| what == "test"))
}

/// The code up to its tests, without comments and doc comments, with runs of blanks made one and none before a dot.
fn bare(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = before_tests.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    lines.collect::<Vec<_>>().join(" ").replace(" .", ".").replace("( ", "(")
}

/// The variants of an enum, with the name `serde` gives each.
fn variants_of(file: &str, name: &str) -> Vec<(String, Option<String>)> {
    let source = source(file);
    let found = source.ast.items.iter().find_map(|item| match item {
        syn::Item::Enum(item) if item.ident == name => Some(item),
        _ => None,
    });
    let rename = |variant: &syn::Variant| {
        let mut name = None;
        for attribute in variant.attrs.iter().filter(|a| a.path().is_ident("serde")) {
            attribute
                .parse_nested_meta(|meta| {
                    name = meta.path.is_ident("rename").then_some(meta.value()?.parse::<syn::LitStr>()?.value());
                    Ok(())
                })
                .unwrap();
        }
        name
    };
    found.unwrap().variants.iter().map(|v| (v.ident.to_string(), rename(v))).collect()
}

/// `ApproverEdited` → `approver_edited`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

fn optional_crates() -> BTreeSet<String> {
    let manifest: toml::Value = toml::from_str(&std::fs::read_to_string(root().join("Cargo.toml")).unwrap()).unwrap();
    let all = manifest["dependencies"].as_table().unwrap();
    let optional = all.iter().filter(|(_, how)| how.get("optional").and_then(toml::Value::as_bool) == Some(true));
    optional.map(|(name, _)| name.replace('-', "_")).collect()
}

// ── reading migrations ───────────────────────────────────────────────────────────

fn migration_folders(which: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(root().join("migrations").join(which)).unwrap();
    let mut folders: Vec<PathBuf> = all.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// `up.sql` by the folder's name.
fn migrations(which: &str) -> BTreeMap<String, String> {
    let name = |folder: &Path| folder.file_name().unwrap().to_str().unwrap().to_owned();
    let up = |folder: &Path| std::fs::read_to_string(folder.join("up.sql")).unwrap();
    migration_folders(which).iter().map(|folder| (name(folder), up(folder))).collect()
}

/// Tables with their columns, both in the order they stand in.
fn tables(sql: &str) -> Vec<(String, Vec<String>)> {
    let table = |text: &str| {
        let (name, rest) = text.split_once(" (").unwrap();
        let lines = rest.lines().skip(1).map(str::trim).take_while(|line| !line.starts_with(')'));
        let names = lines.filter_map(|line| line.split([' ', '(']).next().map(str::to_owned));
        let is_column = |name: &String| !["PRIMARY", "UNIQUE", "CHECK", "FOREIGN", ""].contains(&name.as_str());
        (name.to_owned(), names.filter(is_column).collect())
    };
    let mut all: Vec<(String, Vec<String>)> = sql.split("CREATE TABLE ").skip(1).map(table).collect();
    // Later migrations add columns one by one, at the end of their table, and take some away.
    for line in sql.lines().filter_map(|line| line.strip_prefix("ALTER TABLE ")) {
        if let Some((name, gone)) = line.trim_end_matches(';').split_once(" DROP COLUMN ") {
            let of_table = all.iter_mut().filter(|(known, _)| known == name);
            of_table.for_each(|(_, columns)| columns.retain(|column| column != gone));
            continue;
        }
        let Some((name, column)) = line.split_once(" ADD COLUMN ") else { continue };
        let column = column.split_whitespace().next().unwrap().to_owned();
        match all.iter_mut().find(|(known, _)| known == name) {
            Some((_, columns)) => columns.push(column),
            None => all.push((name.to_owned(), vec![column])),
        }
    }
    all
}

/// The tables that a migration makes anew.
fn made(sql: &str) -> BTreeSet<String> {
    named(sql, "CREATE TABLE ")
}

/// The names that follow a statement's first words.
fn named(sql: &str, statement: &str) -> BTreeSet<String> {
    let lines = sql.lines().filter_map(|line| line.strip_prefix(statement));
    lines.filter_map(|rest| rest.split_whitespace().next().map(str::to_owned)).collect()
}

fn schema_tables() -> Vec<(String, Vec<String>)> {
    let text = std::fs::read_to_string(root().join("src/store/schema.rs")).unwrap();
    let table = |text: &str| {
        let body = text.split("use diesel::sql_types::*;").nth(1).unwrap();
        let (head, columns) = body.split_once('{').unwrap();
        let name = head.trim().split(' ').next().unwrap().to_owned();
        let lines = columns.lines().map(str::trim).take_while(|line| *line != "}");
        (name, lines.filter_map(|line| line.split_once(" -> ").map(|(column, _)| column.to_owned())).collect())
    };
    text.split("\ntable! {").skip(1).map(table).collect()
}

fn files_under(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_under(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[track_caller]
fn assert_none(broken: Vec<String>) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}
