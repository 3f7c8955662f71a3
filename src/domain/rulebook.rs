//! Which rules are law here. A rulebook, the declared facts and all packs together, is named by the hash over them.
//! One person proposes it, another adopts it: until then cases are decided by the one before.

use serde::{Deserialize, Serialize};

use super::assessment::PackRef;
use super::id::{LawProposalId, StaffId};
use super::refusal::Refusal;
use super::text::Prose;
use super::time::Instant;

/// The texts of a rulebook, as somebody wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawTexts {
    /// The declared facts.
    pub facts: String,
    /// The packs, by name.
    pub packs: Vec<LawText>,
}

/// One pack's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawText {
    /// Where it came from: a file's name.
    pub file: String,
    /// What it says.
    pub text: String,
}

/// A rulebook that somebody wants to be law here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LawProposal {
    /// Identity.
    #[serde(rename = "proposal")]
    pub id: LawProposalId,
    /// The rulebook: SHA-256 over the hashes of its facts and packs, lower-case hex.
    pub rulebook: String,
    /// The packs that are new in it, or other than those in force.
    pub packs: Vec<PackRef>,
    /// The names of the files that all its packs came from, in the order of the packs' names. Entries from before they
    /// were told lack them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pack_files: Vec<String>,
    /// Why.
    pub because: Prose,
    /// Who proposed it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

/// A rulebook that became law here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LawAdopted {
    /// What was proposed; none for the first, which comes with the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<LawProposalId>,
    /// The rulebook.
    pub rulebook: String,
    /// All its packs.
    pub packs: Vec<PackRef>,
    /// The names of the files they came from, in the same order, where no proposal told them before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pack_files: Vec<String>,
}

impl LawProposal {
    /// Whether this person may adopt it: the second pair of eyes is another's.
    ///
    /// # Errors
    /// [`Refusal::OwnProposal`] for whoever proposed it.
    pub fn may_be_adopted_by(&self, who: StaffId) -> Result<(), Refusal> {
        if who == self.by { Err(Refusal::OwnProposal) } else { Ok(()) }
    }
}
