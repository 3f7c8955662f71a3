//! Every table of the register, and how each is checked when it is compared with the log. The list is whole: a table of
//! `schema.rs` that is not in it fails a test. `docs/audit.md` has the same list for auditors.

use diesel::Expression;
use diesel::query_source::Column as DieselColumn;
use diesel::sql_types::{BigInt, Binary, Bool, Date, Integer, Nullable, SqlType, Text};

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
}

/// The table of a name in the list.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

macro_rules! tables {
    ($($name:ident [$($key:ident),+] $kept:ident $(beside [$($beside:ident),+])?;)+) => {
        /// The tables.
        pub const TABLES: &[Table] = &[$(Table {
            name: stringify!($name),
            key: &[$(stringify!($key)),+],
            kept: Kept::$kept,
            beside: &[$($(stringify!($beside)),+)?],
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
    alarm_acknowledgements [alarm_id, role] Told;
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
    search_words [word, case_id, source] Reckoned;
    search_keys [kind, key, case_id] Reckoned;
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
    alarms [id] NoEvidence;
    audit_notes [id] NoEvidence;
    audit_answers [note_id, seq] NoEvidence;
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
