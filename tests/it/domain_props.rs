//! The pure half under sequences of acts, sensible and senseless, by anybody: whatever people try, a case stays at a
//! legal stage, gates open in their order, nobody approves what they edited, and the log's events tell it all without
//! a personal word where none belongs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;
use writ::domain::agency::{Agency, Country, Officer};
use writ::domain::case::{Answer, Case, CaseReference, NewCase};
use writ::domain::catalogue::Catalogue;
use writ::domain::change::Change;
use writ::domain::checklist::{CheckAnswer, FacialCheck, Tick};
use writ::domain::decision::{CollectionOutcome, CollectionResult, Decision, DecisionKind, ReleaseMethod};
use writ::domain::demand::{Asked, Period};
use writ::domain::document::{Document, DocumentKind};
use writ::domain::event::Event;
use writ::domain::finding::FindingCode;
use writ::domain::id::{
    AgencyId, ApprovalId, CaseId, CheckId, DemandId, DocumentId, OfficerId, SecrecyOrderId, StaffId, TeamId,
};
use writ::domain::identifier::{Identifier, IdentifierKind};
use writ::domain::instrument::Instrument;
use writ::domain::outcome::Outcome;
use writ::domain::paper::Paper;
use writ::domain::redirect::{Organisation, RedirectResult};
use writ::domain::refusal::Refusal;
use writ::domain::requester::RequesterLevel;
use writ::domain::secrecy::{SecrecyOrder, SecrecySource};
use writ::domain::staff::{Role, Staff, Verb, may};
use writ::domain::stage::{Compartment, Gate, Stage};
use writ::domain::stated::Stated;
use writ::domain::text::{Line, Prose};
use writ::domain::time::Instant;
use writ::domain::verification::{Check, CheckMethod, CheckResult};
use writ::domain::wait::{Wait, WaitEnded, WaitKind};
use writ::law::Rulebook;
use writ::law::of_case::{Beside, Kept, facts_of};

use crate::support::papers::{day, subpoena};
use crate::support::world;

/// Stands in every field that may hold a personal word. No process payload may ever show it.
const MARK: &str = "quokka";
/// The same where only digits fit: an address is named with the port and the moment it was seen with.
const MARKED_ADDRESS: &str = "192.0.2.217";
const MARKED_PORT: &str = "51827";
const MARKED_TIME: &str = "05:06:47";

static BOOK: LazyLock<Rulebook> = LazyLock::new(world::rulebook);
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::parse(world::CATALOGUE).unwrap());

/// One thing somebody tries. `picks` says which of what there is; a guided step tries what comes next.
#[derive(Debug, Clone)]
struct Step {
    who: usize,
    verb: Verb,
    is_guided: bool,
    picks: [u8; 3],
}

const VERBS: &[Verb] = &[
    Verb::Amend,
    Verb::Attach,
    Verb::Verify,
    Verb::AddDemand,
    Verb::ChangeDemand,
    Verb::SplitDemand,
    Verb::RemoveDemand,
    Verb::RecordSecrecy,
    Verb::Assess,
    Verb::Decide,
    Verb::Approve,
    Verb::Return,
    Verb::Collect,
    Verb::Release,
    Verb::Close,
    Verb::Assign,
    Verb::BeginWait,
    Verb::EndWait,
    Verb::TickChecklist,
    Verb::AnswerRedirect,
    Verb::Withdraw,
];

/// Verbs that make a new revision of the scope whenever they are taken.
const EDITS: &[Verb] =
    &[Verb::Amend, Verb::AddDemand, Verb::ChangeDemand, Verb::SplitDemand, Verb::RemoveDemand, Verb::Decide];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Withdrawing ends everything, so it is tried seldom.
    let last = VERBS.len() - 1;
    let verb = (0..VERBS.len() * 4).prop_map(move |n| VERBS[if n == last * 4 + 3 { last } else { n % last }]);
    let step = (0..people().len(), verb, prop::bool::weighted(0.75), any::<[u8; 3]>())
        .prop_map(|(who, verb, is_guided, picks)| Step { who, verb, is_guided, picks });
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_try_the_case_keeps_to_its_way(
        has_paper: bool,
        instrument in prop::sample::select(vec![
            Instrument::GrandJurySubpoena, Instrument::GrandJurySubpoena, Instrument::SearchWarrant,
            Instrument::EmergencyRequest, Instrument::Preservation2703f,
        ]),
        steps in steps(),
    ) {
        let mut told = Told::open(has_paper, instrument);
        steps.into_iter().for_each(|step| told.tries(&step));
        told.holds_as_a_whole();
        REACHED.lock().unwrap().entry(told.case.stage()).and_modify(|n| *n += 1).or_insert(1_u32);
    }
}

static REACHED: LazyLock<std::sync::Mutex<BTreeMap<Stage, u32>>> = LazyLock::new(Default::default);

/// Two people who hold one role each, and one who holds all of them.
fn people() -> Vec<Staff> {
    let person = |number: u128, roles: &[Role]| Staff {
        id: StaffId(Uuid::from_u128(number)),
        name: format!("{MARK}{number}"),
        full_name: line("full name"),
        roles: roles.iter().copied().collect(),
        teams: BTreeSet::from([team()]),
        is_cleared: false,
        email: None,
    };
    vec![
        person(1, &[Role::Analyst]),
        person(2, &[Role::Analyst]),
        person(3, &[Role::Reviewer]),
        person(4, &[Role::Reviewer]),
        person(5, &[Role::Fulfiller]),
        person(6, &[Role::Auditor, Role::Admin]),
        person(7, Role::ALL),
    ]
}

/// A case and all that was recorded of it.
struct Told {
    case: Case,
    events: Vec<Event>,
    editors: BTreeSet<StaffId>,
    /// The gates that stood open when the production left.
    open_at_release: Option<Vec<Gate>>,
    next_id: u128,
    now: Instant,
}

impl Told {
    fn open(has_paper: bool, instrument: Instrument) -> Told {
        let now = Instant::from_micros(1_793_000_000_000_000).unwrap();
        let by = people()[0].id;
        let new = NewCase {
            id: CaseId(Uuid::from_u128(900)),
            reference: CaseReference::new(2026, 1),
            compartment: Compartment::Ordinary,
            named: BTreeSet::new(),
            team: team(),
            paper: Paper { instrument, ..paper(0) },
            documents: if has_paper { vec![document(901, DocumentKind::Served, None)] } else { Vec::new() },
            demands: vec![(DemandId(Uuid::from_u128(902)), asked(0))],
            scope_salt: MARK.repeat(8),
        };
        let Change { state, event } = Case::open(new, by, now);
        assert_eq!(state.version, 1);
        Told {
            case: state,
            events: vec![event],
            editors: BTreeSet::from([by]),
            open_at_release: None,
            next_id: 1000,
            now,
        }
    }

    fn tries(&mut self, step: &Step) {
        self.now = self.now.plus(chrono::TimeDelta::hours(7));
        let people = people();
        let (verb, who) = if step.is_guided { self.next_step(step, &people) } else { (step.verb, &people[step.who]) };
        let before = self.case.clone();
        let refusable = may(who, verb, Some(&before)).and_then(|()| self.acts(verb, who, step.picks));
        match refusable {
            Ok(change) => self.accepted(verb, who, before, change),
            Err(refusal) => {
                assert!(!refusal.code().is_empty() && refusal.says().ends_with('.') && refusal.opens().ends_with('.'));
            }
        }
    }

    /// What brings the case on from where it stands, by somebody who may well be allowed to.
    fn next_step<'p>(&self, step: &Step, people: &'p [Staff]) -> (Verb, &'p Staff) {
        let one_of = |some: &[usize]| &people[some[usize::from(step.picks[2]) % some.len()]];
        let is_granted_and_done = self.case.is_open(Gate::Collected);
        let is_held = self.case.wait.as_ref().is_some_and(|wait| wait.kind.holds_release());
        if self.case.gate_before_closing().is_none() && self.case.is_redirect_pending() {
            return (Verb::AnswerRedirect, one_of(&[0, 1]));
        }
        match self.case.stage() {
            Stage::Intake => (Verb::Attach, one_of(&[0, 1])),
            Stage::Triage => (Verb::Verify, one_of(&[0, 1, 2])),
            Stage::Review if self.case.demands.is_empty() => (Verb::AddDemand, one_of(&[0, 1])),
            Stage::Review if self.case.assessed().is_none() => (Verb::Assess, one_of(&[0, 1])),
            Stage::Review => (Verb::Decide, one_of(&[0, 1, 1, 6])),
            Stage::Approval if self.case.is_open(Gate::Approved) => (Verb::Close, one_of(&[0, 1])),
            Stage::Approval => (Verb::Approve, one_of(&[2, 3, 6])),
            Stage::Fulfilment if is_granted_and_done => (Verb::Close, one_of(&[0, 1])),
            Stage::Fulfilment => (Verb::Collect, one_of(&[4, 4, 6])),
            Stage::Delivery if self.case.gate_before_closing().is_none() => (Verb::Close, one_of(&[0, 1])),
            Stage::Delivery if is_held => (Verb::EndWait, one_of(&[0, 1])),
            Stage::Delivery => (Verb::Release, one_of(&[0, 1, 2, 3])),
            Stage::Closed => (step.verb, &people[step.who]),
        }
    }

    fn acts(&mut self, verb: Verb, who: &Staff, picks: [u8; 3]) -> Result<Change<Case>, Refusal> {
        let (case, by, now) = (self.case.clone(), who.id, self.now);
        let demand = case.demands.get(usize::from(picks[0]) % case.demands.len().max(1)).cloned();
        let demand_id = demand.as_ref().map_or(DemandId(Uuid::from_u128(1)), |d| d.id);
        match verb {
            Verb::Amend => {
                let paper = Paper { instrument: case.paper.instrument, ..paper(picks[0]) };
                case.amend(paper, by, now)
            }
            Verb::Attach => case.attach(document(self.fresh(), DocumentKind::ALL[usize::from(picks[0] % 2)], None)),
            Verb::Verify => {
                let method = CheckMethod::ALL[usize::from(picks[0]) % CheckMethod::ALL.len()];
                let result = CheckResult::ALL[usize::from(picks[1] / 100) % CheckResult::ALL.len()];
                let id = CheckId(Uuid::from_u128(self.fresh()));
                case.verify(Check { id, method, result, account: prose("account"), by, at: now })
            }
            Verb::AddDemand if picks[2].is_multiple_of(4) => {
                let count = usize::from(picks[1] % 4);
                let new = (0..count).map(|_| (DemandId(Uuid::from_u128(self.fresh())), asked(picks[0]))).collect();
                case.add_demands(new, by, now)
            }
            Verb::AddDemand => case.add_demand(DemandId(Uuid::from_u128(self.fresh())), asked(picks[0]), by, now),
            Verb::ChangeDemand => case.change_demand(demand_id, asked(picks[1]), by, now),
            Verb::SplitDemand => {
                let on = day(2026, 1 + u32::from(picks[1]) % 12, 1 + u32::from(picks[2]) % 28);
                case.split_demand(demand_id, on, DemandId(Uuid::from_u128(self.fresh())), by, now)
            }
            Verb::RemoveDemand => case.remove_demand(demand_id, by, now),
            Verb::RecordSecrecy => {
                let source = SecrecySource::ALL[usize::from(picks[0]) % SecrecySource::ALL.len()];
                let id = SecrecyOrderId(Uuid::from_u128(self.fresh()));
                case.record_secrecy(secrecy(id, source, by, now))
            }
            Verb::Assess => {
                let answers = case.demands.iter().map(|demand| answer(&case, demand, now)).collect();
                case.assess(answers, by, now)
            }
            Verb::Decide => {
                let decisions = decisions(&case, who, picks);
                case.decide(decisions, world::policy(), who, now)
            }
            Verb::Approve => {
                let seen = case.draft().map(|d| d.scope_hash.clone()).unwrap_or_default();
                let seen = if picks[0] == 0 { "another scope".to_owned() } else { seen };
                case.approve(ApprovalId(Uuid::from_u128(self.fresh())), &seen, by, now)
            }
            Verb::Return => case.return_draft(prose("because"), by, now),
            Verb::Collect => {
                let found = !picks[0].is_multiple_of(3);
                let to_do = case
                    .granted()
                    .into_iter()
                    .map(|(d, _)| d.id)
                    .find(|d| !case.results().iter().any(|r| r.demand == *d));
                let demand = to_do.unwrap_or(demand_id);
                let files: Vec<_> = if found {
                    vec![document(self.fresh(), DocumentKind::Collected, Some(demand))]
                } else {
                    Vec::new()
                };
                let outcome = if found { CollectionOutcome::Collected } else { CollectionOutcome::NoData };
                let outcome = if picks[1] == 0 { CollectionOutcome::Collected } else { outcome };
                let named = files.iter().map(|f| f.id).collect();
                let result = CollectionResult { demand, outcome, account: prose("where"), files: named, by, at: now };
                case.collect(result, files)
            }
            Verb::Release => case.release(line("to"), ReleaseMethod::Courier, by, now),
            Verb::Close => case.close(Some(prose("closing note")), by, now),
            Verb::Withdraw => case.withdraw(prose("withdrawal note"), by, now),
            Verb::Assign => {
                let people = people();
                let to = people.get(usize::from(picks[0]) % 9).map(|colleague| colleague.id);
                case.assign(to, (picks[1].is_multiple_of(2)).then(|| prose("hand-over")))
            }
            Verb::BeginWait => {
                let kind = WaitKind::ALL[usize::from(picks[0]) % WaitKind::ALL.len()];
                let expected_on = (picks[1].is_multiple_of(2)).then(|| day(2026, 12, 1));
                case.begin_wait(Wait { kind, because: prose("because"), expected_on, by, at: now })
            }
            Verb::EndWait => case.end_wait(WaitEnded { account: prose("ended"), by, at: now }),
            Verb::TickChecklist => {
                let item = FacialCheck::ALL[usize::from(picks[0]) % FacialCheck::ALL.len()];
                let answer = CheckAnswer::ALL[usize::from(picks[1]) % CheckAnswer::ALL.len()];
                let note = (!picks[2].is_multiple_of(3)).then(|| line("note"));
                case.tick_checklist(vec![Tick { item, answer, note, by, at: now }])
            }
            Verb::AnswerRedirect => {
                let result = RedirectResult::ALL[usize::from(picks[0]) % RedirectResult::ALL.len()];
                case.answer_redirect(result, prose("account"), by, now)
            }
            other => panic!("{other} is no verb of a case"),
        }
    }

    /// What must be true of every accepted act.
    fn accepted(&mut self, verb: Verb, who: &Staff, before: Case, change: Change<Case>) {
        let Change { state, event } = change;
        assert_eq!(state.version, before.version + 1, "{verb}");
        assert!(event.changes_case(), "{verb}");
        assert!(may_follow(before.stage(), state.stage(), verb), "{verb}: {} → {}", before.stage(), state.stage());
        gates_are_open_in_order(&state);

        let edits = state.scope.edits.len() - before.scope.edits.len();
        let is_reopened = verb == Verb::AnswerRedirect && state.redirects.last().is_some_and(|r| r.result.reopens());
        if is_reopened {
            assert_eq!((edits, state.approvals().len(), state.assessed()), (1, 0, None), "{verb}");
            self.editors.insert(who.id);
        } else if EDITS.contains(&verb) {
            assert_eq!(edits, 1, "{verb}");
            assert!(state.approvals().is_empty() && state.results().is_empty(), "{verb} left approvals in force");
            assert!(!state.is_open(Gate::Approved), "{verb}");
            self.editors.insert(who.id);
        } else {
            assert_eq!(edits, 0, "{verb}");
        }
        match verb {
            Verb::Approve => {
                assert!(who.is(Role::Reviewer) && !self.editors.contains(&who.id), "an editor approved");
                let people: BTreeSet<_> = state.approvals().iter().map(|a| a.by).collect();
                assert_eq!(people.len(), state.approvals().len(), "somebody counted twice");
            }
            Verb::Return => assert!(who.is(Role::Reviewer) && !self.editors.contains(&who.id), "an editor returned"),
            Verb::Collect => assert!(!before.approvals().iter().any(|a| a.by == who.id)),
            Verb::Release => {
                assert!(!before.results().iter().any(|r| r.by == who.id));
                assert!(
                    !before.wait.as_ref().is_some_and(|wait| wait.kind.holds_release()),
                    "a wait let something leave"
                );
                self.open_at_release = Some(Gate::ALL.iter().copied().filter(|g| before.is_open(*g)).collect());
            }
            Verb::SplitDemand => {
                let days = |case: &Case| case.demands.iter().map(|d| days_of(d.asked.period)).sum::<i64>();
                assert_eq!((state.demands.len(), days(&state)), (before.demands.len() + 1, days(&before)));
            }
            Verb::EndWait => {
                let wait = before.wait.as_ref().unwrap();
                let days = if wait.kind.stops_clock() { wait.days_until(self.now) } else { 0 };
                assert_eq!((state.wait.is_none(), state.stopped_days - before.stopped_days), (true, days));
                assert_eq!(before.due_if_resumed(self.now), state.due_on());
            }
            Verb::TickChecklist => {
                let items: BTreeSet<_> = state.ticks.iter().map(|tick| tick.item).collect();
                assert_eq!(items.len(), state.ticks.len(), "a line was ticked twice");
            }
            Verb::Close => assert!(!before.is_redirect_pending()),
            _ => {}
        }
        is_told_without_personal_words(&event);
        self.case = state;
        self.events.push(event);
    }

    /// What must be true at the end.
    fn holds_as_a_whole(&self) {
        assert_eq!(Case::fold(&self.events).as_ref(), Some(&self.case));
        if let Some(open) = &self.open_at_release {
            assert_eq!(open, &[Gate::Verified, Gate::Assessed, Gate::Decided, Gate::Approved, Gate::Collected]);
        }
        assert_eq!(self.case.released().is_some(), self.open_at_release.is_some());
        let editors: BTreeSet<_> = self.case.scope.edits.iter().map(|e| e.by).collect();
        assert_eq!(editors, self.editors);
    }

    fn fresh(&mut self) -> u128 {
        self.next_id += 1;
        self.next_id
    }
}

/// How many days a period holds; open ends count as far as anybody asks here.
fn days_of(period: Period) -> i64 {
    let (from, to) = (period.from.unwrap_or(day(2000, 1, 1)), period.to.unwrap_or(day(2100, 1, 1)));
    (to - from).num_days() + 1
}

/// PRODUCT's way of a case, forwards and back.
fn may_follow(before: Stage, after: Stage, verb: Verb) -> bool {
    use Stage::*;
    match verb {
        Verb::Close | Verb::Withdraw => before != Closed && after == Closed,
        Verb::Attach => (before, after) == (Intake, Triage) || before == after,
        Verb::Verify => before == Triage && [Triage, Review].contains(&after),
        Verb::Amend => match before {
            Intake => after == Intake,
            _ => [Triage, Review].contains(&after),
        },
        Verb::AddDemand | Verb::ChangeDemand | Verb::SplitDemand | Verb::RemoveDemand => match before {
            Intake | Triage => before == after,
            _ => after == Review,
        },
        Verb::Assess => (before, after) == (Review, Review),
        Verb::Decide => [Review, Approval].contains(&before) && [Review, Approval].contains(&after),
        Verb::Approve => before == Approval && [Approval, Fulfilment].contains(&after),
        Verb::Return => (before, after) == (Approval, Review),
        Verb::Collect => before == Fulfilment && [Fulfilment, Delivery].contains(&after),
        Verb::Release => (before, after) == (Delivery, Delivery),
        Verb::AnswerRedirect => [Approval, Fulfilment, Delivery].contains(&before) && [before, Review].contains(&after),
        _ => before == after,
    }
}

fn gates_are_open_in_order(case: &Case) {
    let open: Vec<bool> = Gate::ALL.iter().map(|gate| case.is_open(*gate)).collect();
    assert!(open.is_sorted_by(|earlier, later| earlier >= later), "{open:?} at {}", case.stage());
}

// ── what the log may say ─────────────────────────────────────────────────────────

fn is_told_without_personal_words(event: &Event) {
    let payloads = event.split().unwrap();
    assert_eq!(Event::join(&payloads).as_ref(), Ok(event));
    assert_eq!(payloads.kind, event.kind());
    let whole = payloads.process.to_lowercase();
    // The digits of a hash are chance: those of a port come up among them once in a while.
    let is_hash = |word: &&str| word.len() == 64 && word.bytes().all(|c| c.is_ascii_hexdigit());
    let hashes = whole.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_hash);
    let shown = hashes.fold(whole.clone(), |shown, hash| shown.replace(hash, ""));
    for mark in [MARK, MARKED_ADDRESS, MARKED_PORT, MARKED_TIME] {
        assert!(!shown.contains(mark), "{} shows {mark}: {}", payloads.kind, payloads.process);
    }
}

#[test]
fn events_about_people_and_agencies_keep_names_out_of_their_process_payload() {
    let staff = people().remove(6);
    let [agency, officer] = [Uuid::from_u128(70), Uuid::from_u128(71)];
    let events = [
        Event::TeamAdded { team: team(), name: line("team") },
        Event::StaffAdded {
            staff: staff.id,
            name: staff.name,
            full_name: staff.full_name,
            roles: staff.roles,
            teams: staff.teams,
            is_cleared: true,
            email: Some(line("email")),
            watched_until: None,
            secret_sha256: Some("secret".to_owned()),
        },
        Event::StaffChanged {
            staff: people().remove(5).id,
            full_name: line("full name"),
            roles: people().remove(5).roles,
            teams: [team()].into(),
            is_cleared: true,
            email: Some(line("email")),
            watched_until: None,
        },
        Event::TeamRenamed { team: team(), name: line("team") },
        Event::AgencyAdded(Agency {
            id: AgencyId(agency),
            name: line("agency"),
            country: Country::parse("country", "US").unwrap(),
            level: RequesterLevel::State,
            kind: writ::domain::requester::RequesterType::Court,
            state: Some(line("state")),
        }),
        Event::OfficerAdded(Officer {
            id: OfficerId(officer),
            agency: AgencyId(agency),
            name: line("officer"),
            title: Some(line("title")),
            email: Some(line("email")),
            phone: Some(line("phone")),
        }),
        Event::DocumentReceived { document: document(72, DocumentKind::Served, None) },
    ];
    events.iter().for_each(is_told_without_personal_words);
}

#[test]
fn what_a_fact_of_the_paper_says_in_words_is_personal() {
    use writ::law::schema::FactKind::{Name, Names, Prose, Reference};
    let is_words = |kind| matches!(kind, Name | Names | Prose | Reference);
    let worded = BOOK.schema().paths().filter(|(_, fact)| is_words(fact.kind()));
    let more: BTreeMap<String, Value> = worded.map(|(path, _)| (path.to_owned(), json!(MARK))).collect();
    assert!(more.len() > 10, "{more:?}");
    let edit = writ::domain::case::ScopeEdit {
        revision: 2,
        by: people()[0].id,
        at: Instant::from_micros(1_793_000_000_000_000).unwrap(),
    };
    is_told_without_personal_words(&Event::CaseAmended { paper: Box::new(Paper { more, ..paper(0) }), edit });
}

#[test]
fn guided_steps_lead_a_case_to_its_end() {
    // Without this the property above could hold because nothing ever happens.
    let mut told = Told::open(true, Instrument::GrandJurySubpoena);
    for number in 0..200_u8 {
        let picks = [number.wrapping_mul(37) | 1, 0, number.wrapping_mul(11)];
        told.tries(&Step { who: 0, verb: Verb::Attach, is_guided: told.case.closing().is_none(), picks });
    }
    told.holds_as_a_whole();
    assert_eq!(told.case.stage(), Stage::Closed);
}

// ── how a case came out ──────────────────────────────────────────────────────────

/// What became of one demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Given: whether that was content.
    Given(bool),
    /// Granted, and nothing was held.
    NothingHeld,
    /// Refused, since nothing can be held.
    RefusedAsNotHeld,
    /// Refused for another reason.
    Refused,
    /// Sent to the organisation, and this became of it.
    SentOn(RedirectResult),
}

/// The outcomes as WORKFLOW lists them, highest first, written out apart from the program.
fn outcome_by_the_table(preserves_only: bool, ends: &[End]) -> Outcome {
    let any = |is: &dyn Fn(&End) -> bool| ends.iter().any(is);
    let went_there =
        |end: &End| matches!(end, End::SentOn(RedirectResult::Withdrawn | RedirectResult::CustomerAnswered));
    if any(&|end| matches!(end, End::Given(_))) && preserves_only {
        Outcome::PreservedOnly
    } else if any(&|end| *end == End::Given(true)) {
        Outcome::Content
    } else if any(&|end| *end == End::Given(false)) {
        Outcome::NonContentOnly
    } else if any(&|end| *end == End::NothingHeld) {
        Outcome::NoData
    } else if any(&went_there) {
        Outcome::Redirected
    } else if any(&|end| *end == End::RefusedAsNotHeld) && !any(&|end| *end == End::Refused) {
        Outcome::NoData
    } else {
        Outcome::Rejected
    }
}

#[test]
fn a_cases_outcome_follows_its_decisions_and_collection_results_in_every_combination() {
    use RedirectResult::{CustomerAnswered, Lapsed, Withdrawn};
    let ends = |is_content| {
        let mut ends = vec![End::Given(is_content), End::NothingHeld, End::RefusedAsNotHeld, End::Refused];
        ends.extend([Withdrawn, CustomerAnswered, Lapsed].map(End::SentOn));
        ends
    };
    let mut seen: BTreeMap<Outcome, u32> = BTreeMap::new();
    for preserves_only in [false, true] {
        for classes in [vec![false], vec![true], vec![false, false], vec![false, true], vec![false, true, true]] {
            let mut combinations: Vec<Vec<End>> = vec![Vec::new()];
            for is_content in &classes {
                let longer = |before: Vec<End>| {
                    ends(*is_content)
                        .into_iter()
                        .map(move |end| before.iter().copied().chain([end]).collect::<Vec<_>>())
                };
                combinations = combinations.into_iter().flat_map(longer).collect();
            }
            for ends in combinations {
                // A case has one answer to its redirect.
                let answers: BTreeSet<&str> = ends
                    .iter()
                    .filter_map(|end| if let End::SentOn(result) = end { Some(result.as_str()) } else { None })
                    .collect();
                if answers.len() > 1 {
                    continue;
                }
                let outcome = closed_with(preserves_only, &classes, &ends);
                assert_eq!(outcome, outcome_by_the_table(preserves_only, &ends), "{preserves_only} {ends:?}");
                *seen.entry(outcome).or_default() += 1;
            }
        }
    }
    // All but withdrawal, which is no outcome of decisions.
    assert_eq!(seen.len(), Outcome::ALL.len() - 1, "{seen:?}");
    assert!(seen.values().sum::<u32>() > 500, "{seen:?}");
}

/// Takes a case all the way through the verbs, with these ends of its demands.
fn closed_with(preserves_only: bool, classes: &[bool], ends: &[End]) -> Outcome {
    let staff = people();
    let (anna, carla, dan, emil) = (&staff[0], &staff[2], &staff[3], &staff[4]);
    let now = Instant::from_micros(1_793_000_000_000_000).unwrap();
    let instrument = if preserves_only { Instrument::Preservation2703f } else { Instrument::SearchWarrant };
    let category = |is_content: bool| {
        let all = CATALOGUE.services.iter().flat_map(|s| s.categories.iter().map(move |c| (s, c)));
        let (service, category) = all.into_iter().find(|(_, c)| c.us.is_content() == is_content).unwrap();
        Asked { service: service.id.clone(), category: category.id.clone(), data_class: category.us, ..asked(0) }
    };
    let demand =
        |(at, is_content): (usize, &bool)| (DemandId(Uuid::from_u128(910 + at as u128)), category(*is_content));
    let new = NewCase {
        id: CaseId(Uuid::from_u128(900)),
        reference: CaseReference::new(2026, 1),
        compartment: Compartment::Ordinary,
        named: BTreeSet::new(),
        team: team(),
        paper: Paper { instrument, ..paper(0) },
        documents: vec![document(901, DocumentKind::Served, None)],
        demands: classes.iter().enumerate().map(demand).collect(),
        scope_salt: MARK.repeat(8),
    };
    let case = Case::open(new, anna.id, now).state;
    let check = Check {
        id: CheckId(Uuid::from_u128(902)),
        method: CheckMethod::Register,
        result: CheckResult::Confirmed,
        account: prose("account"),
        by: anna.id,
        at: now,
    };
    let case = case.verify(check).unwrap().state;
    let answers = case.demands.iter().map(|demand| answer(&case, demand, now)).collect();
    let case = case.assess(answers, anna.id, now).unwrap().state;
    let decision = |(demand, end): (&writ::domain::demand::Demand, &End)| {
        let grants =
            if demand.asked.data_class.is_content() { DecisionKind::Content } else { DecisionKind::NonContent };
        let (kind, reason) = match end {
            End::Given(_) | End::NothingHeld => (grants, None),
            End::RefusedAsNotHeld => (DecisionKind::Reject, Some(FindingCode::DataNotHeld)),
            End::Refused => (DecisionKind::Reject, Some(FindingCode::Overbroad)),
            End::SentOn(_) => (DecisionKind::Redirect, None),
        };
        let redirect_to = (kind == DecisionKind::Redirect).then(|| line("organisation"));
        let override_reason = kind.grants().then(|| prose("override"));
        Decision { demand: demand.id, kind, reason, redirect_to, note: None, override_reason }
    };
    let decisions = case.demands.iter().zip(ends).map(decision).collect();
    let one = writ::domain::policy::ApprovalPolicy { usual: 1, content: 1, overridden: 1, emergency: 1 };
    let case = case.decide(decisions, one, carla, now).unwrap().state;
    let hash = case.draft().unwrap().scope_hash.clone();
    let mut case = case.approve(ApprovalId(Uuid::from_u128(903)), &hash, dan.id, now).unwrap().state;
    for (at, end) in ends.iter().enumerate() {
        let demand = case.demands[at].id;
        let files = match end {
            End::Given(_) => vec![document(920 + at as u128, DocumentKind::Collected, Some(demand))],
            End::NothingHeld => Vec::new(),
            _ => continue,
        };
        let outcome = if files.is_empty() { CollectionOutcome::NoData } else { CollectionOutcome::Collected };
        let named = files.iter().map(|file| file.id).collect();
        let result = CollectionResult { demand, outcome, account: prose("where"), files: named, by: emil.id, at: now };
        case = case.collect(result, files).unwrap().state;
    }
    if case.gate_before_closing() == Some(Gate::Released) {
        case = case.release(line("to"), ReleaseMethod::Portal, staff[1].id, now).unwrap().state;
    }
    if let Some(result) = ends.iter().find_map(|end| if let End::SentOn(result) = end { Some(*result) } else { None }) {
        assert!(
            case.clone().close(None, anna.id, now).is_err(),
            "closed before anybody knew what became of the redirect"
        );
        case = case.answer_redirect(result, prose("account"), anna.id, now).unwrap().state;
    }
    let case = case.close(None, anna.id, now).unwrap().state;
    case.closing().unwrap().outcome
}

// ── what people enter ────────────────────────────────────────────────────────────

fn team() -> TeamId {
    TeamId(Uuid::from_u128(800))
}

fn line(what: &str) -> Line {
    Line::parse("line", &format!("{MARK} {what}")).unwrap()
}

fn prose(what: &str) -> Prose {
    Prose::parse("prose", &format!("{MARK} {what}\n{MARK}")).unwrap()
}

fn paper(pick: u8) -> Paper {
    let read = subpoena().entry;
    let officer = if pick.is_multiple_of(8) { 71 } else { 71 + u128::from(pick % 2) };
    let more: BTreeMap<String, Value> = [
        ("stated_purpose", json!(format!("{MARK} purpose"))),
        ("item_detail", json!(format!("{MARK} item"))),
        ("language", json!(MARK)),
    ]
    .map(|(path, value)| (path.to_owned(), value))
    .into();
    for (path, value) in &more {
        BOOK.check_facts(&writ::law::Facts::new().set(path, value.clone())).unwrap();
    }
    Paper {
        instrument: read.instrument,
        issuing_authority: read.issuing_authority,
        issuer: Some(line("issuer")),
        requester: writ::domain::paper::Requester {
            agency: AgencyId(Uuid::from_u128(70)),
            officer: Some(OfficerId(Uuid::from_u128(officer))),
            country: Country::parse("country", "US").unwrap(),
            level: RequesterLevel::Federal,
            kind: writ::domain::requester::RequesterType::LawEnforcement,
            state: (pick.is_multiple_of(3)).then(|| line("state")),
        },
        docket: if pick % 5 == 4 { Stated::None } else { Stated::Is(line("docket")) },
        legal_basis: if pick % 7 == 6 { Stated::Unknown } else { Stated::Is(line("legal basis")) },
        matter: read.matter,
        channel: read.channel,
        received_at: read.received_at,
        issued_on: read.issued_on,
        return_by: read.return_by,
        execute_by: read.execute_by,
        authorised_from: read.authorised_from,
        authorised_to: read.authorised_to,
        customer: read.customer,
        is_signed: Some(pick % 11 != 10),
        names_served_entity: Some(true),
        lacks_attachments: Some(false),
        is_particular: Some(true),
        statute_covers: if pick % 13 == 12 { None } else { Some(true) },
        more,
    }
}

/// Any category of the catalogue, asked by any kind of identifier.
fn asked(pick: u8) -> Asked {
    let all = CATALOGUE.services.iter().flat_map(|s| s.categories.iter().map(move |c| (s, c)));
    let all: Vec<_> = all.collect();
    let (service, category) = all[usize::from(pick) % all.len()];
    let (kind, text) = match pick % 5 {
        0 => (IdentifierKind::Email, format!("{MARK}.lane@messenger.example")),
        1 => (IdentifierKind::Gamertag, MARK.to_owned()),
        2 => (IdentifierKind::UserId, format!("{MARK}-417")),
        3 => (IdentifierKind::IpAddress, format!("{MARKED_ADDRESS}:{MARKED_PORT} at 2026-03-04T{MARKED_TIME}Z")),
        _ => (IdentifierKind::Url, format!("https://{MARK}.example/{MARK}")),
    };
    Asked {
        identifier: Identifier::parse(kind, &text, None).unwrap(),
        service: service.id.clone(),
        category: category.id.clone(),
        data_class: category.us,
        words: (pick.is_multiple_of(2)).then(|| line("words")),
        period: Period::new(Some(day(2026, 1, 1)), (pick.is_multiple_of(3)).then(|| day(2026, 10, 20))).unwrap(),
        in_signed_paper: Some(pick % 9 != 8),
        is_ours: (pick % 10 != 9).then_some(true),
        organisation: (pick % 7 == 6).then(|| Organisation {
            name: line("organisation"),
            contact: Some(line("contact")),
            reach: Some(line("reach")),
        }),
    }
}

fn document(id: u128, kind: DocumentKind, demand: Option<DemandId>) -> Document {
    Document {
        id: DocumentId(Uuid::from_u128(id)),
        case: CaseId(Uuid::from_u128(900)),
        kind,
        demand,
        file_name: line("file.pdf"),
        media_type: "application/pdf".to_owned(),
        size: 417,
        sha256: MARK.repeat(10),
        received_at: Instant::from_micros(1_793_000_000_000_000).unwrap(),
        received_by: people()[0].id,
    }
}

fn secrecy(id: SecrecyOrderId, source: SecrecySource, by: StaffId, at: Instant) -> SecrecyOrder {
    SecrecyOrder {
        id,
        source,
        issuer: Some(line("issuer")),
        docket: Some(line("docket")),
        grounds: Some(prose("grounds")),
        starts_on: day(2026, 10, 26),
        ends_on: Stated::None,
        by,
        at,
    }
}

fn answer(case: &Case, demand: &writ::domain::demand::Demand, now: Instant) -> Answer {
    let service = CATALOGUE.find_service(&demand.asked.service).unwrap();
    let kept = Kept { catalogue: &CATALOGUE, service, category: None };
    let assessment = BOOK.evaluate(&facts_of(case, demand, kept, &world::provider(), Beside::default(), now));
    Answer { demand: demand.id, assessment }
}

/// Mostly what fits, sometimes what does not: half a draft, the wrong kind, a reason that is missing.
fn decisions(case: &Case, who: &Staff, picks: [u8; 3]) -> Vec<Decision> {
    let kind_of = |demand: &writ::domain::demand::Demand| {
        let is_content = demand.asked.data_class.is_content();
        match picks[0] % 16 {
            0 => DecisionKind::ALL[usize::from(picks[1]) % DecisionKind::ALL.len()],
            1 => DecisionKind::Clarify,
            2 => DecisionKind::Redirect,
            3..=5 => DecisionKind::Reject,
            _ if is_content => DecisionKind::Content,
            _ => DecisionKind::NonContent,
        }
    };
    let decide = |demand: &writ::domain::demand::Demand| Decision {
        demand: demand.id,
        kind: kind_of(demand),
        reason: (picks[1] % 8 != 7).then_some(FindingCode::Overbroad),
        redirect_to: (picks[1] % 8 != 6).then(|| line("redirect to")),
        note: (picks[1].is_multiple_of(2)).then(|| line("note")),
        override_reason: (who.is(Role::Reviewer) || picks[1] == 9).then(|| prose("override")),
    };
    let all = case.demands.iter().map(decide);
    if picks[2] % 16 == 15 { all.skip(1).collect() } else { all.collect() }
}
