//! A redirect from its decision to its figure: the account is an organisation's, the agency is sent there, the
//! organisation answers, and the report counts it.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;
use writ::domain::case::Case;
use writ::domain::outcome::Outcome;

use super::{Story, tells};
use crate::driver::{Browser, Look};
use crate::support::World;
use crate::support::papers::of_an_organisation;
use crate::support::people::Acts;
use crate::support::world::password_of;

const ANSWERED: &str = "Tenant GmbH's counsel wrote on Monday: they gave the bureau the records themselves.";

#[tokio::test]
async fn a_redirect_goes_to_its_count() {
    tells("a_redirect_to_its_count", Look::LIGHT, World::sqlite(), to_its_count).await;
}

#[tokio::test]
async fn a_redirect_goes_to_its_count_without_javascript() {
    tells("a_redirect_without_javascript", Look::WITHOUT_JAVASCRIPT, World::sqlite(), to_its_count).await;
}

async fn to_its_count(s: &Story<'_>) {
    let (anna, carla, dan) = (s.world.anna(), s.world.carla(), s.world.dan());
    // Two organisations' accounts wait; one of them is redirected.
    anna.opens(of_an_organisation()).done();
    let case = s.world.ben().verifies(&anna.opens(of_an_organisation()).done()).done();
    s.turn_of(&dan, async |b| {
        let before = counts(s, b).await;
        assert_eq!((before["pending"], before["rejected or redirected"]), (2, 0), "{before:?}");
    })
    .await;
    s.turn_of(&anna, async |b| decides_to_redirect(s, b, &case).await).await;
    s.turn_of(&carla, async |b| approves(s, b, &case).await).await;
    s.turn_of(&anna, async |b| {
        reads_the_letter(s, b, &case).await;
        records_the_answer_and_closes(b).await;
    })
    .await;
    assert_eq!(s.world.case(case.id).closing().map(|closing| closing.outcome), Some(Outcome::Redirected));
    s.turn_of(&dan, async |b| {
        let after = counts(s, b).await;
        assert_eq!((after["pending"], after["rejected or redirected"]), (1, 1), "{after:?}");
        assert_eq!(after["requests"], 2, "{after:?}");
    })
    .await;
}

async fn opens(s: &Story<'_>, b: &Browser, case: &Case) {
    s.goes_to("/queue").await;
    b.click_words(case.reference.as_str()).await;
    b.sees("account of Tenant GmbH").await;
}

async fn decides_to_redirect(s: &Story<'_>, b: &Browser, case: &Case) {
    opens(s, b, case).await;
    b.click_words("Check the legal basis").await;
    b.sees("Next: decide demand 1").await;
    b.select("#d1 [name^='decision.']", "redirect").await;
    let to = "#d1 [name^='redirect_to.']";
    assert_eq!(b.value(to).await, "Tenant GmbH", "the organisation of the demand is not proposed");
    b.click_words("Save decisions").await;
    b.sees("Next: another person approves the scope").await;
}

async fn approves(s: &Story<'_>, b: &Browser, case: &Case) {
    s.goes_to("/approvals").await;
    b.click_words(case.reference.as_str()).await;
    b.sees("What you would sign").await;
    b.sees("Tenant GmbH").await;
    b.fill("[name=password]", password_of("carla").expose_secret()).await;
    b.click("form[action$='/approve'] button.primary").await;
    b.sees("Next: record what became of the redirect.").await;
}

/// The letter stands on the case and on a page of its own; it says which account, and whom to ask instead of us.
async fn reads_the_letter(s: &Story<'_>, b: &Browser, case: &Case) {
    opens(s, b, case).await;
    let beside = b.text("#letter").await;
    b.click_words("On a page of its own, to print").await;
    b.sees("as the approved decision has it").await;
    let letter = b.text("#letter").await;
    assert_eq!(letter, beside);
    let whom = ["Bureau of Sample Inquiries", "Tenant GmbH", "General Counsel", "legal@tenant.example"];
    for word in whom.into_iter().chain(["26-GJ-0117-04", "555-0142", case.reference.as_str()]) {
        assert!(letter.contains(word), "the letter does not say “{word}”:\n{letter}");
    }
    b.click_words("Back to the case").await;
}

/// First without a word on who said so: the choice stays.
async fn records_the_answer_and_closes(b: &Browser) {
    b.sees("no answer yet").await;
    b.click("[name=redirect_result][value=customer_answered]").await;
    b.click_words("Record what became of it").await;
    b.sees("Not saved yet: 1 thing to put right").await;
    assert!(b.exists("[name=redirect_result][value=customer_answered]:checked").await, "the choice is lost");
    b.fill("[name=redirect_account]", ANSWERED).await;
    b.click_words("Record what became of it").await;
    b.sees("close the case as “redirected”").await;
    b.sees(ANSWERED).await;
    b.click_words("Close the case").await;
    b.sees("Closed: redirected").await;
}

/// The enterprise table's sum, by the heads of its columns.
async fn counts(s: &Story<'_>, b: &Browser) -> BTreeMap<String, u32> {
    s.goes_to("/reports/transparency").await;
    b.sees("Organisations’ accounts (enterprise)").await;
    let table = "section[aria-labelledby=enterprise] table";
    let heads = b.texts(&format!("{table} thead th.num")).await;
    let figures = b.texts(&format!("{table} tfoot tr:last-child td")).await;
    assert_eq!((heads.len(), figures.len()), (11, 11), "{heads:?} {figures:?}");
    heads.into_iter().map(|head| head.to_lowercase()).zip(figures.iter().map(|n| n.parse().unwrap())).collect()
}
