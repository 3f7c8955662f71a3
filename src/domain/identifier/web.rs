//! Web addresses of accounts and pages: `http` and `https` only, host in Punycode, no user name or password
//! inside, the part after `#` left out of the key because it never reaches a server.

use url::Url;

use super::error::no_longer_than;
use super::{DOTS, IdentifierError, IdentifierKind};

pub(super) fn normalise(text: &str, limit: usize) -> Result<String, IdentifierError> {
    let has_scheme = ["http://", "https://"]
        .into_iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    if !has_scheme {
        return Err(wrong("it does not begin with http:// or https://", LIKE));
    }
    if text.contains(char::is_whitespace) {
        return Err(wrong("there is a blank in it", "give one address without blanks, or write %20 for a blank"));
    }
    let mut url = Url::parse(text).map_err(|_| wrong("its host or port can't be read", LIKE))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("a user name or password stands before the host", "leave it out, with the @ after it"));
    }
    url.set_fragment(None);
    let key = String::from(url);
    no_longer_than(IdentifierKind::Url, &key, limit)?;
    Ok(key)
}

pub(super) fn masked(key: &str) -> String {
    let host = Url::parse(key).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    format!("{host}/{DOTS}")
}

const LIKE: &str = "it should read like https://example.com/people/anna";

fn wrong(wrong: &'static str, cure: &'static str) -> IdentifierError {
    IdentifierError::Malformed { kind: IdentifierKind::Url, wrong, cure }
}
