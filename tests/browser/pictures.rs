//! The pictures in the guides, taken from the demonstration: `WRIT_WRITE_PICTURES=1` writes them anew into
//! `docs/pictures`. Without it they are taken too, and thrown away: each page of a guide opens in the demonstration.

use std::path::Path;

use serde_json::Value;

use crate::desk::Demonstration;
use crate::driver::{Browser, Look, journey};

/// What stands in a guide: the picture's name, who looks, where, how high the picture is, and what is on it. A word in
/// braces is the reference of the first case that those filters of the queue find.
type Picture = (&'static str, &'static str, &'static str, u32, &'static str);

const PICTURES: &[Picture] = &[
    ("queue", "analyst", "/queue?tab=open", 760, "Emergency"),
    ("emergency", "analyst", "/cases/{tab=emergency}", 820, "Next:"),
    ("new-case", "analyst", "/cases/new", 620, "Upload"),
    ("case", "analyst", "/cases/{stage=review&instrument=search_warrant&sort=received}", 900, "Next:"),
    ("add-many", "analyst", "/cases/{stage=review&instrument=search_warrant}/demands/many", 760, "Check the lines"),
    ("related", "analyst", "/cases/{stage=review&instrument=search_warrant}/related", 620, "Related"),
    ("approvals", "reviewer", "/approvals", 620, "Approvals"),
    ("approval", "reviewer-2", "/cases/{stage=approval&instrument=order_2703d}/approval", 900, "Approve"),
    ("checklist", "reviewer-2", "/cases/{stage=approval&instrument=order_2703d}?tab=checklist", 820, "in order"),
    ("tasks", "fulfiller", "/tasks", 420, "Tasks"),
    ("task", "fulfiller", "/tasks/{stage=fulfilment&instrument=order_2703d}", 820, "Collect"),
    ("log", "auditor", "/log", 760, "Verify now"),
    ("staff", "admin", "/staff", 700, "Add"),
    ("report", "reviewer", "/reports/transparency", 820, "Transparency report"),
];

#[tokio::test]
async fn the_pictures_of_the_guides() {
    let folder = match std::env::var("WRIT_WRITE_PICTURES") {
        Ok(_) => Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures"),
        Err(_) => Path::new(env!("CARGO_MANIFEST_DIR")).join("target/browser/pictures"),
    };
    journey("the_pictures_of_the_guides", Look::LIGHT, async |b| {
        let demo = Demonstration::start();
        let mut person = "";
        for (name, who, address, height, words) in PICTURES {
            if *who != person {
                person = who;
                signs_in(b, &demo, person).await;
            }
            b.present_as(Look { width: 1180, height: *height, ..Look::LIGHT }).await;
            b.goto(&format!("{}{}", demo.url, filled_in(&demo, address))).await;
            b.sees(words).await;
            b.picture_of_the_window(&folder.join(format!("{name}.webp"))).await;
        }
    })
    .await;
}

async fn signs_in(b: &Browser, demo: &Demonstration, person: &str) {
    let of = |what: &str| demo.sign_ins[person][what].as_str().unwrap().to_owned();
    b.goto(&format!("{}/sign-in", demo.url)).await;
    b.forget_cookies().await;
    b.goto(&format!("{}/sign-in", demo.url)).await;
    b.fill("#name", &of("name")).await;
    b.fill("#password", &of("password")).await;
    b.click_words("Sign in").await;
    b.sees("Times in UTC").await;
}

/// The address with the reference of a case in place of the filters that find it.
fn filled_in(demo: &Demonstration, address: &str) -> String {
    let Some((before, rest)) = address.split_once('{') else { return address.to_owned() };
    let (filters, after) = rest.split_once('}').unwrap();
    let found: Value = demo.asks(&format!("/api/v1/cases?{filters}"));
    let reference = found["cases"][0]["reference"].as_str();
    let reference = reference.unwrap_or_else(|| panic!("the demonstration has no case with {filters}: {found}"));
    format!("{before}{reference}{after}")
}
