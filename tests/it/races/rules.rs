//! The product's promises about a case, each a function that looks at one entry and what was true before it. They
//! know nothing of tables and use none of the program's own decisions.

use writ::domain::decision::{CollectionOutcome, DecisionKind};
use writ::domain::event::Event;
use writ::domain::id::StaffId;
use writ::domain::outcome::Outcome;
use writ::domain::staff::Role;
use writ::domain::verdict::Verdict;

use super::story::{Entry, Facts, Story, edit_of, gives};
use crate::support::world::policy;

/// Whether an entry may follow on what was true before it; else what is wrong.
pub type Rule = fn(&Facts, &Entry, &Story) -> Result<(), String>;

/// Names each rule by its function.
macro_rules! rules {
    ($($rule:ident),+ $(,)?) => {
        pub const RULES: &[(&str, Rule)] = &[$((stringify!($rule), $rule)),+];
    };
}

rules! {
    a_case_is_opened_once_and_first,
    neither_numbers_nor_time_go_back,
    whoever_an_entry_names_is_who_did_it,
    only_a_role_that_may_do_it_did_it,
    each_edit_makes_the_next_revision,
    nobody_confirms_a_requester_twice,
    nothing_is_assessed_before_the_requester_is_verified,
    the_engine_answered_on_exactly_the_demands_there_are,
    nothing_is_decided_before_it_is_assessed,
    only_demands_there_are_are_decided,
    only_a_reviewer_with_a_reason_goes_beyond_a_verdict,
    as_many_approvals_are_asked_as_policy_says,
    nobody_approves_what_they_ever_edited,
    nobody_approves_twice,
    an_approval_is_of_the_very_scope_in_force,
    no_approval_is_given_beyond_those_needed,
    only_a_draft_that_waits_is_returned,
    nobody_returns_what_they_ever_edited,
    nothing_is_collected_before_enough_approved,
    only_what_was_granted_is_collected_and_once,
    no_approver_collects,
    nothing_leaves_while_a_gate_is_shut,
    what_leaves_is_what_was_approved,
    nobody_releases_what_they_collected,
    nobody_releases_where_they_rang_back,
    nothing_leaves_during_a_wait_that_holds_it,
    what_has_left_is_neither_edited_nor_taken_back,
    nothing_closes_while_a_gate_it_needs_is_shut,
    the_outcome_is_what_happened,
    what_is_closed_stays_closed,
}

/// What is wrong with a story: the rule that is broken, where, and how.
pub fn broken(story: &Story) -> Vec<(&'static str, i64, String)> {
    let (mut facts, mut found) = (Facts::default(), Vec::new());
    for entry in &story.entries {
        let wrong = RULES.iter().filter_map(|(name, rule)| Some((*name, entry.seq, rule(&facts, entry, story).err()?)));
        found.extend(wrong);
        facts = facts.after(entry);
    }
    found
}

fn holds(is_so: bool, else_says: impl FnOnce() -> String) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(else_says()) }
}

/// Who did it, as the event itself says.
fn named_in(event: &Event) -> Option<StaffId> {
    match event {
        Event::RequesterChecked { check } => Some(check.by),
        Event::CaseAssessed { assessed } => Some(assessed.by),
        Event::DecisionApproved { approval } => Some(approval.by),
        Event::DecisionReturned { returned } => Some(returned.by),
        Event::CollectionRecorded { result, .. } => Some(result.by),
        Event::ProductionReleased { release } => Some(release.by),
        Event::CaseClosed { closing } | Event::CaseWithdrawn { closing } => Some(closing.by),
        Event::CommentAdded { comment } => Some(comment.by),
        Event::WaitStarted { wait } => Some(wait.by),
        Event::WaitEnded { ended } => Some(ended.by),
        other => edit_of(other).map(|(edit, _)| edit.by),
    }
}

// ── the log ──────────────────────────────────────────────────────────────────────

/// A paper may arrive before its case; everything else comes after the opening, and there is one.
fn a_case_is_opened_once_and_first(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    match &entry.event {
        Event::CaseOpened(_) => holds(before.opened == 0, || "it is opened again".into()),
        Event::DocumentReceived { .. } => Ok(()),
        other => holds(before.opened == 1 || !other.changes_case(), || format!("{} before the opening", other.kind())),
    }
}

fn neither_numbers_nor_time_go_back(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let goes_on = before.last.is_none_or(|(seq, at)| entry.seq > seq && entry.at >= at);
    holds(goes_on, || format!("{:?} after {:?}", (entry.seq, entry.at), before.last))
}

fn whoever_an_entry_names_is_who_did_it(_: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let named = named_in(&entry.event).map(|id| format!("staff:{id}"));
    holds(named.as_ref().is_none_or(|named| *named == entry.actor), || format!("{named:?}, but {}", entry.actor))
}

/// The table *who does what* of the product, for what changes a case.
fn only_a_role_that_may_do_it_did_it(_: &Facts, entry: &Entry, story: &Story) -> Result<(), String> {
    let Some(who) = entry.actor.strip_prefix("staff:").and_then(|id| id.parse().ok()).map(StaffId) else {
        return holds(!entry.event.changes_case(), || format!("{} changed the case", entry.actor));
    };
    let allowed: &[Role] = match &entry.event {
        Event::DecisionApproved { .. } | Event::DecisionReturned { .. } | Event::ChecklistTicked { .. } => {
            &[Role::Reviewer]
        }
        Event::CollectionRecorded { .. } => &[Role::Fulfiller],
        other if other.changes_case() || matches!(other, Event::CommentAdded { .. }) => {
            &[Role::Analyst, Role::Reviewer]
        }
        _ => return Ok(()),
    };
    let held = &story.roles[&who];
    holds(allowed.iter().any(|role| held.contains(role)), || format!("somebody with the roles {held:?} only"))
}

fn each_edit_makes_the_next_revision(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let Some((edit, _)) = edit_of(&entry.event) else { return Ok(()) };
    holds(edit.revision == before.revision + 1, || format!("{} after {}", edit.revision, before.revision))
}

// ── verified, assessed, decided ──────────────────────────────────────────────────

fn nobody_confirms_a_requester_twice(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let Event::RequesterChecked { check } = &entry.event else { return Ok(()) };
    holds(!check.confirms() || !before.confirmed_by.contains(&check.by), || "they had confirmed already".into())
}

fn nothing_is_assessed_before_the_requester_is_verified(
    before: &Facts,
    entry: &Entry,
    _: &Story,
) -> Result<(), String> {
    let is_assessed = matches!(entry.event, Event::CaseAssessed { .. });
    holds(!is_assessed || before.is_verified(), || format!("confirmed by {:?}", before.confirmed_by))
}

fn the_engine_answered_on_exactly_the_demands_there_are(
    before: &Facts,
    entry: &Entry,
    _: &Story,
) -> Result<(), String> {
    let Event::CaseAssessed { assessed } = &entry.event else { return Ok(()) };
    let mut answered: Vec<_> = assessed.answers.iter().map(|answer| answer.demand).collect();
    answered.sort();
    let asked: Vec<_> = before.demands.keys().copied().collect();
    let fits = assessed.scope_revision == before.revision && answered == asked && !asked.is_empty();
    holds(fits, || format!("revision {} of {}, {answered:?} of {asked:?}", assessed.scope_revision, before.revision))
}

fn nothing_is_decided_before_it_is_assessed(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let is_decided = matches!(entry.event, Event::DecisionDrafted { .. });
    holds(!is_decided || before.assessed.is_some(), || "no answers are in force".into())
}

fn only_demands_there_are_are_decided(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let Event::DecisionDrafted { draft, .. } = &entry.event else { return Ok(()) };
    let strange = draft.decisions.iter().find(|on| !before.demands.contains_key(&on.demand));
    holds(strange.is_none(), || format!("{strange:?}"))
}

fn only_a_reviewer_with_a_reason_goes_beyond_a_verdict(
    before: &Facts,
    entry: &Entry,
    story: &Story,
) -> Result<(), String> {
    let Event::DecisionDrafted { draft, .. } = &entry.event else { return Ok(()) };
    let is_permitted = |on: &writ::domain::decision::Decision| {
        let answer = before.assessed.as_ref().and_then(|answers| answers.get(&on.demand));
        answer.is_some_and(|answer| answer.verdict == Verdict::Permitted)
    };
    for on in draft.decisions.iter().filter(|on| gives(on.kind) && !is_permitted(on)) {
        let is_reviewer = story.roles[&draft.by].contains(&Role::Reviewer);
        holds(is_reviewer && on.override_reason.is_some(), || format!("{on:?}"))?;
    }
    Ok(())
}

// ── approved ─────────────────────────────────────────────────────────────────────

/// One as a rule; two for content and for what goes beyond a verdict; in an emergency one will do; never none.
fn as_many_approvals_are_asked_as_policy_says(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let Event::DecisionDrafted { draft, .. } = &entry.event else { return Ok(()) };
    let policy = policy();
    let is_grave = |on: &writ::domain::decision::Decision| on.override_reason.is_some();
    let needed = [
        policy.usual,
        if draft.decisions.iter().any(|on| on.kind == DecisionKind::Content) { policy.content } else { 0 },
        if draft.decisions.iter().any(is_grave) { policy.overridden } else { 0 },
    ];
    let needed = needed.into_iter().max().unwrap_or(1);
    let is_emergency = before.paper.as_ref().is_some_and(|paper| paper.is_emergency());
    let needed = if is_emergency { needed.min(policy.emergency) } else { needed }.max(1);
    holds(draft.approvals_needed == needed, || format!("{} instead of {needed}", draft.approvals_needed))
}

fn nobody_approves_what_they_ever_edited(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let Event::DecisionApproved { approval } = &entry.event else { return Ok(()) };
    holds(!before.editors.contains(&approval.by), || "they edited the scope".into())
}

fn nobody_approves_twice(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let Event::DecisionApproved { approval } = &entry.event else { return Ok(()) };
    holds(before.approvals.iter().all(|other| other.by != approval.by), || "they had approved already".into())
}

fn an_approval_is_of_the_very_scope_in_force(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let Event::DecisionApproved { approval } = &entry.event else { return Ok(()) };
    let hash = before.draft.as_ref().map(|draft| draft.scope_hash.as_str());
    let fits = approval.scope_revision == before.revision && Some(approval.scope_hash.as_str()) == hash;
    holds(fits, || format!("approved {} at {}, in force {hash:?}", approval.scope_hash, approval.scope_revision))
}

fn no_approval_is_given_beyond_those_needed(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let is_approval = matches!(entry.event, Event::DecisionApproved { .. });
    holds(!is_approval || !before.is_approved(), || "enough had approved".into())
}

fn only_a_draft_that_waits_is_returned(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let is_return = matches!(entry.event, Event::DecisionReturned { .. });
    holds(!is_return || (before.draft.is_some() && !before.is_approved()), || "no draft waited".into())
}

fn nobody_returns_what_they_ever_edited(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let Event::DecisionReturned { returned } = &entry.event else { return Ok(()) };
    holds(!before.editors.contains(&returned.by), || "they edited the scope".into())
}

// ── collected, released ──────────────────────────────────────────────────────────

fn nothing_is_collected_before_enough_approved(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let is_collected = matches!(entry.event, Event::CollectionRecorded { .. });
    holds(!is_collected || before.is_approved(), || format!("{} approvals", before.approvals.len()))
}

fn only_what_was_granted_is_collected_and_once(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let Event::CollectionRecorded { result, files } = &entry.event else { return Ok(()) };
    let is_granted = before.granted().iter().any(|on| on.demand == result.demand);
    let is_first = before.results.iter().all(|other| other.demand != result.demand);
    let are_its_own = files.iter().all(|file| file.demand == Some(result.demand) && result.files.contains(&file.id));
    holds(is_granted && is_first && are_its_own, || format!("granted {is_granted}, first {is_first}"))
}

fn no_approver_collects(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let Event::CollectionRecorded { result, .. } = &entry.event else { return Ok(()) };
    holds(before.approvals.iter().all(|approval| approval.by != result.by), || "they approved it".into())
}

/// Verified, assessed, every demand decided, enough approvals, everything granted collected, and something found.
fn nothing_leaves_while_a_gate_is_shut(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    if !matches!(entry.event, Event::ProductionReleased { .. }) {
        return Ok(());
    }
    let decided = |id| before.draft.as_ref().is_some_and(|draft| draft.on(id).is_some());
    let has_data = before.results.iter().any(|result| result.outcome == CollectionOutcome::Collected);
    let gates = [
        ("verified", before.is_verified()),
        ("assessed", before.assessed.is_some()),
        ("decided", before.demands.keys().all(|id| decided(*id))),
        ("approved", before.is_approved()),
        ("collected", before.is_collected() && has_data),
    ];
    let shut = gates.iter().find(|(_, is_open)| !is_open);
    holds(shut.is_none(), || format!("{shut:?}"))
}

/// The approvals are of the revision and the hash in force when it leaves: nothing changed in between.
fn what_leaves_is_what_was_approved(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    if !matches!(entry.event, Event::ProductionReleased { .. }) {
        return Ok(());
    }
    let hash = before.draft.as_ref().map(|draft| draft.scope_hash.as_str());
    let of_it = |a: &&writ::domain::decision::Approval| {
        a.scope_revision == before.revision && Some(a.scope_hash.as_str()) == hash
    };
    let other = before.approvals.iter().find(|approval| !of_it(approval));
    holds(other.is_none() && !before.approvals.is_empty(), || format!("{other:?}"))
}

fn nobody_releases_what_they_collected(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let Event::ProductionReleased { release } = &entry.event else { return Ok(()) };
    holds(before.results.iter().all(|result| result.by != release.by), || "they collected it".into())
}

fn nobody_releases_where_they_rang_back(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let Event::ProductionReleased { release } = &entry.event else { return Ok(()) };
    holds(!before.rang_back.contains(&release.by), || "they rang the requester back".into())
}

fn nothing_leaves_during_a_wait_that_holds_it(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let is_release = matches!(entry.event, Event::ProductionReleased { .. });
    holds(!is_release || !before.is_held, || "a wait ran".into())
}

fn what_has_left_is_neither_edited_nor_taken_back(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    if before.released.is_none() {
        return Ok(());
    }
    let is_late = edit_of(&entry.event).is_some()
        || matches!(
            entry.event,
            Event::RequesterChecked { .. }
                | Event::CaseAssessed { .. }
                | Event::DecisionApproved { .. }
                | Event::DecisionReturned { .. }
                | Event::CollectionRecorded { .. }
                | Event::ProductionReleased { .. }
                | Event::CaseWithdrawn { .. }
        );
    holds(!is_late, || format!("{} after the release", entry.event.kind()))
}

// ── closed ───────────────────────────────────────────────────────────────────────

/// Approved; what was granted collected; what was found released. A withdrawal needs none of it.
fn nothing_closes_while_a_gate_it_needs_is_shut(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    if !matches!(entry.event, Event::CaseClosed { .. }) {
        return Ok(());
    }
    let has_data = before.results.iter().any(|result| result.outcome == CollectionOutcome::Collected);
    let only_keeps = before.paper.as_ref().is_some_and(|paper| paper.instrument.preserves_only());
    let is_released = before.released.is_some() || !has_data || only_keeps;
    let gates = [("approved", before.is_approved()), ("collected", before.is_collected()), ("released", is_released)];
    let shut = gates.iter().find(|(_, is_open)| !is_open);
    holds(shut.is_none(), || format!("{shut:?}"))
}

/// Whoever reads that content or records were given can rely on it that something left, and the other way round.
fn the_outcome_is_what_happened(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let (outcome, is_withdrawal) = match &entry.event {
        Event::CaseClosed { closing } => (closing.outcome, false),
        Event::CaseWithdrawn { closing } => (closing.outcome, true),
        _ => return Ok(()),
    };
    let gave_content = before.results.iter().any(|result| {
        let is_content = before.demands.get(&result.demand).is_some_and(|d| d.asked.data_class.is_content());
        result.outcome == CollectionOutcome::Collected && is_content
    });
    let fits = match (before.released.is_some(), is_withdrawal) {
        (true, _) => outcome == if gave_content { Outcome::Content } else { Outcome::NonContentOnly },
        (false, true) => matches!(outcome, Outcome::Withdrawn | Outcome::Redirected),
        (false, false) => !matches!(outcome, Outcome::Content | Outcome::NonContentOnly | Outcome::Withdrawn),
    };
    holds(fits, || format!("{outcome}, released: {}", before.released.is_some()))
}

/// Nothing opens it again. What stands beside it may go on: a comment, and that a wait which ran has ended.
fn what_is_closed_stays_closed(before: &Facts, entry: &Entry, _: &Story) -> Result<(), String> {
    let goes_on = entry.event.changes_case() && !matches!(entry.event, Event::WaitEnded { .. });
    holds(!before.is_closed || !goes_on, || format!("{} after the closing", entry.event.kind()))
}
