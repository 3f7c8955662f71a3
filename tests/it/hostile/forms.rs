//! Every form of every page.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use writ::jobs::Jobs;
use writ::mail::{Mailer, Memory};

use super::{markup, strings};
use crate::support::pages::{FILES, PAGES, Place, Tour};
use crate::support::site::{Client, Page, Site};
use crate::support::until::is_long;
use crate::support::world::World;

/// A form as a page has it.
#[derive(Debug, Clone)]
struct Form {
    action: String,
    is_post: bool,
    has_files: bool,
    fields: Vec<(String, Kind, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// What the page put there: token, one-time id, version.
    Unseen,
    /// What a person types.
    Typed,
    /// What a person chooses.
    Chosen,
    File,
}

pub fn no_form_fails_and_no_page_takes_it_for_markup(world: &World) {
    let tour = Tour::small(world);
    let site = world.serves();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let (mut forms, mut posts) = (0, 0);
    let strings = strings::all();
    for place in PAGES {
        let (_, who, _) = *place;
        let address = tour.address(place);
        for form in forms_of(&browser(world, &site, who).gets(&address)) {
            let typed = form.fields.iter().filter(|(_, kind, _)| *kind == Kind::Typed).count();
            let names: Vec<&str> = form.fields.iter().map(|(name, ..)| name.as_str()).collect();
            if typed == 0 || !seen.insert(format!("{} {names:?}", like(&form.action))) {
                continue;
            }
            forms += 1;
            for text in &strings {
                posts += sends(world, &site, who, &address, &form, None, text);
            }
            // Each field by itself too, with the other fields as the page has them.
            for (field, kind, _) in &form.fields {
                let ours = strings.iter().take(if is_long() { 40 } else { 3 });
                if *kind != Kind::Unseen {
                    posts +=
                        ours.map(|text| sends(world, &site, who, &address, &form, Some(field), text)).sum::<usize>();
                }
            }
        }
    }
    println!("{forms} forms, {} strings, {posts} sent", strings.len());
    assert!(forms >= 30, "only {forms} forms were found");
    every_page_is_ours(world, &site, &tour);
    every_list_is_text(world, &site);
    every_mail_is_well_formed(world);
}

fn browser<'s>(world: &World, site: &'s Site, who: &str) -> Client<'s> {
    if who.is_empty() {
        return site.visitor();
    }
    // Wrong passwords sent by the forms pause signing in for a while.
    world.ctx.clock.set(world.ctx.clock.now().plus(TimeDelta::minutes(20)));
    site.browser_of(&world.person(who))
}

/// Sends one form with one string, on a page that was opened for it. Forms that change who may sign in are sent by
/// somebody new, so that the others stay who they are.
fn sends(world: &World, site: &Site, who: &str, address: &str, form: &Form, only: Option<&str>, text: &str) -> usize {
    let client = browser(world, site, who);
    let page = client.gets(address);
    let fresh =
        forms_of(&page).into_iter().find(|one| one.action == form.action && one.fields.len() == form.fields.len());
    // An earlier one may have been taken, and the page may have gone on.
    let Some(form) = fresh else { return 0 };
    let value = |(name, kind, value): &(String, Kind, String)| match kind {
        Kind::Unseen => value.clone(),
        _ if only.is_some_and(|only| only != name) => value.clone(),
        Kind::Chosen if only.is_none() => value.clone(),
        _ => text.to_owned(),
    };
    let fields: Vec<(&str, String)> = form
        .fields
        .iter()
        .filter(|(_, kind, _)| *kind != Kind::File)
        .map(|field| (field.0.as_str(), value(field)))
        .collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = if !form.is_post {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        client.gets(&format!("{}?{query}", form.action))
    } else if form.has_files {
        let name: String = text.chars().filter(|c| !c.is_control() && *c != '"').take(200).collect();
        let files: Vec<_> = form.fields.iter().filter(|(_, kind, _)| *kind == Kind::File).collect();
        let files: Vec<_> = files.iter().map(|(field, ..)| (field.as_str(), name.as_str(), text.as_bytes())).collect();
        client.uploads(&form.action, &fields, &files)
    } else {
        client.posts(&form.action, &fields)
    };
    assert!(answer.status < 500, "{} with “{text}”: {} {}", form.action, answer.status, answer.text());
    if answer.kind.starts_with("text/html") {
        markup::is_ours(&answer.source(), text);
    }
    if let Some(to) = &answer.location {
        assert!(to.starts_with('/') && !to.starts_with("//"), "{} with “{text}” leads to {to}", form.action);
    }
    1
}

/// An address without what differs from one case to the next.
fn like(action: &str) -> String {
    let is_own = |part: &&str| part.len() < 11 || part.chars().any(|c| !c.is_ascii_hexdigit() && c != '-');
    action.split('/').map(|part| if is_own(&part) { part } else { "*" }).collect::<Vec<_>>().join("/")
}

// ── afterwards ───────────────────────────────────────────────────────────────────

/// What was taken stands on the pages now.
fn every_page_is_ours(world: &World, site: &Site, tour: &Tour) {
    for place in PAGES {
        let page = browser(world, site, place.1).gets(&tour.address(place));
        assert!(page.status < 500, "{}: {}", place.2, page.text());
        markup::is_ours(&page.source(), place.2);
        assert!(!place.2.starts_with("/queue") || page.source().len() > 1_000);
    }
    let anna = browser(world, site, "anna");
    for case in world.cases() {
        for tab in ["", "?tab=requester", "?tab=documents", "?tab=comments", "?tab=log", "?tab=checklist"] {
            let page = anna.gets(&format!("/cases/{}{tab}", case.reference));
            assert!(page.status < 500, "{} {tab}: {}", case.reference, page.text());
            markup::is_ours(&page.source(), tab);
        }
    }
}

/// No cell of a list that leaves is a formula.
fn every_list_is_text(world: &World, site: &Site) {
    let mut cells = 0;
    for (_, who, address) in FILES.iter().filter(|file: &&Place| file.0.ends_with(".csv")) {
        let page = browser(world, site, who).gets(address);
        assert_eq!(page.status, 200, "{address}");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(page.body.as_slice());
        for cell in reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
            let is_formula = cell.trim_start().starts_with(['=', '+', '-', '@']) || cell.starts_with(['\t', '\r']);
            assert!(!is_formula || cell.parse::<f64>().is_ok_and(|n| n <= 0.0), "{address} holds the formula {cell}");
            cells += 1;
        }
    }
    assert!(cells > 500, "only {cells} cells");
}

/// No mail has a header or a receiver that somebody typed into it.
fn every_mail_is_well_formed(world: &World) {
    let memory = std::sync::Arc::new(Memory::default());
    let mailer = Mailer::to_memory("Writ <writ@writ.example>", memory.clone()).unwrap();
    let jobs = Jobs { ctx: world.ctx.clone(), mailer, public_url: None, due_soon_days: 3 };
    jobs.run_once().unwrap();
    let known = BTreeSet::from([
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "auto-submitted",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
    ]);
    let mails = memory.mails();
    assert!(!mails.is_empty(), "no mail went");
    for mail in mails {
        let head = mail.split("\r\n\r\n").next().unwrap();
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for line in head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])) {
            let name = line.split(':').next().unwrap().to_lowercase();
            assert!(known.contains(name.as_str()), "a header that is not ours: {line}");
            *count.entry(name).or_default() += 1;
        }
        assert!(count.values().all(|n| *n == 1), "a header twice: {head}");
    }
}

// ── reading a page's forms ───────────────────────────────────────────────────────

fn forms_of(page: &Page) -> Vec<Form> {
    let source = page.source();
    source.split("<form").skip(1).filter_map(|part| form_of(part.split("</form>").next().unwrap())).collect()
}

fn form_of(part: &str) -> Option<Form> {
    let (head, inside) = part.split_once('>')?;
    let action = attribute(head, "action").unwrap_or_default();
    // Whoever signs out, or ends all sessions, has nothing more to send.
    if action.is_empty() || action == "/sign-out" {
        return None;
    }
    let mut fields = Vec::new();
    for tag in inside.split('<').skip(1) {
        let (head, behind) = tag.split_once('>').unwrap_or((tag, ""));
        let Some(name) = attribute(head, "name") else { continue };
        let value = attribute(head, "value").unwrap_or_default();
        let kind = match (head.split(' ').next().unwrap(), attribute(head, "type").as_deref()) {
            ("input", Some("hidden")) => Kind::Unseen,
            ("input", Some("file")) => Kind::File,
            ("input", Some("radio" | "checkbox")) if !head.contains(" checked") => continue,
            ("input", Some("radio" | "checkbox")) => Kind::Chosen,
            ("input", _) => Kind::Typed,
            ("textarea", _) => {
                fields.push((name, Kind::Typed, plain(behind)));
                continue;
            }
            ("select", _) => Kind::Chosen,
            _ => continue,
        };
        fields.push((name, kind, value));
    }
    let has_files = attribute(head, "enctype").is_some_and(|kind| kind.starts_with("multipart"));
    Some(Form { action, is_post: attribute(head, "method").as_deref() == Some("post"), has_files, fields })
}

fn attribute(head: &str, name: &str) -> Option<String> {
    let value = head.split_once(&format!(" {name}=\""))?.1.split('"').next()?;
    Some(plain(value))
}

fn plain(text: &str) -> String {
    let named = [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&gt;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    named.iter().fold(text.to_owned(), |text, (name, sign)| text.replace(name, sign))
}
