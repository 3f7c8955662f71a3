//! Work at the desk, through HTTP: the queue with its lanes, filters and orders, giving cases to people, search, what
//! belongs together, what waits for approval. And whoever may not know of a case finds it nowhere, not even counted.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use writ::actions::comment::add_comment;
use writ::actions::on_case::OnCase;
use writ::actions::open_case::AskedEntry;
use writ::actions::wait::{BeginWait, begin_wait};
use writ::domain::case::Case;
use writ::domain::decision::{Decision, DecisionKind};
use writ::domain::identifier::{Identifier, IdentifierKind};
use writ::domain::instrument::Instrument;
use writ::domain::queue::{Filter, Lane, SortBy};
use writ::domain::staff::Role;
use writ::domain::stage::Compartment;
use writ::domain::stated::Stated;
use writ::domain::wait::WaitKind;
use writ::store::{Store, queue};

use crate::support::on_both;
use crate::support::papers::{Paper, asked, asked_about, day, officer, prose, secrecy_order, subpoena, warrant};
use crate::support::people::{Acts, Person, as_assessed};
use crate::support::site::{Client, Page};
use crate::support::world::{World, line};

on_both! {
    lanes_count_what_they_show_and_filters_narrow_it,
    every_order_pages_through_every_case_once,
    a_due_date_stands_still_while_the_agency_is_asked,
    a_number_of_the_report_opens_exactly_the_cases_behind_it,
    who_may_not_know_of_a_case_finds_it_nowhere,
    many_cases_are_given_at_once_and_each_is_answered_for,
    a_case_is_taken_from_the_queue_and_handed_over_from_its_page,
    the_same_person_is_found_under_another_spelling,
    words_are_found_whatever_their_accents_and_signs,
    a_search_leaves_its_words_sealed_in_the_log_and_nowhere_else,
    cases_that_share_something_are_related,
    what_waits_for_approval_is_told_to_whom_it_waits_for,
    views_are_ones_own,
    the_file_of_a_list_is_safe_and_logged,
    cases_opened_before_there_was_an_index_are_found_after_migrating,
}

// ── the queue ────────────────────────────────────────────────────────────────────

fn lanes_count_what_they_show_and_filters_narrow_it(world: &World) {
    let (anna, ben) = (world.anna(), world.ben());
    let today = world.ctx.now().day();
    let due = |days| Stated::Is(today.checked_add_signed(TimeDelta::days(days)).unwrap());
    let with = |paper: Paper, days: i64| {
        let mut paper = paper.without_document();
        paper.entry.return_by = due(days);
        anna.opens(paper).done()
    };
    let late = with(subpoena(), -2);
    let soon = with(warrant(), 1);
    let week = with(subpoena(), 6);
    let far = with(subpoena(), 40);
    let emergency = with(subpoena().on(Instrument::EmergencyRequest), 0);
    let mut undated = subpoena().without_document();
    undated.entry.return_by = Stated::None;
    let undated = anna.opens(undated).done();
    let closed = anna.withdraws(&with(subpoena(), 3)).done();
    let secret = anna.records_secrecy(&far, secrecy_order()).done();

    let site = world.serves();
    let (at_anna, at_ben) = (site.browser_of(&anna), site.browser_of(&ben));
    take(&at_anna, &late);
    asks_the_agency(world, &anna, &week);

    let queue = at_anna.gets("/queue");
    for tab in [
        "My cases 1",
        "Unassigned 5",
        "Emergency 1",
        "Due this week 3",
        "Waiting on agency 1",
        "All open 6 Closed Instrument",
    ] {
        queue.shows(tab);
    }
    queue.shows("6 cases · 1 late · 5 unassigned");
    assert_eq!(
        in_order(
            &queue.text(),
            &[
                "Late · 1",
                "In the next 24 hours · 1",
                "In the next 7 days · 1",
                "Later · 1",
                "Clock stopped · 1",
                "No date · 1"
            ]
        ),
        6
    );
    assert_eq!(
        in_order(
            &at_anna.gets("/queue?sort=due&turned=yes").text(),
            &[
                "Later · 1",
                "In the next 7 days · 1",
                "In the next 24 hours · 1",
                "Late · 1",
                "Clock stopped · 1",
                "No date · 1"
            ]
        ),
        6
    );
    assert!(queue.source().contains("Queue<span class=\"n\">6</span>"), "the bar counts the open cases");

    let all = [&late, &soon, &week, &far, &emergency, &undated, &closed];
    let shows = |client: &Client<'_>, query: &str, expected: &[&Case]| {
        let page = client.gets(&format!("/queue?{query}"));
        assert_eq!(page.status, 200, "{query}");
        let expected: BTreeSet<&str> = expected.iter().map(|case| case.reference.as_str()).collect();
        let found: BTreeSet<&str> = all
            .iter()
            .map(|case| case.reference.as_str())
            .filter(|reference| page.source().contains(*reference))
            .collect();
        assert_eq!(found, expected, "{query}");
    };
    shows(&at_anna, "tab=mine", &[&late]);
    shows(&at_ben, "tab=mine", &[]);
    shows(&at_ben, "tab=unassigned", &[&soon, &week, &far, &emergency, &undated]);
    shows(&at_anna, "tab=emergency", &[&emergency]);
    shows(&at_anna, "tab=week", &[&late, &soon, &emergency]);
    shows(&at_anna, "tab=waiting", &[&week]);
    shows(&at_anna, "tab=closed", &[&closed]);
    shows(&at_anna, "instrument=warrants", &[&soon]);
    shows(&at_anna, "instrument=search_warrant", &[&soon]);
    shows(&at_anna, "instrument=eu", &[]);
    // Hours are meant: what is late when tomorrow is over is not due in a day.
    shows(&at_anna, "country=US&due=24h", &[&late, &emergency]);
    shows(&at_anna, "country=US&due=72h", &[&late, &soon, &emergency]);
    shows(&at_anna, "country=DE", &[]);
    shows(&at_anna, "due=late", &[&late]);
    shows(&at_anna, "due=none", &[&undated]);
    shows(&at_anna, "who=me", &[&late]);
    shows(&at_ben, &format!("who={}", anna.id()), &[&late]);
    shows(&at_anna, "who=nobody&stage=intake", &[&soon, &week, &far, &emergency, &undated]);
    shows(&at_anna, "mark=secret", &[&far]);
    shows(&at_anna, "mark=waiting", &[&week]);
    shows(&at_anna, "mark=enterprise", &[]);
    shows(&at_anna, &format!("agency={}", secret.paper.requester.agency), &[&secret]);
    assert_eq!(at_anna.gets("/queue?due=soon").status, 404);
    assert_eq!(at_anna.gets("/queue?who=Anna").status, 404);
}

fn every_order_pages_through_every_case_once(world: &World) {
    let anna = world.anna();
    let kinds = [Instrument::SearchWarrant, Instrument::GrandJurySubpoena, Instrument::Order2703d];
    let opened: BTreeSet<_> = (0..130)
        .map(|number: i64| {
            let mut paper = subpoena().on(kinds[usize::try_from(number).unwrap() % 3]).without_document();
            paper.entry.received_at = paper.entry.received_at.plus(TimeDelta::hours(number / 7));
            paper.entry.return_by = match number % 4 {
                0 => Stated::None,
                n => Stated::Is(day(2026, 11, 10 + u32::try_from(n).unwrap())),
            };
            if let writ::actions::open_case::AgencyEntry::New { name, .. } = &mut paper.entry.agency {
                *name = line(
                    ["Bureau of Sample Inquiries", "Ämter der Probe", "County Sheriff"]
                        [usize::try_from(number % 3).unwrap()],
                );
            }
            anna.opens(paper).done().id
        })
        .collect();
    let (who, now) = (world.ben().who.staff, world.ctx.now());
    for sort in SortBy::ALL {
        for is_reversed in [false, true] {
            let filter = Filter { sort: Some(*sort), is_reversed, ..Filter::of(Lane::Open) };
            let (mut listed, mut after) = (Vec::new(), None);
            loop {
                let page = world.read(|conn| queue::list_cases(conn, &who, &filter, now, (after.as_ref(), 50)));
                let Some((last, ..)) = page.last() else { break };
                // As the address carries it.
                let spelled = last.place(filter.order()).to_string();
                after = Some(writ::domain::queue::After::parse(&spelled, filter.order()).unwrap());
                listed.extend(page.into_iter().map(|(line, ..)| line));
            }
            assert_eq!(listed.len(), 130, "{sort} {is_reversed}");
            assert_eq!(listed.iter().map(|line| line.id).collect::<BTreeSet<_>>(), opened, "{sort} {is_reversed}");
            let keys: Vec<String> = listed
                .iter()
                .map(|line| match sort {
                    SortBy::Due => line.late_at.for_machines(),
                    SortBy::Received => line.received_at.for_machines(),
                    SortBy::Reference => line.reference.clone(),
                    SortBy::Agency => writ::domain::text::search_key(&line.agency),
                    SortBy::Instrument => line.instrument.to_string(),
                })
                .collect();
            // What has no date stands last, whichever way the dates run.
            let dated = keys.iter().take_while(|key| !key.starts_with("9999")).count();
            let (dated, last) = if *sort == SortBy::Due { keys.split_at(dated) } else { keys.split_at(keys.len()) };
            assert!(
                last.is_sorted() && last.iter().all(|key| key.starts_with("9999")),
                "{sort} {is_reversed}: {keys:?}"
            );
            assert!(
                if is_reversed { dated.is_sorted_by(|a, b| a >= b) } else { dated.is_sorted() },
                "{sort} {is_reversed}: {keys:?}"
            );
        }
    }
    // And by clicking through the pages.
    let site = world.serves();
    let client = site.browser_of(&anna);
    let (mut at, mut seen) = ("/queue?tab=open&sort=agency&turned=yes".to_owned(), Vec::new());
    loop {
        let page = client.gets(&at).source();
        seen.extend(page.split("class=\"go\" href=\"/cases/").skip(1).map(|rest| rest[..11].to_owned()));
        match page.split("<a href=\"").find(|part| part.contains("rel=\"next\"") && part.starts_with("/queue")) {
            Some(next) => at = next.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&"),
            None => break,
        }
    }
    assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (130, 130));
}

fn a_due_date_stands_still_while_the_agency_is_asked(world: &World) {
    let anna = world.anna();
    let mut paper = subpoena();
    paper.entry.return_by = Stated::Is(world.ctx.now().day());
    let case = anna.opens(paper.asking("account/registration")).done();
    let site = world.serves();
    let client = site.token_of(world, &anna);
    client.gets("/queue?due=24h").shows(case.reference.as_str());
    asks_the_agency(world, &anna, &case);
    world.minutes_pass(4 * 24 * 60);
    let queue = client.gets("/queue");
    // As the case page counts it: the day the agency was asked is day 1.
    queue.shows("stopped, day 5");
    client.gets(&format!("/cases/{}", case.reference)).shows("stopped, day 5");
    queue.shows("awaits agency");
    queue.shows("0 late");
    client.gets("/queue?due=late").hides(case.reference.as_str());
}

fn a_number_of_the_report_opens_exactly_the_cases_behind_it(world: &World) {
    let (anna, carla) = (world.anna(), world.carla());
    let opens = || anna.opens(subpoena().without_document()).done();
    let open = [opens(), opens(), opens()];
    let withdrawn = anna.withdraws(&opens()).done();
    let site = world.serves();
    let at_carla = site.browser_of(&carla);
    // Each link with the number it is on.
    let links = |at: &Client<'_>| -> Vec<(String, String)> {
        let page = at.gets("/reports/transparency").source();
        let link = |rest: &str| {
            let (href, rest) = rest.split_once("\">").unwrap();
            (href.replace("&amp;", "&").replace("&#38;", "&"), rest.split('<').next().unwrap().to_owned())
        };
        page.split("<a href=\"")
            .filter(|rest| rest.starts_with("/queue?") && rest.contains("period="))
            .map(link)
            .collect()
    };
    let told = links(&at_carla);
    // Pending and withdrawn: of the country, of all consumers, and of all. The sums hold both lanes, so they lead nowhere.
    assert_eq!(told.len(), 6, "{told:?}");
    for (href, number) in &told {
        let page = at_carla.gets(href);
        page.shows(&format!("{number} case{} shown", if number == "1" { "" } else { "s" }));
        let expected: &[Case] =
            if href.contains("outcome=withdrawn") { std::slice::from_ref(&withdrawn) } else { &open };
        expected.iter().for_each(|case| page.shows(case.reference.as_str()));
        page.shows("Only received in 2026, second half");
        assert!(
            page.source().contains("name=\"period\" value=\"2026-H2\""),
            "filtering on keeps what narrows the list"
        );
    }
    // One in the national-security compartment is counted nowhere, whatever its paper, and so changes no number.
    let figures = |at: &Client<'_>| at.gets("/reports/transparency.csv").source();
    let before = figures(&at_carla);
    let nell = world.hires("nell", "Nell Weiss", &[Role::Analyst, Role::Reviewer], true);
    nell.opens(Paper { compartment: Compartment::NationalSecurity, ..subpoena().without_document() }).done();
    assert_eq!((figures(&at_carla), links(&at_carla)), (before.clone(), told));
    // Who is cleared has it in the queue, which would then hold one case more than the number: it is no link.
    let at_nell = site.browser_of(&nell);
    assert_eq!(figures(&at_nell), before);
    let withdrawn_only = |told: &[(String, String)]| {
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told.iter().all(|(href, _)| href.contains("outcome=withdrawn")), "{told:?}");
    };
    withdrawn_only(&links(&at_nell));
    // A case that Carla may not know of is counted, and the list would lack it: such a number is no link either.
    anna.opens(Paper { compartment: Compartment::Restricted, ..subpoena().without_document() }).done();
    withdrawn_only(&links(&at_carla));
}

// ── who may know ─────────────────────────────────────────────────────────────────

fn who_may_not_know_of_a_case_finds_it_nowhere(world: &World) {
    let nell = world.hires("nell", "Nell North", &[Role::Analyst, Role::Reviewer], true);
    let (anna, ben, carla) = (world.anna(), world.ben(), world.carla());
    let (ordinary, open_paper) = (anna.opens(subpoena().asking("account/registration")).done(), subpoena());
    let closed_to = |by: &Person<'_>, compartment| {
        let paper = Paper { compartment, ..open_paper.clone() }.asking("account/registration");
        let case = by.opens(paper).done();
        add_comment(&world.ctx, &by.who, &on(&case), prose("Zanzibar is not to be spoken of.")).done();
        case
    };
    let restricted = closed_to(&anna, Compartment::Restricted);
    let sealed = closed_to(&nell, Compartment::NationalSecurity);
    // Nell's goes to approval, where Carla, who approves, must not meet it.
    let sealed = nell.decides(&nell.assesses(&nell.verifies(&sealed).done()).done()).done();

    let site = world.serves();
    let hidden_from = |person: &Person<'_>, cases: &[&Case]| {
        let client = site.browser_of(person);
        let found = searches(&client, "Zanzibar");
        let mut pages = vec![
            client.gets("/queue"),
            client.gets("/queue?tab=unassigned"),
            client.gets("/queue?mark=restricted"),
            client.gets("/queue.csv"),
            client.gets("/approvals"),
            client.gets(&format!("/cases/{}/related", ordinary.reference)),
            searches(&client, "+1 202 555 0142"),
            searches(&client, "26-GJ-0117-04"),
            searches(&client, "casey.mockford@bsi.example"),
        ];
        pages.push(found);
        for page in &pages {
            assert_eq!(page.status, 200);
            cases.iter().for_each(|case| page.hides(case.reference.as_str()));
        }
        // The same bytes come in again: the form knows only what the person may know.
        let arrived =
            client.fills_with("/cases/new", "/documents", &[], &[("file", "subpoena.pdf", open_paper.file.unwrap().1)]);
        let form = client.gets(arrived.leads_to());
        form.shows(ordinary.reference.as_str());
        cases.iter().for_each(|case| form.hides(case.reference.as_str()));
        // To act on one is as if there were none.
        for case in cases {
            let token = client.token_on("/queue");
            let tick = format!("{}@{}", case.reference, case.version);
            let page = client.posts("/queue/assign", &[("token", &token), ("case", &tick), ("to", "me")]);
            client.gets(page.leads_to()).shows("There is no such case, or you may not see it.");
            assert_eq!(client.gets(&format!("/cases/{}/related", case.reference)).status, 404);
            assert_eq!(client.gets(&format!("/cases/{}/assign", case.reference)).status, 404);
        }
    };
    let counts = |person: &Person<'_>| site.browser_of(person).gets("/queue").source();
    assert!(
        counts(&ben).contains("All open <span class=\"n\">1</span>")
            && counts(&ben).contains("Queue<span class=\"n\">1</span>")
    );
    assert!(counts(&anna).contains("All open <span class=\"n\">2</span>"));
    assert!(counts(&nell).contains("All open <span class=\"n\">2</span>"));
    assert!(counts(&carla).contains("Approvals<span class=\"n\">0</span>"));
    hidden_from(&ben, &[&restricted, &sealed]);
    hidden_from(&carla, &[&restricted, &sealed]);
    hidden_from(&anna, &[&sealed]);

    // Those who may know of them find them.
    let at_anna = site.browser_of(&anna);
    searches(&at_anna, "zanzi").shows(restricted.reference.as_str());
    at_anna.gets("/queue?mark=restricted").shows(restricted.reference.as_str());
    let at_nell = site.browser_of(&nell);
    let (found, entries) = world.entries_of(|| searches(&at_nell, "zanzibar"));
    found.shows(sealed.reference.as_str());
    // What whoever reads the log could count does not tell of it.
    let searched = entries.iter().find(|e| e.kind == "register.searched").unwrap();
    assert!(searched.process.contains("\"hits\":0"), "{}", searched.process);
    let (_, entries) = world.entries_of(|| at_nell.gets("/queue.csv"));
    assert!(entries[0].process.contains("\"hits\":1"), "{}", entries[0].process);
}

// ── assignment ───────────────────────────────────────────────────────────────────

fn many_cases_are_given_at_once_and_each_is_answered_for(world: &World) {
    let (anna, ben) = (world.anna(), world.ben());
    let open = |paper: Paper| anna.opens(paper.without_document()).done();
    let (one, two) = (open(subpoena()), open(warrant()));
    let mut restricted = subpoena();
    restricted.compartment = Compartment::Restricted;
    let restricted = open(restricted);
    let changed = open(subpoena());
    let closed = anna.withdraws(&open(subpoena())).done();
    let seen = tick(&changed);
    world.ben().attaches(&changed, writ::domain::document::DocumentKind::Evidence, "n.txt", b"n").done();

    let site = world.serves();
    let client = site.browser_of(&anna);
    let (to, note) = (ben.id().to_string(), "The clock runs; the agency's desk closes at five.");
    let ticks = [tick(&one), tick(&two), tick(&restricted), seen, tick(&closed), "2026-009999@1".to_owned()];
    let mut fields: Vec<(&str, &str)> = ticks.iter().map(|tick| ("case", tick.as_str())).collect();
    fields.extend([("to", to.as_str()), ("note", note)]);
    let (done, entries) = world.entries_of(|| client.fills("/queue?stage=intake", "/queue/assign", &fields));
    let back = done.leads_to().to_owned();
    assert!(back.contains("stage=intake"), "{back}");
    let page = client.gets(&back);
    page.shows("2 cases are with Ben Brook now");
    page.shows("4 cases were not assigned");
    page.shows("This colleague can't work on the case");
    page.shows("Ben Brook changed this case");
    page.shows("The case is closed.");
    page.shows("There is no such case");
    assert!(page.source().contains(&format!(
        "value=\"{}\" aria-label=\"Tick {}\" checked",
        tick(&restricted),
        restricted.reference
    )));
    let kinds: Vec<&str> = entries.iter().map(|e| e.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["case.assigned", "case.assigned", "action.refused"],
        "each act is an entry, and the refusal is one"
    );
    for case in [&one, &two] {
        assert_eq!(world.case(case.id).assignee, Some(ben.id()));
    }
    assert_eq!(world.case(restricted.id).assignee, None);
    // What became of it is shown to whoever did it, and to nobody else.
    site.browser_of(&ben).gets(&back).hides("were not assigned");

    let page = client.fills("/queue", "/queue/assign", &[("to", "me"), ("note", "kept though nothing was ticked")]);
    assert_eq!(page.status, 422);
    page.shows("Tick at least one case first.");
    assert!(page.source().contains("kept though nothing was ticked"));
}

fn a_case_is_taken_from_the_queue_and_handed_over_from_its_page(world: &World) {
    let (anna, ben) = (world.anna(), world.ben());
    let case = anna.opens(subpoena().asking("account/registration")).done();
    let site = world.serves();
    let (at_anna, at_ben) = (site.browser_of(&anna), site.browser_of(&ben));
    let form = unseen_of(&at_anna, "take");
    let mut fields: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let taken = tick(&case);
    fields.push(("take", &taken));
    let first = at_anna.posts("/queue/assign", &fields);
    let second = at_anna.posts("/queue/assign", &fields);
    assert_eq!(first.leads_to(), second.leads_to(), "pressed twice, done once");
    at_anna.gets(first.leads_to()).shows("1 case is with you now");
    at_anna.gets("/queue?tab=mine").shows(case.reference.as_str());

    let (page, form) = (format!("/cases/{}", case.reference), format!("/cases/{}/assign", case.reference));
    at_anna.gets(&page).shows("Assigned to AA Anna Adler (you)");
    let to = ben.id().to_string();
    let (_, entries) = world.entries_of(|| {
        at_anna.fills(&form, &form, &[("to", &to), ("note", "Ring Casey back at noon.")]).leads_to().to_owned()
    });
    assert!(entries.iter().any(|e| e.kind == "case.assigned"));
    at_ben.gets("/queue?tab=mine").shows(case.reference.as_str());
    at_ben.gets(&page).shows("Ben Brook (you)");
    // Taken from the page itself, with one press.
    at_anna.fills(&page, &form, &[]).leads_to();
    assert_eq!(world.case(case.id).assignee, Some(anna.id()));
    let nobody = at_anna.fills(&form, &form, &[("note", "to nobody in particular")]);
    assert_eq!(nobody.status, 422);
    nobody.shows("Choose who shall have it.");
    nobody.shows("to nobody in particular");
}

// ── search and what belongs together ─────────────────────────────────────────────

fn the_same_person_is_found_under_another_spelling(world: &World) {
    let anna = world.anna();
    let opens = |kind, text: &str| {
        let mut paper = subpoena().without_document();
        paper.entry.docket = Stated::None;
        paper.demands = vec![asked_as(kind, text)];
        anna.opens(paper).done().reference.to_string()
    };
    let mail = opens(IdentifierKind::Email, "quiet.harbor+games@googlemail.com");
    let phone = opens(IdentifierKind::Phone, "+1 (202) 555-0142");
    let tag = opens(IdentifierKind::Gamertag, "Quiet Harbor417");
    let numbered = opens(IdentifierKind::Gamertag, "River Lane#1234");
    let other_number = opens(IdentifierKind::Gamertag, "River Lane#9999");
    let address = opens(IdentifierKind::IpAddress, "192.0.2.7:443 at 2026-03-04T05:06:07Z");
    let german = opens(IdentifierKind::Phone, "+49 171 5550100");

    let site = world.serves();
    let client = site.browser_of(&world.ben());
    let finds = |words: &str, reference: &str, under: &str| {
        let page = searches(&client, words);
        page.shows(under);
        page.shows(reference);
        assert!(page.text().contains("1 case "), "{words}: {}", page.text());
    };
    let (exact, alike) = ("This identifier 1", "Other spelling of this identifier 1");
    finds("Quiet.Harbor+Games@googlemail.com", &mail, exact);
    finds("quietharbor@gmail.com", &mail, alike);
    finds("+12025550142", &phone, exact);
    finds("202 555 0142", &phone, exact);
    finds("555-0142", &phone, alike);
    finds("0171/5550100", &german, alike);
    finds("quiet harbor 417", &tag, alike);
    finds("QUIET_HÁRBOR.417", &tag, alike);
    finds("192.0.2.7", &address, exact);
    finds("192.0.2.7:8080", &address, exact);
    finds("riverlane#1234", &numbered, alike);
    let both = searches(&client, "RiverLane");
    both.shows(&numbered);
    both.shows(&other_number);
    assert_eq!(searches(&client, "2026-000001").location.as_deref(), Some("/cases/2026-000001"));
}

fn words_are_found_whatever_their_accents_and_signs(world: &World) {
    let anna = world.anna();
    let mut paper = subpoena();
    paper.file = Some(("Beschluss Präsidium 100%_final.pdf", paper.file.unwrap().1));
    paper.entry.officer = officer("Séan O'Brien");
    let case = anna.opens(paper.asking("account/registration")).done();
    let mut other = subpoena().without_document();
    other.entry.officer = officer("Maria Muster");
    other.entry.docket = Stated::Is(line("99-ZZ-0001"));
    let other = anna.opens(other).done();
    add_comment(&world.ctx, &anna.who, &on(&case), prose("Rang “Łukasz” about ﬁle № 7; Прокуратура agrees.")).done();
    anna.verifies(&case).done();

    let site = world.serves();
    let client = site.browser_of(&world.ben());
    for words in [
        "sean o'brien",
        "SÉAN",
        "O’Brien",
        "%brien",
        "obrien casey.mockford@bsi.example",
        "prasidium",
        "100%_final",
        "lukasz",
        "file",
        "прокуратура",
        "switchboard published",
        "26-GJ-0117-04",
        "26gj011704",
        "sample inquiries obrien",
        "District Meridiana prasid",
    ] {
        let page = searches(&client, words);
        page.shows(case.reference.as_str());
    }
    for words in ["%", "_", "100%x", "obri_n", "'; DROP TABLE cases; --", "\"", "obrien muster", "brie nobody"] {
        let page = searches(&client, words);
        assert_eq!(page.status, 200, "{words}");
        page.hides(case.reference.as_str());
        page.shows("Nothing found");
    }
    let dockets = searches(&client, "99 zz 0001");
    dockets.shows("Docket 1");
    dockets.shows(other.reference.as_str());
    searches(&client, "muster").shows("Agency or officer 1");
    let empty = client.posts("/search", &[("token", &client.token_on("/search")), ("words", "  ")]);
    assert_eq!(empty.status, 422);
    // Amended, the old words are gone.
    let mut entry = subpoena().entry;
    entry.officer = officer("Olga Other");
    anna.amends(&world.case(case.id), entry).done();
    searches(&client, "brien").shows("Nothing found");
    searches(&client, "olga").shows(case.reference.as_str());
}

fn a_search_leaves_its_words_sealed_in_the_log_and_nowhere_else(world: &World) {
    let anna = world.anna();
    anna.opens(subpoena().asking("account/registration")).done();
    let site = world.serves();
    let (at_anna, at_ben) = (site.browser_of(&anna), site.browser_of(&world.ben()));
    let token = at_anna.token_on("/search");
    let (answer, entries) =
        world.entries_of(|| at_anna.posts("/search", &[("token", &token), ("words", "Casey Mockford")]));
    let found = answer.leads_to().to_owned();
    assert!(!found.to_lowercase().contains("casey"));
    assert_eq!(entries.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(), ["register.searched"]);
    assert_eq!(entries[0].process, "{\"hits\":1}");
    let (page, entries) = world.entries_of(|| at_anna.gets(&found));
    page.shows("1 case");
    assert!(entries.is_empty(), "looking at it again is the same search");
    let title = page.source().split("</title>").next().unwrap().to_lowercase();
    assert!(!title.contains("casey"));
    let hex = if world.raw().is_sqlite() { "lower(hex(sealed))" } else { "encode(sealed, 'hex')" };
    let sealed = world.raw().values(&format!("SELECT {hex} AS value FROM slips"));
    assert!(sealed.len() == 1 && !sealed[0].contains(&hex::encode("Casey")));
    // Another's search is none of mine, and after an hour it is nobody's.
    at_ben.gets(&found).shows("This search is over");
    world.minutes_pass(61);
    let at_anna = site.browser_of(&anna);
    let page = at_anna.gets(&found);
    page.shows("This search is over");
    page.hides("Casey Mockford");
    searches(&at_anna, "anything");
    assert_eq!(world.raw().count("slips"), 1, "what is over is thrown away");
}

fn cases_that_share_something_are_related(world: &World) {
    let anna = world.anna();
    let other_requester = |paper: Paper, docket: &str, name: &str| {
        let mut paper = paper.without_document();
        paper.entry.docket = Stated::Is(line(docket));
        paper.entry.officer = officer(name);
        if let writ::actions::open_case::OfficerEntry::New { email, phone, .. } = &mut paper.entry.officer {
            (*email, *phone) = (Some(line(&format!("{}@other.example", name.replace(' ', ".")))), None);
        }
        paper
    };
    let mut first = other_requester(subpoena(), "11-A-1111", "First Officer");
    first.file = subpoena().file;
    first.demands =
        vec![asked_about("+1 202 555 0142", "account/registration"), asked_as(IdentifierKind::Gamertag, "Foo#12")];
    let first = anna.opens(first).done();
    let mut by_phone = other_requester(warrant(), "22-B-2222", "Second Officer");
    by_phone.demands = vec![asked("account/registration")];
    let by_phone = anna.opens(by_phone).done();
    let mut by_spelling = other_requester(warrant(), "33-C-3333", "Third Officer");
    by_spelling.demands = vec![asked_as(IdentifierKind::UserId, "F_o_o")];
    let by_spelling = anna.opens(by_spelling).done();
    let by_docket = anna.opens(other_requester(warrant(), "11 a 1111", "Fourth Officer")).done();
    let by_officer = anna.opens(other_requester(warrant(), "55-E-5555", "First Officer")).done();
    let mut by_bytes = other_requester(warrant(), "66-F-6666", "Sixth Officer");
    by_bytes.file = first_file();
    let by_bytes = anna.opens(by_bytes).done();
    let mut stranger = other_requester(warrant(), "77-G-7777", "Seventh Officer");
    stranger.demands = vec![asked_as(IdentifierKind::Gamertag, "Foo#99")];
    let stranger = anna.opens(stranger).done();

    let site = world.serves();
    let client = site.browser_of(&world.ben());
    let related = format!("/cases/{}/related", first.reference);
    let page = client.gets(&related);
    for (case, because) in [
        (&by_phone, "same identifier"),
        (&by_spelling, "same identifier, other spelling"),
        (&by_docket, "same docket"),
        (&by_officer, "same officer"),
        (&by_bytes, "same document"),
    ] {
        page.shows(case.reference.as_str());
        page.shows(because);
    }
    page.hides(stranger.reference.as_str());
    let (link, fields) = (format!("/cases/{}/links", first.reference), [("kind", "related"), ("note", "one inquiry")]);
    let wrong = client.fills(&related, &link, &[("other", "12"), fields[0], fields[1]]);
    assert_eq!(wrong.status, 422);
    wrong.shows("A case reference looks like 2026-000123.");
    client.fills(&related, &link, &[("other", stranger.reference.as_str()), fields[0], fields[1]]).leads_to();
    let page = client.gets(&related);
    page.shows(stranger.reference.as_str());
    page.shows("one inquiry");
    client.gets(&format!("/cases/{}/related", stranger.reference)).shows("said there of this case");
    let remove = page.source().split("action=\"").find_map(|part| {
        let action = part.split('"').next().unwrap();
        action.ends_with("/remove").then(|| action.to_owned())
    });
    client.fills(&related, &remove.unwrap(), &[]).leads_to();
    client.gets(&related).hides(stranger.reference.as_str());
}

// ── approvals ────────────────────────────────────────────────────────────────────

fn what_waits_for_approval_is_told_to_whom_it_waits_for(world: &World) {
    let (anna, ben, carla, dan) = (world.anna(), world.ben(), world.carla(), world.dan());
    let assessed = |paper: Paper| anna.assesses(&ben.verifies(&anna.opens(paper).done()).done()).done();
    let plain = anna.decides(&assessed(subpoena().asking("account/registration"))).done();
    // Carla decides beyond the verdict: she has edited, two others must approve, and every list shows it.
    let over = assessed(subpoena().asking("mail/mail_content"));
    let beyond = as_assessed(&over).into_iter().map(|on| Decision {
        kind: DecisionKind::Content,
        reason: None,
        note: None,
        override_reason: Some(prose("The account holder consents in writing.")),
        ..on
    });
    let over = carla.drafts(&over, beyond.collect()).done();

    let site = world.serves();
    let (at_anna, at_carla, at_dan) = (site.browser_of(&anna), site.browser_of(&carla), site.browser_of(&dan));
    let counted = |client: &Client<'_>, n: i64| {
        let page = client.gets("/approvals");
        assert!(
            page.source().contains(&format!("Approvals<span class=\"n\">{n}</span>")),
            "not {n}: {}",
            page.source()
        );
        page
    };
    let (for_you, others) = ("For you to approve", "Yours, waiting for others");
    let section = |page: &Page, heading: &str| {
        let source = page.source();
        let found = source.split("<section").find(|part| part.contains(&format!("{heading}</h2>"))).map(str::to_owned);
        found.unwrap_or_else(|| panic!("no {heading}: {source}"))
    };
    let page = counted(&at_anna, 1);
    page.hides(for_you);
    assert!(section(&page, others).contains(plain.reference.as_str()));
    let page = counted(&at_carla, 1);
    assert!(section(&page, for_you).contains(plain.reference.as_str()));
    page.shows("you drafted or edited it");
    page.shows("0 of 2");
    let page = counted(&at_dan, 2);
    let hash = over.draft().unwrap().scope_hash.clone();
    page.shows(&format!("{} {}", &hash[..4], &hash[4..8]));
    at_anna.gets("/queue?mark=override").shows(over.reference.as_str());
    at_anna.gets("/queue?mark=override").hides(plain.reference.as_str());
    at_anna.gets("/queue").shows("override");
    at_dan.gets("/reports/transparency").shows("In one of them a legal reviewer decided beyond the verdict");

    dan.approves(&over).done();
    let page = counted(&at_dan, 1);
    page.shows("you approved it");
    page.shows("1 of 2");
    dan.returns(&world.case(plain.id), "Mend the period.").done();
    let page = counted(&at_anna, 0);
    page.shows("Returned to you");
    page.shows("Dan Dorn");
    counted(&at_dan, 0);
    at_anna.gets("/queue").shows("returned");
}

// ── views and files ──────────────────────────────────────────────────────────────

fn views_are_ones_own(world: &World) {
    let anna = world.anna();
    let case = anna.opens(subpoena().without_document()).done();
    let site = world.serves();
    let (at_anna, at_ben) = (site.browser_of(&anna), site.browser_of(&world.ben()));
    let filters = "/queue/views?tab=open&instrument=subpoenas&due=week";
    let (saved, entries) = world
        .entries_of(|| at_anna.fills(filters, "/queue/views", &[("name", "Subpoenas, soon")]).leads_to().to_owned());
    assert!(entries.is_empty(), "a view of one's own is no act on the register");
    assert!(saved.contains("instrument=subpoenas&due=week&view="), "{saved}");
    at_anna.gets(&saved).shows("Subpoenas, soon");
    at_anna.gets("/queue").shows("Subpoenas, soon");
    at_anna.gets("/queue?instrument=subpoenas").shows(case.reference.as_str());
    at_ben.gets("/queue").hides("Subpoenas, soon");
    let twice = at_anna.fills("/queue/views?tab=closed", "/queue/views", &[("name", "Subpoenas, soon")]);
    assert_eq!(twice.status, 422);
    twice.shows("You have a view of this name");
    let id = saved.rsplit("view=").next().unwrap().to_owned();
    let own = format!("/queue/views/{id}");
    at_anna.fills("/queue/views", &own, &[("name", "Old name too long for a tab that has little room")]);
    at_anna.gets("/queue").shows("Subpoenas, soon");
    let form: Vec<(String, String)> = at_anna.unseen("/queue/views", &own);
    let mut fields: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("name", "Soon"));
    at_anna.posts(&own, &fields).leads_to();
    at_anna.gets("/queue").shows("Soon");
    let token = at_ben.token_on("/queue/views");
    assert_eq!(at_ben.posts(&format!("{own}/delete"), &[("token", &token)]).status, 404, "not Ben's to delete");
    at_anna.fills("/queue/views", &format!("{own}/delete"), &[]).leads_to();
    at_anna.gets("/queue").hides("Soon");
}

fn the_file_of_a_list_is_safe_and_logged(world: &World) {
    let anna = world.anna();
    let mut paper = subpoena().without_document();
    paper.entry.docket = Stated::Is(line("=HYPERLINK(\"http://x\")"));
    if let writ::actions::open_case::AgencyEntry::New { name, .. } = &mut paper.entry.agency {
        *name = line("Bureau, of \"Sample\" Inquiries");
    }
    let one = anna.opens(paper).done();
    let two = anna.opens(warrant().without_document()).done();
    let site = world.serves();
    let client = site.token_of(world, &anna);
    let (file, entries) = world.entries_of(|| client.gets("/queue.csv?tab=open&instrument=subpoenas&sort=reference"));
    assert_eq!((file.status, file.kind.as_str()), (200, "text/csv; charset=utf-8"));
    let text = file.source();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert!(lines[0].starts_with("reference,stage,instrument,"));
    assert!(lines[1].starts_with(one.reference.as_str()));
    assert!(lines[1].contains("\"Bureau, of \"\"Sample\"\" Inquiries\""), "{text}");
    assert!(lines[1].contains("\"'=HYPERLINK(\"\"http://x\"\")\""), "{text}");
    assert_eq!((lines.len(), lines[2]), (3, ""), "{text}");
    file.hides(two.reference.as_str());
    assert_eq!(entries.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(), ["list.exported"]);
    let process = &entries[0].process;
    assert_eq!(
        process,
        "{\"filters\":[\"tab=open\",\"instrument=subpoenas\",\"sort=reference\"],\"hits\":1,\"list\":\"queue\"}"
    );
}

fn cases_opened_before_there_was_an_index_are_found_after_migrating(world: &World) {
    let anna = world.anna();
    let case = anna.opens(subpoena().asking("account/registration")).done();
    add_comment(&world.ctx, &anna.who, &on(&case), prose("Zanzibar")).done();
    let of = |table: &str| {
        let columns = if table == "search_keys" { "kind || ' ' || key" } else { "source || ' ' || word" };
        let mut rows = world.raw().values(&format!("SELECT {columns} AS value FROM {table}"));
        rows.sort();
        rows
    };
    let before = (of("search_words"), of("search_keys"));
    assert!(before.0.len() > 20 && before.1.len() >= 5, "{before:?}");
    for table in ["search_words", "search_keys"] {
        world.raw().must(&format!("DELETE FROM {table}"));
    }
    Store::migrate(&world.url).unwrap();
    assert_eq!((of("search_words"), of("search_keys")), before);
    Store::migrate(&world.url).unwrap();
    assert_eq!((of("search_words"), of("search_keys")), before, "a second time changes nothing");
}

// ── how ──────────────────────────────────────────────────────────────────────────

fn on(case: &Case) -> OnCase {
    OnCase { reference: case.reference.clone(), version: None }
}

fn tick(case: &Case) -> String {
    format!("{}@{}", case.reference, case.version)
}

fn take(client: &Client<'_>, case: &Case) {
    let form = unseen_of(client, "take");
    let mut fields: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let taken = tick(case);
    fields.push(("take", &taken));
    client.posts("/queue/assign", &fields).leads_to();
}

/// What the form with this id on the queue carries unseen.
fn unseen_of(client: &Client<'_>, id: &str) -> Vec<(String, String)> {
    let page = client.gets("/queue").source();
    let form = page.split("<form ").find(|part| part.starts_with(&format!("id=\"{id}\""))).unwrap();
    let inputs = form.split("</form>").next().unwrap().split("<input type=\"hidden\" name=\"").skip(1);
    inputs
        .map(|part| {
            let (name, rest) = part.split_once("\" value=\"").unwrap();
            (name.to_owned(), rest.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&"))
        })
        .collect()
}

/// Searches as a person does, and shows what was found.
fn searches(client: &Client<'_>, words: &str) -> Page {
    let token = client.token_on("/search");
    let answer = client.posts("/search", &[("token", &token), ("words", words)]);
    match answer.leads_to() {
        found if found.starts_with("/search/") => client.gets(found),
        _ => answer,
    }
}

fn asks_the_agency(world: &World, who: &Person<'_>, case: &Case) {
    let with = BeginWait {
        kind: WaitKind::AwaitingRequester,
        because: prose("Asked for the signed copy."),
        expected_on: None,
    };
    begin_wait(&world.ctx, &who.who, &on(case), with).done();
}

fn asked_as(kind: IdentifierKind, text: &str) -> AskedEntry {
    AskedEntry { identifier: Identifier::parse(kind, text, Some("US")).unwrap(), ..asked("account/registration") }
}

fn first_file() -> Option<(&'static str, &'static [u8])> {
    subpoena().file.map(|(_, bytes)| ("served again.pdf", bytes))
}

/// How many of these stand in a text, each after the one before.
fn in_order(text: &str, words: &[&str]) -> usize {
    let mut rest = text;
    words
        .iter()
        .take_while(|word| match rest.find(**word) {
            Some(at) => {
                rest = &rest[at..];
                true
            }
            None => false,
        })
        .count()
}
