//! Headers and file names.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;

use writ::domain::document::DocumentKind;

use super::{markup, strings};
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::world::World;

const HEADERS: &[&str] = &[
    "host",
    "cookie",
    "authorization",
    "user-agent",
    "referer",
    "origin",
    "accept",
    "accept-language",
    "accept-encoding",
    "content-type",
    "content-length",
    "transfer-encoding",
    "expect",
    "range",
    "if-none-match",
    "if-modified-since",
    "x-forwarded-for",
    "forwarded",
    "x-request-id",
    "idempotency-key",
    "sec-fetch-site",
    "connection",
    "upgrade",
];

#[test]
fn no_header_makes_the_program_fail() {
    let world = World::sqlite();
    let site = world.serves();
    let address = site.url().strip_prefix("http://").unwrap().to_owned();
    let mut answers = 0;
    for name in HEADERS {
        for text in strings::all() {
            // A line break would begin another header: that is what some of them try.
            for (method, path) in [("GET", "/queue"), ("POST", "/api/v1/cases")] {
                let request = format!(
                    "{method} {path} HTTP/1.1\r\nhost: writ.example\r\nconnection: close\r\n{name}: {text}\r\n\r\n"
                );
                if let Some(status) = asked(&address, request.as_bytes()) {
                    assert!(status < 500, "{name}: {text}: {status}");
                    answers += 1;
                }
            }
        }
    }
    // And in the address itself.
    for text in strings::all() {
        for path in
            ["/cases/", "/documents/", "/search/", "/static/", "/log/", "/law/", "/queue?tab=", "/api/v1/cases/"]
        {
            let text: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let request = format!("GET {path}{text} HTTP/1.1\r\nhost: writ.example\r\nconnection: close\r\n\r\n");
            if let Some(status) = asked(&address, request.as_bytes()) {
                assert!(status < 500, "{path}{text}: {status}");
                answers += 1;
            }
        }
    }
    assert!(answers > 1_000, "only {answers} were answered");
    world.ends_well();
}

/// The status of the answer; none where the connection was closed without one.
fn asked(address: &str, request: &[u8]) -> Option<u16> {
    let mut stream = TcpStream::connect(address).unwrap();
    // A header may promise a body that never comes.
    stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    let _cut_off = stream.write_all(request);
    let _cut_off = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _cut_off = stream.read_to_end(&mut answer);
    let head = String::from_utf8_lossy(&answer);
    head.split(' ').nth(1)?.parse().ok()
}

pub fn no_file_name_leaves_the_vault(world: &World) {
    let (anna, site) = (world.anna(), world.serves());
    let mut case = anna.opens(subpoena().asking("account/registration")).done();
    case = anna.attaches(&case, DocumentKind::Evidence, "plain.txt", b"plain").done();
    let browser = site.browser_of(&anna);
    let before = files_of(world);
    let tab = format!("/cases/{}?tab=documents", case.reference);
    let action = format!("/cases/{}/documents", case.reference);
    let mut taken = 0;
    for text in strings::all() {
        // Browsers write quotes and line breaks in file names as percent signs and digits.
        let name = text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
        let unseen = browser.unseen(&tab, &action);
        let mut fields: Vec<(&str, &str)> = unseen.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        fields.push(("kind", "evidence"));
        let answer = browser.uploads(&action, &fields, &[("file", &name, b"hello")]);
        assert!(answer.status < 500, "{text}: {}", answer.text());
        taken += usize::from(answer.status == 303);
    }
    assert!(taken > 10, "only {taken} were taken");
    let is_id = |name: &String| uuid::Uuid::parse_str(name).is_ok();
    let new: BTreeSet<String> = files_of(world).difference(&before).cloned().collect();
    assert_eq!(new.len(), taken, "each arrival is one file");
    assert!(new.iter().all(is_id), "{new:?}");
    let page = browser.gets(&tab);
    markup::is_ours(&page.source(), "file names");
    for document in world.case(case.id).documents {
        let file = browser.gets(&format!("/documents/{}", document.id));
        assert_eq!(file.status, 200);
        let disposition = file.header("content-disposition").unwrap();
        let quoted = disposition.matches('"').count() - 2 * disposition.matches("\\\"").count().min(1);
        assert!(disposition.starts_with("attachment") || disposition.starts_with("inline"), "{disposition}");
        assert!(!disposition.contains(['\r', '\n', '/']) || disposition.contains("%2F"), "{disposition}");
        assert!(quoted <= 4, "{disposition}");
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    }
}

/// Everything in the folder of documents and beside it.
fn files_of(world: &World) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in [world.folder.path().to_owned(), world.folder.path().join("documents")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            if !name.starts_with("register.sqlite") {
                names.insert(name);
            }
        }
    }
    names
}
