//! Forms come from our own pages: by what the browser says about where a request was made, and by a token that
//! only a page of this session holds.

use actix_web::HttpRequest;
use actix_web::http::header;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::WebError;
use crate::system;

/// The header a script may send the token in.
pub const HEADER: &str = "x-csrf-token";
/// The field a form sends the token in.
pub const FIELD: &str = "token";

/// A fresh token for a session. Masked anew each time, so that a page which repeats what it was sent does not
/// give the token away by how well it compresses.
pub fn token(key: &[u8; 32], session: &str) -> String {
    let mask = system::chance::<32>();
    let hidden = xor(&mask, &mark(key, session));
    URL_SAFE_NO_PAD.encode([mask, hidden].concat())
}

/// Whether a token belongs to a session.
pub fn fits(key: &[u8; 32], session: &str, token: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
    let (Some((mask, rest)), 64) = (bytes.split_first_chunk::<32>(), bytes.len()) else { return false };
    let Some((hidden, _)) = rest.split_first_chunk::<32>() else { return false };
    xor(mask, hidden).ct_eq(&mark(key, session)).into()
}

/// Refuses a request that another site made the browser send. Clients that are no browser send neither header.
///
/// # Errors
/// [`WebError::Foreign`].
pub fn refuse_foreign(req: &HttpRequest) -> Result<(), WebError> {
    let header = |name: &str| req.headers().get(name).map(|v| v.to_str().unwrap_or("unreadable").to_owned());
    let is_ours = match (header("sec-fetch-site"), header(header::ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host.to_owned());
            host.is_some_and(|host| host.eq_ignore_ascii_case(req.connection_info().host()))
        }
        (None, None) => true,
    };
    if is_ours { Ok(()) } else { Err(WebError::Foreign) }
}

fn mark(key: &[u8; 32], session: &str) -> [u8; 32] {
    keyed(key, "writ form token", session)
}

/// A text's mark under the key, for one purpose: who does not hold the key can neither make it nor learn the text.
pub(super) fn keyed(key: &[u8; 32], purpose: &str, text: &str) -> [u8; 32] {
    // HMAC takes keys of any length; the error is there for ciphers that don't.
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(purpose.as_bytes());
            mac.update(b"\n");
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().into()
        }
        // A mark nobody can guess fits no token.
        Err(_) => system::chance(),
    }
}

fn xor(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
    let mut out = *a;
    out.iter_mut().zip(b).for_each(|(o, b)| *o ^= b);
    out
}

#[cfg(test)]
mod tests {
    use super::{fits, token};

    #[test]
    fn a_token_fits_its_own_session_and_looks_different_each_time() {
        let key = [7; 32];
        let (one, two) = (token(&key, "a"), token(&key, "a"));
        assert_ne!(one, two);
        assert!(fits(&key, "a", &one) && fits(&key, "a", &two));
        assert!(!fits(&key, "b", &one));
        assert!(!fits(&[8; 32], "a", &one));
        assert!(!fits(&key, "a", "") && !fits(&key, "a", "AAAA"));
    }
}
