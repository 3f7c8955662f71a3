//! All rows of a case at once, as its events left them. They are collected while the events are played, in the order
//! of the log; what depends on the state is read off the case that the events fold to.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::children::{ApprovalRow, CheckRow, DemandRow, ScopeEditRow, SecrecyRow};
use super::row::CaseRow;
use crate::domain::case::{Case, ScopeEdit};
use crate::domain::comment::Comment;
use crate::domain::demand::Demand;
use crate::domain::document::Document;
use crate::domain::event::Event;
use crate::domain::id::CaseId;
use crate::domain::time::Instant;
use crate::store::clocks::{self, ClockRow};
use crate::store::documents::{self, DocumentRow};
use crate::store::error::StoreError;
use crate::store::links::{self, CommentRow};
use crate::store::on_backend;
use crate::store::schema::{approvals, cases, checks, demands, scope_edits, secrecy_orders};
use crate::store::transaction::Tx;
use crate::store::types::{Id, Ts};

/// Rows of one statement: SQLite takes 32,766 values, and a case's row has 60.
const AT_ONCE: usize = 500;

/// A case under way from its events to its rows.
pub struct WholeCase {
    /// Whether no event was taken yet.
    pub is_fresh: bool,
    /// The state so far; none before it is opened.
    pub case: Option<Case>,
    /// Comments so far.
    pub comments: Vec<(Comment, i64)>,
    documents: Vec<DocumentRow>,
    checks: Vec<CheckRow>,
    secrecy: Vec<SecrecyRow>,
    edits: Vec<ScopeEditRow>,
    approvals: Vec<ApprovalRow>,
    removed: Vec<(Demand, Instant)>,
}

impl Default for WholeCase {
    fn default() -> WholeCase {
        WholeCase {
            is_fresh: true,
            case: None,
            comments: Vec::new(),
            documents: Vec::new(),
            checks: Vec::new(),
            secrecy: Vec::new(),
            edits: Vec::new(),
            approvals: Vec::new(),
            removed: Vec::new(),
        }
    }
}

impl WholeCase {
    /// Takes one more event, whose entry has the number `seq`.
    ///
    /// # Errors
    /// When a row can't be made of it.
    pub fn take(&mut self, id: CaseId, event: &Event, seq: i64) -> Result<(), StoreError> {
        if let Some(edit) = edit_of(event) {
            self.edits.push(ScopeEditRow::of(id, edit)?);
        }
        match event {
            Event::DocumentReceived { document } | Event::DocumentAttached { document } => {
                self.documents.push(DocumentRow::of(document, seq)?);
            }
            Event::CollectionRecorded { files, .. } => {
                let row = |file: &Document| DocumentRow::of(file, seq);
                self.documents.extend(files.iter().map(row).collect::<Result<Vec<_>, _>>()?);
            }
            Event::RequesterChecked { check } => self.checks.push(CheckRow::of(id, check, seq)),
            Event::SecrecyRecorded { order } => self.secrecy.push(SecrecyRow::of(id, order, seq)?),
            Event::DecisionApproved { approval } => self.approvals.push(ApprovalRow::of(id, approval, seq)?),
            Event::CommentAdded { comment } => self.comments.push((comment.clone(), seq)),
            Event::DemandRemoved { demand, edit } => {
                let removed = self.case.as_ref().and_then(|case| case.demand(*demand)).cloned();
                self.removed.extend(removed.map(|demand| (demand, edit.at)));
            }
            _ => {}
        }
        self.case = Case::folded_on(self.case.take(), event);
        if let Event::CaseAmended { edit, .. } = event
            && self.case.as_ref().is_some_and(|case| case.checks.is_empty())
        {
            self.checks.iter_mut().for_each(|row| row.cleared_at = row.cleared_at.or(Some(Ts(edit.at))));
        }
        Ok(())
    }

    /// Inserts all rows of these cases. Their entries stand in the log already.
    ///
    /// # Errors
    /// When the database fails, or keeps one of them off.
    pub fn insert_all(tx: &mut Tx<'_>, all: Vec<WholeCase>) -> Result<(), StoreError> {
        let mut rows = Vec::new();
        let (mut asked, mut running) = (Vec::new(), Vec::new());
        let mut beside = WholeCase::default();
        for one in all {
            if let Some(case) = &one.case {
                rows.push(CaseRow::of(case)?);
                running.extend(ClockRow::all_of(case)?);
                asked.extend(demand_rows(case, &one.removed)?);
            }
            beside.documents.extend(one.documents);
            beside.checks.extend(one.checks);
            beside.secrecy.extend(one.secrecy);
            beside.edits.extend(one.edits);
            beside.approvals.extend(one.approvals);
            beside.comments.extend(one.comments);
        }
        for rows in rows.chunks(AT_ONCE) {
            on_backend!(&mut *tx.conn, |c| diesel::insert_into(cases::table).values(rows).execute(c))?;
        }
        for rows in running.chunks(AT_ONCE) {
            clocks::insert_all(tx, rows)?;
        }
        for rows in asked.chunks(AT_ONCE) {
            on_backend!(&mut *tx.conn, |c| diesel::insert_into(demands::table).values(rows).execute(c))?;
        }
        for rows in beside.documents.chunks(AT_ONCE) {
            documents::insert_all(tx, rows)?;
        }
        for rows in beside.checks.chunks(AT_ONCE) {
            on_backend!(&mut *tx.conn, |c| diesel::insert_into(checks::table).values(rows).execute(c))?;
        }
        for rows in beside.secrecy.chunks(AT_ONCE) {
            on_backend!(&mut *tx.conn, |c| diesel::insert_into(secrecy_orders::table).values(rows).execute(c))?;
        }
        let comments: Vec<CommentRow> = beside.comments.iter().map(|(one, seq)| CommentRow::of(one, *seq)).collect();
        for rows in comments.chunks(AT_ONCE) {
            links::insert_comments(tx, rows)?;
        }
        insert_scopes(tx, beside.edits, beside.approvals)
    }
}

/// Edits and approvals, revision by revision: an approval is taken only while its revision is the newest.
fn insert_scopes(tx: &mut Tx<'_>, edits: Vec<ScopeEditRow>, given: Vec<ApprovalRow>) -> Result<(), StoreError> {
    let mut by_revision: BTreeMap<i32, (Vec<ScopeEditRow>, Vec<ApprovalRow>)> = BTreeMap::new();
    for edit in edits {
        by_revision.entry(edit.revision).or_default().0.push(edit);
    }
    for approval in given {
        by_revision.entry(approval.scope_revision).or_default().1.push(approval);
    }
    for (edits, given) in by_revision.into_values() {
        for rows in edits.chunks(AT_ONCE) {
            on_backend!(&mut *tx.conn, |c| diesel::insert_into(scope_edits::table).values(rows).execute(c))?;
        }
        for rows in given.chunks(AT_ONCE) {
            on_backend!(&mut *tx.conn, |c| diesel::insert_into(approvals::table).values(rows).execute(c))?;
        }
    }
    Ok(())
}

/// The rows of a case's demands with answer, decision and result, and of those that were removed.
fn demand_rows(case: &Case, removed: &[(Demand, Instant)]) -> Result<Vec<DemandRow>, StoreError> {
    let mut rows = Vec::new();
    for demand in &case.demands {
        let corrupt = |e: serde_json::Error| StoreError::corrupt("demands", demand.id, e);
        let mut row = DemandRow::of(case.id, demand)?;
        let answer = case.assessed().and_then(|assessed| assessed.on(demand.id));
        row.assessment = answer.map(serde_json::to_string).transpose().map_err(corrupt)?;
        if let Some(on) = case.draft().and_then(|draft| draft.on(demand.id)) {
            row.decision = Some(on.kind.as_str().to_owned());
            row.decision_reason = on.reason.map(|reason| reason.as_str().to_owned());
            row.redirect_to = on.redirect_to.as_ref().map(ToString::to_string);
            row.decision_note = on.note.as_ref().map(ToString::to_string);
            row.override_reason = on.override_reason.as_ref().map(ToString::to_string);
        }
        if let Some(result) = case.results().iter().find(|result| result.demand == demand.id) {
            row.result = Some(result.outcome.as_str().to_owned());
            row.result_account = Some(result.account.to_string());
            row.result_files = Some(serde_json::to_string(&result.files).map_err(corrupt)?);
            row.result_by = Some(Id(result.by.0));
            row.result_at = Some(Ts(result.at));
        }
        rows.push(row);
    }
    for (demand, at) in removed {
        let mut row = DemandRow::of(case.id, demand)?;
        row.removed_at = Some(Ts(*at));
        rows.push(row);
    }
    Ok(rows)
}

/// The edit of the scope that an event makes.
fn edit_of(event: &Event) -> Option<ScopeEdit> {
    match event {
        Event::CaseOpened(opened) => Some(opened.edit),
        Event::CaseAmended { edit, .. }
        | Event::DemandAdded { edit, .. }
        | Event::DemandsAdded { edit, .. }
        | Event::DemandChanged { edit, .. }
        | Event::DemandSplit { edit, .. }
        | Event::DemandRemoved { edit, .. }
        | Event::DecisionDrafted { edit, .. } => Some(*edit),
        Event::RedirectAnswered { edit, .. } => *edit,
        _ => None,
    }
}
