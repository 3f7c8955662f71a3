//! The queue as a file: every case of the filtered list, logged with its filters.

use std::collections::BTreeMap;

use super::list_cases::ask;
use super::{ActionError, Ctx, SignedIn};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, StaffId};
use crate::domain::queue::{After, Filter};
use crate::domain::stage::{Compartment, Stage};
use crate::domain::time::Instant;
use crate::domain::wait::Wait;
use crate::sheet;
use crate::store::queue::{self, CountedLine};
use crate::store::{About, StoreError, staff};

/// A list as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Comma-separated values.
    pub text: String,
    /// How many cases it holds.
    pub cases: usize,
    /// Whether the list goes on beyond them.
    pub is_cut: bool,
}

/// The most cases that one file holds.
pub const MOST: usize = 10_000;
/// How many are read at once.
const PIECE: i64 = 1_000;

const HEAD: [&str; 19] = [
    "reference",
    "stage",
    "instrument",
    "group",
    "emergency",
    "compartment",
    "agency",
    "country",
    "docket",
    "customer",
    "served",
    "due",
    "waits",
    "demands",
    "override",
    "secrecy order",
    "assigned to",
    "approvals",
    "outcome",
];

/// Writes the list down. That it was taken away stands in the log, with how many cases and which filters.
///
/// # Errors
/// A refusal for people who work on no cases (in the log).
pub fn export_cases(ctx: &Ctx, who: &SignedIn, filter: &Filter) -> Result<Exported, ActionError> {
    ask(ctx, who)?;
    let now = ctx.now();
    let (mut lines, approvers, names) = ctx.store.read(|conn| {
        let (mut lines, mut after): (Vec<CountedLine>, Option<After>) = (Vec::new(), None);
        while lines.len() <= MOST {
            let piece = queue::list_cases(conn, &who.staff, filter, now, (after.as_ref(), PIECE))?;
            let Some((last, ..)) = piece.last() else { break };
            after = Some(last.place(filter.order()));
            lines.extend(piece);
        }
        let ids: Vec<CaseId> = lines.iter().map(|(line, ..)| line.id).collect();
        let mut approvers = BTreeMap::new();
        for ids in ids.chunks(1_000) {
            approvers.extend(queue::approvers(conn, ids)?);
        }
        Ok::<_, StoreError>((lines, approvers, staff::names(conn)?))
    })?;
    let is_cut = lines.len() > MOST;
    lines.truncate(MOST);
    record(ctx, who, filter, &lines)?;
    let given = |case| approvers.get(case).map_or(0, Vec::len);
    let mut text = sheet::line(HEAD);
    lines.iter().for_each(|line| text.push_str(&row(line, given(&line.0.id), &names, now)));
    if is_cut {
        let said = format!("Only the first {MOST} cases are here; narrow the filters for the others.");
        text.push_str(&sheet::line([said.as_str()]));
    }
    Ok(Exported { text, cases: lines.len(), is_cut })
}

fn row(
    (line, demands, is_secret): &CountedLine,
    given: usize,
    names: &BTreeMap<StaffId, String>,
    now: Instant,
) -> String {
    let yes = |is: bool| if is { "yes".to_owned() } else { String::new() };
    let waits = line.wait.filter(|_| line.stage != Stage::Closed);
    let needed = usize::from(line.approvals_needed);
    sheet::line(
        [
            line.reference.clone(),
            line.stage.label().to_owned(),
            line.instrument.label().to_owned(),
            line.instrument.group().label().to_owned(),
            yes(line.is_emergency),
            line.compartment.label().to_owned(),
            line.agency.clone(),
            line.country.clone(),
            line.docket.clone().unwrap_or_default(),
            line.customer.label().to_owned(),
            line.received_at.for_machines(),
            line.due_on.map(|day| day.to_string()).unwrap_or_default(),
            waits
                .map(|(kind, since)| format!("{}, day {}", kind.label(), Wait::day_of(since, now)))
                .unwrap_or_default(),
            demands.to_string(),
            yes(line.has_override),
            yes(*is_secret),
            line.assignee.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
            if needed == 0 { String::new() } else { format!("{given} of {needed}") },
            line.outcome.map(|outcome| outcome.label().to_owned()).unwrap_or_default(),
        ]
        .iter()
        .map(String::as_str),
    )
}

/// National-security cases are not counted in the entry: it is read by people who may not know that there are any.
fn record(ctx: &Ctx, who: &SignedIn, filter: &Filter, lines: &[CountedLine]) -> Result<(), ActionError> {
    let told = lines.iter().filter(|(line, ..)| line.compartment != Compartment::NationalSecurity).count();
    let event = Event::ListExported {
        list: "queue".to_owned(),
        filters: filter.pairs().iter().map(|(name, value)| format!("{name}={value}")).collect(),
        hits: u32::try_from(told).unwrap_or(u32::MAX),
    };
    ctx.write(&who.staff, move |tx| Ok(tx.record(&event, About::Register)?))?;
    Ok(())
}
