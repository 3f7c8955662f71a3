//! What the two analysts do: Anna takes the demand in and drafts, Ben lets the production go.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    desk::{ANNA, BEN},
    papers::{Fate, Line, ending},
    walk::Walk,
};

// ── Anna ─────────────────────────────────────────────────────────────────────────────────────────────────────────

pub async fn takes_the_paper_in_and_drafts(w: &Walk<'_>) {
    uploads_the_paper(w).await;
    sees_the_paper_beside_the_form(w).await;
    fills_in_the_paper(w).await;
    fills_in_the_demands(w).await;
    loses_nothing_to_a_mistake(w).await;
    opens_the_case(w).await;
    records_order_and_plea(w).await;
    verifies_the_agency(w).await;
    checks_the_legal_basis(w).await;
    drafts_the_decision(w).await;
    cannot_approve(w).await;
}

async fn uploads_the_paper(w: &Walk<'_>) {
    let b = w.browser;
    w.looks_at("queue-empty").await;
    b.click_words("New case").await;
    b.sees("First the paper that was served").await;
    w.looks_at("new-case-upload").await;
    b.upload("#file", &w.paper.file).await;
    b.click_words("Upload the paper").await;
    b.sees("Next: open the case.").await;
}

async fn sees_the_paper_beside_the_form(w: &Walk<'_>) {
    let b = w.browser;
    let bytes = std::fs::read(&w.paper.file).unwrap();
    assert!(b.says(&hex::encode(Sha256::digest(bytes))).await, "the page does not name the paper's hash");
    let beside = b
        .script(
            "const [paper, form] = ['object.doc-file', '#new'].map(s => document.querySelector(s).getBoundingClientRect());
             return paper.width > 300 && paper.height > 300 && paper.right <= form.left && paper.top < innerHeight",
        )
        .await;
    assert_eq!(beside, true, "the paper does not stand beside the form");
    b.click_words("Open the original").await;
    assert!(b.url().await.contains("/documents/"));
    assert_eq!(b.script("return document.contentType").await, "application/pdf");
    b.back().await;
}

async fn fills_in_the_paper(w: &Walk<'_>) {
    let (b, paper) = (w.browser, w.paper);
    let choices = [
        ("instrument", "grand_jury_subpoena"),
        ("issuing_authority", "grand_jury"),
        ("matter", "criminal"),
        ("channel", "email"),
        ("customer", "consumer"),
        ("agency", "new"),
        ("agency_level", "federal"),
        ("agency_kind", "prosecutor"),
    ];
    for (name, value) in choices {
        b.select(&format!("[name={name}]"), value).await;
    }
    let texts = [
        ("issuer", paper.court),
        ("docket", paper.docket),
        ("legal_basis", "18 U.S.C. § 2703(c)(2)"),
        ("agency_name", paper.agency),
        ("agency_country", "US"),
        ("agency_state", paper.state),
        ("officer_name", paper.officer.name),
        ("officer_title", "Assistant United States Attorney"),
        ("officer_email", paper.officer.email),
        ("officer_phone", paper.officer.phone),
        ("received_at", paper.received_at),
        ("issued_on", paper.issued_on),
        ("return_by", paper.return_by),
        ("authorised_from", paper.period[0]),
        ("authorised_to", paper.period[1]),
    ];
    for (name, text) in texts {
        b.fill(&format!("[name={name}]"), text).await;
    }
    b.tick("[name=execute_by_none]", true).await;
    let face = [
        ("is_signed", "yes"),
        ("names_served_entity", "yes"),
        ("lacks_attachments", "no"),
        ("is_particular", "yes"),
        ("statute_covers", "yes"),
    ];
    for (name, answer) in face {
        b.click(&format!("[name={name}][value={answer}]")).await;
    }
}

async fn fills_in_the_demands(w: &Walk<'_>) {
    let b = w.browser;
    let typed = what_is_typed(w).await;
    let lines = w.paper.lines();
    while b.count(".demand-row").await < lines.len() {
        let rows = b.count(".demand-row").await;
        b.click_words("Add more rows").await;
        b.sees(&format!("Demand {}", rows + 1)).await;
    }
    let still_there = what_is_typed(w).await;
    for pair in typed.as_array().unwrap() {
        assert!(still_there.as_array().unwrap().contains(pair), "more rows cost {pair}");
    }
    for line in &lines {
        fills_in_a_demand(w, line).await;
    }
}

async fn fills_in_a_demand(w: &Walk<'_>, line: &Line) {
    let b = w.browser;
    let field = |name: &str| format!("[name='demands.{}.{name}']", line.number - 1);
    let is_in_paper = if line.item.fate == Fate::NotInPaper { "no" } else { "yes" };
    b.select(&field("identifier_kind"), "phone").await;
    b.fill(&field("identifier"), line.phone).await;
    b.select(&field("item"), &format!("messenger/{}", line.item.category)).await;
    b.fill(&field("period_from"), w.paper.period[0]).await;
    b.fill(&field("period_to"), w.paper.period[1]).await;
    b.select(&field("in_signed_paper"), is_in_paper).await;
    b.select(&field("is_ours"), "yes").await;
}

/// Sends the form with a number that is none: the mistake is named, and everything typed is still there.
async fn loses_nothing_to_a_mistake(w: &Walk<'_>) {
    let b = w.browser;
    let field = "[name='demands.1.identifier']";
    b.fill(field, "+1 202 555").await;
    let typed = what_is_typed(w).await;
    assert!(typed.as_array().unwrap().len() > 100, "{typed}");
    b.click_words("Open the case").await;
    b.sees("Not opened yet: 1 thing to put right").await;
    b.sees("Demand 2, identifier:").await;
    assert_eq!(b.attribute(field, "aria-invalid").await.as_deref(), Some("true"));
    assert_eq!(what_is_typed(w).await, typed);
    assert!(b.exists("object.doc-file").await, "the paper is gone");
    w.looks_at("new-case-with-a-mistake").await;
    b.fill(field, w.paper.lines()[1].phone).await;
}

/// Names and values of the form's fields as they stand, without what differs each time it is shown.
async fn what_is_typed(w: &Walk<'_>) -> Value {
    w.browser
        .script(
            "return [...new FormData(document.querySelector('#new'))]
                 .filter(([name]) => !['token', 'once'].includes(name)).map(pair => pair.map(String))",
        )
        .await
}

async fn opens_the_case(w: &Walk<'_>) {
    w.browser.click_words("Open the case").await;
    w.browser.sees("Next: verify the requester.").await;
    w.learns_reference().await;
    w.looks_at("case-opened").await;
}

async fn records_order_and_plea(w: &Walk<'_>) {
    let (b, order) = (w.browser, &w.paper.order);
    let days = [order.starts_on, order.ends_on];
    records_secrecy(w, "court_order", w.paper.court, order.docket, "Notice would endanger the investigation.", days)
        .await;
    b.sees("Binding: court order").await;
    let days = [w.paper.issued_on, ""];
    let words = "Please do not disclose the existence of this subpoena.";
    records_secrecy(w, "request", w.paper.agency, "", words, days).await;
    b.sees("Not binding: bare request").await;
    assert!(b.says("Binding: court order").await, "the plea took the place of the order");
}

async fn records_secrecy(w: &Walk<'_>, source: &str, issuer: &str, docket: &str, grounds: &str, days: [&str; 2]) {
    let b = w.browser;
    let field = |name: &str| format!("form[action$='/secrecy'] [name={name}]");
    b.click_words("Record an order or a plea").await;
    b.select(&field("source"), source).await;
    b.fill(&field("issuer"), issuer).await;
    b.fill(&field("docket"), docket).await;
    b.fill(&field("grounds"), grounds).await;
    b.fill(&field("starts_on"), days[0]).await;
    b.fill(&field("ends_on"), days[1]).await;
    b.click_words("Record secrecy").await;
}

async fn verifies_the_agency(w: &Walk<'_>) {
    let b = w.browser;
    b.click_words("Record the check").await;
    b.select("#check [name=method]", "call_back").await;
    b.select("#check [name=result]", "confirmed").await;
    let account = "Rang the number of the office's own web page, was put through; the attorney confirmed the docket.";
    b.fill("#check [name=account]", account).await;
    w.looks_at("case-requester").await;
    b.click_words("Record the check").await;
    b.sees("Next: check the legal basis of the demands.").await;
    let checks = b.texts("table.t tbody tr").await;
    let all = ["call-back", "confirmed", account, ANNA.full_name];
    assert!(checks.len() == 1 && all.iter().all(|word| checks[0].contains(word)), "{checks:#?}");
}

async fn checks_the_legal_basis(w: &Walk<'_>) {
    let b = w.browser;
    b.click_words("Check the legal basis").await;
    b.sees("Next: decide demands").await;
    for line in w.paper.lines() {
        let expected: &[&str] = match line.item.fate {
            Fate::Given => &["permitted", "18 U.S.C. § 2703(c)(2)"],
            Fate::NeedsOrder => &["needs higher process", "18 U.S.C. § 2703(c)(1)(B)"],
            Fate::NotInPaper => &["In the signed paper: no"],
        };
        w.demand_says(line.number, expected).await;
        w.demand_says(line.number, &[ending(line.phone), line.item.name]).await;
    }
    asks_why(w, Fate::Given, &["The engine proposes", "disclose", "us-subpoena-reaches-subscriber"]).await;
    let least = &["Least process", "a court order under § 2703(d)", "instrument_too_low"];
    asks_why(w, Fate::NeedsOrder, least).await;
    let only_a_letter = "The item stands only in a cover letter or message; only the signed paper commands.";
    asks_why(w, Fate::NotInPaper, &["item_not_in_process", only_a_letter]).await;
    w.looks_at("case-checked").await;
}

/// Opens the *Why?* of the first line with this fate.
async fn asks_why(w: &Walk<'_>, fate: Fate, expected: &[&str]) {
    let line = w.paper.lines_that_are(fate)[0];
    w.unfolds(&format!("#d{} details:has(.why)", line.number)).await;
    w.demand_says(line.number, expected).await;
}

async fn drafts_the_decision(w: &Walk<'_>) {
    let b = w.browser;
    for line in w.paper.lines() {
        let row = format!("#d{}", line.number);
        let (decision, reason) = match line.item.fate {
            Fate::Given => ("non_content", None),
            Fate::NeedsOrder => ("reject", Some("instrument_too_low")),
            Fate::NotInPaper => ("reject", Some("item_not_in_process")),
        };
        b.select(&format!("{row} [name^='decision.']"), decision).await;
        if let Some(reason) = reason {
            w.unfolds(&format!("{row} details:has([name^='reason.'])")).await;
            b.select(&format!("{row} [name^='reason.']"), reason).await;
        }
    }
    b.click_words("Save decisions").await;
    b.sees("Next: another person approves the scope; 0 of 1 so far.").await;
    for line in w.paper.lines() {
        let chosen = b.value(&format!("#d{} [name^='decision.']", line.number)).await;
        assert_eq!(chosen == "non_content", line.item.fate == Fate::Given, "demand {} is {chosen}", line.number);
    }
}

/// She drafted, and is no reviewer: no page offers her the approval, and it says why.
async fn cannot_approve(w: &Walk<'_>) {
    let b = w.browser;
    assert!(!b.exists("a[href$='/approval'].primary").await, "an analyst is shown the way to approve");
    w.looks_at("case-drafted").await;
    w.goes_to(&format!("/cases/{}/approval", w.reference())).await;
    b.sees("You drafted or edited this scope; a legal reviewer who changed nothing can approve it.").await;
    assert!(!b.exists("form[action$='/approve']").await, "the drafter is offered the approval");
}

/// Who made the call-back does not let the production go.
pub async fn cannot_release_after_the_call_back(w: &Walk<'_>) {
    let b = w.browser;
    w.opens_case_from("/queue?stage=delivery").await;
    b.sees("You can't release this production").await;
    b.sees("You made the call-back that verified the requester, so you can't release.").await;
    assert!(!b.exists("form[action$='/release']").await, "the release is offered to who made the call-back");
    w.looks_at("case-release-kept").await;
}

// ── Ben ──────────────────────────────────────────────────────────────────────────────────────────────────────────

pub async fn releases_and_closes(w: &Walk<'_>) {
    let b = w.browser;
    w.opens_case_from("/queue?stage=delivery").await;
    b.fill("#release [name=to]", w.paper.officer.name).await;
    b.select("#release [name=method]", "portal").await;
    b.fill("#release [name=password]", &BEN.password()).await;
    w.looks_at("case-release").await;
    b.click_words("Release the production").await;
    b.sees("Next: close the case as “non-content only”.").await;
    b.sees("Released: 6 files").await;
    b.fill("#close [name=note]", "Answered; the office was told what needs an order.").await;
    b.click_words("Close the case").await;
    b.sees("Closed: non-content only").await;
    w.looks_at("case-closed").await;
    for tab in ["requester", "documents", "log"] {
        w.goes_to(&format!("/cases/{}?tab={tab}", w.reference())).await;
        w.looks_at(&format!("case-closed-{tab}")).await;
    }
    w.goes_to("/queue?tab=closed").await;
    b.sees(w.reference()).await;
    w.looks_at("queue-closed").await;
}
