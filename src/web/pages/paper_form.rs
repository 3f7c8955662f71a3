//! The fields of a paper: on a new case, and where its particulars are mended.

use std::collections::BTreeMap;

use serde_json::Value;

use super::choices::{Choice, Group, instruments, words};
use crate::actions::open_case::{AgencyEntry, OfficerEntry, PaperEntry};
use crate::domain::agency::{Agency, Country, Officer};
use crate::domain::paper::Paper;
use crate::domain::requester::{Channel, CustomerType, IssuingAuthority, Matter, RequesterLevel, RequesterType};
use crate::domain::stated::Stated;
use crate::domain::text::{Line, ParseError};
use crate::web::fields::{Errors, Fields, Form};

/// The lists that the fields of a paper offer.
pub struct PaperForm {
    /// Kinds of paper under their headings.
    pub instruments: Vec<Group>,
    /// Whose power it rests on.
    pub authorities: Vec<Choice>,
    /// The directory.
    pub agencies: Vec<Choice>,
    /// Levels of government.
    pub levels: Vec<Choice>,
    /// Kinds of requester.
    pub kinds: Vec<Choice>,
    /// Matters.
    pub matters: Vec<Choice>,
    /// Ways it reached us.
    pub channels: Vec<Choice>,
    /// Kinds of customer.
    pub customers: Vec<Choice>,
    /// The five questions of the facial check.
    pub checks: Vec<(&'static str, &'static str)>,
    /// Facts of less common instruments, each with its words.
    pub more: Vec<MoreFact>,
}

/// A fact of less common instruments.
pub struct MoreFact {
    /// The field's name.
    pub name: String,
    /// What it means, in words.
    pub means: String,
}

/// What a person looks for on the face of a paper, and how it is asked.
pub const FACIAL: [(&str, &str); 5] = [
    ("is_signed", "Is it signed?"),
    ("names_served_entity", "Does it name the entity that was served?"),
    ("lacks_attachments", "Are attachments missing that it speaks of?"),
    ("is_particular", "Does it describe the items with particularity?"),
    ("statute_covers", "Does the statute it cites give this power for this purpose?"),
];

impl PaperForm {
    /// The lists, with what the form holds chosen. `asked_for` are paths of facts to offer beside those sent.
    pub fn new(form: &Form, agencies: &[Agency], asked_for: &[String], means: impl Fn(&str) -> String) -> PaperForm {
        let known = agencies.iter().map(|a| {
            Choice::new(
                a.id.to_string(),
                format!("{} ({}, {})", a.name, a.level.label(), a.country),
                form.value("agency"),
            )
        });
        let sent = form.fields.iter().filter_map(|(name, _)| name.strip_prefix("more.")).map(str::to_owned);
        let paths: std::collections::BTreeSet<String> = sent.chain(asked_for.iter().cloned()).collect();
        PaperForm {
            instruments: instruments(form.value("instrument")),
            authorities: words!(IssuingAuthority, form.value("issuing_authority")),
            agencies: known.collect(),
            levels: words!(RequesterLevel, form.value("agency_level")),
            kinds: words!(RequesterType, form.value("agency_kind")),
            matters: words!(Matter, form.value("matter")),
            channels: words!(Channel, form.value("channel")),
            customers: words!(CustomerType, form.value("customer")),
            checks: FACIAL.to_vec(),
            more: paths
                .into_iter()
                .map(|path| MoreFact { means: means(&path), name: format!("more.{path}") })
                .collect(),
        }
    }
}

/// The particulars as typed, with all errors at once.
pub fn parse_paper(fields: &Fields, errors: &mut Errors) -> Option<PaperEntry> {
    let instrument = fields.word("instrument", errors);
    let issuing_authority = fields.word("issuing_authority", errors);
    let issuer = fields.line("issuer", errors);
    let agency = parse_agency(fields, errors);
    let officer = parse_officer(fields, errors);
    let (matter, channel) = (fields.word("matter", errors), fields.word("channel", errors));
    let (received_at, customer) = (fields.required_moment("received_at", errors), fields.word("customer", errors));
    refuse_both(fields, errors);
    // All that may stay empty is read before the first `?`, so that no error is missed.
    let (docket, legal_basis) = (fields.stated_line("docket", errors), fields.stated_line("legal_basis", errors));
    let [return_by, execute_by, authorised_from, authorised_to] =
        ["return_by", "execute_by", "authorised_from", "authorised_to"].map(|name| fields.stated_date(name, errors));
    let [is_signed, names_served_entity, lacks_attachments, is_particular, statute_covers] =
        FACIAL.map(|(name, _)| fields.yes_no(name, errors));
    let issued_on = fields.date("issued_on", errors);
    Some(PaperEntry {
        docket,
        legal_basis,
        issued_on,
        return_by,
        execute_by,
        authorised_from,
        authorised_to,
        is_signed,
        names_served_entity,
        lacks_attachments,
        is_particular,
        statute_covers,
        more: parse_more(fields),
        instrument: instrument?,
        issuing_authority: issuing_authority?,
        issuer,
        agency: agency?,
        officer: officer?,
        matter: matter?,
        channel: channel?,
        received_at: received_at?,
        customer: customer?,
    })
}

fn parse_agency(fields: &Fields, errors: &mut Errors) -> Option<AgencyEntry> {
    if fields.text("agency") != "new" {
        return fields.word("agency", errors).map(AgencyEntry::Known);
    }
    let name = fields.required_line("agency_name", errors);
    let country = errors.take(Country::parse("agency_country", fields.text("agency_country")));
    let (level, kind) = (fields.word("agency_level", errors), fields.word("agency_kind", errors));
    let state = fields.line("agency_state", errors);
    Some(AgencyEntry::New { name: name?, country: country?, level: level?, kind: kind?, state })
}

/// Nobody where all four fields are empty; a title without a name is an error at the name.
fn parse_officer(fields: &Fields, errors: &mut Errors) -> Option<OfficerEntry> {
    let given = ["officer_name", "officer_title", "officer_email", "officer_phone"].iter().any(|name| fields.has(name));
    if !given {
        return Some(OfficerEntry::Nobody);
    }
    let name = fields.required_line("officer_name", errors);
    let title = fields.line("officer_title", errors);
    let (email, phone) = (fields.line("officer_email", errors), fields.line("officer_phone", errors));
    Some(OfficerEntry::New { name: name?, title, email, phone })
}

/// Facts by path. A value is JSON; what is no JSON is taken as a word, and *yes* and *no* as what they mean.
fn parse_more(fields: &Fields) -> BTreeMap<String, Value> {
    let given = fields.iter().filter_map(|(name, value)| Some((name.strip_prefix("more.")?, value.trim())));
    let read = |text: &str| match text {
        "yes" => Value::Bool(true),
        "no" => Value::Bool(false),
        _ => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
    };
    given.filter(|(_, value)| !value.is_empty()).map(|(path, value)| (path.to_owned(), read(value))).collect()
}

/// Keeps what the form can't hold exactly: the officer of the directory where nothing about them was changed, so
/// that a mended date does not undo a verification; and the moment of service within the minute shown.
pub fn keep_known(entry: &mut PaperEntry, paper: &Paper, agency: &Agency, officer: Option<&Officer>) {
    if entry.received_at.for_people() == paper.received_at.for_people() {
        entry.received_at = paper.received_at;
    }
    let Some(known) = officer else { return };
    let OfficerEntry::New { name, title, email, phone } = &entry.officer else { return };
    let is_same = *name == known.name && *title == known.title && *email == known.email && *phone == known.phone;
    if is_same && entry.agency == AgencyEntry::Known(agency.id) {
        entry.officer = OfficerEntry::Known(known.id);
    }
}

/// The fields of a paper that is known.
pub fn filled(paper: &Paper, officer: Option<&Officer>) -> Fields {
    let text = |line: Option<&Line>| line.map(ToString::to_string).unwrap_or_default();
    let answer = |what: Option<bool>| what.map_or("", |yes| if yes { "yes" } else { "no" }).to_owned();
    let mut pairs: Vec<(String, String)> = [
        ("instrument", paper.instrument.as_str().to_owned()),
        ("issuing_authority", paper.issuing_authority.as_str().to_owned()),
        ("issuer", text(paper.issuer.as_ref())),
        ("agency", paper.requester.agency.to_string()),
        ("officer_name", text(officer.map(|o| &o.name))),
        ("officer_title", text(officer.and_then(|o| o.title.as_ref()))),
        ("officer_email", text(officer.and_then(|o| o.email.as_ref()))),
        ("officer_phone", text(officer.and_then(|o| o.phone.as_ref()))),
        ("matter", paper.matter.as_str().to_owned()),
        ("channel", paper.channel.as_str().to_owned()),
        ("received_at", paper.received_at.as_datetime().format("%Y-%m-%dT%H:%M").to_string()),
        ("issued_on", paper.issued_on.map(|d| d.to_string()).unwrap_or_default()),
        ("customer", paper.customer.as_str().to_owned()),
        ("is_signed", answer(paper.is_signed)),
        ("names_served_entity", answer(paper.names_served_entity)),
        ("lacks_attachments", answer(paper.lacks_attachments)),
        ("is_particular", answer(paper.is_particular)),
        ("statute_covers", answer(paper.statute_covers)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    stated(&mut pairs, "docket", &paper.docket);
    stated(&mut pairs, "legal_basis", &paper.legal_basis);
    stated(&mut pairs, "return_by", &paper.return_by);
    stated(&mut pairs, "execute_by", &paper.execute_by);
    stated(&mut pairs, "authorised_from", &paper.authorised_from);
    stated(&mut pairs, "authorised_to", &paper.authorised_to);
    pairs.extend(paper.more.iter().map(|(path, value)| (format!("more.{path}"), value.to_string())));
    Fields::filled(pairs)
}

fn stated<T: ToString>(pairs: &mut Vec<(String, String)>, name: &str, what: &Stated<T>) {
    match what {
        Stated::Unknown => {}
        Stated::None => pairs.push((format!("{name}_none"), "yes".into())),
        Stated::Is(value) => pairs.push((name.to_owned(), value.to_string())),
    }
}

/// Refuses a day together with the tick that the paper states none.
fn refuse_both(fields: &Fields, errors: &mut Errors) {
    for name in ["docket", "legal_basis", "return_by", "execute_by", "authorised_from", "authorised_to"] {
        if fields.has(name) && fields.is_ticked(&format!("{name}_none")) {
            let reason = "Either give it or tick that the paper states none, not both.";
            errors.take::<()>(Err(ParseError::new(name, reason)));
        }
    }
}
