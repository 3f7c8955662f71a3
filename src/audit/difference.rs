//! Rows as the tables have them beside rows as the log tells them, and where the two say different things.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

/// What the log says of one column of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing stands there.
    Null,
    /// This value, as text.
    Is(String),
    /// The entry is of a time when the log did not say.
    Untold,
}

/// A row as the log tells it: its columns by name.
pub type Told = Vec<(&'static str, Cell)>;

/// A row as its table has it: its columns by name, nothing where there is NULL.
pub type Found = Vec<(&'static str, Option<String>)>;

/// A place at which a table says something else than the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The table, or the folder of documents.
    pub table: &'static str,
    /// The row, by the values of its key.
    pub row: String,
    /// What differs there.
    pub what: Differs,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Differs {
    /// One column has another value.
    Column {
        /// Which.
        column: &'static str,
        /// The value in the table; nothing for NULL.
        found: Option<String>,
        /// The value that follows from the log; nothing for NULL.
        expected: Option<String>,
    },
    /// The log tells of this row, and it is not there.
    Missing,
    /// The row is there, and the log tells of no such row.
    Untold,
}

impl Difference {
    /// A column that has another value than the log tells.
    pub fn column(
        table: &'static str,
        row: impl Into<String>,
        column: &'static str,
        found: impl Into<Option<String>>,
        expected: impl Into<Option<String>>,
    ) -> Difference {
        let (found, expected) = (found.into(), expected.into());
        Difference { table, row: row.into(), what: Differs::Column { column, found, expected } }
    }

    /// A row that is gone.
    pub fn missing(table: &'static str, row: impl Into<String>) -> Difference {
        Difference { table, row: row.into(), what: Differs::Missing }
    }

    /// A row that nobody made.
    pub fn untold(table: &'static str, row: impl Into<String>) -> Difference {
        Difference { table, row: row.into(), what: Differs::Untold }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value =
            |text: &Option<String>| text.as_ref().map_or_else(|| "nothing".to_owned(), |text| format!("“{text}”"));
        write!(f, "table {}, row {}", self.table, self.row)?;
        match &self.what {
            Differs::Column { column, found, expected } => {
                write!(f, ", column {column}: found {}, expected {}", value(found), value(expected))
            }
            Differs::Missing => f.write_str(", the whole row: found nothing, expected a row"),
            Differs::Untold => f.write_str(", the whole row: found a row, expected none: no entry tells of it"),
        }
    }
}

/// The rows that the log tells of a table, or of a part of it, waiting for those that are found.
pub struct Comparison {
    table: &'static str,
    told: BTreeMap<String, Told>,
    compared: u64,
}

impl Comparison {
    /// Of a table.
    pub fn of(table: &'static str) -> Comparison {
        Comparison { table, told: BTreeMap::new(), compared: 0 }
    }

    /// The log tells of this row.
    pub fn tell(&mut self, key: String, row: Told) {
        self.told.insert(key, row);
    }

    /// Whether the log tells of this row, and it was not found yet.
    pub fn awaits(&self, key: &str) -> bool {
        self.told.contains_key(key)
    }

    /// This row was found. Gives each place where it differs.
    pub fn meet(&mut self, key: &str, row: &Found) -> Vec<Difference> {
        self.compared = self.compared.saturating_add(1);
        let Some(told) = self.told.remove(key) else { return vec![Difference::untold(self.table, key)] };
        let differs = |(column, found): &(&'static str, Option<String>)| {
            let cell = told.iter().find(|(name, _)| name == column).map(|(_, cell)| cell)?;
            let expected = match cell {
                Cell::Untold => return None,
                Cell::Null => None,
                Cell::Is(text) => Some(text.clone()),
            };
            let is_same = match (found, &expected) {
                (Some(found), Some(expected)) => found == expected || is_older_writing(found, expected),
                (found, expected) => found == expected,
            };
            (!is_same).then(|| Difference::column(self.table, key, column, found.clone(), expected))
        };
        row.iter().filter_map(differs).collect()
    }

    /// Nothing more was found: how many rows were, and those that are missing.
    pub fn end(self) -> (u64, Vec<Difference>) {
        (self.compared, self.told.into_keys().map(|key| Difference::missing(self.table, key)).collect())
    }
}

/// Whether a text is the same JSON as an earlier version of the program wrote it: fields that came later are not there,
/// which says the same as their being empty; and the order of fields says nothing.
fn is_older_writing(found: &str, expected: &str) -> bool {
    let is_json = |text: &str| text.starts_with(['{', '[']);
    if !is_json(found) || !is_json(expected) {
        return false;
    }
    let (Ok(found_is), Ok(expected_is)) = (serde_json::from_str::<Value>(found), serde_json::from_str(expected)) else {
        return false;
    };
    // Written without blanks, and nothing written twice: as long as it would be now.
    found_is.to_string().len() == found.len() && says_no_less(&found_is, &expected_is)
}

fn says_no_less(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            found.iter().all(|(key, value)| expected.get(key).is_some_and(|other| says_no_less(value, other)))
                && expected.iter().all(|(key, value)| found.contains_key(key) || is_empty(value))
        }
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len() && found.iter().zip(expected).all(|(one, other)| says_no_less(one, other))
        }
        (found, expected) => found == expected,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str) -> Cell {
        Cell::Is(text.to_owned())
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn met(found: Found) -> Vec<String> {
        let mut teams = Comparison::of("teams");
        teams.tell("1".into(), vec![("name", is("East")), ("lead", Cell::Null), ("mark", Cell::Untold)]);
        let mut all = teams.meet("1", &found);
        all.extend(teams.end().1);
        all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_row_as_told_differs_nowhere_and_what_is_untold_is_not_asked() {
        assert!(met(vec![("name", some("East")), ("lead", None), ("mark", some("any"))]).is_empty());
    }

    #[test]
    fn each_column_that_differs_is_named_with_both_values() {
        let told = met(vec![("name", some("West")), ("lead", some("Ann")), ("mark", None)]);
        assert_eq!(
            told,
            [
                "table teams, row 1, column name: found “West”, expected “East”",
                "table teams, row 1, column lead: found “Ann”, expected nothing",
            ]
        );
    }

    #[test]
    fn rows_that_are_gone_and_rows_that_nobody_made_are_named() {
        let mut teams = Comparison::of("teams");
        teams.tell("1".into(), Vec::new());
        assert_eq!(teams.meet("2", &Vec::new()), [Difference::untold("teams", "2")]);
        assert_eq!(teams.end(), (1, vec![Difference::missing("teams", "1")]));
    }

    #[test]
    fn a_text_of_an_earlier_version_says_the_same_and_nothing_else_does() {
        let now = r#"{"a":1,"list":[],"b":{"c":null,"d":"x"}}"#;
        for same in [r#"{"b":{"d":"x"},"a":1}"#, r#"{"a":1,"b":{"c":null,"d":"x"}}"#] {
            assert!(is_older_writing(same, now), "{same}");
        }
        let others = [
            r#"{"a":1,"b":{}}"#,
            r#"{"a":2,"b":{"d":"x"}}"#,
            r#"{"a":1,"b":{"d":"x"},"e":null}"#,
            r#"{"a":1, "b":{"d":"x"}}"#,
            r#"{"a":1,"a":1,"b":{"d":"x"}}"#,
            r#"{"a":1,"b":{"d":"x"}"#,
        ];
        for other in others {
            assert!(!is_older_writing(other, now), "{other}");
        }
    }
}
