//! The demands of a case on a page: one by one where they are few, in groups where they are many. A group asks the
//! same, got the same answer and was decided the same, so that one choice decides all of it; a single demand of it
//! may still be decided apart, and is a group of its own from then on.

use std::collections::BTreeMap;

use super::case_parts::Words;
use super::case_review::{DemandLine, line};
use super::choices::Choice;
use super::decision_form::DecisionFields;
use crate::actions::view_case::CaseView;
use crate::domain::case::Case;
use crate::domain::demand::{Demand, numbered, ranges};
use crate::domain::staff::Staff;
use crate::web::fields::Form;

/// As many demands are shown one by one.
const EACH: usize = 24;
/// As many groups stand on one page, and as many demands of them.
const GROUPS: usize = 20;
const MEMBERS: usize = 500;
/// A group that is larger is shown in parts.
const LARGEST: usize = 250;

/// The demands as a page shows them.
pub struct Demands {
    /// How many the case has.
    pub count: usize,
    /// One by one; empty where they are grouped.
    pub each: Vec<DemandLine>,
    /// In groups; empty where they are few.
    pub groups: Vec<DemandGroup>,
    /// The decision form, one for each line; none where nothing can be decided now.
    pub decisions: Vec<DecisionFields>,
    /// Which groups these are of all, where not all stand on the page.
    pub part: Option<Part>,
    /// The kinds of identifier and decision forms are offered for.
    pub can_decide: bool,
}

/// A part of all groups.
pub struct Part {
    /// The first group shown, from 1.
    pub first: usize,
    /// The last.
    pub last: usize,
    /// How many there are.
    pub of: usize,
    /// Where the part before begins.
    pub before: Option<usize>,
    /// Where the next part begins.
    pub next: Option<usize>,
}

/// Demands that ask the same and were answered and decided the same.
pub struct DemandGroup {
    /// What its fields are called after: `g0`.
    pub key: String,
    /// `demands 1 to 200`.
    pub numbers: String,
    /// The same as a form carries it: `1-200`.
    pub of: String,
    /// What holds for all of them, as the first of them has it.
    pub line: DemandLine,
    /// Each of them.
    pub members: Vec<Member>,
    /// The decision form, where something can be decided.
    pub fields: Option<DecisionFields>,
    /// `150 collected, 2 no data`; empty before collection.
    pub results: String,
}

/// One demand of a group.
pub struct Member {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: u32,
    /// The identifier; none where sealed.
    pub identifier: Option<String>,
    /// Whether it must stay on one line.
    pub is_short: bool,
    /// What to choose for it alone; empty where nothing can be decided.
    pub only: Vec<Choice>,
    /// What was collected.
    pub result: Option<&'static str>,
}

impl DemandGroup {
    /// The one demand of a group that has no other; else nothing.
    pub fn single(&self) -> &[Member] {
        if self.members.len() == 1 { &self.members } else { &[] }
    }

    /// As a sentence about it goes on: `this demand`.
    pub fn whom(&self) -> &'static str {
        if self.members.len() == 1 { "this demand" } else { "each of these demands" }
    }

    /// `193 identifiers`.
    pub fn count(&self) -> String {
        super::case_log::count(self.members.len(), "identifier")
    }
}

impl Demands {
    /// The demands on the review tab: with a decision form for `who`, where one is given, from a group on.
    pub fn new(view: &CaseView, words: Words<'_>, decides: Option<(&Staff, &Form)>, from: usize) -> Demands {
        let case = &view.case;
        if case.demands.len() <= EACH {
            return Demands::each(view, words, decides);
        }
        let all = grouped(case, LARGEST);
        let (first, shown) = page_of(&all, from);
        let last = first.saturating_add(shown.len());
        let part = (shown.len() < all.len()).then(|| Part {
            first: first.saturating_add(1),
            last,
            of: all.len(),
            before: (first > 0).then(|| page_before(&all, first)),
            next: (last < all.len()).then_some(last),
        });
        let group =
            |(at, members): (usize, &Vec<&Demand>)| group(view, words, decides, (first.saturating_add(at), members));
        Demands {
            count: case.demands.len(),
            each: Vec::new(),
            groups: shown.iter().enumerate().filter_map(group).collect(),
            decisions: Vec::new(),
            part,
            can_decide: decides.is_some(),
        }
    }

    /// All demands, for the approval and for print: nothing is left to another page.
    pub fn whole(view: &CaseView, words: Words<'_>) -> Demands {
        let case = &view.case;
        if case.demands.len() <= EACH {
            return Demands::each(view, words, None);
        }
        let all = grouped(case, usize::MAX);
        Demands {
            count: case.demands.len(),
            each: Vec::new(),
            groups: all.iter().enumerate().filter_map(|one| group(view, words, None, one)).collect(),
            decisions: Vec::new(),
            part: None,
            can_decide: false,
        }
    }

    fn each(view: &CaseView, words: Words<'_>, decides: Option<(&Staff, &Form)>) -> Demands {
        let demands = &view.case.demands;
        let fields = |(who, form)| {
            let of = |d: &Demand| DecisionFields::new(&view.case, d, who, sent(form), d.id.to_string());
            demands.iter().map(of).collect()
        };
        Demands {
            count: demands.len(),
            each: demands.iter().map(|d| line(view, d, words)).collect(),
            groups: Vec::new(),
            decisions: decides.map(fields).unwrap_or_default(),
            part: None,
            can_decide: decides.is_some(),
        }
    }

    /// The decision form on a demand, where something can be decided.
    pub fn field_of(&self, number: &u32) -> Option<&DecisionFields> {
        self.decisions.iter().find(|d| d.number == *number)
    }
}

/// A decision form that came back.
fn sent(form: &Form) -> Option<&Form> {
    form.fields.iter().any(|(name, _)| name.starts_with("decision.")).then_some(form)
}

/// All demands in groups, in the order in which each group's first demand comes, none larger than `largest`.
fn grouped(case: &Case, largest: usize) -> Vec<Vec<&Demand>> {
    let decided: BTreeMap<_, _> =
        case.draft().map(|draft| draft.decisions.iter().map(|d| (d.demand, d)).collect()).unwrap_or_default();
    let answered: BTreeMap<_, _> = case
        .assessed()
        .map(|assessed| assessed.answers.iter().map(|a| (a.demand, &a.assessment)).collect())
        .unwrap_or_default();
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<&Demand>> = Vec::new();
    for demand in &case.demands {
        let asked = &demand.asked;
        let answer = answered.get(&demand.id).map(|a| {
            let findings: Vec<_> = a.findings.iter().map(|f| (f.code, f.blocks, &f.says)).collect();
            (a.verdict, a.basis_verdict, a.disposition, &a.why, findings, &a.missing_facts)
        });
        let decision = decided.get(&demand.id).map(|d| (d.kind, d.reason, &d.redirect_to, &d.note, &d.override_reason));
        let is = (asked.period, asked.in_signed_paper, asked.is_ours, &asked.words, &asked.organisation);
        let key = format!("{} {} {is:?} {answer:?} {decision:?}", asked.service, asked.category);
        let place = *at.entry(key.clone()).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len().saturating_sub(1)
        });
        let Some(group) = groups.get_mut(place) else { continue };
        group.push(demand);
        if group.len() >= largest {
            at.remove(&key);
        }
    }
    groups
}

/// The groups on one page, from one on.
fn page_of<'g, 'd>(all: &'g [Vec<&'d Demand>], from: usize) -> (usize, &'g [Vec<&'d Demand>]) {
    let first = if from < all.len() { from } else { 0 };
    let rest = all.get(first..).unwrap_or_default();
    let mut members = 0_usize;
    let fits = |group: &&Vec<&Demand>| {
        members = members.saturating_add(group.len());
        members <= MEMBERS
    };
    let count = rest.iter().take(GROUPS).take_while(fits).count().max(1);
    (first, rest.get(..count).unwrap_or(rest))
}

/// Where the page before a group begins, were pages cut from the first group on.
fn page_before(all: &[Vec<&Demand>], first: usize) -> usize {
    let mut at = 0;
    loop {
        let next = at + page_of(all, at).1.len();
        if next >= first || next >= all.len() {
            return at;
        }
        at = next;
    }
}

fn group(
    view: &CaseView,
    words: Words<'_>,
    decides: Option<(&Staff, &Form)>,
    (at, members): (usize, &Vec<&Demand>),
) -> Option<DemandGroup> {
    let case = &view.case;
    let first = *members.first()?;
    let key = format!("g{at}");
    let positions: Vec<u32> = members.iter().map(|d| d.position).collect();
    let fields = decides.map(|(who, form)| DecisionFields::new(case, first, who, sent(form), key.clone()));
    let results: BTreeMap<_, _> = case.results().iter().map(|r| (r.demand, r.outcome.label())).collect();
    let member = |demand: &&Demand| Member {
        id: demand.id.to_string(),
        number: demand.position,
        identifier: (!view.is_sealed).then(|| demand.asked.identifier.display()),
        is_short: super::case_review::is_short(demand),
        only: match (&fields, decides) {
            (Some(fields), Some((_, form))) => fields.only(form.value(&format!("only.{}", demand.position))),
            _ => Vec::new(),
        },
        result: results.get(&demand.id).copied(),
    };
    let members: Vec<Member> = members.iter().map(member).collect();
    Some(DemandGroup {
        numbers: numbered(&positions),
        of: compact(&positions),
        line: line(view, first, words),
        results: counted(members.iter().filter_map(|m| m.result)),
        members,
        fields,
        key,
    })
}

fn counted<'l>(labels: impl Iterator<Item = &'l str>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    labels.for_each(|label| *counts.entry(label).or_default() += 1);
    counts.into_iter().map(|(label, n)| format!("{n} {label}")).collect::<Vec<_>>().join(", ")
}

/// Numbers as a form carries them, and as they stand in full: `1-200, 203`.
pub fn compact(positions: &[u32]) -> String {
    let part = |(first, last): (u32, u32)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    ranges(positions).into_iter().map(part).collect::<Vec<_>>().join(", ")
}

/// Numbers out of what a form carries; what is no number is passed over. At most as many as a case can have.
pub fn spread(compact: &str) -> Vec<u32> {
    let part = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.trim().parse::<u32>().ok()?..=last.trim().parse::<u32>().ok()?)
    };
    compact.split(',').filter_map(part).flatten().take(crate::domain::many::MOST_DEMANDS.saturating_mul(10)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_travel_in_a_form_and_back() {
        let positions = [1, 2, 3, 4, 7, 9, 10];
        assert_eq!(compact(&positions), "1-4, 7, 9-10");
        assert_eq!(spread("1-4, 7, 9-10"), positions);
        assert_eq!(spread("x,,3-1,5"), [5]);
    }
}
