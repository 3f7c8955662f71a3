//! The transparency report: how many demands came, from where, about whom, and how they came out.

use std::collections::BTreeMap;

use super::HalfYear;
use super::counted::{Counted, CountedAs, CountedService, CustomerKind, EnterpriseAs};
use super::counts::Counts;

/// Demands by half-year. National-security demands are not in it (see the room's rule), and nothing in it tells
/// whether there were any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transparency {
    /// The half-years with at least one demand, earliest first.
    pub halves: Vec<HalfYearReport>,
}

/// One half-year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HalfYearReport {
    /// Which.
    pub period: HalfYear,
    /// By country and kind of customer, in that order; none is empty.
    pub rows: Vec<Row>,
    /// By kind of customer.
    pub customers: BTreeMap<CustomerKind, Counts<CountedAs>>,
    /// All together.
    pub total: Counts<CountedAs>,
    /// In how many of them a reviewer decided beyond the rules' verdict.
    pub overridden: u64,
    /// Organisations' accounts by country.
    pub enterprise: Vec<EnterpriseRow>,
    /// Organisations' accounts together.
    pub enterprise_total: Counts<EnterpriseAs>,
    /// By service. A request stands in the row of each service it names, with how the demands on it came out; these
    /// rows have no sum.
    pub services: Vec<ServiceRow>,
}

/// One row by country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The requesting country.
    pub country: String,
    /// Whose accounts were asked about.
    pub customer: CustomerKind,
    /// How many, and how they came out.
    pub counts: Counts<CountedAs>,
}

/// One row of the enterprise table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnterpriseRow {
    /// The requesting country.
    pub country: String,
    /// How many, and how they came out.
    pub counts: Counts<EnterpriseAs>,
}

/// One row by service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRow {
    /// The service; `None` for requests that name none.
    pub service: Option<String>,
    /// How many, and how they came out.
    pub counts: Counts<CountedAs>,
}

impl Transparency {
    /// Counts cases, in whatever order they come. National-security instruments are left out.
    pub fn from_cases(cases: impl IntoIterator<Item = Counted>) -> Transparency {
        let mut counting = Counting::default();
        cases.into_iter().for_each(|case| counting.add(&case));
        counting.report()
    }

    /// The same report for one half-year alone; empty where nothing was received in it.
    pub fn only(mut self, period: HalfYear) -> Transparency {
        self.halves.retain(|half| half.period == period);
        self
    }

    /// One half-year of it.
    pub fn half(&self, period: HalfYear) -> Option<&HalfYearReport> {
        self.halves.iter().find(|half| half.period == period)
    }
}

/// The report while it is being counted, one case at a time.
#[derive(Debug, Clone, Default)]
pub struct Counting(BTreeMap<HalfYear, Half>);

impl Counting {
    /// Counts one case more; national-security instruments are left out.
    pub fn add(&mut self, case: &Counted) {
        if !case.is_national_security() {
            self.0.entry(HalfYear::of(case.received_on)).or_default().add(case);
        }
    }

    /// What was counted.
    pub fn report(self) -> Transparency {
        Transparency { halves: self.0.into_iter().map(|(period, half)| half.report(period)).collect() }
    }
}

/// A half-year while it is being counted.
#[derive(Debug, Clone, Default)]
struct Half {
    rows: BTreeMap<(String, CustomerKind), Counts<CountedAs>>,
    customers: BTreeMap<CustomerKind, Counts<CountedAs>>,
    total: Counts<CountedAs>,
    overridden: u64,
    enterprise: BTreeMap<String, Counts<EnterpriseAs>>,
    enterprise_total: Counts<EnterpriseAs>,
    services: BTreeMap<Option<String>, Counts<CountedAs>>,
}

impl Half {
    fn add(&mut self, case: &Counted) {
        let customer = CustomerKind::from(case.customer);
        let (n, old) = (case.identifiers, case.is_imported);
        self.rows.entry((case.country.clone(), customer)).or_default().add(case.state, n, old);
        self.customers.entry(customer).or_default().add(case.state, n, old);
        self.total.add(case.state, n, old);
        self.overridden = self.overridden.saturating_add(u64::from(case.is_overridden));
        if customer == CustomerKind::Enterprise {
            let column = case.as_enterprise();
            self.enterprise.entry(case.country.clone()).or_default().add(column, n, old);
            self.enterprise_total.add(column, n, old);
        }
        if case.services.is_empty() {
            self.services.entry(None).or_default().add(case.state, n, old);
        }
        for CountedService { service, identifiers, state } in &case.services {
            self.services.entry(Some(service.clone())).or_default().add(*state, *identifiers, old);
        }
    }

    fn report(self, period: HalfYear) -> HalfYearReport {
        let rows = self.rows.into_iter();
        let enterprise = self.enterprise.into_iter();
        let services = self.services.into_iter();
        HalfYearReport {
            period,
            rows: rows.map(|((country, customer), counts)| Row { country, customer, counts }).collect(),
            customers: self.customers,
            total: self.total,
            overridden: self.overridden,
            enterprise: enterprise.map(|(country, counts)| EnterpriseRow { country, counts }).collect(),
            enterprise_total: self.enterprise_total,
            services: services.map(|(service, counts)| ServiceRow { service, counts }).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
