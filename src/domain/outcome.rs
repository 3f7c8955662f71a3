//! How a closed case came out.

use super::decision::DecisionKind;
use super::words::closed_words;

closed_words! {
    /// The outcome of a closed case: the highest its demands reached. It is derived from decisions and
    /// collection results, never typed in.
    pub enum Outcome {
        /// Any content left, with or without records.
        Content = "content", "content";
        /// Records left, and nothing people wrote or said.
        NonContentOnly = "non_content_only", "non-content only";
        /// The paper was good and nothing was held.
        NoData = "no_data", "no data";
        /// Nothing left because the demands were refused.
        Rejected = "rejected", "rejected";
        /// The customer was to be asked instead.
        Redirected = "redirected", "redirected";
        /// The requester took the paper back.
        Withdrawn = "withdrawn", "withdrawn";
        /// Data was kept on request, and nothing left.
        PreservedOnly = "preserved_only", "preserved only";
    }
}

/// How one demand came out, as far as the outcome follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// What was decided.
    pub decision: Option<DecisionKind>,
    /// Whether it was rejected because such data is not held.
    pub lacks_data: bool,
    /// Whether something was collected.
    pub is_collected: bool,
    /// Whether what it asks is content.
    pub is_content: bool,
}

impl Outcome {
    /// The outcome of some demands of one case: the highest any of them reached. `went_to_customer` is whether a
    /// redirect, where one was decided, counts as such.
    pub fn of(demands: &[Settled], preserves_only: bool, went_to_customer: bool) -> Outcome {
        let is_any = |test: fn(&Settled) -> bool| demands.iter().any(test);
        let is_collected = is_any(|demand| demand.is_collected);
        let is_rejected = |demand: &&Settled| demand.decision == Some(DecisionKind::Reject);
        let mut rejected = demands.iter().filter(is_rejected).peekable();
        if preserves_only && is_collected {
            Outcome::PreservedOnly
        } else if is_any(|demand| demand.is_collected && demand.is_content) {
            Outcome::Content
        } else if is_collected {
            Outcome::NonContentOnly
        } else if is_any(|demand| demand.decision.is_some_and(DecisionKind::grants)) {
            Outcome::NoData
        } else if went_to_customer && is_any(|demand| demand.decision == Some(DecisionKind::Redirect)) {
            Outcome::Redirected
        } else if rejected.peek().is_some() && rejected.all(|demand| demand.lacks_data) {
            Outcome::NoData
        } else {
            Outcome::Rejected
        }
    }
}
