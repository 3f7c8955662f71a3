//! Papers as people enter them. They are those of `tests/papers`, all made up.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;
use writ::actions::open_case::{AgencyEntry, AskedEntry, OfficerEntry, PaperEntry};
use writ::actions::record_secrecy::RecordSecrecy;
use writ::domain::agency::Country;
use writ::domain::demand::Period;
use writ::domain::identifier::{Identifier, IdentifierKind};
use writ::domain::instrument::Instrument;
use writ::domain::redirect::Organisation;
use writ::domain::requester::{Channel, CustomerType, IssuingAuthority, Matter, RequesterLevel, RequesterType};
use writ::domain::secrecy::SecrecySource;
use writ::domain::stage::Compartment;
use writ::domain::stated::Stated;
use writ::domain::text::Prose;
use writ::domain::time::Instant;

use super::world::line;

pub const SUBPOENA: &[u8] = include_bytes!("../../papers/subpoena.pdf");
/// One empty page. Stories that are not about the paper's bytes have no need of more.
const PAGE: &[u8] =
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// A served paper: the file, what a person read off it, and what it asks.
#[derive(Debug, Clone)]
pub struct Paper {
    pub file: Option<(&'static str, &'static [u8])>,
    pub compartment: Compartment,
    pub entry: PaperEntry,
    pub demands: Vec<AskedEntry>,
}

impl Paper {
    fn new(name: &'static str, entry: PaperEntry) -> Paper {
        Paper { file: Some((name, PAGE)), compartment: Compartment::Ordinary, entry, demands: Vec::new() }
    }

    /// One more line: `account/registration` is service and category of the catalogue.
    pub fn asking(mut self, item: &str) -> Paper {
        self.demands.push(asked(item));
        self
    }

    pub fn without_document(mut self) -> Paper {
        self.file = None;
        self
    }

    pub fn on(mut self, instrument: Instrument) -> Paper {
        self.entry.instrument = instrument;
        self
    }
}

/// A grand jury subpoena for records: the list of § 2703(c)(2) is within its reach.
pub fn subpoena() -> Paper {
    let entry = PaperEntry {
        instrument: Instrument::GrandJurySubpoena,
        issuing_authority: IssuingAuthority::GrandJury,
        issuer: Some(line("United States District Court, District of Meridiana")),
        agency: bureau(),
        officer: officer("Casey Mockford"),
        docket: Stated::Is(line("26-GJ-0117-04")),
        legal_basis: Stated::Is(line("18 U.S.C. § 2703(c)(2)")),
        matter: Matter::Criminal,
        channel: Channel::Email,
        received_at: Instant::new(day(2026, 10, 30).and_hms_micro_opt(14, 5, 0, 123_456).unwrap().and_utc()),
        issued_on: Some(day(2026, 10, 26)),
        return_by: Stated::Is(day(2026, 11, 17)),
        execute_by: Stated::None,
        authorised_from: Stated::Is(day(2026, 1, 1)),
        authorised_to: Stated::Is(day(2026, 10, 20)),
        customer: CustomerType::Consumer,
        is_signed: Some(true),
        names_served_entity: Some(true),
        lacks_attachments: Some(false),
        is_particular: Some(true),
        statute_covers: Some(true),
        more: BTreeMap::new(),
    };
    Paper::new("subpoena.pdf", entry)
}

/// The same on the account of an organisation, with whom to ask there.
pub fn of_an_organisation() -> Paper {
    let mut paper = subpoena().asking("account/registration");
    paper.entry.customer = CustomerType::Enterprise;
    paper.demands[0].organisation = Some(Organisation {
        name: line("Tenant GmbH"),
        contact: Some(line("General Counsel")),
        reach: Some(line("legal@tenant.example")),
    });
    paper
}

/// A search warrant: content is within its reach.
pub fn warrant() -> Paper {
    let entry = PaperEntry {
        instrument: Instrument::SearchWarrant,
        issuing_authority: IssuingAuthority::Magistrate,
        docket: Stated::Is(line("3:26-mj-00452")),
        legal_basis: Stated::Is(line("18 U.S.C. § 2703(a)")),
        issued_on: Some(day(2026, 10, 28)),
        return_by: Stated::None,
        execute_by: Stated::Is(day(2026, 11, 11)),
        ..subpoena().entry
    };
    Paper::new("warrant.pdf", entry)
}

/// A letter that only asks to keep what there is.
pub fn preservation_letter() -> Paper {
    let entry = PaperEntry {
        instrument: Instrument::Preservation2703f,
        issuing_authority: IssuingAuthority::AgencyOfficial,
        legal_basis: Stated::Is(line("18 U.S.C. § 2703(f)")),
        return_by: Stated::None,
        authorised_from: Stated::None,
        authorised_to: Stated::None,
        // Nothing was kept for this agency before.
        more: [("prior".to_owned(), Value::Null)].into(),
        ..subpoena().entry
    };
    Paper::new("order.pdf", entry)
}

/// A line of the paper about its first account, which is ours.
pub fn asked(item: &str) -> AskedEntry {
    asked_about("+1 (202) 555-0142", item)
}

pub fn asked_about(phone: &str, item: &str) -> AskedEntry {
    let (service, category) = item.split_once('/').unwrap_or_else(|| panic!("{item} is no service/category"));
    AskedEntry {
        identifier: Identifier::parse(IdentifierKind::Phone, phone, Some("US")).unwrap(),
        service: service.to_owned(),
        category: category.to_owned(),
        words: Some(line("records of the account named above")),
        period: Period::new(Some(day(2026, 1, 1)), Some(day(2026, 10, 20))).unwrap(),
        in_signed_paper: Some(true),
        is_ours: Some(true),
        organisation: None,
    }
}

/// The court's order of one year.
pub fn secrecy_order() -> RecordSecrecy {
    RecordSecrecy {
        source: SecrecySource::CourtOrder,
        issuer: Some(line("United States District Court, District of Meridiana")),
        docket: Some(line("3:26-mj-00417")),
        grounds: Some(prose("Notice would seriously jeopardise the investigation.")),
        starts_on: day(2026, 10, 26),
        ends_on: Stated::Is(day(2027, 10, 26)),
    }
}

/// The letter's plea, which binds nobody.
pub fn plea() -> RecordSecrecy {
    RecordSecrecy { source: SecrecySource::Request, ends_on: Stated::Unknown, docket: None, ..secrecy_order() }
}

pub fn bureau() -> AgencyEntry {
    AgencyEntry::New {
        name: line("Bureau of Sample Inquiries"),
        country: Country::parse("country", "US").unwrap(),
        level: RequesterLevel::Federal,
        kind: RequesterType::LawEnforcement,
        state: None,
    }
}

pub fn officer(name: &str) -> OfficerEntry {
    OfficerEntry::New {
        name: line(name),
        title: Some(line("Special Agent")),
        email: Some(line("casey.mockford@bsi.example")),
        phone: Some(line("(202) 555-0114")),
    }
}

pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

pub fn prose(text: &str) -> Prose {
    Prose::parse("text", text).unwrap()
}
