//! Events: one variant per thing that can happen, named `noun.past_verb`. An event becomes exactly one log
//! entry with two payloads: *process* holds no personal data and is kept as long as the log; *personal* holds
//! the rest and can be erased. See [`Event::split`].

mod payload;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use payload::{PayloadError, Payloads};

use super::agency::{Agency, Officer};
use super::alarm::Acknowledgement;
use super::audit_note::{AuditAnswer, AuditNote};
use super::case::{Assessed, CaseReference, Returned, ScopeEdit};
use super::checklist::Tick;
use super::clock::{ClockMoved, ClockSettled, Counted};
use super::comment::{Comment, Link};
use super::decision::{Approval, Closing, CollectionResult, Draft, Release};
use super::demand::Demand;
use super::document::Document;
use super::erasure::{Erased, Erasure, ErasureAnswer};
use super::hold::{Hold, Lifted};
use super::id::{
    AlarmId, AuditNoteId, CaseId, DemandId, DocumentId, ErasureId, LinkId, SampleId, StaffId, TeamId, TokenId,
};
use super::mail::MailKind;
use super::paper::Paper;
use super::past_case::PastCase;
use super::redirect::RedirectAnswer;
use super::retention::KeptBack;
use super::rulebook::{LawAdopted, LawProposal};
use super::sample::Sample;
use super::second_admin::StaffRequest;
use super::secrecy::SecrecyOrder;
use super::staff::{Role, Verb};
use super::stage::{Compartment, Stage};
use super::text::{Line, Prose};
use super::time::Instant;
use super::verification::Check;
use super::wait::{Wait, WaitEnded};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "is")]
pub enum Event {
    /// A register was created: the log's first entry.
    #[serde(rename = "register.created")]
    RegisterCreated {
        /// Whether it is a demonstration.
        is_demo: bool,
        /// The version of Writ that made it.
        software: String,
    },
    /// All cases of this register are generated, for trials and measurements: its third entry.
    #[serde(rename = "register.generated")]
    RegisterGenerated {
        /// How many cases.
        cases: u32,
        /// What the dice were seeded with: the same seed gives the same cases.
        seed: u64,
    },
    /// The installation's key is kept another way from now on; the key itself stays.
    #[serde(rename = "installation.key_protected")]
    InstallationKeyProtected {
        /// Whether it is sealed under a passphrase; else it is a file.
        is_sealed: bool,
    },
    /// The installation's key was changed: all that was sealed under the one before is sealed under this one.
    #[serde(rename = "installation.key_rotated")]
    InstallationKeyRotated {
        /// How many data keys and other values were sealed anew.
        count: u64,
        /// The public id of the key before.
        key_before: String,
        /// The public id of the key in force now.
        key_now: String,
    },
    /// A whole copy of the register was made, to be restored from.
    #[serde(rename = "backup.made")]
    BackupMade {
        /// How many entries the log has in it.
        size: u64,
        /// How many documents are in it.
        count: u64,
        /// Whether the folder of keys is in it.
        has_keys: bool,
    },
    /// The register was restored from a backup: what follows the first `size` entries happened after that.
    #[serde(rename = "register.restored")]
    RegisterRestored {
        /// How many entries the log had in the backup.
        size: u64,
        /// When the backup was made.
        at: Instant,
        /// How many entries more a checkpoint kept elsewhere covers, as far as one was at hand.
        missing: u64,
    },
    /// A team was made.
    #[serde(rename = "team.added")]
    TeamAdded {
        /// Its identity.
        team: TeamId,
        /// Its name.
        name: Line,
    },
    /// Somebody joined the staff.
    #[serde(rename = "staff.added")]
    StaffAdded {
        /// Who.
        staff: StaffId,
        /// Sign-in name.
        name: String,
        /// Name as colleagues read it.
        full_name: Line,
        /// Roles given.
        roles: BTreeSet<Role>,
        /// Teams joined.
        teams: BTreeSet<TeamId>,
        /// Cleared for national security.
        is_cleared: bool,
        /// Where mails go.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<Line>,
        /// Until when it is shown on their approvals that the only admin did this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        watched_until: Option<Instant>,
        /// What the register keeps to check the first password by, as [`kept_secret`]. Entries from before it was told lack it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret_sha256: Option<String>,
    },
    /// A member of staff was changed: all there is of them now.
    #[serde(rename = "staff.changed")]
    StaffChanged {
        /// Who.
        staff: StaffId,
        /// Name as colleagues read it.
        full_name: Line,
        /// Roles held.
        roles: BTreeSet<Role>,
        /// Teams joined.
        teams: BTreeSet<TeamId>,
        /// Cleared for national security.
        is_cleared: bool,
        /// Where mails go.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<Line>,
        /// Until when it is shown on their approvals that the only admin did this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        watched_until: Option<Instant>,
    },
    /// An admin asked for a change that needs a second admin.
    #[serde(rename = "staff.change_asked")]
    StaffChangeAsked(StaffRequest),
    /// A second admin confirmed a change; what came of it is the next entry.
    #[serde(rename = "staff.change_confirmed")]
    StaffChangeConfirmed(StaffRequest),
    /// A change was declined, or withdrawn by whoever asked for it.
    #[serde(rename = "staff.change_declined")]
    StaffChangeDeclined(StaffRequest),
    /// Somebody left: their sessions ended and their tokens were revoked.
    #[serde(rename = "staff.deactivated")]
    StaffDeactivated {
        /// Who.
        staff: StaffId,
    },
    /// Somebody came back.
    #[serde(rename = "staff.reactivated")]
    StaffReactivated {
        /// Who.
        staff: StaffId,
        /// Until when it is shown on their approvals that the only admin did this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        watched_until: Option<Instant>,
    },
    /// Somebody changed their own password; their other sessions ended.
    #[serde(rename = "password.changed")]
    PasswordChanged {
        /// Whose.
        staff: StaffId,
        /// What the register keeps to check the password by, as [`kept_secret`]. Entries from before it was told lack it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret_sha256: Option<String>,
    },
    /// A new one-time password was made for somebody; their sessions ended and their tokens were revoked.
    #[serde(rename = "password.reset")]
    PasswordReset {
        /// Whose.
        staff: StaffId,
        /// Until when it is shown on their approvals that the only admin did this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        watched_until: Option<Instant>,
        /// What the register keeps to check the password by, as [`kept_secret`]. Entries from before it was told lack it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret_sha256: Option<String>,
    },
    /// Sessions were ended from another one.
    #[serde(rename = "session.ended")]
    SessionsEnded {
        /// Whose.
        staff: StaffId,
        /// How many.
        count: u32,
    },
    /// An API token was made for somebody.
    #[serde(rename = "token.added")]
    TokenAdded {
        /// Whose.
        staff: StaffId,
        /// Which.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<TokenId>,
        /// When it ends by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Instant>,
        /// What it is for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Line>,
        /// What the register keeps to check the token by, as [`kept_secret`]. Entries from before it was told lack it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret_sha256: Option<String>,
    },
    /// An API token was revoked.
    #[serde(rename = "token.revoked")]
    TokenRevoked {
        /// Whose.
        staff: StaffId,
        /// Which.
        token: TokenId,
    },
    /// Somebody got a secret address for their calendar; one they had before ended.
    #[serde(rename = "feed.added")]
    FeedAdded {
        /// Whose.
        staff: StaffId,
        /// What the register keeps to check the address by, as [`kept_secret`]. Entries from before it was told lack it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret_sha256: Option<String>,
    },
    /// The secret address of somebody's calendar ended.
    #[serde(rename = "feed.revoked")]
    FeedRevoked {
        /// Whose.
        staff: StaffId,
    },
    /// A team got another name.
    #[serde(rename = "team.renamed")]
    TeamRenamed {
        /// Which.
        team: TeamId,
        /// Its name now.
        name: Line,
    },
    /// Somebody signed in.
    #[serde(rename = "staff.signed_in")]
    SignedIn {
        /// Who.
        staff: StaffId,
    },
    /// A sign-in to a known account failed.
    #[serde(rename = "staff.sign_in_failed")]
    SignInFailed {
        /// Whose account.
        staff: StaffId,
    },
    /// Somebody signed out.
    #[serde(rename = "staff.signed_out")]
    SignedOut {
        /// Who.
        staff: StaffId,
    },
    /// An agency entered the directory.
    #[serde(rename = "agency.added")]
    AgencyAdded(Agency),
    /// An officer entered the directory.
    #[serde(rename = "officer.added")]
    OfficerAdded(Officer),
    /// A document arrived for a case not opened yet.
    #[serde(rename = "document.received")]
    DocumentReceived {
        /// The document, under the id its case will have.
        document: Document,
    },
    /// A case was opened.
    #[serde(rename = "case.opened")]
    CaseOpened(Box<CaseOpened>),
    /// The paper's particulars were mended.
    #[serde(rename = "case.amended")]
    CaseAmended {
        /// The particulars as they are now.
        paper: Box<Paper>,
        /// The edit of the scope.
        edit: ScopeEdit,
    },
    /// A document was added to a case.
    #[serde(rename = "document.attached")]
    DocumentAttached {
        /// The document.
        document: Document,
    },
    /// The requester was checked.
    #[serde(rename = "requester.checked")]
    RequesterChecked {
        /// The check.
        check: Check,
    },
    /// A demand was added.
    #[serde(rename = "demand.added")]
    DemandAdded {
        /// The demand.
        demand: Demand,
        /// The edit of the scope.
        edit: ScopeEdit,
    },
    /// Demands were added together.
    #[serde(rename = "demands.added")]
    DemandsAdded {
        /// The demands, in order.
        demands: Vec<Demand>,
        /// The edit of the scope.
        edit: ScopeEdit,
    },
    /// A demand was changed.
    #[serde(rename = "demand.changed")]
    DemandChanged {
        /// The demand as it is now.
        demand: Demand,
        /// The edit of the scope.
        edit: ScopeEdit,
    },
    /// The period of a demand was split: it keeps the earlier part.
    #[serde(rename = "demand.split")]
    DemandSplit {
        /// The demand as it is now.
        kept: Demand,
        /// The demand that was added for the later part.
        added: Box<Demand>,
        /// The edit of the scope.
        edit: ScopeEdit,
    },
    /// A demand was removed.
    #[serde(rename = "demand.removed")]
    DemandRemoved {
        /// Which.
        demand: DemandId,
        /// The edit of the scope.
        edit: ScopeEdit,
    },
    /// A secrecy order or plea was recorded.
    #[serde(rename = "secrecy.recorded")]
    SecrecyRecorded {
        /// The order.
        order: SecrecyOrder,
    },
    /// The engine was asked about the demands as they stood.
    #[serde(rename = "case.assessed")]
    CaseAssessed {
        /// Its answers.
        assessed: Assessed,
    },
    /// Decisions were drafted.
    #[serde(rename = "decision.drafted")]
    DecisionDrafted {
        /// The draft.
        draft: Draft,
        /// The edit of the scope.
        edit: ScopeEdit,
    },
    /// A person approved the exact scope.
    #[serde(rename = "decision.approved")]
    DecisionApproved {
        /// The approval.
        approval: Approval,
    },
    /// A draft was returned.
    #[serde(rename = "decision.returned")]
    DecisionReturned {
        /// By whom and why.
        returned: Returned,
    },
    /// A collection result was recorded.
    #[serde(rename = "collection.recorded")]
    CollectionRecorded {
        /// The result.
        result: CollectionResult,
        /// Its files.
        files: Vec<Document>,
    },
    /// A production left.
    #[serde(rename = "production.released")]
    ProductionReleased {
        /// The release.
        release: Release,
    },
    /// A case was closed.
    #[serde(rename = "case.closed")]
    CaseClosed {
        /// With which outcome.
        closing: Closing,
    },
    /// A demand was withdrawn by the agency.
    #[serde(rename = "case.withdrawn")]
    CaseWithdrawn {
        /// The closing.
        closing: Closing,
    },
    /// A case was given to somebody, or to nobody.
    #[serde(rename = "case.assigned")]
    CaseAssigned {
        /// Who has it now.
        assignee: Option<StaffId>,
        /// A word for whoever takes it over.
        note: Option<Prose>,
    },
    /// A wait began.
    #[serde(rename = "wait.started")]
    WaitStarted {
        /// The wait.
        wait: Wait,
    },
    /// The wait ended.
    #[serde(rename = "wait.ended")]
    WaitEnded {
        /// How.
        ended: WaitEnded,
    },
    /// The clocks of a case were counted, and came out otherwise than before.
    #[serde(rename = "clocks.counted")]
    ClocksCounted {
        /// All clocks there are now, the soonest first.
        clocks: Vec<Counted>,
    },
    /// A clock was moved: an extension, or an end agreed on.
    #[serde(rename = "clock.moved")]
    ClockMoved {
        /// Which, and to when.
        moved: ClockMoved,
    },
    /// A clock is done with.
    #[serde(rename = "clock.settled")]
    ClockSettled {
        /// Which, and what was done.
        settled: ClockSettled,
    },
    /// Lines of the facial checklist were ticked.
    #[serde(rename = "checklist.ticked")]
    ChecklistTicked {
        /// The lines.
        ticks: Vec<Tick>,
    },
    /// What became of a redirect was recorded.
    #[serde(rename = "redirect.answered")]
    RedirectAnswered {
        /// What.
        answer: RedirectAnswer,
        /// The edit of the scope, where the demands must be decided anew.
        edit: Option<ScopeEdit>,
    },
    /// Somebody commented on a case.
    #[serde(rename = "comment.added")]
    CommentAdded {
        /// The comment.
        comment: Comment,
    },
    /// Two cases were linked.
    #[serde(rename = "case.linked")]
    CaseLinked {
        /// The link.
        link: Link,
    },
    /// A link was taken away.
    #[serde(rename = "case.unlinked")]
    CaseUnlinked {
        /// Which.
        link: LinkId,
    },
    /// Somebody searched the register.
    #[serde(rename = "register.searched")]
    RegisterSearched {
        /// The words searched for.
        words: Line,
        /// How many cases were shown, those of national security not counted.
        hits: u32,
    },
    /// Somebody took a list of cases away as a file.
    #[serde(rename = "list.exported")]
    ListExported {
        /// Which list.
        list: String,
        /// The filters as an address spells them: words of closed lists, ids and days only.
        filters: Vec<String>,
        /// How many cases it held, those of national security not counted.
        hits: u32,
    },
    /// Somebody looked at a case; covers later looks in the same session for 15 minutes.
    #[serde(rename = "case.viewed")]
    CaseViewed {
        /// Whether personal data was sealed in that view.
        was_sealed: bool,
    },
    /// Somebody opened or downloaded a document; covers later looks in the same session for 15 minutes.
    #[serde(rename = "document.viewed")]
    DocumentViewed {
        /// Which.
        document: DocumentId,
    },
    /// A fulfiller looked at a task's bounds.
    #[serde(rename = "task.viewed")]
    TaskViewed {},
    /// Somebody read the log.
    #[serde(rename = "log.viewed")]
    LogViewed {},
    /// Somebody verified the log.
    #[serde(rename = "log.verified")]
    LogVerified {
        /// How many entries were verified.
        size: u64,
        /// Whether nothing was found wrong.
        is_sound: bool,
    },
    /// A fault was found, in the log or in what follows from it: releases wait until it is acknowledged.
    #[serde(rename = "alarm.raised")]
    AlarmRaised {
        /// Which alarm.
        alarm: AlarmId,
        /// The table in which the first thing that is wrong was found.
        place: String,
        /// The entry there, or the number of a checkpoint.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<u64>,
    },
    /// An admin or an auditor acknowledged an alarm. Once one of each has, releases go on.
    #[serde(rename = "alarm.acknowledged")]
    AlarmAcknowledged {
        /// Who, in which role, and why.
        acknowledgement: Acknowledgement,
    },
    /// Somebody took a part of the log away as a file.
    #[serde(rename = "log.exported")]
    LogExported {
        /// How many entries it holds.
        size: u64,
    },
    /// The log, or a part of it, was taken away as a bundle that proves itself.
    #[serde(rename = "bundle.exported")]
    BundleExported {
        /// The number of its first entry; of a bundle of one case 0, as is the end.
        first: u64,
        /// The number after that of its last entry; this entry is among them where the log was taken to its end.
        end: u64,
        /// Whether personal payloads came along.
        has_personal: bool,
    },
    /// An auditor took a whole case away as an archive: what is known of it, its documents, and its entries with all that is
    /// personal in them.
    #[serde(rename = "archive.exported")]
    ArchiveExported {
        /// How many documents.
        count: u64,
        /// Their bytes in all.
        size: u64,
        /// What for.
        because: Prose,
    },
    /// An auditor opened the personal part of an entry; covers later looks in the same session for 15 minutes.
    #[serde(rename = "entry.unsealed")]
    EntryUnsealed {
        /// Which entry.
        seq: u64,
        /// What for.
        because: Prose,
    },
    /// An auditor drew a random sample.
    #[serde(rename = "sample.drawn")]
    SampleDrawn(Sample),
    /// An auditor looked at an item of a sample.
    #[serde(rename = "sample.ticked")]
    SampleTicked {
        /// Which sample.
        sample: SampleId,
        /// The entry that is the item.
        seq: u64,
    },
    /// An auditor wrote a note.
    #[serde(rename = "note.added")]
    NoteAdded {
        /// The note.
        note: AuditNote,
    },
    /// Somebody read the words of a note or finding.
    #[serde(rename = "finding.viewed")]
    FindingViewed {
        /// Which.
        finding: AuditNoteId,
    },
    /// An auditor found something that somebody must answer.
    #[serde(rename = "finding.raised")]
    FindingRaised {
        /// The finding.
        note: AuditNote,
    },
    /// Somebody answered a finding.
    #[serde(rename = "finding.answered")]
    FindingAnswered {
        /// What they say.
        answer: AuditAnswer,
    },
    /// An auditor closed a finding.
    #[serde(rename = "finding.closed")]
    FindingClosed {
        /// Why.
        answer: AuditAnswer,
    },
    /// A litigation hold was placed on a case.
    #[serde(rename = "hold.placed")]
    HoldPlaced(Hold),
    /// A litigation hold was lifted.
    #[serde(rename = "hold.lifted")]
    HoldLifted(Lifted),
    /// Somebody proposed to erase the personal data of cases.
    #[serde(rename = "erasure.proposed")]
    ErasureProposed(Erasure),
    /// Another person approved an erasure.
    #[serde(rename = "erasure.approved")]
    ErasureApproved {
        /// Who, and which.
        answer: ErasureAnswer,
    },
    /// An erasure was declined, or withdrawn.
    #[serde(rename = "erasure.declined")]
    ErasureDeclined {
        /// Who, and which.
        answer: ErasureAnswer,
    },
    /// A case of an approved erasure was kept, because something had come up meanwhile.
    #[serde(rename = "erasure.passed_over")]
    ErasurePassedOver {
        /// Which erasure.
        erasure: ErasureId,
        /// Which case.
        case: CaseId,
        /// Why.
        kept_back: KeptBack,
    },
    /// The personal data of a case was erased.
    #[serde(rename = "payload.erased")]
    PayloadErased(Box<Erased>),
    /// A checkpoint of the log was signed.
    #[serde(rename = "checkpoint.signed")]
    CheckpointSigned {
        /// The size it covers.
        size: u64,
    },
    /// A witness said that it saw a checkpoint, and that the log only grew until then.
    #[serde(rename = "checkpoint.cosigned")]
    CheckpointCosigned {
        /// How many entries the checkpoint covers.
        size: u64,
        /// The witness's signature line, with its newline (C2SP tlog-cosignature).
        cosignature: String,
    },
    /// The key that signs the log handed over to a new one.
    #[serde(rename = "key.handed_over")]
    KeyHandedOver {
        /// The note by which the old key vouches for the new one, signed by both (`docs/audit.md` §4).
        handover: String,
    },
    /// Somebody drew up a report.
    #[serde(rename = "report.drawn")]
    ReportDrawn {
        /// Which.
        report: String,
    },
    /// A case closed before Writ was imported. It never passed a gate.
    #[serde(rename = "case.imported")]
    CaseImported(Box<PastCase>),
    /// A mail to a member of staff was handed to the mail server, or written to its folder.
    #[serde(rename = "mail.sent")]
    MailSent {
        /// What about.
        kind: MailKind,
        /// To whom.
        staff: StaffId,
    },
    /// A mail that had been given up was put in the outbox again.
    #[serde(rename = "mail.retried")]
    MailRetried {
        /// What about.
        kind: MailKind,
        /// To whom.
        staff: StaffId,
    },
    /// Somebody proposed other rules.
    #[serde(rename = "law.proposed")]
    LawProposed(LawProposal),
    /// Rules became law here.
    #[serde(rename = "law.adopted")]
    LawAdopted(LawAdopted),
    /// Proposed rules were declined, or withdrawn.
    #[serde(rename = "law.declined")]
    LawDeclined(LawProposal),
    /// An act was refused.
    #[serde(rename = "action.refused")]
    ActionRefused {
        /// What was tried.
        verb: Verb,
        /// Why it was refused: the code of the refusal.
        refusal: String,
        /// The stage of the case, where it was about one.
        stage: Option<Stage>,
    },
}

/// All that opening a case settles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseOpened {
    /// Identity.
    pub id: CaseId,
    /// Name among people.
    pub reference: CaseReference,
    /// Who may know of it.
    pub compartment: Compartment,
    /// Named people of a restricted case.
    pub named: BTreeSet<StaffId>,
    /// The team.
    pub team: TeamId,
    /// The paper's particulars.
    pub paper: Paper,
    /// Documents that arrived with it.
    pub documents: Vec<Document>,
    /// Demands entered with it.
    pub demands: Vec<Demand>,
    /// The salt of the scope's hash.
    pub scope_salt: String,
    /// The first edit of the scope.
    pub edit: ScopeEdit,
}

/// What the log keeps of a secret: SHA-256 of what the register checks it by (a password's hash, the hash of a token), in
/// lower-case hex. It opens nothing, and nobody can put another secret in its place unseen.
pub fn kept_secret(kept: &str) -> Option<String> {
    Some(hex::encode(Sha256::digest(kept.as_bytes())))
}

impl Event {
    /// Whether folding it moves a case's state on, and so its version.
    pub fn changes_case(&self) -> bool {
        use Event::*;
        matches!(
            self,
            CaseOpened(_)
                | CaseAmended { .. }
                | DocumentAttached { .. }
                | RequesterChecked { .. }
                | DemandAdded { .. }
                | DemandChanged { .. }
                | DemandSplit { .. }
                | DemandRemoved { .. }
                | SecrecyRecorded { .. }
                | CaseAssessed { .. }
                | DecisionDrafted { .. }
                | DecisionApproved { .. }
                | DecisionReturned { .. }
                | CollectionRecorded { .. }
                | ProductionReleased { .. }
                | CaseClosed { .. }
                | CaseWithdrawn { .. }
                | DemandsAdded { .. }
                | CaseAssigned { .. }
                | WaitStarted { .. }
                | WaitEnded { .. }
                | ClocksCounted { .. }
                | ClockMoved { .. }
                | ClockSettled { .. }
                | ChecklistTicked { .. }
                | RedirectAnswered { .. }
        )
    }

    /// Whether it moves the version of its case: counting clocks follows from an act that moved it already.
    pub fn moves_version(&self) -> bool {
        !matches!(self, Event::ClocksCounted { .. })
    }

    /// Whether clocks are counted anew after it: it may have changed what the law orders them on.
    pub fn recounts_clocks(&self) -> bool {
        use Event::*;
        matches!(
            self,
            CaseOpened(_) | CaseAmended { .. } | SecrecyRecorded { .. } | WaitStarted { .. } | WaitEnded { .. }
        )
    }

    /// Whether it may be that other clocks run after it, or stand still.
    pub fn concerns_clocks(&self) -> bool {
        use Event::*;
        matches!(
            self,
            ClocksCounted { .. }
                | ClockMoved { .. }
                | ClockSettled { .. }
                | WaitStarted { .. }
                | WaitEnded { .. }
                | ProductionReleased { .. }
                | CaseClosed { .. }
                | CaseWithdrawn { .. }
        )
    }
}
