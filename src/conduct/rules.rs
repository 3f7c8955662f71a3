//! The rules of conduct, each with its code and the sentence that says it was broken.

use crate::domain::words::closed_words;

closed_words! {
    /// A rule that every log keeps. The label says that it was broken.
    pub enum Rule {
        /// A payload tells what its kind says.
        Readable = "readable", "what happened can't be read from the payload";
        /// A case is opened once, and before anything happens on it.
        OpenedOnce = "opened_once", "the case was not opened before, or was opened twice";
        /// The person named in the payload is the one who acted.
        OneActor = "one_actor", "another person is named in the payload than the one who acted";
        /// Edits of the scope are counted without a gap.
        EditsCounted = "edits_counted", "edits of the scope are not counted one by one";
        /// Nothing but the answer to a redirect happens after the closing, and nothing is decided after a release.
        NotAfterTheEnd = "not_after_the_end", "the case was closed, or something had left, before this";
        /// Nobody is answered before the requester was verified: by two people in an emergency.
        Verified = "verified", "the requester had not been verified";
        /// The legal basis of the scope as it stood was checked.
        Assessed = "assessed", "the legal basis of the scope as it stood had not been checked";
        /// Beyond the verdict of the rules only a legal reviewer grants.
        WithinVerdict = "within_verdict", "something was granted beyond the verdict of the rules by somebody who was no active legal reviewer then";
        /// Every demand was decided for good.
        Decided = "decided", "not every demand had been decided";
        /// Somebody approves what stands there, not an earlier scope.
        ApprovedAsItStood = "approved_as_it_stood", "another scope was approved than the one that stood there";
        /// Who edited the scope does not approve it.
        ApprovedByAnother = "approved_by_another", "whoever approved had edited the scope";
        /// Nobody's approval counts twice.
        ApprovedOnce = "approved_once", "somebody approved twice";
        /// Only a legal reviewer approves.
        ApprovedByReviewer = "approved_by_reviewer", "whoever approved was no active legal reviewer then";
        /// As many people approve as must, and never nobody.
        Approved = "approved", "not enough people had approved";
        /// Collected is what was granted, once.
        CollectedAsGranted = "collected_as_granted", "what was collected had not been granted, or had been collected before";
        /// Who approved does not collect.
        CollectedByAnother = "collected_by_another", "whoever collected had approved";
        /// Everything granted was collected, or looked for in vain.
        Collected = "collected", "not everything granted had been collected";
        /// What was collected leaves before the case is closed.
        Released = "released", "something was collected and had not left";
        /// Who collected, or made the call-back, does not release.
        ReleasedByAnother = "released_by_another", "whoever released had collected, or had verified the requester by call-back";
        /// Nothing leaves during a wait that holds it, nor on paper that only asks to keep data.
        NotHeld = "not_held", "nothing may leave during this wait, or on this paper";
        /// Nothing leaves while the log is known to be faulty and an admin and an auditor have not both acknowledged that.
        NotInAlarm = "not_in_alarm", "an alarm about the log was not acknowledged by an admin and an auditor";
        /// Erased is what one person proposed and another, a legal reviewer, approved.
        ErasedAsApproved = "erased_as_approved", "the erasure had not been proposed by one person and approved by another, a legal reviewer";
        /// Erased is a closed case without a hold, after the time that its schedule says.
        ErasedWhenDue = "erased_when_due", "the case was not closed, a litigation hold was on it, or its time to be kept was not over";
        /// The outcome follows from what was decided and collected.
        OutcomeFollows = "outcome_follows", "the outcome does not follow from what was decided and collected";
    }
}
