//! The facial checklist: what a legal reviewer looks at on the paper itself, per instrument. It makes *not observed*
//! mean that somebody looked. It opens no gate and clears no finding; the approval shows how much of it was looked at.

use serde::{Deserialize, Serialize};

use super::id::StaffId;
use super::instrument::{Instrument, InstrumentGroup};
use super::text::Line;
use super::time::Instant;
use super::words::closed_words;

closed_words! {
    /// One thing to look at on the face of a paper.
    pub enum FacialCheck {
        Entity = "entity", "It names the legal entity that holds the data.";
        Signature = "signature", "It is signed, and sealed where the rule says so.";
        Competence = "competence", "The issuing authority may issue this for this class of data.";
        Validation = "validation", "It is validated or countersigned as its kind needs.";
        Dates = "dates", "Its dates are there and possible: issued before served, return after.";
        Alive = "alive", "It was served while it could still be executed.";
        Duration = "duration", "It runs no longer than the law allows.";
        Docket = "docket", "It has a case, docket or file number.";
        Statute = "statute", "The statute cited exists and gives this power for this purpose.";
        Nexus = "nexus", "It says the offence or inquiry, and that plausibly reaches this account.";
        Purpose = "purpose", "It does not aim at speech, the press, protected care or political office.";
        Attachments = "attachments", "All attachments it speaks of are there.";
        Items = "items", "Every demand stands in the signed paper, not only in a cover letter.";
        Identifiers = "identifiers", "Each identifier is well formed and means one account only.";
        Period = "period", "The period of data is given and lies within what the order allows.";
        Particularity = "particularity", "It names kinds of data tied to the offence, not “all records”.";
        Reverse = "reverse", "It starts from a person, not from a place, a word or a tower.";
        Channel = "channel", "It was served in a way that binds us.";
        Reach = "reach", "The power of the court or agency reaches us.";
        Entitled = "entitled", "The requester is of a kind that may ask this.";
        Consent = "consent", "The consent is that of the right person, for this account and this data, and stands.";
        Emergency = "emergency", "Facts show imminent danger to life or limb, and how the data would avert it.";
        LeastData = "least_data", "It asks for no more than the emergency needs.";
        Privilege = "privilege", "The account is not privileged, of the press, or immune.";
        Customer = "customer", "No organisation or public authority should be asked instead.";
        Conflict = "conflict", "Answering breaks no other country's law.";
        Secrecy = "secrecy", "A secrecy order, if any, is of a court, for this paper, and ends.";
        Language = "language", "It is in a language we accept, or a certified translation is there.";
        Contact = "contact", "Name, badge, agency address, telephone and a secure way to deliver are given.";
    }
}

closed_words! {
    /// What a reviewer found.
    pub enum CheckAnswer {
        Fine = "fine", "in order";
        Defect = "defect", "defect";
        NotApplicable = "not_applicable", "does not apply";
    }
}

/// One line of the checklist as ticked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// What was looked at.
    pub item: FacialCheck,
    /// What was found.
    pub answer: CheckAnswer,
    /// A word on it; required for a defect.
    pub note: Option<Line>,
    /// Who looked last.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

/// What to look at on a paper of this kind, in the order of a reader.
pub fn facial_checks(instrument: Instrument) -> Vec<FacialCheck> {
    FacialCheck::ALL.iter().copied().filter(|&check| is_for(check, instrument)).collect()
}

fn is_for(check: FacialCheck, instrument: Instrument) -> bool {
    use FacialCheck::*;
    use InstrumentGroup as Group;
    let group = instrument.group();
    let is_request = !instrument.commands();
    match check {
        Entity | Signature | Docket | Attachments => !is_request,
        Competence | Statute | Reach => !is_request && group != Group::Preservation,
        Validation => matches!(group, Group::Eu | Group::NationalSecurity),
        Alive | Particularity => {
            matches!(group, Group::Warrants | Group::Eu | Group::ForeignTreaty) && !instrument.preserves_only()
        }
        Duration => matches!(group, Group::RealTime | Group::Warrants),
        Nexus | Purpose | Items | Reverse => !is_request && !instrument.preserves_only(),
        Entitled => is_request || matches!(group, Group::Civil | Group::Subpoenas),
        Consent => {
            matches!(instrument, Instrument::ConsentForm | Instrument::AccountHolderRequest | Instrument::EstateRequest)
        }
        Emergency | LeastData => matches!(
            instrument,
            Instrument::EmergencyRequest | Instrument::EmergencyPenTrapRequest | Instrument::EmergencyWiretapRequest
        ),
        Conflict | Language => matches!(group, Group::Eu | Group::ForeignTreaty),
        Privilege | Customer | Secrecy => !instrument.preserves_only(),
        Dates | Identifiers | Period | Channel | Contact => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_paper_has_a_checklist_of_its_own_and_no_line_is_left_without_a_paper() {
        for &instrument in Instrument::ALL {
            let list = facial_checks(instrument);
            assert!((6..=24).contains(&list.len()), "{instrument}: {}", list.len());
        }
        for check in FacialCheck::ALL {
            assert!(Instrument::ALL.iter().any(|&i| facial_checks(i).contains(check)), "{check} is never asked");
        }
        assert!(facial_checks(Instrument::EmergencyRequest).contains(&FacialCheck::Emergency));
        assert!(!facial_checks(Instrument::SearchWarrant).contains(&FacialCheck::Emergency));
        assert!(facial_checks(Instrument::SearchWarrant).contains(&FacialCheck::Particularity));
        assert!(!facial_checks(Instrument::Preservation2703f).contains(&FacialCheck::Nexus));
    }
}
