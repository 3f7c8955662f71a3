//! An approval in two rounds: Carla mistypes her password, then returns the draft; Ida narrows it and drafts anew, and
//! can't approve her own though she is a reviewer too; Carla reads what changed, and approves.

use secrecy::ExposeSecret;
use writ::domain::case::Case;
use writ::domain::staff::Role;
use writ::domain::stage::Stage;

use super::{Story, tells};
use crate::driver::{Browser, Look};
use crate::support::World;
use crate::support::papers::subpoena;
use crate::support::people::{Acts, Person};
use crate::support::world::password_of;

const BECAUSE: &str = "Demand 2 reaches back too far: the paper's reasons begin in March.";

#[tokio::test]
async fn an_approval_is_returned_and_given_in_a_second_round() {
    tells("an_approval_in_two_rounds", Look::LIGHT, World::sqlite(), two_rounds).await;
}

#[tokio::test]
async fn an_approval_is_returned_and_given_in_a_second_round_without_javascript() {
    tells("an_approval_without_javascript", Look::WITHOUT_JAVASCRIPT, World::sqlite(), two_rounds).await;
}

#[tokio::test]
async fn an_approval_is_returned_and_given_in_a_second_round_on_postgresql() {
    let Some(world) = World::postgres() else { return };
    tells("an_approval_on_postgresql", Look::LIGHT, world, two_rounds).await;
}

async fn two_rounds(s: &Story<'_>) {
    let ida = s.world.hires("ida", "Ida Imhof", &[Role::Analyst, Role::Reviewer], false);
    let case = drafted_by(s.world, &ida);
    s.turn_of(&s.world.carla(), async |b| {
        opens_from_the_list(s, b, &case).await;
        b.sees("This is the first draft: none was returned or approved before.").await;
        gives_a_wrong_password(b).await;
        returns_it(b).await;
    })
    .await;
    s.turn_of(&ida, async |b| {
        narrows_the_second_demand(s, b, &case).await;
        drafts_anew(b).await;
        cannot_approve_her_own(s, b, &case).await;
    })
    .await;
    s.turn_of(&s.world.carla(), async |b| {
        opens_from_the_list(s, b, &case).await;
        reads_what_changed(b).await;
        approves(b).await;
    })
    .await;
    let case = s.world.case(case.id);
    let by: Vec<_> = case.approvals().iter().map(|approval| approval.by).collect();
    assert_eq!((case.stage(), by), (Stage::Fulfilment, vec![s.world.carla().id()]));
}

/// Both lines within the subpoena's reach, and granted.
fn drafted_by(world: &World, drafter: &Person<'_>) -> Case {
    let paper = subpoena().asking("account/registration").asking("account/sign_in_access");
    let case = world.ben().verifies(&drafter.opens(paper).done()).done();
    drafter.decides(&drafter.assesses(&case).done()).done()
}

async fn opens_from_the_list(s: &Story<'_>, b: &Browser, case: &Case) {
    s.goes_to("/approvals").await;
    b.sees("For you to approve").await;
    b.click_words(case.reference.as_str()).await;
    b.sees("What you would sign").await;
}

/// The page comes back with what was typed beside it; nothing is approved.
async fn gives_a_wrong_password(b: &Browser) {
    b.fill("[name=because]", BECAUSE).await;
    b.fill("[name=password]", "certainly not it").await;
    b.click("form[action$='/approve'] button.primary").await;
    b.sees("That password is not right. Nothing was approved.").await;
    assert_eq!(b.attribute("[name=password]", "aria-invalid").await.as_deref(), Some("true"));
    assert_eq!(b.value("[name=password]").await, "", "a password comes back");
    assert_eq!(b.value("[name=because]").await, BECAUSE);
    b.sees("What you would sign").await;
}

async fn returns_it(b: &Browser) {
    b.click("button[formaction$='/return']").await;
    b.sees("Carla Corn returned the draft").await;
    b.sees(BECAUSE).await;
}

async fn narrows_the_second_demand(s: &Story<'_>, b: &Browser, case: &Case) {
    s.goes_to("/approvals").await;
    b.sees("Returned to you").await;
    b.click_words(case.reference.as_str()).await;
    b.sees(BECAUSE).await;
    b.click_words("Change, split or remove demand 2").await;
    b.sees("What is asked").await;
    assert_eq!(b.value("[name=period_from]").await, "2026-01-01");
    b.fill("[name=period_from]", "2026-03-01").await;
    b.click("form[aria-label='Demand 2'] button.primary").await;
    b.sees("2026-03-01").await;
}

/// The check is void and is made anew; the decisions stand there as drafted, to be confirmed.
async fn drafts_anew(b: &Browser) {
    b.click_words("Check the legal basis").await;
    b.sees("Next: look at the decisions again and send them to approval.").await;
    for row in ["#d1", "#d2"] {
        assert_eq!(b.value(&format!("{row} [name^='decision.']")).await, "non_content");
    }
    b.click_words("Save and send to approval").await;
    b.sees("Next: another person approves the scope; 0 of 1 so far.").await;
}

async fn cannot_approve_her_own(s: &Story<'_>, b: &Browser, case: &Case) {
    s.goes_to("/approvals").await;
    b.sees("Yours, waiting for others").await;
    b.click_words(case.reference.as_str()).await;
    b.sees("You drafted or edited this scope; a legal reviewer who changed nothing can approve it.").await;
    assert!(!b.exists("form[action$='/approve']").await, "the drafter is offered the approval");
    assert!(!b.exists("[name=password]").await, "the drafter is asked for her password");
}

/// One row, that of the narrowed period, and who asked for it.
async fn reads_what_changed(b: &Browser) {
    b.sees("Carla Corn returned an earlier draft").await;
    b.sees(&format!("To change: “{BECAUSE}”")).await;
    let rows = b.texts("#changes tbody tr").await;
    assert_eq!(rows.len(), 1, "{rows:#?}");
    assert!(rows[0].contains("Demand 2: period"), "{rows:#?}");
    assert!(b.text("#changes del").await.starts_with("2026-01-01"), "{rows:#?}");
    assert!(b.text("#changes ins").await.starts_with("2026-03-01"), "{rows:#?}");
    b.sees("Edited since by Ida Imhof").await;
}

async fn approves(b: &Browser) {
    b.fill("[name=password]", password_of("carla").expose_secret()).await;
    b.click("form[action$='/approve'] button.primary").await;
    b.sees("Next: the fulfiller collects; 0 of 2 results recorded.").await;
}
