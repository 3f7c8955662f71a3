//! All rows of a case at once, as its events left them. They are collected while the events are played, in the order
//! of the log; what depends on the state is read off the case that the events fold to. So registers are generated, and so
//! the rows that are found are compared with the log.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::children::{ApprovalRow, CheckRow, DemandRow, ScopeEditRow, SecrecyRow};
use super::row::CaseRow;
use crate::audit::difference::Told;
use crate::domain::case::{Assessed, Case, ScopeEdit};
use crate::domain::comment::Comment;
use crate::domain::decision::CollectionResult;
use crate::domain::demand::Demand;
use crate::domain::document::Document;
use crate::domain::event::Event;
use crate::domain::id::{CaseId, DemandId};
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
    demands: Vec<DemandRow>,
    clocks: Vec<ClockRow>,
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
            demands: Vec::new(),
            clocks: Vec::new(),
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
            _ => {}
        }
        self.case = Case::folded_on(self.case.take(), event);
        self.take_demands(id, event)?;
        if let Some(case) = self.case.as_ref().filter(|_| event.concerns_clocks()) {
            self.clocks = ClockRow::all_of(case)?;
        }
        if let Event::CaseAmended { edit, .. } = event
            && self.case.as_ref().is_some_and(|case| case.checks.is_empty())
        {
            self.checks.iter_mut().for_each(|row| row.cleared_at = row.cleared_at.or(Some(Ts(edit.at))));
        }
        Ok(())
    }

    /// A document that arrived under another id, by an entry with the number `seq`, and that the case was opened with.
    ///
    /// # Errors
    /// When a row can't be made of it.
    pub fn adopt(&mut self, document: &Document, seq: i64) -> Result<(), StoreError> {
        self.documents.push(DocumentRow::of(document, seq)?);
        Ok(())
    }

    /// Every row, with its table.
    ///
    /// # Errors
    /// When the case can't be written as a row.
    pub fn rows(&self) -> Result<Vec<(&'static str, Told)>, StoreError> {
        let mut rows = Vec::new();
        rows.extend(self.case.as_ref().map(CaseRow::of).transpose()?.map(|row| ("cases", row.cells())));
        rows.extend(self.demands.iter().map(|row| ("demands", row.cells())));
        let is_waiting = self.case.is_none();
        rows.extend(self.documents.iter().map(|row| ("documents", row.whole(is_waiting))));
        rows.extend(self.checks.iter().map(|row| ("checks", row.cells())));
        rows.extend(self.secrecy.iter().map(|row| ("secrecy_orders", row.cells())));
        rows.extend(self.edits.iter().map(|row| ("scope_edits", row.cells())));
        rows.extend(self.approvals.iter().map(|row| ("approvals", row.cells())));
        rows.extend(self.clocks.iter().map(|row| ("clocks", row.cells())));
        rows.extend(self.comments.iter().map(|(comment, seq)| ("comments", CommentRow::of(comment, *seq).cells())));
        Ok(rows)
    }

    /// What an event does to the rows of demands: what `keep` does in the database.
    fn take_demands(&mut self, id: CaseId, event: &Event) -> Result<(), StoreError> {
        match event {
            Event::CaseOpened(opened) => self.add_demands(id, &opened.demands),
            Event::CaseAmended { .. } | Event::RedirectAnswered { edit: Some(_), .. } => {
                self.void();
                Ok(())
            }
            Event::DemandAdded { demand, .. } => {
                self.void();
                self.add_demands(id, std::slice::from_ref(demand))
            }
            Event::DemandsAdded { demands, .. } => {
                self.void();
                self.add_demands(id, demands)
            }
            Event::DemandChanged { demand, .. } => {
                self.void();
                self.change_demand(id, demand)
            }
            Event::DemandSplit { kept, added, .. } => {
                self.void();
                self.change_demand(id, kept)?;
                self.add_demands(id, std::slice::from_ref(added))
            }
            Event::DemandRemoved { demand, edit } => {
                self.void();
                if let Some(row) = self.demand_row(*demand) {
                    row.removed_at = Some(Ts(edit.at));
                }
                Ok(())
            }
            Event::CaseAssessed { assessed } => self.assess(assessed),
            Event::DecisionDrafted { .. } => {
                self.keep_decisions();
                Ok(())
            }
            Event::CollectionRecorded { result, .. } => self.keep_result(result),
            _ => Ok(()),
        }
    }

    fn demand_row(&mut self, id: DemandId) -> Option<&mut DemandRow> {
        self.demands.iter_mut().find(|row| row.id == Id(id.0))
    }

    fn add_demands(&mut self, id: CaseId, demands: &[Demand]) -> Result<(), StoreError> {
        for demand in demands {
            self.demands.push(DemandRow::of(id, demand)?);
        }
        Ok(())
    }

    /// What it asks now; its decision stays, to be confirmed anew.
    fn change_demand(&mut self, id: CaseId, demand: &Demand) -> Result<(), StoreError> {
        let asked = DemandRow::of(id, demand)?;
        if let Some(row) = self.demand_row(demand.id) {
            *row = DemandRow {
                position: row.position,
                decision: row.decision.take(),
                decision_reason: row.decision_reason.take(),
                redirect_to: row.redirect_to.take(),
                decision_note: row.decision_note.take(),
                override_reason: row.override_reason.take(),
                removed_at: row.removed_at,
                ..asked
            };
        }
        Ok(())
    }

    /// An edit voids assessments and results.
    fn void(&mut self) {
        for row in &mut self.demands {
            (row.assessment, row.result, row.result_account, row.result_files) = (None, None, None, None);
            (row.result_by, row.result_at) = (None, None);
        }
    }

    fn assess(&mut self, assessed: &Assessed) -> Result<(), StoreError> {
        for answer in &assessed.answers {
            let text = serde_json::to_string(&answer.assessment)
                .map_err(|e| StoreError::corrupt("demands", answer.demand, e))?;
            if let Some(row) = self.demand_row(answer.demand) {
                row.assessment = Some(text);
            }
        }
        Ok(())
    }

    fn keep_decisions(&mut self) {
        let Some(case) = &self.case else { return };
        let standing: BTreeSet<Id> = case.demands.iter().map(|demand| Id(demand.id.0)).collect();
        for row in self.demands.iter_mut().filter(|row| standing.contains(&row.id)) {
            let on = case.draft().and_then(|draft| draft.on(DemandId(row.id.0)));
            row.decision = on.map(|on| on.kind.as_str().to_owned());
            row.decision_reason = on.and_then(|on| on.reason).map(|reason| reason.as_str().to_owned());
            row.redirect_to = on.and_then(|on| on.redirect_to.as_ref()).map(ToString::to_string);
            row.decision_note = on.and_then(|on| on.note.as_ref()).map(ToString::to_string);
            row.override_reason = on.and_then(|on| on.override_reason.as_ref()).map(ToString::to_string);
        }
    }

    fn keep_result(&mut self, result: &CollectionResult) -> Result<(), StoreError> {
        let files =
            serde_json::to_string(&result.files).map_err(|e| StoreError::corrupt("demands", result.demand, e))?;
        if let Some(row) = self.demand_row(result.demand) {
            row.result = Some(result.outcome.as_str().to_owned());
            row.result_account = Some(result.account.to_string());
            row.result_files = Some(files);
            row.result_by = Some(Id(result.by.0));
            row.result_at = Some(Ts(result.at));
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
            }
            running.extend(one.clocks);
            asked.extend(one.demands);
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
