//! The log against somebody who may write to the database: a register with a whole journey and two checkpoints, and
//! random edits of one row each, made past the program after the triggers are gone: 500 of them, 2,000 in a long run.
//! Every edit must be found, and laid where it was made. What leaves the log right in itself, a tail cut off or an older
//! copy put in its place, is found with a checkpoint that was kept elsewhere.

mod deep;
mod register;
mod rollback;

use std::collections::BTreeMap;

use writ::actions::Ctx;
use writ::actions::sign_checkpoint::sign_checkpoint;
use writ::audit::stored::{LOG_CHECKPOINT, LOG_ENTRY, LOG_HEAD, LOG_NODE, LOG_PERSONAL, LOG_PROCESS};
use writ::audit::{Entry, Fault, Trust, tree};
use writ::domain::document::DocumentKind;
use writ::domain::event::Event;
use writ::domain::staff::Actor;
use writ::seal::Key;
use writ::store::{About, Conn, log};

use crate::support::chance::Chance;
use crate::support::on_both;
use crate::support::papers::{self, asked, plea, secrecy_order, subpoena};
use crate::support::people::Acts;
use crate::support::raw::Raw;
use crate::support::until::times;
use crate::support::world::World;
use deep::edits_of_every_table_and_document_are_all_found_where_they_were_made;
use rollback::{
    a_log_that_was_cut_back_is_found_with_a_checkpoint_kept_elsewhere,
    a_log_written_anew_with_its_own_key_is_found_with_a_checkpoint_kept_elsewhere,
    a_register_put_back_to_an_older_copy_is_found_with_a_checkpoint_kept_elsewhere,
};

on_both! {
    edits_of_one_row_are_all_found_where_they_were_made,
    edits_of_every_table_and_document_are_all_found_where_they_were_made,
    a_log_longer_than_the_verifier_reads_at_a_time_is_verified_across_the_seams,
    a_log_that_was_cut_back_is_found_with_a_checkpoint_kept_elsewhere,
    a_register_put_back_to_an_older_copy_is_found_with_a_checkpoint_kept_elsewhere,
    a_log_written_anew_with_its_own_key_is_found_with_a_checkpoint_kept_elsewhere,
}

fn edits_of_one_row_are_all_found_where_they_were_made(world: &World) {
    let edits = times("WRIT_TEST_EDITS", 500, 2_000);
    a_whole_journey(world);
    let mut desk = Desk::of(world);
    assert!(desk.verdict().is_none());

    let (mut chance, mut found) = (Chance(0x57_7249_7420), BTreeMap::<String, usize>::new());
    for number in 0..edits {
        let edit = desk.draws(&mut chance);
        let verdict = desk.verdict_after(&edit);
        let fault = verdict.unwrap_or_else(|| panic!("edit {number} was not found: {edit:?}"));
        assert!(edit.may_be_laid_to(&fault), "edit {number} was laid to another place: {edit:?}\n{fault}");
        *found.entry(format!("{} {}", edit.table, edit.what)).or_default() += 1;
    }
    assert!(desk.verdict().is_none(), "the desk was not left as it was");

    let total: usize = found.values().sum();
    found.iter().for_each(|(kind, count)| println!("{kind:<28} {count:>4} of {count} found and placed"));
    println!("{:<28} {total:>4} of {edits} found and placed", "all");
    assert_eq!(total, edits);
    for table in TABLES {
        assert!(found.keys().any(|kind| kind.starts_with(table.name)), "{} was never edited", table.name);
    }
}

fn a_log_longer_than_the_verifier_reads_at_a_time_is_verified_across_the_seams(world: &World) {
    world
        .ctx
        .write(&world.fay().who.staff, |tx| {
            (0..4_100).try_for_each(|_| Ok(tx.record(&Event::LogViewed {}, About::Register).map(|_| ())?))
        })
        .done();
    assert!(world.verified().size > 4_100);
    let mut desk = Desk::of(world);
    for seq in [1_999, 2_000, 4_000] {
        for table in TABLES.iter().filter(|table| table.keys == ["seq"]) {
            let edit = desk.delete(table, &[seq]);
            let fault = desk.verdict_after(&edit).unwrap();
            assert!(edit.may_be_laid_to(&fault), "{edit:?}\n{fault}");
        }
        for (level, position) in [(0, seq), (4, seq >> 4), (11, seq >> 12)] {
            let edit = desk.delete(&TABLES[3], &[level, position]);
            let fault = desk.verdict_after(&edit).unwrap();
            assert!(edit.may_be_laid_to(&fault), "{edit:?}\n{fault}");
        }
    }
}

/// Three cases to their ends, with refusals, and a checkpoint after the first and the last.
fn a_whole_journey(world: &World) {
    let (anna, ben, carla, dan, emil) = (world.anna(), world.ben(), world.carla(), world.dan(), world.emil());
    for round in 0..3 {
        let case = anna.opens(subpoena().asking("account/registration").asking("mail/address_book")).done();
        let case = anna.records_secrecy(&case, secrecy_order()).done();
        let case = anna.records_secrecy(&case, plea()).done();
        anna.assesses(&case).refused_as("gate_shut");
        let case = ben.verifies(&case).done();
        let case = ben.attaches(&case, DocumentKind::Evidence, "note.txt", b"The officer was put through.").done();
        let case = anna.adds(&case, asked("account/sign_in_access")).done();
        let case = anna.assesses(&case).done();
        let case = anna.decides(&case).done();
        anna.approves(&case).refused_as("no_right");
        let case = carla.returns(&case, "Give the paper's words for the address book.").done();
        let case = anna.assesses(&case).done();
        let case = anna.decides(&case).done();
        let case = dan.approves(&case).done();
        let case = emil.collects(&case, &case.demands[0]).done();
        let case = emil.finds_nothing(&case, &case.demands[2]).done();
        ben.releases(&case).refused_as("releaser_called_back");
        let case = anna.releases(&case).done();
        let _closed = anna.closes(&case).done();
        if round == 0 {
            sign_checkpoint(&world.ctx, Actor::System("test")).done();
        }
    }
    sign_checkpoint(&world.ctx, Actor::System("test")).done();
    // Some entries that no checkpoint covers yet.
    anna.opens(papers::warrant().asking("mail/mail_content")).done();
    assert!(world.log().len() > 60, "the log has only {} entries", world.log().len());
}

// ── the tables ───────────────────────────────────────────────────────────────────

struct Table {
    name: &'static str,
    keys: &'static [&'static str],
    /// Columns that may be changed, the keys among them.
    columns: &'static [(&'static str, Kind)],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Bytes,
}

const TABLES: &[Table] = &[
    Table {
        name: LOG_ENTRY,
        keys: &["seq"],
        columns: &[
            ("seq", Kind::Number),
            ("at_micros", Kind::Number),
            ("actor", Kind::Text),
            ("kind", Kind::Text),
            ("case_key", Kind::Text),
            ("bytes", Kind::Bytes),
            ("leaf", Kind::Bytes),
        ],
    },
    Table {
        name: LOG_PROCESS,
        keys: &["seq"],
        columns: &[("seq", Kind::Number), ("salt", Kind::Bytes), ("payload", Kind::Text)],
    },
    Table {
        name: LOG_PERSONAL,
        keys: &["seq"],
        columns: &[("seq", Kind::Number), ("key_owner", Kind::Text), ("sealed", Kind::Bytes)],
    },
    Table {
        name: LOG_NODE,
        keys: &["level", "position"],
        columns: &[("level", Kind::Number), ("position", Kind::Number), ("hash", Kind::Bytes)],
    },
    Table {
        name: LOG_CHECKPOINT,
        keys: &["number"],
        columns: &[("number", Kind::Number), ("size", Kind::Number), ("root", Kind::Bytes), ("note", Kind::Text)],
    },
    Table {
        name: LOG_HEAD,
        keys: &["id"],
        columns: &[
            ("size", Kind::Number),
            ("root", Kind::Bytes),
            ("at_micros", Kind::Number),
            ("checkpoints", Kind::Number),
        ],
    },
];

impl Table {
    /// Everything but the keys: what makes a row what it is.
    fn content(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(name, _)| *name).filter(|name| !self.keys.contains(name)).collect()
    }

    /// Where the verifier places a row with these keys; nothing for places that no log has.
    fn place(&self, keys: &[i64]) -> Option<u64> {
        match (self.name, keys) {
            (LOG_HEAD, _) => None,
            (LOG_NODE, [level, position]) => {
                let level = u8::try_from(*level).ok().filter(|level| *level <= 62)?;
                tree::completing_leaf(level, u64::try_from(*position).ok()?)
            }
            (_, keys) => u64::try_from(keys[0]).ok(),
        }
    }
}

/// One edit of one row, as a statement, and where it may be found.
#[derive(Debug)]
struct Edit {
    table: &'static str,
    what: &'static str,
    statements: Vec<String>,
    places: Vec<(&'static str, Option<u64>)>,
}

impl Edit {
    fn may_be_laid_to(&self, fault: &Fault) -> bool {
        self.places.contains(&(fault.table, fault.seq))
    }
}

/// A copy of the register that may be spoilt, with the triggers gone. Each edit is undone after it was judged.
struct Desk {
    raw: Raw,
    key: Key,
    trust: Trust,
    size: i64,
    checkpoints: i64,
}

impl Desk {
    fn of(world: &World) -> Desk {
        let mut raw = world.raw();
        if raw.is_sqlite() {
            let copy = world.folder.path().join("copy.sqlite");
            raw.must(&format!("VACUUM INTO '{}'", copy.display()));
            raw = Raw::open(&format!("sqlite://{}", copy.display()));
            for trigger in raw.values("SELECT name AS value FROM sqlite_master WHERE type = 'trigger'") {
                raw.must(&format!("DROP TRIGGER {trigger}"));
            }
            raw.must("BEGIN");
        } else {
            raw.must("BEGIN");
            for table in TABLES {
                raw.must(&format!("ALTER TABLE {} DISABLE TRIGGER USER", table.name));
            }
        }
        let Ctx { store, log, .. } = &world.ctx;
        let trust = log.trust();
        let (size, checkpoints) = (raw.count(LOG_ENTRY), raw.count(LOG_CHECKPOINT));
        Desk { raw, key: store.installation_key().clone(), trust, size, checkpoints }
    }

    fn conn(&mut self) -> &mut Conn {
        &mut self.raw.0
    }

    fn verdict(&mut self) -> Option<Fault> {
        let (key, trust) = (self.key.clone(), self.trust.clone());
        log::verify(self.conn(), &key, &trust).unwrap().err()
    }

    fn verdict_after(&mut self, edit: &Edit) -> Option<Fault> {
        self.raw.must("SAVEPOINT edit");
        let touched: usize = edit.statements.iter().map(|statement| self.raw.must(statement)).sum();
        assert!(touched > 0, "the edit touched nothing: {edit:?}");
        let verdict = self.verdict();
        self.raw.must("ROLLBACK TO SAVEPOINT edit");
        self.raw.must("RELEASE SAVEPOINT edit");
        verdict
    }

    fn draws(&mut self, chance: &mut Chance) -> Edit {
        let table = &TABLES[chance.below(TABLES.len())];
        let rows = self.rows(table);
        let row = &rows[chance.below(rows.len())];
        match chance.below(10) {
            0 => self.delete(table, row),
            1 | 2 if table.name != LOG_HEAD => self.insert(table, row, chance),
            3 | 4 if rows.len() > 1 => {
                let other = &rows[chance.below(rows.len())];
                if other == row { self.delete(table, row) } else { self.swap(table, row, other) }
            }
            5 if table.name == LOG_ENTRY => self.forge(row[0], chance),
            _ => self.change(table, row, chance),
        }
    }

    // ── the kinds of edits ───────────────────────────────────────────────────────

    fn delete(&mut self, table: &Table, row: &[i64]) -> Edit {
        let statement = format!("DELETE FROM {} WHERE {}", table.name, is_at(table, row));
        Edit {
            table: table.name,
            what: "deleted",
            statements: vec![statement],
            places: vec![(table.name, table.place(row))],
        }
    }

    /// A copy of a row at a place that has none: after the end, far beyond it, or before the beginning.
    fn insert(&mut self, table: &Table, row: &[i64], chance: &mut Chance) -> Edit {
        let end = if table.name == LOG_CHECKPOINT { self.checkpoints } else { self.size };
        let free = [end, end + 1 + chance.number(1_000_000), -1 - chance.number(1_000_000)][chance.below(3)];
        let keys = match table.name {
            LOG_NODE if chance.below(2) == 0 => vec![40 + chance.number(100), row[1]],
            LOG_NODE => vec![row[0], free],
            _ => vec![free],
        };
        let values = keys.iter().map(ToString::to_string).chain(table.content().into_iter().map(str::to_owned));
        let statement = format!(
            "INSERT INTO {name} ({keys}, {content}) SELECT {values} FROM {name} WHERE {at}",
            name = table.name,
            keys = table.keys.join(", "),
            content = table.content().join(", "),
            values = values.collect::<Vec<_>>().join(", "),
            at = is_at(table, row),
        );
        Edit {
            table: table.name,
            what: "inserted",
            statements: vec![statement],
            places: vec![(table.name, table.place(&keys))],
        }
    }

    /// Two rows change places, whole but for their keys.
    fn swap(&mut self, table: &Table, one: &[i64], other: &[i64]) -> Edit {
        let free: Vec<i64> = one.iter().map(|key| key + 10_000_000).collect();
        let moved = |from: &[i64], to: &[i64]| {
            let set: Vec<String> = table.keys.iter().zip(to).map(|(key, value)| format!("{key} = {value}")).collect();
            format!("UPDATE {} SET {} WHERE {}", table.name, set.join(", "), is_at(table, from))
        };
        let statements = vec![moved(one, &free), moved(other, one), moved(&free, other)];
        let places = [one, other].map(|row| (table.name, table.place(row))).to_vec();
        Edit { table: table.name, what: "swapped", statements, places }
    }

    /// One column becomes another value: a number a little or much off, one byte of a text or of bytes, or nothing.
    fn change(&mut self, table: &Table, row: &[i64], chance: &mut Chance) -> Edit {
        let (column, kind) = table.columns[chance.below(table.columns.len())];
        let at = is_at(table, row);
        let mut places = vec![(table.name, table.place(row))];
        let value = if kind == Kind::Number {
            let before: i64 = self.value(table, column, &at).parse().unwrap();
            let after = self.another_number(table, column, row, before, chance);
            if let Some(key) = table.keys.iter().position(|key| *key == column) {
                let mut moved = row.to_vec();
                moved[key] = after;
                places.push((table.name, table.place(&moved)));
            }
            // Documented: a head that counts one checkpoint more than are stored is laid to a missing checkpoint, and
            // one that names more entries than are stored, with a root to match, cannot be made by one column.
            if (table.name, column) == (LOG_HEAD, "checkpoints") && after > before {
                places.push((LOG_CHECKPOINT, u64::try_from(before).ok()));
            }
            after.to_string()
        } else {
            self.another_text(table, column, kind, &at, chance)
        };
        let statement = format!("UPDATE {} SET {column} = {value} WHERE {at}", table.name);
        Edit { table: table.name, what: "changed", statements: vec![statement], places }
    }

    /// A whole entry is written anew, right in itself: other actor, bytes and leaf to match.
    fn forge(&mut self, seq: i64, chance: &mut Chance) -> Edit {
        let table = &TABLES[0];
        let at = format!("seq = {seq}");
        let bytes = hex::decode(self.hex(table, "bytes", Kind::Bytes, &at)).unwrap();
        let mut entry = Entry::decode(&bytes).unwrap();
        if chance.below(2) == 0 {
            entry.actor = "system:nobody".to_owned();
        } else {
            entry.kind = format!("{}x", entry.kind);
        }
        let bytes = entry.encode().unwrap();
        let statement = format!(
            "UPDATE log_entry SET actor = '{}', kind = '{}', bytes = {}, leaf = {} WHERE {at}",
            entry.actor,
            entry.kind,
            self.bytes(&bytes),
            self.bytes(&tree::leaf_hash(&bytes)),
        );
        // Documented: an entry against a single node is laid to the node.
        let place = u64::try_from(seq).ok();
        Edit {
            table: LOG_ENTRY,
            what: "forged",
            statements: vec![statement],
            places: vec![(LOG_ENTRY, place), (LOG_NODE, place)],
        }
    }

    // ── values ───────────────────────────────────────────────────────────────────

    fn rows(&mut self, table: &Table) -> Vec<Vec<i64>> {
        let keys: Vec<String> = table.keys.iter().map(|key| format!("CAST({key} AS text)")).collect();
        let keys = keys.join(" || ' ' || ");
        let order = table.keys.join(", ");
        let rows = self.raw.values(&format!("SELECT {keys} AS value FROM {} ORDER BY {order}", table.name));
        rows.iter().map(|row| row.split(' ').map(|key| key.parse().unwrap()).collect()).collect()
    }

    fn value(&mut self, table: &Table, column: &str, at: &str) -> String {
        self.raw.values(&format!("SELECT CAST({column} AS text) AS value FROM {} WHERE {at}", table.name)).remove(0)
    }

    /// A number unlike the one before; for a key, one that no row has.
    fn another_number(&mut self, table: &Table, column: &str, row: &[i64], before: i64, chance: &mut Chance) -> i64 {
        let is_small = (table.name, column) == (LOG_NODE, "level");
        loop {
            let after = match chance.below(5) {
                0 => before + 1,
                1 => before - 1,
                2 => before + 2 + chance.number(if is_small { 100 } else { 1 << 40 }),
                3 => before - 2 - chance.number(if is_small { 100 } else { 1 << 40 }),
                _ => -before - 1,
            };
            let mut moved = row.to_vec();
            if let Some(key) = table.keys.iter().position(|key| *key == column) {
                moved[key] = after;
                if self.rows(table).contains(&moved) {
                    continue;
                }
            }
            return after;
        }
    }

    /// One byte of a text or of bytes becomes another; a byte is cut off or put on; a case's name goes or comes.
    fn another_text(&mut self, table: &Table, column: &str, kind: Kind, at: &str, chance: &mut Chance) -> String {
        let before = hex::decode(self.hex(table, column, kind, at)).unwrap();
        if column == "case_key" && (before.is_empty() || chance.below(4) == 0) {
            return if before.is_empty() { "'a case'".to_owned() } else { "NULL".to_owned() };
        }
        let mut after = before.clone();
        match chance.below(8) {
            0 => drop(after.pop()),
            1 => after.push(b'x'),
            _ if kind == Kind::Bytes => {
                let place = chance.below(after.len());
                after[place] ^= 1 << chance.below(8);
            }
            _ => {
                let place = chance.below(after.len());
                let other = [b'a', b'7', b' ', b'"', b'\n', b'Z', 0xff][chance.below(7)];
                after[place] = if after[place] == other { b'q' } else { other };
            }
        }
        match kind {
            Kind::Bytes => self.bytes(&after),
            // SQLite takes bytes for text that are none; PostgreSQL refuses them, so it draws again.
            _ if self.raw.is_sqlite() => format!("CAST(X'{}' AS TEXT)", hex::encode(&after)),
            _ => match String::from_utf8(after) {
                Ok(text) => format!("'{}'", text.replace('\'', "''")),
                Err(_) => self.another_text(table, column, kind, at, chance),
            },
        }
    }

    fn hex(&mut self, table: &Table, column: &str, kind: Kind, at: &str) -> String {
        let hex = match (self.raw.is_sqlite(), kind) {
            (true, _) => format!("lower(hex(CAST({column} AS BLOB)))"),
            (false, Kind::Bytes) => format!("encode({column}, 'hex')"),
            (false, _) => format!("encode(convert_to({column}, 'UTF8'), 'hex')"),
        };
        self.raw.values(&format!("SELECT {hex} AS value FROM {} WHERE {at}", table.name)).remove(0)
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        let hex = hex::encode(bytes);
        if self.raw.is_sqlite() { format!("X'{hex}'") } else { format!("'\\x{hex}'::bytea") }
    }
}

fn is_at(table: &Table, row: &[i64]) -> String {
    let keys: Vec<String> = table.keys.iter().zip(row).map(|(key, value)| format!("{key} = {value}")).collect();
    keys.join(" AND ")
}
