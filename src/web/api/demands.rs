//! Demands: as they are sent, as they are answered, and the acts on them.

use chrono::NaiveDate;
use serde::Serialize;

use super::Answer;
use super::act::act;
use super::assessment::AssessmentJson;
use super::body::Body;
use super::decision::{DecisionJson, ResultJson};
use super::personal::{Eyes, Personal};
use super::reader::Reader;
use crate::actions::Ctx;
use crate::actions::add_demands::add_demands;
use crate::actions::change_demand::change_demand;
use crate::actions::open_case::AskedEntry;
use crate::actions::remove_demand::remove_demand;
use crate::actions::split_demand::split_demand;
use crate::domain::case::Case;
use crate::domain::data_class::DataClass;
use crate::domain::demand::{Demand, Period};
use crate::domain::id::DemandId;
use crate::domain::identifier::{Identifier, IdentifierKind};
use crate::domain::redirect::Organisation;
use crate::domain::text::{Line, ParseError};
use crate::web::extract::{OfCase, Visitor, WithId};

/// More demands than this are sent in several calls.
pub const MOST: usize = 500;

/// A demand with all that was said and done about it.
#[derive(Debug, Serialize)]
pub struct DemandJson {
    id: DemandId,
    position: u32,
    identifier: Personal<IdentifierJson>,
    service: String,
    category: String,
    data_class: DataClass,
    words: Personal<Option<String>>,
    period: PeriodJson,
    in_signed_paper: Option<bool>,
    is_ours: Option<bool>,
    organisation: Personal<Option<OrganisationJson>>,
    assessment: Option<AssessmentJson>,
    decision: Option<DecisionJson>,
    result: Option<ResultJson>,
}

/// An account as the paper names it, and as it is searched by.
#[derive(Debug, Serialize)]
pub struct IdentifierJson {
    kind: IdentifierKind,
    received: String,
    normalised: String,
    seen_at: Option<String>,
    port: Option<u16>,
}

/// The organisation whose account it is, and whom to ask there.
#[derive(Debug, Serialize)]
pub struct OrganisationJson {
    name: String,
    contact: Option<String>,
    reach: Option<String>,
}

/// Days of data, both ends included; `null` is an open end.
#[derive(Debug, Serialize)]
pub struct PeriodJson {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl DemandJson {
    /// A demand of this case as this person may see it.
    pub fn of(case: &Case, demand: &Demand, eyes: Eyes<'_>) -> DemandJson {
        let asked = &demand.asked;
        let answer = case.assessed().and_then(|assessed| assessed.on(demand.id));
        let decision = case.draft().and_then(|draft| draft.on(demand.id));
        let result = case.results().iter().find(|result| result.demand == demand.id);
        DemandJson {
            id: demand.id,
            position: demand.position,
            identifier: eyes.personal(IdentifierJson::of(&asked.identifier)),
            service: asked.service.clone(),
            category: asked.category.clone(),
            data_class: asked.data_class,
            words: eyes.text(asked.words.as_ref()),
            period: PeriodJson::of(asked.period),
            in_signed_paper: asked.in_signed_paper,
            is_ours: asked.is_ours,
            organisation: eyes.personal(asked.organisation.as_ref().map(OrganisationJson::of)),
            assessment: answer.map(|answer| AssessmentJson::of(answer, eyes)),
            decision: decision.map(|decision| DecisionJson::of(case, decision, eyes)),
            result: result.map(|result| ResultJson::of(result, eyes)),
        }
    }
}

impl IdentifierJson {
    /// An identifier, whole.
    pub fn of(identifier: &Identifier) -> IdentifierJson {
        IdentifierJson {
            kind: identifier.kind,
            received: identifier.received.clone(),
            normalised: identifier.normalised.clone(),
            seen_at: identifier.at.map(|at| at.to_rfc3339()),
            port: identifier.port,
        }
    }
}

impl OrganisationJson {
    fn of(organisation: &Organisation) -> OrganisationJson {
        let text = |line: &Option<Line>| line.as_ref().map(ToString::to_string);
        OrganisationJson {
            name: organisation.name.to_string(),
            contact: text(&organisation.contact),
            reach: text(&organisation.reach),
        }
    }
}

impl PeriodJson {
    /// A period.
    pub fn of(period: Period) -> PeriodJson {
        PeriodJson { from: period.from, to: period.to }
    }
}

/// A demand as it is sent.
pub fn read_asked(ctx: &Ctx, r: &mut Reader<'_>) -> Option<AskedEntry> {
    let identifier = r.required_object("identifier", |r| read_identifier(ctx, r));
    let (service, category) = (r.required_line("service"), r.required_line("category"));
    if let (Some(service), Some(category)) = (&service, &category)
        && ctx.catalogue.find_category(service.as_str(), category.as_str()).is_none()
    {
        r.wrong("category", "Choose a service and category of /api/v1/catalogue.");
    }
    let (words, period) = (r.line("words"), read_period(r));
    let (in_signed_paper, is_ours) = (r.yes_no("in_signed_paper"), r.yes_no("is_ours"));
    let organisation = read_organisation(r);
    let (service, category) = (service?.to_string(), category?.to_string());
    Some(AskedEntry {
        identifier: identifier?,
        service,
        category,
        words,
        period: period?,
        in_signed_paper,
        is_ours,
        organisation,
    })
}

fn read_organisation(r: &mut Reader<'_>) -> Option<Organisation> {
    r.value("organisation")?;
    r.object("organisation", |r| {
        let (name, contact, reach) = (r.required_line("name"), r.line("contact"), r.line("reach"));
        Some(Organisation { name: name?, contact, reach })
    })
}

fn read_identifier(ctx: &Ctx, r: &mut Reader<'_>) -> Option<Identifier> {
    let (kind, received) = (r.word::<IdentifierKind>("kind"), r.value("received").and_then(|v| v.as_str()));
    let Some(received) = received else {
        r.wrong("received", "Give the identifier as the paper states it.");
        return None;
    };
    let parsed = Identifier::parse(kind?, received, Some(ctx.provider.country.as_str()));
    let parsed = parsed.map_err(|e| ParseError::new(r.full("received"), e.to_string()));
    r.take(parsed)
}

/// Both ends open where it is not given.
fn read_period(r: &mut Reader<'_>) -> Option<Period> {
    if r.value("period").is_none() {
        return Some(Period::default());
    }
    r.object("period", |r| {
        let (from, to) = (r.date("from"), r.date("to"));
        let period = Period::new(from, to).map_err(|e| ParseError::new(r.full("to"), e.reason));
        r.take(period)
    })
}

/// `POST /api/v1/cases/{reference}/demands`: one or many, all of them or none.
///
/// # Errors
/// As [`add_demands`].
pub async fn add(by: Visitor, of: OfCase, body: Body) -> Answer {
    let ctx = by.app.ctx.clone();
    let read = |r: &mut Reader<'_>| {
        let demands = r.objects("demands", MOST, |r| read_asked(&ctx, r))?;
        if demands.is_empty() {
            r.wrong("demands", "Give at least one demand.");
        }
        Some(demands)
    };
    act(&by, &of, body, read, add_demands).await
}

/// `POST /api/v1/cases/{reference}/demands/{id}`: the whole demand as it is now.
///
/// # Errors
/// As [`change_demand`].
pub async fn change(by: Visitor, of: OfCase, id: WithId<DemandId>, body: Body) -> Answer {
    let ctx = by.app.ctx.clone();
    let read = |r: &mut Reader<'_>| r.required_object("demand", |r| read_asked(&ctx, r));
    act(&by, &of, body, read, move |ctx, who, on, entry| change_demand(ctx, who, on, id.0, entry)).await
}

/// `POST /api/v1/cases/{reference}/demands/{id}/split`: the demand keeps the days before this one, a new one asks for the
/// rest.
///
/// # Errors
/// As [`split_demand`].
pub async fn split(by: Visitor, of: OfCase, id: WithId<DemandId>, body: Body) -> Answer {
    let read = |r: &mut Reader<'_>| r.required_date("day");
    act(&by, &of, body, read, move |ctx, who, on, day| split_demand(ctx, who, on, id.0, day)).await
}

/// `POST /api/v1/cases/{reference}/demands/{id}/remove`
///
/// # Errors
/// As [`remove_demand`].
pub async fn remove(by: Visitor, of: OfCase, id: WithId<DemandId>, body: Body) -> Answer {
    act(&by, &of, body, |_| Some(id.0), remove_demand).await
}
