#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use proptest::prelude::*;

use super::*;
use crate::domain::data_class::DataClass;
use crate::domain::demand::Asked;
use crate::domain::id::DemandId;

fn catalogue() -> Catalogue {
    Catalogue::parse(include_str!("../../../config/catalogue.toml")).unwrap()
}

fn for_all(items: &[(&str, &str)]) -> ForAll {
    let item = |(service, category): &(&str, &str)| Item { service: (*service).into(), category: (*category).into() };
    ForAll { items: items.iter().map(item).collect(), region: Some("US".into()), ..ForAll::default() }
}

fn reads(text: &str, for_all: &ForAll) -> Many {
    read(text, for_all, &catalogue(), &[]).unwrap()
}

fn wrong(line: &LineRead) -> &str {
    match &line.is {
        Is::Bad { wrong } => wrong,
        other => panic!("{} is not bad but {other:?}", line.text),
    }
}

#[test]
fn each_identifier_is_asked_about_each_kind_of_data() {
    let all = for_all(&[("mail", "sign_in_ip_log"), ("account", "registration")]);
    let many = reads("anna@example.com\n\n+1 202 555 0142\r\n203.0.113.7, 2016-02-03 10:11:12 Z\n", &all);
    assert_eq!((many.good().len(), many.bad().len(), many.asks().count()), (3, 0, 6));
    assert!(matches!(&many.lines[0].is, Is::Good { is_guessed: true, .. }));
    let asked: Vec<&str> = many.asks_by_item().iter().map(|asks| asks.item.service.as_str()).collect();
    assert_eq!(asked, ["mail", "mail", "mail", "account", "account", "account"]);
    assert_eq!(many.left(), "");
}

#[test]
fn a_header_names_columns_between_commas_semicolons_or_tabs() {
    for sign in [",", ";", "\t"] {
        let text = "Identifier,kind,service,category,from,to,words\n\
                    QuietHarbor417,gamertag,console,IP history,2026-01-01,2026-02-01,\"sessions, all\"\n\
                    anna@example.com,,,,,,\n"
            .replace(", all", "# all")
            .replace(',', sign)
            .replace("# all", ", all");
        let many = reads(&text, &for_all(&[("mail", "mail_content")]));
        assert_eq!(many.bad(), Vec::<&LineRead>::new(), "{sign}");
        let asks: Vec<&Asks> = many.asks().collect();
        assert_eq!(asks[0].item, Item { service: "console".into(), category: "ip_history".into() });
        assert_eq!(asks[0].words.as_ref().map(Line::as_str), Some("sessions, all"));
        assert_eq!(asks[0].period.to_string(), "2026-01-01 … 2026-02-01");
        assert_eq!(asks[1].item.category, "mail_content");
    }
}

#[test]
fn what_is_wrong_is_said_with_what_would_be_right() {
    let all = for_all(&[("mail", "mail_content")]);
    let text = "identifier,kind,service,category,from\nanna@,,,,\n417,,,,\nx@example.com,fax,,,\ny@example.com,,mail,,\n\
                z@example.com,,mail,faxes,\nw@example.com,,,,yesterday\n,email,,,\na,b,c,d,e,f\n";
    let many = reads(text, &all);
    let said: Vec<&str> = many.bad().iter().map(|line| wrong(line)).collect();
    let expected = [
        "This is not a complete e-mail address",
        "can't be told: choose one kind",
        "“fax” is no kind of identifier",
        "service and category together",
        "keeps no “faxes”; it keeps sign_in_ip_log",
        "“yesterday” is no day",
        "identifier is missing",
        "It has 6 columns and the header 5",
    ];
    assert_eq!(said.len(), expected.len());
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.contains(expected), "“{said}” does not say “{expected}”");
    }
    assert_eq!(many.left(), text.trim_end(), "all lines were bad, so all of them are left");
}

#[test]
fn under_a_wrong_header_nothing_is_read_and_everything_stays() {
    let text = "identifier,colour\nanna@example.com,red";
    let many = reads(text, &for_all(&[("mail", "mail_content")]));
    assert!(wrong(&many.lines[0]).contains("no column “colour”"));
    assert!(wrong(&many.lines[1]).contains("header on line 1"));
    assert_eq!(many.left(), text);
}

#[test]
fn a_demand_is_entered_once_unless_somebody_asks_for_it_again() {
    let all = for_all(&[("mail", "mail_content"), ("mail", "address_book")]);
    let asked = Asked {
        identifier: Identifier::parse(IdentifierKind::Email, "anna@example.com", None).unwrap(),
        service: "mail".into(),
        category: "mail_content".into(),
        data_class: DataClass::ContentStored,
        words: None,
        period: Period::default(),
        in_signed_paper: None,
        is_ours: None,
        organisation: None,
    };
    let on_case = [Demand { id: DemandId(uuid::Uuid::nil()), position: 7, asked }];
    let text = "Anna@Example.com\nben@example.com\nBEN@example.com";
    let many = read(text, &all, &catalogue(), &on_case).unwrap();
    assert!(
        matches!(&many.lines[0].is, Is::Good { asks, known, .. } if asks.len() == 1 && known == &[Known::OnCase(7)])
    );
    assert_eq!(many.lines[2].is, Is::Twice { known: vec![Known::OnLine(2), Known::OnLine(2)] });
    let again = read(text, &ForAll { again: true, ..all }, &catalogue(), &on_case).unwrap();
    assert_eq!((again.twice().len(), again.asks().count()), (0, 6));
}

#[test]
fn too_many_at_once_are_refused_as_a_whole() {
    let all = for_all(&[("mail", "mail_content"), ("mail", "address_book"), ("mail", "sign_in_ip_log")]);
    let text: String = (0..4_000).map(|n| format!("user{n}@example.com\n")).collect();
    assert_eq!(read(&text, &all, &catalogue(), &[]), Err(TooMany::Demands(12_000)));
    assert_eq!(read(&"\n".repeat(5_001), &all, &catalogue(), &[]), Err(TooMany::Lines(5_001)));
}

fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just(String::new()),
        Just("identifier,kind".to_owned()),
        Just("identifier;colour".to_owned()),
        "[a-c]@example\\.com",
        "[a-c]@example\\.com,email",
        "\\+1 202 555 01[0-4][0-9]",
        "[ -~]{0,12}",
        "\\PC{0,8}",
        "\"[a-z,]{0,6}",
    ];
    prop::collection::vec(line, 0..20).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_line_is_ever_lost(text in lines(), again: bool) {
        let all = ForAll { again, ..for_all(&[("mail", "mail_content")]) };
        let many = reads(&text, &all);
        // Every line stands there once, in its order, as it was typed.
        let typed: Vec<&str> = text.lines().collect();
        let kept: Vec<&str> = many.lines.iter().map(|line| line.text.as_str()).collect();
        prop_assert_eq!(&kept, &typed);
        prop_assert!(many.lines.iter().enumerate().all(|(at, line)| line.number == at + 1));
        // Each is exactly one of five things.
        let is = |what: fn(&Is) -> bool| many.lines.iter().filter(|line| what(&line.is)).count();
        let whole = is(|i| matches!(i, Is::Blank)) + is(|i| matches!(i, Is::Header))
            + many.good().len() + many.twice().len() + many.bad().len();
        prop_assert_eq!(whole, typed.len());
        // What is left is every bad line as it was typed, under the header if there is one.
        let stays = |line: &&LineRead| matches!(line.is, Is::Bad { .. } | Is::Header);
        let stays: Vec<&str> = many.lines.iter().filter(stays).map(|line| line.text.as_str()).collect();
        let left = many.left();
        prop_assert_eq!(left.lines().collect::<Vec<_>>(), if many.bad().is_empty() { Vec::new() } else { stays });
    }
}
