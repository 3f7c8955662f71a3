//! Whether a page holds only markup of ours: tags that stand in our templates, no handler, no address that runs.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Tags of the templates and of the charts.
static OURS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    let mut tags = BTreeSet::new();
    for folder in ["templates", "pages", "pages/report"] {
        for file in std::fs::read_dir(root.join(folder)).unwrap().map(|file| file.unwrap().path()) {
            if file.is_file() {
                tags.extend(tags_of(&std::fs::read_to_string(file).unwrap()));
            }
        }
    }
    assert!(tags.contains("html") && tags.contains("textarea") && !tags.contains("iframe"), "{tags:?}");
    tags
});

fn tags_of(text: &str) -> Vec<String> {
    let name = |part: &str| part.chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    let named = text.split('<').skip(1).filter(|part| part.starts_with(|c: char| c.is_ascii_lowercase())).map(name);
    named.collect()
}

/// Asserts it, naming what was sent.
#[track_caller]
pub fn is_ours(source: &str, sent: &str) {
    if let Err(why) = looks(source) {
        panic!("after “{}” a page holds {why}", sent.chars().take(200).collect::<String>());
    }
}

fn looks(source: &str) -> Result<(), String> {
    let mut rest = source;
    while let Some((_, after)) = rest.split_once('<') {
        let around = || after.chars().take(120).collect::<String>();
        if after.starts_with("!DOCTYPE") || after.starts_with("!doctype") {
            rest = after;
            continue;
        }
        let is_end = after.starts_with('/');
        let inside = after.strip_prefix('/').unwrap_or(after);
        let name: String = inside.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        if !OURS.contains(&name) {
            return Err(format!("a tag that is not ours: <{}", around()));
        }
        let (attributes, behind) =
            attributes(&inside[name.len()..]).ok_or_else(|| format!("an open tag: <{}", around()))?;
        if is_end && !attributes.is_empty() {
            return Err(format!("an odd end tag: <{}", around()));
        }
        for (attribute, value) in &attributes {
            let value = value.trim().to_lowercase();
            let is_address = ["href", "src", "action", "formaction", "data", "srcset"].contains(&attribute.as_str());
            let leads_home = value.starts_with('/') && !value.starts_with("//") || value.starts_with(['#', '?']);
            if attribute.starts_with("on") || attribute == "style" || attribute == "srcdoc" {
                return Err(format!("a handler: <{}", around()));
            }
            if is_address && !leads_home && !value.is_empty() {
                return Err(format!("an address that leads away: <{}", around()));
            }
        }
        if name == "script" && !is_end && !attributes.iter().any(|(name, _)| name == "src") {
            return Err(format!("a script of its own: <{}", around()));
        }
        rest = behind;
    }
    Ok(())
}

/// The attributes of a tag, and what comes after it. Our templates put every value in double quotes.
fn attributes(mut rest: &str) -> Option<(Vec<(String, String)>, &str)> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(behind) = rest.strip_prefix('>') {
            return Some((found, behind));
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || ['=', '>', '/'].contains(&c))?;
        if end == 0 {
            return None;
        }
        let name = rest[..end].to_lowercase();
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return None;
        }
        rest = &rest[end..];
        let value = match rest.strip_prefix("=\"") {
            Some(quoted) => {
                let (value, behind) = quoted.split_once('"')?;
                rest = behind;
                value
            }
            None if rest.starts_with('=') => {
                let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '>')?;
                let value = &rest[1..end];
                rest = &rest[end..];
                value
            }
            None => "",
        };
        found.push((name, value.to_owned()));
    }
}

#[test]
fn what_is_not_ours_is_seen() {
    let page = |inside: &str| format!("<!DOCTYPE html><html lang=\"en\"><body><p>{inside}</p></body></html>");
    assert_eq!(looks(&page("plain &lt;b&gt; <a href=\"/queue?tab=mine\">x</a>")), Ok(()));
    for bad in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\"//evil.example\">x</a>",
        "<p onclick=\"x\">",
        "<p style=\"x\">",
        "<iframe>",
        "< b",
        "<p a",
        "</p x>",
    ] {
        assert!(looks(&page(bad)).is_err(), "{bad} was not seen");
    }
}
