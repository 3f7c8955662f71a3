//! The fields of a demand: on the rows of a new case, and on the form of one demand.

use super::choices::{Choice, Group, items, words};
use crate::actions::Ctx;
use crate::actions::open_case::AskedEntry;
use crate::domain::demand::{Asked, Period};
use crate::domain::identifier::{Identifier, IdentifierKind};
use crate::domain::redirect::Organisation;
use crate::domain::text::{Line, ParseError};
use crate::web::fields::{Errors, Fields, Form};

/// How many rows a new case shows at least, and how many more *more rows* adds.
pub const ROWS: usize = 3;

/// The fields of one demand as a template shows them.
pub struct AskedForm {
    /// What stands before each field's name: `demands.0.` or nothing.
    pub pre: String,
    /// Its number, from 1, among the rows.
    pub number: usize,
    /// Kinds of identifier.
    pub kinds: Vec<Choice>,
    /// Services and what they keep.
    pub items: Vec<Group>,
    /// In the signed paper: not looked at, yes, no.
    pub in_signed_paper: Vec<Choice>,
    /// Ours: not looked at, yes, no.
    pub is_ours: Vec<Choice>,
    /// Whether a person goes on here: the kind of data of a row that was just copied, a row that was just added.
    pub is_next: bool,
}

impl AskedForm {
    /// One demand's fields, with what the form holds chosen.
    pub fn new(ctx: &Ctx, form: &Form, pre: String, number: usize) -> AskedForm {
        let chosen = |name: &str| form.value(&format!("{pre}{name}")).to_owned();
        AskedForm {
            kinds: words!(IdentifierKind, &chosen("identifier_kind")),
            items: items(&ctx.catalogue, &chosen("item")),
            in_signed_paper: looked_at(&chosen("in_signed_paper")),
            is_ours: looked_at(&chosen("is_ours")),
            pre,
            number,
            is_next: false,
        }
    }

    /// The name of one of its fields.
    pub fn name(&self, field: &str) -> String {
        format!("{}{field}", self.pre)
    }

    /// The rows of a new case: as many as were sent, at least [`ROWS`], and more where asked.
    pub fn rows(ctx: &Ctx, form: &Form) -> Vec<AskedForm> {
        let sent = row_numbers(&form.fields).last().map_or(0, |last| last.saturating_add(1));
        let more = if form.is_ticked("add_rows") { ROWS } else { 0 };
        let count = sent.max(ROWS).saturating_add(more).min(MOST_ROWS);
        let next = form.value("next_row").parse().ok().or((more > 0).then_some(sent.max(ROWS)));
        let row = |n: usize| AskedForm {
            is_next: next == Some(n),
            ..AskedForm::new(ctx, form, format!("demands.{n}."), n.saturating_add(1))
        };
        (0..count).map(row).collect()
    }
}

/// More rows than this are entered on the case, not on its opening form.
const MOST_ROWS: usize = 120;

/// Three answers to a question that may not have been looked at.
pub fn looked_at(chosen: &str) -> Vec<Choice> {
    [("", "not looked at"), ("yes", "yes"), ("no", "no")].map(|(value, label)| Choice::new(value, label, chosen)).into()
}

/// The numbers of the rows that were sent, in order, each once.
fn row_numbers(fields: &Fields) -> Vec<usize> {
    let number = |(name, _): (&str, &str)| name.strip_prefix("demands.")?.split_once('.')?.0.parse::<usize>().ok();
    let numbers: std::collections::BTreeSet<usize> =
        fields.iter().filter_map(number).filter(|n| *n < MOST_ROWS).collect();
    numbers.into_iter().collect()
}

/// The form with one row once more, in the first row after it that holds no identifier: all of it but the kind of data,
/// which is what differs.
pub fn copied(fields: &Fields, row: usize) -> Fields {
    let (from, is_free) = (format!("demands.{row}."), |n: &usize| !fields.has(&format!("demands.{n}.identifier")));
    let Some(to) = (row.saturating_add(1)..MOST_ROWS).find(is_free) else { return fields.clone() };
    let target = format!("demands.{to}.");
    let others = fields.iter().filter(|(name, _)| !name.starts_with(&target) && *name != "copy_row");
    let same = fields.iter().filter_map(|(name, value)| Some((name.strip_prefix(&from)?, value)));
    let same = same.filter(|(name, _)| *name != "item" && *name != "words");
    let pairs = others.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let pairs = pairs.chain(same.map(|(name, value)| (format!("{target}{name}"), value.to_owned())));
    Fields::filled(pairs.chain([("next_row".to_owned(), to.to_string())]))
}

/// All rows with an identifier. Rows without one are passed over.
pub fn parse_rows(ctx: &Ctx, fields: &Fields, errors: &mut Errors) -> Vec<AskedEntry> {
    let pres = row_numbers(fields).into_iter().map(|n| format!("demands.{n}."));
    let given = pres.filter(|pre| fields.has(&format!("{pre}identifier")));
    given.filter_map(|pre| parse_asked(ctx, fields, &pre, errors)).collect()
}

/// One demand, with all its errors at once.
pub fn parse_asked(ctx: &Ctx, fields: &Fields, pre: &str, errors: &mut Errors) -> Option<AskedEntry> {
    let at = |name: &str| format!("{pre}{name}");
    let kind = fields.word::<IdentifierKind>(&at("identifier_kind"), errors);
    let identifier = kind.and_then(|kind| identifier(ctx, fields, &at("identifier"), kind, errors));
    let item = item(ctx, fields, &at("item"), errors);
    let words = fields.line(&at("words"), errors);
    let (from, to) = (fields.date(&at("period_from"), errors), fields.date(&at("period_to"), errors));
    let period = Period::new(from, to).map_err(|e| ParseError::new(at("period_to"), e.reason));
    let period = errors.take(period);
    let in_signed_paper = fields.yes_no(&at("in_signed_paper"), errors);
    let is_ours = fields.yes_no(&at("is_ours"), errors);
    let organisation = organisation(fields, pre, errors);
    let (service, category) = item?;
    Some(AskedEntry {
        identifier: identifier?,
        service,
        category,
        words,
        period: period?,
        in_signed_paper,
        is_ours,
        organisation,
    })
}

/// The customer's organisation. A contact without an organisation is half an answer.
pub fn organisation(fields: &Fields, pre: &str, errors: &mut Errors) -> Option<Organisation> {
    let mut line = |name: &str| fields.line(&format!("{pre}{name}"), errors);
    let (name, contact, reach) = (line("organisation"), line("organisation_contact"), line("organisation_reach"));
    if name.is_none() && (contact.is_some() || reach.is_some()) {
        errors.add(format!("{pre}organisation"), "Name the organisation that the contact belongs to.");
    }
    name.map(|name| Organisation { name, contact, reach })
}

fn identifier(ctx: &Ctx, fields: &Fields, name: &str, kind: IdentifierKind, errors: &mut Errors) -> Option<Identifier> {
    let region = Some(ctx.provider.country.as_str());
    let parsed = Identifier::parse(kind, fields.text(name), region);
    errors.take(parsed.map_err(|e| ParseError::new(name, e.to_string())))
}

fn item(ctx: &Ctx, fields: &Fields, name: &str, errors: &mut Errors) -> Option<(String, String)> {
    let chosen = fields.text(name).split_once('/');
    let known = chosen.filter(|(service, category)| ctx.catalogue.find_category(service, category).is_some());
    let known = known.map(|(service, category)| (service.to_owned(), category.to_owned()));
    errors.take(known.ok_or_else(|| ParseError::new(name, "Choose what is asked for from the catalogue.")))
}

/// The fields of a demand that is known.
pub fn filled(asked: &Asked) -> Fields {
    let day = |on: Option<chrono::NaiveDate>| on.map(|d| d.to_string()).unwrap_or_default();
    let answer = |what: Option<bool>| what.map_or("", |yes| if yes { "yes" } else { "no" }).to_owned();
    let of_organisation = |part: fn(&Organisation) -> Option<&Line>| {
        asked.organisation.as_ref().and_then(part).map(ToString::to_string).unwrap_or_default()
    };
    Fields::filled([
        ("identifier_kind", asked.identifier.kind.as_str().to_owned()),
        ("identifier", asked.identifier.received.clone()),
        ("item", format!("{}/{}", asked.service, asked.category)),
        ("words", asked.words.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("period_from", day(asked.period.from)),
        ("period_to", day(asked.period.to)),
        ("in_signed_paper", answer(asked.in_signed_paper)),
        ("is_ours", answer(asked.is_ours)),
        ("organisation", of_organisation(|o| Some(&o.name))),
        ("organisation_contact", of_organisation(|o| o.contact.as_ref())),
        ("organisation_reach", of_organisation(|o| o.reach.as_ref())),
    ])
}
