//! One row to what it says of a case, with all that is wrong in it at once.

use chrono::NaiveDate;

use super::cell::{self, Parsed};
use super::fit::Fit;
use super::mapping::Field;
use super::names::Source;
use super::sheet::{Problem, SheetRow};
use super::{Particulars, ServiceWord};
use crate::domain::agency::Country;
use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::redirect::RedirectResult;
use crate::domain::requester::CustomerType;
use crate::domain::text::Line;

/// A row being read.
pub(super) struct Row<'r> {
    pub fit: &'r Fit<'r>,
    pub row: &'r SheetRow,
    pub problems: Vec<Problem>,
}

/// What a row says of each of its cases, whatever their outcome.
pub(super) struct Facets {
    received: Option<(NaiveDate, bool)>,
    pub country: Option<Country>,
    instrument: Option<Instrument>,
    agency_name: Option<Line>,
    docket: Option<Line>,
    customer: Option<CustomerType>,
    disclosed_by: Option<RedirectResult>,
    services: Vec<ServiceWord>,
}

impl<'r> Row<'r> {
    pub fn new(fit: &'r Fit<'r>, row: &'r SheetRow) -> Row<'r> {
        let mut read = Row { fit, row, problems: Vec::new() };
        if row.cells.len() != fit.width() {
            let (has, needs) = (row.cells.len(), fit.width());
            let reason =
                format!("The row has {has} cells, the header {needs}. Put a cell with a comma in it in quotes.");
            read.problems.push(Problem { line: row.line, column: String::new(), reason });
        }
        read
    }

    /// Keeps what is wrong at a column, and gives what came out.
    pub fn take<T>(&mut self, column: &str, parsed: Parsed<T>) -> Option<T> {
        let (line, column) = (self.row.line, column.to_owned());
        parsed.map_err(|reason| self.problems.push(Problem { line, column, reason })).ok()
    }

    /// A field that must be there.
    pub fn needs<T>(&mut self, field: Field, parse: impl FnOnce(&str) -> Parsed<T>) -> Option<T> {
        let (text, column) = (self.fit.text(self.row, field), self.fit.column(field).to_owned());
        let parsed = match text {
            Some(text) => parse(&text),
            None => Err(format!("This is empty. Every past case needs its {}.", field.label())),
        };
        self.take(&column, parsed)
    }

    /// A field that may be empty.
    pub fn has<T>(&mut self, field: Field, parse: impl FnOnce(&str) -> Parsed<T>) -> Option<T> {
        let (text, column) = (self.fit.text(self.row, field)?, self.fit.column(field).to_owned());
        self.take(&column, parse(&text))
    }

    /// All that does not depend on the outcome.
    pub fn facets(&mut self, today: NaiveDate) -> Facets {
        let form = self.fit.mapping.dates.clone();
        let line = |text: &str| Line::parse("text", text).map_err(|e| e.reason);
        Facets {
            received: self.needs(Field::ReceivedOn, |text| cell::received(text, form.as_deref(), today)),
            country: self.needs(Field::Country, cell::country),
            instrument: self.has(Field::Instrument, cell::instrument),
            agency_name: self.has(Field::Agency, line),
            docket: self.has(Field::Docket, line),
            customer: self.needs(Field::Customer, cell::customer),
            disclosed_by: self.has(Field::DisclosedBy, cell::disclosed_by),
            services: self.has(Field::Services, cell::services).unwrap_or_default(),
        }
    }

    /// A ground of giving must fit the rest: an organisation's account, and data given.
    pub fn check_ground(&mut self, facets: &Facets, outcome: Outcome) {
        let is_given = matches!(outcome, Outcome::Content | Outcome::NonContentOnly);
        let reason = match (facets.disclosed_by, facets.customer) {
            (Some(_), Some(CustomerType::Consumer)) => {
                "A consumer's data is not given by consent or contract of an organisation. Leave this empty, or correct the customer."
            }
            (Some(_), _) if !is_given => "Nothing was given in this case. Leave this empty, or correct the outcome.",
            _ => return,
        };
        let column = self.fit.column(Field::DisclosedBy).to_owned();
        self.take::<()>(&column, Err(reason.into()));
    }
}

impl Facets {
    /// A case with these facets; `None` when one of them could not be read.
    pub fn case(&self, source: &Source, reference: Line, outcome: Outcome, identifiers: u32) -> Option<Particulars> {
        let (received_on, is_day_known) = self.received?;
        Some(Particulars {
            source: source.clone(),
            source_reference: reference,
            received_on,
            is_day_known,
            country: self.country.clone()?,
            instrument: self.instrument,
            agency_name: self.agency_name.clone(),
            docket: self.docket.clone(),
            customer: self.customer?,
            identifier_count: identifiers,
            outcome,
            disclosed_by: self.disclosed_by,
            services: self.services.clone(),
        })
    }

    /// What tells rows of a table apart: all facets but the outcome, as one text.
    pub fn spoken(&self) -> Option<String> {
        let (received_on, is_day_known) = self.received?;
        let when = match is_day_known {
            true => received_on.to_string(),
            false => crate::domain::half_year::HalfYear::of(received_on).to_string(),
        };
        let mut words = vec![when, self.country.as_ref()?.to_string(), self.customer?.to_string()];
        words.extend(self.instrument.map(|i| i.to_string()));
        words.extend(self.disclosed_by.map(|d| d.to_string()));
        words.extend(self.services.iter().map(ToString::to_string));
        Some(words.join(" "))
    }
}
