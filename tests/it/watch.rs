//! What a node tells whoever watches it: that it lives, whether it is ready, and what it counted; nothing of what is in
//! the register.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use writ::domain::case::Case;
use writ::domain::stage::Compartment;
use writ::system::Clock;

use crate::support::calls::paper;
use crate::support::on_both;
use crate::support::papers::{Paper, SUBPOENA, subpoena};
use crate::support::people::Acts;
use crate::support::until::until;
use crate::support::world::World;

on_both! {
    a_node_tells_that_it_lives_is_ready_and_what_it_counted,
    whoever_watches_learns_nothing_of_what_is_in_the_register,
    readiness_names_each_part_that_is_not_ready,
}

fn a_node_tells_that_it_lives_is_ready_and_what_it_counted(world: &World) {
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let [anna, emil] = [world.anna(), world.emil()];
    let node = world.starts(&[("REGISTER__READERS", "5")]);
    let asked = |path: &str| {
        let page = node.watch.visitor().gets(path);
        (page.status, page.source())
    };
    assert_eq!(asked("/health"), (200, "alive\n".to_owned()));
    assert_eq!(asked("/ready"), (200, "ready\n".to_owned()));
    assert_eq!(asked("/cases").0, 404, "the web site is elsewhere");
    assert_eq!(node.site.visitor().gets("/metrics").status, 404, "and what is watched is not there");

    let (anna, emil) = (node.site.token_of(world, &anna), node.site.token_of(world, &emil));
    // The jobs look at once, and may have a reminder to send; then they rest for an hour.
    let ran = |job: &str| node.meter(&format!("writ_job_last_success_timestamp_seconds{{job=\"{job}\"}}")) > 0.0;
    let jobs = ["outbox", "reminders", "checkpoints", "witnesses", "verification"];
    until("the jobs ran", || jobs.into_iter().all(ran) && node.meter("writ_mails_waiting") == 0.0);
    let acts = |kind: &str| node.meter(&format!("writ_acts_total{{outcome=\"{kind}\"}}"));
    let (before, commits) = (acts("committed"), node.meter("writ_commits_total"));
    // The mails that went, the first checkpoint and the first verification.
    let by_itself = node.meter("writ_mails_total{outcome=\"sent\"}") + 2.0;
    assert_eq!(before, by_itself, "nobody did anything yet");
    assert_eq!((acts("refused"), acts("conflict"), acts("declined")), (0.0, 0.0, 0.0));
    let body = json!({ "paper": paper() }).to_string();
    for _ in 0..3 {
        assert_eq!(anna.calls("/api/v1/cases", &body).status, 201);
    }
    assert_eq!(emil.calls("/api/v1/cases", &body).status, 403);
    let withdraw = format!("/api/v1/cases/{}/withdraw", case.reference);
    let note = |version: i32| json!({ "note": "Gone.", "version": version }).to_string();
    assert_eq!(anna.calls(&withdraw, &note(case.version + 7)).status, 409);
    assert_eq!(anna.calls(&withdraw, &note(case.version)).status, 200);
    assert_eq!(anna.uploads("/api/v1/documents", &[], &[("file", "a.pdf", SUBPOENA)]).status, 201);
    assert_eq!(anna.uploads("/api/v1/documents", &[], &[("file", "a.pdf", b"")]).status, 422);
    assert!(node.hears(b"BREW /api/v1/cases HTTP/1.1\r\nhost: x\r\n\r\n").starts_with("HTTP/1.1 405"));
    assert_eq!(anna.gets("/no/such/page").status, 404);

    assert_eq!((acts("committed"), acts("refused"), acts("conflict")), (before + 5.0, 1.0, 1.0));
    let requests = |labels: &str| node.meter(&format!("writ_http_requests_total{{{labels}}}"));
    assert_eq!(requests("method=\"POST\",route=\"/api/v1/cases\",status=\"2xx\""), 3.0);
    assert_eq!(requests("method=\"POST\",route=\"/api/v1/cases\",status=\"4xx\""), 1.0);
    assert_eq!(requests("method=\"POST\",route=\"/api/v1/cases/{reference}/withdraw\",status=\"4xx\""), 1.0);
    assert_eq!(requests("method=\"other\",route=\"/api/v1/cases\",status=\"4xx\""), 1.0);
    assert_eq!(requests("method=\"GET\",route=\"none\",status=\"4xx\""), 2.0);
    assert_eq!(node.meter("writ_uploads_total{outcome=\"kept\"}"), 1.0);
    assert_eq!(node.meter("writ_uploads_total{outcome=\"refused\"}"), 1.0);
    assert_eq!(node.meter("writ_readers_limit"), 5.0);
    assert_eq!(node.meter("writ_database_up"), 1.0);
    assert_eq!(node.meter("writ_log_entries"), count(world.log().len()));
    assert_eq!(node.meter("writ_writer_queue_length"), 0.0);
    assert_eq!(node.meter("writ_http_requests_in_flight"), 0.0);
    // One act after the other, each with a commit of its own; the refusal has one too.
    assert_eq!(node.meter("writ_commits_total"), commits + 6.0);
    assert_eq!(node.meter("writ_commits_total"), node.meter("writ_commit_duration_seconds_count"));
    assert_eq!(node.meter("writ_commit_acts_count"), node.meter("writ_commit_acts_bucket{le=\"64\"}"));
    let database = if world.raw().is_sqlite() { "sqlite" } else { "postgres" };
    assert_eq!(node.meter(&format!("writ_build_info{{database=\"{database}\",version=\"writ 0.1.0\"}}")), 1.0);
    assert!(node.meter("writ_process_start_time_seconds") <= now());
    if std::path::Path::new("/proc/self/status").exists() {
        assert!(node.meter("writ_process_resident_memory_bytes") > 1_000_000.0);
    }
    is_prometheus_text(&node.watch.visitor().gets("/metrics").source());
}

fn count(many: usize) -> f64 {
    f64::from(u32::try_from(many).unwrap())
}

fn now() -> f64 {
    f64::from(u32::try_from(Clock::System.now().as_micros() / 1_000_000).unwrap())
}

/// Each family has its help and its type before its samples, a name of ours, and buckets that add up.
fn is_prometheus_text(text: &str) {
    assert!(text.ends_with('\n'));
    let (mut helped, mut kinds) = (BTreeSet::new(), BTreeMap::new());
    let mut buckets: BTreeMap<String, f64> = BTreeMap::new();
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').unwrap();
            assert!(helped.insert(name.to_owned()), "{name} is explained twice");
            assert!(words.ends_with('.') && words.len() > 15, "{line}");
            continue;
        }
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert!(helped.contains(name) && ["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            kinds.insert(name.to_owned(), kind.to_owned());
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').unwrap();
        let value: f64 = value.parse().unwrap_or_else(|why| panic!("{line}: {why}"));
        let (name, labels) = sample.split_once('{').unwrap_or((sample, ""));
        assert!(name.starts_with("writ_") && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{line}");
        let of_histogram = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
        let family = of_histogram.filter(|family| kinds.get(*family).is_some_and(|kind| kind == "histogram"));
        assert!(kinds.contains_key(family.unwrap_or(name)), "{line} has no type");
        assert!(labels.is_empty() || labels.ends_with('}'), "{line}");
        let (Some(family), true) = (family, name.ends_with("_bucket")) else {
            if let (Some(family), true) = (family, name.ends_with("_count")) {
                let of = labels.trim_end_matches('}').to_owned();
                assert_eq!(buckets.remove(&format!("{family}{{{of}")), Some(value), "{line} is not its last bucket");
            }
            continue;
        };
        let of: Vec<&str> = labels.trim_end_matches('}').split(',').filter(|l| !l.starts_with("le=")).collect();
        let before = buckets.insert(format!("{family}{{{}", of.join(",")), value);
        assert!(before.is_none_or(|before| before <= value), "{line} is less than the bucket before");
    }
    assert!(buckets.is_empty(), "no count for {buckets:?}");
    assert!(kinds.len() > 20, "{kinds:?}");
}

fn whoever_watches_learns_nothing_of_what_is_in_the_register(world: &World) {
    let nora = world.hires("nora", "Nora Northmark", &[writ::domain::staff::Role::Analyst], true);
    let opens = |compartment| nora.opens(Paper { compartment, ..subpoena() }.asking("account/registration")).done();
    let cases: Vec<Case> = [Compartment::Ordinary, Compartment::NationalSecurity].map(opens).into();
    let node = world.starts(&[]);
    let browser = node.site.browser_of(&nora);
    for case in &cases {
        assert_eq!(browser.gets(&format!("/cases/{}", case.reference)).status, 200);
    }
    browser.gets("/queue?q=Secretword&Secretword=1");
    browser.gets("/Secretword/case?name=Secretword");
    node.hears(b"SECRETWORD /queue HTTP/1.1\r\nhost: secretword\r\n\r\n");
    node.site.visitor().posts("/sign-in", &[("name", "secretword"), ("password", "Secretword it is")]);
    let told: String =
        ["/metrics", "/ready", "/health", "/"].map(|path| node.watch.visitor().gets(path).source()).concat();
    let told = told.to_lowercase();
    for word in ["secretword", "nora", "northmark", "bureau", "national", "2026-", "127.0.0.1"] {
        assert!(!told.contains(word), "{word} is told:\n{told}");
    }
    // Beside the log's length, which all acts share, no number is about cases.
    assert!(!told.contains("cases_"), "{told}");
}

fn readiness_names_each_part_that_is_not_ready(world: &World) {
    let node = world.starts(&[]);
    let says = || {
        let page = node.watch.visitor().gets("/ready");
        assert_eq!(page.status == 200, page.source() == "ready\n");
        assert!([200, 503].contains(&page.status));
        page.source().lines().map(|line| line.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(says(), ["ready"]);

    // Somebody else holds the log.
    let (mut holder, is_sqlite) = (world.raw(), world.raw().is_sqlite());
    holder.begins_to_hold_the_log();
    assert_eq!(says(), ["writer"]);
    holder.lets_go();
    until("the writer is free again", || says() == ["ready"]);

    // A later Writ migrated the register, or an older one restored it.
    let mut raw = world.raw();
    raw.must("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')");
    assert_eq!(says(), ["schema"]);
    assert!(node.watch.visitor().gets("/ready").source().contains("newer"));
    raw.must("DELETE FROM __diesel_schema_migrations WHERE version = '29991231000000'");
    let last = raw.values("SELECT max(version) AS value FROM __diesel_schema_migrations").remove(0);
    raw.must(&format!("DELETE FROM __diesel_schema_migrations WHERE version = '{last}'"));
    assert!(node.watch.visitor().gets("/ready").source().contains("writ migrate"));
    raw.must(&format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{last}')"));
    assert_eq!(says(), ["ready"]);

    // The folder of documents is gone; and then, where it can be, the database too.
    let documents = world.folder.path().join("documents");
    std::fs::remove_dir_all(&documents).unwrap();
    assert_eq!(says(), ["documents"]);
    if is_sqlite {
        return;
    }
    let name = world.url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let mut server = crate::support::raw::Raw::open(&std::env::var("WRIT_TEST_POSTGRES").unwrap());
    server.must(&format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"));
    server.values(&format!(
        "SELECT CAST(pg_terminate_backend(pid) AS text) AS value FROM pg_stat_activity WHERE datname = '{name}'"
    ));
    assert_eq!(says(), ["database", "writer", "documents"]);
    assert_eq!(node.watch.visitor().gets("/health").status, 200, "the process lives all the same");
    assert_eq!(node.meter("writ_database_up"), 0.0);
    server.must(&format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true"));
    until("the database is back", || says() == ["documents"]);
}

#[test]
fn the_address_for_watching_is_this_machines_own_unless_somebody_says_otherwise() {
    use std::process::{Command, Stdio};
    let world = World::sqlite();
    let config = world.settles();
    let refused = |settings: &[(&str, &str)]| {
        let output = Command::new(env!("CARGO_BIN_EXE_writ"))
            .args(["serve", "--config"])
            .arg(&config)
            .envs(settings.iter().map(|(name, value)| (format!("WRIT__{name}"), value)))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let sentences: Vec<&str> = said.lines().filter(|line| line.starts_with("writ: ")).collect();
        assert!(!output.status.success() && sentences.len() == 1, "{said}");
        sentences[0].to_owned()
    };
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.7:9464"] {
        let said = refused(&[("TELEMETRY__METRICS_LISTEN", address)]);
        assert!(said.contains(address) && said.contains("telemetry.metrics_on_network"), "{said}");
    }
    let said = refused(&[("TELEMETRY__METRICS_LISTEN", "localhost")]);
    assert!(said.contains("“localhost” is no address and port"), "{said}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = refused(&[("TELEMETRY__METRICS_LISTEN", &address)]);
    assert!(said.contains(&address) && said.contains("telemetry.metrics_listen"), "{said}");
    // With the setting that says so it may be reached from elsewhere.
    let node = world.starts(&[("TELEMETRY__METRICS_LISTEN", "0.0.0.0:0"), ("TELEMETRY__METRICS_ON_NETWORK", "true")]);
    assert_eq!(node.watch.visitor().gets("/health").status, 200);
    drop(node);
    world.ends_well();
}
