//! One entry of the log from all sides. Its personal part stays sealed until it is unsealed with a reason.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::audit_notes::{NoteSeen, seen_on_entry};
use super::view_case::record_view;
use super::view_log::{NamedCase, THE_LOG, refuse_others};
use super::{ActionError, Ctx, SignedIn};
use crate::audit::{Entry, commitment, proof, tree};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, PastCaseId, StaffId};
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Staff, Verb, is_within, may};
use crate::domain::stage::Compartment;
use crate::domain::time::Instant;
use crate::seal::Key;
use crate::store::cases::CaseName;
use crate::store::log::{self, Inclusion, LogRow, PersonalPart, WholeEntry};
use crate::store::{About, Conn, StoreError, cases, past_cases, staff};

/// How long an unsealed entry stays open to the session that unsealed it.
pub const OPEN_FOR: TimeDelta = TimeDelta::minutes(15);

/// An entry as an auditor sees it.
#[derive(Debug, Clone)]
pub struct EntryView {
    /// The entry; the real one where it is the compartment's and the reader is cleared.
    pub row: LogRow,
    /// The bytes that were hashed.
    pub bytes: Vec<u8>,
    /// The case it is about, where this person may know its name.
    pub case: Option<NamedCase>,
    /// Whether it is sealed to everybody who is not cleared.
    pub is_of_compartment: bool,
    /// Whether the leaf hash is the one of the bytes.
    pub leaf_fits: bool,
    /// Whether the process payload is the one that was committed to.
    pub process_fits: bool,
    /// The personal payload.
    pub personal: Personal,
    /// Its place in the tree.
    pub inclusion: Inclusion,
    /// Whether the proof leads from the leaf to the root.
    pub is_included: bool,
    /// Notes and findings about it.
    pub notes: Vec<NoteSeen>,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
}

/// The personal payload as this person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Personal {
    /// Sealed; with the refusal where this person can't unseal it.
    Sealed(Option<Refusal>),
    /// Unsealed by this session.
    Open {
        /// The payload.
        part: PersonalPart,
        /// Whether it is the one that was committed to.
        fits: bool,
        /// When it closes again.
        until: Instant,
    },
    /// Erased, by the entry with this number. Without one it is gone and nothing says why.
    Erased(Option<i64>),
}

/// What an entry is about.
pub(super) enum Concern {
    /// No case.
    Register,
    /// An opened case.
    Case(CaseName),
    /// A case that was closed before Writ.
    Past(PastCaseId),
    /// A paper whose case is not opened: nobody knows yet which compartment it will be in.
    NotOpened(CaseId),
}

/// Shows an entry.
///
/// # Errors
/// A refusal for people who may not read the log (in the log); [`ActionError::NotFound`] without such an entry.
pub fn view_entry(ctx: &Ctx, who: &SignedIn, seq: i64) -> Result<EntryView, ActionError> {
    refuse_others(ctx, who)?;
    record_view(ctx, who, THE_LOG, About::Register, Event::LogViewed {})?;
    let view = ctx.store.read(|conn| {
        let Some(entry) = log::find_entry(conn, seq)? else { return Ok(None) };
        look(ctx, conn, who, entry).map(Some)
    })?;
    view.ok_or(ActionError::NotFound)
}

fn look(ctx: &Ctx, conn: &mut Conn, who: &SignedIn, entry: WholeEntry) -> Result<EntryView, StoreError> {
    let key = ctx.store.installation_key();
    let mut opened = entry.row.clone();
    let concern = concern(conn, key, &mut opened)?;
    let is_of_compartment = opened.process != entry.row.process;
    let is_open = !is_of_compartment || who.staff.is_cleared;
    let personal = personal(ctx, conn, who, &entry, &concern)?;
    let inclusion = log::inclusion(conn, entry.row.seq)?;
    let (leaf, written) = (tree::leaf_hash(&entry.bytes), Entry::decode(&entry.bytes).ok());
    let fits = |e: &Entry| commitment::opens(&e.process, &entry.process_salt, entry.row.process.as_bytes());
    Ok(EntryView {
        leaf_fits: hex::encode(leaf) == entry.row.leaf,
        process_fits: written.as_ref().is_some_and(fits),
        is_included: u64::try_from(entry.row.seq)
            .is_ok_and(|index| proof::verify_inclusion(&leaf, index, inclusion.size, &inclusion.path, &inclusion.root)),
        case: match &concern {
            Concern::Case(name) if is_open => Some(NamedCase::new(&who.staff, name)),
            _ => None,
        },
        notes: seen_on_entry(conn, &who.staff, entry.row.seq, concern.name())?,
        row: if is_open { opened } else { entry.row },
        bytes: entry.bytes,
        names: staff::names(conn)?,
        is_of_compartment,
        personal,
        inclusion,
    })
}

/// What an entry is about; an act of the compartment is opened for finding it out. At most three statements.
pub(super) fn concern(conn: &mut Conn, installation: &Key, row: &mut LogRow) -> Result<Concern, StoreError> {
    let behind = log::open_acts(conn, installation, std::slice::from_mut(row))?;
    let case = behind.get(&row.seq).copied().or_else(|| row.case_key.as_deref()?.parse().ok());
    let Some(case) = case else { return Ok(Concern::Register) };
    if let Some(name) = cases::list_names(conn, &[case])?.remove(&case) {
        return Ok(Concern::Case(name));
    }
    let past = PastCaseId(case.0);
    Ok(if past_cases::is_past(conn, past)? { Concern::Past(past) } else { Concern::NotOpened(case) })
}

impl Concern {
    /// What entries about it are about.
    pub(super) fn about(&self) -> About {
        match self {
            Concern::Register => About::Register,
            Concern::Case(name) => About::Case(name.id, name.compartment),
            Concern::Past(past) => About::PastCase(*past),
            Concern::NotOpened(case) => About::Case(*case, Compartment::Ordinary),
        }
    }

    /// The opened case, by its name.
    fn name(&self) -> Option<&CaseName> {
        match self {
            Concern::Case(name) => Some(name),
            Concern::Register | Concern::Past(_) | Concern::NotOpened(_) => None,
        }
    }

    /// The opened case.
    pub(super) fn case(&self) -> Option<CaseId> {
        self.name().map(|name| name.id)
    }

    /// Whether this person may unseal an entry about it.
    ///
    /// # Errors
    /// [`Refusal::NoRight`] without the role; [`Refusal::OutsideCompartment`] where the case is kept to others.
    pub(super) fn may_be_unsealed(&self, who: &Staff) -> Result<(), Refusal> {
        may(who, Verb::Unseal, None)?;
        let is_within = match self {
            Concern::Register => true,
            Concern::Case(name) => is_within(who, name.compartment, &name.named),
            Concern::Past(_) | Concern::NotOpened(_) => who.is_cleared,
        };
        if is_within { Ok(()) } else { Err(Refusal::OutsideCompartment) }
    }
}

fn personal(
    ctx: &Ctx,
    conn: &mut Conn,
    who: &SignedIn,
    entry: &WholeEntry,
    concern: &Concern,
) -> Result<Personal, StoreError> {
    if entry.personal.is_none() {
        return Ok(Personal::Erased(log::erased_by(conn, entry.row.seq)?));
    }
    if let Err(refusal) = concern.may_be_unsealed(&who.staff) {
        return Ok(Personal::Sealed(Some(refusal)));
    }
    let Some(session) = &who.session else { return Ok(Personal::Sealed(None)) };
    let unsealed_at = log::unsealed_at(conn, &session.id_hash, entry.row.seq)?;
    let Some(until) = unsealed_at.map(|at| at.plus(OPEN_FOR)).filter(|until| ctx.now() < *until) else {
        return Ok(Personal::Sealed(None));
    };
    let Some(part) = log::personal_part(conn, ctx.store.installation_key(), entry)? else {
        return Ok(Personal::Erased(None));
    };
    let written = Entry::decode(&entry.bytes).ok();
    let fits = written.is_some_and(|e| commitment::opens(&e.personal, &part.salt, part.payload.as_bytes()));
    Ok(Personal::Open { part, fits, until })
}
