//! The kinds of legal process, and how screens group them.

use super::words::closed_words;

closed_words! {
    /// The kind of legal process a case rests on. The list is closed: a paper that is none of these is
    /// classified by what its words command, not by its title.
    pub enum Instrument {
        GrandJurySubpoena = "grand_jury_subpoena", "grand jury subpoena";
        AdministrativeSubpoena = "administrative_subpoena", "administrative subpoena";
        TrialSubpoena = "trial_subpoena", "trial subpoena";
        AgencyCivilDiscoverySubpoena = "agency_civil_discovery_subpoena", "civil discovery subpoena of an agency";
        Order2703d = "order_2703d", "court order under § 2703(d)";
        SearchWarrant = "search_warrant", "search warrant";
        PenTrapOrder = "pen_trap_order", "pen register / trap and trace order";
        WiretapOrder = "wiretap_order", "wiretap order";
        EmergencyPenTrapRequest = "emergency_pen_trap_request", "emergency pen/trap request";
        EmergencyWiretapRequest = "emergency_wiretap_request", "emergency wiretap request";
        Nsl = "nsl", "national security letter";
        FisaTitleIOrder = "fisa_title_i_order", "FISA Title I order";
        Fisa702Directive = "fisa_702_directive", "FISA section 702 directive";
        CivilSubpoena = "civil_subpoena", "civil subpoena";
        DefenseSubpoena = "defense_subpoena", "defence subpoena";
        TelemarketingFraudRequest = "telemarketing_fraud_request", "telemarketing fraud request";
        EmergencyRequest = "emergency_request", "emergency request";
        InformalLetter = "informal_letter", "informal letter";
        ConsentForm = "consent_form", "consent form";
        AccountHolderRequest = "account_holder_request", "account holder request";
        EstateRequest = "estate_request", "estate request";
        NcmecReport = "ncmec_report", "NCMEC report";
        ProviderInitiatedReport = "provider_initiated_report", "report on our own initiative";
        Preservation2703f = "preservation_2703f", "preservation request under § 2703(f)";
        LitigationHoldLetter = "litigation_hold_letter", "litigation hold letter";
        TransparencyReport = "transparency_report", "transparency report";
        ForeignOrder = "foreign_order", "foreign order";
        PoliceRequest = "police_request", "police request";
        CourtOrder = "court_order", "court order (foreign)";
        UkOverseasProductionOrder = "uk_overseas_production_order", "UK overseas production order";
        AuInternationalProductionOrder = "au_international_production_order", "Australian international production order";
        CaGeneralProductionOrder = "ca_general_production_order", "Canadian general production order";
        CaTransmissionDataOrder = "ca_transmission_data_order", "Canadian transmission data order";
        CaTrackingDataOrder = "ca_tracking_data_order", "Canadian tracking data order";
        CaSubscriberInformationOrder = "ca_subscriber_information_order", "Canadian subscriber information order";
        CaPreservationDemand = "ca_preservation_demand", "Canadian preservation demand";
        Epoc = "epoc", "European Production Order (EPOC)";
        EpocPr = "epoc_pr", "European Preservation Order (EPOC-PR)";
        EpocPrExtension = "epoc_pr_extension", "EPOC-PR extension";
        EpocPrConfirmation = "epoc_pr_confirmation", "EPOC-PR confirmation";
        Eio = "eio", "European Investigation Order";
        IpaCdAuthorisation = "ipa_cd_authorisation", "IPA communications data authorisation";
        PaceProductionOrder = "pace_production_order", "PACE production order";
        Stpo100j = "stpo_100j", "StPO § 100j request";
        Stpo100g = "stpo_100g", "StPO § 100g order";
        Stpo9498 = "stpo_94_98", "StPO §§ 94-98 seizure";
        Requisition7711 = "requisition_77_1_1", "CPP art. 77-1-1 requisition";
        Bnss94Notice = "bnss_94_notice", "BNSS s. 94 notice";
        Tia178Authorisation = "tia_178_authorisation", "TIA s. 178 authorisation";
        TolaTechnicalAssistanceNotice = "tola_technical_assistance_notice", "TOLA technical assistance notice";
    }
}

closed_words! {
    /// How screens and reports group instruments.
    pub enum InstrumentGroup {
        Subpoenas = "subpoenas", "Subpoenas";
        Orders = "orders", "Orders";
        Warrants = "warrants", "Warrants";
        RealTime = "real_time", "Real-time";
        NationalSecurity = "national_security", "National security";
        EmergencyVoluntary = "emergency_voluntary", "Emergency and voluntary";
        Preservation = "preservation", "Preservation";
        ForeignTreaty = "foreign_treaty", "Foreign and treaty";
        Eu = "eu", "EU";
        Civil = "civil", "Civil";
    }
}

impl Instrument {
    /// Whether it is an order of the EU's e-evidence rules, served on an establishment or a representative.
    pub fn is_eu_order(self) -> bool {
        use Instrument::*;
        matches!(self, Epoc | EpocPr | EpocPrExtension | EpocPrConfirmation)
    }

    /// The group under which screens list this instrument.
    pub fn group(self) -> InstrumentGroup {
        use Instrument::*;
        match self {
            GrandJurySubpoena | AdministrativeSubpoena | TrialSubpoena | AgencyCivilDiscoverySubpoena => {
                InstrumentGroup::Subpoenas
            }
            Order2703d => InstrumentGroup::Orders,
            SearchWarrant => InstrumentGroup::Warrants,
            PenTrapOrder | WiretapOrder | EmergencyPenTrapRequest | EmergencyWiretapRequest => {
                InstrumentGroup::RealTime
            }
            Nsl | FisaTitleIOrder | Fisa702Directive => InstrumentGroup::NationalSecurity,
            CivilSubpoena | DefenseSubpoena => InstrumentGroup::Civil,
            TelemarketingFraudRequest
            | EmergencyRequest
            | InformalLetter
            | ConsentForm
            | AccountHolderRequest
            | EstateRequest
            | NcmecReport
            | ProviderInitiatedReport
            | TransparencyReport => InstrumentGroup::EmergencyVoluntary,
            Preservation2703f | LitigationHoldLetter | CaPreservationDemand => InstrumentGroup::Preservation,
            ForeignOrder
            | PoliceRequest
            | CourtOrder
            | UkOverseasProductionOrder
            | AuInternationalProductionOrder
            | CaGeneralProductionOrder
            | CaTransmissionDataOrder
            | CaTrackingDataOrder
            | CaSubscriberInformationOrder
            | IpaCdAuthorisation
            | PaceProductionOrder
            | Stpo100j
            | Stpo100g
            | Stpo9498
            | Requisition7711
            | Bnss94Notice
            | Tia178Authorisation
            | TolaTechnicalAssistanceNotice => InstrumentGroup::ForeignTreaty,
            Epoc | EpocPr | EpocPrExtension | EpocPrConfirmation | Eio => InstrumentGroup::Eu,
        }
    }

    /// Whether the instrument commands (an order of a court or authority), as opposed to a request,
    /// a consent or a report. Commanding paper must name the entity it was served on.
    pub fn commands(self) -> bool {
        use Instrument::*;
        !matches!(
            self,
            EmergencyRequest
                | InformalLetter
                | ConsentForm
                | AccountHolderRequest
                | EstateRequest
                | NcmecReport
                | ProviderInitiatedReport
                | LitigationHoldLetter
                | TransparencyReport
        )
    }

    /// Whether the instrument only asks to keep data, so that a case about it ends as *preserved only*.
    pub fn preserves_only(self) -> bool {
        use Instrument::*;
        self.group() == InstrumentGroup::Preservation || matches!(self, EpocPr | EpocPrExtension | EpocPrConfirmation)
    }
}
