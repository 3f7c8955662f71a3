//! The same account under another spelling. A key here is never proof: it says *look whether this is the same person*.
//! Two accounts may share one, so nothing is decided by it.

use super::{Identifier, IdentifierKind};
use crate::domain::search::{fold, identifier_key};

/// What an account's other spellings share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// The kind of name and the folded name.
    pub key: String,
    /// For a gamertag with a number behind `#`: the key without it. Two different numbers are two people; a name
    /// without number may be either.
    pub stem: Option<String>,
}

/// What to look for when a person types an account, of whatever kind it may be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Keys of accounts named exactly so.
    pub exact: Vec<String>,
    /// Keys of likenesses.
    pub alike: Vec<String>,
    /// Keys of stems.
    pub stems: Vec<String>,
    /// The beginning of the likeness of telephone numbers that end in these digits.
    pub phones: Option<String>,
}

/// From how many digits on a number without country finds telephone numbers that end so.
const ENOUGH_DIGITS: usize = 7;
/// A name folded to fewer letters and digits is like too many.
const ENOUGH_LETTERS: usize = 3;

impl Identifier {
    /// What this account's other spellings share; none where there is one spelling only.
    pub fn likeness(&self) -> Option<Likeness> {
        let key = self.normalised.as_str();
        match self.kind {
            IdentifierKind::Email => mail(key),
            IdentifierKind::Phone => phone(key),
            IdentifierKind::UserId | IdentifierKind::Gamertag | IdentifierKind::Other => named(key),
            IdentifierKind::DeviceSerial => plain("serial", key.chars().filter(|&c| c != '-').collect()),
            IdentifierKind::Url => web(key),
            IdentifierKind::IpAddress | IdentifierKind::Card => None,
        }
    }
}

/// What a person may mean by a text: it is read as every kind of identifier that it can be. `region` is the country
/// whose national telephone numbers are meant.
pub fn sought(text: &str, region: Option<&str>) -> Sought {
    let mut sought = Sought::default();
    for &kind in IdentifierKind::ALL {
        let Ok(identifier) = Identifier::parse(kind, text, region) else { continue };
        push(&mut sought.exact, identifier_key(&identifier));
        let Some(likeness) = identifier.likeness() else { continue };
        match likeness.stem {
            // With its number: the very same, or one without any.
            Some(stem) => push(&mut sought.alike, stem),
            // Without: with whatever number.
            None => push(&mut sought.stems, likeness.key.clone()),
        }
        push(&mut sought.alike, likeness.key);
    }
    sought.phones = national(text);
    sought
}

fn push(to: &mut Vec<String>, key: String) {
    if !to.contains(&key) {
        to.push(key);
    }
}

/// Dots and what follows a plus sign in the mailbox's name do not part people at the large providers.
fn mail(address: &str) -> Option<Likeness> {
    let (mailbox, domain) = address.rsplit_once('@')?;
    let name = mailbox.split_once('+').map_or(mailbox, |(name, _)| name);
    let name: String = name.chars().filter(|&c| c != '.').collect();
    let name = if name.is_empty() { mailbox } else { &name };
    let domain = if domain == "googlemail.com" { "gmail.com" } else { domain };
    plain("mail", format!("{}@{domain}", fold(name)))
}

/// Backwards, so that numbers which end alike begin alike.
fn phone(number: &str) -> Option<Likeness> {
    plain("tel", backwards(number))
}

fn backwards(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).rev().collect()
}

/// The beginning of the keys of numbers that end in the digits of a text, where it is a number at all.
fn national(text: &str) -> Option<String> {
    let is_number = text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-.()/".contains(c));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    (is_number && (ENOUGH_DIGITS..=15).contains(&digits.len())).then(|| format!("tel:{}", backwards(digits)))
}

/// A user id, gamertag or any other name: letters and digits only. What looks like a mail address or an international
/// telephone number is one, whatever the paper calls it.
fn named(name: &str) -> Option<Likeness> {
    if name.contains('@')
        && let Ok(address) = super::email::normalise(name)
    {
        return mail(&address);
    }
    if name.starts_with('+')
        && let Ok(number) = super::phone::normalise(name, None)
    {
        return phone(&number);
    }
    let (name, number) = match name.rsplit_once('#') {
        Some((name, number)) if is_short_number(number) => (name, Some(number)),
        _ => (name, None),
    };
    let name: String = fold(name).chars().filter(|c| c.is_alphanumeric()).collect();
    if name.chars().count() < ENOUGH_LETTERS {
        return None;
    }
    let stem = format!("name:{name}");
    match number {
        Some(number) => Some(Likeness { key: format!("{stem}#{number}"), stem: Some(stem) }),
        None => Some(Likeness { key: stem, stem: None }),
    }
}

fn is_short_number(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// Host and path, without `www.`, a closing slash, or what was asked of the page.
fn web(address: &str) -> Option<Likeness> {
    let url = url::Url::parse(address).ok()?;
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    plain("web", format!("{host}{}", url.path().trim_end_matches('/').to_lowercase()))
}

fn plain(kind: &str, name: String) -> Option<Likeness> {
    Some(Likeness { key: format!("{kind}:{name}"), stem: None })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn key(kind: IdentifierKind, text: &str) -> String {
        Identifier::parse(kind, text, Some("US")).unwrap().likeness().unwrap().key
    }

    #[test]
    fn other_spellings_of_one_account_share_a_key() {
        use IdentifierKind::*;
        let same: &[(IdentifierKind, &[&str])] = &[
            (Email, &["quiet.harbor@gmail.com", "QuietHarbor+shop@googlemail.com", "quietharbor@gmail.com"]),
            (Phone, &["+1 (202) 555-0142", "202-555-0142", "tel:+12025550142"]),
            (Gamertag, &["Quiet Harbor417", "quietharbor417", "QUIETHARBOR 417", "Quiét Harbor417"]),
            (UserId, &["Quiet_Harbor-417", "quiet.harbor.417"]),
            (DeviceSerial, &["AB-12-CD", "ab12cd"]),
            (Url, &["https://www.example.com/People/anna/", "http://example.com/people/anna?ref=1"]),
        ];
        for (kind, spellings) in same {
            for spelling in *spellings {
                assert_eq!(key(*kind, spelling), key(*kind, spellings[0]), "{spelling}");
            }
        }
        assert_eq!(key(Other, "Quiet.Harbor@gmail.com"), key(Email, "quietharbor@gmail.com"));
        assert_eq!(key(UserId, "+12025550142"), key(Phone, "+12025550142"));
    }

    #[test]
    fn different_accounts_do_not() {
        use IdentifierKind::*;
        assert_ne!(key(Gamertag, "Foo#1234"), key(Gamertag, "Foo#1235"));
        assert_ne!(key(Email, "anna@example.com"), key(Email, "anna@example.org"));
        assert_ne!(key(Phone, "+1 202 555 0142"), key(Phone, "+44 202 555 0142"));
        assert!(Identifier::parse(Gamertag, "ab", None).unwrap().likeness().is_none());
        assert!(Identifier::parse(IpAddress, "192.0.2.7:443", None).unwrap().likeness().is_none());
    }

    #[test]
    fn what_is_typed_is_read_as_every_kind_it_may_be() {
        let phone = sought("(202) 555-0142", Some("US"));
        assert!(phone.exact.contains(&"phone:+12025550142".to_owned()));
        assert_eq!(phone.phones.as_deref(), Some("tel:2410555202"));
        assert_eq!(sought("0171 5550100", Some("US")).phones.as_deref(), Some("tel:0010555171"));
        assert_eq!(sought("555", None).phones, None);
        let tagged = sought("Foo#1234", None);
        assert!(tagged.alike.contains(&"name:foo#1234".to_owned()) && tagged.alike.contains(&"name:foo".to_owned()));
        assert!(!tagged.stems.contains(&"name:foo".to_owned()));
        assert!(sought("Foo", None).stems.contains(&"name:foo".to_owned()));
        assert!(sought("192.0.2.7:443", None).exact.contains(&"ip_address:192.0.2.7".to_owned()));
    }
}
