//! Two hundred accounts in a file, seven of them mistyped: each bad line comes back with what is wrong with it, is
//! mended in the form, and two hundred demands stand.

use std::collections::BTreeSet;

use writ::domain::case::Case;

use super::{Story, tells};
use crate::driver::{Browser, Look};
use crate::support::World;
use crate::support::lines::{BAD, two_hundred_lines};
use crate::support::papers::subpoena;
use crate::support::people::Acts;

#[tokio::test]
async fn a_file_of_two_hundred_accounts_with_seven_bad_lines() {
    tells("a_file_of_two_hundred", Look::LIGHT, World::sqlite(), a_file).await;
}

#[tokio::test]
async fn a_file_of_two_hundred_accounts_with_seven_bad_lines_without_javascript() {
    tells("a_file_without_javascript", Look::WITHOUT_JAVASCRIPT, World::sqlite(), a_file).await;
}

async fn a_file(s: &Story<'_>) {
    let case = s.world.anna().opens(subpoena()).done();
    s.turn_of(&s.world.anna(), async |b| {
        uploads_the_file(s, b, &case).await;
        sees_what_is_wrong(b).await;
        assert_eq!(s.world.case(case.id).demands.len(), 0, "checking entered something");
        enters_the_good_lines(b).await;
        assert_eq!(s.world.case(case.id).demands.len(), 193);
        mends_the_others(b).await;
        sees_two_hundred(b).await;
    })
    .await;
    let case = s.world.case(case.id);
    let asked: BTreeSet<&str> = case.demands.iter().map(|d| d.asked.identifier.received.as_str()).collect();
    assert_eq!((case.demands.len(), asked.len()), (200, 200));
    for (.., right) in BAD {
        assert!(asked.contains(right), "{right} is not among them");
    }
}

async fn uploads_the_file(s: &Story<'_>, b: &Browser, case: &Case) {
    let file = s.world.folder.path().join("accounts.csv");
    std::fs::write(&file, format!("identifier\n{}\n", two_hundred_lines())).unwrap();
    s.goes_to("/queue").await;
    b.click_words(case.reference.as_str()).await;
    b.click_words("Add many: paste or CSV").await;
    b.sees("How lines are read").await;
    b.upload("[name=file]", &file).await;
    b.tick("[name=item][value='account/registration']", true).await;
    b.fill("[name=period_from]", "2026-01-01").await;
    b.fill("[name=period_to]", "2026-10-20").await;
    b.select("[name=in_signed_paper]", "yes").await;
    b.select("[name=is_ours]", "yes").await;
    b.click_words("Check the lines").await;
    b.sees("193 good, 7 to mend.").await;
}

/// Each bad line with its number, as it was typed, and a sentence of its own; all else stands as it was chosen.
async fn sees_what_is_wrong(b: &Browser) {
    let rows = b.texts("section[aria-labelledby=bad-h] tbody tr").await;
    assert_eq!(rows.len(), BAD.len(), "{rows:#?}");
    for ((line, bad, _), row) in BAD.iter().zip(&rows) {
        // The header is line 1.
        assert!(row.starts_with(&(line + 1).to_string()) && row.contains(bad), "line {line}: {row}");
    }
    let wrong = b.texts("section[aria-labelledby=bad-h] tbody td:last-child").await;
    assert!(wrong.iter().all(|sentence| sentence.ends_with('.')), "{wrong:#?}");
    assert_eq!(b.value("[name=lines]").await.trim_end(), format!("identifier\n{}", two_hundred_lines()));
    keeps_what_was_chosen(b).await;
}

async fn keeps_what_was_chosen(b: &Browser) {
    assert!(b.exists("[name=item][value='account/registration']:checked").await, "what is asked is lost");
    let fields = ["period_from", "period_to", "in_signed_paper", "is_ours"];
    let mut kept = Vec::new();
    for field in fields {
        kept.push(b.value(&format!("[name={field}]")).await);
    }
    assert_eq!(kept, ["2026-01-01", "2026-10-20", "yes", "yes"]);
}

async fn enters_the_good_lines(b: &Browser) {
    b.click_words("Add the 193 good lines").await;
    b.sees("Entered: demands 1 to 193").await;
    keeps_what_was_chosen(b).await;
}

async fn mends_the_others(b: &Browser) {
    let left = b.value("[name=lines]").await;
    let bad = BAD.iter().map(|(_, bad, _)| *bad);
    assert_eq!(left.trim_end(), ["identifier"].into_iter().chain(bad).collect::<Vec<_>>().join("\n"));
    let right = BAD.iter().map(|(.., right)| *right);
    b.fill("[name=lines]", &["identifier"].into_iter().chain(right).collect::<Vec<_>>().join("\n")).await;
    b.click_words("Check again").await;
    b.sees("Next: enter 7 demands.").await;
    b.click_words("Add all 7 demands").await;
}

async fn sees_two_hundred(b: &Browser) {
    b.sees("200 identifiers, demands 1 to 200").await;
    b.sees("Next: verify the requester.").await;
}
