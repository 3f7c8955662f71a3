//! Litigation holds on cases.

use diesel::prelude::*;

use super::cases::OfCase;
use super::conn::Conn;
use super::error::StoreError;
use super::replay::cells_of;
use super::schema::litigation_holds;
use super::transaction::{About, Stored, Tx};
use super::types::{Id, Ts};
use crate::audit::difference::Told;
use crate::domain::event::Event;
use crate::domain::hold::{Hold, HoldStanding, Lifted};
use crate::domain::id::{CaseId, HoldId, StaffId};
use crate::domain::text::Prose;

/// One row of `litigation_holds`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = litigation_holds, treat_none_as_default_value = false)]
pub(super) struct HoldRow {
    id: Id,
    case_id: Id,
    what_for: String,
    placed_by: Id,
    placed_at: Ts,
    lifted_because: Option<String>,
    lifted_by: Option<Id>,
    lifted_at: Option<Ts>,
    seq: i64,
}

cells_of!(HoldRow { id, case_id, what_for, placed_by, placed_at, lifted_because, lifted_by, lifted_at, seq });

impl HoldRow {
    /// The row of a hold that was placed by an entry with the number `seq`.
    pub(super) fn of(standing: &HoldStanding, seq: i64) -> HoldRow {
        let HoldStanding { hold, lifted } = standing;
        HoldRow {
            id: Id(hold.id.0),
            case_id: Id(hold.case.0),
            what_for: hold.what_for.to_string(),
            placed_by: Id(hold.by.0),
            placed_at: Ts(hold.at),
            lifted_because: lifted.as_ref().map(|lifted| lifted.because.to_string()),
            lifted_by: lifted.as_ref().map(|lifted| Id(lifted.by.0)),
            lifted_at: lifted.as_ref().map(|lifted| Ts(lifted.at)),
            seq,
        }
    }

    fn standing(self) -> Result<HoldStanding, StoreError> {
        let id = HoldId(self.id.0);
        let prose = |name, text: &str| {
            Prose::parse(name, text).map_err(|e| StoreError::corrupt("litigation_holds", id, e.reason))
        };
        let lifted = match (self.lifted_because, self.lifted_by, self.lifted_at) {
            (Some(because), Some(by), Some(at)) => {
                Some(Lifted { hold: id, because: prose("lifted_because", &because)?, by: StaffId(by.0), at: at.0 })
            }
            _ => None,
        };
        let what_for = prose("what_for", &self.what_for)?;
        let hold =
            Hold { id, case: CaseId(self.case_id.0), what_for, by: StaffId(self.placed_by.0), at: self.placed_at.0 };
        Ok(HoldStanding { hold, lifted })
    }
}

impl Stored for OfCase<HoldStanding> {
    fn about(&self) -> About {
        self.about
    }

    fn keep(&self, tx: &mut Tx<'_>, event: &Event, seq: i64) -> Result<(), StoreError> {
        let row = HoldRow::of(&self.it, seq);
        if matches!(event, Event::HoldPlaced(_)) {
            diesel::insert_into(litigation_holds::table).values(&row).execute(tx.conn)?;
            return Ok(());
        }
        diesel::update(litigation_holds::table.find(row.id))
            .set((
                litigation_holds::lifted_because.eq(row.lifted_because),
                litigation_holds::lifted_by.eq(row.lifted_by),
                litigation_holds::lifted_at.eq(row.lifted_at),
            ))
            .execute(tx.conn)?;
        Ok(())
    }
}

/// The holds on a case, the oldest first, those that were lifted too: one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn of_case(conn: &mut Conn, case: CaseId) -> Result<Vec<HoldStanding>, StoreError> {
    let rows: Vec<HoldRow> = litigation_holds::table
        .filter(litigation_holds::case_id.eq(Id(case.0)))
        .order(litigation_holds::seq.asc())
        .select(HoldRow::as_select())
        .load(conn)?;
    rows.into_iter().map(HoldRow::standing).collect()
}

/// The rows that the log tells of: holds with the number of the entry that placed each.
pub(super) fn told_rows(holds: &[(HoldStanding, i64)]) -> Vec<Told> {
    holds.iter().map(|(standing, seq)| HoldRow::of(standing, *seq).cells()).collect()
}
