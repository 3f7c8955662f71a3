//! The seven stages of a case and the six gates between them.

use super::words::closed_words;

closed_words! {
    /// Where a case stands. Seven stages, no others.
    pub enum Stage {
        /// The document and its fields are taken in.
        Intake = "intake", "intake";
        /// The requester is verified, the paper classified.
        Triage = "triage", "triage";
        /// The legal basis is checked and a decision drafted.
        Review = "review", "review";
        /// Other people approve the exact scope.
        Approval = "approval", "approval";
        /// What was granted is collected.
        Fulfilment = "fulfilment", "fulfilment";
        /// What was collected is released.
        Delivery = "delivery", "delivery";
        /// The case has its outcome.
        Closed = "closed", "closed";
    }
}

closed_words! {
    /// What must have happened before a case may go on. Gates open in this order and there is no way around one.
    pub enum Gate {
        Verified = "verified", "verified";
        Assessed = "assessed", "assessed";
        Decided = "decided", "decided";
        Approved = "approved", "approved";
        Collected = "collected", "collected";
        Released = "released", "released";
    }
}

closed_words! {
    /// Who may know that a case exists.
    pub enum Compartment {
        /// Its team.
        Ordinary = "ordinary", "ordinary";
        /// Named people only.
        Restricted = "restricted", "restricted";
        /// People cleared for national security only.
        NationalSecurity = "national_security", "national security";
    }
}
