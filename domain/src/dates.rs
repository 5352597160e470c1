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
    check_follows(effective_date, EARLIEST_EFFECTIVE_DATE, today)
}

/// Accepts the business date of a step that follows one of `earliest`: money cannot come back before it left. That
/// day itself is always accepted, wherever the book's today is by then.
pub fn check_follows(
    effective_date: NaiveDate,
    earliest: NaiveDate,
    today: NaiveDate,
) -> Result<(), EffectiveDateOutOfRange> {
    let latest = today.checked_add_days(Days::new(1)).unwrap_or(today).max(earliest);
    if (earliest..=latest).contains(&effective_date) {
        return Ok(());
    }
    Err(EffectiveDateOutOfRange { effective_date, earliest, latest })
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
    fn a_step_is_not_before_the_one_it_follows() {
        let (earlier, today) = (day("2026-02-20"), day("2026-02-28"));
        let follows = |date| check_follows(day(date), earlier, today);
        assert_eq!(follows("2026-02-20"), Ok(()));
        assert_eq!(follows("2026-03-01"), Ok(()));
        let effective_date = day("2026-02-19");
        let latest = day("2026-03-01");
        let refused = EffectiveDateOutOfRange { effective_date, earliest: earlier, latest };
        assert_eq!(follows("2026-02-19"), Err(refused));
        assert!(follows("2026-03-02").is_err());
        assert_eq!(check_follows(earlier, earlier, day("2026-02-18")), Ok(()));
    }

    #[test]
    fn a_date_before_1900_is_a_slip() {
        let today = day("2026-02-28");
        assert_eq!(check_effective(day("1900-01-01"), today), Ok(()));
        assert!(check_effective(day("1899-12-31"), today).is_err());
        assert!(check_effective(day("0026-02-28"), today).is_err());
    }
}
