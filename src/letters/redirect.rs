//! The letter that sends a requester to the organisation whose account is asked about.

use chrono::NaiveDate;

use crate::domain::agency::{Agency, Officer};
use crate::domain::case::Case;
use crate::domain::decision::DecisionKind;
use crate::domain::redirect::Organisation;
use crate::domain::secrecy::SecrecyOrder;
use crate::domain::stated::Stated;

/// What the letter says. It names nobody of the provider's people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectLetter {
    /// The provider's legal entity.
    pub provider: String,
    /// The day of the letter.
    pub on: NaiveDate,
    /// The agency that asks.
    pub agency: String,
    /// Its officer, where the paper names one.
    pub officer: Option<String>,
    /// The paper's docket.
    pub docket: Option<String>,
    /// Our reference.
    pub reference: String,
    /// Whom to ask about which accounts.
    pub places: Vec<Place>,
    /// Whether the paper asks for more than is sent elsewhere.
    pub is_partial: bool,
    /// The order that binds us not to tell the customer, if one does on the day of the letter.
    pub secrecy: Option<Secrecy>,
}

/// An organisation to ask, and the accounts of the paper that are its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The organisation, or whom the decision names.
    pub name: String,
    /// Whom to ask there and how; nobody under an order of secrecy.
    pub contact: Vec<String>,
    /// Accounts as the paper has them, each once.
    pub accounts: Vec<String>,
}

/// A binding order of secrecy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secrecy {
    /// Its last day, where it has one.
    pub ends_on: Option<NaiveDate>,
}

impl RedirectLetter {
    /// The letter on a case; `None` where no approved decision redirects. It is dated by the last approval.
    pub fn of(case: &Case, agency: &Agency, officer: Option<&Officer>, provider: &str) -> Option<RedirectLetter> {
        let on = case.approvals().last()?.at.day();
        let draft = case.draft().filter(|_| case.is_open(crate::domain::stage::Gate::Approved))?;
        let secrecy = secrecy(&case.secrecy, on);
        let mut places: Vec<Place> = Vec::new();
        for demand in &case.demands {
            let Some(decision) = draft.on(demand.id).filter(|d| d.kind == DecisionKind::Redirect) else { continue };
            let to = decision.redirect_to.as_ref().map(ToString::to_string).unwrap_or_default();
            let place = Place::new(&to, demand.asked.organisation.as_ref(), secrecy.is_some());
            let account = demand.asked.identifier.received.clone();
            let known = places.iter().position(|p| p.name == place.name && p.contact == place.contact);
            let at = known.unwrap_or_else(|| {
                places.push(place);
                places.len().saturating_sub(1)
            });
            if let Some(place) = places.get_mut(at)
                && !place.accounts.contains(&account)
            {
                place.accounts.push(account);
            }
        }
        (!places.is_empty()).then(|| RedirectLetter {
            provider: provider.to_owned(),
            on,
            agency: agency.name.to_string(),
            officer: officer.map(|o| o.name.to_string()),
            docket: case.paper.docket.value().map(ToString::to_string),
            reference: case.reference.to_string(),
            is_partial: draft.decisions.iter().any(|d| d.kind != DecisionKind::Redirect),
            places,
            secrecy,
        })
    }

    /// The whole text, in lines of their own length, with one line end each.
    pub fn text(&self) -> String {
        let mut said = vec![self.provider.clone(), self.on.format("%-d %B %Y").to_string(), String::new()];
        said.push(format!("To: {}", self.agency));
        said.extend(self.officer.as_ref().map(|name| format!("Attention: {name}")));
        said.push(String::new());
        said.extend(self.docket.as_ref().map(|docket| format!("Your number: {docket}")));
        said.push(format!("Our reference: {}", self.reference));
        said.push(String::new());
        said.push(format!(
            "We have your paper. The following {} to an organisation that is our customer. It controls the data in \
             its accounts, and we ask you to go to it:",
            if self.accounts() == 1 { "account named in it belongs" } else { "accounts named in it belong" }
        ));
        for place in &self.places {
            said.push(String::new());
            said.push(place.name.clone());
            said.extend(place.contact.iter().map(|line| format!("  {line}")));
            said.extend(place.accounts.iter().map(|account| format!("  Account: {account}")));
        }
        said.push(String::new());
        said.push(
            "For now we give no data of that kind. If you go to the organisation, please withdraw the paper from us in \
             writing."
                .into(),
        );
        if self.is_partial {
            said.push("What your paper asks besides is answered apart from this letter.".into());
        }
        said.push(String::new());
        said.push("If the organisation can't be asked, please tell us in writing why, for example because".into());
        said.extend(REASONS.iter().map(|reason| format!("- {reason}")));
        said.push("We then look at your paper again.".into());
        said.push(String::new());
        said.push(self.on_telling());
        said.push(String::new());
        said.push(format!("In your answer, please give our reference {}.", self.reference));
        said.push(String::new());
        said.push(format!("Legal requests, {}", self.provider));
        said.join("\n")
    }

    /// What whoever sends it should know, as sentences that are no part of it.
    pub fn beside(&self) -> Vec<String> {
        let Some(secrecy) = &self.secrecy else { return Vec::new() };
        let until = secrecy.ends_on.map_or_else(|| "without an end".to_owned(), |end| format!("to {end}"));
        vec![
            format!(
                "A binding order of secrecy is in force {until}: we may ask the agency, and tell the customer nothing."
            ),
            "So the letter names no person at the organisation, and does not promise to tell it.".to_owned(),
        ]
    }

    fn on_telling(&self) -> String {
        if self.secrecy.is_some() {
            "We know of the order of secrecy and have told nobody at the organisation. If it allows, or the court \
             permits, that one person there be told, please name that person to us."
                .to_owned()
        } else {
            "Unless the law forbids it, we tell the organisation of your paper before anything about its accounts \
             is given."
                .to_owned()
        }
    }

    fn accounts(&self) -> usize {
        self.places.iter().map(|place| place.accounts.len()).sum()
    }
}

/// What is worth accepting as a reason not to ask the customer.
const REASONS: [&str; 4] = [
    "the organisation, or those who run its accounts, are suspected themselves;",
    "asking it would put a person in danger;",
    "data would be lost that a request to preserve it can't save;",
    "nobody there can be reached.",
];

impl Place {
    /// Under an order of secrecy no person is named: where the organisation is known it alone is, else whom the
    /// approved decision names.
    fn new(to: &str, organisation: Option<&Organisation>, is_secret: bool) -> Place {
        let (name, contact) = match organisation {
            Some(known) if is_secret => (known.name.to_string(), Vec::new()),
            Some(known) => {
                let lines = [known.contact.as_ref(), known.reach.as_ref()];
                let mut contact: Vec<String> = lines.into_iter().flatten().map(ToString::to_string).collect();
                if !to.is_empty() && to != known.name.as_str() && !contact.iter().any(|line| line == to) {
                    contact.insert(0, to.to_owned());
                }
                (known.name.to_string(), contact)
            }
            None => (to.to_owned(), Vec::new()),
        };
        Place { name, contact, accounts: Vec::new() }
    }
}

/// The binding order in force on a day that lasts longest.
fn secrecy(orders: &[SecrecyOrder], on: NaiveDate) -> Option<Secrecy> {
    let binding: Vec<&SecrecyOrder> = orders.iter().filter(|order| order.binds_on(on)).collect();
    let is_open = binding.iter().any(|order| !matches!(order.ends_on, Stated::Is(_)));
    let last = binding.iter().filter_map(|order| order.ends_on.value().copied()).max();
    (!binding.is_empty()).then_some(Secrecy { ends_on: last.filter(|_| !is_open) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(secrecy: Option<Secrecy>, contact: &[&str]) -> RedirectLetter {
        RedirectLetter {
            provider: "Example Messenger, Inc.".into(),
            on: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap_or_default(),
            agency: "Bureau of Sample Inquiries".into(),
            officer: Some("Casey Mockford".into()),
            docket: Some("26-GJ-0117-04".into()),
            reference: "2026-000007".into(),
            places: vec![Place {
                name: "Tenant GmbH".into(),
                contact: contact.iter().map(|line| (*line).to_owned()).collect(),
                accounts: vec!["it@tenant.example".into()],
            }],
            is_partial: false,
            secrecy,
        }
    }

    #[test]
    fn the_letter_says_whom_to_ask_and_promises_notice_where_nothing_forbids_it() {
        let text = letter(None, &["General Counsel", "legal@tenant.example"]).text();
        for part in [
            "23 November 2026",
            "To: Bureau of Sample Inquiries",
            "Attention: Casey Mockford",
            "Your number: 26-GJ-0117-04",
            "Our reference: 2026-000007",
            "Tenant GmbH\n  General Counsel\n  legal@tenant.example\n  Account: it@tenant.example",
            "we tell the organisation of your paper before anything",
        ] {
            assert!(text.contains(part), "{part} is missing from {text}");
        }
    }

    #[test]
    fn under_a_binding_order_it_promises_nothing_and_says_so_beside() {
        let letter = letter(Some(Secrecy { ends_on: NaiveDate::from_ymd_opt(2027, 5, 1) }), &[]);
        assert!(!letter.text().contains("we tell the organisation"));
        assert!(letter.text().contains("have told nobody at the organisation"));
        assert!(letter.beside().concat().contains("in force to 2027-05-01"));
    }

    #[test]
    fn under_a_binding_order_no_person_at_the_organisation_is_named() -> Result<(), crate::domain::text::ParseError> {
        use crate::domain::text::Line;
        let organisation = Organisation {
            name: Line::parse("name", "Tenant GmbH")?,
            contact: Some(Line::parse("contact", "Greta Muster")?),
            reach: Some(Line::parse("reach", "greta@tenant.example")?),
        };
        let open = Place::new("Tenant GmbH, legal", Some(&organisation), false);
        assert_eq!(open.contact, ["Tenant GmbH, legal", "Greta Muster", "greta@tenant.example"]);
        let secret = Place::new("Tenant GmbH, Greta Muster", Some(&organisation), true);
        assert_eq!((secret.name.as_str(), secret.contact.len()), ("Tenant GmbH", 0));
        Ok(())
    }
}
