//! The law by which cases were and are decided: texts, rulebooks, and what is proposed.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::queue::known_to;
use super::schema::{cases, demands, law_proposals, law_texts, registers, rulebooks, staff};
use super::transaction::{About, Stored, Tx};
use super::types::{Id, Ts};
use super::{each_row, on_backend};
use crate::domain::event::Event;
use crate::domain::id::{LawProposalId, StaffId, TeamId};
use crate::domain::rulebook::{LawAdopted, LawProposal, LawText, LawTexts};
use crate::domain::staff::Staff;
use crate::domain::stage::{Compartment, Stage};
use crate::domain::text::Prose;
use crate::domain::time::Instant;
use crate::domain::words::UnknownWord;

/// A rulebook's texts with their hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLaw {
    /// The rulebook's hash.
    pub sha256: String,
    /// The hash of the declared facts.
    pub facts: String,
    /// The packs' hashes, in the order of their texts.
    pub packs: Vec<String>,
    /// The texts.
    pub texts: LawTexts,
}

impl KeptLaw {
    /// The names of the packs' files, in the order of their texts.
    pub fn files(&self) -> Vec<String> {
        self.texts.packs.iter().map(|pack| pack.file.clone()).collect()
    }
}

/// A proposal as an act leaves it.
#[derive(Debug, Clone)]
pub struct KeptProposal {
    /// The proposal.
    pub proposal: LawProposal,
    /// Who ended it, and as what; none while it is open.
    pub ended: Option<(StaffId, Ended)>,
}

/// How a proposal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Its rules are law here.
    Adopted,
    /// They are not.
    Declined,
}

/// The first rulebook that became law here; the others are adopted as proposals end.
#[derive(Debug, Clone)]
pub struct InForce(pub LawAdopted);

/// An open proposal with the name of whoever made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenProposal {
    /// Identity.
    pub id: LawProposalId,
    /// The rulebook's hash.
    pub rulebook: String,
    /// Why.
    pub because: Prose,
    /// Who proposed it.
    pub by: StaffId,
    /// That person's name.
    pub proposer: String,
    /// When.
    pub at: Instant,
}

impl Stored for KeptProposal {
    fn about(&self) -> About {
        About::Register
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, _seq: i64) -> Result<(), StoreError> {
        let proposal = &self.proposal;
        let Some((by, ended)) = self.ended else {
            diesel::insert_into(law_proposals::table)
                .values((
                    law_proposals::id.eq(Id(proposal.id.0)),
                    law_proposals::rulebook.eq(&proposal.rulebook),
                    law_proposals::because.eq(proposal.because.as_str()),
                    law_proposals::proposed_by.eq(Id(proposal.by.0)),
                    law_proposals::proposed_at.eq(Ts(proposal.at)),
                ))
                .execute(tx.conn)?;
            return Ok(());
        };
        let open = law_proposals::table.find(Id(proposal.id.0)).filter(law_proposals::ended_at.is_null());
        let answered = diesel::update(open)
            .set((
                law_proposals::ended_at.eq(Some(Ts(tx.now()))),
                law_proposals::ended_by.eq(Some(Id(by.0))),
                law_proposals::ended_as.eq(Some(if ended == Ended::Adopted { "adopted" } else { "declined" })),
            ))
            .execute(tx.conn)?;
        if answered != 1 {
            return Err(StoreError::Conflict);
        }
        if ended == Ended::Adopted { put_in_force(tx, &proposal.rulebook) } else { Ok(()) }
    }
}

impl Stored for InForce {
    fn about(&self) -> About {
        About::Register
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, _seq: i64) -> Result<(), StoreError> {
        put_in_force(tx, &self.0.rulebook)
    }
}

fn put_in_force(tx: &mut Tx<'_>, rulebook: &str) -> Result<(), StoreError> {
    let rulebook = registers::rulebook.eq(Some(rulebook));
    let set = diesel::update(registers::table.find(1)).set(rulebook).execute(tx.conn)?;
    if set == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// The hash of the rulebook in force; none before the first was adopted.
///
/// # Errors
/// When the database fails.
pub fn in_force(conn: &mut Conn) -> Result<Option<String>, StoreError> {
    let found: Option<Option<String>> = registers::table.find(1).select(registers::rulebook).first(conn).optional()?;
    Ok(found.flatten())
}

/// Keeps a rulebook's texts, where they are not kept yet.
///
/// # Errors
/// When the database fails.
pub fn keep(tx: &mut Tx<'_>, law: &KeptLaw) -> Result<(), StoreError> {
    let known: i64 = rulebooks::table.find(&law.sha256).count().get_result(tx.conn)?;
    if known > 0 {
        return Ok(());
    }
    let packs = law.texts.packs.iter().zip(&law.packs).map(|(pack, sha256)| (sha256, &pack.text));
    for (sha256, text) in std::iter::once((&law.facts, &law.texts.facts)).chain(packs) {
        let row = (law_texts::sha256.eq(sha256), law_texts::text.eq(text), law_texts::kept_at.eq(Ts(tx.now())));
        on_backend!(&mut *tx.conn, |c| diesel::insert_into(law_texts::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    let files: Vec<(&String, &String)> = law.texts.packs.iter().map(|pack| &pack.file).zip(&law.packs).collect();
    let packs = serde_json::to_string(&files).map_err(|e| StoreError::Down(e.to_string()))?;
    diesel::insert_into(rulebooks::table)
        .values((
            rulebooks::sha256.eq(&law.sha256),
            rulebooks::facts.eq(&law.facts),
            rulebooks::packs.eq(packs),
            rulebooks::kept_at.eq(Ts(tx.now())),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The texts of a rulebook that was kept.
///
/// # Errors
/// When the database fails or a text is gone.
pub fn texts(conn: &mut Conn, sha256: &str) -> Result<Option<LawTexts>, StoreError> {
    let columns = (rulebooks::facts, rulebooks::packs);
    let row: Option<(String, String)> = rulebooks::table.find(sha256).select(columns).first(conn).optional()?;
    let Some((facts, packs)) = row else { return Ok(None) };
    let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt("rulebooks", sha256, why);
    let files: Vec<(String, String)> = serde_json::from_str(&packs).map_err(|e| corrupt(&e))?;
    let hashes: Vec<&String> = files.iter().map(|(_, hash)| hash).chain([&facts]).collect();
    let kept: Vec<(String, String)> = law_texts::table
        .filter(law_texts::sha256.eq_any(hashes))
        .select((law_texts::sha256, law_texts::text))
        .load(conn)?;
    let text = |hash: &String| {
        let found = kept.iter().find(|(known, _)| known == hash).map(|(_, text)| text.clone());
        found.ok_or_else(|| corrupt(&format!("the text {hash} is gone")))
    };
    let packs = files.iter().map(|(file, hash)| Ok(LawText { file: file.clone(), text: text(hash)? }));
    Ok(Some(LawTexts { facts: text(&facts)?, packs: packs.collect::<Result<_, StoreError>>()? }))
}

/// The hashes of all rulebooks that were kept.
///
/// # Errors
/// When the database fails.
pub fn list_rulebooks(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    Ok(rulebooks::table.order(rulebooks::sha256.asc()).select(rulebooks::sha256).load(conn)?)
}

/// What is proposed, oldest first.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_open(conn: &mut Conn) -> Result<Vec<OpenProposal>, StoreError> {
    let rows: Vec<(Id, String, String, Id, String, Ts)> = law_proposals::table
        .inner_join(staff::table.on(staff::id.eq(law_proposals::proposed_by)))
        .filter(law_proposals::ended_at.is_null())
        .order((law_proposals::proposed_at.asc(), law_proposals::id.asc()))
        .select((
            law_proposals::id,
            law_proposals::rulebook,
            law_proposals::because,
            law_proposals::proposed_by,
            staff::full_name,
            law_proposals::proposed_at,
        ))
        .load(conn)?;
    let read = |(id, rulebook, because, by, proposer, at): (Id, String, String, Id, String, Ts)| {
        let because =
            Prose::parse("because", &because).map_err(|e| StoreError::corrupt("law_proposals", id.0, e.reason))?;
        Ok(OpenProposal { id: LawProposalId(id.0), rulebook, because, by: StaffId(by.0), proposer, at: at.0 })
    };
    rows.into_iter().map(read).collect()
}

/// The answer on one demand of an open case, as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAnswer {
    /// The case.
    pub reference: String,
    /// Who may know of it.
    pub compartment: Compartment,
    /// The named people of a restricted case.
    pub named: BTreeSet<StaffId>,
    /// The team that works on it.
    pub team: TeamId,
    /// The demand's number on it.
    pub position: u32,
    /// The answer, as it was kept.
    pub assessment: String,
}

type AnswerRow = (String, String, String, Id, i32, Option<String>);

/// How many demands of open, ordinary cases have an answer.
///
/// # Errors
/// When the database fails.
pub fn count_open_answers(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(demands::table
        .inner_join(cases::table.on(cases::id.eq(demands::case_id)))
        .filter(cases::stage.ne(Stage::Closed.as_str()))
        .filter(cases::compartment.eq(Compartment::Ordinary.as_str()))
        .filter(demands::assessment.is_not_null().and(demands::removed_at.is_null()))
        .count()
        .get_result(conn)?)
}

/// Gives every answer on a demand to a closure, one at a time: those of open cases, or of all.
///
/// # Errors
/// When the database fails, a row makes no sense, or the closure says so.
pub fn each_answer(
    conn: &mut Conn,
    only_open: bool,
    mut each: impl FnMut(OpenAnswer) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let left_out = if only_open { Stage::Closed.as_str() } else { "" };
    let query = demands::table
        .inner_join(cases::table.on(cases::id.eq(demands::case_id)))
        .filter(demands::assessment.is_not_null().and(demands::removed_at.is_null()).and(cases::stage.ne(left_out)))
        .select((
            cases::reference,
            cases::compartment,
            cases::named,
            cases::team_id,
            demands::position,
            demands::assessment,
        ));
    each_row!(conn, query, AnswerRow, |row: QueryResult<AnswerRow>| each(read_answer(row?)?))
}

/// An answer that a rule bore on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerByRule {
    /// The case.
    pub reference: String,
    /// The demand's number on it.
    pub position: u32,
    /// When the case came in.
    pub received_at: Instant,
    /// The answer, as it was kept.
    pub assessment: String,
}

/// Answers that a rule bore on, in the cases that this person works on, the latest first: looked for among the `among`
/// cases that came in last. Two statements.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_by_rule(
    conn: &mut Conn,
    who: &Staff,
    rule: &str,
    (among, limit): (i64, i64),
) -> Result<Vec<AnswerByRule>, StoreError> {
    let known = known_to!(cases::table.into_boxed(), who);
    let latest = known.order((cases::received_at.desc(), cases::id.desc())).select(cases::received_at);
    let received: Vec<Ts> = latest.limit(among).load(conn)?;
    let Some(first) = received.last() else { return Ok(Vec::new()) };
    let joined = demands::table.inner_join(cases::table.on(cases::id.eq(demands::case_id))).into_boxed();
    // As an answer is written; what is found is read once more.
    let named = format!("%\"id\":\"{rule}\",\"did\"%");
    let rows: Vec<(String, i32, Ts, Option<String>)> = known_to!(joined, who)
        .filter(cases::received_at.ge(*first).and(demands::removed_at.is_null()).and(demands::assessment.like(named)))
        .order((cases::received_at.desc(), cases::id.desc(), demands::position.asc()))
        .limit(limit)
        .select((cases::reference, demands::position, cases::received_at, demands::assessment))
        .load(conn)?;
    let answer = |(reference, position, Ts(received_at), assessment): (String, i32, Ts, Option<String>)| {
        let position =
            position.try_into().map_err(|_| StoreError::corrupt("demands", &reference, "a negative number"))?;
        Ok(AnswerByRule { reference, position, received_at, assessment: assessment.unwrap_or_default() })
    };
    rows.into_iter().map(answer).collect()
}

fn read_answer(
    (reference, compartment, named, team, position, assessment): AnswerRow,
) -> Result<OpenAnswer, StoreError> {
    let bad = |why: String| StoreError::corrupt("demands", format!("{reference}/{position}"), why);
    Ok(OpenAnswer {
        compartment: compartment.parse().map_err(|e: UnknownWord| bad(e.to_string()))?,
        named: serde_json::from_str(&named).map_err(|e| bad(e.to_string()))?,
        team: TeamId(team.0),
        position: position.try_into().map_err(|_| bad("a negative number".into()))?,
        assessment: assessment.unwrap_or_default(),
        reference: reference.clone(),
    })
}
