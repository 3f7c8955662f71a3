//! The demonstration's staff.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;

use super::SignIn;
use crate::actions::add_staff::{add_staff, add_token};
use crate::actions::{Ctx, SignedIn};
use crate::cli::staff::made_up_password;
use crate::domain::id::{StaffId, TeamId};
use crate::domain::staff::{Actor, Role, Staff};
use crate::domain::text::Line;
use crate::system;

/// Everybody, signed in, with what signs them in.
pub struct People {
    by_key: BTreeMap<&'static str, (SignedIn, SignIn)>,
}

/// Key in the sign-in file, sign-in name, full name, role.
const STAFF: &[(&str, &str, &str, Role)] = &[
    ("analyst", "anna", "Anna Brandt", Role::Analyst),
    ("analyst-2", "ben", "Ben Castellan", Role::Analyst),
    ("reviewer", "carla", "Carla Dorn", Role::Reviewer),
    ("reviewer-2", "dan", "Dan Eklund", Role::Reviewer),
    ("reviewer-3", "hana", "Hana Ito", Role::Reviewer),
    ("fulfiller", "emil", "Emil Falade", Role::Fulfiller),
    ("auditor", "fay", "Fay Gundersen", Role::Auditor),
    ("admin", "gus", "Gus Harrow", Role::Admin),
];

/// Adds everybody with a made-up password and an API token.
pub fn add_all(ctx: &Ctx, team: TeamId) -> anyhow::Result<People> {
    let by = Actor::System("demo");
    let mut by_key = BTreeMap::new();
    for (key, name, full_name, role) in STAFF {
        let password = made_up_password();
        let staff = Staff {
            id: StaffId(system::fresh_id()),
            name: (*name).to_owned(),
            full_name: Line::parse("full_name", full_name)?,
            roles: BTreeSet::from([*role]),
            teams: BTreeSet::from([team]),
            is_cleared: false,
            email: Line::parse("email", &format!("{name}@writ.example")).ok(),
        };
        let staff = add_staff(ctx, by.clone(), staff, &SecretString::from(password.clone()))?;
        let token = add_token(ctx, by.clone(), staff.id, Line::parse("name", "demonstration")?)?;
        let sign_in = SignIn { name: (*name).to_owned(), password, token };
        by_key.insert(*key, (SignedIn { staff, session: None, as_of: None }, sign_in));
    }
    Ok(People { by_key })
}

impl People {
    /// Somebody by key, signed in.
    pub fn get(&self, key: &str) -> anyhow::Result<&SignedIn> {
        self.by_key.get(key).map(|(who, _)| who).ok_or_else(|| anyhow::anyhow!("nobody has the key {key}"))
    }

    /// What signs everybody in.
    pub fn sign_ins(&self) -> BTreeMap<String, SignIn> {
        self.by_key.iter().map(|(key, (_, sign_in))| ((*key).to_owned(), sign_in.clone())).collect()
    }
}
