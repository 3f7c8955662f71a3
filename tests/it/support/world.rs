//! A world of its own for each test: a register on SQLite or PostgreSQL, made by the real code, with seven people,
//! a clock turned by hand and a folder for documents. At its end the log must verify and every case must replay.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use chrono::{DateTime, TimeDelta};
use secrecy::SecretString;
use tempfile::TempDir;
use writ::actions::add_staff::add_staff;
use writ::actions::create_register::{SOFTWARE, create_register};
use writ::actions::law::LawHere;
use writ::actions::passwords::Passwords;
use writ::actions::verify_deep::{VAULT, verify_deep};
use writ::actions::{ActionError, Ctx, LogIdentity, Retention, report_transparency, verify_log};
use writ::audit::witness::Witness;
use writ::audit::{Differs, Verified};
use writ::clock::{Almanac, Calendars, Places};
use writ::conduct::{self, Conduct};
use writ::domain::case::Case;
use writ::domain::catalogue::Catalogue;
use writ::domain::id::{CaseId, StaffId, TeamId};
use writ::domain::policy::ApprovalPolicy;
use writ::domain::retention::Schedule;
use writ::domain::staff::{Actor, Role, Staff};
use writ::domain::text::Line;
use writ::domain::time::Instant;
use writ::law::Rulebook;
use writ::law::of_case::Provider;
use writ::seal::Key;
use writ::store::log::{LogFilter, LogRow};
use writ::store::register::{self, Generation, Register};
use writ::store::{Store, StoreError, cases, log};
use writ::system::{self, Clock};
use writ::vault::{LogKeys, Vault};

use super::people::Person;
use super::postgres::{TestDatabase, fresh_database};
use super::raw::Raw;

pub const ORIGIN: &str = "writ.example/test";
/// What lies in the folder of keys.
pub const INSTALLATION_KEY: [u8; 32] = [9; 32];
pub const LOG_KEY: [u8; 32] = [7; 32];

/// What the provider keeps, as the demonstration has it.
pub const CATALOGUE: &str = include_str!("../../../config/catalogue.toml");
/// The facts that rules may speak of.
pub const FACTS: &str = include_str!("../../../config/law/facts.toml");

/// The packs of law and policy, as the program carries them.
pub const PACKS: &[(&str, &str)] = &[
    ("australia.toml", include_str!("../../../config/law/australia.toml")),
    ("brazil.toml", include_str!("../../../config/law/brazil.toml")),
    ("canada.toml", include_str!("../../../config/law/canada.toml")),
    ("common.toml", include_str!("../../../config/law/common.toml")),
    ("eu-dsa.toml", include_str!("../../../config/law/eu-dsa.toml")),
    ("eu-evidence.toml", include_str!("../../../config/law/eu-evidence.toml")),
    ("france.toml", include_str!("../../../config/law/france.toml")),
    ("germany.toml", include_str!("../../../config/law/germany.toml")),
    ("india.toml", include_str!("../../../config/law/india.toml")),
    ("policy.toml", include_str!("../../../config/law/policy.toml")),
    ("uk.toml", include_str!("../../../config/law/uk.toml")),
    ("us-federal.toml", include_str!("../../../config/law/us-federal.toml")),
    ("us-states.toml", include_str!("../../../config/law/us-states.toml")),
];

/// Sign-in name, name as colleagues read it, role.
const PEOPLE: &[(&str, &str, Role)] = &[
    ("anna", "Anna Adler", Role::Analyst),
    ("ben", "Ben Brook", Role::Analyst),
    ("carla", "Carla Corn", Role::Reviewer),
    ("dan", "Dan Dorn", Role::Reviewer),
    ("emil", "Emil Eck", Role::Fulfiller),
    ("fay", "Fay Finch", Role::Auditor),
    ("gus", "Gus Grove", Role::Admin),
];

pub struct World {
    pub ctx: Ctx,
    pub url: String,
    pub team: TeamId,
    people: BTreeMap<String, Staff>,
    pub folder: Arc<TempDir>,
    database: Option<Arc<TestDatabase>>,
    /// Whether a story changed rows or files past the program, and left them so.
    is_spoilt: AtomicBool,
}

/// A register without a world around it: what it is made of, and nobody connected to it.
#[derive(Clone)]
pub struct Place {
    pub url: String,
    pub folder: Arc<TempDir>,
    pub team: TeamId,
    pub people: BTreeMap<String, Staff>,
    database: Option<Arc<TestDatabase>>,
}

impl World {
    /// A world on SQLite, in a folder of its own.
    pub fn sqlite() -> World {
        World::sqlite_with(CATALOGUE)
    }

    /// A world on SQLite whose provider keeps something else.
    pub fn sqlite_with(catalogue: &str) -> World {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("register.sqlite").display());
        World::new(url, folder, None, catalogue)
    }

    /// A world on PostgreSQL, in a database of its own; `None` after saying `SKIPPED` where there is no server.
    pub fn postgres() -> Option<World> {
        World::postgres_with(CATALOGUE)
    }

    /// A world on PostgreSQL whose provider keeps something else.
    pub fn postgres_with(catalogue: &str) -> Option<World> {
        let database = fresh_database()?;
        Some(World::new(database.url.clone(), tempfile::tempdir().unwrap(), Some(database), catalogue))
    }

    /// A world on SQLite or on an empty database of this URL, by the machine's clock: for programs that run beside it.
    pub fn by_the_clock(url: Option<String>) -> World {
        let folder = tempfile::tempdir().unwrap();
        let file = || format!("sqlite://{}", folder.path().join("register.sqlite").display());
        World::made(url.unwrap_or_else(file), folder, None, CATALOGUE, Clock::System)
    }

    /// The same in a PostgreSQL database of its own.
    pub fn on_postgres_by_the_clock() -> Option<World> {
        let database = fresh_database()?;
        let url = database.url.clone();
        Some(World::made(url, tempfile::tempdir().unwrap(), Some(database), CATALOGUE, Clock::System))
    }

    fn new(url: String, folder: TempDir, database: Option<TestDatabase>, catalogue: &str) -> World {
        let start = DateTime::parse_from_rfc3339("2026-11-02T09:00:00Z").unwrap().to_utc();
        World::made(url, folder, database, catalogue, Clock::by_hand(Instant::new(start)))
    }

    fn made(url: String, folder: TempDir, database: Option<TestDatabase>, catalogue: &str, clock: Clock) -> World {
        Store::migrate(&url).unwrap();
        let register = Register { origin: ORIGIN.to_owned(), is_demo: false, generation: Generation::None };
        register::create(&url, &register, SOFTWARE, clock.now()).unwrap();
        std::fs::create_dir(folder.path().join("documents")).unwrap();
        let ctx = opened(&url, folder.path(), catalogue, clock);
        let team = TeamId(system::fresh_id());
        create_register(&ctx, team, line("Legal requests")).unwrap();
        let (folder, database) = (Arc::new(folder), database.map(Arc::new));
        let is_spoilt = AtomicBool::new(false);
        let mut world = World { ctx, url, team, people: BTreeMap::new(), folder, database, is_spoilt };
        for (name, full_name, role) in PEOPLE {
            let staff = world.hires(name, full_name, &[*role], false).who.staff;
            world.people.insert((*name).to_owned(), staff);
        }
        world
    }

    /// The same register, opened once more by another program.
    pub fn enters_beside(&self) -> Ctx {
        opened(&self.url, self.folder.path(), CATALOGUE, Clock::System)
    }

    /// The same register for somebody who takes in smaller files than others do; the limit is in bytes.
    pub fn takes_files_up_to(&self, largest: u64) -> Ctx {
        let documents = Dir::open_ambient_dir(self.folder.path().join("documents"), ambient_authority()).unwrap();
        Ctx { vault: Arc::new(Vault::new(documents).unwrap().up_to(largest)), ..self.ctx.clone() }
    }

    /// Says that what follows changes rows or files past the program: at the end they are not what the log says.
    pub fn is_spoilt(&self) {
        self.is_spoilt.store(true, Ordering::SeqCst);
    }

    /// Ends this world's own connections; its register stays.
    pub fn leaves(self) -> Place {
        let World { url, folder, team, people, database, .. } = self;
        Place { url, folder, team, people, database }
    }

    /// Somebody joins the staff and the team.
    pub fn hires(&self, name: &str, full_name: &str, roles: &[Role], is_cleared: bool) -> Person<'_> {
        let staff = Staff {
            id: StaffId(system::fresh_id()),
            name: name.to_owned(),
            full_name: line(full_name),
            roles: roles.iter().copied().collect(),
            teams: BTreeSet::from([self.team]),
            is_cleared,
            email: Some(line(&format!("{name}@writ.example"))),
        };
        Person::new(self, add_staff(&self.ctx, Actor::System("setup"), staff, &password_of(name)).unwrap())
    }

    /// Tells a story in this world, which must end well.
    pub fn tell(self, story: impl FnOnce(&World)) {
        story(&self);
        self.ends_well();
    }

    /// The log verifies, what it says is what the tables say, and it shows that everybody acted by the rules.
    pub fn ends_well(&self) {
        self.verified();
        if !self.is_spoilt.load(Ordering::SeqCst) {
            self.compares();
        }
        self.cases().iter().for_each(|case| self.replays(case));
        self.conducts();
    }

    /// From process payloads alone: nobody acted against a rule, and the figures are those of the report.
    pub fn conducts(&self) {
        let mut conduct = Conduct::new(true);
        for row in self.log() {
            let (seq, case) = (u64::try_from(row.seq).unwrap(), row.case_key.as_deref());
            let (at_micros, process) = (row.at.as_micros(), row.process.as_bytes());
            let (actor, kind) = (row.actor.as_str(), row.kind.as_str());
            let breaches = conduct.take(conduct::Entry { seq, at_micros, actor, kind, case, process });
            assert!(breaches.is_empty(), "{}\n{}", breaches[0], row.process);
        }
        match report_transparency::draw(&self.ctx, Actor::System("test")) {
            Ok(report) => assert_eq!(conduct.figures(), Some(report), "the figures do not follow from the log"),
            // A node that was told to stop writes nothing more, not even that somebody drew a report.
            Err(ActionError::Store(StoreError::Busy)) => {}
            Err(error) => panic!("{error}"),
        }
    }

    pub fn verified(&self) -> Verified {
        verify_log::check(&self.ctx).unwrap().unwrap_or_else(|fault| panic!("{fault}"))
    }

    /// Built once more from the log, every table is as it is found, and every document opens and has its hash. Bytes that
    /// an act left behind which failed harm nobody.
    pub fn compares(&self) {
        let mut differences = Vec::new();
        let deep = verify_deep(&self.ctx, &self.ctx.log.trust(), &[], &mut differences).unwrap();
        differences.retain(|one| (one.table, &one.what) != (VAULT, &Differs::Untold));
        let all: Vec<String> = differences.iter().map(ToString::to_string).collect();
        assert!(deep.log.is_ok() && all.is_empty(), "the tables say something else than the log:\n{}", all.join("\n"));
    }

    /// Folding the log's events of a case gives its row.
    pub fn replays(&self, case: &Case) {
        let key = self.ctx.store.installation_key();
        let events = self.read(|conn| log::case_events(conn, key, case.id));
        let events: Vec<_> = events.into_iter().map(|row| row.event.unwrap()).collect();
        assert_eq!(Case::fold(&events).as_ref(), Some(case), "the log tells another story of {}", case.reference);
        let changes = events.iter().filter(|event| event.changes_case() && event.moves_version()).count();
        assert_eq!(i32::try_from(changes), Ok(case.version), "each act is one event and one version");
    }

    // ── looking ──────────────────────────────────────────────────────────────────

    pub fn read<T>(&self, read: impl FnOnce(&mut writ::store::Conn) -> Result<T, StoreError>) -> T {
        self.ctx.store.read(read).unwrap()
    }

    /// A case as its rows have it.
    pub fn case(&self, id: CaseId) -> Case {
        self.read(|conn| cases::get(conn, id))
    }

    pub fn cases(&self) -> Vec<Case> {
        let ids = self.raw().values("SELECT CAST(id AS text) AS value FROM cases ORDER BY id");
        ids.iter().map(|id| self.case(id.parse().unwrap())).collect()
    }

    /// The log, oldest entry first.
    pub fn log(&self) -> Vec<LogRow> {
        self.newest(1_000_000)
    }

    /// The entries that an act adds.
    pub fn entries_of<T>(&self, act: impl FnOnce() -> T) -> (T, Vec<LogRow>) {
        let size = || self.newest(1).last().map_or(0, |entry| entry.seq + 1);
        let before = size();
        let done = act();
        (done, self.newest(size() - before))
    }

    fn newest(&self, count: i64) -> Vec<LogRow> {
        let mut rows = self.read(|conn| log::list_entries(conn, &LogFilter::default(), count));
        rows.reverse();
        rows
    }

    /// SQL past the program.
    pub fn raw(&self) -> Raw {
        Raw::open(&self.url)
    }

    // ── people and time ──────────────────────────────────────────────────────────

    pub fn person(&self, name: &str) -> Person<'_> {
        let staff = self.people.get(name).unwrap_or_else(|| panic!("nobody here is called {name}"));
        Person::new(self, staff.clone())
    }

    pub fn anna(&self) -> Person<'_> {
        self.person("anna")
    }

    pub fn ben(&self) -> Person<'_> {
        self.person("ben")
    }

    pub fn carla(&self) -> Person<'_> {
        self.person("carla")
    }

    pub fn dan(&self) -> Person<'_> {
        self.person("dan")
    }

    pub fn emil(&self) -> Person<'_> {
        self.person("emil")
    }

    pub fn fay(&self) -> Person<'_> {
        self.person("fay")
    }

    pub fn gus(&self) -> Person<'_> {
        self.person("gus")
    }

    pub fn minutes_pass(&self, minutes: i64) {
        self.ctx.clock.turn(TimeDelta::minutes(minutes));
    }
}

impl Place {
    /// An empty place of the same kind, for the same people: no register is there yet.
    pub fn elsewhere(&self) -> Place {
        let folder = tempfile::tempdir().unwrap();
        let database = self.database.as_ref().map(|_| Arc::new(fresh_database().unwrap()));
        let file = format!("sqlite://{}", folder.path().join("register.sqlite").display());
        let url = database.as_ref().map_or(file, |database| database.url.clone());
        Place { url, folder: Arc::new(folder), database, ..self.clone() }
    }

    /// A world around the register as it is now.
    pub fn enters(&self) -> World {
        let Place { url, folder, team, people, database } = self.clone();
        let ctx = opened(&url, folder.path(), CATALOGUE, Clock::System);
        World { ctx, url, team, people, folder, database, is_spoilt: AtomicBool::new(false) }
    }
}

/// The witness whose word the registers of the tests take in.
pub fn witness() -> Witness {
    Witness::from_seed("witness.example/w1", &[11; 32]).unwrap()
}

/// The folder of keys, with those of the tests unless others are there by now.
pub fn keys_in(folder: &Path) -> std::path::PathBuf {
    let keys = folder.join("keys");
    std::fs::create_dir_all(&keys).unwrap();
    for (name, key) in [("installation.key", INSTALLATION_KEY), ("log.key", LOG_KEY)] {
        if !keys.join(name).exists() {
            std::fs::write(keys.join(name), hex::encode(key)).unwrap();
        }
    }
    keys
}

/// A register opened as `writ serve` opens one, with keys and rules of the tests.
fn opened(url: &str, folder: &Path, catalogue: &str, clock: Clock) -> Ctx {
    let documents = Dir::open_ambient_dir(folder.join("documents"), ambient_authority()).unwrap();
    let keys = Dir::open_ambient_dir(keys_in(folder), ambient_authority()).unwrap();
    let log_keys = LogKeys::open(keys, ORIGIN).unwrap();
    Ctx {
        store: Store::open(url, Key::new(INSTALLATION_KEY), 4).unwrap(),
        vault: Arc::new(Vault::new(documents).unwrap()),
        clock,
        law: Arc::new(LawHere::offering(rulebook())),
        catalogue: Arc::new(Catalogue::parse(catalogue).unwrap()),
        provider: Arc::new(provider()),
        almanac: Arc::new(almanac()),
        approvals: policy(),
        passwords: Arc::new(Passwords::new(8, 1).unwrap()),
        log: Arc::new(LogIdentity {
            origin: ORIGIN.to_owned(),
            keys: log_keys,
            witnesses: vec![witness().verifier().clone()],
        }),
        is_demo: false,
        is_generated: false,
        retention: Arc::new(Retention { schedules: vec![a_year(), sixty_days_of_papers()], backups: None }),
        settings: Arc::new([]),
        flips: Arc::default(),
        verifies_everything: true,
        verifying: Arc::default(),
        census: Arc::default(),
    }
}

/// The schedule of the tests: whatever it is, a case is kept for a year.
pub fn a_year() -> Schedule {
    Schedule {
        name: "a year".to_owned(),
        keep: "1 year".parse().unwrap(),
        papers_without_case: false,
        instruments: BTreeSet::new(),
        outcomes: BTreeSet::new(),
        because: String::new(),
    }
}

/// Papers that no case was opened for are kept for sixty days.
pub fn sixty_days_of_papers() -> Schedule {
    Schedule { name: "papers".to_owned(), keep: "60 days".parse().unwrap(), papers_without_case: true, ..a_year() }
}

pub fn password_of(name: &str) -> SecretString {
    SecretString::from(format!("{name} walks the dog"))
}

pub fn line(text: &str) -> Line {
    Line::parse("text", text).unwrap()
}

pub fn rulebook() -> Rulebook {
    let packs: Vec<_> = PACKS.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
    Rulebook::parse(FACTS, &packs).unwrap()
}

/// The calendars as they ship, at the place of the provider: days end in Seattle.
pub fn almanac() -> Almanac {
    let calendars =
        Calendars::parse(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/config/calendars.toml"))).unwrap();
    let places = Places {
        time_zone: "America/Los_Angeles".to_owned(),
        calendar: "US".to_owned(),
        eu_time_zone: "Europe/Dublin".to_owned(),
        eu_calendar: "IE".to_owned(),
    };
    Almanac::new(calendars, &places).unwrap()
}

pub fn policy() -> ApprovalPolicy {
    ApprovalPolicy { usual: 1, content: 2, overridden: 2, emergency: 1 }
}

pub fn provider() -> Provider {
    Provider {
        entity: "Example Messenger, Inc.".to_owned(),
        country: "US".to_owned(),
        state: "WA".to_owned(),
        eu_role: String::new(),
        is_california_corporation: false,
        warrant_for_all_content: true,
        accept_out_of_state_process: true,
        redirect_enterprise: true,
        foreign_noncontent: "accept_listed".to_owned(),
    }
}
