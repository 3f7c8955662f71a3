//! Hands on a keyboard: whatever is done here is done by keys alone, sent to the page wherever its focus stands, and
//! every press is counted. Where the focus goes, it must be seen.

use std::cell::Cell;

use fantoccini::key::Key;

use crate::driver::Browser;

/// More presses than this lead nowhere.
const LOST_AFTER: usize = 150;

/// What a person sees of the focus: the ring is drawn, and nothing lies over the element that has it.
const FOCUS_IS_SEEN: &str = "
    const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
    const middle = (low, high, end) => (Math.max(low, 0) + Math.min(high, end)) / 2;
    const on_top = document.elementFromPoint(
        middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight));
    if (on_top !== e && !e.contains(on_top)) return 'is out of sight or covered';
    // The link of a row draws its ring around the row.
    const has_ring = [style, getComputedStyle(e, '::after')]
        .some(drawn => drawn.outlineStyle !== 'none' && parseFloat(drawn.outlineWidth) > 0);
    return e.matches(':focus-visible') && has_ring ? '' : 'shows no ring';
";

pub struct Keyboard<'b> {
    browser: &'b Browser,
    commands: Cell<usize>,
    typed: Cell<usize>,
}

impl<'b> Keyboard<'b> {
    pub fn new(browser: &'b Browser) -> Keyboard<'b> {
        Keyboard { browser, commands: Cell::new(0), typed: Cell::new(0) }
    }

    /// How many presses moved about or gave a command; the keys of a text are not among them.
    pub fn commands(&self) -> usize {
        self.commands.get()
    }

    /// How many keys of texts were pressed, the letters that choose in a list among them.
    pub fn typed(&self) -> usize {
        self.typed.get()
    }

    /// Presses a key that the program, or the browser, takes as a command.
    pub async fn presses(&self, key: impl Into<char>) {
        self.commands.set(self.commands.get() + 1);
        self.browser.key_presses(&[key.into()]).await;
    }

    /// Types a text where the focus stands.
    pub async fn types(&self, text: &str) {
        let keys: Vec<char> = text.chars().collect();
        self.typed.set(self.typed.get() + keys.len());
        self.browser.key_presses(&keys).await;
    }

    /// Goes on with Tab until the focus stands on what matches.
    pub async fn tabs_to(&self, css: &str) {
        self.moves_to(Key::Tab.into(), &matches(css), css).await;
    }

    /// Goes on with Tab until the focus stands on the link or button with these words.
    pub async fn tabs_to_words(&self, words: &str) {
        self.moves_to(Key::Tab.into(), &says(words), words).await;
    }

    /// Takes one of the links that stand at the beginning of each page.
    pub async fn skips(&self, words: &str) {
        self.tabs_to_words(words).await;
        self.presses(Key::Enter).await;
    }

    /// Goes on with another key, such as `j`, until the focus stands on what matches.
    pub async fn moves_with(&self, key: char, css: &str) {
        self.moves_to(key, &matches(css), css).await;
    }

    /// In the list with the focus, types the beginning of one of its options, which must choose the one with this value.
    pub async fn chooses(&self, css: &str, beginning: &str, value: &str) {
        self.stands_on(css).await;
        self.types(beginning).await;
        assert_eq!(self.browser.value(css).await, value, "“{beginning}” in {css}");
    }

    /// The focus stands on what matches already, and is seen there.
    pub async fn stands_on(&self, css: &str) {
        self.is_there(&matches(css), css).await;
    }

    /// The same of the link or button with these words.
    pub async fn stands_on_words(&self, words: &str) {
        self.is_there(&says(words), words).await;
    }

    async fn is_there(&self, is_there: &str, what: &str) {
        let there = self.browser.script(&format!("return {is_there}")).await;
        assert_eq!(there, true, "the focus is not on {what} but on {}", self.focus().await);
        self.focus_is_seen(what).await;
    }

    async fn moves_to(&self, key: char, is_there: &str, what: &str) {
        let mut way = Vec::new();
        while way.len() < LOST_AFTER {
            self.presses(key).await;
            if self.browser.script(&format!("return {is_there}")).await == true {
                println!("{:3} to {what}", way.len() + 1);
                return self.focus_is_seen(what).await;
            }
            way.push(self.focus().await);
        }
        panic!("{LOST_AFTER} presses do not lead to {what}, but over {way:#?}");
    }

    async fn focus_is_seen(&self, what: &str) {
        let wrong = self.browser.script(FOCUS_IS_SEEN).await;
        assert_eq!(wrong, "", "the focus on {what} at {}", self.browser.url().await);
    }

    /// What has the focus, in a few words.
    async fn focus(&self) -> String {
        let words = "const e = document.activeElement; return e.tagName.toLowerCase() + (e.id && '#' + e.id) + ' ' + \
                     (e.getAttribute('aria-label') || e.name || e.textContent.trim()).slice(0, 40)";
        self.browser.script(words).await.as_str().unwrap_or_default().to_owned()
    }
}

fn matches(css: &str) -> String {
    format!("document.activeElement.matches({})", serde_json::Value::from(css))
}

fn says(words: &str) -> String {
    let quoted = serde_json::Value::from(words);
    format!(
        "document.activeElement.matches('a, button, summary') && document.activeElement.innerText.trim() === {quoted}"
    )
}
