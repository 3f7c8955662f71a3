//! The use-cases, one file per verb. An action reads what it needs, asks `may`, lets the domain decide, and
//! saves the change with its log entry in one write. Reading is an action too.
//!
//! [`Ctx`] is what every action gets; [`error`] is what it may end with; [`on_case`] is the frame that all
//! verbs on a case share.

pub mod error;
pub mod on_case;
pub mod passwords;
pub mod entries;
pub mod announce;

pub mod create_register;
pub mod add_staff;
pub mod sign_in;

pub mod staff;
pub mod account;
pub mod teams;
pub mod view_rules;
pub mod view_backups;
pub mod law;

pub mod receive_document;
pub mod open_case;
pub mod amend_case;
pub mod attach_document;
pub mod verify_requester;
pub mod add_demand;
pub mod add_demands;
pub mod change_demand;
pub mod split_demand;
pub mod remove_demand;
pub mod record_secrecy;
pub mod assess_case;
pub mod decide;
pub mod approve;
pub mod return_draft;
pub mod collect;
pub mod release;
pub mod close_case;
pub mod withdraw_case;

pub mod assign_case;
pub mod wait;
pub mod clocks;
pub mod tick_checklist;
pub mod answer_redirect;
pub mod comment;
pub mod link_cases;

pub mod list_cases;
pub mod export_cases;
pub mod assign_cases;
pub mod saved_views;
pub mod list_approvals;
pub mod search_register;
pub mod related_cases;
mod slips;
pub mod view_case;
pub mod view_document;
pub mod view_task;
pub mod view_teams;
pub mod view_log;
pub mod view_entry;
pub mod unseal_entry;
pub mod export_log;
pub mod examine;
pub mod export_bundle;
pub mod export_archive;
pub mod verify_log;
pub mod run_verification;
pub mod alarm;
pub mod verify_deep;
pub mod draw_sample;
pub mod audit_notes;
pub mod view_health;
pub mod post_form;
pub mod rotate_log_key;
pub mod sign_checkpoint;
pub mod witnesses;
pub mod rotate_installation_key;
pub mod make_backup;
pub mod check_restored;
pub mod remind;
pub mod send_mail;
pub mod check_ready;
pub mod measure;
pub mod view_outbox;
pub mod report_transparency;
pub mod import_cases;
pub mod litigation_hold;
pub mod retention;
pub mod erasure;
pub mod erase;
pub mod view_past_cases;

pub use error::{ActionError, Refused};

use std::sync::Arc;

use crate::audit::Trust;
use crate::audit::witness::WitnessKey;
use crate::clock::Almanac;
use crate::domain::backup::Rotation;
use crate::domain::catalogue::Catalogue;
use crate::domain::policy::ApprovalPolicy;
use crate::domain::retention::Schedule;
use crate::domain::setting::SettingLine;
use crate::domain::staff::{Actor, Staff};
use crate::domain::time::Instant;
use crate::law::Rulebook;
use crate::law::of_case::Provider;
use crate::meters::Meters;
use crate::store::recall::{CasesAsOf, Recall};
use crate::store::staff::Session;
use crate::store::{Store, Tx};
use crate::system::Clock;
use crate::vault::{LogKeys, Vault};

use law::LawHere;
use passwords::Passwords;
use post_form::Claim;
use report_transparency::Census;

/// What every action gets: the register and what it goes by. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    /// The register.
    pub store: Store,
    /// The documents' bytes.
    pub vault: Arc<Vault>,
    /// What tells the time.
    pub clock: Clock,
    /// The rules that are law here.
    pub law: Arc<LawHere>,
    /// The services and what they keep.
    pub catalogue: Arc<Catalogue>,
    /// Who is asked, and its own policy.
    pub provider: Arc<Provider>,
    /// Calendars, and where clocks run.
    pub almanac: Arc<Almanac>,
    /// How many people must approve what.
    pub approvals: ApprovalPolicy,
    /// For how long closed cases are kept, and until when backups may hold what is erased.
    pub retention: Arc<Retention>,
    /// Checks and makes password hashes.
    pub passwords: Arc<Passwords>,
    /// The log's name and its signing key.
    pub log: Arc<LogIdentity>,
    /// Whether this is a demonstration, which every page says.
    pub is_demo: bool,
    /// Whether its cases were generated for trials and measurements, which every page says.
    pub is_generated: bool,
    /// The settings in effect as admins read them, secrets masked.
    pub settings: Arc<[SettingLine]>,
    /// What other rules would change, as far as somebody looked.
    pub flips: Arc<law::flips::Board>,
    /// Whether verifications that are kept go on from the log to every table and document.
    pub verifies_everything: bool,
    /// The verification that runs on this node.
    pub verifying: Arc<run_verification::Board>,
    /// What reports were last counted from.
    pub census: Arc<Recall<Arc<Census>>>,
}

/// For how long closed cases are kept, and until when backups may hold what is erased.
#[derive(Debug, Clone, Default)]
pub struct Retention {
    /// The schedules; of those that cover a case the first counts.
    pub schedules: Vec<Schedule>,
    /// For how long backups that are made by themselves are kept; none where none are made.
    pub backups: Option<Rotation>,
}

/// The log's name in the world and the keys that sign its checkpoints.
pub struct LogIdentity {
    /// As checkpoints give it.
    pub origin: String,
    /// The key that signs.
    pub keys: LogKeys,
    /// Witnesses whose word on checkpoints is kept.
    pub witnesses: Vec<WitnessKey>,
}

impl LogIdentity {
    /// What verifying trusts where nobody brings a key from outside: the key in the folder of keys. It leads to those
    /// before it.
    pub fn trust(&self) -> Trust {
        Trust { origin: self.origin.clone(), keys: vec![self.keys.current().verifier().clone().into()] }
    }
}

/// Whoever asks for an action: a member of staff, through a session or an API token.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub staff: Staff,
    /// The browser's session; none for an API token.
    pub session: Option<Session>,
    /// How far cases had changed when this was asked; none where that was not read.
    pub as_of: Option<CasesAsOf>,
}

impl SignedIn {
    /// Whether this person signed in with a password that somebody else made, and must choose another first.
    pub fn must_change_password(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.must_change_password)
    }
}

impl Ctx {
    /// The time now.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The rules in force, as this node last knew them.
    pub fn rulebook(&self) -> Arc<Rulebook> {
        self.law.in_force()
    }

    /// What is counted here.
    pub fn meters(&self) -> &Meters {
        self.store.meters()
    }

    /// From now on acts that wait, or come, are refused as busy: the program is about to end.
    pub fn end(&self) {
        self.store.end();
    }

    /// The same, for acts that are done under a form's one-time id.
    #[must_use]
    pub fn claiming(&self, claim: Arc<Claim>) -> Ctx {
        Ctx { store: self.store.claiming(claim), ..self.clone() }
    }

    /// Runs an act of a person in one write. Its entries, and its refusal, carry that person and this moment.
    ///
    /// # Errors
    /// What the act ends with.
    pub fn write<T: Send + 'static>(
        &self,
        who: &Staff,
        act: impl FnOnce(&mut Tx<'_>) -> Result<T, ActionError> + Send + 'static,
    ) -> Result<T, ActionError> {
        self.write_as(Actor::Staff(who.id), act)
    }

    /// Runs an act of a person or of the program itself in one write.
    ///
    /// # Errors
    /// What the act ends with.
    pub fn write_as<T: Send + 'static>(
        &self,
        actor: Actor,
        act: impl FnOnce(&mut Tx<'_>) -> Result<T, ActionError> + Send + 'static,
    ) -> Result<T, ActionError> {
        let now = self.now();
        self.store.write(move |tx| {
            tx.act_as(actor, now);
            act(tx)
        })
    }
}
