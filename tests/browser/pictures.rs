//! The pictures in the guides, taken from the demonstration: `WRIT_WRITE_PICTURES=1` writes them anew into
//! `docs/pictures`. Without it none is taken: each page of a guide opens in the demonstration.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::desk::Demonstration;
use crate::driver::{Browser, Look, journey};

/// What stands in a guide: the picture's name, who looks, where, how high the picture is, and what is on it. In braces
/// stand the stage and instrument of the case whose reference stands there.
type Picture = (&'static str, &'static str, &'static str, u32, &'static str);

const PICTURES: &[Picture] = &[
    ("queue", "analyst", "/queue?tab=open", 760, "Emergency"),
    ("emergency", "analyst", "/cases/{triage emergency_request}", 820, "Next:"),
    ("case", "analyst", "/cases/{review search_warrant}", 900, "Next:"),
    ("add-many", "analyst", "/cases/{review search_warrant}/demands/many", 760, "Check the lines"),
    ("related", "analyst", "/cases/{review search_warrant}/related", 620, "Related"),
    ("clocks", "analyst", "/clocks", 760, "How it was counted"),
    ("clock", "analyst", "/cases/{triage epoc}?tab=clocks", 640, "Answer the emergency order"),
    // The last of hers: from now on a paper of hers waits for its case.
    ("new-case", "analyst", "/cases/new", 820, "Upload the paper"),
    ("approvals", "reviewer", "/approvals", 620, "Approvals"),
    ("approval", "reviewer-2", "/cases/{approval order_2703d}/approval", 900, "Approve"),
    ("checklist", "reviewer-2", "/cases/{approval order_2703d}?tab=checklist", 820, "in order"),
    ("tasks", "fulfiller", "/tasks", 420, "Tasks"),
    ("task", "fulfiller", "/tasks/{fulfilment order_2703d}", 820, "Collect"),
    ("log", "auditor", "/log", 760, "Verify now"),
    ("staff", "admin", "/staff", 700, "Add"),
    ("report", "reviewer", "/reports/transparency", 820, "Transparency report"),
];

#[tokio::test]
async fn the_pictures_of_the_guides() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_kept = std::env::var("WRIT_WRITE_PICTURES").is_ok();
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
            if *name == "new-case" {
                b.upload("#file", &project.join("tests/papers/warrant.pdf")).await;
                b.click_words("Upload the paper").await;
                b.sees("What the paper says").await;
            }
            if !is_kept {
                continue;
            }
            // The browser's own viewer says nothing of when it has drawn the paper.
            if b.exists("object").await {
                tokio::time::sleep(Duration::from_secs(3)).await;
            }
            b.picture_of_the_window(&project.join("docs/pictures").join(format!("{name}.webp"))).await;
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

/// The address with the reference of a case in place of the stage and instrument that tell it.
fn filled_in(demo: &Demonstration, address: &str) -> String {
    let Some((before, rest)) = address.split_once('{') else { return address.to_owned() };
    let ((stage, instrument), after) = {
        let (told, after) = rest.split_once('}').unwrap();
        (told.split_once(' ').unwrap(), after)
    };
    let open: Value = demo.asks("/api/v1/cases");
    let is_it = |case: &&Value| case["stage"] == stage && case["instrument"] == instrument;
    let found = open["cases"].as_array().unwrap().iter().find(is_it);
    let found = found.unwrap_or_else(|| panic!("the demonstration has no {instrument} at {stage}"));
    format!("{before}{}{after}", found["reference"].as_str().unwrap())
}
