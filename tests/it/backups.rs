//! Backups and the installation's key, by the program itself: a register is copied while people work on it, made anew
//! elsewhere, and tells what came of that. What is cut short by a kill is done, or cleanly not done.

mod drill;
mod keys;
mod killed;
mod rotation;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::support::server::WRIT;
use crate::support::world::{Place, World};

/// Makes two tests of each story about a register by the machine's clock: `sqlite::NAME` and `postgres::NAME`.
macro_rules! by_the_clock {
    ($($story:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $story() {
                super::$story(crate::support::World::by_the_clock(None));
            })+
        }
        mod postgres {
            $(#[test]
            fn $story() {
                if let Some(world) = crate::support::World::on_postgres_by_the_clock() {
                    super::$story(world);
                }
            })+
        }
    };
}
use by_the_clock;

/// An operator at a console, with a register's settings and a key for its backups.
struct Operator {
    place: Place,
    settings: PathBuf,
    key: PathBuf,
}

impl Operator {
    /// Settings, keys and a backup's key are written down; nobody is connected to the register.
    fn of(world: World) -> Operator {
        Operator::at(world.leaves())
    }

    fn at(place: Place) -> Operator {
        let settings = place.settles();
        let key = place.folder.path().join("backup.key");
        fs::write(&key, format!("{}\n", "5e".repeat(32))).unwrap();
        Operator { place, settings, key }
    }

    /// The same with nothing there yet: no database, no documents, no keys.
    fn elsewhere(&self) -> Operator {
        let other = Operator::at(self.place.elsewhere());
        fs::remove_dir_all(other.folder().join("keys")).unwrap();
        other
    }

    fn folder(&self) -> &Path {
        self.place.folder.path()
    }

    fn adds_settings(&self, text: &str) {
        let before = fs::read_to_string(&self.settings).unwrap();
        fs::write(&self.settings, before + text).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(WRIT);
        command.args(args).arg("--config").arg(&self.settings).stdin(Stdio::null());
        command
    }

    fn runs(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs a command that must be done; what it says.
    #[track_caller]
    fn does(&self, args: &[&str]) -> String {
        let output = self.runs(args);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{args:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }

    /// Runs a command that must be refused; its one sentence.
    #[track_caller]
    fn is_refused(&self, args: &[&str]) -> String {
        let output = self.runs(args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{args:?} was not refused: {}", String::from_utf8_lossy(&output.stdout));
        let sentences: Vec<&str> = said.lines().filter(|line| line.starts_with("writ: ")).collect();
        assert_eq!(sentences.len(), 1, "{said}");
        sentences[0].to_owned()
    }

    /// The arguments of a backup to a file.
    fn backup<'a>(&'a self, to: &'a Path) -> [&'a str; 5] {
        ["backup", "--to", to.to_str().unwrap(), "--key-file", self.key.to_str().unwrap()]
    }

    /// The arguments of a restore from a file.
    fn restore<'a>(&'a self, from: &'a Path) -> [&'a str; 5] {
        ["restore", "--from", from.to_str().unwrap(), "--key-file", self.key.to_str().unwrap()]
    }

    /// The names in the register's own folder that a finished command leaves none of.
    fn leftovers(&self) -> Vec<String> {
        let names = |folder: PathBuf| {
            let files = fs::read_dir(folder).into_iter().flatten();
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
        };
        let all = [
            names(self.folder().to_owned()),
            names(self.folder().join("documents")),
            names(self.folder().join("keys")),
        ];
        let is_left = |name: &String| {
            [".part", ".copy-", ".restoring", "restore-under-way", ".next-"].iter().any(|left| name.contains(left))
        };
        all.into_iter().flatten().filter(is_left).collect()
    }
}
