//! A calendar month of the book's time zone: what is billed, closed and reported by.
//!
//! Must never know which month it is; today comes in with the command.

use chrono::{Datelike, Days, NaiveDate};
use smol_str::SmolStr;

use crate::text::InvalidText;

/// A month, written `2026-10`; from 1900-01, the month of the earliest business date, to 9999-12.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct Month {
    first_day: NaiveDate,
}

const MALFORMED: InvalidText = InvalidText::Malformed { expected: "2026-10" };

impl Month {
    /// `None` outside 1900-01 to 9999-12.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        if !(1900..=9999).contains(&year) {
            return None;
        }
        NaiveDate::from_ymd_opt(year, month, 1).map(|first_day| Self { first_day })
    }

    /// The month a day lies in; `None` outside the months there are.
    pub fn of(day: NaiveDate) -> Option<Self> {
        Self::new(day.year(), day.month())
    }

    /// The month a day lies in, or the one nearest to it of the months there are.
    pub fn nearest(day: NaiveDate) -> Self {
        let edge = if day.year() < 1900 { Self::new(1900, 1) } else { Self::new(9999, 12) };
        Self::of(day).or(edge).expect("the first and the last month are months")
    }

    pub fn first_day(self) -> NaiveDate {
        self.first_day
    }

    pub fn last_day(self) -> NaiveDate {
        let last = self.first_day.checked_add_days(Days::new(u64::from(self.days()) - 1));
        last.expect("the last day of a month is a date")
    }

    /// How many days it has.
    pub fn days(self) -> u32 {
        u32::from(self.first_day.num_days_in_month())
    }

    pub fn year(self) -> i32 {
        self.first_day.year()
    }

    pub fn contains(self, day: NaiveDate) -> bool {
        (day.year(), day.month()) == (self.first_day.year(), self.first_day.month())
    }

    /// `None` after 9999-12.
    pub fn next(self) -> Option<Self> {
        match self.first_day.month() {
            12 => Self::new(self.year() + 1, 1),
            month => Self::new(self.year(), month + 1),
        }
    }

    /// `None` before 1900-01.
    pub fn previous(self) -> Option<Self> {
        match self.first_day.month() {
            1 => Self::new(self.year() - 1, 12),
            month => Self::new(self.year(), month - 1),
        }
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.first_day.year(), self.first_day.month())
    }
}

impl std::fmt::Debug for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Month {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = |part: &str, width| part.len() == width && part.bytes().all(|b| b.is_ascii_digit());
        let (year, month) = text.split_once('-').ok_or(MALFORMED)?;
        if !digits(year, 4) || !digits(month, 2) {
            return Err(MALFORMED);
        }
        let (year, month) = (year.parse().map_err(|_| MALFORMED)?, month.parse().map_err(|_| MALFORMED)?);
        Self::new(year, month).ok_or(MALFORMED)
    }
}

impl TryFrom<SmolStr> for Month {
    type Error = InvalidText;

    fn try_from(text: SmolStr) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Month> for SmolStr {
    fn from(month: Month) -> Self {
        smol_str::format_smolstr!("{month}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_has_one_spelling() {
        assert_eq!(month("2026-10").to_string(), "2026-10");
        assert_eq!(serde_json::to_string(&month("2026-02")).unwrap(), r#""2026-02""#);
        for bad in ["2026-1", "2026-13", "2026-00", "1899-12", "2026-10-01", "202610", "+026-10", ""] {
            assert_eq!(bad.parse::<Month>(), Err(MALFORMED), "{bad}");
        }
    }

    #[test]
    fn a_month_knows_its_days() {
        for (text, days, last) in [("2026-02", 28, "2026-02-28"), ("2028-02", 29, "2028-02-29")] {
            assert_eq!((month(text).days(), month(text).last_day().to_string()), (days, last.to_owned()));
        }
        assert_eq!(month("2026-12").last_day().to_string(), "2026-12-31");
        assert!(month("2026-12").contains("2026-12-31".parse().unwrap()));
        assert!(!month("2026-12").contains("2027-12-01".parse().unwrap()));
    }

    #[test]
    fn months_follow_each_other() {
        let nearest = |day: &str| Month::nearest(day.parse().unwrap());
        assert_eq!(nearest("2026-10-31"), month("2026-10"));
        assert_eq!(nearest("1899-12-31"), month("1900-01"));
        assert_eq!(nearest("+10000-01-01"), month("9999-12"));
        assert_eq!(month("2026-12").next(), Some(month("2027-01")));
        assert_eq!(month("2027-01").previous(), Some(month("2026-12")));
        assert_eq!(month("9999-12").next(), None);
        assert_eq!(month("1900-01").previous(), None);
        assert_eq!(month("9999-12").last_day().to_string(), "9999-12-31");
        assert!(month("2026-09") < month("2026-10"));
    }
}
