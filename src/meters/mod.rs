//! What a running program counts, and how Prometheus reads it. A register's [`Meters`] are made with its store and
//! handed on from there; nothing here is global. Labels are words of closed lists and patterns of routes, never
//! anything that a person typed, and no number tells how many cases there are of which kind.

mod acts;
mod errands;
mod node;
mod requests;

pub use acts::{Acts, Commit, Outcome};
pub use errands::Errands;
pub use node::{Look, Node, Told, Verified};
pub use requests::{InFlight, Requests};

use prometheus::core::Collector;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};

/// How the text is labelled when it is sent.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Everything that is counted. Cheap to clone: clones count together.
#[derive(Clone)]
pub struct Meters {
    registry: Registry,
    /// What the web room counts.
    pub requests: Requests,
    /// What the writer counts.
    pub acts: Acts,
    /// What the jobs count.
    pub errands: Errands,
    /// What is measured when somebody looks.
    pub node: Node,
}

/// A meter that can't be made or read: its name is wrong, or taken.
#[derive(Debug, thiserror::Error)]
#[error("the meters can't be used: {0}")]
pub struct MeterError(#[from] prometheus::Error);

impl Meters {
    /// All meters, at nothing.
    ///
    /// # Errors
    /// When two have the same name.
    pub fn new() -> Result<Meters, MeterError> {
        let maker = Maker(Registry::new());
        let requests = Requests::new(&maker)?;
        let acts = Acts::new(&maker)?;
        let errands = Errands::new(&maker)?;
        let node = Node::new(&maker)?;
        Ok(Meters { registry: maker.0, requests, acts, errands, node })
    }

    /// All of it in Prometheus' text format.
    ///
    /// # Errors
    /// When a meter can't be written down.
    pub fn text(&self) -> Result<String, MeterError> {
        Ok(TextEncoder::new().encode_to_string(&self.registry.gather())?)
    }
}

/// Makes meters of one registry. Every name begins with `writ_`.
struct Maker(Registry);

impl Maker {
    fn keep<C: Collector + Clone + 'static>(&self, meter: C) -> Result<C, MeterError> {
        self.0.register(Box::new(meter.clone()))?;
        Ok(meter)
    }

    fn counter(&self, name: &str, help: &str) -> Result<IntCounter, MeterError> {
        self.keep(IntCounter::with_opts(named(name, help))?)
    }

    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec, MeterError> {
        self.keep(IntCounterVec::new(named(name, help), labels)?)
    }

    fn gauge(&self, name: &str, help: &str) -> Result<IntGauge, MeterError> {
        self.keep(IntGauge::with_opts(named(name, help))?)
    }

    fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec, MeterError> {
        self.keep(IntGaugeVec::new(named(name, help), labels)?)
    }

    fn histogram(&self, name: &str, help: &str, buckets: &[f64]) -> Result<Histogram, MeterError> {
        self.keep(Histogram::with_opts(spread(name, help, buckets))?)
    }

    fn histograms(&self, name: &str, help: &str, buckets: &[f64], labels: &[&str]) -> Result<HistogramVec, MeterError> {
        self.keep(HistogramVec::new(spread(name, help, buckets), labels)?)
    }
}

fn named(name: &str, help: &str) -> Opts {
    Opts::new(name, help).namespace("writ")
}

fn spread(name: &str, help: &str, buckets: &[f64]) -> HistogramOpts {
    HistogramOpts::new(name, help).namespace("writ").buckets(buckets.to_vec())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn two_sets_of_meters_stand_beside_each_other_and_each_counts_its_own() {
        let (one, other) = (Meters::new().unwrap(), Meters::new().unwrap());
        one.clone().errands.mail("sent");
        assert!(one.text().unwrap().contains("writ_mails_total{outcome=\"sent\"} 1"));
        assert!(other.text().unwrap().contains("writ_mails_total{outcome=\"sent\"} 0"));
    }
}
