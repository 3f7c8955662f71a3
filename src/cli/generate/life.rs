//! The life of one generated case, step by step through the verbs of the domain: what the domain would refuse can't
//! happen here either. It is told to its end; what lies after the present is cut off.

use anyhow::{Context, anyhow};
use chrono::TimeDelta;

use super::asked;
use super::dice::Dice;
use super::spread::Process;
use super::world::World;
use crate::actions::assess_case::{Asking, answers};
use crate::actions::clocks::counted;
use crate::domain::agency::{Agency, Officer};
use crate::domain::case::{Case, CaseReference, NewCase};
use crate::domain::change::Change;
use crate::domain::checklist::{CheckAnswer, Tick, facial_checks};
use crate::domain::comment::Comment;
use crate::domain::decision::{CollectionOutcome, CollectionResult, Decision, DecisionKind, ReleaseMethod};
use crate::domain::demand::Demand;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::event::Event;
use crate::domain::finding::FindingCode;
use crate::domain::id::{ApprovalId, CaseId, CheckId, CommentId, DemandId, DocumentId, SecrecyOrderId, StaffId};
use crate::domain::redirect::RedirectResult;
use crate::domain::refusal::Refusal;
use crate::domain::requester::CustomerType;
use crate::domain::secrecy::{SecrecyOrder, SecrecySource};
use crate::domain::staff::{Actor, Role, Staff};
use crate::domain::stage::{Compartment, Gate};
use crate::domain::stated::Stated;
use crate::domain::text::{Line, Prose};
use crate::domain::time::Instant;
use crate::domain::verdict::Verdict;
use crate::domain::verification::{Check, CheckMethod, CheckResult};
use crate::domain::wait::{Wait, WaitEnded, WaitKind};
use crate::law::of_case::Beside;
use crate::seal::Key;
use crate::store::play::{Beginning, Happening};
use crate::system;

/// A case as it is told.
pub struct Life {
    /// What its rows need beside the events.
    pub beginning: Beginning,
    /// What happened, in order.
    pub told: Vec<Happening>,
}

/// Tells one case.
///
/// # Errors
/// When the domain refuses a step, which is a mistake here, or a paper can't be kept.
pub fn live(world: &World, number: u64, reference: CaseReference, opened_at: Instant) -> anyhow::Result<Life> {
    let mut dice = Dice::new(world.seed, number);
    let process = dice.weighted(&world.spread.process, |process| process.weight).context("no processes")?;
    let agencies = world.agencies(dice.one(&process.from).context("served by nobody")?);
    let (agency, officers) = dice.one(agencies).context("no such agencies")?;
    let officer = dice.one(officers).context("an agency without officers")?;
    let id = CaseId(dice.id(opened_at));
    let cast = Cast::of(world, &mut dice)?;
    let key = Key::new(system::chance());
    let pace = if process.emergency { 1 } else { 20 };
    let mut telling =
        Telling { world, dice, process, cast, id, key, pace, at: opened_at, case: None, told: Vec::new() };
    telling.open(reference, agency, officer)?;
    telling.go_on(officer)?;
    telling.look_back();
    let Telling { key, mut told, .. } = telling;
    told.retain(|happening| happening.at <= world.now);
    let beginning = Beginning { case: id, key, agency: agency.clone(), officer: Some(officer.clone()) };
    Ok(Life { beginning, told })
}

/// Who works on a case.
struct Cast<'w> {
    analyst: &'w Staff,
    second: &'w Staff,
    reviewers: [&'w Staff; 3],
    fulfiller: &'w Staff,
}

impl<'w> Cast<'w> {
    fn of(world: &'w World, dice: &mut Dice) -> anyhow::Result<Cast<'w>> {
        let some = |role: Role, offset: usize, first: usize| {
            let all = world.staff(role);
            let at = first.saturating_add(offset).checked_rem(all.len()).context("nobody of this role")?;
            all.get(at).context("nobody of this role")
        };
        let (a, r, f) = (dice.below(24), dice.below(10), dice.below(6));
        let reviewers = [some(Role::Reviewer, 0, r)?, some(Role::Reviewer, 1, r)?, some(Role::Reviewer, 2, r)?];
        let (analyst, second) = (some(Role::Analyst, 0, a)?, some(Role::Analyst, 1, a)?);
        Ok(Cast { analyst, second, reviewers, fulfiller: some(Role::Fulfiller, 0, f)? })
    }
}

struct Telling<'w> {
    world: &'w World<'w>,
    dice: Dice,
    process: &'w Process,
    cast: Cast<'w>,
    id: CaseId,
    key: Key,
    /// Minutes become this many times as long.
    pace: i64,
    at: Instant,
    case: Option<Case>,
    told: Vec<Happening>,
}

impl Telling<'_> {
    // ── how it is told ───────────────────────────────────────────────────────────

    /// Time passes: between two numbers of minutes at the fastest pace.
    fn later(&mut self, first: i64, last: i64) {
        let span = self.dice.minutes(first.saturating_mul(self.pace), last.saturating_mul(self.pace));
        self.at = self.at.plus(span);
    }

    /// Whether the present is reached: what comes then has not happened yet.
    fn is_over(&self) -> bool {
        self.at > self.world.now
    }

    fn notes(&mut self, who: StaffId, event: Event) {
        self.told.push(Happening { at: self.at, actor: Actor::Staff(who), case: Some(self.id), event });
    }

    fn does(
        &mut self,
        who: StaffId,
        verb: impl FnOnce(Case, Instant) -> Result<Change<Case>, Refusal>,
    ) -> anyhow::Result<()> {
        let case = self.case.take().context("not opened yet")?;
        let change = verb(case, self.at).map_err(|refusal| anyhow!("{refusal}"))?;
        self.happened(who, change);
        Ok(())
    }

    /// What a verb made of the case, with the clocks that follow from it.
    fn happened(&mut self, who: StaffId, Change { state, event }: Change<Case>) {
        let recounts = event.recounts_clocks();
        self.notes(who, event);
        let (ctx, mut case) = (self.world.ctx, state);
        let clocks = recounts.then(|| counted(ctx, &ctx.rulebook(), &case));
        if let Some(Change { state, event }) = clocks.and_then(|clocks| case.clone().count_clocks(clocks)) {
            case = state;
            self.notes(who, event);
        }
        self.case = Some(case);
    }

    fn looks(&mut self, who: StaffId) {
        self.notes(who, Event::CaseViewed { was_sealed: false });
    }

    fn case(&self) -> anyhow::Result<&Case> {
        self.case.as_ref().context("not opened yet")
    }

    fn keep(
        &mut self,
        by: StaffId,
        kind: DocumentKind,
        demand: Option<DemandId>,
        name: &str,
        bytes: &[u8],
    ) -> anyhow::Result<Document> {
        let id = DocumentId(self.dice.id(self.at));
        let vault = &self.world.ctx.vault;
        let mut upload = vault.begin(id, &self.key)?;
        upload.write(bytes)?;
        let arrived = upload.finish_unsynced()?;
        Ok(Document {
            id,
            case: self.id,
            kind,
            demand,
            file_name: line(name)?,
            media_type: arrived.media_type,
            size: arrived.size,
            sha256: arrived.sha256,
            received_at: self.at,
            received_by: by,
        })
    }

    // ── what is told ─────────────────────────────────────────────────────────────

    fn open(&mut self, reference: CaseReference, agency: &Agency, officer: &Officer) -> anyhow::Result<()> {
        let analyst = self.cast.analyst.id;
        let (opened_at, served) = (self.at, self.at.plus(-self.dice.minutes(12, 600)));
        let paper = asked::paper(&mut self.dice, self.process, agency, officer, served)?;
        let asks = asked::lines(self.world, &mut self.dice, self.process, &paper)?;
        self.at = opened_at.plus(-self.dice.minutes(2, 8));
        let bytes = asked::typed(&paper, agency, officer, &asks).to_pdf();
        let name = format!("{}.pdf", self.process.instrument);
        let document = self.keep(analyst, DocumentKind::Served, None, &name, &bytes)?;
        self.notes(analyst, Event::DocumentReceived { document: document.clone() });
        self.at = opened_at;
        let is_restricted = self.dice.comes_true(1);
        let [one, two, three] = self.cast.reviewers;
        let named = [self.cast.analyst, self.cast.second, one, two, three, self.cast.fulfiller];
        let change = Case::open(
            NewCase {
                id: self.id,
                reference,
                compartment: if is_restricted { Compartment::Restricted } else { Compartment::Ordinary },
                named: named.iter().filter(|_| is_restricted).map(|staff| staff.id).collect(),
                team: self.world.team,
                paper,
                documents: vec![document],
                demands: asks.into_iter().map(|asked| (DemandId(self.dice.id(opened_at)), asked)).collect(),
                scope_salt: self.dice.hex(),
            },
            analyst,
            opened_at,
        );
        self.happened(analyst, change);
        Ok(())
    }

    /// From opening to the end, one stage after the other; ends early where time or the agency ends it.
    fn go_on(&mut self, officer: &Officer) -> anyhow::Result<()> {
        self.settle()?;
        if self.is_over() || !self.verify()? || self.is_over() {
            return Ok(());
        }
        self.review()?;
        if self.is_over() || !self.approve()? || self.is_over() {
            return Ok(());
        }
        self.fulfil(officer)?;
        if self.is_over() {
            return Ok(());
        }
        self.close()
    }

    fn settle(&mut self) -> anyhow::Result<()> {
        let analyst = self.cast.analyst.id;
        self.looks(analyst);
        if let Some(document) = self.case()?.documents.first().map(|document| document.id) {
            self.notes(analyst, Event::DocumentViewed { document });
        }
        self.later(1, 6);
        if self.dice.comes_true(92) {
            self.does(analyst, |case, _| case.assign(Some(analyst), None))?;
        }
        if self.dice.comes_true(self.process.secrecy) {
            self.later(1, 3);
            let days = self.dice.between(90, 365);
            let order = SecrecyOrder {
                id: SecrecyOrderId(self.dice.id(self.at)),
                source: SecrecySource::CourtOrder,
                issuer: None,
                docket: None,
                grounds: Some(prose("Notice could lead to the destruction of evidence.")?),
                starts_on: self.at.day(),
                ends_on: Stated::Is(self.at.day() + TimeDelta::days(days)),
                by: analyst,
                at: self.at,
            };
            self.does(analyst, |case, _| case.record_secrecy(order))?;
        }
        self.later(3, 90);
        Ok(())
    }

    /// Whether the requester was confirmed.
    fn verify(&mut self) -> anyhow::Result<bool> {
        let (analyst, supervisor) = (self.cast.analyst.id, self.cast.reviewers[2].id);
        self.looks(analyst);
        let is_confirmed = !self.dice.comes_true(4);
        let result = if is_confirmed { CheckResult::Confirmed } else { CheckResult::NotConfirmed };
        self.check(
            analyst,
            CheckMethod::CallBack,
            result,
            "Rang the number published by the agency; was put through.",
        )?;
        if !is_confirmed {
            self.later(60, 300);
            if !self.is_over() && self.dice.comes_true(60) {
                self.withdraw("The agency could not be confirmed and did not answer again.")?;
            }
            return Ok(false);
        }
        if self.process.emergency {
            self.later(1, 20);
            self.check(
                supervisor,
                CheckMethod::Supervisor,
                CheckResult::Confirmed,
                "The watch commander confirmed officer and danger.",
            )?;
        }
        self.later(2, 60);
        Ok(true)
    }

    fn check(&mut self, by: StaffId, method: CheckMethod, result: CheckResult, account: &str) -> anyhow::Result<()> {
        let id = CheckId(self.dice.id(self.at));
        let check = Check { id, method, result, account: prose(account)?, by, at: self.at };
        self.does(by, |case, _| case.verify(check))
    }

    fn review(&mut self) -> anyhow::Result<()> {
        let analyst = self.cast.analyst.id;
        self.looks(analyst);
        if self.dice.comes_true(70) {
            self.comment(analyst, "Periods and accounts compared with the paper; see the note on the first line.")?;
        }
        self.assess()?;
        self.later(1, 20);
        if self.dice.comes_true(5) {
            self.clarify()?;
        }
        if !self.is_over() {
            self.draft(false)?;
        }
        self.later(3, 120);
        Ok(())
    }

    fn assess(&mut self) -> anyhow::Result<()> {
        let (analyst, ctx) = (self.cast.analyst.id, self.world.ctx);
        let rulebook = ctx.rulebook();
        let asking = Asking { rulebook: &rulebook, catalogue: &ctx.catalogue, provider: &ctx.provider };
        let found = answers(self.case()?, asking, Beside::default(), self.at)?;
        self.does(analyst, |case, now| case.assess(found, analyst, now))
    }

    /// The agency is asked, and answers.
    fn clarify(&mut self) -> anyhow::Result<()> {
        let analyst = self.cast.analyst.id;
        self.draft(true)?;
        self.later(1, 3);
        let because = prose("Asked the officer which period is meant.")?;
        let wait = Wait { kind: WaitKind::AwaitingRequester, because, expected_on: None, by: analyst, at: self.at };
        self.does(analyst, |case, _| case.begin_wait(wait))?;
        self.later(60, 900);
        if !self.is_over() {
            let ended = WaitEnded { account: prose("The officer answered.")?, by: analyst, at: self.at };
            self.does(analyst, |case, _| case.end_wait(ended))?;
            self.later(1, 10);
        }
        Ok(())
    }

    fn draft(&mut self, asks_back: bool) -> anyhow::Result<()> {
        let (analyst, policy) = (self.cast.analyst, self.world.ctx.approvals);
        let case = self.case()?;
        let decisions = case.demands.iter().map(|demand| decision(case, demand, asks_back));
        let decisions = decisions.collect::<anyhow::Result<Vec<_>>>()?;
        self.does(analyst.id, |case, now| case.decide(decisions, policy, analyst, now))
    }

    /// Whether enough people approved. Some drafts come back first.
    fn approve(&mut self) -> anyhow::Result<bool> {
        let [first, second, _] = self.cast.reviewers;
        self.looks(first.id);
        if let Some(document) = self.case()?.documents.first().map(|document| document.id) {
            self.notes(first.id, Event::DocumentViewed { document });
        }
        self.later(1, 4);
        let items = facial_checks(self.process.instrument);
        let tick = |item| Tick { item, answer: CheckAnswer::Fine, note: None, by: first.id, at: self.at };
        let ticks = items.into_iter().map(tick).collect();
        self.does(first.id, |case, _| case.tick_checklist(ticks))?;
        if self.dice.comes_true(8) {
            let because = prose("The second line asks for more than the paper says; please narrow it.")?;
            self.does(first.id, |case, now| case.return_draft(because, first.id, now))?;
            self.later(5, 120);
            if self.is_over() {
                return Ok(false);
            }
            self.looks(self.cast.analyst.id);
            self.draft(false)?;
            self.later(3, 60);
        }
        for reviewer in [first, second] {
            if self.is_over() || self.case()?.is_open(Gate::Approved) {
                break;
            }
            if reviewer.id != first.id {
                self.looks(reviewer.id);
                self.later(1, 3);
            }
            let seen = self.case()?.draft().map(|draft| draft.scope_hash.clone()).unwrap_or_default();
            let id = ApprovalId(self.dice.id(self.at));
            self.does(reviewer.id, |case, now| case.approve(id, &seen, reviewer.id, now))?;
            self.later(2, 90);
        }
        Ok(self.case()?.is_open(Gate::Approved))
    }

    fn fulfil(&mut self, officer: &Officer) -> anyhow::Result<()> {
        let (fulfiller, releaser) = (self.cast.fulfiller.id, self.cast.second.id);
        let granted: Vec<Demand> = self.case()?.granted().into_iter().map(|(demand, _)| demand.clone()).collect();
        if !granted.is_empty() {
            self.notes(fulfiller, Event::TaskViewed {});
        }
        for demand in &granted {
            self.later(1, 12);
            if self.is_over() {
                return Ok(());
            }
            self.collect(demand, fulfiller)?;
        }
        self.later(2, 60);
        let case = self.case()?;
        if self.is_over() || case.production().is_empty() || case.paper.instrument.preserves_only() {
            return Ok(());
        }
        if let Some(until) = self.case()?.held_until(self.at) {
            self.at = until;
        }
        if self.is_over() {
            return Ok(());
        }
        self.looks(releaser);
        self.later(1, 3);
        let to = line(officer.name.as_str())?;
        self.does(releaser, |case, now| case.release(to, ReleaseMethod::EncryptedMail, releaser, now))?;
        self.later(10, 200);
        Ok(())
    }

    fn collect(&mut self, demand: &Demand, by: StaffId) -> anyhow::Result<()> {
        let is_found = !self.dice.comes_true(12);
        let preserves_only = self.process.instrument.preserves_only();
        let files = if is_found && !preserves_only {
            let name = format!("{}-{}.csv", demand.position, demand.asked.category);
            let bytes = format!("account,category\n{},{}\n", demand.asked.identifier.display(), demand.asked.category);
            vec![self.keep(by, DocumentKind::Collected, Some(demand.id), &name, bytes.as_bytes())?]
        } else {
            Vec::new()
        };
        let (outcome, account) = match is_found {
            true => (CollectionOutcome::Collected, "Export from the service's archive by account."),
            false => (CollectionOutcome::NoData, "Searched accounts and archive; there is no such account."),
        };
        let named = files.iter().map(|file| file.id).collect();
        let account = prose(account)?;
        let result = CollectionResult { demand: demand.id, outcome, account, files: named, by, at: self.at };
        self.does(by, |case, _| case.collect(result, files))
    }

    fn close(&mut self) -> anyhow::Result<()> {
        let analyst = self.cast.analyst.id;
        if self.case()?.is_redirect_pending() {
            self.later(60, 400);
            if self.is_over() {
                return Ok(());
            }
            let account = prose("The customer's counsel wrote that they answered the agency themselves.")?;
            self.does(analyst, |case, now| {
                case.answer_redirect(RedirectResult::CustomerAnswered, account, analyst, now)
            })?;
        }
        self.later(5, 100);
        if self.is_over() || self.case()?.gate_before_closing().is_some() {
            return Ok(());
        }
        self.looks(analyst);
        self.does(analyst, |case, now| case.close(None, analyst, now))
    }

    fn withdraw(&mut self, note: &str) -> anyhow::Result<()> {
        let (analyst, note) = (self.cast.analyst.id, prose(note)?);
        self.does(analyst, |case, now| case.withdraw(note, analyst, now))
    }

    fn comment(&mut self, by: StaffId, text: &str) -> anyhow::Result<()> {
        let comment =
            Comment { id: CommentId(self.dice.id(self.at)), case: self.id, text: prose(text)?, by, at: self.at };
        self.notes(by, Event::CommentAdded { comment });
        Ok(())
    }

    /// People open a case again long after: colleagues, and now and then an auditor.
    fn look_back(&mut self) {
        for _ in 0..self.dice.between(3, 8) {
            self.at = self.at.plus(self.dice.minutes(60, 14 * 24 * 60));
            let is_audit = self.dice.comes_true(10);
            let role = if is_audit { Role::Auditor } else { Role::Analyst };
            let is_open_to_all = self.case.as_ref().is_some_and(|case| case.compartment == Compartment::Ordinary);
            let somebody = self.dice.one(self.world.staff(role)).map(|staff| staff.id);
            let who = somebody.filter(|_| is_open_to_all).unwrap_or(self.cast.analyst.id);
            self.notes(who, Event::CaseViewed { was_sealed: is_audit && is_open_to_all });
        }
    }
}

/// What is decided on a demand: as the verdict says, or to ask back.
fn decision(case: &Case, demand: &Demand, asks_back: bool) -> anyhow::Result<Decision> {
    let answer = case.assessed().and_then(|assessed| assessed.on(demand.id));
    let finding = answer.and_then(|a| a.findings.first()).map_or(FindingCode::InstrumentTooLow, |f| f.code);
    let is_beyond = |kind| case.is_beyond(demand.id, kind);
    let given = if demand.asked.data_class.is_content() { DecisionKind::Content } else { DecisionKind::NonContent };
    let is_permitted = answer.is_some_and(|a| a.verdict == Verdict::Permitted) && !is_beyond(given);
    let kind = match case.paper.customer {
        _ if asks_back => DecisionKind::Clarify,
        CustomerType::Enterprise => DecisionKind::Redirect,
        _ if is_permitted => given,
        _ => DecisionKind::Reject,
    };
    Ok(Decision {
        demand: demand.id,
        kind,
        reason: (kind == DecisionKind::Reject).then_some(finding),
        redirect_to: (kind == DecisionKind::Redirect)
            .then(|| line("Sample Works Ltd, legal department"))
            .transpose()?,
        note: None,
        override_reason: None,
    })
}

fn line(text: &str) -> anyhow::Result<Line> {
    Ok(Line::parse("text", text)?)
}

fn prose(text: &str) -> anyhow::Result<Prose> {
    Ok(Prose::parse("text", text)?)
}
