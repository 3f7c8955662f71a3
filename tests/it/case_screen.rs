//! The case screen: many demands at once, waits, the facial checklist, comments, the redirect to each of its ends, what
//! changed since a scope was judged, the timeline, and what of it all an auditor sees.

use chrono::TimeDelta;
use writ::actions::open_case::AskedEntry;
use writ::actions::release::release;
use writ::domain::case::Case;
use writ::domain::decision::{CollectionOutcome, Decision, DecisionKind};
use writ::domain::demand::Period;
use writ::domain::finding::FindingCode;
use writ::domain::instrument::Instrument;
use writ::domain::outcome::Outcome;
use writ::domain::redirect::RedirectResult;
use writ::domain::requester::IssuingAuthority;
use writ::domain::staff::Role;
use writ::domain::stage::Stage;
use writ::domain::verdict::Verdict;
use writ::store::log::LogRow;
use writ::web::routes::{Method, ROUTES};

use crate::support::lines::{BAD, two_hundred_lines};
use crate::support::on_both;
use crate::support::papers::{asked, asked_about, day, of_an_organisation, prose, secrecy_order, subpoena, warrant};
use crate::support::people::{Acts, as_assessed, grant, reject};
use crate::support::site::{Client, Page};
use crate::support::world::{World, line};

on_both! {
    two_hundred_identifiers_with_seven_bad_lines,
    a_table_is_read_by_its_columns_and_what_is_known_is_entered_once,
    two_hundred_demands_are_decided_by_groups_and_one_apart,
    a_period_is_split_and_its_parts_are_decided_apart,
    a_paper_without_a_case_is_not_forgotten,
    a_row_is_copied_for_other_data_and_what_we_do_not_keep_is_answered_too,
    a_wait_stops_the_clock_and_holds_the_release,
    a_reviewer_ticks_the_checklist_and_everybody_reads_it,
    a_comment_disturbs_nobody,
    a_redirect_that_went_to_the_customer_counts_as_redirected,
    a_redirect_that_lapsed_counts_as_rejected,
    consent_contract_and_infeasible_lead_back_to_review,
    the_letter_of_a_redirect_promises_nothing_under_an_order_of_secrecy,
    nothing_is_marked_an_override_that_nobody_overrode,
    what_blocks_and_what_is_missing_stands_first_with_the_way_to_mend_it,
    what_is_no_longer_held_is_marked_where_it_is_signed,
    saving_says_what_it_sends_and_to_whom,
    what_a_reviewer_wants_changed_stays_until_the_next_draft_is_sent,
    the_paper_and_related_cases_are_beside_the_approval,
    the_checklist_is_saved_by_the_button_of_its_tab,
    a_production_is_listed_by_demand_before_it_leaves,
    the_second_round_shows_what_changed_since_the_return,
    a_wrong_password_loses_nothing_that_was_typed,
    a_form_is_not_shown_where_it_can_no_longer_be_sent,
    the_timeline_says_which_demand_and_which_decision,
    an_auditor_sees_process_facts_and_no_personal_word,
    a_case_prints_whole,
    a_european_order_asks_by_the_unions_classes,
    what_is_not_known_is_filled_in_where_the_verdict_asks,
}

// ── many demands ─────────────────────────────────────────────────────────────────

fn two_hundred_identifiers_with_seven_bad_lines(world: &World) {
    let case = world.anna().opens(subpoena()).done();
    let site = world.serves();
    let anna = site.browser_of(&world.anna());
    let many = format!("/cases/{}/demands/many", case.reference);
    let lines = two_hundred_lines();
    let sent = |lines: &str, what: &str| {
        let fields = [
            ("lines", lines),
            ("item", "account/registration"),
            ("item", "mail/sign_in_ip_log"),
            ("period_from", "2026-01-01"),
            ("period_to", "2026-10-20"),
            ("in_signed_paper", "yes"),
            ("is_ours", "yes"),
            ("do", what),
        ];
        anna.fills(&many, &many, &fields)
    };

    // Checking enters nothing, and names each bad line with what is wrong.
    let acts = |entries: Vec<LogRow>| entries.into_iter().filter(|e| !e.kind.ends_with("viewed")).collect::<Vec<_>>();
    let (checked, entries) = world.entries_of(|| sent(&lines, "check"));
    assert_eq!((checked.status, acts(entries).len()), (422, 0));
    checked.shows("193 good, 7 to mend");
    checked.shows("193 lines, 386 demands");
    for (at, bad, _) in BAD {
        checked.shows(&format!("{at} {bad} "));
    }
    checked.shows("What kind of identifier this is can't be told");
    checked.shows("This is not a complete e-mail address");
    assert_eq!(textarea(&checked), lines, "nothing typed is lost");
    assert!(world.case(case.id).demands.is_empty());

    // All of them or none: with bad lines there is nothing to add as a whole.
    let (refused, entries) = world.entries_of(|| sent(&lines, "all"));
    assert_eq!((refused.status, acts(entries).len()), (422, 0));

    // The good lines are entered in one act; the bad ones stay, alone.
    let (added, entries) = world.entries_of(|| sent(&lines, "good"));
    assert_eq!(added.status, 200, "{}", added.text());
    added.shows("Entered: demands 1 to 386");
    let kinds: Vec<String> = acts(entries).into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds, ["demands.added"]);
    assert_eq!(world.case(case.id).demands.len(), 386);
    let left = textarea(&added);
    assert_eq!(left.lines().collect::<Vec<_>>(), BAD.iter().map(|(_, bad, _)| *bad).collect::<Vec<_>>());

    // Sent once more, the same lines are known and nothing is entered twice.
    let (again, entries) = world.entries_of(|| sent(&lines, "good"));
    assert_eq!((again.status, acts(entries).len()), (422, 0));
    again.shows("193 lines, not entered twice");
    again.shows("demands 1 and 194");

    // Mended, the seven go in as a whole.
    let mended: Vec<&str> = BAD.iter().map(|(.., right)| *right).collect();
    let (done, entries) = world.entries_of(|| sent(&mended.join("\r\n"), "all"));
    assert_eq!(done.leads_to(), format!("/cases/{}?tab=review#demands", case.reference));
    assert_eq!(acts(entries).len(), 1);
    let case = world.case(case.id);
    assert_eq!((case.demands.len(), case.version), (400, 3));
    let page = anna.gets(&format!("/cases/{}", case.reference));
    page.shows("200 identifiers, demands 1 to 193 and 387 to 393");
    assert!(page.body.len() < 400_000, "the page of a large case weighs {} bytes", page.body.len());
}

fn a_table_is_read_by_its_columns_and_what_is_known_is_entered_once(world: &World) {
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let site = world.serves();
    let anna = site.browser_of(&world.anna());
    let many = format!("/cases/{}/demands/many", case.reference);
    let table = "identifier;kind;service;category;from;to;words\n\
                 +1 (202) 555-0142;phone;account;registration;2026-01-01;2026-10-20;\n\
                 QuietHarbor417;gamertag;Console gaming network;IP history;2026-03-01;2026-09-30;\"sessions; all\"\n";
    let file = [("file", "accounts.csv", table.as_bytes())];
    let checked = anna.fills_with(&many, &many, &[("lines", ""), ("do", "check")], &file);
    assert_eq!(checked.status, 200, "{}", checked.text());
    checked.shows("+1 (202) 555-0142;phone;account;registration;2026-01-01;2026-10-20; demand 1");
    checked.shows("Console gaming network · IP history");
    assert_eq!(textarea(&checked), table.trim_end(), "a file's text can be mended in the form");
    let both = anna.fills_with(&many, &many, &[("lines", "417"), ("do", "check")], &file);
    both.shows("Give either lines or a file");

    anna.fills(&many, &many, &[("lines", table), ("do", "all")]).leads_to();
    let entered = world.case(case.id);
    assert_eq!(entered.demands.len(), 2);
    assert_eq!(entered.demands[1].asked.words.as_ref().map(|w| w.as_str()), Some("sessions; all"));
    // Asked for, what is known is entered once more.
    anna.fills(&many, &many, &[("lines", table), ("again", "yes"), ("do", "all")]).leads_to();
    assert_eq!(world.case(case.id).demands.len(), 4);
}

fn two_hundred_demands_are_decided_by_groups_and_one_apart(world: &World) {
    let mut paper = subpoena();
    for n in 0..100 {
        for item in ["account/registration", "mail/sign_in_ip_log"] {
            paper.demands.push(asked_about(&format!("+1 202 555 {:04}", 100 + n), item));
        }
    }
    let case = world.ben().verifies(&world.anna().opens(paper).done()).done();
    let case = world.anna().assesses(&case).done();
    let site = world.serves();
    let (anna, dan) = (site.browser_of(&world.anna()), site.browser_of(&world.dan()));
    let at = format!("/cases/{}", case.reference);
    let page = anna.gets(&at);
    page.shows("decide demands 1 to 200.");
    let of: Vec<String> = ["of.g0", "of.g1"].map(|name| value_of(&page, name)).into();
    assert!(of[0].starts_with("1, 3, 5") && of[1].starts_with("2, 4, 6"), "{of:?}");
    let token = anna.token_on(&at);
    let version = case.version.to_string();
    let decided = |same: &str, apart: &str, reason: &str| {
        let fields = [
            ("token", token.as_str()),
            ("version", version.as_str()),
            ("of.g0", of[0].as_str()),
            ("decision.g0", same),
            ("reason.g0", reason),
            ("of.g1", of[1].as_str()),
            ("decision.g1", same),
            ("only.7", apart),
        ];
        anna.posts(&format!("{at}/decision"), &fields)
    };
    let wrong = decided("non_content", "reject", "");
    assert_eq!(wrong.status, 422);
    wrong.shows("Group 1, reason of the rejection: Choose the reason code");
    decided("non_content", "reject", "overbroad").leads_to();
    let case = world.case(case.id);
    assert_eq!(case.stage(), Stage::Approval);
    let kinds = |kind| case.draft().unwrap().decisions.iter().filter(|d| d.kind == kind).count();
    assert_eq!((kinds(DecisionKind::NonContent), kinds(DecisionKind::Reject)), (199, 1));
    assert_eq!(case.draft().unwrap().on(case.demands[6].id).unwrap().reason, Some(FindingCode::Overbroad));
    // The approval lists every identifier; the one decided apart is a group of its own.
    let approval = dan.gets(&format!("{at}/approval"));
    for demand in &case.demands {
        assert!(approval.source().contains(&demand.asked.identifier.display()), "{}", demand.position);
    }
    approval.shows("200 demands: 199 given, 1 not given");
    assert!(approval.body.len() < 400_000, "the approval of a large case weighs {} bytes", approval.body.len());
    let page = anna.gets(&at);
    assert!(page.source().contains("name=\"of.g2\" value=\"7\""), "demand 7 stands apart");

    // A form that shows one group leaves the others as they were drafted.
    let unseen = anna.unseen(&at, &format!("{at}/decision"));
    let mut fields: Vec<(&str, &str)> = unseen.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.extend([("of.g2", "7"), ("decision.g2", "clarify")]);
    anna.posts(&format!("{at}/decision"), &fields).leads_to();
    let case = world.case(case.id);
    assert_eq!((case.stage(), case.undecided()), (Stage::Review, vec![7]));
}

// ── less than was asked ──────────────────────────────────────────────────────────

fn a_period_is_split_and_its_parts_are_decided_apart(world: &World) {
    let case = drafted(world);
    let site = world.serves();
    let (anna, dan) = (site.browser_of(&world.anna()), site.browser_of(&world.dan()));
    let at = format!("/cases/{}", case.reference);
    let form = format!("{at}/demands/{}", case.demands[0].id);
    let page = anna.gets(&form);
    page.shows("2026-01-01 … 2026-10-20");
    assert!(page.source().contains("min=\"2026-01-02\" max=\"2026-10-20\""), "days that split it");

    // What does not split it is said beside the field, and nothing else is lost.
    let split = format!("{form}/split");
    let nothing = anna.fills(&form, &split, &[("day", "")]);
    assert_eq!(nothing.status, 422);
    for outside in ["2026-01-01", "2026-10-21"] {
        let (back, entries) = world.entries_of(|| anna.fills(&form, &split, &[("day", outside)]));
        assert_eq!(back.status, 422, "{outside}");
        back.shows("this day does not split its period, 2026-01-01 … 2026-10-20. Give the first day of the later part");
        assert!(back.source().contains(&format!("value=\"{outside}\"")) && back.source().contains("555-0142"));
        assert_eq!(entries.iter().filter(|e| e.kind == "action.refused").count(), 1);
    }
    let mut open = asked("account/registration");
    open.period = Period::default();
    let odd = world.anna().opens(subpoena()).done();
    let odd = world.anna().adds(&odd, open).done();
    world.anna().splits(&odd, odd.demands[0].id, day(2026, 6, 1)).refused_as("no_period");
    anna.gets(&format!("/cases/{}/demands/{}", odd.reference, odd.demands[0].id)).hides("split its period");

    // One act makes two demands of one, which are checked and decided apart.
    let (done, entries) = world.entries_of(|| anna.fills(&form, &split, &[("day", "2026-06-01")]));
    done.leads_to();
    let kinds: Vec<&str> = entries.iter().map(|e| e.kind.as_str()).filter(|kind| !kind.ends_with("viewed")).collect();
    assert_eq!(kinds, ["demand.split"]);
    let before = case.demands[0].clone();
    let case = world.case(case.id);
    assert_eq!((case.stage(), case.demands.len(), case.assessed()), (Stage::Review, 3, None));
    let periods: Vec<String> = case.demands.iter().map(|d| d.asked.period.to_string()).collect();
    assert_eq!(periods, ["2026-01-01 … 2026-05-31", "2026-01-01 … 2026-10-20", "2026-06-01 … 2026-10-20"]);
    let (kept, added) = (&case.demands[0], &case.demands[2]);
    assert_eq!((kept.id, kept.position, added.position), (before.id, 1, 3));
    assert_eq!((&added.asked.identifier, &added.asked.words), (&before.asked.identifier, &before.asked.words));
    let case = world.anna().assesses(&case).done();
    let mut decisions = as_assessed(&case);
    decisions[0] = reject(&case.demands[0], FindingCode::Overbroad);
    let case = world.anna().drafts(&case, decisions).done();
    dan.gets(&format!("{at}/approval")).shows("3 demands: 2 given, 1 not given");
    anna.gets(&format!("{at}?tab=log"))
        .shows("Split the period of demand 1; demand 1: 2026-01-01 … 2026-05-31, demand 3: 2026-06-01 … 2026-10-20");
    let case = world.dan().approves(&case).done();
    assert_eq!(case.granted().len(), 2);
    let mut left = case;
    for demand in left.demands.clone().iter().skip(1) {
        left = world.emil().collects(&left, demand).done();
    }
    let left = world.anna().releases(&left).done();
    world.anna().splits(&left, left.demands[1].id, day(2026, 6, 1)).refused_as("already_released");
}

// ── waits ────────────────────────────────────────────────────────────────────────

fn a_paper_without_a_case_is_not_forgotten(world: &World) {
    let site = world.serves();
    let (anna, ben) = (site.browser_of(&world.anna()), site.browser_of(&world.ben()));
    anna.gets("/queue").hides("no case yet");
    let paper = [("file", "warrant of monday.pdf", b"%PDF-1.4 a warrant".as_slice())];
    let form = anna.fills_with("/cases/new", "/documents", &[], &paper).leads_to().to_owned();
    // She is called away. The queue and the page of a new case lead back to it.
    anna.gets("/queue").shows("1 paper you took in has no case yet: go on");
    let new = anna.gets("/cases/new");
    new.shows("warrant of monday.pdf , taken in by you");
    assert!(new.source().contains(&form), "the paper is no link");
    // A colleague reads that it is there, and nothing of it: nobody knows yet who may know.
    let new = ben.gets("/cases/new");
    new.shows("A paper taken in by Anna Adler, who alone can go on with it");
    new.hides("warrant of monday");
    ben.gets("/queue").hides("no case yet");
    assert_eq!(ben.gets(&form).status, 404);
    // It has no day of service until somebody says which.
    let shown = anna.gets(&form);
    shown.shows("Every clock starts here");
    assert!(shown.source().contains("name=\"received_at\" type=\"datetime-local\" value=\"\""));
    anna.fills(&form, "/cases", &[]).shows("Received");
}

fn a_row_is_copied_for_other_data_and_what_we_do_not_keep_is_answered_too(world: &World) {
    let site = world.serves();
    let anna = site.browser_of(&world.anna());
    let row = [
        ("demands.0.identifier_kind", "email"),
        ("demands.0.identifier", "river.lane@messenger.example"),
        ("demands.0.item", "mail/mail_content"),
        ("demands.0.words", "Attachment B, item a"),
        ("demands.0.period_from", "2026-01-01"),
        ("demands.0.in_signed_paper", "yes"),
        ("demands.1.identifier", "somebody.else@messenger.example"),
        ("docket", "3:26-mj-00452"),
        ("copy_row", "0"),
    ];
    let source = anna.fills("/cases/new?arrival=none", "/cases", &row).source();
    for (name, value) in [("identifier", "river.lane@messenger.example"), ("period_from", "2026-01-01"), ("words", "")]
    {
        let field = source.split(&format!("id=\"demands.2.{name}\"")).nth(1).unwrap().split('>').next().unwrap();
        assert!(field.contains(&format!("value=\"{value}\"")), "{name}: {field}");
    }
    let item = source.split("id=\"demands.2.item\"").nth(1).unwrap();
    assert!(item.split('>').next().unwrap().contains("autofocus"), "one goes on at the kind of data");
    assert!(source.contains("value=\"3:26-mj-00452\"") && source.contains("value=\"somebody.else@messenger.example\""));

    // An item that no service keeps is on the case, and is answered.
    let case = world.anna().opens(warrant().asking("none/content")).done();
    let case = world.anna().verifies(&case).done();
    let case = world.anna().assesses(&case).done();
    let finding = &case.assessed().unwrap().answers[0].assessment.findings[0];
    assert_eq!((finding.code, finding.blocks), (FindingCode::DataNotHeld, false));
    anna.gets(&format!("/cases/{}", case.reference)).shows("no service of ours keeps it");
}

fn a_wait_stops_the_clock_and_holds_the_release(world: &World) {
    let case = delivered(world);
    let site = world.serves();
    let anna = site.token_of(world, &world.anna());
    let at = format!("/cases/{}", case.reference);
    anna.gets(&at).shows("17 Nov in 15 d");

    let early = [("waits_for", "enforcing_authority"), ("asked_of", "Asked."), ("expected_on", "2026-10-01")];
    let page = anna.fills(&at, &format!("{at}/wait"), &early);
    assert_eq!(page.status, 422);
    page.shows("This day has passed");
    let asks =
        [("waits_for", "enforcing_authority"), ("asked_of", "Asked the authority at Bonn."), ("expected_on", "")];
    anna.fills(&at, &format!("{at}/wait"), &asks).leads_to();
    world.ctx.clock.turn(TimeDelta::days(4));
    let page = anna.gets(&at);
    page.shows("stopped, day 5: waiting on the enforcing authority");
    page.shows("Due if it went on now Sat 21 Nov 2026");
    page.shows("Asked the authority at Bonn.");
    page.shows("Nothing may leave now: waiting on the enforcing authority. End the wait when it is over");
    let held = world.anna().releases(&world.case(case.id));
    held.refused_as("release_held");

    anna.fills(&at, &format!("{at}/wait/end"), &[("came_of_it", "It did not object.")]).leads_to();
    let case = world.case(case.id);
    assert_eq!((case.stopped_days, case.due_on()), (4, Some(day(2026, 11, 21))));
    let page = anna.gets(&at);
    page.shows("21 Nov in");
    page.shows("Clock stood still before 4 days");
    assert!(world.anna().releases(&case).done().released().is_some());
    // An objection window holds the release too, and the clock runs on.
    let case = delivered(world);
    let at = format!("/cases/{}", case.reference);
    anna.fills(&at, &format!("{at}/wait"), &[("waits_for", "objection_window"), ("asked_of", "Told the customer.")])
        .leads_to();
    world.ctx.clock.turn(TimeDelta::days(2));
    let case = world.case(case.id);
    assert_eq!(case.due_if_resumed(world.ctx.now()), case.due_on());
    let fresh = writ::actions::sign_in::step_up(
        &world.ctx,
        &world.anna().who,
        &crate::support::world::password_of("anna"),
        writ::domain::staff::Verb::Release,
    );
    let on = writ::actions::on_case::OnCase { reference: case.reference.clone(), version: None };
    let method = writ::domain::decision::ReleaseMethod::Portal;
    release(&world.ctx, &world.anna().who, &on, line("Casey"), method, fresh.done()).refused_as("release_held");
}

// ── checklist and comments ───────────────────────────────────────────────────────

fn a_reviewer_ticks_the_checklist_and_everybody_reads_it(world: &World) {
    let case = drafted(world);
    let site = world.serves();
    let (anna, dan) = (site.browser_of(&world.anna()), site.browser_of(&world.dan()));
    let (tab, action) =
        (format!("/cases/{}?tab=checklist", case.reference), format!("/cases/{}/checklist", case.reference));
    let size = case.checklist().len();

    let unsaid = dan.fills(&tab, &action, &[("answer.signature", "fine"), ("answer.docket", "defect")]);
    assert_eq!(unsaid.status, 422);
    unsaid.shows("Say beside the line what is wrong with the paper.");
    assert!(unsaid.source().contains("name=\"answer.signature\" value=\"fine\" checked"), "what was ticked is kept");

    let said = [("answer.signature", "fine"), ("answer.docket", "defect"), ("note.docket", "The number is cut off.")];
    dan.fills(&tab, &action, &said).leads_to();
    let unchanged = dan.fills(&tab, &action, &said);
    assert_eq!(unchanged.status, 422);
    unchanged.shows("No line was changed");
    assert_eq!(world.log().iter().filter(|e| e.kind == "checklist.ticked").count(), 1);

    let read = anna.gets(&tab);
    read.shows("The number is cut off.");
    assert!(!read.source().contains("name=\"answer."), "an analyst reads the checklist and does not tick it");
    anna.gets(&format!("/cases/{}", case.reference)).shows(&format!("2 of {size} looked at, 1 defect"));
    dan.gets(&format!("/cases/{}/approval", case.reference)).shows(&format!("2 of {size} looked at, 1 defect"));
    let (refused, entries) = world.entries_of(|| {
        let token = anna.token_on(&format!("/cases/{}?tab=comments", case.reference));
        anna.posts(&action, &[("token", &token), ("answer.dates", "fine")])
    });
    assert_eq!(refused.status, 403);
    assert_eq!(entries.iter().filter(|e| e.kind == "action.refused").count(), 1);
    // Another reading of the paper is looked at anew.
    let case = world.anna().amends(&world.case(case.id), subpoena().entry).done();
    assert!(case.ticks.is_empty());
}

fn a_comment_disturbs_nobody(world: &World) {
    let case = drafted(world);
    let site = world.serves();
    let (anna, ben) = (site.browser_of(&world.anna()), site.browser_of(&world.ben()));
    let at = format!("/cases/{}", case.reference);
    // Anna has her form open while Ben speaks.
    let unseen = anna.unseen(&at, &format!("{at}/secrecy"));
    let comments = format!("{at}?tab=comments");
    let empty = ben.fills(&comments, &format!("{at}/comments"), &[("text", " ")]);
    assert_eq!(empty.status, 422);
    ben.fills(&comments, &format!("{at}/comments"), &[("text", "The clerk rang.\nCall back on Monday.")]).leads_to();
    assert_eq!(world.case(case.id).version, case.version);
    let mut fields: Vec<(&str, &str)> = unseen.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.extend([("source", "request"), ("starts_on", "2026-10-26"), ("ends_on_none", "yes")]);
    anna.posts(&format!("{at}/secrecy"), &fields).leads_to();

    let page = anna.gets(&comments);
    page.shows("Comments 1");
    page.shows("The clerk rang. Call back on Monday.");
    page.shows("Ben Brook");
    anna.gets(&format!("{at}?tab=log")).shows("Commented The clerk rang.");
}

// ── the redirect ─────────────────────────────────────────────────────────────────

fn a_redirect_that_went_to_the_customer_counts_as_redirected(world: &World) {
    let site = world.serves();
    let (anna, carla) = (site.browser_of(&world.anna()), site.token_of(world, &world.carla()));
    for result in [RedirectResult::Withdrawn, RedirectResult::CustomerAnswered] {
        let case = redirected(world);
        let at = format!("/cases/{}", case.reference);
        let page = anna.gets(&at);
        page.shows("Next: record what became of the redirect.");
        page.shows("To: Bureau of Sample Inquiries");
        page.shows("Tenant GmbH General Counsel legal@tenant.example Account: +1 (202) 555-0142");
        page.shows("we tell the organisation of your paper before anything");
        page.hides("Carla Corn, Legal");
        let letter = anna.gets(&format!("{at}/redirect-letter"));
        letter.shows(&format!("Our reference: {}", case.reference));
        // Closing or withdrawing meanwhile would guess at what became of it.
        world.anna().closes(&case).refused_as("redirect_pending");
        world.anna().withdraws(&case).refused_as("redirect_pending");

        let unsaid = anna.fills(&at, &format!("{at}/redirect"), &[("redirect_result", result.as_str())]);
        assert_eq!(unsaid.status, 422);
        let said = [("redirect_result", result.as_str()), ("redirect_account", "Casey Mockford wrote on Monday.")];
        anna.fills(&at, &format!("{at}/redirect"), &said).leads_to();
        let page = anna.gets(&at);
        page.shows(&format!("{} . The case can be closed and counts as redirected", result.label()));
        page.shows("close the case as “redirected”");
        // Whether somebody closes it or records that the agency withdrew: it went to the customer.
        let (anna, case) = (world.anna(), world.case(case.id));
        let ended = if result == RedirectResult::Withdrawn { anna.withdraws(&case) } else { anna.closes(&case) };
        assert_eq!(ended.done().closing().unwrap().outcome, Outcome::Redirected);
    }
    carla.gets("/reports/transparency.csv").shows("2026-H2,US,enterprise,2,2,0,0,0,0,2,0,0,0");
}

fn a_redirect_that_lapsed_counts_as_rejected(world: &World) {
    let case = answered(world, RedirectResult::Lapsed);
    let case = world.anna().closes(&case).done();
    assert_eq!(case.closing().unwrap().outcome, Outcome::Rejected);
    let carla = world.serves();
    let carla = carla.token_of(world, &world.carla());
    carla.gets("/reports/transparency.csv").shows("2026-H2,US,enterprise,1,1,0,0,0,1,0,0,0,0");
}

fn consent_contract_and_infeasible_lead_back_to_review(world: &World) {
    let rita = world.hires("rita", "Rita Rost", &[Role::Reviewer], false);
    for result in [RedirectResult::Consent, RedirectResult::Contract, RedirectResult::Infeasible] {
        let case = answered(world, result);
        assert_eq!((case.stage(), case.approvals().len()), (Stage::Review, 0), "{result}");
        // Whoever recorded the answer edited the scope with it.
        assert!(case.scope.was_edited_by(world.anna().id()));
        let case = world.anna().assesses(&case).done();
        let beyond = |d| Decision { override_reason: Some(prose("The customer agreed in writing.")), ..grant(d) };
        let case = world.carla().drafts(&case, case.demands.iter().map(beyond).collect()).done();
        let case = world.dan().approves(&case).done();
        let case = rita.approves(&case).done();
        let case = world.emil().collects(&case, &case.demands[0]).done();
        let case = world.anna().closes(&world.anna().releases(&case).done()).done();
        // What followed is what is counted; how it came to that is kept apart.
        assert_eq!(case.closing().unwrap().outcome, Outcome::NonContentOnly);
        assert_eq!(case.last_redirect(), Some(result));
    }
}

fn the_letter_of_a_redirect_promises_nothing_under_an_order_of_secrecy(world: &World) {
    let case = redirected_with(world, |world, case| world.anna().records_secrecy(case, secrecy_order()).done());
    let site = world.serves();
    let page = site.browser_of(&world.anna()).gets(&format!("/cases/{}", case.reference));
    page.shows("A binding order of secrecy is in force to 2027-10-26");
    page.shows("We know of the order of secrecy and have told nobody at the organisation.");
    page.shows("Tenant GmbH Account:");
    assert!(!page.text().contains("we tell the organisation of your paper"));
    let letter = site.browser_of(&world.anna()).gets(&format!("/cases/{}/redirect-letter", case.reference));
    letter.hides("General Counsel");
}

// ── approval ─────────────────────────────────────────────────────────────────────

fn nothing_is_marked_an_override_that_nobody_overrode(world: &World) {
    let case = drafted(world);
    let site = world.serves();
    let anna = site.browser_of(&world.anna());
    let marked = |case: &Case| {
        let page = anna.gets(&format!("/cases/{}", case.reference));
        let is_listed = anna.gets("/queue?mark=override").text().contains(case.reference.as_str());
        assert_eq!(case.has_override(), is_listed, "the list and the case differ");
        // The head wears the mark once, the rows once each.
        page.source().matches("chip override").count() > 0 || is_listed
    };
    assert!(!marked(&case));
    // Adding, changing and mending leave the decisions as a draft of what is no longer asked.
    let case = world.anna().adds(&case, asked("mail/address_book")).done();
    assert!(case.draft().is_some() && !marked(&case), "added to");
    let case = world
        .anna()
        .changes(&case, case.demands[0].id, asked_about("+1 202 555 0187", "account/sign_in_access"))
        .done();
    assert!(!marked(&case), "changed");
    // Checked anew, the verdict on what is asked now is not one that anybody went beyond.
    let case = world.anna().assesses(&case).done();
    assert!(!marked(&case), "checked");

    // What a reviewer did override is marked, until the scope is edited.
    let beyond = |d| Decision { override_reason: Some(prose("The court asked us by name.")), ..grant(d) };
    let case = world.carla().drafts(&case, case.demands.iter().map(beyond).collect()).done();
    assert!(marked(&case), "overridden");
    let case = world.dan().returns(&case, "Say which court.").done();
    assert!(marked(&case), "returned as it was");
    let case = world.anna().adds(&case, asked("account/registration")).done();
    assert!(!marked(&case), "edited");
    let case = world.anna().assesses(&case).done();
    assert!(!marked(&case), "checked, not decided anew");
}

/// What stands on a page after a part of it.
#[track_caller]
fn after(page: &Page, part: &str) -> String {
    let source = page.source();
    source.split_once(part).unwrap_or_else(|| panic!("no {part} on {source}")).1.to_owned()
}

fn what_blocks_and_what_is_missing_stands_first_with_the_way_to_mend_it(world: &World) {
    let mut paper = subpoena().asking("account/registration").asking("mail/sign_in_ip_log");
    paper.entry.is_signed = Some(false);
    let case = world.ben().verifies(&world.anna().opens(paper).done()).done();
    let site = world.serves();
    let (anna, fay) = (site.browser_of(&world.anna()), site.browser_of(&world.fay()));
    let at = format!("/cases/{}", case.reference);
    world.anna().assesses(&case).done();
    let page = anna.gets(&at);
    // What blocks stands above the demands, once, with the way to mend what was read wrong.
    let blocking = after(&page, "id=\"blocking\"");
    let (above, below) = blocking.split_once("id=\"demands\"").unwrap();
    assert!(above.contains("<code>not_signed</code>") && above.contains(&format!("href=\"{at}/amend\"")), "{above}");
    assert!(!below.contains("<code>not_signed</code> R3"), "a finding stands on the page twice");
    // Facts are called as the form calls them, and lead to it.
    let facts = after(&page, "Facts the verdict rests on");
    for (fact, field) in [("Is it signed?", "amend#is_signed"), ("Instrument", "amend#instrument")] {
        assert!(facts.contains(&format!("<a href=\"{at}/{field}\">{fact}</a>")), "{fact}: {facts}");
        assert!(anna.gets(&format!("{at}/amend")).source().contains(&format!("id=\"{}\"", &field[6..])), "{field}");
    }
    page.hides("when the paper was served");

    // One field is empty: the row names it as its form does, and leads there.
    let mut paper = subpoena().asking("account/registration");
    paper.demands[0].is_ours = None;
    let case = world.ben().verifies(&world.anna().opens(paper).done()).done();
    let at = format!("/cases/{}", case.reference);
    world.anna().assesses(&case).done();
    let page = anna.gets(&at);
    page.shows("Missing: Is the account ours? on this demand: fill it in");
    page.hides("as the paper stands");
    let form = format!("{at}/demands/{}", case.demands[0].id);
    assert!(page.source().contains(&format!("href=\"{form}#is_ours\"")));
    anna.gets(&form).shows("Is the account ours?");
    // Who audits sees what is missing, and no way to forms that are not theirs.
    fay.gets(&at).shows("Missing: Is the account ours? on this demand");
    fay.gets(&at).hides("/amend");
}

fn what_is_no_longer_held_is_marked_where_it_is_signed(world: &World) {
    let mut paper = subpoena().asking("account/registration").asking("mail/sign_in_ip_log");
    paper.demands.push(AskedEntry {
        period: Period::new(Some(day(2026, 1, 1)), Some(day(2026, 3, 1))).unwrap(),
        ..asked("account/sign_in_access")
    });
    let case = world.ben().verifies(&world.anna().opens(paper).done()).done();
    let case = world.anna().assesses(&case).done();
    let site = world.serves();
    let (anna, dan, fay) =
        (site.browser_of(&world.anna()), site.browser_of(&world.dan()), site.browser_of(&world.fay()));
    let at = format!("/cases/{}", case.reference);
    let page = anna.gets(&at);
    page.shows("2026-01-01 … 2026-10-20 held from 2026-08-31");
    page.shows("2026-01-01 … 2026-03-01 no longer held");
    assert_eq!(page.source().matches("chip warn").count(), 2, "what is held whole is not marked");
    let case = world.anna().decides(&case).done();
    let page = dan.gets(&format!("{at}/approval"));
    page.shows("2026-01-01 … 2026-10-20 held from 2026-08-31");
    page.shows(
        "on demand 2 : “Sign-in IP log” is kept from 2026-08-31 on; what is asked before that day is no longer held.",
    );
    assert!(page.source().contains(&format!("href=\"{at}#finding-data_not_held\"")));
    let sealed = fay.gets(&format!("{at}/approval"));
    sealed.shows("not all of it held");
    sealed.hides("2026-08-31");
    // What stands in the log of the case is what was found, whatever the catalogue says later.
    assert_eq!(case.assessed().unwrap().answers[1].assessment.findings[0].held_from, Some(day(2026, 8, 31)));
}

fn saving_says_what_it_sends_and_to_whom(world: &World) {
    let paper = warrant().asking("mail/mail_content").asking("account/registration");
    let case = world.ben().verifies(&world.anna().opens(paper).done()).done();
    let case = world.anna().assesses(&case).done();
    let site = world.serves();
    let anna = site.browser_of(&world.anna());
    let at = format!("/cases/{}", case.reference);
    let page = anna.gets(&at);
    page.shows("saving sends the draft to approval (1 reviewer needed, 2 where content is given). Save decisions");
    page.hides("Sent to approval");
    for (value, label) in [("content", "give (content)"), ("non_content", "give (records)")] {
        assert!(page.source().contains(&format!("<option value=\"{value}\">{label}</option>")), "{label}");
    }
    // Reasons stand under the headings of their classes.
    let reasons = after(&page, "Reason, where rejected");
    for (heading, first) in [("R3 defective on its face", "the paper is not signed"), ("R7 scope", "asked too broadly")]
    {
        let under = reasons.split_once(&format!("<optgroup label=\"{heading}\">")).unwrap().1;
        assert!(under.split("</optgroup>").next().unwrap().contains(&format!(">{first}</option>")), "{heading}");
    }
    world.anna().decides(&case).done();
    anna.gets(&at).shows("Sent to approval: 2 reviewers still needed Anna Adler");
    let plain = drafted(world);
    let at = format!("/cases/{}", plain.reference);
    anna.gets(&at).shows("Sent to approval: 1 reviewer still needed");
    world.carla().approves(&plain).done();
    anna.gets(&at).hides("Sent to approval");
}

fn what_a_reviewer_wants_changed_stays_until_the_next_draft_is_sent(world: &World) {
    let case = world.carla().returns(&drafted(world), "Cut the period of demand 2.").done();
    let site = world.serves();
    let anna = site.browser_of(&world.anna());
    let at = format!("/cases/{}", case.reference);
    let said = |page: &Page| {
        page.shows("Carla Corn returned the draft");
        page.shows("Cut the period of demand 2.");
    };
    let page = anna.gets(&at);
    said(&page);
    // The gate and the bar say the same, and the button what it does.
    let wanted = "Returned by Carla Corn: change what is asked, then send it again.";
    page.shows(&format!("decided 2 of 2 : shut. {wanted}"));
    page.shows(&format!("send them to approval. {wanted}"));
    page.shows("Save and send to approval");
    page.hides("Decide every demand;");

    let case = world.anna().splits(&case, case.demands[1].id, day(2026, 6, 1)).done();
    said(&anna.gets(&at));
    let case = world.anna().assesses(&case).done();
    said(&anna.gets(&at));
    anna.gets("/approvals").shows(case.reference.as_str());
    // Half a draft is not sent.
    let half = as_assessed(&case).into_iter().take(1).collect();
    let case = world.anna().drafts(&case, half).done();
    said(&anna.gets(&at));
    world.anna().decides(&case).done();
    anna.gets(&at).hides("Cut the period of demand 2.");
}

fn the_paper_and_related_cases_are_beside_the_approval(world: &World) {
    let (case, other) = (drafted(world), world.anna().opens(subpoena()).done());
    let site = world.serves();
    let (anna, dan) = (site.browser_of(&world.anna()), site.browser_of(&world.dan()));
    let (at, related) = (format!("/cases/{}", case.reference), format!("/cases/{}/related", case.reference));
    let link = [("other", other.reference.as_str()), ("kind", "duplicate_of"), ("note", "")];
    anna.fills(&related, &format!("{at}/links"), &link).leads_to();
    let page = dan.gets(&format!("{at}/approval"));
    let paper =
        format!("<a href=\"/documents/{}\" target=\"_blank\" rel=\"noopener\">Open the paper", case.documents[0].id);
    assert!(page.source().contains(&paper));
    page.shows(&format!("Hangs together with {} (the same paper served again", other.reference));
    page.shows("holds the same paper, byte for byte");
    assert!(!after(&page, "Hangs together with").contains(&format!("{at}\">{}", case.reference)), "not with itself");
}

fn the_checklist_is_saved_by_the_button_of_its_tab(world: &World) {
    let case = drafted(world);
    let site = world.serves();
    let (anna, dan) = (site.browser_of(&world.anna()), site.browser_of(&world.dan()));
    let tab = format!("/cases/{}?tab=checklist", case.reference);
    let page = dan.gets(&tab);
    assert!(page.source().contains("<button class=\"btn primary\" form=\"answer\">Save the checklist</button>"));
    assert_eq!(page.source().matches("Save the checklist").count(), 1);
    page.shows("Next: save what you ticked. Then: another person approves the scope; 0 of 1 so far.");
    anna.gets(&tab).hides("Save the checklist");
    dan.gets(&format!("/cases/{}", case.reference)).shows("Read and approve the scope");
    // When every line is looked at, the bar leads on.
    let lines: Vec<String> = case.checklist().iter().map(|(item, _)| format!("answer.{item}")).collect();
    let all: Vec<(&str, &str)> = lines.iter().map(|line| (line.as_str(), "fine")).collect();
    dan.fills(&tab, &format!("/cases/{}/checklist", case.reference), &all).leads_to();
    dan.gets(&tab).shows("Read and approve the scope");
}

fn a_production_is_listed_by_demand_before_it_leaves(world: &World) {
    let mut case = world.carla().approves(&drafted(world)).done();
    let files: [(&str, &[u8]); 2] = [("first.csv", b"a,b\n1,2\n"), ("second.csv", b"c,d\n3,4\n")];
    for (demand, file) in case.demands.clone().iter().zip(files) {
        case = world.emil().records(&case, demand, CollectionOutcome::Collected, &[file]).done();
    }
    let site = world.serves();
    let (anna, ben, fay) =
        (site.browser_of(&world.anna()), site.browser_of(&world.ben()), site.browser_of(&world.fay()));
    let at = format!("/cases/{}", case.reference);
    let page = anna.gets(&at);
    page.shows("Writ sends nothing. Deliver the files yourself, then record here how and to whom.");
    page.shows("1 +1 202-555-0142 Account · Registration record 2026-01-01 … 2026-10-20 first.csv 8 B");
    page.shows("2 +1 202-555-0142 Web mail · Sign-in IP log 2026-01-01 … 2026-10-20 second.csv 8 B");
    let second = case.documents.iter().find(|d| d.file_name.as_str() == "second.csv").unwrap();
    assert!(page.source().contains(&format!("<a href=\"/documents/{}\">second.csv</a>", second.id)));
    // Ben rang back: he is told why he can't, and by whom it can be done.
    ben.gets(&at).shows("A colleague who neither collected for it nor made the call-back must release the production.");
    anna.gets(&format!("{at}?tab=documents")).shows("second.csv collected data demand 2: +1 202-555-0142");
    let sealed = fay.gets(&format!("{at}?tab=documents"));
    sealed.shows("collected data demand 2");
    sealed.hides("555-0142");
}

fn the_second_round_shows_what_changed_since_the_return(world: &World) {
    let case = drafted(world);
    let site = world.serves();
    let (dan, fay) = (site.browser_of(&world.dan()), site.browser_of(&world.fay()));
    let approval = format!("/cases/{}/approval", case.reference);
    dan.gets(&approval).shows("This is the first draft: none was returned or approved before.");
    let case = world.carla().returns(&case, "Cut the period of demand 2.").done();
    let shorter = AskedEntry {
        period: writ::domain::demand::Period::new(Some(day(2026, 3, 1)), Some(day(2026, 10, 20))).unwrap(),
        ..asked("mail/sign_in_ip_log")
    };
    let case = world.anna().changes(&case, case.demands[1].id, shorter).done();
    let case = world.ben().adds(&case, asked("mail/address_book")).done();
    let mended = writ::actions::open_case::PaperEntry {
        docket: writ::domain::stated::Stated::Is(line("26-GJ-0117-05")),
        ..subpoena().entry
    };
    let case = world.anna().amends(&case, mended).done();
    // Another officer entered the directory with the amended paper, so the requester is checked anew.
    let case = if case.is_verified() { case } else { world.ben().verifies(&case).done() };
    let case = world.anna().assesses(&case).done();
    let case = world.anna().decides(&case).done();

    let page = dan.gets(&approval);
    page.shows("Carla Corn returned an earlier draft");
    page.shows("To change: “Cut the period of demand 2.”");
    page.shows("Demand 2: period 2026-01-01 … 2026-10-20 2026-03-01 … 2026-10-20");
    page.shows("Demand 3: added nothing Web mail · Address book");
    page.shows("The paper: docket 26-GJ-0117-04 26-GJ-0117-05");
    page.shows("Edited since by");
    page.shows("Comments 0");
    assert!(!page.text().contains("Demand 1: "), "demand 1 is as it was");
    let sealed = fay.gets(&approval);
    sealed.shows("Demand 2: period 2026-01-01 … 2026-10-20 2026-03-01 … 2026-10-20");
    for word in ["Cut the period", "26-GJ-0117"] {
        sealed.hides(word);
    }
    // Whoever approves sees it, and counts once.
    let case = world.dan().approves(&case).done();
    world.dan().approves(&case).refused_as("approver_counted");
}

fn a_wrong_password_loses_nothing_that_was_typed(world: &World) {
    let case = drafted(world);
    let site = world.serves();
    let carla = site.browser_of(&world.carla());
    let (approval, approve) =
        (format!("/cases/{}/approval", case.reference), format!("/cases/{}/approve", case.reference));
    let sent = [("password", "certainly not it"), ("because", "Demand 2 asks too much, I think.")];
    let (back, entries) = world.entries_of(|| carla.fills(&approval, &approve, &sent));
    assert_eq!(back.status, 422);
    back.shows("That password is not right. Nothing was approved.");
    back.shows("Demand 2 asks too much, I think.");
    back.hides("certainly not it");
    assert_eq!(entries.iter().filter(|e| e.kind == "action.refused").count(), 1);
    assert!(world.case(case.id).approvals().is_empty());
    // The same form sends it back.
    let unseen = carla.unseen(&approval, &approve);
    let mut fields: Vec<(&str, &str)> = unseen.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("because", "Demand 2 asks too much."));
    carla.posts(&format!("/cases/{}/return", case.reference), &fields).leads_to();
    assert_eq!(world.case(case.id).stage(), Stage::Review);

    let case = delivered(world);
    let anna = site.browser_of(&world.anna());
    let (at, release) = (format!("/cases/{}", case.reference), format!("/cases/{}/release", case.reference));
    let sent = [("to", "Casey Mockford"), ("method", "portal"), ("password", "nor this")];
    let back = anna.fills(&at, &release, &sent);
    assert_eq!(back.status, 422);
    back.shows("That password is not right. Nothing was released.");
    assert!(back.source().contains("value=\"Casey Mockford\""));
    assert!(world.case(case.id).released().is_none());
}

fn a_form_is_not_shown_where_it_can_no_longer_be_sent(world: &World) {
    let case = world.anna().releases(&delivered(world)).done();
    let site = world.serves();
    let anna = site.browser_of(&world.anna());
    let at = format!("/cases/{}", case.reference);
    for form in ["amend".to_owned(), format!("demands/{}", case.demands[0].id), "demands/many".to_owned()] {
        let (page, entries) = world.entries_of(|| anna.gets(&format!("{at}/{form}")));
        assert_eq!(page.status, 403, "{form}");
        page.shows("The production has been released; what left can't be changed.");
        assert_eq!(entries.iter().filter(|e| e.kind == "action.refused").count(), 1, "{form}");
    }
}

// ── reading ──────────────────────────────────────────────────────────────────────

fn the_timeline_says_which_demand_and_which_decision(world: &World) {
    let case = drafted(world);
    world.carla().returns(&case, "Say more on demand 2.").done();
    world.dan().releases(&world.case(case.id)).refused_as("gate_shut");
    let site = world.serves();
    let anna = site.browser_of(&world.anna());
    // Her first look stands there by the time of the second.
    anna.gets(&format!("/cases/{}", case.reference));
    let page = anna.gets(&format!("/cases/{}?tab=log", case.reference));
    page.shows("Mon 2 Nov 2026");
    page.shows("Drafted decisions: non-content on demands 1 and 2; scope");
    page.shows("Returned the draft Say more on demand 2.");
    page.shows("Tried to release a production and was refused: gate shut");
    page.shows("Checked the legal basis: permitted on demands 1 and 2");
    page.shows("Opened the case with 2 demands and 1 document +1 202-555-0142");
    // Looks stand apart from acts.
    let (acts, looks) =
        page.text().split_once("Looks at this case").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert!(!acts.contains("Looked at the case") && looks.contains("Looked at the case"));
}

/// A case with something said in every place where people write.
fn talkative(world: &World) -> Case {
    let case = redirected_with(world, |world, case| {
        let case = world.anna().records_secrecy(case, secrecy_order()).done();
        let site = world.serves();
        let (anna, dan) = (site.token_of(world, &world.anna()), site.token_of(world, &world.dan()));
        let at = format!("/cases/{}", case.reference);
        anna.posts(&format!("{at}/comments"), &[("text", "quokka in a comment")]).leads_to();
        let tick = [("answer.dates", "defect"), ("note.dates", "quokka in a note")];
        dan.posts(&format!("{at}/checklist"), &tick).leads_to();
        let wait = [("waits_for", "awaiting_requester"), ("asked_of", "quokka was asked")];
        anna.posts(&format!("{at}/wait"), &wait).leads_to();
        anna.posts(&format!("{at}/wait/end"), &[("came_of_it", "quokka came of it")]).leads_to();
        anna.posts(&format!("{at}/wait"), &[("waits_for", "challenged"), ("asked_of", "quokka went to court")])
            .leads_to();
        world.case(case.id)
    });
    let site = world.serves();
    let said = [("redirect_result", "lapsed"), ("redirect_account", "quokka never came back")];
    site.token_of(world, &world.anna()).posts(&format!("/cases/{}/redirect", case.reference), &said).leads_to();
    world.case(case.id)
}

const TABS: [&str; 7] = ["review", "requester", "checklist", "documents", "comments", "related", "log"];

fn an_auditor_sees_process_facts_and_no_personal_word(world: &World) {
    let case = talkative(world);
    let site = world.serves();
    let (anna, fay) = (site.browser_of(&world.anna()), site.browser_of(&world.fay()));
    let at = format!("/cases/{}", case.reference);
    let mut pages: Vec<String> = TABS.map(|tab| format!("{at}?tab={tab}")).into();
    pages.extend([format!("{at}/print"), format!("{at}/approval")]);
    let personal =
        ["quokka", "555-0142", "Tenant GmbH", "Casey Mockford", "Bureau of Sample", "26-GJ", "seriously jeopardise"];
    for path in &pages {
        let (open, sealed) = (anna.gets(path), fay.gets(path));
        assert_eq!((open.status, sealed.status), (200, 200), "{path}");
        for word in personal {
            assert!(!sealed.source().contains(word), "{path} gives “{word}” away to an auditor");
        }
        assert!(
            !sealed.source().contains("method=\"post\" action=\"/cases"),
            "{path} offers an auditor something to do"
        );
    }
    assert_eq!(fay.gets(&format!("{at}/redirect-letter")).leads_to(), at);
    let print = fay.gets(&format!("{at}/print"));
    for fact in ["challenged in court", "1 defect", "lapsed", "Began to wait", "Commented", "redirect", "sealed"] {
        print.shows(fact);
    }
    fay.gets(&format!("{at}?tab=comments")).shows("Anna Adler");
    for word in ["quokka in a comment", "quokka went to court", "quokka never came back", "quokka in a note"] {
        anna.gets(&format!("{at}/print")).shows(word);
    }
}

fn a_case_prints_whole(world: &World) {
    let case = talkative(world);
    let site = world.serves();
    let print = site.browser_of(&world.anna()).gets(&format!("/cases/{}/print", case.reference));
    for part in [
        "Printed from Writ by Anna Adler",
        "If nobody acts",
        "Demands 1",
        "Findings",
        "Waiting challenged in court",
        "Secrecy 1",
        "Requester and paper",
        "Facial checklist 1 of",
        "Documents 1",
        "Timeline",
        "To: Bureau of Sample Inquiries",
        "Opened the case",
    ] {
        print.shows(part);
    }
    let main = print.source().split("<main").nth(1).unwrap().to_owned();
    assert!(!main.contains("<form") && !main.contains("<select") && !main.contains("<button"), "paper takes no input");
}

/// Counts statements on every connection that is made after it. Each test is a process of its own.
mod statements {
    use std::sync::Mutex;

    use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

    use super::*;

    /// What was asked, as diesel spells it.
    static ASKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

    fn counter() -> Option<Box<dyn Instrumentation>> {
        Some(Box::new(|event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                ASKED.lock().unwrap().push(query.to_string());
            }
        }))
    }

    #[test]
    fn sqlite() {
        set_default_instrumentation(counter).unwrap();
        World::sqlite().tell(a_page_of_a_case_needs_at_most_eight);
    }

    #[test]
    fn postgres() {
        set_default_instrumentation(counter).unwrap();
        if let Some(world) = World::postgres() {
            world.tell(a_page_of_a_case_needs_at_most_eight);
        }
    }

    fn a_page_of_a_case_needs_at_most_eight(world: &World) {
        let case = drafted(world);
        let site = world.serves();
        let dan = site.browser_of(&world.dan());
        let at = format!("/cases/{}", case.reference);
        let needs = |path: &str| {
            // The first look records the view, the second is covered by it.
            assert_eq!(dan.gets(path).status, 200, "{path}");
            ASKED.lock().unwrap().clear();
            dan.gets(path);
            let asked = std::mem::take(&mut *ASKED.lock().unwrap());
            asked.into_iter().filter(|query| is_of_the_page(query)).collect::<Vec<_>>()
        };
        let mut pages: Vec<String> = TABS.map(|tab| format!("{at}?tab={tab}")).into();
        pages.extend(["print", "approval", "demands/many"].map(|page| format!("{at}/{page}")));
        for path in pages {
            let asked = needs(&path);
            assert!((4..=8).contains(&asked.len()), "{path} needs {} statements:\n{}", asked.len(), asked.join("\n"));
        }
    }

    /// Who looks, what the bar counts, whether that view is recorded already, and whether a connection lives, is asked on every page.
    fn is_of_the_page(query: &str) -> bool {
        let query = query.replace(['`', '"'], "");
        let tables = ["sessions", "views", "staff_roles", "staff_teams"];
        query.starts_with("SELECT ")
            && !query.starts_with("SELECT 1 ")
            // What the bar counts is read with the session.
            && !query.contains("sum(CASE WHEN")
            && !tables
                .iter()
                .any(|table| query.contains(&format!("FROM {table}")) || query.contains(&format!("FROM ({table}")))
    }
}

#[test]
fn every_act_on_a_case_is_a_plain_form() {
    let posts = ROUTES.iter().filter(|r| r.method == Method::Post && r.path.starts_with("/cases/"));
    let templates = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/web/templates")).unwrap();
    let text: String = templates.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    for route in posts {
        let end = route.path.rsplit('/').next().unwrap();
        let end = if end.starts_with('{') { "{{ id }}" } else { end };
        assert!(
            text.contains(&format!("/{end}\"")) || text.contains(&format!("{end}{{")),
            "no form for {}",
            route.path
        );
    }
}

// ── the cases ────────────────────────────────────────────────────────────────────

/// Two demands within a subpoena's reach, assessed and drafted by Anna, verified by Ben.
fn drafted(world: &World) -> Case {
    let paper = subpoena().asking("account/registration").asking("mail/sign_in_ip_log");
    let case = world.ben().verifies(&world.anna().opens(paper).done()).done();
    let case = world.anna().assesses(&case).done();
    let case = world.anna().drafts(&case, as_assessed(&case)).done();
    assert_eq!(case.stage(), Stage::Approval);
    case
}

/// Collected by Emil and ready to leave.
fn delivered(world: &World) -> Case {
    let mut case = world.carla().approves(&drafted(world)).done();
    for demand in case.demands.clone() {
        case = world.emil().collects(&case, &demand).done();
    }
    case
}

/// An organisation's account, redirected by Anna and approved by Carla.
fn redirected(world: &World) -> Case {
    redirected_with(world, |_, case| case.clone())
}

fn redirected_with(world: &World, before_approval: impl Fn(&World, &Case) -> Case) -> Case {
    let case = world.ben().verifies(&world.anna().opens(of_an_organisation()).done()).done();
    let case = world.anna().assesses(&case).done();
    let to = |demand| Decision {
        kind: DecisionKind::Redirect,
        reason: None,
        redirect_to: Some(line("Tenant GmbH")),
        note: None,
        ..reject(demand, FindingCode::CustomerEnterprise)
    };
    let case = world.anna().drafts(&case, case.demands.iter().map(to).collect()).done();
    let case = before_approval(world, &case);
    let case = world.carla().approves(&case).done();
    assert!(case.is_redirect_pending());
    case
}

/// A redirect with its answer recorded through the site.
fn answered(world: &World, result: RedirectResult) -> Case {
    let case = redirected(world);
    let site = world.serves();
    let anna: Client<'_> = site.token_of(world, &world.anna());
    let said = [("redirect_result", result.as_str()), ("redirect_account", "Casey Mockford wrote on Monday.")];
    anna.posts(&format!("/cases/{}/redirect", case.reference), &said).leads_to();
    world.case(case.id)
}

// ── reading a page ───────────────────────────────────────────────────────────────

/// What stands in the lines of the form, as a browser would send it.
fn textarea(page: &Page) -> String {
    let source = page.source();
    let from = source.split("<textarea id=\"lines\"").nth(1).unwrap();
    let text = from.split_once('>').unwrap().1.split("</textarea>").next().unwrap();
    let named = [("&#34;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    named.iter().fold(text.to_owned(), |text, (name, sign)| text.replace(name, sign)).trim_end().to_owned()
}

fn value_of(page: &Page, name: &str) -> String {
    let source = page.source();
    let from = source.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("no field {name}"));
    from.split('"').next().unwrap().to_owned()
}

fn a_european_order_asks_by_the_unions_classes(world: &World) {
    let mut paper = subpoena().asking("account/registration").on(Instrument::Epoc);
    paper.entry.issuing_authority = IssuingAuthority::PublicProsecutor;
    let class = |case: &Case| {
        let answer = &case.assessed().unwrap().answers[0].assessment;
        answer.facts().find(|(path, _)| *path == "data_class").unwrap().1.clone()
    };
    let order = world.ben().verifies(&world.anna().opens(paper).done()).done();
    assert_eq!(class(&world.anna().assesses(&order).done()), "subscriber");
    let american = world.anna().opens(subpoena().asking("account/registration")).done();
    let american = world.ben().verifies(&american).done();
    assert_eq!(class(&world.anna().assesses(&american).done()), "bsi");
}

fn what_is_not_known_is_filled_in_where_the_verdict_asks(world: &World) {
    let mut paper = subpoena().asking("account/registration").asking("account/sign_in_access");
    paper.entry.is_signed = None;
    paper.entry.issued_on = None;
    let case = world.ben().verifies(&world.anna().opens(paper).done()).done();
    let case = world.anna().assesses(&case).done();
    let verdicts = |case: &Case| {
        let answers = &world.case(case.id).assessed().unwrap().answers.clone();
        answers.iter().map(|answer| answer.assessment.verdict).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&case), [Verdict::ManualReview; 2]);
    let site = world.serves();
    let anna = site.token_of(world, &world.anna());
    let (at, to) = (format!("/cases/{}", case.reference), format!("/cases/{}/facts", case.reference));
    let page = anna.gets(&at);
    page.shows("Not known yet");
    page.shows("Is it signed? demands 1 and 2");
    // A day that is none comes back with the whole form, and what was typed in it.
    let refused = anna.fills(&at, &to, &[("is_signed", "yes"), ("issued_on", "2031-02-30")]);
    assert_eq!(refused.status, 422);
    assert!(refused.source().contains("2031-02-30"));
    anna.fills(&at, &to, &[("is_signed", "yes"), ("issued_on", "2026-10-26")]).leads_to();
    let after = world.case(case.id);
    assert_eq!((after.paper.is_signed, after.paper.issued_on), (Some(true), Some(day(2026, 10, 26))));
    assert_eq!(after.paper.docket, case.paper.docket, "what was known stays");
    assert!(after.is_verified());
    assert_eq!(verdicts(&case), [Verdict::Permitted; 2]);
    anna.gets(&at).hides("Not known yet");
    // An auditor reads what is missing, and has nothing to fill in.
    let fay = site.token_of(world, &world.fay());
    assert_eq!(fay.posts(&to, &[("is_signed", "no")]).status, 403);
    world.ends_well();
}
