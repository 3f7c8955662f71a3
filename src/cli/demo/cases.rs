//! The demonstration's cases. They are made through the actions, by the people who would do it, with a clock
//! turned forward by hand: so their log is a real one.

use std::cell::Cell;
use std::collections::BTreeMap;

use anyhow::Context;
use chrono::{NaiveDate, TimeDelta};
use secrecy::SecretString;

use super::people::People;
use crate::actions::collect::{Collect, collect};
use crate::actions::on_case::OnCase;
use crate::actions::open_case::{AgencyEntry, AskedEntry, OfficerEntry, OpenCase, PaperEntry, open_case};
use crate::actions::receive_document::{self, Uploaded};
use crate::actions::record_secrecy::{RecordSecrecy, record_secrecy};
use crate::actions::verify_requester::{VerifyRequester, verify_requester};
use crate::actions::{Ctx, SignedIn, approve, assess_case, close_case, decide, release, sign_checkpoint, sign_in};
use crate::domain::agency::Country;
use crate::domain::case::{Case, CaseReference};
use crate::domain::decision::{CollectionOutcome, Decision, DecisionKind, ReleaseMethod};
use crate::domain::demand::{Demand, Period};
use crate::domain::finding::FindingCode;
use crate::domain::id::{AgencyId, CaseId, DemandId, OfficerId};
use crate::domain::identifier::{Identifier, IdentifierKind};
use crate::domain::instrument::Instrument;
use crate::domain::requester::{Channel, CustomerType, IssuingAuthority, Matter, RequesterLevel, RequesterType};
use crate::domain::secrecy::SecrecySource;
use crate::domain::staff::{Actor, Verb};
use crate::domain::stage::Compartment;
use crate::domain::stated::Stated;
use crate::domain::text::{Line, Prose};
use crate::domain::time::Instant;
use crate::domain::verdict::Verdict;
use crate::domain::verification::{CheckMethod, CheckResult};
use crate::system::Clock;

/// A day and hour of the demonstration, UTC.
pub struct At(i32, u32, u32, u32, u32);

/// When the demonstration's register was made: before its first paper was served.
pub const BEGINS: At = At(2026, 10, 27, 8, 0);

const SUBPOENA: &[u8] = include_bytes!("../../../tests/papers/subpoena.pdf");
const WARRANT: &[u8] = include_bytes!("../../../tests/papers/warrant.pdf");
const ORDER: &[u8] = include_bytes!("../../../tests/papers/order.pdf");

/// Makes the three cases: one closed, one waiting for an approval, one just taken in.
pub fn make_all(ctx: &Ctx, clock: &Clock, people: &People) -> anyhow::Result<()> {
    let story = Story { ctx, clock, people, requester: Cell::new(None) };
    story.order_answered()?;
    story.subpoena_awaiting_approval()?;
    story.warrant_just_taken_in()?;
    sign_checkpoint::sign_checkpoint(ctx, Actor::System("demo"))?;
    Ok(())
}

struct Story<'s> {
    ctx: &'s Ctx,
    clock: &'s Clock,
    people: &'s People,
    /// The agency and officer of the first case, who ask in the later ones too.
    requester: Cell<Option<(AgencyId, OfficerId)>>,
}

impl Story<'_> {
    /// A § 2703(d) order: taken in, verified, decided, approved, collected, released, closed.
    fn order_answered(&self) -> anyhow::Result<()> {
        let (anna, ben) = (self.people.get("analyst")?, self.people.get("analyst-2")?);
        let (carla, emil) = (self.people.get("reviewer")?, self.people.get("fulfiller")?);
        let served = At(2026, 11, 2, 9, 12);
        let arrival = self.receive(anna, &served, "order-3-26-mj-00439.pdf", ORDER)?;
        let gamertag = Identifier::parse(IdentifierKind::Gamertag, "QuietHarbor417", None)?;
        let mail = Identifier::parse(IdentifierKind::Email, "quiet.harbor@messenger.example", None)?;
        let period = Period::new(Some(day(2026, 3, 1)?), Some(day(2026, 9, 30)?))?;
        let demands = vec![
            asked(&gamertag, "console", "gamertag", "Subscriber data", Period::default())?,
            asked(&gamertag, "console", "ip_history", "Sessions with network addresses", period)?,
            asked(&mail, "mail", "sign_in_ip_log", "Sessions with network addresses", period)?,
            asked(&mail, "mail", "address_book", "Other records about the account", Period::default())?,
        ];
        let paper = PaperEntry {
            issued_on: Some(day(2026, 10, 30)?),
            return_by: Stated::Is(day(2026, 11, 16)?),
            docket: Stated::Is(line("3:26-mj-00439")?),
            legal_basis: Stated::Is(line("18 U.S.C. § 2703(d)")?),
            ..paper(Instrument::Order2703d, IssuingAuthority::Magistrate, served.instant()?)?
        };
        let case = self.open(anna, arrival, paper, demands)?;
        self.turn(2);
        self.confirm(
            anna,
            &case,
            "Rang the switchboard of the United States Attorney named on the court's own site; \
             was put through to A. Sample, who confirmed the order and its number.",
        )?;
        let case = assess_case::assess_case(self.ctx, anna, &on(&case.reference))?;
        self.turn(1);
        let case = decide::decide(self.ctx, anna, &on(&case.reference), by_verdict(&case))?;
        self.turn(20);
        self.approve(carla, "reviewer", &case)?;
        for demand in &case.demands {
            self.turn(1);
            let file = format!("{}.csv", demand.asked.category);
            let bytes = format!("account,category\n{},{}\n", demand.asked.identifier.display(), demand.asked.category);
            self.collect(emil, &case.reference, demand.id, &file, bytes.as_bytes())?;
        }
        self.turn(18);
        let fresh = sign_in::step_up(self.ctx, ben, &self.password("analyst-2")?, Verb::Release)?;
        let to = line("Special Agent Casey Mockford, Bureau of Sample Inquiries")?;
        release::release(self.ctx, ben, &on(&case.reference), to, ReleaseMethod::EncryptedMail, fresh)?;
        self.turn(1);
        close_case::close_case(self.ctx, ben, &on(&case.reference), None)?;
        Ok(())
    }

    /// A grand jury subpoena that asks for more than a subpoena reaches, decided and waiting for a reviewer.
    fn subpoena_awaiting_approval(&self) -> anyhow::Result<()> {
        let anna = self.people.get("analyst")?;
        let served = At(2026, 11, 10, 14, 40);
        let arrival = self.receive(anna, &served, "subpoena-26-GJ-0117-04.pdf", SUBPOENA)?;
        let period = Period::new(Some(day(2026, 1, 1)?), Some(day(2026, 10, 20)?))?;
        let mut demands = Vec::new();
        for number in ["+1 (202) 555-0142", "+1 (202) 555-0187"] {
            let phone = Identifier::parse(IdentifierKind::Phone, number, None)?;
            demands.push(asked(
                &phone,
                "account",
                "registration",
                "Names, addresses and contact data",
                Period::default(),
            )?);
            demands.push(asked(&phone, "messenger", "session_log", "Session times and network addresses", period)?);
            demands.push(asked(&phone, "messenger", "contact_list", "Associated accounts", Period::default())?);
        }
        let paper = PaperEntry {
            issuer: Some(line("United States District Court, District of Meridiana")?),
            issued_on: Some(day(2026, 10, 26)?),
            return_by: Stated::Is(day(2026, 11, 17)?),
            docket: Stated::Is(line("26-GJ-0117-04")?),
            legal_basis: Stated::Is(line("Fed. R. Crim. P. 17; 18 U.S.C. § 2703(c)(2)")?),
            ..paper(Instrument::GrandJurySubpoena, IssuingAuthority::GrandJury, served.instant()?)?
        };
        let case = self.open(anna, arrival, paper, demands)?;
        let order = RecordSecrecy {
            source: SecrecySource::CourtOrder,
            issuer: Some(line("United States District Court, District of Meridiana")?),
            docket: Some(line("3:26-mj-00417")?),
            grounds: Some(Prose::parse("grounds", "Destruction of evidence; 18 U.S.C. § 2705(b).")?),
            starts_on: day(2026, 10, 26)?,
            ends_on: Stated::Is(day(2027, 10, 26)?),
        };
        record_secrecy(self.ctx, anna, &on(&case.reference), order)?;
        let plea = RecordSecrecy {
            source: SecrecySource::Request,
            issuer: Some(line("Cover letter")?),
            docket: None,
            grounds: Some(Prose::parse("grounds", "The letter asks not to tell the customer.")?),
            starts_on: day(2026, 10, 26)?,
            ends_on: Stated::None,
        };
        record_secrecy(self.ctx, anna, &on(&case.reference), plea)?;
        self.turn(3);
        self.confirm(anna, &case, "Rang the court clerk's public number; the clerk confirmed the subpoena's number.")?;
        let case = assess_case::assess_case(self.ctx, anna, &on(&case.reference))?;
        self.turn(1);
        decide::decide(self.ctx, anna, &on(&case.reference), by_verdict(&case))?;
        Ok(())
    }

    /// A warrant whose attachment asks for 22 years of content, taken in this week.
    fn warrant_just_taken_in(&self) -> anyhow::Result<()> {
        let ben = self.people.get("analyst-2")?;
        let served = At(2026, 11, 16, 8, 5);
        let arrival = self.receive(ben, &served, "warrant-3-26-mj-00452.pdf", WARRANT)?;
        let mail = Identifier::parse(IdentifierKind::Email, "river.lane@messenger.example", None)?;
        let phone = Identifier::parse(IdentifierKind::Phone, "+1 (202) 555-0163", None)?;
        let period = Period::new(Some(day(2004, 1, 1)?), Some(day(2026, 11, 2)?))?;
        let demands = vec![
            asked(&mail, "mail", "mail_content", "All communications", period)?,
            asked(&mail, "mail", "address_book", "Address book", Period::default())?,
            asked(&mail, "storage", "files", "All files", period)?,
            asked(&phone, "messenger", "session_log", "Sessions", period)?,
        ];
        let paper = PaperEntry {
            issuer: Some(line("United States District Court, District of Meridiana")?),
            issued_on: Some(day(2026, 11, 2)?),
            execute_by: Stated::Is(day(2026, 11, 16)?),
            return_by: Stated::Is(day(2026, 11, 30)?),
            authorised_from: Stated::Is(day(2004, 1, 1)?),
            authorised_to: Stated::Is(day(2026, 11, 2)?),
            docket: Stated::Is(line("3:26-mj-00452")?),
            legal_basis: Stated::Is(line("Fed. R. Crim. P. 41; 18 U.S.C. § 2703(a)")?),
            ..paper(Instrument::SearchWarrant, IssuingAuthority::Magistrate, served.instant()?)?
        };
        self.open(ben, arrival, paper, demands)?;
        Ok(())
    }

    fn turn(&self, hours: i64) {
        self.clock.turn(TimeDelta::hours(hours));
    }

    fn receive(&self, who: &SignedIn, at: &At, name: &str, bytes: &[u8]) -> anyhow::Result<CaseId> {
        self.clock.set(at.instant()?.plus(TimeDelta::minutes(6)));
        let to = receive_document::for_new_case(self.ctx, who)?;
        let case = to.case;
        let mut upload = receive_document::begin(self.ctx, &to)?;
        upload.write(bytes)?;
        let uploaded = Uploaded::new(to, line(name)?, upload.finish()?);
        receive_document::receive_document(self.ctx, who, uploaded)?;
        Ok(case)
    }

    fn open(
        &self,
        who: &SignedIn,
        arrival: CaseId,
        entry: PaperEntry,
        demands: Vec<AskedEntry>,
    ) -> anyhow::Result<Case> {
        self.clock.turn(TimeDelta::minutes(14));
        let paper = match self.requester.get() {
            Some((agency, officer)) => {
                PaperEntry { agency: AgencyEntry::Known(agency), officer: OfficerEntry::Known(officer), ..entry }
            }
            None => entry,
        };
        let with = OpenCase {
            arrival: Some(arrival),
            compartment: Compartment::Ordinary,
            named: Vec::new(),
            team: None,
            paper,
            demands,
        };
        let case = open_case(self.ctx, who, with)?;
        let requester = &case.paper.requester;
        self.requester.set(requester.officer.map(|officer| (requester.agency, officer)));
        Ok(case)
    }

    fn confirm(&self, who: &SignedIn, case: &Case, account: &str) -> anyhow::Result<()> {
        let account = Prose::parse("account", account)?;
        let with = VerifyRequester { method: CheckMethod::CallBack, result: CheckResult::Confirmed, account };
        verify_requester(self.ctx, who, &on(&case.reference), with)?;
        Ok(())
    }

    fn approve(&self, who: &SignedIn, key: &str, case: &Case) -> anyhow::Result<()> {
        let fresh = sign_in::step_up(self.ctx, who, &self.password(key)?, Verb::Approve)?;
        let seen = case.draft().map(|d| d.scope_hash.clone()).context("nothing was drafted")?;
        approve::approve(self.ctx, who, &on(&case.reference), seen, fresh)?;
        Ok(())
    }

    fn collect(
        &self,
        who: &SignedIn,
        reference: &CaseReference,
        demand: DemandId,
        name: &str,
        bytes: &[u8],
    ) -> anyhow::Result<()> {
        let to = receive_document::for_case(self.ctx, who, reference, Verb::Collect)?;
        let mut upload = receive_document::begin(self.ctx, &to)?;
        upload.write(bytes)?;
        let uploaded = Uploaded::new(to, line(name)?, upload.finish()?);
        let account = Prose::parse("account", "Export from the service's own archive by account.")?;
        let with = Collect { demand, outcome: CollectionOutcome::Collected, account };
        collect(self.ctx, who, &on(reference), with, vec![uploaded])?;
        Ok(())
    }

    fn password(&self, key: &str) -> anyhow::Result<SecretString> {
        let sign_ins = self.people.sign_ins();
        let sign_in = sign_ins.get(key).with_context(|| format!("nobody has the key {key}"))?;
        Ok(SecretString::from(sign_in.password.clone()))
    }
}

impl At {
    /// The moment.
    pub fn instant(&self) -> anyhow::Result<Instant> {
        let At(year, month, day_of_month, hour, minute) = *self;
        let at = day(year, month, day_of_month)?.and_hms_opt(hour, minute, 0).context("no such hour")?;
        Ok(Instant::new(at.and_utc()))
    }
}

fn day(year: i32, month: u32, day: u32) -> anyhow::Result<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).context("no such day")
}

fn line(text: &str) -> anyhow::Result<Line> {
    Ok(Line::parse("text", text)?)
}

fn on(reference: &CaseReference) -> OnCase {
    OnCase { reference: reference.clone(), version: None }
}

fn asked(
    account: &Identifier,
    service: &str,
    category: &str,
    words: &str,
    period: Period,
) -> anyhow::Result<AskedEntry> {
    Ok(AskedEntry {
        identifier: account.clone(),
        service: service.into(),
        category: category.into(),
        words: Some(line(words)?),
        period,
        in_signed_paper: Some(true),
        is_ours: Some(true),
        organisation: None,
    })
}

/// What the demonstration's papers have in common: a federal prosecutor's, signed and complete.
fn paper(
    instrument: Instrument,
    issuing_authority: IssuingAuthority,
    received_at: Instant,
) -> anyhow::Result<PaperEntry> {
    Ok(PaperEntry {
        instrument,
        issuing_authority,
        issuer: Some(line("United States District Court, District of Meridiana")?),
        agency: AgencyEntry::New {
            name: line("Bureau of Sample Inquiries")?,
            country: Country::parse("country", "US")?,
            level: RequesterLevel::Federal,
            kind: RequesterType::LawEnforcement,
            state: None,
        },
        officer: OfficerEntry::New {
            name: line("Casey Mockford")?,
            title: Some(line("Special Agent")?),
            email: Some(line("casey.mockford@bsi.example")?),
            phone: None,
        },
        docket: Stated::Unknown,
        legal_basis: Stated::Unknown,
        matter: Matter::Criminal,
        channel: Channel::RegisteredAgent,
        received_at,
        issued_on: None,
        return_by: Stated::Unknown,
        execute_by: Stated::Unknown,
        authorised_from: Stated::Unknown,
        authorised_to: Stated::Unknown,
        customer: CustomerType::Consumer,
        is_signed: Some(true),
        names_served_entity: Some(true),
        lacks_attachments: Some(false),
        is_particular: None,
        statute_covers: None,
        more: BTreeMap::new(),
    })
}

/// Decisions that follow the verdicts: what is permitted is given, the rest is rejected with its finding.
fn by_verdict(case: &Case) -> Vec<Decision> {
    let decide = |demand: &Demand| {
        let answer = case.assessed().and_then(|a| a.on(demand.id));
        let is_permitted = answer.is_some_and(|a| a.verdict == Verdict::Permitted);
        let kind = match (is_permitted, demand.asked.data_class.is_content()) {
            (true, true) => DecisionKind::Content,
            (true, false) => DecisionKind::NonContent,
            (false, _) => DecisionKind::Reject,
        };
        let finding = answer.and_then(|a| a.findings.first()).map_or(FindingCode::InstrumentTooLow, |f| f.code);
        Decision {
            demand: demand.id,
            kind,
            reason: (!is_permitted).then_some(finding),
            redirect_to: None,
            note: None,
            override_reason: None,
        }
    };
    case.demands.iter().map(decide).collect()
}
