//! Identifiers against outside material: addresses and numbers that must pass or must not, and strings made
//! to break whatever reads them.
#![allow(clippy::disallowed_methods, reason = "these tests read the corpus, which the environment names")]

use std::error::Error;
use std::path::PathBuf;

use writ::domain::identifier::{Identifier, IdentifierKind};

use crate::support::skipped::skipped;

type Tested = Result<(), Box<dyn Error>>;

#[test]
fn published_email_addresses_pass_or_are_refused_as_their_authors_say() -> Tested {
    let Some(corpus) = corpus("published e-mail addresses") else { return Ok(()) };
    let cases = isemail_cases(&read(&corpus, "identifiers/isemail-tests.xml")?);
    assert!(cases.len() > 150, "only {} cases were read", cases.len());
    let (mut passed, mut refused) = (0, 0);
    for (address, category, diagnosis) in cases {
        let answer = Identifier::parse(IdentifierKind::Email, &address, None);
        match category.as_str() {
            // `test@io`: an account's address has a whole domain.
            "ISEMAIL_VALID_CATEGORY" if !address.contains(".") => assert!(answer.is_err(), "{address}"),
            "ISEMAIL_VALID_CATEGORY" => {
                assert!(answer.is_ok(), "{address}: {answer:?}");
                passed += 1;
            }
            // Blanks around an address come from pasting and are taken away, line ends among them.
            "ISEMAIL_ERR" if diagnosis.contains("CRLF_END") || address.trim() != address => {}
            "ISEMAIL_ERR" | "ISEMAIL_DEPREC" | "ISEMAIL_CFWS" if address.trim() == address => {
                assert!(answer.is_err(), "{address} ({diagnosis}): {answer:?}");
                refused += 1;
            }
            _ => {}
        }
    }
    assert!(passed >= 12 && refused >= 60, "{passed} passed, {refused} refused");
    Ok(())
}

#[test]
fn a_mobile_number_of_every_country_passes_and_keeps_its_digits() -> Tested {
    let Some(corpus) = corpus("phone numbers of all countries") else { return Ok(()) };
    let text = read(&corpus, "identifiers/libphonenumber-examples.mobile.json")?;
    let examples: std::collections::BTreeMap<String, String> = serde_json::from_str(&text)?;
    let mut passed = 0;
    for (country, national) in &examples {
        match Identifier::parse(IdentifierKind::Phone, national, Some(country)) {
            Ok(phone) => {
                assert!(phone.normalised.ends_with(national), "{country} {national}: {}", phone.normalised);
                let again = Identifier::parse(IdentifierKind::Phone, &phone.display(), None)?;
                assert_eq!(again.normalised, phone.normalised, "{country}");
                passed += 1;
            }
            Err(error) => println!("{country} {national}: {error}"),
        }
    }
    assert!(passed * 100 >= examples.len() * 95, "{passed} of {}", examples.len());
    Ok(())
}

#[test]
fn hostile_strings_are_refused_or_tamed_and_never_break_anything() -> Tested {
    let Some(corpus) = corpus("hostile strings") else { return Ok(()) };
    let mut strings: Vec<String> = serde_json::from_str(&read(&corpus, "identifiers/blns.json")?)?;
    for file in std::fs::read_dir(corpus.join("security"))? {
        let bytes = std::fs::read(file?.path())?;
        strings.extend(String::from_utf8_lossy(&bytes).lines().map(str::to_owned));
    }
    assert!(strings.len() > 700, "only {} strings were read", strings.len());
    let mut invisible = 0;
    for text in &strings {
        let hides = text.trim().contains(['\u{200B}', '\u{202E}', '\u{2066}', '\u{FEFF}', '\u{0}', '\u{1B}']);
        invisible += usize::from(hides);
        for kind in IdentifierKind::ALL.iter().copied() {
            let Ok(found) = Identifier::parse(kind, text, Some("US")) else { continue };
            assert!(!hides, "{kind} takes {text:?}");
            let again = Identifier::parse(kind, &found.normalised, None)?;
            assert_eq!(again.normalised, found.normalised, "{kind} {text:?}");
            assert!(!found.display().is_empty() && found.masked().contains('•'), "{kind} {text:?}");
        }
    }
    assert!(invisible > 3, "only {invisible} strings with invisible characters");
    Ok(())
}

/// The corpus folder, or a line that says what was skipped.
fn corpus(what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("WRIT_CORPUS").map(PathBuf::from).filter(|folder| folder.is_dir());
    if folder.is_none() {
        skipped(&format!("{what}: WRIT_CORPUS names no folder"));
    }
    folder
}

fn read(corpus: &std::path::Path, file: &str) -> Result<String, Box<dyn Error>> {
    std::fs::read_to_string(corpus.join(file)).map_err(|error| format!("{file}: {error}").into())
}

/// Address, category and diagnosis of each case. The file is flat, so looking for its tags is enough.
fn isemail_cases(xml: &str) -> Vec<(String, String, String)> {
    let tag = |case: &str, name: &str| {
        let (_, rest) = case.split_once(&format!("<{name}>"))?;
        let (inside, _) = rest.split_once(&format!("</{name}>"))?;
        Some(unescape(inside))
    };
    xml.split("<test ")
        .skip(1)
        .filter_map(|case| Some((tag(case, "address")?, tag(case, "category")?, tag(case, "diagnosis")?)))
        .collect()
}

/// XML's escapes, and the pictures of control characters (U+2400 and up) that the file uses for the characters.
fn unescape(text: &str) -> String {
    let picture =
        |number: u32| char::from_u32(if (0x2400..0x2420).contains(&number) { number - 0x2400 } else { number });
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let (name, further) = after.split_once(';').unwrap_or((after, ""));
        let number = name.strip_prefix("#x").and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let decimal = name.strip_prefix('#').and_then(|digits| digits.parse().ok());
        plain.extend(match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => number.or(decimal).and_then(picture),
        });
        rest = further;
    }
    plain.push_str(rest);
    plain.chars().filter_map(|c| picture(u32::from(c))).collect()
}
