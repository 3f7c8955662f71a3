//! Which rules are law here: keeping them, proposing and adopting others, and what that would change.

pub mod flips;
pub mod propose;
pub mod replay;
pub mod trace;

use std::sync::{Arc, PoisonError, RwLock};

use sha2::{Digest, Sha256};

use super::{ActionError, Ctx};
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::rulebook::LawAdopted;
use crate::domain::staff::Actor;
use crate::law::Rulebook;
use crate::store::law::{self, InForce, KeptLaw};
use crate::store::{StoreError, Tx};

/// The rules this node goes by, and those the program brings.
pub struct LawHere {
    in_force: RwLock<Arc<Rulebook>>,
    /// What the program carries, or the folder of the settings holds.
    pub offered: Arc<Rulebook>,
}

impl LawHere {
    /// Goes by these rules until the register is asked for its own.
    pub fn offering(rulebook: Rulebook) -> LawHere {
        let offered = Arc::new(rulebook);
        LawHere { in_force: RwLock::new(offered.clone()), offered }
    }

    /// The rules in force, as this node last knew them.
    pub fn in_force(&self) -> Arc<Rulebook> {
        self.in_force.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, rulebook: Arc<Rulebook>) {
        *self.in_force.write().unwrap_or_else(PoisonError::into_inner) = rulebook;
    }
}

/// Goes by the rules that are in force in the register now. Every node does so again and again.
///
/// # Errors
/// When the store fails, or its rules can't be read.
pub fn refresh(ctx: &Ctx) -> Result<Arc<Rulebook>, ActionError> {
    let known = ctx.rulebook();
    let found = ctx.store.read(|conn| changed(conn, &known))?;
    Ok(found.map_or(known, |rulebook| {
        ctx.law.put(rulebook.clone());
        rulebook
    }))
}

/// The rules in force within an act. Their texts are kept before the first answer is given by them.
pub(super) fn of_act(law: &LawHere, tx: &mut Tx<'_>) -> Result<Arc<Rulebook>, StoreError> {
    let known = law.in_force();
    match changed(tx.conn(), &known)? {
        Some(rulebook) => {
            law.put(rulebook.clone());
            Ok(rulebook)
        }
        None => {
            law::keep(tx, &kept(&known))?;
            Ok(known)
        }
    }
}

/// The rules in force, where they are others than those known. Before the first were adopted those known hold.
fn changed(conn: &mut crate::store::Conn, known: &Rulebook) -> Result<Option<Arc<Rulebook>>, StoreError> {
    match law::in_force(conn)? {
        Some(sha256) if sha256 != known.sha256() => Ok(Some(Arc::new(read(conn, &sha256)?))),
        _ => Ok(None),
    }
}

/// Reads a rulebook that was kept.
///
/// # Errors
/// When it was not, or can't be read.
pub(super) fn read(conn: &mut crate::store::Conn, sha256: &str) -> Result<Rulebook, StoreError> {
    let corrupt = |why: String| StoreError::corrupt("rulebooks", sha256, why);
    let texts = law::texts(conn, sha256)?.ok_or_else(|| corrupt("it was never kept".into()))?;
    let rulebook = Rulebook::read(&texts).map_err(|e| corrupt(e.to_string()))?;
    if rulebook.sha256() != sha256 {
        return Err(corrupt(format!("its texts are others than those it was named by: {}", rulebook.sha256())));
    }
    Ok(rulebook)
}

/// Makes the rules that the program brings the first law of a register that has none.
///
/// # Errors
/// When the store fails.
pub fn adopt_first(ctx: &Ctx) -> Result<(), ActionError> {
    if ctx.store.read(law::in_force)?.is_some() {
        return Ok(());
    }
    let law = ctx.law.clone();
    ctx.write_as(Actor::System("setup"), move |tx| begin(tx, &law.offered))
}

/// The same within an act.
pub(super) fn begin(tx: &mut Tx<'_>, rulebook: &Rulebook) -> Result<(), ActionError> {
    let law = kept(rulebook);
    law::keep(tx, &law)?;
    let (packs, pack_files) = (rulebook.pinned(), law.files());
    let adopted = LawAdopted { proposal: None, rulebook: law.sha256, packs, pack_files };
    tx.apply(Change { state: InForce(adopted.clone()), event: Event::LawAdopted(adopted) })?;
    Ok(())
}

fn kept(rulebook: &Rulebook) -> KeptLaw {
    let texts = rulebook.texts();
    KeptLaw {
        sha256: rulebook.sha256().to_owned(),
        facts: hex::encode(Sha256::digest(texts.facts.as_bytes())),
        packs: rulebook.packs().iter().map(|pack| pack.sha256.clone()).collect(),
        texts,
    }
}
