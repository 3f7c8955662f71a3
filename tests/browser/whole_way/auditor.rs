//! What the auditor does: reads the whole log, sees personal data sealed, and has the log verified.

use std::collections::BTreeSet;

use crate::{
    desk::{ANNA, BEN, CARLA, DAN, EMIL, FAY, GUS, Person},
    papers::ending,
    walk::Walk,
};

/// Who must stand in the log with what.
const ACTS: &[(Person, &[&str])] = &[
    (
        ANNA,
        &[
            "staff.signed_in",
            "document.received",
            "document.viewed",
            "agency.added",
            "officer.added",
            "case.opened",
            "case.viewed",
            "secrecy.recorded",
            "requester.checked",
            "case.assessed",
            "decision.drafted",
            "staff.signed_out",
        ],
    ),
    (BEN, &["staff.signed_in", "case.viewed", "production.released", "case.closed", "staff.signed_out"]),
    (CARLA, &["staff.signed_in", "case.viewed", "decision.drafted", "staff.signed_out"]),
    (DAN, &["staff.signed_in", "case.viewed", "action.refused", "decision.approved", "staff.signed_out"]),
    (EMIL, &["staff.signed_in", "task.viewed", "collection.recorded", "action.refused", "staff.signed_out"]),
    (GUS, &["staff.signed_in", "action.refused", "staff.signed_out"]),
    (FAY, &["staff.signed_in", "log.viewed"]),
];

/// What the program itself, or whoever sits at its console, must stand in the log with.
const CONSOLE_ACTS: &[&str] = &["register.created", "law.adopted", "team.added", "staff.added", "report.drawn"];

pub async fn sees_every_act_and_verifies(w: &Walk<'_>) {
    w.browser.sees("personal data stays sealed").await;
    w.looks_at("log").await;
    sees_every_act(w).await;
    verifies_now(w).await;
    sees_the_case_sealed(w).await;
}

async fn sees_every_act(w: &Walk<'_>) {
    let seen = reads_the_whole_log(w).await;
    for (who, kinds) in ACTS {
        for kind in *kinds {
            assert!(seen.contains(&(who.full_name.into(), (*kind).into())), "no {kind} of {} in {seen:#?}", who.name);
        }
    }
    for kind in CONSOLE_ACTS {
        assert!(seen.iter().any(|(by, k)| by.starts_with("Writ") && k == kind), "no {kind} in {seen:#?}");
    }
}

/// Who and which kind of act, over all pages of the log.
async fn reads_the_whole_log(w: &Walk<'_>) -> BTreeSet<(String, String)> {
    let b = w.browser;
    let mut seen = BTreeSet::new();
    loop {
        let by = b.texts("table.log tbody td:nth-child(3)").await;
        let kinds = b.texts("table.log tbody td:nth-child(4) code").await;
        assert_eq!(by.len(), kinds.len());
        seen.extend(by.into_iter().zip(kinds));
        if !b.exists("a[rel=next]").await {
            return seen;
        }
        b.click("a[rel=next]").await;
    }
}

async fn verifies_now(w: &Walk<'_>) {
    let b = w.browser;
    w.goes_to("/log").await;
    b.fill("[name=case]", w.reference()).await;
    b.click_words("Filter").await;
    b.sees("production.released").await;
    let kinds = b.texts("table.log tbody code").await;
    assert!(!kinds.contains(&"register.created".to_owned()), "{kinds:?} is more than the case's entries");
    b.click_words("Verify now").await;
    b.sees("everything fitted").await;
    assert!(!b.says("does not fit").await);
    w.looks_at("log-verified").await;
}

/// The auditor sees how the case went, and nobody's data.
async fn sees_the_case_sealed(w: &Walk<'_>) {
    let (b, paper) = (w.browser, w.paper);
    w.goes_to_case().await;
    b.sees("You see process facts; personal data is sealed").await;
    let [one, two] = paper.phones.map(ending);
    w.sees_nothing_of(&[one, two, paper.officer.name, paper.docket]).await;
    w.looks_at("case-sealed").await;
}
