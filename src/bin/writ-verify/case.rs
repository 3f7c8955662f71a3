//! The case that somebody asks for: who did what on it, and what left on whose approval.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use writ::conduct::Entry;

/// An entry of the case that was asked for.
#[derive(Clone)]
pub struct Told {
    /// Its number.
    pub seq: u64,
    /// When, in microseconds since 1970.
    pub at_micros: i64,
    /// What happened.
    pub kind: String,
    /// Who acted.
    pub actor: String,
}

/// A draft with the approvals of its exact scope.
#[derive(Clone)]
pub struct Drafted {
    /// The entry of the draft.
    pub draft: Told,
    /// How many approvals it needs.
    pub needed: u64,
    /// Those it got.
    pub approvals: Vec<Told>,
    scope_hash: String,
}

/// Something that left.
pub struct Released {
    /// The entry of the release.
    pub release: Told,
    /// The draft that was in force.
    pub on: Option<Drafted>,
}

/// A case, followed through the log.
pub struct Asked {
    /// What people call it.
    pub reference: String,
    /// Its entries, as far as they were seen.
    pub told: Vec<Told>,
    /// What left.
    pub releases: Vec<Released>,
    /// How the log names it, once it was opened.
    name: Option<String>,
    /// Papers that came before their cases were opened, by case.
    arrived: BTreeMap<String, Vec<Told>>,
    draft: Option<Drafted>,
}

#[derive(Deserialize)]
struct Draft {
    scope_hash: String,
    approvals_needed: u64,
}

impl Asked {
    /// Begins with the reference of the case.
    pub fn of(reference: &str) -> Asked {
        let (told, releases, arrived) = (Vec::new(), Vec::new(), BTreeMap::new());
        Asked { reference: reference.to_owned(), told, releases, name: None, arrived, draft: None }
    }

    /// Takes the next entry.
    pub fn take(&mut self, entry: &Entry<'_>) {
        let Some(case) = entry.case else { return };
        let one = || Told {
            seq: entry.seq,
            at_micros: entry.at_micros,
            kind: entry.kind.to_owned(),
            actor: entry.actor.to_owned(),
        };
        if self.name.is_none() && entry.kind == "document.received" {
            self.arrived.entry(case.to_owned()).or_default().push(one());
        }
        if self.name.is_none() && entry.kind == "case.opened" {
            let before = self.arrived.remove(case).unwrap_or_default();
            if self.says(entry, "/reference").as_deref() == Some(&self.reference) {
                self.name = Some(case.to_owned());
                self.told = before;
                self.arrived.clear();
            }
        }
        if self.name.as_deref() == Some(case) {
            self.follow(entry, one());
        }
    }

    fn follow(&mut self, entry: &Entry<'_>, one: Told) {
        self.told.push(one.clone());
        match entry.kind {
            "decision.drafted" => {
                let whole: Value = serde_json::from_slice(entry.process).unwrap_or_default();
                let draft = whole.get("draft").cloned().and_then(|draft| serde_json::from_value::<Draft>(draft).ok());
                self.draft = draft.map(|Draft { scope_hash, approvals_needed }| Drafted {
                    draft: one,
                    needed: approvals_needed,
                    approvals: Vec::new(),
                    scope_hash,
                });
            }
            "decision.approved" => {
                let of = self.says(entry, "/approval/scope_hash");
                let draft = self.draft.as_mut().filter(|draft| Some(&draft.scope_hash) == of.as_ref());
                draft.into_iter().for_each(|draft| draft.approvals.push(one.clone()));
            }
            "production.released" => self.releases.push(Released { release: one, on: self.draft.clone() }),
            _ => {}
        }
    }

    fn says(&self, entry: &Entry<'_>, place: &str) -> Option<String> {
        let whole: Value = serde_json::from_slice(entry.process).ok()?;
        whole.pointer(place)?.as_str().map(str::to_owned)
    }
}
