//! Log lines, and the address for whoever watches.

use std::net::SocketAddr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::SettingsError;

/// Log lines, and the address for whoever watches.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetrySettings {
    /// For people or for machines.
    pub format: TelemetryFormat,
    /// Which lines are kept.
    pub filter: String,
    /// Where health, readiness and metrics are answered; none for nowhere.
    #[serde(serialize_with = "address", deserialize_with = "address_or_none")]
    pub metrics_listen: Option<SocketAddr>,
    /// Lets that address be one that other machines reach.
    pub metrics_on_network: bool,
}

/// For whom log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TelemetryFormat {
    /// People.
    Text,
    /// Machines.
    Json,
}

impl TelemetrySettings {
    /// Refuses an address that other machines reach, unless that is what is wanted: nobody signs in there.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        match self.metrics_listen {
            Some(address) if !address.ip().is_loopback() && !self.metrics_on_network => Err(SettingsError(format!(
                "telemetry.metrics_listen is {address}, which other machines can reach, and nobody signs in there; \
                 take 127.0.0.1, or set telemetry.metrics_on_network if a firewall stands before it."
            ))),
            _ => Ok(()),
        }
    }
}

fn address<S: Serializer>(address: &Option<SocketAddr>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&address.map(|address| address.to_string()).unwrap_or_default())
}

fn address_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |_| serde::de::Error::custom(format!("“{text}” is no address and port such as 127.0.0.1:9464"));
    text.parse().map(Some).map_err(wrong)
}
