//! The rules on stories that break them: a rule that can't be broken shows nothing. One good story, and for each rule
//! the same story spoilt so that this rule is broken.

use std::collections::BTreeSet;

use writ::domain::decision::{CollectionOutcome, DecisionKind};
use writ::domain::event::Event;
use writ::domain::id::StaffId;
use writ::domain::outcome::Outcome;
use writ::domain::time::Instant;
use writ::domain::verdict::Verdict;
use writ::domain::wait::{Wait, WaitKind};

use super::rules::{RULES, broken};
use super::story::{Entry, Story, stories};
use crate::support::papers::{prose, subpoena};
use crate::support::people::Acts;
use crate::support::world::World;

/// Anna opens, Ben rings back, Anna assesses and drafts, Carla returns, Anna drafts anew, Carla approves, Emil collects
/// twice, Anna releases and closes.
fn good_story(world: &World) -> Story {
    let (anna, carla, emil) = (world.anna(), world.carla(), world.emil());
    let case = anna.opens(subpoena().asking("account/registration").asking("account/sign_in_access")).done();
    let case = anna.assesses(&world.ben().verifies(&case).done()).done();
    let case = carla.returns(&anna.decides(&case).done(), "Say more on the period.").done();
    let case = carla.approves(&anna.decides(&case).done()).done();
    let case = emil.collects(&case, &case.demands[0]).done();
    let case = emil.collects(&case, &case.demands[1]).done();
    anna.closes(&anna.releases(&case).done()).done();
    let mut told = stories(world);
    assert_eq!(told.len(), 1);
    told.remove(0)
}

/// The place of the last event of a kind.
fn at(story: &Story, kind: &str) -> usize {
    story.entries.iter().rposition(|entry| entry.event.kind() == kind).unwrap_or_else(|| panic!("no {kind}"))
}

fn entry<'s>(story: &'s mut Story, kind: &str) -> &'s mut Entry {
    let place = at(story, kind);
    &mut story.entries[place]
}

/// Somebody else did it.
fn by(entry: &mut Entry, who: StaffId) {
    entry.actor = format!("staff:{who}");
    match &mut entry.event {
        Event::DecisionApproved { approval } => approval.by = who,
        Event::DecisionReturned { returned } => returned.by = who,
        Event::CollectionRecorded { result, .. } => result.by = who,
        Event::ProductionReleased { release } => release.by = who,
        other => panic!("{}", other.kind()),
    }
}

/// Takes an entry out and puts it in before the last one of another kind.
fn moved(story: &mut Story, kind: &str, before: &str) {
    let entry = story.entries.remove(at(story, kind));
    let place = at(story, before);
    story.entries.insert(place, entry);
    numbered(story);
}

/// Once more, right after itself or after another.
fn again(story: &mut Story, kind: &str, after: &str) {
    let (entry, place) = (story.entries[at(story, kind)].clone(), at(story, after));
    story.entries.insert(place + 1, entry);
    numbered(story);
}

fn without(story: &mut Story, kind: &str) {
    story.entries.remove(at(story, kind));
}

/// Numbers and times in order, so that only what was meant is wrong.
fn numbered(story: &mut Story) {
    let last = story.entries.iter().map(|entry| entry.at).max().unwrap();
    for (number, entry) in (1_000..).zip(&mut story.entries) {
        (entry.seq, entry.at) = (number, last);
    }
}

fn draft(story: &mut Story) -> &mut writ::domain::decision::Draft {
    match &mut entry(story, "decision.drafted").event {
        Event::DecisionDrafted { draft, .. } => draft,
        other => panic!("{}", other.kind()),
    }
}

fn spoil(rule: &str, world: &World, story: &mut Story) {
    let [anna, ben, carla, emil] = ["anna", "ben", "carla", "emil"].map(|name| world.person(name).id());
    match rule {
        "a_case_is_opened_once_and_first" => again(story, "case.opened", "case.closed"),
        "neither_numbers_nor_time_go_back" => {
            entry(story, "case.closed").at = Instant::new(chrono::DateTime::UNIX_EPOCH);
        }
        "whoever_an_entry_names_is_who_did_it" => entry(story, "case.closed").actor = format!("staff:{carla}"),
        "only_a_role_that_may_do_it_did_it" => by(entry(story, "decision.approved"), ben),
        "each_edit_makes_the_next_revision" => {
            if let Event::DecisionDrafted { edit, .. } = &mut entry(story, "decision.drafted").event {
                edit.revision += 1;
            }
        }
        "nobody_confirms_a_requester_twice" => again(story, "requester.checked", "requester.checked"),
        "nothing_is_assessed_before_the_requester_is_verified" => without(story, "requester.checked"),
        "the_engine_answered_on_exactly_the_demands_there_are" => {
            if let Event::CaseAssessed { assessed } = &mut entry(story, "case.assessed").event {
                assessed.answers.pop();
            }
        }
        "nothing_is_decided_before_it_is_assessed" => without(story, "case.assessed"),
        "only_demands_there_are_are_decided" => {
            draft(story).decisions[0].demand = writ::domain::id::DemandId(uuid::Uuid::nil());
        }
        "only_a_reviewer_with_a_reason_goes_beyond_a_verdict" => {
            if let Event::CaseAssessed { assessed } = &mut entry(story, "case.assessed").event {
                assessed.answers[0].assessment.verdict = Verdict::Prohibited;
            }
        }
        "as_many_approvals_are_asked_as_policy_says" => draft(story).decisions[0].kind = DecisionKind::Content,
        "nobody_approves_what_they_ever_edited" => by(entry(story, "decision.approved"), anna),
        "nobody_approves_twice" => again(story, "decision.approved", "decision.approved"),
        "an_approval_is_of_the_very_scope_in_force" => {
            if let Event::DecisionApproved { approval } = &mut entry(story, "decision.approved").event {
                approval.scope_hash = "00".repeat(32);
            }
        }
        "no_approval_is_given_beyond_those_needed" => {
            again(story, "decision.approved", "decision.approved");
            by(entry(story, "decision.approved"), world.dan().id());
        }
        "only_a_draft_that_waits_is_returned" => again(story, "decision.returned", "decision.approved"),
        "nobody_returns_what_they_ever_edited" => by(entry(story, "decision.returned"), anna),
        "nothing_is_collected_before_enough_approved" => moved(story, "collection.recorded", "decision.approved"),
        "only_what_was_granted_is_collected_and_once" => again(story, "collection.recorded", "collection.recorded"),
        "no_approver_collects" => by(entry(story, "collection.recorded"), carla),
        "nothing_leaves_while_a_gate_is_shut" => without(story, "collection.recorded"),
        "what_leaves_is_what_was_approved" => {
            if let Event::DecisionApproved { approval } = &mut entry(story, "decision.approved").event {
                approval.scope_revision -= 1;
            }
        }
        "nobody_releases_what_they_collected" => by(entry(story, "production.released"), emil),
        "nobody_releases_where_they_rang_back" => by(entry(story, "production.released"), ben),
        "nothing_leaves_during_a_wait_that_holds_it" => {
            let place = at(story, "production.released");
            let mut waits = story.entries[place].clone();
            let kind = WaitKind::Challenged;
            let wait = Wait { kind, because: prose("In court."), expected_on: None, by: anna, at: waits.at };
            waits.event = Event::WaitStarted { wait };
            story.entries.insert(place, waits);
            numbered(story);
        }
        "what_has_left_is_neither_edited_nor_taken_back" => {
            again(story, "decision.drafted", "production.released");
        }
        "nothing_closes_while_a_gate_it_needs_is_shut" => without(story, "production.released"),
        "the_outcome_is_what_happened" => {
            if let Event::CaseClosed { closing } = &mut entry(story, "case.closed").event {
                closing.outcome = Outcome::Rejected;
            }
        }
        "what_is_closed_stays_closed" => again(story, "case.closed", "case.closed"),
        other => panic!("nobody knows how {other} is broken"),
    }
}

#[test]
fn every_rule_finds_the_story_that_breaks_it() {
    let world = World::sqlite();
    let good = good_story(&world);
    assert_eq!(broken(&good), []);
    for (rule, _) in RULES {
        let mut story = good.clone();
        spoil(rule, &world, &mut story);
        let found: BTreeSet<&str> = broken(&story).into_iter().map(|(name, ..)| name).collect();
        assert!(found.contains(rule), "{rule} was not found broken, only {found:?}");
    }
    // A release with nothing found has nothing to release.
    let mut story = good;
    for entry in &mut story.entries {
        if let Event::CollectionRecorded { result, .. } = &mut entry.event {
            result.outcome = CollectionOutcome::NoData;
        }
    }
    assert!(broken(&story).iter().any(|(name, ..)| *name == "nothing_leaves_while_a_gate_is_shut"));
}
