//! Comments on cases and links between them: written once, beside the case, whose version they do not move.

use diesel::prelude::*;

use super::cases::OfCase;
use super::conn::Conn;
use super::error::StoreError;
use super::on_backend;
use super::replay::{cells_of, told};
use super::schema::{case_links, cases, comments};
use super::transaction::{About, Stored, Tx};
use super::types::{Id, Ts};
use crate::audit::difference::Told;
use crate::domain::comment::{Comment, Link};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, CommentId, LinkId, StaffId};
use crate::domain::text::{Line, Prose};
use crate::domain::time::Instant;

impl Stored for OfCase<Comment> {
    fn about(&self) -> About {
        self.about
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, seq: i64) -> Result<(), StoreError> {
        insert_comments(tx, &[CommentRow::of(&self.it, seq)])?;
        super::search::index_comment(tx.conn, &self.it)
    }
}

/// One row of `comments`.
#[derive(Insertable)]
#[diesel(table_name = comments)]
pub(super) struct CommentRow {
    id: Id,
    case_id: Id,
    text: String,
    written_by: Id,
    written_at: Ts,
    seq: i64,
}

impl CommentRow {
    /// The row of a comment whose entry has the number `seq`.
    pub(super) fn of(comment: &Comment, seq: i64) -> CommentRow {
        CommentRow {
            id: Id(comment.id.0),
            case_id: Id(comment.case.0),
            text: comment.text.to_string(),
            written_by: Id(comment.by.0),
            written_at: Ts(comment.at),
            seq,
        }
    }
}

/// Inserts rows of comments, few enough for one statement.
pub(super) fn insert_comments(tx: &mut Tx<'_>, rows: &[CommentRow]) -> Result<(), StoreError> {
    on_backend!(&mut *tx.conn, |c| diesel::insert_into(comments::table).values(rows).execute(c))?;
    Ok(())
}

impl Stored for OfCase<Link> {
    fn about(&self) -> About {
        self.about
    }

    fn keep(&self, tx: &mut Tx<'_>, event: &Event, seq: i64) -> Result<(), StoreError> {
        let link = &self.it;
        if matches!(event, Event::CaseUnlinked { .. }) {
            let removed = case_links::removed_at.eq(Some(Ts(tx.now())));
            diesel::update(case_links::table.find(Id(link.id.0))).set(removed).execute(tx.conn)?;
            return Ok(());
        }
        diesel::insert_into(case_links::table)
            .values((
                case_links::id.eq(Id(link.id.0)),
                case_links::case_id.eq(Id(link.case.0)),
                case_links::other_id.eq(Id(link.other.0)),
                case_links::kind.eq(link.kind.as_str()),
                case_links::note.eq(link.note.as_ref().map(Line::as_str)),
                case_links::linked_by.eq(Id(link.by.0)),
                case_links::linked_at.eq(Ts(link.at)),
                case_links::removed_at.eq(None::<Ts>),
                case_links::seq.eq(seq),
            ))
            .execute(tx.conn)?;
        Ok(())
    }
}

/// Comments on a case, oldest first.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn comments_of(conn: &mut Conn, case: CaseId) -> Result<Vec<Comment>, StoreError> {
    let rows: Vec<(Id, String, Id, Ts)> = comments::table
        .filter(comments::case_id.eq(Id(case.0)))
        .order(comments::seq.asc())
        .select((comments::id, comments::text, comments::written_by, comments::written_at))
        .load(conn)?;
    let read = |(id, text, by, at): (Id, String, Id, Ts)| {
        let text = Prose::parse("text", &text).map_err(|e| StoreError::corrupt("comments", id.0, e.reason))?;
        Ok(Comment { id: CommentId(id.0), case, text, by: StaffId(by.0), at: at.0 })
    };
    rows.into_iter().map(read).collect()
}

/// A link with the reference of the case at its other end, as seen from one of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSeen {
    /// The link.
    pub link: Link,
    /// The reference of the other case.
    pub reference: String,
    /// Whether the link was made from the other case.
    pub is_from_other: bool,
}

type LinkRow = (Id, Id, Id, String, Option<String>, Id, Ts, Id, String);

/// Links from and to a case, oldest first.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn of_case(conn: &mut Conn, case: CaseId) -> Result<Vec<LinkSeen>, StoreError> {
    let me = Id(case.0);
    let at_other_end = (case_links::case_id.eq(me).and(cases::id.eq(case_links::other_id)))
        .or(case_links::other_id.eq(me).and(cases::id.eq(case_links::case_id)));
    let rows: Vec<LinkRow> = case_links::table
        .inner_join(cases::table.on(at_other_end))
        .filter(case_links::removed_at.is_null())
        .order(case_links::seq.asc())
        .select((
            case_links::id,
            case_links::case_id,
            case_links::other_id,
            case_links::kind,
            case_links::note,
            case_links::linked_by,
            case_links::linked_at,
            cases::id,
            cases::reference,
        ))
        .load(conn)?;
    rows.into_iter().map(|row| seen(row, me)).collect()
}

fn seen(row: LinkRow, me: Id) -> Result<LinkSeen, StoreError> {
    let (id, from, to, kind, note, by, at, _, reference) = row;
    let corrupt = |why: String| StoreError::corrupt("case_links", id.0, why);
    let link = Link {
        id: LinkId(id.0),
        case: CaseId(from.0),
        other: CaseId(to.0),
        kind: kind.parse().map_err(|e: crate::domain::words::UnknownWord| corrupt(e.to_string()))?,
        note: note.as_deref().map(|n| Line::parse("note", n)).transpose().map_err(|e| corrupt(e.reason))?,
        by: StaffId(by.0),
        at: at.0,
    };
    Ok(LinkSeen { link, reference, is_from_other: to == me })
}

cells_of!(CommentRow { id, case_id, text, written_by, written_at, seq });

/// The row of a link whose entry has the number `seq`, column by column.
pub(super) fn link_cells(link: &Link, seq: i64, removed_at: Option<Instant>) -> Told {
    told! {
        id: Id(link.id.0),
        case_id: Id(link.case.0),
        other_id: Id(link.other.0),
        kind: link.kind.as_str(),
        note: link.note.as_ref().map(Line::as_str),
        linked_by: Id(link.by.0),
        linked_at: Ts(link.at),
        removed_at: removed_at.map(Ts),
        seq: seq,
    }
}
