//! How much of a period a plan was in force.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{ExactAmount, Fee};

/// So many days of a period's days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodShare {
    days: u32,
    of: u32,
}

/// Days that do not make a share of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPeriod {
    #[error("a period must not end before it begins")]
    EndsBeforeItBegins,
    #[error("a period has at most {most} days")]
    TooLong { most: u32 },
    #[error("no day of the period is between {from} and {to}")]
    NoDay { from: NaiveDate, to: NaiveDate },
}

impl PeriodShare {
    /// All of the period, however long it is.
    pub const WHOLE: Self = Self { days: 1, of: 1 };

    /// The longest period: a year.
    pub const MOST_DAYS: u32 = 366;

    /// The days of a period (first and last included) that lie between `from` and `to`; open ends are the period's.
    pub fn between(
        (first, last): (NaiveDate, NaiveDate),
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
    ) -> Result<Self, InvalidPeriod> {
        let most = Self::MOST_DAYS;
        let of = days(first, last).ok_or(InvalidPeriod::EndsBeforeItBegins)?;
        if of > most {
            return Err(InvalidPeriod::TooLong { most });
        }
        let from = from.map_or(first, |from| from.max(first));
        let to = to.map_or(last, |to| to.min(last));
        let days = days(from, to).ok_or(InvalidPeriod::NoDay { from, to })?;
        Ok(Self { days, of })
    }

    pub fn is_whole(self) -> bool {
        self.days == self.of
    }

    /// The days in force.
    pub fn days(self) -> u32 {
        self.days
    }

    /// The days of the period.
    pub fn of(self) -> u32 {
        self.of
    }

    /// The share of a fee for a whole period.
    pub(super) fn of_fee(self, fee: Fee) -> Option<ExactAmount> {
        let whole = ExactAmount::from(fee.value());
        if self.is_whole() { Some(whole) } else { whole.share(self.days, self.of) }
    }
}

/// First and last included; `None` if there is none.
fn days(first: NaiveDate, last: NaiveDate) -> Option<u32> {
    u32::try_from((last - first).num_days() + 1).ok().filter(|days| *days > 0)
}
