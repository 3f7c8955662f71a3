//! The report as JSON, with its rules of counting.

use serde_json::{Map, Value, json};

use super::counts::{Column, Counts};
use super::rules::RULES;
use super::transparency::{HalfYearReport, Transparency};

impl Transparency {
    /// The whole report as JSON. `docs/reports.md` describes its shape.
    pub fn to_json(&self) -> Value {
        json!({ "report": "transparency", "rules": RULES, "periods": self.halves.iter().map(half).collect::<Vec<_>>() })
    }
}

fn half(half: &HalfYearReport) -> Value {
    let rows = half.rows.iter().map(|row| {
        let keys = [("country", json!(row.country)), ("customer", json!(row.customer))];
        with(keys, &row.counts)
    });
    let enterprise = half.enterprise.iter().map(|row| with([("country", json!(row.country))], &row.counts));
    let services = half.services.iter().map(|row| with([("service", json!(row.service))], &row.counts));
    let customers = half.customers.iter().map(|(kind, counts)| with([("customer", json!(kind))], counts));
    json!({
        "period": half.period.to_string(),
        "total": with([], &half.total),
        "overridden": half.overridden,
        "customers": customers.collect::<Vec<_>>(),
        "countries": rows.collect::<Vec<_>>(),
        "enterprise": { "total": with([], &half.enterprise_total), "countries": enterprise.collect::<Vec<_>>() },
        "services": services.collect::<Vec<_>>(),
    })
}

fn with<C: Column, const N: usize>(keys: [(&str, Value); N], counts: &Counts<C>) -> Value {
    let all = counts.all();
    let mut row: Map<String, Value> = keys.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    row.insert("requests".into(), json!(all.requests));
    row.insert("accounts".into(), json!(counts.accounts));
    row.insert("imported".into(), json!(all.imported));
    row.extend(counts.columns().map(|(column, tally)| (column.name().to_owned(), json!(tally.requests))));
    Value::Object(row)
}
