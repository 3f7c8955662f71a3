//! A headless Chromium for the journeys, driven over WebDriver.
//!
//! `WRIT_TEST_WEBDRIVER` is the address of a running ChromeDriver (`tests/run` starts one); without it journeys are
//! skipped, aloud. Every step waits for the element it needs and panics with the step's name if it never comes, so a
//! journey reads like what a person does.

#![allow(dead_code, reason = "a box of tools: a journey takes those it needs")]

use std::{
    any::Any,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions},
    elements::Element,
};
use futures_util::FutureExt;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::skipped::skipped;
use crate::support::until::is_long;

const DRIVER: &str = "WRIT_TEST_WEBDRIVER";
const CHROMIUM: &str = "WRIT_TEST_CHROMIUM";
const PATIENCE: Duration = Duration::from_secs(15);

/// How the browser presents itself.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub width: u32,
    pub height: u32,
    pub dark: bool,
    pub javascript: bool,
}

impl Look {
    pub const LIGHT: Look = Look { width: 1280, height: 900, dark: false, javascript: true };
    pub const DARK: Look = Look { dark: true, ..Look::LIGHT };
    pub const PHONE: Look = Look { width: 390, height: 844, ..Look::LIGHT };
    /// As narrow as a page must fit without scrolling sideways.
    pub const NARROW: Look = Look { width: 320, height: 800, ..Look::LIGHT };
    pub const WITHOUT_JAVASCRIPT: Look = Look { javascript: false, ..Look::LIGHT };
}

/// Whether journeys keep pictures of the pages they pass: in `tests/run long`, and with `WRIT_TEST_PICTURES`. Taking one
/// costs the browser as much as opening the page.
pub fn keeps_pictures() -> bool {
    is_long() || std::env::var_os("WRIT_TEST_PICTURES").is_some_and(|value| !value.is_empty())
}

/// What the accessibility checker has against a page.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The rule, such as `color-contrast`.
    pub id: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: String,
    pub help: String,
    /// Where: one CSS selector per element, and what is wrong there.
    pub places: Vec<String>,
}

pub struct Browser {
    client: Client,
    driver: String,
    look: Look,
}

/// Run one journey with a browser of its own. If it panics, what the page looked like is kept in `target/browser/`, and
/// the browser is closed either way. Does nothing, aloud, where there is no browser.
pub async fn journey(name: &str, look: Look, steps: impl AsyncFnOnce(&Browser)) {
    let Some(browser) = Browser::start_as(look).await else { return };
    let outcome = AssertUnwindSafe(steps(&browser)).catch_unwind().await;
    if outcome.is_err() {
        browser.keep_evidence(name).await;
    }
    browser.close().await;
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic as Box<dyn Any + Send>);
    }
}

impl Browser {
    /// A browser in daylight, or `None` after saying `SKIPPED` where there is none.
    pub async fn start() -> Option<Browser> {
        Browser::start_as(Look::LIGHT).await
    }

    pub async fn start_as(look: Look) -> Option<Browser> {
        let Some(driver) = std::env::var(DRIVER).ok().filter(|url| !url.is_empty()) else {
            skipped(&format!("in a browser: {DRIVER} is not set"));
            return None;
        };
        let driver = driver.trim_end_matches('/').to_owned();
        let mut options = json!({
            "args": [
                "--headless=new",
                "--no-sandbox", // only our own pages are loaded, and containers often allow no sandbox
                "--disable-gpu",
                "--disable-software-rasterizer",
                // Fewer processes: on two cores they mostly wait for each other.
                "--in-process-gpu",
                "--no-zygote",
                "--renderer-process-limit=1",
                "--disable-features=SpareRendererForSitePerProcess,PaintHolding,Translate,OptimizationHints,MediaRouter",
                "--disable-extensions",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--force-device-scale-factor=1",
                "--lang=en-US",
                format!("--window-size={},{}", look.width, look.height),
            ],
            "prefs": {
                // PDFs open in the page's own viewer, passwords are not offered to be kept.
                "plugins.always_open_pdf_externally": false,
                "credentials_enable_service": false,
                "profile.password_manager_enabled": false,
                "profile.password_manager_leak_detection": false,
                "profile.managed_default_content_settings.javascript": if look.javascript { 1 } else { 2 },
            },
        });
        if let Some(chromium) = std::env::var(CHROMIUM).ok().filter(|path| !path.is_empty()) {
            options["binary"] = chromium.into();
        }
        let capabilities = json!({ "goog:chromeOptions": options, "unhandledPromptBehavior": "accept" });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&driver)
            .await
            .unwrap_or_else(|why| panic!("no browser session at {driver}: {why}"));
        let browser = Browser { client, driver, look };
        browser.present_as(look).await;
        Some(browser)
    }

    /// Close the window and end the session.
    pub async fn close(self) {
        let _ = self.client.close().await;
    }

    // ── going places ─────────────────────────────────────────────────────────────────────────────────────────────

    pub async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|why| panic!("go to {url}: {why}"));
    }

    pub async fn back(&self) {
        self.client.back().await.unwrap_or_else(|why| panic!("go back: {why}"));
    }

    pub async fn reload(&self) {
        self.client.refresh().await.unwrap_or_else(|why| panic!("reload: {why}"));
    }

    pub async fn url(&self) -> String {
        self.client.current_url().await.unwrap_or_else(|why| panic!("address of the page: {why}")).to_string()
    }

    pub async fn title(&self) -> String {
        self.client.title().await.unwrap_or_else(|why| panic!("title of the page: {why}"))
    }

    /// Forget who is signed in here.
    pub async fn forget_cookies(&self) {
        self.client.delete_all_cookies().await.unwrap_or_else(|why| panic!("delete the cookies: {why}"));
    }

    // ── doing things ─────────────────────────────────────────────────────────────────────────────────────────────

    pub async fn click(&self, css: &str) {
        self.press(self.find(css).await, css).await;
    }

    /// Click the link or button that carries these words.
    pub async fn click_words(&self, words: &str) {
        let quoted = xpath_text(words);
        let says = format!("normalize-space(.)={quoted} or @value={quoted} or @aria-label={quoted}");
        let path = format!("//a[{says}] | //button[{says}] | //input[@type='submit'][{says}] | //summary[{says}]");
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)).await;
        let element = match found {
            Ok(element) => element,
            Err(why) => panic!("no link or button says “{words}” on {}: {why}", self.place().await),
        };
        self.press(element, words).await;
    }

    /// Type into a field, in place of what is there. Dates and times are written as in HTML: `2026-11-21`, `14:02`,
    /// `2026-11-21T14:02`.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        let kind = field.attr("type").await.ok().flatten().unwrap_or_default();
        let done = if matches!(kind.as_str(), "date" | "time" | "datetime-local" | "month" | "week" | "color" | "range")
        {
            // What keys such a field takes depends on the browser's language; its value does not.
            let set = "const [field, value] = arguments; field.value = value; \
                       field.dispatchEvent(new Event('input', { bubbles: true })); \
                       field.dispatchEvent(new Event('change', { bubbles: true })); return field.value;";
            let field = serde_json::to_value(&field).unwrap();
            self.client.execute(set, vec![field, text.into()]).await.map(|now| {
                assert_eq!(now.as_str(), Some(text), "{css} does not take {text:?}");
            })
        } else {
            match field.clear().await {
                Ok(()) => field.send_keys(text).await,
                Err(why) => Err(why),
            }
        };
        if let Err(why) = done {
            panic!("fill {css} on {}: {why}", self.place().await);
        }
    }

    /// Choose in a list by the option's value.
    pub async fn select(&self, css: &str, value: &str) {
        if let Err(why) = self.find(css).await.select_by_value(value).await {
            panic!("choose {value:?} in {css} on {}: {why}", self.place().await);
        }
    }

    /// Tick or untick a box.
    pub async fn tick(&self, css: &str, wanted: bool) {
        let field = self.find(css).await;
        if field.is_selected().await.unwrap_or_default() != wanted {
            self.press(field, css).await;
        }
    }

    /// Hand a file to a file field.
    pub async fn upload(&self, css: &str, file: &Path) {
        let file = file.canonicalize().unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        if let Err(why) = self.find(css).await.send_keys(&file.to_string_lossy()).await {
            panic!("upload {} in {css} on {}: {why}", file.display(), self.place().await);
        }
    }

    /// Press these keys one after the other, wherever the page's focus stands. `Key` names those that write nothing.
    pub async fn key_presses(&self, keys: &[char]) {
        let press = |presses: KeyActions, key: &char| {
            presses.then(KeyAction::Down { value: *key }).then(KeyAction::Up { value: *key })
        };
        let presses = keys.iter().fold(KeyActions::new("keyboard".to_owned()), press);
        if let Err(why) = self.client.perform_actions(presses).await {
            panic!("press {keys:?} on {}: {why}", self.place().await);
        }
    }

    /// Run a script in the page and take what it returns. Meant for looking, not for doing: a person has no such thing.
    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap_or_else(|why| panic!("script: {why}\n{script}"))
    }

    // ── seeing things ────────────────────────────────────────────────────────────────────────────────────────────

    /// The text a person sees there.
    pub async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.unwrap_or_else(|why| panic!("text of {css}: {why}"))
    }

    /// The texts of all that match, in the page's order. Does not wait.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for element in self.all(css).await {
            texts.push(element.text().await.unwrap_or_else(|why| panic!("texts of {css}: {why}")));
        }
        texts
    }

    pub async fn attribute(&self, css: &str, name: &str) -> Option<String> {
        self.find(css).await.attr(name).await.unwrap_or_else(|why| panic!("{name} of {css}: {why}"))
    }

    /// What a field holds now.
    pub async fn value(&self, css: &str) -> String {
        self.find(css)
            .await
            .prop("value")
            .await
            .unwrap_or_else(|why| panic!("value of {css}: {why}"))
            .unwrap_or_default()
    }

    /// Whether anything matches now. Does not wait.
    pub async fn exists(&self, css: &str) -> bool {
        !self.all(css).await.is_empty()
    }

    pub async fn count(&self, css: &str) -> usize {
        self.all(css).await.len()
    }

    /// Wait until the page says these words somewhere.
    pub async fn sees(&self, words: &str) {
        let path = format!("//body[contains(normalize-space(.), {})]", xpath_text(words));
        if self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)).await.is_err() {
            panic!("{} does not say “{words}”; it says:\n{}", self.place().await, self.text("body").await);
        }
    }

    /// Whether the page says these words now. Does not wait.
    pub async fn says(&self, words: &str) -> bool {
        let path = format!("//body[contains(normalize-space(.), {})]", xpath_text(words));
        !self.client.find_all(Locator::XPath(&path)).await.unwrap_or_default().is_empty()
    }

    /// Keeps the whole page as a picture, where pictures are kept.
    pub async fn keeps(&self, file: &Path) {
        if keeps_pictures() {
            self.screenshot(file).await;
        }
    }

    /// The whole page as a picture, below the fold too.
    pub async fn screenshot(&self, file: &Path) {
        let size = self.devtools("Page.getLayoutMetrics", json!({})).await;
        let (width, height) = (&size["cssContentSize"]["width"], &size["cssContentSize"]["height"]);
        let taken = self
            .devtools(
                "Page.captureScreenshot",
                json!({
                    "format": "png",
                    "captureBeyondViewport": true,
                    "clip": { "x": 0, "y": 0, "width": width, "height": height, "scale": 1 },
                }),
            )
            .await;
        let picture = BASE64_STANDARD.decode(taken["data"].as_str().unwrap_or_default()).unwrap();
        assert!(!picture.is_empty(), "no picture of {}", self.place().await);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).unwrap();
        }
        std::fs::write(file, picture).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
    }

    /// What the window shows, as a small picture for a text.
    pub async fn picture_of_the_window(&self, file: &Path) {
        let taken = self.devtools("Page.captureScreenshot", json!({ "format": "webp", "quality": 82 })).await;
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, BASE64_STANDARD.decode(taken["data"].as_str().unwrap_or_default()).unwrap()).unwrap();
    }

    /// What the accessibility checker finds on this page, in the colours and at the size it has now. Empty is good.
    /// Needs JavaScript.
    pub async fn violations(&self) -> Vec<Violation> {
        self.axe("{ resultTypes: ['violations'] }").await
    }

    async fn axe(&self, options: &str) -> Vec<Violation> {
        assert!(self.look.javascript, "the accessibility checker needs a browser with JavaScript");
        // A script run by the driver is not subject to the page's content security policy.
        if self.script("return typeof axe").await != "object" {
            self.client.execute(include_str!("axe.min.js"), vec![]).await.unwrap_or_else(|why| panic!("axe: {why}"));
        }
        let ask = format!(
            "const answer = arguments[arguments.length - 1]; \
             axe.run({options}).then(r => answer(r.violations), e => answer(String(e)));"
        );
        let found = self.client.execute_async(&ask, vec![]).await.unwrap_or_else(|why| panic!("axe: {why}"));
        let Value::Array(found) = found else { panic!("axe: {found}") };
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        found
            .iter()
            .map(|violation| Violation {
                id: word(&violation["id"]),
                impact: word(&violation["impact"]),
                help: word(&violation["help"]),
                places: violation["nodes"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|node| format!("{}: {}", node["target"], word(&node["failureSummary"]).replace('\n', " ")))
                    .collect(),
            })
            .collect()
    }

    /// The page is fit for everyone, as far as a checker can tell.
    pub async fn is_accessible(&self) {
        let violations = self.violations().await;
        assert!(violations.is_empty(), "{} ({:?}) is not accessible: {violations:#?}", self.place().await, self.look);
    }

    /// What can't be read on this page in the colours it has now. Empty is good.
    pub async fn illegible(&self) -> Vec<Violation> {
        self.axe("{ runOnly: ['color-contrast'], resultTypes: ['violations'] }").await
    }

    /// Everything on the page can be read in the colours it has now: what another colour scheme may change.
    pub async fn is_legible(&self) {
        let violations = self.illegible().await;
        assert!(violations.is_empty(), "{} ({:?}) can't be read: {violations:#?}", self.place().await, self.look);
    }

    // ── the machinery ────────────────────────────────────────────────────────────────────────────────────────────

    /// Another size or colour scheme from now on, with the same session. JavaScript stays as it was at the start.
    pub async fn present_as(&self, look: Look) {
        let scheme = if look.dark { "dark" } else { "light" };
        let size = json!({ "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "", "features": features })).await;
    }

    /// As it will be printed, until it is presented otherwise.
    pub async fn present_on_paper(&self) {
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    }

    /// A command of the browser's own developer tools, which WebDriver has no word for.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let session = self.client.session_id().await.ok().flatten().unwrap_or_default();
        let url = format!("{}/session/{session}/goog/cdp/execute", self.driver);
        let body = json!({ "cmd": command, "params": parameters }).to_string();
        let sent = tokio::task::spawn_blocking(move || {
            let agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().new_agent();
            let answer = agent.post(&url).header("content-type", "application/json").send(body)?;
            answer.into_body().with_config().limit(64 * 1024 * 1024).read_to_vec()
        });
        let answer = sent.await.unwrap().unwrap_or_else(|why| panic!("{command}: {why}"));
        let mut answer: Value = serde_json::from_slice(&answer).unwrap_or_else(|why| panic!("{command}: {why}"));
        assert!(answer["value"]["error"].is_null(), "{command}: {}", answer["value"]["message"]);
        answer["value"].take()
    }

    async fn find(&self, css: &str) -> Element {
        match self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(why) => panic!("no {css} on {}: {why}", self.place().await),
        }
    }

    async fn all(&self, css: &str) -> Vec<Element> {
        self.client.find_all(Locator::Css(css)).await.unwrap_or_else(|why| panic!("{css}: {why}"))
    }

    async fn press(&self, element: Element, what: &str) {
        // As the focus does: into view, and clear of what the page says always covers its edges.
        let shown = "arguments[0].scrollIntoView({ block: 'nearest' })";
        let scrolled = self.client.execute(shown, vec![serde_json::to_value(&element).unwrap()]).await;
        let clicked = match scrolled {
            Ok(_) => element.click().await,
            Err(why) => Err(why),
        };
        if let Err(why) = clicked {
            panic!("click {what} on {}: {why}", self.place().await);
        }
    }

    async fn place(&self) -> String {
        self.client.current_url().await.map(|url| url.to_string()).unwrap_or_else(|_| "no page".to_owned())
    }

    async fn keep_evidence(&self, name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join("browser");
        let file = |ending: &str| -> PathBuf { folder.join(format!("{name}.{ending}")) };
        let _ = AssertUnwindSafe(self.screenshot(&file("png"))).catch_unwind().await;
        if let Ok(source) = self.client.source().await {
            let _ = std::fs::write(file("html"), source);
        }
        eprintln!("{name} failed on {}; its picture and source are in {}", self.place().await, folder.display());
    }
}

/// A text as XPath writes it; it has no escapes, so a text with both kinds of quotes is put together.
fn xpath_text(text: &str) -> String {
    if !text.contains('"') {
        return format!("\"{text}\"");
    }
    let parts: Vec<String> = text.split('"').map(|part| format!("\"{part}\"")).collect();
    format!("concat({})", parts.join(", '\"', "))
}
