//! A morning at the queue by keyboard alone: Anna finds the emergency of the night, confirms the requester as the second
//! person, has the legal basis checked, drafts, and hands the case to Ben, who stays longer.

use fantoccini::key::Key;
use secrecy::ExposeSecret;
use serde_json::json;
use writ::domain::case::Case;
use writ::domain::instrument::Instrument;
use writ::domain::stage::Stage;
use writ::domain::stated::Stated;

use super::{Story, tells};
use crate::driver::{Browser, Look};
use crate::keyboard::Keyboard;
use crate::support::World;
use crate::support::papers::{Paper, day, subpoena};
use crate::support::people::Acts;
use crate::support::world::password_of;

const ACCOUNT: &str = "Rang the sheriff's published number; the watch commander confirmed name and danger.";
const NOTE: &str = "Drafted; Carla knows of it. Please follow it through.";

#[tokio::test]
async fn a_morning_at_the_queue_by_keyboard_only() {
    tells("a_morning_by_keyboard", Look::LIGHT, World::sqlite(), with_shortcuts).await;
}

#[tokio::test]
async fn a_morning_at_the_queue_by_keyboard_only_without_javascript() {
    tells("a_morning_by_keyboard_without_javascript", Look::WITHOUT_JAVASCRIPT, World::sqlite(), by_tab_alone).await;
}

async fn with_shortcuts(s: &Story<'_>) {
    let (b, case) = (s.browser, night_shift(s.world));
    let hands = Hands { keys: Keyboard::new(b), has_shortcuts: true };
    let keys = &hands.keys;
    signs_in(s, keys).await;
    keys.presses('?').await;
    b.sees("next, previous row").await;
    keys.presses(Key::Escape).await;
    assert!(!b.exists("dialog[open]").await, "the list of keys stays open");

    keys.moves_with('j', &format!("a.go[href='/cases/{}']", case.reference)).await;
    keys.presses('a').await;
    works_on_what_was_taken(s, &hands, &case).await;

    keys.presses('g').await;
    keys.presses('q').await;
    b.sees("All open").await;
    says_how_many(keys, "with shortcuts", 55);
}

async fn by_tab_alone(s: &Story<'_>) {
    let case = night_shift(s.world);
    let hands = Hands { keys: Keyboard::new(s.browser), has_shortcuts: false };
    signs_in(s, &hands.keys).await;
    hands.keys.skips("Skip to content").await;
    hands.keys.tabs_to(&format!("[name=take][value^='{}']", case.reference)).await;
    hands.keys.presses(Key::Enter).await;
    works_on_what_was_taken(s, &hands, &case).await;
    says_how_many(&hands.keys, "without JavaScript", 95);
}

/// What Ben leaves in the morning: three subpoenas, and an emergency that he rang back.
fn night_shift(world: &World) -> Case {
    let ben = world.ben();
    for _ in 0..3 {
        ben.opens(subpoena().asking("account/registration")).done();
    }
    let case = ben.opens(emergency().asking("account/registration").asking("account/sign_in_access")).done();
    ben.verifies(&case).done()
}

/// A child is missing: the sheriff asks for what is known of one account, without process.
fn emergency() -> Paper {
    let mut paper = subpoena().on(Instrument::EmergencyRequest);
    paper.entry.return_by = Stated::Is(day(2026, 11, 2));
    paper.entry.legal_basis = Stated::None;
    let facts = [
        ("emergency.claimed", json!(true)),
        ("emergency.danger", json!("death_or_serious_injury")),
        ("emergency.facts_given", json!(true)),
    ];
    paper.entry.more = facts.map(|(name, value)| (name.to_owned(), value)).into();
    paper
}

async fn signs_in(s: &Story<'_>, keys: &Keyboard<'_>) {
    s.goes_to("/sign-in").await;
    keys.tabs_to("#name").await;
    keys.types("anna").await;
    keys.tabs_to("#password").await;
    keys.types(password_of("anna").expose_secret()).await;
    keys.presses(Key::Enter).await;
    s.browser.sees("All open").await;
}

async fn works_on_what_was_taken(s: &Story<'_>, hands: &Hands<'_>, case: &Case) {
    s.browser.sees("1 case is with you now").await;
    hands.keys.stands_on(&format!(".told a[href='/cases/{}']", case.reference)).await;
    hands.keys.presses(Key::Enter).await;
    confirms_the_requester(s.browser, hands).await;
    drafts(s.browser, hands, case).await;
    hands_it_over(s, hands).await;
    let case = s.world.case(case.id);
    assert_eq!((case.stage(), case.assignee), (Stage::Approval, Some(s.world.ben().id())));
    assert_eq!(case.draft().map(|draft| draft.by), Some(s.world.anna().id()));
    assert_eq!(case.checks.last().map(|check| check.account.to_string()).as_deref(), Some(ACCOUNT));
}

/// Ben's word alone does not open the gate of an emergency.
async fn confirms_the_requester(b: &Browser, hands: &Hands<'_>) {
    let keys = &hands.keys;
    b.sees("Next: verify the requester").await;
    hands.take_the_next_step("Record the check").await;
    b.sees("What was said or found").await;
    keys.tabs_to("#method").await;
    keys.chooses("#method", "call", "call_back").await;
    keys.tabs_to("#result").await;
    keys.chooses("#result", "conf", "confirmed").await;
    keys.tabs_to_words("Record the check").await;
    keys.presses(Key::Enter).await;
    mends_what_was_forgotten(b, keys).await;
    keys.types(ACCOUNT).await;
    keys.tabs_to_words("Record the check").await;
    keys.presses(Key::Enter).await;
}

/// The form comes back with what was chosen, and the summary leads to the field that was left empty.
async fn mends_what_was_forgotten(b: &Browser, keys: &Keyboard<'_>) {
    b.sees("Not saved yet: 1 thing to put right").await;
    let chosen = [b.value("#method").await, b.value("#result").await];
    assert_eq!(chosen, ["call_back", "confirmed"], "what was chosen is lost");
    keys.stands_on("#summary").await;
    keys.tabs_to("#summary a").await;
    keys.presses(Key::Enter).await;
    keys.stands_on("#account").await;
}

async fn drafts(b: &Browser, hands: &Hands<'_>, case: &Case) {
    let keys = &hands.keys;
    b.sees("Next: check the legal basis").await;
    hands.take_the_next_step("Check the legal basis").await;
    b.sees("Next: decide demands 1 and 2").await;
    let [first, second] = [0, 1].map(|at| format!("[id='decision.{}']", case.demands[at].id));
    hands.go_to_the_field(&first, "Skip to the next step").await;
    keys.chooses(&first, "give", "non_content").await;
    keys.tabs_to(&second).await;
    keys.chooses(&second, "give", "non_content").await;
    keys.tabs_to_words("Save decisions").await;
    keys.presses(Key::Enter).await;
    b.sees("Next: another person approves the scope").await;
}

async fn hands_it_over(s: &Story<'_>, hands: &Hands<'_>) {
    let keys = &hands.keys;
    keys.skips("Skip to content").await;
    keys.tabs_to_words("Hand it over").await;
    keys.presses(Key::Enter).await;
    s.browser.sees("Who shall have it").await;
    hands.go_to_the_field("#to", "Skip to content").await;
    keys.chooses("#to", "Ben", &s.world.ben().id().to_string()).await;
    keys.tabs_to("#note").await;
    keys.types(NOTE).await;
    keys.tabs_to_words("Assign the case").await;
    keys.presses(Key::Enter).await;
    // It is Ben's now: she could take it back.
    s.browser.sees("Take the case").await;
}

/// How Anna gets about: with the keys of the program, or with those of the browser alone.
struct Hands<'b> {
    keys: Keyboard<'b>,
    has_shortcuts: bool,
}

impl Hands<'_> {
    /// Goes to the one button of the next step and presses it.
    async fn take_the_next_step(&self, says: &str) {
        if self.has_shortcuts {
            self.keys.presses('s').await;
            self.keys.stands_on_words(says).await;
        } else {
            self.keys.skips("Skip to the next step").await;
            self.keys.tabs_to_words(says).await;
        }
        self.keys.presses(Key::Enter).await;
    }

    /// Goes to the field that the next step waits for.
    async fn go_to_the_field(&self, css: &str, skip: &str) {
        if self.has_shortcuts {
            self.keys.presses('s').await;
        } else {
            self.keys.skips(skip).await;
            self.keys.tabs_to(css).await;
        }
        self.keys.stands_on(css).await;
    }
}

fn says_how_many(keys: &Keyboard<'_>, how: &str, most: usize) {
    let (commands, typed) = (keys.commands(), keys.typed());
    println!("a morning {how}: {commands} command keys, {typed} keys of text");
    assert!(commands <= most, "{commands} command keys {how}; it took at most {most}");
}
