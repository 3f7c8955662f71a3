//! Redirects: sending the requester to the organisation whose account is asked about, and what became of it.

use serde::{Deserialize, Serialize};

use super::id::StaffId;
use super::text::{Line, Prose};
use super::time::Instant;
use super::words::closed_words;

closed_words! {
    /// What became of a redirect. Only the first two count as *redirected*; after the others the demands are
    /// decided anew and what followed is counted.
    pub enum RedirectResult {
        /// The agency took its paper back and went to the customer.
        Withdrawn = "withdrawn", "withdrawn by the agency";
        /// The customer answered the agency itself.
        CustomerAnswered = "customer_answered", "answered by the customer";
        /// The customer's authorised administrator agreed, in writing, that we give the data.
        Consent = "consent", "customer consented";
        /// The contract with the customer lets us give the data.
        Contract = "contract", "contract allows";
        /// The agency gave a reason, in writing, why the customer can't be asked.
        Infeasible = "infeasible", "customer can't be asked";
        /// The agency never came back, with us or with the customer.
        Lapsed = "lapsed", "lapsed";
    }
}

impl RedirectResult {
    /// Whether the case is counted as redirected.
    pub fn is_redirected(self) -> bool {
        matches!(self, RedirectResult::Withdrawn | RedirectResult::CustomerAnswered)
    }

    /// What it leads to, as one sentence for whoever records it.
    pub fn leads_to(self) -> &'static str {
        match self {
            RedirectResult::Withdrawn | RedirectResult::CustomerAnswered => {
                "The case can be closed and counts as redirected, unless data was given besides."
            }
            RedirectResult::Consent => {
                "The demands are checked and decided anew; what is given then is counted as disclosed with consent."
            }
            RedirectResult::Contract => {
                "The demands are checked and decided anew; what is given then is counted as disclosed under the contract."
            }
            RedirectResult::Infeasible => {
                "The demands are checked and decided anew; mend the particulars first, so that the check knows of it."
            }
            RedirectResult::Lapsed => "The case can be closed; what was redirected counts as rejected.",
        }
    }

    /// Whether the demands must be decided anew.
    pub fn reopens(self) -> bool {
        matches!(self, RedirectResult::Consent | RedirectResult::Contract | RedirectResult::Infeasible)
    }
}

/// What became of a case's redirect, as a person recorded it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedirectAnswer {
    /// What became of it.
    pub result: RedirectResult,
    /// Who said so, when and how.
    pub account: Prose,
    /// The scope revision it answers: a redirect decided anew later is answered anew.
    pub scope_revision: u32,
    /// Who recorded it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

/// The organisation whose account is asked about, and whom to reach there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its name, as the contract has it.
    pub name: Line,
    /// Who is to be asked there, for example its general counsel.
    pub contact: Option<Line>,
    /// Address, mail address or telephone number of the contact.
    pub reach: Option<Line>,
}
