//! Rows as text, column by column: those that are found, whatever stands in them, and those that the log tells.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::row::{Field, NamedRow, Row};
use diesel::sql_types::Binary;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};
use uuid::Uuid;

use super::tables::{Column, Table};
use crate::audit::difference::{Cell, Found, Told};
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::types::{Id, Ts};
use crate::store::{dialect, each_row};

/// A row as the log tells it, from a row of this crate's own shape: each field is a column of its name.
macro_rules! cells_of {
    ($row:ident { $($field:ident),+ $(,)? }) => {
        impl $row {
            /// The row, column by column.
            pub(in crate::store) fn cells(&self) -> $crate::audit::difference::Told {
                use $crate::store::replay::AsCell;
                let $row { $($field),+ } = self;
                vec![$((stringify!($field), $field.as_cell())),+]
            }
        }
    };
}
pub(in crate::store) use cells_of;

/// A row as the log tells it, column by column.
macro_rules! told {
    ($($column:ident: $value:expr),+ $(,)?) => {
        vec![$((stringify!($column), $crate::store::replay::AsCell::as_cell(&$value))),+]
    };
}
pub(in crate::store) use told;

/// A value as the text that a column of it reads as.
pub(in crate::store) trait AsCell {
    fn as_cell(&self) -> Cell;
}

macro_rules! as_text {
    ($($kind:ty),+) => {$(impl AsCell for $kind { fn as_cell(&self) -> Cell { Cell::Is(self.to_string()) } })+};
}
as_text!(str, String, i32, i64, chrono::NaiveDate);

impl AsCell for bool {
    fn as_cell(&self) -> Cell {
        Cell::Is(if *self { "1" } else { "0" }.to_owned())
    }
}

impl AsCell for Id {
    fn as_cell(&self) -> Cell {
        Cell::Is(self.0.hyphenated().to_string())
    }
}

impl AsCell for Ts {
    fn as_cell(&self) -> Cell {
        Cell::Is(self.0.for_machines())
    }
}

impl AsCell for Cell {
    fn as_cell(&self) -> Cell {
        self.clone()
    }
}

impl<T: AsCell + ?Sized> AsCell for &T {
    fn as_cell(&self) -> Cell {
        (*self).as_cell()
    }
}

impl<T: AsCell> AsCell for Option<T> {
    fn as_cell(&self) -> Cell {
        self.as_ref().map_or(Cell::Null, AsCell::as_cell)
    }
}

/// The name of a row that the log tells: the values of its key.
pub(super) fn key_of(table: &Table, row: &Told) -> String {
    let value = |column: &&str| match row.iter().find(|(name, _)| name == column) {
        Some((_, Cell::Is(text))) => text.clone(),
        _ => String::new(),
    };
    table.key.iter().map(value).collect::<Vec<_>>().join(" ")
}

/// Which rows of a table.
#[derive(Clone, Copy, Debug)]
pub(super) enum Span<'a> {
    /// All.
    All,
    /// Those whose id, in this column, comes after one and not after another. Without an end there is none, so that
    /// spans one after the other leave nothing out, whatever stands in the column.
    Ids { column: &'static str, after: Option<Uuid>, to: Option<Uuid> },
    /// So many in the order of this column, after one.
    Piece { column: &'static str, after: Option<&'a str>, limit: i64 },
}

/// The columns of one row, as bytes of text.
struct Values(Vec<Option<Vec<u8>>>);

impl<DB: Backend> QueryableByName<DB> for Values
where
    Vec<u8>: FromSql<Binary, DB>,
{
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        let value = |at: usize| {
            let field = Row::get(row, at).ok_or("a column is missing")?;
            field.value().map(Vec::<u8>::from_sql).transpose()
        };
        Ok(Values((0..row.field_count()).map(value).collect::<deserialize::Result<_>>()?))
    }
}

/// Gives each row of a table, with the name of its key, to a closure: one at a time.
pub(super) fn each(
    conn: &mut Conn,
    table: &Table,
    span: Span<'_>,
    mut take: impl FnMut(String, Found) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let columns = table.columns();
    let listed: Vec<String> =
        columns.iter().map(|column| dialect::as_text_bytes(conn, column.kind, column.name)).collect();
    let sql = format!("SELECT {} FROM {} WHERE {}", listed.join(", "), table.name, condition(span));
    let query = sql_query(sql);
    let read = |row: QueryResult<Values>| -> Result<(), StoreError> {
        let found = found(&columns, row?);
        let value = |column: &&str| {
            let cell = found.iter().find(|(name, _)| name == column);
            cell.and_then(|(_, value)| value.clone()).unwrap_or_default()
        };
        let key = table.key.iter().map(value).collect::<Vec<_>>().join(" ");
        let compared = found.into_iter().filter(|(name, _)| !table.beside.contains(name)).collect();
        take(key, compared)
    };
    each_row!(conn, query, Values, read)
}

fn condition(span: Span<'_>) -> String {
    match span {
        Span::All => "1 = 1".to_owned(),
        Span::Ids { column, after, to } => {
            let bounds = [after.map(|id| format!("{column} > '{id}'")), to.map(|id| format!("{column} <= '{id}'"))];
            let bounds: Vec<String> = bounds.into_iter().flatten().collect();
            if bounds.is_empty() { "1 = 1".to_owned() } else { bounds.join(" AND ") }
        }
        Span::Piece { column, after, limit } => {
            let bound = after.map_or("1 = 1".to_owned(), |id| format!("{column} > '{}'", id.replace('\'', "''")));
            format!("{bound} ORDER BY {column} LIMIT {limit}")
        }
    }
}

fn found(columns: &[Column], Values(values): Values) -> Found {
    let text = |bytes: Vec<u8>| {
        String::from_utf8(bytes)
            .unwrap_or_else(|bad| format!("bytes that are no text: {}", hex::encode(bad.as_bytes())))
    };
    columns.iter().zip(values).map(|(column, value)| (column.name, value.map(text))).collect()
}
