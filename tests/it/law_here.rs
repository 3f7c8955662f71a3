//! Which rules are law here: proposed by one, adopted by another, kept for ever, and what another rulebook would change.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use writ::actions::law::flips::{Flip, facts_of, flips};
use writ::actions::law::propose::{Proposed, adopt, decline, list_proposals, propose};
use writ::actions::law::replay::replay;
use writ::actions::{ActionError, assess_case, on_case::OnCase};
use writ::domain::assessment::Assessment;
use writ::domain::case::Case;
use writ::domain::id::LawProposalId;
use writ::domain::rulebook::LawText;
use writ::domain::staff::Role;
use writ::domain::stage::Compartment;
use writ::domain::verdict::Verdict;
use writ::law::{Rulebook, lint};

use crate::support::meridiana::meridiana;
use crate::support::on_both;
use crate::support::papers::{Paper, prose, subpoena, warrant};
use crate::support::people::{Acts, Person};
use crate::support::until;
use crate::support::world::World;

on_both! {
    rules_become_law_by_a_second_person_and_the_next_verdict_cites_them,
    a_pack_with_mistakes_is_not_proposed_and_every_mistake_is_named,
    old_answers_come_out_as_they_were_and_the_flips_are_those_of_asking_everything_anew,
    another_node_goes_by_the_rules_that_were_adopted_here,
    a_lawyer_proposes_on_a_page_and_another_sees_what_would_change_and_adopts,
    what_was_adopted_meanwhile_is_not_taken_back_unseen,
    nobody_counts_what_would_change_in_cases_they_may_not_know_of,
    every_rule_that_was_asked_is_told_of_under_the_rules_of_the_answer,
    a_rule_names_the_demands_on_which_it_bore,
    what_the_program_brings_takes_no_pack_of_ones_own_away,
}

fn proposes(person: &Person<'_>, world: &World, pack: LawText) -> Result<LawProposalId, ActionError> {
    propose(&world.ctx, &person.who, Proposed::WithPack(pack), prose("The Meridiana Privacy Act is in force."))
}

/// Adopts what the page shows now.
fn adopts(person: &Person<'_>, world: &World, id: LawProposalId) -> Result<(), ActionError> {
    adopt(&world.ctx, &person.who, id, world.ctx.rulebook().sha256().to_owned())
}

fn rules_become_law_by_a_second_person_and_the_next_verdict_cites_them(world: &World) {
    let case = assessed(world, "account/registration");
    let before = answer(&case);
    assert_eq!(before.verdict, Verdict::Permitted);

    proposes(&world.anna(), world, meridiana("1", "\"bsi\"", "order_2703d")).refused_as("no_right");
    let own = proposes(&world.carla(), world, meridiana("1", "\"bsi\"", "order_2703d")).done();
    let (_, entries) = world.entries_of(|| adopts(&world.carla(), world, own).refused_as("own_proposal"));
    assert_eq!(entries[0].kind, "action.refused");
    adopts(&world.gus(), world, own).refused_as("no_right");

    let seen = list_proposals(&world.ctx, &world.dan().who).unwrap();
    assert_eq!((seen.len(), seen[0].proposal.proposer.as_str()), (1, "Carla Corn"));
    assert_eq!(seen[0].changed.iter().map(|pack| pack.pack.as_str()).collect::<Vec<_>>(), ["meridiana"]);
    let flipped = all_flips(world, &seen[0].rulebook);
    assert_eq!(
        flipped.iter().map(|flip| (flip.on.reference.clone(), flip.was, flip.would)).collect::<Vec<_>>(),
        [(case.reference.to_string(), Verdict::Permitted, Verdict::NeedsHigherProcess)]
    );
    assert!(flipped[0].is_known_to(&world.carla().who.staff) && !flipped[0].is_known_to(&world.gus().who.staff));

    // What is only proposed decides nothing.
    assert_eq!(answer(&assesses(world, &case)).rulebook, before.rulebook);
    let ((), entries) = world.entries_of(|| adopts(&world.dan(), world, own).done());
    assert_eq!(entries.iter().map(|entry| entry.kind.as_str()).collect::<Vec<_>>(), ["law.adopted"]);
    assert!(entries[0].process.contains("meridiana") && entries[0].process.contains(&own.to_string()));
    let again = adopts(&world.dan(), world, own);
    assert!(matches!(again, Err(ActionError::Conflict(_))), "{again:?}");

    let after = answer(&assesses(world, &world.case(case.id)));
    assert_eq!((after.verdict, after.citations[0].as_str()), (Verdict::NeedsHigherProcess, "Meridiana Code § 12-401"));
    assert_ne!(after.rulebook, before.rulebook);

    // Without it everything is as before; what was declined stays a proposal of the past.
    let without = propose(
        &world.ctx,
        &world.gus().who,
        Proposed::WithoutPack("meridiana".to_owned()),
        prose("The court struck it down."),
    );
    let without = without.done();
    decline(&world.ctx, &world.dan().who, without).done();
    assert!(list_proposals(&world.ctx, &world.dan().who).unwrap().is_empty());
}

fn a_pack_with_mistakes_is_not_proposed_and_every_mistake_is_named(world: &World) {
    let LawText { file, text } = meridiana("1", "\"bsi\"", "order_2703d");
    let text = text.replace("instrument = \"@subpoenas\"", "instrument = \"@supoenas\"");
    let refused = mistakes(proposes(&world.gus(), world, LawText { file, text }));
    assert!(
        refused.contains("meridiana.toml, line 11, rule “meridiana-privacy-act”: “@supoenas” is not a group"),
        "{refused}"
    );
    let unshown = meridiana("1", "\"bsi\"", "order_2703d");
    let (text, _) = unshown.text.split_once("[[rule.vector]]").unwrap();
    let refused = mistakes(proposes(&world.gus(), world, LawText { text: text.to_owned(), ..unshown }));
    assert!(refused.contains("line 7") && refused.contains("no vector stands beneath it"), "{refused}");
    assert!(list_proposals(&world.ctx, &world.dan().who).unwrap().is_empty());
}

/// What the form says of the pack.
fn mistakes(refused: Result<LawProposalId, ActionError>) -> String {
    match refused {
        Err(ActionError::Invalid(fields)) => fields.iter().map(|field| field.reason.clone()).collect(),
        other => panic!("not refused for its mistakes: {other:?}"),
    }
}

/// How many cases are assessed, each with three demands.
fn how_many() -> usize {
    if until::is_long() { 1_000 } else { 24 }
}

fn old_answers_come_out_as_they_were_and_the_flips_are_those_of_asking_everything_anew(world: &World) {
    let asks = ["account/registration", "account/sign_in_access", "mail/mail_content"];
    let changes = [
        meridiana("1", "\"bsi\"", "order_2703d"),
        meridiana("2", "\"bsi\", \"ip_session\"", "search_warrant"),
        meridiana("3", "\"ip_session\"", "order_2703d"),
    ];
    let (mut cases, mut kept) = (Vec::new(), BTreeMap::new());
    let mut flipped = 0;
    for number in 0..how_many() {
        // A quarter of the cases under each rulebook.
        if number > 0 && number % (how_many() / 4) == 0 {
            let change = changes[number / (how_many() / 4) - 1].clone();
            let proposal = proposes(&world.gus(), world, change).done();
            let would = list_proposals(&world.ctx, &world.dan().who).unwrap().remove(0).rulebook;
            flipped += the_flips_are_those_of_asking_everything_anew(world, &would, &kept);
            adopts(&world.carla(), world, proposal).done();
        }
        let paper = if number % 3 == 0 { warrant() } else { subpoena() };
        let paper = asks.iter().fold(paper, |paper, item| paper.asking(item));
        let case = world.anna().opens(paper).done();
        let case = world.ben().verifies(&case).done();
        let case = world.anna().assesses(&case).done();
        for (demand, given) in case.demands.iter().zip(case.assessed().unwrap().answers.iter()) {
            kept.insert((case.reference.to_string(), demand.position), given.assessment.clone());
        }
        cases.push(case);
    }
    assert!(flipped > 0);

    let replayed = replay(&world.ctx).unwrap();
    assert_eq!((replayed.same, replayed.unpinned), (kept.len() as u64, 0));
    assert_eq!((replayed.rulebooks, replayed.other.as_slice()), (4, &[][..]));
    for case in &cases {
        for (demand, given) in world.case(case.id).demands.iter().zip(&case.assessed().unwrap().answers) {
            assert_eq!(given.assessment, kept[&(case.reference.to_string(), demand.position)]);
        }
    }
}

/// The flips that were found are those that asking every demand anew finds.
fn the_flips_are_those_of_asking_everything_anew(
    world: &World,
    would: &Rulebook,
    kept: &BTreeMap<(String, u32), Assessment>,
) -> usize {
    let anew = kept.iter().filter_map(|(on, answer)| {
        let now = would.evaluate(&facts_of(answer)).verdict;
        (now != answer.verdict).then(|| (on.clone(), answer.verdict, now))
    });
    let found = all_flips(world, would);
    let told: Vec<_> =
        found.iter().map(|flip| ((flip.on.reference.clone(), flip.on.position), flip.was, flip.would)).collect();
    assert_eq!(told, anew.collect::<Vec<_>>());
    told.len()
}

fn another_node_goes_by_the_rules_that_were_adopted_here(world: &World) {
    let case = assessed(world, "account/registration");
    let beside = world.enters_beside();
    let proposal = proposes(&world.gus(), world, meridiana("1", "\"bsi\"", "order_2703d")).done();
    adopts(&world.carla(), world, proposal).done();
    assert!(beside.rulebook().rule("meridiana-privacy-act").is_none(), "it knew before it was told");
    let on = OnCase { reference: case.reference.clone(), version: None };
    let case = assess_case::assess_case(&beside, &world.anna().who, &on).done();
    assert_eq!(answer(&case).verdict, Verdict::NeedsHigherProcess);
    assert!(beside.rulebook().rule("meridiana-privacy-act").is_some());
    assert!(lint::mistakes(&beside.rulebook(), &["meridiana"].into()).is_empty());
}

fn all_flips(world: &World, rulebook: &Rulebook) -> Vec<Flip> {
    flips(&world.ctx, rulebook, |_| ControlFlow::Continue(())).unwrap()
}

fn assessed(world: &World, item: &str) -> Case {
    let case = world.anna().opens(subpoena().asking(item)).done();
    assesses(world, &world.ben().verifies(&case).done())
}

fn assesses(world: &World, case: &Case) -> Case {
    world.anna().assesses(case).done()
}

fn answer(case: &Case) -> Assessment {
    case.assessed().unwrap().answers[0].assessment.clone()
}

fn a_lawyer_proposes_on_a_page_and_another_sees_what_would_change_and_adopts(world: &World) {
    let case = assessed(world, "account/registration");
    let site = world.serves();
    let (gus, dan, anna) =
        (site.browser_of(&world.gus()), site.browser_of(&world.dan()), site.browser_of(&world.anna()));
    anna.gets("/law").shows("Each answer pins it");
    assert_eq!(anna.gets("/law/propose").status, 403);
    let mistaken = meridiana("1", "\"bsi\"", "order_2703d").text.replace("cites = [\"Meridiana", "cite = [\"Meridiana");
    let fields = |text| [("what", "pack"), ("pack", text), ("because", "It is in force.")];
    let back = gus.fills("/law/propose", "/law/propose", &fields(&mistaken));
    assert_eq!(back.status, 422);
    back.shows("line 8");
    assert!(back.source().contains("Meridiana Code"), "what was typed is gone");
    let sound = meridiana("1", "\"bsi\"", "order_2703d").text;
    let done = gus.fills("/law/propose", "/law/propose", &fields(&sound));
    let proposal = done.leads_to().to_owned();

    let page = gus.gets(&proposal);
    page.shows("You proposed these rules");
    page.shows("1 permitted, would be needs higher process");
    assert!(!page.source().contains(&case.reference.to_string()), "an admin is told of a case");
    let page = dan.gets(&proposal);
    for words in
        ["meridiana-privacy-act", "new", "Meridiana asks for more than a subpoena", &case.reference.to_string()]
    {
        page.shows(words);
    }
    dan.gets("/law").shows("meridiana 1");
    dan.fills(&proposal, &format!("{proposal}/adopt"), &[]);
    dan.gets("/law").shows("meridiana");
    assert_eq!(dan.gets(&proposal).status, 404);
    let rule = dan.gets("/law/meridiana/meridiana-privacy-act");
    for words in ["Meridiana Code § 12-401", "A subpoena for a customer's name", "needs higher process"] {
        rule.shows(words);
    }
    assert_eq!(answer(&assesses(world, &world.case(case.id))).verdict, Verdict::NeedsHigherProcess);
}

fn what_was_adopted_meanwhile_is_not_taken_back_unseen(world: &World) {
    let (carla, dan) = (world.carla(), world.dan());
    let first = proposes(&carla, world, meridiana("1", "\"bsi\"", "order_2703d")).done();
    adopts(&dan, world, first).done();
    let second = proposes(&carla, world, meridiana("2", "\"bsi\"", "search_warrant")).done();
    let third = proposes(&carla, world, meridiana("3", "\"bsi\", \"ip_session\"", "search_warrant")).done();
    // Dan looks at the third; then the second becomes law; what he saw would take it back.
    let seen = world.ctx.rulebook().sha256().to_owned();
    adopts(&dan, world, second).done();
    let adopted = adopt(&world.ctx, &dan.who, third, seen);
    assert!(
        matches!(&adopted, Err(ActionError::Conflict(Some(why))) if why.contains("since you looked")),
        "{adopted:?}"
    );
    let version = |world: &World| {
        let rulebook = world.ctx.rulebook();
        rulebook.packs().iter().find(|pack| pack.name == "meridiana").unwrap().version.clone()
    };
    assert_eq!(version(world), "2");
    adopts(&dan, world, third).done();
    assert_eq!(version(world), "3");
}

fn nobody_counts_what_would_change_in_cases_they_may_not_know_of(world: &World) {
    let olga = world.hires("olga", "Olga Oak", &[Role::Analyst], true);
    let pavel = world.hires("pavel", "Pavel Pine", &[Role::Analyst, Role::Reviewer], true);
    let paper = Paper { compartment: Compartment::NationalSecurity, ..subpoena() }.asking("account/registration");
    let sealed = pavel.verifies(&olga.opens(paper).done()).done();
    olga.assesses(&sealed).done();
    let proposal = proposes(&world.gus(), world, meridiana("1", "\"bsi\"", "order_2703d")).done();
    let site = world.serves();
    let at = format!("/law/proposals/{proposal}");
    let page = site.browser_of(&world.dan()).gets(&at);
    page.shows("None. All 0 demands of open, ordinary cases keep their verdict.");
    page.hides("would be needs higher process");
    let page = site.browser_of(&pavel).gets(&at);
    page.shows("1 permitted, would be needs higher process");
    page.shows(&sealed.reference.to_string());
}

fn every_rule_that_was_asked_is_told_of_under_the_rules_of_the_answer(world: &World) {
    let case = assessed(world, "mail/mail_content");
    let proposal = proposes(&world.gus(), world, meridiana("1", "\"bsi\"", "order_2703d")).done();
    adopts(&world.carla(), world, proposal).done();
    let site = world.serves();
    let at = format!("/cases/{}/demands/{}/rules", case.reference, case.demands[0].id);
    let page = site.browser_of(&world.anna()).gets(&at);
    page.shows("the same answer came out, to the byte");
    page.shows("us-content-needs-warrant");
    // One that said no, with the fact that settled it.
    page.shows("us-warrant-reaches-content");
    page.shows("Instrument: grand jury subpoena (asks for: search warrant)");
    page.shows("Packs that do not speak of this demand");
    page.hides("meridiana-privacy-act");
    assert!(
        site.browser_of(&world.anna()).gets(&format!("/cases/{}?tab=review", case.reference)).source().contains(&at)
    );
    // Whoever sees the case sealed sees what was asked, and not of what.
    let sealed = site.browser_of(&world.fay()).gets(&at);
    sealed.shows("What each rule turned on is sealed");
    sealed.shows("us-warrant-reaches-content");
    sealed.hides("grand jury subpoena (asks for");
    let unanswered = world.anna().opens(subpoena().asking("mail/mail_content")).done();
    let none = format!("/cases/{}/demands/{}/rules", unanswered.reference, unanswered.demands[0].id);
    assert_eq!(site.browser_of(&world.anna()).gets(&none).status, 404);
}

fn a_rule_names_the_demands_on_which_it_bore(world: &World) {
    let case = assessed(world, "mail/mail_content");
    let other = assessed(world, "account/registration");
    let site = world.serves();
    let at = "/law/us-federal/us-content-needs-warrant";
    let page = site.browser_of(&world.anna()).gets(at);
    page.shows("Demands on which it bore");
    page.shows(&case.reference.to_string());
    page.shows("needs higher process");
    page.hides(&other.reference.to_string());
    site.browser_of(&world.anna()).gets("/law/us-federal/us-warrant-reaches-content").shows("On none of them.");
    // Nobody who does not work on cases is told of any.
    for outside in [world.gus(), world.fay()] {
        let page = site.browser_of(&outside).gets(at);
        page.shows("us-content-needs-warrant");
        page.hides(&case.reference.to_string());
        page.hides("Demands on which it bore");
    }
}

fn what_the_program_brings_takes_no_pack_of_ones_own_away(world: &World) {
    let own = proposes(&world.carla(), world, meridiana("1", "\"bsi\"", "order_2703d")).done();
    adopts(&world.dan(), world, own).done();
    let site = world.serves();
    let page = site.browser_of(&world.carla()).gets("/law");
    page.shows("meridiana");
    page.hides("This program brings other rules");
    // Nor is it taken away where the program does bring something: a pack that was left out here.
    let carla = site.browser_of(&world.carla());
    let fields = |gone| [("what", "without"), ("gone", gone), ("because", "It does not bind us.")];
    let none = carla.fills("/law/propose", "/law/propose", &fields(""));
    assert_eq!(none.status, 422);
    assert!(none.source().contains("It does not bind us."), "what was typed is gone");
    // Vectors of other packs may start from its facts: that holds nobody back, and is told.
    let leaned_on = carla.fills("/law/propose", "/law/propose", &fields("brazil"));
    carla.gets(leaned_on.leads_to()).shows("are no longer asked: 3 of india.");
    let leaned_on = list_proposals(&world.ctx, &world.dan().who).unwrap().remove(0).proposal.id;
    decline(&world.ctx, &world.carla().who, leaned_on).done();
    let proposed = carla.fills("/law/propose", "/law/propose", &fields("eu-dsa"));
    assert!(proposed.leads_to().starts_with("/law/proposals/"));
    let without = list_proposals(&world.ctx, &world.dan().who).unwrap().remove(0).proposal.id;
    adopts(&world.dan(), world, without).done();
    site.browser_of(&world.carla()).gets("/law").shows("This program brings other rules");
    let offered = propose(&world.ctx, &world.carla().who, Proposed::Offered, prose("A new version.")).done();
    adopts(&world.dan(), world, offered).done();
    let names: Vec<String> = world.ctx.rulebook().packs().iter().map(|pack| pack.name.clone()).collect();
    assert!(names.contains(&"eu-dsa".to_owned()) && names.contains(&"meridiana".to_owned()), "{names:?}");
}
