use chrono::NaiveDate;
use proptest::prelude::*;

use super::TransparencyTable;
use crate::domain::instrument::{Instrument, InstrumentGroup};
use crate::domain::outcome::Outcome;
use crate::domain::requester::CustomerType;
use crate::report::{Counted, CountedAs};

fn case(day: &str, country: &str, instrument: Instrument, customer: CustomerType, state: CountedAs) -> Counted {
    let received_on = day.parse().unwrap_or_default();
    Counted { received_on, country: country.to_owned(), instrument, customer, identifiers: 2, state }
}

#[test]
fn two_half_years_of_demands_make_this_table() {
    use CustomerType::*;
    use Instrument::*;
    let table = TransparencyTable::from_cases([
        case("2026-07-01", "US", SearchWarrant, Consumer, CountedAs::from(Some(Outcome::Content))),
        case("2026-06-30", "US", GrandJurySubpoena, Consumer, CountedAs::from(Some(Outcome::NonContentOnly))),
        case("2026-06-30", "US", GrandJurySubpoena, PublicAuthority, CountedAs::from(Some(Outcome::Redirected))),
        case("2026-01-01", "DE", Epoc, Consumer, CountedAs::from(None)),
        case("2026-01-01", "DE", EpocPr, Consumer, CountedAs::from(Some(Outcome::PreservedOnly))),
        case("2026-03-01", "US", Nsl, Consumer, CountedAs::NonContentOnly),
        case("2026-03-01", "=cmd", PoliceRequest, Enterprise, CountedAs::Rejected),
    ]);
    let expected = [
        "period,country,customer,requests,accounts,content,non_content_only,no_data,rejected,redirected,withdrawn,preserved_only,pending",
        "2026-H1,'=cmd,enterprise,1,2,0,0,0,1,0,0,0,0",
        "2026-H1,DE,consumer,2,4,0,0,0,0,0,0,1,1",
        "2026-H1,US,consumer,1,2,0,1,0,0,0,0,0,0",
        "2026-H1,US,enterprise,1,2,0,0,0,0,1,0,0,0",
        "2026-H1,all,all,5,10,0,1,0,1,1,0,1,1",
        "2026-H2,US,consumer,1,2,1,0,0,0,0,0,0,0",
        "2026-H2,all,all,1,2,1,0,0,0,0,0,0,0",
        "",
    ];
    assert_eq!(table.to_csv(), expected.join("\r\n"));
}

fn any_case() -> impl Strategy<Value = Counted> {
    let day = (0i32..1500).prop_filter_map("a day", |days| NaiveDate::from_num_days_from_ce_opt(738_000 + days));
    let country = prop::sample::select(vec!["US", "DE", "FR"]);
    let instrument = prop::sample::select(Instrument::ALL.to_vec());
    let customer = prop::sample::select(CustomerType::ALL.to_vec());
    let state = prop::sample::select(CountedAs::ALL.to_vec());
    (day, country, instrument, customer, 0u32..9, state).prop_map(
        |(received_on, country, instrument, customer, identifiers, state)| Counted {
            received_on,
            country: country.to_owned(),
            instrument,
            customer,
            identifiers,
            state,
        },
    )
}

/// The cases, and the same cases in another order.
fn shuffled() -> impl Strategy<Value = (Vec<Counted>, Vec<Counted>)> {
    prop::collection::vec(any_case(), 0..60).prop_flat_map(|cases| (Just(cases.clone()), Just(cases).prop_shuffle()))
}

proptest! {
    #[test]
    fn columns_sum_and_order_does_not_matter((cases, again) in shuffled()) {
        let national_security = |case: &&Counted| case.instrument.group() == InstrumentGroup::NationalSecurity;
        let secret: Vec<Counted> = cases.iter().filter(national_security).cloned().collect();
        let (requests, accounts) = cases.iter().filter(|case| !national_security(case))
            .fold((0u64, 0u64), |(n, accounts), case| (n + 1, accounts + u64::from(case.identifiers)));

        let table = TransparencyTable::from_cases(cases);
        prop_assert_eq!(&table, &TransparencyTable::from_cases(again));
        prop_assert_eq!(TransparencyTable::from_cases(secret), TransparencyTable::default());
        prop_assert_eq!(table.totals.iter().map(|(_, total)| total.requests()).sum::<u64>(), requests);
        prop_assert_eq!(table.totals.iter().map(|(_, total)| total.accounts).sum::<u64>(), accounts);

        let (mut of_rows, mut of_totals) = (vec![0u64; 10], vec![0u64; 10]);
        for line in table.to_csv().lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let numbers: Vec<u64> = cells.iter().skip(3).filter_map(|cell| cell.parse().ok()).collect();
            prop_assert_eq!(numbers.len(), 10);
            prop_assert_eq!(numbers.iter().skip(2).sum::<u64>(), *numbers.first().unwrap_or(&0), "{}", line);
            let sums = if cells.contains(&"all") { &mut of_totals } else { &mut of_rows };
            for (sum, number) in sums.iter_mut().zip(numbers) {
                *sum += number;
            }
        }
        prop_assert_eq!(of_rows, of_totals);
    }
}
