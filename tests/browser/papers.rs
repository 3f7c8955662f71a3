//! The papers that go the whole way, as an analyst reads them.

use std::path::{Path, PathBuf};

use crate::skipped::skipped;

/// A grand jury subpoena on a messenger, with a cover letter and a court's order.
#[derive(Clone, Debug)]
pub struct Paper {
    pub file: PathBuf,
    /// On whom it is served.
    pub entity: &'static str,
    pub court: &'static str,
    pub docket: &'static str,
    pub agency: &'static str,
    pub state: &'static str,
    pub officer: Officer,
    pub received_at: &'static str,
    pub issued_on: &'static str,
    pub return_by: &'static str,
    /// The first and last day it asks about.
    pub period: [&'static str; 2],
    /// The accounts it asks about, as it writes them.
    pub phones: [&'static str; 2],
    pub order: Order,
}

#[derive(Clone, Debug)]
pub struct Officer {
    pub name: &'static str,
    pub email: &'static str,
    pub phone: &'static str,
}

/// The court's order of non-disclosure.
#[derive(Clone, Debug)]
pub struct Order {
    pub docket: &'static str,
    pub starts_on: &'static str,
    pub ends_on: &'static str,
}

/// The subpoena of 2016 on Open Whisper Systems. What is blacked out on it, accounts, days and numbers, is invented
/// here. `None` after saying `SKIPPED` where there is no corpus.
pub fn real() -> Option<Paper> {
    let corpus = std::env::var_os("WRIT_CORPUS").map(PathBuf::from);
    let file = corpus.map(|folder| folder.join("legal/signal/eastern-virginia-subpoena.pdf"));
    let Some(file) = file.filter(|file| file.is_file()) else {
        skipped("on the real subpoena of 2016: WRIT_CORPUS names no folder that has it");
        return None;
    };
    Some(Paper {
        file,
        entity: "Open Whisper Systems",
        court: "United States District Court for the Eastern District of Virginia",
        docket: "16-GJ-0142",
        agency: "United States Attorney's Office, Eastern District of Virginia",
        state: "VA",
        officer: Officer { name: "Jordan Specimen", email: "jordan.specimen@usdoj.example", phone: "(703) 555-0137" },
        received_at: "2016-07-12T10:15",
        issued_on: "2016-07-06",
        return_by: "2016-08-02",
        period: ["2014-07-29", "2016-07-06"],
        phones: ["+1 (703) 555-0142", "+1 (703) 555-0187"],
        order: Order { docket: "1:16-ec-0117", starts_on: "2016-07-06", ends_on: "2017-07-06" },
    })
}

/// The made-up paper, born digital.
pub fn made_up() -> Paper {
    Paper {
        file: in_papers("subpoena.pdf"),
        entity: "Example Messenger, Inc.",
        court: "United States District Court, District of Meridiana",
        docket: "26-GJ-0117-04",
        agency: "United States Attorney, District of Meridiana",
        state: "",
        officer: Officer {
            name: "Avery Q. Sample",
            email: "avery.sample@usao-meridiana.example",
            phone: "(202) 555-0114",
        },
        received_at: "2026-10-30T14:05",
        issued_on: "2026-10-26",
        return_by: "2026-11-17",
        period: ["2026-01-01", "2026-10-20"],
        phones: ["+1 (202) 555-0142", "+1 (202) 555-0187"],
        order: Order { docket: "3:26-mj-00417", starts_on: "2026-10-26", ends_on: "2027-10-26" },
    }
}

/// The same as it comes out of a scanner.
pub fn scanned() -> Paper {
    Paper { file: in_papers("subpoena-scan.pdf"), ..made_up() }
}

fn in_papers(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("papers").join(name)
}

/// What one line of the paper asks for, and what should come of it.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// The category in the catalogue of the messenger.
    pub category: &'static str,
    /// As the catalogue names it for people.
    pub name: &'static str,
    pub fate: Fate,
}

/// What should come of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Given: on the list of § 2703(c)(2).
    Given,
    /// Refused: needs an order under § 2703(d).
    NeedsOrder,
    /// Refused: the signed paper does not ask for it.
    NotInPaper,
}

const fn item(category: &'static str, name: &'static str, fate: Fate) -> Item {
    Item { category, name, fate }
}

const OF_EACH_PHONE: [Item; 6] = [
    item("name", "Name", Fate::Given),
    item("contact_data", "Contact data", Fate::Given),
    item("payment", "Payment", Fate::Given),
    item("session_log", "Session times and addresses", Fate::Given),
    item("associated_accounts", "Associated accounts", Fate::NeedsOrder),
    item("account_history", "Account history", Fate::NeedsOrder),
];
const NOT_ASKED: Item = item("message_content", "Message content", Fate::NotInPaper);

/// One line: which account, what.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Its number on the case.
    pub number: usize,
    pub phone: &'static str,
    pub item: Item,
}

/// The end of a phone number, which stays the same however the number is written.
pub fn ending(phone: &str) -> &str {
    &phone[phone.len() - "555-0142".len()..]
}

impl Paper {
    /// What the analyst enters: six items for each account, and one that only somebody's mail asked for.
    pub fn lines(&self) -> Vec<Line> {
        let asked = self.phones.iter().flat_map(|phone| OF_EACH_PHONE.map(|item| (*phone, item)));
        let all = asked.chain([(self.phones[0], NOT_ASKED)]);
        (1..).zip(all).map(|(number, (phone, item))| Line { number, phone, item }).collect()
    }

    pub fn lines_that_are(&self, fate: Fate) -> Vec<Line> {
        self.lines().into_iter().filter(|line| line.item.fate == fate).collect()
    }
}
