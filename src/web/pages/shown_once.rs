//! The page of something that is shown once: a one-time password, a half of one, an API token.

use actix_web::HttpResponse;
use askama::Template;

use crate::actions::staff::Shown;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::frame::{Frame, Place};
use crate::web::page::ok;

/// What `shown_once.html` needs.
#[derive(Template)]
#[template(path = "shown_once.html")]
pub struct ShownOnce {
    frame: Frame,
    heading: &'static str,
    label: &'static str,
    secret: String,
    says: Vec<&'static str>,
    back: String,
    back_label: &'static str,
}

const BY_HAND: &str = "Give it to that person yourself, by a way on which nobody else reads along. It is kept nowhere.";
const THEN: &str = "After signing in with it they choose a password of their own before anything else.";

/// The page of a password made for somebody.
///
/// # Errors
/// When the template fails.
pub fn password_page(visitor: &Visitor, shown: Shown, back: String) -> Result<HttpResponse, WebError> {
    let (heading, label, secret, says) = match shown {
        Shown::Whole(all) => ("One-time password", "Password, shown once", all, vec![BY_HAND, THEN]),
        Shown::FirstHalf(half) => (
            "Asked: another admin must confirm it",
            "First half of the one-time password, shown once",
            half,
            vec![
                "Whoever confirms is shown the second half, so that neither of you can sign in in that person's place.",
                BY_HAND,
                "They type the first half, a dash, the second half. Until it is confirmed, this half opens nothing.",
            ],
        ),
        Shown::SecondHalf(half) => (
            "Confirmed",
            "Second half of the one-time password, shown once",
            half,
            vec![
                "Whoever asked was shown the first half. They type the first half, a dash, the second half.",
                BY_HAND,
                THEN,
            ],
        ),
    };
    let frame = visitor.frame(heading, Place::Staff);
    ok(&ShownOnce { frame, heading, label, secret, says, back, back_label: "To the person's page" })
}

/// The page of the secret address of somebody's calendar.
///
/// # Errors
/// When the template fails.
pub fn feed_page(visitor: &Visitor, address: String) -> Result<HttpResponse, WebError> {
    ok(&ShownOnce {
        frame: visitor.frame("Calendar address", Place::Elsewhere),
        heading: "Calendar address",
        label: "Address, shown once",
        secret: address,
        says: vec![
            "Give it to your calendar program as the address of a calendar to subscribe to.",
            "It holds case references and what is due, nobody's name and no data; of restricted and national-security \
             cases nothing. Whoever has the address reads it: end it in your account if it got about.",
        ],
        back: "/account".into(),
        back_label: "To your account",
    })
}

/// The page of an API token.
///
/// # Errors
/// When the template fails.
pub fn token_page(visitor: &Visitor, token: String) -> Result<HttpResponse, WebError> {
    ok(&ShownOnce {
        frame: visitor.frame("API token", Place::Elsewhere),
        heading: "API token",
        label: "Token, shown once",
        secret: token,
        says: vec![
            "Copy it to where the program reads it. The register keeps only its hash; a lost token is made anew.",
            "Whoever has it acts as you, with your roles as they are at that moment.",
        ],
        back: "/account".into(),
        back_label: "To your account",
    })
}
