#![allow(clippy::unwrap_used)]

use chrono::NaiveDate;
use proptest::prelude::*;

use super::Transparency;
use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::redirect::RedirectResult;
use crate::domain::requester::CustomerType;
use crate::report::{Counted, CountedAs, CountedService, CustomerKind, EnterpriseAs, Table};

fn service(name: &str, state: CountedAs) -> CountedService {
    CountedService { service: name.to_owned(), identifiers: 2, state }
}

fn case(day: &str, country: &str, instrument: Instrument, customer: CustomerType, state: CountedAs) -> Counted {
    Counted {
        received_on: day.parse().unwrap(),
        country: country.to_owned(),
        instrument: Some(instrument),
        customer,
        identifiers: 2,
        state,
        is_overridden: country == "DE",
        disclosed_by: None,
        services: vec![service("mail", state)],
        is_imported: country == "DE",
    }
}

#[test]
fn two_half_years_of_demands_make_these_tables() {
    use CustomerType::*;
    use Instrument::*;
    let mut by_contract = case("2026-05-01", "US", SearchWarrant, Enterprise, CountedAs::Content);
    by_contract.disclosed_by = Some(RedirectResult::Contract);
    by_contract.services = vec![service("mail", CountedAs::Content), service("storage", CountedAs::Rejected)];
    let mut nameless = case("2026-01-01", "DE", Epoc, Consumer, CountedAs::from(None));
    nameless.services.clear();
    let report = Transparency::from_cases([
        case("2026-07-01", "US", SearchWarrant, Consumer, CountedAs::from(Some(Outcome::Content))),
        case("2026-06-30", "US", GrandJurySubpoena, Consumer, CountedAs::from(Some(Outcome::NonContentOnly))),
        case("2026-06-30", "US", GrandJurySubpoena, PublicAuthority, CountedAs::from(Some(Outcome::Redirected))),
        by_contract,
        nameless,
        case("2026-01-01", "DE", EpocPr, Consumer, CountedAs::from(Some(Outcome::PreservedOnly))),
        case("2026-03-01", "US", Nsl, Consumer, CountedAs::NonContentOnly),
        case("2026-03-01", "=cmd", PoliceRequest, Enterprise, CountedAs::Rejected),
    ]);
    let countries = [
        "period,country,customer,requests,accounts,content,non_content_only,no_data,rejected,redirected,withdrawn,preserved_only,pending,imported",
        "2026-H1,'=cmd,enterprise,1,2,0,0,0,1,0,0,0,0,0",
        "2026-H1,DE,consumer,2,4,0,0,0,0,0,0,1,1,2",
        "2026-H1,US,consumer,1,2,0,1,0,0,0,0,0,0,0",
        "2026-H1,US,enterprise,2,4,1,0,0,0,1,0,0,0,0",
        "2026-H1,all,consumer,3,6,0,1,0,0,0,0,1,1,2",
        "2026-H1,all,enterprise,3,6,1,0,0,1,1,0,0,0,0",
        "2026-H1,all,all,6,12,1,1,0,1,1,0,1,1,2",
        "2026-H2,US,consumer,1,2,1,0,0,0,0,0,0,0,0",
        "2026-H2,all,consumer,1,2,1,0,0,0,0,0,0,0,0",
        "2026-H2,all,all,1,2,1,0,0,0,0,0,0,0,0",
        "",
    ];
    assert_eq!(report.to_csv(Table::Countries), countries.join("\r\n"));
    let first = report.clone().only("2026-H1".parse().unwrap());
    let enterprise = [
        "period,country,requests,accounts,rejected_or_redirected,disclosed_by_consent,disclosed_by_contract,disclosed_otherwise,no_data,withdrawn,preserved_only,pending,imported",
        "2026-H1,'=cmd,1,2,1,0,0,0,0,0,0,0,0",
        "2026-H1,US,2,4,1,0,1,0,0,0,0,0,0",
        "2026-H1,all,3,6,2,0,1,0,0,0,0,0,0",
        "",
    ];
    assert_eq!(first.to_csv(Table::Enterprise), enterprise.join("\r\n"));
    let services = [
        "period,service,requests,accounts,content,non_content_only,no_data,rejected,redirected,withdrawn,preserved_only,pending,imported",
        "2026-H1,none_named,1,2,0,0,0,0,0,0,0,1,1",
        "2026-H1,mail,5,10,1,1,0,1,1,0,1,0,1",
        "2026-H1,storage,1,2,0,0,0,1,0,0,0,0,0",
        "",
    ];
    assert_eq!(first.to_csv(Table::Services), services.join("\r\n"));
    assert_eq!(first.to_json()["periods"][0]["enterprise"]["total"]["disclosed_by_contract"], 1);
    assert_eq!(first.to_json()["periods"][0]["overridden"], 2);
}

fn any_case() -> impl Strategy<Value = Counted> {
    let day = (0i32..1500).prop_filter_map("a day", |days| NaiveDate::from_num_days_from_ce_opt(738_000 + days));
    let country = prop::sample::select(vec!["US", "DE", "FR"]);
    let instrument = prop::option::of(prop::sample::select(Instrument::ALL.to_vec()));
    let customer = prop::sample::select(CustomerType::ALL.to_vec());
    let state = prop::sample::select(CountedAs::ALL.to_vec());
    let ground = prop::option::of(prop::sample::select(RedirectResult::ALL.to_vec()));
    let states = prop::collection::vec(prop::sample::select(CountedAs::ALL.to_vec()), 3);
    let services = (prop::sample::subsequence(vec!["account", "mail", "storage"], 0..=3), states);
    let about = (ground, services, any::<(bool, bool)>());
    (day, country, instrument, customer, 0u32..9, state, about).prop_map(
        |(
            received_on,
            country,
            instrument,
            customer,
            identifiers,
            state,
            (disclosed_by, services, (is_imported, is_overridden)),
        )| {
            Counted {
                received_on,
                country: country.to_owned(),
                instrument,
                customer,
                identifiers,
                state,
                is_overridden,
                disclosed_by,
                services: services.0.into_iter().zip(services.1).map(|(name, state)| service(name, state)).collect(),
                is_imported,
            }
        },
    )
}

/// The cases, and the same cases in another order.
fn shuffled() -> impl Strategy<Value = (Vec<Counted>, Vec<Counted>)> {
    prop::collection::vec(any_case(), 0..60).prop_flat_map(|cases| (Just(cases.clone()), Just(cases).prop_shuffle()))
}

/// The lines of a CSV table: its keys, and requests, accounts, the columns, imported.
fn lines(csv: &str, keys: usize) -> Vec<(Vec<&str>, Vec<u64>)> {
    let line = |text: &'_ str| text.split(',').skip(keys).map(|n| n.parse().unwrap()).collect();
    csv.lines().skip(1).map(|text| (text.split(',').take(keys).collect(), line(text))).collect()
}

proptest! {
    #[test]
    fn columns_sum_and_order_does_not_matter((cases, again) in shuffled()) {
        let counted: Vec<Counted> = cases.iter().filter(|case| !case.is_national_security()).cloned().collect();
        let secret: Vec<Counted> = cases.iter().filter(|case| case.is_national_security()).cloned().collect();
        let accounts = |cases: &[Counted]| cases.iter().map(|case| u64::from(case.identifiers)).sum::<u64>();

        let report = Transparency::from_cases(cases);
        prop_assert_eq!(&report, &Transparency::from_cases(again));
        prop_assert_eq!(Transparency::from_cases(secret), Transparency::default());

        let total = |half: fn(&super::HalfYearReport) -> u64| report.halves.iter().map(half).sum::<u64>();
        prop_assert_eq!(total(|half| half.total.requests()), counted.len() as u64);
        prop_assert_eq!(total(|half| half.total.accounts), accounts(&counted));
        let overridden = counted.iter().filter(|case| case.is_overridden).count() as u64;
        prop_assert_eq!(total(|half| half.overridden), overridden);
        for (table, keys) in [(Table::Countries, 3), (Table::Enterprise, 2), (Table::Services, 2)] {
            let csv = report.to_csv(table);
            for (keys, numbers) in lines(&csv, keys) {
                prop_assert_eq!(numbers[0], numbers[2..10].iter().sum::<u64>(), "{:?} of {:?}", keys, table);
                prop_assert!(numbers[10] <= numbers[0]);
            }
        }
        for half in &report.halves {
            let of = |kind: CustomerKind| half.rows.iter().filter(move |row| row.customer == kind);
            for kind in CustomerKind::ALL {
                let sum: u64 = of(*kind).map(|row| row.counts.requests()).sum();
                prop_assert_eq!(half.customers.get(kind).map_or(0, |counts| counts.requests()), sum);
            }
            // The enterprise table tells of the same requests as the rows of organisations.
            let enterprise: u64 = of(CustomerKind::Enterprise).map(|row| row.counts.requests()).sum();
            prop_assert_eq!(half.enterprise_total.requests(), enterprise);
            prop_assert_eq!(half.enterprise.iter().map(|row| row.counts.requests()).sum::<u64>(), enterprise);
            let given = |state: CountedAs| of(CustomerKind::Enterprise).map(|row| row.counts.of(state).requests).sum::<u64>();
            let grounds = [EnterpriseAs::ByConsent, EnterpriseAs::ByContract, EnterpriseAs::Otherwise];
            let by_ground: u64 = grounds.iter().map(|ground| half.enterprise_total.of(*ground).requests).sum();
            prop_assert_eq!(given(CountedAs::Content) + given(CountedAs::NonContentOnly), by_ground);
            // A request stands in each service it names, and somewhere at least once.
            prop_assert!(half.services.iter().map(|row| row.counts.requests()).sum::<u64>() >= half.total.requests());
        }
    }
}
