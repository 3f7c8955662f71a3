//! What only the web room promises: forms that are sent once, forms that are ours, sign-ins that are paused.

use chrono::TimeDelta;

use crate::support::on_both;
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::world::World;

on_both! {
    a_form_sent_twice_is_done_once_and_shows_the_first_result,
    a_form_without_its_token_changes_nothing,
    signing_in_is_paused_after_five_failures_and_a_restart_does_not_help,
    pages_allow_nothing_from_elsewhere,
    a_form_with_a_character_that_no_database_keeps_is_no_failure,
    pages_are_compressed_unless_another_site_has_a_hand_in_it,
}

fn a_form_sent_twice_is_done_once_and_shows_the_first_result(world: &World) {
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let site = world.serves();
    let anna = site.browser_of(&world.anna());
    let (page, action) = (format!("/cases/{}", case.reference), format!("/cases/{}/secrecy", case.reference));
    let unseen = anna.unseen(&page, &action);
    let mut fields: Vec<(&str, &str)> = unseen.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.extend([("source", "request"), ("starts_on", "2026-10-26"), ("ends_on_none", "on")]);
    let first = anna.posts(&action, &fields);
    let second = anna.posts(&action, &fields);
    assert_eq!(first.leads_to(), second.leads_to());
    assert_eq!(world.log().iter().filter(|e| e.kind == "secrecy.recorded").count(), 1);
}

fn a_form_without_its_token_changes_nothing(world: &World) {
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let site = world.serves();
    let anna = site.browser_of(&world.anna());
    let entries = world.log().len();
    for token in ["", "0000", "not a token"] {
        let answer = anna.posts(&format!("/cases/{}/withdraw", case.reference), &[("token", token), ("note", "Gone.")]);
        assert_eq!(answer.status, 403, "{}", answer.text());
    }
    assert_eq!(world.log().len(), entries, "not even a refusal: nobody of ours asked");
}

fn signing_in_is_paused_after_five_failures_and_a_restart_does_not_help(world: &World) {
    let site = world.serves();
    let anna = world.anna().who.staff.name.clone();
    for _ in 0..5 {
        let answer = site.visitor().posts("/sign-in", &[("name", &anna), ("password", "certainly not it")]);
        answer.shows("Name or password is wrong");
    }
    let right = |site: &crate::support::site::Site| {
        let password = site.token_of(world, &world.anna()).password().to_owned();
        site.visitor().posts("/sign-in", &[("name", &anna), ("password", &password)])
    };
    right(&site).shows("Signing in is paused");
    drop(site);
    let site = world.serves();
    right(&site).shows("Signing in is paused");
    assert_eq!(world.log().iter().filter(|e| e.kind == "staff.sign_in_failed").count(), 5);
    world.ctx.clock.turn(TimeDelta::minutes(16));
    right(&site).leads_to();
}

fn a_form_with_a_character_that_no_database_keeps_is_no_failure(world: &World) {
    let site = world.serves();
    let answer = site.visitor().posts("/sign-in", &[("name", "an\0na"), ("password", "anything at all")]);
    assert_eq!(answer.status, 400, "{}", answer.text());
    let anna = site.token_of(world, &world.anna());
    assert_eq!(anna.posts("/cases", &[("named", "be\0n")]).status, 400);
}

fn pages_allow_nothing_from_elsewhere(world: &World) {
    let site = world.serves();
    let queue = site.browser_of(&world.anna()).gets("/queue");
    for part in
        ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]
    {
        assert!(queue.policy.contains(part), "{part} is missing from {}", queue.policy);
    }
    queue.hides(" style=\"");
    queue.hides("<script>");
}

fn pages_are_compressed_unless_another_site_has_a_hand_in_it(world: &World) {
    let site = world.serves();
    let anna = site.browser_of(&world.anna());
    let whole = anna.gets("/queue").body.len();
    for ours in ["same-origin", "none"] {
        assert!(anna.packed("/queue", "gzip", ours) * 2 < whole, "{ours}");
    }
    for others in ["same-site", "cross-site"] {
        assert_eq!(anna.packed("/queue", "gzip", others), whole, "{others}");
    }
}
