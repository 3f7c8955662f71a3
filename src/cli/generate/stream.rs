//! Many lives as one stream of events in the order of time, played into the register piece by piece.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::mpsc::{Receiver, sync_channel};

use anyhow::Context;
use chrono::{Datelike, TimeDelta, Weekday};

use super::dice::Dice;
use super::life::{Life, live};
use super::world::{OFFICE_DICE, World};
use crate::actions::ActionError;
use crate::domain::case::CaseReference;
use crate::domain::event::Event;
use crate::domain::id::CaseId;
use crate::domain::staff::{Actor, Role};
use crate::domain::time::Instant;
use crate::store::play::{Happening, Player};

/// How many events one commit takes.
const PIECE: usize = 6_000;
/// How many lives are told ahead of the stream.
const AHEAD: usize = 512;
/// A paper arrives at most this long before its case is opened.
const BEFORE_OPENING: TimeDelta = TimeDelta::minutes(10);

/// Tells all cases, which are opened one after the other from `begins` on, and plays them.
///
/// # Errors
/// When a life can't be told, or the register can't be written.
pub fn play(world: &World, cases: u32, begins: Instant) -> anyhow::Result<()> {
    let plan = openings(cases, begins, world.now);
    let (send, lives) = sync_channel(AHEAD);
    std::thread::scope(|scope| {
        let telling = scope.spawn(move || {
            for (number, (reference, opened_at)) in (0_u64..).zip(plan) {
                let life = live(world, number, reference, opened_at).with_context(|| format!("case {number}"));
                let is_last = life.is_err();
                // The receiver goes first when the register fails; then nobody waits for more.
                if send.send(life.map(|life| (opened_at, life))).is_err() || is_last {
                    break;
                }
            }
        });
        let played = Stream::new(world, begins).run(&lives);
        drop(lives);
        let _ended = telling.join();
        played
    })
}

/// When each case is opened, evenly over the working hours, with its reference.
fn openings(cases: u32, begins: Instant, now: Instant) -> Vec<(CaseReference, Instant)> {
    let span = now.since(begins).num_seconds();
    let mut numbers: BTreeMap<i32, u32> = BTreeMap::new();
    let opening = |number: u32| {
        let share = i64::from(number).saturating_mul(span).checked_div(i64::from(cases)).unwrap_or(0);
        let at = in_office_hours(begins.plus(TimeDelta::seconds(share)), now);
        let count = numbers.entry(at.day().year()).or_insert(0);
        *count = count.saturating_add(1);
        (CaseReference::new(at.day().year(), *count), at)
    };
    (0..cases).map(opening).collect()
}

/// The moment moved into ten hours of its day, so that order is kept; weekends are worked on too, by emergencies.
fn in_office_hours(at: Instant, now: Instant) -> Instant {
    let midnight = Instant::new(at.day().and_time(chrono::NaiveTime::MIN).and_utc());
    let since = at.since(midnight);
    let moved =
        midnight.plus(TimeDelta::hours(7)).plus(TimeDelta::seconds(since.num_seconds().saturating_mul(10) / 24));
    // On the last day time may be too short for that.
    if moved > now || midnight.plus(TimeDelta::days(1)) > now { at } else { moved }
}

/// A life on its way into the register: whose it is, what comes after the next thing, and that.
type Told = (Option<CaseId>, std::vec::IntoIter<Happening>, Option<Happening>);

struct Stream<'w> {
    world: &'w World<'w>,
    player: Player,
    /// What is told and not yet played, the earliest first.
    coming: BinaryHeap<Reverse<(Instant, u64)>>,
    told: BTreeMap<u64, Told>,
    next_number: u64,
    piece: Vec<Happening>,
    ended: Vec<CaseId>,
    played: usize,
}

impl<'w> Stream<'w> {
    fn new(world: &'w World<'w>, begins: Instant) -> Stream<'w> {
        let mut stream = Stream {
            world,
            player: Player::default(),
            coming: BinaryHeap::new(),
            told: BTreeMap::new(),
            next_number: 0,
            piece: Vec::with_capacity(PIECE),
            ended: Vec::new(),
            played: 0,
        };
        stream.hear(None, days_in_the_office(world, begins));
        stream
    }

    fn run(mut self, lives: &Receiver<anyhow::Result<(Instant, Life)>>) -> anyhow::Result<()> {
        for life in lives {
            let (opened_at, life) = life?;
            // Everything before this life's first event is settled.
            self.play_until(Some(opened_at.plus(-BEFORE_OPENING)))?;
            let id = life.beginning.case;
            self.player.begin(life.beginning);
            self.hear(Some(id), life.told);
        }
        self.play_until(None)?;
        self.commit()
    }

    fn hear(&mut self, case: Option<CaseId>, told: Vec<Happening>) {
        let mut rest = told.into_iter();
        let Some(first) = rest.next() else {
            self.ended.extend(case);
            return;
        };
        let number = self.next_number;
        self.next_number = number.saturating_add(1);
        self.coming.push(Reverse((first.at, number)));
        self.told.insert(number, (case, rest, Some(first)));
    }

    fn play_until(&mut self, end: Option<Instant>) -> anyhow::Result<()> {
        while let Some(Reverse((at, number))) = self.coming.peek().copied() {
            if end.is_some_and(|end| at >= end) {
                break;
            }
            self.coming.pop();
            let Some((case, rest, next)) = self.told.get_mut(&number) else { continue };
            self.piece.extend(next.take());
            *next = rest.next();
            match next {
                Some(next) => self.coming.push(Reverse((next.at, number))),
                None => {
                    self.ended.extend(*case);
                    self.told.remove(&number);
                }
            }
            if self.piece.len() >= PIECE {
                self.commit()?;
            }
        }
        Ok(())
    }

    /// Plays a piece in one commit.
    fn commit(&mut self) -> anyhow::Result<()> {
        let (piece, ended) = (std::mem::take(&mut self.piece), std::mem::take(&mut self.ended));
        let count = piece.len();
        if count == 0 {
            return Ok(());
        }
        let mut player = std::mem::take(&mut self.player);
        self.player = self.world.ctx.store.write::<_, ActionError>(move |tx| {
            tx.play(&mut player, piece, &ended)?;
            Ok(player)
        })?;
        let before = self.played / 100_000;
        self.played = self.played.saturating_add(count);
        if self.played / 100_000 > before {
            eprintln!("{} entries …", self.played);
        }
        Ok(())
    }
}

/// Everybody signs in on working days.
fn days_in_the_office(world: &World, begins: Instant) -> Vec<Happening> {
    let mut dice = Dice::new(world.seed, OFFICE_DICE);
    let mut told = Vec::new();
    for day in begins.day().iter_days().skip(1).take_while(|day| *day < world.now.day()) {
        if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            continue;
        }
        let morning = Instant::new(day.and_time(chrono::NaiveTime::MIN).and_utc()).plus(TimeDelta::hours(6));
        for staff in Role::ALL.iter().flat_map(|role| world.staff(*role)) {
            let (at, staff) = (morning.plus(dice.minutes(0, 90)), staff.id);
            told.push(Happening { at, actor: Actor::Staff(staff), case: None, event: Event::SignedIn { staff } });
        }
    }
    told.sort_by_key(|happening| happening.at);
    told
}
