//! Whether this node can do its work now: asked by load balancers and whoever starts programs, so it tells nothing of
//! what is in the register.

use std::time::Duration;

use super::Ctx;
use crate::store::StoreError;

/// How long each part gets to answer.
const WITHIN: Duration = Duration::from_secs(2);

/// A part that is not ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReady {
    /// Which part.
    pub part: &'static str,
    /// What is wrong with it, as one sentence.
    pub why: String,
}

/// Looks at every part, and gives those that are not ready.
pub fn check_ready(ctx: &Ctx) -> Vec<NotReady> {
    let database = ctx.store.check_schema(WITHIN).err().map(|error| of_database(&error));
    let writer = ctx.store.check_writer(WITHIN).err().map(|error| of_writer(&error));
    let vault = ctx.vault.check_writable().err().map(|error| {
        tracing::warn!(%error, "the folder of documents can't be written");
        NotReady { part: "documents", why: "The folder of documents can't be written.".into() }
    });
    [database, writer, vault].into_iter().flatten().collect()
}

/// What a database says of itself may name hosts and people; that stands in the log of the program.
fn of_database(error: &StoreError) -> NotReady {
    tracing::warn!(%error, "the database is not ready");
    match error {
        StoreError::Unfit(why) => NotReady { part: "schema", why: format!("It can't be worked with: {why}.") },
        _ => NotReady { part: "database", why: "The database can't be read.".into() },
    }
}

fn of_writer(error: &StoreError) -> NotReady {
    tracing::warn!(%error, "the writer is not ready");
    if let StoreError::Unfit(why) = error {
        return NotReady { part: "writer", why: format!("No act can be begun: {why}.") };
    }
    NotReady { part: "writer", why: "No act can be begun: the writer does not answer, or can't take the log.".into() }
}
