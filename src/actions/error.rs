//! What an action may end with.

use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::staff::Verb;
use crate::domain::stage::Stage;
use crate::domain::text::ParseError;
use crate::meters::Outcome;
use crate::store::{About, ActError, StoreError};

/// Why an action did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// There is no such thing.
    #[error("There is no such thing, or you may not see it.")]
    NotFound,
    /// Fields that are not what they should be: all of them at once.
    #[error("{} of the fields can't be taken as they are.", .0.len())]
    Invalid(Vec<ParseError>),
    /// The house says no; the refusal stands in the log.
    #[error("{0}")]
    Refused(Box<Refused>),
    /// Somebody else changed it first.
    #[error("Somebody changed this while you worked on it. {}", .0.as_deref().unwrap_or("Reload it and try again."))]
    Conflict(Option<String>),
    /// The name or password is wrong, or signing in is paused.
    #[error("{0}")]
    NotSignedIn(String),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] crate::vault::VaultError),
}

/// A refusal with what its log entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// What was tried.
    pub verb: Verb,
    /// Where the case stood.
    pub stage: Option<Stage>,
    /// What the entry is about.
    pub about: About,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.refusal.fmt(f)
    }
}

impl ActionError {
    /// A refusal of a verb that is about no case.
    pub fn refused(refusal: Refusal, verb: Verb) -> Self {
        ActionError::Refused(Box::new(Refused { refusal, verb, stage: None, about: About::Register }))
    }

    /// Whether it says that something is not there: it is not, or whoever asks may not know of it. Doors answer
    /// both in the same words.
    pub fn is_absence(&self) -> bool {
        match self {
            ActionError::NotFound => true,
            ActionError::Refused(refused) => refused.refusal == Refusal::NoSuchCase,
            _ => false,
        }
    }

    /// Whether it is sure that nothing was kept of the act. If not, what the act would have named must stay.
    pub fn left_nothing(&self) -> bool {
        !matches!(self, ActionError::Store(StoreError::InDoubt(_)))
    }

    /// One field that is not what it should be.
    pub fn invalid(field: &str, reason: impl Into<String>) -> Self {
        ActionError::Invalid(vec![ParseError::new(field, reason)])
    }
}

impl From<StoreError> for ActionError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => ActionError::Conflict(None),
            other => ActionError::Store(other),
        }
    }
}

impl ActError for ActionError {
    fn refusal(&self) -> Option<(Event, About)> {
        let ActionError::Refused(refused) = self else { return None };
        let event = Event::ActionRefused {
            verb: refused.verb,
            refusal: refused.refusal.code().to_owned(),
            stage: refused.stage,
        };
        Some((event, refused.about))
    }

    fn outcome(&self) -> Outcome {
        match self {
            ActionError::Refused(_) => Outcome::Refused,
            ActionError::Conflict(_) | ActionError::Store(StoreError::Conflict) => Outcome::Conflict,
            ActionError::NotFound | ActionError::Invalid(_) | ActionError::NotSignedIn(_) => Outcome::Declined,
            ActionError::Store(StoreError::DoneBefore) => Outcome::Repeated,
            ActionError::Store(StoreError::Busy) => Outcome::Busy,
            ActionError::Store(_) | ActionError::Vault(_) => Outcome::Failed,
        }
    }
}
