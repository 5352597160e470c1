//! The business date of a step: as given, or the first good one.

use chrono::NaiveDate;

use super::BillRefusal;
use crate::dates::{EARLIEST_EFFECTIVE_DATE, EffectiveDateOutOfRange, check_follows};

/// What is said about the date of a step, and the book's day, by which it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepDate {
    /// The later of today and the day of the step before, if nothing is said.
    pub given: Option<NaiveDate>,
    pub today: NaiveDate,
}

impl StepDate {
    /// The date of a step that follows none: up to tomorrow.
    pub fn check(self) -> Result<NaiveDate, BillRefusal> {
        Ok(self.after(EARLIEST_EFFECTIVE_DATE)?)
    }

    /// The issue date of a bill of late usage: not before that of its month's bill, nor before the day from which on a bill
    /// that counted the same usage is owed no longer.
    pub fn of_late_usage(
        self,
        base: Option<NaiveDate>,
        unbilled_on: Option<NaiveDate>,
    ) -> Result<NaiveDate, BillRefusal> {
        Ok(self.after(base.max(unbilled_on).unwrap_or(EARLIEST_EFFECTIVE_DATE))?)
    }

    /// The date of a step that follows one of `earliest`.
    pub(super) fn after(self, earliest: NaiveDate) -> Result<NaiveDate, EffectiveDateOutOfRange> {
        let date = self.given.unwrap_or(self.today.max(earliest));
        check_follows(date, earliest, self.today)?;
        Ok(date)
    }
}
