//! Requests and uploads.

use std::time::Duration;

use prometheus::{Histogram, HistogramVec, IntCounterVec, IntGauge};

use super::{Maker, MeterError};

/// From 5 ms, which a page takes, to 10 s, after which nobody waits.
const SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// From a small file on a fast line to a large one on a slow line.
const UPLOAD_SECONDS: &[f64] = &[0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0];

/// What the web room counts.
#[derive(Clone)]
pub struct Requests {
    answered: IntCounterVec,
    took: HistogramVec,
    in_flight: IntGauge,
    uploads: IntCounterVec,
    upload_took: Histogram,
}

/// A request that is being answered; it counts as in flight until this is dropped.
pub struct InFlight(IntGauge);

impl Requests {
    pub(super) fn new(maker: &Maker) -> Result<Requests, MeterError> {
        let by_route = ["route", "method"];
        let meters = Requests {
            answered: maker.counters(
                "http_requests_total",
                "Requests answered, by the pattern of their route.",
                &["route", "method", "status"],
            )?,
            took: maker.histograms(
                "http_request_duration_seconds",
                "Time from a request's head to its answer's head.",
                SECONDS,
                &by_route,
            )?,
            in_flight: maker.gauge("http_requests_in_flight", "Requests that are being answered.")?,
            uploads: maker.counters("uploads_total", "Files sent, by what became of them.", &["outcome"])?,
            upload_took: maker.histogram("upload_duration_seconds", "Time a file took to arrive.", UPLOAD_SECONDS)?,
        };
        for outcome in ["kept", "refused", "cut_short"] {
            meters.uploads.with_label_values(&[outcome]);
        }
        Ok(meters)
    }

    /// A request has begun.
    pub fn begin(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// A request was answered. `route` is a pattern of the table of routes or `none`, never an address; a method that
    /// no route takes is `other`, for whoever asks may make one up.
    pub fn answered(&self, route: &str, method: &str, status: u16, took: Duration) {
        let class = ["1xx", "2xx", "3xx", "4xx", "5xx"];
        let class = class.get(usize::from(status / 100).saturating_sub(1)).copied().unwrap_or("5xx");
        self.answered.with_label_values(&[route, method, class]).inc();
        self.took.with_label_values(&[route, method]).observe(took.as_secs_f64());
    }

    /// A file was sent: `kept`, `refused` (too large, empty, no right) or `cut_short` (it did not arrive whole).
    pub fn uploaded(&self, outcome: &'static str, took: Duration) {
        self.uploads.with_label_values(&[outcome]).inc();
        self.upload_took.observe(took.as_secs_f64());
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}
