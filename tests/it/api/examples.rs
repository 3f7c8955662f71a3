//! The examples of `docs/api.md`: what was sent and answered in a real run. The document must show just that;
//! `WRIT_BLESS=1` writes it anew.

use std::collections::HashMap;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::support::papers::SUBPOENA;
use crate::support::site::Page;

/// Examples in the order they were made. Ids and hashes come by chance, so each gets a made-up one in its place, the
/// same wherever it stands.
#[derive(Default)]
pub struct Examples {
    texts: Vec<(String, String)>,
    known: HashMap<String, String>,
}

impl Examples {
    /// A call and its answer. `sent` is the body as the document shows it.
    pub fn note(&mut self, name: &str, call: &str, sent: &str, page: &Page) {
        self.note_as(name, call, sent, page, &laid_out(&page.source()));
    }

    /// The same with only the first of each list.
    pub fn note_short(&mut self, name: &str, call: &str, page: &Page) {
        self.note_as(name, call, "", page, &laid_out(&first_of_lists(&page.source())));
    }

    fn note_as(&mut self, name: &str, call: &str, sent: &str, page: &Page, answered: &str) {
        let mut text = format!("{call}\n");
        if !sent.is_empty() {
            text.push_str(&format!("\n{}\n", sent.trim()));
        }
        text.push_str(&format!("\nHTTP/1.1 {}\n", page.status));
        for header in ["content-type", "location", "www-authenticate"] {
            if let Some(value) = page.header(header) {
                text.push_str(&format!("{header}: {value}\n"));
            }
        }
        if !answered.is_empty() {
            text.push_str(&format!("\n{answered}\n"));
        }
        let text = self.settled(&text);
        self.texts.push((name.to_owned(), text));
    }

    /// What the document must show is what it shows.
    pub fn are_in_the_docs(&self) {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/api.md");
        let text = std::fs::read_to_string(&file).unwrap();
        let (mut whole, mut rest) = (String::new(), text.as_str());
        let mut shown = Vec::new();
        while let Some((before, after)) = rest.split_once("<!-- example: ") {
            let (name, after) = after.split_once(" -->\n").unwrap();
            let old = after.split_once("```http\n").and_then(|(_, block)| block.split_once("```\n")).unwrap();
            let (_, example) =
                self.texts.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("no run made {name}"));
            whole.push_str(&format!("{before}<!-- example: {name} -->\n```http\n{example}```\n"));
            shown.push(name.to_owned());
            rest = old.1;
        }
        whole.push_str(rest);
        for (name, _) in &self.texts {
            assert!(shown.contains(name), "docs/api.md has no place for the example {name}");
        }
        if std::env::var_os("WRIT_BLESS").is_some() {
            std::fs::write(&file, &whole).unwrap();
        } else {
            let differs = text.lines().zip(whole.lines()).find(|(is, must)| is != must);
            assert!(text == whole, "docs/api.md shows something else than the program answers: {differs:?}");
        }
    }

    /// Made-up ids and hashes for those of this run.
    fn settled(&mut self, text: &str) -> String {
        let mut settled = String::new();
        let mut word = String::new();
        for c in text.chars().chain(['\n']) {
            if c.is_ascii_hexdigit() || c == '-' {
                word.push(c);
                continue;
            }
            settled.push_str(&self.made_up(&word));
            word.clear();
            settled.push(c);
        }
        settled.truncate(settled.len() - 1);
        settled
    }

    fn made_up(&mut self, word: &str) -> String {
        let is_hash = word.len() == 64 && !word.contains('-') && word != hex::encode(Sha256::digest(SUBPOENA));
        let is_id = word.len() == 36 && uuid::Uuid::parse_str(word).is_ok();
        if !is_hash && !is_id {
            return word.to_owned();
        }
        let number = self.known.len() + 1;
        let made_up = || match is_hash {
            true => hex::encode(Sha256::digest(number.to_string())),
            false => format!("019a0000-0000-7000-8000-{number:012}"),
        };
        self.known.entry(word.to_owned()).or_insert_with(made_up).clone()
    }
}

/// JSON over several lines, in the order it was sent; what fits on a line stays on it.
fn laid_out(json: &str) -> String {
    let Ok(value) = serde_json::from_str::<Ordered>(json) else { return String::new() };
    value.laid_out(0)
}

fn first_of_lists(json: &str) -> String {
    let mut value = serde_json::from_str::<Ordered>(json).unwrap();
    value.shorten();
    value.on_a_line()
}

/// JSON that keeps the order of its fields.
enum Ordered {
    Plain(String),
    List(Vec<Ordered>),
    Object(Vec<(String, Ordered)>),
}

impl Ordered {
    fn laid_out(&self, depth: usize) -> String {
        let line = self.on_a_line();
        if line.len() + depth * 2 <= 100 {
            return line;
        }
        let (inner, outer) = ("  ".repeat(depth + 1), "  ".repeat(depth));
        match self {
            Ordered::Plain(text) => text.clone(),
            Ordered::List(items) => {
                let items: Vec<_> = items.iter().map(|item| format!("{inner}{}", item.laid_out(depth + 1))).collect();
                format!("[\n{}\n{outer}]", items.join(",\n"))
            }
            Ordered::Object(fields) => {
                let field =
                    |(name, value): &(String, Ordered)| format!("{inner}\"{name}\": {}", value.laid_out(depth + 1));
                format!("{{\n{}\n{outer}}}", fields.iter().map(field).collect::<Vec<_>>().join(",\n"))
            }
        }
    }

    fn on_a_line(&self) -> String {
        match self {
            Ordered::Plain(text) => text.clone(),
            Ordered::List(items) => {
                format!("[{}]", items.iter().map(Ordered::on_a_line).collect::<Vec<_>>().join(", "))
            }
            Ordered::Object(fields) if fields.is_empty() => "{}".to_owned(),
            Ordered::Object(fields) => {
                let field = |(name, value): &(String, Ordered)| format!("\"{name}\": {}", value.on_a_line());
                format!("{{ {} }}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn shorten(&mut self) {
        match self {
            Ordered::Plain(_) => {}
            Ordered::List(items) => {
                let is_longer = items.len() > 1;
                items.truncate(1);
                items.iter_mut().for_each(Ordered::shorten);
                if is_longer {
                    items.push(Ordered::Plain("\"…\"".into()));
                }
            }
            Ordered::Object(fields) => fields.iter_mut().for_each(|(_, value)| value.shorten()),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Ordered {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Ordered, D::Error> {
        from.deserialize_any(OrderedVisitor)
    }
}

struct OrderedVisitor;

impl<'de> serde::de::Visitor<'de> for OrderedVisitor {
    type Value = Ordered;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Ordered, E> {
        Ok(Ordered::Plain("null".into()))
    }

    fn visit_bool<E>(self, is: bool) -> Result<Ordered, E> {
        Ok(Ordered::Plain(is.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Ordered, E> {
        Ok(Ordered::Plain(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Ordered, E> {
        Ok(Ordered::Plain(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Ordered, E> {
        Ok(Ordered::Plain(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Ordered, E> {
        Ok(Ordered::Plain(serde_json::to_string(text).unwrap()))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Ordered, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(Ordered::List(all))
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut fields: A) -> Result<Ordered, A::Error> {
        let mut all = Vec::new();
        while let Some(field) = fields.next_entry()? {
            all.push(field);
        }
        Ok(Ordered::Object(all))
    }
}
