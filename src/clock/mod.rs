//! When something is due: calendars with their holidays, periods in hours, days and months, the rules of law by which
//! they are counted, and the time in which a clock stood still. What comes out is the moment *and* how it was reached.
//!
//! Pure: days, zones and texts in, values out. `docs/clocks.md` tells which rule counts what.

/// Public holidays as rules, year by year.
pub mod holiday;

/// A place's working days.
pub mod calendar;

/// How long, and by which rule of law it is counted.
pub mod period;

/// Counting: from a start and a period to a moment, step by step.
pub mod reckon;

pub use calendar::{Calendar, Calendars};
pub use period::{Counting, Length};
pub use reckon::{Due, Start, Step, reckon};
