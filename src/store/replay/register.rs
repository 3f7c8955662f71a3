//! What the entries about nothing in particular tell of the register itself: teams, staff and what lets them in, what waits
//! for a second admin, rulebooks and proposals. It is little, so it is held at once; of the directory only the numbers of
//! the entries are.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::cells::told;
use super::erasures::ErasuresTold;
use super::notes::Notes;
use crate::audit::difference::{Cell, Told};
use crate::domain::alarm::{ACKNOWLEDGED_BY, Acknowledgement};
use crate::domain::event::Event;
use crate::domain::id::{AlarmId, LawProposalId, SampleId, StaffId, StaffRequestId, TeamId, TokenId};
use crate::domain::rulebook::LawProposal;
use crate::domain::sample::Sample;
use crate::domain::second_admin::{StaffChange, StaffRequest, WatchCause, guarded, may_be_known};
use crate::domain::staff::Role;
use crate::domain::text::Line;
use crate::domain::time::Instant;
use crate::store::error::StoreError;
use crate::store::log::ToldEntry;
use crate::store::register::Generation;
use crate::store::types::{Id, Ts};

/// The kinds of entries that tell something of it.
pub(super) const KINDS: &[&str] = &[
    "agency.added",
    "alarm.acknowledged",
    "alarm.raised",
    "erasure.approved",
    "erasure.declined",
    "erasure.passed_over",
    "erasure.proposed",
    "feed.added",
    "feed.revoked",
    "finding.answered",
    "finding.closed",
    "finding.raised",
    "law.adopted",
    "law.declined",
    "law.proposed",
    "note.added",
    "officer.added",
    "password.changed",
    "password.reset",
    "register.created",
    "register.generated",
    "sample.drawn",
    "sample.ticked",
    "staff.added",
    "staff.change_asked",
    "staff.change_confirmed",
    "staff.change_declined",
    "staff.changed",
    "staff.deactivated",
    "staff.reactivated",
    "staff.signed_in",
    "team.added",
    "team.renamed",
    "token.added",
    "token.revoked",
];

/// The tables that are held at once.
pub(super) const TABLES: &[&str] = &[
    "registers",
    "teams",
    "staff",
    "staff_roles",
    "staff_teams",
    "staff_requests",
    "staff_watches",
    "api_tokens",
    "feeds",
    "law_proposals",
    "alarms",
    "alarm_acknowledgements",
    "samples",
    "sample_items",
];

/// The register, as far as its entries were read.
#[derive(Default)]
pub(super) struct RegisterTold {
    created: Option<(bool, String)>,
    is_generated: bool,
    in_force: Option<String>,
    teams: BTreeMap<TeamId, (Line, i32)>,
    staff: BTreeMap<StaffId, Person>,
    requests: BTreeMap<StaffRequestId, Request>,
    watches: Vec<Told>,
    tokens: BTreeMap<TokenId, Token>,
    /// Tokens of entries that did not name them yet: whose, and since when.
    pub(super) nameless_tokens: Vec<(StaffId, Instant)>,
    feeds: BTreeMap<StaffId, (Instant, Option<String>)>,
    proposals: BTreeMap<LawProposalId, Proposal>,
    alarms: BTreeMap<AlarmId, Raised>,
    acknowledged: Vec<Acknowledgement>,
    /// What auditors wrote about nothing in particular.
    pub(super) notes: Notes,
    samples: BTreeMap<SampleId, Drawn>,
    /// Rulebooks: when each was first named, and the names of its packs' files where they were told.
    pub(super) rulebooks: BTreeMap<String, (Instant, Option<Vec<String>>)>,
    /// Entries of the directory by id.
    pub(super) agencies: BTreeMap<Uuid, i64>,
    pub(super) officers: BTreeMap<Uuid, i64>,
    /// Erasures.
    pub(super) erasures: ErasuresTold,
}

struct Person {
    name: String,
    full_name: Line,
    roles: BTreeSet<Role>,
    teams: BTreeSet<TeamId>,
    is_cleared: bool,
    is_active: bool,
    email: Option<Line>,
    secret_sha256: Option<String>,
    created_at: Instant,
    version: i32,
    must_change_password: bool,
    password_made_at: Option<Instant>,
    signed_in_at: Option<Instant>,
    admin_until: Option<Instant>,
}

struct Request {
    is: StaffRequest,
    has_half: bool,
    ended: Option<(Instant, Option<StaffId>, &'static str)>,
}

/// An alarm, as the entry that tells of it has it.
struct Raised {
    place: String,
    seq: Option<u64>,
    recorded: i64,
}

/// A sample, with who looked at each of its items and when.
struct Drawn {
    is: Sample,
    by: StaffId,
    at: Instant,
    seq: i64,
    items: BTreeMap<u64, Option<(StaffId, Instant)>>,
}

struct Token {
    staff: StaffId,
    name: Option<Line>,
    secret_sha256: Option<String>,
    created_at: Instant,
    expires_at: Option<Instant>,
    revoked_at: Option<Instant>,
}

struct Proposal {
    is: LawProposal,
    ended: Option<(Instant, Option<StaffId>, &'static str)>,
}

impl Person {
    fn is_active_admin(&self) -> bool {
        self.is_active && self.roles.contains(&Role::Admin)
    }
}

impl RegisterTold {
    /// Takes the next entry.
    pub(super) fn take(&mut self, entry: ToldEntry) {
        let ToldEntry { seq, at, actor, event, .. } = entry;
        let by = actor.strip_prefix("staff:").and_then(|id| id.parse::<StaffId>().ok());
        let Some(event) = event else { return };
        self.notes.take(&event, seq);
        match event {
            Event::RegisterCreated { is_demo, software } => self.created = Some((is_demo, software)),
            Event::RegisterGenerated { .. } => self.is_generated = true,
            Event::TeamAdded { team, name } => drop(self.teams.insert(team, (name, 1))),
            Event::TeamRenamed { team, name } => {
                if let Some(known) = self.teams.get_mut(&team) {
                    *known = (name, known.1.saturating_add(1));
                }
            }
            Event::AgencyAdded(agency) => drop(self.agencies.insert(agency.id.0, seq)),
            Event::OfficerAdded(officer) => drop(self.officers.insert(officer.id.0, seq)),
            Event::LawProposed(_) | Event::LawAdopted(_) | Event::LawDeclined(_) => self.take_law(event, at, by),
            Event::AlarmRaised { alarm, place, seq: at } => {
                drop(self.alarms.insert(alarm, Raised { place, seq: at, recorded: seq }));
            }
            Event::AlarmAcknowledged { acknowledgement } => self.acknowledged.push(acknowledgement),
            Event::SampleDrawn(is) => {
                let Some(by) = by else { return };
                let items = is.entries.iter().map(|item| (*item, None)).collect();
                self.samples.insert(is.id, Drawn { is, by, at, seq, items });
            }
            Event::SampleTicked { sample, seq } => {
                let item = self.samples.get_mut(&sample).and_then(|drawn| drawn.items.get_mut(&seq));
                item.into_iter().for_each(|item| *item = by.map(|by| (by, at)));
            }
            Event::StaffChangeAsked(is) => {
                let has_half = self.makes_password(&is);
                self.requests.insert(is.id, Request { is, has_half, ended: None });
            }
            Event::StaffChangeConfirmed(is) => self.end_request(is.id, (at, by, "confirmed")),
            Event::StaffChangeDeclined(is) => self.end_request(is.id, (at, by, "declined")),
            Event::TokenAdded { staff, token: Some(id), expires_at, name, secret_sha256 } => {
                let token = Token { staff, name, secret_sha256, created_at: at, expires_at, revoked_at: None };
                self.tokens.insert(id, token);
            }
            Event::TokenAdded { staff, token: None, .. } => self.nameless_tokens.push((staff, at)),
            Event::TokenRevoked { token, .. } => {
                if let Some(token) = self.tokens.get_mut(&token) {
                    token.revoked_at = Some(at);
                }
            }
            Event::FeedAdded { staff, secret_sha256 } => drop(self.feeds.insert(staff, (at, secret_sha256))),
            Event::FeedRevoked { staff } => drop(self.feeds.remove(&staff)),
            other => {
                self.erasures.take(other.clone(), None, at, seq);
                self.take_staff(other, at, by);
            }
        }
    }

    fn take_law(&mut self, event: Event, at: Instant, by: Option<StaffId>) {
        match event {
            Event::LawProposed(is) => {
                self.name_rulebook(&is.rulebook, &is.pack_files, at);
                self.proposals.insert(is.id, Proposal { is, ended: None });
            }
            Event::LawAdopted(adopted) => {
                self.name_rulebook(&adopted.rulebook, &adopted.pack_files, at);
                let proposal = adopted.proposal.and_then(|id| self.proposals.get_mut(&id));
                proposal.into_iter().for_each(|proposal| proposal.ended = Some((at, by, "adopted")));
                self.in_force = Some(adopted.rulebook);
            }
            Event::LawDeclined(is) => {
                let proposal = self.proposals.get_mut(&is.id);
                proposal.into_iter().for_each(|proposal| proposal.ended = Some((at, by, "declined")));
            }
            _ => {}
        }
    }

    fn name_rulebook(&mut self, sha256: &str, files: &[String], at: Instant) {
        let files = (!files.is_empty()).then(|| files.to_vec());
        self.rulebooks.entry(sha256.to_owned()).or_insert((at, files));
    }

    fn take_staff(&mut self, event: Event, at: Instant, by: Option<StaffId>) {
        match event {
            Event::StaffAdded {
                staff,
                name,
                full_name,
                roles,
                teams,
                is_cleared,
                email,
                watched_until,
                secret_sha256,
            } => {
                // An admin's first password is to be changed; at the console nobody else need know it.
                let is_first_password = by.is_some();
                let causes = match by {
                    Some(_) => WatchCause::of_roles(&guarded(&roles)),
                    None => vec![WatchCause::AddedAtConsole],
                };
                self.watch(staff, &causes, at, watched_until);
                let person = Person {
                    name,
                    full_name,
                    roles,
                    teams,
                    is_cleared,
                    is_active: true,
                    email,
                    secret_sha256,
                    created_at: at,
                    version: 1,
                    must_change_password: is_first_password,
                    password_made_at: is_first_password.then_some(at),
                    signed_in_at: None,
                    admin_until: None,
                };
                self.staff.insert(staff, person);
            }
            Event::StaffChanged { staff, full_name, roles, teams, is_cleared, email, watched_until } => {
                let Some(person) = self.staff.get_mut(&staff) else { return };
                let gained: BTreeSet<Role> = guarded(&roles).difference(&person.roles).copied().collect();
                let was_admin = person.is_active_admin();
                (person.full_name, person.roles, person.teams) = (full_name, roles, teams);
                (person.is_cleared, person.email) = (is_cleared, email);
                person.changed(was_admin, at);
                self.watch(staff, &WatchCause::of_roles(&gained), at, watched_until);
            }
            Event::StaffDeactivated { staff } => {
                if let Some(person) = self.staff.get_mut(&staff) {
                    let was_admin = person.is_active_admin();
                    person.is_active = false;
                    person.changed(was_admin, at);
                }
                self.shut_out(staff, at);
            }
            Event::StaffReactivated { staff, watched_until } => {
                if let Some(person) = self.staff.get_mut(&staff) {
                    person.is_active = true;
                    person.version = person.version.saturating_add(1);
                }
                self.watch(staff, &[WatchCause::Reactivated], at, watched_until);
            }
            Event::PasswordChanged { staff, secret_sha256 } => {
                if let Some(person) = self.staff.get_mut(&staff) {
                    (person.secret_sha256, person.must_change_password) = (secret_sha256, false);
                }
            }
            Event::PasswordReset { staff, watched_until, secret_sha256 } => {
                if let Some(person) = self.staff.get_mut(&staff) {
                    (person.secret_sha256, person.must_change_password) = (secret_sha256, true);
                    person.password_made_at = Some(at);
                }
                self.shut_out(staff, at);
                self.watch(staff, &[WatchCause::PasswordReset], at, watched_until);
            }
            Event::SignedIn { staff } => {
                self.staff.get_mut(&staff).into_iter().for_each(|person| person.signed_in_at = Some(at));
            }
            _ => {}
        }
    }

    /// Whether a change that is asked for makes a password, of which the first half is kept.
    fn makes_password(&self, asked: &StaffRequest) -> bool {
        match asked.change {
            StaffChange::ResetPassword => true,
            StaffChange::Reactivate => false,
            StaffChange::Grant => self
                .staff
                .get(&asked.staff)
                .is_some_and(|person| may_be_known(person.must_change_password, person.password_made_at, asked.at)),
        }
    }

    fn end_request(&mut self, id: StaffRequestId, ended: (Instant, Option<StaffId>, &'static str)) {
        self.requests.get_mut(&id).into_iter().for_each(|request| request.ended = Some(ended));
    }

    fn shut_out(&mut self, whom: StaffId, at: Instant) {
        let theirs = self.tokens.values_mut().filter(|token| token.staff == whom && token.revoked_at.is_none());
        theirs.for_each(|token| token.revoked_at = Some(at));
    }

    fn watch(&mut self, staff: StaffId, causes: &[WatchCause], since: Instant, until: Option<Instant>) {
        let Some(until) = until else { return };
        let rows = causes.iter().map(|cause| {
            told! { staff_id: Id(staff.0), cause: cause.as_str(), since: Ts(since), until: Ts(until) }
        });
        self.watches.extend(rows);
    }

    /// The rows of one of its tables.
    ///
    /// # Errors
    /// When a list can't be written as JSON.
    pub(super) fn rows(&self, table: &str, origin: &str) -> Result<Vec<Told>, StoreError> {
        Ok(match table {
            "registers" => self.created.iter().map(|created| self.register_row(origin, created)).collect(),
            "teams" => self
                .teams
                .iter()
                .map(|(id, (name, version))| {
                    told! { id: Id(id.0), name: name.as_str(), version: *version }
                })
                .collect(),
            "staff" => self.staff.iter().map(|(id, person)| person.row(*id)).collect(),
            "staff_roles" => {
                let rows = |(id, person): (&StaffId, &Person)| -> Vec<Told> {
                    let row = |role: &Role| told! { staff_id: Id(id.0), role: role.as_str() };
                    person.roles.iter().map(row).collect()
                };
                self.staff.iter().flat_map(rows).collect()
            }
            "staff_teams" => {
                let rows = |(id, person): (&StaffId, &Person)| -> Vec<Told> {
                    let row = |team: &TeamId| told! { staff_id: Id(id.0), team_id: Id(team.0) };
                    person.teams.iter().map(row).collect()
                };
                self.staff.iter().flat_map(rows).collect()
            }
            "staff_requests" => self.requests.values().map(Request::row).collect::<Result<_, _>>()?,
            "staff_watches" => self.watches.clone(),
            "api_tokens" => self.tokens.iter().map(|(id, token)| token.row(*id)).collect(),
            "feeds" => self
                .feeds
                .iter()
                .map(|(staff, (at, secret))| {
                    told! { staff_id: Id(staff.0), secret_sha256: secret_cell(secret), made_at: Ts(*at) }
                })
                .collect(),
            "law_proposals" => self.proposals.values().map(Proposal::row).collect(),
            "alarms" => self.alarms.iter().map(|(id, raised)| self.alarm_row(*id, raised)).collect(),
            "alarm_acknowledgements" => self.acknowledged.iter().map(acknowledgement_row).collect(),
            "samples" => self.samples.values().map(Drawn::row).collect::<Result<_, _>>()?,
            "sample_items" => self.samples.values().flat_map(Drawn::item_rows).collect(),
            other => self.erasures.rows(other)?,
        })
    }

    fn alarm_row(&self, id: AlarmId, raised: &Raised) -> Told {
        let known = || self.acknowledged.iter().filter(|by| by.alarm == id);
        let is_settled = ACKNOWLEDGED_BY.iter().all(|role| known().any(|by| by.role == *role));
        told! {
            id: Id(id.0),
            place: raised.place,
            seq: raised.seq.map(|seq| seq.to_string()),
            recorded_seq: raised.recorded,
            settled_at: known().map(|by| Ts(by.at)).max_by_key(|at| at.0).filter(|_| is_settled),
        }
    }

    fn register_row(&self, origin: &str, (is_demo, software): &(bool, String)) -> Told {
        let generation = if self.is_generated { Generation::Done } else { Generation::None };
        told! {
            id: 1_i32,
            origin: origin,
            is_demo: *is_demo,
            software: software,
            generation: generation.as_str(),
            rulebook: self.in_force,
        }
    }
}

impl Person {
    /// One more version, and whether an admin ceased to be one.
    fn changed(&mut self, was_admin: bool, at: Instant) {
        self.version = self.version.saturating_add(1);
        if was_admin && !self.is_active_admin() {
            self.admin_until = Some(at);
        }
    }

    fn row(&self, id: StaffId) -> Told {
        told! {
            id: Id(id.0),
            name: self.name,
            full_name: self.full_name.as_str(),
            is_cleared: self.is_cleared,
            is_active: self.is_active,
            password_hash: secret_cell(&self.secret_sha256),
            created_at: Ts(self.created_at),
            version: self.version,
            email: self.email.as_ref().map(Line::as_str),
            must_change_password: self.must_change_password,
            password_made_at: self.password_made_at.map(Ts),
            signed_in_at: self.signed_in_at.map(Ts),
            admin_until: self.admin_until.map(Ts),
        }
    }
}

impl Request {
    fn row(&self) -> Result<Told, StoreError> {
        let is = &self.is;
        let roles = serde_json::to_string(&is.roles).map_err(|e| StoreError::corrupt("staff_requests", is.id, e))?;
        let half = (self.has_half && self.ended.is_none()).then_some(OPENS);
        Ok(told! {
            id: Id(is.id.0),
            staff_id: Id(is.staff.0),
            change: is.change.as_str(),
            roles: roles,
            asked_by: Id(is.by.0),
            asked_at: Ts(is.at),
            half: half,
            ended_at: self.ended.map(|(at, _, _)| Ts(at)),
            ended_by: self.ended.and_then(|(_, by, _)| by).map(|by| Id(by.0)),
            ended_as: self.ended.map(|(_, _, how)| how),
        })
    }
}

impl Token {
    fn row(&self, id: TokenId) -> Told {
        told! {
            id: Id(id.0),
            staff_id: Id(self.staff.0),
            name: self.name.as_ref().map_or(Cell::Untold, |name| Cell::Is(name.to_string())),
            token_hash: secret_cell(&self.secret_sha256),
            created_at: Ts(self.created_at),
            revoked_at: self.revoked_at.map(Ts),
            expires_at: self.expires_at.map(Ts),
        }
    }
}

impl Proposal {
    fn row(&self) -> Told {
        let is = &self.is;
        told! {
            id: Id(is.id.0),
            rulebook: is.rulebook,
            because: is.because.as_str(),
            proposed_by: Id(is.by.0),
            proposed_at: Ts(is.at),
            ended_at: self.ended.map(|(at, _, _)| Ts(at)),
            ended_by: self.ended.and_then(|(_, by, _)| by).map(|by| Id(by.0)),
            ended_as: self.ended.map(|(_, _, how)| how),
        }
    }
}

impl Drawn {
    fn row(&self) -> Result<Told, StoreError> {
        let is = &self.is;
        let filters = serde_json::to_string(&is.filters).map_err(|e| StoreError::corrupt("samples", is.id, e))?;
        Ok(told! {
            id: Id(is.id.0),
            list: is.list.as_str(),
            filters: filters,
            size: is.size.to_string(),
            population: is.population.to_string(),
            seed: is.seed,
            drawn_by: Id(self.by.0),
            drawn_at: Ts(self.at),
            seq: self.seq,
        })
    }

    fn item_rows(&self) -> Vec<Told> {
        let row = |(item, ticked): (&u64, &Option<(StaffId, Instant)>)| {
            told! {
                sample_id: Id(self.is.id.0),
                entry_seq: item.to_string(),
                ticked_by: ticked.map(|(by, _)| Id(by.0)),
                ticked_at: ticked.map(|(_, at)| Ts(at)),
            }
        };
        self.items.iter().map(row).collect()
    }
}

fn acknowledgement_row(is: &Acknowledgement) -> Told {
    told! {
        alarm_id: Id(is.alarm.0),
        role: is.role.as_str(),
        staff_id: Id(is.by.0),
        because: is.because.as_str(),
        acknowledged_at: Ts(is.at),
    }
}

/// What stands for sealed bytes that open.
pub(super) const OPENS: &str = "sealed bytes that open";

/// What is compared of a secret: the hash of what is kept of it, where its entry told it.
fn secret_cell(secret_sha256: &Option<String>) -> Cell {
    secret_sha256.as_ref().map_or(Cell::Untold, |hash| Cell::Is(hash.clone()))
}
