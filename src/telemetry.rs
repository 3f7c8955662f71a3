//! Log lines: who reads them and which are kept. They never hold names, addresses, document text, tokens or
//! what was bound to a statement.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::settings::{TelemetryFormat, TelemetrySettings};

/// Starts writing log lines to standard error. A second start changes nothing.
pub fn start(settings: &TelemetrySettings) {
    let filter = EnvFilter::try_new(&settings.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let has_colours = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(has_colours).with_writer(std::io::stderr);
    let _started_before = match settings.format {
        TelemetryFormat::Json => lines.json().try_init(),
        TelemetryFormat::Text => lines.compact().with_target(false).try_init(),
    };
}
