//! Draft decisions on a case's demands.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::HttpResponse;

use super::case_groups::spread;
use super::case_page::{Posted, whole};
use super::case_tabs::Tab;
use crate::actions::decide::decide as draft;
use crate::actions::view_case::view_case;
use crate::domain::case::Case;
use crate::domain::decision::{Decision, DecisionKind};
use crate::domain::finding::FindingCode;
use crate::domain::id::DemandId;
use crate::domain::text::{Line, Prose};
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields};

/// `POST /cases/{reference}/decision`
///
/// # Errors
/// As [`draft`].
pub async fn decide(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let read = if fields.iter().any(|(name, _)| name.starts_with("of.g")) {
        let reference = case.0.clone();
        // Which demands a group's numbers are. Whoever changed them since changed the version too, and it is refused.
        let view = visitor.run(move |ctx, who| view_case(ctx, who, &reference, false)).await?;
        read_groups(&fields, &view.case)
    } else {
        read(&fields)
    };
    let posted = Posted { visitor: &visitor, case: &case, tab: Tab::Review, fields };
    posted.act(read, draft).await
}

/// A decision for each demand of each group that was shown, and those kept on groups that were not.
fn read_groups(fields: &Fields, case: &Case) -> Result<Vec<Decision>, Errors> {
    let mut errors = Errors::default();
    let ids: BTreeMap<u32, DemandId> = case.demands.iter().map(|d| (d.position, d.id)).collect();
    let (mut shown, mut decisions) = (BTreeSet::new(), Vec::new());
    for (name, of) in fields.iter().filter(|(name, _)| name.starts_with("of.g")) {
        let key = name.trim_start_matches("of.");
        let members = spread(of).into_iter().filter_map(|position| Some((position, *ids.get(&position)?)));
        let members: Vec<(u32, DemandId)> = members.collect();
        shown.extend(members.iter().map(|(_, id)| *id));
        decisions.extend(read_group(fields, key, &members, &mut errors));
    }
    whole(Some(case.with_kept(&shown, decisions)), errors)
}

/// The decisions on a group: the same for all of it, or what was chosen for one alone. Reason, redirect, note and the
/// reason for going beyond are the group's.
fn read_group(fields: &Fields, key: &str, members: &[(u32, DemandId)], errors: &mut Errors) -> Vec<Decision> {
    let at = |name: &str| format!("{name}.{key}");
    let same = fields.optional_word::<DecisionKind>(&at("decision"), errors);
    let kinds: Vec<(DemandId, DecisionKind)> = members
        .iter()
        .filter_map(|(position, id)| {
            let only = fields.optional_word::<DecisionKind>(&format!("only.{position}"), errors);
            only.or(same).map(|kind| (*id, kind))
        })
        .collect();
    let mut kinds_there: Vec<DecisionKind> = kinds.iter().map(|(_, kind)| *kind).collect();
    kinds_there.sort_unstable();
    kinds_there.dedup();
    let drafts: BTreeMap<DecisionKind, Shared> =
        kinds_there.into_iter().map(|kind| (kind, Shared::read(fields, key, kind, errors))).collect();
    kinds.into_iter().filter_map(|(id, kind)| Some(drafts.get(&kind)?.clone().on(id, kind))).collect()
}

/// A decision for each demand that has one; a demand without is left open.
fn read(fields: &Fields) -> Result<Vec<Decision>, Errors> {
    let mut errors = Errors::default();
    let ids: BTreeSet<DemandId> =
        fields.iter().filter_map(|(name, _)| name.strip_prefix("decision.")?.parse().ok()).collect();
    let decisions = ids.into_iter().filter_map(|id| read_one(fields, id, &mut errors)).collect();
    whole(Some(decisions), errors)
}

fn read_one(fields: &Fields, demand: DemandId, errors: &mut Errors) -> Option<Decision> {
    let kind = fields.optional_word::<DecisionKind>(&format!("decision.{demand}"), errors)?;
    Some(Shared::read(fields, &demand.to_string(), kind, errors).on(demand, kind))
}

/// What stands beside the kind of a decision.
#[derive(Clone)]
struct Shared {
    reason: Option<FindingCode>,
    redirect_to: Option<Line>,
    note: Option<Line>,
    override_reason: Option<Prose>,
}

impl Shared {
    /// What a kind of decision does not need is passed over, so that a changed mind leaves nothing behind.
    fn read(fields: &Fields, key: &str, kind: DecisionKind, errors: &mut Errors) -> Shared {
        let at = |name: &str| format!("{name}.{key}");
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
        Shared { reason, redirect_to, note, override_reason }
    }

    fn on(self, demand: DemandId, kind: DecisionKind) -> Decision {
        let Shared { reason, redirect_to, note, override_reason } = self;
        Decision { demand, kind, reason, redirect_to, note, override_reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
