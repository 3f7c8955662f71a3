//! What admins do with the staff, and what none of them does alone; what people do with their own account.

use chrono::TimeDelta;
use writ::actions::add_staff::add_at_console;
use writ::domain::case::Case;
use writ::domain::id::StaffId;
use writ::domain::staff::{Role, Staff};
use writ::system;

use crate::support::on_both;
use crate::support::papers::subpoena;
use crate::support::people::{Acts, Person};
use crate::support::site::{Client, Page, Site};
use crate::support::world::{World, line, password_of};
use secrecy::ExposeSecret;

on_both! {
    the_only_admin_makes_a_reviewer_at_once_and_it_shows_on_approvals_for_a_week,
    with_two_admins_one_asks_and_the_other_answers,
    a_new_reviewer_signs_in_with_two_halves_and_chooses_a_password_first,
    a_reviewers_password_is_reset_by_two_and_an_analysts_by_one,
    nobody_becomes_the_only_admin_by_sending_the_other_away,
    an_admin_made_by_the_only_one_is_no_second_one_for_a_week,
    a_reviewer_comes_back_only_by_two_admins,
    a_reviewer_who_came_from_the_console_is_marked_for_a_week_once_there_are_cases,
    an_ended_session_and_a_revoked_token_act_no_more,
    people_change_their_own_password_and_make_their_own_tokens,
    teams_are_added_and_renamed,
    everybody_who_decides_reads_the_catalogue_and_the_rules,
}

const RAISED: &str = "made a reviewer on 2026-11-02 by the only admin";

fn the_only_admin_makes_a_reviewer_at_once_and_it_shows_on_approvals_for_a_week(world: &World) {
    let site = world.serves();
    let (gus, anna) = (site.browser_of(&world.gus()), site.browser_of(&world.anna()));
    gus.gets("/queue").shows("Your roles do not let you");
    let early = drafted(world);

    let (page, entries) = world.entries_of(|| changes(world, &gus, &world.gus(), &[Role::Admin, Role::Reviewer]));
    assert_eq!(page.leads_to(), href(&world.gus()));
    assert_eq!(kinds(&entries), ["staff.changed"]);
    assert!(entries[0].process.contains("watched_until"), "{}", entries[0].process);
    assert!(!entries[0].process.contains("Gus"), "a name in the process payload: {}", entries[0].process);
    // The session goes on, with the new rights at once.
    assert_eq!(gus.gets("/queue").status, 200);
    gus.gets("/staff").shows(RAISED);

    approves(&gus, &early);
    let (case, approval) = pages_of(&early);
    for page in [anna.gets(&approval), anna.gets(&case), anna.gets(&format!("{case}?tab=log"))] {
        page.shows(RAISED);
    }
    site.browser_of(&world.fay()).gets("/log?kind=decision.approved").shows(RAISED);

    world.ctx.clock.turn(TimeDelta::days(8));
    let late = drafted(world);
    let (gus, anna) = (site.browser_of(&world.gus()), site.browser_of(&world.anna()));
    approves(&gus, &late);
    let (case, approval) = pages_of(&late);
    for page in [anna.gets(&approval), anna.gets(&case), anna.gets(&format!("{case}?tab=log")), gus.gets("/staff")] {
        page.hides("by the only admin");
    }
    // What was approved within the week stays marked.
    anna.gets(&pages_of(&early).1).shows(RAISED);
}

fn with_two_admins_one_asks_and_the_other_answers(world: &World) {
    let hal = world.hires("hal", "Hal Horn", &[Role::Admin], false);
    let site = world.serves();
    let (gus, hal) = (site.browser_of(&world.gus()), site.browser_of(&hal));
    let me = href(&world.gus());
    let asks = || changes(world, &gus, &world.gus(), &[Role::Admin, Role::Reviewer]);

    let (page, entries) = world.entries_of(asks);
    assert_eq!((page.leads_to(), kinds(&entries)), (me.as_str(), vec!["staff.change_asked"]));
    assert_eq!(gus.gets("/queue").status, 403, "nothing changes before it is confirmed");
    gus.gets("/staff").shows("Waits for a second admin: legal reviewer for Gus Grove");
    // Asking again for what is asked already asks nothing more.
    assert_eq!(asks().status, 422);

    let request = request_on(&gus, &me);
    let (page, entries) = world.entries_of(|| confirms(&gus, &request));
    assert_eq!((page.status, kinds(&entries)), (403, vec!["action.refused"]));
    assert!(entries[0].process.contains("needs_second_admin"), "{}", entries[0].process);
    let anna = site.token_of(world, &world.anna());
    assert_eq!(confirms(&anna, &request).status, 403);

    // Declined: it is as if it had not been asked.
    let (page, entries) = world.entries_of(|| declines(&hal, &request));
    assert_eq!((page.leads_to(), kinds(&entries)), (me.as_str(), vec!["staff.change_declined"]));
    assert_eq!(gus.gets("/queue").status, 403);
    assert_eq!(confirms(&hal, &request).status, 409, "what was answered can't be confirmed any more");

    // Asked again and withdrawn, asked again and confirmed, which needs the password again.
    asks().leads_to();
    declines(&gus, &request_on(&gus, &me)).leads_to();
    asks().leads_to();
    let request = request_on(&hal, &me);
    let wrong = hal.posts(&format!("/staff/requests/{request}/confirm"), &with_token(&hal, &[("password", "no")]));
    assert_eq!(wrong.status, 403);
    let (page, entries) = world.entries_of(|| confirms(&hal, &request));
    assert_eq!(page.leads_to(), me);
    assert_eq!(kinds(&entries), ["staff.change_confirmed", "staff.changed"]);
    assert_eq!(gus.gets("/queue").status, 200);

    let case = drafted(world);
    approves(&gus, &case);
    hal.gets("/staff").hides("by the only admin");
    site.browser_of(&world.anna()).gets(&pages_of(&case).1).hides("by the only admin");
    // The database keeps the rule too.
    let mut raw = world.raw();
    let forged = raw.run("UPDATE staff_requests SET ended_by = asked_by WHERE ended_as = 'confirmed'");
    assert!(forged.is_err(), "a request may be confirmed by whoever asked: {forged:?}");
}

fn a_new_reviewer_signs_in_with_two_halves_and_chooses_a_password_first(world: &World) {
    let hal = world.hires("hal", "Hal Horn", &[Role::Admin], false);
    let site = world.serves();
    let (gus, hal) = (site.browser_of(&world.gus()), site.browser_of(&hal));
    let (page, entries) = world.entries_of(|| adds(world, &gus, "nina", &[Role::Analyst, Role::Reviewer]));
    assert_eq!(kinds(&entries), ["staff.added", "staff.change_asked"]);
    assert!(entries.iter().all(|e| !e.process.contains("nina") && !e.process.contains("Nina")), "{entries:?}");
    page.shows("First half");
    let first = secret(&page);
    assert!(!signs_in(&site, "nina", &first), "half a password signs nobody in");

    let nina = href_of(&hal, "Nina New");
    let page = confirms(&hal, &request_on(&hal, &nina));
    page.shows("Second half");
    page.hides(&first);
    let second = secret(&page);
    assert!(!signs_in(&site, "nina", &second));
    let whole = format!("{first}-{second}");

    // Everything leads to the form until a password of her own is chosen, and nothing acts.
    let browser = site.browser_with("nina", &whole);
    for path in ["/", "/queue", "/account", "/cases/new"] {
        assert_eq!(browser.gets(path).leads_to(), "/account/password", "{path}");
    }
    let (page, entries) = world.entries_of(|| browser.posts("/account/tokens", &[("token_name", "mine")]));
    assert_eq!((page.leads_to(), entries.len()), ("/account/password", 0));
    let change = |current: &str, new: &str, again: &str| {
        let fields = [("current", current), ("password", new), ("password_again", again)];
        browser.fills("/account/password", "/account/password", &fields)
    };
    let mine = "nina feeds the ducks";
    assert_eq!(change("not the one", mine, mine).status, 422);
    change(&whole, &whole, &whole).shows("Take another password");
    change(&whole, mine, "nina feeds the geese").shows("The two differ");
    change(&whole, "short", "short").shows("at least 12 characters");
    let (page, entries) = world.entries_of(|| change(&whole, mine, mine));
    assert_eq!((page.leads_to(), kinds(&entries)), ("/", vec!["password.changed"]));
    assert_eq!(browser.gets("/queue").status, 200);
    assert!(!signs_in(&site, "nina", &whole) && signs_in(&site, "nina", mine));
    // She was made a reviewer by two: no mark.
    let case = drafted(world);
    approves(&site.browser_with("nina", mine), &case);
    browser.gets(&pages_of(&case).1).hides("by the only admin");
}

fn a_reviewers_password_is_reset_by_two_and_an_analysts_by_one(world: &World) {
    let site = world.serves();
    let gus = site.browser_of(&world.gus());
    let resets = |of: &Person<'_>| gus.fills(&href(of), &format!("{}/password", href(of)), &[]);
    let (anna, anna_program) = (site.browser_of(&world.anna()), site.token_of(world, &world.anna()));

    let (page, entries) = world.entries_of(|| resets(&world.anna()));
    assert_eq!(kinds(&entries), ["password.reset"]);
    let one_time = secret(&page);
    assert_eq!(anna.gets("/queue").leads_to(), "/sign-in");
    assert_eq!(anna_program.gets("/queue").status, 401);
    assert!(!signs_in(&site, "anna", password_of("anna").expose_secret()));
    let anna = site.browser_with("anna", &one_time);
    assert_eq!(anna.gets("/queue").leads_to(), "/account/password");

    // By the only admin: at once, and marked.
    let one_time = secret(&resets(&world.carla()));
    let new = "carla reads the news";
    let carla = site.browser_with("carla", &one_time);
    let fields = [("current", one_time.as_str()), ("password", new), ("password_again", new)];
    carla.fills("/account/password", "/account/password", &fields).leads_to();
    let case = drafted_by(world, &world.ben());
    approves(&site.browser_with("carla", new), &case);
    carla.gets(&pages_of(&case).1).shows("given a new password on 2026-11-02 by the only admin");

    // By two: asked, then each admin holds one half.
    let hal = world.hires("hal", "Hal Horn", &[Role::Admin], false);
    let (hal, dan) = (site.browser_of(&hal), site.browser_of(&world.dan()));
    let (page, entries) = world.entries_of(|| resets(&world.dan()));
    assert_eq!(kinds(&entries), ["staff.change_asked"]);
    let first = secret(&page);
    assert_eq!(dan.gets("/queue").status, 200, "nothing happens before it is confirmed");
    let again = gus.posts(&format!("{}/password", href(&world.dan())), &with_token(&gus, &[]));
    assert_eq!(again.status, 409, "it is asked already");
    let (page, entries) = world.entries_of(|| confirms(&hal, &request_on(&hal, &href(&world.dan()))));
    assert_eq!(kinds(&entries), ["staff.change_confirmed", "password.reset"]);
    assert_eq!(dan.gets("/queue").leads_to(), "/sign-in");
    assert!(signs_in(&site, "dan", &format!("{first}-{}", secret(&page))));
    // Nobody resets their own.
    let own = gus.posts(&format!("{}/password", href(&world.gus())), &with_token(&gus, &[]));
    assert_eq!(own.status, 403);
    own.shows("Change it with the old one");
}

fn nobody_becomes_the_only_admin_by_sending_the_other_away(world: &World) {
    let hal = world.hires("hal", "Hal Horn", &[Role::Admin], false);
    let site = world.serves();
    let (gus, hals) = (site.browser_of(&world.gus()), site.browser_of(&hal));
    // Of two admins neither can be given the role by the other alone: who it is about asks.
    let about_hal = changes(world, &gus, &hal, &[Role::Admin, Role::Reviewer]);
    assert_eq!(about_hal.status, 403);
    about_hal.shows("needs a second admin");

    let (page, entries) = world.entries_of(|| acts_on(&gus, &hal, "deactivate"));
    assert_eq!((page.leads_to(), kinds(&entries)), (href(&hal).as_str(), vec!["staff.deactivated"]));
    assert_eq!(hals.gets("/staff").leads_to(), "/sign-in");
    let (page, entries) = world.entries_of(|| changes(world, &gus, &world.gus(), &[Role::Admin, Role::Reviewer]));
    assert_eq!(page.status, 403);
    assert!(entries[0].process.contains("no_second_admin"), "{}", entries[0].process);
    assert_eq!(gus.gets("/queue").status, 403);
    // The last admin stays one.
    for page in [acts_on(&gus, &world.gus(), "deactivate"), changes(world, &gus, &world.gus(), &[Role::Analyst])] {
        assert_eq!(page.status, 403);
        page.shows("Nobody would be left to manage staff");
    }
    world.ctx.clock.turn(TimeDelta::days(8));
    let gus = site.browser_of(&world.gus());
    changes(world, &gus, &world.gus(), &[Role::Admin, Role::Reviewer]).leads_to();
    gus.gets("/staff").shows("made a reviewer on 2026-11-10 by the only admin");
}

fn an_admin_made_by_the_only_one_is_no_second_one_for_a_week(world: &World) {
    let site = world.serves();
    let gus = site.browser_of(&world.gus());
    changes(world, &gus, &world.anna(), &[Role::Admin]).leads_to();
    let anna = site.browser_of(&world.anna());
    // Otherwise Gus could make an admin whose password he knows, and confirm with that one's name.
    let page = changes(world, &anna, &world.gus(), &[Role::Admin, Role::Reviewer]);
    assert_eq!(page.status, 403);
    page.shows("The only admin made you one");
    changes(world, &gus, &world.ben(), &[Role::Reviewer]).leads_to();
    gus.gets(&href(&world.ben())).shows(RAISED);

    world.ctx.clock.turn(TimeDelta::days(8));
    let (gus, anna) = (site.browser_of(&world.gus()), site.browser_of(&world.anna()));
    changes(world, &gus, &world.emil(), &[Role::Reviewer]).leads_to();
    confirms(&anna, &request_on(&anna, &href(&world.emil()))).leads_to();
    anna.gets(&href(&world.emil())).hides("by the only admin");
}

fn a_reviewer_comes_back_only_by_two_admins(world: &World) {
    let hal = world.hires("hal", "Hal Horn", &[Role::Admin], false);
    let site = world.serves();
    let (gus, hal) = (site.browser_of(&world.gus()), site.browser_of(&hal));
    let carla = world.carla();
    for person in [&carla, &world.anna()] {
        acts_on(&gus, person, "deactivate").leads_to();
        assert!(!signs_in(&site, &person.who.staff.name, password_of(&person.who.staff.name).expose_secret()));
    }
    let (_, entries) = world.entries_of(|| acts_on(&gus, &world.anna(), "reactivate"));
    assert_eq!(kinds(&entries), ["staff.reactivated"], "an analyst comes back by one");
    let (_, entries) = world.entries_of(|| acts_on(&gus, &carla, "reactivate"));
    assert_eq!(kinds(&entries), ["staff.change_asked"]);
    assert!(!signs_in(&site, "carla", password_of("carla").expose_secret()));
    confirms(&hal, &request_on(&hal, &href(&carla))).leads_to();
    assert!(signs_in(&site, "carla", password_of("carla").expose_secret()));
    // Sending somebody away declines what waits about them.
    changes(world, &gus, &world.ben(), &[Role::Reviewer]).leads_to();
    let (_, entries) = world.entries_of(|| acts_on(&gus, &world.ben(), "deactivate"));
    assert_eq!(kinds(&entries), ["staff.deactivated", "staff.change_declined"]);
}

fn a_reviewer_who_came_from_the_console_is_marked_for_a_week_once_there_are_cases(world: &World) {
    let site = world.serves();
    let at_console = |name: &str| {
        let staff = Staff {
            id: StaffId(system::fresh_id()),
            name: name.to_owned(),
            full_name: line(name),
            roles: [Role::Reviewer].into(),
            teams: [world.team].into(),
            is_cleared: false,
            email: None,
        };
        add_at_console(&world.ctx, staff, &password_of(name)).unwrap();
        site.browser_with(name, password_of(name).expose_secret())
    };
    const MARK: &str = "added as a reviewer on 2026-11-02 by whoever has the console";
    let (olga, case) = (at_console("olga"), drafted(world));
    let pete = at_console("pete");
    approves(&olga, &case);
    site.browser_of(&world.fay()).gets("/log?kind=decision.approved").hides("the console");
    let case = drafted(world);
    approves(&pete, &case);
    let anna = site.browser_of(&world.anna());
    anna.gets(&pages_of(&case).1).shows(MARK);
    site.browser_of(&world.fay()).gets("/log?kind=decision.approved").shows(MARK);
    world.ctx.clock.turn(TimeDelta::days(8));
    let case = drafted(world);
    approves(&site.browser_with("pete", password_of("pete").expose_secret()), &case);
    site.browser_of(&world.anna()).gets(&pages_of(&case).1).hides("the console");
}

fn an_ended_session_and_a_revoked_token_act_no_more(world: &World) {
    let site = world.serves();
    let (here, there) = (site.browser_of(&world.anna()), site.browser_of(&world.anna()));
    let program = site.token_of(world, &world.anna());
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let withdraw = format!("/cases/{}/withdraw", case.reference);
    here.gets("/account").shows("this one");

    let (page, entries) = world.entries_of(|| here.fills("/account", "/account/sessions", &[]));
    assert_eq!((page.leads_to(), kinds(&entries)), ("/account", vec!["session.ended"]));
    assert_eq!(there.gets("/queue").leads_to(), "/sign-in");
    assert_eq!(there.posts(&withdraw, &[("note", "Gone.")]).status, 401);
    assert_eq!(program.gets("/queue").status, 200, "tokens are another matter");

    let (page, entries) = world.entries_of(|| here.fills("/account", "/account/tokens/revoke", &[]));
    assert_eq!((page.leads_to(), kinds(&entries)), ("/account", vec!["token.revoked"]));
    assert_eq!(program.gets("/queue").status, 401);
    assert_eq!(program.posts(&withdraw, &[("note", "Gone.")]).status, 401);

    // An admin does the same for others; nobody else does.
    let program = site.token_of(world, &world.anna());
    let (gus, ben) = (site.browser_of(&world.gus()), site.browser_of(&world.ben()));
    let anna = href(&world.anna());
    gus.gets(&anna).hides("writ_");
    let tokens = format!("{anna}/tokens/revoke");
    let unseen = gus.unseen(&anna, &tokens);
    let id = unseen.iter().find(|(name, _)| name == "id").unwrap().1.clone();
    for path in [format!("{anna}/sessions"), tokens.clone(), format!("{anna}/deactivate"), anna.clone()] {
        let page = ben.posts(&path, &with_token(&ben, &[("id", id.as_str()), ("full_name", "Nobody")]));
        assert_eq!(page.status, 403, "{path}: {}", page.text());
    }
    gus.fills(&anna, &tokens, &[]).leads_to();
    assert_eq!(program.gets("/queue").status, 401);
    gus.fills(&anna, &format!("{anna}/sessions"), &[]).leads_to();
    assert_eq!(here.gets("/queue").leads_to(), "/sign-in");
    assert_eq!(world.case(case.id), case);
}

fn people_change_their_own_password_and_make_their_own_tokens(world: &World) {
    let site = world.serves();
    let (here, there) = (site.browser_of(&world.anna()), site.browser_of(&world.anna()));
    let (old, new) = (password_of("anna"), "anna swims at dawn");
    let fields = [("current", old.expose_secret()), ("password", new), ("password_again", new)];
    here.fills("/account/password", "/account/password", &fields).leads_to();
    assert_eq!(here.gets("/queue").status, 200);
    assert_eq!(there.gets("/queue").leads_to(), "/sign-in", "whoever knew the old one is out");

    let make = |password: &str, through: &str| {
        let fields = [("token_name", "nightly export"), ("through", through), ("password", password)];
        here.fills("/account", "/account/tokens", &fields)
    };
    let wrong = make("not hers at all", "");
    assert_eq!(wrong.status, 422);
    wrong.shows("This is not your password");
    assert!(wrong.source().contains("value=\"nightly export\""), "what was typed is lost");
    make(new, "2026-11-01").shows("not over yet");
    let (page, entries) = world.entries_of(|| make(new, "2026-11-03"));
    assert_eq!(kinds(&entries), ["token.added"]);
    let token = secret(&page);
    here.gets("/account").hides(&token);
    here.gets("/account").shows("ends 2026-11-04 00:00 UTC");
    assert_eq!(site.program_with(&token).gets("/queue").status, 200);
    world.ctx.clock.turn(TimeDelta::days(2));
    assert_eq!(site.program_with(&token).gets("/queue").status, 401);
}

fn teams_are_added_and_renamed(world: &World) {
    let site = world.serves();
    let gus = site.browser_of(&world.gus());
    gus.gets("/teams").shows("Anna Adler");
    let (page, entries) = world.entries_of(|| gus.fills("/teams", "/teams", &[("name", "Europe")]));
    assert_eq!((page.leads_to(), kinds(&entries)), ("/teams", vec!["team.added"]));
    assert_eq!(gus.fills("/teams", "/teams", &[("name", "Europe")]).status, 422);
    let rename = format!("/teams/{}", world.team);
    let field = format!("name-{}", world.team);
    gus.fills("/teams", &rename, &[(&field, "Europe")]).shows("There is a team of this name already");
    let (page, entries) = world.entries_of(|| gus.fills("/teams", &rename, &[(&field, "North America")]));
    assert_eq!((page.leads_to(), kinds(&entries)), ("/teams", vec!["team.renamed"]));
    assert!(!entries[0].process.contains("North"), "{}", entries[0].process);
    gus.gets("/teams").shows("North America");
    // A team that is not there is none to join.
    let page = gus.posts("/staff", &with_token(&gus, &[("full_name", "A B"), ("name", "ab"), (&stranger(), "yes")]));
    assert_eq!(page.status, 422);
    page.shows("Choose teams of the list");
}

fn everybody_who_decides_reads_the_catalogue_and_the_rules(world: &World) {
    let site = world.serves();
    let anna = site.browser_of(&world.anna());
    anna.gets("/catalogue").shows("Sign-in IP log");
    anna.gets("/catalogue").shows("60 days");
    anna.gets("/law").shows("rules have not been reviewed by a lawyer");
    let page = anna.gets("/law/us-federal?find=subpoena+reaches+payment");
    for words in ["us-subpoena-reaches-payment", "18 U.S.C. § 2703(c)(2)(F)", "permits", "grand jury subpoena"] {
        page.shows(words);
    }
    let first = anna.gets("/law/us-federal");
    first.shows("40 of 208 rules");
    assert_eq!(anna.gets("/law/no-such-pack").status, 404);
    anna.gets("/law/facts").shows("whether the paper is signed");
    assert_eq!(anna.gets("/settings").status, 403);
}

// ── how ──────────────────────────────────────────────────────────────────────────

fn href(person: &Person<'_>) -> String {
    format!("/staff/{}", person.id())
}

fn kinds(entries: &[writ::store::log::LogRow]) -> Vec<&str> {
    entries.iter().map(|entry| entry.kind.as_str()).collect()
}

fn with_token<'f>(client: &Client<'_>, fields: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let token: &'static str = Box::leak(client.token_on("/account").into_boxed_str());
    std::iter::once(("token", token)).chain(fields.iter().copied()).collect()
}

/// Saves a person's page with these roles and the world's team.
fn changes(world: &World, client: &Client<'_>, person: &Person<'_>, roles: &[Role]) -> Page {
    let staff = &person.who.staff;
    let email = staff.email.as_ref().unwrap().to_string();
    let ticks: Vec<String> = roles.iter().map(|role| format!("role.{role}")).collect();
    let team = format!("team.{}", world.team);
    let mut fields = vec![("full_name", staff.full_name.as_str()), ("email", &email), (team.as_str(), "yes")];
    fields.extend(ticks.iter().map(|tick| (tick.as_str(), "yes")));
    client.fills(&href(person), &href(person), &fields)
}

fn adds(world: &World, client: &Client<'_>, name: &str, roles: &[Role]) -> Page {
    let ticks: Vec<String> = roles.iter().map(|role| format!("role.{role}")).collect();
    let team = format!("team.{}", world.team);
    let mut fields = vec![("full_name", "Nina New"), ("name", name), ("email", ""), (team.as_str(), "yes")];
    fields.extend(ticks.iter().map(|tick| (tick.as_str(), "yes")));
    client.fills("/staff", "/staff", &fields)
}

fn acts_on(client: &Client<'_>, person: &Person<'_>, act: &str) -> Page {
    client.posts(&format!("{}/{act}", href(person)), &with_token(client, &[]))
}

/// The open request on a person's page.
fn request_on(client: &Client<'_>, page: &str) -> String {
    let source = client.gets(page).source();
    let rest = source.split("action=\"/staff/requests/").nth(1).unwrap_or_else(|| panic!("{page}: nothing waits"));
    rest.split('/').next().unwrap().to_owned()
}

fn confirms(client: &Client<'_>, request: &str) -> Page {
    let fields = with_token(client, &[("password", client.password())]);
    client.posts(&format!("/staff/requests/{request}/confirm"), &fields)
}

fn declines(client: &Client<'_>, request: &str) -> Page {
    client.posts(&format!("/staff/requests/{request}/decline"), &with_token(client, &[]))
}

fn href_of(client: &Client<'_>, full_name: &str) -> String {
    let source = client.gets("/staff").source();
    let before = source.split(&format!(">{full_name}</a>")).next().unwrap();
    let start = before.rfind("href=\"").unwrap() + 6;
    before[start..].split('"').next().unwrap().to_owned()
}

fn secret(page: &Page) -> String {
    assert_eq!(page.status, 200, "{}", page.text());
    let source = page.source();
    let rest =
        source.split("class=\"secret mono\">").nth(1).unwrap_or_else(|| panic!("nothing shown: {}", page.text()));
    rest.split('<').next().unwrap().to_owned()
}

fn signs_in(site: &Site, name: &str, password: &str) -> bool {
    site.visitor().posts("/sign-in", &[("name", name), ("password", password)]).status == 303
}

fn drafted(world: &World) -> Case {
    drafted_by(world, &world.anna())
}

/// A case that waits for approval.
fn drafted_by(world: &World, who: &Person<'_>) -> Case {
    let case = who.opens(subpoena().asking("account/registration")).done();
    let case = world.ben().verifies(&case).done();
    let case = who.assesses(&case).done();
    who.decides(&case).done()
}

fn approves(client: &Client<'_>, case: &Case) {
    let (home, approval) = pages_of(case);
    let hash = case.draft().unwrap().scope_hash.clone();
    let fields = [("scope_hash", hash.as_str()), ("password", client.password())];
    client.fills(&approval, &format!("{home}/approve"), &fields).leads_to();
}

fn pages_of(case: &Case) -> (String, String) {
    let home = format!("/cases/{}", case.reference);
    (home.clone(), format!("{home}/approval"))
}

fn stranger() -> String {
    format!("team.{}", StaffId(uuid::Uuid::from_u128(9)))
}
