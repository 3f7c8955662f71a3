//! How a closed case came out.

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
