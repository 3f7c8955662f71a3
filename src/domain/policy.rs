//! The provider's own policy on approvals. Apart from the law, and never able to waive the second person.

use serde::{Deserialize, Serialize};

use super::case::Case;
use super::decision::{Decision, DecisionKind};

/// How many people must approve what. Each figure is at least 1; 0 in the file is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalPolicy {
    /// The usual number.
    pub usual: u8,
    /// When content is given.
    pub content: u8,
    /// When a verdict is overridden.
    pub overridden: u8,
    /// In an emergency: two approvals may become one, never none.
    pub emergency: u8,
}

impl ApprovalPolicy {
    /// How many people must approve these decisions on this case: 1 to 255.
    pub fn needed(self, case: &Case, decisions: &[Decision]) -> u8 {
        let by_scope = decisions.iter().map(|d| self.for_decision(d)).max().unwrap_or(self.usual);
        let needed = if case.paper.is_emergency() { by_scope.min(self.emergency) } else { by_scope };
        needed.max(1)
    }

    /// How many people must approve this case at least and at most, whatever verdicts let be given: when nothing of it is
    /// given, and when all of it is.
    pub fn least_and_most(self, case: &Case) -> (u8, u8) {
        let asks_content = case.demands.iter().any(|d| d.asked.data_class.is_content());
        let by_kind = |n: u8| if case.paper.is_emergency() { n.min(self.emergency).max(1) } else { n.max(1) };
        let (usual, content) = (by_kind(self.usual), by_kind(self.content));
        (usual, if asks_content { content.max(usual) } else { usual })
    }

    fn for_decision(self, decision: &Decision) -> u8 {
        let by_kind = if decision.kind == DecisionKind::Content { self.content } else { self.usual };
        if decision.override_reason.is_some() { by_kind.max(self.overridden) } else { by_kind }
    }
}
