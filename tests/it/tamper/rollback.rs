//! What leaves a log right in itself: its tail cut off, an older copy in its place, all of it written anew. By the log
//! alone none of it shows, which these tests show too; by the command and a checkpoint kept elsewhere all of it does.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use writ::actions::sign_checkpoint::sign_checkpoint;
use writ::audit::{Edge, Entry, SigningKey, tree};
use writ::domain::staff::Actor;

use super::a_whole_journey;
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::raw::Raw;
use crate::support::server::WRIT;
use crate::support::world::{LOG_KEY, ORIGIN, World};

const LOG_TABLES: [&str; 6] = ["log_entry", "log_process", "log_personal", "log_node", "log_checkpoint", "log_head"];

/// A register as its operator has it, and a checkpoint that is kept where the operator can't reach it.
struct Kept {
    settings: PathBuf,
    checkpoint: PathBuf,
}

impl Kept {
    fn of(world: &World) -> Kept {
        let settings = world.settles();
        let checkpoint = world.folder.path().join("kept-elsewhere.txt");
        fs::write(&checkpoint, sign_checkpoint(&world.ctx, Actor::System("test")).done()).unwrap();
        Kept { settings, checkpoint }
    }

    fn verifies(&self, with: &[&str]) -> Output {
        Command::new(WRIT).args(["audit", "verify", "--config"]).arg(&self.settings).args(with).output().unwrap()
    }

    /// What the command says: with the checkpoint, or by the log alone.
    #[track_caller]
    fn says(&self, is_with_checkpoint: bool, exits_with: i32) -> String {
        let file = self.checkpoint.to_str().unwrap();
        let with = ["--checkpoint", file];
        let output = self.verifies(if is_with_checkpoint { &with } else { &[] });
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(exits_with), "{said}{error}");
        said + &error
    }
}

/// Takes away the triggers, as whoever owns the database can.
fn without_triggers(world: &World) -> Raw {
    let mut raw = world.raw();
    if raw.is_sqlite() {
        for trigger in raw.values("SELECT name AS value FROM sqlite_master WHERE type = 'trigger'") {
            raw.must(&format!("DROP TRIGGER {trigger}"));
        }
    } else {
        for table in LOG_TABLES {
            raw.must(&format!("ALTER TABLE {table} DISABLE TRIGGER USER"));
        }
    }
    raw
}

fn hex_of(raw: &mut Raw, column: &str, from: &str) -> Vec<Vec<u8>> {
    let hex = if raw.is_sqlite() { format!("lower(hex({column}))") } else { format!("encode({column}, 'hex')") };
    let values = raw.values(&format!("SELECT {hex} AS value FROM {from}"));
    values.iter().map(|value| hex::decode(value).unwrap()).collect()
}

fn bytes(raw: &Raw, bytes: &[u8]) -> String {
    let hex = hex::encode(bytes);
    if raw.is_sqlite() { format!("X'{hex}'") } else { format!("'\\x{hex}'::bytea") }
}

/// Cuts the log back to its first entries, with everything derived from them made to match.
fn cut_back(raw: &mut Raw, size: u64) {
    for table in ["log_process", "log_personal", "log_entry"] {
        raw.must(&format!("DELETE FROM {table} WHERE seq >= {size}"));
    }
    raw.must(&format!("DELETE FROM log_checkpoint WHERE size > {size}"));
    for level in 0..40 {
        raw.must(&format!("DELETE FROM log_node WHERE level = {level} AND position >= {}", size >> level));
    }
    head_to_match(raw);
}

fn head_to_match(raw: &mut Raw) {
    let mut edge = Edge::empty();
    for leaf in hex_of(raw, "leaf", "log_entry ORDER BY seq") {
        edge.push(leaf.try_into().unwrap());
    }
    let root = bytes(raw, &edge.root());
    raw.must(&format!(
        "UPDATE log_head SET size = {}, root = {root}, at_micros = (SELECT max(at_micros) FROM log_entry), \
         checkpoints = (SELECT count(*) FROM log_checkpoint)",
        edge.size()
    ));
}

pub fn a_log_that_was_cut_back_is_found_with_a_checkpoint_kept_elsewhere(world: &World) {
    a_whole_journey(world);
    let kept = Kept::of(world);
    let size = world.verified().size;
    let said = kept.says(true, 0);
    assert!(said.contains(&format!("its first {size} entries are those that were signed")), "{said}");
    // What is added later does not disturb it.
    world.anna().opens(subpoena().asking("account/registration")).done();
    kept.says(true, 0);

    // Everything else says what the log says.
    let whole = kept.verifies(&["--deep"]);
    let said = String::from_utf8_lossy(&whole.stdout);
    assert_eq!(whole.status.code(), Some(0), "{said}");
    assert!(
        said.contains("Every row says what the log says.") && said.contains(" documents, opened and hashed"),
        "{said}"
    );

    // Acts on a case are among what is cut away: that the case stands as if they had been done is seen by comparing.
    let copies = copied(world, "whole");
    let mut raw = without_triggers(world);
    raw.must("BEGIN");
    cut_back(&mut raw, size - 10);
    raw.must("COMMIT");
    kept.says(false, 0);
    let deep = kept.verifies(&["--deep"]);
    let said = String::from_utf8_lossy(&deep.stdout);
    assert_eq!(deep.status.code(), Some(2), "{said}");
    assert!(
        said.contains("DIFFERS: table cases, row ") && said.contains(" places do NOT say what the log says"),
        "{said}"
    );
    let said = kept.says(true, 2);
    let expected = format!("covers {size} entries, but the log has only {}: it was cut back", size - 10);
    assert!(said.contains("The log is NOT sound.") && said.contains(&expected), "{said}");
    put_back(world, &copies);
    kept.says(true, 0);
}

pub fn a_register_put_back_to_an_older_copy_is_found_with_a_checkpoint_kept_elsewhere(world: &World) {
    a_whole_journey(world);
    let copies = copied(world, "old");
    world.anna().opens(subpoena().asking("account/registration")).done();
    let kept = Kept::of(world);
    let size = world.verified().size;
    kept.says(true, 0);

    put_back(world, &copies);
    kept.says(false, 0);
    assert!(kept.says(true, 2).contains("an older copy was put in its place"));
    // Work goes on in the older copy until its log is longer than the checkpoint: it is another log all the same.
    while world.verified().size <= size {
        world.anna().opens(subpoena().asking("account/registration")).done();
    }
    kept.says(false, 0);
    assert!(kept.says(true, 2).contains(&format!("covers {size} entries with another root")));
}

/// Copies every table of the log beside it.
fn copied(world: &World, name: &str) -> Vec<String> {
    let mut raw = world.raw();
    let tables = raw_tables(&mut raw);
    for table in &tables {
        raw.must(&format!("CREATE TABLE {name}_{table} AS SELECT * FROM {table}"));
    }
    tables.iter().map(|table| format!("{name}_{table}")).collect()
}

/// All tables of the register, those first that others refer to.
fn raw_tables(raw: &mut Raw) -> Vec<String> {
    let sql = if raw.is_sqlite() {
        "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%' \
         AND name NOT LIKE 'sqlite%' AND substr(name, 1, 2) <> '__' ORDER BY rowid"
    } else {
        "SELECT CAST(relname AS text) AS value FROM pg_class WHERE relkind = 'r' \
         AND relnamespace = 'public'::regnamespace AND left(relname, 2) <> '__' ORDER BY oid"
    };
    raw.values(sql)
}

/// Puts every table back to its copy, as somebody does who restores an older backup.
fn put_back(world: &World, copies: &[String]) {
    let mut raw = without_triggers(world);
    if raw.is_sqlite() {
        raw.must("PRAGMA foreign_keys = OFF");
    }
    raw.must("BEGIN");
    if !raw.is_sqlite() {
        raw.must("SET LOCAL session_replication_role = replica");
    }
    for copy in copies {
        let (_, table) = copy.split_once('_').unwrap();
        raw.must(&format!("DELETE FROM {table}"));
        raw.must(&format!("INSERT INTO {table} SELECT * FROM {copy}"));
    }
    raw.must("COMMIT");
}

/// Whoever has the log's key too can rewrite even what checkpoints cover. One kept elsewhere still tells.
pub fn a_log_written_anew_with_its_own_key_is_found_with_a_checkpoint_kept_elsewhere(world: &World) {
    a_whole_journey(world);
    let kept = Kept::of(world);
    let size = world.verified().size;
    let mut raw = without_triggers(world);
    raw.must("BEGIN");
    write_anew(&mut raw);
    raw.must("COMMIT");
    kept.says(false, 0);
    let said = kept.says(true, 2);
    assert!(said.contains(&format!("covers {size} entries with another root")), "{said}");
    // Nor does another key help: the checkpoint is no other log's, and the copy of the public key tells the real one.
    let public = world.folder.path().join("kept-log.pub");
    let key = SigningKey::from_seed(ORIGIN, &LOG_KEY).unwrap();
    fs::write(&public, format!("{}\n", key.verifier())).unwrap();
    fs::write(world.folder.path().join("keys/log.key"), hex::encode([8; 32])).unwrap();
    let refused = kept.says(true, 1);
    assert!(refused.contains("no checkpoint signed by the key of this log"), "{refused}");
    let both = ["--log-key", public.to_str().unwrap(), "--checkpoint", kept.checkpoint.to_str().unwrap()];
    assert_eq!(kept.verifies(&both).status.code(), Some(2));
}

/// Another actor in the third entry, and everything derived from it made and signed anew.
fn write_anew(raw: &mut Raw) {
    let mut entry = Entry::decode(&hex_of(raw, "bytes", "log_entry WHERE seq = 3").remove(0)).unwrap();
    entry.actor = "staff:nobody".to_owned();
    let (new, leaf) = (entry.encode().unwrap(), tree::leaf_hash(&entry.encode().unwrap()));
    let (new, leaf) = (bytes(raw, &new), bytes(raw, &leaf));
    raw.must(&format!("UPDATE log_entry SET actor = 'staff:nobody', bytes = {new}, leaf = {leaf} WHERE seq = 3"));
    let signed: Vec<u64> = raw
        .values("SELECT CAST(size AS text) AS value FROM log_checkpoint ORDER BY number")
        .iter()
        .map(|size| size.parse().unwrap())
        .collect();
    let (key, mut edge) = (SigningKey::from_seed(ORIGIN, &LOG_KEY).unwrap(), Edge::empty());
    for leaf in hex_of(raw, "leaf", "log_entry ORDER BY seq") {
        for node in edge.push(leaf.try_into().unwrap()) {
            let hash = bytes(raw, &node.hash);
            raw.must(&format!(
                "UPDATE log_node SET hash = {hash} WHERE level = {} AND position = {}",
                node.level, node.index
            ));
        }
        if signed.contains(&edge.size()) {
            let (note, root) = (key.sign(ORIGIN, edge.size(), &edge.root()).unwrap(), bytes(raw, &edge.root()));
            raw.must(&format!("UPDATE log_checkpoint SET root = {root}, note = '{note}' WHERE size = {}", edge.size()));
        }
    }
    head_to_match(raw);
}
