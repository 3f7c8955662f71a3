//! Record a secrecy order, or a plea for secrecy that does not bind.

use chrono::NaiveDate;

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::id::SecrecyOrderId;
use crate::domain::secrecy::{SecrecyOrder, SecrecySource};
use crate::domain::staff::Verb;
use crate::domain::stated::Stated;
use crate::domain::text::{Line, Prose};
use crate::system;

/// A secrecy order as a person enters it.
#[derive(Debug, Clone)]
pub struct RecordSecrecy {
    /// Where it comes from; decides whether it binds.
    pub source: SecrecySource,
    /// Court or office.
    pub issuer: Option<Line>,
    /// Docket number.
    pub docket: Option<Line>,
    /// Grounds, or its words.
    pub grounds: Option<Prose>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: Stated<NaiveDate>,
}

/// Records an order or plea.
///
/// # Errors
/// [`ActionError::Invalid`] when it ends before it begins, and as every verb on a case.
pub fn record_secrecy(ctx: &Ctx, who: &SignedIn, on: &OnCase, with: RecordSecrecy) -> Result<Case, ActionError> {
    if with.ends_on.value().is_some_and(|end| *end < with.starts_on) {
        return Err(ActionError::invalid("ends_on", "The order ends before it begins; mend one of the dates."));
    }
    act(ctx, who, on, Verb::RecordSecrecy, move |case, acting, _| {
        let RecordSecrecy { source, issuer, docket, grounds, starts_on, ends_on } = with;
        let id = SecrecyOrderId(system::fresh_id());
        let (by, at) = (acting.who.id, acting.now);
        Ok(case.record_secrecy(SecrecyOrder { id, source, issuer, docket, grounds, starts_on, ends_on, by, at })?)
    })
}
