//! Lists of cases as people see them: the queue by filter and keyset, its counts, and what waits for approval. Every
//! list begins with [`known_to!`]: which cases this person may know of.

mod approvals;
mod counts;
pub(in crate::store) mod line;
mod list;

pub use approvals::{Waiting, approvers, list_approvals};
pub use counts::{Counts, Desk, count_desk, count_lanes};
pub use line::{CaseLine, line_of, lines_of};
pub use list::{CountedLine, list_agencies, list_cases};

/// Narrows a boxed query on `cases` to those that this person works on and may know of: the rule of
/// `domain::staff::may` for the people who work on cases, as a condition.
macro_rules! known_to {
    ($query:expr, $who:expr) => {{
        use diesel::prelude::*;
        use $crate::domain::stage::Compartment;
        use $crate::store::schema::cases;
        use $crate::store::schema::staff_teams;
        // Asked for by person and with as many words for each, so that the statement is the same for everyone and is
        // prepared once.
        let teams = staff_teams::table
            .filter(staff_teams::staff_id.eq($crate::store::types::Id($who.id.0)))
            .select(staff_teams::team_id);
        let cleared = if $who.is_cleared { Compartment::NationalSecurity } else { Compartment::Ordinary };
        let is_open = cases::compartment.eq(Compartment::Ordinary.as_str()).or(cases::compartment.eq(cleared.as_str()));
        // Ids are quoted in the list of names, so that none is part of another.
        let named = format!("%\"{}\"%", $who.id);
        let restricted = cases::compartment.eq(Compartment::Restricted.as_str()).and(cases::named.like(named));
        $query.filter(cases::team_id.eq_any(teams)).filter(is_open.or(restricted))
    }};
}
pub(in crate::store) use known_to;

/// Whether a person ever edited a case's scope, which keeps them from approving it.
macro_rules! edited_by {
    ($me:expr) => {
        exists(scope_edits::table.filter(scope_edits::case_id.eq(cases::id).and(scope_edits::staff_id.eq($me))))
    };
}
pub(super) use edited_by;

/// Whether a person approved the scope in force.
macro_rules! approved_by {
    ($me:expr) => {
        exists(
            approvals::table.filter(
                approvals::case_id
                    .eq(cases::id)
                    .and(approvals::scope_revision.eq(cases::scope_revision))
                    .and(approvals::staff_id.eq($me)),
            ),
        )
    };
}
pub(super) use approved_by;
