//! The paper's particulars as they are sent.

use super::reader::Reader;
use crate::actions::ActionError;
use crate::actions::open_case::{AgencyEntry, OfficerEntry, PaperEntry};
use crate::domain::agency::Country;
use crate::domain::text::ParseError;
use crate::web::WebError;

/// A paper as it is sent. Everything is read before the first `?`, so that no error is missed.
pub fn read_paper(r: &mut Reader<'_>) -> Option<PaperEntry> {
    let (instrument, issuing_authority) = (r.word("instrument"), r.word("issuing_authority"));
    let (issuer, agency, officer) = (r.line("issuer"), r.required_object("agency", read_agency), read_officer(r));
    let (docket, legal_basis) = (r.stated_line("docket"), r.stated_line("legal_basis"));
    let (matter, channel, customer) = (r.word("matter"), r.word("channel"), r.word("customer"));
    let (received_at, issued_on) = (r.required_moment("received_at"), r.date("issued_on"));
    let [return_by, execute_by, authorised_from, authorised_to] =
        ["return_by", "execute_by", "authorised_from", "authorised_to"].map(|name| r.stated_date(name));
    let [is_signed, names_served_entity, lacks_attachments, is_particular, statute_covers] =
        ["is_signed", "names_served_entity", "lacks_attachments", "is_particular", "statute_covers"]
            .map(|name| r.yes_no(name));
    Some(PaperEntry {
        issuer,
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
        more: r.map("more"),
        instrument: instrument?,
        issuing_authority: issuing_authority?,
        agency: agency?,
        officer: officer?,
        matter: matter?,
        channel: channel?,
        received_at: received_at?,
        customer: customer?,
    })
}

/// `{"id": …}` for one of the directory; every other field for a new one.
fn read_agency(r: &mut Reader<'_>) -> Option<AgencyEntry> {
    if r.value("id").is_some() {
        return r.id("id").map(AgencyEntry::Known);
    }
    let (name, country) = (r.required_line("name"), r.required_line("country"));
    let country = country.and_then(|code| {
        let parsed = Country::parse(&r.full("country"), code.as_str());
        r.take(parsed)
    });
    let (level, kind, state) = (r.word("level"), r.word("kind"), r.line("state"));
    Some(AgencyEntry::New { name: name?, country: country?, level: level?, kind: kind?, state })
}

fn read_officer(r: &mut Reader<'_>) -> Option<OfficerEntry> {
    if r.value("officer").is_none() {
        return Some(OfficerEntry::Nobody);
    }
    r.object("officer", |r| {
        if r.value("id").is_some() {
            return r.id("id").map(OfficerEntry::Known);
        }
        let (name, title) = (r.required_line("name"), r.line("title"));
        let (email, phone) = (r.line("email"), r.line("phone"));
        Some(OfficerEntry::New { name: name?, title, email, phone })
    })
}

/// Puts an act's errors on the paper where the paper stands in the body.
pub fn errors_at_paper(error: WebError) -> WebError {
    let is_of_paper = |field: &str| ["agency", "officer", "issued_on"].contains(&field) || field.starts_with("more.");
    match error {
        WebError::Action(ActionError::Invalid(errors)) => {
            let placed = errors.into_iter().map(|e| match is_of_paper(&e.field) {
                true => ParseError::new(format!("paper.{}", e.field), e.reason),
                false => e,
            });
            ActionError::Invalid(placed.collect()).into()
        }
        other => other,
    }
}
