//! Who takes part in generated cases: the staff, the agencies with their officers, and what everybody goes by.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use secrecy::SecretString;
use serde::Serialize;

use super::dice::Dice;
use super::spread::Spread;
use crate::actions::add_staff::{add_staff, add_token};
use crate::actions::passwords::made_up_password;
use crate::actions::{ActionError, Ctx};
use crate::domain::agency::{Agency, Country, Officer};
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::id::{AgencyId, OfficerId, StaffId, TeamId};
use crate::domain::staff::{Actor, Role, Staff};
use crate::domain::text::Line;
use crate::domain::time::Instant;

/// Everybody and everything that generated cases refer to.
pub struct World<'c> {
    pub ctx: &'c Ctx,
    pub spread: Spread,
    pub seed: u64,
    /// How many people the cases ask about: some are asked about again and again.
    pub people: usize,
    /// Nothing happens after it.
    pub now: Instant,
    pub team: TeamId,
    staff: BTreeMap<Role, Vec<Staff>>,
    agencies: BTreeMap<String, Vec<(Agency, Vec<Officer>)>>,
}

/// How many there are of each role.
const STAFF: &[(Role, usize)] =
    &[(Role::Analyst, 24), (Role::Reviewer, 10), (Role::Fulfiller, 6), (Role::Auditor, 3), (Role::Admin, 2)];

/// What signs somebody in; kept in `generated-sign-in.json`.
#[derive(Serialize)]
pub struct SignIn {
    name: String,
    role: Role,
    password: String,
    token: String,
}

impl<'c> World<'c> {
    /// Hires the staff and fills the directory, at the moment the clock of `ctx` shows.
    pub fn make(
        ctx: &'c Ctx,
        seed: u64,
        cases: u32,
        team: TeamId,
        now: Instant,
    ) -> anyhow::Result<(Self, Vec<SignIn>)> {
        let (spread, people) = (Spread::read()?, usize::try_from(cases)?.saturating_mul(6).div_euclid(10).max(10));
        let (staff, agencies) = (BTreeMap::new(), BTreeMap::new());
        let mut world = World { ctx, spread, seed, people, now, team, staff, agencies };
        let sign_ins = world.hire()?;
        world.fill_directory()?;
        Ok((world, sign_ins))
    }

    /// The people of a role.
    pub fn staff(&self, role: Role) -> &[Staff] {
        self.staff.get(&role).map_or(&[], Vec::as_slice)
    }

    /// The agencies of a kind, with their officers.
    pub fn agencies(&self, key: &str) -> &[(Agency, Vec<Officer>)] {
        self.agencies.get(key).map_or(&[], Vec::as_slice)
    }

    fn hire(&mut self) -> anyhow::Result<Vec<SignIn>> {
        let (mut dice, by, mut sign_ins) = (Dice::new(self.seed, STAFF_DICE), Actor::System("generate"), Vec::new());
        for (role, count) in STAFF {
            for number in 1..=*count {
                let (password, name) = (made_up_password(), format!("{role}-{number}"));
                let staff = Staff {
                    id: StaffId(dice.id(self.ctx.now())),
                    name: name.clone(),
                    full_name: Line::parse("name", &self.person(&mut dice)?)?,
                    roles: BTreeSet::from([*role]),
                    teams: BTreeSet::from([self.team]),
                    is_cleared: false,
                    email: None,
                };
                let staff = add_staff(self.ctx, by.clone(), staff, &SecretString::from(password.clone()))?;
                let token = add_token(self.ctx, by.clone(), staff.id, Line::parse("name", "generated")?)?;
                self.staff.entry(*role).or_default().push(staff);
                sign_ins.push(SignIn { name, role: *role, password, token });
            }
        }
        Ok(sign_ins)
    }

    fn fill_directory(&mut self) -> anyhow::Result<()> {
        let (mut dice, now) = (Dice::new(self.seed, DIRECTORY_DICE), self.ctx.now());
        for kind in &self.spread.agency {
            for _ in 0..kind.count {
                let place = dice.one(&self.spread.places).context("no places")?;
                let is_of_a_state = kind.country == "US" && ["state", "local"].contains(&kind.level.as_str());
                let state = if is_of_a_state { dice.one(&self.spread.states) } else { None };
                let agency = Agency {
                    id: AgencyId(dice.id(now)),
                    name: Line::parse("name", &kind.name.replace("{place}", place))?,
                    country: Country::parse("country", &kind.country)?,
                    level: kind.level,
                    kind: kind.kind,
                    state: state.map(|state| Line::parse("state", state)).transpose()?,
                };
                let count = dice.between(1, 6);
                let officer = |_| self.officer(&mut dice, &agency, now);
                let officers = (0..count).map(officer).collect::<anyhow::Result<Vec<_>>>()?;
                self.agencies.entry(kind.key.clone()).or_default().push((agency, officers));
            }
        }
        let everybody: Vec<_> = self.agencies.values().flatten().cloned().collect();
        self.ctx.write_as(Actor::System("generate"), move |tx| {
            for (agency, officers) in everybody {
                let _kept = tx.apply(Change { event: Event::AgencyAdded(agency.clone()), state: agency })?;
                for officer in officers {
                    let _kept = tx.apply(Change { event: Event::OfficerAdded(officer.clone()), state: officer })?;
                }
            }
            Ok::<_, ActionError>(())
        })?;
        Ok(())
    }

    fn officer(&self, dice: &mut Dice, agency: &Agency, now: Instant) -> anyhow::Result<Officer> {
        let name = self.person(dice)?;
        let local = name.to_lowercase().replace(' ', ".");
        Ok(Officer {
            id: OfficerId(dice.id(now)),
            agency: agency.id,
            name: Line::parse("name", &name)?,
            title: None,
            email: Some(Line::parse("email", &format!("{local}.{}@agency.example", dice.between(1, 9_999)))?),
            phone: None,
        })
    }

    /// Somebody's name.
    fn person(&self, dice: &mut Dice) -> anyhow::Result<String> {
        let (first, last) = (dice.one(&self.spread.first_names), dice.one(&self.spread.last_names));
        first.zip(last).map(|(first, last)| format!("{first} {last}")).context("no names")
    }
}

// Numbers of dice beyond those of the cases.
const STAFF_DICE: u64 = u64::MAX;
const DIRECTORY_DICE: u64 = u64::MAX - 1;
/// The dice of the days in the office.
pub const OFFICE_DICE: u64 = u64::MAX - 2;
