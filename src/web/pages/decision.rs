//! Draft decisions on a case's demands.

use std::collections::BTreeSet;

use actix_web::HttpResponse;

use super::case_page::{Posted, whole};
use super::case_tabs::Tab;
use crate::actions::decide::decide as draft;
use crate::domain::decision::{Decision, DecisionKind};
use crate::domain::id::DemandId;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields};

/// `POST /cases/{reference}/decision`
///
/// # Errors
/// As [`draft`].
pub async fn decide(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let read = read(&fields);
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Review, fields };
    posted.act(read, draft).await
}

/// A decision for each demand that has one; a demand without is left open.
fn read(fields: &Fields) -> Result<Vec<Decision>, Errors> {
    let mut errors = Errors::default();
    let ids: BTreeSet<DemandId> =
        fields.iter().filter_map(|(name, _)| name.strip_prefix("decision.")?.parse().ok()).collect();
    let decisions = ids.into_iter().filter_map(|id| read_one(fields, id, &mut errors)).collect();
    whole(Some(decisions), errors)
}

/// What a kind of decision does not need is passed over, so that a changed mind leaves nothing behind.
fn read_one(fields: &Fields, demand: DemandId, errors: &mut Errors) -> Option<Decision> {
    let at = |name: &str| format!("{name}.{demand}");
    let kind = fields.optional_word::<DecisionKind>(&at("decision"), errors)?;
    let (is_reject, is_redirect) = (kind == DecisionKind::Reject, kind == DecisionKind::Redirect);
    let reason = if is_reject { fields.optional_word(&at("reason"), errors) } else { None };
    let redirect_to = if is_redirect { fields.line(&at("redirect_to"), errors) } else { None };
    let note = fields.line(&at("note"), errors);
    let override_reason = if kind.grants() { fields.prose(&at("override"), errors) } else { None };
    if is_reject && !fields.has(&at("reason")) {
        errors.add(at("reason"), "Choose the reason code of the rejection.");
    }
    if is_redirect && !fields.has(&at("redirect_to")) {
        errors.add(at("redirect_to"), "Say whom the requester is sent to.");
    }
    Some(Decision { demand, kind, reason, redirect_to, note, override_reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::FindingCode;

    const ONE: &str = "00000000-0000-0000-0000-000000000001";
    const TWO: &str = "00000000-0000-0000-0000-000000000002";

    fn fields(pairs: &[(&str, &str, &str)]) -> Fields {
        Fields::filled(pairs.iter().map(|(name, id, value)| (format!("{name}.{id}"), (*value).to_owned())))
    }

    #[test]
    fn a_demand_without_a_decision_is_left_open() {
        let read = read(&fields(&[("decision", ONE, ""), ("reason", ONE, "not_signed"), ("decision", TWO, "clarify")]))
            .unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].kind, DecisionKind::Clarify);
    }

    #[test]
    fn only_a_rejection_keeps_its_reason() {
        let sent = fields(&[
            ("decision", ONE, "reject"),
            ("reason", ONE, "not_signed"),
            ("decision", TWO, "non_content"),
            ("reason", TWO, "not_signed"),
        ]);
        let read = read(&sent).unwrap();
        assert_eq!((read[0].reason, read[1].reason), (Some(FindingCode::NotSigned), None));
    }

    #[test]
    fn a_rejection_without_reason_and_a_redirect_without_address_are_said_at_once() {
        let errors = read(&fields(&[("decision", ONE, "reject"), ("decision", TWO, "redirect")])).unwrap_err();
        assert!(errors.at(&format!("reason.{ONE}")).is_some() && errors.at(&format!("redirect_to.{TWO}")).is_some());
    }
}
