//! E-mail addresses of accounts.
//!
//! The key: the part before the `@` in lower case and Unicode NFC, the domain in lower case and Punycode. Mail
//! systems may tell `Anna` from `anna`; no provider gives both to different people, and papers write either.
//! NFKC is not used: it would merge mailboxes that a system may keep apart. Plus tags and dots stay: whether
//! they matter differs from provider to provider.

use email_address::{EmailAddress, Options};
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use super::{DOTS, IdentifierError, IdentifierKind, account};

pub(super) fn normalise(text: &str) -> Result<String, IdentifierError> {
    let (local, domain) = text.rsplit_once('@').ok_or(wrong("there is no @", LIKE))?;
    if local.contains(['"', '(', ')', '<', '>', '\\']) || local.contains(char::is_whitespace) {
        return Err(wrong(
            "before the @ stands more than the name of a mailbox",
            "leave out names, quotes and brackets",
        ));
    }
    if domain.starts_with('[') {
        return Err(wrong(
            "after the @ stands an IP address",
            "give the mail domain, or enter the IP address by itself",
        ));
    }
    let domain = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .map_err(|_| wrong("what stands after the @ is not a domain name", LIKE))?;
    let top = domain.rsplit('.').next().unwrap_or_default();
    if !domain.contains('.') || top.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong("the domain after the @ is not whole", "give the full domain, such as example.com"));
    }
    let address = format!("{}@{domain}", account::fold(local));
    let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
    EmailAddress::parse_with_options(&address, options).map_err(|error| explain(&error))?;
    Ok(address)
}

pub(super) fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or_default();
    let first: String = local.chars().take(1).collect();
    format!("{first}{DOTS}@{domain}")
}

const LIKE: &str = "it should read like anna@example.com";

fn wrong(wrong: &'static str, cure: &'static str) -> IdentifierError {
    IdentifierError::Malformed { kind: IdentifierKind::Email, wrong, cure }
}

fn explain(error: &email_address::Error) -> IdentifierError {
    use email_address::Error::*;
    match error {
        LocalPartEmpty => wrong("nothing stands before the @", LIKE),
        LocalPartTooLong => wrong("more than 64 bytes stand before the @", "check it against the paper"),
        DomainTooLong | SubDomainTooLong => wrong("the domain is too long", "check it against the paper"),
        _ => wrong("a character stands where none such may", LIKE),
    }
}
