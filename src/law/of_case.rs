//! The facts of one demand of a case, as the rules speak of them.

use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::facts::Facts;
use crate::domain::case::Case;
use crate::domain::catalogue::{Catalogue, Category, Retention, Service};
use crate::domain::data_class::DataClass;
use crate::domain::demand::Demand;
use crate::domain::identifier::{Identifier, IdentifierKind};
use crate::domain::instrument::Instrument;
use crate::domain::requester::Channel;
use crate::domain::secrecy::{SecrecyOrder, SecrecySource};
use crate::domain::stated::Stated;
use crate::domain::time::Instant;

/// Who is asked, and the provider's own policy: facts that are the same for every case of one installation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The legal entity that is served.
    pub entity: String,
    /// Its country, ISO 3166-1 alpha-2.
    pub country: String,
    /// Its US state, two letters; empty outside the US.
    pub state: String,
    /// What it is under the EU's e-evidence rules, `eu_designated_establishment` or `eu_legal_representative`; empty
    /// where it is neither.
    pub eu_role: String,
    /// Whether it is a California corporation.
    pub is_california_corporation: bool,
    /// Whether it asks a warrant for all content, whatever its age.
    pub warrant_for_all_content: bool,
    /// Whether it accepts another state's process without domestication.
    pub accept_out_of_state_process: bool,
    /// Whether it sends requesters to organisations that are its customers first.
    pub redirect_enterprise: bool,
    /// What it does with foreign requests for records: `accept_listed` or `refuse`.
    pub foreign_noncontent: String,
}

/// What the provider keeps of what is asked, as the catalogue says on the day of receipt.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// The catalogue.
    pub catalogue: &'a Catalogue,
    /// The service that is asked for.
    pub service: &'a Service,
    /// The data category, where the catalogue still has it.
    pub category: Option<&'a Category>,
}

/// What stands beside the case and bears on the paper.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Beside {
    /// Whether the officer's e-mail address or telephone number is known; `None` where no officer is named.
    pub has_contact: Option<bool>,
    /// Whether the case is linked as the same paper served again.
    pub is_served_again: bool,
}

/// The facts of one demand. What nobody has looked at stays absent: the engine asks for it instead of guessing.
pub fn facts_of(
    case: &Case,
    demand: &Demand,
    kept: Kept<'_>,
    provider: &Provider,
    beside: Beside,
    now: Instant,
) -> Facts {
    let mut facts = of_paper_alone(case, provider);
    of_demand(&mut facts, demand, kept.service);
    let class = kept.category.map(|category| class_for(case.paper.instrument, category, provider));
    facts.insert("data_class", json!(class.unwrap_or(demand.asked.data_class)));
    of_holding(&mut facts, demand, kept, case.paper.received_at);
    looked_at(&mut facts, "contact_given", beside.has_contact);
    looked_at(&mut facts, "served_again", beside.is_served_again.then_some(true));
    facts.insert("as_of", json!(now.day()));
    for (path, value) in &case.paper.more {
        facts.insert(path, value.clone());
    }
    facts
}

/// The facts that clocks are counted from: the paper, who is asked, and what the case waits for. The day asked is the day
/// of receipt, so that a clock does not change with the day on which somebody looks.
pub fn facts_of_clocks(case: &Case, provider: &Provider) -> Facts {
    let mut facts = of_paper_alone(case, provider);
    if let Some(wait) = &case.wait {
        facts.insert("wait.kind", json!(wait.kind));
        facts.insert("wait.began_at", json!(wait.at.for_machines()));
    }
    for (path, value) in &case.paper.more {
        facts.insert(path, value.clone());
    }
    facts
}

fn of_paper_alone(case: &Case, provider: &Provider) -> Facts {
    let mut facts = Facts::new();
    of_provider(&mut facts, provider, case.paper.instrument);
    of_paper(&mut facts, case);
    facts.insert("requester_verified", json!(case.is_verified()));
    // A statute's own bar is settled by the rules for the instrument; only orders and pleas are facts.
    let orders: Vec<&SecrecyOrder> = case.secrecy.iter().filter(|o| o.source != SecrecySource::Statute).collect();
    if let Some(order) = governing_order(&orders) {
        of_secrecy(&mut facts, order);
    }
    facts
}

pub(super) fn of_provider(facts: &mut Facts, provider: &Provider, instrument: Instrument) {
    facts.insert("addressee_country", json!(provider.country));
    if !instrument.is_eu_order() {
        facts.insert("addressee_role", json!("provider_entity"));
    } else if !provider.eu_role.is_empty() {
        facts.insert("addressee_role", json!(provider.eu_role));
    }
    facts.insert("served_entity_country", json!(provider.country));
    if !provider.state.is_empty() {
        facts.insert("addressee_state", json!(provider.state));
    }
    if provider.is_california_corporation {
        facts.insert("addressee_is_california_corporation", json!(true));
    }
    facts.insert("policy.warrant_for_all_content", json!(provider.warrant_for_all_content));
    facts.insert("policy.accept_out_of_state_process", json!(provider.accept_out_of_state_process));
    facts.insert("policy.redirect_enterprise", json!(provider.redirect_enterprise));
    facts.insert("policy.foreign_noncontent", json!(provider.foreign_noncontent));
}

fn of_paper(facts: &mut Facts, case: &Case) {
    let paper = &case.paper;
    facts.insert("instrument", json!(paper.instrument));
    facts.insert("issuing_authority", json!(paper.issuing_authority));
    facts.insert("requester_country", json!(paper.requester.country));
    facts.insert("requester_level", json!(paper.requester.level));
    facts.insert("requester_type", json!(paper.requester.kind));
    facts.insert("requester_state", json!(paper.requester.state));
    facts.insert("matter", json!(paper.matter));
    facts.insert("customer_type", json!(paper.customer));
    facts.insert("received_at", json!(paper.received_at.for_machines()));
    stated(facts, "case_ref", &paper.docket);
    stated(facts, "legal_basis_cited", &paper.legal_basis);
    stated(facts, "return_by", &paper.return_by);
    stated(facts, "execute_by", &paper.execute_by);
    stated(facts, "authorised_from", &paper.authorised_from);
    stated(facts, "authorised_to", &paper.authorised_to);
    looked_at(facts, "issued_on", paper.issued_on);
    looked_at(facts, "signed", paper.is_signed);
    looked_at(facts, "names_served_entity", paper.names_served_entity);
    looked_at(facts, "attachments_missing", paper.lacks_attachments);
    looked_at(facts, "particular", paper.is_particular);
    looked_at(facts, "statute_covers_request", paper.statute_covers);
    match paper.channel {
        Channel::Portal => facts.insert("channel", json!("portal")),
        Channel::EmailUnverified => facts.insert("channel", json!("email_unverified")),
        Channel::DecentralisedIt => facts.insert("channel", json!("decentralised_it")),
        Channel::Email | Channel::Post | Channel::RegisteredAgent | Channel::InPerson => {}
    }
}

/// The class of a kind of data under the law that a paper is asked by: of the Union where a European order asks, or where
/// the provider is served outside the United States; else of the United States.
pub fn class_for(instrument: Instrument, category: &Category, provider: &Provider) -> DataClass {
    let is_european = instrument.is_eu_order() || provider.country != "US";
    category.eu.filter(|_| is_european).unwrap_or(category.us)
}

fn of_demand(facts: &mut Facts, demand: &Demand, service: &Service) {
    let asked = &demand.asked;
    facts.insert("temporal", json!(if asked.data_class.is_prospective() { "prospective" } else { "stored" }));
    facts.insert("service_kind", json!(service.kind));
    facts.insert("offered_to_public", json!(service.offered_to_public));
    facts.insert("identifiers.given", json!(1));
    facts.insert("identifiers.valid", json!(1));
    looked_at(facts, "identifiers.ours", asked.is_ours.map(u8::from));
    looked_at(facts, "item_in_signed_process", asked.in_signed_paper);
    looked_at(facts, "requested_from", asked.period.from);
    looked_at(facts, "requested_to", asked.period.to);
    of_identifier(facts, &asked.identifier);
}

/// An address on the net tells a person only with the time it was seen.
fn of_identifier(facts: &mut Facts, identifier: &Identifier) {
    match (identifier.kind, identifier.at) {
        (IdentifierKind::IpAddress, Some(at)) => {
            facts.insert("identifiers.kind", json!("ip_at_time"));
            facts.insert("observed_at", json!(at.to_rfc3339_opts(SecondsFormat::AutoSi, true)));
        }
        (IdentifierKind::IpAddress, None) => {
            facts.insert("identifiers.ambiguous", json!(true));
            facts.insert("observed_at", Value::Null);
        }
        (IdentifierKind::Other, _) => {}
        _ => facts.insert("identifiers.kind", json!("account")),
    }
}

fn of_holding(facts: &mut Facts, demand: &Demand, kept: Kept<'_>, received_at: Instant) {
    let Some(category) = kept.category else { return };
    facts.insert("holding.kept", json!(category.retention != Some(Retention::NotKept)));
    looked_at(facts, "holding.from", category.beyond_retention(demand.asked.period.from, received_at.day()));
    facts.insert("holding.name", json!(category.name));
    facts.insert("holding.catalogue", json!(kept.catalogue.version));
}

/// The order that governs telling the customer: a binding one before a plea, the one that lasts longest first.
fn governing_order<'o>(orders: &[&'o SecrecyOrder]) -> Option<&'o SecrecyOrder> {
    orders.iter().copied().max_by_key(|order| {
        let lasts = match order.ends_on {
            Stated::Is(end) => (1, Some(end)),
            Stated::None => (2, None),
            Stated::Unknown => (0, None),
        };
        (order.is_binding(), lasts)
    })
}

fn of_secrecy(facts: &mut Facts, order: &SecrecyOrder) {
    facts.insert("ndo.present", json!(true));
    facts.insert("ndo.court_ordered", json!(order.source == SecrecySource::CourtOrder));
    let kind = match order.source {
        SecrecySource::CourtOrder => Some("court_2705b"),
        SecrecySource::NslCertification => Some("nsl_certification"),
        SecrecySource::Request => Some("request_only"),
        SecrecySource::Statute => None,
    };
    looked_at(facts, "ndo.kind", kind);
    facts.insert("ndo.issued_on", json!(order.starts_on));
    stated(facts, "ndo.expires_on", &order.ends_on);
}

fn stated<T: serde::Serialize>(facts: &mut Facts, path: &str, what: &Stated<T>) {
    match what {
        Stated::Unknown => {}
        Stated::None => facts.insert(path, Value::Null),
        Stated::Is(value) => facts.insert(path, json!(value)),
    }
}

fn looked_at<T: serde::Serialize>(facts: &mut Facts, path: &str, what: Option<T>) {
    if let Some(value) = what {
        facts.insert(path, json!(value));
    }
}
