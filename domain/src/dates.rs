//! Business dates: the day on which money moved, as opposed to the moment a book wrote it down.
//!
//! Must never read a clock: "today" is the book's day and comes in with the command.

use chrono::{Days, NaiveDate};

/// Before this day no business date is believed; it is a slip of the keyboard (`0026-03-01`).
pub const EARLIEST_EFFECTIVE_DATE: NaiveDate = match NaiveDate::from_ymd_opt(1900, 1, 1) {
    Some(date) => date,
    None => panic!("1900-01-01 is a date"),
};

/// A business date no book can believe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the effective date {effective_date} is not between {earliest} and {latest}")]
pub struct EffectiveDateOutOfRange {
    pub effective_date: NaiveDate,
    pub earliest: NaiveDate,
    pub latest: NaiveDate,
}

/// Accepts a business date up to the day after the book's today: a bank further east may be a day ahead.
pub fn check_effective(effective_date: NaiveDate, today: NaiveDate) -> Result<(), EffectiveDateOutOfRange> {
    let latest = today.checked_add_days(Days::new(1)).unwrap_or(today);
    if (EARLIEST_EFFECTIVE_DATE..=latest).contains(&effective_date) {
        return Ok(());
    }
    Err(EffectiveDateOutOfRange { effective_date, earliest: EARLIEST_EFFECTIVE_DATE, latest })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_after_today_is_the_latest() {
        let today = day("2026-02-28");
        assert_eq!(check_effective(day("2026-02-28"), today), Ok(()));
        assert_eq!(check_effective(day("2026-03-01"), today), Ok(()));
        assert_eq!(
            check_effective(day("2026-03-02"), today),
            Err(EffectiveDateOutOfRange {
                effective_date: day("2026-03-02"),
                earliest: day("1900-01-01"),
                latest: day("2026-03-01"),
            })
        );
    }

    #[test]
    fn a_date_before_1900_is_a_slip() {
        let today = day("2026-02-28");
        assert_eq!(check_effective(day("1900-01-01"), today), Ok(()));
        assert!(check_effective(day("1899-12-31"), today).is_err());
        assert!(check_effective(day("0026-02-28"), today).is_err());
    }
}
