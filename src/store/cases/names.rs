//! A case by its name alone, for the log: what people call it, and who may know of it.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::domain::case::CaseReference;
use crate::domain::id::{CaseId, DemandId, StaffId, TeamId};
use crate::domain::stage::Compartment;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::on_backend;
use crate::store::schema::{cases, demands, erased_cases};
use crate::store::types::Id;

/// What a case is called, and who may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseName {
    /// The case.
    pub id: CaseId,
    /// Its name among people.
    pub reference: CaseReference,
    /// Who may know of it.
    pub compartment: Compartment,
    /// The team that works on it.
    pub team: TeamId,
    /// The named people of a restricted case.
    pub named: BTreeSet<StaffId>,
}

type Columns = (Id, String, String, Id, String);

/// What is kept of an erased case, in the order of [`Columns`].
const OF_ERASED: (
    erased_cases::case_id,
    erased_cases::reference,
    erased_cases::compartment,
    erased_cases::team_id,
    erased_cases::named,
) = (
    erased_cases::case_id,
    erased_cases::reference,
    erased_cases::compartment,
    erased_cases::team_id,
    erased_cases::named,
);

/// The name of the case with this reference, also where it was erased: one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find_name(conn: &mut Conn, reference: &CaseReference) -> Result<Option<CaseName>, StoreError> {
    let there = cases::table.filter(cases::reference.eq(reference.as_str())).select((
        cases::id,
        cases::reference,
        cases::compartment,
        cases::team_id,
        cases::named,
    ));
    let gone = erased_cases::table.filter(erased_cases::reference.eq(reference.as_str())).select(OF_ERASED);
    let rows: Vec<Columns> = on_backend!(conn, |c| there.union_all(gone).load(c))?;
    rows.into_iter().next().map(name).transpose()
}

/// The names of these cases by id, of those that are opened, also where they were erased: one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_names(conn: &mut Conn, ids: &[CaseId]) -> Result<BTreeMap<CaseId, CaseName>, StoreError> {
    let ids: Vec<Id> = ids.iter().map(|id| Id(id.0)).collect();
    // Bound twice: a list of values is not one value on SQLite.
    let there = cases::table.filter(cases::id.eq_any(ids.clone())).select((
        cases::id,
        cases::reference,
        cases::compartment,
        cases::team_id,
        cases::named,
    ));
    let gone = erased_cases::table.filter(erased_cases::case_id.eq_any(ids)).select(OF_ERASED);
    let rows: Vec<Columns> = on_backend!(conn, |c| there.union_all(gone).load(c))?;
    rows.into_iter().map(|row| name(row).map(|name| (name.id, name))).collect()
}

/// The numbers of these demands on their cases, removed ones too: one statement, or none.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn demand_numbers(conn: &mut Conn, ids: &[DemandId]) -> Result<BTreeMap<DemandId, u32>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<Id> = ids.iter().map(|id| Id(id.0)).collect();
    let rows: Vec<(Id, i32)> =
        demands::table.filter(demands::id.eq_any(ids)).select((demands::id, demands::position)).load(conn)?;
    let number = |(id, position): (Id, i32)| {
        let position = u32::try_from(position).map_err(|e| StoreError::corrupt("demands", id.0, e))?;
        Ok((DemandId(id.0), position))
    };
    rows.into_iter().map(number).collect()
}

fn name((id, reference, compartment, team, named): Columns) -> Result<CaseName, StoreError> {
    let corrupt = |why: String| StoreError::corrupt("cases", id.0, why);
    Ok(CaseName {
        id: CaseId(id.0),
        reference: CaseReference::parse(&reference).map_err(|e| corrupt(e.reason))?,
        compartment: compartment.parse().map_err(|e: crate::domain::words::UnknownWord| corrupt(e.to_string()))?,
        team: TeamId(team.0),
        named: serde_json::from_str(&named).map_err(|e| corrupt(e.to_string()))?,
    })
}
