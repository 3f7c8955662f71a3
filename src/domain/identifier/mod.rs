//! Identifiers: how a paper names an account. Each is kept twice, as it was received and as the key it is
//! searched by, so that a letter can quote the paper and a search still finds the account.
//!
//! `parse` is the door: whatever passes it is well formed, free of characters nobody can see, and has a key
//! that reads back as itself. Whether the account exists is never asked here.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use super::words::closed_words;

mod error;
mod guess;
mod hidden;

mod account;
mod alike;
mod card;
mod email;
mod ip;
mod phone;
mod web;

pub use alike::{Likeness, Sought, sought};
pub use error::IdentifierError;
pub use guess::kind_of;

closed_words! {
    /// The kinds of identifier a service can be asked by.
    pub enum IdentifierKind {
        Email = "email", "e-mail address";
        Phone = "phone", "phone number";
        IpAddress = "ip_address", "IP address";
        UserId = "user_id", "user id";
        Gamertag = "gamertag", "gamertag";
        DeviceSerial = "device_serial", "device serial number";
        Url = "url", "web address";
        Card = "card", "card number";
        Other = "other", "other identifier";
    }
}

/// How an account is named: typed, checked, kept as received and as a search key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identifier {
    /// What kind of name it is.
    pub kind: IdentifierKind,
    /// Exactly as received, without the blanks around it.
    pub received: String,
    /// The key it is searched by; parsing it again gives itself. For an IP address this is the address alone.
    pub normalised: String,
    /// IP address: the instant it was seen in use, in UTC, cut to whole microseconds. Written as `seen_at`, because
    /// it is part of the name and personal, while an `at` says when somebody acted.
    #[serde(rename = "seen_at")]
    pub at: Option<DateTime<Utc>>,
    /// IP address: the port it was seen with.
    pub port: Option<u16>,
}

impl Identifier {
    /// Reads an identifier of a stated kind. `region` (ISO 3166 alpha-2, any case) is the country whose
    /// national phone numbers are meant where a number has no `+`; other kinds ignore it.
    ///
    /// # Errors
    /// When it is no identifier of that kind, or holds a character that can't be seen.
    pub fn parse(kind: IdentifierKind, received: &str, region: Option<&str>) -> Result<Identifier, IdentifierError> {
        let text = received.trim();
        if text.is_empty() {
            return Err(IdentifierError::Empty { kind });
        }
        error::no_longer_than(kind, text, longest(kind))?;
        hidden::refuse_hidden(text)?;
        let (mut at, mut port) = (None, None);
        let normalised = match kind {
            IdentifierKind::Email => email::normalise(text)?,
            IdentifierKind::Phone => phone::normalise(text, region)?,
            IdentifierKind::IpAddress => {
                let seen = ip::parse(text)?;
                (at, port) = (seen.at, seen.port);
                seen.address.to_string()
            }
            IdentifierKind::UserId => account::user_id(text)?,
            IdentifierKind::Gamertag => account::gamertag(text)?,
            IdentifierKind::DeviceSerial => account::device_serial(text)?,
            IdentifierKind::Url => web::normalise(text, longest(kind))?,
            IdentifierKind::Card => card::normalise(text)?,
            IdentifierKind::Other => account::other(text, longest(kind))?,
        };
        Ok(Identifier { kind, received: text.to_owned(), normalised, at, port })
    }

    /// For the people who work on the case: the whole identifier, written one way. A card number shows its
    /// last four digits only; who must compare it in full reads `received`.
    pub fn display(&self) -> String {
        match self.kind {
            IdentifierKind::IpAddress => self.address_port_and_time(),
            IdentifierKind::Phone => phone::spaced(&self.normalised),
            IdentifierKind::Card => self.masked(),
            IdentifierKind::UserId
            | IdentifierKind::Gamertag
            | IdentifierKind::DeviceSerial
            | IdentifierKind::Other => self.received.clone(),
            IdentifierKind::Email | IdentifierKind::Url => self.normalised.clone(),
        }
    }

    /// For lists and anyone who need not know: enough to tell two lines apart, not enough to use.
    pub fn masked(&self) -> String {
        let key = self.normalised.as_str();
        match self.kind {
            IdentifierKind::Email => email::masked(key),
            IdentifierKind::IpAddress => ip::masked(key),
            IdentifierKind::Phone => format!("{DOTS}{}", last(key, 2)),
            IdentifierKind::Card => format!("•••• {}", last(key, 4)),
            IdentifierKind::Url => web::masked(key),
            IdentifierKind::DeviceSerial if key.chars().count() > 8 => format!("{DOTS}{}", last(key, 4)),
            IdentifierKind::DeviceSerial => DOTS.to_owned(),
            IdentifierKind::UserId | IdentifierKind::Gamertag | IdentifierKind::Other => account::masked(key),
        }
    }

    fn address_port_and_time(&self) -> String {
        let mut shown = match self.port {
            Some(port) if self.normalised.contains(':') => format!("[{}]:{port}", self.normalised),
            Some(port) => format!("{}:{port}", self.normalised),
            None => self.normalised.clone(),
        };
        if let Some(at) = self.at {
            shown.push_str(" at ");
            shown.push_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        }
        shown
    }
}

/// Stands for what is not shown; always three, so that it does not tell how much that is.
const DOTS: &str = "•••";

/// The greatest length in characters, of what is received and of the key made from it.
fn longest(kind: IdentifierKind) -> usize {
    match kind {
        IdentifierKind::Url => 2048,
        IdentifierKind::Email => 320,
        IdentifierKind::UserId => 128,
        _ => 256,
    }
}

fn last(text: &str, count: usize) -> String {
    let skipped = text.chars().count().saturating_sub(count);
    text.chars().skip(skipped).collect()
}

#[cfg(test)]
mod tests;
