//! The auditor's desk: the list with its filters, one entry from all sides, unsealing with a reason, and the file.

use writ::actions::open_case::{OpenCase, open_case};
use writ::actions::sign_checkpoint::sign_checkpoint;
use writ::domain::case::Case;
use writ::domain::event::Event;
use writ::domain::staff::{Actor, Role};
use writ::domain::stage::Compartment;
use writ::store::log::LogRow;
use writ::store::{About, Tx};

use crate::support::on_both;
use crate::support::pages::erases_a_case;
use crate::support::papers::{Paper, subpoena};
use crate::support::people::Acts;
use crate::support::site::{Client, Page};
use crate::support::until::until;
use crate::support::world::World;

on_both! {
    the_list_is_filtered_by_case_kind_person_and_time,
    every_entry_is_on_exactly_one_page_in_either_order,
    an_address_that_says_nonsense_finds_nothing_and_says_what_would_be_right,
    an_entry_shows_its_facts_its_bytes_and_its_place_in_the_tree,
    unsealing_needs_a_reason_and_the_password_and_stands_in_the_log_of_the_case,
    an_unsealed_entry_is_open_to_that_session_alone_for_fifteen_minutes,
    a_restricted_case_is_named_in_the_log_and_unsealed_by_named_people_only,
    a_national_security_entry_is_open_to_cleared_auditors_and_tells_others_nothing,
    an_erased_personal_part_says_so_and_cannot_be_unsealed,
    a_wrong_password_for_an_act_stands_in_the_log_of_the_case,
    the_file_holds_process_facts_only_and_stays_text,
    reading_the_log_is_logged_once_in_fifteen_minutes,
}

/// The phone number that [`subpoena`] asks about, as the paper has it.
const PHONE: &str = "+1 (202) 555-0142";

fn a_case(world: &World) -> Case {
    world.anna().opens(subpoena().asking("account/registration")).done()
}

fn the_list_is_filtered_by_case_kind_person_and_time(world: &World) {
    let (case, other) = (a_case(world), a_case(world));
    world.minutes_pass(2 * 24 * 60);
    let case = world.ben().verifies(&case).done();
    world.anna().approves(&case).refused_as("no_right");
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    let kinds = |query: &str| kinds(&fay.gets(&format!("/log?{query}")));

    let page = fay.gets(&format!("/log?case={}&order=oldest", case.reference));
    page.shows(&format!("Log of {}", case.reference));
    page.shows("5 entries of this case · ");
    fay.gets(&format!("/log?case={}&kind=case.opened", case.reference)).shows("1 entry of this case within the filter");
    page.hides("transparency.csv");
    page.shows("Mon 2 Nov 2026");
    page.shows("Wed 4 Nov 2026");
    page.hides(other.reference.as_str());
    let told = kinds(&format!("case={}&order=oldest", case.reference));
    assert_eq!(told, ["document.received", "case.opened", "clocks.counted", "requester.checked", "action.refused"]);

    assert_eq!(kinds("kind=requester.checked"), ["requester.checked"]);
    assert_eq!(kinds("refused=yes"), ["action.refused"]);
    fay.gets("/log?refused=yes").shows("verb: approve · refusal: no right");
    assert_eq!(kinds(&format!("actor=staff:{}", world.ben().id())), ["requester.checked"]);
    assert_eq!(kinds("actor=system:sign-in&kind=staff.signed_in"), Vec::<String>::new());
    assert!(
        kinds("actor=system:setup")
            .iter()
            .all(|kind| ["staff.added", "team.added", "register.created", "law.adopted"].contains(&kind.as_str()))
    );
    let later = "from=2026-11-04&to=2026-11-04";
    assert_eq!(kinds(&format!("{later}&case={}", case.reference)), ["action.refused", "requester.checked"]);
    assert_eq!(kinds(&format!("{later}&case={}", other.reference)), Vec::<String>::new());
    let checked = world.log().into_iter().find(|row| row.kind == "requester.checked").unwrap().at;
    let from = url_of(&checked.for_machines());
    let later = "case=".to_owned() + case.reference.as_str();
    assert_eq!(kinds(&format!("{later}&from={from}")), ["action.refused", "requester.checked"]);
    assert_eq!(
        kinds(&format!("{later}&to={from}&order=oldest")),
        ["document.received", "case.opened", "clocks.counted"]
    );
    assert_eq!(kinds("from=2027-01-01"), Vec::<String>::new());
    assert_eq!(kinds("to=2025-01-01"), Vec::<String>::new());
}

fn every_entry_is_on_exactly_one_page_in_either_order(world: &World) {
    let views =
        |tx: &mut Tx<'_>| (0..230).try_for_each(|_| Ok(tx.record(&Event::LogViewed {}, About::Register).map(drop)?));
    world.ctx.write(&world.fay().who.staff, views).done();
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    let mut read = Vec::new();
    for first in ["/log", "/log?order=oldest"] {
        let (mut page, mut seen) = (fay.gets(first), Vec::new());
        loop {
            seen.extend(numbers(&page));
            let next = page
                .source()
                .split("\" rel=\"next\"")
                .next()
                .and_then(|before| before.rsplit('"').next().map(str::to_owned));
            match next.filter(|href| href.starts_with("/log?")) {
                Some(href) => page = fay.gets(&href.replace("&#38;", "&").replace("&amp;", "&")),
                None => break,
            }
        }
        read.push(seen);
    }
    let all: Vec<i64> = (0..i64::try_from(world.log().len()).unwrap()).collect();
    assert_eq!(read[1], all);
    read[0].reverse();
    assert_eq!(read[0], all);
}

fn an_address_that_says_nonsense_finds_nothing_and_says_what_would_be_right(world: &World) {
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    let page = fay.gets("/log?case=what&from=yesterday&actor=anna&kind=case.eaten");
    assert_eq!(page.status, 422);
    page.shows("Give a case's reference such as 2026-000123.");
    page.shows("Give a day such as 2026-11-23, or a moment");
    page.shows("No such entries");
    assert_eq!(fay.gets("/log?past=x").status, 404);
    assert_eq!(fay.gets("/log/x").status, 404);
    assert_eq!(fay.gets("/log/100000").status, 404);
    assert_eq!(fay.gets("/log/-1").status, 404);
}

fn an_entry_shows_its_facts_its_bytes_and_its_place_in_the_tree(world: &World) {
    let case = a_case(world);
    sign_checkpoint(&world.ctx, Actor::System("setup")).unwrap();
    world.ben().verifies(&case).done();
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    for (row, is_signed) in [(the(world, "case.opened"), true), (the(world, "requester.checked"), false)] {
        let page = fay.gets(&format!("/log/{}", row.seq));
        page.shows(&format!("Entry {}", row.seq));
        page.shows(case.reference.as_str());
        page.shows(if is_signed {
            "the tree of the last signed checkpoint"
        } else {
            "No checkpoint covers this entry yet"
        });
        page.hides("does not fit");
        page.hides("Not in the log");
        assert_eq!(page.text().matches("fits").count(), 3, "payload, leaf and proof: {}", page.text());
        page.shows(&grouped(&row.leaf));
        page.hides(PHONE);
        page.shows("Personal part: sealed");
    }
    let opened = fay.gets(&format!("/log/{}", the(world, "case.opened").seq));
    opened.shows("grand_jury_subpoena");
    opened.shows("Anna Adler");
    fay.fills("/log", "/log/verify", &[]).leads_to();
    until("the log is verified", || world.ctx.verifying.seen().is_none());
    fay.gets("/log").shows("1 signed checkpoint agreed; it covers");
}

fn unsealing_needs_a_reason_and_the_password_and_stands_in_the_log_of_the_case(world: &World) {
    let case = a_case(world);
    let opened = the(world, "case.opened").seq;
    let site = world.serves();
    let (fay, anna) = (site.browser_of(&world.fay()), site.browser_of(&world.anna()));
    // Without a reason or password the form comes back with what was typed.
    let page = unseals(&fay, opened, "", fay.password());
    assert_eq!(page.status, 422);
    let page = unseals(&fay, opened, "Sample 3 of the quarter.", "");
    assert_eq!(page.status, 422);
    page.shows("Sample 3 of the quarter.");
    page.hides(PHONE);
    let (page, entries) = world.entries_of(|| unseals(&fay, opened, "Sample 3.", "not the password"));
    assert_eq!(page.status, 422);
    page.shows("Sample 3.");
    assert_eq!(entries.last().map(|e| e.kind.as_str()), Some("action.refused"));
    fay.gets(&format!("/log/{opened}")).hides(PHONE);

    let (page, entries) = world.entries_of(|| unseals(&fay, opened, "Sample 3 of the quarter.", fay.password()));
    assert_eq!(page.leads_to(), format!("/log/{opened}#personal"));
    let unsealed = entries.last().unwrap();
    assert_eq!((unsealed.kind.as_str(), &unsealed.case_key), ("entry.unsealed", &Some(case.id.to_string())));
    assert_eq!(unsealed.process, format!("{{\"seq\":{opened}}}"), "the reason is personal");
    let page = fay.gets(&format!("/log/{opened}"));
    page.shows(PHONE);
    page.shows("26-GJ-0117-04");
    page.shows("Personal part: unsealed fits");

    // The people of the case read who looked at what, and why.
    let log = anna.gets(&format!("/cases/{}?tab=log", case.reference));
    log.shows(&format!("Unsealed entry {opened} and saw its personal part"));
    log.shows("Sample 3 of the quarter.");
    log.shows("Fay Finch");
    // Nobody else has the right, and a token has no session to open it to.
    let fields = [("because", "I am curious."), ("password", anna.password())];
    assert_eq!(anna.posts(&format!("/log/{opened}/unseal"), &with_token(&anna, &fields)).status, 403);
    let by_token = site.token_of(world, &world.fay());
    let fields = [("because", "By a program."), ("password", by_token.password())];
    assert_eq!(by_token.posts(&format!("/log/{opened}/unseal"), &fields).status, 422);
}

fn an_unsealed_entry_is_open_to_that_session_alone_for_fifteen_minutes(world: &World) {
    a_case(world);
    let (opened, received) = (the(world, "case.opened").seq, the(world, "document.received").seq);
    let site = world.serves();
    let (fay, elsewhere) = (site.browser_of(&world.fay()), site.browser_of(&world.fay()));
    unseals(&fay, opened, "Sample 3.", fay.password()).leads_to();
    let page = format!("/log/{opened}");
    fay.gets(&page).shows(PHONE);
    elsewhere.gets(&page).hides(PHONE);
    fay.gets(&format!("/log/{received}")).shows("Personal part: sealed");
    world.minutes_pass(14);
    fay.gets(&page).shows(PHONE);
    world.minutes_pass(2);
    fay.gets(&page).hides(PHONE);
    assert_eq!(count(world, "entry.unsealed"), 1);
    unseals(&fay, opened, "Sample 3, once more.", fay.password()).leads_to();
    fay.gets(&page).shows(PHONE);
    assert_eq!(count(world, "entry.unsealed"), 2);
}

fn a_restricted_case_is_named_in_the_log_and_unsealed_by_named_people_only(world: &World) {
    let nora = world.hires("nora", "Nora Nagel", &[Role::Auditor], false);
    let named = vec!["anna".to_owned(), "nora".to_owned()];
    let Paper { entry, demands, .. } = subpoena().asking("account/registration");
    let (compartment, named) = (Compartment::Restricted, named);
    let with = OpenCase { arrival: None, compartment, named, team: None, paper: entry, demands };
    let case = open_case(&world.ctx, &world.anna().who, with).done();
    let opened = the(world, "case.opened").seq;
    let site = world.serves();
    let (fay, nora) = (site.browser_of(&world.fay()), site.browser_of(&nora));
    fay.gets("/log").shows(case.reference.as_str());
    let page = fay.gets(&format!("/log/{opened}"));
    page.shows("Personal part: sealed to you");
    page.hides(&format!("href=\"/cases/{}\"", case.reference));
    let (page, entries) = world.entries_of(|| {
        fay.posts(
            &format!("/log/{opened}/unseal"),
            &with_token(&fay, &[("because", "Sample 3."), ("password", fay.password())]),
        )
    });
    assert_eq!(page.status, 403);
    assert_eq!(
        entries.last().map(|e| (e.kind.as_str(), e.case_key.clone())),
        Some(("action.refused", Some(case.id.to_string())))
    );
    unseals(&nora, opened, "Sample 3.", nora.password()).leads_to();
    nora.gets(&format!("/log/{opened}")).shows(PHONE);
}

fn a_national_security_entry_is_open_to_cleared_auditors_and_tells_others_nothing(world: &World) {
    let ida = world.hires("ida", "Ida Imhof", &[Role::Analyst], true);
    let cleo = world.hires("cleo", "Cleo Clarke", &[Role::Auditor], true);
    let paper = Paper { compartment: Compartment::NationalSecurity, ..subpoena().asking("account/registration") };
    let case = ida.opens(paper).done();
    let (sealed, received) = (the(world, "sealed.act").seq, the(world, "document.received").seq);
    let site = world.serves();
    let (fay, cleo) = (site.browser_of(&world.fay()), site.browser_of(&cleo));
    let tells =
        [case.reference.to_string(), case.id.to_string(), "grand_jury_subpoena".to_owned(), "case.opened".to_owned()];
    let list = fay.gets("/log");
    list.shows("national-security compartment; cleared people only");
    for page in [list, fay.gets(&format!("/log/{sealed}"))] {
        // Every kind stands in the filter's choice.
        let shown = page.source().replace("<option value=\"case.opened\">", "");
        tells.iter().for_each(|word| assert!(!shown.contains(word.as_str()), "the page tells “{word}”"));
    }
    fay.gets(&format!("/log?case={}", case.reference)).shows("No such entries");
    for seq in [sealed, received] {
        fay.gets(&format!("/log/{seq}")).shows("Personal part: sealed to you");
        let fields = [("because", "Sample 3."), ("password", fay.password())];
        let (page, entries) = world.entries_of(|| fay.posts(&format!("/log/{seq}/unseal"), &with_token(&fay, &fields)));
        assert_eq!(page.status, 403);
        page.hides(case.reference.as_str());
        let kind = entries.last().map(|e| e.kind.as_str());
        assert_eq!(kind, Some(if seq == sealed { "sealed.act" } else { "action.refused" }));
    }

    let list = cleo.gets(&format!("/log?case={}&order=oldest", case.reference));
    list.shows(&format!("Log of {}", case.reference));
    list.shows("case opened case.opened");
    let page = cleo.gets(&format!("/log/{sealed}"));
    page.shows(case.reference.as_str());
    page.shows("grand_jury_subpoena");
    page.hides("does not fit");
    let (page, entries) = world.entries_of(|| unseals(&cleo, sealed, "Sample 3.", cleo.password()));
    page.leads_to();
    assert!(entries.iter().all(|e| ["sealed.act", "log.viewed"].contains(&e.kind.as_str())), "{entries:?}");
    cleo.gets(&format!("/log/{sealed}")).shows(PHONE);
    // What leaves as a file is for anybody, so it holds nothing of the compartment.
    let file = cleo.gets("/log.csv");
    tells[..3].iter().for_each(|word| file.hides(word));
}

fn an_erased_personal_part_says_so_and_cannot_be_unsealed(world: &World) {
    erases_a_case(world);
    let (added, by) = (the(world, "case.opened").seq, the(world, "payload.erased").seq);
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    let page = fay.gets(&format!("/log/{added}"));
    page.shows("Personal part: erased");
    page.shows(&format!("entry {by} says so"));
    let fields = [("because", "Sample 3."), ("password", fay.password())];
    let (page, entries) = world.entries_of(|| fay.posts(&format!("/log/{added}/unseal"), &with_token(&fay, &fields)));
    assert_eq!(page.status, 409);
    page.shows("The personal part of this entry was erased.");
    assert!(entries.iter().all(|e| e.kind != "entry.unsealed"));
}

fn a_wrong_password_for_an_act_stands_in_the_log_of_the_case(world: &World) {
    let case = world.anna().decides(&world.anna().assesses(&world.ben().verifies(&a_case(world)).done()).done()).done();
    let site = world.serves();
    let (carla, fay) = (site.browser_of(&world.carla()), site.browser_of(&world.fay()));
    let (page, action) = (format!("/cases/{}/approval", case.reference), format!("/cases/{}/approve", case.reference));
    let (_, entries) = world.entries_of(|| carla.fills(&page, &action, &[("password", "not the password")]));
    let refused = entries.last().unwrap();
    assert_eq!((refused.kind.as_str(), refused.case_key.as_deref()), ("action.refused", Some(&*case.id.to_string())));
    assert_eq!(refused.process, r#"{"refusal":"not_stepped_up","stage":"approval","verb":"approve"}"#);
    let list = fay.gets(&format!("/log?case={}&refused=yes", case.reference));
    list.shows("verb: approve · refusal: wrong password · stage: approval");
    // The row's own link leads to the entry; the case's lies above it.
    assert!(list.source().contains(&format!("class=\"over\" href=\"/log?case={}", case.reference)));
    let timeline = site.browser_of(&world.anna());
    timeline
        .gets(&format!("/cases/{}?tab=log", case.reference))
        .shows("Tried to approve a scope and was refused: wrong password");
    // Unsealing an entry is an act on its case too.
    let opened = the(world, "case.opened").seq;
    let (_, entries) = world.entries_of(|| unseals(&fay, opened, "Sample 3.", "not the password"));
    assert_eq!(entries.last().unwrap().case_key.as_deref(), Some(&*case.id.to_string()));

    // A sealed case stays sealed, and whoever may not know of a case is told the same whether there is one.
    let ida = world.hires("ida", "Ida Imhof", &[Role::Analyst], true);
    let paper = Paper { compartment: Compartment::NationalSecurity, ..subpoena().asking("account/registration") };
    let secret = ida.opens(paper).done();
    let by_token = site.token_of(world, &world.carla());
    let answers = [secret.reference.to_string(), "2026-009999".to_owned()].map(|reference| {
        let (answer, entries) = world.entries_of(|| {
            let body = r#"{"scope_hash":"00","password":"not the password"}"#;
            by_token.calls(&format!("/api/v1/cases/{reference}/approve"), body)
        });
        (answer.status, answer.code(), entries.last().unwrap().clone())
    });
    let [(status, code, sealed), (other_status, other_code, other)] = answers;
    assert_eq!((status, &code), (other_status, &other_code));
    assert_eq!((status, code.as_str()), (403, "not_stepped_up"));
    assert_eq!((other.kind.as_str(), other.case_key.as_deref()), ("action.refused", None));
    assert_eq!(sealed.kind, "sealed.act");
    let tells = [secret.reference.to_string(), secret.id.to_string(), "approve".into(), "not_stepped_up".into()];
    tells.iter().for_each(|word| assert!(!format!("{sealed:?}").contains(word.as_str()), "{sealed:?}"));
}

fn the_file_holds_process_facts_only_and_stays_text(world: &World) {
    let case = a_case(world);
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    let (file, entries) = world.entries_of(|| fay.gets(&format!("/log.csv?case={}&order=oldest", case.reference)));
    assert_eq!((file.status, file.kind.as_str()), (200, "text/csv; charset=utf-8"));
    let text = file.source();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines[0], "entry,at,actor,name,kind,case,case_key,process,leaf");
    assert_eq!(lines.len(), 5, "three entries, the header, and nothing after the last line: {text}");
    assert!(lines[2].contains(&format!("case.opened,{},{}", case.reference, case.id)), "{text}");
    file.hides(PHONE);
    file.hides("subpoena.pdf");
    let exported = entries.last().unwrap();
    assert_eq!((exported.kind.as_str(), exported.process.as_str()), ("log.exported", "{\"size\":3}"));
    assert_eq!(fay.gets("/log.csv?from=never").status, 404);
}

fn reading_the_log_is_logged_once_in_fifteen_minutes(world: &World) {
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    for path in ["/log", "/log/0", "/log?refused=yes"] {
        assert_eq!(fay.gets(path).status, 200);
    }
    assert_eq!(count(world, "log.viewed"), 1);
    world.minutes_pass(16);
    fay.gets("/log/0");
    assert_eq!(count(world, "log.viewed"), 2);
}

// ── how ──────────────────────────────────────────────────────────────────────────

/// The kinds of the entries that a page lists, in its order.
fn kinds(page: &Page) -> Vec<String> {
    assert_eq!(page.status, 200, "{}", page.text());
    let source = page.source();
    let table = source.split("<table").nth(1).unwrap_or_default();
    table
        .split("<code>")
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .filter(|kind| kind.contains('.'))
        .map(str::to_owned)
        .collect()
}

/// The numbers of the entries that a page lists, in its order.
fn numbers(page: &Page) -> Vec<i64> {
    let source = page.source();
    source
        .split("class=\"go\" href=\"/log/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
        .collect()
}

fn the(world: &World, kind: &str) -> LogRow {
    world.log().into_iter().find(|row| row.kind == kind).unwrap_or_else(|| panic!("no {kind}"))
}

fn count(world: &World, kind: &str) -> usize {
    world.log().iter().filter(|row| row.kind == kind).count()
}

fn unseals(auditor: &Client<'_>, seq: i64, because: &str, password: &str) -> Page {
    let (page, action) = (format!("/log/{seq}"), format!("/log/{seq}/unseal"));
    let is_open = auditor.gets(&page).source().contains(&action);
    assert!(is_open, "{page} has no form");
    auditor.fills(&page, &action, &[("because", because), ("password", password)])
}

fn with_token<'f>(client: &Client<'_>, fields: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let token: &'f str = Box::leak(client.token_on("/account").into_boxed_str());
    fields.iter().copied().chain([("token", token)]).collect()
}

fn grouped(hex: &str) -> String {
    hex.as_bytes().chunks(8).map(|eight| String::from_utf8_lossy(eight)).collect::<Vec<_>>().join(" ")
}

fn url_of(text: &str) -> String {
    text.replace(':', "%3A")
}
