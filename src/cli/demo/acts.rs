//! The acts of the demonstration's people, each through the action a page would call.

use std::collections::BTreeMap;

use anyhow::Context;
use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::Value;

use super::cases::{Round, Step, day_of};
use super::paper::Typed;
use super::people::People;
use super::script::{self, AskLine, CaseScript, Choice, Day, Goal, Script};
use crate::actions::assign_case::{AssignCase, assign_case};
use crate::actions::collect::{Collect, collect};
use crate::actions::comment::add_comment;
use crate::actions::link_cases::{LinkCases, link_cases};
use crate::actions::on_case::OnCase;
use crate::actions::open_case::{AgencyEntry, AskedEntry, OfficerEntry, OpenCase, PaperEntry, open_case};
use crate::actions::receive_document::{self, Uploaded};
use crate::actions::record_secrecy::{RecordSecrecy, record_secrecy};
use crate::actions::tick_checklist::{TickLine, tick_checklist};
use crate::actions::verify_requester::{VerifyRequester, verify_requester};
use crate::actions::wait::{BeginWait, begin_wait};
use crate::actions::{
    Ctx, SignedIn, answer_redirect, approve, assess_case, close_case, decide, release, return_draft, sign_in,
    withdraw_case,
};
use crate::domain::agency::Country;
use crate::domain::case::{Case, CaseReference};
use crate::domain::checklist::{CheckAnswer, FacialCheck, facial_checks};
use crate::domain::decision::{CollectionOutcome, Decision, DecisionKind, ReleaseMethod};
use crate::domain::demand::{Demand, Period};
use crate::domain::finding::FindingCode;
use crate::domain::id::{AgencyId, CaseId};
use crate::domain::identifier::Identifier;
use crate::domain::redirect::Organisation;
use crate::domain::staff::Verb;
use crate::domain::stage::{Compartment, Gate};
use crate::domain::stated::Stated;
use crate::domain::text::{Line, Prose};
use crate::domain::time::Instant;
use crate::domain::verdict::Verdict;
use crate::domain::verification::{CheckMethod, CheckResult};
use crate::store::cases;
use crate::system::Clock;

const SUBPOENA: &[u8] = include_bytes!("../../../tests/papers/subpoena.pdf");
const WARRANT: &[u8] = include_bytes!("../../../tests/papers/warrant.pdf");
const ORDER: &[u8] = include_bytes!("../../../tests/papers/order.pdf");

/// Who acts on what.
pub struct Acts<'s> {
    pub ctx: &'s Ctx,
    pub clock: &'s Clock,
    pub people: &'s People,
    pub script: &'s Script,
    /// Agencies that stand in the directory, by key.
    pub agencies: BTreeMap<String, AgencyId>,
    /// Cases that are opened, by key.
    pub opened: BTreeMap<String, CaseReference>,
}

/// Where one case of the script stands.
pub struct Standing {
    served: Instant,
    reference: Option<CaseReference>,
}

impl Standing {
    /// Before it is opened.
    pub fn new(served: Instant) -> Standing {
        Standing { served, reference: None }
    }

    fn reference(&self) -> anyhow::Result<&CaseReference> {
        self.reference.as_ref().context("not opened yet")
    }

    fn on(&self) -> anyhow::Result<OnCase> {
        Ok(OnCase { reference: self.reference()?.clone(), version: None })
    }
}

impl Acts<'_> {
    /// Takes one step of one case.
    pub fn take(&mut self, case: &CaseScript, standing: &mut Standing, step: Step) -> anyhow::Result<()> {
        match step {
            Step::Open => self.open(case, standing),
            Step::Settle => self.settle(case, standing),
            Step::Check => self.check(case, standing),
            Step::CheckAgain => self.check_again(standing),
            Step::Assess => {
                assess_case::assess_case(self.ctx, self.people.get(&case.analyst)?, &standing.on()?)?;
                Ok(())
            }
            Step::Talk => self.talk(case, standing),
            Step::Decide(round) => self.decide(case, standing, round),
            Step::Wait => self.wait(case, standing),
            Step::Look => self.look(case, standing),
            Step::Approve => self.approve(standing, "reviewer"),
            Step::ApproveAgain => self.approve(standing, "reviewer-3"),
            Step::Return => self.send_back(case, standing),
            Step::Withdraw => self.withdraw(case, standing),
            Step::Collect => self.collect(case, standing),
            Step::Release => self.release(case, standing),
            Step::Answer => self.answer(case, standing),
            Step::Close => {
                close_case::close_case(self.ctx, self.people.get(&case.analyst)?, &standing.on()?, None)?;
                Ok(())
            }
        }
    }

    // ── intake and triage ────────────────────────────────────────────────────────

    fn open(&mut self, case: &CaseScript, standing: &mut Standing) -> anyhow::Result<()> {
        let who = self.people.get(&case.analyst)?;
        let arrival = match case.to {
            Goal::Intake => None,
            _ => Some(self.receive(who, case, standing.served)?),
        };
        let with = OpenCase {
            arrival,
            compartment: Compartment::Ordinary,
            named: Vec::new(),
            team: None,
            paper: self.paper(case, standing.served)?,
            demands: case.lines()?.iter().map(|line| asked(line, case, standing.served)).collect::<Result<_, _>>()?,
        };
        let opened = open_case(self.ctx, who, with)?;
        self.agencies.insert(case.agency.clone(), opened.paper.requester.agency);
        self.opened.insert(case.key.clone(), opened.reference.clone());
        standing.reference = Some(opened.reference);
        Ok(())
    }

    fn receive(&self, who: &SignedIn, case: &CaseScript, served: Instant) -> anyhow::Result<CaseId> {
        let typed;
        let bytes = match case.paper.as_deref() {
            Some("order") => ORDER,
            Some("subpoena") => SUBPOENA,
            Some("warrant") => WARRANT,
            _ => {
                typed = self.typed(case, served)?.to_pdf();
                &typed
            }
        };
        let to = receive_document::for_new_case(self.ctx, who)?;
        let arrival = to.case;
        let mut upload = receive_document::begin(self.ctx, &to)?;
        upload.write(bytes)?;
        let name = case.file.clone().unwrap_or_else(|| format!("{}.pdf", case.key));
        let uploaded = Uploaded::new(to, line(&name)?, upload.finish()?);
        receive_document::receive_document(self.ctx, who, uploaded)?;
        Ok(arrival)
    }

    fn paper(&self, case: &CaseScript, served: Instant) -> anyhow::Result<PaperEntry> {
        let agency = self.script.agency(&case.agency)?;
        let [name, title, email] = agency.officers.get(&case.officer).context("no such officer")?;
        let stated = |day: Option<Day>| day.map_or(Stated::None, |day| Stated::Is(day_of(day, served)));
        let text = |given: &Option<String>| -> anyhow::Result<Stated<Line>> {
            given.as_deref().map_or(Ok(Stated::None), |text| Ok(Stated::Is(line(text)?)))
        };
        let court = agency.country == "US" && case.instrument.commands();
        let [from, to] = case.allowed.map_or([None, None], |days| days.map(Some));
        Ok(PaperEntry {
            instrument: case.instrument,
            issuing_authority: case.authority,
            issuer: court.then(|| line("United States District Court, District of Meridiana")).transpose()?,
            agency: match self.agencies.get(&case.agency) {
                Some(known) => AgencyEntry::Known(*known),
                None => AgencyEntry::New {
                    name: line(&agency.name)?,
                    country: Country::parse("country", &agency.country)?,
                    level: agency.level,
                    kind: agency.kind,
                    state: agency.state.as_deref().map(line).transpose()?,
                },
            },
            officer: OfficerEntry::New {
                name: line(name)?,
                title: Some(line(title)?),
                email: Some(line(email)?),
                phone: None,
            },
            docket: text(&case.docket)?,
            legal_basis: text(&case.basis)?,
            matter: case.matter,
            channel: case.channel,
            received_at: served,
            issued_on: case.issued.map(|day| day_of(day, served)),
            return_by: stated(case.due),
            execute_by: stated(case.execute),
            authorised_from: stated(from),
            authorised_to: stated(to),
            customer: case.customer,
            is_signed: Some(true),
            names_served_entity: Some(true),
            lacks_attachments: Some(false),
            is_particular: case.particular.or(Some(true)),
            statute_covers: case.basis.is_some().then_some(true),
            more: facts(case),
        })
    }

    fn typed(&self, case: &CaseScript, served: Instant) -> anyhow::Result<Typed> {
        let agency = self.script.agency(&case.agency)?;
        let [officer, title, email] = agency.officers.get(&case.officer).context("no such officer")?;
        let mut particulars = vec![("To".to_owned(), self.ctx.provider.entity.clone())];
        let mut add = |name: &str, value: Option<String>| {
            particulars.extend(value.map(|value| (name.to_owned(), value)));
        };
        add("Docket", case.docket.clone());
        add("Under", case.basis.clone());
        add("Issued", case.issued.map(|day| day_of(day, served).to_string()));
        add("Execute by", case.execute.map(|day| day_of(day, served).to_string()));
        add("Answer by", case.due.map(|day| day_of(day, served).to_string()));
        let command = match (case.instrument.commands(), case.instrument.preserves_only()) {
            (_, true) => "You are asked to preserve, and not to disclose, what is listed below as it stands today.",
            (true, _) => "YOU ARE COMMANDED to produce what is listed below, and nothing else.",
            (false, _) => "We ask you to give us what is listed below.",
        };
        let mut says: Vec<String> = case.says.clone().into_iter().collect();
        says.push(command.to_owned());
        let lines = case.lines()?;
        let asks = lines.iter().map(|line| {
            let day = |day: Option<Day>| day.map(|day| day_of(day, served).to_string());
            let period = match (day(line.from), day(line.to)) {
                (Some(from), Some(to)) => format!(", {from} to {to} (UTC)"),
                _ => String::new(),
            };
            format!("{}: {}{period}", line.identifier, line.words)
        });
        Ok(Typed {
            head: agency.name.clone(),
            title: case.instrument.label().to_owned(),
            particulars,
            says,
            asks: asks.collect(),
            signed: format!("{officer}, {title}, {email}"),
        })
    }

    /// Who has it, and what binds us to silence.
    fn settle(&self, case: &CaseScript, standing: &Standing) -> anyhow::Result<()> {
        let who = self.people.get(&case.analyst)?;
        if !case.unassigned {
            assign_case(self.ctx, who, &standing.on()?, AssignCase { to: Some(who.staff.id), note: None })?;
        }
        for order in &case.secrecy {
            let with = RecordSecrecy {
                source: order.source,
                issuer: None,
                docket: order.docket.as_deref().map(line).transpose()?,
                grounds: Some(prose(&order.grounds)?),
                starts_on: day_of(order.starts, standing.served),
                ends_on: order.ends.map_or(Stated::None, |day| Stated::Is(day_of(day, standing.served))),
            };
            record_secrecy(self.ctx, who, &standing.on()?, with)?;
        }
        Ok(())
    }

    fn check(&self, case: &CaseScript, standing: &Standing) -> anyhow::Result<()> {
        let agency = self.script.agency(&case.agency)?;
        let [officer, ..] = agency.officers.get(&case.officer).context("no such officer")?;
        let (result, account) = match &case.unconfirmed {
            Some(account) => (CheckResult::NotConfirmed, account.clone()),
            None => (
                CheckResult::Confirmed,
                format!(
                    "Rang the number published on the site of {}; was put through to {officer}, who confirmed the \
                     paper and its number.",
                    agency.name
                ),
            ),
        };
        let with = VerifyRequester { method: CheckMethod::CallBack, result, account: prose(&account)? };
        verify_requester(self.ctx, self.people.get(&case.analyst)?, &standing.on()?, with)?;
        Ok(())
    }

    /// The second-level check of an emergency.
    fn check_again(&self, standing: &Standing) -> anyhow::Result<()> {
        let account =
            prose("The officer's supervisor, reached through the switchboard, confirmed officer and danger.")?;
        let with = VerifyRequester { method: CheckMethod::Supervisor, result: CheckResult::Confirmed, account };
        verify_requester(self.ctx, self.people.get("reviewer-2")?, &standing.on()?, with)?;
        Ok(())
    }

    fn talk(&self, case: &CaseScript, standing: &Standing) -> anyhow::Result<()> {
        for text in &case.comments {
            let (who, words) = text.split_once(": ").context("a comment is who: words")?;
            add_comment(self.ctx, self.people.get(who)?, &standing.on()?, prose(words)?)?;
        }
        for text in &case.links {
            let (key, kind, note) = script::link(text)?;
            let other = self.opened.get(&key).with_context(|| format!("{key} is not opened yet"))?.clone();
            let with = LinkCases { other, kind, note: Some(line(&note)?) };
            link_cases(self.ctx, self.people.get(&case.analyst)?, &standing.on()?, with)?;
        }
        Ok(())
    }

    fn wait(&self, case: &CaseScript, standing: &Standing) -> anyhow::Result<()> {
        let Some(wait) = &case.wait else { return Ok(()) };
        let expected_on = Some(day_of(Day::FromService(wait.expected), standing.served));
        let with = BeginWait { kind: wait.kind, because: prose(&wait.because)?, expected_on };
        begin_wait(self.ctx, self.people.get(&case.analyst)?, &standing.on()?, with)?;
        Ok(())
    }

    // ── review, approval, fulfilment, delivery ───────────────────────────────────

    fn decide(&self, script: &CaseScript, standing: &Standing, round: Round) -> anyhow::Result<()> {
        let case = self.case(standing)?;
        let choice = script.choice(round);
        // Only a reviewer may go beyond a verdict.
        let who = if choice == Choice::Override { "reviewer-2" } else { script.analyst.as_str() };
        let decisions = case.demands.iter().map(|demand| decision(&case, demand, choice, script));
        let decisions = decisions.collect::<anyhow::Result<Vec<_>>>()?;
        decide::decide(self.ctx, self.people.get(who)?, &standing.on()?, decisions)?;
        Ok(())
    }

    /// A reviewer looks at the paper; while a case waits for approval half of the list is still open.
    fn look(&self, script: &CaseScript, standing: &Standing) -> anyhow::Result<()> {
        let all = facial_checks(script.instrument);
        let seen = if script.to == Goal::Approval { all.len().div_ceil(2) } else { all.len() };
        let tick = |item: FacialCheck| {
            let answer = match item {
                FacialCheck::Secrecy if script.secrecy.is_empty() => CheckAnswer::NotApplicable,
                _ => CheckAnswer::Fine,
            };
            TickLine { item, answer, note: None }
        };
        let lines = all.into_iter().take(seen).map(tick).collect();
        tick_checklist(self.ctx, self.people.get("reviewer")?, &standing.on()?, lines)?;
        Ok(())
    }

    /// Approves where an approval is still needed.
    fn approve(&self, standing: &Standing, key: &str) -> anyhow::Result<()> {
        let case = self.case(standing)?;
        if case.is_open(Gate::Approved) {
            return Ok(());
        }
        let who = self.people.get(key)?;
        let fresh = sign_in::step_up_on(self.ctx, who, &standing.on()?.reference, &self.password(key)?, Verb::Approve)?;
        let seen = case.draft().map(|d| d.scope_hash.clone()).context("nothing was drafted")?;
        approve::approve(self.ctx, who, &standing.on()?, seen, fresh)?;
        Ok(())
    }

    fn send_back(&self, case: &CaseScript, standing: &Standing) -> anyhow::Result<()> {
        let because = prose(case.returned.as_deref().context("no reason")?)?;
        return_draft::return_draft(self.ctx, self.people.get("reviewer")?, &standing.on()?, because)?;
        Ok(())
    }

    fn withdraw(&self, case: &CaseScript, standing: &Standing) -> anyhow::Result<()> {
        let note = prose(case.withdraw.as_deref().context("no word on the withdrawal")?)?;
        withdraw_case::withdraw_case(self.ctx, self.people.get(&case.analyst)?, &standing.on()?, note)?;
        Ok(())
    }

    fn collect(&self, script: &CaseScript, standing: &Standing) -> anyhow::Result<()> {
        let case = self.case(standing)?;
        let who = self.people.get("fulfiller")?;
        let open: Vec<Demand> = case.granted().iter().map(|(demand, _)| (*demand).clone()).collect();
        for demand in open {
            self.clock.turn(TimeDelta::minutes(3));
            let found = !script.no_data;
            let uploads = if found { vec![self.export(who, standing.reference()?, &demand)?] } else { Vec::new() };
            let (outcome, account) = match found {
                true => (CollectionOutcome::Collected, "Export from the service's own archive by account."),
                false => {
                    (CollectionOutcome::NoData, "Searched accounts and archive by address; there is no such account.")
                }
            };
            let with = Collect { demand: demand.id, outcome, account: prose(account)? };
            collect(self.ctx, who, &standing.on()?, with, uploads)?;
        }
        Ok(())
    }

    fn export(&self, who: &SignedIn, reference: &CaseReference, demand: &Demand) -> anyhow::Result<Uploaded> {
        let to = receive_document::for_case(self.ctx, who, reference, Verb::Collect)?;
        let mut upload = receive_document::begin(self.ctx, &to)?;
        let (account, category) = (demand.asked.identifier.display(), &demand.asked.category);
        upload.write(format!("account,category\n{account},{category}\n").as_bytes())?;
        let name = format!("{}-{category}.csv", demand.position);
        Ok(Uploaded::new(to, line(&name)?, upload.finish()?))
    }

    /// Releases what was collected, if anything was and the paper asks for more than keeping.
    fn release(&self, script: &CaseScript, standing: &Standing) -> anyhow::Result<()> {
        let case = self.case(standing)?;
        if case.production().is_empty() || script.instrument.preserves_only() {
            return Ok(());
        }
        let agency = self.script.agency(&script.agency)?;
        let [officer, title, _] = agency.officers.get(&script.officer).context("no such officer")?;
        // Whoever made the call-back does not release.
        let key = if script.analyst == "analyst" { "analyst-2" } else { "analyst" };
        let who = self.people.get(key)?;
        let fresh = sign_in::step_up_on(self.ctx, who, &standing.on()?.reference, &self.password(key)?, Verb::Release)?;
        let to = line(&format!("{title} {officer}, {}", agency.name))?;
        release::release(self.ctx, who, &standing.on()?, to, ReleaseMethod::EncryptedMail, fresh)?;
        Ok(())
    }

    fn answer(&self, case: &CaseScript, standing: &Standing) -> anyhow::Result<()> {
        let (result, account) = case.answer.as_ref().context("no answer")?;
        let with = answer_redirect::AnswerRedirect { result: *result, account: prose(account)? };
        answer_redirect::answer_redirect(self.ctx, self.people.get(&case.analyst)?, &standing.on()?, with)?;
        Ok(())
    }

    fn case(&self, standing: &Standing) -> anyhow::Result<Case> {
        let reference = standing.reference()?;
        self.ctx.store.read(|conn| cases::find_by_reference(conn, reference))?.context("the case is gone")
    }

    fn password(&self, key: &str) -> anyhow::Result<SecretString> {
        let sign_ins = self.people.sign_ins();
        let sign_in = sign_ins.get(key).with_context(|| format!("nobody has the key {key}"))?;
        Ok(SecretString::from(sign_in.password.clone()))
    }
}

fn decision(case: &Case, demand: &Demand, choice: Choice, script: &CaseScript) -> anyhow::Result<Decision> {
    let answer = case.assessed().and_then(|a| a.on(demand.id));
    let finding = answer.and_then(|a| a.findings.first()).map_or(FindingCode::InstrumentTooLow, |f| f.code);
    let is_permitted = answer.is_some_and(|a| a.verdict == Verdict::Permitted);
    let given = if demand.asked.data_class.is_content() { DecisionKind::Content } else { DecisionKind::NonContent };
    let kind = match choice {
        Choice::Verdict if is_permitted => given,
        Choice::Override => given,
        Choice::Verdict | Choice::Reject => DecisionKind::Reject,
        Choice::Redirect => DecisionKind::Redirect,
        Choice::Clarify => DecisionKind::Clarify,
    };
    let customer = script.organisation.as_ref().map(|[name, contact, _]| format!("{name}, {contact}"));
    let reason = "The customer's authorised officer agreed in writing that we answer for this account.";
    Ok(Decision {
        demand: demand.id,
        kind,
        reason: (kind == DecisionKind::Reject).then_some(finding),
        redirect_to: customer.filter(|_| kind == DecisionKind::Redirect).as_deref().map(line).transpose()?,
        note: None,
        override_reason: (choice == Choice::Override).then(|| prose(reason)).transpose()?,
    })
}

fn asked(ask: &AskLine, case: &CaseScript, served: Instant) -> anyhow::Result<AskedEntry> {
    let day = |day: Option<Day>| day.map(|day| day_of(day, served));
    let organisation = match &case.organisation {
        Some([name, contact, reach]) => {
            Some(Organisation { name: line(name)?, contact: Some(line(contact)?), reach: Some(line(reach)?) })
        }
        None => None,
    };
    Ok(AskedEntry {
        identifier: Identifier::parse(ask.kind.parse()?, &ask.identifier, Some("US"))?,
        service: ask.service.clone(),
        category: ask.category.clone(),
        words: Some(line(&ask.words)?),
        period: Period::new(day(ask.from), day(ask.to))?,
        in_signed_paper: Some(true),
        is_ours: Some(true),
        organisation,
    })
}

/// Facts of less common papers.
fn facts(case: &CaseScript) -> BTreeMap<String, Value> {
    let mut facts: BTreeMap<String, Value> = BTreeMap::new();
    if case.instrument.preserves_only() {
        // Nothing was kept for this agency before.
        facts.insert("prior".to_owned(), Value::Null);
    }
    if case.emergency_facts {
        facts.insert("emergency.claimed".to_owned(), Value::Bool(true));
        facts.insert("emergency.danger".to_owned(), Value::from("death_or_serious_injury"));
        facts.insert("emergency.facts_given".to_owned(), Value::Bool(true));
        facts.insert("emergency.scope_exceeded".to_owned(), Value::Bool(false));
    }
    facts
}

fn line(text: &str) -> anyhow::Result<Line> {
    Ok(Line::parse("text", text)?)
}

fn prose(text: &str) -> anyhow::Result<Prose> {
    Ok(Prose::parse("text", text)?)
}
