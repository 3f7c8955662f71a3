//! Every table against somebody who may write to the database, and the folder of documents too: random edits of one row or
//! one file each, made past the program after triggers and keys between tables are out of the way. Every edit must be
//! found by `writ audit verify --deep`, in its table and row. 150 of them, 2,000 in a long run. The log's own tables have
//! their edits in the file above.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use chrono::{DateTime, NaiveDate, TimeDelta};
use tempfile::TempDir;
use uuid::Uuid;
use writ::actions::Ctx;
use writ::actions::verify_deep::{Deep, VAULT, verify_deep_on};
use writ::audit::stored::{LOG_CHECKPOINT, LOG_PROCESS};
use writ::audit::{Checkpoint, Difference, SigningKey, Trust};
use writ::seal::Key;
use writ::store::replay::tables::{Column, Kept, Kind, TABLES, Table};
use writ::vault::Vault;

use super::register::fill;
use crate::support::chance::Chance;
use crate::support::raw::Raw;
use crate::support::until::times;
use crate::support::world::{ORIGIN, World};

pub fn edits_of_every_table_and_document_are_all_found_where_they_were_made(world: &World) {
    let edits = times("WRIT_TEST_EDITS", 150, 2_000);
    fill(world);
    let mut desk = Desk::of(world);
    let (deep, differences) = desk.verdict();
    assert!(deep.is_sound() && differences.is_empty(), "{:?}\n{}", deep.log, listed(&differences));
    for table in TABLES.iter().filter(|table| is_evidence(table)) {
        assert!(deep.compared.rows.get(table.name).is_some_and(|rows| *rows > 0), "{} has no row", table.name);
    }
    assert!(deep.documents > 4);

    let mut chance = Chance::of_this_run("edits of every table");
    let (mut found, begun) = (BTreeMap::<(String, &str), usize>::new(), Instant::now());
    for number in 0..edits {
        let edit = desk.edits(&mut chance);
        let (deep, differences) = desk.verdict();
        assert!(!deep.is_sound(), "edit {number} was not found: {edit:?}");
        let is_placed = edit.is_placed(&deep, &differences);
        assert!(is_placed, "edit {number} was laid elsewhere: {edit:?}\n{:?}\n{}", deep.log, listed(&differences));
        *found.entry((edit.table.to_owned(), edit.what)).or_default() += 1;
        desk.undo();
    }
    let (deep, differences) = desk.verdict();
    assert!(deep.is_sound() && differences.is_empty(), "the desk was not left as it was: {}", listed(&differences));
    tell(&found, edits, begun.elapsed().as_secs_f64());
    for table in TABLES.iter().filter(|table| is_evidence(table)).filter(|_| edits >= 1_000) {
        assert!(found.keys().any(|(name, _)| name == table.name), "{} was never edited", table.name);
    }
}

/// The figures, as `docs/audit.md` has them.
fn tell(found: &BTreeMap<(String, &str), usize>, edits: usize, seconds: f64) {
    let mut by_table: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut by_kind: BTreeMap<&str, usize> = BTreeMap::new();
    for ((table, what), count) in found {
        by_table.entry(table).or_default().push(format!("{what} {count}"));
        *by_kind.entry(what).or_default() += count;
    }
    for (table, kinds) in &by_table {
        println!("{table:<18} {}", kinds.join(", "));
    }
    for (kind, count) in &by_kind {
        println!("{kind:<28} {count:>4} of {count} found and placed");
    }
    let total: usize = found.values().sum();
    println!("{:<28} {total:>4} of {edits} found and placed, in {seconds:.0} s", "all");
    let left_out: Vec<&str> = TABLES.iter().filter(|t| t.kept == Kept::NoEvidence).map(|table| table.name).collect();
    println!("no evidence, and left out: {}", left_out.join(", "));
    assert_eq!(total, edits);
}

fn listed(differences: &[Difference]) -> String {
    differences.iter().map(|one| format!("{one}\n")).collect()
}

fn is_evidence(table: &Table) -> bool {
    !matches!(table.kept, Kept::Log | Kept::NoEvidence)
}

/// What was edited, and where it may be found: any of these rows.
#[derive(Debug)]
struct Edit {
    table: &'static str,
    what: &'static str,
    rows: Vec<String>,
    how: String,
}

impl Edit {
    fn is_placed(&self, deep: &Deep, differences: &[Difference]) -> bool {
        let by_fault = deep.log.as_ref().err().is_some_and(|fault| {
            fault.table == self.table && self.rows.contains(&fault.seq.map(|seq| seq.to_string()).unwrap_or_default())
        });
        by_fault || differences.iter().any(|one| one.table == self.table && self.rows.contains(&one.row))
    }
}

/// A copy of the register and its documents that may be spoilt. Each edit is undone after it was judged.
struct Desk {
    raw: Raw,
    key: Key,
    trust: Trust,
    vault: Vault,
    folder: TempDir,
    originals: BTreeMap<PathBuf, Option<Vec<u8>>>,
    /// Where a table refuses two rows with the same values beside its key: a column that is changed with a copy.
    unique: BTreeMap<&'static str, &'static str>,
}

impl Desk {
    fn of(world: &World) -> Desk {
        let mut raw = world.raw();
        if raw.is_sqlite() {
            let copy = world.folder.path().join("deep.sqlite");
            raw.must(&format!("VACUUM INTO '{}'", copy.display()));
            raw = Raw::open(&format!("sqlite://{}", copy.display()));
            for trigger in raw.values("SELECT name AS value FROM sqlite_master WHERE type = 'trigger'") {
                raw.must(&format!("DROP TRIGGER {trigger}"));
            }
            raw.must("PRAGMA foreign_keys = OFF");
            raw.must("BEGIN");
        } else {
            raw.must("BEGIN");
            raw.must("SET LOCAL session_replication_role = replica");
        }
        let folder = tempfile::tempdir().unwrap();
        for file in fs::read_dir(world.folder.path().join("documents")).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        let vault = Vault::new(Dir::open_ambient_dir(folder.path(), ambient_authority()).unwrap()).unwrap();
        let Ctx { store, log, .. } = &world.ctx;
        let trust = log.trust();
        let unique = [
            ("alarms", "once"),
            ("approvals", "staff_id"),
            ("cases", "reference"),
            ("erased_cases", "reference"),
            ("demands", "position"),
            ("feeds", "secret_sha256"),
            ("api_tokens", "token_hash"),
            ("past_cases", "source_reference"),
            ("staff", "name"),
            ("teams", "name"),
        ];
        let key = store.installation_key().clone();
        Desk { raw, key, trust, vault, folder, originals: BTreeMap::new(), unique: unique.into() }
    }

    fn verdict(&mut self) -> (Deep, Vec<Difference>) {
        let mut differences = Vec::new();
        let Desk { raw, vault, key, trust, .. } = self;
        let deep = verify_deep_on(&mut raw.0, vault, key, trust, &mut differences).unwrap();
        (deep, differences)
    }

    /// Makes one edit. What the database refuses, or what would change nothing, is thrown again.
    fn edits(&mut self, chance: &mut Chance) -> Edit {
        let tables: Vec<&'static Table> = TABLES.iter().filter(|table| is_evidence(table)).collect();
        loop {
            self.raw.must("SAVEPOINT edit");
            let at = chance.below(tables.len() + 3);
            let edit = match tables.get(at) {
                Some(table) => self.edits_table(table, chance),
                None if at == tables.len() => self.edits_log(chance),
                None => Some(self.edits_documents(chance)),
            };
            match edit {
                Some(edit) => return edit,
                None => self.undo(),
            }
        }
    }

    fn undo(&mut self) {
        self.raw.must("ROLLBACK TO SAVEPOINT edit");
        self.raw.must("RELEASE SAVEPOINT edit");
        for (file, bytes) in std::mem::take(&mut self.originals) {
            match bytes {
                Some(bytes) => fs::write(file, bytes).unwrap(),
                None => fs::remove_file(file).unwrap(),
            }
        }
    }

    // ── rows ─────────────────────────────────────────────────────────────────────

    fn edits_table(&mut self, table: &'static Table, chance: &mut Chance) -> Option<Edit> {
        let keys = self.keys(table);
        let key = chance.one_of(&keys).clone();
        let other = keys.iter().filter(|other| **other != key).nth(chance.below(keys.len().max(2) - 1)).cloned();
        let columns = table.compared();
        let column = *chance.one_of(&columns);
        match (chance.below(10), other) {
            (0 | 1, _) => {
                let how = format!("DELETE FROM {} WHERE {}", table.name, self.is_at(table, &key));
                self.runs(Edit { table: table.name, what: "row deleted", rows: vec![name(&key)], how })
            }
            (2 | 3, _) => self.inserts(table, &key, chance),
            (4 | 5, Some(other)) => self.swaps(table, column, (&key, &other)),
            _ => self.changes(table, column, &key, chance),
        }
    }

    /// Runs the statement of an edit, if the database lets it.
    fn runs(&mut self, edit: Edit) -> Option<Edit> {
        match self.raw.run(&edit.how) {
            Ok(0) => panic!("the edit touched nothing: {edit:?}"),
            Ok(_) => Some(edit),
            Err(_) => None,
        }
    }

    fn changes(&mut self, table: &'static Table, column: Column, key: &[String], chance: &mut Chance) -> Option<Edit> {
        let before = self.value(table, column, key);
        let after = another(column.kind, before.as_deref(), self.raw.is_sqlite(), chance)?;
        let (at, value) = (self.is_at(table, key), self.literal(column.kind, after.as_deref()));
        let how = format!("UPDATE {} SET \"{}\" = {value} WHERE {at}", table.name, column.name);
        let mut rows = vec![name(key)];
        if let Some(place) = table.key.iter().position(|part| *part == column.name) {
            let mut moved = key.to_vec();
            moved[place] = after.unwrap_or_default();
            rows.push(name(&moved));
        }
        self.runs(Edit { table: table.name, what: "value changed", rows, how })
    }

    /// A copy of a row under another key.
    fn inserts(&mut self, table: &'static Table, key: &[String], chance: &mut Chance) -> Option<Edit> {
        let columns = table.columns();
        let kind_of = |name: &str| columns.iter().find(|column| column.name == name).map(|column| column.kind).unwrap();
        let place = chance.below(table.key.len());
        let mut copy = key.to_vec();
        copy[place] = match kind_of(table.key[place]) {
            Kind::Id => Uuid::from_u128(u128::from(chance.next()) << 64 | u128::from(chance.next())).to_string(),
            kind => another(kind, Some(&key[place]), false, chance)??,
        };
        let mut values: BTreeMap<&str, String> = BTreeMap::new();
        for (part, value) in table.key.iter().zip(&copy) {
            values.insert(part, self.literal(kind_of(part), Some(value)));
        }
        if table.beside.contains(&"id") {
            values.insert("id", self.raw.id(Uuid::from_u128(u128::from(chance.next()))));
        }
        if let Some(column) = self.unique.get(table.name).copied() {
            let column = *columns.iter().find(|known| known.name == column).unwrap();
            let before = self.value(table, column, key);
            let after = match column.kind {
                Kind::Id => Some(Uuid::from_u128(u128::from(chance.next())).to_string()),
                kind => another(kind, before.as_deref(), false, chance)?,
            };
            values.insert(column.name, self.literal(column.kind, after.as_deref()));
        }
        let listed: Vec<String> = columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        let taken: Vec<String> = columns
            .iter()
            .map(|column| values.get(column.name).cloned().unwrap_or_else(|| format!("\"{}\"", column.name)))
            .collect();
        let (listed, taken, at) = (listed.join(", "), taken.join(", "), self.is_at(table, key));
        let how = format!("INSERT INTO {0} ({listed}) SELECT {taken} FROM {0} WHERE {at}", table.name);
        self.runs(Edit { table: table.name, what: "row inserted", rows: vec![name(&copy)], how })
    }

    /// Two rows exchange the values of a column; where that is a part of the key, they change places.
    fn swaps(&mut self, table: &'static Table, column: Column, (one, other): (&[String], &[String])) -> Option<Edit> {
        let values = [one, other].map(|key| self.value(table, column, key));
        if values[0] == values[1] {
            return None;
        }
        let [first, second] = values.map(|value| self.literal(column.kind, value.as_deref()));
        let (at_one, at_other) = (self.is_at(table, one), self.is_at(table, other));
        let mut rows = vec![name(one), name(other)];
        let set = |value: &str, at: &str| format!("UPDATE {} SET \"{}\" = {value} WHERE {at}", table.name, column.name);
        let Some(place) = table.key.iter().position(|part| *part == column.name) else {
            self.raw.run(&set(&second, &at_one)).ok()?;
            let how = set(&first, &at_other);
            return self.runs(Edit { table: table.name, what: "values swapped", rows, how });
        };
        let before = [one.to_vec(), other.to_vec()];
        let mut beside = table.columns().into_iter().filter(|column| !table.key.contains(&column.name));
        let is_same_beside = beside.all(|column| self.value(table, column, one) == self.value(table, column, other));
        let (mut one, mut other) = (one.to_vec(), other.to_vec());
        std::mem::swap(&mut one[place], &mut other[place]);
        // Rows that exchange their whole keys and are the same beside them leave the table as it was.
        if is_same_beside && before.contains(&one) {
            return None;
        }
        rows.extend([name(&one), name(&other)]);
        let between = match column.kind {
            Kind::Id => self.raw.id(Uuid::from_u128(7)),
            Kind::Number => "2000000000".to_owned(),
            Kind::Moment => "'1999-01-01T00:00:00.000000Z'".to_owned(),
            _ => "'between'".to_owned(),
        };
        self.raw.run(&set(&between, &at_one)).ok()?;
        self.raw.run(&set(&first, &at_other)).ok()?;
        // Its key is what it was but for this part, which is nobody's now.
        let at_between =
            at_one.replace(&self.is_part(column, &other[place]), &format!("\"{}\" = {between}", column.name));
        let how = set(&second, &at_between);
        self.runs(Edit { table: table.name, what: "values swapped", rows, how })
    }

    // ── the log ──────────────────────────────────────────────────────────────────

    /// What only the log has: a checkpoint signed by another key, and a payload with a commitment of its own.
    fn edits_log(&mut self, chance: &mut Chance) -> Option<Edit> {
        if chance.below(2) == 0 {
            let notes = self.raw.values("SELECT note AS value FROM log_checkpoint ORDER BY number");
            let number = chance.below(notes.len());
            let Checkpoint { size, root, .. } = Checkpoint::read(&notes[number]).unwrap();
            let note = SigningKey::from_seed(ORIGIN, &[8; 32]).unwrap().sign(ORIGIN, size, &root).unwrap();
            let how = format!("UPDATE log_checkpoint SET note = '{note}' WHERE number = {number}");
            let rows = vec![number.to_string()];
            return self.runs(Edit { table: LOG_CHECKPOINT, what: "signed by another key", rows, how });
        }
        let seq = chance.number(self.raw.count(LOG_PROCESS));
        let salt = self.literal(Kind::Bytes, Some(&hex::encode([chance.next().to_be_bytes(); 4].concat())));
        let how = format!("UPDATE log_process SET salt = {salt}, payload = '{{}}' WHERE seq = {seq}");
        self.runs(Edit { table: LOG_PROCESS, what: "payload replaced", rows: vec![seq.to_string()], how })
    }

    // ── documents ────────────────────────────────────────────────────────────────

    fn edits_documents(&mut self, chance: &mut Chance) -> Edit {
        let names = self.vault.names().unwrap();
        let one = chance.one_of(&names).clone();
        let other = names.iter().filter(|name| **name != one).nth(chance.below(names.len() - 1)).unwrap().clone();
        let (path, beside) = (self.folder.path().join(&one), self.folder.path().join(&other));
        let (bytes, others) = (fs::read(&path).unwrap(), fs::read(&beside).unwrap());
        let mut rows = vec![one.clone()];
        let what = match chance.below(7) {
            0 => {
                let mut changed = bytes.clone();
                let at = chance.below(changed.len());
                changed[at] ^= 1 << chance.below(8);
                self.writes(&path, Some(changed));
                "file changed"
            }
            1 => {
                self.writes(&path, Some(bytes[..chance.below(bytes.len())].to_vec()));
                "file cut short"
            }
            2 => {
                self.writes(&path, Some([&bytes[..], b"more"].concat()));
                "file made longer"
            }
            3 => {
                self.writes(&path, None);
                "file deleted"
            }
            4 => {
                self.writes(&path, Some(others));
                self.writes(&beside, Some(bytes));
                rows.push(other);
                "files swapped"
            }
            5 => {
                let name = Uuid::from_u128(u128::from(chance.next())).to_string();
                self.writes(&self.folder.path().join(&name), Some(bytes));
                rows = vec![name];
                "file inserted"
            }
            _ => {
                // Sealed anew, by somebody who has not the case's key.
                let id = one.parse().unwrap();
                self.keeps(&path);
                fs::remove_file(&path).unwrap();
                let mut upload = self.vault.begin(id, &Key::new([3; 32])).unwrap();
                upload.write(b"another paper").unwrap();
                upload.finish_unsynced().unwrap();
                "file forged"
            }
        };
        Edit { table: VAULT, what, rows, how: one }
    }

    fn keeps(&mut self, path: &PathBuf) {
        self.originals.entry(path.clone()).or_insert_with(|| fs::read(path).ok());
    }

    fn writes(&mut self, path: &PathBuf, bytes: Option<Vec<u8>>) {
        self.keeps(path);
        match bytes {
            Some(bytes) => fs::write(path, bytes).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
    }

    // ── values ───────────────────────────────────────────────────────────────────

    fn keys(&mut self, table: &Table) -> Vec<Vec<String>> {
        let columns = table.columns();
        let kind_of = |name: &str| columns.iter().find(|column| column.name == name).unwrap().kind;
        let parts: Vec<String> = table.key.iter().map(|part| self.text_of(kind_of(part), part)).collect();
        let rows = self.raw.values(&format!("SELECT {} AS value FROM {}", parts.join(" || '|' || "), table.name));
        let mut rows: Vec<Vec<String>> = rows.iter().map(|row| row.split('|').map(str::to_owned).collect()).collect();
        rows.sort();
        rows
    }

    fn value(&mut self, table: &Table, column: Column, key: &[String]) -> Option<String> {
        let (text, at) = (self.text_of(column.kind, column.name), self.is_at(table, key));
        let values = self.raw.values(&format!("SELECT 'is ' || {text} AS value FROM {} WHERE {at}", table.name));
        values.first().and_then(|value| value.strip_prefix("is ")).map(str::to_owned)
    }

    fn is_at(&self, table: &Table, key: &[String]) -> String {
        let columns = table.columns();
        let column = |name: &str| *columns.iter().find(|column| column.name == name).unwrap();
        let parts: Vec<String> =
            table.key.iter().zip(key).map(|(part, value)| self.is_part(column(part), value)).collect();
        parts.join(" AND ")
    }

    fn is_part(&self, column: Column, value: &str) -> String {
        format!("\"{}\" = {}", column.name, self.literal(column.kind, Some(value)))
    }

    /// A column as text, the same on both databases.
    fn text_of(&self, kind: Kind, column: &str) -> String {
        match (self.raw.is_sqlite(), kind) {
            (true, Kind::Bytes) => format!("lower(hex(\"{column}\"))"),
            (true, _) => format!("CAST(\"{column}\" AS text)"),
            (false, Kind::Bytes) => format!("encode(\"{column}\", 'hex')"),
            (false, Kind::Bool) => format!("\"{column}\"::int::text"),
            (false, Kind::Moment) => {
                format!("to_char(\"{column}\" AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
            }
            (false, _) => format!("\"{column}\"::text"),
        }
    }

    fn literal(&self, kind: Kind, value: Option<&str>) -> String {
        match (value, kind, self.raw.is_sqlite()) {
            (None, ..) => "NULL".to_owned(),
            (Some(hex), Kind::Bytes, true) => format!("X'{hex}'"),
            (Some(hex), Kind::Bytes, false) => format!("'\\x{hex}'::bytea"),
            (Some(number), Kind::Number | Kind::Bool, true) => number.to_owned(),
            (Some(text), ..) => format!("'{}'", text.replace('\'', "''")),
        }
    }
}

fn name(key: &[String]) -> String {
    key.join(" ")
}

/// Another value than the one before, or nothing; `None` where none is thought of.
fn another(kind: Kind, before: Option<&str>, is_sqlite: bool, chance: &mut Chance) -> Option<Option<String>> {
    let Some(before) = before else {
        return Some(Some(match kind {
            Kind::Text => "x".to_owned(),
            Kind::Number | Kind::Bool => "1".to_owned(),
            Kind::Bytes => "00".to_owned(),
            Kind::Day => "2026-11-03".to_owned(),
            Kind::Moment => "2026-11-03T09:00:00.000000Z".to_owned(),
            Kind::Id => Uuid::from_u128(u128::from(chance.next())).to_string(),
        }));
    };
    if chance.once_in(8) {
        return Some(None);
    }
    let after = match kind {
        Kind::Bool => if before == "1" { "0" } else { "1" }.to_owned(),
        Kind::Number => {
            let steps = [1, -1, 1 + chance.number(1_000_000), -1 - chance.number(1_000_000)];
            (before.parse::<i64>().ok()? + chance.one_of(&steps)).to_string()
        }
        Kind::Day => {
            let day: NaiveDate = before.parse().ok()?;
            (day + TimeDelta::days([1, -1, 365][chance.below(3)])).to_string()
        }
        Kind::Moment => {
            let at = DateTime::parse_from_rfc3339(before).ok()?.to_utc();
            let steps = [TimeDelta::microseconds(1), TimeDelta::seconds(-1), TimeDelta::days(-400)];
            (at + *chance.one_of(&steps)).to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
        }
        Kind::Id if is_sqlite && chance.once_in(4) => before.to_uppercase(),
        Kind::Id => Uuid::from_u128(u128::from(chance.next())).to_string(),
        Kind::Bytes => {
            let mut bytes = hex::decode(before).ok()?;
            if bytes.is_empty() || chance.once_in(4) {
                bytes.pop();
            } else {
                let at = chance.below(bytes.len());
                bytes[at] ^= 1 << chance.below(8);
            }
            hex::encode(bytes)
        }
        Kind::Text => {
            let mut text: Vec<char> = before.chars().collect();
            match chance.below(5) {
                0 => drop(text.pop()),
                1 => text.push('x'),
                2 => text.insert(0, ' '),
                _ if text.is_empty() => text.push('q'),
                _ => {
                    let at = chance.below(text.len());
                    let other = ['a', '7', ' ', '"', '\n', 'Z', 'é'][chance.below(7)];
                    text[at] = if text[at] == other { 'q' } else { other };
                }
            }
            text.into_iter().collect()
        }
    };
    (after != before).then_some(Some(after))
}
