//! Playing events: the third way to write, for registers that are generated. Somebody tells what happened, event by
//! event, in the order of time; each becomes its entry, and the rows of a case are what its events fold to. So here too
//! there is no state without its entries: no state can be given, only told.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::cases::WholeCase;
use super::conn::Conn;
use super::error::StoreError;
use super::keys::{self, DataKeyRow, KeyOwner};
use super::log::{Logged, Rows};
use super::register::{self, Generation};
use super::schema::reference_series;
use super::search::FreshIndex;
use super::staff;
use super::transaction::Tx;
use crate::domain::agency::{Agency, Officer};
use crate::domain::event::Event;
use crate::domain::id::CaseId;
use crate::domain::staff::Actor;
use crate::domain::stage::Compartment;
use crate::domain::tally::Tally;
use crate::domain::time::Instant;
use crate::seal::Key;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// When.
    pub at: Instant,
    /// Who did it.
    pub actor: Actor,
    /// The case it was about, if any.
    pub case: Option<CaseId>,
    /// What happened.
    pub event: Event,
}

/// What a case's rows need beside its events.
pub struct Beginning {
    /// The case.
    pub case: CaseId,
    /// Seals its documents and personal payloads.
    pub key: Key,
    /// The agency that asks.
    pub agency: Agency,
    /// Its officer.
    pub officer: Option<Officer>,
}

/// Cases whose events are being played. It lasts over many commits.
#[derive(Default)]
pub struct Player {
    under_way: BTreeMap<CaseId, (Beginning, WholeCase)>,
    /// The next free reference number by year.
    series: BTreeMap<i32, i32>,
}

impl Player {
    /// Makes a case known before its first event.
    pub fn begin(&mut self, beginning: Beginning) {
        self.under_way.insert(beginning.case, (beginning, WholeCase::default()));
    }

    /// How many cases have events and no rows yet.
    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// Cases that have begun, in order of their ids.
    pub fn open_cases(&self) -> Vec<CaseId> {
        self.under_way.keys().copied().collect()
    }
}

impl Tx<'_> {
    /// Plays events in their order, and writes the rows of the cases that `ended`, of which nothing more is told.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] in a register that is not being generated, for a case that was not begun or a compartment
    /// that is not played; when the database fails.
    pub fn play(&mut self, player: &mut Player, told: Vec<Happening>, ended: &[CaseId]) -> Result<(), StoreError> {
        refuse_a_register_of_its_own(self.conn)?;
        let (mut rows, mut fresh_keys, mut signed_in) = (Rows::default(), Vec::new(), BTreeMap::new());
        let register_key = self.data_key(KeyOwner::Register)?;
        for happening in told {
            let actor = happening.actor.to_string();
            let logged = |case, owner: KeyOwner, tally: Option<Tally>| {
                let payloads = happening.event.split_with(tally.as_ref());
                let payloads = payloads.map_err(|e| StoreError::Down(e.to_string()))?;
                Ok::<_, StoreError>(Logged {
                    actor: &actor,
                    now: happening.at,
                    case,
                    payloads,
                    owner: owner.to_string(),
                })
            };
            if let Event::SignedIn { staff } = &happening.event {
                signed_in.insert(*staff, happening.at.max(self.head.last_at));
            }
            let Some(id) = happening.case else {
                rows.write_down(&mut self.head, logged(None, KeyOwner::Register, None)?, &register_key)?;
                continue;
            };
            let (beginning, whole) = player.under_way.get_mut(&id).ok_or_else(|| not_begun(id))?;
            let (owner, at) = (KeyOwner::Case(id), happening.at.max(self.head.last_at));
            if whole.is_fresh {
                whole.is_fresh = false;
                let row = DataKeyRow::of(self.installation, &owner.to_string(), &beginning.key, at)?;
                fresh_keys.push(row);
            }
            if let Event::CaseOpened(opened) = &happening.event {
                refuse_closed_compartment(opened.compartment)?;
                count_reference(&mut player.series, opened.reference.as_str());
            }
            let seq = self.head.next_seq()?;
            whole.take(id, &happening.event, seq)?;
            let tally = whole.case.as_ref().and_then(|case| Tally::after(&happening.event, case));
            rows.write_down(&mut self.head, logged(Some(id.to_string()), owner, tally)?, &beginning.key)?;
        }
        for rows in fresh_keys.chunks(KEYS_AT_ONCE) {
            keys::insert_all(self.conn, rows)?;
        }
        rows.insert(self)?;
        for (whom, at) in signed_in {
            staff::mark_signed_in(self, whom, at)?;
        }
        self.keep_whole(player, ended)?;
        keep_series(self, &player.series)
    }

    fn keep_whole(&mut self, player: &mut Player, ended: &[CaseId]) -> Result<(), StoreError> {
        let (mut index, mut cases) = (FreshIndex::default(), Vec::new());
        for id in ended {
            let (beginning, whole) = player.under_way.remove(id).ok_or_else(|| not_begun(*id))?;
            if let Some(case) = &whole.case {
                let comments: Vec<_> = whole.comments.iter().map(|(comment, _)| comment).collect();
                index.add(case, &beginning.agency, beginning.officer.as_ref(), &comments);
            }
            cases.push(whole);
        }
        WholeCase::insert_all(self, cases)?;
        index.insert(self)
    }
}

/// Keys of one statement: SQLite takes 32,766 values, and a key has three.
const KEYS_AT_ONCE: usize = 5_000;

fn keep_series(tx: &mut Tx<'_>, series: &BTreeMap<i32, i32>) -> Result<(), StoreError> {
    for (year, next) in series {
        let next = reference_series::next_number.eq(next);
        if diesel::update(reference_series::table.find(year)).set(next).execute(tx.conn)? == 0 {
            diesel::insert_into(reference_series::table)
                .values((reference_series::year.eq(year), next))
                .execute(tx.conn)?;
        }
    }
    Ok(())
}

/// What is played was decided by nobody, so it is never added to what people did.
fn refuse_a_register_of_its_own(conn: &mut Conn) -> Result<(), StoreError> {
    match register::find(conn)?.map(|register| register.generation) {
        Some(Generation::UnderWay) => Ok(()),
        _ => Err(StoreError::Unfit("cases are played into a register that is being generated, and no other".into())),
    }
}

fn not_begun(id: CaseId) -> StoreError {
    StoreError::Unfit(format!("the case {id} was never begun"))
}

/// A closed compartment's entries are sealed to it, which is not played.
fn refuse_closed_compartment(compartment: Compartment) -> Result<(), StoreError> {
    match compartment {
        Compartment::NationalSecurity => Err(StoreError::Unfit("national-security cases are not generated".into())),
        _ => Ok(()),
    }
}

fn count_reference(series: &mut BTreeMap<i32, i32>, reference: &str) {
    let Some((Ok(year), Ok(number))) = reference.split_once('-').map(|(y, n)| (y.parse::<i32>(), n.parse::<i32>()))
    else {
        return;
    };
    let next = series.entry(year).or_insert(1);
    *next = (*next).max(number.saturating_add(1));
}
