use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use super::condition::undeclared;
use super::dates;
use super::ground::{Ground, Slot};
use super::schema::Schema;
use super::words;

/// The closed list of duties.
pub const DUTY_KEYS: &[&str] = &[
    "deadline",
    "object_by",
    "objection_by",
    "motion_to_quash_by",
    "transmit_not_before",
    "preserve_until",
    "preserve_days",
    "preserve",
    "user_notice",
    "stop_after_days",
    "stop_after_hours",
    "production_from",
    "production_to",
    "ea_window_hours",
    "expect_validation_within_hours",
    "ia_reply_within_days",
    "judicial_review",
    "cost",
    "log_emergency",
    "escalate_ndo",
    "band",
];

/// What a rule says about one duty; computed on the facts, or left uncomputed where they are silent.
#[derive(Debug, Clone, PartialEq)]
pub enum Duty {
    /// A word, a number, yes or no.
    Fixed(Value),
    /// Words around a fact, whose path is written in braces: `forbidden_until:{ndo.expires_on}`.
    Filled {
        /// What stands before it.
        before: String,
        /// The fact.
        fact: Slot,
        /// What stands after it.
        after: String,
    },
    /// The value of a fact.
    Fact(Slot),
    /// A day counted from a fact.
    Day(Counted),
    /// A moment counted in hours from an instant: `{ instant = "received_at", add_hours = 8 }`.
    Moment {
        /// The instant.
        from: Slot,
        /// How many hours later.
        hours: u32,
    },
    /// The earliest of several days.
    Earliest(Vec<Counted>),
    /// The latest of several days.
    Latest(Vec<Counted>),
    /// The reporting band a count falls into, `0-999`.
    Band {
        /// The count.
        of: Slot,
        /// How wide the bands are.
        width: u64,
    },
}

/// A day counted from a fact's day: `{ day = "received_at", add_days = 90 }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    from: Slot,
    add_days: i64,
    add_business_days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountedText {
    day: String,
    #[serde(default)]
    add_days: i64,
    #[serde(default)]
    add_business_days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DutyText {
    fact: Option<String>,
    instant: Option<String>,
    add_hours: Option<u32>,
    earliest: Option<Vec<CountedText>>,
    latest: Option<Vec<CountedText>>,
    band_of: Option<String>,
    width: Option<u64>,
}

impl Duty {
    /// Reads a duty as packs write it.
    pub fn read(key: &str, raw: &toml::Value, schema: &Schema) -> Result<Duty, String> {
        if !DUTY_KEYS.contains(&key) {
            return Err(format!("“{key}” is not a duty; the duties are {}", DUTY_KEYS.join(", ")));
        }
        let table = match raw {
            toml::Value::String(text) => return Duty::filled(key, text, schema),
            toml::Value::Boolean(due) => return Ok(Duty::Fixed(Value::from(*due))),
            toml::Value::Integer(count) => return Ok(Duty::Fixed(Value::from(*count))),
            toml::Value::Table(table) => table.clone(),
            _ => return Err(unfit(key, raw)),
        };
        let fact = |path: &str| slot(key, path, schema);
        let day = |text: CountedText| {
            let CountedText { day, add_days, add_business_days } = text;
            Ok::<_, String>(Counted { from: fact(&day)?, add_days, add_business_days })
        };
        let days = |all: Vec<CountedText>| all.into_iter().map(day).collect::<Result<Vec<_>, _>>();
        if table.contains_key("day") {
            return Ok(Duty::Day(day(table.try_into().map_err(|_| unfit(key, raw))?)?));
        }
        let text: DutyText = table.try_into().map_err(|_| unfit(key, raw))?;
        match text {
            DutyText { fact: Some(path), .. } => Ok(Duty::Fact(fact(&path)?)),
            DutyText { instant: Some(from), add_hours: Some(hours), .. } => {
                Ok(Duty::Moment { from: fact(&from)?, hours })
            }
            DutyText { earliest: Some(all), .. } => Ok(Duty::Earliest(days(all)?)),
            DutyText { latest: Some(all), .. } => Ok(Duty::Latest(days(all)?)),
            DutyText { band_of: Some(of), width: Some(width), .. } if width > 0 => {
                Ok(Duty::Band { of: fact(&of)?, width })
            }
            _ => Err(unfit(key, raw)),
        }
    }

    /// The value on these facts; `None` where they do not settle it.
    pub fn value(&self, ground: &Ground<'_>) -> Option<Value> {
        match self {
            Duty::Fixed(value) => Some(value.clone()),
            Duty::Filled { before, fact, after } => {
                let value = ground.get(*fact)?.as_str()?;
                Some(Value::from(format!("{before}{value}{after}")))
            }
            Duty::Fact(slot) => ground.get(*slot).filter(|value| !value.is_null()).cloned(),
            Duty::Day(counted) => counted.reach(ground).map(written),
            Duty::Moment { from, hours } => dates::plus_hours(ground.get(*from)?.as_str()?, *hours).map(Value::from),
            Duty::Earliest(all) => all.iter().filter_map(|counted| counted.reach(ground)).min().map(written),
            Duty::Latest(all) => all.iter().filter_map(|counted| counted.reach(ground)).max().map(written),
            Duty::Band { of, width } => band(ground.get(*of)?.as_u64()?, *width),
        }
    }

    /// Every fact the duty reads.
    pub fn reads(&self) -> Vec<Slot> {
        match self {
            Duty::Fixed(_) => Vec::new(),
            Duty::Filled { fact: slot, .. } | Duty::Fact(slot) | Duty::Band { of: slot, .. } => vec![*slot],
            Duty::Moment { from, .. } => vec![*from],
            Duty::Day(counted) => vec![counted.from],
            Duty::Earliest(all) | Duty::Latest(all) => all.iter().map(|counted| counted.from).collect(),
        }
    }

    fn filled(key: &str, text: &str, schema: &Schema) -> Result<Duty, String> {
        let Some((before, path, after)) = braced(text) else { return Ok(Duty::Fixed(Value::from(text))) };
        Ok(Duty::Filled { before: before.to_owned(), fact: slot(key, path, schema)?, after: after.to_owned() })
    }
}

fn slot(key: &str, path: &str, schema: &Schema) -> Result<Slot, String> {
    schema.slot(path).ok_or_else(|| format!("duty “{key}”: {}", undeclared(path, schema)))
}

fn unfit(key: &str, raw: &toml::Value) -> String {
    format!("duty “{key}” cannot be {raw}; see docs/law.md for what a duty may say")
}

impl Counted {
    /// The day in words.
    pub(super) fn in_words(&self, schema: &Schema) -> String {
        let days = words::moved(schema.means(schema.path(self.from)), self.add_days, "day");
        words::moved(&days, i64::from(self.add_business_days), "business day")
    }

    fn reach(&self, ground: &Ground<'_>) -> Option<NaiveDate> {
        let from = ground.day(self.from)?;
        let later = dates::plus_days(from, self.add_days)?;
        dates::plus_business_days(later, self.add_business_days)
    }
}

/// Of two values for the same duty, the stricter: a ban on telling beats leave to tell, an earlier day a later one.
pub fn stricter(key: &str, one: Value, other: Value) -> Value {
    if key == "user_notice" {
        return if leave_to_tell(&one) <= leave_to_tell(&other) { one } else { other };
    }
    let one_is_less = match (one.as_u64(), other.as_u64()) {
        (Some(a), Some(b)) => a <= b,
        _ => one.as_str().unwrap_or_default() <= other.as_str().unwrap_or_default(),
    };
    if one_is_less { one } else { other }
}

fn leave_to_tell(value: &Value) -> (usize, String) {
    const STRICTEST_FIRST: &[&str] = &[
        "forbidden",
        "forbidden_until_court_orders",
        "forbidden_until:",
        "issuing_authority_informs",
        "notify_enterprise_customer",
    ];
    let text = value.as_str().unwrap_or_default();
    let rank =
        STRICTEST_FIRST.iter().position(|known| text == *known || (known.ends_with(':') && text.starts_with(known)));
    (rank.unwrap_or(STRICTEST_FIRST.len()), text.to_owned())
}

fn written(day: NaiveDate) -> Value {
    Value::from(day.format("%Y-%m-%d").to_string())
}

fn band(count: u64, width: u64) -> Option<Value> {
    let first = count.checked_div(width)?.checked_mul(width)?;
    let last = first.checked_add(width)?.checked_sub(1)?;
    Some(Value::from(format!("{first}-{last}")))
}

fn braced(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (path, after) = rest.split_once('}')?;
    Some((before, path, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_start_at_nought() {
        assert_eq!(band(37, 1000), Some(Value::from("0-999")));
        assert_eq!(band(100, 100), Some(Value::from("100-199")));
    }

    #[test]
    fn a_ban_on_telling_beats_leave_to_tell() {
        let (ban, leave) = (Value::from("forbidden_until:2027-03-08"), Value::from("allowed"));
        assert_eq!(stricter("user_notice", leave, ban.clone()), ban);
    }
}
