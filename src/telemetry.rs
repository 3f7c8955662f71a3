//! Log lines: who reads them and which are kept. They never hold names, addresses, document text, tokens or
//! what was bound to a statement.

use std::io::IsTerminal;

use tracing::Level;
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::settings::{TelemetryFormat, TelemetrySettings};

/// Starts writing log lines to standard error. A second start changes nothing.
///
/// Below `info` only our own lines are kept, whatever the filter says: the server's own crates write there what was
/// sent to them, headers and bodies, and what somebody turns on to find a fault must not fill a disk with names.
pub fn start(settings: &TelemetrySettings) {
    let wanted = EnvFilter::try_new(&settings.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let filter = wanted.and(filter_fn(|line| *line.level() <= Level::INFO || is_ours(line.target())));
    let has_colours = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_ansi(has_colours).with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry();
    let _started_before = match settings.format {
        TelemetryFormat::Json => registry.with(lines.json().with_thread_names(true).with_filter(filter)).try_init(),
        TelemetryFormat::Text => registry.with(lines.compact().with_target(false).with_filter(filter)).try_init(),
    };
    tell_of_panics_without_their_words();
}

fn is_ours(target: &str) -> bool {
    target == "writ" || target.starts_with("writ::")
}

/// What a panic says may quote the text it stumbled over, so only its place is told, as a line like any other.
fn tell_of_panics_without_their_words() {
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        tracing::error!(at, thread, "a thread stumbled; what it was doing failed");
    }));
}
