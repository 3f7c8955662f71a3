//! Personal data in an answer: open to those who work on the case, `{"sealed": true}` to auditors, so that nobody
//! takes what is sealed for what is not there. And the people of the house by id and name.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::domain::id::StaffId;

/// Something personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Personal<T> {
    /// Open to whoever asks.
    Open(T),
    /// Sealed, whether there is something or not.
    Sealed,
}

impl<T: Serialize> Serialize for Personal<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Personal::Open(open) => open.serialize(to),
            Personal::Sealed => {
                let mut sealed = to.serialize_map(Some(1))?;
                sealed.serialize_entry("sealed", &true)?;
                sealed.end()
            }
        }
    }
}

/// What turns a case into an answer for one person.
#[derive(Clone, Copy)]
pub struct Eyes<'a> {
    /// Whether personal data is sealed to this person.
    pub is_sealed: bool,
    /// Names by id.
    pub names: &'a BTreeMap<StaffId, String>,
}

impl Eyes<'_> {
    /// Something personal as this person may see it.
    pub fn personal<T>(&self, what: T) -> Personal<T> {
        if self.is_sealed { Personal::Sealed } else { Personal::Open(what) }
    }

    /// A text, or none.
    pub fn text(&self, what: Option<&impl ToString>) -> Personal<Option<String>> {
        self.personal(what.map(ToString::to_string))
    }

    /// A member of staff.
    pub fn person(&self, id: StaffId) -> PersonJson {
        PersonJson { id, name: self.names.get(&id).cloned() }
    }
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonJson {
    /// Identity.
    pub id: StaffId,
    /// Name as colleagues read it; none of somebody who is gone.
    pub name: Option<String>,
}
