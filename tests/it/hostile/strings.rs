//! What is sent.

use std::path::PathBuf;

use crate::support::skipped::skipped;
use crate::support::until::is_long;

/// Ours: one of each kind, always there.
const OURS: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' autofocus onfocus=alert(1) x='",
    "</textarea></title><svg onload=alert(1)>",
    "javascript:alert(1)",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<!--><iframe srcdoc='<script>alert(1)</script>'>",
    "{{7*7}} ${7*7} <%= 7*7 %> #{7*7}",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(1+1)",
    "-2+3",
    "' OR 1=1; DROP TABLE cases; --",
    "%00%0a%0d",
    "a\r\nBcc: everybody@writ.example\r\n\r\nhello",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "\u{0}",
    "\u{202e}txt.exe",
    "\u{feff}\u{200b}\u{200d}",
    "𝕳𝖔𝖘𝖙𝖎𝖑𝖊 ﷽ Ω≈ç√∫ 👩‍👩‍👧‍👦",
    "NaN",
    "-1",
    "99999999999999999999999",
    "0x7fffffffffffffff",
    "2026-02-30",
    "9999-12-31T23:59:60Z",
    "%",
    "_",
    "\\",
    "\"",
    "'",
    "`",
    "&lt;&amp;#60;",
];

/// One string in so many of the outside lists is taken in an ordinary run.
const SHARE: usize = 24;

/// Everything that is sent, each once.
pub fn all() -> Vec<String> {
    let mut all: Vec<String> = OURS.iter().map(|text| (*text).to_owned()).collect();
    all.push("x".repeat(20_000));
    all.push("<".repeat(5_000));
    let outside = outside();
    let every = if is_long() { 1 } else { SHARE };
    all.extend(outside.into_iter().step_by(every));
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|text| seen.insert(text.clone()));
    all
}

fn outside() -> Vec<String> {
    let folder = std::env::var_os("WRIT_CORPUS").map(PathBuf::from).filter(|folder| folder.is_dir());
    let Some(folder) = folder else {
        skipped("lists of attack strings: WRIT_CORPUS names no folder");
        return Vec::new();
    };
    let read = |name: &str| String::from_utf8_lossy(&std::fs::read(folder.join(name)).unwrap()).into_owned();
    let lines = |name: &str| read(name).lines().map(str::to_owned).collect::<Vec<_>>();
    let mut all: Vec<String> = serde_json::from_str(&read("identifiers/blns.json")).unwrap();
    for list in ["RSNAKE_XSS.txt", "SQLi_Polyglots.txt", "XSS_Polyglots.txt", "directory_traversal.txt", "SVG_XSS1.svg"]
    {
        all.extend(lines(&format!("security/{list}")));
    }
    // Formulas stand in the guide's code blocks.
    let is_formula = |line: &String| line.starts_with(['=', '+', '-', '@', '%']);
    all.extend(lines("security/CSV-Injection-README.md").into_iter().filter(is_formula));
    let addresses = read("identifiers/isemail-tests.xml");
    let addresses = addresses.split("<address>").skip(1).filter_map(|part| part.split("</address>").next());
    all.extend(addresses.map(unescaped));
    let numbers: serde_json::Value =
        serde_json::from_str(&read("identifiers/libphonenumber-examples.mobile.json")).unwrap();
    let numbers = numbers.as_object().unwrap().values().filter_map(|number| number.as_str());
    all.extend(numbers.map(str::to_owned));
    all.retain(|text| !text.is_empty());
    assert!(all.len() > 800, "the lists are shorter than they were: {}", all.len());
    all
}

/// What XML writes with names and numbers.
fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let (name, behind) = after.split_once(';').unwrap_or((after, ""));
        let number = name.strip_prefix("#x").and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let number = number.or_else(|| name.strip_prefix('#').and_then(|number| number.parse().ok()));
        match name {
            "lt" => plain.push('<'),
            "gt" => plain.push('>'),
            "amp" => plain.push('&'),
            "quot" => plain.push('"'),
            "apos" => plain.push('\''),
            _ => plain.extend(number.and_then(char::from_u32)),
        }
        rest = behind;
    }
    plain + rest
}
