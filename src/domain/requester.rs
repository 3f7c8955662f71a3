//! Who asks, on what authority, about whom: the closed lists that describe a requester and a customer.

use super::words::closed_words;

closed_words! {
    /// Court, prosecutor or agency whose power the instrument rests on.
    pub enum IssuingAuthority {
        GrandJury = "grand_jury", "grand jury";
        CourtClerk = "court_clerk", "clerk of court";
        Attorney = "attorney", "attorney";
        AgencyOfficial = "agency_official", "agency official";
        Police = "police", "police";
        PoliceOfficerInCharge = "police_officer_in_charge", "officer in charge";
        PublicProsecutor = "public_prosecutor", "public prosecutor";
        Magistrate = "magistrate", "magistrate judge";
        DistrictJudge = "district_judge", "district judge";
        Judge = "judge", "judge";
        Justice = "justice", "justice";
        CircuitJudge = "circuit_judge", "circuit judge";
        InvestigatingJudge = "investigating_judge", "investigating judge";
        StateCourt = "state_court", "state court of general jurisdiction";
        MunicipalCourt = "municipal_court", "municipal court";
        ProbateCourt = "probate_court", "probate court";
        FbiSac = "fbi_sac", "FBI special agent in charge";
        FbiSupervisoryAgent = "fbi_supervisory_agent", "FBI supervisory agent";
        Fisc = "fisc", "FISA court";
        AgDni = "ag_dni", "Attorney General and DNI";
        AttorneyGeneralDesignee = "attorney_general_designee", "designee of the Attorney General";
        IpcOcda = "ipc_ocda", "OCDA for the IPC";
        AuthorisedOfficer = "authorised_officer", "authorised officer";
        AgencyHead = "agency_head", "head of agency";
        None = "none", "none";
        Court = "court", "court";
    }
}

closed_words! {
    /// The level of government that asks.
    pub enum RequesterLevel {
        Federal = "federal", "federal";
        State = "state", "state";
        Local = "local", "local";
        National = "national", "national";
        Foreign = "foreign", "foreign";
        EuMemberState = "eu_member_state", "EU member state";
        Private = "private", "private";
    }
}

closed_words! {
    /// The kind of requester.
    pub enum RequesterType {
        LawEnforcement = "law_enforcement", "law enforcement";
        Prosecutor = "prosecutor", "prosecutor";
        Court = "court", "court";
        RegulatoryAgency = "regulatory_agency", "regulatory agency";
        Intelligence = "intelligence", "intelligence service";
        CivilLitigant = "civil_litigant", "civil litigant";
        CriminalDefendant = "criminal_defendant", "criminal defendant";
        AccountHolder = "account_holder", "account holder";
        ParentOrEstate = "parent_or_estate", "parent or estate";
        Ncmec = "ncmec", "NCMEC";
    }
}

closed_words! {
    /// The matter the paper was issued in.
    pub enum Matter {
        Criminal = "criminal", "criminal";
        Civil = "civil", "civil";
        Administrative = "administrative", "administrative";
        NationalSecurity = "national_security", "national security";
        Emergency = "emergency", "emergency";
        MissingPerson = "missing_person", "missing person";
        CustodialSentence = "custodial_sentence", "custodial sentence";
        None = "none", "none";
    }
}

closed_words! {
    /// The way the paper reached us.
    pub enum Channel {
        Portal = "portal", "portal";
        Email = "email", "e-mail";
        Post = "post", "post or courier";
        RegisteredAgent = "registered_agent", "registered agent";
        InPerson = "in_person", "in person";
        EmailUnverified = "email_unverified", "unverified e-mail";
        DecentralisedIt = "decentralised_it", "decentralised IT system (EU)";
    }
}

closed_words! {
    /// What kind of customer the account belongs to.
    pub enum CustomerType {
        Consumer = "consumer", "consumer";
        Enterprise = "enterprise", "enterprise";
        PublicAuthority = "public_authority", "public authority";
        UsSenateOffice = "us_senate_office", "US Senate office";
    }
}

closed_words! {
    /// What the served entity is under the law for a service.
    pub enum ServiceKind {
        EcsRcs = "ecs_rcs", "electronic communication / remote computing service";
        VideoTapeService = "video_tape_service", "video tape service provider";
        CableOperator = "cable_operator", "cable operator";
        EmployerInternalMail = "employer_internal_mail", "internal mail of an employer";
        TelecomOperator = "telecom_operator", "telecom operator";
        DigitalService = "digital_service", "digital service";
        ApplicationProvider = "application_provider", "application provider";
        Intermediary = "intermediary", "intermediary";
        CarriageServiceProvider = "carriage_service_provider", "carriage service provider";
    }
}
