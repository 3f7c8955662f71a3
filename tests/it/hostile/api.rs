//! Every text of every call of the API.

use serde_json::json;
use writ::domain::staff::Role;

use super::{markup, strings};
use crate::api::garbage::{answered, calls, places};
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::until::is_long;
use crate::support::world::World;

pub fn no_call_of_the_api_fails(world: &World) {
    let site = world.serves();
    let zoe = site.token_of(world, &world.hires("zoe", "Zoe Zinn", Role::ALL, true));
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let (mut tried, mut taken) = (0, 0);
    let (strings, mut turns) = (strings::all(), 0_usize..);
    for (path, body) in calls(&zoe, &case) {
        let texts: Vec<String> =
            places(&body).into_iter().filter(|place| body.pointer(place).unwrap().is_string()).collect();
        for place in texts {
            // Each place gets its share of the strings, the next place the next share.
            let (share, turn) = (if is_long() { 1 } else { 4 }, turns.next().unwrap_or_default());
            for text in strings.iter().skip(turn % share).step_by(share) {
                let mut body = body.clone();
                *body.pointer_mut(&place).unwrap() = json!(text);
                let answer = zoe.calls(&path, &body.to_string());
                answered(&answer, &format!("{path} with {place} = “{text}”"));
                (tried, taken) = (tried + 1, taken + usize::from(answer.status < 300));
            }
        }
    }
    println!("{tried} bodies tried, {taken} taken");
    assert!(taken > 0, "nothing was ever taken, so nothing was shown");
    // What was taken is shown to people.
    let browser = site.browser_of(&world.anna());
    for case in world.cases().iter().rev().take(200) {
        let page = browser.gets(&format!("/cases/{}", case.reference));
        assert!(page.status < 500, "{}", page.text());
        markup::is_ours(&page.source(), "a call of the API");
    }
}
