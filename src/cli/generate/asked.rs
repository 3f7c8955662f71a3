//! What a generated paper says and asks.

use std::collections::BTreeMap;

use anyhow::Context;
use chrono::{Datelike, NaiveDate, TimeDelta};
use serde_json::Value;

use super::dice::Dice;
use super::spread::Process;
use super::world::World;
use crate::cli::demo::paper::Typed;
use crate::domain::agency::{Agency, Officer};
use crate::domain::demand::{Asked, Period};
use crate::domain::identifier::{Identifier, IdentifierKind};
use crate::domain::paper::{Paper, Requester};
use crate::domain::redirect::Organisation;
use crate::domain::requester::{Channel, CustomerType};
use crate::domain::stated::Stated;
use crate::domain::text::Line;
use crate::domain::time::Instant;

/// How many papers in a hundred are about an account of an organisation.
const OF_ORGANISATIONS: u32 = 3;
/// How many papers in a hundred lack a docket number.
const WITHOUT_DOCKET: u32 = 4;

/// The particulars of a paper that came at this moment.
pub fn paper(
    dice: &mut Dice,
    process: &Process,
    agency: &Agency,
    officer: &Officer,
    at: Instant,
) -> anyhow::Result<Paper> {
    let day = at.day();
    let issued = day - TimeDelta::days(dice.between(0, 6));
    let mut later = |days: Option<[i64; 2]>| match days {
        Some([first, last]) => Stated::Is(day + TimeDelta::days(dice.between(first, last))),
        None => Stated::None,
    };
    let (return_by, execute_by) = (later(process.due), later(process.execute));
    let docket = format!("{}:{:02}-mj-{:05}", dice.between(1, 9), day.year().rem_euclid(100), dice.between(1, 99_999));
    let docket = if dice.comes_true(WITHOUT_DOCKET) { Stated::None } else { Stated::Is(line(&docket)?) };
    let is_of_organisation = !process.emergency && dice.comes_true(OF_ORGANISATIONS);
    let channels = [Channel::Portal, Channel::Portal, Channel::Portal, Channel::Email, Channel::RegisteredAgent];
    Ok(Paper {
        instrument: process.instrument,
        issuing_authority: process.authority,
        issuer: None,
        requester: Requester {
            agency: agency.id,
            officer: Some(officer.id),
            country: agency.country.clone(),
            level: agency.level,
            kind: agency.kind,
            state: agency.state.clone(),
        },
        docket,
        legal_basis: process.basis.as_deref().map_or(Ok(Stated::None), |basis| line(basis).map(Stated::Is))?,
        matter: process.matter,
        channel: *dice.one(&channels).context("no channels")?,
        received_at: at,
        issued_on: Some(issued),
        return_by,
        execute_by,
        authorised_from: Stated::None,
        authorised_to: Stated::None,
        customer: if is_of_organisation { CustomerType::Enterprise } else { CustomerType::Consumer },
        is_signed: Some(!dice.comes_true(2)),
        names_served_entity: Some(true),
        lacks_attachments: Some(dice.comes_true(2)),
        is_particular: Some(true),
        statute_covers: process.basis.is_some().then_some(true),
        more: facts(process),
    })
}

/// Facts of less common papers.
fn facts(process: &Process) -> BTreeMap<String, Value> {
    let mut facts = BTreeMap::new();
    let mut add = |name: &str, value: Value| facts.insert(name.to_owned(), value);
    if process.instrument.preserves_only() {
        add("prior", Value::Null);
    }
    if process.emergency {
        add("emergency.claimed", true.into());
        add("emergency.danger", "death_or_serious_injury".into());
        add("emergency.facts_given", true.into());
        add("emergency.scope_exceeded", false.into());
    }
    facts
}

/// The lines a paper asks. One case in a hundred asks a great many.
pub fn lines(world: &World, dice: &mut Dice, process: &Process, paper: &Paper) -> anyhow::Result<Vec<Asked>> {
    let count = if dice.comes_true(1) { dice.between(8, 40) } else { dice.between(1, process.most) };
    let asks: Vec<(&String, &usize)> = process.asks.iter().collect();
    let issued = paper.issued_on.context("no day of issue")?;
    let mut person = dice.below(world.people);
    let mut lines = Vec::new();
    for _ in 0..count {
        let (what, _) = dice.weighted(&asks, |ask| *ask.1).context("asks for nothing")?;
        lines.push(asked(world, dice, what, person, issued, paper.customer)?);
        if dice.comes_true(30) {
            person = dice.below(world.people);
        }
    }
    Ok(lines)
}

fn asked(
    world: &World,
    dice: &mut Dice,
    what: &str,
    person: usize,
    issued: NaiveDate,
    customer: CustomerType,
) -> anyhow::Result<Asked> {
    let (service, category) = what.split_once('/').context("a line asks service/category")?;
    let known = world.ctx.catalogue.find_category(service, category).with_context(|| format!("{what} is not kept"))?;
    let is_console = service == "console";
    let (kind, text) = match is_console {
        true => (IdentifierKind::Gamertag, account(world, person)?),
        false => (IdentifierKind::Email, format!("{}@messenger.example", account(world, person)?.to_lowercase())),
    };
    let from = issued - TimeDelta::days(dice.between(30, 180));
    let period = if known.us.as_str() == "bsi" { (None, None) } else { (Some(from), Some(issued)) };
    let organisation = Organisation { name: line("Sample Works Ltd")?, contact: None, reach: None };
    Ok(Asked {
        identifier: Identifier::parse(kind, &text, Some("US"))?,
        service: service.to_owned(),
        category: category.to_owned(),
        data_class: known.us,
        words: Some(line(&known.name)?),
        period: Period::new(period.0, period.1)?,
        in_signed_paper: Some(true),
        is_ours: Some(true),
        organisation: (customer == CustomerType::Enterprise).then_some(organisation),
    })
}

/// The name under which somebody has accounts: the same number, the same name.
fn account(world: &World, person: usize) -> anyhow::Result<String> {
    let nouns = &world.spread.nouns;
    let noun = nouns.get(person.checked_rem(nouns.len()).unwrap_or(0)).context("no nouns")?;
    let (first, rest) = noun.split_at_checked(1).context("an empty noun")?;
    Ok(format!("{}{rest}{person}", first.to_uppercase()))
}

/// The paper as it was served.
pub fn typed(paper: &Paper, agency: &Agency, officer: &Officer, asks: &[Asked]) -> Typed {
    let mut particulars = Vec::new();
    let mut add = |name: &str, value: Option<String>| particulars.extend(value.map(|value| (name.to_owned(), value)));
    add("Docket", paper.docket.value().map(ToString::to_string));
    add("Under", paper.legal_basis.value().map(ToString::to_string));
    add("Answer by", paper.return_by.value().map(ToString::to_string));
    Typed {
        head: agency.name.to_string(),
        title: paper.instrument.label().to_owned(),
        particulars,
        says: vec!["Give us what is listed below, and nothing else.".to_owned()],
        asks: asks
            .iter()
            .map(|asked| format!("{}: {}/{}", asked.identifier.received, asked.service, asked.category))
            .collect(),
        signed: officer.name.to_string(),
    }
}

fn line(text: &str) -> anyhow::Result<Line> {
    Ok(Line::parse("text", text)?)
}
