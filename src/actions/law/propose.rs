//! Propose other rules, adopt them as a second person, or decline them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{kept, read};
use crate::actions::view_rules::check;
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::assessment::PackRef;
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::id::LawProposalId;
use crate::domain::rulebook::{LawAdopted, LawProposal, LawText, LawTexts};
use crate::domain::staff::{Staff, Verb, may};
use crate::domain::text::Prose;
use crate::law::{Rulebook, lint};
use crate::store::law::{self, Ended, KeptProposal, OpenProposal};
use crate::store::{Tx, staff};
use crate::system;

/// What is proposed to be law here.
pub enum Proposed {
    /// What the program brings, or the folder of the settings holds, in the place of the packs that have its packs' names.
    /// Packs that only this register has stay.
    Offered,
    /// The rules in force with this pack, in the place of the one that has its name.
    WithPack(LawText),
    /// The rules in force without the pack of this name.
    WithoutPack(String),
}

/// A proposal with the rules it is about.
pub struct ProposalSeen {
    /// The proposal.
    pub proposal: OpenProposal,
    /// Its rules.
    pub rulebook: Arc<Rulebook>,
    /// The packs that are new in it, or other than those in force.
    pub changed: Vec<PackRef>,
    /// Names of the packs in force that it has no longer.
    pub gone: Vec<String>,
}

/// Proposes rules. They must be without mistakes.
///
/// # Errors
/// [`ActionError::Invalid`] with the mistakes; a refusal (in the log); [`ActionError::Conflict`] where they are in force
/// already.
pub fn propose(ctx: &Ctx, who: &SignedIn, what: Proposed, because: Prose) -> Result<LawProposalId, ActionError> {
    let now_law = super::refresh(ctx)?;
    let rulebook = drawn_up(ctx, &now_law, what)?;
    if rulebook.sha256() == now_law.sha256() {
        return Err(ActionError::Conflict(Some("These rules are in force already.".into())));
    }
    let (law, packs) = (kept(&rulebook), changed(&now_law, &rulebook));
    as_one_of(ctx, who, Verb::ProposeLaw, move |tx, staff| {
        law::keep(tx, &law)?;
        let id = LawProposalId(system::fresh_id());
        let (pack_files, by, at) = (law.files(), staff.id, tx.now());
        let proposal = LawProposal { id, rulebook: law.sha256, packs, pack_files, because, by, at };
        let event = Event::LawProposed(proposal.clone());
        tx.apply(Change { state: KeptProposal { proposal, ended: None }, event })?;
        Ok(id)
    })
}

/// Makes proposed rules law here, in the place of those that this person saw in force: a proposal is a whole rulebook, and
/// would take back what was adopted meanwhile. Whoever proposed them can't.
///
/// # Errors
/// A refusal for the proposer (in the log); [`ActionError::Conflict`] when the proposal was answered, or other rules became
/// law since this person looked.
pub fn adopt(ctx: &Ctx, who: &SignedIn, id: LawProposalId, seen_in_force: String) -> Result<(), ActionError> {
    let adopted = as_one_of(ctx, who, Verb::AdoptLaw, move |tx, staff| {
        let proposal = open(tx, id)?;
        proposal.may_be_adopted_by(staff.id)?;
        if law::in_force(tx.conn())?.is_some_and(|now| now != seen_in_force) {
            return Err(ActionError::Conflict(Some(
                "Other rules became law since you looked. Open the proposal again: it shows what would change now."
                    .into(),
            )));
        }
        let rulebook = read(tx.conn(), &proposal.rulebook)?;
        let (packs, pack_files) = (rulebook.pinned(), Vec::new());
        let adopted = LawAdopted { proposal: Some(id), rulebook: proposal.rulebook.clone(), packs, pack_files };
        let ended = KeptProposal { proposal, ended: Some((staff.id, Ended::Adopted)) };
        tx.apply(Change { state: ended, event: Event::LawAdopted(adopted) })?;
        Ok(rulebook)
    })?;
    ctx.law.put(Arc::new(adopted));
    Ok(())
}

/// Declines proposed rules, or withdraws them as whoever proposed them.
///
/// # Errors
/// A refusal (in the log); [`ActionError::Conflict`] when the proposal was answered.
pub fn decline(ctx: &Ctx, who: &SignedIn, id: LawProposalId) -> Result<(), ActionError> {
    as_one_of(ctx, who, Verb::ProposeLaw, move |tx, staff| {
        let proposal = open(tx, id)?;
        let event = Event::LawDeclined(proposal.clone());
        tx.apply(Change { state: KeptProposal { proposal, ended: Some((staff.id, Ended::Declined)) }, event })?;
        Ok(())
    })
}

/// The rules in force, for somebody who is about to propose others.
///
/// # Errors
/// A refusal (in the log).
pub fn view_to_propose(ctx: &Ctx, who: &SignedIn) -> Result<Arc<Rulebook>, ActionError> {
    check(ctx, who, Verb::ProposeLaw)?;
    super::refresh(ctx)
}

/// One proposal, with the rules it is about.
///
/// # Errors
/// A refusal (in the log); not found once it was answered.
pub fn view_proposal(ctx: &Ctx, who: &SignedIn, id: LawProposalId) -> Result<ProposalSeen, ActionError> {
    list_proposals(ctx, who)?.into_iter().find(|one| one.proposal.id == id).ok_or(ActionError::NotFound)
}

/// What is proposed, oldest first.
///
/// # Errors
/// A refusal (in the log); when the store fails or a proposal's rules can't be read.
pub fn list_proposals(ctx: &Ctx, who: &SignedIn) -> Result<Vec<ProposalSeen>, ActionError> {
    check(ctx, who, Verb::ReadRules)?;
    let now_law = super::refresh(ctx)?;
    let seen = |(proposal, rulebook): (OpenProposal, Rulebook)| ProposalSeen {
        changed: changed(&now_law, &rulebook),
        gone: gone(&now_law, &rulebook),
        rulebook: Arc::new(rulebook),
        proposal,
    };
    let all = ctx.store.read(|conn| {
        let open = law::list_open(conn)?;
        open.into_iter().map(|one| Ok((read(conn, &one.rulebook)?, one))).collect::<Result<Vec<_>, ActionError>>()
    })?;
    Ok(all.into_iter().map(|(rulebook, proposal)| seen((proposal, rulebook))).collect())
}

fn drawn_up(ctx: &Ctx, now_law: &Rulebook, what: Proposed) -> Result<Arc<Rulebook>, ActionError> {
    let unfit = |fault: crate::law::ParseError| ActionError::invalid("pack", fault.to_string());
    match what {
        Proposed::Offered => Ok(Arc::new(Rulebook::read(&offer(now_law, &ctx.law.offered)).map_err(unfit)?)),
        Proposed::WithPack(pack) => with_pack(now_law, &pack).map(Arc::new),
        Proposed::WithoutPack(name) => {
            let mut texts = now_law.texts();
            let gone = now_law.packs().iter().find(|pack| pack.name == name).map(|pack| pack.file.clone());
            let gone = gone.ok_or_else(|| ActionError::invalid("gone", "Choose a pack that is in force."))?;
            texts.packs.retain(|pack| pack.file != gone);
            let needed = |fault: crate::law::ParseError| ActionError::invalid("gone", fault.to_string());
            Ok(Arc::new(Rulebook::read(&texts).map_err(needed)?))
        }
    }
}

/// The texts of what is offered, beside the packs in force that it does not have.
fn offer(now_law: &Rulebook, offered: &Rulebook) -> LawTexts {
    let mut texts = offered.texts();
    let own = now_law.packs().iter().filter(|pack| offered.packs().iter().all(|known| known.name != pack.name));
    texts.packs.extend(own.map(|pack| LawText { file: pack.file.clone(), text: pack.text.clone() }));
    texts
}

/// The rules in force with a pack, which must be without mistakes.
fn with_pack(now_law: &Rulebook, pack: &LawText) -> Result<Rulebook, ActionError> {
    let drafted = now_law.draft_with(&pack.file, &pack.text);
    let (book, mut faults) = drafted.map_err(|fault| ActionError::invalid("pack", fault.to_string()))?;
    let of_file = book.packs().iter().find(|known| known.file == pack.file).map(|known| known.name.as_str());
    faults.extend(of_file.map(|name| lint::mistakes(&book, &BTreeSet::from([name]))).unwrap_or_default());
    if faults.is_empty() {
        return Ok(book);
    }
    let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
    Err(ActionError::invalid("pack", all.join("\n")))
}

fn changed(now_law: &Rulebook, other: &Rulebook) -> Vec<PackRef> {
    let known = now_law.pinned();
    other.pinned().into_iter().filter(|pack| known.iter().all(|one| one.sha256 != pack.sha256)).collect()
}

fn gone(now_law: &Rulebook, other: &Rulebook) -> Vec<String> {
    let has = |name: &str| other.packs().iter().any(|pack| pack.name == name);
    now_law.packs().iter().map(|pack| pack.name.clone()).filter(|name| !has(name)).collect()
}

fn open(tx: &mut Tx<'_>, id: LawProposalId) -> Result<LawProposal, ActionError> {
    let found = law::list_open(tx.conn())?.into_iter().find(|one| one.id == id);
    let OpenProposal { rulebook, because, by, at, .. } =
        found.ok_or_else(|| ActionError::Conflict(Some("This proposal was answered already.".into())))?;
    Ok(LawProposal { id, rulebook, packs: Vec::new(), pack_files: Vec::new(), because, by, at })
}

/// Runs an act on the law in one write, with the rights held at that moment.
fn as_one_of<T: Send + 'static>(
    ctx: &Ctx,
    who: &SignedIn,
    verb: Verb,
    act: impl FnOnce(&mut Tx<'_>, &Staff) -> Result<T, ActionError> + Send + 'static,
) -> Result<T, ActionError> {
    let id = who.staff.id;
    ctx.write(&who.staff, move |tx| {
        let refuse = |refusal| ActionError::refused(refusal, verb);
        let staff = staff::find(tx.conn(), id)?.ok_or(ActionError::NotFound)?;
        may(&staff, verb, None).map_err(refuse)?;
        act(tx, &staff).map_err(|error| match error {
            ActionError::Refused(refused) => refuse(refused.refusal),
            other => other,
        })
    })
}
