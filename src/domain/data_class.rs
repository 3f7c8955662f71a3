//! The law's classes of data.

use super::words::closed_words;

closed_words! {
    /// The law's class of what is asked. US classes follow 18 U.S.C. § 2703(c)(2) and (a), (b); EU classes
    /// Reg. (EU) 2023/1543; UK classes the Investigatory Powers Act 2016.
    pub enum DataClass {
        Bsi = "bsi", "basic subscriber information";
        IpSession = "ip_session", "session times and addresses";
        Payment = "payment", "means of payment";
        TollRecords = "toll_records", "toll records";
        OtherRecords = "other_records", "other records";
        LocationHistorical = "location_historical", "historical location";
        LocationProspective = "location_prospective", "prospective location";
        PenTrap = "pen_trap", "prospective non-content";
        ContentStored = "content_stored", "stored content";
        ContentRealtime = "content_realtime", "content in real time";
        VideoViewing = "video_viewing", "video viewing records";
        AreaSearch = "area_search", "area search";
        TowerDump = "tower_dump", "tower dump";
        KeywordSearch = "keyword_search", "keyword search";
        AllStored = "all_stored", "all stored data";
        AggregateReporting = "aggregate_reporting", "aggregate reporting";
        Subscriber = "subscriber", "subscriber data";
        IpIdentification = "ip_identification", "identification by IP address";
        Traffic = "traffic", "traffic data";
        Content = "content", "content";
        EntityData = "entity_data", "entity data";
        EventsData = "events_data", "events data";
        InternetConnectionRecords = "internet_connection_records", "internet connection records";
        Passwords = "passwords", "passwords";
    }
}

closed_words! {
    /// How screens group data classes.
    pub enum DisplayGroup {
        Subscriber = "subscriber", "subscriber";
        Records = "records", "records";
        Location = "location", "location";
        Content = "content", "content";
        Prospective = "prospective", "prospective";
        Search = "search", "search";
    }
}

impl DataClass {
    /// The group under which screens show this class.
    pub fn group(self) -> DisplayGroup {
        use DataClass::*;
        match self {
            Bsi | Payment | Subscriber | IpIdentification | EntityData => DisplayGroup::Subscriber,
            IpSession
            | TollRecords
            | OtherRecords
            | VideoViewing
            | AggregateReporting
            | Traffic
            | EventsData
            | InternetConnectionRecords => DisplayGroup::Records,
            LocationHistorical => DisplayGroup::Location,
            LocationProspective | PenTrap | ContentRealtime => DisplayGroup::Prospective,
            ContentStored | Content | Passwords | AllStored => DisplayGroup::Content,
            AreaSearch | TowerDump | KeywordSearch => DisplayGroup::Search,
        }
    }

    /// Whether disclosing this class discloses what people wrote or said, for the outcome *content*.
    pub fn is_content(self) -> bool {
        use DataClass::*;
        matches!(self, ContentStored | ContentRealtime | Content | Passwords | AllStored)
    }

    /// Whether the class is a way of asking (a search over everyone), not something a service keeps.
    pub fn is_search(self) -> bool {
        self.group() == DisplayGroup::Search
    }

    /// Whether the data lies in the future when it is asked for.
    pub fn is_prospective(self) -> bool {
        self.group() == DisplayGroup::Prospective
    }
}
