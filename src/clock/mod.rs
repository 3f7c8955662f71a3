//! When something is due: calendars with their holidays, periods in hours, days and months, the rules of law by which
//! they are counted, and the time in which a clock stood still. What comes out is the moment *and* how it was reached.
//!
//! Pure: days, zones and texts in, values out. `docs/clocks.md` tells which rule counts what.

/// Public holidays as rules, year by year.
pub mod holiday;

/// A place's working days.
pub mod calendar;

/// Counting: from a start and a period to a moment, step by step.
pub mod reckon;

/// The clocks of a case, counted from what the law orders.
pub mod almanac;

pub use almanac::{Almanac, Places};
pub use calendar::{Calendar, Calendars};
pub use reckon::{Due, Start, Step, reckon, stated};
