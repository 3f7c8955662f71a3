//! What only the web room promises: forms that are sent once, forms that are ours, sign-ins that are paused, a form of
//! many parts that keeps what was typed.

use chrono::TimeDelta;

use writ::domain::case::Case;
use writ::domain::stated::Stated;

use crate::support::on_both;
use crate::support::papers::{Paper, asked_about, day, subpoena};
use crate::support::people::Acts;
use crate::support::world::World;

on_both! {
    a_form_sent_twice_is_done_once_and_shows_the_first_result,
    a_form_without_its_token_changes_nothing,
    signing_in_is_paused_after_five_failures_and_a_restart_does_not_help,
    pages_allow_nothing_from_elsewhere,
    a_form_with_a_character_that_no_database_keeps_is_no_failure,
    pages_are_compressed_unless_another_site_has_a_hand_in_it,
    results_are_recorded_one_by_one_and_nothing_typed_for_others_is_lost,
    tasks_stand_in_the_order_in_which_their_answers_are_due,
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

/// A case whose granted demands wait to be collected.
fn to_be_collected(world: &World, paper: Paper) -> Case {
    let case = world.ben().verifies(&world.anna().opens(paper).done()).done();
    let case = world.anna().decides(&world.anna().assesses(&case).done()).done();
    world.carla().approves(&case).done()
}

fn results_are_recorded_one_by_one_and_nothing_typed_for_others_is_lost(world: &World) {
    let mut paper = subpoena().asking("account/registration").asking("account/sign_in_access");
    paper.demands.push(asked_about("+1 (202) 555-0199", "account/registration"));
    let case = to_be_collected(world, paper);
    let [one, two, three] = [0, 1, 2].map(|at| case.demands[at].id.to_string());
    let site = world.serves();
    let emil = site.browser_of(&world.emil());
    let task = format!("/tasks/{}", case.reference);
    let field = |name: &str, id: &str| format!("{name}.{id}");
    let typed = [
        (field("outcome", &one), "collected".to_owned()),
        (field("account", &one), "Asked the account store.".to_owned()),
        (field("outcome", &two), "collected".to_owned()),
        (field("account", &two), "Asked the session store.".to_owned()),
        (field("account", &three), "Half a sentence".to_owned()),
    ];
    let sends = |pressed: &str, typed: &[(String, String)], files: &[&str]| {
        let unseen = emil.unseen(&task, &task);
        let mut fields: Vec<(&str, &str)> =
            unseen.iter().chain(typed).map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.push(("demand", pressed));
        let names: Vec<String> = files.iter().map(|id| field("files", id)).collect();
        let files: Vec<_> = names.iter().map(|name| (name.as_str(), "records.csv", b"a,b\n".as_slice())).collect();
        (emil.uploads(&task, &fields, &files), emil.uploads(&task, &fields, &files))
    };

    // What is wrong is said on top, with its demand, and all that was typed comes back.
    let (wrong, _) = sends(&two, &typed, &[]);
    assert_eq!(wrong.status, 422);
    wrong.shows("Demand 2, files: Choose at least one file");
    assert!(wrong.source().contains(&format!("<a href=\"#files.{two}\">")));
    assert!(wrong.source().find("id=\"summary\"") < wrong.source().find("<section"));
    for said in ["Asked the account store.", "Asked the session store.", "Half a sentence"] {
        wrong.shows(said);
    }
    assert_eq!(world.case(case.id).results().len(), 0);

    // Only the result of the button is recorded, with its own files; the rest stays as it was typed.
    let (page, again) = sends(&one, &typed, &[&one, &two]);
    assert_eq!(page.status, 200, "{}", page.text());
    page.shows("Demand 1 is recorded.");
    page.shows("Asked the session store.");
    page.shows("Half a sentence");
    page.shows("1 of 3 demands done");
    let after = format!("id=\"after-{one}\"");
    let (next, section) = (page.source().find(&after).unwrap(), page.source().find("id=\"demand-2\"").unwrap());
    assert!(section < next && next < page.source().find("id=\"demand-3\"").unwrap());
    assert_eq!(page.text().matches("Choose the files again").count(), 1);
    assert_eq!(again.leads_to(), task, "sent again it is shown where it went");
    let so_far = world.case(case.id);
    assert_eq!((so_far.results().len(), so_far.results()[0].files.len()), (1, 1));

    // With nothing else typed the page is the task itself, at the next demand.
    let (done, _) = sends(&two, &typed[2..4], &[&two]);
    assert_eq!(done.leads_to(), format!("{task}#demand-3"));
    let page = emil.gets(&task);
    page.shows("The very same file was given for demands 1 and 2");
    page.hides("This task is done.");
    let nothing =
        [(field("outcome", &three), "no_data".to_owned()), (field("account", &three), "All stores.".to_owned())];
    let (done, _) = sends(&three, &nothing, &[]);
    assert_eq!(done.leads_to(), task);
    let page = emil.gets(&task);
    assert!(page.source().find("This task is done.") < page.source().find("<section"));
    let list = site.browser_of(&world.fay()).gets("/log?kind=collection.recorded");
    list.shows("demand 1 · outcome: collected · 4 bytes");
    list.shows("demand 3 · outcome: no data");
}

fn tasks_stand_in_the_order_in_which_their_answers_are_due(world: &World) {
    let due = |on: Option<u32>| {
        let mut paper = subpoena().asking("account/registration");
        paper.entry.return_by = on.map_or(Stated::None, |on| Stated::Is(day(2026, 11, on)));
        to_be_collected(world, paper).reference.to_string()
    };
    let (none, late, soon) = (due(None), due(Some(20)), due(Some(9)));
    let site = world.serves();
    let page = site.browser_of(&world.emil()).gets("/tasks");
    let at = |words: &str| page.text().find(words).unwrap_or_else(|| panic!("no {words}: {}", page.text()));
    assert!(at(&soon) < at(&late) && at(&late) < at(&none));
    page.shows("9 Nov in 7 d");
    page.shows("no date");
}
