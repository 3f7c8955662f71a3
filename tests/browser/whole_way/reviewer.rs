//! What the two legal reviewers do: Carla edits the draft and so can't approve it, Dan approves what she left.

use crate::{desk::DAN, papers::Fate, walk::Walk};

const NOTE: &str = "Ask the office for an order under § 2703(d).";

pub async fn edits_the_draft_and_cannot_approve(w: &Walk<'_>) {
    let b = w.browser;
    w.opens_case_from("/queue?stage=approval").await;
    b.click_words("Read and approve the scope").await;
    b.sees("What you would sign").await;
    assert!(b.exists("form[action$='/approve']").await, "a reviewer who changed nothing is not offered the approval");
    w.goes_to_case().await;
    for line in w.paper.lines_that_are(Fate::NeedsOrder) {
        w.unfolds(&format!("#d{} details:has([name^='note.'])", line.number)).await;
        b.fill(&format!("#d{} [name^='note.']", line.number), NOTE).await;
    }
    b.click_words("Save decisions").await;
    b.sees("You drafted or edited this scope; a legal reviewer who changed nothing can approve it.").await;
    assert!(!b.says("Read and approve the scope").await, "who edited is shown the way to approve");
    w.goes_to(&format!("/cases/{}/approval", w.reference())).await;
    b.sees("You drafted or edited this scope; a legal reviewer who changed nothing can approve it.").await;
    assert!(!b.exists("form[action$='/approve']").await, "who edited is offered the approval");
    w.looks_at("approval-kept").await;
}

pub async fn approves_the_scope(w: &Walk<'_>) {
    let b = w.browser;
    w.opens_case_from("/queue?stage=approval").await;
    b.click_words("Read and approve the scope").await;
    sees_the_exact_scope(w).await;
    w.looks_at("approval").await;
    b.fill("#password", "not his password at all").await;
    b.click(&approve()).await;
    b.sees("That password is not right. Nothing was approved.").await;
    w.looks_at("approval-wrong-password").await;
    b.back().await;
    b.fill("#password", &DAN.password()).await;
    b.click(&approve()).await;
    b.sees("Next: the fulfiller collects; 0 of 8 results recorded.").await;
}

/// Every line with its decision, and the hash that the approval is bound to.
async fn sees_the_exact_scope(w: &Walk<'_>) {
    let b = w.browser;
    let lines = w.paper.lines();
    let rows = b.texts("table.t tbody tr").await;
    assert!(rows.len() >= lines.len(), "{} lines of {}", rows.len(), lines.len());
    for (line, row) in lines.iter().zip(&rows) {
        let decided = if line.item.fate == Fate::Given { "non-content" } else { "nothing given" };
        assert!(row.contains(line.item.name) && row.contains(decided), "line {}: {row}", line.number);
    }
    let hash = b.value("[name=scope_hash]").await;
    assert_eq!(hash.len(), 64, "{hash} is no hash");
    let button = b.text(&approve()).await.replace(' ', "");
    assert!(button.contains(&hash[..8]), "“{button}” does not name the scope's hash {hash}");
    assert!(b.says(NOTE).await, "the note of who edited is not shown");
}

fn approve() -> String {
    "form[action$='/approve'] button".to_owned()
}
