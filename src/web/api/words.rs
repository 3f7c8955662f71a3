//! The closed lists, so that no client has to guess a word, and the facts that a paper's `more` may hold.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Answer, ok};
use crate::domain::data_class::DataClass;
use crate::domain::decision::{CollectionOutcome, DecisionKind, ReleaseMethod};
use crate::domain::document::DocumentKind;
use crate::domain::finding::{FindingClass, FindingCode};
use crate::domain::identifier::IdentifierKind;
use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::requester::{Channel, CustomerType, IssuingAuthority, Matter, RequesterLevel, RequesterType};
use crate::domain::secrecy::SecrecySource;
use crate::domain::staff::{Role, Verb};
use crate::domain::stage::{Compartment, Gate, Stage};
use crate::domain::verdict::{Disposition, MinProcess, Verdict};
use crate::domain::verification::{CheckMethod, CheckResult};
use crate::law::schema::Fact;
use crate::web::extract::Visitor;

#[derive(Serialize)]
struct WordsJson {
    lists: BTreeMap<&'static str, Vec<WordJson>>,
    reasons: Vec<ReasonJson>,
    facts: Vec<FactJson>,
}

/// A word of a list, and how people read it.
#[derive(Serialize)]
struct WordJson {
    word: &'static str,
    label: &'static str,
}

/// A reason code, which is a finding's code too, with the class it is counted under.
#[derive(Serialize)]
struct ReasonJson {
    word: &'static str,
    label: &'static str,
    class: FindingClass,
}

/// A fact that a paper's `more` may hold.
#[derive(Serialize)]
struct FactJson {
    path: String,
    means: String,
    words: Vec<String>,
}

macro_rules! list {
    ($of:ty) => {
        <$of>::ALL.iter().map(|word| WordJson { word: word.as_str(), label: word.label() }).collect::<Vec<_>>()
    };
}

/// `GET /api/v1/words`
///
/// # Errors
/// Never; every call may end with an error.
pub async fn show(by: Visitor) -> Answer {
    let rulebook = by.app.ctx.rulebook();
    let schema = rulebook.schema();
    let fact = |(path, fact): (&str, &Fact)| FactJson {
        path: path.to_owned(),
        means: fact.means.clone(),
        words: fact.words().to_vec(),
    };
    let reason = |code: &FindingCode| ReasonJson { word: code.as_str(), label: code.label(), class: code.class() };
    Ok(ok(&WordsJson {
        lists: lists(),
        reasons: FindingCode::ALL.iter().map(reason).collect(),
        facts: schema.paths().map(fact).collect(),
    }))
}

fn lists() -> BTreeMap<&'static str, Vec<WordJson>> {
    BTreeMap::from([
        ("agency_kind", list!(RequesterType)),
        ("agency_level", list!(RequesterLevel)),
        ("channel", list!(Channel)),
        ("check_method", list!(CheckMethod)),
        ("check_result", list!(CheckResult)),
        ("collection_outcome", list!(CollectionOutcome)),
        ("compartment", list!(Compartment)),
        ("customer", list!(CustomerType)),
        ("data_class", list!(DataClass)),
        ("decision", list!(DecisionKind)),
        ("disposition", list!(Disposition)),
        ("document_kind", list!(DocumentKind)),
        ("finding_class", list!(FindingClass)),
        ("gate", list!(Gate)),
        ("identifier_kind", list!(IdentifierKind)),
        ("instrument", list!(Instrument)),
        ("issuing_authority", list!(IssuingAuthority)),
        ("matter", list!(Matter)),
        ("min_process", list!(MinProcess)),
        ("outcome", list!(Outcome)),
        ("release_method", list!(ReleaseMethod)),
        ("role", list!(Role)),
        ("secrecy_source", list!(SecrecySource)),
        ("stage", list!(Stage)),
        ("verb", list!(Verb)),
        ("verdict", list!(Verdict)),
    ])
}
