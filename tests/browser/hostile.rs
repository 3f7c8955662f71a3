//! Words and papers that would like to run: a real browser opens every page that shows them, and nothing runs.

use serde_json::json;

use crate::driver::{Look, journey};
use crate::support::World;
use crate::support::calls::{asked, paper};
use crate::support::pages::Tour;
use crate::visit::Visit;

/// Each sets a mark on the window if it is ever taken for code.
const WORDS: &str = "<script>top.ran=1</script><img src=x onerror=\"top.ran=1\">'\"><svg onload=top.ran=1>\
                     <a href=\"javascript:top.ran=1\">go</a><iframe srcdoc='<script>top.ran=1</script>'></iframe>";

/// Papers that a browser could take for pages.
const PAPERS: [(&str, &str); 3] = [
    ("order.html", "<!DOCTYPE html><title>order</title><script>top.ran=1;document.title='ran'</script>"),
    ("order.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"top.ran=1\"><script>top.ran=1</script></svg>"),
    ("order.txt", "<script>top.ran=1;document.title='ran'</script>"),
];

#[tokio::test]
async fn nothing_that_was_entered_or_sent_in_runs() {
    let world = World::sqlite();
    let (_tour, site) = (Tour::small(&world), world.serves());
    let anna = site.token_of(&world, &world.anna());
    let mut hostile = paper();
    for field in ["issuer", "docket/is", "legal_basis/is", "agency/name", "officer/name", "officer/title"] {
        *hostile.pointer_mut(&format!("/{field}")).unwrap() = json!(WORDS);
    }
    let mut demand = asked("(202) 555-0114");
    demand["words"] = json!(WORDS);
    let opened = anna.calls("/api/v1/cases", &json!({ "paper": hostile, "demands": [demand] }).to_string());
    assert_eq!(opened.status, 201, "{}", opened.text());
    let case = opened.json()["reference"].as_str().unwrap().to_owned();
    let commented = anna.calls(&format!("/api/v1/cases/{case}/comments"), &json!({ "text": WORDS }).to_string());
    assert!(commented.status < 300, "{}", commented.text());
    for (name, text) in PAPERS {
        let files = [("file", name, text.as_bytes())];
        let kept = anna.uploads(&format!("/api/v1/cases/{case}/documents"), &[("kind", "evidence")], &files);
        assert!(kept.status < 300, "{}", kept.text());
    }
    let read = anna.gets(&format!("/api/v1/cases/{case}")).json();
    let documents = read["documents"].as_array().unwrap().clone();
    assert_eq!(documents.len(), PAPERS.len());
    journey("hostile", Look::LIGHT, async |b| {
        let visit = Visit { browser: b, url: site.url().to_owned() };
        visit.signs_in_as(&world.anna()).await;
        let mut addresses: Vec<String> =
            ["", "?tab=requester", "?tab=documents", "?tab=comments", "?tab=log", "?tab=checklist", "/print"]
                .map(|tab| format!("/cases/{case}{tab}"))
                .into();
        addresses.extend(["/queue".to_owned(), "/cases/new".to_owned()]);
        addresses.extend(documents.iter().map(|document| {
            let id = document["id"].as_str().unwrap();
            format!("/cases/{case}?document={id}")
        }));
        // The paper by itself, as somebody opens it in a tab of its own.
        addresses.extend(documents.iter().map(|document| format!("/documents/{}", document["id"].as_str().unwrap())));
        for address in addresses {
            visit.goes_to(&address).await;
            let ran = b.script("return typeof top.ran").await;
            assert_eq!(ran, "undefined", "something ran on {address}");
            assert_ne!(b.title().await, "ran", "something ran on {address}");
            let inline =
                b.script("return document.querySelectorAll('script:not([src]), [onload], [onerror]').length").await;
            assert!(inline == 0 || address.starts_with("/documents/"), "{address} has scripts of its own");
        }
    })
    .await;
}
