//! Waiting for something that another process does, and how long runs are.

use std::time::{Duration, Instant};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks again and again until the answer is yes. A test that waits for what never comes fails and says for what.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::park_timeout(Duration::from_millis(3));
    }
}

/// Takes one's time, as somebody on a slow line does.
pub fn dawdle(millis: u64) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(millis) {
        std::thread::park_timeout(Duration::from_millis(3));
    }
}

/// Whether this is `tests/run long`.
pub fn is_long() -> bool {
    std::env::var_os("WRIT_TEST_LONG").is_some_and(|value| !value.is_empty())
}

/// How often something is done: many times in a long run, a few times else; or as a variable says.
pub fn times(variable: &str, usually: usize, in_long_runs: usize) -> usize {
    let given = std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable}={text}")));
    given.unwrap_or(if is_long() { in_long_runs } else { usually })
}
