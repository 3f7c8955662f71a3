use proptest::prelude::*;

use super::{Identifier, IdentifierError, IdentifierKind};

fn parse(kind: IdentifierKind, text: &str) -> Result<Identifier, IdentifierError> {
    Identifier::parse(kind, text, Some("us"))
}

/// The key a text gets, or the sentence with which it is refused.
fn key(kind: IdentifierKind, text: &str) -> String {
    parse(kind, text).map_or_else(|error| error.to_string(), |found| found.normalised)
}

#[test]
fn what_papers_write_becomes_one_key() {
    use IdentifierKind::*;
    let table = [
        (Email, " Anna.B+shop@EXAMPLE.com\n", "anna.b+shop@example.com"),
        (Email, "Jörg@Bücher.Example", "jörg@xn--bcher-kva.example"),
        (Email, "jo\u{0308}rg@bücher.example", "jörg@xn--bcher-kva.example"),
        (Phone, "+1 703 555 0142", "+17035550142"),
        (Phone, "(703) 555-0142", "+17035550142"),
        (Phone, "1.703.555.0142", "+17035550142"),
        (Phone, "tel:+1-703-555-0142", "+17035550142"),
        (Phone, "+44 (0)20 7946 0018", "+442079460018"),
        (Phone, "+39 06 698 12345", "+390669812345"),
        (Phone, "011 49 30 123456", "+4930123456"),
        (Phone, "+7 800 555 35 35", "+78005553535"),
        (IpAddress, "2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        (IpAddress, "::ffff:203.0.113.7", "203.0.113.7"),
        (UserId, "aB-1 c", "aB-1 c"),
        (Gamertag, "Night  OWL 7 #0042", "night owl 7#0042"),
        (DeviceSerial, "x1-0042abc", "X1-0042ABC"),
        (Url, "HTTPS://Bücher.Example:443/a/../Anna?q=1#top", "https://xn--bcher-kva.example/Anna?q=1"),
        (Card, "4111 1111-1111 1111", "4111111111111111"),
        (Other, "Badge  No. 7Ä", "badge no. 7ä"),
    ];
    for (kind, received, normalised) in table {
        assert_eq!(key(kind, received), normalised, "{kind}: {received}");
    }
}

#[test]
fn a_refusal_says_what_is_wrong_and_what_would_mend_it() {
    use IdentifierKind::*;
    let table = [
        (Email, "  ", "The e-mail address is missing"),
        (Email, "anna", "there is no @"),
        (Email, "Anna <anna@example.com>", "leave out names, quotes and brackets"),
        (Email, "anna@localhost", "give the full domain"),
        (Email, "anna@[203.0.113.7]", "give the mail domain"),
        (Email, "an\u{200B}na@example.com", "Character 3 is U+200B, a character without width"),
        (UserId, "anna\u{202E}gpj", "Character 5 is U+202E, an invisible mark"),
        (Other, "a\tb", "Character 2 is U+0009, a control character"),
        (Phone, "+1 703 555 014", "count the digits"),
        (Phone, "+44 020 7946 0018", "count the digits"),
        (Phone, "+999 1234567", "check the country code"),
        (Phone, "555-0142", "count the digits"),
        (Phone, "703 555 0142 x5", "without words or extension"),
        (IpAddress, "203.0.113.7 at 2016-02-03T10:11:12", "The time has no zone: add Z"),
        (IpAddress, "203.0.113.7 at 2016-02-03 10:11", "The time has no zone: add Z"),
        (IpAddress, "203.0.113.7 02/03/2016 10:11:12 EST", "the time after it can't be read for certain"),
        (IpAddress, "203.0.113.0/24", "name each address"),
        (IpAddress, "203.0.113.7:65536", "1 to 65535"),
        (IpAddress, "203.0.113.300", "no IPv4 or IPv6 address"),
        (Gamertag, "sixteen letters x", "1 to 15 letters"),
        (Gamertag, "Owl#12345", "1 to 4 digits"),
        (DeviceSerial, "00 42", "without blanks"),
        (Url, "ftp://example.com/", "http:// or https://"),
        (Url, "https://anna:pw@example.com/", "leave it out"),
        (Card, "4111 1111 1111 1112", "check digit"),
        (Card, "ending 1111", "give the whole number"),
    ];
    for (kind, received, part) in table {
        let said = key(kind, received);
        assert!(said.contains(part), "{kind}: {received}: {said}");
    }
    let no_country = Identifier::parse(Phone, "703 555 0142", None);
    assert_eq!(no_country, Err(IdentifierError::CountryNeeded));
}

#[test]
fn an_ip_address_keeps_port_and_instant() {
    let same = [
        "203.0.113.7:51820 at 2016-02-03T10:11:12Z",
        "203.0.113.7 port 51820 on 2016-02-03 05:11:12 -05:00",
        "203.0.113.7:51820, 2016-02-03 10:11:12 UTC",
    ];
    for text in same {
        let shown = parse(IdentifierKind::IpAddress, text).map(|ip| (ip.display(), ip.normalised));
        let expected = ("203.0.113.7:51820 at 2016-02-03T10:11:12Z".to_owned(), "203.0.113.7".to_owned());
        assert_eq!(shown, Ok(expected), "{text}");
    }
    let six = parse(IdentifierKind::IpAddress, "[2001:db8:0::1]:443").map(|ip| (ip.display(), ip.port));
    assert_eq!(six, Ok(("[2001:db8::1]:443".to_owned(), Some(443))));
}

#[test]
fn a_list_shows_only_a_hint() {
    use IdentifierKind::*;
    let table = [
        (Email, "anna@example.com", "a•••@example.com", "anna@example.com"),
        (Phone, "+17035550142", "•••42", "+1 703-555-0142"),
        (IpAddress, "203.0.113.7", "203.0.•••", "203.0.113.7"),
        (IpAddress, "2001:db8::1", "2001:db8:•••", "2001:db8::1"),
        (Card, "4111111111111111", "•••• 1111", "•••• 1111"),
        (Gamertag, "Owl", "•••", "Owl"),
        (UserId, "anna42", "a•••", "anna42"),
        (DeviceSerial, "X10042ABC", "•••2ABC", "X10042ABC"),
        (Url, "https://example.com/anna", "example.com/•••", "https://example.com/anna"),
    ];
    for (kind, received, masked, shown) in table {
        let found = parse(kind, received).map(|id| (id.masked(), id.display()));
        assert_eq!(found, Ok((masked.to_owned(), shown.to_owned())), "{kind}");
    }
}

/// Texts near enough to identifiers that many of them pass, and some that are anything at all.
fn near_identifiers() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-ZÄİßΣ.+]{1,12}@[a-zA-Zäßİ]{1,8}\\.[a-zA-Z]{2,5}",
        "[+0]{0,2}[0-9 ()-]{6,16}",
        "[0-9]{1,3}(\\.[0-9]{1,3}){3}(:[0-9]{1,5})?( at 20[0-9]{2}-0[1-9]-1[0-9]T1[0-9]:[0-5]0:00(Z|[+-]0[0-9]:00))?",
        "[0-9a-f:]{2,20}",
        "https?://[a-zA-Zäß.]{1,12}(:[0-9]{1,3})?/[a-zA-Z%0-9./\\\\?#|{}ä]{0,20}",
        "[A-Za-z0-9 #ßİΣ-]{1,20}",
        "[0-9]{13,19}",
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn normalising_twice_is_normalising_once(text in near_identifiers()) {
        for kind in IdentifierKind::ALL.iter().copied() {
            let Ok(once) = parse(kind, &text) else { continue };
            let twice = Identifier::parse(kind, &once.normalised, None);
            prop_assert_eq!(twice.as_ref().map(|id| &id.normalised), Ok(&once.normalised), "{}", kind);
            let shown = once.display();
            if kind == IdentifierKind::IpAddress {
                let read = parse(kind, &shown).map(|id| (id.normalised, id.at, id.port));
                prop_assert_eq!(read, Ok((once.normalised.clone(), once.at, once.port)));
            }
            prop_assert!(once.masked().contains('•'));
        }
    }
}
