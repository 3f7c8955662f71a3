use chrono::NaiveDate;

use super::{Catalogue, CatalogueError, Retention};
use crate::domain::data_class::DataClass;

const DEMO: &str = include_str!("../../../config/catalogue.toml");
const WHISPER: &str = include_str!("../../../tests/catalogue-whisper.toml");

#[test]
fn the_demo_catalogue_classes_each_category_as_the_law_does() -> Result<(), CatalogueError> {
    let demo = Catalogue::parse(DEMO)?;
    let classes: Vec<_> = demo
        .services
        .iter()
        .flat_map(|service| service.categories.iter().map(move |c| (service.id.as_str(), c.id.as_str(), c.us.as_str())))
        .collect();
    let expected = [
        ("account", "registration", "bsi"),
        ("account", "sign_in_access", "ip_session"),
        ("mail", "sign_in_ip_log", "ip_session"),
        ("mail", "address_book", "other_records"),
        ("mail", "mail_content", "content_stored"),
        ("messenger", "contact_list", "other_records"),
        ("messenger", "session_log", "ip_session"),
        ("blog", "owner_record", "bsi"),
        ("blog", "blog_content", "content_stored"),
        ("storage", "file_list", "other_records"),
        ("storage", "files", "content_stored"),
        ("console", "gamertag", "bsi"),
        ("console", "card_number", "payment"),
        ("console", "phone", "bsi"),
        ("console", "name_and_zip", "bsi"),
        ("console", "console_serial", "bsi"),
        ("console", "email_account", "bsi"),
        ("console", "ip_history", "ip_session"),
        ("console", "messages", "content_stored"),
        ("voice", "registration", "bsi"),
        ("voice", "call_records", "toll_records"),
        ("none", "content", "content_stored"),
        ("none", "records", "other_records"),
    ];
    assert_eq!(classes, expected);
    let lifelong = demo.find_category("console", "ip_history").and_then(|category| category.retention);
    assert_eq!(lifelong, Some(Retention::LifeOfAccount));
    let never = demo.find_category("none", "content").and_then(|category| category.retention);
    assert_eq!(never, Some(Retention::NotKept));
    assert_eq!(demo.find_category("voice", "files"), None);
    Ok(())
}

#[test]
fn the_test_entity_keeps_what_the_real_subpoena_asks_for() -> Result<(), CatalogueError> {
    let whisper = Catalogue::parse(WHISPER)?;
    let class = |category: &str| whisper.find_category("messenger", category).map(|category| category.us);
    for id in ["name", "contact_data"] {
        assert_eq!(class(id), Some(DataClass::Bsi), "{id}");
    }
    assert_eq!(class("payment"), Some(DataClass::Payment));
    assert_eq!(class("session_log"), Some(DataClass::IpSession));
    assert_eq!(class("associated_accounts"), Some(DataClass::OtherRecords));
    assert_eq!(class("account_history"), Some(DataClass::OtherRecords));
    assert_eq!(class("message_content"), Some(DataClass::ContentStored));
    Ok(())
}

#[test]
fn asking_beyond_retention_names_the_earliest_day_still_held() -> Result<(), CatalogueError> {
    let demo = Catalogue::parse(DEMO)?;
    let asked_on = day(2014, 3, 31);
    let beyond = |service: &str, category: &str, from: Option<NaiveDate>| {
        demo.find_category(service, category)
            .and_then(|category| category.beyond_retention(from, asked_on.unwrap_or_default()))
    };
    let earliest = day(2014, 1, 30);
    assert_eq!(beyond("mail", "sign_in_ip_log", day(2014, 1, 29)), earliest);
    assert_eq!(beyond("mail", "sign_in_ip_log", None), earliest, "an open beginning asks for everything");
    assert_eq!(beyond("mail", "sign_in_ip_log", earliest), None);
    assert_eq!(beyond("mail", "mail_content", day(1998, 1, 1)), None);
    Ok(())
}

#[test]
fn a_mistake_in_the_text_is_named_where_it_stands() {
    let table = [
        (
            "us = \"bsi\"",
            "us = \"tower_dump\"",
            "service “account”, category “registration”: us is no class of stored data",
        ),
        ("eu = \"subscriber\"", "eu = \"bsi\"", "category “registration”: eu is no class of EU law"),
        (
            "retention = \"life of the account\"",
            "retention = \"forever\"",
            "write “60 days”, “life of the account” or “not kept”",
        ),
        ("id = \"sign_in_access\"", "id = \"registration\"", "category “registration”: another category"),
        ("id = \"mail\"", "id = \"account\"", "service “account”: another service has the same id"),
        ("entity = \"Example Messenger, Inc.\"", "entity = \" \"", "service “account”: name or entity is empty"),
        (
            "identifiers = [\"email\", \"phone\", \"user_id\"]",
            "identifiers = []",
            "service “account”: it can be asked by nothing",
        ),
        ("us = \"bsi\"", "us = \"bis\"", "“bis” is not a known data class"),
        ("holds =", "hold =", "unknown field `hold`"),
    ];
    for (right, wrong, part) in table {
        let said = Catalogue::parse(&DEMO.replacen(right, wrong, 1)).map_or_else(|error| error.to_string(), |c| c.name);
        assert!(said.contains(part), "{wrong}: {said}");
    }
}

fn day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}
