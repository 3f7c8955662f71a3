//! One walk through Writ: a browser at a desk, with a paper, and an album of what was seen.

use std::{
    cell::{Cell, OnceCell},
    path::PathBuf,
};

use crate::{
    desk::{Desk, Person},
    driver::{Browser, Look, journey, keeps_pictures},
    papers::Paper,
    visit::Visit,
};

/// How closely the pages on the way are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eyes {
    /// Whether they are fit for everyone is checked, in the dark whether they can be read; pictures may be kept of both.
    Check,
    /// Pictures may be kept, in light and in dark; see [`keeps_pictures`].
    Look,
}

pub struct Walk<'w> {
    pub browser: &'w Browser,
    pub desk: &'w Desk,
    pub paper: &'w Paper,
    visit: Visit<'w>,
    look: Look,
    eyes: Eyes,
    album: PathBuf,
    pictures: Cell<usize>,
    reference: OnceCell<String>,
}

/// Walks one way with a browser of its own. What was seen is kept under `target/browser/NAME/`.
pub async fn walk(
    name: &str,
    (look, eyes): (Look, Eyes),
    desk: &Desk,
    paper: &Paper,
    way: impl AsyncFnOnce(&Walk<'_>),
) {
    let album = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target").join("browser").join(name);
    let _ = std::fs::remove_dir_all(&album);
    journey(name, look, async |browser| {
        let (pictures, reference) = (Cell::new(0), OnceCell::new());
        let visit = Visit { browser, url: desk.url.clone() };
        way(&Walk { browser, desk, paper, visit, look, eyes, album, pictures, reference }).await;
    })
    .await;
}

impl Walk<'_> {
    /// Goes to a page as by its address.
    pub async fn goes_to(&self, path: &str) {
        self.visit.goes_to(path).await;
    }

    pub async fn signs_in(&self, who: Person) {
        self.visit.signs_in(who.name, &who.password(), who.full_name).await;
    }

    /// One person's turn: signs in, does something, signs out.
    pub async fn turn_of(&self, who: Person, acts: impl AsyncFnOnce(&Self)) {
        self.signs_in(who).await;
        acts(self).await;
        self.visit.signs_out().await;
    }

    /// Looks at a page as it stands, as closely as this walk does.
    pub async fn looks_at(&self, page: &str) {
        if self.eyes == Eyes::Look && !keeps_pictures() {
            return;
        }
        let number = self.pictures.get() + 1;
        self.pictures.set(number);
        self.browser.script("scrollTo(0, 0)").await;
        for (dark, name) in [(true, "dark"), (false, "light")] {
            self.browser.present_as(Look { dark, ..self.look }).await;
            self.browser.keeps(&self.album.join(format!("{number:02}-{page}-{name}.png"))).await;
            match self.eyes {
                Eyes::Check if dark => self.browser.is_legible().await,
                Eyes::Check => self.browser.is_accessible().await,
                Eyes::Look => {}
            }
        }
    }

    /// The case is opened; from now on its name is known.
    pub async fn learns_reference(&self) {
        let reference = self.browser.text("h1").await;
        assert!(self.browser.url().await.ends_with(&reference), "{reference} is not the case's name");
        self.reference.set(reference).unwrap();
    }

    pub fn reference(&self) -> &str {
        self.reference.get().expect("no case is opened yet")
    }

    pub async fn goes_to_case(&self) {
        self.goes_to(&format!("/cases/{}", self.reference())).await;
        self.browser.sees(self.reference()).await;
    }

    /// Finds the case in a list and opens it.
    pub async fn opens_case_from(&self, list: &str) {
        self.goes_to(list).await;
        self.browser.click_words(self.reference()).await;
    }

    /// Opens what is folded away, unless it stands open.
    pub async fn unfolds(&self, details: &str) {
        if !self.browser.exists(&format!("{details}[open]")).await {
            self.browser.click(&format!("{details} > summary")).await;
        }
    }

    /// The row of one demand says all this, openly.
    pub async fn demand_says(&self, number: usize, words: &[&str]) {
        let says = self.browser.text(&format!("#d{number}")).await;
        for word in words {
            assert!(says.contains(word), "demand {number} does not say “{word}”; it says:\n{says}");
        }
    }

    /// None of this stands on the page, hidden or not.
    pub async fn sees_nothing_of(&self, words: &[&str]) {
        for word in words {
            assert!(!self.browser.says(word).await, "{} tells “{word}”", self.browser.url().await);
        }
    }
}
