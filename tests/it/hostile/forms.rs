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
    let mut turns = 0_usize..;
    for place in PAGES {
        let (_, who, _) = *place;
        for form in forms_of(&browser(world, &site, who).gets(&tour.address(place))) {
            let typed = form.fields.iter().filter(|(_, kind, _)| *kind == Kind::Typed).count();
            let names: Vec<&str> = form.fields.iter().map(|(name, ..)| name.as_str()).collect();
            if typed == 0 || !seen.insert(format!("{} {names:?}", like(&form.action))) {
                continue;
            }
            forms += 1;
            let mut clerk =
                Clerk { world, site: &site, place, tour: tour.clone(), form, before: None, more_tours: MORE };
            posts += strings.iter().map_while(|text| clerk.sends(None, text)).count();
            // Each field by itself too, with the other fields as the page has them: the next field takes the next share.
            let share = if is_long() { 8 } else { 30 };
            for at in 0..clerk.form.fields.len() {
                if clerk.form.fields[at].1 != Kind::Unseen {
                    let turn = turns.next().unwrap_or_default();
                    let ours = strings.iter().skip(turn % share).step_by(share);
                    posts += ours.map_while(|text| clerk.sends(Some(at), text)).count();
                }
            }
        }
    }
    println!("{forms} forms, {} strings, {posts} sent", strings.len());
    assert!(forms >= 30, "only {forms} forms were found");
    assert!(posts > forms * strings.len() * 3 / 4, "only {posts} were sent");
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

/// So often a form that is gone, because what was sent was taken, is looked for on the same page of other cases.
const MORE: usize = 2;

/// Fills in one form of one page, again and again.
struct Clerk<'w> {
    world: &'w World,
    site: &'w Site,
    place: &'w Place,
    tour: Tour,
    form: Form,
    /// Who sits before the page, while it is open.
    before: Option<Client<'w>>,
    more_tours: usize,
}

impl<'w> Clerk<'w> {
    /// Sends the form with this text in every field that is typed, or in one field whatever it is; nothing where the
    /// form is to be found no longer.
    fn sends(&mut self, only: Option<usize>, text: &str) -> Option<()> {
        let client = self.before.take().or_else(|| self.opens())?;
        let form = &self.form;
        let value = |(at, (_, kind, value)): (usize, &(String, Kind, String))| match kind {
            Kind::Unseen => value.clone(),
            _ if only.is_some_and(|only| only != at) => value.clone(),
            Kind::Chosen if only.is_none() => value.clone(),
            _ => text.to_owned(),
        };
        let fields = form.fields.iter().enumerate().filter(|(_, field)| field.1 != Kind::File);
        let fields: Vec<(&str, String)> = fields.map(|field| (field.1.0.as_str(), value(field))).collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = if !form.is_post {
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
            client.gets(&format!("{}?{query}", form.action))
        } else if form.has_files {
            let name: String = text.chars().filter(|c| !c.is_control() && *c != '"').take(200).collect();
            let files = form.fields.iter().filter(|(_, kind, _)| *kind == Kind::File);
            let files: Vec<_> = files.map(|(field, ..)| (field.as_str(), name.as_str(), text.as_bytes())).collect();
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
        // Whom the form was given back to fills it in again. After anything else the page is opened anew, by somebody
        // who signed in anew: what was sent may have changed the case, the password, or who may sign in.
        let is_given_back = if form.is_post { answer.status == 422 } else { answer.status == 200 };
        self.before = is_given_back.then_some(client);
        Some(())
    }

    /// Opens the page, of another case where this one has gone on.
    fn opens(&mut self) -> Option<Client<'w>> {
        loop {
            let client = browser(self.world, self.site, self.place.1);
            let here = forms_of(&client.gets(&self.tour.address(self.place)));
            let is_it =
                |one: &Form| like(&one.action) == like(&self.form.action) && one.fields.len() == self.form.fields.len();
            if let Some(form) = here.into_iter().find(is_it) {
                self.form = form;
                return Some(client);
            }
            self.more_tours = self.more_tours.checked_sub(1)?;
            self.tour = Tour::small(self.world);
        }
    }
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
    let jobs = Jobs::new(world.ctx.clone(), mailer);
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
