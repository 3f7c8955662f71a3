//! Members of staff, their roles, and the one table of who may do what.

use std::collections::BTreeSet;

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};

use super::case::Case;
use super::id::{StaffId, TeamId};
use super::refusal::Refusal;
use super::stage::Compartment;
use super::text::{Line, ParseError};
use super::words::closed_words;

closed_words! {
    /// What a member of staff is here for. One person may hold several; four eyes hold all the same.
    pub enum Role {
        Analyst = "analyst", "analyst";
        Reviewer = "reviewer", "legal reviewer";
        Fulfiller = "fulfiller", "fulfiller";
        Auditor = "auditor", "auditor";
        Admin = "admin", "admin";
    }
}

closed_words! {
    /// What people do. Each verb of a case yields exactly one entry in the log.
    pub enum Verb {
        Open = "open", "open a case";
        Amend = "amend", "amend the paper's particulars";
        Attach = "attach", "attach a document";
        Verify = "verify", "record a check of the requester";
        AddDemand = "add_demand", "add a demand";
        ChangeDemand = "change_demand", "change a demand";
        SplitDemand = "split_demand", "split the period of a demand";
        RemoveDemand = "remove_demand", "remove a demand";
        RecordSecrecy = "record_secrecy", "record a secrecy order";
        Assess = "assess", "run the legal-basis check";
        Decide = "decide", "draft a decision";
        Override = "override", "decide beyond a verdict";
        Approve = "approve", "approve a scope";
        Return = "return", "return a draft";
        Collect = "collect", "record what was collected";
        Release = "release", "release a production";
        Close = "close", "close the case";
        Withdraw = "withdraw", "record that the demand was withdrawn";
        Assign = "assign", "assign the case";
        BeginWait = "begin_wait", "begin a wait";
        EndWait = "end_wait", "end a wait";
        MoveClock = "move_clock", "move a clock";
        SettleClock = "settle_clock", "settle a clock";
        TickChecklist = "tick_checklist", "tick the facial checklist";
        AnswerRedirect = "answer_redirect", "record what became of a redirect";
        Comment = "comment", "comment on the case";
        Link = "link", "link two cases";
        Search = "search", "search the register";
        ReadQueue = "read_queue", "work at the queue";
        Read = "read", "read a case";
        ReadDocument = "read_document", "read a document";
        ReadTask = "read_task", "read a collection task";
        ReadLog = "read_log", "read the log";
        VerifyLog = "verify_log", "verify the log";
        AcknowledgeAlarm = "acknowledge_alarm", "acknowledge an alarm";
        Audit = "audit", "draw samples, write audit notes or close findings";
        ReadFindings = "read_findings", "read audit findings";
        AnswerFinding = "answer_finding", "answer an audit finding";
        Unseal = "unseal", "unseal an entry of the log";
        TakeArchive = "take_archive", "take a case away as an archive";
        Report = "report", "draw up a report";
        ReadPastCases = "read_past_cases", "read past cases";
        ManageStaff = "manage_staff", "manage staff";
        ManageAccount = "manage_account", "change your own account";
        ReadRules = "read_rules", "read the catalogue and the rules";
        ProposeLaw = "propose_law", "propose rule packs";
        AdoptLaw = "adopt_law", "adopt rule packs";
        PlaceHold = "place_hold", "place or lift a litigation hold";
        ReadRetention = "read_retention", "read retention schedules and erasures";
        ProposeErasure = "propose_erasure", "propose an erasure";
        ApproveErasure = "approve_erasure", "approve an erasure";
        ReadSettings = "read_settings", "read the settings in effect";
    }
}

/// Whoever acts: a signed-in member of staff with the rights held now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Identity.
    pub id: StaffId,
    /// Sign-in name, unique, lower case.
    pub name: String,
    /// Name as colleagues read it.
    pub full_name: Line,
    /// Roles held.
    pub roles: BTreeSet<Role>,
    /// Teams whose cases this person works on.
    pub teams: BTreeSet<TeamId>,
    /// Cleared to know of national-security cases.
    pub is_cleared: bool,
    /// Where Writ's mails to this person go; none are sent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Line>,
}

impl Staff {
    /// Whether this person holds a role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Initials for the ring beside a name: at most two letters.
    pub fn initials(&self) -> String {
        initials(self.full_name.as_str())
    }
}

/// Reads the address that Writ's mails to a member of staff go to.
///
/// # Errors
/// When it is no e-mail address.
pub fn email(given: &str) -> Result<Line, ParseError> {
    let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
    match EmailAddress::parse_with_options(given.trim(), options) {
        Ok(address) => Line::parse("email", address.as_str()),
        Err(_) => Err(ParseError::new("email", "This is no e-mail address; one looks like anna@example.com.")),
    }
}

/// Reads a sign-in name: lower-case letters, digits, dots, dashes or underscores, 1 to 60 of them.
///
/// # Errors
/// When it is something else.
pub fn sign_in_name(given: &str) -> Result<String, ParseError> {
    let is_fit = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    let given = given.trim();
    if given.is_empty() || given.len() > 60 || !given.chars().all(is_fit) {
        let says = "A sign-in name has lower-case letters, digits, dots, dashes or underscores, 60 at most.";
        return Err(ParseError::new("name", says));
    }
    Ok(given.to_owned())
}

/// Initials of a name: the first letters of its first and last word. What stands in brackets is no part of it.
pub fn initials(full_name: &str) -> String {
    let mut words = full_name.split_whitespace().filter(|word| !word.starts_with('('));
    let first = words.next().and_then(|w| w.chars().next());
    let last = words.next_back().and_then(|w| w.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// The roles that may do a verb at all. PRODUCT's table, row by row.
pub fn roles_for(verb: Verb) -> &'static [Role] {
    use Role::*;
    match verb {
        Verb::Open | Verb::Amend | Verb::Attach | Verb::Verify | Verb::AddDemand | Verb::ChangeDemand => {
            &[Analyst, Reviewer]
        }
        Verb::SplitDemand | Verb::RemoveDemand | Verb::RecordSecrecy | Verb::Assess | Verb::Decide => {
            &[Analyst, Reviewer]
        }
        Verb::Release | Verb::Close | Verb::Withdraw => &[Analyst, Reviewer],
        Verb::Assign | Verb::BeginWait | Verb::EndWait | Verb::MoveClock | Verb::SettleClock => &[Analyst, Reviewer],
        Verb::AnswerRedirect | Verb::Comment | Verb::Link => &[Analyst, Reviewer],
        Verb::TickChecklist => &[Reviewer],
        Verb::Search => &[Analyst, Reviewer],
        // Auditors follow cases through the log; the queue is the desk of those who work on them.
        Verb::ReadQueue => &[Analyst, Reviewer],
        Verb::Override | Verb::Approve | Verb::Return => &[Reviewer],
        Verb::Collect | Verb::ReadTask => &[Fulfiller],
        Verb::Read => &[Analyst, Reviewer, Auditor],
        Verb::ReadDocument => &[Analyst, Reviewer],
        Verb::ReadLog | Verb::VerifyLog | Verb::Unseal | Verb::TakeArchive => &[Auditor],
        Verb::Audit => &[Auditor],
        Verb::ReadFindings => &[Analyst, Reviewer, Auditor, Admin],
        Verb::AnswerFinding => &[Analyst, Reviewer, Admin],
        Verb::AcknowledgeAlarm => &[Auditor, Admin],
        Verb::Report => &[Reviewer, Auditor],
        Verb::ManageStaff | Verb::ReadSettings => &[Admin],
        Verb::ManageAccount => Role::ALL,
        Verb::ReadRules => &[Analyst, Reviewer, Auditor, Admin],
        Verb::ProposeLaw => &[Reviewer, Admin],
        Verb::AdoptLaw => &[Reviewer],
        Verb::ReadPastCases | Verb::ReadRetention => &[Analyst, Reviewer, Auditor],
        Verb::ProposeErasure => &[Analyst, Reviewer],
        Verb::PlaceHold | Verb::ApproveErasure => &[Reviewer],
    }
}

/// Whether this person may do this verb, on this case where the verb is about one.
///
/// Two questions in this order: may the person know of the case, and does one of their roles allow the verb.
/// Rules about *which* person (four eyes) are the case's own and stand in its verbs.
///
/// # Errors
/// [`Refusal::NoSuchCase`] when the person may not know of the case; [`Refusal::NoRight`] when no role allows the verb.
pub fn may(who: &Staff, verb: Verb, case: Option<&Case>) -> Result<(), Refusal> {
    if let Some(case) = case
        && !may_know(who, verb, case)
    {
        return Err(Refusal::NoSuchCase);
    }
    let allowed = roles_for(verb);
    if allowed.iter().any(|&role| who.is(role)) { Ok(()) } else { Err(Refusal::NoRight { verb }) }
}

/// Whether a compartment is open to this person, whatever the roles: `named` are those of a restricted case.
pub fn is_within(who: &Staff, compartment: Compartment, named: &BTreeSet<StaffId>) -> bool {
    match compartment {
        Compartment::Ordinary => true,
        Compartment::Restricted => named.contains(&who.id),
        Compartment::NationalSecurity => who.is_cleared,
    }
}

/// Whether this person may know that the case exists, in the way the verb needs.
fn may_know(who: &Staff, verb: Verb, case: &Case) -> bool {
    if !is_within(who, case.compartment, &case.named) {
        return false;
    }
    let works_on_it = (who.is(Role::Analyst) || who.is(Role::Reviewer)) && who.teams.contains(&case.team);
    let collects_it = who.is(Role::Fulfiller) && case.has_task();
    match verb {
        // A fulfiller knows a task's bounds, not the case behind it.
        Verb::Read | Verb::ReadDocument => works_on_it || who.is(Role::Auditor),
        _ => works_on_it || collects_it || who.is(Role::Auditor),
    }
}

/// Whoever an entry of the log is about: a member of staff, or the program itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A member of staff.
    Staff(StaffId),
    /// The program, under the name of the part that acted, for example `setup`.
    System(&'static str),
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Actor::Staff(id) => write!(f, "staff:{id}"),
            Actor::System(part) => write!(f, "system:{part}"),
        }
    }
}
