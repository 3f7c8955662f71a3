//! Finding codes: defects and warnings about a paper or one demand, and their classes.

use super::words::closed_words;

closed_words! {
    /// A defect or warning, as the closed list of the review workflow names it.
    pub enum FindingCode {
        RequesterUnverified = "requester_unverified", "the sender is not authenticated";
        WrongChannel = "wrong_channel", "not served by an allowed way";
        WrongEntity = "wrong_entity", "names or reaches an entity that does not hold the data";
        CustomerEnterprise = "customer_enterprise", "the customer is an organisation to be asked first";
        ThirdPartyController = "third_party_controller", "the controller can be asked instead";
        PublicAuthorityData = "public_authority_data", "held for a public authority of another State";
        NotSigned = "not_signed", "the paper is not signed";
        AnnexMissing = "annex_missing", "attachments are not enclosed";
        ItemNotInProcess = "item_not_in_process", "the item is not in the signed paper";
        ExpiredBeforeService = "expired_before_service", "the time to execute had run out at service";
        DeadlinePassed = "deadline_passed", "the return date lies before service";
        NoCaseReference = "no_case_reference", "the paper has no case reference";
        StatuteNotCited = "statute_not_cited", "no statute is cited where one must be";
        CertificationMissing = "certification_missing", "the written certification is missing";
        AttestationMissing = "attestation_missing", "the attestation is missing";
        Untranslated = "untranslated", "in a language that need not be accepted";
        IssuingAuthorityNotCompetent = "issuing_authority_not_competent", "the authority may not issue or validate for this class";
        IssuingAuthorityDoubtful = "issuing_authority_doubtful", "unsure whether the authority is competent";
        NotValidated = "not_validated", "the validation is missing";
        TerritorialReach = "territorial_reach", "reaches across a state line";
        PlaceOfCompliance = "place_of_compliance", "the place of compliance is beyond 100 miles";
        RequesterNotEntitled = "requester_not_entitled", "the law excludes this kind of requester";
        NotGovernmentalEntity = "not_governmental_entity", "the requester is no US governmental entity";
        NoCloudActAgreement = "no_cloud_act_agreement", "no CLOUD Act agreement with that State is in force";
        AgreementNotInvoked = "agreement_not_invoked", "the order does not invoke the agreement";
        InstrumentTooLow = "instrument_too_low", "the instrument is too weak for this data";
        WrongInstrument = "wrong_instrument", "this takes another kind of instrument";
        InstrumentNotRecognised = "instrument_not_recognised", "the governing law knows no such instrument";
        InstrumentNotYetApplicable = "instrument_not_yet_applicable", "the law did not apply yet at service";
        NoLegalProcess = "no_legal_process", "a mere letter, no legal process";
        StateLawHigher = "state_law_higher", "state law asks for more";
        ContentBarred = "content_barred", "content can't go to a private party";
        UsPersonTargeted = "us_person_targeted", "the order targets a US person, or one in the US";
        ProspectiveNotCovered = "prospective_not_covered", "an instrument for stored data does not reach the future";
        EaRefusal = "ea_refusal", "the enforcing authority refused";
        Overbroad = "overbroad", "asked too broadly";
        DateRangeMissing = "date_range_missing", "no date range is given";
        DateRangeExceedsInstrument = "date_range_exceeds_instrument", "asked beyond the dates the paper allows";
        IdentifiersMissing = "identifiers_missing", "no identifier is given";
        IdentifiersInvalid = "identifiers_invalid", "no identifier given is valid";
        IdentifierAmbiguous = "identifier_ambiguous", "an identifier may name more than one account";
        DurationExceedsMax = "duration_exceeds_max", "longer than statute or rule allows";
        ReverseSearch = "reverse_search", "starts from a place, a tower or a word";
        EmergencyScopeExceeds = "emergency_scope_exceeds", "more is asked than relates to the emergency";
        OffenceThresholdNotMet = "offence_threshold_not_met", "the penalty or sentence is below the threshold";
        NotSeriousCrime = "not_serious_crime", "below what the agreement calls serious crime";
        EmergencyNotShown = "emergency_not_shown", "the emergency is not shown";
        ConsentUnverified = "consent_unverified", "the consent is not shown to be real or sufficient";
        ConflictOfLaws = "conflict_of_laws", "another law would be broken, or two duties collide";
        PrivilegedOrImmune = "privileged_or_immune", "privileged or immune";
        FirstAmendment = "first_amendment", "aimed at the press or at political speech";
        RightsRisk = "rights_risk", "the asking country is on the human-rights hold list";
        SenateData = "senate_data", "the customer is a US Senate office";
        DataNotHeld = "data_not_held", "the data is not held";
        LawInFlux = "law_in_flux", "courts or legislature have not settled this";
        StatuteScopeDoubtful = "statute_scope_doubtful", "unsure that the statute covers this request";
        InstrumentScopeDoubtful = "instrument_scope_doubtful", "the reach of the instrument is disputed";
        ClassificationDoubtful = "classification_doubtful", "unsure whether this is content or a record";
        ScaNotApplicable = "sca_not_applicable", "outside the Stored Communications Act";
        StateLawVaries = "state_law_varies", "depends on the state";
        EaRefusalPartial = "ea_refusal_partial", "some items are blocked";
        NdoNotCourtOrdered = "ndo_not_court_ordered", "the secrecy order is not ordered by a court";
        NdoNoExpiry = "ndo_no_expiry", "the secrecy order names no end";
        NdoDurationOverPolicy = "ndo_duration_over_policy", "the secrecy order is longer than policy allows";
        NdoExpired = "ndo_expired", "the secrecy order has ended";
        NdoOmnibus = "ndo_omnibus", "the secrecy order covers a whole case";
        Voluntary = "voluntary", "allowed, not compelled";
        RedirectInfeasible = "redirect_infeasible", "the requester refuses to go to the customer";
        NationalSecurityChannel = "national_security_channel", "for cleared people only";
        ContactMissing = "contact_missing", "nobody reachable is named";
        Duplicate = "duplicate", "the same as a paper already answered";
        PreservationExpired = "preservation_expired", "the preservation has run out";
        PreservationBeyondText = "preservation_beyond_text", "preserved beyond what the text allows";
        ReportingStructure = "reporting_structure", "a reporting rule would be broken";
        ReportingDelay = "reporting_delay", "a reporting delay has not run out";
    }
}

closed_words! {
    /// The class of a finding, for statistics and letters.
    pub enum FindingClass {
        R1 = "R1", "not authentic";
        R2 = "R2", "wrong addressee";
        R3 = "R3", "defective on its face";
        R4 = "R4", "wrong authority or reach";
        R5 = "R5", "instrument too weak or wrong";
        R6 = "R6", "barred outright";
        R7 = "R7", "scope";
        R8 = "R8", "threshold";
        R9 = "R9", "conflict, privilege, rights";
        R10 = "R10", "nothing to give";
        R11 = "R11", "unsettled";
        Note = "note", "note";
    }
}

impl FindingCode {
    /// Whether a demand rejected for it was in order and only had nothing to find.
    pub fn lacks_data(self) -> bool {
        self.class() == FindingClass::R10
    }

    /// The class this code is counted under; `Note` for codes outside the taxonomy.
    pub fn class(self) -> FindingClass {
        use FindingCode::*;
        match self {
            RequesterUnverified | WrongChannel => FindingClass::R1,
            WrongEntity | CustomerEnterprise | ThirdPartyController | PublicAuthorityData => FindingClass::R2,
            NotSigned | AnnexMissing | ItemNotInProcess | ExpiredBeforeService | DeadlinePassed | NoCaseReference
            | StatuteNotCited | CertificationMissing | AttestationMissing | Untranslated => FindingClass::R3,
            IssuingAuthorityNotCompetent
            | IssuingAuthorityDoubtful
            | NotValidated
            | TerritorialReach
            | PlaceOfCompliance
            | RequesterNotEntitled
            | NotGovernmentalEntity
            | NoCloudActAgreement
            | AgreementNotInvoked => FindingClass::R4,
            InstrumentTooLow
            | WrongInstrument
            | InstrumentNotRecognised
            | InstrumentNotYetApplicable
            | NoLegalProcess
            | StateLawHigher => FindingClass::R5,
            ContentBarred | UsPersonTargeted | ProspectiveNotCovered | EaRefusal => FindingClass::R6,
            Overbroad
            | DateRangeMissing
            | DateRangeExceedsInstrument
            | IdentifiersMissing
            | IdentifiersInvalid
            | IdentifierAmbiguous
            | DurationExceedsMax
            | ReverseSearch
            | EmergencyScopeExceeds => FindingClass::R7,
            OffenceThresholdNotMet | NotSeriousCrime | EmergencyNotShown | ConsentUnverified => FindingClass::R8,
            ConflictOfLaws | PrivilegedOrImmune | FirstAmendment | RightsRisk | SenateData => FindingClass::R9,
            DataNotHeld => FindingClass::R10,
            LawInFlux
            | StatuteScopeDoubtful
            | InstrumentScopeDoubtful
            | ClassificationDoubtful
            | ScaNotApplicable
            | StateLawVaries => FindingClass::R11,
            EaRefusalPartial
            | NdoNotCourtOrdered
            | NdoNoExpiry
            | NdoDurationOverPolicy
            | NdoExpired
            | NdoOmnibus
            | Voluntary
            | RedirectInfeasible
            | NationalSecurityChannel
            | ContactMissing
            | Duplicate
            | PreservationExpired
            | PreservationBeyondText
            | ReportingStructure
            | ReportingDelay => FindingClass::Note,
        }
    }
}
