//! What auditors write down: notes, and findings that somebody answers. Their words are personal payload; that they were
//! written, about what and how grave, is process.

use serde::{Deserialize, Serialize};

use super::event::Event;
use super::id::{AuditNoteId, CaseId, SampleId, StaffId};
use super::refusal::Refusal;
use super::text::Prose;
use super::time::Instant;
use super::words::closed_words;

closed_words! {
    /// How grave a finding is.
    pub enum Severity {
        Observation = "observation", "observation";
        Deviation = "deviation", "deviation";
        Breach = "breach", "breach";
    }
}

closed_words! {
    /// How a finding stands.
    pub enum FindingStatus {
        Open = "open", "open";
        Answered = "answered", "answered";
        Closed = "closed", "closed";
    }
}

/// A note, or where it has a severity a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditNote {
    /// Identity.
    pub id: AuditNoteId,
    /// The entry it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The case it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// The sample in which it came up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<SampleId>,
    /// How grave it is; none for a note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The words.
    pub text: Prose,
    /// Who wrote it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

/// What was said to a finding: an answer, or an auditor's last word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditAnswer {
    /// To which finding.
    pub finding: AuditNoteId,
    /// The words.
    pub text: Prose,
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

impl AuditNote {
    /// What happened when it was written.
    pub fn written(&self) -> Event {
        match self.severity {
            Some(_) => Event::FindingRaised { note: self.clone() },
            None => Event::NoteAdded { note: self.clone() },
        }
    }
}

impl FindingStatus {
    /// How it stands once somebody answered it.
    ///
    /// # Errors
    /// [`Refusal::FindingClosed`].
    pub fn answered(self) -> Result<FindingStatus, Refusal> {
        if self == FindingStatus::Closed { Err(Refusal::FindingClosed) } else { Ok(FindingStatus::Answered) }
    }

    /// How it stands once an auditor closed it.
    ///
    /// # Errors
    /// [`Refusal::FindingClosed`].
    pub fn closed(self) -> Result<FindingStatus, Refusal> {
        if self == FindingStatus::Closed { Err(Refusal::FindingClosed) } else { Ok(FindingStatus::Closed) }
    }
}
