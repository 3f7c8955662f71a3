//! Saving what an event did: the case's row at exactly the version before, and the rows the event concerns.

use diesel::prelude::*;

use super::children::{ApprovalRow, CheckRow, DemandRow, ScopeEditRow, SecrecyRow};
use super::row::CaseRow;
use crate::domain::case::{Case, CaseReference, ScopeEdit};
use crate::domain::demand::Demand;
use crate::domain::event::Event;
use crate::domain::tally::Tally;
use crate::domain::time::Instant;
use crate::store::error::StoreError;
use crate::store::schema::{approvals, cases, checks, demands, reference_series, scope_edits, secrecy_orders};
use crate::store::search;
use crate::store::transaction::{About, Stored, Tx};
use crate::store::types::{Id, Ts};
use crate::store::{clocks, documents};

/// The next free reference of a year, taken.
///
/// # Errors
/// When the database fails.
pub fn next_reference(tx: &mut Tx<'_>, year: i32) -> Result<CaseReference, StoreError> {
    let series = reference_series::table.find(year);
    let next: Option<i32> = series.select(reference_series::next_number).first(tx.conn).optional()?;
    let number = next.unwrap_or(1);
    let after = reference_series::next_number.eq(number + 1);
    if next.is_some() {
        diesel::update(series).set(after).execute(tx.conn)?;
    } else {
        diesel::insert_into(reference_series::table)
            .values((reference_series::year.eq(year), after))
            .execute(tx.conn)?;
    }
    let number = u32::try_from(number).map_err(|e| StoreError::corrupt("reference_series", year, e))?;
    Ok(CaseReference::new(year, number))
}

impl Stored for Case {
    fn about(&self) -> About {
        About::Case(self.id, self.compartment)
    }

    fn tally(&self, event: &Event) -> Option<Tally> {
        Tally::after(event, self)
    }

    fn keep(&self, tx: &mut Tx<'_>, event: &Event, seq: i64) -> Result<(), StoreError> {
        self.keep_row(tx, event)?;
        self.keep_parts(tx, event, seq)?;
        if event.concerns_clocks() {
            clocks::keep(tx, self)?;
        }
        search::index(tx.conn, self, event)
    }
}

impl Case {
    /// Saves the rows that belong to the case and that the event concerns.
    fn keep_parts(&self, tx: &mut Tx<'_>, event: &Event, seq: i64) -> Result<(), StoreError> {
        match event {
            Event::CaseOpened(opened) => {
                documents::wait_no_more(tx, self.id)?;
                for demand in &opened.demands {
                    self.insert_demand(tx, demand)?;
                }
                self.keep_edit(tx, opened.edit)
            }
            Event::CaseAmended { edit, .. } => {
                if self.checks.is_empty() {
                    self.clear_checks(tx, edit.at)?;
                }
                self.void(tx)?;
                self.keep_edit(tx, *edit)
            }
            Event::DocumentAttached { document } => documents::insert(tx, document, seq),
            Event::RequesterChecked { check } => {
                let row = CheckRow::of(self.id, check, seq);
                diesel::insert_into(checks::table).values(row).execute(tx.conn)?;
                Ok(())
            }
            Event::DemandAdded { demand, edit } => {
                self.insert_demand(tx, demand)?;
                self.void(tx)?;
                self.keep_edit(tx, *edit)
            }
            Event::DemandsAdded { demands, edit } => {
                for demand in demands {
                    self.insert_demand(tx, demand)?;
                }
                self.void(tx)?;
                self.keep_edit(tx, *edit)
            }
            Event::RedirectAnswered { edit: Some(edit), .. } => {
                self.void(tx)?;
                self.keep_edit(tx, *edit)
            }
            Event::DemandChanged { demand, edit } => {
                self.update_demand(tx, demand)?;
                self.void(tx)?;
                self.keep_edit(tx, *edit)
            }
            Event::DemandSplit { kept, added, edit } => {
                self.update_demand(tx, kept)?;
                self.insert_demand(tx, added)?;
                self.void(tx)?;
                self.keep_edit(tx, *edit)
            }
            Event::DemandRemoved { demand, edit } => {
                let removed = demands::removed_at.eq(Some(Ts(edit.at)));
                diesel::update(demands::table.find(Id(demand.0))).set(removed).execute(tx.conn)?;
                self.void(tx)?;
                self.keep_edit(tx, *edit)
            }
            Event::SecrecyRecorded { order } => {
                let row = SecrecyRow::of(self.id, order, seq)?;
                diesel::insert_into(secrecy_orders::table).values(row).execute(tx.conn)?;
                Ok(())
            }
            Event::CaseAssessed { assessed } => {
                for answer in &assessed.answers {
                    let text = serde_json::to_string(&answer.assessment)
                        .map_err(|e| StoreError::corrupt("demands", answer.demand, e))?;
                    diesel::update(demands::table.find(Id(answer.demand.0)))
                        .set(demands::assessment.eq(Some(text)))
                        .execute(tx.conn)?;
                }
                Ok(())
            }
            Event::DecisionDrafted { edit, .. } => {
                self.keep_decisions(tx)?;
                self.keep_edit(tx, *edit)
            }
            Event::DecisionApproved { approval } => {
                let row = ApprovalRow::of(self.id, approval, seq)?;
                diesel::insert_into(approvals::table).values(row).execute(tx.conn)?;
                Ok(())
            }
            Event::CollectionRecorded { result, files } => {
                for file in files {
                    documents::insert(tx, file, seq)?;
                }
                let named = serde_json::to_string(&result.files)
                    .map_err(|e| StoreError::corrupt("demands", result.demand, e))?;
                diesel::update(demands::table.find(Id(result.demand.0)))
                    .set((
                        demands::result.eq(Some(result.outcome.as_str())),
                        demands::result_account.eq(Some(result.account.as_str())),
                        demands::result_files.eq(Some(named)),
                        demands::result_by.eq(Some(Id(result.by.0))),
                        demands::result_at.eq(Some(Ts(result.at))),
                    ))
                    .execute(tx.conn)?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Inserts the row of a new case, or updates exactly one row at the version before.
    fn keep_row(&self, tx: &mut Tx<'_>, event: &Event) -> Result<(), StoreError> {
        let row = CaseRow::of(self)?;
        if matches!(event, Event::CaseOpened(_)) {
            diesel::insert_into(cases::table).values(row).execute(tx.conn)?;
            return Ok(());
        }
        let moved = i32::from(event.moves_version());
        let before = cases::table.filter(cases::id.eq(Id(self.id.0)).and(cases::version.eq(self.version - moved)));
        match diesel::update(before).set(&row).execute(tx.conn)? {
            1 => Ok(()),
            _ => Err(StoreError::Conflict),
        }
    }

    fn keep_edit(&self, tx: &mut Tx<'_>, edit: ScopeEdit) -> Result<(), StoreError> {
        let row = ScopeEditRow::of(self.id, edit)?;
        diesel::insert_into(scope_edits::table).values(row).execute(tx.conn)?;
        Ok(())
    }

    fn insert_demand(&self, tx: &mut Tx<'_>, demand: &Demand) -> Result<(), StoreError> {
        let row = DemandRow::of(self.id, demand)?;
        diesel::insert_into(demands::table).values(row).execute(tx.conn)?;
        Ok(())
    }

    /// Writes what a demand asks now; its decision stays, to be confirmed anew.
    fn update_demand(&self, tx: &mut Tx<'_>, demand: &Demand) -> Result<(), StoreError> {
        let row = DemandRow::of(self.id, demand)?;
        diesel::update(demands::table.find(row.id))
            .set((
                demands::identifier_kind.eq(row.identifier_kind),
                demands::identifier_received.eq(row.identifier_received),
                demands::identifier_normalised.eq(row.identifier_normalised),
                demands::identifier_at.eq(row.identifier_at),
                demands::identifier_port.eq(row.identifier_port),
                demands::service.eq(row.service),
                demands::category.eq(row.category),
                demands::data_class.eq(row.data_class),
                demands::words.eq(row.words),
                demands::period_from.eq(row.period_from),
                demands::period_to.eq(row.period_to),
                demands::in_signed_paper.eq(row.in_signed_paper),
                demands::is_ours.eq(row.is_ours),
                demands::organisation_name.eq(row.organisation_name),
                demands::organisation_contact.eq(row.organisation_contact),
                demands::organisation_reach.eq(row.organisation_reach),
            ))
            .execute(tx.conn)?;
        Ok(())
    }

    fn keep_decisions(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        for demand in &self.demands {
            let decision = self.draft().and_then(|draft| draft.on(demand.id));
            diesel::update(demands::table.find(Id(demand.id.0)))
                .set((
                    demands::decision.eq(decision.map(|d| d.kind.as_str())),
                    demands::decision_reason.eq(decision.and_then(|d| d.reason).map(|r| r.as_str())),
                    demands::redirect_to.eq(decision.and_then(|d| d.redirect_to.as_ref()).map(|t| t.as_str())),
                    demands::decision_note.eq(decision.and_then(|d| d.note.as_ref()).map(|n| n.as_str())),
                    demands::override_reason.eq(decision.and_then(|d| d.override_reason.as_ref()).map(|r| r.as_str())),
                ))
                .execute(tx.conn)?;
        }
        Ok(())
    }

    /// An edit voids assessments and results; approvals are bound to their revision and void by themselves.
    fn void(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        diesel::update(demands::table.filter(demands::case_id.eq(Id(self.id.0))))
            .set((
                demands::assessment.eq(None::<String>),
                demands::result.eq(None::<String>),
                demands::result_account.eq(None::<String>),
                demands::result_files.eq(None::<String>),
                demands::result_by.eq(None::<Id>),
                demands::result_at.eq(None::<Ts>),
            ))
            .execute(tx.conn)?;
        Ok(())
    }

    fn clear_checks(&self, tx: &mut Tx<'_>, now: Instant) -> Result<(), StoreError> {
        diesel::update(checks::table.filter(checks::case_id.eq(Id(self.id.0)).and(checks::cleared_at.is_null())))
            .set(checks::cleared_at.eq(Some(Ts(now))))
            .execute(tx.conn)?;
        Ok(())
    }
}
