//! Why a catalogue can't be taken, in sentences for the person who keeps it.

/// Why a text is not a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// The text is not TOML, a key is missing or unknown, or a word is not one of its list.
    #[error("the catalogue can't be read: {why}")]
    Unreadable {
        /// What the reader says, with the line.
        why: String,
    },
    /// A service says something that can't be.
    #[error("catalogue, service “{service}”: {wrong}")]
    Service {
        /// Its id.
        service: String,
        /// What is wrong and what to do.
        wrong: String,
    },
    /// A category says something that can't be.
    #[error("catalogue, service “{service}”, category “{category}”: {wrong}")]
    Category {
        /// The service's id.
        service: String,
        /// Its id.
        category: String,
        /// What is wrong and what to do.
        wrong: String,
    },
}

pub(super) fn unreadable(why: &str) -> CatalogueError {
    CatalogueError::Unreadable { why: why.to_owned() }
}

pub(super) fn in_service(service: &str, wrong: &str) -> CatalogueError {
    CatalogueError::Service { service: service.to_owned(), wrong: wrong.to_owned() }
}

pub(super) fn in_category(service: &str, category: &str, wrong: &str) -> CatalogueError {
    CatalogueError::Category { service: service.to_owned(), category: category.to_owned(), wrong: wrong.to_owned() }
}
