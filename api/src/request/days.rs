//! Days of the book's time zone as moments.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The moment a day begins. Where the clocks jump over midnight it begins later; where there are two midnights, at
/// the first. `None` past the end of the calendar.
pub(crate) fn day_begins(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..=4).find_map(|half_hours| {
        let local = midnight.checked_add_signed(TimeDelta::minutes(30 * half_hours))?;
        zone.from_local_datetime(&local).earliest().map(|moment| moment.with_timezone(&Utc))
    })
}

pub(crate) fn day_after(day: NaiveDate) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(day: &str, zone: Tz) -> String {
        day_begins(day.parse().unwrap(), zone).unwrap().to_rfc3339()
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_books_time_zone() {
        assert_eq!(begins("2026-03-31", Tz::Asia__Shanghai), "2026-03-30T16:00:00+00:00");
        assert_eq!(begins("2026-03-31", Tz::UTC), "2026-03-31T00:00:00+00:00");
        // In Santiago the clocks jump from 00:00 to 01:00 on this day.
        assert_eq!(begins("2026-09-06", Tz::America__Santiago), "2026-09-06T04:00:00+00:00");
    }
}
