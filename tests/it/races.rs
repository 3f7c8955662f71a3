//! Sixteen people at once on the same handful of cases, through real servers. Whoever is first wins, everybody else is
//! told so, and from the log alone every promise of the product holds for every case.

mod rules;
mod rules_can_fail;
mod storm;
mod story;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use storm::{CASES, Desk, Person, Tally};
use writ::actions::add_staff::add_token;
use writ::domain::staff::{Actor, Role};

use crate::support::chance::Chance;
use crate::support::server::Server;
use crate::support::until::{is_long, times};
use crate::support::world::{World, line};

/// Five analysts, four reviewers, two fulfillers, and five who hold several roles: four eyes hold all the same.
const ROLES: &[&[Role]] = &[
    &[Role::Analyst],
    &[Role::Analyst],
    &[Role::Analyst],
    &[Role::Analyst],
    &[Role::Analyst],
    &[Role::Reviewer],
    &[Role::Reviewer],
    &[Role::Reviewer],
    &[Role::Reviewer],
    &[Role::Fulfiller],
    &[Role::Fulfiller],
    &[Role::Analyst, Role::Reviewer],
    &[Role::Analyst, Role::Reviewer],
    &[Role::Reviewer, Role::Fulfiller],
    &[Role::Analyst, Role::Fulfiller],
    Role::ALL,
];

/// How long a long run lasts.
const LONG: Duration = Duration::from_secs(60);

mod sqlite {
    #[test]
    fn sixteen_people_at_once_break_no_promise() {
        super::sixteen_at_once("sqlite", crate::support::World::by_the_clock(None), 1);
    }
}

mod postgres {
    #[test]
    fn sixteen_people_at_once_break_no_promise() {
        if let Some(world) = crate::support::World::on_postgres_by_the_clock() {
            super::sixteen_at_once("postgres", world, 1);
        }
    }

    #[test]
    fn nor_do_they_on_two_nodes() {
        if let Some(world) = crate::support::World::on_postgres_by_the_clock() {
            super::sixteen_at_once("two nodes", world, 2);
        }
    }
}

fn sixteen_at_once(what: &str, world: World, nodes: usize) {
    let (mut chance, begun) = (Chance::of_this_run(what), Instant::now());
    let tokens: Vec<(String, String)> = (1..).zip(ROLES).map(|(number, roles)| hires(&world, number, roles)).collect();
    let place = world.leaves();
    let settings = place.settles();
    let servers: Vec<Server> = (0..nodes).map(|_| Server::start(&settings)).collect();
    let clients = tokens.iter().enumerate().map(|(at, (name, token))| servers[at % nodes].site.program_of(name, token));
    let person = |client| Person { client, chance: chance.branch(), tally: Tally::new() };
    let mut people: Vec<Person<'_>> = clients.map(person).collect();
    let desk: Desk = Mutex::new((0..CASES).map(|_| storm::opens(&people[0].client).unwrap()).collect());
    let acts = times("WRIT_TEST_ACTS", 12, usize::MAX);
    std::thread::scope(|scope| {
        for person in &mut people {
            let desk = &desk;
            scope.spawn(move || {
                for _ in 0..acts {
                    if is_long() && begun.elapsed() > LONG {
                        break;
                    }
                    person.acts(desk);
                }
            });
        }
    });
    let mut tally = Tally::new();
    for (answer, count) in people.iter().flat_map(|person| &person.tally) {
        *tally.entry(*answer).or_default() += count;
    }
    drop(servers);
    let world = place.enters();
    world.ends_well();
    no_promise_is_broken(what, &world, &tally);
}

fn no_promise_is_broken(what: &str, world: &World, tally: &Tally) {
    let stories = story::stories(world);
    for story in &stories {
        let found = rules::broken(story);
        assert!(found.is_empty(), "{found:#?}\n{story:#?}");
    }
    let count = |status| tally.iter().filter(|((_, is), _)| *is == status).map(|(_, count)| count).sum::<usize>();
    let entries: usize = stories.iter().map(|story| story.entries.len()).sum();
    println!(
        "{what}: {} cases, {entries} entries about them; {} acts done, {} refused, {} overtaken, {} unfit, {} not \
         there, {} busy\n{tally:?}",
        stories.len(),
        count(200),
        count(403),
        count(409),
        count(422),
        count(404),
        count(503) + count(408),
    );
    // A storm in which nobody was ever in anybody's way shows nothing.
    assert!(count(200) > 0 && count(403) + count(409) > 0, "{tally:?}");
}

fn hires(world: &World, number: usize, roles: &[Role]) -> (String, String) {
    let name = format!("person-{number}");
    let person = world.hires(&name, &format!("Person {number}"), roles, false);
    let token = add_token(&world.ctx, Actor::System("setup"), person.id(), line("a test")).unwrap();
    (name, token)
}
