//! What admins do with the staff, one file per verb. [`frame`] holds what they share: the right is asked inside the
//! write, and what gives somebody the power to approve goes the way of `domain::second_admin`.

mod frame;

pub mod list_staff;
pub mod view_member;

pub mod add_person;
pub mod change_person;
pub mod deactivate;
pub mod reactivate;
pub mod reset_password;

pub mod answer_request;

pub use crate::actions::passwords::Shown;
pub use crate::domain::second_admin::{StaffRequest, Watch};
pub use crate::store::access::Token;
pub use crate::store::members::Member;
pub use crate::store::second_admin::OpenRequest;
pub use crate::store::staff::{Session, Team};

pub(super) use frame::{as_admin, check};

use std::collections::BTreeSet;

use crate::domain::id::TeamId;
use crate::domain::staff::Role;
use crate::domain::text::Line;

/// What an admin says about somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Particulars {
    /// Name as colleagues read it.
    pub full_name: Line,
    /// Where Writ's mails go.
    pub email: Option<Line>,
    /// Roles.
    pub roles: BTreeSet<Role>,
    /// Teams.
    pub teams: BTreeSet<TeamId>,
    /// Cleared for national security.
    pub is_cleared: bool,
}
