//! The people at work, with what opens the door to each, and what they were told is done.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;
use writ::actions::add_staff::add_token;
use writ::domain::id::StaffId;
use writ::domain::staff::Actor;

use crate::support::site::{Client, Site};
use crate::support::world::{World, line, password_of};

/// The people of a register, each with an API token.
pub struct Office(BTreeMap<String, (StaffId, String)>);

/// Something a client was told is done: from then on it must never be missing.
#[derive(Debug, Clone)]
pub enum Told {
    /// An act on a case, which made this version of it.
    Act { case: String, version: i64, kind: &'static str, by: StaffId },
    /// A comment, which makes no version.
    Comment { case: String, text: String },
    /// Bytes that arrived.
    File { sha256: String, size: usize },
}

impl Office {
    pub fn of(world: &World, people: &[&str]) -> Office {
        let token = |name: &str| {
            let id = world.person(name).id();
            let token = add_token(&world.ctx, Actor::System("setup"), id, line("a test")).unwrap();
            (name.to_owned(), (id, token))
        };
        Office(people.iter().map(|name| token(name)).collect())
    }

    pub fn id(&self, name: &str) -> StaffId {
        self.0[name].0
    }

    pub fn program<'s>(&self, site: &'s Site, name: &str) -> Client<'s> {
        site.program_of(name, &self.0[name].1)
    }

    /// The cookie of a session that begins now.
    pub fn signs_in(site: &Site, name: &str) -> String {
        site.browser_with(name, password_of(name).expose_secret()).cookie().unwrap().to_owned()
    }
}
