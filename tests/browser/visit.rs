//! A browser in front of a Writ that answers: going to its pages, signing in and out.

use secrecy::ExposeSecret;

use crate::{
    driver::Browser,
    support::{people::Person, world::password_of},
};

pub struct Visit<'b> {
    pub browser: &'b Browser,
    /// Where it answers.
    pub url: String,
}

impl Visit<'_> {
    /// Goes to a page as by its address.
    pub async fn goes_to(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.url)).await;
    }

    pub async fn signs_in(&self, name: &str, password: &str, full_name: &str) {
        let b = self.browser;
        self.goes_to("/sign-in").await;
        b.fill("#name", name).await;
        b.fill("#password", password).await;
        b.click_words("Sign in").await;
        b.sees(full_name).await;
    }

    /// Somebody of a world.
    pub async fn signs_in_as(&self, person: &Person<'_>) {
        let staff = &person.who.staff;
        self.signs_in(&staff.name, password_of(&staff.name).expose_secret(), staff.full_name.as_str()).await;
    }

    pub async fn signs_out(&self) {
        self.browser.click(".bar-end .drop > summary").await;
        self.browser.click_words("Sign out").await;
        self.browser.sees("For staff only").await;
    }
}
