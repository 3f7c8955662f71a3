//! When the house says no: one variant per reason, each with what would make it a yes.

use super::demand::Period;
use super::id::StaffId;
use super::retention::KeptBack;
use super::staff::{Role, Verb};
use super::stage::{Gate, Stage};
use super::time::Instant;
use super::wait::WaitKind;

/// A refused act. Shown to the person, and recorded in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such case for this person.
    NoSuchCase,
    /// None of the person's roles allows the verb.
    NoRight {
        /// What was tried.
        verb: Verb,
    },
    /// A gate is shut.
    GateShut {
        /// The shut gate.
        gate: Gate,
        /// What was tried.
        verb: Verb,
    },
    /// The verb has no meaning at this stage.
    WrongStage {
        /// Where the case stands.
        stage: Stage,
        /// What was tried.
        verb: Verb,
    },
    /// The case is closed.
    AlreadyClosed,
    /// Something has left already: the case can't be changed or withdrawn any more.
    AlreadyReleased,
    /// The requester is verified already.
    AlreadyVerified,
    /// This scope has all the approvals it needs.
    AlreadyApproved,
    /// This demand has its collection result already.
    AlreadyCollected,
    /// The same person checked already; a second-level check is another person's.
    SameChecker,
    /// The would-be approver drafted, edited or last changed the scope.
    ApproverEdited {
        /// Who edited.
        editor: StaffId,
    },
    /// The would-be approver has approved this scope already.
    ApproverCounted,
    /// The scope seen is not the scope there is.
    ScopeChanged,
    /// The collector approved the scope.
    CollectorApproved,
    /// The releaser collected part of the production.
    ReleaserCollected,
    /// The releaser made the call-back that verified the requester.
    ReleaserCalledBack,
    /// A case needs at least one demand for this.
    NoDemands,
    /// No such demand, or it was removed.
    NoSuchDemand,
    /// The demand names no period that could be split.
    NoPeriod {
        /// The demand's number on the case.
        position: u32,
    },
    /// One part of the split period would hold no day.
    DayOutsidePeriod {
        /// The demand's number on the case.
        position: u32,
        /// Its period.
        period: Period,
    },
    /// No such document on this case.
    NoSuchDocument,
    /// The decision grants more than the verdict allows and no reviewer's reason is given.
    BeyondVerdict {
        /// The demand's number on the case.
        position: u32,
    },
    /// The decision does not fit the class of data.
    DecisionMisfit {
        /// The demand's number on the case.
        position: u32,
        /// Which decision would fit, in words.
        fits: &'static str,
    },
    /// A rejection without its reason code, or a redirect without whom to ask.
    DecisionIncomplete {
        /// The demand's number on the case.
        position: u32,
        /// What is missing, in words.
        missing: &'static str,
    },
    /// The demand was not granted, so nothing may be collected for it.
    NotGranted,
    /// `collected` without a file, or `no_data` with one.
    FilesMisfit,
    /// Nothing is there to leave: nothing was found, or the paper only asks to keep data.
    NothingToRelease,
    /// The act needs the password again.
    NotSteppedUp,
    /// The case is this person's, or nobody's, already.
    AlreadyAssigned,
    /// The case waits already.
    AlreadyWaiting,
    /// The case does not wait.
    NotWaiting,
    /// The case has no such clock.
    NoSuchClock,
    /// The clock is over, or done with.
    ClockOver,
    /// The clock's end is fixed by the law or by an order.
    ClockFixed,
    /// Nothing may leave during this wait.
    ReleaseHeld {
        /// What the case waits for.
        wait: WaitKind,
    },
    /// Nothing may leave before somebody else's time to object is over.
    ReleaseTooEarly {
        /// When that is.
        until: Instant,
    },
    /// Nothing may leave while the log has a fault that nobody has acknowledged.
    LogInAlarm,
    /// The would-be acknowledger has acknowledged this alarm already, in whatever role.
    AcknowledgedByYou,
    /// Somebody else of this role has acknowledged the alarm.
    AcknowledgedInRole {
        /// The role.
        role: Role,
    },
    /// The line is not on this instrument's checklist, or none was ticked.
    NotOnChecklist,
    /// A defect was ticked without saying what it is.
    DefectUnsaid,
    /// No approved redirect is in force.
    NoRedirect,
    /// What became of the redirect is recorded already.
    RedirectAnswered,
    /// Nobody has recorded yet what became of the redirect.
    RedirectPending,
    /// The cases lie in different compartments, and a link would tell of one in the other.
    CompartmentsDiffer,
    /// A case can't be linked to itself.
    LinkToItself,
    /// The cases are linked already.
    AlreadyLinked,
    /// There is no such link.
    NoSuchLink,
    /// Whoever proposed a rulebook can't adopt it.
    OwnProposal,
    /// Whoever asked for a change to the staff, or whom it is about, can't confirm it.
    NeedsSecondAdmin,
    /// A change to the staff needs a second admin, and nobody there can be it.
    NoSecondAdmin,
    /// The only admin gave this admin the right, or the password, too short a while ago.
    AdminWatched {
        /// Until when they can neither ask for nor confirm what needs two admins.
        until: Instant,
    },
    /// Something about this person waits for a second admin already.
    AlreadyAsked,
    /// Nobody would be left to manage staff.
    OnlyAdmin,
    /// An admin's own password is not reset but changed.
    OwnPassword,
    /// The entry belongs to a compartment that is not open to this person.
    OutsideCompartment,
    /// The finding is closed.
    FindingClosed,
    /// The litigation hold is lifted already.
    HoldLifted,
    /// The case can't be erased now.
    KeptBack {
        /// Why.
        reason: KeptBack,
    },
    /// Whoever proposed an erasure can't approve it.
    OwnErasure,
    /// The erasure was approved or declined already.
    ErasureAnswered,
    /// Some cases of the erasure are not open to this person.
    ErasureNotOpen,
}

impl Refusal {
    /// The reason as the log and the API spell it.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NoSuchCase => "no_such_case",
            Refusal::NoRight { .. } => "no_right",
            Refusal::GateShut { .. } => "gate_shut",
            Refusal::WrongStage { .. } => "wrong_stage",
            Refusal::AlreadyClosed => "already_closed",
            Refusal::AlreadyReleased => "already_released",
            Refusal::AlreadyVerified => "already_verified",
            Refusal::AlreadyApproved => "already_approved",
            Refusal::AlreadyCollected => "already_collected",
            Refusal::SameChecker => "same_checker",
            Refusal::ApproverEdited { .. } => "approver_edited",
            Refusal::ApproverCounted => "approver_counted",
            Refusal::ScopeChanged => "scope_changed",
            Refusal::CollectorApproved => "collector_approved",
            Refusal::ReleaserCollected => "releaser_collected",
            Refusal::ReleaserCalledBack => "releaser_called_back",
            Refusal::NoDemands => "no_demands",
            Refusal::NoSuchDemand => "no_such_demand",
            Refusal::NoPeriod { .. } => "no_period",
            Refusal::DayOutsidePeriod { .. } => "day_outside_period",
            Refusal::NoSuchDocument => "no_such_document",
            Refusal::BeyondVerdict { .. } => "beyond_verdict",
            Refusal::DecisionMisfit { .. } => "decision_misfit",
            Refusal::DecisionIncomplete { .. } => "decision_incomplete",
            Refusal::NotGranted => "not_granted",
            Refusal::FilesMisfit => "files_misfit",
            Refusal::NothingToRelease => "nothing_to_release",
            Refusal::NotSteppedUp => "not_stepped_up",
            Refusal::AlreadyAssigned => "already_assigned",
            Refusal::AlreadyWaiting => "already_waiting",
            Refusal::NotWaiting => "not_waiting",
            Refusal::NoSuchClock => "no_such_clock",
            Refusal::ClockOver => "clock_over",
            Refusal::ClockFixed => "clock_fixed",
            Refusal::ReleaseHeld { .. } => "release_held",
            Refusal::ReleaseTooEarly { .. } => "release_too_early",
            Refusal::LogInAlarm => "log_in_alarm",
            Refusal::AcknowledgedByYou => "acknowledged_by_you",
            Refusal::AcknowledgedInRole { .. } => "acknowledged_in_role",
            Refusal::NotOnChecklist => "not_on_checklist",
            Refusal::DefectUnsaid => "defect_unsaid",
            Refusal::NoRedirect => "no_redirect",
            Refusal::RedirectAnswered => "redirect_answered",
            Refusal::RedirectPending => "redirect_pending",
            Refusal::CompartmentsDiffer => "compartments_differ",
            Refusal::LinkToItself => "link_to_itself",
            Refusal::AlreadyLinked => "already_linked",
            Refusal::NoSuchLink => "no_such_link",
            Refusal::OwnProposal => "own_proposal",
            Refusal::NeedsSecondAdmin => "needs_second_admin",
            Refusal::NoSecondAdmin => "no_second_admin",
            Refusal::AdminWatched { .. } => "admin_watched",
            Refusal::AlreadyAsked => "already_asked",
            Refusal::OnlyAdmin => "only_admin",
            Refusal::OwnPassword => "own_password",
            Refusal::OutsideCompartment => "outside_compartment",
            Refusal::FindingClosed => "finding_closed",
            Refusal::HoldLifted => "hold_lifted",
            Refusal::KeptBack { .. } => "kept_back",
            Refusal::OwnErasure => "own_erasure",
            Refusal::ErasureAnswered => "erasure_answered",
            Refusal::ErasureNotOpen => "erasure_not_open",
        }
    }

    /// What is refused and why, as one sentence.
    pub fn says(&self) -> String {
        match self {
            Refusal::NoSuchCase => "There is no such case, or you may not see it.".into(),
            Refusal::NoRight { verb } => format!("Your roles do not let you {}.", verb.label()),
            Refusal::GateShut { gate, verb } => {
                format!("You can't {} yet: the gate “{}” is shut.", verb.label(), gate.label())
            }
            Refusal::WrongStage { stage, verb } => {
                format!("You can't {} while the case is in {}.", verb.label(), stage.label())
            }
            Refusal::AlreadyClosed => "The case is closed.".into(),
            Refusal::AlreadyReleased => "The production has been released; what left can't be changed.".into(),
            Refusal::AlreadyVerified => "The requester is verified already.".into(),
            Refusal::AlreadyApproved => "This scope is approved already.".into(),
            Refusal::AlreadyCollected => "This demand has its collection result already.".into(),
            Refusal::SameChecker => "You have confirmed this requester already.".into(),
            Refusal::ApproverEdited { .. } => {
                "You drafted or edited this scope, so you can neither approve nor return it.".into()
            }
            Refusal::ApproverCounted => "You have approved this scope already; each person counts once.".into(),
            Refusal::ScopeChanged => "The scope has changed since you read it.".into(),
            Refusal::CollectorApproved => "You approved this scope, so you can't collect for it.".into(),
            Refusal::ReleaserCollected => "You collected for this case, so you can't release it.".into(),
            Refusal::ReleaserCalledBack => {
                "You made the call-back that verified the requester, so you can't release.".into()
            }
            Refusal::NoDemands => "The case has no demands.".into(),
            Refusal::NoSuchDemand => "There is no such demand on this case.".into(),
            Refusal::NoPeriod { position } => format!("Demand {position} has no period that could be split."),
            Refusal::DayOutsidePeriod { position, period } => {
                format!("Demand {position}: this day does not split its period, {period}.")
            }
            Refusal::NoSuchDocument => "There is no such document on this case.".into(),
            Refusal::BeyondVerdict { position } => {
                format!("Demand {position}: this decision grants more than the verdict allows.")
            }
            Refusal::DecisionMisfit { position, .. } => {
                format!("Demand {position}: this decision does not fit the class of data.")
            }
            Refusal::DecisionIncomplete { position, missing } => format!("Demand {position}: {missing} is missing."),
            Refusal::NotGranted => "This demand was not granted, so nothing may be collected for it.".into(),
            Refusal::FilesMisfit => "The result and the files do not fit.".into(),
            Refusal::NothingToRelease => {
                "There is nothing to release: nothing was found, or the paper only asks to keep data.".into()
            }
            Refusal::NotSteppedUp => "This act needs your password again.".into(),
            Refusal::AlreadyAssigned => "The case is assigned like this already.".into(),
            Refusal::AlreadyWaiting => "The case waits already.".into(),
            Refusal::NotWaiting => "The case does not wait.".into(),
            Refusal::NoSuchClock => "The case has no such clock.".into(),
            Refusal::ClockOver => "This clock is over.".into(),
            Refusal::ClockFixed => "The law or an order fixes when this ends; nobody here can move it.".into(),
            Refusal::ReleaseHeld { wait } => format!("Nothing may leave now: {}.", wait.label()),
            Refusal::ReleaseTooEarly { until } => {
                format!("Nothing may leave before {until}: an authority may still object.")
            }
            Refusal::LogInAlarm => {
                "Nothing may leave now: the log was found faulty, and that is not acknowledged yet.".into()
            }
            Refusal::AcknowledgedByYou => "You have acknowledged this alarm already; each person counts once.".into(),
            Refusal::AcknowledgedInRole { role } => {
                format!("This alarm is acknowledged already by somebody as {}.", role.label())
            }
            Refusal::NotOnChecklist => "No line of this paper's checklist was ticked.".into(),
            Refusal::DefectUnsaid => "A defect is ticked without a word on what it is.".into(),
            Refusal::NoRedirect => "No approved decision of this case redirects the requester.".into(),
            Refusal::RedirectAnswered => "What became of the redirect is recorded already.".into(),
            Refusal::RedirectPending => "Nobody has recorded yet what became of the redirect.".into(),
            Refusal::CompartmentsDiffer => "The two cases are not open to the same people.".into(),
            Refusal::LinkToItself => "A case can't be linked to itself.".into(),
            Refusal::AlreadyLinked => "The two cases are linked like this already.".into(),
            Refusal::NoSuchLink => "There is no such link on this case.".into(),
            Refusal::OwnProposal => "You proposed these rules, so you can't adopt them.".into(),
            Refusal::NeedsSecondAdmin => "You asked for this, or it is about you, so you can't confirm it.".into(),
            Refusal::NoSecondAdmin => "This needs a second admin, and nobody can be that one now.".into(),
            Refusal::AdminWatched { until } => {
                format!("The only admin made you one, or your password: until {until} you can't do this.")
            }
            Refusal::AlreadyAsked => "Something about this person waits for a second admin already.".into(),
            Refusal::OnlyAdmin => "Nobody would be left to manage staff.".into(),
            Refusal::OwnPassword => "Your own password can't be reset here.".into(),
            Refusal::FindingClosed => "This finding is closed.".into(),
            Refusal::HoldLifted => "This hold is lifted already.".into(),
            Refusal::KeptBack { reason } => format!("The case can't be erased now: {}.", reason.label()),
            Refusal::OwnErasure => "You proposed this erasure, so you can't approve it.".into(),
            Refusal::ErasureAnswered => "This erasure was approved or declined already.".into(),
            Refusal::ErasureNotOpen => "Some of these cases are not open to you, so you can't judge them.".into(),
            Refusal::OutsideCompartment => {
                "This entry is about a case that is kept to named or cleared people, or is not opened yet.".into()
            }
        }
    }

    /// What would make it a yes, as one sentence.
    pub fn opens(&self) -> String {
        match self {
            Refusal::NoSuchCase => "Check the reference, or ask the team that owns the case.".into(),
            Refusal::NoRight { verb } => {
                let roles: Vec<_> = super::staff::roles_for(*verb).iter().map(|r| r.label()).collect();
                format!("A colleague with the role {} can.", roles.join(" or "))
            }
            Refusal::GateShut { gate, .. } => gate_opens(*gate).into(),
            Refusal::WrongStage { .. } => "The stage bar of the case shows which step comes next.".into(),
            Refusal::AlreadyClosed => "A later paper of the same agency is a case of its own.".into(),
            Refusal::AlreadyReleased => "Close the case, and open another for a supplemental demand.".into(),
            Refusal::AlreadyVerified | Refusal::AlreadyApproved | Refusal::AlreadyCollected => {
                "Nothing more is needed here.".into()
            }
            Refusal::SameChecker => "A colleague must make the second-level check.".into(),
            Refusal::ApproverEdited { .. } => "A legal reviewer who changed nothing in this scope can.".into(),
            Refusal::ApproverCounted => "Another legal reviewer must give the next approval.".into(),
            Refusal::ScopeChanged => "Read the scope again and approve what it is now.".into(),
            Refusal::CollectorApproved => "A fulfiller who did not approve can collect.".into(),
            Refusal::ReleaserCollected => "A colleague who collected nothing can release.".into(),
            Refusal::ReleaserCalledBack => "A colleague who did not make the call-back can release.".into(),
            Refusal::NoDemands => "Add what the paper asks for as demands.".into(),
            Refusal::NoSuchDemand => "Reload the case: the demand may have been removed.".into(),
            Refusal::NoPeriod { .. } => "Change the demand and give it the period the paper asks for.".into(),
            Refusal::DayOutsidePeriod { .. } => {
                "Give the first day of the later part: after the period's first day, and not after its last.".into()
            }
            Refusal::NoSuchDocument => "Upload the file again.".into(),
            Refusal::BeyondVerdict { .. } => {
                "A legal reviewer can decide so with a written reason; or reject, redirect or clarify.".into()
            }
            Refusal::DecisionMisfit { fits, .. } => format!("Choose {fits}."),
            Refusal::DecisionIncomplete { missing, .. } => format!("Give {missing}."),
            Refusal::NotGranted => "Collect only what the task lists.".into(),
            Refusal::FilesMisfit => "Upload at least one file for “collected”, and none for “no data”.".into(),
            Refusal::NothingToRelease => "Close the case; its outcome says so.".into(),
            Refusal::NotSteppedUp => "Give your password with this act.".into(),
            Refusal::AlreadyAssigned | Refusal::RedirectAnswered | Refusal::AlreadyLinked => {
                "Nothing more is needed here.".into()
            }
            Refusal::AlreadyWaiting => "End the wait first, then begin the other.".into(),
            Refusal::NotWaiting => "Begin a wait first.".into(),
            Refusal::NoSuchClock => "Look at the clocks of the case again; they may have been counted anew.".into(),
            Refusal::ClockOver => "Nothing is to be done about it any more.".into(),
            Refusal::ClockFixed => {
                "If a court extended it or an authority answered, record the order or amend the paper: it is counted anew from there.".into()
            }
            Refusal::ReleaseTooEarly { .. } => {
                "Wait until then. If the authority has answered, mend the paper's particulars: what it answered.".into()
            }
            Refusal::ReleaseHeld { .. } => "End the wait when it is over, with a word on how.".into(),
            Refusal::LogInAlarm => {
                "An admin and an auditor, two people, must each acknowledge the alarm with a reason; then release again.".into()
            }
            Refusal::AcknowledgedByYou => "Somebody else must acknowledge it in the other role.".into(),
            Refusal::AcknowledgedInRole { .. } => "Nothing more is needed in this role; the other one may be missing.".into(),
            Refusal::NotOnChecklist => "Tick at least one line as in order, defect or not applicable.".into(),
            Refusal::DefectUnsaid => "Say beside the line what is wrong with the paper.".into(),
            Refusal::NoRedirect => "Decide to redirect and have it approved first.".into(),
            Refusal::RedirectPending => {
                "Record it: withdrawn by the agency, answered by the customer, consent, contract, can't be asked, or lapsed."
                    .into()
            }
            Refusal::CompartmentsDiffer => "Note the connection in a comment on the more closed case.".into(),
            Refusal::LinkToItself => "Give the reference of another case.".into(),
            Refusal::NoSuchLink => "Reload the case: a colleague may have taken the link away.".into(),
            Refusal::OwnProposal => "Another legal reviewer can adopt them.".into(),
            Refusal::NeedsSecondAdmin => "Another admin whom it is not about can confirm it.".into(),
            Refusal::NoSecondAdmin => {
                "What is about the other admin they ask for themselves; else a third admin, added at the console, confirms it.".into()
            }
            Refusal::AdminWatched { .. } => "Another admin can ask for it and confirm it meanwhile.".into(),
            Refusal::AlreadyAsked => "Have that confirmed, declined or withdrawn first.".into(),
            Refusal::OnlyAdmin => "Make somebody else an admin first.".into(),
            Refusal::OwnPassword => "Change it with the old one, under Your account.".into(),
            Refusal::FindingClosed => "Where something new came up, an auditor raises another one.".into(),
            Refusal::HoldLifted | Refusal::ErasureAnswered => "Nothing more is needed here.".into(),
            Refusal::KeptBack { reason } => match reason {
                KeptBack::NotClosed => "Close the case first.",
                KeptBack::OnHold => "A legal reviewer can lift the hold when the proceeding is over.",
                KeptBack::ClockRuns => "Do what the clock is for, or settle it.",
                KeptBack::FindingOpen => "Answer the finding and have an auditor close it.",
                KeptBack::NoSchedule | KeptBack::NotDue => "It can be erased by itself, on a ground of its own.",
                KeptBack::Proposed | KeptBack::Gone => "Nothing more can be done here.",
            }
            .into(),
            Refusal::OwnErasure => "A legal reviewer who did not propose it can.".into(),
            Refusal::ErasureNotOpen => "A legal reviewer to whom all of them are open can.".into(),
            Refusal::OutsideCompartment => "An auditor who is named on the case, or cleared, can unseal it.".into(),
        }
    }
}

/// What opens a gate, in words. Screens use the same sentence.
pub fn gate_opens(gate: Gate) -> &'static str {
    match gate {
        Gate::Verified => {
            "Record a check of the requester that confirms it, such as a call-back to an independently sourced number."
        }
        Gate::Assessed => "Run the legal-basis check on the demands as they stand.",
        Gate::Decided => "Decide every demand; a demand left at “clarify” keeps the gate shut.",
        Gate::Approved => "A legal reviewer who changed nothing in the scope must approve it.",
        Gate::Collected => "The fulfiller must record a result for every granted demand.",
        Gate::Released => {
            "A colleague who neither collected for it nor made the call-back must release the production."
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.says(), self.opens())
    }
}

impl std::error::Error for Refusal {}
