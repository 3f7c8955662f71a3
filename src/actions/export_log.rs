//! A part of the log as a file: process facts only, and nothing of the national-security compartment.

use std::collections::BTreeMap;

use super::view_log::{LogAsked, LogLine, read_lines, refuse_others};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::event::Event;
use crate::domain::id::StaffId;
use crate::domain::staff::Staff;
use crate::store::{About, StoreError, staff};

/// The most entries a file holds.
pub const MOST: i64 = 10_000;

/// The entries of a file.
#[derive(Debug, Clone)]
pub struct LogExport {
    /// The entries, in the order asked for.
    pub lines: Vec<LogLine>,
    /// Whether there are more than a file holds.
    pub has_more: bool,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
}

/// Takes the entries asked for out of the register; that it was done stands in the log before the file is sent.
///
/// # Errors
/// A refusal for people who may not read the log (in the log).
pub fn export_log(ctx: &Ctx, who: &SignedIn, asked: LogAsked) -> Result<LogExport, ActionError> {
    refuse_others(ctx, who)?;
    // A file may go anywhere: it holds what an auditor without clearance sees.
    let reader = Staff { is_cleared: false, ..who.staff.clone() };
    let export = ctx.store.read(|conn| {
        let (lines, has_more) = read_lines(ctx, conn, &reader, asked, MOST)?;
        Ok::<_, StoreError>(LogExport { lines, has_more, names: staff::names(conn)? })
    })?;
    let size = u64::try_from(export.lines.len()).unwrap_or(u64::MAX);
    ctx.write(&who.staff, move |tx| Ok(tx.record(&Event::LogExported { size }, About::Register)?))?;
    Ok(export)
}
