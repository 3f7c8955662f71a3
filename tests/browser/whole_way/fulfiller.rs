//! What the fulfiller does: collects exactly what was granted, and is told nothing else.

use crate::{
    papers::{Fate, Paper, ending},
    walk::Walk,
};

pub async fn collects_what_was_granted(w: &Walk<'_>) {
    let b = w.browser;
    b.sees("0 of 8 demands").await;
    w.looks_at("tasks").await;
    b.click_words(w.reference()).await;
    sees_only_what_was_granted(w).await;
    w.looks_at("task").await;
    let granted = w.paper.lines_that_are(Fate::Given).len();
    for done in 1..=granted {
        records_the_next_result(w).await;
        b.sees(&format!("{done} of {granted} demands done")).await;
    }
    b.sees("This task is done.").await;
    w.looks_at("task-done").await;
    is_shown_no_case(w).await;
}

async fn sees_only_what_was_granted(w: &Walk<'_>) {
    let b = w.browser;
    let granted = w.paper.lines_that_are(Fate::Given);
    let headings = b.texts("main section h2[id^='d-']").await;
    let expected: Vec<String> = granted.iter().map(|line| format!("{} · {}", line.number, line.item.name)).collect();
    assert_eq!(headings, expected);
    for phone in w.paper.phones {
        b.sees(ending(phone)).await;
    }
    let refused = w.paper.lines().into_iter().filter(|line| line.item.fate != Fate::Given).map(|line| line.item.name);
    w.sees_nothing_of(&refused.collect::<Vec<_>>()).await;
    w.sees_nothing_of(&secrets_of(w.paper)).await;
}

/// What a fulfiller need not know.
fn secrets_of(paper: &Paper) -> [&'static str; 7] {
    let Paper { agency, court, docket, officer, order, .. } = paper;
    ["grand jury", agency, court, docket, officer.name, order.docket, paper.entity]
}

/// Uploads a small file for the first line that waits; of payments the messenger holds nothing.
async fn records_the_next_result(w: &Walk<'_>) {
    let b = w.browser;
    let id = b.value("main form [name=demand]").await;
    let heading = b.text(&format!("#d-{id}")).await;
    let field = |name: &str| format!("[name='{name}.{id}']");
    if heading.ends_with("Payment") {
        b.click(&format!("{}[value=no_data]", field("outcome"))).await;
        b.fill(&field("account"), "Searched the store of payments by number: the service is free of charge.").await;
    } else {
        let file = w.desk.file(&format!("{id}.csv"), "at,address\n2016-03-01T08:15:00Z,192.0.2.7\n");
        b.click(&format!("{}[value=collected]", field("outcome"))).await;
        b.fill(&field("account"), "Asked the account store by number, for the period of the task.").await;
        b.upload(&field("files"), &file).await;
    }
    b.click(&format!("button[value='{id}']")).await;
}

/// The task's case is not for the fulfiller, not even by its address.
async fn is_shown_no_case(w: &Walk<'_>) {
    w.goes_to(&format!("/cases/{}", w.reference())).await;
    w.browser.sees("There is no such thing, or you may not see it.").await;
    w.sees_nothing_of(&secrets_of(w.paper)).await;
    w.looks_at("case-not-for-the-fulfiller").await;
}
