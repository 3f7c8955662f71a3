//! Periods of law against dates worked out elsewhere, and calendars against tables computed by others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use writ::clock::{Calendars, Start, reckon};
use writ::domain::clock::{Counting, Length};

use crate::support::skipped::skipped;

const DATED: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clock/dated.tsv"));
const CALENDARS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/config/calendars.toml"));

fn calendars() -> &'static Calendars {
    static READ: LazyLock<Calendars> = LazyLock::new(|| Calendars::parse(CALENDARS).unwrap());
    &READ
}

fn start(at: &str, zone: &str, minutes: i64) -> Start {
    Start {
        what: "served".to_owned(),
        at: DateTime::parse_from_rfc3339(at).unwrap().with_timezone(&Utc),
        zone: zone.parse().unwrap(),
        stood_still: TimeDelta::minutes(minutes),
    }
}

fn counting(word: &str) -> Counting {
    serde_json::from_value(word.into()).unwrap()
}

/// Each line was worked out by hand, or by Python's own zones with holidays computed by another library.
#[test]
fn every_dated_case_comes_out_as_it_was_worked_out_elsewhere() {
    let (mut wrong, mut count, mut by_hand) = (Vec::new(), 0, 0);
    for line in DATED.lines().filter(|line| !line.starts_with('#')) {
        let [what, at, zone, length, rule, calendar, still, due, by] =
            line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let start = start(at, zone, still.parse().unwrap());
        let calendar = calendars().get(calendar).unwrap();
        let reached = reckon(&start, length.parse().unwrap(), counting(rule), calendar).unwrap();
        count += 1;
        by_hand += usize::from(by == "by hand");
        if reached.at.format("%Y-%m-%dT%H:%M:%SZ").to_string() != due {
            wrong.push(format!("{what}, {at}: {} instead of {due}: {}", reached.at, reached.told()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 120 && by_hand >= 7, "{count} cases, {by_hand} by hand");
}

#[test]
fn the_arithmetic_says_how_it_was_counted() {
    let told = |at, zone, length: &str, rule, calendar| {
        let length: Length = length.parse().unwrap();
        reckon(&start(at, zone, 0), length, counting(rule), calendars().get(calendar).unwrap()).unwrap().told()
    };
    assert_eq!(
        told("2026-11-12T16:10:00+01:00", "Europe/Brussels", "10 days", "eu", "BE"),
        "served Thu 12 Nov 2026 16:10 CET + 10 days = Sun 22 Nov 2026 → Sunday: Mon 23 Nov 2026 \
         (Reg. 1182/71 Art. 3(4)) → Mon 23 Nov 2026 24:00 CET"
    );
    assert_eq!(
        told("2026-06-19T10:00:00-04:00", "America/New_York", "14 days", "us_court", "US"),
        "served Fri 19 Jun 2026 10:00 EDT + 14 days = Fri 3 Jul 2026 → Independence Day (observed): Mon 6 Jul 2026 \
         (Fed. R. Civ. P. 6(a)(1)(C)) → Mon 6 Jul 2026 24:00 EDT"
    );
    assert_eq!(
        told("2026-11-25T08:00:00-08:00", "America/Los_Angeles", "3 working days", "plain", "US"),
        "served Wed 25 Nov 2026 08:00 PST + 3 working days, Thu 26 Nov 2026 left out (Thanksgiving Day), \
         Sat 28 Nov 2026 left out (Saturday), Sun 29 Nov 2026 left out (Sunday) = Tue 1 Dec 2026 → Tue 1 Dec 2026 24:00 PST"
    );
    assert!(told("2026-03-28T22:00:00+01:00", "Europe/Berlin", "8 hours", "eu", "DE").starts_with(
        "served Sat 28 Mar 2026 22:00 CET + 8 hours [Reg. 1182/71 Art. 3(1) leaves out the hour that had begun; \
             the earlier end is kept] → Sun 29 Mar 2026 07:00 CEST"
    ));
}

#[test]
fn a_period_or_a_holiday_that_cannot_be_read_is_named() {
    assert!("10 fortnights".parse::<Length>().unwrap_err().contains("10 fortnights"));
    for (mistake, named) in [("on = \"13-01\"", "13-01"), ("on = \"third someday of may\"", "someday")] {
        let text = format!("[XX]\ntitle = \"X\"\ncites = [\"A\"]\nholidays = [{{ {mistake}, name = \"Feast\" }}]\n");
        let said = Calendars::parse(&text).unwrap_err();
        assert!(said.contains(named) && said.contains("calendar XX"), "{said}");
    }
}

/// Holidays of the United States with observed days, of the Member States of the EU, of England and Wales: as other
/// libraries and the government compute them.
#[test]
fn calendars_have_the_holidays_that_others_compute() {
    let Some(corpus) = std::env::var_os("WRIT_CORPUS").map(PathBuf::from).filter(|folder| folder.is_dir()) else {
        return skipped("holidays that others compute: WRIT_CORPUS names no folder");
    };
    let folder = corpus.join("reference/holidays");
    let mut wanted: BTreeMap<(String, i32), BTreeSet<NaiveDate>> = BTreeMap::new();
    let mut want = |calendar: &str, day: NaiveDate| {
        wanted.entry((calendar.to_owned(), day.year())).or_default().insert(day);
    };
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    for line in read("us-federal-holidays-2015-2030.csv").lines().skip(1) {
        want("US", line[..10].parse().unwrap());
    }
    for line in read("eu-national-holidays-2025-2027.csv").lines().skip(1) {
        want(&line[..2], line[3..13].parse().unwrap());
    }
    let uk: serde_json::Value = serde_json::from_str(&read("uk-bank-holidays.json")).unwrap();
    for event in uk["england-and-wales"]["events"].as_array().unwrap() {
        let day: NaiveDate = event["date"].as_str().unwrap().parse().unwrap();
        if day.year() >= 2024 {
            want("GB", day);
        }
    }
    let mut differ = Vec::new();
    for ((name, year), wanted) in &wanted {
        let calendar = calendars().get(name).unwrap_or_else(|| panic!("no calendar {name}"));
        let is_workday =
            |day: &NaiveDate| day.year() == *year && !["Sat", "Sun"].contains(&day.format("%a").to_string().as_str());
        // New Year's Day of the next year may be observed in this one.
        let both = calendar.holidays_in(*year).into_keys().chain(calendar.holidays_in(year + 1).into_keys());
        let ours: BTreeSet<NaiveDate> = both.filter(is_workday).collect();
        let theirs: BTreeSet<NaiveDate> = wanted.iter().copied().filter(is_workday).collect();
        // What we have and they lack would make a period longer than it is; what we lack would make it shorter.
        let (more, fewer): (Vec<_>, Vec<_>) = (ours.difference(&theirs).collect(), theirs.difference(&ours).collect());
        if !more.is_empty() || !fewer.is_empty() {
            differ.push(format!("{name} {year}: only here {more:?}, only there {fewer:?}"));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is counted: it ends after it began, a longer period never ends earlier, and no court or EU period in days
    /// ends on a day off.
    #[test]
    fn a_longer_period_never_ends_earlier(
        seconds in 1_735_689_600_i64..1_861_920_000,
        days in 1u32..400,
        more in 0u32..30,
        rule in prop::sample::select(vec!["plain", "eu", "us_court"]),
        calendar in prop::sample::select(vec!["US", "DE", "IE", "GB", "BG"]),
        zone in prop::sample::select(vec!["Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata"]),
    ) {
        let at = DateTime::from_timestamp(seconds, 0).unwrap();
        let start = Start { what: "served".into(), at, zone: zone.parse().unwrap(), stood_still: TimeDelta::zero() };
        let (calendar, rule) = (calendars().get(calendar).unwrap(), counting(rule));
        let due = reckon(&start, Length::Days(days), rule, calendar).unwrap();
        let later = reckon(&start, Length::Days(days + more), rule, calendar).unwrap();
        prop_assert!(due.at > at && later.at >= due.at);
        prop_assert!(rule == Counting::Plain || calendar.is_working(due.day));
        let working = reckon(&start, Length::WorkingDays(days), rule, calendar).unwrap();
        prop_assert!(calendar.is_working(working.day));
    }
}
