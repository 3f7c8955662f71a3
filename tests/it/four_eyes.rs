//! Four eyes: who drafted, edited or last changed a scope never approves it, who approved does not collect, who
//! collected or rang back does not release. It holds for people with many roles, and each attempt stands in the log.

use writ::actions::ActionError;
use writ::actions::view_document::view_document;
use writ::domain::case::Case;
use writ::domain::decision::{Decision, DecisionKind};
use writ::domain::staff::Role;
use writ::domain::stage::{Compartment, Stage};
use writ::domain::verification::{CheckMethod, CheckResult};

use crate::support::on_both;
use crate::support::papers::{Paper, asked, prose, subpoena, warrant};
use crate::support::people::{Acts, Person, as_assessed, grant};
use crate::support::world::World;

on_both! {
    who_drafted_does_not_approve,
    who_ever_edited_the_scope_does_not_approve_it_however_long_ago,
    who_overrode_a_verdict_has_edited,
    each_person_counts_once,
    an_approval_is_of_the_scope_that_was_read,
    who_approved_does_not_collect_and_who_collected_does_not_release,
    who_rang_back_does_not_release,
    somebody_with_every_role_needs_three_others,
    what_was_collected_in_a_closed_compartment_stays_there,
}

fn who_drafted_does_not_approve(world: &World) {
    let case = assessed(world, &world.anna());
    let case = world.carla().decides(&case).done();
    refused(world, "approver_edited", || world.carla().approves(&case).refused_as("approver_edited"));
    assert_eq!(world.dan().approves(&case).done().stage(), Stage::Fulfilment);
}

fn who_ever_edited_the_scope_does_not_approve_it_however_long_ago(world: &World) {
    let case = assessed(world, &world.anna());
    // Carla once added a demand that was taken out again; nothing of it is left but the edit.
    let case = world.carla().adds(&case, asked("mail/address_book")).done();
    let case = world.anna().removes(&case, case.demands[1].id).done();
    let case = world.anna().assesses(&case).done();
    let case = world.anna().decides(&case).done();
    refused(world, "approver_edited", || world.carla().approves(&case).refused_as("approver_edited"));
    // Returning changes nothing in the scope, so Dan may still approve it later.
    let case = world.dan().returns(&case, "Say why the address book was taken out.").done();
    let case = world.anna().decides(&case).done();
    world.dan().approves(&case).done();
}

fn who_overrode_a_verdict_has_edited(world: &World) {
    let case = world.anna().opens(subpoena().asking("mail/address_book")).done();
    let case = world.ben().verifies(&case).done();
    let case = world.anna().assesses(&case).done();
    let beyond = Decision { override_reason: Some(prose("The court asked us by name.")), ..grant(&case.demands[0]) };
    world.anna().drafts(&case, vec![grant(&case.demands[0])]).refused_as("beyond_verdict");
    world.anna().drafts(&case, vec![beyond.clone()]).refused_as("beyond_verdict");
    let case = world.carla().drafts(&case, vec![beyond]).done();
    assert_eq!(case.draft().map(|d| d.approvals_needed), Some(2));
    world.carla().approves(&case).refused_as("approver_edited");
    let case = world.dan().approves(&case).done();
    assert_eq!(case.stage(), Stage::Approval);
}

fn each_person_counts_once(world: &World) {
    let case = world.anna().opens(warrant().asking("mail/mail_content")).done();
    let case = world.ben().verifies(&case).done();
    let case = world.anna().assesses(&case).done();
    let case = world.anna().decides(&case).done();
    let case = world.carla().approves(&case).done();
    refused(world, "approver_counted", || world.carla().approves(&case).refused_as("approver_counted"));
    assert!(case.granted().is_empty(), "one of two approvals grants nothing");
    let case = world.dan().approves(&case).done();
    let eve = world.hires("eve", "Eve Elm", &[Role::Reviewer], false);
    eve.approves(&case).refused_as("already_approved");
}

fn an_approval_is_of_the_scope_that_was_read(world: &World) {
    let case = assessed(world, &world.anna());
    let case = world.anna().decides(&case).done();
    let read = case.draft().unwrap().scope_hash.clone();
    let clarify = Decision {
        kind: DecisionKind::Reject,
        reason: Some(writ::domain::finding::FindingCode::Overbroad),
        ..grant(&case.demands[0])
    };
    let case = world.ben().drafts(&case, vec![clarify]).done();
    refused(world, "scope_changed", || world.carla().approves_scope(&case, read).refused_as("scope_changed"));
    // The same decisions at another time are the same scope, for the same people.
    let again = world.ben().drafts(&case, case.draft().unwrap().decisions.clone()).done();
    assert_eq!(again.draft().unwrap().scope_hash, case.draft().unwrap().scope_hash);
}

fn who_approved_does_not_collect_and_who_collected_does_not_release(world: &World) {
    let both = world.hires("ida", "Ida Imhof", &[Role::Reviewer, Role::Fulfiller], false);
    let case = assessed(world, &world.anna());
    let case = world.anna().decides(&case).done();
    let case = both.approves(&case).done();
    refused(world, "collector_approved", || both.collects(&case, &case.demands[0]).refused_as("collector_approved"));
    let other = world.hires("jo", "Jo Jung", &[Role::Analyst, Role::Fulfiller], false);
    let case = other.collects(&case, &case.demands[0]).done();
    refused(world, "releaser_collected", || other.releases(&case).refused_as("releaser_collected"));
    world.ben().releases(&case).done();
}

fn who_rang_back_does_not_release(world: &World) {
    let case = assessed(world, &world.ben());
    let case = world.anna().decides(&case).done();
    let case = world.carla().approves(&case).done();
    let case = world.emil().collects(&case, &case.demands[0]).done();
    refused(world, "releaser_called_back", || world.ben().releases(&case).refused_as("releaser_called_back"));
    world.anna().releases(&case).done();
}

fn somebody_with_every_role_needs_three_others(world: &World) {
    let max = world.hires("max", "Max Moor", Role::ALL, false);
    let case = max.opens(subpoena().asking("account/registration")).done();
    let case = max.checks(&case, CheckMethod::Register, CheckResult::Confirmed).done();
    let case = max.assesses(&case).done();
    let case = max.drafts(&case, as_assessed(&case)).done();
    max.approves(&case).refused_as("approver_edited");
    let case = world.carla().approves(&case).done();
    let case = max.collects(&case, &case.demands[0]).done();
    max.releases(&case).refused_as("releaser_collected");
    let case = world.ben().releases(&case).done();
    max.closes(&case).done();
}

// ── how ──────────────────────────────────────────────────────────────────────────

/// A case whose requester this person rang back, assessed.
fn assessed(world: &World, caller: &Person<'_>) -> Case {
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let case = caller.verifies(&case).done();
    world.anna().assesses(&case).done()
}

/// Nothing came of it but one entry with the reason.
#[track_caller]
fn refused<T>(world: &World, code: &str, attempt: impl FnOnce() -> T) {
    let cases = world.cases();
    let (_, entries) = world.entries_of(attempt);
    let refusals: Vec<_> = entries.iter().filter(|e| e.kind == "action.refused").collect();
    assert_eq!((entries.len(), refusals.len()), (1, 1), "{entries:?}");
    assert!(refusals[0].process.contains(&format!("\"refusal\":\"{code}\"")), "{}", refusals[0].process);
    assert_eq!(world.cases(), cases);
}

fn what_was_collected_in_a_closed_compartment_stays_there(world: &World) {
    let ida = world.hires("ida", "Ida Imhof", &[Role::Analyst], true);
    let rita = world.hires("rita", "Rita Roth", &[Role::Reviewer], true);
    let finn = world.hires("finn", "Finn Falk", &[Role::Fulfiller], true);
    let paper = Paper { compartment: Compartment::NationalSecurity, ..subpoena().asking("account/registration") };
    let case = ida.opens(paper).done();
    let case = ida.verifies(&case).done();
    let case = ida.assesses(&case).done();
    let case = ida.decides(&case).done();
    let case = rita.approves(&case).done();
    let case = finn.collects(&case, &case.demands[0]).done();
    let file = case.results()[0].files[0];
    assert!(view_document(&world.ctx, &finn.who, file).is_ok());
    // Emil collects too, but is not cleared: he does not learn that there is such a file.
    let emil = world.emil();
    let refused = view_document(&world.ctx, &emil.who, file).err().expect("a file of a closed compartment");
    assert!(matches!(refused, ActionError::Refused(r) if r.refusal.code() == "no_such_case"));
}
