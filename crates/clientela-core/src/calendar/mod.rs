//! Working calendars: opening hours, public holidays, days that differ, and time counted in them.
//!
//! Response times, lead times of plans and the days left to reach a quota are counted in working time. A unit without a
//! calendar of its own has that of the nearest unit above it with one.

mod holidays;
mod hours;
mod records;
mod working;

pub use holidays::{countries, easter, holiday, orthodox_easter};
pub use hours::{Stretch, Week, stretches};
pub use records::{CalendarDay, CalendarError, WorkingCalendar, working_time};
pub use working::{LOOK_AHEAD_DAYS, WorkingTime};
