//! Every table of the register, and how each is checked when it is compared with the log. The list is whole: a table of
//! `schema.rs` that is not in it fails a test. `docs/audit.md` has the same list for auditors.

use diesel::Expression;
use diesel::query_source::Column as DieselColumn;
use diesel::sql_types::{BigInt, Binary, Bool, Date, Integer, Nullable, SqlType, Text};
use uuid::Uuid;

pub use crate::store::dialect::Kind;
use crate::store::schema;
use crate::store::types::{DbTime, DbUuid};

/// One table.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The columns that tell its rows apart.
    pub key: &'static [&'static str],
    /// How it is checked.
    pub kept: Kept,
    /// Columns that the log says nothing of.
    pub beside: &'static [&'static str],
    /// The columns of its key that never hold personal data.
    pub tells: &'static [&'static str],
    columns: fn() -> Vec<Column>,
}

/// How a table is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is the log itself: its hashes are derived anew.
    Log,
    /// Its rows follow from entries, and are compared column by column.
    Told,
    /// Its rows follow from other rows that are compared, and are reckoned anew.
    Reckoned,
    /// Its rows open under a key or have a hash that the log knows.
    Sealed,
    /// It is no evidence: what it holds is for the convenience of a while, and nothing is proved by it.
    NoEvidence,
}

/// A column and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

impl Table {
    /// Its columns, as `schema.rs` has them.
    pub fn columns(&self) -> Vec<Column> {
        (self.columns)()
    }

    /// Its columns that the log, or a key, says something of.
    pub fn compared(&self) -> Vec<Column> {
        self.columns().into_iter().filter(|column| !self.beside.contains(&column.name)).collect()
    }

    /// Where a row is, for what is kept and mailed: the values of its key but those that may be personal, and nothing that is
    /// not of the kind its column holds, which is what somebody put there.
    pub fn place_of(&self, row: &str) -> String {
        let parts: Vec<&str> = row.split(' ').collect();
        let hidden = self.key.iter().position(|column| !self.tells.contains(column));
        // What is hidden may have spaces in it, so what comes after it is counted from the end.
        let value = |at: usize| match hidden {
            Some(hidden) if at > hidden => parts.len().checked_sub(self.key.len().saturating_sub(at)),
            _ => Some(at),
        };
        let columns = self.columns();
        let told = |(at, column): (usize, &&str)| {
            let kind = columns.iter().find(|known| known.name == *column).map(|known| known.kind)?;
            let value = value(at).and_then(|at| parts.get(at)).copied().filter(|value| is_of(kind, value));
            Some(value.unwrap_or("…").to_owned())
        };
        let of = self.key.iter().enumerate().filter(|(_, column)| self.tells.contains(*column));
        let values = of.filter_map(told).collect::<Vec<_>>().join(" ");
        if hidden.is_none() {
            format!("row {values}")
        } else {
            format!("a row with {} {values}", self.tells.join(", "))
        }
    }
}

/// Whether a part of a key looks as one of its kind does. Texts in keys are words of closed lists, hashes and names of rules.
fn is_of(kind: Kind, value: &str) -> bool {
    let all = |is: fn(char) -> bool| !value.is_empty() && value.len() <= 80 && value.chars().all(is);
    match kind {
        Kind::Id => Uuid::parse_str(value).is_ok(),
        Kind::Number | Kind::Bool => value.parse::<i64>().is_ok(),
        Kind::Day | Kind::Moment => all(|c| c.is_ascii_digit() || "-:.TZ".contains(c)),
        Kind::Bytes => all(|c| c.is_ascii_hexdigit()),
        Kind::Text => all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-:.".contains(c)),
    }
}

/// The table of a name in the list.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

macro_rules! tables {
    (@columns [$($key:ident),+]) => { &[$(stringify!($key)),+] };
    (@tells $key:tt) => { tables!(@columns $key) };
    (@tells $key:tt $tells:tt) => { tables!(@columns $tells) };
    ($($name:ident $key:tt $kept:ident $(beside [$($beside:ident),+])? $(tells $tells:tt)?;)+) => {
        /// The tables.
        pub const TABLES: &[Table] = &[$(Table {
            name: stringify!($name),
            key: tables!(@columns $key),
            kept: Kept::$kept,
            beside: &[$($(stringify!($beside)),+)?],
            tells: tables!(@tells $key $($tells)?),
            columns: || columns_of(schema::$name::all_columns),
        }),+];
    };
}

tables! {
    log_entry [seq] Log;
    log_process [seq] Log;
    log_personal [seq] Log;
    log_node [level, position] Log;
    log_checkpoint [number] Log;
    log_head [id] Log;

    // When the row was made, a moment before the log's first entry; and a mark by which nodes forget what they counted.
    registers [id] Told beside [created_at, cases_changed];
    teams [id] Told;
    staff [id] Told;
    staff_roles [staff_id, role] Told;
    staff_teams [staff_id, team_id] Told;
    staff_requests [id] Told;
    // Nothing refers to a watch by its id.
    staff_watches [staff_id, cause, since, until] Told beside [id];
    api_tokens [id] Told;
    feeds [staff_id] Told;
    agencies [id] Told;
    officers [id] Told;
    law_proposals [id] Told;
    // Raised before the log is told, and in words that only the alarm has.
    alarms [id] Told beside [once, raised_at, fault];
    alarm_acknowledgements [alarm_id, role] Told;
    audit_notes [id] Told;
    audit_answers [note_id, seq] Told;
    samples [id] Told;
    sample_items [sample_id, entry_seq] Told;
    rulebooks [sha256] Told;
    law_texts [sha256] Sealed;
    data_keys [owner] Sealed;

    cases [id] Told;
    demands [id] Told;
    documents [id] Told;
    checks [id] Told;
    secrecy_orders [id] Told;
    scope_edits [case_id, revision] Told;
    approvals [id] Told;
    comments [id] Told;
    case_links [id] Told;
    past_cases [id] Told;
    litigation_holds [id] Told;
    erasures [id] Told;
    erasure_items [erasure_id, case_id] Told;
    erased_cases [case_id] Told;
    clocks [case_id, rule] Reckoned;
    // What is searched by is what people are called and reached by.
    search_words [word, case_id, source] Reckoned tells [case_id];
    search_keys [kind, key, case_id] Reckoned tells [case_id];
    reference_series [year] Reckoned;

    sessions [id_hash] NoEvidence;
    views [session_hash, subject_id] NoEvidence;
    unsealed_entries [session_hash, seq] NoEvidence;
    throttles [key] NoEvidence;
    form_posts [id] NoEvidence;
    outbox [id] NoEvidence;
    saved_views [id] NoEvidence;
    slips [id] NoEvidence;
    witness_mails [address] NoEvidence;
    job_turns [job] NoEvidence;
    erased_documents [document_id] NoEvidence;
    verifications [id] NoEvidence;
}

fn columns_of<C: Columns>(_: C) -> Vec<Column> {
    C::list()
}

/// All columns of a table.
trait Columns {
    fn list() -> Vec<Column>;
}

/// What a type of SQL holds.
trait Holds {
    const KIND: Kind;
}

macro_rules! holds {
    ($($sql:ident $kind:ident),+) => {$(impl Holds for $sql { const KIND: Kind = Kind::$kind; })+};
}
holds!(Text Text, Integer Number, BigInt Number, Bool Bool, Binary Bytes, Date Day, DbUuid Id, DbTime Moment);

impl<T: Holds + SqlType> Holds for Nullable<T>
where
    Nullable<T>: SqlType,
{
    const KIND: Kind = T::KIND;
}

macro_rules! tuples {
    () => {};
    ($first:ident $($rest:ident)*) => {
        impl<$first: DieselColumn, $($rest: DieselColumn),*> Columns for ($first, $($rest,)*)
        where
            <$first as Expression>::SqlType: Holds,
            $(<$rest as Expression>::SqlType: Holds,)*
        {
            fn list() -> Vec<Column> {
                vec![
                    Column { name: $first::NAME, kind: <$first as Expression>::SqlType::KIND },
                    $(Column { name: $rest::NAME, kind: <$rest as Expression>::SqlType::KIND },)*
                ]
            }
        }
        tuples!($($rest)*);
    };
}
tuples!(A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 B0 B1 B2 B3 B4 B5 B6 B7 B8 B9 C0 C1 C2 C3 C4 C5 C6 C7 C8 C9 D0 D1 D2 D3 D4 D5 D6 D7 D8
    D9 E0 E1 E2 E3 E4 E5 E6 E7 E8 E9 F0 F1 F2 F3 F4 F5 F6 F7 F8 F9 G0 G1 G2 G3);

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = "0193a0f2-7d5e-7abc-8def-0123456789ab";

    fn place(name: &str, row: &str) -> String {
        table(name).unwrap().place_of(row)
    }

    #[test]
    fn a_row_is_told_by_its_key_but_never_by_what_is_searched_by() {
        assert_eq!(place("cases", CASE), format!("row {CASE}"));
        assert_eq!(place("staff_roles", &format!("{CASE} reviewer")), format!("row {CASE} reviewer"));
        assert_eq!(place("data_keys", &format!("case:{CASE}")), format!("row case:{CASE}"));
        for row in [format!("example {CASE} paper"), format!("two words {CASE} paper"), format!("{CASE} {CASE} paper")]
        {
            assert_eq!(place("search_words", &row), format!("a row with case_id {CASE}"));
        }
        for row in [format!("email a@example.org {CASE}"), format!("name Ann B. Example {CASE}")] {
            assert_eq!(place("search_keys", &row), format!("a row with case_id {CASE}"));
        }
    }

    #[test]
    fn what_somebody_put_in_the_place_of_a_key_is_not_told() {
        assert_eq!(place("cases", "Ann Example"), "row …");
        assert_eq!(place("staff_roles", &format!("{CASE} Ann Example")), format!("row {CASE} …"));
        assert_eq!(place("search_words", "word Example paper"), "a row with case_id …");
        assert_eq!(place("search_keys", ""), "a row with case_id …");
    }

    /// Whoever adds a table whose key holds text says whether that can be personal.
    #[test]
    fn texts_in_keys_that_are_told_are_words_hashes_and_names_of_rules() {
        let is_evidence = |table: &&Table| !matches!(table.kept, Kept::Log | Kept::NoEvidence);
        let texts = |table: &Table| -> Vec<String> {
            let is_text = |column: &Column| column.kind == Kind::Text && table.tells.contains(&column.name);
            table.columns().iter().filter(|c| is_text(c)).map(|c| format!("{}.{}", table.name, c.name)).collect()
        };
        let told: Vec<String> = TABLES.iter().filter(is_evidence).flat_map(texts).collect();
        let known = [
            "staff_roles.role",
            "staff_watches.cause",
            "alarm_acknowledgements.role",
            "rulebooks.sha256",
            "law_texts.sha256",
            "data_keys.owner",
            "clocks.rule",
        ];
        assert_eq!(told, known);
    }
}
