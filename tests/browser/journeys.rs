//! What people do all day, each a short story in a browser, with JavaScript and without it.

mod approval;
mod many;
mod morning;
mod redirect;

use crate::driver::{Browser, Look, journey};
use crate::support::World;
use crate::support::people::Person;
use crate::visit::Visit;

/// One story: a world whose site answers, and a browser in front of it.
pub struct Story<'w> {
    pub browser: &'w Browser,
    pub world: &'w World,
    visit: Visit<'w>,
}

/// Tells a story in this world, which must end well.
pub async fn tells(name: &str, look: Look, world: World, story: impl AsyncFnOnce(&Story<'_>)) {
    let site = world.serves();
    journey(name, look, async |browser| {
        let visit = Visit { browser, url: site.url().to_owned() };
        story(&Story { browser, world: &world, visit }).await;
    })
    .await;
    world.ends_well();
}

impl Story<'_> {
    pub async fn goes_to(&self, path: &str) {
        self.visit.goes_to(path).await;
    }

    /// One person's turn: signs in, does something, signs out.
    pub async fn turn_of(&self, who: &Person<'_>, acts: impl AsyncFnOnce(&Browser)) {
        self.visit.signs_in_as(who).await;
        acts(self.browser).await;
        self.visit.signs_out().await;
    }
}
