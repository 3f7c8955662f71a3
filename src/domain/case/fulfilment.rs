//! Fulfilment and delivery: collect, release.

use sha2::{Digest, Sha256};

use super::{Case, Progress};
use crate::domain::change::Change;
use crate::domain::decision::{CollectionOutcome, CollectionResult, Release, ReleaseMethod};
use crate::domain::document::{Document, DocumentKind};
use crate::domain::event::Event;
use crate::domain::id::StaffId;
use crate::domain::refusal::Refusal;
use crate::domain::staff::Verb;
use crate::domain::stage::Gate;
use crate::domain::text::Line;
use crate::domain::time::Instant;
use crate::domain::verification::CheckMethod;

impl Case {
    /// Records what was found for one granted demand, with the files. The last result opens the gate.
    ///
    /// # Errors
    /// Before approval, for a demand not granted or done already, for an approver, and for files that do not fit
    /// the result.
    pub fn collect(self, result: CollectionResult, files: Vec<Document>) -> Result<Change<Case>, Refusal> {
        self.needs_unfinished()?;
        self.needs_open(Gate::Approved, Verb::Collect)?;
        if self.approvals().iter().any(|a| a.by == result.by) {
            return Err(Refusal::CollectorApproved);
        }
        if self.results().iter().any(|r| r.demand == result.demand) {
            return Err(Refusal::AlreadyCollected);
        }
        if !matches!(self.progress, Progress::Fulfilment(_)) {
            return Err(Refusal::WrongStage { stage: self.stage(), verb: Verb::Collect });
        }
        if !self.granted().iter().any(|(d, _)| d.id == result.demand) {
            return Err(Refusal::NotGranted);
        }
        let fits = match result.outcome {
            CollectionOutcome::Collected => !files.is_empty() || self.paper.instrument.preserves_only(),
            CollectionOutcome::NoData => files.is_empty(),
        };
        if !fits || files.len() != result.files.len() {
            return Err(Refusal::FilesMisfit);
        }
        Ok(self.become_by(Event::CollectionRecorded { result, files }))
    }

    /// Lets the production go: from here on it has left.
    ///
    /// # Errors
    /// Before everything is collected, during a wait that holds it, while an authority may still object, for a collector, for whoever made the call-back, and on paper that only
    /// asks to keep data.
    pub fn release(self, to: Line, method: ReleaseMethod, by: StaffId, now: Instant) -> Result<Change<Case>, Refusal> {
        self.needs_unfinished()?;
        self.needs_open(Gate::Collected, Verb::Release)?;
        let has_files = matches!(self.progress, Progress::Delivery(_));
        if !has_files || self.paper.instrument.preserves_only() {
            return Err(Refusal::NothingToRelease);
        }
        if self.results().iter().any(|r| r.by == by) {
            return Err(Refusal::ReleaserCollected);
        }
        if self.checks.iter().any(|c| c.confirms() && c.method == CheckMethod::CallBack && c.by == by) {
            return Err(Refusal::ReleaserCalledBack);
        }
        if let Some(wait) = self.wait.as_ref().filter(|wait| wait.kind.holds_release()) {
            return Err(Refusal::ReleaseHeld { wait: wait.kind });
        }
        if let Some(until) = self.held_until(now) {
            return Err(Refusal::ReleaseTooEarly { until });
        }
        let production = self.production();
        let release = Release {
            to,
            method,
            manifest_sha256: manifest_sha256(&production),
            files: u32::try_from(production.len()).unwrap_or(u32::MAX),
            by,
            at: now,
        };
        Ok(self.become_by(Event::ProductionReleased { release }))
    }

    /// The files of the production: what the results of the scope in force name, in their order.
    pub fn production(&self) -> Vec<&Document> {
        let named = self.results().iter().flat_map(|r| &r.files);
        named
            .filter_map(|id| self.documents.iter().find(|d| d.id == *id && d.kind == DocumentKind::Collected))
            .collect()
    }
}

/// SHA-256 over one line per file: its SHA-256, two spaces, its id. Lower-case hex.
fn manifest_sha256(files: &[&Document]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        hash.update(format!("{}  {}\n", file.sha256, file.id));
    }
    hex::encode(hash.finalize())
}
