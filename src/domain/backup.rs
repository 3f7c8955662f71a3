//! For how long backups are kept, by days alone: each for some days, the first of a week for some weeks, the first of a
//! month for some months. What is erased from the register is gone from all backups on [`Rotation::last_day`].

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::days::{plus_days, plus_months};
use super::time::Instant;

/// For how long which backups are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// For how many days each one, that day included; from 1.
    pub daily: u32,
    /// For how many weeks the first one of a week, that week included.
    pub weekly: u32,
    /// For how many months the first one of a month, that month included.
    pub monthly: u32,
}

impl Rotation {
    /// Which of these backups are over on a day. The newest never is: an old backup is better than none.
    pub fn over(self, made: &BTreeSet<Instant>, today: NaiveDate) -> Vec<Instant> {
        let (mut weeks, mut months, mut over) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        for at in made {
            let day = at.day();
            let mut until = self.daily_until(day);
            if weeks.insert(first_of_week(day)) {
                until = until.max(self.weekly_until(day));
            }
            if months.insert((day.year(), day.month())) {
                until = until.max(self.monthly_until(day));
            }
            if until < today && Some(at) != made.last() {
                over.push(*at);
            }
        }
        over
    }

    /// The last day on which a backup made on a day may still be kept, as long as newer ones are made: what was taken out
    /// of the register on that day may stand in a backup until then.
    pub fn last_day(self, made_on: NaiveDate) -> NaiveDate {
        self.daily_until(made_on).max(self.weekly_until(made_on)).max(self.monthly_until(made_on))
    }

    fn daily_until(self, day: NaiveDate) -> NaiveDate {
        plus_days(day, i64::from(self.daily).saturating_sub(1)).unwrap_or(NaiveDate::MAX)
    }

    fn weekly_until(self, day: NaiveDate) -> NaiveDate {
        let days = i64::from(self.weekly).saturating_mul(7).saturating_sub(1);
        plus_days(first_of_week(day), days).unwrap_or(NaiveDate::MAX)
    }

    fn monthly_until(self, day: NaiveDate) -> NaiveDate {
        let first = day.with_day(1).unwrap_or(day);
        plus_months(first, self.monthly).and_then(|next| plus_days(next, -1)).unwrap_or(NaiveDate::MAX)
    }
}

/// The Monday of a day's week.
fn first_of_week(day: NaiveDate) -> NaiveDate {
    plus_days(day, -i64::from(day.weekday().num_days_from_monday())).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::TimeDelta;

    use super::*;

    fn at(day: &str) -> Instant {
        Instant::new(format!("{day}T03:00:00Z").parse().unwrap())
    }

    #[test]
    fn backups_thin_out_and_none_outlives_its_last_day() {
        let rotation = Rotation { daily: 7, weekly: 5, monthly: 12 };
        let mut kept = BTreeSet::new();
        let mut now = at("2026-01-01");
        for _ in 0..800 {
            kept.insert(now);
            for gone in rotation.over(&kept, now.day()) {
                kept.remove(&gone);
            }
            assert!(kept.iter().all(|made| rotation.last_day(made.day()) >= now.day()), "{kept:?}");
            now = now.plus(TimeDelta::days(1));
        }
        // A week of days, about four Mondays more, and the first of each of twelve months.
        assert!((19..=23).contains(&kept.len()), "{kept:?}");
        assert_eq!(kept.first().unwrap().day().to_string(), "2027-04-01");
    }

    #[test]
    fn the_newest_stays_whatever_its_age() {
        let rotation = Rotation { daily: 1, weekly: 0, monthly: 0 };
        let made = BTreeSet::from([at("2026-01-01"), at("2026-01-02")]);
        assert_eq!(rotation.over(&made, at("2026-06-01").day()), [at("2026-01-01")]);
        assert_eq!(rotation.last_day(at("2026-01-02").day()), at("2026-01-02").day());
    }
}
