//! What the legal-basis engine answers: verdict, least process, proposed disposition.

use super::words::closed_words;

closed_words! {
    /// The net answer for this paper, as it stands, on the day asked.
    pub enum Verdict {
        /// The law allows disclosure (or the preservation asked) on this instrument.
        Permitted = "permitted", "permitted";
        /// It can be had, but only by a stronger or different instrument or authority.
        NeedsHigherProcess = "needs_higher_process", "needs higher process";
        /// It must not be disclosed on this paper.
        Prohibited = "prohibited", "prohibited";
        /// Unsettled, conflicting, or a required fact is not known: a person decides.
        ManualReview = "manual_review", "manual review";
    }
}

closed_words! {
    /// The least process that would reach an item.
    pub enum MinProcess {
        Subpoena = "subpoena", "a subpoena";
        GrandJurySubpoena = "grand_jury_subpoena", "a grand jury subpoena";
        Order2703d = "order_2703d", "a court order under § 2703(d)";
        SearchWarrant = "search_warrant", "a search warrant";
        PenTrapOrder = "pen_trap_order", "a pen/trap order";
        WiretapOrder = "wiretap_order", "a wiretap order";
        CourtOrderWithNotice = "court_order_with_notice", "a court order after notice to the customer";
        WarrantOrFisaOrder = "warrant_or_fisa_order", "a criminal warrant or FISA order";
        MlatUsWarrant = "mlat_us_warrant", "a US warrant through a treaty request";
        JudgeIssuedOrValidated = "judge_issued_or_validated", "an order issued or validated by a judge";
        JudgeValidation = "judge_validation", "validation by a judge";
        ProsecutorOrJudgeValidation = "prosecutor_or_judge_validation", "validation by a prosecutor or judge";
        NationalProcessOfExecutingState = "national_process_of_executing_state", "national process of the executing State";
        IpaCdAuthorisation = "ipa_cd_authorisation", "an IPA communications data authorisation";
        WarrantOrPaceProductionOrder = "warrant_or_pace_production_order", "a warrant or PACE production order";
        ProductionOrder = "production_order", "a production order";
        CaGeneralProductionOrder = "ca_general_production_order", "a general production order (s. 487.014)";
        CourtOrder = "court_order", "a court order";
        ItAct69Order = "it_act_69_order", "an order under s. 69 IT Act";
        StoredCommunicationsWarrant = "stored_communications_warrant", "a stored communications warrant";
    }
}

closed_words! {
    /// What the engine proposes to do. A proposal: people decide.
    pub enum Disposition {
        Disclose = "disclose", "disclose";
        DisclosePartial = "disclose_partial", "disclose in part";
        DiscloseDiscretionary = "disclose_discretionary", "may disclose, not compelled";
        Provision = "provision", "switch on the feed";
        Publish = "publish", "publish";
        Preserve = "preserve", "preserve";
        PreserveAndHold = "preserve_and_hold", "preserve and hold";
        VoluntaryPreserve = "voluntary_preserve", "may preserve";
        ReleaseHold = "release_hold", "release the hold";
        Redirect = "redirect", "redirect to the customer";
        Reject = "reject", "reject";
        SeekClarification = "seek_clarification", "ask for a cure";
        Hold = "hold", "hold";
        HoldVerify = "hold_verify", "hold until verified";
        AnnexIii = "annex_iii", "answer with Annex III";
        Object = "object", "object";
        ObjectToDesignatedAuthority = "object_to_designated_authority", "object to the designated authority";
        ReferMlat = "refer_mlat", "refer to mutual legal assistance";
        ReferUsLawEnforcement = "refer_us_law_enforcement", "refer to US law enforcement";
        NoData = "no_data", "no data held";
        Escalate = "escalate", "escalate to counsel";
    }
}

impl Disposition {
    /// Whether this disposition lets data leave.
    pub fn discloses(self) -> bool {
        use Disposition::*;
        matches!(self, Disclose | DisclosePartial | DiscloseDiscretionary | Provision | Publish)
    }
}
