//! Facts and duties of an assessment as plain sentences: no raw word of a rule file reaches a screen.

use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use super::case_parts::day;
use crate::domain::data_class::DataClass;
use crate::domain::instrument::Instrument;
use crate::domain::requester::{
    Channel, CustomerType, IssuingAuthority, Matter, RequesterLevel, RequesterType, ServiceKind,
};
use crate::domain::time::Instant;

/// A fact's value as people read it: words of closed lists by their labels, days as days.
pub fn fact_value(path: &str, value: &Value) -> String {
    match value {
        Value::String(word) => fact_word(path, word),
        Value::Array(items) => items.iter().map(|item| fact_value(path, item)).collect::<Vec<_>>().join(", "),
        // Each demand asks about one account, so that the count is an answer.
        Value::Number(number) if path == "identifiers.ours" => {
            if number.as_u64() == Some(0) { "no" } else { "yes" }.into()
        }
        Value::Number(number) if path.ends_with("_days") => plural(number.as_u64(), "day"),
        other => super::case_why::value_words(other),
    }
}

fn fact_word(path: &str, word: &str) -> String {
    macro_rules! label {
        ($list:ty) => {
            word.parse::<$list>().ok().map(<$list>::label)
        };
    }
    let known = match path {
        "instrument" | "prior.instrument" => label!(Instrument),
        "issuing_authority" | "validated_by" => label!(IssuingAuthority),
        "requester_level" => label!(RequesterLevel),
        "requester_type" => label!(RequesterType),
        "matter" => label!(Matter),
        "channel" => label!(Channel),
        "customer_type" => label!(CustomerType),
        "service_kind" => label!(ServiceKind),
        "data_class" => label!(DataClass),
        "ndo.kind" => ndo_kind(word),
        "policy.foreign_noncontent" => Some(match word {
            "accept_listed" => "accepted from listed countries",
            _ => "refused",
        }),
        _ => None,
    };
    known.map_or_else(|| day_or_words(word), str::to_owned)
}

fn ndo_kind(word: &str) -> Option<&'static str> {
    Some(match word {
        "court_2705b" => "a court's order under 18 U.S.C. § 2705(b)",
        "calecpa_1546_2b" => "a court's order under Cal. Penal Code § 1546.2(b)",
        "nsl_certification" => "the certification of a national security letter",
        "request_only" => "only a plea in a letter",
        _ => return None,
    })
}

fn day_or_words(word: &str) -> String {
    if let Ok(on) = NaiveDate::parse_from_str(word, "%Y-%m-%d") {
        return day(on);
    }
    match DateTime::parse_from_rfc3339(word) {
        Ok(at) => Instant::new(at.to_utc()).for_people(),
        Err(_) => word.replace('_', " "),
    }
}

/// A duty as one sentence.
pub fn duty(key: &str, value: &Value) -> String {
    let on = || value.as_str().map(day_or_words).unwrap_or_default();
    let hours = || plural(value.as_u64(), "hour");
    let days = || plural(value.as_u64(), "day");
    match key {
        "deadline" => format!("Answer by {}.", on()),
        "object_by" | "objection_by" => format!("Object by {}, if at all.", on()),
        "motion_to_quash_by" => format!("Move to quash by {}, if at all.", on()),
        "transmit_not_before" => format!("Let nothing leave before {}.", on()),
        "preserve_until" => format!("Keep the data until {}.", on()),
        "preserve_days" => format!("Keep the data for {}.", days()),
        "preserve" => if_so(value, "Keep the data meanwhile.", "Nothing needs to be kept."),
        "user_notice" => user_notice(value.as_str().unwrap_or_default()),
        "stop_after_days" => format!("Stop after {}.", days()),
        "stop_after_hours" => format!("Stop after {}.", hours()),
        "production_from" => format!("Give data from {} on.", on()),
        "production_to" => format!("Give data to {}, and none later.", on()),
        "ea_window_hours" => format!("The enforcing authority has {} to object.", hours()),
        "expect_validation_within_hours" => format!("The validation must come within {}.", hours()),
        "ia_reply_within_days" => format!("The issuing authority has {} to answer.", days()),
        "judicial_review" => judicial_review(value),
        "cost" => cost(value),
        "log_emergency" => if_so(value, "Record it as an emergency disclosure.", "It is no emergency disclosure."),
        "escalate_ndo" => {
            if_so(value, "Counsel looks at the order of secrecy.", "The order of secrecy needs no counsel.")
        }
        "band" => format!("It is reported in the band {}.", value.as_str().unwrap_or_default()),
        other => {
            format!("{}: {}.", super::case_log::capital(&other.replace('_', " ")), super::case_why::value_words(value))
        }
    }
}

fn user_notice(word: &str) -> String {
    match word {
        "allowed" => "We may tell the customer.".into(),
        "forbidden" => "We must not tell the customer.".into(),
        "forbidden_until_court_orders" => "We must not tell the customer until a court allows it.".into(),
        "issuing_authority_informs" => "The issuing authority tells the customer; we don't.".into(),
        "notify_enterprise_customer" => "We tell the organisation that is our customer.".into(),
        other => match other.strip_prefix("forbidden_until:") {
            Some(until) => format!("We must not tell the customer before {} has passed.", day_or_words(until)),
            None => format!("On telling the customer: {}.", other.replace('_', " ")),
        },
    }
}

fn judicial_review(value: &Value) -> String {
    match value.as_str() {
        Some(statute) => format!("A court can be asked to review it under {}.", cited(statute)),
        None => if_so(value, "A court can be asked to review it.", "There is no review by a court."),
    }
}

fn cost(value: &Value) -> String {
    match value.as_str() {
        Some(statute) => format!("Our cost can be billed under {}.", cited(statute)),
        None => if_so(value, "Our cost can be billed.", "Our cost can't be billed."),
    }
}

/// `18 USC 2706` as lawyers write it.
fn cited(statute: &str) -> String {
    match statute.split_once(" USC ") {
        Some((title, section)) => format!("{title} U.S.C. § {section}"),
        None => statute.to_owned(),
    }
}

fn if_so(value: &Value, yes: &str, no: &str) -> String {
    match value {
        Value::Bool(false) => no.to_owned(),
        _ => yes.to_owned(),
    }
}

fn plural(count: Option<u64>, noun: &str) -> String {
    match count {
        Some(1) => format!("1 {noun}"),
        Some(n) => format!("{n} {noun}s"),
        None => format!("some {noun}s"),
    }
}

/// A way to change a verdict, without the path of a fact that stands after its words.
pub fn change(way: &str, is_path: impl Fn(&str) -> bool) -> String {
    match way.strip_suffix(").").and_then(|rest| rest.rsplit_once(" (")) {
        Some((said, path)) if is_path(path) => format!("{said}."),
        _ => way.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn raw_words_of_the_rules_are_said_as_people_say_them() {
        assert_eq!(fact_value("ndo.kind", &json!("court_2705b")), "a court's order under 18 U.S.C. § 2705(b)");
        assert_eq!(fact_value("ndo.expires_on", &json!("2027-05-01")), "Sat 1 May 2027");
        assert_eq!(fact_value("received_at", &json!("2026-10-30T14:05:00.123456Z")), "2026-10-30 14:05 UTC");
        assert_eq!(fact_value("instrument", &json!("search_warrant")), "search warrant");
        assert_eq!(
            duty("user_notice", &json!("forbidden_until:2027-05-01")),
            "We must not tell the customer before Sat 1 May 2027 has passed."
        );
        assert_eq!(duty("deadline", &json!("2026-11-25")), "Answer by Wed 25 Nov 2026.");
        assert_eq!(duty("preserve_days", &json!(90)), "Keep the data for 90 days.");
        assert_eq!(duty("cost", &json!("18 USC 2706")), "Our cost can be billed under 18 U.S.C. § 2706.");
        let is_path = |path: &str| path == "redirect_refused";
        assert_eq!(
            change("Find out: whether it refuses (redirect_refused).", is_path),
            "Find out: whether it refuses."
        );
        assert_eq!(change("A search warrant (or more).", is_path), "A search warrant (or more).");
    }

    #[test]
    fn every_duty_of_the_closed_list_has_a_sentence_of_its_own() {
        for key in crate::law::duty::DUTY_KEYS {
            let said = duty(key, &json!("2026-11-25"));
            assert!(
                said.ends_with('.') && !said.contains('_') && !said.to_lowercase().starts_with(key),
                "{key}: {said}"
            );
        }
    }
}
