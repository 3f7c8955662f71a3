//! A test that cannot run here says so: aloud, and in the list that `tests/run` prints at its end.

use std::{collections::BTreeSet, fs::OpenOptions, io::Write, sync::Mutex};

static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Say that the calling test did not run, and why: "on PostgreSQL: WRIT_TEST_POSTGRES is not set".
///
/// Written past the test runner's capture, or nobody would see it: passing tests are silent, and a skipped test passes.
/// On the terminal each reason is said once; in the list every test counts.
pub fn skipped(why: &str) {
    if SAID.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(why.to_owned()) {
        let _ = std::io::stderr().write_all(format!("SKIPPED: {why}\n").as_bytes());
    }
    if let Some(list) = std::env::var_os("WRIT_TEST_SKIPPED")
        && let Ok(mut list) = OpenOptions::new().append(true).create(true).open(list)
    {
        // One write call: tests run at the same time, in threads or in processes of their own.
        let _ = list.write_all(format!("{why}\n").as_bytes());
    }
}
