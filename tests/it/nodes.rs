//! Several nodes on one register: what one of them knows the other knows, what is sent to both counts once, and the log
//! is one.

use std::sync::Barrier;

use serde_json::json;
use writ::actions::comment::add_comment;
use writ::actions::on_case::OnCase;
use writ::actions::{Ctx, post_form};
use writ::domain::case::Case;
use writ::domain::time::Instant;
use writ::system;
use writ::web::stop::Ending;

use crate::mail::post::Post;
use crate::support::calls::paper;
use crate::support::on_both;
use crate::support::papers::{day, prose, subpoena};
use crate::support::people::Acts;
use crate::support::site::{Client, Page, Site};
use crate::support::world::World;

on_both! {
    a_session_holds_on_every_node_and_ends_on_all_of_them,
    failed_sign_ins_count_on_all_nodes_together,
    a_form_sent_to_two_nodes_at_once_is_done_once,
    a_form_that_could_not_be_taken_may_be_sent_again_to_another_node,
    a_call_with_a_key_sent_to_two_nodes_at_once_counts_once,
    what_a_dying_node_had_done_is_not_done_again,
    two_nodes_that_never_rest_send_and_remind_once,
    acts_on_two_nodes_make_one_log,
}

const SUBSCRIBER: &str = "account/registration";

fn two_nodes(world: &World) -> (Site, Site) {
    (world.serves(), Site::serving(world.another_node(), Ending::default()))
}

fn a_session_holds_on_every_node_and_ends_on_all_of_them(world: &World) {
    let case = world.anna().opens(subpoena().asking(SUBSCRIBER)).done();
    let (one, other) = two_nodes(world);
    let here = one.browser_of(&world.anna());
    let there = here.at(&other);
    let page = format!("/cases/{}", case.reference);
    assert_eq!((here.gets(&page).status, there.gets(&page).status), (200, 200));
    // A form made by one node is taken by the other.
    let comments = format!("{page}/comments");
    let unseen = here.unseen(&format!("{page}?tab=comments"), &comments);
    let fields: Vec<(&str, &str)> = unseen.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    there.posts(&comments, &[&fields[..], &[("text", "From the other node.")]].concat()).leads_to();

    there.posts("/sign-out", &[("token", &here.token_on("/account"))]).leads_to();
    assert_eq!(here.gets(&page).leads_to(), "/sign-in");
    assert_eq!(there.gets(&page).leads_to(), "/sign-in");
}

fn failed_sign_ins_count_on_all_nodes_together(world: &World) {
    let (one, other) = two_nodes(world);
    let tries =
        |site: &Site, password: &str| site.visitor().posts("/sign-in", &[("name", "anna"), ("password", password)]);
    // Five at the same moment, three here and two there: each is counted.
    let start = Barrier::new(5);
    std::thread::scope(|scope| {
        for site in [&one, &other, &one, &other, &one] {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                tries(site, "certainly not it").shows("Name or password is wrong");
            });
        }
    });
    for site in [&one, &other] {
        tries(site, "anna walks the dog").shows("Signing in is paused");
    }
    let failed = world.raw().values("SELECT CAST(failures AS text) AS value FROM throttles WHERE key LIKE 'account:%'");
    assert_eq!(failed, ["5"]);
}

/// Sends the same form to both nodes at the same moment.
fn sends_both(here: &Client<'_>, there: &Client<'_>, action: &str, fields: &[(&str, &str)]) -> [Page; 2] {
    let start = Barrier::new(2);
    let send = |client: &Client<'_>| {
        start.wait();
        client.posts(action, fields)
    };
    std::thread::scope(|scope| {
        let sent = scope.spawn(|| send(there));
        [send(here), sent.join().unwrap()]
    })
}

/// Acts that no version keeps apart: what is only said, and what is new.
fn a_form_sent_to_two_nodes_at_once_is_done_once(world: &World) {
    let case = world.anna().opens(subpoena().asking(SUBSCRIBER)).done();
    let (one, other) = two_nodes(world);
    let page = format!("/cases/{}", case.reference);
    let (anna, gus) = (one.browser_of(&world.anna()), one.browser_of(&world.gus()));
    let (comments, tab) = (format!("{page}/comments"), format!("{page}?tab=comments"));
    for round in 0..8 {
        let unseen = anna.unseen(&tab, &comments);
        let text = format!("Round {round}");
        let mut fields: Vec<(&str, &str)> = unseen.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        fields.push(("text", &text));
        let [here, there] = sends_both(&anna, &anna.at(&other), &comments, &fields);
        assert_eq!(here.leads_to(), there.leads_to(), "both are shown the same");
    }
    assert_eq!(count(world, "comment.added"), 8);

    let before = count(world, "team.added");
    for round in 0..4 {
        let unseen = gus.unseen("/teams", "/teams");
        let name = format!("Team {round}");
        let mut fields: Vec<(&str, &str)> = unseen.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        fields.push(("name", &name));
        let [here, there] = sends_both(&gus, &gus.at(&other), "/teams", &fields);
        assert_eq!(here.leads_to(), there.leads_to());
    }
    assert_eq!(count(world, "team.added"), before + 4);
}

fn count(world: &World, kind: &str) -> usize {
    world.log().iter().filter(|entry| entry.kind == kind).count()
}

fn a_form_that_could_not_be_taken_may_be_sent_again_to_another_node(world: &World) {
    let (one, other) = two_nodes(world);
    let gus = one.browser_of(&world.gus());
    let (unseen, before) = (gus.unseen("/teams", "/teams"), count(world, "team.added"));
    let with = |name: &'static str| -> Vec<(&str, &str)> {
        unseen.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain([("name", name)]).collect()
    };
    // The first name is taken; mended, the same form goes through, elsewhere too.
    let refused = gus.posts("/teams", &with("Legal requests"));
    assert!(refused.status == 422 || refused.status == 409, "{}: {}", refused.status, refused.text());
    gus.at(&other).posts("/teams", &with("Another name")).leads_to();
    assert_eq!(count(world, "team.added"), before + 1);
}

fn a_call_with_a_key_sent_to_two_nodes_at_once_counts_once(world: &World) {
    let (one, other) = two_nodes(world);
    let anna = one.token_of(world, &world.anna());
    let body = json!({ "paper": paper() }).to_string();
    for round in 0..6 {
        let here = anna.anew("idempotency-key", &format!("round {round}"));
        let there = here.at(&other);
        let start = Barrier::new(2);
        let call = |client: &Client<'_>| {
            start.wait();
            client.calls("/api/v1/cases", &body)
        };
        let answers = std::thread::scope(|scope| {
            let sent = scope.spawn(|| call(&there));
            [call(&here), sent.join().unwrap()]
        });
        let mut statuses = answers.each_ref().map(|page| page.status);
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 303], "one did it, the other is told where: {}", answers[0].source());
        assert_eq!(answers[0].location, answers[1].location);
    }
    assert_eq!(world.cases().len(), 6);
}

fn what_a_dying_node_had_done_is_not_done_again(world: &World) {
    let case = world.anna().opens(subpoena().asking(SUBSCRIBER)).done();
    let site = world.serves();
    let anna = site.browser_of(&world.anna());
    let page = format!("/cases/{}", case.reference);
    let comments = format!("{page}/comments");
    let unseen = anna.unseen(&format!("{page}?tab=comments"), &comments);
    // The node committed the act and died before it could say where that led.
    let form = unseen.iter().find(|(name, _)| name == "once").unwrap().1.parse().unwrap();
    let who = world.anna().who;
    let claim = post_form::claim(&world.ctx, &who, form, String::new());
    says(&world.ctx.claiming(claim), world, &case, "Said by the dying node.");

    let mut fields: Vec<(&str, &str)> = unseen.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("text", "Said by the dying node."));
    let again = anna.posts(&comments, &fields);
    assert_eq!(again.status, 409);
    again.shows("This was done already");
    again.shows("reload");
    assert_eq!(count(world, "comment.added"), 1);

    // An act that came to nothing leaves its form free.
    let free = system::fresh_id();
    let claim = post_form::claim(&world.ctx, &who, free, String::new());
    let nowhere = OnCase { reference: writ::domain::case::CaseReference::parse("2026-400000").unwrap(), version: None };
    let nothing = add_comment(&world.ctx.claiming(claim.clone()), &who, &nowhere, prose("Nowhere."));
    assert!(nothing.is_err() && !claim.is_ours() && !claim.is_anothers());
    assert_eq!(post_form::went_to(&world.ctx, &who, free).unwrap(), None);
}

fn says(ctx: &Ctx, world: &World, case: &Case, text: &str) {
    let on = OnCase { reference: case.reference.clone(), version: None };
    add_comment(ctx, &world.anna().who, &on, prose(text)).unwrap();
}

fn two_nodes_that_never_rest_send_and_remind_once(world: &World) {
    let (one, other) = (Post::of(world), Post::elsewhere(world));
    let cases: Vec<Case> = (0..4).map(|_| drafted(world)).collect();
    // Three days before an answer is due.
    world.ctx.clock.set(Instant::new(day(2026, 11, 14).and_hms_opt(7, 0, 0).unwrap().and_utc()));
    let start = Barrier::new(2);
    std::thread::scope(|scope| {
        for node in [&one, &other] {
            let start = &start;
            scope.spawn(move || {
                for _ in 0..12 {
                    start.wait();
                    // A busy register is looked at again in the next round.
                    let _busy = node.jobs.run_once();
                }
            });
        }
    });
    one.jobs.run_once().unwrap();
    let mut mails: Vec<_> = one.all().chain(other.all()).collect();
    let reminders = mails.iter().filter(|mail| mail.subject.contains("is due on")).count();
    assert_eq!((mails.len(), reminders), (cases.len() * 3, cases.len()), "two reviewers asked, one drafter reminded");
    mails.sort_by_key(|mail| mail.id());
    mails.dedup_by_key(|mail| mail.id());
    assert_eq!(mails.len(), cases.len() * 3, "a mail went twice");
    assert_eq!(count(world, "mail.sent"), mails.len());
}

fn drafted(world: &World) -> Case {
    let anna = world.anna();
    let case = anna.opens(subpoena().asking(SUBSCRIBER)).done();
    anna.decides(&anna.assesses(&anna.verifies(&case).done()).done()).done()
}

fn acts_on_two_nodes_make_one_log(world: &World) {
    let case = world.anna().opens(subpoena().asking(SUBSCRIBER)).done();
    let before = world.log().len();
    let nodes = [world.ctx.clone(), world.another_node()];
    let start = Barrier::new(4);
    std::thread::scope(|scope| {
        for (at, node) in nodes.iter().chain(&nodes).enumerate() {
            let (start, case) = (&start, &case);
            scope.spawn(move || {
                start.wait();
                for count in 0..15 {
                    says(node, world, case, &format!("Thread {at}, comment {count}."));
                }
            });
        }
    });
    let log = world.log();
    assert_eq!(log.len(), before + 60);
    assert!(log.iter().enumerate().all(|(at, entry)| usize::try_from(entry.seq) == Ok(at)), "the log has a gap");
    assert!(log.windows(2).all(|pair| pair[0].at <= pair[1].at), "the log goes back in time");
    // That it is one tree is what every story's end asks; the other node finds the same one.
    let there = writ::actions::verify_log::check(&nodes[1]).unwrap().unwrap();
    assert_eq!(there.size, world.verified().size);
}
